//! The vault: one key for each document, in a file of fixed slots, so that a document can be erased by overwriting 64
//! bytes, while the journal, which holds what the key seals, stays as it is.
//!
//! Here: slots, sealing and opening payloads, erasing. Not here: which record uses which slot (the journal's payloads
//! say), signing keys (`keys`).
//!
//! ```text
//! D/journal/keys, numbers big endian
//! header  "XZVAULT1" ‖ office id[32] ‖ zeros[20] ‖ u32 CRC-32(all before)                                   64 bytes
//! slot    u8 state ‖ zeros[3] ‖ key[32] ‖ zeros[24] ‖ u32 CRC-32(u64 number of the slot ‖ all before)       64 bytes
//! state   1 holds a key · 2 erased, the key is zeros. A slot of 64 zeros was never used. Anything else is damage.
//! sealed  nonce[24] ‖ XChaCha20-Poly1305(key, nonce, "xinzheng/vault/v1" ‖ u64 slot ‖ u8 kind, plain text)
//! ```
//!
//! A slot must be durable before a journal record uses it: give [`Vault::sync`] to `Journal::before_write`. A crash
//! in between leaves a slot that holds a key of nothing, and no harm.
//!
//! What overwriting can't reach: blocks that a disk has put aside, snapshots, backups. The spec says so.

mod error;
mod slot;

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Key, Tag, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

use crate::journal::{Io, RealIo, read_exact_at};
pub use error::VaultError;
use slot::{Content, SLOT_LEN};

/// The file's name in the journal's folder.
pub const FILE: &str = "keys";

/// Bytes by which a sealed payload is longer than what it holds.
pub const SEAL_OVERHEAD: usize = NONCE_LEN + TAG_LEN;

const NONCE_LEN: usize = 24;
const TAG_LEN: usize = 16;
const DOMAIN: &[u8] = b"xinzheng/vault/v1";

/// Copies header and slots of a vault from slot `first` on to the end of a copy that has those before; how many slots the
/// copy has then. A slot that is being written at its end is left out.
pub(crate) fn copy_from(vault: &Path, to: &Path, first: u64) -> Result<u64, VaultError> {
    let failed = |file: &Path| {
        let file = file.to_owned();
        move |why| VaultError::Io { file, why }
    };
    let mut from = File::open(vault).map_err(failed(vault))?;
    let slots = (from.metadata().map_err(failed(vault))?.len() / SLOT_LEN as u64).saturating_sub(1);
    let mut out = OpenOptions::new().create(true).append(true).open(to).map_err(failed(to))?;
    let skip = if first == 0 { 0 } else { (first + 1) * SLOT_LEN as u64 };
    let upto = (slots + 1) * SLOT_LEN as u64;
    from.seek(io::SeekFrom::Start(skip)).map_err(failed(vault))?;
    io::copy(&mut from.take(upto.saturating_sub(skip)), &mut out).map_err(failed(to))?;
    Ok(slots.max(first))
}

/// The number of a slot. What records keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub u64);

/// What a slot holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SlotState {
    /// Nothing was ever written there.
    Unused,
    /// A key.
    Live,
    /// A key was there and was overwritten.
    Erased,
    /// Something that is none of these.
    Damaged,
}

/// The open vault. Shared by reference between threads.
pub struct Vault {
    path: PathBuf,
    file: File,
    io: Arc<dyn Io>,
    state: Mutex<State>,
}

struct State {
    /// The slot that is given out next.
    next: u64,
    /// Writes so far, and how many of them are known to be durable.
    written: u64,
    synced: u64,
    /// The first failure; nothing is done after it.
    failed: Option<String>,
}

impl Vault {
    /// Makes an empty vault in the journal's folder, durably, readable by the owner alone where the system can say so.
    ///
    /// # Errors
    /// [`VaultError::Io`], also where there is one.
    pub fn create(dir: &Path, office: &[u8; 32], io: &dyn Io) -> Result<(), VaultError> {
        let path = dir.join(FILE);
        io.create(&path, &slot::header(office)).map_err(|why| VaultError::Io { file: path, why })?;
        Ok(())
    }

