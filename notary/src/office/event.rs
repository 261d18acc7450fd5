//! What happens to a certificate after it was issued: recorded once, in a chain, as an entry of the ledger.
//!
//! ```text
//! record   journal record (durable) → memory → the next batch has its entry, the next list the status
//! ```
//!
//! Nonce and body are sealed under the key of the certificate's document: who erases the document makes its events
//! meaningless, too. Here: the one door through which a status changes. Not here: the table of changes (`verifier::status`,
//! `verifier::event`), what may become of a commitment (`commitment`), lists (`lists`).

use verifier::entry::Entry;
use verifier::event::{Event, EventFields, EventKind};
use verifier::number::CertificateNumber;
use verifier::status::Status;

use super::Office;
use super::accept::{internal, random_bytes};
use super::record::{self, Accepted as Record, Happened, Kind};
use super::state::Chain;
use crate::commitment::{Facts, Life};
use crate::journal::Ticket;
use crate::refusal::{Refusal, RefusalCode};
use crate::vault::Slot;

/// Characters of the reason for a change of status.
pub const REASON_MAX: usize = 200;
/// Events of one certificate.
pub const EVENTS_MAX: usize = 4_096;
/// Bytes of an event's nonce.
const NONCE: usize = 16;

/// Something to be recorded; what it is made of is as in `verifier::event::EventFields`.
#[derive(Clone, Debug)]
#[allow(missing_docs)]
pub struct NewEvent {
    pub kind: EventKind,
    pub by: String,
    pub reason_code: String,
    pub reason: String,
    pub basis: String,
    pub detail: Vec<(String, String)>,
}

/// Something that was recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The certificate.
    pub number: CertificateNumber,
    /// The event's sequence in the certificate's chain.
    pub sequence: u32,
    /// Its entry.
    pub entry: Entry,
    /// The status before.
    pub from: Status,
    /// The status after.
    pub to: Status,
}

/// An event as the office has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventView {
    /// What happened.
    pub event: Event,
    /// What its entry is salted with.
    pub nonce: [u8; NONCE],
    /// Its entry.
    pub entry: Entry,
    /// Its entry's index, once everybody can see it in the published ledger.
    pub index: Option<u64>,
}

/// A change that was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusChange {
    /// Before.
    pub from: Status,
    /// After.
    pub to: Status,
}

/// What is known of a certificate before the state's lock is taken.
struct Before {
    number: CertificateNumber,
    doc: u32,
    slot: Slot,
    /// The entry of its core, the first link of its chain.
    core: Entry,
    /// For an event of a commitment: what has happened to it so far.
    life: Option<Life>,
}

impl Office {
    /// Records an event; durable when this returns. The next batch has its entry, the next list the status.
    ///
    /// `seen` is the sequence of the last event that the caller looked at, 0 for none: where there is another by now,
    /// nothing happens.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`, `NOT_SEALED`, `EVENT_OUT_OF_ORDER`, `STATUS_NOT_ALLOWED` (spec/status.md, spec/event.md),
    /// `REASON_LENGTH`, `EVENT_BAD`; for the kinds of a commitment what `commitment::follows` refuses.
    pub fn record_event(
        &self,
        number: &CertificateNumber,
        event: NewEvent,
        seen: Option<u32>,
    ) -> Result<Recorded, Refusal> {
        let (recorded, ticket) = self.begin_event(number, event, seen)?;
        // A crash before this returns leaves the record whole, torn or missing: nobody was told anything yet.
        self.journal.wait(ticket).map_err(|error| self.stop(error.into()))?;
        self.waiting.notify_all();
        Ok(recorded)
    }

    /// Records events of many certificates, each for itself, in their order. They share a flush.
    pub fn record_events(
        &self,
        events: Vec<(CertificateNumber, NewEvent)>,
    ) -> Vec<Result<Recorded, Refusal>> {
        let begun: Vec<_> =
            events.into_iter().map(|(number, event)| self.begin_event(&number, event, None)).collect();
        let durable = |(recorded, ticket): (Recorded, Ticket)| {
            self.journal.wait(ticket).map_err(|error| self.stop(error.into())).map(|()| recorded)
        };
        let recorded = begun.into_iter().map(|one| one.and_then(durable)).collect();
        self.waiting.notify_all();
        recorded
    }

