//! Following a ledger over days and years: what an auditor remembers of it between two audits.
//!
//! ```text
//! {"format":"xinzheng/audit-state/v1","origin":"credit.example.gov.cn/ledger","seen":"…signed note…",
//!  "audited":{"size":4096,"root":"…","checkpoint":"…signed note…","looked":4096,"notes":["…status note…"],
//!              "log_head":"…"},
//!  "conflicts":[{"seen":"…signed note…","now":"…signed note…"}]}
//! ```
//!
//! `seen` is the newest checkpoint that was met, `audited` how far nothing was found. An audit goes on behind `audited`, so
//! one that is cut off goes on where it was, and one that finds something looks at it again each time. Two histories are
//! kept in `conflicts` and told for ever; a ledger that is only smaller for a while is told while it is. Not here: files.

use serde::{Deserialize, Serialize};
use verifier::base64;
use verifier::checkpoint::Checkpoint;
use verifier::hash::Hash;
use verifier::origin::Origin;
use verifier::trust::TrustBundle;

use super::head::CHECKPOINT;
use super::{AuditOptions, AuditReport, Audited, Conflict, Finding, FindingCode, LedgerSource, Watch};
use crate::disk::DiskError;
use crate::ledger::Head;

const FORMAT: &str = "xinzheng/audit-state/v1";
/// Bytes of a state: the status notes of thousands of shards.
pub const STATE_BYTES: usize = 16 << 20;
/// Conflicts that are kept.
const CONFLICTS_MAX: usize = 16;
/// Entries after which a long audit is remembered as far as it came.
const REMEMBER_EVERY: u64 = 1 << 16;

/// What an auditor remembers of one ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    origin: Origin,
    seen: Option<String>,
    audited: Option<Audited>,
    conflicts: Vec<Conflict>,
}

impl Followed {
    /// A ledger that was not audited before.
    pub fn new(origin: Origin) -> Followed {
        Followed { origin, seen: None, audited: None, conflicts: Vec::new() }
    }

    /// Reads what [`Followed::encode`] wrote; the error says what is wrong with it.
    ///
    /// # Errors
    /// Anything that this program did not write.
    pub fn parse(bytes: &[u8]) -> Result<Followed, String> {
        if bytes.len() > STATE_BYTES {
            return Err("is larger than what is remembered of a ledger".to_owned());
        }
        let state: State = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        if state.format != FORMAT {
            return Err(format!("the format is not {FORMAT}"));
        }
        let origin = Origin::parse(&state.origin).map_err(|refused| refused.to_string())?;
        let is_of = |note: &str| Checkpoint::parse_note(note).is_ok_and(|(head, _)| *head.origin() == origin);
        let audited = state.audited.map(Part::read).transpose()?;
        let notes = state.seen.iter().chain(audited.iter().map(|audited| &audited.checkpoint));
        if !notes.into_iter().all(|note| is_of(note)) {
            return Err("a checkpoint is not one of the ledger".to_owned());
        }
        let conflicts = state.conflicts.into_iter().map(|Pair { seen, now }| Conflict { seen, now });
        Ok(Followed { origin, seen: state.seen, audited, conflicts: conflicts.collect() })
    }

    /// As a file.
    pub fn encode(&self) -> String {
        let audited = self.audited.as_ref().map(Part::of);
        let pair = |conflict: &Conflict| Pair { seen: conflict.seen.clone(), now: conflict.now.clone() };
        let state = State {
            format: FORMAT.to_owned(),
            origin: self.origin.as_str().to_owned(),
            seen: self.seen.clone(),
            audited,
            conflicts: self.conflicts.iter().map(pair).collect(),
        };
        // Strings and numbers: writing them can't fail.
        serde_json::to_string(&state).unwrap_or_default() + "\n"
    }

    /// The ledger's name.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// How many entries were found clean so far.
    pub fn audited(&self) -> u64 {
        self.audited.as_ref().map_or(0, |audited| audited.head.size)
    }

    /// The newest checkpoint that was met, a signed note.
    pub fn seen(&self) -> Option<&str> {
        self.seen.as_deref()
    }

    /// Pairs of signed heads that can't both be of one history.
    pub fn conflicts(&self) -> &[Conflict] {
        &self.conflicts
    }

    /// How to go on from here.
    pub fn options(&self, options: &AuditOptions) -> AuditOptions {
        AuditOptions { audited: self.audited.clone(), seen: self.seen.clone(), ..options.clone() }
    }

