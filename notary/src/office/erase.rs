//! Erasing: a document's key is destroyed; what the journal still has of it can't be read by anybody again.
//!
//! The ledger is not touched: the entry stays where it is and is meaningless from now on. The certificate's status is not
//! touched either. What a disk's spare blocks or a backup may still hold: spec/README.md.

use verifier::number::CertificateNumber;

use super::Office;
use super::accept::internal;
use super::event::REASON_MAX;
use super::record::{self, Accepted as Record, Erased, Kind};
use crate::refusal::{Refusal, RefusalCode};
use crate::vault::Slot;

impl Office {
    /// Erases a document, its core, nonce, secret and check code, at a command's word. Again is fine. People propose and
    /// approve it: `Office::erasings`.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`, `NOT_SEALED`; `CERTIFICATE_IN_CASE` while an objection is open; `OFFICE_STOPPED` after a failed write.
    pub fn erase(&self, number: &CertificateNumber, reason: &str) -> Result<(), Refusal> {
        let _one = self.casework();
        match self.may_erase(number) {
            Err(refusal) if refusal.code() == RefusalCode::Erased => Ok(()),
            other => other.and_then(|()| self.erase_approved(number, reason)),
        }
    }

    /// Whether a document may be erased now.
    pub(crate) fn may_erase(&self, number: &CertificateNumber) -> Result<(), Refusal> {
        let doc = self.doc_of(number)?;
        let state = self.state();
        let known = state.docs.get(doc as usize).ok_or_else(|| internal("no such document"))?;
        if known.index.is_none() {
            return Err(Refusal::new(RefusalCode::NotSealed).found(number));
        }
        if known.erased {
            return Err(Refusal::new(RefusalCode::Erased).found(number));
        }
        match state.objections.is_open(doc) {
            true => Err(Refusal::new(RefusalCode::CertificateInCase).found(number)),
            false => Ok(()),
        }
    }

    /// Erases what may be erased; who calls this holds the casework.
    pub(crate) fn erase_approved(&self, number: &CertificateNumber, reason: &str) -> Result<(), Refusal> {
        self.alive()?;
        if reason.trim().is_empty() || reason.chars().count() > REASON_MAX {
            return Err(Refusal::new(RefusalCode::ReasonLength).right(REASON_MAX));
        }
        let doc = self.doc_of(number)?;
        let known =
            self.state().docs.get(doc as usize).cloned().ok_or_else(|| internal("no such document"))?;
        if known.erased {
            return Ok(());
        }
        let record = self.journal.read(known.position)?;
        let (head, _) =
            record::unframed::<Record>(&record.payload).ok_or_else(|| internal("accepted record"))?;
        // What can't be read any more is erased all the same; its rows are passed over.
        let rows = self.rows_of(doc).unwrap_or_default();
        let commitment = self.rows_of_commitment(doc).ok().flatten();
        let erased = Erased {
            number: head.number,
            slot: head.slot,
            reason: reason.to_string(),
            at: self.now().seconds(),
        };
        // First the record, then the slot. A crash between leaves a record that the start carries out; the other way
        // round would leave a document that can't be read and nobody saying why.
        let ticket = {
            let mut state = self.state();
            let payload = record::json(&erased);
            let ticket =
                self.journal.append(Kind::Erased as u8, &payload).map_err(|error| self.stop(error.into()))?;
            state.erased(&erased).map_err(|what| self.stop(internal(what)))?;
            ticket
        };
        self.journal.wait(ticket).map_err(|error| self.stop(error.into()))?;
        self.vault.erase(Slot(head.slot)).map_err(|error| self.stop(error.into()))?;
        self.forget_commitment(doc, commitment)?;
        self.forget_rows(doc, rows)
    }
}
