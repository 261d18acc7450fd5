//! Backups: an office copied while it runs, and put in place again.
//!
//! ```text
//! TO/backup.manifest    what is in it: the head of the ledger, then a line for each file with its digest
//! TO/office.json …      the office's folder, without lock, socket and index; the index is made again at the first start
//! ```
//!
//! A backup is of one moment: every certificate that was promised before it began is in it, each with its key, and the
//! ledger is the one that its journal speaks of. Accepting goes on meanwhile; sealing waits while the last of it is copied.
//! What was erased later is in a backup still: its place and its end are the office's to decide.
//!
//! Restoring refuses what would fork the ledger: a backup older than the checkpoint that the office has published since.
//! Here: both. Not here: where backups are kept, who fetches the published checkpoint.

mod copy;
mod manifest;
mod restore;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;

use verifier::hash::Hash;

pub use restore::{Published, Restored, restore};

use crate::refusal::{Refusal, RefusalCode};
use copy::{beside, failed, sync_folder};
use manifest::Manifest;

/// The manifest's name.
pub const MANIFEST: &str = "backup.manifest";
/// Files of a backup: a ledger of some billion entries.
pub const FILES_MAX: usize = 20_000_000;
/// Folders below each other in an office.
const DEPTH_MAX: usize = 12;
/// In an office's folder, but not in a backup: they are of the process that runs, or made again. There is no stage while
/// nothing is sealed, and one copied before would be of a batch that is sealed by then.
const LEFT_OUT: [&str; 4] = ["lock", "office.sock", "index", "stage"];
/// Copied by themselves, in their order.
const LEDGER: &str = "ledger";
const JOURNAL: &str = "journal";
const OPERATOR_LOG: &str = "operator-log";

/// A backup that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Entries in its ledger.
    pub size: u64,
    /// The ledger's root.
    pub root: Hash,
    /// Files.
    pub files: u64,
    /// Bytes of all of them.
    pub bytes: u64,
}

/// What a running office gives to a backup; `office` does it.
pub(crate) trait Running {
    /// The office's folder.
    fn dir(&self) -> &Path;
    /// Runs `last` while nothing is sealed or published: with the head that the journal has by then.
    fn held(&self, last: &mut dyn FnMut(&Head) -> Result<(), Refusal>) -> Result<(), Refusal>;
    /// Copies journal and keys as they are on disk, into a folder that is there and empty.
    fn copy_journal(&self, to: &Path) -> Result<(), Refusal>;
}

/// The head of the ledger, as a manifest says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) origin: String,
    pub(crate) size: u64,
    pub(crate) root: Hash,
    /// When the backup was made, seconds.
    pub(crate) made: u64,
}

/// Copies an office. `to` must not be there; it is complete when it is.
pub(crate) fn backup(office: &dyn Running, to: &Path) -> Result<Backup, Refusal> {
    if to.exists() {
        return Err(Refusal::new(RefusalCode::BackupExists).at(to.display().to_string()));
    }
    let (from, partial) = (office.dir(), beside(to, ".making"));
    // What an earlier try left is not of this moment.
    if partial.exists() {
        fs::remove_dir_all(&partial).map_err(|why| failed(&partial, &why))?;
    }
    fs::create_dir_all(&partial).map_err(|why| failed(&partial, &why))?;
    let made = run(office, from, &partial);
    match made {
        Ok(done) => {
            // A crash before: a folder with another name, which nobody takes for a backup. After: the backup.
            fs::rename(&partial, to).map_err(|why| failed(to, &why))?;
            sync_folder(to.parent().unwrap_or(Path::new(".")))?;
            Ok(done)
        }
        Err(refusal) => {
            let _ = fs::remove_dir_all(&partial);
            Err(refusal)
        }
    }
}

fn run(office: &dyn Running, from: &Path, to: &Path) -> Result<Backup, Refusal> {
    // Most of the ledger never changes once written: it is copied while sealing goes on, the rest while it waits.
    copy::folder(&from.join(LEDGER), &to.join(LEDGER), DEPTH_MAX, copy::Known::Skip)?;
    for name in copy::names(from)? {
        let apart = LEFT_OUT.contains(&name.as_str())
            || [LEDGER, JOURNAL, OPERATOR_LOG].contains(&name.as_str())
            || name.starts_with("index.damaged-")
            || name.starts_with('.');
        if !apart {
            copy::any(&from.join(&name), &to.join(&name), DEPTH_MAX)?;
        }
    }
    let mut head = None;
    office.held(&mut |now| {
        copy::folder(&from.join(LEDGER), &to.join(LEDGER), DEPTH_MAX, copy::Known::Renew)?;
        fs::create_dir(to.join(JOURNAL)).map_err(|why| failed(&to.join(JOURNAL), &why))?;
        office.copy_journal(&to.join(JOURNAL))?;
        head = Some(now.clone());
        Ok(())
    })?;
    let head = head.ok_or_else(|| Refusal::new(RefusalCode::SelfCheckFailed).found("backup"))?;
    // After the journal: the ledger may have a head of this log, and the log has to lead there.
    copy::folder(&from.join(OPERATOR_LOG), &to.join(OPERATOR_LOG), DEPTH_MAX, copy::Known::Renew)?;
    let manifest = Manifest::write(to, &head)?;
    copy::sync(to, DEPTH_MAX)?;
    Ok(Backup { size: head.size, root: head.root, files: manifest.files, bytes: manifest.bytes })
}
