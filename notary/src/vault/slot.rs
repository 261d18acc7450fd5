//! The bytes of the vault's header and slots.

use std::path::Path;

use zeroize::Zeroizing;

use super::VaultError;

/// Bytes of a slot, and of the header. Divides a disk's sector, so that a slot is never half written.
pub(super) const SLOT_LEN: usize = 64;

const MAGIC: &[u8; 8] = b"XZVAULT1";
const LIVE: u8 = 1;
const ERASED: u8 = 2;

/// What the 64 bytes of a slot say.
pub(super) enum Content {
    Unused,
    Live(Zeroizing<[u8; 32]>),
    Erased,
    Damaged,
}

impl Content {
    pub fn parse(number: u64, bytes: &[u8; SLOT_LEN]) -> Content {
        if bytes.iter().all(|byte| *byte == 0) {
            return Content::Unused;
        }
        let content = match bytes[0] {
            LIVE => {
                let mut key = Zeroizing::new([0; 32]);
                key.copy_from_slice(&bytes[4..36]);
                Content::Live(key)
            }
            ERASED => Content::Erased,
            _ => return Content::Damaged,
        };
        // One encoding: whatever does not come out the same is damage, whichever bytes differ.
        if *content.to_bytes(number) == *bytes { content } else { Content::Damaged }
    }

    pub fn to_bytes(&self, number: u64) -> Zeroizing<[u8; SLOT_LEN]> {
        let mut bytes = Zeroizing::new([0; SLOT_LEN]);
        match self {
            Content::Unused | Content::Damaged => return bytes,
            Content::Erased => bytes[0] = ERASED,
            Content::Live(key) => {
                bytes[0] = LIVE;
                bytes[4..36].copy_from_slice(&**key);
            }
        }
        let mut crc = crc32fast::Hasher::new();
        crc.update(&number.to_be_bytes());
        crc.update(&bytes[..60]);
        bytes[60..].copy_from_slice(&crc.finalize().to_be_bytes());
        bytes
    }
}

pub(super) fn header(office: &[u8; 32]) -> [u8; SLOT_LEN] {
    let mut bytes = [0; SLOT_LEN];
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..40].copy_from_slice(office);
    let check = crc32fast::hash(&bytes[..60]);
    bytes[60..].copy_from_slice(&check.to_be_bytes());
    bytes
}

pub(super) fn check_header(file: &Path, bytes: &[u8; SLOT_LEN], office: &[u8; 32]) -> Result<(), VaultError> {
    let file = file.to_owned();
    if *bytes == header(office) {
        return Ok(());
    }
    if bytes[..8] != *MAGIC {
        return Err(VaultError::Damaged { file, what: "not a vault, or of a version not known here" });
    }
    if crc32fast::hash(&bytes[..60]).to_be_bytes() != bytes[60..] || bytes[40..60] != [0; 20] {
        return Err(VaultError::Damaged { file, what: "the header's check is wrong" });
    }
    Err(VaultError::OtherOffice { file })
}
