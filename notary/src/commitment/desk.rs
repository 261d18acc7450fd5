//! The door to commitments after they were made: look at one, record what happened to it, list them.
//!
//! ```text
//! desk.event(&by, &code, NOT_FULFILLED …, Some(2))    refused, or an event in the certificate's chain
//! ```
//!
//! An event is checked against what happened up to a sequence, and recorded only if nothing has happened since. Here: the
//! views and the recording. Not here: what an event needs beside its fields (`may`), remarks (`remark`), due lists (`due`), search
//! (`search`), templates and matters.

use verifier::event::{Event, EventKind};
use verifier::number::CertificateNumber;
use verifier::status::Status;

use super::event::{Field, NewCommitmentEvent};
use super::life::{Days, Facts, Life};
use super::may::{handed_in, may_expire, may_happen, overdue_event, still_missing};
use super::present::Present;
use super::remark::Remark;
use super::stage::Stage;
use crate::calendar::Day;
use crate::code::UnifiedCode;
use crate::desk::{Actor, Standing};
use crate::document::commitment::Commitment;
use crate::document::value::CommitmentCode;
use crate::document::vocabulary::{CommitmentType, Publicity};
use crate::office::{EventView, NewEvent, Office, OpenedCommitment, Recorded};
use crate::refusal::{Refusal, RefusalCode};

/// Commitments of one page.
pub const PAGE_MAX: usize = 200;
/// Commitments of one holder that are listed.
pub const HOLDERS_MAX: usize = 500;
/// Rows that are looked at for one page; then the page ends, with where to go on.
const WALK_MAX: u32 = 20_000;
/// Rows that are read at a time.
const CHUNK: u32 = 1_000;
/// Who records what the day alone brings.
const OFFICE: &str = "office";
/// Events that the day brings, recorded in one call.
const BY_THE_DAY_MAX: usize = 1_000;

/// The commitments' desk of an office.
#[derive(Clone, Copy)]
pub struct CommitmentDesk<'a> {
    pub(super) office: &'a Office,
}

impl Office {
    /// The commitments' desk.
    pub fn commitment_desk(&self) -> CommitmentDesk<'_> {
        CommitmentDesk { office: self }
    }
}

/// A commitment, as the office's own people see it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct View {
    /// Its certificate.
    pub number: CertificateNumber,
    /// The certificate's index in the ledger, once sealed.
    pub index: Option<u64>,
    /// The certificate's status inside the office, once sealed.
    pub status: Option<Status>,
    /// The document.
    pub commitment: Commitment,
    /// Where it stands today.
    pub stage: Stage,
    /// How it is kept, today.
    pub present: Present,
    /// By when what is missing is handed in.
    pub supplement_due: Option<Day>,
    /// Names of items that are still missing.
    pub missing: Vec<String>,
    /// Since when it is public.
    pub publicised: Option<Day>,
    /// The last day of its term.
    pub valid_to: Option<Day>,
    /// What happened, in order; the certificate's own events among it.
    pub events: Vec<EventView>,
    /// The sequence of the last of them: what `seen` is for the next.
    pub seen: u32,
    /// What may be recorded next, today.
    pub next: Vec<EventKind>,
    /// What a person should know.
    pub remarks: Vec<Remark>,
}

/// A commitment in a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct Listed {
    pub code: CommitmentCode,
    pub number: CertificateNumber,
    pub status: Option<Status>,
    pub commitment_type: CommitmentType,
    /// The committer's name; a natural person's masked.
    pub committer: String,
    pub reason: String,
    pub accepted_by: String,
    pub publicity: Publicity,
    pub made_on: Day,
    pub stage: Stage,
    pub present: Present,
}

/// A page of a list, the last accepted first.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Page {
    /// The commitments.
    pub rows: Vec<Listed>,
    /// Where to go on; nothing where this was the end.
    pub next: Option<u32>,
}

/// A commitment in hand.
pub(super) struct Known {
    pub opened: OpenedCommitment,
    pub facts: Facts,
    pub life: Life,
}

