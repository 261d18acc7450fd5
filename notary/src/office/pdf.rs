//! The printed certificate, signed with the office's pdf key.
//!
//! Made when somebody asks, never while a document is accepted. Nothing leaves that our own `verify` does not accept.

use verifier::note::Note;
use verifier::number::CertificateNumber;
use verifier::shelf::StatusShelf;
use verifier::trust::OfficeKey;
use verifier::verdict::Code;
use verifier::verify::{Presented, Terms, verify};

use super::accept::internal;
use super::{Issued, Office};
use crate::keys;
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
        let signer = self.keys.signer(keys::KeyUse::Pdf)?;
        let now = self.now();
        let in_force = |key: &OfficeKey| key.key == *signer.key() && key.in_force(now);
        if !self.keys_in_trust().iter().any(in_force) {
            let name = signer.key().name().as_str();
            return Err(Refusal::new(RefusalCode::KeyNotInForce).at(name).found(now.display_china()));
        }
        Ok(signer.sign_note(text)?)
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
