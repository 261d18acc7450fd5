//! What an auditor needs to derive everything behind the ledger again (spec page `export.md`): confidential.
//!
//! ```text
//! office.audit_export(0)           →  lines for the entries from 0 on, and where to go on
//! office.sign_export(files, …)     →  manifest.json and manifest.note
//! ```
//!
//! Here: the lines and the signature, a bounded part at a time. Not here: files (`cli`), reading them (`audit::export`).

use verifier::base64;

use super::Office;
use super::accept::internal;
use super::state::NO_DOC;
use crate::audit::export::{EventLine, ExportManifest, Line, NamedFile};
use crate::refusal::{Refusal, RefusalCode};

/// Entries that are looked at in one call.
pub const EXPORT_AT_A_TIME: u64 = 2_000;
/// Bytes of lines after which a call ends; the last line may go beyond it.
const BYTES_AT_A_TIME: usize = 8 << 20;

/// Some lines of an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportPart {
    /// JSON, each without its line's end.
    pub lines: Vec<String>,
    /// Documents among them.
    pub documents: u64,
    /// Erased ones among them.
    pub erased: u64,
    /// Where to go on; nothing where this was the end.
    pub next: Option<u64>,
}

/// What an export came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExportSum {
    /// Entries that it covers: where it was begun.
    pub size: u64,
    /// Documents in it.
    pub documents: u64,
    /// Erased ones in it.
    pub erased: u64,
    /// Its files, in the order of the entries.
    pub files: Vec<NamedFile>,
}

impl Office {
    /// Lines for the certificates among the entries from this one on, below `size`.
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn audit_export(&self, from: u64, size: u64) -> Result<ExportPart, Refusal> {
        let (docs, size) = {
            let state = self.state();
            let size = size.min(state.published);
            let upto = size.min(from.saturating_add(EXPORT_AT_A_TIME));
            let leaves = state.leaves.iter().zip(0u64..).skip(from as usize);
            let docs = leaves.take(upto.saturating_sub(from) as usize).filter(|(doc, _)| **doc != NO_DOC);
            (docs.map(|(doc, index)| (*doc, index)).collect::<Vec<_>>(), size)
        };
        let (mut part, mut bytes) = (ExportPart::default(), 0);
        let mut next = from.saturating_add(EXPORT_AT_A_TIME);
        for (doc, index) in docs {
            if bytes >= BYTES_AT_A_TIME {
                next = index;
                break;
            }
            let line = self.export_line(doc, index, size)?;
            match &line {
                Line::Document { .. } => part.documents += 1,
                Line::Erased { .. } => part.erased += 1,
            }
            let line = serde_json::to_string(&line).map_err(internal)?;
            bytes += line.len();
            part.lines.push(line);
        }
        part.next = Some(next).filter(|next| *next < size);
        Ok(part)
    }

    fn export_line(&self, doc: u32, index: u64, size: u64) -> Result<Line, Refusal> {
        let number = self.number_at(doc)?;
        let (head, private, bytes) = match self.opened(doc) {
            Err(refusal) if refusal.code() == RefusalCode::Erased => {
                let state = self.state();
                let links = state.chains.get(&doc).map(|chain| chain.links.as_slice()).unwrap_or_default();
                let events = links.iter().filter_map(|link| link.index).filter(|index| *index < size);
                return Ok(Line::Erased { index, number, events: events.collect() });
            }
            opened => opened?,
        };
        let parsed = verifier::number::CertificateNumber::parse(&head.number).map_err(internal)?;
        let events = self.events_of(&parsed)?;
        let events = events.iter().filter_map(|view| {
            let index = view.index.filter(|index| *index < size)?;
            let (nonce, body) = (base64::encode(&view.nonce), view.event.encode());
            Some(EventLine { index, nonce, body })
        });
        let (name, media_type) = private.file.clone().unzip();
        Ok(Line::Document {
            index,
            number,
            name,
            media_type,
            document: base64::encode(&bytes),
            secret: private.secret.clone(),
            core: private.core.clone(),
            events: events.collect(),
        })
    }

    /// The number of a document, erased or not.
    fn number_at(&self, doc: u32) -> Result<String, Refusal> {
        let found = self.certificates(doc, 1)?;
        found.first().map(|(number, _)| number.to_string()).ok_or_else(|| internal("no such document"))
    }

    /// The manifest of an export, and the office's note over it.
    ///
    /// # Errors
    /// Of the pdf key, which signs; a size that no batch ends at.
    pub fn sign_export(&self, sum: ExportSum) -> Result<(String, String), Refusal> {
        let checkpoint = match sum.size.checked_sub(1) {
            None => return Err(Refusal::new(RefusalCode::EntryUnknown).found(0).right(1)),
            Some(last) => self.ledger().batch_of(last)?,
        };
        if checkpoint.end() != sum.size {
            return Err(Refusal::new(RefusalCode::EntryUnknown).found(sum.size).right(checkpoint.end()));
        }
        let manifest = ExportManifest {
            format: "xinzheng/export/v1".to_owned(),
            origin: self.origin.as_str().to_owned(),
            size: sum.size,
            checkpoint: checkpoint.checkpoint_note().encode(),
            made: self.now().seconds(),
            documents: sum.documents,
            erased: sum.erased,
            files: sum.files,
        };
        let note = self.sign_pdf(&manifest.note_text(&self.origin))?.encode();
        Ok((manifest.encode(), note))
    }

    /// Entries that everybody can see.
    pub fn published_size(&self) -> u64 {
        self.state().published
    }
}
