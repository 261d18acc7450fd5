//! What was presented, from a file, a picture or a text, and the verdict on it.
//!
//! ```text
//! .xzc  PDF  PNG/JPEG  ZIP ──► bytes::read ─┐            ┌─ Proof        its own proof: a file, a QR code
//!                                           ├─► Given ───┼─ WindowCode   32 digits: looked up here, then verified
//! scanner, keyboard, paste ──► text::read ──┘            └─ Number       22 digits: the check code is still to be asked for
//!                                                                          │
//! own trust bundle, newest status lists (`court`) ───────────► judge ◄─────┘ ──► Verdict
//! ```
//!
//! Here: recognising, forgiving what scanner guns and input methods do to a text, explaining what can't be forgiven. Not
//! here: pages and JSON (`pages`, `api`), and the checks themselves, which are `verifier`'s alone.

mod bytes;
mod court;
mod text;
mod unread;

use actix_web::http::StatusCode;
use notary::refusal::RefusalCode;
use verifier::number::{CertificateNumber, WindowCode};
use verifier::status::Status;
use verifier::time::Time;
use verifier::verdict::{Code, Outcome, Verdict};
use verifier::verify::{Presented, Terms, verify};

pub use bytes::{ARCHIVE_ENTRIES, FILE_BYTES, read_bytes};
pub use court::Court;
pub use text::read_text;
pub use unread::NotRead;

use crate::client::Client;
use crate::problem::Problem;
use crate::server::Shared;

/// What somebody presented.
#[derive(Clone, Debug)]
pub enum Given {
    /// A certificate that brings its own proof: a file, or what its QR code carries.
    Proof(Box<Presented>),
    /// A window code. It proves nothing; the certificate that it names is looked up and verified.
    WindowCode(WindowCode),
    /// A certificate number without its check code: nothing can be told before that is given, too.
    Number(CertificateNumber),
}

impl Given {
    /// The certificate number that is claimed. Nothing is verified here.
    pub fn claimed_number(&self) -> CertificateNumber {
        match self {
            Given::Proof(presented) => match &**presented {
                Presented::File(certificate) => certificate.core().number(),
                Presented::Pdf(pdf) => pdf.certificate().core().number(),
                Presented::Qr(payload) => payload.core().number(),
            },
            Given::WindowCode(code) => code.number(),
            Given::Number(number) => *number,
        }
    }
}

/// Judges with the office's own trust bundle and its newest status lists. Takes some milliseconds and reads from the disk:
/// call it where blocking is allowed.
///
/// # Errors
/// `CERTIFICATE_UNKNOWN` (404), the same in every case, for a window code that names no certificate; `NOT_SEALED` (409); a
/// failure of the office.
pub fn judge(shared: &Shared, given: &Given, terms: &Terms<'_>) -> Result<Verdict, Problem> {
    let looked_up;
    let presented = match given {
        Given::Proof(presented) => &**presented,
        Given::WindowCode(code) => {
            let issued = shared.office().look_up_certificate(code).map_err(|refusal| {
                if refusal.code() == RefusalCode::CertificateUnknown { unknown() } else { refusal.into() }
            })?;
            looked_up = Presented::File(issued.certificate);
            &looked_up
        }
        Given::Number(_) => return Ok(NotRead::number_alone().verdict(judged(terms))),
    };
    let shelf = shared.court().shelf(shared.office(), terms.at)?;
    let mut verdict = verify(presented, shared.office().trust(), &shelf, terms);
    // What was corrected or repaired is served no more, to whoever has the numbers of it neither. Who presents the certificate
    // itself has its content already.
    if let Given::WindowCode(code) = given
        && verdict.outcome == Outcome::Invalid
        && shared.office().status_of(&code.number())? == Some(Status::Replaced)
    {
        verdict.fields = None;
    }
    Ok(verdict)
}

/// As [`judge`], for a client whose look-ups by number and check code are counted, so that codes can't be guessed.
///
/// # Errors
/// As for [`judge`]; `RATE_LIMITED` (429).
pub fn judge_for(
    shared: &Shared,
    client: &Client,
    given: &Given,
    terms: &Terms<'_>,
) -> Result<Verdict, Problem> {
    let Given::WindowCode(code) = given else { return judge(shared, given, terms) };
    let number = code.number();
    shared.rates().look_up(client)?;
    shared.rates().compare(number.as_str(), || {
        judge(shared, given, terms).inspect_err(|problem| {
            if problem.code() == RefusalCode::CertificateUnknown.as_str() {
                shared.rates().failed_look_up(client, number.as_str());
            }
        })
    })
}

/// The terms of this office's own counter: now, status asked for, no purpose.
pub fn terms(shared: &Shared) -> Terms<'static> {
    Terms::at(shared.office().now())
}

/// The one answer to a number and a check code that do not belong together.
pub fn unknown() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        RefusalCode::CertificateUnknown.as_str(),
        "未查到该证书或查验码不符；请核对后重新输入",
        "not found or wrong code; compare both numbers and enter them again",
    )
}

fn judged(terms: &Terms<'_>) -> Time {
    terms.at.unwrap_or(terms.now)
}

/// Whether a verdict is on something that could not be read as a certificate at all.
pub fn is_unread(code: Code) -> bool {
    matches!(
        code,
        Code::NotRecognised
            | Code::NeedsLookup
            | Code::ScanIncomplete
            | Code::FileIncomplete
            | Code::VersionUnknown
            | Code::FormatBad
    )
}
