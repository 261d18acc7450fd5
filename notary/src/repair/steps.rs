//! The steps of a repair before it runs: applying, accepting, refusing, approving.

use super::state::{Asked, Head, RepairRow, Said};
use super::{
    Affected, DECISION_RULE, ItemKey, NewRepair, OPEN_REPAIRS_MAX, PREVIEW_MAX, Repair, RepairId,
    RepairPreview, RepairState, RepairWay, Repairs,
};
use crate::desk::{Actor, NOTE_MAX, Standing};
use crate::office::record::Kind;
use crate::office::{GROUND_MAX, casework};
use crate::refusal::{Refusal, RefusalCode};

/// Characters of a record's key as somebody writes it.
pub(super) const ITEM_MAX: usize = 219;

/// A repair that is asked for, checked.
struct Checked {
    key: ItemKey,
    body: Asked,
}

impl Repairs<'_> {
    /// What a repair of this record would do. Nothing is kept.
    ///
    /// # Errors
    /// `REPAIR_ITEM`, `REPAIR_ITEM_AMBIGUOUS`, `DESK_TEXT`; damage that is found on the way.
    pub fn preview(&self, item: &str) -> Result<RepairPreview, Refusal> {
        let (item, organ) = self.office.resolve_item(item)?;
        let citing = self.office.citing(&self.office.item_key(&item, organ.as_deref()))?;
        let mut affected = Vec::with_capacity(citing.len().min(PREVIEW_MAX));
        for one in citing.iter().take(PREVIEW_MAX) {
            let number = self.office.number_of(one.doc)?;
            affected.push(Affected { number, outcome: self.would(one) });
        }
        Ok(RepairPreview { item, organ, affected, count: citing.len() })
    }

    /// Enters a repair that somebody applied for: durable when this returns. Nothing else happens yet.
    ///
    /// # Errors
    /// As for [`preview`](Self::preview); `REPAIR_WAY`, `REPAIR_KNOWN`, `REPAIRS_MANY`, `DIGEST_FORM`, `ROLE_NOT_ALLOWED`.
    pub fn apply(&self, by: &Actor, new: NewRepair) -> Result<Repair, Refusal> {
        casework::operates(by)?;
        let _one = self.office.casework();
        let id = self.begin(by, &new, RepairState::Applied)?;
        self.one(id)
    }

    /// Accepts a repair; from today on the deadline for deciding runs.
    ///
    /// # Errors
    /// `REPAIR_UNKNOWN`, `REPAIR_CHANGED`, `ROLE_NOT_ALLOWED`, `DESK_TEXT`; `CALENDAR_MISSING` where the calendar lacks a
    /// year that the deadline reaches into: import it first.
    pub fn accept(&self, by: &Actor, id: RepairId, version: u32, note: &str) -> Result<Repair, Refusal> {
        casework::operates(by)?;
        let office = self.office;
        let _one = office.casework();
        self.row_at(id, version, &[RepairState::Applied])?;
        if let Some(refusal) = office.clockwork(office.today()).due(DECISION_RULE, office.now()).unknown {
            return Err(refusal);
        }
        let note = casework::line("/note", note, NOTE_MAX)?;
        self.step(by, id, version, RepairState::Accepted, note)?;
        self.one(id)
    }

    /// Turns a repair down: by an operator before it is accepted, by either person after.
    ///
    /// # Errors
    /// As for [`accept`](Self::accept) but for the calendar; `DESK_TEXT` without a reason.
    pub fn refuse(&self, by: &Actor, id: RepairId, version: u32, why: &str) -> Result<Repair, Refusal> {
        if by.standing != Standing::Reviewer {
            casework::operates(by)?;
        }
        let _one = self.office.casework();
        self.row_at(id, version, &[RepairState::Applied, RepairState::Accepted])?;
        let note = casework::said("/note", why, NOTE_MAX)?;
        self.step(by, id, version, RepairState::Refused, note)?;
        self.one(id)
    }

    /// Approves an accepted repair and carries it out: a reviewer who took no step of it. When this returns every
    /// certificate that cites the record is out of use.
    ///
    /// # Errors
    /// `REPAIR_UNKNOWN`, `REPAIR_CHANGED`, `FOUR_EYES`, `DESK_TEXT`; `OFFICE_STOPPED`: then the next start carries it on.
    pub fn approve(&self, by: &Actor, id: RepairId, version: u32, note: &str) -> Result<Repair, Refusal> {
        let note = casework::line("/note", note, NOTE_MAX)?;
        {
            let _one = self.office.casework();
            let row = self.row_at(id, version, &[RepairState::Accepted])?;
            let hands: Vec<&str> = row.steps.iter().map(|step| step.by.as_str()).collect();
            casework::second_person(self.office, by, &hands)?;
            self.step(by, id, version, RepairState::Running, note)?;
        }
        self.carry_out(id)?;
        self.one(id)
    }

    /// Enters a repair and carries it out at once: for a command, whose giver holds the office.
    ///
    /// # Errors
    /// As for [`apply`](Self::apply) and [`approve`](Self::approve).
    pub fn repair(&self, by: &Actor, new: NewRepair) -> Result<Repair, Refusal> {
        if by.standing != Standing::Command {
            return Err(Refusal::new(RefusalCode::RoleNotAllowed));
        }
        let id = {
            let _one = self.office.casework();
            self.begin(by, &new, RepairState::Running)?
        };
        self.carry_out(id)?;
        self.one(id)
    }

    /// A repair's first record.
    fn begin(&self, by: &Actor, new: &NewRepair, to: RepairState) -> Result<RepairId, Refusal> {
        let office = self.office;
        let checked = self.checked(new)?;
        let slot = office.case_slot()?;
        let sealed = office.seal_case(slot, Kind::Repair, &checked.body)?;
        let mut id = 0;
        office.write_case(
            Kind::Repair,
            &sealed,
            |state| {
                let actions = &state.repairs;
                let known = actions.of(&checked.key).or_else(|| actions.asked.get(&checked.key).copied());
                if let Some(known) = known {
                    return Err(Refusal::new(RefusalCode::RepairKnown).found(known));
                }
                if actions.open >= OPEN_REPAIRS_MAX {
                    return Err(Refusal::new(RefusalCode::RepairsMany).right(OPEN_REPAIRS_MAX));
                }
                id = actions.rows.len() as u64 + 1;
                Ok(Head {
                    repair: id,
                    version: 1,
                    to: to.name().to_owned(),
                    slot,
                    at: office.now().seconds(),
                    by: by.account.clone(),
                    docs: Some(state.docs.len() as u32).filter(|_| to == RepairState::Running),
                    done: Vec::new(),
                })
            },
            |state, head, position| {
                state.repairs.take(head, position)?;
                match to {
                    RepairState::Running => state.repairs.block(checked.key, RepairId(head.repair)),
                    _ => drop(state.repairs.asked.insert(checked.key, RepairId(head.repair))),
                }
                Ok(())
            },
        )?;
        Ok(RepairId(id))
    }

    /// A repair's next record.
    fn step(
        &self,
        by: &Actor,
        id: RepairId,
        version: u32,
        to: RepairState,
        note: String,
    ) -> Result<(), Refusal> {
        let office = self.office;
        let row = self.row(id)?;
        let key = self.key(&row)?;
        let sealed = office.seal_case(row.slot, Kind::Repair, &Said { note })?;
        office.write_case(
            Kind::Repair,
            &sealed,
            |state| {
                Ok(Head {
                    repair: id.0,
                    version: version + 1,
                    to: to.name().to_owned(),
                    slot: row.slot,
                    at: office.now().seconds(),
                    by: by.account.clone(),
                    docs: Some(state.docs.len() as u32).filter(|_| to == RepairState::Running),
                    done: Vec::new(),
                })
            },
            |state, head, position| {
                state.repairs.take(head, position)?;
                if let (RepairState::Running, Some(key)) = (to, key) {
                    state.repairs.block(key, id);
                }
                Ok(())
            },
        )?;
        Ok(())
    }

    fn checked(&self, new: &NewRepair) -> Result<Checked, Refusal> {
        let (item, organ) = self.office.resolve_item(&new.item)?;
        if new.ways.is_empty() {
            let right = RepairWay::ALL.map(RepairWay::name).join(", ");
            return Err(Refusal::new(RefusalCode::RepairWayMissing).at("/ways").right(right));
        }
        let mut ways: Vec<RepairWay> = new.ways.clone();
        ways.sort_unstable();
        ways.dedup();
        let key = self.office.item_key(&item, organ.as_deref());
        let body = Asked {
            item,
            organ,
            ways: ways.into_iter().map(|way| way.name().to_owned()).collect(),
            basis: casework::said("/basis", &new.basis, GROUND_MAX)?,
            reason: casework::said("/reason", &new.reason, GROUND_MAX)?,
            evidence: casework::evidence(&new.evidence)?,
        };
        Ok(Checked { key, body })
    }

    pub(super) fn row(&self, id: RepairId) -> Result<RepairRow, Refusal> {
        let row = self.office.with_state(|state| state.repairs.row(id.0).cloned());
        row.ok_or_else(|| Refusal::new(RefusalCode::RepairUnknown).found(id))
    }

    fn row_at(&self, id: RepairId, version: u32, states: &[RepairState]) -> Result<RepairRow, Refusal> {
        self.office.alive()?;
        let row = self.row(id)?;
        match row.version == version && states.contains(&row.state) {
            true => Ok(row),
            false => Err(Refusal::new(RefusalCode::RepairChanged).found(id).right(row.version)),
        }
    }

    pub(super) fn asked(&self, row: &RepairRow) -> Result<Option<Asked>, Refusal> {
        let Some(first) = row.steps.first() else { return Ok(None) };
        self.office.open_case(first.position, row.slot, Kind::Repair)
    }

    pub(super) fn key(&self, row: &RepairRow) -> Result<Option<ItemKey>, Refusal> {
        let asked = self.asked(row)?;
        Ok(asked.map(|asked| self.office.item_key(&asked.item, asked.organ.as_deref())))
    }
}
