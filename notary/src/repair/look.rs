//! Looking at repairs: one, lists, what is due.

use super::state::{RepairRow, Said};
use super::{
    ACCEPTANCE_RULE, DECISION_RULE, REPAIRS_LISTED_MAX, Repair, RepairDue, RepairFilter, RepairId,
    RepairOutcome, RepairState, RepairWay, Repairs,
};
use crate::calendar::Day;
use crate::office::CaseStep;
use crate::office::casework::Clockwork;
use crate::office::record::Kind;
use crate::refusal::Refusal;

impl Repairs<'_> {
    /// A repair, with what became of every certificate.
    ///
    /// # Errors
    /// `REPAIR_UNKNOWN`; damage that is found on the way.
    pub fn one(&self, id: RepairId) -> Result<Repair, Refusal> {
        let row = self.row(id)?;
        let mut shown = self.shown(&row, &self.office.clockwork(self.office.today()))?;
        shown.done = row
            .done
            .iter()
            .map(|(doc, outcome)| {
                let outcome = RepairOutcome::ALL.get(usize::from(*outcome)).copied();
                Ok((self.office.number_of(*doc)?, outcome.unwrap_or(RepairOutcome::Repaired)))
            })
            .collect::<Result<_, Refusal>>()?;
        Ok(shown)
    }

    /// Repairs in the order of entry, from behind `after`, at most `limit` (itself at most [`REPAIRS_LISTED_MAX`]),
    /// without their certificates.
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn list(
        &self,
        filter: RepairFilter,
        after: Option<RepairId>,
        limit: usize,
    ) -> Result<Vec<Repair>, Refusal> {
        let limit = limit.min(REPAIRS_LISTED_MAX);
        let wanted = |row: &&RepairRow| {
            filter.open.is_none_or(|open| open == row.state.is_open())
                && filter.state.is_none_or(|state| state == row.state)
        };
        let rows: Vec<RepairRow> = self.office.with_state(|state| {
            let rows = &state.repairs.rows;
            let at = after.map(|id| usize::try_from(id.0).unwrap_or(usize::MAX));
            match filter.newest_first {
                false => rows.iter().skip(at.unwrap_or(0)).filter(wanted).take(limit).cloned().collect(),
                true => {
                    let end = at.map_or(rows.len(), |at| at.saturating_sub(1).min(rows.len()));
                    rows.iter().take(end).rev().filter(wanted).take(limit).cloned().collect()
                }
            }
        });
        let clock = self.office.clockwork(self.office.today());
        rows.iter().map(|row| self.shown(row, &clock)).collect()
    }

    /// What is due, by day; what can't be told comes last, with the reason.
    pub fn due(&self, today: Day) -> Vec<RepairDue> {
        let clock = self.office.clockwork(today);
        let mut out: Vec<RepairDue> = self.office.with_state(|state| {
            let due = |row: &RepairRow| {
                let (rule, start) = next_due(row)?;
                Some((RepairId(row.id), row.state, rule, start))
            };
            let rows: Vec<_> = state.repairs.rows.iter().filter_map(due).collect();
            rows.into_iter()
                .map(|(id, state, rule, start)| RepairDue { id, state, due: clock.due(rule, start) })
                .collect()
        });
        out.sort_by_key(|one| (one.due.by.is_none(), one.due.by, one.id));
        out
    }

    fn shown(&self, row: &RepairRow, clock: &Clockwork) -> Result<Repair, Refusal> {
        let asked = self.asked(row)?;
        let mut steps = Vec::with_capacity(row.steps.len());
        for (n, step) in row.steps.iter().enumerate() {
            // The end of a cascade says nothing.
            let note = match n == 0 || step.state == RepairState::Done {
                true => String::new(),
                false => {
                    let said: Option<Said> = self.office.open_case(step.position, row.slot, Kind::Repair)?;
                    said.unwrap_or_default().note
                }
            };
            steps.push(CaseStep { at: step.at, by: step.by.clone(), state: step.state, note });
        }
        let (item, organ, ways, basis, reason, evidence) = match asked {
            Some(asked) => (
                asked.item,
                asked.organ,
                asked.ways.iter().filter_map(|way| RepairWay::parse(way).ok()).collect(),
                asked.basis,
                asked.reason,
                asked.evidence,
            ),
            None => Default::default(),
        };
        let first = row.steps.first();
        Ok(Repair {
            id: RepairId(row.id),
            version: row.version,
            state: row.state,
            item,
            organ,
            ways,
            basis,
            reason,
            evidence,
            made_at: first.map_or(verifier::time::Time::ZERO, |step| step.at),
            made_by: first.map(|step| step.by.clone()).unwrap_or_default(),
            steps,
            due: next_due(row).map(|(rule, start)| clock.due(rule, start)),
            complete: row.state == RepairState::Done,
            done: Vec::new(),
            count: row.done.len(),
        })
    }
}

fn next_due(row: &RepairRow) -> Option<(&'static str, verifier::time::Time)> {
    match row.state {
        RepairState::Applied => Some((ACCEPTANCE_RULE, row.since(RepairState::Applied)?)),
        RepairState::Accepted => Some((DECISION_RULE, row.since(RepairState::Accepted)?)),
        _ => None,
    }
}
