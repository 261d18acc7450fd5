//! What a document would become, without promising anything: for the people who approve.
//!
//! ```text
//! report-general-penalty.json  →  无行政处罚 NO (/sections/admin/0 …) · … · core 296 of 700 bytes · valid until 2027-02-20
//! ```
//!
//! It goes the same way as `submit` does, up to where the number is chosen, and keeps nothing. Number, nonce and document
//! root in it are not those that will be issued, and the times move on. Not here: drafts (`desk`).

use sha2::{Digest, Sha256};
use verifier::base64;
use verifier::core::{Claim, Core};
use verifier::limits;
use verifier::number::CertificateNumber;

use super::Office;
use super::Submission;
use super::accept::known_by;
use crate::claim::{Why, reasons};
use crate::document::Document;
use crate::document::value::Identity;
use crate::refusal::Refusal;
use crate::repair::refuse_items;

/// What would be issued.
#[derive(Clone)]
#[non_exhaustive]
pub struct Preview {
    /// The core as it would be, but for number, nonce, document root and the moment.
    pub core: Core,
    /// The document, read.
    pub document: Document,
    /// Every claim, with what decided it; nothing where it holds.
    pub claims: Vec<(Claim, Vec<Why>)>,
    /// The most bytes that the core may have, with or without a QR code.
    pub core_limit: usize,
    /// Whether the certificate will have a QR code.
    pub qr: bool,
    /// Disclosures that the document splits into.
    pub records: usize,
    /// The certificate that these bytes have already.
    pub known: Option<CertificateNumber>,
    /// Digest of the document's own number; none where it has no number.
    pub(crate) own: Option<String>,
}

impl Preview {
    /// The unified code of whom the document is about; none for natural persons and files.
    pub fn holder_code(&self) -> Option<&str> {
        match &self.document.holder()?.identity {
            Identity::Code(code) => Some(code.as_str()),
            Identity::Person(_) => None,
        }
    }
}

impl Office {
    /// What this submission would become. Nothing is kept and nothing promised.
    ///
    /// # Errors
    /// As for [`Office::submit`]: what is wrong with the document, and `CONFLICT`.
    pub fn preview(&self, submission: &Submission) -> Result<Preview, Refusal> {
        self.alive()?;
        let document = self.read(submission)?;
        let names = known_by(&document, submission)?;
        let own = names.iter().find(|name| name.starts_with("o/")).cloned();
        let submitted = base64::encode(&Sha256::digest(&submission.bytes));
        let known = self.known(&self.state(), &names)?;
        let known =
            known.map(|doc| self.repeated(doc, &submitted)).transpose()?.map(|accepted| accepted.number);
        let corrects = self.corrected(&document, submission)?;
        if known.is_none() {
            self.commitment_desk().fits(&document)?;
        }
        let prepared = self.prepare(&document, submission, self.new_number()?, names, submitted)?;
        if known.is_none() {
            refuse_items(&self.state(), &prepared.items, corrects)?;
        }
        let core = prepared.core;
        let claims = core.claims().iter().map(|claim| {
            let why = match (document.report(), claim.rule().known()) {
                (Some(report), Some(rule)) => reasons(report, rule),
                _ => Vec::new(),
            };
            (*claim, why)
        });
        Ok(Preview {
            claims: claims.collect(),
            core_limit: if submission.qr { limits::CORE_QR_BYTES } else { limits::CORE_BYTES },
            qr: submission.qr,
            records: prepared.records,
            known,
            own,
            core,
            document,
        })
    }
}
