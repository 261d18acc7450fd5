//! Reading what lies beside the tiles: batch files by number or by entry, public preimages, status lists, the
//! checkpoint.

use std::cmp::Ordering;

use verifier::batch_file::BatchFile;
use verifier::checkpoint::Checkpoint;
use verifier::entry::Entry;
use verifier::limits::{BATCH_FILE_BYTES, NOTE_BYTES, STATUS_FILE_BYTES};
use verifier::note::Note;

use super::apply::{batch_path, checkpoint_path, public_path, status_path};
use super::{Ledger, LedgerError};
use crate::disk::Disk;

/// Bytes of a public preimage: a note with its label before it.
pub(crate) const PUBLIC_BYTES: usize = NOTE_BYTES + 64;

impl Ledger {
    /// How many batches there are up to the head.
    pub fn batches(&self) -> u64 {
        self.batches
    }

    /// A batch by its number.
    pub fn batch(&self, number: u64) -> Result<BatchFile, LedgerError> {
        if number >= self.batches {
            return Err(LedgerError::range(format!("batch {number} of {} is asked for", self.batches)));
        }
        self.read_batch(number)?.ok_or_else(|| LedgerError::Missing { path: batch_path(number) })
    }

    /// The batch that added an entry: a binary search over the batch files.
    pub fn batch_of(&self, index: u64) -> Result<BatchFile, LedgerError> {
        if index >= self.edge.size() {
            let what = format!("index {index} is not in a ledger of {} entries", self.edge.size());
            return Err(LedgerError::Range { what });
        }
        // A batch has at least one entry, so the number is at most the index; and that is where it is in a young ledger.
        let (mut low, mut high) = (0, self.batches.min(index + 1));
        while low < high {
            let middle = low + (high - low) / 2;
            let batch = self.batch(middle)?;
            match (index.cmp(&batch.start()), index.cmp(&batch.end())) {
                (Ordering::Less, _) => high = middle,
                (_, Ordering::Less) => return Ok(batch),
                _ => low = middle + 1,
            }
        }
        Err(LedgerError::damaged(batch_path(low), format!("no batch has the entry {index}")))
    }

    /// The published checkpoint; `None` before the first.
    pub fn checkpoint(&self) -> Result<Option<(Checkpoint, Note)>, LedgerError> {
        Self::published(&*self.disk)
    }

    /// The checkpoint that an office's folder publishes, before any ledger is opened; `None` before the first.
    pub fn published(disk: &dyn Disk) -> Result<Option<(Checkpoint, Note)>, LedgerError> {
        let path = checkpoint_path();
        let Some(bytes) = disk.read(&path, NOTE_BYTES)? else { return Ok(None) };
        let text =
            String::from_utf8(bytes).map_err(|_| LedgerError::damaged(path.clone(), "is not UTF-8"))?;
        Checkpoint::parse_note(&text).map(Some).map_err(|e| LedgerError::damaged(path, e.to_string()))
    }

    /// The preimage of an entry of a public kind; `None` for other entries.
    pub fn public(&self, index: u64) -> Result<Option<Vec<u8>>, LedgerError> {
        let path = public_path(index);
        let Some(preimage) = self.disk.read(&path, PUBLIC_BYTES)? else { return Ok(None) };
        match Entry::of_public(&preimage) {
            Ok(_) => Ok(Some(preimage)),
            Err(e) => Err(LedgerError::damaged(path, e.to_string())),
        }
    }

    /// The file of a shard's newest status list, or of the one with this sequence; `None` where there is none.
    pub fn status(&self, shard: u64, sequence: Option<u64>) -> Result<Option<Vec<u8>>, LedgerError> {
        Ok(self.disk.read(&status_path(shard, sequence), STATUS_FILE_BYTES)?)
    }

    /// How many batches end at or before the head. Batches beyond it are of a seal that is on its way.
    pub(super) fn count_batches(&self) -> Result<u64, LedgerError> {
        let size = self.edge.size();
        // Double, then halve: the first number that has no file, or whose batch ends beyond the head.
        let within = |number: u64| -> Result<bool, LedgerError> {
            Ok(self.read_batch(number)?.is_some_and(|batch| batch.end() <= size))
        };
        let (mut low, mut high) = (0, 1);
        while within(high - 1)? {
            low = high;
            high *= 2;
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if within(middle)? { low = middle + 1 } else { high = middle }
        }
        let last = match low.checked_sub(1) {
            Some(last) => self.read_batch(last)?.map_or(0, |batch| batch.end()),
            None => 0,
        };
        if last == size {
            return Ok(low);
        }
        let path = batch_path(low);
        match self.read_batch(low)? {
            None => Err(LedgerError::Missing { path }),
            Some(batch) => {
                let what = format!(
                    "is of [{}, {}) where {last} to at most {size} should be",
                    batch.start(),
                    batch.end()
                );
                Err(LedgerError::damaged(path, what))
            }
        }
    }

    fn read_batch(&self, number: u64) -> Result<Option<BatchFile>, LedgerError> {
        let path = batch_path(number);
        let Some(bytes) = self.disk.read(&path, BATCH_FILE_BYTES)? else { return Ok(None) };
        let batch =
            BatchFile::parse(&bytes).map_err(|e| LedgerError::damaged(path.clone(), e.to_string()))?;
        if batch.batch() != number {
            return Err(LedgerError::damaged(path, format!("is the file of batch {}", batch.batch())));
        }
        Ok(Some(batch))
    }
}
