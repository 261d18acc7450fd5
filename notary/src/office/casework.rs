//! What objections, credit repairs and erasings have in common: their records in the office's journal, who may act, the
//! texts that they take, and deadlines.
//!
//! ```text
//! u32be length ‖ {"case":1,"version":2,"to":"accepted","slot":12,"at":…,"by":…} ‖ sealed {"note":"…"}
//! ```
//!
//! One journal has one order, so a crash never parts a case from its certificate: first the record that says what will be
//! done, then the event of the certificate, then a record that it was done. What a crash left between is finished by the
//! next start. Here: the common ground. Not here: the rules (`crate::objection`, `crate::repair`, `crate::erasing`).

use std::sync::{MutexGuard, PoisonError};
use std::time::Duration;

use verifier::base64;
use verifier::core::Core;
use verifier::number::CertificateNumber;
use verifier::status::Status;
use verifier::time::Time;
use zeroize::Zeroizing;

use super::Office;
use super::accept::internal;
use super::record::{Kind, framed, unframed};
use super::state::State;
use crate::calendar::Day;
use crate::desk::words;
use crate::desk::{Actor, Standing};
use crate::document::Document;
use crate::journal::Position;
use crate::people::{self, AccountId};
use crate::refusal::{Refusal, RefusalCode};
use crate::vault::{Slot, VaultError};

/// Characters of a ground or a basis.
pub const GROUND_MAX: usize = 2_000;
/// Digests of evidence of one case.
pub const EVIDENCE_MAX: usize = 20;

/// How long to wait for the index before looking again.
const WAIT: Duration = Duration::from_millis(20);

/// Something that happened to a case: who took which step, when, and what was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseStep<S> {
    /// When.
    pub at: Time,
    /// The account's id, or `command`.
    pub by: String,
    /// Where the case was after it.
    pub state: S,
    /// What was said; empty where nothing was, and where the document was erased since.
    pub note: String,
}

/// When something is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseDue {
    /// The rule in the table of deadlines.
    pub rule: String,
    /// The rule's name for people; empty where the table has none.
    pub name: String,
    /// Whether somebody has checked what the rule rests on.
    pub checked: bool,
    /// The last day for it; nothing where it can't be told.
    pub by: Option<Day>,
    /// Why it can't be told: `CALENDAR_MISSING`, `DEADLINE_UNKNOWN`.
    pub unknown: Option<Refusal>,
    /// Working days that are left from `today` on, 0 on the last one; nothing where it is over or can't be told.
    pub left: Option<u32>,
    /// Whether `today` is after the last day.
    pub overdue: bool,
}

/// The table of deadlines and the calendars, read once for a list.
pub(crate) struct Clockwork {
    table: Result<crate::workday::Deadlines, Refusal>,
    calendar: Result<crate::workday::WorkCalendar, Refusal>,
    today: Day,
}

impl Clockwork {
    /// When what began on this day is due by this rule.
    pub(crate) fn due(&self, rule: &str, start: Time) -> CaseDue {
        let start = Day::from(start.china_date());
        let mut out = CaseDue {
            rule: rule.to_owned(),
            name: String::new(),
            checked: false,
            by: None,
            unknown: None,
            left: None,
            overdue: false,
        };
        let found = self.table.as_ref().map_err(Clone::clone).and_then(|table| table.find(rule, start));
        let by = found.and_then(|found| {
            out.name = found.name().to_owned();
            out.checked = found.basis().is_some();
            self.calendar.as_ref().map_err(Clone::clone).and_then(|calendar| found.due(start, calendar))
        });
        match by {
            Ok(by) => out.by = by,
            Err(refusal) => out.unknown = Some(refusal),
        }
        if let (Some(by), Ok(calendar)) = (out.by, &self.calendar) {
            out.overdue = self.today > by;
            out.left = calendar.between(self.today, by).ok().filter(|_| !out.overdue);
        }
        out
    }
}

impl State {
    /// One more than the highest slot that a case has of its own.
    pub(crate) fn case_slots(&self) -> u64 {
        self.repairs.slots().max(self.erasings.slots())
    }
}

impl Office {
    /// One change of objections and erasings at a time: each looks at the others of its certificate.
    pub(crate) fn casework(&self) -> MutexGuard<'_, ()> {
        self.casework.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One cascade at a time.
    pub(crate) fn cascading(&self) -> MutexGuard<'_, ()> {
        self.cascading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks at what the journal says.
    pub(crate) fn with_state<T>(&self, look: impl FnOnce(&State) -> T) -> T {
        look(&self.state())
    }

