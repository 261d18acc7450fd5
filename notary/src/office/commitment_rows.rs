//! Commitments in the index, and opened: what the commitments' desk reads of an office.
//!
//! ```text
//! "cm/<number of acceptance>"   "cn/<name>/<number of acceptance>"       (`commitment::row`)
//! ```
//!
//! Rows go when the document is erased, and come again from the documents where an index is rebuilt. A row whose life is
//! behind its chain of events is made again when it is read. Not here: what rows mean (`commitment`).

use verifier::event::Event;
use verifier::number::CertificateNumber;
use verifier::status::Status;

use super::Office;
use super::accept::{internal, own_name};
use super::event::EventView;
use crate::code::UnifiedCode;
use crate::commitment::{Facts, Indexed, Life, Register};
use crate::document::commitment::Commitment;
use crate::document::value::CommitmentCode;
use crate::document::{Body, Document};
use crate::index::Change;
use crate::refusal::{Refusal, RefusalCode};

/// A commitment, opened.
pub(crate) struct OpenedCommitment {
    pub(crate) number: CertificateNumber,
    pub(crate) index: Option<u64>,
    pub(crate) status: Option<Status>,
    pub(crate) commitment: Commitment,
    pub(crate) events: Vec<EventView>,
    /// SHA-256 of what was submitted, in base64.
    pub(crate) submitted: String,
}

/// What is known of a commitment's certificate without opening anything.
pub(crate) struct Standing {
    /// Its entry's index, once everybody can see it.
    pub(crate) index: Option<u64>,
    /// Its status inside the office, once sealed.
    pub(crate) status: Option<Status>,
    pub(crate) erased: bool,
}

impl Office {
    /// The number of acceptance of the commitment with this code.
    pub(crate) fn doc_of_commitment(&self, code: &CommitmentCode) -> Result<u32, Refusal> {
        let name = own_name(verifier::registry::DocumentKind::CreditCommitment, code.as_str());
        let known = self.known(&self.state(), &[name])?;
        known.ok_or_else(|| Refusal::new(RefusalCode::CommitmentUnknown).found(code))
    }

    /// The commitment with this number of acceptance, and what happened to it; none where the document is something else.
    pub(crate) fn opened_commitment(&self, doc: u32) -> Result<Option<OpenedCommitment>, Refusal> {
        let (head, private, bytes) = self.opened(doc)?;
        if private.file.is_some() {
            return Ok(None);
        }
        let Body::Commitment(commitment) = private.document(&bytes)?.into_body() else { return Ok(None) };
        let number = CertificateNumber::parse(&head.number).map_err(internal)?;
        let events = self.events_of(&number)?;
        let standing = self.standing(doc);
        Ok(Some(OpenedCommitment {
            number,
            index: standing.index,
            status: standing.status,
            commitment: *commitment,
            events,
            submitted: private.submitted,
        }))
    }

    /// A document and its certificate's number.
    pub(crate) fn opened_document(&self, doc: u32) -> Result<(CertificateNumber, Document), Refusal> {
        let (head, private, bytes) = self.opened(doc)?;
        Ok((CertificateNumber::parse(&head.number).map_err(internal)?, private.document(&bytes)?))
    }

    /// Templates and matters; their door is `Office::commitment_desk`.
    pub(crate) fn register(&self) -> &Register {
        &self.register
    }

    /// What is known of a document's certificate.
    pub(crate) fn standing(&self, doc: u32) -> Standing {
        let state = self.state();
        let known = state.docs.get(doc as usize);
        let index = known.and_then(|doc| doc.index);
        Standing {
            index: index.filter(|index| *index < state.published),
            status: index.map(|index| state.status_of(index)),
            erased: known.is_none_or(|doc| doc.erased),
        }
    }

    /// The row of a commitment, its life up to its chain's end; none where the document is no commitment, or erased.
    pub(crate) fn commitment_row(&self, doc: u32) -> Result<Option<(Facts, Life)>, Refusal> {
        match self.indexed(self.index.get(&row_name(doc)))? {
            Some(value) => self.fresh_row(doc, &value),
            None => Ok(None),
        }
    }

    /// Rows in the order of acceptance, from behind `after`, at most `limit` of those that are looked at.
    pub(crate) fn commitment_rows(
        &self,
        after: Option<u32>,
        limit: usize,
    ) -> Result<Vec<(u32, Facts, Life)>, Refusal> {
        let after = after.map(row_name);
        let rows = self.indexed(self.index.scan_prefix(b"cm/", after.as_deref(), limit))?;
        let mut found = Vec::with_capacity(rows.len());
        for (key, value) in rows {
            let doc = doc_of_name(&key).ok_or_else(|| internal("commitment's row"))?;
            if let Some((facts, life)) = self.fresh_row(doc, &value)? {
                found.push((doc, facts, life));
            }
        }
        Ok(found)
    }

    /// How many documents there are: one more than the highest number of acceptance.
    pub(crate) fn documents(&self) -> u32 {
        self.state().docs.len() as u32
    }

