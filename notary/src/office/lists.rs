//! Status as signed lists.
//!
//! ```text
//! publish  seal what waits → list and note signed → journal record: the commit point → the note's entry is sealed → files
//! ```
//!
//! Here: the office's side. Not here: what changes a status (`event`), the format (`verifier::status`, `status_list`).

use miniz_oxide::deflate::compress_to_vec_zlib;
use verifier::limits::STATUS_SHARD;
use verifier::note::Note;
use verifier::status::{Status, StatusFields, StatusNote};
use verifier::status_index::{Indexed, StatusIndex};
use verifier::status_list::{StatusBits, StatusList};
use verifier::time::Time;
use verifier::trust::KeyUse;

use super::Office;
use super::accept::internal;
use super::record::{self, Kind, ListIssued};
use super::state::{SealedLists, State};
use crate::ledger::Ledger;
use crate::refusal::Refusal;

/// Compression of lists: the slowest, since each is fetched many times.
const COMPRESSION: u8 = 9;

/// So often a list is formed and signed anew because a status changed meanwhile; then the office waits for it.
const SIGN_ROUNDS: u32 = 3;

/// A list that was published.
#[derive(Clone, Debug)]
pub struct PublishedList {
    /// Which shard.
    pub shard: u64,
    /// Its sequence.
    pub sequence: u64,
    /// The file's text (spec/status.md).
    pub file: String,
}

impl Office {
    /// Whether a status has changed since the last lists, or they are older than the office's pace.
    pub fn status_due(&self) -> bool {
        let (now, pace) = (self.now(), self.config.status.interval_s);
        let state = self.state();
        state
            .shards
            .iter()
            .any(|shard| (shard.changed && shard.last.is_some()) || now.since(shard.issued()) >= pace)
    }

    /// Publishes a list of every shard. Seals what waits before, and the lists' own entries after.
    ///
    /// # Errors
    /// As for `seal`; keys that are not in force.
    pub fn publish_status(&self) -> Result<Vec<PublishedList>, Refusal> {
        self.alive()?;
        let _one = self.publishing();
        self.publish_all()
    }

    /// Publishes if it is due once nobody else publishes: whoever waited finds that it was done.
    ///
    /// # Errors
    /// As for [`Office::publish_status`].
    pub fn publish_status_if_due(&self) -> Result<Vec<PublishedList>, Refusal> {
        self.alive()?;
        let _one = self.publishing();
        if self.status_due() { self.publish_all() } else { Ok(Vec::new()) }
    }

    fn publish_all(&self) -> Result<Vec<PublishedList>, Refusal> {
        self.seal_all()?;
        let shards = self.state().shards.len() as u64;
        let mut published = Vec::new();
        for shard in 0..shards {
            published.push(self.publish_shard(shard)?);
        }
        self.seal_all()?;
        self.indexed(self.index.flush())?;
        Ok(published)
    }

    /// Writes the newest lists whose notes are sealed, and their index (spec/status.md). A list that is published while the
    /// signature of its note's head takes seconds would look to auditors as if the office hid its note. Each file may be
    /// there already.
    pub(super) fn write_lists(&self, ledger: &Ledger, lists: &SealedLists) -> Result<(), Refusal> {
        let mut indexed = Vec::new();
        for list in &lists.sealed {
            ledger.publish_status(list.shard, list.sequence, list.file.as_bytes())?;
            let parsed = StatusList::parse(list.file.as_bytes()).map_err(internal)?;
            indexed.push(Indexed::of(&parsed, list.file.as_bytes()));
        }
        // Where the note of another shard's list is in a later batch, that one writes the index.
        if lists.sealed.is_empty() || lists.others_wait {
            return Ok(());
        }
        let index = StatusIndex::new(self.origin.clone(), indexed).map_err(internal)?;
        Ok(ledger.publish_status_index(index.encode().as_bytes())?)
    }