    /// Opens the vault of this office.
    ///
    /// # Errors
    /// [`VaultError::Missing`], [`VaultError::Damaged`], [`VaultError::OtherOffice`], [`VaultError::Io`].
    pub fn open(dir: &Path, office: &[u8; 32], io: Arc<dyn Io>) -> Result<Vault, VaultError> {
        let (path, file, length) = opened(dir, office, OpenOptions::new().read(true).write(true))?;
        // A slot that a crash cut off was never used by a record: it is given out again.
        let next = length / SLOT_LEN as u64 - 1;
        let state = State { next, written: 1, synced: 0, failed: None };
        Ok(Vault { path, file, io, state: Mutex::new(state) })
    }

    /// Opens it for reading alone, beside a process that may be writing: for an audit. What would write fails.
    ///
    /// # Errors
    /// As for `open`.
    pub fn open_to_read(dir: &Path, office: &[u8; 32]) -> Result<Vault, VaultError> {
        let (path, file, _) = opened(dir, office, OpenOptions::new().read(true))?;
        // Slots may come while this is open: the file's end is where they end.
        let state = State { next: u64::MAX, written: 0, synced: 0, failed: None };
        Ok(Vault { path, file, io: Arc::new(RealIo), state: Mutex::new(state) })
    }

    /// Makes sure that no slot below `next` is given out: one more than the highest that any record names.
    pub fn reserve(&self, next: u64) {
        let mut state = self.lock();
        state.next = state.next.max(next);
    }

    /// Puts a fresh key into a fresh slot. Durable after the next [`Vault::sync`].
    ///
    /// # Errors
    /// [`VaultError::Random`], [`VaultError::Failed`].
    pub fn allocate(&self) -> Result<Slot, VaultError> {
        let mut key = Zeroizing::new([0; 32]);
        getrandom::fill(&mut *key).map_err(|_| VaultError::Random)?;
        let mut state = self.lock();
        let slot = Slot(state.next);
        self.put(&mut state, slot, &Content::Live(key))?;
        state.next += 1;
        Ok(slot)
    }

    /// Makes every slot given out so far durable; costs nothing where there are none.
    ///
    /// # Errors
    /// [`VaultError::Failed`].
    pub fn sync(&self) -> Result<(), VaultError> {
        let written = {
            let state = self.lock();
            usable(&state)?;
            if state.synced == state.written {
                return Ok(());
            }
            state.written
        };
        let outcome = self.io.sync(&self.file);
        let mut state = self.lock();
        match outcome {
            Ok(()) => state.synced = state.synced.max(written),
            Err(why) => return Err(fail(&mut state, &why)),
        }
        usable(&state)
    }

    /// What is in a slot.
    ///
    /// # Errors
    /// [`VaultError::Io`].
    pub fn state(&self, slot: Slot) -> Result<SlotState, VaultError> {
        Ok(match self.get(slot)? {
            Content::Unused => SlotState::Unused,
            Content::Live(_) => SlotState::Live,
            Content::Erased => SlotState::Erased,
            Content::Damaged => SlotState::Damaged,
        })
    }

    /// Seals a payload of a record of this kind under the slot's key.
    ///
    /// # Errors
    /// [`VaultError::Unused`], [`VaultError::Erased`], [`VaultError::SlotDamaged`], [`VaultError::Random`],
    /// [`VaultError::Io`].
    pub fn seal(&self, slot: Slot, kind: u8, plain: &[u8]) -> Result<Vec<u8>, VaultError> {
        let cipher = self.cipher(slot)?;
        let mut sealed = Vec::with_capacity(plain.len() + SEAL_OVERHEAD);
        sealed.resize(NONCE_LEN, 0);
        getrandom::fill(&mut sealed).map_err(|_| VaultError::Random)?;
        sealed.extend_from_slice(plain);
        let (nonce, body) = sealed.split_at_mut(NONCE_LEN);
        let nonce = XNonce::try_from(&*nonce).map_err(|_| VaultError::SealBad { slot })?;
        let tag = cipher
            .encrypt_inout_detached(&nonce, &associated(slot, kind), body.into())
            .map_err(|_| VaultError::SealBad { slot })?;
        sealed.extend_from_slice(&tag);
        Ok(sealed)
    }

