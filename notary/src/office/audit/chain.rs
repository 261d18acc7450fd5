//! Chains of events, replayed: each event is opened with its document's key, gives its entry, and follows the one before.
//!
//! ```text
//! certificate's entry ◄─ previous ─ event 1 ◄─ previous ─ event 2 …      entry = H(origin, nonce, body)
//! ```
//!
//! That sequences have no gap and each status may follow the one before is seen where the record is replayed (`state`); that
//! lists say what the chains make of it, where a list is. Events of an erased document are accepted as closed for ever.

use std::collections::HashMap;

use verifier::entry::Entry;
use verifier::event::Event;
use verifier::number::CertificateNumber;
use verifier::origin::Origin;

use super::super::record::{self, Accepted as Record, Happened, Kind};
use super::super::state::State;
use crate::audit::Detail;
use crate::commitment::{Facts, Life};
use crate::document::commitment::Commitment;
use crate::vault::{Slot, SlotState, Vault};

/// Bytes of an event's nonce.
const NONCE: usize = 16;

/// The first link of every chain: number and entry of each certificate, in the order of acceptance.
#[derive(Debug, Default)]
pub(super) struct Chains {
    firsts: Vec<Option<(CertificateNumber, Entry)>>,
    /// What has happened to each commitment, by number of acceptance.
    lives: HashMap<u32, Life>,
}

impl Chains {
    /// A document was accepted.
    pub(super) fn accepted(&mut self, payload: &[u8]) {
        let first = record::unframed::<Record>(payload)
            .and_then(|(head, _)| Some((CertificateNumber::parse(&head.number).ok()?, head.entry)));
        self.firsts.push(first);
    }

    /// The document that was accepted last is a commitment.
    pub(super) fn commitment(&mut self, commitment: &Commitment) {
        let doc = u32::try_from(self.firsts.len()).ok().and_then(|count| count.checked_sub(1));
        self.lives.extend(doc.map(|doc| (doc, Life::begin(&Facts::of(commitment)))));
    }

    /// An event was recorded; `state` has it already.
    pub(super) fn event(
        &mut self,
        payload: &[u8],
        origin: &Origin,
        state: &State,
        vault: &Vault,
    ) -> Result<(), Detail> {
        let (happened, sealed) = record::unframed::<Happened>(payload).ok_or(Detail::Unreadable)?;
        let doc = state.docs.get(happened.doc as usize).ok_or(Detail::EventUnknown)?;
        let links = state.chains.get(&happened.doc).map(|chain| chain.links.as_slice()).unwrap_or_default();
        let (_, before) = links.split_last().ok_or(Detail::EventUnknown)?;
        if happened.kind != links.last().map_or("", |link| link.kind.word()) {
            return Err(Detail::EventKind);
        }
        let kinds: Vec<_> = before.iter().map(|link| link.kind).collect();
        let kind = links.last().map(|link| link.kind).ok_or(Detail::EventUnknown)?;
        if kind.status().is_none() {
            crate::commitment::follows(&kinds, kind).map_err(Detail::refused)?;
        }
        let slot = Slot(doc.slot);
        if vault.state(slot).map_err(Detail::refused)? == SlotState::Erased {
            return Ok(());
        }
        let clear = vault.open_sealed(slot, Kind::Event as u8, sealed).map_err(Detail::refused)?;
        let (nonce, body) = clear.split_first_chunk::<NONCE>().ok_or(Detail::EventNoNonce)?;
        let event = Event::parse(body).map_err(Detail::unread)?;
        if event.entry(origin, nonce) != happened.entry {
            return Err(Detail::EventNotOfBody);
        }
        let fields = event.fields();
        let told = (fields.sequence, fields.kind, fields.at.seconds());
        if told != (happened.sequence, kind, happened.at) {
            return Err(Detail::EventOtherBody);
        }
        let first = self.firsts.get(happened.doc as usize).copied().flatten();
        let (number, core) = first.ok_or(Detail::Unreadable)?;
        if fields.certificate != number {
            return Err(Detail::EventOfOther { number: fields.certificate.to_string() });
        }
        if fields.previous != before.last().map_or(core, |link| link.entry) {
            return Err(Detail::EventPrevious);
        }
        match self.lives.get_mut(&happened.doc) {
            // What the kinds alone leave open, the body and the commitment decide.
            Some(life) => life.take(&event).map_err(|why| Detail::Journal { why }),
            None if kind.status().is_none() => Err(Detail::EventOfCommitment),
            None => Ok(()),
        }
    }
}
