//! The office's own audit: the published ledger from its bytes, and the journal behind it, document by document.
//!
//! ```text
//! ledger     tiles, batches, notes, public preimages, lists             (`crate::audit`, what an outsider can check too)
//! journal    every record in its place, its head the ledger's
//! documents  key → document → disclosures → claims → core → entry: what a tile holds at its index
//! ```
//!
//! It reads only and needs neither the lock nor a passphrase, so it works beside a running office. Documents that were
//! erased are accepted as erased. Not here: the checks of the published ledger.

use std::path::Path;
use std::sync::Arc;

use verifier::base64;
use verifier::core::Core;
use verifier::entry::Entry;
use verifier::origin::Origin;

use super::open::{JOURNAL, office_id, read_files};
use super::record::{self, Accepted as Record, Kind, Private};
use super::state::State;
use crate::audit::{AuditOptions, AuditReport, DirSource, Finding, FindingCode, audit_ledger};
use crate::claim::claims_of;
use crate::disclose::{DocumentSecret, disclose};
use crate::disk::{Disk, RealDisk};
use crate::document::{Document, Intake};
use crate::journal::{Journal, RecordRef};
use crate::refusal::Refusal;
use crate::vault::{SlotState, Vault};

/// Audits the office in `dir`. `progress` is told how many documents were looked at.
///
/// # Errors
/// What keeps the audit from being done at all: no office there, an unreadable journal. Damage is a finding.
pub fn audit(dir: &Path, options: &AuditOptions, progress: &mut dyn FnMut(u64)) -> Result<AuditReport, Refusal> {
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::open(dir)?);
    let (config, origin, _, trust) = read_files(&*disk, dir)?;
    // The journal first: it may grow while we read, and the ledger is never ahead of it.
    let mut report = audit_ledger(&DirSource::new(&dir.join("ledger"))?, &origin, Some(&trust), options)?;
    let vault = Vault::open_to_read(&dir.join(JOURNAL), &office_id(&origin))?;
    let mut desk = Desk { origin, vault, state: State::new(), findings: Vec::new(), seen: 0, progress };
    let repaired = &config.repaired_shown;
    let shown = |id: &str, version: &str| repaired.iter().any(|t| t.id == id && t.version == version);
    let read = Journal::inspect(&dir.join(JOURNAL), &office_id(&desk.origin), None, &mut |record| {
        desk.record(record, &shown);
    });
    if let Err(error) = read {
        desk.find(FindingCode::JournalDamaged, JOURNAL, error.to_string());
    }
    desk.compare(&report);
    report.findings.append(&mut desk.findings);
    Ok(report.decided())
}

/// What the auditor has in hand.
struct Desk<'a> {
    origin: Origin,
    vault: Vault,
    state: State,
    findings: Vec<Finding>,
    seen: u64,
    progress: &'a mut dyn FnMut(u64),
}

impl Desk<'_> {
    fn find(&mut self, code: FindingCode, at: impl Into<String>, what: impl Into<String>) {
        self.findings.push(Finding::new(code, at, what));
    }

    fn record(&mut self, record: &RecordRef<'_>, repaired_shown: &dyn Fn(&str, &str) -> bool) {
        if let Err(what) = self.state.replay(record) {
            self.find(FindingCode::JournalDamaged, format!("journal record {}", record.sequence), what);
            return;
        }
        if record.kind != Kind::Accepted as u8 {
            return;
        }
        self.seen += 1;
        (self.progress)(self.seen);
        let Some((head, sealed)) = record::unframed::<Record>(record.payload) else { return };
        if let Err(what) = self.document(&head, sealed, repaired_shown) {
            self.find(FindingCode::DocumentDiffers, format!("journal record {}", record.sequence), what);
        }
    }

    /// Key → document → disclosures → claims → core → entry. That the ledger has this entry at its place is what
    /// replaying (the order) and `compare` (the root) say.
    fn document(
        &self,
        head: &Record,
        sealed: &[u8],
        repaired_shown: &dyn Fn(&str, &str) -> bool,
    ) -> Result<(), String> {
        let slot = crate::vault::Slot(head.slot);
        match self.vault.state(slot).map_err(|error| error.to_string())? {
            SlotState::Erased => return Ok(()),
            SlotState::Used => {}
            _ => return Err("its key is missing".to_string()),
        }
        let clear = self.vault.open_sealed(slot, Kind::Accepted as u8, sealed).map_err(|error| error.to_string())?;
        let (private, bytes) = record::unframed::<Private>(&clear).ok_or("the sealed record can't be read")?;
        let core_bytes = base64::decode(&private.core).ok_or("the core can't be read")?;
        if Entry::of_core(&self.origin, &core_bytes) != head.entry {
            return Err("the entry is not the core's".to_string());
        }
        let core = Core::parse(&core_bytes).map_err(|refused| refused.to_string())?;
        let secret = private.secret().map_err(|refusal| refusal.to_string())?;
        let document = private.document(bytes).map_err(|refusal| refusal.to_string())?;
        let disclosed = disclose(document.value(), &secret).map_err(|refusal| refusal.to_string())?;
        if disclosed.root() != core.document_root() {
            return Err("the document is not the one that the core commits to".to_string());
        }
        let claims = document.report().map_or(Ok(Vec::new()), claims).map_err(|refused| refused.to_string())?;
        if claims != core.claims() {
            return Err("the claims are not what the rules make of the document".to_string());
        }
        Ok(())
    }

    /// The journal's head is the ledger's, unless a batch came between the two readings.
    fn compare(&mut self, report: &AuditReport) {
        let (size, root) = (self.state.head.size, self.state.head.root);
        if report.size == size && report.root.is_some_and(|published| published != root) {
            self.find(FindingCode::HeadDiffers, "ledger/checkpoint", "the journal's head has another root");
        }
        if report.size > size {
            self.find(
                FindingCode::HeadDiffers,
                JOURNAL,
                format!("the journal ends at size {size}, the published ledger at {}", report.size),
            );
        }
    }
}

