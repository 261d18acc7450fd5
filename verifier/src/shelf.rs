//! Status lists at hand, and which of them counts.
//!
//! Here is check 14. Not here: the format of a list (`status`, `status_list`), finding the files (programs).
//!
//! ```text
//! newest list covers the index   its value, if it is fresh enough
//! … does not                     that it was sealed is the evidence, if it was issued lately enough
//! ```
//!
//! What a caller remembers of lists seen before (`ListSeen`) and proofs that a list is in the ledger are evidence beside the
//! lists, each given by a method of its own.
//!
//! Source: `spec/verdict.md`, Status.

mod memory;
mod proven;

use alloc::format;
use alloc::vec::Vec;

use crate::limits;
use crate::status::Status;
use crate::status_list::StatusList;
use crate::time::Time;
use crate::tlog_proof::TlogProof;
use crate::trust::{KeyUse, Office, TrustBundle};
use crate::verdict::{Checks, Code, Detail, Fields, StatusSeen};

pub use memory::ListSeen;

/// The lists that a caller has, of any office and shard, their signatures checked once.
#[derive(Clone, Debug, Default)]
pub struct StatusShelf {
    lists: Vec<StatusList>,
    unusable: Vec<StatusList>,
    seen: Vec<ListSeen>,
    proofs: Vec<TlogProof>,
}

/// What is asked of the shelf.
pub(crate) struct Question<'a> {
    pub(crate) office: &'a Office,
    pub(crate) trust: &'a TrustBundle,
    /// The moment judged.
    pub(crate) at: Time,
    /// Lists issued later than this are not there yet.
    pub(crate) latest: Time,
    /// How old evidence may be, in seconds.
    pub(crate) max_age: u64,
}

impl StatusShelf {
    /// Sorts the lists into those that verify under a status key of their office in `trust`, and the others.
    pub fn new(lists: Vec<StatusList>, trust: &TrustBundle) -> Self {
        let (lists, unusable) = lists.into_iter().partition(|list| signed(list, trust));
        Self { lists, unusable, seen: Vec::new(), proofs: Vec::new() }
    }

    /// With what the caller remembers of the newest list of shards: an older one is no evidence that anything is valid.
    #[must_use]
    pub fn remembering(self, seen: Vec<ListSeen>) -> Self {
        Self { seen, ..self }
    }

    /// With proofs that a ledger holds the notes of lists. Whose they are is told by the entry; one that is of no list
    /// at hand, or does not hold, is not used.
    #[must_use]
    pub fn with_proofs(self, proofs: Vec<TlogProof>) -> Self {
        Self { proofs, ..self }
    }

    /// The lists that verify.
    pub fn lists(&self) -> &[StatusList] {
        &self.lists
    }

    /// The lists that do not.
    pub fn unusable(&self) -> &[StatusList] {
        &self.unusable
    }

    pub(crate) fn judge(&self, asked: &Question<'_>, fields: &Fields, checks: &mut Checks) -> StatusSeen {
        let shard = fields.index / limits::STATUS_SHARD;
        let of_shard = |list: &&StatusList| {
            let says = list.says().fields();
            says.origin == asked.office.origin && says.shard == shard
        };
        for list in self.unusable.iter().filter(of_shard) {
            checks.with(
                Code::StatusUnusable,
                Detail::Text(format!("sequence {}", list.says().fields().sequence)),
            );
        }
        let known =
            || self.lists.iter().filter(of_shard).filter(|list| list.says().fields().issued <= asked.latest);
        let Some(newest) = known().max_by_key(|list| list.says().fields().sequence) else {
            return by_batch(false, fields, asked, checks);
        };
        let sequence = newest.says().fields().sequence;
        let seen = self.seen.iter().filter(|seen| seen.is_of(newest) && seen.issued <= asked.latest);
        let differs = |list: &StatusList| {
            list.says().fields().sequence == sequence && list.note().text() != newest.note().text()
        };
        if known().any(differs) || seen.clone().any(|seen| seen.contradicts(newest)) {
            checks.with(Code::StatusConflict, Detail::Text(format!("sequence {sequence}")));
            return StatusSeen::default();
        }
        let newer = seen.map(|seen| seen.sequence).max().filter(|seen| *seen > sequence);
        if !newest.says().covers(fields.index) {
            let Some(newer) = newer else { return by_batch(true, fields, asked, checks) };
            checks.with(Code::StatusRollback, rolled_back(sequence, newer));
            return StatusSeen::default();
        }
        let told = by_list(newest, newer, fields, asked, checks);
        if let Some(index) = proven::entry_of(newest, &self.proofs, asked) {
            let next = self.lists.iter().find(|list| proven::follows(list, newest));
            checks.with(
                Code::StatusProven,
                proven::detail(index, next.map(|next| next.says().fields().issued)),
            );
        }
        told
    }
}

fn rolled_back(sequence: u64, newer: u64) -> Detail {
    Detail::Text(format!("sequence {sequence}, seen before {newer}"))
}

/// The note verifies under a status key of the office that was in force when the list was issued, and is nobody else's:
/// a thief chooses every date and sequence inside a list, so no list of a compromised key counts.
fn signed(list: &StatusList, trust: &TrustBundle) -> bool {
    trust.office(&list.says().fields().origin).is_some_and(|office| {
        office.keys_for(KeyUse::Status).any(|key| {
            key.in_force(list.says().fields().issued)
                && key.compromised.is_none()
                && list.note().verify_one(&key.key).is_ok()
        })
    })
}

/// `newer` is the sequence of a newer list that the caller has seen: then this one says for certain only what is final.
fn by_list(
    list: &StatusList,
    newer: Option<u64>,
    fields: &Fields,
    asked: &Question<'_>,
    checks: &mut Checks,
) -> StatusSeen {
    let says = list.says().fields();
    let value = list.status(fields.index).unwrap_or(Status::NotIssued);
    let age = asked.at.since(says.issued);
    let stale = asked.at > says.expires || age > asked.max_age;
    let code = match value {
        Status::Revoked => Code::Revoked,
        Status::Replaced => Code::Replaced,
        Status::Withdrawn => Code::Withdrawn,
        Status::NotIssued => Code::NotIssued,
        _ if newer.is_some() => Code::StatusRollback,
        _ if stale => Code::StatusStale,
        Status::Suspended => Code::Suspended,
        Status::ObjectionNoted => Code::ObjectionNoted,
        Status::Valid => Code::StatusValid,
    };
    let detail = match newer.filter(|_| code == Code::StatusRollback) {
        Some(newer) => rolled_back(says.sequence, newer),
        None => Detail::Age(age),
    };
    checks.with(code, detail);
    StatusSeen { value: Some(value), as_of: Some(says.issued), sequence: Some(says.sequence) }
}

/// An office seals no certificate that is not valid. But a batch note may reach back over older entries, so its own time
/// says nothing of theirs: the certificate is as fresh as its issue, which was before its batch was closed.
fn by_batch(had_list: bool, fields: &Fields, asked: &Question<'_>, checks: &mut Checks) -> StatusSeen {
    let issued = fields.core.issued_at();
    let age = asked.at.since(issued);
    let code = match (age <= asked.max_age, had_list) {
        (true, _) => Code::StatusValid,
        (false, true) => Code::StatusStale,
        (false, false) => Code::StatusMissing,
    };
    checks.with(code, Detail::Age(age));
    StatusSeen { value: None, as_of: Some(issued), sequence: None }
}
