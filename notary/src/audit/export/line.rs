//! The lines of an export, and its manifest (spec page `export.md`). The office writes them, the audit reads them.
//!
//! ```text
//! {"kind":"document","index":17,"number":"2026…","name":null,"media_type":null,"document":"…","secret":"…","core":"…","events":[…]}
//! {"kind":"erased","index":18,"number":"2026…","events":[41]}
//! ```

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use verifier::base64;
use verifier::event::Event;
use verifier::hash::sha256;
use verifier::origin::Origin;

use crate::audit::Detail;

/// The manifest's name.
pub const MANIFEST: &str = "manifest.json";
/// The name of the note over it.
pub const MANIFEST_NOTE: &str = "manifest.note";
/// The manifest's format.
pub(super) const FORMAT: &str = "xinzheng/export/v1";

/// One certificate of the ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
#[allow(missing_docs, reason = "the page has them")]
pub enum Line {
    /// With everything that its entry follows from. `name` and `media_type` where it is a file.
    Document {
        index: u64,
        number: String,
        name: Option<String>,
        media_type: Option<String>,
        document: String,
        secret: String,
        core: String,
        events: Vec<EventLine>,
    },
    /// Of which nothing is left; with the indexes of its events.
    Erased { index: u64, number: String, events: Vec<u64> },
}

/// An event of a certificate, with what its entry follows from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EventLine {
    /// Its entry's index.
    pub index: u64,
    /// Its nonce, base64.
    pub nonce: String,
    /// Its body.
    pub body: String,
}

impl EventLine {
    /// Nonce and event.
    pub(super) fn read(&self) -> Result<([u8; 16], Event), Detail> {
        let nonce = base64::decode(&self.nonce).and_then(|bytes| <[u8; 16]>::try_from(bytes).ok());
        let nonce = nonce.ok_or(Detail::NonceLength)?;
        let event = Event::parse(self.body.as_bytes()).map_err(Detail::unread)?;
        Ok((nonce, event))
    }
}

impl Line {
    /// The index of the certificate's entry.
    pub fn index(&self) -> u64 {
        match self {
            Line::Document { index, .. } | Line::Erased { index, .. } => *index,
        }
    }

    /// The certificate's number.
    pub fn number(&self) -> &str {
        match self {
            Line::Document { number, .. } | Line::Erased { number, .. } => number,
        }
    }

    /// Its events; none of an erased one.
    pub(super) fn events(&self) -> &[EventLine] {
        match self {
            Line::Document { events, .. } => events,
            Line::Erased { .. } => &[],
        }
    }
}

/// What an export holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExportManifest {
    /// Always `xinzheng/export/v1`.
    pub format: String,
    /// The ledger.
    pub origin: String,
    /// Entries of the ledger that it covers.
    pub size: u64,
    /// The checkpoint of that size, a signed note.
    pub checkpoint: String,
    /// When it was made, in seconds.
    pub made: u64,
    /// Certificates with their documents.
    pub documents: u64,
    /// Certificates whose documents were erased.
    pub erased: u64,
    /// The files, in the order of the entries.
    pub files: Vec<NamedFile>,
}

/// A file of an export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedFile {
    /// Its name.
    pub name: String,
    /// Its bytes.
    pub bytes: u64,
    /// SHA-256 in hex.
    pub sha256: String,
}

impl ExportManifest {
    /// As a file.
    pub fn encode(&self) -> String {
        // Strings and numbers: writing them can't fail.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// The text that the office signs, with the key of what it hands out.
    pub fn note_text(&self, origin: &Origin) -> String {
        let digest = verifier::row::hex(&sha256(&[self.encode().as_bytes()]));
        format!("{}\nexport {}\n{}\n{digest}\n", origin.pdf_key_name(), self.size, self.made)
    }
}

/// The digest of a file that is written piece by piece.
#[derive(Clone, Default)]
pub struct FileDigest {
    digest: Sha256,
    bytes: u64,
}

impl FileDigest {
    /// So many bytes so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Takes in what is written.
    pub fn update(&mut self, bytes: &[u8]) {
        self.digest.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    /// The file of this name.
    pub fn named(self, name: String) -> NamedFile {
        let sha256 = self.digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        NamedFile { name, bytes: self.bytes, sha256 }
    }
}