    fn publish_shard(&self, shard: u64) -> Result<PublishedList, Refusal> {
        // Compressing takes its time and is done outside of the lock; what changes meanwhile is rare.
        let likely = public_bits(&self.state(), shard).ok_or_else(|| internal("no such shard"))?;
        let likely_zlib = compress_to_vec_zlib(likely.as_bytes(), COMPRESSION);
        let (issued, ticket) = {
            // Signed outside of the lock, for an external program may take seconds. What was sealed meanwhile is for the next list;
            // if a status that this one tells has changed, again.
            let mut signed: Option<(StatusNote, StatusBits, Note)> = None;
            let mut rounds = 0;
            let (mut state, note, bits, signed) = loop {
                let state = self.state();
                let floor = signed.as_ref().map_or(self.now(), |(was, ..)| was.fields().issued);
                let (note, bits) = self.form_list(&state, shard, floor)?;
                let so = |(was, told, _): &(StatusNote, StatusBits, Note)| still_so(was, told, &note, &bits);
                if let Some((was, told, signed)) = signed.take().filter(so) {
                    break (state, was, told, signed);
                }
                let sign = || {
                    let signers = self.signers(KeyUse::Status, note.fields().issued)?;
                    self.signed_by(&signers, &note.text())
                };
                rounds += 1;
                if rounds > SIGN_ROUNDS {
                    let signed = sign()?;
                    break (state, note, bits, signed);
                }
                drop(state);
                let made = sign()?;
                signed = Some((note, bits, made));
            };
            let zlib = match bits == likely {
                true => likely_zlib,
                false => compress_to_vec_zlib(bits.as_bytes(), COMPRESSION),
            };
            let file = StatusList::file(&signed, &zlib);
            // What leaves the office is read by our own reader first.
            StatusList::parse(file.as_bytes()).map_err(internal)?;
            let issued = ListIssued { shard, sequence: note.fields().sequence, file };
            let payload = record::json(&issued);
            let ticket =
                self.journal.append(Kind::List as u8, &payload).map_err(|error| self.stop(error.into()))?;
            state.list(&issued, ticket.sequence()).map_err(|what| self.stop(internal(what)))?;
            (issued, ticket)
        };
        // The commit point: from here on this sequence is this list. A crash before: no list, the next one has the
        // same sequence and nobody has seen this one. A crash after: the batch with its note writes the files.
        self.journal.wait(ticket).map_err(|error| self.stop(error.into()))?;
        Ok(PublishedList { shard, sequence: issued.sequence, file: issued.file })
    }

    /// What the list of a shard says, issued at this time or later.
    fn form_list(&self, state: &State, shard: u64, floor: Time) -> Result<(StatusNote, StatusBits), Refusal> {
        let known = state.shards.get(shard as usize).ok_or_else(|| internal("no such shard"))?;
        let bits = public_bits(state, shard).ok_or_else(|| internal("no such shard"))?;
        let issued = floor.max(state.head.time).max(known.issued());
        let note = StatusNote::new(StatusFields {
            origin: self.origin.clone(),
            shard,
            sequence: known.sequence() + 1,
            size: state.head.size,
            list: bits.digest(),
            previous: known.previous,
            issued,
            expires: issued.saturating_add(self.config.status.expires_s),
        })
        .map_err(internal)?;
        Ok((note, bits))
    }

    /// A list that only keys signed which are compromised by now counts for nobody: the next one is due at once.
    pub(super) fn mark_lists_of_bad_keys(&self) {
        let keys = self.keys_in_trust().iter();
        let good = keys.filter(|key| key.usage == KeyUse::Status && key.compromised.is_none());
        let good: Vec<_> = good.map(|key| &key.key).collect();
        let mut state = self.state();
        for shard in &mut state.shards {
            let list = shard.last.as_ref().and_then(|last| StatusList::parse(last.file.as_bytes()).ok());
            shard.changed |= list.is_some_and(|list| list.note().verify(&good).is_err());
        }
    }

    /// The newest published list of the shard that has this entry, if there is one. One whose note waits for its head is
    /// none: until then nobody could prove what it says.
    pub fn newest_list(&self, index: u64) -> Option<String> {
        let state = self.state();
        let shard = state.shards.get(usize::try_from(index / STATUS_SHARD).ok()?)?;
        shard.shown(state.published).map(|list| list.file.clone())
    }
}

/// Whether a list that was formed a moment ago says nothing of its entries that is not so now: it is the next one still, and none
/// of their statuses has changed. What came after its size it does not tell of.
pub(super) fn still_so(was: &StatusNote, told: &StatusBits, now: &StatusNote, bits: &StatusBits) -> bool {
    let (was, now) = (was.fields(), now.fields());
    let next = (was.shard, was.sequence, was.previous) == (now.shard, now.sequence, now.previous);
    let count = was.size.saturating_sub(was.shard * STATUS_SHARD).min(STATUS_SHARD);
    // Two to a byte; of an odd one the half that is told.
    let whole = (count / 2) as usize;
    let even = told.as_bytes().get(..whole) == bits.as_bytes().get(..whole);
    next && even && (count.is_multiple_of(2) || told.get(count - 1) == bits.get(count - 1))
}

/// What a list of this shard says now: the statuses inside the office, those of natural persons reduced to valid and
/// revoked.
pub(super) fn public_bits(state: &State, shard: u64) -> Option<StatusBits> {
    let mut bits = state.shards.get(usize::try_from(shard).ok()?)?.bits.clone();
    let first = shard * STATUS_SHARD;
    let docs = state.leaves.iter().skip(first as usize).take(STATUS_SHARD as usize);
    for (place, doc) in (0u64..).zip(docs) {
        let person = state.docs.get(*doc as usize).is_some_and(|doc| doc.person);
        let hidden = bits.get(place).filter(|status| person && !status.is_public_for_persons());
        match hidden {
            None => {}
            // An objection is the holder's own affair, and may end in *valid*; what is published as revoked stays that.
            Some(Status::Suspended | Status::ObjectionNoted) => drop(bits.set(place, Status::Valid)),
            Some(_) => drop(bits.set(place, Status::Revoked)),
        }
    }
    Some(bits)
}
