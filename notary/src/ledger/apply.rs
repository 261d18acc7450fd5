//! Writing a batch that was checked, and what outsiders read beside the tiles: batch files, public preimages, status
//! lists, the checkpoint.

use verifier::batch_file::BatchFile;
use verifier::checkpoint::Checkpoint;
use verifier::entry::Entry;
use verifier::tile::grouped;

use super::second::Checked;
use super::tiles::FOLDER;
use super::{Head, Ledger, LedgerError};

/// The name of the file that lists a folder of preimages, for whoever can't: their names, one a line, ascending.
pub const PUBLIC_LIST: &str = "list";
/// Bytes of it: a folder has a thousand preimages at most.
pub const PUBLIC_LIST_BYTES: usize = 1000 * 4;

/// Files that are written and flushed together.
const FILES_AT_ONCE: usize = 128;

/// The preimage of an entry of a public kind, to be published with its batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicEntry {
    /// The entry's index.
    pub index: u64,
    /// Label, zero byte and body (spec page `entry.md`).
    pub preimage: Vec<u8>,
}

impl Ledger {
    /// Writes everything that a batch adds beside the checkpoint, and goes on to the new head: bundles, tiles, public
    /// preimages, the batch file. May be repeated after a crash at any point, from a ledger opened at the old head.
    ///
    /// Refused before anything is written: a batch file that is not of this plan, a preimage that is not of its entry.
    /// After an error the ledger is still at the old head; a fatal one stops the process.
    pub fn apply(
        &mut self,
        checked: &Checked,
        batch: &BatchFile,
        public: &[PublicEntry],
    ) -> Result<(), LedgerError> {
        let (old, new) = (checked.old_head(), checked.new_head());
        if old != self.head() {
            return Err(LedgerError::range("the plan is for another head than the ledger's"));
        }
        let numbered = (batch.batch(), batch.start(), batch.end());
        if numbered != (self.batches, old.size, new.size) {
            let what = format!(
                "batch file {} is not of batch {} [{}, {})",
                batch.batch(),
                self.batches,
                old.size,
                new.size
            );
            return Err(LedgerError::Range { what });
        }
        for entry in public {
            let at = entry.index.checked_sub(old.size).and_then(|at| checked.entries().get(at as usize));
            let opened = Entry::of_public(&entry.preimage).ok().map(|(_, entry, _)| entry);
            if at.is_none() || at != opened.as_ref() {
                return Err(LedgerError::range(format!(
                    "entry {} is not that of this preimage",
                    entry.index
                )));
            }
        }
        let batch_file = batch.encode();
        let tiles = checked.files().iter().map(|file| (file.path().to_owned(), file.bytes()));
        let preimages = public.iter().map(|entry| (public_path(entry.index), &*entry.preimage));
        let files: Vec<(String, &[u8])> =
            tiles.chain(preimages).chain([(batch_path(batch.batch()), batch_file.as_bytes())]).collect();
        let files: Vec<(&str, &[u8])> = files.iter().map(|(path, bytes)| (path.as_str(), *bytes)).collect();
        // More than a few files at a time would be held open; a batch of 65,536 has over 500.
        for files in files.chunks(FILES_AT_ONCE) {
            self.disk.write_new_all(files)?;
        }
        self.list_public(public)?;
        self.edge = checked.growth.after().clone();
        self.right = checked.right.clone();
        self.batches += 1;
        Ok(())
    }

    /// Writes the list of each folder that has a new preimage: of what lies in it, so that a crash before leaves an older
    /// list, and the same batch applied again makes it whole.
    fn list_public(&self, public: &[PublicEntry]) -> Result<(), LedgerError> {
        let mut folders: Vec<String> = public
            .iter()
            .filter_map(|entry| {
                public_path(entry.index).rsplit_once('/').map(|(folder, _)| folder.to_owned())
            })
            .collect();
        folders.dedup();
        for folder in folders {
            let names = self.disk.list(&folder)?;
            let names =
                names.iter().filter(|name| name.len() == 3 && name.bytes().all(|b| b.is_ascii_digit()));
            let list: String = names.map(|name| format!("{name}\n")).collect();
            self.disk.replace(&format!("{folder}/{PUBLIC_LIST}"), list.as_bytes())?;
        }
        Ok(())
    }

    /// Publishes the head's checkpoint, a signed note, or the same with cosignatures added.
    ///
    /// Refused: a checkpoint of another size or root than the head's.
    pub fn publish_checkpoint(&self, note: &str) -> Result<(), LedgerError> {
        let (checkpoint, _) = Checkpoint::parse_note(note).map_err(|e| LedgerError::range(e.to_string()))?;
        if (Head { size: checkpoint.size(), root: *checkpoint.root() }) != self.head() {
            let what = format!("the checkpoint of size {} is not of the head", checkpoint.size());
            return Err(LedgerError::Range { what });
        }
        Ok(self.disk.replace(&checkpoint_path(), note.as_bytes())?)
    }

    /// Removes the partial tiles that full ones of this batch replace. To be called after the checkpoint is published;
    /// what a crash leaves behind does no harm.
    pub fn tidy(&self, checked: &Checked) -> Result<(), LedgerError> {
        for folder in &checked.replaced {
            let paths: Vec<String> =
                self.disk.list(folder)?.into_iter().map(|name| format!("{folder}/{name}")).collect();
            self.disk.remove_all(&paths.iter().map(String::as_str).collect::<Vec<_>>())?;
        }
        Ok(())
    }

    /// Publishes a status list: its own file, which never changes, and the newest of its shard.
    pub fn publish_status(&self, shard: u64, sequence: u64, file: &[u8]) -> Result<(), LedgerError> {
        self.disk.write_new(&status_path(shard, Some(sequence)), file)?;
        Ok(self.disk.replace(&status_path(shard, None), file)?)
    }

    /// Publishes the index of the newest lists. A crash before leaves the one of the lists before: it is written again at
    /// the next start.
    pub fn publish_status_index(&self, file: &[u8]) -> Result<(), LedgerError> {
        Ok(self.disk.replace(&status_index_path(), file)?)
    }
}

pub(super) fn status_index_path() -> String {
    format!("{FOLDER}status/index.json")
}

pub(super) fn batch_path(number: u64) -> String {
    format!("{FOLDER}batch/{}", grouped(number))
}

pub(super) fn public_path(index: u64) -> String {
    format!("{FOLDER}public/{}", grouped(index))
}

pub(super) fn checkpoint_path() -> String {
    format!("{FOLDER}checkpoint")
}

pub(super) fn status_path(shard: u64, sequence: Option<u64>) -> String {
    match sequence {
        Some(sequence) => format!("{FOLDER}status/{shard}/{sequence}.xzs"),
        None => format!("{FOLDER}status/{shard}.xzs"),
    }
}
