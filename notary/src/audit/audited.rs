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
use verifier::note::Note;
use verifier::status::{StatusFields, StatusNote};

use super::head::{CHECKPOINT, Published};
use super::{AuditOptions, Auditor, FindingCode};
use crate::ledger::Head;

/// A ledger up to the end of one of its batches, audited and clean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audited {
    /// So many entries with this root.
    pub head: Head,
    /// The batch's checkpoint, a signed note.
    pub checkpoint: String,
    /// Public preimages of entries below this were looked at; not less than the head's size.
    pub looked: u64,
    /// The last status note of each shard, signed notes.
    pub notes: Vec<String>,
    /// The last head of the operators' log.
    pub log_head: Option<String>,
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
    let mut conflict = None;
    if let Some((largest, note)) = heads.last().filter(|(head, _)| head.size > size) {
        let what = format!("has {size} entries, and {} were seen before", largest.size);
        auditor.find(FindingCode::Rollback, CHECKPOINT, what);
        conflict = Some(against(auditor, note));
    }
    heads.retain(|(head, _)| head.size <= size);
    let audited = audited.filter(|audited| audited.head.size <= size);
    Before { audited, heads, conflict }
}

/// The head that was seen, and the one that is published.
pub(super) fn against(auditor: &Auditor<'_>, seen: &str) -> Conflict {
    let now = match &auditor.published {
        Published::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
        Published::Large | Published::Missing => String::new(),
    };
    Conflict { seen: seen.to_owned(), now }
}
