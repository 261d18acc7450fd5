//! The office's keys that sign: what each is for, the files they lie in, signing with them.
//!
//! Here: [`KeyUse`], [`KeyFile`], [`Signer`], passphrases, the published example keys. Not here: when a key is good (the
//! trust bundle says), verifying (`verifier`), the keys that documents are sealed with (`vault`).
//!
//! A key is two files, of which the first may be locked away:
//!
//! ```text
//! D/keys/batch-1f0c44a2.pem     -----BEGIN ENCRYPTED PRIVATE KEY-----      PKCS#8 v1 (RFC 5208) in PBES2 (RFC 8018):
//!                               MIGjMF8GCSqGSIb3DQEFDTBSMDEGCSqGSIb3DQEF…  PBKDF2-HMAC-SHA256, AES-256-CBC, as OpenSSL
//! D/keys/batch-1f0c44a2.vkey    credit.example.gov.cn/ledger/batch+1f0c44a2+AaLc…     name and public key
//!                               sha256 4zbiA5Ecqkuh6Jv1eA8vWQ2pvG8rBZ0s3rJ2bVY2nZk=   of the .pem file
//! ```
//!
//! Where the private key lies in a hardware module or on a signing server, a file `batch-1f0c44a2.signer` stands in place of the
//! `.pem` file and names the program that signs (`command`).
//!
//! Listing reads the second alone and needs no passphrase. Its second line tells a wrong passphrase from a damaged
//! file; where it is missing, or a key was encrypted again with other tools, the key is judged by what comes out of it.
//! No file is ever overwritten. Secrets have no `Debug`, go into no message, and are wiped when dropped.

pub mod chain;
pub mod command;
mod error;
pub mod example;
mod file;
mod folder;
mod passphrase;
mod pkcs8;
mod signer;
mod words;

use verifier::key::{KeyKind, KeyName};
use verifier::origin::Origin;

pub use chain::ChainKey;
pub use command::{CommandSigner, SIGNER_EXTENSION, SignerFault, SignerHealth, enroll};
pub use error::KeyError;
pub use example::is_example_key;
pub use file::{KeyFile, unlock_all};
pub use folder::{KeyPlace, Listed, list, open};
pub use passphrase::{PASSPHRASE_MAX, Passphrase};
pub use pkcs8::ITERATIONS;
pub use signer::Signer;

/// What a key signs (spec page `notes.md`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyUse {
    /// Trust bundles, of a publisher. Kept offline.
    Root,
    /// Checkpoints.
    Ledger,
    /// Batch notes.
    Batch,
    /// Status notes.
    Status,
    /// PDF files.
    Pdf,
    /// Cosignatures of other ledgers' checkpoints.
    Witness,
}

impl KeyUse {
    /// Every use.
    pub const ALL: [KeyUse; 6] =
        [KeyUse::Root, KeyUse::Ledger, KeyUse::Batch, KeyUse::Status, KeyUse::Pdf, KeyUse::Witness];

    /// The word for it, in file names and lists.
    pub fn as_str(self) -> &'static str {
        match self {
            KeyUse::Root => "root",
            KeyUse::Ledger => "ledger",
            KeyUse::Batch => "batch",
            KeyUse::Status => "status",
            KeyUse::Pdf => "pdf",
            KeyUse::Witness => "witness",
        }
    }

    /// The use in a trust bundle.
    pub fn of(usage: verifier::trust::KeyUse) -> KeyUse {
        match usage {
            verifier::trust::KeyUse::Ledger => KeyUse::Ledger,
            verifier::trust::KeyUse::Batch => KeyUse::Batch,
            verifier::trust::KeyUse::Status => KeyUse::Status,
            verifier::trust::KeyUse::Pdf => KeyUse::Pdf,
        }
    }

    /// The other way.
    pub fn parse(word: &str) -> Option<KeyUse> {
        KeyUse::ALL.into_iter().find(|key_use| key_use.as_str() == word)
    }

    /// The name of such a key under an origin; of a root key, under a publisher.
    pub fn key_name(self, origin: &Origin) -> String {
        match self {
            KeyUse::Root => origin.root_key_name(),
            KeyUse::Ledger => origin.ledger_key_name(),
            KeyUse::Batch => origin.batch_key_name(),
            KeyUse::Status => origin.status_key_name(),
            KeyUse::Pdf => origin.pdf_key_name(),
            KeyUse::Witness => origin.witness_key_name(),
        }
    }

    /// The kind of such a key: a witness signs a time with the checkpoint.
    pub fn kind(self) -> KeyKind {
        if self == KeyUse::Witness { KeyKind::Cosignature } else { KeyKind::Note }
    }

    /// Whether a key of this name and kind can be one of this use.
    fn fits(self, name: &KeyName, kind: KeyKind) -> bool {
        let suffix = match self {
            KeyUse::Ledger => "",
            KeyUse::Root => "/root",
            KeyUse::Batch => "/batch",
            KeyUse::Status => "/status",
            KeyUse::Pdf => "/pdf",
            KeyUse::Witness => "/witness",
        };
        let origin = name.as_str().strip_suffix(suffix).and_then(|origin| Origin::parse(origin).ok());
        kind == self.kind() && origin.is_some()
    }
}

#[cfg(test)]
mod tests;
