//! Where a document came from before it was notarized: recorded when it is accepted, sealed with it.
//!
//! ```text
//! {"at":1795312800,"via":"import","by":"A00004","unit":"示例县发展和改革局","approved_by":null,"table":{"import":"…","sha256":"…","row":12}}
//! ```
//!
//! A court asks for it: what lay before the ledger the ledger can't prove. Accounts and keys of programs by their numbers,
//! never by a person's name. A document that was accepted before this was recorded has none.

use serde::{Deserialize, Serialize};
use verifier::time::Time;

/// By which way a document came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Via {
    /// A program, through the interface for programs.
    Api,
    /// A person, through the pages.
    Page,
    /// A row of a table.
    Import,
    /// A command on the office's own computer.
    Command,
}

/// Where a document came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// When it came, in seconds.
    pub at: u64,
    /// By which way.
    pub via: Via,
    /// Who handed it in: the number of an account or of a program's key, or `command`.
    pub by: String,
    /// The unit of whoever handed it in; empty where it is not known.
    pub unit: String,
    /// The number of the account that approved it, where a second person did.
    pub approved_by: Option<String>,
    /// The table that it is a row of.
    pub table: Option<TableRow>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRow {
    /// The import's number: the operator log names the import by the first 12 digits of it.
    pub import: String,
    /// SHA-256 of the table's file in hex; none in records from before this was recorded.
    #[serde(default)]
    pub sha256: Option<String>,
    /// The row as a spreadsheet numbers it, from 1.
    pub row: u64,
}

impl Provenance {
    /// Handed in by this account, key or `command`, now.
    pub fn new(at: Time, via: Via, by: impl Into<String>, unit: impl Into<String>) -> Provenance {
        let (by, unit) = (by.into(), unit.into());
        Provenance { at: at.seconds(), via, by, unit, approved_by: None, table: None }
    }
}
