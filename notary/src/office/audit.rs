//! The office's own audit: the published ledger from its bytes, and the journal behind it, document by document.
//!
//! ```text
//! ledger     tiles, batches, notes, public preimages, lists             (`crate::audit`, what an outsider can check too)
//! journal    every record in its place; its entries give each batch's root; its statuses are what the lists say
//! documents  key → document → disclosures → claims → core → entry
//! events     key → nonce and body → entry, each naming the one before                            (`chain`)
//! ```
//!
//! It reads only and needs neither the lock nor a passphrase, so it works beside a running office. Documents that were
//! erased are accepted as erased. Not here: the checks of the published ledger.

mod chain;

use std::path::Path;
use std::sync::Arc;

use verifier::base64;
use verifier::core::Core;
use verifier::entry::Entry;
use verifier::hash::Hash;
use verifier::origin::Origin;
use verifier::status::Status;
use verifier::status_list::StatusList;

use super::lists::public_bits;
use super::open::{JOURNAL, office_id, read_files};
use super::record::{self, Accepted as Record, Kind, ListIssued, Private};
use super::state::State;
use crate::audit::{AuditOptions, AuditReport, Detail, DirSource, Finding, FindingCode, Part, audit_ledger};
use crate::claim::claims;
use crate::commitment::{REGISTER, register_id};
use crate::desk::{DESK, desk_id};
use crate::disclose::disclose;
use crate::disk::{Disk, RealDisk};
use crate::document::Body;
use crate::journal::{Journal, RecordRef};
use crate::operator_log;
use crate::people;
use crate::refusal::Refusal;
use crate::tree::Edge;
use crate::vault::{Slot, SlotState, Vault};

/// Audits the office in `dir`. `progress` is told how many documents were looked at.
///
/// # Errors
/// What keeps the audit from being done at all: no office there, an unreadable folder. Damage is a finding.
pub fn audit(
    dir: &Path,
    options: &AuditOptions,
    progress: &mut dyn FnMut(u64),
) -> Result<AuditReport, Refusal> {
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::open(dir)?);
    let (_, origin, _, trust) = read_files(&*disk, dir)?;
    // The ledger first: the journal, read later, is never behind it.
    let mut report = audit_ledger(&DirSource::new(&dir.join("ledger"))?, &origin, Some(&trust), options)?;
    let id = office_id(&origin);
    let vault = Vault::open_to_read(&dir.join(JOURNAL), &id)?;
    let mut desk = Desk::new(origin, vault, progress);
    let read = Journal::inspect(&dir.join(JOURNAL), &id, None, &mut |record| desk.record(record));
    if let Err(error) = read {
        desk.find(FindingCode::JournalDamaged, JOURNAL, Detail::refused(error));
    }
    desk.compare(&report);
    if let Err((at, what)) = operator_log::inspect(dir, &id, &desk.log_heads) {
        desk.find(FindingCode::OperatorLogBad, at, what);
    }
    let register = (REGISTER, register_id(&desk.origin), false);
    let folders = [(people::FOLDER, id, false), (DESK, desk_id(&desk.origin), true), register];
    for (folder, id, has_vault) in folders {
        if let Err(what) = beside(&dir.join(folder), &id, has_vault) {
            desk.find(FindingCode::JournalDamaged, folder, what);
        }
    }
    let room = options.findings_max.saturating_sub(report.findings.len());
    report.more += desk.findings.len().saturating_sub(room) as u64;
    report.findings.extend(desk.findings.into_iter().take(room));
    Ok(report.decided())
}

/// The journals beside the office's own: their records are whole and in order. What is sealed in them opens only with
/// the office's keys, which an audit does not have. An office that was not opened since it has them lacks them.
fn beside(dir: &Path, office: &[u8; 32], has_vault: bool) -> Result<(), Detail> {
    if !dir.is_dir() {
        return Ok(());
    }
    Journal::inspect(dir, office, None, &mut |_| {}).map_err(Detail::refused)?;
    match has_vault {
        true => Vault::open_to_read(dir, office).map(drop).map_err(Detail::refused),
        false => Ok(()),
    }
}

/// What the auditor has in hand.
struct Desk<'a> {
    origin: Origin,
    vault: Vault,
    state: State,
    /// The tree of the journal's own entries.
    edge: Edge,
    chains: chain::Chains,
    /// Slots that were found erased; in the end each has its record.
    erased: Vec<u64>,
    /// Heads of the operator log on their way into the ledger.
    log_heads: Vec<(u64, Hash)>,
    findings: Vec<Finding>,
    seen: u64,
    progress: &'a mut dyn FnMut(u64),
}

impl<'a> Desk<'a> {
    fn new(origin: Origin, vault: Vault, progress: &'a mut dyn FnMut(u64)) -> Self {
        let (state, edge) = (State::new(), Edge::empty());
        Desk {
            origin,
            vault,
            state,
            edge,
            chains: chain::Chains::default(),
            erased: Vec::new(),
            log_heads: Vec::new(),
            findings: Vec::new(),
            seen: 0,
            progress,
        }
    }

    fn find(&mut self, code: FindingCode, at: impl Into<String>, what: Detail) {
        self.findings.push(Finding::new(code, at, what));
    }