    /// What happened to a certificate, in order.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`, `ERASED`; damage that is found on the way.
    pub fn events_of(&self, number: &CertificateNumber) -> Result<Vec<EventView>, Refusal> {
        let doc = self.doc_of(number)?;
        let (links, slot, published) = {
            let state = self.state();
            let known = state.docs.get(doc as usize).ok_or_else(|| internal("no such document"))?;
            if known.erased {
                return Err(Refusal::new(RefusalCode::Erased).found(number));
            }
            let links = state.chains.get(&doc).map(|chain| chain.links.clone()).unwrap_or_default();
            (links, Slot(known.slot), state.published)
        };
        self.journal.flush().map_err(|error| self.stop(error.into()))?;
        let view = |link: super::state::Link| {
            let record = self.journal.read(link.position)?;
            let (_, sealed) =
                record::unframed::<Happened>(&record.payload).ok_or_else(|| internal("event record"))?;
            let clear = self.vault.open_sealed(slot, Kind::Event as u8, sealed)?;
            let (nonce, body) = clear.split_first_chunk::<NONCE>().ok_or_else(|| internal("event"))?;
            let event = Event::parse(body).map_err(internal)?;
            let index = link.index.filter(|index| *index < published);
            Ok(EventView { event, nonce: *nonce, entry: link.entry, index })
        };
        links.into_iter().map(view).collect()
    }

    /// The sequence of a certificate's last event; 0 where there is none.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`.
    pub fn last_event(&self, number: &CertificateNumber) -> Result<u32, Refusal> {
        let doc = self.doc_of(number)?;
        Ok(self.state().chains.get(&doc).map_or(0, |chain| chain.sequence()))
    }

    /// Changes a certificate's status at the office's own word. The status that it has already is no change.
    ///
    /// # Errors
    /// As for [`Office::record_event`]; `STATUS_NOT_SETTABLE` for what no event makes.
    pub fn set_status(
        &self,
        number: &CertificateNumber,
        to: Status,
        reason: &str,
    ) -> Result<StatusChange, Refusal> {
        let kind = match to {
            Status::Replaced => EventKind::Superseded,
            _ => EventKind::ALL.iter().copied().find(|kind| kind.status() == Some(to)).ok_or_else(|| {
                Refusal::new(RefusalCode::StatusNotSettable)
                    .right("valid, revoked, suspended, replaced, objection-noted, withdrawn")
            })?,
        };
        if self.status_of(number)? == Some(to) {
            return Ok(StatusChange { from: to, to });
        }
        let event = NewEvent {
            kind,
            by: "office".to_string(),
            reason_code: "OFFICE".to_string(),
            reason: reason.to_string(),
            basis: String::new(),
            detail: Vec::new(),
        };
        let recorded = self.record_event(number, event, None)?;
        Ok(StatusChange { from: recorded.from, to: recorded.to })
    }

