//! Trust bundles, files `*.xzt`: who may issue what, with which keys, and who witnesses (spec page `trust.md`).
//!
//! ```text
//! credit.example.gov.cn/root
//! trust v1
//! root credit.example.gov.cn/root+5d1c9a0e+AV…
//! sequence 3
//! issued 1795312800
//! expires 1826848800
//! office credit.example.gov.cn/ledger
//! organisation 12619900990000084G 示例县公共信用信息中心
//! kinds credit-report credit-commitment file
//! key ledger credit.example.gov.cn/ledger+a8de51c0+AV… 1795312800 1826848800 2142381600
//! key batch credit.example.gov.cn/ledger/batch+58f2b3ce+AV… 1795312800 1826848800 2142381600
//! witness province.example.gov.cn/witness+1f02d0a7+BB… 11619900990000076Q 示例省信用中心
//! quorum none
//! ```
//!
//! Here: the text in its one form ([`fields`] are what it says, [`TrustFields::text`] writes it), who signed it, the look-up
//! of keys, the quorum. Not here: where a bundle comes from (never from beside a certificate), which sequence was seen
//! before, and whether it has expired, which the caller's clock says.

pub mod fields;
mod policy;
mod read;
mod write;

use crate::entry::{Entry, PublicKind};
use crate::error::Refused;
use crate::hash;
use crate::key::{KeyId, VerifierKey};
use crate::note::Note;
use crate::origin::Origin;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

pub use fields::{
    Authority, Chain, Compromised, Group, KeyUse, Office, OfficeKey, Organisation, Threshold, TrustFields,
    Witness,
};
pub(crate) use read::is_label;

/// A trust bundle in its one form. [`TrustBundle::open`] gives one that its root signed; [`TrustBundle::parse`] and
/// [`TrustBundle::from_text`] look at the form only.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TrustBundle {
    fields: TrustFields,
    note: Note,
    /// Place among the roots of the one that stands for the bundle.
    root: usize,
    /// Batch keys by their id: places of office and key, ascending by id.
    batch_keys: Vec<(KeyId, usize, usize)>,
}

impl TrustBundle {
    /// Reads a bundle and sees to it that its root signed it.
    ///
    /// With a pinned root, that one has to be listed and to have signed. Without, the first one listed has to have
    /// signed, which shows that the file is whole and nothing more: say so.
    pub fn open(input: &str, pinned: Option<&VerifierKey>) -> Result<TrustBundle, TrustError> {
        let mut bundle = TrustBundle::parse(input).map_err(TrustError::Bad)?;
        let roots: Vec<&VerifierKey> = bundle.fields.roots.iter().collect();
        bundle.root = match pinned {
            None => 0,
            Some(pinned) => roots.iter().position(|root| *root == pinned).ok_or(TrustError::RootOther)?,
        };
        let bad = |what: &str| TrustError::Bad(Refused::new("trust bundle", "signatures", what));
        let signed = bundle.note.verify(&roots).map_err(|e| bad(&format!("{e}")))?;
        match (signed.contains(&bundle.root), pinned) {
            (true, _) => Ok(bundle),
            (false, Some(_)) => Err(TrustError::RootOther),
            (false, None) => Err(bad("the first root that the bundle lists has not signed it")),
        }
    }

    /// Reads a signed bundle without a look at the signatures.
    pub fn parse(input: &str) -> Result<TrustBundle, Refused> {
        TrustBundle::of_note(Note::parse(input)?)
    }

    /// Reads the text of a bundle that is not signed yet.
    pub fn from_text(text: &str) -> Result<TrustBundle, Refused> {
        TrustBundle::of_note(Note::new(text)?)
    }

    fn of_note(note: Note) -> Result<TrustBundle, Refused> {
        let fields = read::read(note.text())?;
        let mut batch_keys = Vec::new();
        for (office, keys) in fields.offices.iter().map(|office| &office.keys).enumerate() {
            for (place, key) in keys.iter().enumerate().filter(|(_, key)| key.usage == KeyUse::Batch) {
                batch_keys.push((key.key.id(), office, place));
            }
        }
        batch_keys.sort_unstable();
        Ok(TrustBundle { fields, note, root: 0, batch_keys })
    }

