//! Credit repair (信用修复): a record was repaired, and every certificate that cites it goes out of use, in one action.
//!
//! ```text
//! apply ─► 修复已申请 Applied ─accept─► 已受理 Accepted ─approve (a second person)─► Running ─► 已修复 Done
//!              └──────── refuse ────────────┴──► 不予修复 Refused          repair (a command): Running at once
//!
//! Running   R00001 is in the journal ─► every certificate that cites the record: REPAIRED, some hundred at a time ─► done
//! ```
//!
//! The record of *running* is the commit point: from there on no report that lists the record is accepted unless it is
//! flagged REPAIRED, so the certificates to be found are those of documents accepted before. A crash at any moment is
//! carried on by the next start; what was done is a list that is kept. A certificate that is replaced, revoked or withdrawn
//! already stays as it is, and the list says so; a suspended or noted one is repaired too.
//!
//! A record's key is its id and the code of the organ whose record it is, since ids repeat across organs. Written
//! `CF-0011`, or `11619900990000121R/CF-0011` where two organs have one of that name; `/CF-0011` is a court's.
//!
//! Here: repairs, the keys of records, which certificates cite one. Not here: the certificate's events (`office`). What
//! was said is sealed under a key of the repair's own.

mod cascade;
mod items;
mod look;
mod state;
mod steps;
#[cfg(test)]
mod tests;

use core::fmt;

use verifier::number::CertificateNumber;
use verifier::text::Lang;
use verifier::time::Time;

pub use items::{Cited, cited};
pub(crate) use items::{ItemKey, ItemRow};
pub(crate) use state::{Actions, refuse_items};

use crate::objection::number_of;
use crate::office::{CaseDue, CaseStep, Office};
use crate::refusal::{Refusal, RefusalCode};

/// Repairs that may wait at a time. More is refused until some are done.
pub const OPEN_REPAIRS_MAX: usize = 10_000;
/// The most repairs of one list.
pub const REPAIRS_LISTED_MAX: usize = 500;
/// The most certificates that a preview lists; a repair has no such limit.
pub const PREVIEW_MAX: usize = 10_000;
/// The rule in the table of deadlines by which a repair is accepted, counted from the application.
pub const ACCEPTANCE_RULE: &str = "repair-acceptance";
/// The rule by which it is decided, counted from its acceptance.
pub const DECISION_RULE: &str = "repair-decision";

/// A repair's number: 1 for the office's first, shown as `R00001`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RepairId(pub u64);

impl fmt::Display for RepairId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "R{:05}", self.0)
    }
}

impl RepairId {
    /// Reads `R00001`, `r1` or `1`.
    ///
    /// # Errors
    /// `REPAIR_UNKNOWN`.
    pub fn parse(text: &str) -> Result<RepairId, Refusal> {
        number_of(text, 'R').map(RepairId).ok_or_else(|| Refusal::new(RefusalCode::RepairUnknown).found(text))
    }
}

/// The six ways of repair (国办 and local rules: 信用修复的方式).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RepairWay {
    /// 作出信用承诺
    Commitment,
    /// 完成失信整改
    Rectification,
    /// 通过信用核查
    Check,
    /// 接受专题培训
    Training,
    /// 提交信用报告
    Report,
    /// 参加公益慈善活动
    PublicWelfare,
}

impl RepairWay {
    /// All of them.
    pub const ALL: [RepairWay; 6] = [
        RepairWay::Commitment,
        RepairWay::Rectification,
        RepairWay::Check,
        RepairWay::Training,
        RepairWay::Report,
        RepairWay::PublicWelfare,
    ];

