//! Erasing a document by two people: one proposes, another approves, and the key is destroyed.
//!
//! ```text
//! propose (operator) ─► 待复核 Proposed ─approve (a reviewer who did not propose)─► Approved ─► 已删除 Done
//!                               └──────── reject ───► 已驳回 Rejected
//! ```
//!
//! The record of *approved* is the commit point: a crash after it ends in an erased document, at the next start if need
//! be. A document whose certificate has an open objection is not erased until that has ended. The ledger is not touched: the
//! certificate's entry stays and is meaningless from then on. Here: the two people. Not here: what erasing does
//! (`Office::erase`). Reason and basis are sealed under a key of the proposal's own, so that they outlive the document.

mod state;
#[cfg(test)]
mod tests;

use core::fmt;

use verifier::number::CertificateNumber;
use verifier::text::Lang;
use verifier::time::Time;

pub(crate) use state::Proposals;
use state::{Head, Row, Said, Why};

use crate::desk::{Actor, NOTE_MAX, Standing};
use crate::objection::number_of;
use crate::office::record::Kind;
use crate::office::{CaseStep, GROUND_MAX, Office, casework};
use crate::refusal::{Refusal, RefusalCode};

/// Proposals that may wait at a time.
pub const OPEN_ERASINGS_MAX: usize = 1_000;
/// The most proposals of one list.
pub const ERASINGS_LISTED_MAX: usize = 500;

/// A proposal's number: 1 for the office's first, shown as `E00001`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ErasingId(pub u64);

impl fmt::Display for ErasingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "E{:05}", self.0)
    }
}

impl ErasingId {
    /// Reads `E00001`, `e1` or `1`.
    ///
    /// # Errors
    /// `ERASING_UNKNOWN`.
    pub fn parse(text: &str) -> Result<ErasingId, Refusal> {
        number_of(text, 'E')
            .map(ErasingId)
            .ok_or_else(|| Refusal::new(RefusalCode::ErasingUnknown).found(text))
    }
}

/// Where a proposal is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErasingState {
    /// 待复核: waits for the second person.
    Proposed,
    /// Approved, and being carried out this moment.
    Approved,
    /// 已删除. An end.
    Done,
    /// 已驳回. An end.
    Rejected,
}

impl ErasingState {
    /// All of them.
    pub const ALL: [ErasingState; 4] =
        [ErasingState::Proposed, ErasingState::Approved, ErasingState::Done, ErasingState::Rejected];

    /// The word of commands and journals.
    pub const fn name(self) -> &'static str {
        match self {
            ErasingState::Proposed => "proposed",
            ErasingState::Approved => "approved",
            ErasingState::Done => "done",
            ErasingState::Rejected => "rejected",
        }
    }

    /// The state of this word.
    pub fn from_name(name: &str) -> Option<ErasingState> {
        ErasingState::ALL.into_iter().find(|state| state.name() == name)
    }

    /// The words on screens.
    pub fn word(self, lang: Lang) -> &'static str {
        match self {
            ErasingState::Proposed => lang.pick("待复核", "waits for review"),
            ErasingState::Approved => lang.pick("已批准", "approved"),
            ErasingState::Done => lang.pick("已删除", "erased"),
            ErasingState::Rejected => lang.pick("已驳回", "rejected"),
        }
    }

    /// Whether something is to be done still.
    pub const fn is_open(self) -> bool {
        matches!(self, ErasingState::Proposed | ErasingState::Approved)
    }
}

/// A proposal to erase a document.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Erasing {
    /// Its number.
    pub id: ErasingId,
    /// Counts up with every step. Whoever acts names the one that he looked at.
    pub version: u32,
    /// Where it is.
    pub state: ErasingState,
    /// Whose document.
    pub certificate: CertificateNumber,
    /// Why.
    pub reason: String,
    /// The rule or request that it rests on.
    pub basis: String,
    /// When it was proposed.
    pub proposed_at: Time,
    /// By which account.
    pub proposed_by: String,
    /// Every step, the proposal first.
    pub steps: Vec<CaseStep<ErasingState>>,
}