    /// Puts a record in line and takes it into memory in one step, so that both have one order; durable when this
    /// returns. `make` sees the state that it is made for, and may refuse.
    pub(crate) fn write_case<H: serde::Serialize>(
        &self,
        kind: Kind,
        sealed: &[u8],
        make: impl FnOnce(&State) -> Result<H, Refusal>,
        take: impl FnOnce(&mut State, &H, Position) -> Result<(), String>,
    ) -> Result<u64, Refusal> {
        self.alive()?;
        let ticket = {
            let mut state = self.state();
            let head = make(&state)?;
            let payload = framed(&head, sealed);
            let ticket =
                self.journal.append(kind as u8, &payload).map_err(|error| self.stop(error.into()))?;
            take(&mut state, &head, ticket.position()).map_err(|what| self.stop(internal(what)))?;
            ticket
        };
        self.journal.wait(ticket).map_err(|error| self.stop(error.into()))?;
        Ok(ticket.sequence())
    }

    /// Seals what a record holds of anybody.
    pub(crate) fn seal_case<T: serde::Serialize>(
        &self,
        slot: u64,
        kind: Kind,
        body: &T,
    ) -> Result<Vec<u8>, Refusal> {
        let clear = Zeroizing::new(super::record::json(body));
        self.vault.seal(Slot(slot), kind as u8, &clear).map_err(|error| match error {
            VaultError::Erased { .. } => Refusal::new(RefusalCode::Erased),
            other => other.into(),
        })
    }

