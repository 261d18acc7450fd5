//! A certificate, put together when somebody asks: from the journal (core, document, secret) and the ledger (path, notes).
//!
//! Here: assembling and checking it. Not here: pictures of it (`render`). Nothing leaves that our own `verify` does not accept.

use verifier::anchor::Anchor;
use verifier::base64;
use verifier::batch_note::BatchNote;
use verifier::certificate::{Certificate, CertificateParts};
use verifier::core::Core;
use verifier::entry::Entry;
use verifier::hash::{Hash, sha256};
use verifier::note::Note;
use verifier::number::{CertificateNumber, CheckCode};
use verifier::qr::QrPayload;
use verifier::shelf::StatusShelf;
use verifier::status::Status;
use verifier::time::Time;
use verifier::tlog_proof::TlogProof;
use verifier::verdict::{Outcome, Verdict};
use verifier::verify::{Presented, Terms, verify};
use zeroize::Zeroizing;

use super::Office;
use super::accept::{internal, number_name};
use super::record::{self, Accepted as Record, Kind, Private};
use crate::disclose::disclose;
use crate::refusal::{Refusal, RefusalCode};
use crate::vault::Slot;

/// A certificate in all its forms.
#[derive(Clone, Debug)]
pub struct Issued {
    /// The holder's own copy: everything is disclosed.
    pub certificate: Certificate,
    /// Its check code.
    pub check_code: CheckCode,
    /// What its QR code carries, where it has one.
    pub qr: Option<QrPayload>,
    /// The same entry's proof in the form that stock tools read.
    pub tlog_proof: TlogProof,
}

/// What can be proven of a certificate without its content.
#[derive(Clone, Debug)]
pub struct CertificateProof {
    /// Its entry in the ledger.
    pub entry: Entry,
    /// The entry's index.
    pub index: u64,
    /// The path from the entry to the batch note's subtree.
    pub path: Vec<Hash>,
    /// The note over that subtree.
    pub batch_note: Note,
    /// The entry's proof under the batch's checkpoint, in the form that stock tools read.
    pub tlog_proof: TlogProof,
    /// SHA-256 of the core.
    pub core_digest: Hash,
}

impl Office {
    /// The certificate of this number. Of one that was replaced, whatever for, nothing is handed out any more but its
    /// proof: [`Office::proof`].
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`, `NOT_SEALED`, `ERASED`, `CONTENT_WITHDRAWN`; damage that is found on the way, named.
    pub fn certificate(&self, number: &CertificateNumber) -> Result<Issued, Refusal> {
        if self.status_of(number)? == Some(Status::Replaced) {
            // An erased one is erased first: both answers say that there is nothing, and this one says more.
            let doc = self.doc_of(number)?;
            let erased = self.state().docs.get(doc as usize).is_some_and(|doc| doc.erased);
            let code = if erased { RefusalCode::Erased } else { RefusalCode::ContentWithdrawn };
            return Err(Refusal::new(code).found(number));
        }
        self.certificate_to_judge(number)
    }

    /// What can be proven of a certificate without showing anything of it, whatever its status; also of a replaced one.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`, `NOT_SEALED`, `ERASED`; damage that is found on the way, named.
    pub fn proof(&self, number: &CertificateNumber) -> Result<CertificateProof, Refusal> {
        let doc = self.doc_of(number)?;
        let (head, private, _) = self.opened(doc)?;
        let Some(index) = self.state().index_of(doc) else {
            return Err(Refusal::new(RefusalCode::NotSealed).found(number));
        };
        let core = base64::decode(&private.core).ok_or_else(|| internal("core"))?;
        let (text, batch_note, tlog_proof) = self.proven(index)?;
        let path = self.ledger().path(index, text.subtree())?;
        let core_digest = sha256(&[&core]);
        Ok(CertificateProof { entry: head.entry, index, path, batch_note, tlog_proof, core_digest })
    }

    /// The certificate of this number, whatever its status: for a verdict on it, and not to be shown or handed out.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`, `NOT_SEALED`, `ERASED`; damage that is found on the way, named.
    pub(crate) fn certificate_to_judge(&self, number: &CertificateNumber) -> Result<Issued, Refusal> {
        let doc = self.doc_of(number)?;
        let (head, private, bytes) = self.opened(doc)?;
        let Some(index) = self.state().index_of(doc) else {
            return Err(Refusal::new(RefusalCode::NotSealed).found(number));
        };
        let core = base64::decode(&private.core).ok_or_else(|| internal("core"))?;
        let core = Core::parse(&core).map_err(internal)?;
        let (digests, disclosures) = disclosed(&private, &bytes)?;
        let (text, batch_note, proof) = self.proven(index)?;
        let path = self.ledger().path(index, text.subtree())?;
        let anchors = self.anchors_over(index);
        let certificate = Certificate::from_parts(CertificateParts {
            core,
            index,
            path,
            batch_note,
            digests,
            disclosures,
            tlog_proof: Some(proof.clone()),
            anchors: Vec::new(),
        })
        .map_err(internal)?;
        let certificate = with_anchors(certificate, anchors);
        let qr = head.qr.then(|| certificate.qr()).transpose().map_err(internal)?;
        self.accepted_by_verify(Presented::File(certificate.clone()), text.time())?;
        if let Some(payload) = &qr {
            self.accepted_by_verify(Presented::Qr(payload.clone()), text.time())?;
        }
        let check_code = CheckCode::parse(&private.check_code).map_err(internal)?;
        Ok(Issued { certificate, check_code, qr, tlog_proof: proof })
    }

