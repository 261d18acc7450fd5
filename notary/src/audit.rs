//! The audit of a published ledger: everything that follows from the entries is derived again and held against what is
//! published (spec page `ledger.md`).
//!
//! ```text
//! tile/entries ──► tile/0 ──► tile/1 ──► … ──► root at each batch's end ──► batch/<n>: checkpoint, notes ──► checkpoint
//!      └─────────► public/<index> ──► status notes ──► status/<shard>/<sequence>.xzs: chain, digests, changes
//! ```
//!
//! It streams: one tile of each kind and, at a status note, two lists are in memory, whatever the ledger's size. It
//! needs nothing but the published files, and a trust bundle where signatures are to be checked; without one they are
//! not. Every finding says where. `AUDIT.md` has the codes, and what an audit can't see. Not here: the office's own
//! audit behind the ledger, from journal to entries.

mod anchors;
mod audited;
mod batches;
mod cosigned;
mod detail;
mod ends;
mod evidence;
pub mod export;
mod extra;
mod files;
mod finding;
pub mod follow;
mod forked;
mod head;
mod keys;
mod listed;
mod looked;
mod numbered;
mod public;
mod source;
mod status;
#[cfg(test)]
pub(crate) mod tests;
mod trail;
mod walk;
mod words;

use std::cell::{Cell, RefCell};

use verifier::batch_file::BatchFile;
use verifier::entry::Entry;
use verifier::hash::Hash;
use verifier::note::Note;
use verifier::origin::Origin;
use verifier::time::Time;
use verifier::trust::TrustBundle;

pub use audited::{Audited, Conflict, Theft};
pub use evidence::Reached;
pub use finding::{Finding, FindingCode};
pub use head::origin_of;
pub use looked::{Anchored, KeyUsed, KeysKnown, Looked, Shown, Witnessed};
pub use source::{DirSource, LedgerSource, MOMENT};
pub use trail::KeysTold;

use crate::disk::DiskError;
pub(crate) use detail::{Detail, Notes, Part};
use finding::Findings;
use forked::Suspects;
use head::Published;
use keys::Keys;

/// So often an audit waits in all for a head that explains what it met.
const PATIENCE: u32 = 4;

/// How to audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditOptions {
    /// Entries before this one, rounded down to a multiple of 256, were audited before: their hashes are taken from the
    /// tiles, and their batches, preimages and lists are not looked at. That they are still the ledger's, the roots
    /// show. 0 audits everything.
    pub from: u64,
    /// What was audited before and found clean: the audit goes on there, and holds the ledger against it. Then `from`
    /// is not looked at.
    pub audited: Option<Audited>,
    /// The newest checkpoint of the ledger that was seen before, a signed note: the ledger has to begin with it.
    pub seen: Option<String>,
    /// Now, to find what is dated later; `None` does not look.
    pub now: Option<Time>,
    /// The most findings to list; the others are counted.
    pub findings_max: usize,
}

impl Default for AuditOptions {
    fn default() -> Self {
        Self { from: 0, audited: None, seen: None, now: None, findings_max: 1000 }
    }
}

/// What came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Everything was derived again, and nothing differs.
    Clean,
    /// Something differs.
    Findings,
    /// It could not be done.
    CouldNot,
}

/// The result of an audit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditReport {
    /// What came out.
    pub verdict: Verdict,
    /// Entries in the ledger, by its checkpoint.
    pub size: u64,
    /// The root over them as derived from the entries; none where they could not all be read.
    pub root: Option<Hash>,
    /// What differs, in the order in which it was found.
    pub findings: Vec<Finding>,
    /// How many findings there were beyond those listed.
    pub more: u64,
    /// How far nothing was found: where a later audit may go on.
    pub audited: Option<Audited>,
    /// What was looked at.
    pub looked: Looked,
    /// A trust bundle in the ledger that is newer than the one of the audit and signed by its root.
    pub newer: Option<TrustBundle>,
    /// The published checkpoint, where it is signed as it has to be and fits what was seen before and the entries; a larger
    /// one, if that was met in the meantime and nothing was found.
    pub checkpoint: Option<String>,
    /// Two signed heads that can't both be of one history, with [`FindingCode::Rollback`], [`FindingCode::SplitView`], and
    /// wherever a head was met that the office signed and that is not of this ledger; with the proof where there is one.
    pub conflict: Option<Conflict>,
}

impl AuditReport {
    /// The report with the verdict that its findings make.
    #[must_use]
    pub fn decided(mut self) -> Self {
        if self.verdict != Verdict::CouldNot {
            let clean = self.findings.is_empty() && self.more == 0;
            self.verdict = if clean { Verdict::Clean } else { Verdict::Findings };
        }
        self
    }
}

/// Who looks on while a ledger is audited.
pub trait Watch {
    /// An entry whose hash is what the ledger's head stands for, ascending by index.
    fn entry(&mut self, _index: u64, _entry: &Entry) {}

    /// The entry is of a public kind, and its preimage is published. After [`Watch::entry`], before [`Watch::progress`].
    fn public(&mut self, _index: u64) {}

    /// So far nothing was found: a later audit may go on here.
    fn audited(&mut self, _audited: &Audited) {}

    /// So many of so many entries are done.
    fn progress(&mut self, _done: u64, _of: u64) {}
}

/// Nobody looks on.
impl Watch for () {}