/// The proposals of an office.
#[derive(Clone, Copy)]
pub struct Erasings<'a> {
    office: &'a Office,
}

impl Office {
    /// Proposals to erase documents.
    pub fn erasings(&self) -> Erasings<'_> {
        Erasings { office: self }
    }
}

impl Erasings<'_> {
    /// Proposes to erase a document: durable when this returns. One that waits for the same document is the same proposal.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`, `ERASED`, `NOT_SEALED`, `CERTIFICATE_IN_CASE`, `DESK_TEXT`, `ERASINGS_MANY`,
    /// `ROLE_NOT_ALLOWED`.
    pub fn propose(
        &self,
        by: &Actor,
        number: &CertificateNumber,
        reason: &str,
        basis: &str,
    ) -> Result<Erasing, Refusal> {
        casework::operates(by)?;
        let office = self.office;
        let _one = office.casework();
        office.may_erase(number)?;
        let waits = office.with_state(|state| {
            state
                .erasings
                .rows
                .iter()
                .find(|row| row.state.is_open() && row.number == *number)
                .map(|row| row.id)
        });
        if let Some(id) = waits {
            return self.one(ErasingId(id));
        }
        let body = Why {
            reason: casework::said("/reason", reason, GROUND_MAX)?,
            basis: casework::said("/basis", basis, GROUND_MAX)?,
        };
        let slot = office.case_slot()?;
        let sealed = office.seal_case(slot, Kind::Erasing, &body)?;
        let mut id = 0;
        office.write_case(
            Kind::Erasing,
            &sealed,
            |state| {
                if state.erasings.open() >= OPEN_ERASINGS_MAX {
                    return Err(Refusal::new(RefusalCode::ErasingsMany).right(OPEN_ERASINGS_MAX));
                }
                id = state.erasings.rows.len() as u64 + 1;
                Ok(Head {
                    erasing: id,
                    version: 1,
                    to: ErasingState::Proposed.name().to_owned(),
                    slot,
                    at: office.now().seconds(),
                    by: by.account.clone(),
                    number: Some(number.to_string()),
                })
            },
            |state, head, position| state.erasings.take(head, position),
        )?;
        self.one(ErasingId(id))
    }

    /// Approves a proposal and erases the document: a reviewer who did not propose it.
    ///
    /// # Errors
    /// `ERASING_UNKNOWN`, `ERASING_CHANGED`, `FOUR_EYES`, `CERTIFICATE_IN_CASE`; `OFFICE_STOPPED`: then the next start
    /// carries it out.
    pub fn approve(&self, by: &Actor, id: ErasingId, version: u32) -> Result<Erasing, Refusal> {
        let office = self.office;
        let _one = office.casework();
        let row = self.row_at(id, version)?;
        casework::second_person(office, by, &[row.proposed_by()])?;
        match office.may_erase(&row.number) {
            // A command was faster: there is nothing left to destroy.
            Err(refusal) if refusal.code() == RefusalCode::Erased => {}
            other => other?,
        }
        self.step(&row, by, ErasingState::Approved, "")?;
        // The commit point. A crash before: the proposal waits as it did. A crash after: the start erases.
        self.carry_out(&row, by)?;
        self.one(id)
    }

    /// Turns a proposal down: a reviewer, or who proposed it.
    ///
    /// # Errors
    /// As for [`approve`](Self::approve); `ROLE_NOT_ALLOWED`, `DESK_TEXT` without a reason.
    pub fn reject(&self, by: &Actor, id: ErasingId, version: u32, why: &str) -> Result<Erasing, Refusal> {
        let _one = self.office.casework();
        let row = self.row_at(id, version)?;
        if by.standing != Standing::Reviewer && row.proposed_by() != by.account {
            return Err(Refusal::new(RefusalCode::RoleNotAllowed));
        }
        let why = casework::said("/reason", why, NOTE_MAX)?;
        self.step(&row, by, ErasingState::Rejected, &why)?;
        self.one(id)
    }

    /// A proposal.
    ///
    /// # Errors
    /// `ERASING_UNKNOWN`; damage that is found on the way.
    pub fn one(&self, id: ErasingId) -> Result<Erasing, Refusal> {
        self.shown(&self.row(id)?)
    }

    /// Proposals, those that wait first, then the last first; at most `limit`, itself at most [`ERASINGS_LISTED_MAX`].
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn list(&self, limit: usize) -> Result<Vec<Erasing>, Refusal> {
        let mut rows: Vec<Row> =
            self.office.with_state(|state| state.erasings.rows.iter().rev().cloned().collect());
        rows.sort_by_key(|row| !row.state.is_open());
        rows.iter().take(limit.min(ERASINGS_LISTED_MAX)).map(|row| self.shown(row)).collect()
    }

    /// Erases what was approved and not erased when the process ended.
    pub(crate) fn finish(&self) -> Result<Vec<String>, Refusal> {
        let approved: Vec<Row> = self.office.with_state(|state| {
            let rows = state.erasings.rows.iter();
            rows.filter(|row| row.state == ErasingState::Approved).cloned().collect()
        });
        let mut reports = Vec::new();
        for row in approved {
            let by = row.steps.last().map(|step| step.by.clone()).unwrap_or_default();
            let by = Actor { account: by, unit: String::new(), standing: Standing::Reviewer };
            self.carry_out(&row, &by)?;
            reports.push(format!("erasing {}: carried out after a crash", ErasingId(row.id)));
        }
        Ok(reports)
    }

    fn carry_out(&self, row: &Row, by: &Actor) -> Result<(), Refusal> {
        let id = ErasingId(row.id);
        self.office.erase_approved(&row.number, &id.to_string())?;
        let row = self.row(id)?;
        self.step(&row, by, ErasingState::Done, "")
    }

    fn step(&self, row: &Row, by: &Actor, to: ErasingState, note: &str) -> Result<(), Refusal> {
        let office = self.office;
        let sealed = office.seal_case(row.slot, Kind::Erasing, &Said { note: note.to_owned() })?;
        let head = Head {
            erasing: row.id,
            version: row.version + 1,
            to: to.name().to_owned(),
            slot: row.slot,
            at: office.now().seconds(),
            by: by.account.clone(),
            number: None,
        };
        let take = |state: &mut crate::office::state::State, head: &Head, position| {
            state.erasings.take(head, position)
        };
        office.write_case(Kind::Erasing, &sealed, |_| Ok(head), take).map(drop)
    }

    fn row(&self, id: ErasingId) -> Result<Row, Refusal> {
        let row = self.office.with_state(|state| state.erasings.row(id.0).cloned());
        row.ok_or_else(|| Refusal::new(RefusalCode::ErasingUnknown).found(id))
    }

    fn row_at(&self, id: ErasingId, version: u32) -> Result<Row, Refusal> {
        self.office.alive()?;
        let row = self.row(id)?;
        match row.version == version && row.state == ErasingState::Proposed {
            true => Ok(row),
            false => Err(Refusal::new(RefusalCode::ErasingChanged).found(id).right(row.version)),
        }
    }

    fn shown(&self, row: &Row) -> Result<Erasing, Refusal> {
        let open = |n: usize| row.steps.get(n).map(|step| step.position);
        let why: Option<Why> = match open(0) {
            Some(position) => self.office.open_case(position, row.slot, Kind::Erasing)?,
            None => None,
        };
        let mut steps = Vec::with_capacity(row.steps.len());
        for (n, step) in row.steps.iter().enumerate() {
            let said: Option<Said> = match n {
                0 => None,
                _ => self.office.open_case(step.position, row.slot, Kind::Erasing)?,
            };
            let note = said.unwrap_or_default().note;
            steps.push(CaseStep { at: step.at, by: step.by.clone(), state: step.state, note });
        }
        let why = why.unwrap_or_default();
        Ok(Erasing {
            id: ErasingId(row.id),
            version: row.version,
            state: row.state,
            certificate: row.number,
            reason: why.reason,
            basis: why.basis,
            proposed_at: row.steps.first().map_or(Time::ZERO, |step| step.at),
            proposed_by: row.proposed_by().to_owned(),
            steps,
        })
    }
}