    /// The word of commands and journals.
    pub const fn name(self) -> &'static str {
        match self {
            RepairWay::Commitment => "commitment",
            RepairWay::Rectification => "rectification",
            RepairWay::Check => "check",
            RepairWay::Training => "training",
            RepairWay::Report => "report",
            RepairWay::PublicWelfare => "public-welfare",
        }
    }

    /// The way of this word.
    ///
    /// # Errors
    /// `WORD_UNKNOWN`.
    pub fn parse(name: &str) -> Result<RepairWay, Refusal> {
        RepairWay::ALL.into_iter().find(|way| way.name() == name.trim()).ok_or_else(|| {
            let right = RepairWay::ALL.map(RepairWay::name).join(", ");
            Refusal::new(RefusalCode::WordUnknown).at("/ways").found(name).right(right)
        })
    }

    /// The words on screens.
    pub fn word(self, lang: Lang) -> &'static str {
        match self {
            RepairWay::Commitment => lang.pick("作出信用承诺", "made a credit commitment"),
            RepairWay::Rectification => lang.pick("完成失信整改", "rectified the breach"),
            RepairWay::Check => lang.pick("通过信用核查", "passed a credit check"),
            RepairWay::Training => lang.pick("接受专题培训", "took a training"),
            RepairWay::Report => lang.pick("提交信用报告", "handed in a credit report"),
            RepairWay::PublicWelfare => lang.pick("参加公益慈善活动", "took part in public welfare"),
        }
    }
}

/// Where a repair is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RepairState {
    /// 修复已申请.
    Applied,
    /// 已受理.
    Accepted,
    /// Approved, and being carried out this moment.
    Running,
    /// 已修复. An end.
    Done,
    /// 不予修复. An end.
    Refused,
}

impl RepairState {
    /// All of them.
    pub const ALL: [RepairState; 5] = [
        RepairState::Applied,
        RepairState::Accepted,
        RepairState::Running,
        RepairState::Done,
        RepairState::Refused,
    ];

    /// The word of commands and journals.
    pub const fn name(self) -> &'static str {
        match self {
            RepairState::Applied => "applied",
            RepairState::Accepted => "accepted",
            RepairState::Running => "running",
            RepairState::Done => "done",
            RepairState::Refused => "refused",
        }
    }

    /// The state of this word.
    pub fn from_name(name: &str) -> Option<RepairState> {
        RepairState::ALL.into_iter().find(|state| state.name() == name)
    }

    /// The words on screens.
    pub fn word(self, lang: Lang) -> &'static str {
        match self {
            RepairState::Applied => lang.pick("修复已申请", "repair applied for"),
            RepairState::Accepted => lang.pick("已受理", "accepted"),
            RepairState::Running => lang.pick("修复处理中", "being carried out"),
            RepairState::Done => lang.pick("已修复", "repaired"),
            RepairState::Refused => lang.pick("不予修复", "refused"),
        }
    }

    /// Whether something is to be done still.
    pub const fn is_open(self) -> bool {
        !matches!(self, RepairState::Done | RepairState::Refused)
    }
}

/// What was repaired, how, and why it counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRepair {
    /// The record: `ITEM`, or `ORGAN/ITEM` with the organ's code.
    pub item: String,
    /// At least one of the six ways.
    pub ways: Vec<RepairWay>,
    /// The decision or rule that it rests on: 1 to [`GROUND_MAX`](crate::office::GROUND_MAX) characters.
    pub basis: String,
    /// Why: 1 to [`GROUND_MAX`](crate::office::GROUND_MAX) characters.
    pub reason: String,
    /// Digests of evidence, `sha256:…`, at most [`EVIDENCE_MAX`](crate::office::EVIDENCE_MAX).
    pub evidence: Vec<String>,
}

/// What became of a certificate that cites a repaired record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RepairOutcome {
    /// It is out of use by this repair: REPAIRED.
    Repaired,
    /// Another stood in its place already.
    AlreadyReplaced,
    /// It was revoked already.
    AlreadyRevoked,
    /// Its holder had withdrawn it already.
    AlreadyWithdrawn,
    /// Its document was erased.
    Erased,
    /// It shows the record as repaired, as its template allows: nothing is wrong with it.
    ShownAsRepaired,
}

