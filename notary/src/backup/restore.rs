//! Putting a backup in the place of an office.

use std::fs;
use std::path::Path;

use verifier::checkpoint::Checkpoint;
use verifier::hash::Hash;
use verifier::note::Note;
use verifier::trust::{KeyUse, TrustBundle};

use super::copy::{self, beside, failed, sync_folder};
use super::manifest::Manifest;
use super::{DEPTH_MAX, MANIFEST};
use crate::refusal::{Refusal, RefusalCode};

/// What the office has published by now: the newest that anybody has seen.
#[derive(Clone, Debug)]
pub enum Published {
    /// The text of its checkpoint, from the service, a mirror or a witness.
    Checkpoint(String),
    /// Somebody says that nothing was published after the backup.
    NothingSince,
}

/// An office that was put in place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// Its ledger's name.
    pub origin: String,
    /// Entries in its ledger.
    pub size: u64,
    /// The ledger's root.
    pub root: Hash,
    /// Files.
    pub files: u64,
}

/// Puts the backup in the folder `from` in place as the office `to`, which must not be there.
///
/// # Errors
/// `BACKUP_BAD` where it is not whole; `BACKUP_OLDER` where the office has published more than it knows: signing on from it
/// would fork the ledger; `BACKUP_OTHER` where what was published is not of this ledger; `OFFICE_EXISTS`.
pub fn restore(from: &Path, to: &Path, published: &Published) -> Result<Restored, Refusal> {
    if to.exists() {
        return Err(Refusal::new(RefusalCode::OfficeExists).at(to.display().to_string()));
    }
    let (head, found) = Manifest::check(from)?;
    if let Published::Checkpoint(text) = published {
        not_behind(from, &head, text)?;
    }
    let partial = beside(to, ".restoring");
    if partial.exists() {
        fs::remove_dir_all(&partial).map_err(|why| failed(&partial, &why))?;
    }
    copy::folder(from, &partial, DEPTH_MAX, copy::Known::Skip)?;
    // What was copied is held against the manifest once more: a disk may lie.
    let (again, _) = Manifest::check(&partial)?;
    if again != head {
        return Err(Refusal::new(RefusalCode::BackupBad).at(MANIFEST).found("changed"));
    }
    let manifest = partial.join(MANIFEST);
    fs::remove_file(&manifest).map_err(|why| failed(&manifest, &why))?;
    copy::sync(&partial, DEPTH_MAX)?;
    // A crash before: another name, which no command takes for an office. After: the office.
    fs::rename(&partial, to).map_err(|why| failed(to, &why))?;
    sync_folder(to.parent().unwrap_or(Path::new(".")))?;
    Ok(Restored { origin: head.origin, size: head.size, root: head.root, files: found.files })
}

/// The office has published no more than the backup has, and nothing else.
fn not_behind(from: &Path, head: &super::Head, text: &str) -> Result<(), Refusal> {
    let other = |what: String| Refusal::new(RefusalCode::BackupOther).found(what);
    let (says, note) = Checkpoint::parse_note(text).map_err(|refused| other(refused.to_string()))?;
    if says.origin().as_str() != head.origin {
        return Err(other(says.origin().to_string()));
    }
    signed(from, &says, &note)?;
    if says.size() > head.size {
        return Err(Refusal::new(RefusalCode::BackupOlder).found(head.size).right(says.size()));
    }
    match says.size() == head.size && *says.root() != head.root {
        true => Err(other(says.root().to_string())),
        false => Ok(()),
    }
}

/// A checkpoint that the office did not sign says nothing of it.
fn signed(from: &Path, says: &Checkpoint, note: &Note) -> Result<(), Refusal> {
    let path = from.join("trust.xzt");
    let text = fs::read_to_string(&path).map_err(|why| failed(&path, &why))?;
    let bad = |what: &dyn std::fmt::Display| Refusal::new(RefusalCode::BackupBad).at("trust.xzt").found(what);
    let trust = TrustBundle::open(&text, None).map_err(|error| bad(&error))?;
    let keys = trust.office(says.origin()).map(|office| office.keys.as_slice()).unwrap_or_default();
    let known = keys.iter().filter(|key| key.usage == KeyUse::Ledger);
    match known.into_iter().any(|key| note.verify_one(&key.key).is_ok()) {
        true => Ok(()),
        false => Err(Refusal::new(RefusalCode::BackupOther).found("signature")),
    }
}
