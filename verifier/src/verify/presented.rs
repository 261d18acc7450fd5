//! What is presented: a certificate file, a PDF with one attached, or what a QR code carries.
//!
//! Here: telling them apart by content. Not here: their formats (`certificate`, `qr`), what programs read besides (archives,
//! pictures).

use alloc::boxed::Box;
use alloc::string::{String, ToString};

use crate::certificate::Certificate;
use crate::pdf::{self, Pdf, PdfCertificate};
use crate::qr::{self, QrPayload, ScanError};
use crate::time::Time;
use crate::verdict::{Code, Verdict};

/// A certificate in one of its forms.
#[allow(clippy::large_enum_variant)] // one at a time, never in a list
#[derive(Clone, Debug)]
pub enum Presented {
    /// A certificate file.
    File(Certificate),
    /// A PDF and the certificate file attached to it.
    Pdf(PdfCertificate),
    /// What a QR code carries.
    Qr(QrPayload),
}

impl Presented {
    /// Reads a certificate file, a PDF or the text of a scanned QR code, by their content.
    ///
    /// # Errors
    /// The verdict on what is neither: judged at `now`, for there is nothing in it that says more.
    pub fn read(bytes: &[u8], now: Time) -> Result<Presented, Box<Verdict>> {
        let unread = |code: Code, what: String| Box::new(Verdict::unread(code, what, now));
        if bytes.first() == Some(&b'{') {
            return Certificate::parse(bytes)
                .map(Presented::File)
                .map_err(|error| unread(pdf::certificate_code(&error), error.to_string()));
        }
        if Pdf::is_pdf(bytes) {
            return PdfCertificate::read(bytes)
                .map(Presented::Pdf)
                .map_err(|(code, what)| unread(code, what));
        }
        let text = core::str::from_utf8(bytes).map_err(|_| unread(Code::NotRecognised, String::new()))?;
        qr::read_text(text).map(Presented::Qr).map_err(|error| {
            let code = match error {
                ScanError::NotRecognised => Code::NotRecognised,
                ScanError::NeedsLookup => Code::NeedsLookup,
                ScanError::Incomplete => Code::ScanIncomplete,
                ScanError::VersionUnknown(_) => Code::VersionUnknown,
                ScanError::FormatBad(_) => Code::FormatBad,
            };
            unread(code, error.to_string())
        })
    }

    /// The certificate file, where it came as one or in a PDF.
    pub fn certificate(&self) -> Option<&Certificate> {
        match self {
            Presented::File(certificate) => Some(certificate),
            Presented::Pdf(pdf) => Some(pdf.certificate()),
            Presented::Qr(_) => None,
        }
    }
}