impl RepairOutcome {
    /// All of them, by their number in the journal.
    pub const ALL: [RepairOutcome; 6] = [
        RepairOutcome::Repaired,
        RepairOutcome::AlreadyReplaced,
        RepairOutcome::AlreadyRevoked,
        RepairOutcome::AlreadyWithdrawn,
        RepairOutcome::Erased,
        RepairOutcome::ShownAsRepaired,
    ];

    /// The word of commands.
    pub const fn name(self) -> &'static str {
        match self {
            RepairOutcome::Repaired => "repaired",
            RepairOutcome::AlreadyReplaced => "already-replaced",
            RepairOutcome::AlreadyRevoked => "already-revoked",
            RepairOutcome::AlreadyWithdrawn => "already-withdrawn",
            RepairOutcome::Erased => "erased",
            RepairOutcome::ShownAsRepaired => "shown-as-repaired",
        }
    }

    /// The words on screens.
    pub fn word(self, lang: Lang) -> &'static str {
        match self {
            RepairOutcome::Repaired => lang.pick("已修复", "repaired"),
            RepairOutcome::AlreadyReplaced => lang.pick("此前已更新", "replaced before"),
            RepairOutcome::AlreadyRevoked => lang.pick("此前已撤销", "revoked before"),
            RepairOutcome::AlreadyWithdrawn => lang.pick("此前已撤回", "withdrawn before"),
            RepairOutcome::Erased => lang.pick("文档已删除", "document erased"),
            RepairOutcome::ShownAsRepaired => lang.pick("已标注修复，无需处理", "shows it as repaired"),
        }
    }
}

/// A repair.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Repair {
    /// Its number.
    pub id: RepairId,
    /// Counts up with every step. Whoever acts names the one that he looked at.
    pub version: u32,
    /// Where it is.
    pub state: RepairState,
    /// The record's id.
    pub item: String,
    /// The code of the organ whose record it is; a judgment has none.
    pub organ: Option<String>,
    /// How it was repaired.
    pub ways: Vec<RepairWay>,
    /// What it rests on.
    pub basis: String,
    /// Why.
    pub reason: String,
    /// Digests of evidence.
    pub evidence: Vec<String>,
    /// When it was entered.
    pub made_at: Time,
    /// By which account.
    pub made_by: String,
    /// Every step, the first included. Progress of a cascade is none.
    pub steps: Vec<CaseStep<RepairState>>,
    /// When the next step is due; nothing once it runs or has ended.
    pub due: Option<CaseDue>,
    /// Whether every certificate that cites the record was dealt with.
    pub complete: bool,
    /// What became of each certificate, in the order of acceptance. In a list of repairs it is left empty.
    pub done: Vec<(CertificateNumber, RepairOutcome)>,
    /// How many certificates were dealt with.
    pub count: usize,
}

/// A certificate that cites a record, before anything is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Affected {
    /// The certificate.
    pub number: CertificateNumber,
    /// What a repair would do to it.
    pub outcome: RepairOutcome,
}

/// What a repair would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairPreview {
    /// The record's id.
    pub item: String,
    /// The code of the organ whose record it is; a judgment has none.
    pub organ: Option<String>,
    /// The first [`PREVIEW_MAX`] certificates that cite it, in the order of acceptance.
    pub affected: Vec<Affected>,
    /// How many there are.
    pub count: usize,
}

/// Which repairs a list has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RepairFilter {
    /// Only those that are open (`true`) or have ended (`false`).
    pub open: Option<bool>,
    /// Only those in this state.
    pub state: Option<RepairState>,
    /// The last entered first; otherwise the first.
    pub newest_first: bool,
}

/// Something that is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RepairDue {
    /// Which repair.
    pub id: RepairId,
    /// Where it is.
    pub state: RepairState,
    /// What is due and when.
    pub due: CaseDue,
}

/// The repairs of an office.
#[derive(Clone, Copy)]
pub struct Repairs<'a> {
    office: &'a Office,
}

impl Office {
    /// The repairs.
    pub fn repairs(&self) -> Repairs<'_> {
        Repairs { office: self }
    }
}
