//! The certificate file `NUMBER.xzc` (spec/certificate.md): all that offline checking needs, in one line of compact JSON.
//!
//! ```text
//! {"format":"xinzheng/certificate/v1","core":"<base64>","index":29,"path":["<base64>",…],"batch_note":"…",
//!  "digests":["<base64url>",…],"disclosures":["…",…],"tlog_proof":"…","anchors":[…]}
//! ```
//!
//! Here: the file and its parts, and making a copy that shows less. Not here: whether anything of it is true. What a
//! reader shows is decoded from core, notes and disclosures once they are verified; there is no second copy of it.

mod read;
#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

pub use read::CertificateError;

use crate::anchor::Anchor;
use crate::base64;
use crate::batch_note::BatchNote;
use crate::core::Core;
use crate::disclosure::{self, Disclosure, DisclosureError, Place, Shown};
use crate::error::Refused;
use crate::hash::Hash;
use crate::json::{self, Value};
use crate::limits::{ANCHORS, CERTIFICATE_BYTES, DISCLOSURES, PATH_HASHES};
use crate::note::Note;
use crate::qr::QrPayload;
use crate::tlog_proof::TlogProof;

const FORMAT: &str = "certificate";
const NAME: &str = "xinzheng/certificate/v1";
/// The largest number that strict JSON writes, 2^53 − 1.
const LARGEST_INDEX: u64 = 9_007_199_254_740_991;

/// A certificate file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    parts: CertificateParts,
    batch: BatchNote,
}

/// The members of a certificate file, to be put together by [`Certificate::from_parts`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateParts {
    /// The core.
    pub core: Core,
    /// Index of its entry in the ledger.
    pub index: u64,
    /// From the entry to the root of the batch note's subtree.
    pub path: Vec<Hash>,
    /// The signed batch note.
    pub batch_note: Note,
    /// All digests of the document, ascending; or none, and then no disclosures either.
    pub digests: Vec<Hash>,
    /// What is shown of the document, as it is carried. [`Certificate::shown`] reads and checks it.
    pub disclosures: Vec<String>,
    /// The proof of the same entry under a checkpoint.
    pub tlog_proof: Option<TlogProof>,
    /// Evidence of other kinds. One of a kind that is not known is kept as it is.
    pub anchors: Vec<Anchor>,
}

impl Certificate {
    /// The certificate of these parts.
    ///
    /// # Errors
    /// If the batch note is none, or a part is beyond its limit.
    pub fn from_parts(parts: CertificateParts) -> Result<Certificate, Refused> {
        let certificate = Certificate::within_limits(parts)?;
        at_most("", certificate.encode().len(), CERTIFICATE_BYTES)?;
        Ok(certificate)
    }

    /// As [`Certificate::from_parts`], for parts of a file whose length is known to be within its limit.
    fn within_limits(parts: CertificateParts) -> Result<Certificate, Refused> {
        let batch = BatchNote::from_text(parts.batch_note.text())?;
        at_most("/path", parts.path.len(), PATH_HASHES)?;
        at_most("/digests", parts.digests.len(), DISCLOSURES)?;
        at_most("/disclosures", parts.disclosures.len(), DISCLOSURES)?;
        at_most("/anchors", parts.anchors.len(), ANCHORS)?;
        if parts.index > LARGEST_INDEX {
            return Err(Refused::new(FORMAT, "/index", "beyond what JSON can write"));
        }
        Ok(Certificate { parts, batch })
    }

    /// Reads a file.
    ///
    /// # Errors
    /// That it is something else, cut off, of another version, or malformed. Faults of digests and disclosures against
    /// the core are found by [`Certificate::shown`], faults of the proof by whoever verifies it.
    pub fn parse(bytes: &[u8]) -> Result<Certificate, CertificateError> {
        read::read(bytes)
    }

    /// The bytes of the file.
    pub fn encode(&self) -> Vec<u8> {
        let p = &self.parts;
        let list = |items: Vec<String>| Value::Array(items.into_iter().map(Value::String).collect());
        let mut members = Vec::from([
            ("format", NAME.into()),
            ("core", base64::encode(p.core.as_bytes()).into()),
            ("index", Value::Integer(i64::try_from(p.index).unwrap_or(i64::MAX))),
            ("path", list(p.path.iter().map(Hash::to_base64).collect())),
            ("batch_note", p.batch_note.encode().into()),
            ("digests", list(p.digests.iter().map(|digest| base64::encode_url(digest.as_bytes())).collect())),
            ("disclosures", list(p.disclosures.clone())),
        ]);
        members.extend(p.tlog_proof.iter().map(|proof| ("tlog_proof", proof.encode().into())));
        if !p.anchors.is_empty() {
            let anchors: Vec<Value> = p.anchors.iter().map(Anchor::value).collect();
            members.push(("anchors", anchors.into()));
        }
        let members = members.into_iter().map(|(key, value)| (String::from(key), value)).collect();
        let mut out = json::compact(&Value::Object(members)).into_bytes();
        out.push(b'\n');
        out
    }

