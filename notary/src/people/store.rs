//! Where people are kept: a journal of their own, every payload sealed.
//!
//! ```text
//! D/people/key                              {"format":"xinzheng/people-key/v1","under":"<vkey>","salt":…,"sealed":…}
//! D/people/segment-00000000000000000001     records: kind 1 an account as it is from now on, kind 2 an API key likewise
//! payload                                   nonce[24] ‖ XChaCha20-Poly1305(people key, nonce,
//!                                           "xinzheng/people/v1" ‖ office id ‖ u8 kind, JSON)
//! ```
//!
//! The people key is 32 random bytes, sealed under SHA-256("xinzheng/people-key/v1" ‖ 0 ‖ signature), where the
//! signature is the ledger key's (Ed25519 is deterministic) over "xinzheng/people-key/v1" ‖ 0 ‖ office id ‖ salt. The
//! ledger key lies encrypted under the office's passphrase: who copies the folder without the passphrase sees how many
//! accounts there are and nothing else of them.

use std::fs;
use std::path::Path;

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Key, Tag, XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use verifier::base64;
use verifier::hash::tagged;
use zeroize::Zeroizing;

use super::random;
use crate::journal::{Io, Journal, RealIo, Settings};
use crate::keys::Signer;
use crate::refusal::{Refusal, RefusalCode};

/// The folder in the office's.
pub(crate) const FOLDER: &str = "people";
const KEY: &str = "key";
const KEY_FORMAT: &str = "xinzheng/people-key/v1";
const LABEL: &[u8] = b"xinzheng/people/v1";
/// Bytes of the key's file, at most.
const KEY_FILE_MAX: u64 = 4096;
const NONCE_LEN: usize = 24;
const TAG_LEN: usize = 16;

/// Kinds of records.
pub(super) const ACCOUNT: u8 = 1;
pub(super) const API_KEY: u8 = 2;

/// The open journal and its key.
pub(super) struct Store {
    journal: Journal,
    office: [u8; 32],
    key: Zeroizing<[u8; 32]>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFile {
    format: String,
    under: String,
    salt: String,
    sealed: String,
}

/// Is shown every record, by its kind.
type Visit<'a> = &'a mut dyn FnMut(u8, &[u8]) -> Result<(), Refusal>;

impl Store {
    /// Opens it, made where it is missing; shows every record, opened, to `visit`.
    pub(super) fn open(
        office_dir: &Path,
        office: [u8; 32],
        signer: &dyn Signer,
        visit: Visit<'_>,
        reports: &mut Vec<String>,
    ) -> Result<Store, Refusal> {
        let dir = office_dir.join(FOLDER);
        make_private(&dir)?;
        let has_journal = has_segments(&dir)?;
        let key = match read_key(&dir, &office, signer)? {
            Some(key) => key,
            None if has_journal => {
                return Err(Refusal::new(RefusalCode::PeopleDamaged).at("people/key").found("people/key"));
            }
            None => make_key(&dir, &office, signer)?,
        };
        if !has_journal {
            Journal::create(&dir, &Settings::new(office))?;
        }
        let mut failed = None;
        let (journal, report) = Journal::open(&dir, Settings::new(office), &mut |record| {
            if failed.is_none() {
                failed = open_sealed(&key, &office, record.kind, record.payload)
                    .ok_or_else(|| {
                        let at = format!("people record {}", record.sequence);
                        Refusal::new(RefusalCode::PeopleDamaged).at(at.clone()).found(at)
                    })
                    .and_then(|plain| visit(record.kind, &plain))
                    .err();
            }
        })?;
        if let Some(refusal) = failed {
            return Err(refusal);
        }
        reports.extend(report.torn.map(|torn| {
            format!("{} bytes that a crash left behind the last record of people were set aside", torn.bytes)
        }));
        Ok(Store { journal, office, key })
    }

    /// Writes a record; on disk when this returns.
    pub(super) fn put<T: Serialize>(&self, kind: u8, what: &T) -> Result<(), Refusal> {
        let plain = Zeroizing::new(serde_json::to_vec(what).unwrap_or_default());
        let sealed = seal(&self.key, &self.office, kind, &plain)?;
        self.journal.append_durable(kind, &sealed)?;
        Ok(())
    }
}

fn make_private(dir: &Path) -> Result<(), Refusal> {
    if dir.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir).and_then(|()| crate::journal::sync_parent(dir)).map_err(|why| disk(dir, &why))
}

