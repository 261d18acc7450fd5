//! Putting a backup in the place of an office.

use std::fs;
use std::path::Path;

use verifier::checkpoint::Checkpoint;
use verifier::hash::Hash;
use verifier::note::{Note, SignatureLine};
use verifier::trust::{KeyUse, TrustBundle};

use super::copy::{self, beside, failed, sync_folder};
use super::manifest::Manifest;
use super::{DEPTH_MAX, MANIFEST};
use crate::refusal::{Refusal, RefusalCode};
use crate::witness;

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
    /// Whether the instance is a witness: it cosigns nothing until it is told what it cosigned last.
    pub witness_asleep: bool,
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
    let witness_asleep = put_witness_to_sleep(&partial, head.made)?;
    copy::sync(&partial, DEPTH_MAX)?;
    // A crash before: another name, which no command takes for an office. After: the office.
    fs::rename(&partial, to).map_err(|why| failed(to, &why))?;
    sync_folder(to.parent().unwrap_or(Path::new(".")))?;
    Ok(Restored { origin: head.origin, size: head.size, root: head.root, files: found.files, witness_asleep })
}

/// A witness has signed heads of other ledgers since the backup, and does not know which. Here that is written before the
/// office is in its place, so that no start goes on from there.
fn put_witness_to_sleep(office: &Path, made: u64) -> Result<bool, Refusal> {
    let keys = office.join("keys");
    let is_key = |name: &String| name == "witness.vkey" || name.starts_with("witness-");
    let has_key = keys.is_dir() && copy::names(&keys)?.iter().any(is_key);
    let (path, bytes) = witness::put_to_sleep(made);
    let path = office.join(path);
    let folder = path.parent().unwrap_or(office);
    if !has_key && !folder.exists() {
        return Ok(false);
    }
    fs::create_dir_all(folder).map_err(|why| failed(folder, &why))?;
    fs::write(&path, bytes).map_err(|why| failed(&path, &why))?;
    Ok(true)
}

/// The office has published no more than the backup has, and nothing else.
fn not_behind(from: &Path, head: &super::Head, text: &str) -> Result<(), Refusal> {
    let other = |what: String| Refusal::new(RefusalCode::BackupOther).found(what);
    let (says, note) = Checkpoint::parse_note(text).map_err(|refused| other(refused.to_string()))?;
    if says.origin().as_str() != head.origin {
        return Err(other(says.origin().to_string()));
    }
    signed(from, head, &says, &note)?;
    if says.size() > head.size {
        return Err(Refusal::new(RefusalCode::BackupOlder).found(head.size).right(says.size()));
    }
    match says.size() == head.size && *says.root() != head.root {
        true => Err(other(says.root().to_string())),
        false => Ok(()),
    }
}

/// A checkpoint that the office did not sign says nothing of it. One that is larger, and signed in the ledger's name by a key that
/// the backup does not know, comes from after a rotation: who signed it can't be told here, but the backup is not used beside it.
fn signed(from: &Path, head: &super::Head, says: &Checkpoint, note: &Note) -> Result<(), Refusal> {
    let path = from.join("trust.xzt");
    let text = fs::read_to_string(&path).map_err(|why| failed(&path, &why))?;
    let bad = |what: &dyn std::fmt::Display| Refusal::new(RefusalCode::BackupBad).at("trust.xzt").found(what);
    let trust = TrustBundle::open(&text, None).map_err(|error| bad(&error))?;
    let keys = trust.office(says.origin()).map(|office| office.keys.as_slice()).unwrap_or_default();
    let known = || keys.iter().filter(|key| key.usage == KeyUse::Ledger);
    if known().any(|key| note.verify_one(&key.key).is_ok()) {
        return Ok(());
    }
    let own = says.origin().ledger_key_name();
    let unknown =
        |line: &&SignatureLine| line.name().as_str() == own && !known().any(|key| line.id() == key.key.id());
    match note.signatures().iter().find(unknown) {
        Some(line) if says.size() > head.size => Err(Refusal::new(RefusalCode::BackupOlder)
            .at(format!("{own}+{}", line.id()))
            .found(head.size)
            .right(says.size())),
        _ => Err(Refusal::new(RefusalCode::BackupOther).found("signature")),
    }
}