    /// Takes in what an audit came to.
    fn learn(&mut self, report: &mut AuditReport) {
        if let Some(audited) = &report.audited {
            self.audited = Some(audited.clone());
        }
        if let Some(checkpoint) = &report.checkpoint
            && size_of(checkpoint) >= self.seen.as_deref().map_or(0, size_of)
        {
            self.seen = Some(checkpoint.clone());
        }
        if let Some(conflict) = &report.conflict {
            if self.conflicts.len() < CONFLICTS_MAX && !self.conflicts.contains(conflict) {
                self.conflicts.push(conflict.clone());
            }
        } else if let Some(Conflict { seen, .. }) = self.split() {
            let size = size_of(seen);
            let what = format!("an earlier audit saw two histories, one with the checkpoint of size {size}");
            report.findings.push(Finding::new(FindingCode::SplitView, CHECKPOINT, what));
        }
    }

    /// A conflict that does not go away: two histories, not a ledger that was only smaller for a while.
    fn split(&self) -> Option<&Conflict> {
        self.conflicts.iter().find(|conflict| size_of(&conflict.now) >= size_of(&conflict.seen))
    }
}

fn size_of(note: &str) -> u64 {
    Checkpoint::parse_note(note).map_or(0, |(checkpoint, _)| checkpoint.size())
}

/// Audits what came since the last time. `remember` is given what to keep, now and then and at the end; what it can't keep
/// ends the audit.
///
/// # Errors
/// As [`super::audit_ledger`], and what `remember` answers.
pub fn follow(
    source: &dyn LedgerSource,
    trust: Option<&TrustBundle>,
    followed: &mut Followed,
    options: &AuditOptions,
    watch: &mut dyn Watch,
    remember: &mut dyn FnMut(&Followed),
) -> Result<AuditReport, DiskError> {
    let (origin, options) = (followed.origin.clone(), followed.options(options));
    let mut along = Along { remembered: followed.audited(), followed, watch, remember };
    let mut report = super::audit_watched(source, &origin, trust, &options, &mut along)?;
    followed.learn(&mut report);
    remember(followed);
    Ok(report.decided())
}

/// Remembers on the way.
struct Along<'a> {
    followed: &'a mut Followed,
    remembered: u64,
    watch: &'a mut dyn Watch,
    remember: &'a mut dyn FnMut(&Followed),
}

impl Watch for Along<'_> {
    fn entry(&mut self, index: u64, entry: &verifier::entry::Entry) {
        self.watch.entry(index, entry);
    }

    fn public(&mut self, index: u64) {
        self.watch.public(index);
    }

    fn audited(&mut self, audited: &Audited) {
        self.watch.audited(audited);
        if audited.head.size - self.remembered.min(audited.head.size) >= REMEMBER_EVERY {
            self.remembered = audited.head.size;
            self.followed.audited = Some(audited.clone());
            (self.remember)(self.followed);
        }
    }

    fn progress(&mut self, done: u64, of: u64) {
        self.watch.progress(done, of);
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct State {
    format: String,
    origin: String,
    seen: Option<String>,
    audited: Option<Part>,
    conflicts: Vec<Pair>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    size: u64,
    root: String,
    checkpoint: String,
    looked: u64,
    notes: Vec<String>,
    log_head: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    seen: String,
    now: String,
}

impl Part {
    fn of(audited: &Audited) -> Part {
        Part {
            size: audited.head.size,
            root: base64::encode(audited.head.root.as_bytes()),
            checkpoint: audited.checkpoint.clone(),
            looked: audited.looked,
            notes: audited.notes.clone(),
            log_head: audited.log_head.clone(),
        }
    }

    fn read(self) -> Result<Audited, String> {
        let root = base64::decode(&self.root).and_then(|bytes| <[u8; 32]>::try_from(bytes).ok());
        let root = Hash::from_bytes(root.ok_or("the root is not 32 bytes in base64")?);
        let head = Head { size: self.size, root };
        let (checkpoint, _) =
            Checkpoint::parse_note(&self.checkpoint).map_err(|refused| refused.to_string())?;
        if checkpoint.size() != head.size || *checkpoint.root() != root || self.looked < head.size {
            return Err("what was audited is not what its checkpoint says".to_owned());
        }
        let Part { checkpoint, looked, notes, log_head, .. } = self;
        Ok(Audited { head, checkpoint, looked, notes, log_head })
    }
}
