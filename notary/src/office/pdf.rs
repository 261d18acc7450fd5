//! The printed certificate, signed with the office's pdf key.
//!
//! Made when somebody asks, never while a document is accepted. Nothing leaves that our own `verify` does not accept.

use verifier::note::Note;
use verifier::number::CertificateNumber;
use verifier::shelf::StatusShelf;
use verifier::trust::KeyUse;
use verifier::verdict::Code;
use verifier::verify::{Presented, Terms, verify};

use super::accept::internal;
use super::{Issued, Office};
use crate::refusal::{Lang, Refusal, RefusalCode};
use crate::render::{self, Issuer, PdfError};

impl Office {
    /// The printed certificate of this number: the same bytes each time, as long as certificate and pdf key are the same; that
    /// of a commitment says how it is kept on the day of printing, too.
    ///
    /// # Errors
    /// As [`Office::certificate`]; `KEY_MISSING` and `KEY_NOT_IN_FORCE` of the pdf key; `GLYPH_MISSING`, `PDF_TOO_LONG`.
    pub fn pdf(&self, number: &CertificateNumber) -> Result<Vec<u8>, Refusal> {
        self.printed(&self.certificate(number)?)
    }

    /// What this certificate discloses, printed.
    pub(super) fn printed(&self, issued: &Issued) -> Result<Vec<u8>, Refusal> {
        // Anchors come later and would change what was printed before: they are in the certificate file alone.
        let certificate = issued.certificate.with_anchors(Vec::new()).map_err(internal)?;
        let issued = &Issued { certificate, ..issued.clone() };
        let sealed_at = issued.certificate.batch().time();
        let mut terms = Terms::at(self.now());
        terms.status_asked = false;
        terms.at = Some(sealed_at);
        let judge =
            |presented, terms: &Terms<'_>| verify(&presented, self.trust(), &StatusShelf::default(), terms);
        let level = judge(Presented::File(issued.certificate.clone()), &terms).level;
        let number = issued.certificate.core().number();
        let fulfilment = self.commitment_desk().present(&number)?.map(|present| present.line(Lang::Zh));
        let fulfilment = fulfilment.as_deref();
        let issuer = Issuer { name: &self.config.name, host: &self.config.host, level, fulfilment };
        let bytes = render::pdf(issued, &issuer, |text| self.sign_pdf(text))?;
        // Judged now: the key may be younger than the certificate.
        terms.at = None;
        let presented =
            Presented::read(&bytes, self.now()).map_err(|v| internal(format!("our own PDF: {}", v.code)))?;
        let verdict = judge(presented, &terms);
        match verdict.checks.iter().any(|check| check.code == Code::PdfOk) {
            true => Ok(bytes),
            false => Err(internal(format!("our own verifier says {} of the PDF", verdict.code))),
        }
    }

    pub(super) fn sign_pdf(&self, text: &str) -> Result<Note, Refusal> {
        // There is room for one signature: that of the key that began first, which every bundle in use knows.
        let signers = self.signers(KeyUse::Pdf, self.now())?;
        self.signed_by(&signers[..1], text)
    }
}

impl From<PdfError> for Refusal {
    fn from(error: PdfError) -> Refusal {
        match error {
            PdfError::GlyphMissing(c) => {
                Refusal::new(RefusalCode::GlyphMissing).found(format_args!("{c} (U+{:04X})", u32::from(c)))
            }
            PdfError::TooLong => Refusal::new(RefusalCode::PdfTooLong).found(render::PAGES_MAX),
            other => internal(other),
        }
    }
}
