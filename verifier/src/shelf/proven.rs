//! That the list which was used is in the ledger, and until when it was the newest.
//!
//! ```text
//! status-0-17.xzs  status-0-17.tlog-proof     list 17, its note is entry 41 of the ledger
//! status-0-18.xzs                             names list 17 as the one before: until it was issued, 17 was the newest
//! ```
//!
//! Not here: the proof's text (`tlog_proof`), whose checkpoint counts (`proof`).

use alloc::format;

use super::Question;
use crate::anchored::Asked;
use crate::proof;
use crate::status_list::StatusList;
use crate::time::Time;
use crate::tlog_proof::TlogProof;
use crate::verdict::Detail;

/// Index of the note's entry, by the first proof that holds. It is at or above the size that the list covers: one below
/// would be of another list with the same text.
pub(super) fn entry_of(list: &StatusList, proofs: &[TlogProof], asked: &Question<'_>) -> Option<u64> {
    let (entry, says) = (list.entry(), list.says().fields());
    let (office, trust, at) = (asked.office, asked.trust, asked.at);
    let against = |index: u64| Asked {
        entry: &entry,
        index,
        office,
        trust,
        sealed_at: says.issued,
        at,
        now: asked.latest,
    };
    let holds = |given: &&TlogProof| {
        given.index() >= says.size && proof::hold(given, &against(given.index()), None).is_ok()
    };
    proofs.iter().find(holds).map(TlogProof::index)
}

/// Whether `next` is the list right after `list`.
pub(super) fn follows(next: &StatusList, list: &StatusList) -> bool {
    let (after, before) = (next.says().fields(), list.says().fields());
    after.origin == before.origin && after.shard == before.shard && after.previous == Some(list.entry())
}

/// In words for `--json` and reports.
pub(super) fn detail(index: u64, until: Option<Time>) -> Detail {
    Detail::Text(match until {
        Some(until) => format!("entry {index}, newest until {}", until.display_china()),
        None => format!("entry {index}"),
    })
}
