//! Following a ledger over days and years: what an auditor remembers of it between two audits.
//!
//! ```text
//! {"format":"xinzheng/audit-state/v1","origin":"credit.example.gov.cn/ledger","seen":"…signed note…",
//!  "audited":{"size":4096,"root":"…","checkpoint":"…signed note…","closed":1795312800,"looked":4096,"notes":["…status note…"],
//!              "log_head":"…"},
//!  "conflicts":[{"seen":"…signed note…","now":"…signed note…","proof":"…the file *.xzf, where there is a proof…"}]}
//! ```
//!
//! `seen` is the newest checkpoint that was met, `audited` how far nothing was found. An audit goes on behind `audited`, so
//! one that is cut off goes on where it was, and one that finds something looks at it again each time. Two histories are
//! kept in `conflicts` and told for ever; a ledger that is only smaller for a while is told while it is. Not here: files.

use serde::{Deserialize, Serialize};
use verifier::base64;
use verifier::checkpoint::Checkpoint;
use verifier::hash::Hash;
use verifier::misbehaviour::Misbehaviour;
use verifier::origin::Origin;
use verifier::time::Time;
use verifier::trust::TrustBundle;

use super::head::CHECKPOINT;
use super::{
    AuditOptions, AuditReport, Audited, Conflict, Detail, Finding, FindingCode, KeysTold, LedgerSource,
    Reached, Theft, Watch,
};
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
        let conflicts = state.conflicts.into_iter().map(Pair::read).collect::<Result<Vec<_>, _>>()?;
        Ok(Followed { origin, seen: state.seen, audited, conflicts })
    }

    /// As a file.
    pub fn encode(&self) -> String {
        let audited = self.audited.as_ref().map(Part::of);
        let state = State {
            format: FORMAT.to_owned(),
            origin: self.origin.as_str().to_owned(),
            seen: self.seen.clone(),
            audited,
            conflicts: self.conflicts.iter().map(Pair::of).collect(),
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
            self.keep(conflict);
        } else if let Some(conflict) = self.split().cloned() {
            let size = size_of(&conflict.seen);
            let what = Detail::SplitBefore { size };
            report.findings.push(Finding::new(FindingCode::SplitView, CHECKPOINT, what));
            report.conflict = Some(conflict);
        }
    }

    /// Keeps a conflict, or the proof of one that is kept already.
    fn keep(&mut self, found: &Conflict) {
        let same = |kept: &&mut Conflict| (&kept.seen, &kept.now) == (&found.seen, &found.now);
        if let Some(kept) = self.conflicts.iter_mut().find(same) {
            kept.proof = kept.proof.take().or_else(|| found.proof.clone());
            return;
        }
        // Two histories take the place of a ledger that was smaller for a while, however often that was.
        if self.conflicts.len() >= CONFLICTS_MAX
            && is_split(found)
            && let Some(smaller) = self.conflicts.iter().position(|kept| !is_split(kept))
        {
            self.conflicts.remove(smaller);
        }
        if self.conflicts.len() < CONFLICTS_MAX {
            self.conflicts.push(found.clone());
        }
    }

    /// A conflict that does not go away: two histories, not a ledger that was only smaller for a while.
    fn split(&self) -> Option<&Conflict> {
        self.conflicts.iter().find(|conflict| is_split(conflict))
    }
}

fn is_split(conflict: &Conflict) -> bool {
    conflict.proof.is_some() || size_of(&conflict.now) >= size_of(&conflict.seen)
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
    #[serde(default)]
    closed: u64,
    looked: u64,
    notes: Vec<String>,
    log_head: Option<String>,
    #[serde(default)]
    keys: Told,
    #[serde(default)]
    thefts: Vec<(String, u64, u64, u64)>,
    #[serde(default)]
    cosigned: [u64; 2],
    #[serde(default)]
    anchors: u64,
    #[serde(default)]
    targets: Vec<(String, String, u64)>,
    #[serde(default)]
    shown: Option<(u64, u64)>,
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    first: Option<String>,
    last: Option<String>,
    events: Vec<(u64, String)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    seen: String,
    now: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proof: Option<String>,
}

impl Pair {
    fn of(conflict: &Conflict) -> Pair {
        let proof = conflict.proof.as_ref().map(Misbehaviour::encode);
        Pair { seen: conflict.seen.clone(), now: conflict.now.clone(), proof }
    }

    fn read(self) -> Result<Conflict, String> {
        let proof = self.proof.map(|text| Misbehaviour::parse(text.as_bytes())).transpose();
        Ok(Conflict { seen: self.seen, now: self.now, proof: proof.map_err(|refused| refused.to_string())? })
    }
}

impl Part {
    fn of(audited: &Audited) -> Part {
        let (keys, thefts) = (audited.keys.clone(), audited.thefts.iter());
        let targets = audited.evidence.targets.iter();
        let targets = targets.map(|((kind, label), size)| (kind.clone(), label.clone(), *size));
        Part {
            size: audited.head.size,
            root: base64::encode(audited.head.root.as_bytes()),
            checkpoint: audited.checkpoint.clone(),
            closed: audited.closed.seconds(),
            looked: audited.looked,
            notes: audited.notes.clone(),
            log_head: audited.log_head.clone(),
            keys: Told { first: keys.first, last: keys.last, events: keys.events },
            thefts: thefts.map(|theft| (theft.key.clone(), theft.from, theft.size, theft.seen)).collect(),
            cosigned: [audited.evidence.cosigned, audited.evidence.cosigned_size],
            anchors: audited.evidence.anchors,
            targets: targets.collect(),
            shown: audited.evidence.shown.map(|(size, time)| (size, time.seconds())),
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
        let targets = self.targets.into_iter().map(|(kind, label, size)| ((kind, label), size));
        let ([cosigned, cosigned_size], anchors) = (self.cosigned, self.anchors);
        let time = |seconds: u64| Time::new(seconds).map_err(|refused| refused.to_string());
        let shown = self.shown.map(|(size, at)| time(at).map(|at| (size, at))).transpose()?;
        let evidence = Reached { cosigned, cosigned_size, anchors, targets: targets.collect(), shown };
        let Told { first, last, events } = self.keys;
        let keys = KeysTold { first, last, events };
        let closed = time(self.closed)?;
        let Part { checkpoint, looked, notes, log_head, thefts, .. } = self;
        let thefts = thefts.into_iter().map(|(key, from, size, seen)| Theft { key, from, size, seen });
        let thefts = thefts.collect();
        Ok(Audited { head, checkpoint, closed, looked, notes, log_head, keys, thefts, evidence })
    }
}
