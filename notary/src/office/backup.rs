//! What a running office gives to a backup: a moment in which nothing is sealed, and its journal up to there.

use std::path::Path;

use super::Office;
use super::open::JOURNAL;
use crate::backup::{self, Backup, Head, Running};
use crate::refusal::Refusal;
use crate::vault;

impl Office {
    /// Copies the office into a new folder, while it runs.
    ///
    /// # Errors
    /// `BACKUP_EXISTS`; `DISK_FAILED` with the file. Nothing is left under that name then.
    pub fn backup(&self, to: &Path) -> Result<Backup, Refusal> {
        self.alive()?;
        backup::backup(self, to)
    }
}

impl Running for Office {
    fn dir(&self) -> &Path {
        &self.dir
    }

    fn held(&self, last: &mut dyn FnMut(&Head) -> Result<(), Refusal>) -> Result<(), Refusal> {
        // In this order everywhere: publishing seals.
        let _no_lists = self.publishing();
        let _no_batches = self.sealing();
        self.alive()?;
        self.journal.flush().map_err(|error| self.stop(error.into()))?;
        let (size, root) = {
            let state = self.state();
            (state.head.size, state.head.root)
        };
        last(&Head { origin: self.origin.to_string(), size, root, made: self.now().seconds() })
    }

    fn copy_journal(&self, to: &Path) -> Result<(), Refusal> {
        // First the keys, then the records, then the keys that came meanwhile. So each record that is copied has its key;
        // a key that was erased before has its record, for that is written first; and one that is erased now is still
        // there while its record says that it is not: the first start erases it again.
        let keys = self.dir.join(JOURNAL).join(vault::FILE);
        let copied = vault::copy_from(&keys, &to.join(vault::FILE), 0)?;
        self.journal.copy_to(to)?;
        vault::copy_from(&keys, &to.join(vault::FILE), copied)?;
        Ok(())
    }
}
