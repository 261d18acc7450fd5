//! The payload of a QR code: core, path, batch note in parts, key id and signature.
//!
//! ```text
//! 01  0337  xxxxxxxx  0118 …core…  10  11  0d  b2aaf3d706  05 …5 hashes…  …key id…  …signature…
//! ```

use alloc::format;
use alloc::vec::Vec;

use super::{FORMAT, ScanError};
use crate::core::Core;
use crate::error::Refused;
use crate::hash::Hash;
use crate::key::KeyId;
use crate::limits::{CORE_QR_BYTES, PATH_HASHES, QR_PAYLOAD_BYTES};
use crate::merkle::Subtree;
use crate::time::Time;

/// The version of the payload that is described here.
const VERSION: u8 = 1;
/// Bytes of an integer in base 128 at most: 63 bits.
const VAR_BYTES: usize = 9;

/// What a QR code carries: the core, and the batch note of its entry in parts. The note's text is rebuilt with the name
/// of the key that is found by key id, and with the hash that the path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrPayload {
    core: Core,
    subtree: Subtree,
    index: u64,
    time: Time,
    path: Vec<Hash>,
    key_id: KeyId,
    signature: [u8; 64],
}

impl QrPayload {
    /// A payload. `index` is that of the entry in the ledger, `path` from leaf to root of `subtree`.
    ///
    /// # Errors
    /// If the index is not in the subtree, the subtree ends beyond 2^63 − 1, or core or payload are longer than a QR code
    /// allows.
    pub fn new(
        core: Core,
        subtree: Subtree,
        index: u64,
        time: Time,
        path: Vec<Hash>,
        key_id: KeyId,
        signature: [u8; 64],
    ) -> Result<QrPayload, Refused> {
        let payload = QrPayload { core, subtree, index, time, path, key_id, signature };
        payload.check(payload.encode().len())?;
        Ok(payload)
    }

    /// What holds for every payload; `length` is that of its bytes.
    fn check(&self, length: usize) -> Result<(), Refused> {
        let refuse = |at: &str, what| Err(Refused::new(FORMAT, at, what));
        let core = self.core.as_bytes().len();
        if !self.subtree.contains(self.index) {
            refuse("index", format!("{} is not in the range of the batch note", self.index))
        } else if core > CORE_QR_BYTES {
            refuse("core", format!("{core} bytes where at most {CORE_QR_BYTES} are allowed"))
        } else if self.path.len() > PATH_HASHES || length > QR_PAYLOAD_BYTES {
            refuse("", format!("{length} bytes where at most {QR_PAYLOAD_BYTES} are allowed"))
        } else {
            Ok(())
        }
    }

    /// Reads a payload.
    ///
    /// # Errors
    /// `SCAN_INCOMPLETE` unless length and CRC hold, then `VERSION_UNKNOWN`, then `FORMAT_BAD`.
    pub fn parse(bytes: &[u8]) -> Result<QrPayload, ScanError> {
        let mut r = Reader { length: bytes.len(), rest: bytes };
        let incomplete = |_| ScanError::Incomplete;
        let [version] = r.array().map_err(incomplete)?;
        let length = u16::from_be_bytes(r.array().map_err(incomplete)?);
        let crc = u32::from_be_bytes(r.array().map_err(incomplete)?);
        if usize::from(length) != bytes.len() || crc32fast::hash(r.rest) != crc {
            return Err(ScanError::Incomplete);
        }
        if version != VERSION {
            return Err(ScanError::VersionUnknown(version));
        }
        let payload = r.payload()?;
        payload.check(bytes.len())?;
        Ok(payload)
    }

