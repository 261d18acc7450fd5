//! Where people are kept: a journal of their own, every payload sealed.
//!
//! ```text
//! D/people/key                              {"format":"xinzheng/people-key/v2","seals":[{"under":"<vkey>","salt":…,"sealed":…}]}
//! D/people/segment-00000000000000000001     records: kind 1 an account as it is from now on, kind 2 an API key likewise
//! payload                                   nonce[24] ‖ XChaCha20-Poly1305(people key, nonce,
//!                                           "xinzheng/people/v1" ‖ office id ‖ u8 kind, JSON)
//! ```
//!
//! The people key is 32 random bytes, sealed under SHA-256("xinzheng/people-key/v1" ‖ 0 ‖ signature), where the
//! signature is a ledger key's (Ed25519 is deterministic) over "xinzheng/people-key/v1" ‖ 0 ‖ office id ‖ salt. The
//! ledger key lies encrypted under the office's passphrase: who copies the folder without the passphrase sees how many
//! accounts there are and nothing else of them.
//!
//! There is a seal under every ledger key that signs now or will, so that any of them opens it. It is the same people key for
//! ever; after a rotation, and at every start, its file is written anew where the keys are others than it has seals for. Version 1
//! of the file is one seal.
//!
//! Where a ledger key lies behind an external program there is one seal more, under the office's passphrase (`"under":"passphrase"`,
//! argon2id with the seal's salt): while the program is away the office opens all the same, and does what needs no signature.

use std::fs;
use std::path::{Path, PathBuf};

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Key, Tag, XChaCha20Poly1305, XNonce};
use serde::{Deserialize, Serialize};
use verifier::base64;
use verifier::hash::tagged;
use zeroize::Zeroizing;

use super::{password, random};
use crate::journal::{Io, Journal, RealIo, Settings};
use crate::keys::{Passphrase, Signer};
use crate::office::{PeopleKeys, Spare};
use crate::refusal::{Refusal, RefusalCode};

/// The folder in the office's.
pub(crate) const FOLDER: &str = "people";
const KEY: &str = "key";
const KEY_FORMAT: &str = "xinzheng/people-key/v2";
const KEY_FORMAT_ONE: &str = "xinzheng/people-key/v1";
/// The file while it is written anew.
const KEY_NEW: &str = ".key.new";
/// Seals in the key's file: the ledger keys that an office may have, and the passphrase.
const SEALS_MAX: usize = verifier::limits::OFFICE_KEYS + 1;
/// What a seal is under that the office's passphrase opens. No vkey is spelled like this.
const PASSPHRASE: &str = "passphrase";
const LABEL: &[u8] = b"xinzheng/people/v1";
/// Bytes of the key's file, at most.
const KEY_FILE_MAX: u64 = 64 << 10;
const NONCE_LEN: usize = 24;
const TAG_LEN: usize = 16;

/// Kinds of records.
pub(super) const ACCOUNT: u8 = 1;
pub(super) const API_KEY: u8 = 2;

/// The open journal and its key.
pub(super) struct Store {
    journal: Journal,
    dir: PathBuf,
    office: [u8; 32],
    key: Zeroizing<[u8; 32]>,
}