    /// The batch note's subtree that covers the entry, the note, and the proof: under the earliest checkpoint that witnesses
    /// cosigned sufficiently, or the batch's own as long as there is none.
    fn proven(&self, index: u64) -> Result<(BatchNote, Note, TlogProof), Refusal> {
        let cosigned = self.cosigned_count();
        let ledger = self.ledger();
        let batch = ledger.batch_of(index)?;
        let (text, note) =
            batch.note_of(index).cloned().ok_or_else(|| internal("no batch note covers the entry"))?;
        let (size, checkpoint) = self
            .best_cosigned(&ledger, cosigned, index)
            .unwrap_or_else(|| (batch.end(), batch.checkpoint_note().clone()));
        let (size, checkpoint) =
            self.before_compromise(&ledger, index, &note, (size, &checkpoint)).unwrap_or((size, checkpoint));
        let path = ledger.inclusion(index, size)?;
        let proof = TlogProof::new(index, path, checkpoint).map_err(internal)?;
        Ok((text, note, proof))
    }

    /// Our own verifier, with our own trust bundle, at the time of sealing: a certificate is handed out after it has
    /// expired, too. What it refuses does not leave.
    fn accepted_by_verify(&self, presented: Presented, sealed_at: Time) -> Result<(), Refusal> {
        let verdict = self.proof_judged(&presented, Some(sealed_at));
        match verdict.outcome {
            Outcome::Invalid => Err(internal(format!("our own verifier says {}", verdict.code))),
            _ => Ok(()),
        }
    }

    /// Which assurance level a verifier with this office's own trust bundle finds in a certificate now, 0 to 4, and who
    /// vouches for it.
    pub fn assurance(&self, certificate: &Certificate) -> Verdict {
        self.proof_judged(&Presented::File(certificate.clone()), None)
    }

    /// The proof alone, without its status.
    fn proof_judged(&self, presented: &Presented, at: Option<Time>) -> Verdict {
        let mut terms = Terms::at(self.now());
        (terms.status_asked, terms.at) = (false, at);
        verify(presented, self.trust(), &StatusShelf::default(), &terms)
    }

    /// The number of acceptance of a certificate.
    pub(super) fn doc_of(&self, number: &CertificateNumber) -> Result<u32, Refusal> {
        let name = number_name(number.as_str());
        let waiting = self.state().unindexed.get(&name).copied();
        let found = match waiting {
            Some(doc) => Some(doc),
            None => self.look_up(&name)?,
        };
        found.ok_or_else(|| Refusal::new(RefusalCode::CertificateUnknown).found(number))
    }

    /// A document's record, opened with its key.
    pub(super) fn opened(&self, doc: u32) -> Result<(Record, Private, Zeroizing<Vec<u8>>), Refusal> {
        let known =
            self.state().docs.get(doc as usize).cloned().ok_or_else(|| internal("no such document"))?;
        self.journal.flush().map_err(|error| self.stop(error.into()))?;
        let record = self.journal.read(known.position)?;
        let (head, sealed) =
            record::unframed::<Record>(&record.payload).ok_or_else(|| internal("accepted record"))?;
        if known.erased {
            return Err(Refusal::new(RefusalCode::Erased).found(&head.number));
        }
        let clear = self.vault.open_sealed(Slot(head.slot), Kind::Accepted as u8, sealed)?;
        let (private, bytes) =
            record::unframed::<Private>(&clear).ok_or_else(|| internal("sealed record"))?;
        Ok((head, private, Zeroizing::new(bytes.to_vec())))
    }

    /// Up to `limit` certificate numbers in the order of acceptance, from the given place on; with each whether it is sealed.
    pub fn certificates(
        &self,
        from: u32,
        limit: usize,
    ) -> Result<Vec<(CertificateNumber, Option<u64>)>, Refusal> {
        let docs: Vec<_> = self.state().docs.iter().skip(from as usize).take(limit).cloned().collect();
        self.journal.flush().map_err(|error| self.stop(error.into()))?;
        docs.iter()
            .map(|doc| {
                let record = self.journal.read(doc.position)?;
                let (head, _) =
                    record::unframed::<Record>(&record.payload).ok_or_else(|| internal("record"))?;
                Ok((CertificateNumber::parse(&head.number).map_err(internal)?, doc.index))
            })
            .collect()
    }
}

/// All digests of a document, and all its disclosures as they are carried.
fn disclosed(private: &Private, bytes: &[u8]) -> Result<(Vec<Hash>, Vec<String>), Refusal> {
    let document = private.document(bytes)?;
    let disclosed = disclose(document.value(), &private.secret()?)?;
    let carried = disclosed.disclosures().iter().map(|disclosure| disclosure.as_str().to_string());
    Ok((disclosed.digests().to_vec(), carried.collect()))
}

/// The certificate with as many of these anchors as a file has room for, the first ones first.
fn with_anchors(certificate: Certificate, mut anchors: Vec<Anchor>) -> Certificate {
    while !anchors.is_empty() {
        match certificate.with_anchors(anchors.clone()) {
            Ok(with) => return with,
            Err(_) => drop(anchors.pop()),
        }
    }
    certificate
}
