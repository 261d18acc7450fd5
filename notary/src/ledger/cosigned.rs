//! Cosigned checkpoints: `cosigned/<n>`, n = 0, 1, …, in the order in which they came, sizes never falling.

use verifier::checkpoint::Checkpoint;
use verifier::limits::NOTE_BYTES;
use verifier::note::Note;
use verifier::tile::grouped;

use super::tiles::FOLDER;
use super::{Ledger, LedgerError};

impl Ledger {
    /// Keeps a cosigned checkpoint as number `n`. It may be there already, with these bytes.
    pub(crate) fn keep_cosigned(&self, n: u64, note: &Note) -> Result<(), LedgerError> {
        Ok(self.disk.write_new(&path(n), note.encode().as_bytes())?)
    }

    /// The cosigned checkpoint number `n`; `None` where there is none.
    pub fn cosigned(&self, n: u64) -> Result<Option<(Checkpoint, Note)>, LedgerError> {
        let path = path(n);
        let Some(bytes) = self.disk.read(&path, NOTE_BYTES)? else { return Ok(None) };
        let text =
            String::from_utf8(bytes).map_err(|_| LedgerError::damaged(path.clone(), "is not UTF-8"))?;
        Checkpoint::parse_note(&text).map(Some).map_err(|e| LedgerError::damaged(path, e.to_string()))
    }

    /// How many there are: their numbers have no gap.
    pub(crate) fn count_cosigned(&self) -> Result<u64, LedgerError> {
        let there = |n: u64| Ok::<bool, LedgerError>(self.disk.read(&path(n), NOTE_BYTES)?.is_some());
        let (mut low, mut high) = (0, 1);
        while there(high - 1)? {
            low = high;
            high *= 2;
        }
        while low < high {
            let middle = low + (high - low) / 2;
            if there(middle)? { low = middle + 1 } else { high = middle }
        }
        Ok(low)
    }
}

fn path(n: u64) -> String {
    format!("{FOLDER}cosigned/{}", grouped(n))
}
