//! Objections (异议) against certificates: what was filed, what was looked into, and how it ended.
//!
//! ```text
//! file ─► 异议已提交 Filed ─accept─► 已受理 Accepted ─start─► 核实中 Verifying ─uphold─► 异议成立,已更正 Upheld
//!              │                       │                         │            └reject─► 异议不成立 Rejected
//!              └───────take back───────┴──────────take back──────┴─► 已撤回 TakenBack
//!
//! start    the certificate is SUSPENDED (异议核实中,暂缓使用), and a new report must flag the record as OBJECTION_VERIFYING
//! reject   it is RESUMED, or OBJECTION_NOTED where the holder insists, once the last objection that suspends it has ended
//! uphold   it is SUPERSEDED by the corrected certificate, or REVOKED where the document was withdrawn
//! ```
//!
//! Whoever acts names the version that he looked at; if it is not the current one he is told, and nothing happens. The
//! record of a step says which event of the certificate goes with it. It is durable before the event, and a crash between
//! the two is finished by the next start: a case never ends in another state than its certificate.
//!
//! Here: cases and their rules. Not here: the certificate's events (`office`), what a list publishes, pages. In the clear
//! stand numbers, accounts, times and states; what was said is sealed under the key of the certificate's document, so
//! erasing the document takes it too.

mod carry;
mod look;
mod state;
mod steps;
#[cfg(test)]
pub(crate) mod tests;

use core::fmt;

use verifier::number::CertificateNumber;
use verifier::text::Lang;
use verifier::time::Time;

pub(crate) use state::Cases;

use crate::office::{CaseDue, CaseStep, Office};
use crate::refusal::{Refusal, RefusalCode};

/// Objections that may be open at a time. More is refused until some are done.
pub const OPEN_OBJECTIONS_MAX: usize = 10_000;
/// Objections of one certificate that may be open at a time.
pub const OPEN_OBJECTIONS_EACH: usize = 20;
/// The most objections of one list.
pub const OBJECTIONS_LISTED_MAX: usize = 500;
/// The rule in the table of deadlines by which an objection is accepted, counted from its filing.
pub const ACCEPTANCE_RULE: &str = "objection-acceptance";
/// The rule by which it is decided, counted from its acceptance.
pub const DECISION_RULE: &str = "objection-decision";

/// An objection's number: 1 for the office's first, shown as `Y00001`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ObjectionId(pub u64);

impl fmt::Display for ObjectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Y{:05}", self.0)
    }
}

impl ObjectionId {
    /// Reads `Y00001`, `y1` or `1`.
    ///
    /// # Errors
    /// `OBJECTION_UNKNOWN`.
    pub fn parse(text: &str) -> Result<ObjectionId, Refusal> {
        number_of(text, 'Y')
            .map(ObjectionId)
            .ok_or_else(|| Refusal::new(RefusalCode::ObjectionUnknown).found(text))
    }
}

/// The number behind a letter; the letter may be left out.
pub(crate) fn number_of(text: &str, letter: char) -> Option<u64> {
    let text = text.trim();
    let digits = text.strip_prefix([letter, letter.to_ascii_lowercase()]).unwrap_or(text);
    let plain = !digits.is_empty() && digits.len() <= 18 && digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|id| plain && *id > 0)
}

/// Where an objection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ObjectionState {
    /// 异议已提交: waits to be accepted.
    Filed,
    /// 已受理: waits to be looked into.
    Accepted,
    /// 核实中: the certificate is suspended.
    Verifying,
    /// 异议成立，已更正. An end.
    Upheld,
    /// 异议不成立. An end.
    Rejected,
    /// 已撤回, by who filed it. An end.
    TakenBack,
}

impl ObjectionState {
    /// All of them.
    pub const ALL: [ObjectionState; 6] = [
        ObjectionState::Filed,
        ObjectionState::Accepted,
        ObjectionState::Verifying,
        ObjectionState::Upheld,
        ObjectionState::Rejected,
        ObjectionState::TakenBack,
    ];