    /// Opens what `seal` sealed for the same slot and kind. Wiped when dropped.
    ///
    /// # Errors
    /// [`VaultError::Unused`], [`VaultError::Erased`], [`VaultError::SlotDamaged`], [`VaultError::SealBad`],
    /// [`VaultError::Io`].
    pub fn open_sealed(&self, slot: Slot, kind: u8, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, VaultError> {
        let bad = |_| VaultError::SealBad { slot };
        let cipher = self.cipher(slot)?;
        let (nonce, rest) = sealed.split_at_checked(NONCE_LEN).ok_or(VaultError::SealBad { slot })?;
        let (body, tag) = rest.split_last_chunk::<TAG_LEN>().ok_or(VaultError::SealBad { slot })?;
        let nonce = XNonce::try_from(nonce).map_err(|_| VaultError::SealBad { slot })?;
        let mut plain = Zeroizing::new(body.to_vec());
        cipher
            .decrypt_inout_detached(
                &nonce,
                &associated(slot, kind),
                plain.as_mut_slice().into(),
                &Tag::from(*tag),
            )
            .map_err(bad)?;
        Ok(plain)
    }

    /// Overwrites a slot's key, durably. Erasing again, or erasing a damaged slot, is fine.
    ///
    /// # Errors
    /// [`VaultError::Unused`] where nothing was ever there; [`VaultError::Failed`], [`VaultError::Io`].
    pub fn erase(&self, slot: Slot) -> Result<(), VaultError> {
        if matches!(self.get(slot)?, Content::Unused) {
            return Err(VaultError::Unused { slot });
        }
        self.put(&mut self.lock(), slot, &Content::Erased)?;
        self.sync()
    }

    fn cipher(&self, slot: Slot) -> Result<XChaCha20Poly1305, VaultError> {
        match self.get(slot)? {
            Content::Live(key) => {
                let key: &Key = (&*key).into();
                Ok(XChaCha20Poly1305::new(key))
            }
            Content::Unused => Err(VaultError::Unused { slot }),
            Content::Erased => Err(VaultError::Erased { slot }),
            Content::Damaged => Err(VaultError::SlotDamaged { file: self.path.clone(), slot }),
        }
    }

    fn get(&self, slot: Slot) -> Result<Content, VaultError> {
        // One writer at a time, and no reader sees half a slot.
        let state = self.lock();
        usable(&state)?;
        // No file is as long as the last numbers would have it.
        if slot.0 >= state.next || i64::try_from(offset(slot)).is_err() {
            return Ok(Content::Unused);
        }
        let mut bytes = Zeroizing::new([0; SLOT_LEN]);
        match read_exact_at(&self.file, offset(slot), &mut *bytes) {
            Ok(()) => Ok(Content::parse(slot.0, &bytes)),
            // Reserved, and never written: the file was cut off there.
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => Ok(Content::Unused),
            Err(why) => Err(VaultError::Io { file: self.path.clone(), why }),
        }
    }

    fn put(&self, state: &mut State, slot: Slot, content: &Content) -> Result<(), VaultError> {
        usable(state)?;
        let bytes = content.to_bytes(slot.0);
        if let Err(why) = self.io.write(&self.file, offset(slot), &*bytes) {
            return Err(fail(state, &why));
        }
        state.written += 1;
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Opens the file and compares its header; returns its length too.
fn opened(dir: &Path, office: &[u8; 32], options: &OpenOptions) -> Result<(PathBuf, File, u64), VaultError> {
    let path = dir.join(FILE);
    let failed = |why| VaultError::Io { file: path.clone(), why };
    let file = match options.open(&path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Err(VaultError::Missing { file: path }),
        Err(e) => return Err(failed(e)),
    };
    let length = file.metadata().map_err(failed)?.len();
    let mut header = [0; SLOT_LEN];
    if length < SLOT_LEN as u64 {
        return Err(VaultError::Damaged { file: path, what: "the header is cut off" });
    }
    read_exact_at(&file, 0, &mut header).map_err(failed)?;
    slot::check_header(&path, &header, office)?;
    Ok((path, file, length))
}

fn offset(slot: Slot) -> u64 {
    slot.0.saturating_add(1).saturating_mul(SLOT_LEN as u64)
}

fn associated(slot: Slot, kind: u8) -> Vec<u8> {
    [DOMAIN, &slot.0.to_be_bytes(), &[kind]].concat()
}

fn usable(state: &State) -> Result<(), VaultError> {
    match &state.failed {
        None => Ok(()),
        Some(why) => Err(VaultError::Failed { why: why.clone() }),
    }
}

fn fail(state: &mut State, why: &io::Error) -> VaultError {
    let why = why.to_string();
    state.failed.get_or_insert(why.clone());
    VaultError::Failed { why }
}

#[cfg(test)]
mod tests;
