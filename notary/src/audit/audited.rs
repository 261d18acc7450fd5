//! What was audited before: where an audit goes on, and what the ledger is held against.
//!
//! ```text
//! audited before        [0, 41)   root pR9…   and the last status note of each shard
//! the ledger now        [0, 97)   its first 41 entries must have the root pR9…
//! ```
//!
//! The office signed the head that was seen. A ledger that is smaller, or has another root at that size, is a second
//! history, and the two signed heads together prove it to anybody. Not here: the file that keeps it (`follow`).

use verifier::checkpoint::Checkpoint;
use verifier::entry::{Entry, PublicKind};
use verifier::misbehaviour::Misbehaviour;
use verifier::note::Note;
use verifier::status::{StatusFields, StatusNote};
use verifier::time::Time;

use super::evidence::Reached;
use super::head::{CHECKPOINT, Published};
use super::trail::KeysTold;
use super::{AuditOptions, Auditor, Detail, FindingCode};
use crate::ledger::Head;

/// A ledger up to the end of one of its batches, audited and clean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// So many entries with this root.
    pub head: Head,
    /// The batch's checkpoint, a signed note.
    pub checkpoint: String,
    /// When the batch was closed, by its own word then.
    pub closed: Time,
    /// Public preimages of entries below this were looked at; not less than the head's size.
    pub looked: u64,
    /// The last status note of each shard, signed notes.
    pub notes: Vec<String>,
    /// The last head of the operators' log.
    pub log_head: Option<String>,
    /// What the ledger told of the office's keys.
    pub keys: KeysTold,
    /// Which keys the bundle of that audit said were compromised.
    pub thefts: Vec<Theft>,
    /// How much of what others saw was looked at.
    pub evidence: Reached,
}

/// What an audit knew of a compromised key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Theft {
    /// The key's id, 8 hex digits.
    pub key: String,
    /// The moment, in seconds.
    pub from: u64,
    /// Entries under the last good head.
    pub size: u64,
    /// Entries that others saw before the moment, by the evidence and the bundle of then.
    pub seen: u64,
}

impl Audited {
    /// The last status notes with their entries; a note that is none is left out, and shows as a break in its shard's chain.
    pub(super) fn shards(&self) -> impl Iterator<Item = (Entry, StatusFields)> {
        self.notes.iter().filter_map(|text| {
            let note = Note::parse(text).ok()?;
            let says = StatusNote::from_text(note.text()).ok()?;
            let entry = Entry::of_public_body(PublicKind::StatusNote, note.encode().as_bytes());
            Some((entry, says.fields().clone()))
        })
    }
}

/// Two heads that one office signed and that can't both be of one history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// The one that was seen before, a signed note.
    pub seen: String,
    /// The one that is published now, a signed note.
    pub now: String,
    /// What proves it to anybody: the file `*.xzf`. None of a ledger that is only smaller than it was.
    pub proof: Option<Misbehaviour>,
}

/// What was known of a ledger before an audit.
pub(super) struct Before<'a> {
    /// Where the audit goes on; nothing where the ledger is smaller than it was.
    pub(super) audited: Option<&'a Audited>,
    /// Heads that the ledger has to come by, ascending, each with the signed note.
    pub(super) heads: Vec<(Head, String)>,
    /// The ledger is smaller than it was.
    pub(super) conflict: Option<Conflict>,
}

/// What the audit goes on from, and what it holds the ledger against.
pub(super) fn before<'a>(auditor: &mut Auditor<'_>, options: &'a AuditOptions, size: u64) -> Before<'a> {
    let audited = options.audited.as_ref();
    let mut heads: Vec<(Head, String)> =
        audited.map(|audited| (audited.head, audited.checkpoint.clone())).into_iter().collect();
    if let Some(seen) = &options.seen
        && let Ok((checkpoint, _)) = Checkpoint::parse_note(seen)
    {
        heads.push((Head { size: checkpoint.size(), root: *checkpoint.root() }, seen.clone()));
    }
    heads.sort_by_key(|(head, _)| head.size);
    // Mostly what was seen last is what was audited last.
    heads.dedup_by_key(|(head, _)| *head);
    let mut conflict = None;
    if let Some((largest, note)) = heads.last().filter(|(head, _)| head.size > size) {
        let what = Detail::Smaller { size, seen: largest.size };
        auditor.find(FindingCode::Rollback, CHECKPOINT, what);
        conflict = Some(against(auditor, note));
    }
    heads.retain(|(head, _)| head.size <= size);
    // A compromise is told later than it was: what was clean then may be a thief's, and is looked at again.
    // So it is where the bundle has no longer who saw it.
    let thefts = auditor.keys.thefts();
    let is_clean = |audited: &&Audited| {
        thefts.iter().all(|theft| theft.size >= audited.head.size || audited.thefts.contains(theft))
    };
    let audited = audited.filter(|audited| audited.head.size <= size).filter(is_clean);
    Before { audited, heads, conflict }
}

/// The head that was seen, and the one that is published.
pub(super) fn against(auditor: &Auditor<'_>, seen: &str) -> Conflict {
    let now = match &auditor.published {
        Published::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Published::Large | Published::Missing => String::new(),
    };
    Conflict { seen: seen.to_owned(), now, proof: None }
}