    /// Everything up to the record's place in the journal's line.
    pub(crate) fn begin_event(
        &self,
        number: &CertificateNumber,
        event: NewEvent,
        seen: Option<u32>,
    ) -> Result<(Recorded, Ticket), Refusal> {
        self.alive()?;
        let long = event.reason.chars().count() > REASON_MAX;
        if long || (event.kind.status().is_some() && event.reason.trim().is_empty()) {
            return Err(Refusal::new(RefusalCode::ReasonLength).right(REASON_MAX));
        }
        let before = self.before_event(number, event.kind)?;
        let nonce: [u8; NONCE] = random_bytes()?;
        // One step under the lock, so that memory and journal have one order, and each event the one before it.
        let mut state = self.state();
        let known =
            state.docs.get(before.doc as usize).cloned().ok_or_else(|| internal("no such document"))?;
        let Some(index) = known.index else {
            return Err(Refusal::new(RefusalCode::NotSealed).found(number));
        };
        let from = state.status_of(index);
        let empty = Chain::default();
        let chain = state.chains.get(&before.doc).unwrap_or(&empty);
        let (last, previous) = (chain.sequence(), chain.links.last().map_or(before.core, |link| link.entry));
        if let Some(seen) = seen.filter(|seen| *seen != last) {
            return Err(Refusal::new(RefusalCode::EventOutOfOrder).found(last).right(seen));
        }
        let to = event.kind.status().unwrap_or(from);
        if !event.kind.may_follow(from) {
            return Err(Refusal::new(RefusalCode::StatusNotAllowed).found(from.name()).right(to.name()));
        }
        if event.kind.status().is_none() {
            crate::commitment::follows(&chain.kinds(), event.kind)?;
        }
        if chain.links.len() >= EVENTS_MAX {
            return Err(Refusal::new(RefusalCode::EventBad).found(format!("> {EVENTS_MAX}")));
        }
        let body = Event::new(EventFields {
            certificate: before.number,
            sequence: last + 1,
            previous,
            kind: event.kind,
            at: self.now(),
            by: event.by,
            reason_code: event.reason_code,
            reason: event.reason,
            basis: event.basis,
            detail: event.detail,
        })
        .map_err(|refused| Refusal::new(RefusalCode::EventBad).at(refused.at()).found(refused.what()))?;
        // What the kinds alone leave open, the body and the commitment decide.
        if let Some(mut life) = before.life {
            if life.seen() != last {
                return Err(Refusal::new(RefusalCode::EventOutOfOrder).found(last).right(life.seen()));
            }
            let order = |_| {
                let last = chain.kinds().into_iter().rev().find(|kind| kind.status().is_none());
                let last = last.map_or("MADE", EventKind::word);
                Refusal::new(RefusalCode::CommitmentOrder).found(event.kind.word()).right(last)
            };
            life.take(&body).map_err(order)?;
        }
        let happened = Happened {
            doc: before.doc,
            sequence: body.fields().sequence,
            entry: body.entry(&self.origin, &nonce),
            kind: event.kind.word().to_string(),
            from: from.nibble(),
            to: to.nibble(),
            at: body.fields().at.seconds(),
        };
        // Of an erased document there is no key any more: the entry stands, and nobody can ever open it.
        let sealed = match known.erased {
            true => Vec::new(),
            false => {
                let clear = zeroize::Zeroizing::new([&nonce[..], body.encode().as_bytes()].concat());
                self.vault.seal(before.slot, Kind::Event as u8, &clear)?
            }
        };
        let payload = record::framed(&happened, &sealed);
        let ticket =
            self.journal.append(Kind::Event as u8, &payload).map_err(|error| self.stop(error.into()))?;
        state
            .happened(&happened, ticket.sequence(), ticket.position())
            .map_err(|what| self.stop(internal(what)))?;
        let (sequence, entry) = (happened.sequence, happened.entry);
        Ok((Recorded { number: before.number, sequence, entry, from, to }, ticket))
    }

    fn before_event(&self, number: &CertificateNumber, kind: EventKind) -> Result<Before, Refusal> {
        let doc = self.doc_of(number)?;
        let known = self.state().docs.get(doc as usize).cloned();
        let known = known.ok_or_else(|| internal("no such document"))?;
        let life = match kind.status() {
            Some(_) => None,
            None => {
                let opened = self.opened_commitment(doc)?;
                let opened = opened.ok_or_else(|| Refusal::new(RefusalCode::EventBad).found(kind.word()))?;
                let events = opened.events.iter().map(|view| &view.event);
                Some(Life::of(&Facts::of(&opened.commitment), events).map_err(internal)?)
            }
        };
        self.journal.flush().map_err(|error| self.stop(error.into()))?;
        let record = self.journal.read(known.position)?;
        let (head, _) = record::unframed::<Record>(&record.payload).ok_or_else(|| internal("record"))?;
        Ok(Before { number: *number, doc, slot: Slot(known.slot), core: head.entry, life })
    }
}
