//! The commit: how a batch becomes part of the ledger. The second promise: *sealed*.
//!
//! ```text
//! stage   D/stage          what will be sealed: batch, range, time, entries — before anything is signed
//! check   plan from tiles, rs_merkle over the leaves, verifier on the new head and the subtrees
//! sign    checkpoint, batch notes
//! commit  journal: sealed                                     ── the commit point ──
//! apply   tiles, entry bundles, public preimages, batch file, status lists
//! publish ledger/checkpoint
//! ```
//!
//! There is one function that does it, [`Office::commit`]; the start after a crash calls the same one with the stage it
//! finds. Not here: Merkle trees and tiles (`ledger`), keys (`keys`).

use std::sync::{MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};
use verifier::base64;
use verifier::batch_file::BatchFile;
use verifier::batch_note::BatchNote;
use verifier::checkpoint::Checkpoint;
use verifier::entry::Entry;
use verifier::limits;
use verifier::note::Note;
use verifier::time::Time;
use verifier::trust::KeyUse;

use super::Office;
use super::accept::internal;
use super::record::{self, Kind, Sealed};
use super::state::{Pending, What, shard_of_note};
use crate::ledger::{Checked, PublicEntry};
use crate::refusal::{Refusal, RefusalCode};

/// The stage file.
pub(super) const STAGE: &str = "stage";
/// Bytes of a stage file: 65,536 entries in base64, and room for the rest.
pub(super) const STAGE_MAX: usize = 4 << 20;

/// A batch that was sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealedBatch {
    /// Its number.
    pub batch: u64,
    /// Its first entry.
    pub start: u64,
    /// Behind its last entry: the ledger's size.
    pub end: u64,
}

/// What is about to be sealed, on disk before anything is signed: whatever happens, these entries at this time and no
/// others become this batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Stage {
    format: String,
    pub(super) batch: u64,
    start: u64,
    end: u64,
    time: u64,
    /// All entries, 32 bytes each, in base64.
    entries: String,
}

impl Stage {
    const FORMAT: &'static str = "xinzheng/stage/v1";

    pub(super) fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let damaged = || Refusal::new(RefusalCode::StageDamaged).at(STAGE);
        let stage: Stage = serde_json::from_slice(bytes).map_err(|_| damaged())?;
        let entries = stage.entries().ok_or_else(damaged)?;
        let counted = stage.end.checked_sub(stage.start) == Some(entries.len() as u64);
        if stage.format != Self::FORMAT || entries.is_empty() || !counted {
            return Err(damaged());
        }
        Ok(stage)
    }

    fn entries(&self) -> Option<Vec<Entry>> {
        let bytes = base64::decode(&self.entries)?;
        let (entries, rest) = bytes.as_chunks::<32>();
        rest.is_empty().then(|| entries.iter().map(|entry| Entry::from_bytes(*entry)).collect())
    }
}

impl Office {
    /// Closes the open batch, if anything waits: signs, commits, publishes. Other callers wait their turn.
    ///
    /// # Errors
    /// `KEY_…` where a key can't sign: nothing is lost, and the same is sealed as soon as one can. Anything else after the
    /// stage was written stops the office (`OFFICE_STOPPED`): the next start finishes this very batch.
    pub fn seal(&self) -> Result<Option<SealedBatch>, Refusal> {
        let _one = self.sealing();
        self.alive()?;
        let left = self.left_over().clone();
        let stage = match left {
            // These entries and no others are the next batch. Nothing of it has left the office, so its time may be another:
            // the keys of the time when it was staged may have ended since.
            Some(left) => {
                let time = self.now().max(self.state().head.time).max(record::time(left.time));
                Stage { time: time.seconds(), ..left }
            }
            None => match self.form() {
                Some(stage) => stage,
                None => return Ok(None),
            },
        };
        // Before anything is staged: what can't be signed goes on waiting.
        self.can_seal(record::time(stage.time))?;
        // A crash during this write: no stage, or a whole one. Nothing is signed yet either way.
        self.disk.replace(STAGE, &record::json(&stage)).map_err(|error| self.stop(error.into()))?;
        let sealed = match self.commit(&stage) {
            Ok(sealed) => sealed,
            Err(refusal) if refusal.is_of_a_key() => {
                *self.left_over() = Some(stage);
                return Err(refusal);
            }
            Err(refusal) => return Err(self.stop(refusal)),
        };
        *self.left_over() = None;
        Ok(Some(sealed))
    }

