//! Looking a certificate up by what is printed on it: number and check code.
//!
//! ```text
//! 20261122401709386125 31 · 5390217746  ─►  the certificate, or CERTIFICATE_UNKNOWN, whatever of the two is wrong
//! ```
//!
//! Numbers can be guessed in part, so a number alone gives nothing here, and nobody may learn from an answer, nor from
//! the time it takes, whether a number exists. Limiting how often somebody asks is the service's.

use verifier::number::{CertificateNumber, CheckCode, WindowCode};

use super::Office;
use super::certificate::Issued;
use crate::refusal::{Refusal, RefusalCode};

impl Office {
    /// The certificate with this number and this check code, whatever its status: for a verdict on it. Whoever hands it
    /// out takes [`Office::certificate`] then.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN` where there is none, where the check code is another and where it was erased; `NOT_SEALED`.
    pub fn look_up_certificate(&self, code: &WindowCode) -> Result<Issued, Refusal> {
        let number = code.number();
        self.check_code_fits(code)?;
        self.certificate_to_judge(&number).map_err(|refusal| uniform(refusal, &number))
    }

    /// Whether number and check code belong together. Takes as long where there is no such number: then another
    /// document is opened and its check code compared for nothing.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN` in all cases where they do not.
    pub fn check_code_fits(&self, code: &WindowCode) -> Result<(), Refusal> {
        let number = code.number();
        let unknown = || Refusal::new(RefusalCode::CertificateUnknown).found(number);
        let found = match self.doc_of(&number) {
            Ok(doc) => Some(doc),
            Err(refusal) if refusal.code() == RefusalCode::CertificateUnknown => None,
            Err(refusal) => return Err(refusal),
        };
        let Some(doc) = found.or_else(|| self.decoy(&number)) else { return Err(unknown()) };
        let (_, private, _) = self.opened(doc).map_err(|refusal| uniform(refusal, &number))?;
        let same = same(private.check_code.as_bytes(), code.check_code());
        if same && found.is_some() { Ok(()) } else { Err(unknown()) }
    }

    /// A document to open instead: always the same one for a number, so that asking twice tells nothing more.
    fn decoy(&self, number: &CertificateNumber) -> Option<u32> {
        let count = self.state().docs.len() as u64;
        let digits: u64 = number.as_str().get(8..).and_then(|digits| digits.parse().ok())?;
        digits.checked_rem(count).and_then(|place| u32::try_from(place).ok())
    }
}

/// Erased documents look like those that never were.
fn uniform(refusal: Refusal, number: &CertificateNumber) -> Refusal {
    match refusal.code() {
        RefusalCode::Erased => Refusal::new(RefusalCode::CertificateUnknown).found(number),
        _ => refusal,
    }
}

/// Compares every digit, however early one differs.
fn same(kept: &[u8], given: CheckCode) -> bool {
    let given = given.as_str().as_bytes();
    kept.len() == given.len() && kept.iter().zip(given).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}