/// Audits the ledger of this name.
///
/// # Errors
/// Only what keeps the audit from going on: a file or folder that is there and can't be read. All else is a finding.
pub fn audit_ledger(
    source: &dyn LedgerSource,
    origin: &Origin,
    trust: Option<&TrustBundle>,
    options: &AuditOptions,
) -> Result<AuditReport, DiskError> {
    audit_watched(source, origin, trust, options, &mut ())
}

/// The same with somebody looking on.
pub fn audit_watched(
    source: &dyn LedgerSource,
    origin: &Origin,
    trust: Option<&TrustBundle>,
    options: &AuditOptions,
    watch: &mut dyn Watch,
) -> Result<AuditReport, DiskError> {
    let findings = Findings::new(options.findings_max);
    let published = head::published(source)?;
    let mut auditor = Auditor {
        source,
        origin,
        keys: Keys::new(trust, origin),
        now: options.now,
        findings,
        suspects: Suspects::default(),
        looked: Looked::default(),
        size: 0,
        published,
        later: RefCell::new(None),
        patience: Cell::new(PATIENCE),
    };
    if auditor.keys.is_office_unknown() {
        let unknown = Detail::UnknownOffice { origin: origin.clone() };
        auditor.findings.find(FindingCode::OfficeUnknown, "checkpoint", unknown);
    }
    let safe = evidence::before_compromise(&auditor)?;
    auditor.keys.set_safe(safe);
    let start = head::find(&mut auditor)?;
    auditor.size = start.head.size;
    let before = audited::before(&mut auditor, options, start.head.size);
    let done = walk::walk(&mut auditor, &start, options.from, &before, watch)?;
    head::compare(&mut auditor, &start, &done.root, done.last.as_ref());
    done.status.check_newest(&mut auditor, start.head.size)?;
    listed::check(&mut auditor)?;
    let from = before.audited.map(|audited| audited.evidence.clone()).unwrap_or_default();
    let reached = evidence::check(&mut auditor, start.batches, from)?;
    extra::look(&mut auditor, &done.status)?;
    let last = done.last.as_ref().filter(|last| last.end() == start.head.size);
    let published = start.checkpoint.as_ref().or(last.map(BatchFile::checkpoint_note));
    let conflict = forked::with_proof(&mut auditor, done.conflict.or(before.conflict), published)?;
    let audited = match auditor.findings.is_empty() {
        true => done.audited.map(|audited| Audited { evidence: reached, ..audited }),
        false => done.audited,
    };
    // A head that does not fit its entries, or whose entries can't be had, must not take the place of one that did.
    let is_whole = done.root == Some(start.head.root) || options.seen.is_none();
    let checkpoint = start.checkpoint.filter(|_| conflict.is_none() && is_whole);
    let later = auditor.later.take().filter(|_| checkpoint.is_some() && auditor.findings.is_empty());
    let mut looked = auditor.looked;
    looked.keys = auditor.keys.counted();
    let Findings { list, more, .. } = auditor.findings;
    let report = AuditReport {
        verdict: Verdict::Clean,
        size: start.head.size,
        root: done.root,
        findings: list,
        more,
        audited,
        looked,
        newer: done.newer,
        checkpoint: later.or(checkpoint).map(|note| note.encode()),
        conflict,
    };
    Ok(report.decided())
}

/// What every part of an audit needs.
struct Auditor<'a> {
    source: &'a dyn LedgerSource,
    origin: &'a Origin,
    keys: Keys<'a>,
    now: Option<Time>,
    findings: Findings,
    /// Signed heads that are not of this ledger.
    suspects: Suspects,
    /// What was looked at so far.
    looked: Looked,
    /// Entries up to the head.
    size: u64,
    /// The published checkpoint as it was when the audit began.
    published: Published,
    /// A larger one that was met since.
    later: RefCell<Option<Note>>,
    /// How often it waits still for one.
    patience: Cell<u32>,
}

impl Auditor<'_> {
    /// Whether a larger head was published since the audit began. Then what lies beyond the one that is audited may be newer.
    ///
    /// Only one that the office signed says so. It is remembered: an office that shows it to explain a file has to show it
    /// again in the next audit.
    /// What lies beyond it is published just before it, so this waits a few times, in the whole audit, until it is.
    fn has_moved(&self) -> Result<bool, DiskError> {
        loop {
            if self.has_moved_now()? {
                return Ok(true);
            }
            let left = self.patience.get();
            if left == 0 || !self.source.wait() {
                return Ok(false);
            }
            self.patience.set(left - 1);
        }
    }

    fn has_moved_now(&self) -> Result<bool, DiskError> {
        let now = head::published(self.source)?;
        let Some((size, note)) = head::larger(self, &now).filter(|_| now != self.published) else {
            return Ok(false);
        };
        let mut later = self.later.borrow_mut();
        if later.as_ref().and_then(head::size_of).is_none_or(|before| before < size) {
            *later = Some(note);
        }
        Ok(true)
    }

    fn find(&mut self, code: FindingCode, path: &str, detail: Detail) {
        self.findings.find(code, path, detail);
    }

    fn find_at(&mut self, code: FindingCode, path: &str, index: u64, detail: Detail) {
        self.findings.add(Finding::at_entry(code, path, index, detail));
    }

    fn read(&self, path: &str, limit: usize) -> Result<source::Found, DiskError> {
        source::read(self.source, path, limit)
    }
}
