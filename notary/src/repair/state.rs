//! What the journal says of repairs: one kind of record, and what it does to memory.
//!
//! ```text
//! {"repair":1,"version":1,"to":"applied","slot":9,"at":…,"by":…}                    + sealed Asked
//! {"repair":1,"version":3,"to":"running","slot":9,"docs":3000,…}                    the commit point of the cascade
//! {"repair":1,"version":3,"to":"progress","slot":9,"done":[[17,0],[29,2]],…}        documents and outcomes
//! {"repair":1,"version":4,"to":"done","slot":9,…}
//! ```
//!
//! Five bytes for each certificate dealt with, in memory eight. Not here: who may take a step (`steps`), the cascade.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use verifier::status::Status;
use verifier::time::Time;

use super::{ItemKey, ItemRow, RepairId, RepairState};
use crate::journal::{Position, RecordRef};
use crate::office::record::{time, unframed};

/// The head of a record.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    pub repair: u64,
    /// The version from now on.
    pub version: u32,
    /// A state's name, or `progress`.
    pub to: String,
    pub slot: u64,
    pub at: u64,
    pub by: String,
    /// Running: documents that were accepted before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub docs: Option<u32>,
    /// Progress: number of acceptance and outcome.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub done: Vec<(u32, u8)>,
}

/// What is sealed of the first record.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    pub item: String,
    pub organ: Option<String>,
    pub ways: Vec<String>,
    pub basis: String,
    pub reason: String,
    pub evidence: Vec<String>,
}

/// What is sealed of a later step.
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
    pub state: RepairState,
    pub position: Position,
}

/// A repair in memory.
#[derive(Clone, Debug)]
pub(super) struct RepairRow {
    pub id: u64,
    pub version: u32,
    pub state: RepairState,
    pub slot: u64,
    pub steps: Vec<StepRow>,
    /// Documents that were accepted before it ran.
    pub docs: u32,
    pub done: Vec<(u32, u8)>,
}

impl RepairRow {
    /// When it came into this state first.
    pub fn since(&self, state: RepairState) -> Option<Time> {
        self.steps.iter().find(|step| step.state == state).map(|step| step.at)
    }
}

/// What the journal says of repairs.
#[derive(Debug, Default)]
pub(crate) struct Actions {
    pub(super) rows: Vec<RepairRow>,
    /// Records that are repaired, or are being; read from the repairs after a start.
    repaired: HashMap<ItemKey, RepairId>,
    /// Records that somebody asked to be repaired.
    pub(super) asked: HashMap<ItemKey, RepairId>,
    pub(super) open: usize,
    slots: u64,
}

impl Actions {
    /// Takes a record of the journal.
    pub(crate) fn replay(&mut self, record: &RecordRef<'_>) -> Result<(), String> {
        let (head, _) = unframed::<Head>(record.payload).ok_or("not as records of repairs are")?;
        self.take(&head, record.position)
    }

    /// Takes a record. The error says what in it contradicts those before.
    pub(super) fn take(&mut self, head: &Head, position: Position) -> Result<(), String> {
        let at = head.repair.checked_sub(1).and_then(|n| usize::try_from(n).ok()).ok_or("repair 0")?;
        if head.to == "progress" {
            let row = self.rows.get_mut(at).filter(|row| row.state == RepairState::Running);
            let row = row.ok_or_else(|| format!("repair {}: progress of what does not run", head.repair))?;
            row.done.extend(&head.done);
            return Ok(());
        }
        let to = RepairState::from_name(&head.to).ok_or("no such state")?;
        let step = StepRow { at: time(head.at), by: head.by.clone(), state: to, position };
        if head.version == 1 {
            if at != self.rows.len() || !matches!(to, RepairState::Applied | RepairState::Running) {
                return Err(format!("repair {} does not follow", head.repair));
            }
            let (id, slot) = (head.repair, head.slot);
            let (steps, docs) = (vec![step], head.docs.unwrap_or(0));
            self.rows.push(RepairRow { id, version: 1, state: to, slot, steps, docs, done: Vec::new() });
            self.open += 1;
            self.slots = self.slots.max(slot + 1);
            return Ok(());
        }
        let row = self.rows.get_mut(at).ok_or_else(|| format!("there is no repair {}", head.repair))?;
        let follows = matches!(
            (row.state, to),
            (RepairState::Applied, RepairState::Accepted | RepairState::Refused)
                | (RepairState::Accepted, RepairState::Running | RepairState::Refused)
                | (RepairState::Running, RepairState::Done)
        );
        if !follows || head.version != row.version + 1 || head.slot != row.slot {
            return Err(format!("repair {}: a step that does not follow", head.repair));
        }
        (row.version, row.state) = (head.version, to);
        row.docs = head.docs.unwrap_or(row.docs);
        row.steps.push(step);
        if !to.is_open() {
            self.open = self.open.saturating_sub(1);
        }
        if to == RepairState::Refused {
            self.asked.retain(|_, id| id.0 != head.repair);
        }
        Ok(())
    }

    /// A repair by its number.
    pub(super) fn row(&self, id: u64) -> Option<&RepairRow> {
        self.rows.get(usize::try_from(id.checked_sub(1)?).ok()?)
    }

    /// From now on the record is repaired.
    pub(super) fn block(&mut self, item: ItemKey, id: RepairId) {
        self.repaired.insert(item, id);
    }

    /// The repair of a record.
    pub(crate) fn of(&self, item: &ItemKey) -> Option<RepairId> {
        self.repaired.get(item).copied()
    }

    /// Repairs whose list says of a certificate that it is repaired, while it is in use: where, and what is wrong. For
    /// the audit.
    pub(crate) fn contradictions(&self, status: impl Fn(u32) -> Status) -> Vec<String> {
        let in_use = |(doc, outcome): &(u32, u8)| {
            *outcome == 0 && !matches!(status(*doc), Status::Replaced | Status::Revoked)
        };
        let wrong = |row: &&RepairRow| row.done.iter().any(in_use);
        let told = |row: &RepairRow| format!("repair {}", RepairId(row.id));
        self.rows.iter().filter(wrong).map(told).collect()
    }

    /// One more than the highest slot that a record names.
    pub(crate) fn slots(&self) -> u64 {
        self.slots
    }
}

/// Refuses a new document that lists what is repaired, or under objection, as if it were not.
///
/// # Errors
/// `ITEM_REPAIRED`, `ITEM_UNDER_OBJECTION`, with the record's pointer.
pub(crate) fn refuse_items(
    state: &crate::office::state::State,
    items: &[ItemRow],
    corrects: Option<u32>,
) -> Result<(), crate::refusal::Refusal> {
    use crate::refusal::{Refusal, RefusalCode};
    for item in items {
        if !item.repaired
            && let Some(id) = state.repairs.of(&item.key)
        {
            return Err(Refusal::new(RefusalCode::ItemRepaired).at(&item.at).found(id));
        }
        if !item.verifying
            && !item.repaired
            && let Some(case) = state.objections.verifying(&item.key, corrects)
        {
            return Err(Refusal::new(RefusalCode::ItemUnderObjection).at(&item.at).found(case));
        }
    }
    Ok(())
}
