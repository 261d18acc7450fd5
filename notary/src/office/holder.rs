//! Which certificates are a holder's, and the little that pages ask of a certificate beside itself.
//!
//! ```text
//! index   "h/<tag>/<number of acceptance>"   tag = base64url of SHA-256("xinzheng/holder-tag/v1" ‖ office ‖ code)
//! ```
//!
//! The rows stand in the index alone and go when the document is erased; a rebuilt index reads them from the documents.
//! Organisations and sole traders have a code of their own; a natural person's code is of one certificate only, so persons
//! find nothing here. Not here: who may ask, which is `web`'s.

use verifier::base64;
use verifier::core::Core;
use verifier::hash::tagged;
use verifier::number::{CertificateNumber, CheckCode};
use verifier::status::Status;

use super::Office;
use super::accept::{Accepted, internal};
use super::record::{self, Accepted as Record};
use super::subjects::HolderTags;
use crate::code::UnifiedCode;
use crate::refusal::{Refusal, RefusalCode};
use crate::repair::ItemRow;

/// The most certificates of one holder that are listed.
pub const CERTIFICATES_OF_MAX: usize = 2_000;

impl Office {
    /// A holder's certificates, the last accepted first, at most [`CERTIFICATES_OF_MAX`]. Erased ones are not among them.
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn certificates_of(
        &self,
        holder: &UnifiedCode,
    ) -> Result<Vec<(CertificateNumber, Option<u64>)>, Refusal> {
        let prefix = format!("h/{}/", self.holder_tag(holder.as_str()));
        let mut rows =
            self.indexed(self.index.scan_prefix(prefix.as_bytes(), None, crate::index::SCAN_MAX))?;
        rows.reverse();
        rows.truncate(CERTIFICATES_OF_MAX);
        self.journal.flush().map_err(|error| self.stop(error.into()))?;
        let mut found = Vec::with_capacity(rows.len());
        for (_, doc) in rows {
            let doc = doc.try_into().map(u32::from_be_bytes).map_err(|_| internal("holder's row"))?;
            let known = self.state().docs.get(doc as usize).cloned();
            let known = known.ok_or_else(|| internal("no such document"))?;
            if known.erased {
                continue;
            }
            let record = self.journal.read(known.position)?;
            let (head, _) = record::unframed::<Record>(&record.payload).ok_or_else(|| internal("record"))?;
            found.push((CertificateNumber::parse(&head.number).map_err(internal)?, known.index));
        }
        Ok(found)
    }

    /// Whether the certificate is this holder's. A number that nobody has is not.
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn holds(&self, holder: &UnifiedCode, number: &CertificateNumber) -> Result<bool, Refusal> {
        let doc = match self.doc_of(number) {
            Ok(doc) => doc,
            Err(refusal) if refusal.code() == RefusalCode::CertificateUnknown => return Ok(false),
            Err(refusal) => return Err(refusal),
        };
        let name = holder_name(&self.holder_tag(holder.as_str()), doc);
        Ok(self.indexed(self.index.get(&name))?.is_some())
    }

    /// The promise that was made for a certificate, told again.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`, `ERASED`.
    pub fn accepted(&self, number: &CertificateNumber) -> Result<Accepted, Refusal> {
        let doc = self.doc_of(number)?;
        let (_, private, _) = self.opened(doc)?;
        let index = self.state().index_of(doc);
        let check_code = CheckCode::parse(&private.check_code).map_err(internal)?;
        Ok(Accepted { number: *number, check_code, index, repeated: true })
    }

    /// A certificate's status inside the office now; what is published may still be older. `None` before it is sealed.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`.
    pub fn status_of(&self, number: &CertificateNumber) -> Result<Option<Status>, Refusal> {
        let doc = self.doc_of(number)?;
        let state = self.state();
        let index = state.docs.get(doc as usize).and_then(|doc| doc.index);
        Ok(index.map(|index| state.status_of(index)))
    }

    /// What stands for a holder's code in the index.
    pub(super) fn holder_tag(&self, code: &str) -> String {
        let hash = tagged("xinzheng/holder-tag/v1", &[self.origin.as_str().as_bytes(), code.as_bytes()]);
        base64::encode_url(hash.as_bytes())
    }

    /// A document's core.
    pub(super) fn core_of(&self, doc: u32) -> Result<Core, Refusal> {
        let (_, private, _) = self.opened(doc)?;
        let core = base64::decode(&private.core).ok_or_else(|| internal("core"))?;
        Core::parse(&core).map_err(internal)
    }

    /// The tags of a document's holder and the records that it lists, read from the document; nothing where there are none
    /// or it was erased.
    pub(super) fn rows_of(&self, doc: u32) -> Result<(Option<HolderTags>, Vec<ItemRow>), Refusal> {
        if self.state().docs.get(doc as usize).is_none_or(|doc| doc.erased) {
            return Ok((None, Vec::new()));
        }
        let (_, private, bytes) = self.opened(doc)?;
        let core = base64::decode(&private.core).ok_or_else(|| internal("core"))?;
        let core = Core::parse(&core).map_err(internal)?;
        let holder = core.holder().map(|holder| self.holder_tags(holder));
        // A file lists nothing, and is long to read.
        let items = match private.file {
            Some(_) => Vec::new(),
            None => self.item_rows(&private.document(&bytes)?),
        };
        Ok((holder, items))
    }

    /// Takes an erased document from its holder's list and from those of its records. A crash before this leaves rows
    /// that are passed over.
    pub(super) fn forget_rows(
        &self,
        doc: u32,
        (holder, items): (Option<HolderTags>, Vec<ItemRow>),
    ) -> Result<(), Refusal> {
        let names = holder.iter().flat_map(|tags| tags.keys(doc));
        let names = names.chain(items.iter().map(|item| item.key.row(doc, item.repaired).0));
        let changes: Vec<_> = names.map(|name| (name, None)).collect();
        let _one = self.indexing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.indexed(self.index.apply(changes, self.index.upto()))
    }

    /// Finishes what the desk had approved when the process ended.
    pub(super) fn finish_desk(&mut self) -> Result<(), Refusal> {
        let issued = self.desk().finish()?;
        if issued > 0 {
            self.reports.push(format!("desk: {issued} approved drafts were issued"));
        }
        Ok(())
    }
}

/// A holder's row in the index.
pub(super) fn holder_name(tag: &str, doc: u32) -> Vec<u8> {
    format!("h/{tag}/{doc:08x}").into_bytes()
}
