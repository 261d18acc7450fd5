//! What the journal says of objections: one kind of record, and what it does to memory.
//!
//! ```text
//! {"case":1,"version":1,"to":"filed","doc":7,"number":"2026…","slot":12,"at":…,"by":"window3"}  + sealed Filed
//! {"case":1,"version":3,"to":"verifying","event":"SUSPENDED","slot":12,"at":…,"by":…}           + sealed Said
//! {"case":1,"version":3,"to":"done","slot":12,"at":…,"by":…}          the event of version 3 is in the journal
//! {"case":1,"version":4,"to":"undone","slot":12,"at":…,"by":…}        the event was refused: the case is where it was
//! ```
//!
//! Every record is checked against those before it. Some 200 bytes a case in memory; texts are read when somebody asks.
//! Not here: who may take a step.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use verifier::number::CertificateNumber;
use verifier::status::Status;
use verifier::time::Time;

use super::{ObjectionId, ObjectionState};
use crate::journal::{Position, RecordRef};
use crate::office::record::{time, unframed};
use crate::repair::ItemKey;

/// The head of a record.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    pub case: u64,
    /// The version from now on.
    pub version: u32,
    /// A state's name, `done` or `undone`.
    pub to: String,
    pub slot: u64,
    pub at: u64,
    pub by: String,
    /// Filed: the document's number of acceptance.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<u32>,
    /// Filed: the certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The certificate's event that goes with the step.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Upheld: the corrected certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replacement: Option<String>,
    /// Rejected: whether it is noted.
    #[serde(default, skip_serializing_if = "is_false")]
    pub noted: bool,
}

fn is_false(value: &bool) -> bool {
    !*value
}

/// What is sealed of a filing.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Filed {
    pub item: Option<String>,
    pub organ: Option<String>,
    pub claims: Vec<String>,
    pub ground: String,
    pub evidence: Vec<String>,
}

/// What is sealed of every other step.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Said {
    pub note: String,
}

/// A step in memory.
#[derive(Clone, Debug)]
pub(super) struct StepRow {
    pub at: Time,
    pub by: String,
    pub state: ObjectionState,
    pub position: Position,
}

/// A case in memory.
#[derive(Clone, Debug)]
pub(super) struct CaseRow {
    pub id: u64,
    pub version: u32,
    pub state: ObjectionState,
    pub doc: u32,
    pub number: CertificateNumber,
    pub slot: u64,
    pub steps: Vec<StepRow>,
    pub replacement: Option<CertificateNumber>,
    pub noted: bool,
    /// The event that the last step waits for.
    pub waits_for: Option<String>,
}

impl CaseRow {
    /// Whether something is to be done still, by people or by the office.
    pub fn is_open(&self) -> bool {
        self.state.is_open() || self.waits_for.is_some()
    }

    /// When it came into this state first.
    pub fn since(&self, state: ObjectionState) -> Option<Time> {
        self.steps.iter().find(|step| step.state == state).map(|step| step.at)
    }

    /// Who filed it.
    pub fn filed_by(&self) -> &str {
        self.steps.first().map_or("", |step| step.by.as_str())
    }
}

/// What the journal says of objections.
#[derive(Debug, Default)]
pub(crate) struct Cases {
    pub(super) rows: Vec<CaseRow>,
    /// Cases of a document, in order.
    pub(super) of_doc: BTreeMap<u32, Vec<u64>>,
    /// Records that are being verified, and the cases that say so.
    flagged: HashMap<ItemKey, Vec<u64>>,
    pub(super) open: usize,
}

impl Cases {
    /// Takes a record of the journal.
    pub(crate) fn replay(&mut self, record: &RecordRef<'_>) -> Result<(), String> {
        let (head, _) = unframed::<Head>(record.payload).ok_or("not as records of objections are")?;
        self.take(&head, record.position)
    }

