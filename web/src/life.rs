//! The life of a certificate after it was issued, as pages: objections, repairs, erasing, its status, its history.
//!
//! ```text
//! /holder/certificates/N/objection     提出异议: the whole certificate, a claim, or a record
//! /holder/objections/Y00001            where it is; taking it back
//! /operator/objections[/Y00001]        what waits, due and overdue; accepting, suspending, deciding
//! /operator/certificates/N/status      suspend, resume, note, withdraw, revoke
//! /operator/repairs, /review/repairs   信用修复: what it affects, the second person, what was done
//! /operator/erasures, /review/erasures
//! /history/N                           the chain of events, for operator, reviewer and auditor
//! ```
//!
//! Everything is a plain form and works without scripts. A form carries the version that whoever sends it looked at; one
//! that is out of date changes nothing and loses nothing that was typed. Not here: the rules, which are
//! `notary::objection`'s, `repair`'s, `erasing`'s and the office's; these pages only say what it answers.

pub mod case;
pub mod cases;
mod erasures;
pub mod evidence;
pub mod file;
pub mod history;
pub mod notices;
mod own;
mod records;
mod repairs;
pub mod status;

use actix_web::web::ServiceConfig;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    history::configure(config);
    status::configure(config);
    file::configure(config);
    own::configure(config);
    cases::configure(config);
    repairs::configure(config);
    erasures::configure(config);
}