    fn record(&mut self, record: &RecordRef<'_>) {
        let at = format!("journal record {}", record.sequence);
        let kind = Kind::of(record.kind);
        if kind == Some(Kind::List)
            && let Err(what) = self.list(record.payload)
        {
            self.find(FindingCode::StatusListBad, &at, what);
        }
        if let Err(what) = self.state.replay(record) {
            self.find(FindingCode::JournalDamaged, at, Detail::Journal { why: what });
            return;
        }
        match kind {
            Some(Kind::Sealed) => self.batch(&at),
            Some(Kind::Public) => {
                let head = self.state.log_head.as_ref().map(|head| (head.entries, head.head));
                self.log_heads.extend(head.filter(|head| self.log_heads.last() != Some(head)));
            }
            Some(Kind::Event) => {
                let told = self.chains.event(record.payload, &self.origin, &self.state, &self.vault);
                if let Err(what) = told {
                    self.find(FindingCode::EventBad, at, what);
                }
            }
            Some(Kind::Accepted) => {
                self.chains.accepted(record.payload);
                self.seen += 1;
                (self.progress)(self.seen);
                let opened = record::unframed::<Record>(record.payload);
                let told =
                    opened.ok_or(Detail::Unreadable).and_then(|(head, sealed)| self.document(&head, sealed));
                if let Err(what) = told {
                    self.find(FindingCode::DocumentDiffers, at, what);
                }
            }
            _ => {}
        }
    }

    /// The journal's entries give the root that was signed for them.
    fn batch(&mut self, at: &str) {
        let Some(last) = &self.state.last else { return };
        for item in &last.items {
            self.edge.append(item.entry.leaf());
        }
        if self.edge.root() != self.state.head.root {
            let what = Detail::BatchOtherRoot { batch: last.sealed.batch };
            self.find(FindingCode::HeadDiffers, at, what);
        }
    }

    /// A list says what the journal says up to there.
    fn list(&self, payload: &[u8]) -> Result<(), Detail> {
        let issued: ListIssued = serde_json::from_slice(payload).map_err(|_| Detail::Unreadable)?;
        let list = StatusList::parse(issued.file.as_bytes()).map_err(Detail::unread)?;
        match public_bits(&self.state, issued.shard) {
            Some(bits) if bits == *list.bits() => Ok(()),
            _ => Err(Detail::ListOfJournal),
        }
    }

    /// Key → document → disclosures → claims → core → entry.
    fn document(&mut self, head: &Record, sealed: &[u8]) -> Result<(), Detail> {
        let slot = Slot(head.slot);
        match self.vault.state(slot).map_err(Detail::refused)? {
            SlotState::Live => {}
            SlotState::Erased => {
                self.erased.push(head.slot);
                return Ok(());
            }
            SlotState::Unused => return Err(Detail::KeyNeverWritten),
            SlotState::Damaged => return Err(Detail::KeyDamaged),
        }
        let clear = self.vault.open_sealed(slot, Kind::Accepted as u8, sealed).map_err(Detail::refused)?;
        let (private, bytes) = record::unframed::<Private>(&clear).ok_or(Detail::Unreadable)?;
        let core_bytes = base64::decode(&private.core).ok_or(Detail::NoBase64 { what: Part::Core })?;
        if Entry::of_core(&self.origin, &core_bytes) != head.entry {
            return Err(Detail::EntryNotOfCore);
        }
        let core = Core::parse(&core_bytes).map_err(Detail::unread)?;
        let secret = private.secret().map_err(Detail::refused)?;
        let document = private.document(bytes).map_err(Detail::refused)?;
        if let Body::Commitment(commitment) = document.body() {
            self.chains.commitment(commitment);
        }
        let disclosed = disclose(document.value(), &secret).map_err(Detail::refused)?;
        if disclosed.root() != core.document_root() {
            return Err(Detail::DocumentOther);
        }
        let by_rule = document.report().map_or(Ok(Vec::new()), claims).map_err(Detail::unread)?;
        match by_rule == core.claims() {
            true => Ok(()),
            false => Err(Detail::ClaimsOther),
        }
    }

    /// The journal's head is the ledger's, unless a batch came between the two readings; and what is erased was erased
    /// by a record.
    fn compare(&mut self, report: &AuditReport) {
        let (size, root) = (self.state.head.size, self.state.head.root);
        if report.size > size {
            let what = Detail::JournalEnds { size, published: report.size };
            self.find(FindingCode::HeadDiffers, JOURNAL, what);
        } else if report.size == size && report.root.is_some_and(|published| published != root) {
            self.find(FindingCode::HeadDiffers, "ledger/checkpoint", Detail::JournalRoot);
        }
        let status = |doc: u32| {
            let index = self.state.docs.get(doc as usize).and_then(|doc| doc.index);
            index.map_or(Status::NotIssued, |index| self.state.status_of(index))
        };
        let mut told = self.state.objections.contradictions(status);
        told.extend(self.state.repairs.contradictions(status));
        for at in told {
            self.find(FindingCode::CaseDiffers, at, Detail::CertificateInUse);
        }
        let recorded: std::collections::BTreeSet<u64> =
            self.state.docs.iter().filter(|doc| doc.erased).map(|doc| doc.slot).collect();
        for slot in std::mem::take(&mut self.erased) {
            if !recorded.contains(&slot) {
                let at = format!("journal/keys slot {slot}");
                self.find(FindingCode::DocumentDiffers, at, Detail::ErasedInSilence);
            }
        }
    }
}
