//! The office's note over a PDF file.
//!
//! ```text
//! credit.example.gov.cn/ledger/pdf
//! 2026112240170938612531
//! Yp4T2nUXbPS0…                 the entry of the core
//! 0n4G2mWd0C0n…                 the digest of the file
//! ```

use alloc::format;
use alloc::string::{String, ToString};

use super::FoundNote;
use super::place::{Cut, marks};
use crate::entry::Entry;
use crate::error::Refused;
use crate::hash::Hash;
use crate::note::Note;
use crate::number::CertificateNumber;
use crate::origin::Origin;

const FORMAT: &str = "PDF note";

/// What a note over a PDF file says, and its one signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PdfNote {
    origin: Origin,
    number: CertificateNumber,
    entry: Entry,
    digest: Hash,
    note: Note,
}

impl PdfNote {
    /// The four lines that the pdf key signs.
    pub fn text(origin: &Origin, number: &CertificateNumber, entry: &Entry, digest: &Hash) -> String {
        let entry = Hash::from_bytes(*entry.as_bytes());
        format!("{}\n{number}\n{entry}\n{digest}\n", origin.pdf_key_name())
    }

    /// Reads a signed one; who signed is not checked here.
    ///
    /// # Errors
    /// What is not as the page says.
    pub fn parse(input: &str) -> Result<PdfNote, Refused> {
        let refuse = |at: &str, what: &str| Refused::new(FORMAT, at, what);
        let note = Note::parse(input)?;
        if note.signatures().len() != 1 {
            return Err(refuse("signatures", "has to have one signature"));
        }
        let mut lines = note.text().split('\n');
        let (Some(name), Some(number), Some(entry), Some(digest), Some(""), None) =
            (lines.next(), lines.next(), lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(refuse("", "has to have four lines: name, number, entry and digest"));
        };
        let origin = name.strip_suffix("/pdf").ok_or_else(|| refuse("line 1", "has to end in /pdf"))?;
        let origin = Origin::parse(origin).map_err(|e| refuse("line 1", e.what()))?;
        let number = CertificateNumber::parse(number).map_err(|e| refuse("line 2", &e.to_string()))?;
        let entry = Entry::from(Hash::from_base64(entry).map_err(|e| refuse("line 3", e.what()))?);
        let digest = Hash::from_base64(digest).map_err(|e| refuse("line 4", e.what()))?;
        Ok(PdfNote { origin, number, entry, digest, note })
    }

    /// The office's ledger.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The certificate's number.
    pub fn number(&self) -> &CertificateNumber {
        &self.number
    }

    /// The entry of the certificate's core.
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The digest of the file.
    pub fn digest(&self) -> &Hash {
        &self.digest
    }

    /// The text with its signature.
    pub fn note(&self) -> &Note {
        &self.note
    }
}

/// The note in a file, and whether the file is as the note says.
pub(super) fn find(bytes: &[u8]) -> FoundNote {
    let broken = |what: &str| FoundNote::Broken(String::from(what));
    match marks(bytes) {
        0 => return FoundNote::Absent,
        1 => {}
        _ => return broken("the file has more than one note of the office"),
    }
    let Some(cut) = Cut::at_the_end(bytes) else {
        return broken("the office's note is not at the file's end: something was appended or moved");
    };
    let Some(text) = cut.text() else { return broken("the office's note is damaged") };
    match PdfNote::parse(&text) {
        Err(refused) => FoundNote::Broken(refused.to_string()),
        Ok(note) if *note.digest() != cut.digest() => broken("the file is not the one that the office made"),
        Ok(note) => FoundNote::Whole(note),
    }
}
