//! Reading what is sealed, for pages and programs: batches, an entry's place, the newest head, the newest lists.
//!
//! ```text
//! batch 7   entries [17, 33)   closed 2026-11-22 10:15:30   root …   the head before it: 17, root …
//! entry 20  in batch 7         inclusion proof to the newest checkpoint
//! ```
//!
//! All of it is public: it is the same that lies in `D/ledger/` for everybody. Nothing here changes anything.

use verifier::batch_file::BatchFile;
use verifier::hash::{Hash, empty_root};
use verifier::limits::STATUS_SHARD;
use verifier::merkle::Subtree;
use verifier::note::Note;
use verifier::status_list::StatusList;
use verifier::time::Time;
use verifier::tlog_proof::TlogProof;

use super::Office;
use super::accept::internal;
use crate::ledger::{Head, Ledger};
use crate::refusal::{Refusal, RefusalCode};

/// Batches read at a time.
pub const BATCHES_AT_A_TIME: usize = 100;

/// A sealed batch.
#[derive(Clone, Debug)]
pub struct BatchView {
    /// Its file: range, time, checkpoint, batch notes with their signatures.
    pub file: BatchFile,
    /// The head before it.
    pub before: Head,
}

impl BatchView {
    /// Its number, from 0.
    pub fn number(&self) -> u64 {
        self.file.batch()
    }

    /// How many entries it added.
    pub fn entries(&self) -> u64 {
        self.file.end().saturating_sub(self.file.start())
    }

    /// When it was closed.
    pub fn time(&self) -> Time {
        self.file.time()
    }

    /// The ledger's root with this batch in it.
    pub fn root(&self) -> &Hash {
        self.file.checkpoint().root()
    }
}

/// Where an entry is.
#[derive(Clone, Debug)]
pub struct EntryView {
    /// Its index in the ledger.
    pub index: u64,
    /// Its leaf in the tree: `H(0x00 ‖ entry)`.
    pub leaf: Hash,
    /// The batch that added it.
    pub batch: BatchView,
    /// That it is in the newest checkpoint.
    pub proof: TlogProof,
}

/// The newest list of a shard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListView {
    /// Which shard.
    pub shard: u64,
    /// Its sequence.
    pub sequence: u64,
    /// When it was issued.
    pub issued: Time,
}

impl Office {
    /// How many batches there are.
    pub fn batch_count(&self) -> u64 {
        self.ledger().batches()
    }

    /// A batch by its number.
    ///
    /// # Errors
    /// `BATCH_UNKNOWN`; damage that is found on the way, named.
    pub fn batch(&self, number: u64) -> Result<BatchView, Refusal> {
        let ledger = self.ledger();
        let count = ledger.batches();
        if number >= count {
            return Err(Refusal::new(RefusalCode::BatchUnknown).found(number).right(count));
        }
        view(ledger.batch(number)?, &ledger)
    }

    /// Batches in the order of their numbers, beginning with `from`: at most `limit`, and [`BATCHES_AT_A_TIME`].
    ///
    /// # Errors
    /// Damage that is found on the way, named.
    pub fn batches(&self, from: u64, limit: usize) -> Result<Vec<BatchView>, Refusal> {
        let ledger = self.ledger();
        let upto = from.saturating_add(limit.min(BATCHES_AT_A_TIME) as u64).min(ledger.batches());
        let mut before: Option<Head> = None;
        (from..upto)
            .map(|number| {
                let file = ledger.batch(number)?;
                let batch = match before {
                    Some(before) => BatchView { file, before },
                    None => view(file, &ledger)?,
                };
                before = Some(Head { size: batch.file.end(), root: *batch.root() });
                Ok(batch)
            })
            .collect()
    }

    /// An entry by its index: the batch that added it, and the proof that the newest checkpoint has it.
    ///
    /// # Errors
    /// `ENTRY_UNKNOWN`; damage that is found on the way, named.
    pub fn entry(&self, index: u64) -> Result<EntryView, Refusal> {
        let ledger = self.ledger();
        let size = ledger.head().size;
        if index >= size {
            return Err(Refusal::new(RefusalCode::EntryUnknown).found(index).right(size));
        }
        let batch = view(ledger.batch_of(index)?, &ledger)?;
        let last = ledger.batches().checked_sub(1).ok_or_else(|| internal("no batch"))?;
        let newest = ledger.batch(last)?;
        let path = ledger.inclusion(index, newest.end())?;
        let proof = TlogProof::new(index, path, newest.checkpoint_note().clone()).map_err(internal)?;
        let leaf = ledger.subtree_root(Subtree::new(index, index + 1).map_err(internal)?)?;
        Ok(EntryView { index, leaf, batch, proof })
    }

    /// The newest published checkpoint; none before the first batch.
    ///
    /// # Errors
    /// Damage that is found on the way, named.
    pub fn checkpoint(&self) -> Result<Option<Note>, Refusal> {
        Ok(self.ledger().checkpoint()?.map(|(_, note)| note))
    }

    /// The newest published list of every shard that has one.
    pub fn newest_lists(&self) -> Vec<ListView> {
        let state = self.state();
        (0u64..)
            .zip(&state.shards)
            .filter_map(|(n, shard)| Some((n, shard.shown(state.published)?)))
            .map(|(n, list)| ListView { shard: n, sequence: list.sequence, issued: list.issued })
            .collect()
    }

    /// The file of a shard's newest published list, if there is one (spec/status.md).
    pub fn newest_list_of(&self, shard: u64) -> Option<String> {
        self.newest_list(shard.checked_mul(STATUS_SHARD)?)
    }

    /// The file of the list of a shard that was the newest at that moment, if there was one.
    ///
    /// # Errors
    /// Damage that is found on the way, named.
    pub fn list_at(&self, shard: u64, at: Time) -> Result<Option<String>, Refusal> {
        let newest = self.newest_lists().into_iter().find(|list| list.shard == shard);
        // Sequences count from 1, and a later list is issued later: the first that was issued after the moment is looked for.
        let (mut low, mut high) = (1, newest.map_or(1, |list| list.sequence + 1));
        let mut found = None;
        while low < high {
            let middle = low + (high - low) / 2;
            let file = self.ledger().status(shard, Some(middle))?;
            let file = file.ok_or_else(|| internal("a list is missing"))?;
            let list = StatusList::parse(&file).map_err(internal)?;
            if list.says().fields().issued <= at {
                found = Some(String::from_utf8(file).map_err(internal)?);
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(found)
    }
}

fn view(file: BatchFile, ledger: &Ledger) -> Result<BatchView, Refusal> {
    let before = match file.batch().checked_sub(1) {
        None => Head { size: 0, root: empty_root() },
        Some(previous) => {
            let previous = ledger.batch(previous)?;
            Head { size: previous.end(), root: *previous.checkpoint().root() }
        }
    };
    Ok(BatchView { file, before })
}
