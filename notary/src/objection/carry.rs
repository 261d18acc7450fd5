//! How a step of an objection is carried out: its record, then the certificate's event, then that it is done.
//!
//! ```text
//! step record (durable) ─► event of the certificate (durable) ─► "done"       a refused event: "undone", the case is where it was
//! ```
//!
//! Not here: which steps there are and what has to hold (`steps`).

use verifier::event::EventKind;

use super::state::{CaseRow, Filed, Head, Said};
use super::steps::Step;
use super::{Objection, ObjectionId, ObjectionState, Objections};
use crate::office::record::Kind;
use crate::office::{NewEvent, REASON_MAX};
use crate::refusal::{Refusal, RefusalCode};
use crate::repair::ItemKey;

impl Objections<'_> {
    /// Takes a step: durable when this returns, and its event with it.
    pub(super) fn take_step(&self, step: Step<'_>) -> Result<Objection, Refusal> {
        let office = self.office;
        let row = self.row_at(step.id, step.version, step.to)?;
        let item = match step.to {
            ObjectionState::Verifying => self.item_key(&row)?,
            _ => None,
        };
        let sealed = office.seal_case(row.slot, Kind::Objection, &Said { note: step.note.clone() })?;
        let head = Head {
            case: row.id,
            version: step.version + 1,
            to: step.to.name().to_owned(),
            slot: row.slot,
            at: office.now().seconds(),
            by: step.by.account.clone(),
            doc: None,
            number: None,
            event: step.event.map(|kind| kind.word().to_owned()),
            replacement: step.replacement.map(|number| number.to_string()),
            noted: step.noted,
        };
        // From here on the step is taken, unless the certificate's event is refused. A crash before: nothing happened.
        // A crash after: the start carries it on.
        office.write_case(
            Kind::Objection,
            &sealed,
            |_| Ok(head),
            |state, head, position| {
                state.objections.take(head, position)?;
                if let Some(item) = item {
                    state.objections.flag(item, head.case);
                }
                Ok(())
            },
        )?;
        if step.event.is_some() {
            self.carry_on(step.id, Some(step.seen))??;
        }
        self.one(step.id)
    }

    /// Records the event that a case's last step waits for, unless it is there already, and says so. The inner error is
    /// why the event was refused; the case is then where it was.
    fn carry_on(&self, id: ObjectionId, seen: Option<u32>) -> Result<Result<(), Refusal>, Refusal> {
        let office = self.office;
        let row = office.with_state(|state| state.objections.row(id.0).cloned());
        let Some(row) = row else { return Err(Refusal::new(RefusalCode::ObjectionUnknown).found(id)) };
        let Some(kind) = row.waits_for.as_deref().and_then(EventKind::from_word) else { return Ok(Ok(())) };
        let case = id.to_string();
        let there = match seen {
            Some(_) => false,
            None => {
                let same = |view: &crate::office::EventView| {
                    view.event.fields().kind == kind && view.event.detail("case") == Some(case.as_str())
                };
                office.events_of(&row.number)?.iter().any(same)
            }
        };
        let event = self.event(&row, kind, case)?;
        let recorded = match there {
            true => Ok(()),
            false => office.record_event(&row.number, event, seen).map(drop),
        };
        let (to, version) = match &recorded {
            Ok(()) => ("done", row.version),
            // A stopped office knows nothing for certain: the next start looks again.
            Err(_) => {
                office.alive()?;
                ("undone", row.version + 1)
            }
        };
        let back = self.item_key(&row)?;
        office.write_case(
            Kind::Objection,
            &[],
            |_| {
                Ok(Head {
                    case: row.id,
                    version,
                    to: to.to_owned(),
                    slot: row.slot,
                    at: office.now().seconds(),
                    by: "office".to_owned(),
                    doc: None,
                    number: None,
                    event: None,
                    replacement: None,
                    noted: false,
                })
            },
            |state, head, position| {
                state.objections.take(head, position)?;
                let verifying =
                    state.objections.row(head.case).is_some_and(|row| row.state == ObjectionState::Verifying);
                if let Some(item) = back.filter(|_| verifying) {
                    state.objections.flag(item, head.case);
                }
                Ok(())
            },
        )?;
        Ok(recorded)
    }

    /// The certificate's event of a case's last step.
    fn event(&self, row: &CaseRow, kind: EventKind, case: String) -> Result<NewEvent, Refusal> {
        let office = self.office;
        let step =
            row.steps.last().ok_or_else(|| Refusal::new(RefusalCode::SelfCheckFailed).found("step"))?;
        let said: Option<Said> = office.open_case(step.position, row.slot, Kind::Objection)?;
        let filed = self.filed(row)?;
        let mut detail = vec![("case".to_owned(), case)];
        if kind == EventKind::Suspended
            && let Some(filed) = filed
        {
            let claims = filed.claims.join(",");
            detail.extend(Some(("claims".to_owned(), claims)).filter(|(_, claims)| !claims.is_empty()));
            detail.extend(filed.item.map(|item| ("item".to_owned(), item)));
        }
        detail.extend(row.replacement.map(|number| ("replaced_by".to_owned(), number.to_string())));
        let plain = match kind {
            EventKind::Suspended => "异议核实中，暂缓使用",
            EventKind::Resumed => "异议已办结，恢复使用",
            EventKind::ObjectionNoted => "异议不成立，标注异议",
            EventKind::Superseded => "异议成立，已更正",
            _ => "异议成立，文书已撤销",
        };
        let reason = said.map(|said| said.note).filter(|note| !note.is_empty());
        let reason = reason.unwrap_or_else(|| plain.to_owned()).chars().take(REASON_MAX).collect();
        let reason_code = match row.state {
            ObjectionState::Verifying => "OBJECTION_VERIFYING",
            ObjectionState::Upheld => "OBJECTION_UPHELD",
            ObjectionState::TakenBack => "OBJECTION_TAKEN_BACK",
            _ => "OBJECTION_REJECTED",
        };
        let (reason_code, by) = (reason_code.to_owned(), step.by.clone());
        Ok(NewEvent { kind, by, reason_code, reason, basis: String::new(), detail })
    }

    pub(super) fn filed(&self, row: &CaseRow) -> Result<Option<Filed>, Refusal> {
        let Some(first) = row.steps.first() else { return Ok(None) };
        self.office.open_case(first.position, row.slot, Kind::Objection)
    }

    fn item_key(&self, row: &CaseRow) -> Result<Option<ItemKey>, Refusal> {
        let filed = self.filed(row)?;
        Ok(filed.and_then(|filed| {
            let item = filed.item?;
            Some(self.office.item_key(&item, filed.organ.as_deref()))
        }))
    }

    /// After a start: flags what is being verified, and carries on what a crash interrupted.
    pub(crate) fn finish(&self) -> Result<Vec<String>, Refusal> {
        let office = self.office;
        let verifying: Vec<CaseRow> = office.with_state(|state| {
            let rows = state.objections.rows.iter();
            rows.filter(|row| row.state == ObjectionState::Verifying).cloned().collect()
        });
        for row in &verifying {
            if let Some(item) = self.item_key(row)? {
                office.with_state_mut(|state| state.objections.flag(item, row.id));
            }
        }
        let waiting = office.with_state(|state| state.objections.waiting());
        let mut reports = Vec::new();
        for id in waiting.into_iter().map(ObjectionId) {
            let what = match self.carry_on(id, None)? {
                Ok(()) => "finished".to_owned(),
                Err(refusal) => format!("taken back, {}", refusal.code().as_str()),
            };
            reports.push(format!("objection {id}: the step that a crash interrupted was {what}"));
        }
        Ok(reports)
    }
}
