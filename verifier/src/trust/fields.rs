//! What a trust bundle says, as plain data.
//!
//! Filled in by an office or a publisher and written by [`TrustFields::text`], or read from a bundle. Nothing here is
//! checked: the text is, when it is written and when it is read.

use crate::hash::Hash;
use crate::key::VerifierKey;
use crate::origin::Origin;
use crate::registry::DocumentKind;
use crate::time::Time;
use alloc::string::String;
use alloc::vec::Vec;

/// All of it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrustFields {
    /// Who publishes it; its roots are named `<publisher>/root`.
    pub publisher: Origin,
    /// One to four.
    pub roots: Vec<VerifierKey>,
    /// From 1.
    pub sequence: u64,
    /// When it was signed.
    pub issued: Time,
    /// Later than issued.
    pub expires: Time,
    /// Who may issue certificates.
    pub offices: Vec<Office>,
    /// Who cosigns checkpoints.
    pub witnesses: Vec<Witness>,
    /// Who signs timestamps.
    pub authorities: Vec<Authority>,
    /// Where checkpoints are anchored.
    pub chains: Vec<Chain>,
    /// Groups of witnesses; a group names only witnesses and groups before it.
    pub groups: Vec<Group>,
    /// Key name of a witness or label of a group; none: no quorum is asked for.
    pub quorum: Option<String>,
}

/// An organisation. Two tokens that differ are two organisations.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Organisation {
    /// A unified social credit code, or a host name.
    pub token: String,
    /// As people know it.
    pub name: String,
}

/// One office with its ledger.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Office {
    /// The name of its ledger.
    pub origin: Origin,
    /// Whose office it is.
    pub organisation: Organisation,
    /// What it may issue certificates of.
    pub kinds: Vec<DocumentKind>,
    /// Where its status lists are.
    pub status_url: Option<String>,
    /// Its keys.
    pub keys: Vec<OfficeKey>,
}

impl Office {
    /// Its keys for one use.
    pub fn keys_for(&self, usage: KeyUse) -> impl Iterator<Item = &OfficeKey> {
        self.keys.iter().filter(move |key| key.usage == usage)
    }
}

/// What an office's key signs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum KeyUse {
    /// Checkpoints.
    Ledger,
    /// Batch notes.
    Batch,
    /// Status notes.
    Status,
    /// PDF files.
    Pdf,
}

impl KeyUse {
    /// In the order of the bundle.
    pub const ALL: [KeyUse; 4] = [KeyUse::Ledger, KeyUse::Batch, KeyUse::Status, KeyUse::Pdf];

    /// The word in the bundle.
    pub const fn name(self) -> &'static str {
        match self {
            KeyUse::Ledger => "ledger",
            KeyUse::Batch => "batch",
            KeyUse::Status => "status",
            KeyUse::Pdf => "pdf",
        }
    }

    /// The name that a key of this use has.
    pub fn key_name(self, origin: &Origin) -> String {
        match self {
            KeyUse::Ledger => origin.ledger_key_name(),
            KeyUse::Batch => origin.batch_key_name(),
            KeyUse::Status => origin.status_key_name(),
            KeyUse::Pdf => origin.pdf_key_name(),
        }
    }

    /// The other way.
    pub fn from_name(name: &str) -> Option<KeyUse> {
        KeyUse::ALL.into_iter().find(|usage| usage.name() == name)
    }
}

/// A key of an office, and when it is good.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OfficeKey {
    /// What it signs.
    pub usage: KeyUse,
    /// The key.
    pub key: VerifierKey,
    /// What it signs is good from then on,
    pub sign_from: Time,
    /// and until then, this second included.
    pub sign_until: Time,
    /// What it signed may be relied on until then, this second included.
    pub verify_until: Time,
    /// That somebody else may have had it.
    pub compromised: Option<Compromised>,
}

impl OfficeKey {
    /// Whether what it signs at this time is good by its dates.
    pub fn in_force(&self, time: Time) -> bool {
        self.sign_from <= time && time <= self.sign_until
    }
}

/// From when on a key may have been somebody else's, and the last good checkpoint.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Compromised {
    /// From then on.
    pub from: Time,
    /// Size of the last good checkpoint.
    pub size: u64,
    /// Root of the last good checkpoint.
    pub root: Hash,
}

/// A witness. Its key has one name, and its name one key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Witness {
    /// Of type 0x04.
    pub key: VerifierKey,
    /// Whose it is.
    pub organisation: Organisation,
}

/// A timestamp authority (RFC 3161).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Authority {
    /// What the bundle calls it.
    pub label: String,
    /// The organisation's token.
    pub token: String,
    /// Its certificate, in DER.
    pub certificate: Vec<u8>,
}

/// A chain on which somebody writes checkpoints.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Chain {
    /// What the bundle calls it.
    pub label: String,
    /// The chain's number.
    pub chain_id: u64,
    /// The sender's address: 20 bytes.
    pub sender: [u8; 20],
    /// The organisation's token.
    pub token: String,
}

/// A group of witnesses and groups.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Group {
    /// What the bundle calls it.
    pub label: String,
    /// How many of the members it takes.
    pub threshold: Threshold,
    /// Key names of witnesses and labels of groups before this one.
    pub members: Vec<String>,
}

/// How many members of a group it takes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Threshold {
    /// One.
    Any,
    /// All of them.
    All,
    /// So many: 1 to the number of members.
    AtLeast(u64),
}