    /// The batch that is staged and that no key could sign so far.
    pub(super) fn left_over(&self) -> MutexGuard<'_, Option<Stage>> {
        self.left_over.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seals until nothing waits.
    pub fn seal_all(&self) -> Result<(), Refusal> {
        while self.seal()?.is_some() {}
        Ok(())
    }

    /// Commits a stage. **The** commit: every line says what a crash there leaves.
    pub(super) fn commit(&self, stage: &Stage) -> Result<SealedBatch, Refusal> {
        let entries = stage.entries().ok_or_else(|| internal("stage"))?;
        let (old, items) = {
            let state = self.state();
            (state.head.clone(), state.pending.iter().take(entries.len()).cloned().collect::<Vec<_>>())
        };
        // The stage speaks of what waits, or it is of another time: then a person has to look.
        let same = items.len() == entries.len()
            && items.iter().zip(&entries).all(|(item, entry)| item.entry == *entry);
        if !same || (stage.batch, stage.start) != (old.batches, old.size) {
            return Err(Refusal::new(RefusalCode::StageDiffers).at(STAGE));
        }
        let time = record::time(stage.time);

        // Crash from here to the commit point: the stage is there, nothing else is; the start comes here again. Ed25519
        // is deterministic, so a signature that had got out would be the same one.
        let checked = {
            let ledger = self.ledger();
            ledger.second_opinion(ledger.plan(entries)?)?
        };
        let new = checked.new_head();
        if checked.old_head() != old.ledger() || new.size != stage.end {
            return Err(Refusal::new(RefusalCode::StageDiffers).at(STAGE));
        }
        let checkpoint = Checkpoint::new(self.origin.clone(), new.size, new.root).map_err(internal)?;
        let checkpoint = self.signed_by(&self.signers(KeyUse::Ledger, time)?, &checkpoint.text())?;
        let batch_signers = self.signers(KeyUse::Batch, time)?;
        let mut notes = Vec::new();
        for (subtree, hash) in checked.cover() {
            let note = BatchNote::new(self.origin.clone(), *subtree, *hash, time).map_err(internal)?;
            notes.push(self.signed_by(&batch_signers, &note.text())?);
        }
        let sealed = Sealed {
            batch: stage.batch,
            start: stage.start,
            end: stage.end,
            time: stage.time,
            checkpoint: checkpoint.encode(),
            notes: notes.iter().map(Note::encode).collect(),
        };

        // The commit point. Compare-and-set on the head: the state's lock is held from the comparison to the append, so
        // no other batch can come between, and the record carries the range that replay compares again.
        let ticket = {
            let mut state = self.state();
            if state.head != old {
                return Err(Refusal::new(RefusalCode::StageDiffers).at(STAGE));
            }
            let ticket = self.journal.append(Kind::Sealed as u8, &record::json(&sealed))?;
            state.sealed(&sealed).map_err(internal)?;
            ticket
        };
        self.journal.wait(ticket)?;
        // Crash from here on: the batch is sealed; the start applies it again from the journal.
        self.apply(&sealed, &items, &checked)?;
        // Only now is a certificate said to be sealed: its path can be read, its checkpoint fetched.
        self.state().published = sealed.end;
        self.waiting.notify_all();
        Ok(SealedBatch { batch: sealed.batch, start: sealed.start, end: sealed.end })
    }

    /// Writes what a sealed batch adds to the published ledger. Every file may be there already, with these bytes.
    pub(super) fn apply(&self, sealed: &Sealed, items: &[Pending], checked: &Checked) -> Result<(), Refusal> {
        let public: Vec<PublicEntry> = items
            .iter()
            .zip(sealed.start..)
            .filter_map(|(item, index)| match &item.what {
                What::Public { preimage } => Some(PublicEntry { index, preimage: preimage.clone() }),
                What::Doc { .. } | What::Event { .. } => None,
            })
            .collect();
        let read = |text: &String| Note::parse(text).map_err(internal);
        let notes = sealed.notes.iter().map(read).collect::<Result<Vec<_>, _>>()?;
        let file =
            BatchFile::new(sealed.batch, sealed.start, read(&sealed.checkpoint)?, notes).map_err(internal)?;
        let of_a_list = |item: &Pending| matches!(&item.what, What::Public { preimage } if shard_of_note(preimage).is_some());
        let lists = items.iter().any(of_a_list).then(|| self.state().sealed_lists());
        let mut ledger = self.ledger_mut();
        // A crash inside: some tiles, public preimages or the batch file are there, the checkpoint is the old one and
        // readers see the old ledger.
        ledger.apply(checked, &file, &public)?;
        // A crash inside: some lists are published and their notes are in no published head; the start comes here again.
        if let Some(lists) = lists {
            self.write_lists(&ledger, &lists)?;
        }
        // A crash before: readers see the old ledger. After: the new one.
        ledger.publish_checkpoint(&sealed.checkpoint)?;
        ledger.tidy(checked)?;
        // A crash before: the start finds a stage that is sealed already and removes it.
        Ok(self.disk.remove(STAGE)?)
    }

