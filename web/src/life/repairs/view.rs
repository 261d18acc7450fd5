//! A repair, and the certificates that cite its record, as pages show them.

use notary::office::Office;
use notary::repair::{Repair, RepairOutcome, RepairState};
use verifier::number::CertificateNumber;

use crate::desk::lists::Tag;
use crate::lang::Lang;
use crate::life::case::{DueView, due};
use crate::life::history::by;
use crate::page::words::{grouped, moment};

/// A repair as pages show it.
pub struct RepairView {
    /// Its number.
    pub id: String,
    /// The version that whoever looks acts on.
    pub version: u32,
    /// Where it is.
    pub state: Tag,
    /// The record.
    pub item: String,
    /// The code of the organ whose record it is; empty for none.
    pub organ: String,
    /// How it was repaired.
    pub ways: String,
    /// What it rests on.
    pub basis: String,
    /// Why.
    pub reason: String,
    /// Digests of evidence.
    pub evidence: Vec<String>,
    /// When it was entered.
    pub made: String,
    /// By whom.
    pub made_by: String,
    /// Every step: its word, when, who, what was said.
    pub steps: Vec<(&'static str, String, String, String)>,
    /// When the next step is due.
    pub due: Option<DueView>,
    step: RepairState,
}

impl RepairView {
    /// As those see it who work on it.
    pub fn new(lang: Lang, office: &Office, repair: &Repair) -> RepairView {
        let step = |step: &notary::office::CaseStep<RepairState>| {
            let who = by(lang, office, &step.by);
            (step.state.word(lang.words()), moment(lang, step.at), who, step.note.clone())
        };
        let ways: Vec<&str> = repair.ways.iter().map(|way| way.word(lang.words())).collect();
        RepairView {
            id: repair.id.to_string(),
            version: repair.version,
            state: state_tag(lang, repair.state),
            item: repair.item.clone(),
            organ: repair.organ.clone().unwrap_or_default(),
            ways: ways.join(lang.pick("、", ", ")),
            basis: repair.basis.clone(),
            reason: repair.reason.clone(),
            evidence: repair.evidence.clone(),
            made: moment(lang, repair.made_at),
            made_by: by(lang, office, &repair.made_by),
            steps: repair.steps.iter().map(step).collect(),
            due: repair.due.as_ref().map(|when| due(lang, when)),
            step: repair.state,
        }
    }

    /// Whether it waits to be accepted.
    pub fn is_applied(&self) -> bool {
        self.step == RepairState::Applied
    }

    /// Whether it waits for the second person.
    pub fn is_accepted(&self) -> bool {
        self.step == RepairState::Accepted
    }

    /// Whether it was approved: from then on there is a list of what was done.
    pub fn has_run(&self) -> bool {
        matches!(self.step, RepairState::Running | RepairState::Done)
    }
}

fn state_tag(lang: Lang, state: RepairState) -> Tag {
    let class = match state {
        RepairState::Done => "tag-ok",
        RepairState::Running => "tag-warn",
        _ => "",
    };
    Tag { class, word: state.word(lang.words()) }
}

/// A certificate that cites a record, and what becomes of it.
pub(super) struct AffectedRow {
    pub number: String,
    pub grouped: String,
    pub outcome: Tag,
}

impl AffectedRow {
    pub fn new(lang: Lang, number: &CertificateNumber, outcome: RepairOutcome, done: bool) -> AffectedRow {
        let word = match (outcome, done) {
            (RepairOutcome::Repaired, false) => lang.pick("将停止使用", "will go out of use"),
            _ => outcome.word(lang.words()),
        };
        let class = if outcome == RepairOutcome::Repaired { "tag-warn" } else { "" };
        let plain = number.as_str();
        AffectedRow { number: plain.to_owned(), grouped: grouped(plain), outcome: Tag { class, word } }
    }
}