    /// The word of commands and journals, e.g. `taken-back`.
    pub const fn name(self) -> &'static str {
        match self {
            ObjectionState::Filed => "filed",
            ObjectionState::Accepted => "accepted",
            ObjectionState::Verifying => "verifying",
            ObjectionState::Upheld => "upheld",
            ObjectionState::Rejected => "rejected",
            ObjectionState::TakenBack => "taken-back",
        }
    }

    /// The state of this word.
    pub fn from_name(name: &str) -> Option<ObjectionState> {
        ObjectionState::ALL.into_iter().find(|state| state.name() == name)
    }

    /// The words on screens.
    pub fn word(self, lang: Lang) -> &'static str {
        match self {
            ObjectionState::Filed => lang.pick("异议已提交", "objection filed"),
            ObjectionState::Accepted => lang.pick("已受理", "accepted"),
            ObjectionState::Verifying => lang.pick("核实中", "being verified"),
            ObjectionState::Upheld => lang.pick("异议成立，已更正", "upheld, corrected"),
            ObjectionState::Rejected => lang.pick("异议不成立", "rejected"),
            ObjectionState::TakenBack => lang.pick("已撤回", "taken back"),
        }
    }

    /// Whether something is to be done still.
    pub const fn is_open(self) -> bool {
        matches!(self, ObjectionState::Filed | ObjectionState::Accepted | ObjectionState::Verifying)
    }

    /// The table of steps. Everything else is refused.
    pub const fn may_become(self, to: ObjectionState) -> bool {
        use ObjectionState::{Accepted, Filed, Rejected, TakenBack, Upheld, Verifying};
        match self {
            Filed => matches!(to, Accepted | TakenBack),
            Accepted => matches!(to, Verifying | TakenBack),
            Verifying => matches!(to, Upheld | Rejected | TakenBack),
            Upheld | Rejected | TakenBack => false,
        }
    }
}

/// What is objected to, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewObjection {
    /// Against which certificate.
    pub certificate: CertificateNumber,
    /// Against this record of its document: the record's item id. `None`: not against one record.
    pub item: Option<String>,
    /// Against these claims of the certificate, by their names (`NO_PENALTY`). Empty: against the whole.
    pub claims: Vec<String>,
    /// Why: 1 to [`GROUND_MAX`](crate::office::GROUND_MAX) characters.
    pub ground: String,
    /// Digests of evidence, `sha256:…`, at most [`EVIDENCE_MAX`](crate::office::EVIDENCE_MAX).
    pub evidence: Vec<String>,
}

/// An objection.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Objection {
    /// Its number.
    pub id: ObjectionId,
    /// Counts up with every step. Whoever acts names the one that he looked at.
    pub version: u32,
    /// Where it is.
    pub state: ObjectionState,
    /// Against which certificate.
    pub certificate: CertificateNumber,
    /// The record's item id, if it is against one.
    pub item: Option<String>,
    /// The code of the organ whose record that is; a judgment has none.
    pub organ: Option<String>,
    /// Names of claims, if it is against some.
    pub claims: Vec<String>,
    /// Why; empty where the document was erased since.
    pub ground: String,
    /// Digests of evidence.
    pub evidence: Vec<String>,
    /// When it was filed.
    pub filed_at: Time,
    /// By which account.
    pub filed_by: String,
    /// Every step, the filing first.
    pub steps: Vec<CaseStep<ObjectionState>>,
    /// When the next step is due; nothing once it has ended.
    pub due: Option<CaseDue>,
    /// Upheld: the certificate that takes the place of this one. None where the document was withdrawn.
    pub replacement: Option<CertificateNumber>,
    /// Rejected: whether the holder insisted, so that the objection is noted.
    pub noted: bool,
    /// Whether the document was erased since, and what was said with it.
    pub erased: bool,
}

/// How an objection is met that is right.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// By this certificate of the corrected document, which was submitted and sealed before.
    Corrected(CertificateNumber),
    /// The document is withdrawn and nothing takes its place: the certificate is revoked.
    Withdrawn,
}

/// Which objections a list has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ObjectionFilter {
    /// Only those that are open (`true`) or have ended (`false`).
    pub open: Option<bool>,
    /// Only those in this state.
    pub state: Option<ObjectionState>,
    /// The last filed first; otherwise the first.
    pub newest_first: bool,
}

/// Something that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ObjectionDue {
    /// Which objection.
    pub id: ObjectionId,
    /// Against which certificate.
    pub certificate: CertificateNumber,
    /// Where it is.
    pub state: ObjectionState,
    /// What is due and when.
    pub due: CaseDue,
}

/// The objections of an office.
#[derive(Clone, Copy)]
pub struct Objections<'a> {
    office: &'a Office,
}

impl Office {
    /// The objections.
    pub fn objections(&self) -> Objections<'_> {
        Objections { office: self }
    }
}