    /// Names that are searched for, with their documents, that begin with `prefix`, from behind the row `after`.
    pub(crate) fn commitment_names(
        &self,
        prefix: &str,
        after: Option<&[u8]>,
        limit: usize,
    ) -> Result<Vec<(Vec<u8>, String, u32)>, Refusal> {
        let rows = self.indexed(self.index.scan_prefix(format!("cn/{prefix}").as_bytes(), after, limit))?;
        let read = |(key, _): (Vec<u8>, Vec<u8>)| {
            let text = std::str::from_utf8(&key).ok()?.strip_prefix("cn/")?;
            let (name, doc) = text.rsplit_once('/')?;
            let (name, doc) = (name.to_string(), u32::from_str_radix(doc, 16).ok()?);
            Some((key, name, doc))
        };
        rows.into_iter().map(|row| read(row).ok_or_else(|| internal("name's row"))).collect()
    }

    /// Documents of a holder, the last accepted first.
    pub(crate) fn docs_of_holder(&self, holder: &UnifiedCode, limit: usize) -> Result<Vec<u32>, Refusal> {
        let prefix = format!("h/{}/", self.holder_tag(holder.as_str()));
        let rows = self.indexed(self.index.scan_prefix(prefix.as_bytes(), None, crate::index::SCAN_MAX))?;
        let docs = rows.iter().rev().take(limit).map(|(_, doc)| {
            doc.as_slice().try_into().map(u32::from_be_bytes).map_err(|_| internal("holder's row"))
        });
        docs.collect()
    }

    /// The rows of a document; none where it is no commitment.
    pub(super) fn rows_of_commitment(&self, doc: u32) -> Result<Option<Indexed>, Refusal> {
        if self.standing(doc).erased {
            return Ok(None);
        }
        let (_, private, bytes) = self.opened(doc)?;
        match private.file.is_some() {
            true => Ok(None),
            false => Ok(commitment_of(&private.document(&bytes)?).map(Indexed::fresh)),
        }
    }

    /// Takes an erased commitment from the lists. A crash before this leaves rows that are passed over.
    pub(super) fn forget_commitment(&self, doc: u32, rows: Option<Indexed>) -> Result<(), Refusal> {
        let Some(rows) = rows else { return Ok(()) };
        let _one = self.indexing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        self.indexed(self.index.apply(changes(doc, &rows, true), self.index.upto()))
    }

    /// The number of acceptance of a certificate.
    pub(crate) fn doc_of_certificate(&self, number: &CertificateNumber) -> Result<u32, Refusal> {
        self.doc_of(number)
    }

    /// The row, made again where its chain has come further.
    fn fresh_row(&self, doc: u32, value: &[u8]) -> Result<Option<(Facts, Life)>, Refusal> {
        let (facts, life) = Indexed::read(value).ok_or_else(|| internal("commitment's row"))?;
        let (last, erased) = {
            let state = self.state();
            let last = state.chains.get(&doc).map_or(0, |chain| chain.sequence());
            (last, state.docs.get(doc as usize).is_none_or(|doc| doc.erased))
        };
        if erased {
            return Ok(None);
        }
        if life.seen() == last {
            return Ok(Some((facts, life)));
        }
        let opened = match self.opened_commitment(doc) {
            // It may have been erased a moment ago.
            Err(refusal) if refusal.code() == RefusalCode::Erased => return Ok(None),
            opened => opened?.ok_or_else(|| internal("commitment's row"))?,
        };
        let events: Vec<&Event> = opened.events.iter().map(|view| &view.event).collect();
        let life = Life::of(&facts, events).map_err(internal)?;
        let value = Indexed::value(&facts, &life);
        let _one = self.indexing.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        // An erasing may have come between: it takes the row away, and this must not bring it back.
        if !self.standing(doc).erased {
            self.indexed(self.index.apply(vec![(row_name(doc), Some(value))], self.index.upto()))?;
        }
        Ok(Some((facts, life)))
    }
}

/// The rows of a commitment that comes into the index, or, `gone`, leaves it.
pub(super) fn changes(doc: u32, rows: &Indexed, gone: bool) -> Vec<Change> {
    let value = || Indexed::value(&rows.facts, &rows.life);
    let mut changes = vec![(row_name(doc), (!gone).then(value))];
    if let Some(name) = &rows.name {
        changes.push((format!("cn/{name}/{doc:08x}").into_bytes(), (!gone).then(Vec::new)));
    }
    changes
}

/// The commitment that a document is.
pub(super) fn commitment_of(document: &Document) -> Option<&Commitment> {
    match document.body() {
        Body::Commitment(commitment) => Some(commitment),
        _ => None,
    }
}

fn row_name(doc: u32) -> Vec<u8> {
    format!("cm/{doc:08x}").into_bytes()
}

fn doc_of_name(key: &[u8]) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(key).ok()?.strip_prefix("cm/")?, 16).ok()
}