impl Known {
    pub(super) fn events(&self) -> Vec<Event> {
        self.opened.events.iter().map(|view| view.event.clone()).collect()
    }
}

impl CommitmentDesk<'_> {
    /// One commitment.
    ///
    /// # Errors
    /// `COMMITMENT_UNKNOWN`, `ERASED`; damage that is found on the way.
    pub fn one(&self, code: &CommitmentCode) -> Result<View, Refusal> {
        let (today, days) = (self.today(), self.days()?);
        let known = self.known(self.office.doc_of_commitment(code)?)?;
        let Known { facts, life, .. } = &known;
        let present = Present::of(&known.opened.commitment, life, &known.events(), today, &days);
        let next = EventKind::ALL
            .iter()
            .copied()
            .filter(|kind| kind.status().is_none() && may_happen(&known, *kind, today, &days).is_ok());
        Ok(View {
            next: if ended(known.opened.status) { Vec::new() } else { next.collect() },
            stage: present.stage,
            supplement_due: life.lacks_items(facts).then(|| life.supplement_due(facts, &days)).flatten(),
            missing: still_missing(&known),
            publicised: life.publicised(),
            valid_to: life.valid_to(facts),
            seen: life.seen(),
            remarks: self.remarks(&known, &days)?,
            number: known.opened.number,
            index: known.opened.index,
            status: known.opened.status,
            commitment: known.opened.commitment,
            present,
            events: known.opened.events,
        })
    }

    /// Records an event. `seen` is the sequence that the caller looked at; another one since then is refused.
    ///
    /// # Errors
    /// `ROLE_NOT_ALLOWED`, `COMMITMENT_UNKNOWN`, `EVENT_OUT_OF_ORDER`, `COMMITMENT_ENDED`, `COMMITMENT_ORDER`,
    /// `COMMITMENT_NOT_PUBLIC`, `COMMITMENT_NOT_DUE`, `COMMITMENT_WINDOW`, `COMMITMENT_TYPE`, `COMMITMENT_ITEM`, what is wrong
    /// with a field, and as for `Office::record_event`. Nothing has happened then.
    pub fn event(
        &self,
        by: &Actor,
        code: &CommitmentCode,
        event: &NewCommitmentEvent,
        seen: Option<u32>,
    ) -> Result<Recorded, Refusal> {
        if matches!(by.standing, Standing::Holder | Standing::Window) {
            return Err(Refusal::new(RefusalCode::RoleNotAllowed));
        }
        let known = self.known(self.office.doc_of_commitment(code)?)?;
        let last = known.life.seen();
        if let Some(seen) = seen.filter(|seen| *seen != last) {
            return Err(Refusal::new(RefusalCode::EventOutOfOrder).found(last).right(seen));
        }
        self.record(&known, event, &by.account)
    }

    /// What the day alone brings: missing items that are overdue, terms that are over. To be called once a day, or more often.
    ///
    /// # Errors
    /// Damage that is found on the way; a failed write.
    pub fn by_the_day(&self) -> Result<Vec<Recorded>, Refusal> {
        let (today, days) = (self.today(), self.days()?);
        let mut recorded = Vec::new();
        self.each_row(|doc, facts, life| {
            let overdue =
                life.lacks_items(facts) && life.supplement_due(facts, &days).is_some_and(|due| due < today);
            let expired = may_expire(life, facts, today).is_ok();
            if !overdue && !expired || recorded.len() >= BY_THE_DAY_MAX {
                return Ok(recorded.len() < BY_THE_DAY_MAX);
            }
            let known = self.known(doc)?;
            if ended(known.opened.status) || known.opened.index.is_none() {
                return Ok(true);
            }
            let event =
                if overdue { overdue_event(&known) } else { NewCommitmentEvent::new(EventKind::Expired) };
            match self.record(&known, &event, OFFICE) {
                Ok(one) => recorded.push(one),
                // Somebody was faster; the next day looks again.
                Err(refusal) if refusal.code() == RefusalCode::EventOutOfOrder => {}
                Err(refusal) => return Err(refusal),
            }
            Ok(true)
        })?;
        Ok(recorded)
    }

    /// Commitments in a stage, or all; the last accepted first, from before the place `after`.
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn list(&self, stage: Option<Stage>, after: Option<u32>, limit: usize) -> Result<Page, Refusal> {
        let (today, days) = (self.today(), self.days()?);
        let limit = limit.clamp(1, PAGE_MAX);
        let mut page = Page::default();
        let mut end = after.unwrap_or_else(|| self.office.documents());
        let mut walked = 0;
        while end > 0 && walked < WALK_MAX {
            let start = end.saturating_sub(CHUNK);
            let rows = self.office.commitment_rows(start.checked_sub(1), (end - start) as usize)?;
            let rows: Vec<_> = rows.into_iter().filter(|(doc, ..)| *doc < end).collect();
            for (doc, facts, life) in rows.into_iter().rev() {
                if stage.is_some_and(|wanted| life.stage(&facts, today, &days).plain() != wanted.plain()) {
                    continue;
                }
                if page.rows.len() == limit {
                    page.next = Some(doc + 1);
                    return Ok(page);
                }
                page.rows.extend(self.listed(doc, today, &days)?);
            }
            walked += end - start;
            end = start;
        }
        page.next = Some(end).filter(|end| *end > 0);
        Ok(page)
    }

    /// A holder's commitments, the last accepted first, at most [`HOLDERS_MAX`]; whoever may see them.
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn of_holder(&self, holder: &UnifiedCode) -> Result<Vec<Listed>, Refusal> {
        let (today, days) = (self.today(), self.days()?);
        let mut found = Vec::new();
        for doc in self.office.docs_of_holder(holder, crate::office::CERTIFICATES_OF_MAX)? {
            if self.office.commitment_row(doc)?.is_some() {
                found.extend(self.listed(doc, today, &days)?);
            }
            if found.len() == HOLDERS_MAX {
                break;
            }
        }
        Ok(found)
    }

    /// How the commitment of a certificate is kept today; none where the certificate is of something else.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`, `ERASED`; damage that is found on the way.
    pub fn present(&self, number: &CertificateNumber) -> Result<Option<Present>, Refusal> {
        let doc = self.office.doc_of_certificate(number)?;
        let Some(opened) = self.office.opened_commitment(doc)? else { return Ok(None) };
        let (today, days) = (self.today(), self.days()?);
        let events: Vec<Event> = opened.events.iter().map(|view| view.event.clone()).collect();
        let life = Life::of(&Facts::of(&opened.commitment), &events).map_err(self_check)?;
        Ok(Some(Present::of(&opened.commitment, &life, &events, today, &days)))
    }

    /// How a commitment is kept today, where something has happened to it; none where it is as its document says.
    pub(crate) fn changed(
        &self,
        doc: u32,
        commitment: &Commitment,
        days: &Days,
    ) -> Result<Option<Present>, Refusal> {
        match self.office.commitment_row(doc)? {
            Some((_, life)) if life.seen() > 0 => {
                let collected = life.found().is_some_and(|found| found.sequence == 0);
                if collected && life.objected().is_none() {
                    return Ok(None);
                }
                match self.known(doc) {
                    Err(refusal) if refusal.code() == RefusalCode::Erased => Ok(None),
                    known => {
                        let known = known?;
                        let events = known.events();
                        Ok(Some(Present::of(commitment, &known.life, &events, self.today(), days)))
                    }
                }
            }
            _ => Ok(None),
        }
    }

    /// Today, in China.
    pub(super) fn today(&self) -> Day {
        Day::from(self.office.now().china_date())
    }

    /// Calendars and deadlines.
    pub(super) fn days(&self) -> Result<Days, Refusal> {
        Ok(Days { calendar: self.office.work_calendar()?, deadlines: self.office.deadlines()? })
    }

    pub(super) fn known(&self, doc: u32) -> Result<Known, Refusal> {
        let opened = self.office.opened_commitment(doc)?.ok_or_else(|| self_check("no commitment"))?;
        let facts = Facts::of(&opened.commitment);
        let life = Life::of(&facts, opened.events.iter().map(|view| &view.event)).map_err(self_check)?;
        Ok(Known { opened, facts, life })
    }

    /// Every row, until `each` says that it is enough.
    pub(super) fn each_row(
        &self,
        mut each: impl FnMut(u32, &Facts, &Life) -> Result<bool, Refusal>,
    ) -> Result<(), Refusal> {
        let mut after = None;
        loop {
            let rows = self.office.commitment_rows(after, CHUNK as usize)?;
            let Some((last, ..)) = rows.last() else { return Ok(()) };
            after = Some(*last);
            for (doc, facts, life) in &rows {
                if !each(*doc, facts, life)? {
                    return Ok(());
                }
            }
        }
    }

    /// One of a list; none where it was erased a moment ago.
    pub(super) fn listed(&self, doc: u32, today: Day, days: &Days) -> Result<Option<Listed>, Refusal> {
        let known = match self.known(doc) {
            Err(refusal) if refusal.code() == RefusalCode::Erased => return Ok(None),
            known => known?,
        };
        let commitment = &known.opened.commitment;
        let present = Present::of(commitment, &known.life, &known.events(), today, days);
        Ok(Some(Listed {
            code: commitment.code.clone(),
            number: known.opened.number,
            status: known.opened.status,
            commitment_type: commitment.commitment_type,
            committer: super::present::masked(&commitment.committer.name, commitment.committer.kind),
            reason: commitment.reason.clone(),
            accepted_by: commitment.accepted_by.name.clone(),
            publicity: commitment.publicity,
            made_on: commitment.made_on,
            stage: present.stage,
            present,
        }))
    }

    fn record(&self, known: &Known, event: &NewCommitmentEvent, by: &str) -> Result<Recorded, Refusal> {
        let (today, days) = (self.today(), self.days()?);
        if ended(known.opened.status) {
            let status = known.opened.status.map_or("", |status| status.name());
            return Err(Refusal::new(RefusalCode::CommitmentEnded).found(status));
        }
        may_happen(known, event.kind, today, &days)?;
        let mut detail = event.details(today)?;
        if event.kind == EventKind::Supplemented {
            detail.extend(handed_in(known, &event.items)?);
        }
        if let Some(until) = detail.iter().find(|(name, _)| name == "valid_to").map(|(_, text)| text)
            && Day::parse(until).is_none_or(|until| until <= today)
        {
            return Err(Refusal::new(RefusalCode::DatesOrder)
                .at("/valid_to")
                .found(until)
                .right(format!("> {today}")));
        }
        detail.sort_unstable();
        let text = |field, text: &str| super::event::written(field, text, super::event::TEXT_MAX);
        let event = NewEvent {
            kind: event.kind,
            by: by.to_string(),
            reason_code: event.reason_code.clone().unwrap_or_else(|| event.kind.word().to_string()),
            reason: text(Field::Reason, &event.reason)?.unwrap_or_default(),
            basis: text(Field::Basis, &event.basis)?.unwrap_or_default(),
            detail,
        };
        // What was checked was checked against this sequence: another event since then is another case.
        self.office.record_event(&known.opened.number, event, Some(known.life.seen()))
    }
}

/// Whether nothing more can be recorded about the commitment, since its certificate is no longer in force.
pub(super) fn ended(status: Option<Status>) -> bool {
    matches!(status, Some(Status::Revoked | Status::Replaced | Status::Withdrawn))
}

/// Something of our own that our own reader refuses.
pub(super) fn self_check(what: impl std::fmt::Display) -> Refusal {
    Refusal::new(RefusalCode::SelfCheckFailed).found(what)
}