    /// What the next batch will be: the longest run of waiting entries that are on disk and whose QR codes all stay
    /// within the limit.
    fn form(&self) -> Option<Stage> {
        let state = self.state();
        let durable = self.journal.durable();
        let ready = state.pending.iter().take_while(|item| item.sequence <= durable);
        let (mut count, mut time, mut longest) = (0u64, state.head.time.max(self.now()), None);
        let mut entries = Vec::new();
        for item in ready {
            let mut next_longest = longest;
            if let What::Doc { core_len, qr, issued_at, .. } = item.what {
                time = time.max(issued_at);
                if qr {
                    next_longest = longest.max(Some(core_len as usize));
                }
            }
            if !fits(next_longest, state.head.size, count + 1) {
                break;
            }
            (longest, count) = (next_longest, count + 1);
            entries.extend_from_slice(item.entry.as_bytes());
        }
        (count > 0).then(|| Stage {
            format: Stage::FORMAT.to_string(),
            batch: state.head.batches,
            start: state.head.size,
            end: state.head.size + count,
            time: time.seconds(),
            entries: base64::encode(&entries),
        })
    }

    /// What is signed with a key out of its time is refused by every verifier, so it is not signed.
    fn can_seal(&self, at: Time) -> Result<(), Refusal> {
        self.signers(KeyUse::Ledger, at)?;
        self.signers(KeyUse::Batch, at).map(drop)
    }
}

/// Whether a batch of `count` entries after `start`, with cores in QR codes of up to `longest` bytes, keeps every QR
/// code within its 820 bytes. A path in the cover of a batch of n has at most ceil(log2 n) hashes (spec/hashing.md).
fn fits(longest: Option<usize>, start: u64, count: u64) -> bool {
    let Some(core) = longest else { return count <= limits::BATCH_ENTRIES_WITHOUT_QR };
    let hashes = count.next_power_of_two().trailing_zeros() as usize;
    let numbers = var_len(start + count) + 2 * var_len(2 * count) + var_len(Time::MAX.seconds());
    let payload = 7 + 2 + core + numbers + 1 + 32 * hashes + 4 + 64;
    count <= limits::BATCH_ENTRIES && payload <= limits::QR_PAYLOAD_BYTES
}

/// Bytes of a number in base 128 (spec/qr.md).
fn var_len(number: u64) -> usize {
    (64 - number.max(1).leading_zeros() as usize).div_ceil(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_of_ordinary_cores_holds_4096_and_of_long_ones_fewer() {
        assert!(fits(Some(300), 10_000_000, 4096));
        assert!(!fits(Some(300), 10_000_000, 4097));
        assert!(!fits(Some(700), 0, 4096) && fits(Some(700), 0, 2));
        assert!(fits(None, 0, 65_536) && !fits(None, 0, 65_537));
    }

    #[test]
    fn a_damaged_stage_is_refused() {
        let stage = Stage {
            format: Stage::FORMAT.to_string(),
            batch: 3,
            start: 10,
            end: 11,
            time: 1_795_312_800,
            entries: base64::encode(&[7; 32]),
        };
        let good = record::json(&stage);
        assert_eq!(Stage::parse(&good).unwrap(), stage);
        let text = String::from_utf8(good).unwrap();
        for (from, to) in [("\"end\":11", "\"end\":12"), ("stage/v1", "stage/v2"), ("\"batch\"", "\"bitch\"")]
        {
            assert!(Stage::parse(text.replace(from, to).as_bytes()).is_err(), "{to}");
        }
        assert!(Stage::parse(&text.as_bytes()[..text.len() - 3]).is_err());
    }
}