    /// The bytes of the payload.
    pub fn encode(&self) -> Vec<u8> {
        let mut after = Vec::new();
        after.extend_from_slice(&length16(self.core.as_bytes()));
        after.extend_from_slice(self.core.as_bytes());
        var(&mut after, self.subtree.start());
        var(&mut after, self.subtree.size());
        var(&mut after, self.index.saturating_sub(self.subtree.start()));
        var(&mut after, self.time.seconds());
        after.push(u8::try_from(self.path.len()).unwrap_or(u8::MAX));
        self.path.iter().for_each(|hash| after.extend_from_slice(hash.as_bytes()));
        after.extend_from_slice(self.key_id.as_bytes());
        after.extend_from_slice(&self.signature);
        let whole = u16::try_from(after.len().saturating_add(7)).unwrap_or(u16::MAX);
        let mut out = Vec::from([VERSION]);
        out.extend_from_slice(&whole.to_be_bytes());
        out.extend_from_slice(&crc32fast::hash(&after).to_be_bytes());
        out.append(&mut after);
        out
    }

    /// The core.
    pub fn core(&self) -> &Core {
        &self.core
    }

    /// The range of the batch note.
    pub fn subtree(&self) -> Subtree {
        self.subtree
    }

    /// The index of the entry in the ledger.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// The time of the batch note.
    pub fn time(&self) -> Time {
        self.time
    }

    /// The path from the entry to the root of the subtree.
    pub fn path(&self) -> &[Hash] {
        &self.path
    }

    /// The id of the batch key.
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// The signature of the batch note.
    pub fn signature(&self) -> &[u8; 64] {
        &self.signature
    }
}

/// An integer in base 128, least significant group first, in its shortest form.
fn var(out: &mut Vec<u8>, mut n: u64) {
    while n >= 0x80 {
        out.push(n.to_le_bytes()[0] | 0x80);
        n = n.wrapping_shr(7);
    }
    out.push(n.to_le_bytes()[0]);
}

fn length16(bytes: &[u8]) -> [u8; 2] {
    u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes()
}

struct Reader<'a> {
    length: usize,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Everything after the CRC.
    fn payload(&mut self) -> Result<QrPayload, Refused> {
        let n = usize::from(u16::from_be_bytes(self.array()?));
        let core = Core::parse(self.take(n)?)?;
        let start = self.var()?;
        let size = self.var()?;
        let end = start.checked_add(size).ok_or_else(|| self.refuse("the range ends beyond all numbers"))?;
        let subtree = Subtree::new(start, end)?;
        let offset = self.var()?;
        let index =
            start.checked_add(offset).ok_or_else(|| self.refuse("the index is beyond all numbers"))?;
        let time = Time::new(self.var()?)?;
        let [h] = self.array()?;
        if usize::from(h) > PATH_HASHES {
            return Err(self.refuse(format!("{h} hashes where at most {PATH_HASHES} are allowed")));
        }
        let path: Result<Vec<Hash>, Refused> = (0..h).map(|_| Ok(Hash::from_bytes(self.array()?))).collect();
        let (path, key_id, signature) = (path?, KeyId::from_bytes(self.array()?), self.array()?);
        if !self.rest.is_empty() {
            return Err(self.refuse("bytes after the signature"));
        }
        Ok(QrPayload { core, subtree, index, time, path, key_id, signature })
    }

    fn var(&mut self) -> Result<u64, Refused> {
        let mut n = 0u64;
        for place in 0..VAR_BYTES {
            let [byte] = self.array()?;
            let shift = u32::try_from(place.saturating_mul(7)).unwrap_or(0);
            n |= u64::from(byte & 0x7F).wrapping_shl(shift);
            if byte & 0x80 == 0 {
                let shortest = byte != 0 || place == 0;
                return if shortest {
                    Ok(n)
                } else {
                    Err(self.refuse("an integer longer than its shortest form"))
                };
            }
        }
        Err(self.refuse("an integer of more than 9 bytes"))
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], Refused> {
        let taken = self.take(N)?;
        taken.try_into().map_err(|_| self.refuse("ends too early"))
    }

    fn take(&mut self, n: usize) -> Result<&'a [u8], Refused> {
        let (taken, rest) = self.rest.split_at_checked(n).ok_or_else(|| self.refuse("ends too early"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn refuse(&self, what: impl Into<alloc::string::String>) -> Refused {
        Refused::new(FORMAT, format!("byte {}", self.length.saturating_sub(self.rest.len())), what)
    }
}