    /// Takes a record. The error says what in it contradicts those before.
    pub(super) fn take(&mut self, head: &Head, position: Position) -> Result<(), String> {
        if head.to == ObjectionState::Filed.name() {
            return self.filed(head, position);
        }
        let open_before = self.row(head.case).is_some_and(CaseRow::is_open);
        let row = head.case.checked_sub(1).and_then(|n| self.rows.get_mut(usize::try_from(n).ok()?));
        let row = row.ok_or_else(|| format!("there is no objection {}", head.case))?;
        if row.slot != head.slot {
            return Err(format!("objection {}: another key", head.case));
        }
        let step = |state| StepRow { at: time(head.at), by: head.by.clone(), state, position };
        match head.to.as_str() {
            "done" if row.waits_for.is_some() && head.version == row.version => row.waits_for = None,
            "undone" if row.waits_for.is_some() && head.version == row.version + 1 && row.steps.len() > 1 => {
                row.steps.pop();
                row.version = head.version;
                row.state = row.steps.last().map_or(ObjectionState::Filed, |step| step.state);
                (row.waits_for, row.replacement, row.noted) = (None, None, false);
            }
            other => {
                let to = ObjectionState::from_name(other).ok_or("no such state")?;
                if row.waits_for.is_some() || head.version != row.version + 1 || !row.state.may_become(to) {
                    return Err(format!("objection {}: a step that does not follow", head.case));
                }
                (row.version, row.state) = (head.version, to);
                row.steps.push(step(to));
                row.waits_for = head.event.clone();
                row.noted = head.noted;
                row.replacement = head.replacement.as_deref().map(number).transpose()?;
            }
        }
        let open = row.is_open();
        let verifying = row.state == ObjectionState::Verifying;
        if open_before && !open {
            self.open = self.open.saturating_sub(1);
        } else if open && !open_before {
            self.open += 1;
        }
        if !verifying {
            self.unflag(head.case);
        }
        Ok(())
    }

    fn filed(&mut self, head: &Head, position: Position) -> Result<(), String> {
        let (Some(doc), Some(text)) = (head.doc, &head.number) else {
            return Err("an objection against nothing".to_owned());
        };
        if head.case != self.rows.len() as u64 + 1 || head.version != 1 {
            return Err(format!("objection {} does not follow", head.case));
        }
        let state = ObjectionState::Filed;
        let step = StepRow { at: time(head.at), by: head.by.clone(), state, position };
        self.rows.push(CaseRow {
            id: head.case,
            version: 1,
            state,
            doc,
            number: number(text)?,
            slot: head.slot,
            steps: vec![step],
            replacement: None,
            noted: false,
            waits_for: None,
        });
        self.of_doc.entry(doc).or_default().push(head.case);
        self.open += 1;
        Ok(())
    }

    /// A case by its number.
    pub(super) fn row(&self, id: u64) -> Option<&CaseRow> {
        self.rows.get(usize::try_from(id.checked_sub(1)?).ok()?)
    }

    /// The cases of a document.
    pub(super) fn of(&self, doc: u32) -> impl Iterator<Item = &CaseRow> {
        self.of_doc.get(&doc).into_iter().flatten().filter_map(|id| self.row(*id))
    }

    /// Whether a case of this document is open still.
    pub(crate) fn is_open(&self, doc: u32) -> bool {
        self.of(doc).any(CaseRow::is_open)
    }

    /// Whether an objection against this document is being verified, which suspends its certificate.
    pub(crate) fn suspends(&self, doc: u32) -> bool {
        self.of(doc).any(|row| row.state == ObjectionState::Verifying)
    }

    /// Marks a record as being verified.
    pub(super) fn flag(&mut self, item: ItemKey, case: u64) {
        let cases = self.flagged.entry(item).or_default();
        if !cases.contains(&case) {
            cases.push(case);
        }
    }

    fn unflag(&mut self, case: u64) {
        self.flagged.retain(|_, cases| {
            cases.retain(|one| *one != case);
            !cases.is_empty()
        });
    }

    /// The first case that has this record verified; none where a document that corrects `corrects` lists it, and a
    /// case of that document is one of them.
    pub(crate) fn verifying(&self, item: &ItemKey, corrects: Option<u32>) -> Option<ObjectionId> {
        let cases = self.flagged.get(item)?;
        let of = |case: &&u64| self.row(**case).is_some_and(|row| Some(row.doc) == corrects);
        match cases.iter().find(of) {
            Some(_) => None,
            None => cases.first().map(|case| ObjectionId(*case)),
        }
    }

    /// Cases whose last step waits for the certificate's event.
    pub(super) fn waiting(&self) -> Vec<u64> {
        self.rows.iter().filter(|row| row.waits_for.is_some()).map(|row| row.id).collect()
    }

    /// Cases that were upheld and whose certificate is in use all the same: where, and what is wrong. For the audit.
    pub(crate) fn contradictions(&self, status: impl Fn(u32) -> Status) -> Vec<String> {
        let wrong = |row: &&CaseRow| {
            let ended = matches!(status(row.doc), Status::Replaced | Status::Revoked | Status::Withdrawn);
            row.state == ObjectionState::Upheld && row.waits_for.is_none() && !ended
        };
        let told = |row: &CaseRow| format!("objection {}", ObjectionId(row.id));
        self.rows.iter().filter(wrong).map(told).collect()
    }
}

fn number(text: &str) -> Result<CertificateNumber, String> {
    CertificateNumber::parse(text).map_err(|refused| refused.to_string())
}