    /// What is shown of the document, and how much is hidden: read, and checked against the core.
    ///
    /// # Errors
    /// `DISCLOSURE_BAD` or `DISCLOSURE_INCOMPLETE`.
    pub fn shown(&self) -> Result<(Vec<Disclosure>, Shown), DisclosureError> {
        let read = self.parts.disclosures.iter().map(|text| Disclosure::parse(text));
        let disclosures: Vec<Disclosure> = read.collect::<Result<_, Refused>>()?;
        let shown = disclosure::check(&self.parts.core, &self.parts.digests, &disclosures)?;
        Ok((disclosures, shown))
    }

    /// A copy that shows only the records at these pointers. `/sections` and `/sections/<name>` stand for all records below.
    ///
    /// # Errors
    /// Naming a pointer at which nothing is shown, or a disclosure that can't be read.
    pub fn disclose(&self, keep: &[&str]) -> Result<Certificate, Refused> {
        let read = self.parts.disclosures.iter().map(|text| Disclosure::parse(text));
        let shown: Vec<Disclosure> = read.collect::<Result<_, Refused>>()?;
        if let Some(nowhere) = keep.iter().find(|pointer| !shown.iter().any(|d| is_kept(d, pointer))) {
            return Err(Refused::new(FORMAT, *nowhere, "nothing is shown there that could be kept"));
        }
        let kept = shown.iter().filter(|d| keep.iter().any(|pointer| is_kept(d, pointer)));
        let disclosures = kept.map(|d| String::from(d.as_str())).collect();
        Ok(self.with(CertificateParts { disclosures, ..self.parts.clone() }))
    }

    /// The certificate with this proof in the place of the one it has, if any.
    pub fn with_tlog_proof(&self, proof: TlogProof) -> Certificate {
        self.with(CertificateParts { tlog_proof: Some(proof), ..self.parts.clone() })
    }

    /// The certificate with these anchors in the place of those it has, if any.
    ///
    /// # Errors
    /// If there are more than a file may hold, or the file would get too long.
    pub fn with_anchors(&self, anchors: Vec<Anchor>) -> Result<Certificate, Refused> {
        Certificate::from_parts(CertificateParts { anchors, ..self.parts.clone() })
    }

    /// What a QR code carries of this certificate.
    ///
    /// # Errors
    /// If it does not fit a QR code, or the batch note has no plain signature under the name of the office's batch key.
    pub fn qr(&self) -> Result<QrPayload, Refused> {
        let name = self.batch.origin().batch_key_name();
        let lines = self.parts.batch_note.signatures().iter().filter(|line| line.name().as_str() == name);
        let signed =
            lines.filter_map(|line| Some((line.id(), <[u8; 64]>::try_from(line.blob()).ok()?))).next();
        let (id, signature) = signed
            .ok_or_else(|| Refused::new(FORMAT, "/batch_note", "not signed by the office's batch key"))?;
        let (subtree, time) = (self.batch.subtree(), self.batch.time());
        QrPayload::new(
            self.parts.core.clone(),
            subtree,
            self.parts.index,
            time,
            self.parts.path.clone(),
            id,
            signature,
        )
    }

    /// The core. Nothing of it may be shown before the signature of the batch note and the path are verified.
    pub fn core(&self) -> &Core {
        &self.parts.core
    }

    /// Index of the entry in the ledger.
    pub fn index(&self) -> u64 {
        self.parts.index
    }

    /// The path from the entry to the root of the batch note's subtree.
    pub fn path(&self) -> &[Hash] {
        &self.parts.path
    }

    /// What the batch note says.
    pub fn batch(&self) -> &BatchNote {
        &self.batch
    }

    /// The batch note with its signatures.
    pub fn batch_note(&self) -> &Note {
        &self.parts.batch_note
    }

    /// All digests of the document.
    pub fn digests(&self) -> &[Hash] {
        &self.parts.digests
    }

    /// What is shown of the document, as it is carried and unchecked; see [`Certificate::shown`].
    pub fn disclosures(&self) -> &[String] {
        &self.parts.disclosures
    }

    /// Whether anything of a document is carried along, as in every file but a bare one.
    pub fn carries_document(&self) -> bool {
        !(self.parts.digests.is_empty() && self.parts.disclosures.is_empty())
    }

    /// The proof of the same entry under a checkpoint.
    pub fn tlog_proof(&self) -> Option<&TlogProof> {
        self.parts.tlog_proof.as_ref()
    }

    /// Evidence of other kinds.
    pub fn anchors(&self) -> &[Anchor] {
        &self.parts.anchors
    }

    /// All parts.
    pub fn parts(&self) -> &CertificateParts {
        &self.parts
    }

    /// The same certificate with parts that are as good as its own.
    fn with(&self, parts: CertificateParts) -> Certificate {
        Certificate { parts, batch: self.batch.clone() }
    }
}

fn at_most(at: &str, n: usize, limit: usize) -> Result<(), Refused> {
    if n > limit {
        Err(Refused::new(FORMAT, at, format!("{n} where at most {limit} are allowed")))
    } else {
        Ok(())
    }
}

fn is_kept(disclosure: &Disclosure, pointer: &str) -> bool {
    // Not so for /subject, whose ID number is kept only where it is named itself.
    let below = match disclosure.place() {
        Place::Section(section, _) => {
            pointer == "/sections" || pointer == json::pointer::join("/sections", section)
        }
        _ => false,
    };
    disclosure.pointer() == pointer || below
}
