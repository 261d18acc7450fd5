//! PDF files of certificates (spec page `pdf.md`): the attached certificate, and the office's note over the whole file.
//!
//! ```text
//! %PDF-1.7 … 9 0 obj <</Type/EmbeddedFile/Length 31544/Filter/FlateDecode…>> stream … endstream endobj …
//! %xinzheng-pdf-note Y3JlZGl0LmV4YW1wbGUuZ292LmNuL2xlZGdlci9wZGYK…==......
//! startxref
//! 184233
//! %%EOF
//! ```
//!
//! Here: finding both, and what can be told of the note without keys. Not here: whose note it is and whether it counts
//! (`verify`), anything that the pages show, and the making of files (the office).

mod attachment;
mod dictionary;
mod note;
mod place;

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

pub use note::PdfNote;
pub use place::{LINE_BYTES, MARK, NOTE_CHARS, TAIL_BYTES, file_digest, filled, line};

use crate::certificate::{Certificate, CertificateError};
use crate::limits::PDF_BYTES;
use crate::verdict::Code;

/// How far into a file `%PDF-` may stand.
const START: usize = 1024;

/// What the office's note in a file is, as far as can be told without keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundNote {
    /// There is none.
    Absent,
    /// There was one, and the file is not as it was made: what shows it.
    Broken(String),
    /// In its place, and the file is the one that it speaks of. Who signed is not checked here.
    Whole(PdfNote),
}

/// A PDF file: its one attachment and its note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pdf {
    attachment: Vec<u8>,
    note: FoundNote,
}

impl Pdf {
    /// Whether a file says that it is a PDF.
    pub fn is_pdf(bytes: &[u8]) -> bool {
        bytes.get(..START).unwrap_or(bytes).windows(5).any(|window| window == b"%PDF-")
    }

    /// Reads a file.
    ///
    /// # Errors
    /// That it is no PDF, too large, or has not exactly one attachment that can be read.
    pub fn read(bytes: &[u8]) -> Result<Pdf, PdfError> {
        if !Pdf::is_pdf(bytes) {
            return Err(PdfError { marked: false, why: Why::NoPdf });
        }
        if bytes.len() > PDF_BYTES {
            return Err(PdfError { marked: false, why: Why::TooLarge });
        }
        let note = note::find(bytes);
        match attachment::find(bytes) {
            Ok(attachment) => Ok(Pdf { attachment, note }),
            Err(_) if note == FoundNote::Absent && is_encrypted(bytes) => {
                Err(PdfError { marked: false, why: Why::Encrypted })
            }
            Err(why) => Err(PdfError { marked: note != FoundNote::Absent, why }),
        }
    }

    /// The bytes of the attachment: a certificate file, if the office made this PDF.
    pub fn attachment(&self) -> &[u8] {
        &self.attachment
    }

    /// The note.
    pub fn note(&self) -> &FoundNote {
        &self.note
    }

    /// The PDF with its attachment read as a certificate.
    ///
    /// # Errors
    /// The code of the verdict, and what explains it.
    pub fn certificate(self) -> Result<PdfCertificate, (Code, String)> {
        match (Certificate::parse(&self.attachment), self.note) {
            (Ok(certificate), note) => Ok(PdfCertificate { certificate, note }),
            (Err(_), FoundNote::Broken(what)) => Err((Code::PdfAltered, what)),
            (Err(error), _) => Err((certificate_code(&error), error.to_string())),
        }
    }
}

/// A certificate that came in a PDF.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PdfCertificate {
    certificate: Certificate,
    note: FoundNote,
}

impl PdfCertificate {
    /// Reads a file, and its attachment as a certificate.
    ///
    /// # Errors
    /// The code of the verdict, and what explains it.
    pub fn read(bytes: &[u8]) -> Result<PdfCertificate, (Code, String)> {
        Pdf::read(bytes).map_err(|error| (error.code(), error.to_string()))?.certificate()
    }

    /// The attached certificate.
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The office's note over the file.
    pub fn note(&self) -> &FoundNote {
        &self.note
    }
}

/// The code of the verdict on a file that is no certificate.
pub(crate) fn certificate_code(error: &CertificateError) -> Code {
    match error {
        CertificateError::NotRecognised => Code::NotRecognised,
        CertificateError::Incomplete => Code::FileIncomplete,
        CertificateError::VersionUnknown => Code::VersionUnknown,
        CertificateError::FormatBad(_) => Code::FormatBad,
    }
}

/// Why a PDF gives no attachment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PdfError {
    marked: bool,
    why: Why,
}

/// The reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Why {
    /// It does not begin like one.
    NoPdf,
    /// It is larger than is read.
    TooLarge,
    /// It is encrypted.
    Encrypted,
    /// Nothing is attached.
    NoAttachment,
    /// More than one file is attached: which is meant can't be told.
    SeveralAttachments,
    /// What is attached can't be read.
    Unreadable,
}

impl PdfError {
    /// `PDF_ALTERED` where the office once made the file, `NOT_RECOGNISED` else.
    pub fn code(&self) -> Code {
        if self.marked { Code::PdfAltered } else { Code::NotRecognised }
    }

    /// Why.
    pub fn why(&self) -> Why {
        self.why
    }
}

impl fmt::Display for PdfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.why {
            Why::NoPdf => "not a PDF",
            Why::TooLarge => "a PDF larger than is read",
            Why::Encrypted => "the PDF is encrypted: ask for the file as the office made it",
            Why::NoAttachment => "no certificate is attached to the PDF: ask for the file as the office made it",
            Why::SeveralAttachments => {
                "the PDF has several attachments: which is meant can't be told; ask for the file as the office made it"
            }
            Why::Unreadable => "the PDF's attachment can't be read: ask for the file as the office made it",
        })
    }
}

impl core::error::Error for PdfError {}

/// A hint only: what is encrypted can't be read anyway.
fn is_encrypted(bytes: &[u8]) -> bool {
    bytes.windows(8).any(|window| window == b"/Encrypt")
}
