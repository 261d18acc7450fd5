//! What can go wrong with the vault.

use std::fmt;
use std::io;
use std::path::PathBuf;

use super::Slot;

/// A vault's refusal; [`VaultError::code`] is stable.
#[derive(Debug)]
#[non_exhaustive]
pub enum VaultError {
    /// There is no vault.
    Missing {
        /// Where it would be.
        file: PathBuf,
    },
    /// The file is not a vault of this version, or its header is damaged. Nothing was changed.
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
    /// The vault belongs to another office.
    OtherOffice {
        /// The file.
        file: PathBuf,
    },
    /// The slot was never used: the vault is older than the journal.
    Unused {
        /// The slot.
        slot: Slot,
    },
    /// The document was erased.
    Erased {
        /// The slot.
        slot: Slot,
    },
    /// The slot's bytes are neither a key nor erased.
    SlotDamaged {
        /// The file.
        file: PathBuf,
        /// The slot.
        slot: Slot,
    },
    /// The payload was changed, or belongs to another slot or kind.
    SealBad {
        /// The slot.
        slot: Slot,
    },
    /// The system gave no random bytes.
    Random,
    /// A write or a flush failed earlier in this process; nothing is done any more.
    Failed {
        /// The first failure.
        why: String,
    },
    /// The file could not be read or made.
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        why: io::Error,
    },
}

impl VaultError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            VaultError::Missing { .. } => "VAULT_MISSING",
            VaultError::Damaged { .. } => "VAULT_DAMAGED",
            VaultError::OtherOffice { .. } => "VAULT_OTHER_OFFICE",
            VaultError::Unused { .. } => "VAULT_SLOT_UNUSED",
            VaultError::Erased { .. } => "VAULT_SLOT_ERASED",
            VaultError::SlotDamaged { .. } => "VAULT_SLOT_DAMAGED",
            VaultError::SealBad { .. } => "VAULT_SEAL_BAD",
            VaultError::Random => "VAULT_RANDOM",
            VaultError::Failed { .. } => "VAULT_FAILED",
            VaultError::Io { .. } => "VAULT_IO",
        }
    }
}

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VaultError::Missing { file } => write!(f, "the documents' keys are missing: {}", file.display()),
            VaultError::Damaged { file, what } => {
                write!(f, "{}: {what}; nothing was changed, restore it from a backup", file.display())
            }
            VaultError::OtherOffice { file } => write!(f, "{} belongs to another office", file.display()),
            VaultError::Unused { slot } => {
                write!(f, "the key of slot {} was never there: is the file an older copy?", slot.0)
            }
            VaultError::Erased { slot } => write!(f, "slot {}: the document was erased", slot.0),
            VaultError::SlotDamaged { file, slot } => {
                write!(f, "{}: slot {} is damaged, restore it from a backup", file.display(), slot.0)
            }
            VaultError::SealBad { slot } => {
                write!(f, "what slot {} sealed was changed, or is another's", slot.0)
            }
            VaultError::Random => f.write_str("the system gave no random bytes"),
            VaultError::Failed { why } => write!(f, "the vault failed and the process has to stop: {why}"),
            VaultError::Io { file, why } => write!(f, "{}: {why}", file.display()),
        }
    }
}

impl std::error::Error for VaultError {}
