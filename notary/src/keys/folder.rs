//! A folder of keys: listing it, file names, the text of `.vkey` files, reading and writing small files.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use verifier::hash::Hash;
use verifier::key::VerifierKey;
use zeroize::Zeroizing;

use super::command::SIGNER_EXTENSION;
use super::{CommandSigner, KeyError, KeyFile, KeyUse, Passphrase, Signer};
use crate::journal::sync_parent;

/// Bytes of a key file; OpenSSL's have about 300.
const FILE_MAX: u64 = 64 << 10;
/// Keys in a folder.
const KEYS_MAX: usize = 1024;

/// A key as its `.vkey` file shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What it signs.
    pub key_use: KeyUse,
    /// Name and public key.
    pub vkey: VerifierKey,
    /// The `.pem` file; the `.signer` file where that is there instead.
    pub path: PathBuf,
    /// Whether that file is there; a root key's usually isn't.
    pub present: bool,
    /// Where the private half is.
    pub place: KeyPlace,
}

/// Where the private half of a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyPlace {
    /// In a `.pem` file, under the passphrase.
    File,
    /// Behind a program.
    Command,
}

/// The keys in a folder, by file name. Needs no passphrase.
///
/// # Errors
/// [`KeyError::Damaged`] naming the file, [`KeyError::Io`].
pub fn list(dir: &Path) -> Result<Vec<Listed>, KeyError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(|e| KeyError::io(dir, e))? {
        let vkey_file = entry.map_err(|e| KeyError::io(dir, e))?.path();
        if vkey_file.extension().is_none_or(|extension| extension != "vkey") {
            continue;
        }
        let (pem, signer) = (vkey_file.with_extension("pem"), vkey_file.with_extension(SIGNER_EXTENSION));
        let (path, place) = match !pem.is_file() && signer.is_file() {
            true => (signer, KeyPlace::Command),
            false => (pem, KeyPlace::File),
        };
        let key_use = use_of(&path).ok_or_else(|| misnamed(&vkey_file))?;
        let (vkey, _) = read_vkey(&vkey_file, key_use)?;
        let present = path.is_file();
        found.push(Listed { key_use, vkey, path, present, place });
        if found.len() > KEYS_MAX {
            return Err(KeyError::damaged(dir, "holds more than 1,024 keys"));
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// The key of a folder, wherever its private half is.
///
/// # Errors
/// As for [`KeyFile::open`] and [`CommandSigner::open`].
pub fn open(listed: &Listed, passphrase: &Arc<Passphrase>) -> Result<Arc<dyn Signer>, KeyError> {
    Ok(match listed.place {
        KeyPlace::File => Arc::new(KeyFile::open(&listed.path, Arc::clone(passphrase))?),
        KeyPlace::Command => Arc::new(CommandSigner::open(&listed.path)?),
    })
}

/// `batch.pem` and `batch-1f0c44a2.pem` are batch keys.
pub(super) fn use_of(pem: &Path) -> Option<KeyUse> {
    let stem = pem.file_stem()?.to_str()?;
    KeyUse::parse(stem.split_once('-').map_or(stem, |(word, _)| word))
}

pub(super) fn misnamed(file: &Path) -> KeyError {
    KeyError::damaged(file, "its name does not begin with root, ledger, batch, status, pdf or witness")
}

pub(super) fn vkey_path(pem: &Path) -> PathBuf {
    pem.with_extension("vkey")
}

pub(super) fn vkey_text(vkey: &VerifierKey, digest: &Hash) -> String {
    format!("{}\nsha256 {}\n", vkey.encode(), digest.to_base64())
}

pub(super) fn read_vkey(path: &Path, key_use: KeyUse) -> Result<(VerifierKey, Option<Hash>), KeyError> {
    let text = read(path)?;
    let damaged = |what: &str| KeyError::damaged(path, what);
    let mut lines = text.lines();
    let vkey = VerifierKey::parse(lines.next().unwrap_or_default()).map_err(|e| damaged(&e.to_string()))?;
    if !key_use.fits(vkey.name(), vkey.kind()) {
        return Err(damaged("the key's name or kind is not of the use that the file's name says"));
    }
    let digest = match lines.next() {
        None => None,
        Some(line) => {
            let digest = line.strip_prefix("sha256 ").and_then(|text| Hash::from_base64(text).ok());
            Some(digest.ok_or_else(|| damaged("the second line is not \"sha256\" and a digest"))?)
        }
    };
    if lines.next().is_some() {
        return Err(damaged("there are more than two lines"));
    }
    Ok((vkey, digest))
}

/// Makes the folder where it is missing, the owner's alone where the system can say so.
pub(super) fn make_folder(dir: &Path) -> Result<(), KeyError> {
    if dir.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).and_then(|()| sync_parent(dir)).map_err(|e| KeyError::io(dir, e))
}

pub(super) fn read(path: &Path) -> Result<Zeroizing<String>, KeyError> {
    let failed = |e| KeyError::io(path, e);
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    file.take(FILE_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > FILE_MAX {
        return Err(KeyError::damaged(path, "is far too large for a key"));
    }
    let text = str::from_utf8(&bytes).map_err(|_| KeyError::damaged(path, "is not text"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Writes a file that isn't there, durably, with this mode where there are modes.
pub(super) fn create(path: &Path, bytes: &[u8], mode: u32) -> Result<(), KeyError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path).map_err(|e| KeyError::io(path, e))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| sync_parent(path));
    written.map_err(|e| {
        // Ours, made a moment ago and not whole.
        let _ = fs::remove_file(path);
        KeyError::io(path, e)
    })
}