/// Whether a journal was begun here.
pub(crate) fn has_segments(dir: &Path) -> Result<bool, Refusal> {
    for entry in fs::read_dir(dir).map_err(|why| disk(dir, &why))? {
        let name = entry.map_err(|why| disk(dir, &why))?.file_name();
        let name = name.to_string_lossy();
        if name.starts_with("segment-") && !name.ends_with(".tmp") {
            return Ok(true);
        }
    }
    Ok(false)
}

fn read_key(
    dir: &Path,
    office: &[u8; 32],
    signer: &dyn Signer,
) -> Result<Option<Zeroizing<[u8; 32]>>, Refusal> {
    let path = dir.join(KEY);
    let damaged = |what: &str| Refusal::new(RefusalCode::PeopleDamaged).at("people/key").found(what);
    let length = match fs::metadata(&path) {
        Ok(found) => found.len(),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(why) => return Err(disk(&path, &why)),
    };
    if length > KEY_FILE_MAX {
        return Err(damaged("too large"));
    }
    let bytes = fs::read(&path).map_err(|why| disk(&path, &why))?;
    let file: KeyFile = serde_json::from_slice(&bytes).map_err(|why| damaged(&why.to_string()))?;
    if file.format != KEY_FORMAT {
        return Err(damaged("format"));
    }
    if file.under != signer.key().encode() {
        return Err(Refusal::new(RefusalCode::PeopleKey).at("people/key").found(file.under));
    }
    let salt = base64::decode(&file.salt).ok_or_else(|| damaged("salt"))?;
    let sealed = base64::decode(&file.sealed).ok_or_else(|| damaged("sealed"))?;
    let plain = open_sealed(&*wrapping(office, &salt, signer)?, office, 0, &sealed);
    let plain = plain.ok_or_else(|| damaged("sealed"))?;
    let key: [u8; 32] = plain.as_slice().try_into().map_err(|_| damaged("sealed"))?;
    Ok(Some(Zeroizing::new(key)))
}

fn make_key(dir: &Path, office: &[u8; 32], signer: &dyn Signer) -> Result<Zeroizing<[u8; 32]>, Refusal> {
    let (key, salt) = (random::<32>()?, random::<32>()?);
    let sealed = seal(&*wrapping(office, &*salt, signer)?, office, 0, &*key)?;
    let file = KeyFile {
        format: KEY_FORMAT.to_string(),
        under: signer.key().encode(),
        salt: base64::encode(&*salt),
        sealed: base64::encode(&sealed),
    };
    let path = dir.join(KEY);
    let bytes = serde_json::to_vec(&file).unwrap_or_default();
    RealIo.create(&path, &bytes).map_err(|why| disk(&path, &why))?;
    Ok(key)
}

/// The key that the people key is sealed under.
fn wrapping(office: &[u8; 32], salt: &[u8], signer: &dyn Signer) -> Result<Zeroizing<[u8; 32]>, Refusal> {
    let message = [KEY_FORMAT.as_bytes(), &[0], office, salt].concat();
    let signature = Zeroizing::new(signer.sign(&message)?);
    Ok(Zeroizing::new(*tagged(KEY_FORMAT, &[&*signature]).as_bytes()))
}

fn seal(key: &[u8; 32], office: &[u8; 32], kind: u8, plain: &[u8]) -> Result<Vec<u8>, Refusal> {
    let nonce = random::<NONCE_LEN>()?;
    let mut body = plain.to_vec();
    let tag = cipher(key)
        .encrypt_inout_detached(&XNonce::from(*nonce), &associated(office, kind), body.as_mut_slice().into())
        .map_err(|_| Refusal::new(RefusalCode::SelfCheckFailed).found("seal"))?;
    Ok([&nonce[..], &body, &tag].concat())
}

fn open_sealed(key: &[u8; 32], office: &[u8; 32], kind: u8, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>()?;
    let (body, tag) = rest.split_last_chunk::<TAG_LEN>()?;
    let mut plain = Zeroizing::new(body.to_vec());
    cipher(key)
        .decrypt_inout_detached(
            &XNonce::from(*nonce),
            &associated(office, kind),
            plain.as_mut_slice().into(),
            &Tag::from(*tag),
        )
        .ok()?;
    Some(plain)
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    let key: &Key = key.into();
    XChaCha20Poly1305::new(key)
}

fn associated(office: &[u8; 32], kind: u8) -> Vec<u8> {
    [LABEL, office, &[kind]].concat()
}

fn disk(path: &Path, why: &std::io::Error) -> Refusal {
    Refusal::new(RefusalCode::DiskFailed).at(path.display().to_string()).found(why)
}