    /// What a record holds of anybody; `None` once its key is gone.
    pub(crate) fn open_case<T: serde::de::DeserializeOwned>(
        &self,
        position: Position,
        slot: u64,
        kind: Kind,
    ) -> Result<Option<T>, Refusal> {
        self.journal.flush().map_err(|error| self.stop(error.into()))?;
        let record = self.journal.read(position)?;
        let (_, sealed) = unframed::<serde::de::IgnoredAny>(&record.payload)
            .ok_or_else(|| internal("a record of a case"))?;
        match self.vault.open_sealed(Slot(slot), kind as u8, sealed) {
            Ok(clear) => serde_json::from_slice(&clear).map(Some).map_err(internal),
            Err(VaultError::Erased { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// A key for a case of its own.
    pub(crate) fn case_slot(&self) -> Result<u64, Refusal> {
        Ok(self.vault.allocate()?.0)
    }

    /// Deadlines as they are today.
    pub(crate) fn clockwork(&self, today: Day) -> Clockwork {
        Clockwork { table: self.deadlines(), calendar: self.work_calendar(), today }
    }

    /// Today, by the office's clock.
    pub(crate) fn today(&self) -> Day {
        Day::from(self.now().china_date())
    }

    /// Whether two accounts are one person's, however the name is spaced and written.
    pub(crate) fn same_person(&self, one: &str, other: &str) -> bool {
        let person = |id: &str| {
            let account = self.people.account(AccountId::parse(id)?)?;
            Some(people::same_person(account.person()))
        };
        one == other || person(one).is_some_and(|one| person(other) == Some(one))
    }

    /// Finishes what a crash interrupted: steps whose event is missing, cascades, approved erasings.
    pub(super) fn finish_casework(&mut self) -> Result<(), Refusal> {
        let mut reports = self.objections().finish()?;
        reports.extend(self.repairs().finish()?);
        reports.extend(self.erasings().finish()?);
        self.reports.extend(reports);
        Ok(())
    }
}

/// Whether whoever acts does what an operator does: an operator, or a command.
pub(crate) fn operates(by: &Actor) -> Result<(), Refusal> {
    match by.standing {
        Standing::Operator | Standing::Command => Ok(()),
        _ => Err(Refusal::new(RefusalCode::RoleNotAllowed)),
    }
}

/// The second person, who is none of these.
pub(crate) fn second_person(office: &Office, by: &Actor, hands: &[&str]) -> Result<(), Refusal> {
    let had_a_hand = hands.iter().any(|hand| office.same_person(hand, &by.account));
    match by.standing == Standing::Reviewer && !had_a_hand {
        true => Ok(()),
        false => Err(Refusal::new(RefusalCode::FourEyes)),
    }
}

/// A text that has to be there: one line, cleaned of what can't be seen.
pub(crate) fn said(at: &str, text: &str, max: usize) -> Result<String, Refusal> {
    words::said(at, text, max)
}

/// A text that may be empty.
pub(crate) fn line(at: &str, text: &str, max: usize) -> Result<String, Refusal> {
    words::line(at, text, max)
}

/// Digests of evidence: `sha256:` or `sm3:` and 64 lower-case hexadecimal digits, none twice.
pub(crate) fn evidence(digests: &[String]) -> Result<Vec<String>, Refusal> {
    if digests.len() > EVIDENCE_MAX {
        let found = digests.len();
        return Err(Refusal::new(RefusalCode::ListLong).at("/evidence").found(found).right(EVIDENCE_MAX));
    }
    let mut out: Vec<String> = Vec::with_capacity(digests.len());
    for (n, digest) in digests.iter().enumerate() {
        let digest = digest.trim();
        let hex = digest.strip_prefix("sha256:").or_else(|| digest.strip_prefix("sm3:")).unwrap_or_default();
        if hex.len() != 64 || !hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            let refusal = Refusal::new(RefusalCode::DigestForm).at(format!("/evidence/{n}"));
            return Err(refusal.found(digest).right("sha256:…, sm3:…"));
        }
        if !out.iter().any(|known| known == digest) {
            out.push(digest.to_owned());
        }
    }
    Ok(out)
}

/// What a case has to know of a certificate.
pub(crate) struct CaseDocument {
    pub(crate) doc: u32,
    pub(crate) slot: u64,
    /// `None` before it is sealed.
    pub(crate) status: Option<Status>,
    pub(crate) document: Document,
    /// The names of the certificate's claims, with the versions of their rules.
    pub(crate) claims: Vec<String>,
}

impl Office {
    /// Looks at what the journal says, and at what only memory has of it.
    pub(crate) fn with_state_mut<T>(&self, look: impl FnOnce(&mut State) -> T) -> T {
        look(&mut self.state())
    }

    /// A certificate's number of acceptance.
    pub(crate) fn document_number(&self, number: &CertificateNumber) -> Result<u32, Refusal> {
        self.doc_of(number)
    }

    /// A certificate with its document.
    pub(crate) fn case_document(&self, number: &CertificateNumber) -> Result<CaseDocument, Refusal> {
        let doc = self.doc_of(number)?;
        let (head, private, bytes) = self.opened(doc)?;
        let core = base64::decode(&private.core).ok_or_else(|| internal("core"))?;
        let core = Core::parse(&core).map_err(internal)?;
        Ok(CaseDocument {
            doc,
            slot: head.slot,
            status: self.status_of(number)?,
            document: private.document(&bytes)?,
            claims: core.claims().iter().map(|claim| claim.rule().name()).collect(),
        })
    }

    /// Whether a sealed certificate that is in use may take the place of another: it is of the same holder.
    pub(crate) fn corrects(&self, old: &CertificateNumber, new: &CertificateNumber) -> Result<(), Refusal> {
        let (before, after) = (self.case_document(old)?, self.case_document(new)?);
        if before.doc == after.doc || !same_holder(&before.document, &after.document) {
            return Err(Refusal::new(RefusalCode::CorrectionHolder).found(new));
        }
        match after.status {
            None => Err(Refusal::new(RefusalCode::NotSealed).found(new)),
            Some(Status::Valid | Status::ObjectionNoted) => Ok(()),
            Some(other) => Err(Refusal::new(RefusalCode::CorrectionStatus).found(other.name())),
        }
    }
}

/// Whether two documents are about the same organisation, the same person, or both about nobody.
pub(crate) fn same_holder(one: &Document, other: &Document) -> bool {
    one.holder().map(|party| &party.identity) == other.holder().map(|party| &party.identity)
}

impl Office {
    /// Rows of the index.
    pub(crate) fn index_rows(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<crate::index::Row>, Refusal> {
        self.indexed(self.index.scan_prefix(prefix, after, limit))
    }

    /// The certificate of a number of acceptance, also of an erased document.
    pub(crate) fn number_of(&self, doc: u32) -> Result<CertificateNumber, Refusal> {
        let position = self.state().docs.get(doc as usize).map(|doc| doc.position);
        let position = position.ok_or_else(|| internal("no such document"))?;
        self.journal.flush().map_err(|error| self.stop(error.into()))?;
        let record = self.journal.read(position)?;
        let (head, _) =
            unframed::<super::record::Accepted>(&record.payload).ok_or_else(|| internal("record"))?;
        CertificateNumber::parse(&head.number).map_err(internal)
    }

    /// Looks into a document; nothing where it was erased.
    pub(crate) fn with_document<T>(
        &self,
        doc: u32,
        look: impl FnOnce(&Document) -> T,
    ) -> Result<Option<T>, Refusal> {
        let (_, private, bytes) = match self.opened(doc) {
            Err(refusal) if refusal.code() == RefusalCode::Erased => return Ok(None),
            opened => opened?,
        };
        Ok(Some(look(&private.document(&bytes)?)))
    }

    /// Waits until the index has the first so many documents: whoever accepted them is about to bring them in.
    pub(crate) fn wait_indexed(&self, docs: u32) -> Result<(), Refusal> {
        let Some(last) = docs.checked_sub(1) else { return Ok(()) };
        loop {
            self.alive()?;
            let state = self.state();
            let upto = state.docs.get(last as usize).map(|doc| doc.sequence);
            let behind =
                |state: &State| state.indexing.first().zip(upto).is_some_and(|(first, upto)| *first <= upto);
            if !behind(&state) {
                return Ok(());
            }
            // Whoever indexes wakes everybody; the time is for a wake-up that came before this waits.
            drop(self.waiting.wait_timeout(state, WAIT).unwrap_or_else(PoisonError::into_inner));
        }
    }
}