/// The key's file: version 2, or version 1.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum KeyFile {
    Two(KeyFileTwo),
    One(KeyFileOne),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFileTwo {
    format: String,
    seals: Vec<Seal>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeyFileOne {
    format: String,
    under: String,
    salt: String,
    sealed: String,
}

/// The people key under one ledger key.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Seal {
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
        keys: &PeopleKeys,
        visit: Visit<'_>,
        reports: &mut Vec<String>,
    ) -> Result<Store, Refusal> {
        let dir = office_dir.join(FOLDER);
        make_private(&dir)?;
        let has_journal = has_segments(&dir)?;
        let key = match read_seals(&dir)? {
            Some(seals) => {
                let key = open_seals(&office, &seals, keys)?;
                seal_anew(&dir, &office, &key, &seals, keys)?;
                key
            }
            None if has_journal => {
                return Err(Refusal::new(RefusalCode::PeopleDamaged).at("people/key").found("people/key"));
            }
            None => {
                let key = random::<32>()?;
                seal_anew(&dir, &office, &key, &[], keys)?;
                key
            }
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
        Ok(Store { journal, dir, office, key })
    }

    /// Seals the people key under the ledger keys of now, where the file has seals under others.
    pub(super) fn seal_anew(&self, keys: &PeopleKeys) -> Result<(), Refusal> {
        let seals = read_seals(&self.dir)?.unwrap_or_default();
        seal_anew(&self.dir, &self.office, &self.key, &seals, keys)
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

/// The seals in the key's file; `None` where there is no such file.
fn read_seals(dir: &Path) -> Result<Option<Vec<Seal>>, Refusal> {
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
    let (right, seals) = match file {
        KeyFile::Two(KeyFileTwo { format, seals }) => (format == KEY_FORMAT, seals),
        KeyFile::One(KeyFileOne { format, under, salt, sealed }) => {
            (format == KEY_FORMAT_ONE, vec![Seal { under, salt, sealed }])
        }
    };
    match right && !seals.is_empty() && seals.len() <= SEALS_MAX {
        true => Ok(Some(seals)),
        false => Err(damaged("format")),
    }
}

/// The people key, by the first seal that a ledger key of this folder opens.
fn open_seals(office: &[u8; 32], seals: &[Seal], keys: &PeopleKeys) -> Result<Zeroizing<[u8; 32]>, Refusal> {
    let damaged = |what: &str| Refusal::new(RefusalCode::PeopleDamaged).at("people/key").found(what);
    let mut failed = None;
    for (seal, signer) in seals.iter().filter_map(|seal| Some((seal, keys.named(&seal.under)?))) {
        match open_one(office, seal, &**signer) {
            Ok(Some(key)) => return Ok(key),
            Ok(None) => failed = failed.or(Some(damaged("sealed"))),
            // One signer that can't be reached does not keep the others from opening it.
            Err(refusal) => failed = failed.or(Some(refusal)),
        }
    }
    let spare = keys.spare.as_ref().zip(seals.iter().find(|seal| seal.under == PASSPHRASE));
    if let Some((spare, seal)) = spare
        && let Some(key) = open_under(office, seal, &spare.passphrase)?
    {
        return Ok(key);
    }
    let under = || seals.iter().map(|seal| seal.under.as_str()).collect::<Vec<_>>().join(", ");
    Err(failed.unwrap_or_else(|| Refusal::new(RefusalCode::PeopleKey).at("people/key").found(under())))
}

fn open_one(
    office: &[u8; 32],
    seal: &Seal,
    signer: &dyn Signer,
) -> Result<Option<Zeroizing<[u8; 32]>>, Refusal> {
    let (Some(salt), Some(sealed)) = (base64::decode(&seal.salt), base64::decode(&seal.sealed)) else {
        return Ok(None);
    };
    Ok(unwrapped(&*wrapping(office, &salt, signer)?, office, &sealed))
}

/// The same with the passphrase.
fn open_under(
    office: &[u8; 32],
    seal: &Seal,
    passphrase: &Passphrase,
) -> Result<Option<Zeroizing<[u8; 32]>>, Refusal> {
    let (Some(salt), Some(sealed)) = (base64::decode(&seal.salt), base64::decode(&seal.sealed)) else {
        return Ok(None);
    };
    let Ok(salt) = <[u8; 32]>::try_from(salt) else { return Ok(None) };
    Ok(unwrapped(&*password::stretched(passphrase, &salt)?, office, &sealed))
}

fn unwrapped(wrapping: &[u8; 32], office: &[u8; 32], sealed: &[u8]) -> Option<Zeroizing<[u8; 32]>> {
    let plain = open_sealed(wrapping, office, 0, sealed)?;
    <[u8; 32]>::try_from(plain.as_slice()).ok().map(Zeroizing::new)
}

/// Writes the key's file with a seal under each wanted ledger key; those that are there already stay. Where no wanted one is
/// here to seal with, the file stays as it is: what opened it opens it again.
fn seal_anew(
    dir: &Path,
    office: &[u8; 32],
    key: &[u8; 32],
    before: &[Seal],
    keys: &PeopleKeys,
) -> Result<(), Refusal> {
    let here = keys.to_seal_under(before.is_empty());
    let names: Vec<String> = here.iter().map(|signer| signer.key().encode()).collect();
    let lasting = |seal: &&Seal| keys.wanted.iter().any(|key| key.encode() == seal.under);
    // One whose private half is away for the moment opens it another day.
    let mut seals: Vec<Seal> = before.iter().filter(lasting).cloned().collect();
    for signer in here {
        if seals.len() < verifier::limits::OFFICE_KEYS
            && !seals.iter().any(|seal| seal.under == signer.key().encode())
        {
            match sealed_under(office, key, &*signer) {
                Ok(seal) => seals.extend(seal),
                // There is a seal that opens, and the next start tries this one again.
                Err(_) if !before.is_empty() => {}
                Err(refusal) => return Err(refusal),
            }
        }
    }
    if !seals.iter().any(|seal| names.contains(&seal.under)) {
        seals.clear();
    }
    if let Some(spare) = keys.spare.as_ref().filter(|_| !seals.is_empty()) {
        let known = before.iter().find(|seal| seal.under == PASSPHRASE);
        seals.extend(spare_seal(office, key, known, spare)?);
    }
    let same = seals.len() == before.len()
        && seals.iter().zip(before).all(|(seal, known)| seal.under == known.under && seal.salt == known.salt);
    if seals.is_empty() && before.is_empty() {
        return Err(Refusal::new(RefusalCode::KeyMissing).at("keys").found("ledger"));
    }
    if seals.is_empty() || same {
        return Ok(());
    }
    let file = KeyFile::Two(KeyFileTwo { format: KEY_FORMAT.to_string(), seals });
    let bytes = serde_json::to_vec(&file).unwrap_or_default();
    let (path, new) = (dir.join(KEY), dir.join(KEY_NEW));
    match fs::remove_file(&new) {
        Err(why) if why.kind() != std::io::ErrorKind::NotFound => return Err(disk(&new, &why)),
        _ => {}
    }
    // A crash before the rename: the old file, under keys whose files are still here. After: the new one.
    RealIo.create(&new, &bytes).map_err(|why| disk(&new, &why))?;
    fs::rename(&new, &path).and_then(|()| crate::journal::sync_parent(&path)).map_err(|why| disk(&path, &why))
}

/// The people key under one ledger key; `None` where that does not sign the same twice, and so could not open it again.
fn sealed_under(office: &[u8; 32], key: &[u8; 32], signer: &dyn Signer) -> Result<Option<Seal>, Refusal> {
    let salt = random::<32>()?;
    let sealed = seal(&*wrapping(office, &*salt, signer)?, office, 0, key)?;
    let seal =
        Seal { under: signer.key().encode(), salt: base64::encode(&*salt), sealed: base64::encode(&sealed) };
    let opened = open_one(office, &seal, signer)?;
    Ok(opened.is_some_and(|opened| *opened == *key).then_some(seal))
}

/// The seal under the passphrase: the one that there is where that opens, or where nothing shows which passphrase is the right one.
fn spare_seal(
    office: &[u8; 32],
    key: &[u8; 32],
    known: Option<&Seal>,
    spare: &Spare,
) -> Result<Option<Seal>, Refusal> {
    if let Some(known) = known
        && (!spare.proven || open_under(office, known, &spare.passphrase)?.is_some())
    {
        return Ok(Some(known.clone()));
    }
    let salt = random::<32>()?;
    let sealed = seal(&*password::stretched(&spare.passphrase, &salt)?, office, 0, key)?;
    let (salt, sealed) = (base64::encode(&*salt), base64::encode(&sealed));
    Ok(Some(Seal { under: PASSPHRASE.to_string(), salt, sealed }))
}

/// The key that the people key is sealed under.
fn wrapping(office: &[u8; 32], salt: &[u8], signer: &dyn Signer) -> Result<Zeroizing<[u8; 32]>, Refusal> {
    let message = [KEY_FORMAT_ONE.as_bytes(), &[0], office, salt].concat();
    let signature = Zeroizing::new(signer.sign(&message)?);
    Ok(Zeroizing::new(*tagged(KEY_FORMAT_ONE, &[&*signature]).as_bytes()))
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
