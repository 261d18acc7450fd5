//! Looking at objections: one, those of a certificate, lists, what is due.

use verifier::number::CertificateNumber;

use super::state::{CaseRow, Said};
use super::steps::next_due;
use super::{OBJECTIONS_LISTED_MAX, Objection, ObjectionDue, ObjectionFilter, ObjectionId, Objections};
use crate::calendar::Day;
use crate::office::CaseStep;
use crate::office::casework::Clockwork;
use crate::office::record::Kind;
use crate::refusal::{Refusal, RefusalCode};

impl Objections<'_> {
    /// An objection.
    ///
    /// # Errors
    /// `OBJECTION_UNKNOWN`; damage that is found on the way.
    pub fn one(&self, id: ObjectionId) -> Result<Objection, Refusal> {
        let row = self.office.with_state(|state| state.objections.row(id.0).cloned());
        let row = row.ok_or_else(|| Refusal::new(RefusalCode::ObjectionUnknown).found(id))?;
        self.shown(&row, &self.office.clockwork(self.office.today()))
    }

    /// The objections against a certificate, the first filed first.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`; damage that is found on the way.
    pub fn of(&self, number: &CertificateNumber) -> Result<Vec<Objection>, Refusal> {
        let doc = self.office.document_number(number)?;
        let rows: Vec<CaseRow> = self.office.with_state(|state| state.objections.of(doc).cloned().collect());
        self.all_shown(&rows)
    }

    /// Objections in the order of filing, from behind `after`, at most `limit` (itself at most
    /// [`OBJECTIONS_LISTED_MAX`]).
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn list(
        &self,
        filter: ObjectionFilter,
        after: Option<ObjectionId>,
        limit: usize,
    ) -> Result<Vec<Objection>, Refusal> {
        let limit = limit.min(OBJECTIONS_LISTED_MAX);
        let wanted = |row: &&CaseRow| {
            filter.open.is_none_or(|open| open == row.is_open())
                && filter.state.is_none_or(|state| state == row.state)
        };
        let rows: Vec<CaseRow> = self.office.with_state(|state| {
            let rows = &state.objections.rows;
            let at = after.map(|id| usize::try_from(id.0).unwrap_or(usize::MAX));
            match filter.newest_first {
                false => rows.iter().skip(at.unwrap_or(0)).filter(wanted).take(limit).cloned().collect(),
                true => {
                    let end = at.map_or(rows.len(), |at| at.saturating_sub(1).min(rows.len()));
                    rows.iter().take(end).rev().filter(wanted).take(limit).cloned().collect()
                }
            }
        });
        self.all_shown(&rows)
    }

    /// What is due, overdue first, then by day; what can't be told comes last, with the reason.
    pub fn due(&self, today: Day) -> Vec<ObjectionDue> {
        let clock = self.office.clockwork(today);
        let rows: Vec<CaseRow> = self
            .office
            .with_state(|state| state.objections.rows.iter().filter(|row| row.is_open()).cloned().collect());
        let due = |row: &CaseRow| {
            let (rule, start) = next_due(row)?;
            let due = clock.due(rule, start);
            Some(ObjectionDue { id: ObjectionId(row.id), certificate: row.number, state: row.state, due })
        };
        let mut out: Vec<ObjectionDue> = rows.iter().filter_map(due).collect();
        out.sort_by_key(|one| (one.due.by.is_none(), one.due.by, one.id));
        out
    }

    fn all_shown(&self, rows: &[CaseRow]) -> Result<Vec<Objection>, Refusal> {
        let clock = self.office.clockwork(self.office.today());
        rows.iter().map(|row| self.shown(row, &clock)).collect()
    }

    fn shown(&self, row: &CaseRow, clock: &Clockwork) -> Result<Objection, Refusal> {
        let filed = self.filed(row)?;
        let mut steps = Vec::with_capacity(row.steps.len());
        for (n, step) in row.steps.iter().enumerate() {
            let note = match n {
                0 => String::new(),
                _ => {
                    let said: Option<Said> =
                        self.office.open_case(step.position, row.slot, Kind::Objection)?;
                    said.unwrap_or_default().note
                }
            };
            steps.push(CaseStep { at: step.at, by: step.by.clone(), state: step.state, note });
        }
        let erased = filed.is_none();
        let (item, organ, claims, ground, evidence) = match filed {
            Some(filed) => (filed.item, filed.organ, filed.claims, filed.ground, filed.evidence),
            None => (None, None, Vec::new(), String::new(), Vec::new()),
        };
        Ok(Objection {
            id: ObjectionId(row.id),
            version: row.version,
            state: row.state,
            certificate: row.number,
            item,
            organ,
            claims,
            ground,
            evidence,
            filed_at: row.since(super::ObjectionState::Filed).unwrap_or(verifier::time::Time::ZERO),
            filed_by: row.filed_by().to_owned(),
            steps,
            due: next_due(row).map(|(rule, start)| clock.due(rule, start)),
            replacement: row.replacement,
            noted: row.noted,
            erased,
        })
    }
}
