//! The desk: what the people of an office work on before and beside certificates.
//!
//! ```text
//! D/desk/segment-…   a journal of its own: receipts, drafts, requests     D/desk/keys   what seals their payloads
//!
//! 核验回执  receipt      a window verified something for a case            durable before it is answered
//! 草稿      draft        a document that waits for approval                待复核 · 待签发 · 已签发 · 已退回
//! 报告申请  request      a holder asks for a report                        待受理 · 办理中 · 已签发 · 已退回
//! 亮证      show-code    a holder shows one certificate for five minutes   in memory alone: a restart ends them
//! ```
//!
//! Here: those four, their rules and how they survive a crash. [`Office::desk`] opens the door. Not here: issuing itself,
//! which is `Office::submit`, accounts (`people`), and pages (`web`).
//!
//! What is anybody's (documents, names, cases, reasons) is sealed under keys of `D/desk/keys`: a draft and a request have
//! one each, the receipts of one day share one. A draft's key is overwritten when it is issued or discarded. In the clear stand numbers, accounts, times and
//! states.

mod draft;
mod number;
mod receipt;
mod record;
mod request;
mod show;
mod state;
mod store;
#[cfg(test)]
mod tests;
pub(crate) mod words;

pub use draft::{Draft, DraftId, DraftState, DraftSummary, Draftable, Opened};
pub use number::ReceiptNumber;
pub use receipt::{RECEIPTS_LISTED_MAX, Receipt, ReceiptTerms};
pub use request::{ReportRequest, RequestId, RequestState, RequestTerms};
pub use show::{SHOW_SECONDS, ShowCode, Shown};
pub(crate) use store::{DESK, Store, desk_id};
pub use words::{CASE_MAX, MATTER_MAX, NOTE_MAX};

use crate::office::Office;

/// Drafts that may wait at a time. More is refused until some are done.
pub const OPEN_DRAFTS_MAX: usize = 10_000;
/// Requests that may wait at a time.
pub const OPEN_REQUESTS_MAX: usize = 10_000;
/// Requests of one account that may wait at a time.
pub const OPEN_REQUESTS_EACH: usize = 20;

/// Who does something at the desk: an account, and what it may do there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account's id. Never a person's name.
    pub account: String,
    /// The unit that the account belongs to, as receipts print it.
    pub unit: String,
    /// What it may do.
    pub standing: Standing,
}

/// What an account may do at the desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Asks for reports of its own.
    Holder,
    /// Verifies and makes receipts.
    Window,
    /// Submits, edits, approves what needs no second person.
    Operator,
    /// The second person.
    Reviewer,
    /// A command on the office's own machine: whoever gives it holds the office.
    Command,
}

impl Actor {
    /// Whoever gives commands on the office's own machine.
    pub fn command() -> Actor {
        Actor { account: "command".to_owned(), unit: String::new(), standing: Standing::Command }
    }
}

/// The desk of an office.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    office: &'a Office,
    store: &'a Store,
}

impl Office {
    /// The desk.
    pub fn desk(&self) -> Desk<'_> {
        Desk { office: self, store: self.desk_store() }
    }
}
