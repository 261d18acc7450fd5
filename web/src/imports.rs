//! Importing commitments at the counter: a table in, what is wrong with it, a second person's word, and then its rows.
//!
//! ```text
//! POST /operator/imports          commitments.csv        → checking → to-confirm      what is wrong is told at once
//! POST /review/imports/ID/confirm digest=9f2c…           → waiting → running → done   the same bytes, counted before
//! GET  /operator/imports/ID/refused                      行 + 错误原因, to be corrected and sent again
//! ```
//!
//! Imported commitments are collected data and no drafts: their certificates are issued at once. So a person's import runs
//! only after a second person has confirmed the digest and the count of its file, unless the settings say `direct`; a
//! program's key stands for itself. What was accepted stays accepted, whatever ends an import, and the same file again
//! gives the same certificates. Jobs live in memory, their files have no names ([`held`]): a server that ends forgets
//! them, and the file is to be sent again. Not here: what a row may say, which is `notary::import`'s.

mod held;
pub mod pages;
mod run;
mod seen;
mod store;

use std::fmt;

pub use held::{Held, chunks};
pub use run::{begin, wake};
pub use seen::{Decided, ImportId, SHOWN_MAX, Seen, State, Which};
pub use store::{Begun, IMPORTS_MAX, Imports, KEPT_SECONDS, OPEN_EACH, unknown};

/// Bytes of a table that is sent: what a form may carry.
pub const TABLE_BYTES: usize = verifier::limits::FILE_BYTES;

/// When a person's import runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Rule {
    /// After a second person has confirmed the counted file.
    #[default]
    Confirmed,
    /// At once.
    Direct,
    /// Never: tables are imported by command only.
    Off,
}

impl Rule {
    /// By its word in the settings.
    pub fn parse(word: &str) -> Option<Rule> {
        Some(match word {
            "confirmed" => Rule::Confirmed,
            "direct" => Rule::Direct,
            "off" => Rule::Off,
            _ => return None,
        })
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Rule::Confirmed => "confirmed",
            Rule::Direct => "direct",
            Rule::Off => "off",
        })
    }
}
