//! Status as signed lists.
//!
//! ```text
//! publish  seal what waits → list and note signed → journal record: the commit point → files → the note's entry is sealed
//! ```
//!
//! Here: the office's side. Not here: what changes a status (`event`), the format (`verifier::status`, `status_list`).

use miniz_oxide::deflate::compress_to_vec_zlib;
use verifier::limits::STATUS_SHARD;
use verifier::status::{Status, StatusFields, StatusNote};
use verifier::status_index::{Indexed, StatusIndex};
use verifier::status_list::{StatusBits, StatusList};

use super::Office;
use super::accept::internal;
use super::record::{self, Kind, ListIssued};
use super::state::State;
use crate::keys::KeyUse;
use crate::refusal::Refusal;

/// Compression of lists: the slowest, since each is fetched many times.
const COMPRESSION: u8 = 9;

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
            .any(|shard| (shard.changed && shard.sequence > 0) || now.since(shard.issued) >= pace)
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
        self.write_index()?;
        self.seal_all()?;
        self.indexed(self.index.flush())?;
        Ok(published)
    }

    /// The index of the newest lists (spec/status.md), from what the journal says; written again at a start.
    pub(super) fn write_index(&self) -> Result<(), Refusal> {
        let lists = self.status_index()?.encode();
        self.ledger().publish_status_index(lists.as_bytes()).map_err(|error| self.stop(error.into()))
    }

    /// The newest list of every shard, as `ledger/status/index.json` names them.
    ///
    /// # Errors
    /// A list of this office that can't be read.
    pub fn status_index(&self) -> Result<StatusIndex, Refusal> {
        let files: Vec<String> = self.state().shards.iter().filter_map(|shard| shard.file.clone()).collect();
        let lists = files.iter().map(|file| {
            let list = StatusList::parse(file.as_bytes()).map_err(internal)?;
            Ok(Indexed::of(&list, file.as_bytes()))
        });
        StatusIndex::new(self.origin.clone(), lists.collect::<Result<_, Refusal>>()?).map_err(internal)
    }

    fn publish_shard(&self, shard: u64) -> Result<PublishedList, Refusal> {
        let signer = self.keys.signer(KeyUse::Status)?;
        // Compressing takes its time and is done outside of the lock; what changes meanwhile is rare.
        let likely = public_bits(&self.state(), shard).ok_or_else(|| internal("no such shard"))?;
        let likely_zlib = compress_to_vec_zlib(likely.as_bytes(), COMPRESSION);
        let (issued, ticket) = {
            let mut state = self.state();
            let (note, bits) = self.form_list(&state, shard)?;
            let zlib = match bits == likely {
                true => likely_zlib,
                false => compress_to_vec_zlib(bits.as_bytes(), COMPRESSION),
            };
            let signed = signer.sign_note(&note.text())?;
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
        // same sequence and nobody has seen this one. A crash after: the start writes the files from the record.
        self.journal.wait(ticket).map_err(|error| self.stop(error.into()))?;
        self.write_list(&issued)?;
        Ok(PublishedList { shard, sequence: issued.sequence, file: issued.file })
    }

    /// The two files of a list; written again at a start, so each may be there already.
    pub(super) fn write_list(&self, issued: &ListIssued) -> Result<(), Refusal> {
        let written = self.ledger().publish_status(issued.shard, issued.sequence, issued.file.as_bytes());
        written.map_err(|error| self.stop(error.into()))
    }

    /// What the list of a shard says now.
    fn form_list(&self, state: &State, shard: u64) -> Result<(StatusNote, StatusBits), Refusal> {
        let known = state.shards.get(shard as usize).ok_or_else(|| internal("no such shard"))?;
        let bits = public_bits(state, shard).ok_or_else(|| internal("no such shard"))?;
        let issued = self.now().max(state.head.time).max(known.issued);
        let note = StatusNote::new(StatusFields {
            origin: self.origin.clone(),
            shard,
            sequence: known.sequence + 1,
            size: state.head.size,
            list: bits.digest(),
            previous: known.previous,
            issued,
            expires: issued.saturating_add(self.config.status.expires_s),
        })
        .map_err(internal)?;
        Ok((note, bits))
    }

    /// The newest list of the shard that has this entry, if there is one.
    pub fn newest_list(&self, index: u64) -> Option<String> {
        self.state().shards.get((index / STATUS_SHARD) as usize).and_then(|shard| shard.file.clone())
    }
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
