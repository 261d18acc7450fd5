//! The cascade: every certificate that cites a repaired record goes out of use.
//!
//! ```text
//! "running" (durable, and new reports that list the record are refused from here on)
//!   ─► wait until the index has every document that was accepted before ─► seal what waits, so that all can have a status
//!   ─► a batch of certificates: their REPAIRED events, one flush ─► "progress" with what became of each ─► … ─► "done"
//! ```
//!
//! A crash between events and progress: the start finds the events by the repair's number in them and writes the same
//! progress. Nothing here decides anything twice.

use std::collections::BTreeSet;

use verifier::event::EventKind;
use verifier::number::CertificateNumber;
use verifier::status::Status;

use super::items::Citing;
use super::state::Head;
use super::{RepairId, RepairOutcome, RepairState, Repairs};
use crate::office::NewEvent;
use crate::office::record::Kind;
use crate::refusal::{Refusal, RefusalCode};

/// Certificates whose events share a flush, and a record of progress.
pub(super) const AT_ONCE: usize = 256;
/// How often a certificate whose status changes under the cascade's hands is looked at again. Each change is somebody's
/// act, and four of the changes are final.
const TRIES: usize = 16;

impl Repairs<'_> {
    /// Carries a running repair out, from wherever it stands.
    pub(super) fn carry_out(&self, id: RepairId) -> Result<(), Refusal> {
        let office = self.office;
        let _one = office.cascading();
        let row = self.row(id)?;
        if row.state != RepairState::Running {
            return Ok(());
        }
        let asked = self.asked(&row)?.ok_or_else(|| Refusal::new(RefusalCode::SelfCheckFailed).found(id))?;
        let key = office.item_key(&asked.item, asked.organ.as_deref());
        office.wait_indexed(row.docs)?;
        office.seal_all()?;
        let known: BTreeSet<u32> = row.done.iter().map(|(doc, _)| *doc).collect();
        let left = office.citing(&key)?;
        let left: Vec<Citing> =
            left.into_iter().filter(|one| one.doc < row.docs && !known.contains(&one.doc)).collect();
        let by = row.steps.last().map_or("office", |step| step.by.as_str());
        for some in left.chunks(AT_ONCE) {
            let done = self.batch(id, &asked.item, by, some)?;
            // A crash before this: the events are there, and the next start counts them as this repair's.
            self.write(id, "progress", by, row.version, done)?;
        }
        self.write(id, RepairState::Done.name(), by, row.version + 1, Vec::new())
    }

    /// Carries on every repair that a crash interrupted, and remembers what is repaired.
    pub(crate) fn finish(&self) -> Result<Vec<String>, Refusal> {
        let rows = self.office.with_state(|state| state.repairs.rows.clone());
        let mut reports = Vec::new();
        for row in rows.iter().filter(|row| row.state != RepairState::Refused) {
            let Some(key) = self.key(row)? else { continue };
            let id = RepairId(row.id);
            self.office.with_state_mut(|state| match row.state {
                RepairState::Running | RepairState::Done => state.repairs.block(key, id),
                _ => drop(state.repairs.asked.insert(key, id)),
            });
        }
        for row in rows.iter().filter(|row| row.state == RepairState::Running) {
            let id = RepairId(row.id);
            self.carry_out(id)?;
            reports.push(format!("repair {id}: carried on after a crash, and done"));
        }
        Ok(reports)
    }

    /// What a repair would do to a document that cites the record.
    pub(super) fn would(&self, one: &Citing) -> RepairOutcome {
        let (erased, status) = self.office.with_state(|state| {
            let doc = state.docs.get(one.doc as usize);
            let status = doc.and_then(|doc| doc.index).map(|index| state.status_of(index));
            (doc.is_none_or(|doc| doc.erased), status)
        });
        match status {
            _ if erased => RepairOutcome::Erased,
            _ if one.repaired => RepairOutcome::ShownAsRepaired,
            Some(Status::Replaced) => RepairOutcome::AlreadyReplaced,
            Some(Status::Revoked) => RepairOutcome::AlreadyRevoked,
            Some(Status::Withdrawn) => RepairOutcome::AlreadyWithdrawn,
            _ => RepairOutcome::Repaired,
        }
    }

    /// Deals with some documents; what became of each.
    fn batch(&self, id: RepairId, item: &str, by: &str, some: &[Citing]) -> Result<Vec<(u32, u8)>, Refusal> {
        let mut done = Vec::with_capacity(some.len());
        let mut left: Vec<Citing> = some.to_vec();
        for _ in 0..TRIES {
            let mut now: Vec<(Citing, CertificateNumber)> = Vec::with_capacity(left.len());
            for one in left {
                match self.would(&one) {
                    RepairOutcome::Repaired => now.push((one, self.office.number_of(one.doc)?)),
                    // It may be this repair that replaced it, before a crash.
                    RepairOutcome::AlreadyReplaced if self.is_ours(id, one.doc)? => {
                        done.push((one.doc, place(RepairOutcome::Repaired)));
                    }
                    other => done.push((one.doc, place(other))),
                }
            }
            if now.is_empty() {
                done.sort_unstable();
                return Ok(done);
            }
            let events = now.iter().map(|(_, number)| (*number, event(id, item, by))).collect();
            let recorded = self.office.record_events(events);
            left = Vec::new();
            for ((one, _), recorded) in now.into_iter().zip(recorded) {
                match recorded.map_err(|refusal| refusal.code()) {
                    Ok(_) => done.push((one.doc, place(RepairOutcome::Repaired))),
                    // Somebody was faster with another change, or erased it: look again.
                    Err(RefusalCode::StatusNotAllowed | RefusalCode::Erased) => left.push(one),
                    Err(code) => {
                        self.office.alive()?;
                        return Err(Refusal::new(code).at(id.to_string()));
                    }
                }
            }
        }
        Err(Refusal::new(RefusalCode::SelfCheckFailed).at(id.to_string()).found("statuses that never rest"))
    }

    /// Whether it was this repair that put a certificate out of use.
    fn is_ours(&self, id: RepairId, doc: u32) -> Result<bool, Refusal> {
        let id = id.to_string();
        let events = match self.office.events_of(&self.office.number_of(doc)?) {
            Err(refusal) if refusal.code() == RefusalCode::Erased => return Ok(false),
            events => events?,
        };
        Ok(events.iter().any(|view| {
            view.event.fields().kind == EventKind::Repaired && view.event.detail("repair") == Some(&id)
        }))
    }

    fn write(
        &self,
        id: RepairId,
        to: &str,
        by: &str,
        version: u32,
        done: Vec<(u32, u8)>,
    ) -> Result<(), Refusal> {
        let office = self.office;
        let slot = self.row(id)?.slot;
        let head = Head {
            repair: id.0,
            version,
            to: to.to_owned(),
            slot,
            at: office.now().seconds(),
            by: by.to_owned(),
            docs: None,
            done,
        };
        let take = |state: &mut crate::office::state::State, head: &Head, position| {
            state.repairs.take(head, position)
        };
        office.write_case(Kind::Repair, &[], |_| Ok(head), take).map(drop)
    }
}

fn event(id: RepairId, item: &str, by: &str) -> NewEvent {
    NewEvent {
        kind: EventKind::Repaired,
        by: by.to_owned(),
        reason_code: "CREDIT_REPAIR".to_owned(),
        reason: "信用修复".to_owned(),
        basis: String::new(),
        detail: vec![("item".to_owned(), item.to_owned()), ("repair".to_owned(), id.to_string())],
    }
}

fn place(outcome: RepairOutcome) -> u8 {
    RepairOutcome::ALL.iter().position(|one| *one == outcome).unwrap_or(0) as u8
}