    /// Everything that it says.
    pub fn fields(&self) -> &TrustFields {
        &self.fields
    }

    /// The text with its signatures.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// Its entry in a ledger.
    pub fn entry(&self) -> Entry {
        Entry::of_public_body(PublicKind::TrustBundle, self.note.encode().as_bytes())
    }

    /// The root that stands for the bundle: the pinned one, or the first one listed.
    pub fn root(&self) -> Option<&VerifierKey> {
        self.fields.roots.get(self.root)
    }

    /// The roots that it lists, one to four.
    pub fn roots(&self) -> &[VerifierKey] {
        &self.fields.roots
    }

    /// From 1; a lower one than seen before is a rollback.
    pub fn sequence(&self) -> u64 {
        self.fields.sequence
    }

    /// When it was signed.
    pub fn issued(&self) -> crate::time::Time {
        self.fields.issued
    }

    /// Until when it may be used.
    pub fn expires(&self) -> crate::time::Time {
        self.fields.expires
    }

    /// The offices, ascending by origin.
    pub fn offices(&self) -> &[Office] {
        &self.fields.offices
    }

    /// The office whose ledger has this name.
    pub fn office(&self, origin: &Origin) -> Option<&Office> {
        let place = self.fields.offices.binary_search_by(|office| office.origin.cmp(origin)).ok()?;
        self.fields.offices.get(place)
    }

    /// The witnesses, ascending by key name.
    pub fn witnesses(&self) -> &[Witness] {
        &self.fields.witnesses
    }

    /// The batch keys of this id with their offices: mostly one, but an id is a hint and two may share it.
    pub fn batch_keys_by_id(&self, id: KeyId) -> impl Iterator<Item = (&Office, &OfficeKey)> {
        let first = self.batch_keys.partition_point(|(other, _, _)| *other < id);
        self.batch_keys.iter().skip(first).take_while(move |(other, _, _)| *other == id).filter_map(
            |(_, office, key)| {
                let office = self.fields.offices.get(*office)?;
                Some((office, office.keys.get(*key)?))
            },
        )
    }

    /// Whether the quorum is met where exactly the witnesses with these key names have cosigned; none where the bundle
    /// asks for no quorum. The caller has verified the cosignatures.
    pub fn quorum_met(&self, cosigned: &[&str]) -> Option<bool> {
        policy::quorum_met(&self.fields, cosigned)
    }

    /// A C2SP tlog-policy for the ledger of one office; none where the bundle has no such office.
    pub fn export_policy(&self, origin: &Origin) -> Option<String> {
        self.office(origin).map(|office| policy::export(&self.fields, office))
    }
}

/// A root key for people to compare: 16 bytes in lower-case hexadecimal, in groups of four digits with spaces between.
pub fn fingerprint(root: &VerifierKey) -> String {
    let hash = hash::tagged("xinzheng/root-fingerprint/v1", &[root.encode().as_bytes()]);
    let mut out = String::new();
    for (place, byte) in hash.as_bytes().iter().take(16).enumerate() {
        let space = if place > 0 && place.is_multiple_of(2) { " " } else { "" };
        out.push_str(&format!("{space}{byte:02x}"));
    }
    out
}

/// Why a bundle can't be used.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum TrustError {
    /// It is not a trust bundle, or not signed by its root.
    Bad(Refused),
    /// It is not the pinned root's.
    RootOther,
}

impl TrustError {
    /// `TRUST_BAD` or `ROOT_OTHER`.
    pub const fn code(&self) -> &'static str {
        match self {
            TrustError::Bad(_) => "TRUST_BAD",
            TrustError::RootOther => "ROOT_OTHER",
        }
    }
}

impl fmt::Display for TrustError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TrustError::Bad(refused) => refused.fmt(f),
            TrustError::RootOther => f.write_str(
                "the pinned root has not signed this trust bundle; get the bundle from who published the pinned root, \
                 or compare the new root's fingerprint and pin it",
            ),
        }
    }
}

impl core::error::Error for TrustError {}

#[cfg(test)]
mod tests;
