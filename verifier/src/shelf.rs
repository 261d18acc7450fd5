//! Status lists at hand, and which of them counts.
//!
//! Here is check 14. Not here: the format of a list (`status`, `status_list`), finding the files (programs).
//!
//! ```text
//! newest list covers the index   its value, if it is fresh enough
//! … does not                     that it was sealed is the evidence, if it was issued lately enough
//! ```
//!
//! Source: `spec/verdict.md`, Status.

use alloc::format;
use alloc::vec::Vec;

use crate::limits;
use crate::status::Status;
use crate::status_list::StatusList;
use crate::time::Time;
use crate::trust::{KeyUse, Office, TrustBundle};
use crate::verdict::{Checks, Code, Detail, Fields, StatusSeen};

/// The lists that a caller has, of any office and shard, their signatures checked once.
#[derive(Clone, Debug, Default)]
pub struct StatusShelf {
    lists: Vec<StatusList>,
    unusable: Vec<StatusList>,
}

impl StatusShelf {
    /// Sorts the lists into those that verify under a status key of their office in `trust`, and the others.
    pub fn new(lists: Vec<StatusList>, trust: &TrustBundle) -> Self {
        let (lists, unusable) = lists.into_iter().partition(|list| signed(list, trust));
        Self { lists, unusable }
    }

    /// The lists that verify.
    pub fn lists(&self) -> &[StatusList] {
        &self.lists
    }

    /// The lists that do not.
    pub fn unusable(&self) -> &[StatusList] {
        &self.unusable
    }

    pub(crate) fn judge(
        &self,
        office: &Office,
        fields: &Fields,
        at: Time,
        max_age: u64,
        checks: &mut Checks,
    ) -> StatusSeen {
        let shard = fields.index / limits::STATUS_SHARD;
        let of_shard = |list: &&StatusList| {
            let says = list.says().fields();
            says.origin == office.origin && says.shard == shard
        };
        for list in self.unusable.iter().filter(of_shard) {
            checks.with(
                Code::StatusUnusable,
                Detail::Text(format!("sequence {}", list.says().fields().sequence)),
            );
        }
        let latest = at.saturating_add(limits::CLOCK_TOLERANCE);
        let known =
            || self.lists.iter().filter(of_shard).filter(|list| list.says().fields().issued <= latest);
        let Some(newest) = known().max_by_key(|list| list.says().fields().sequence) else {
            return by_batch(false, fields, at, max_age, checks);
        };
        if known().any(|list| {
            list.says().fields().sequence == newest.says().fields().sequence
                && list.note().text() != newest.note().text()
        }) {
            checks.with(
                Code::StatusConflict,
                Detail::Text(format!("sequence {}", newest.says().fields().sequence)),
            );
            return StatusSeen::default();
        }
        match newest.says().covers(fields.index) {
            true => by_list(newest, fields, at, max_age, checks),
            false => by_batch(true, fields, at, max_age, checks),
        }
    }
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

fn by_list(list: &StatusList, fields: &Fields, at: Time, max_age: u64, checks: &mut Checks) -> StatusSeen {
    let value = list.status(fields.index).unwrap_or(Status::NotIssued);
    let age = at.since(list.says().fields().issued);
    let stale = at > list.says().fields().expires || age > max_age;
    let code = match value {
        Status::Revoked => Code::Revoked,
        Status::Replaced => Code::Replaced,
        Status::Withdrawn => Code::Withdrawn,
        Status::NotIssued => Code::NotIssued,
        _ if stale => Code::StatusStale,
        Status::Suspended => Code::Suspended,
        Status::ObjectionNoted => Code::ObjectionNoted,
        Status::Valid => Code::StatusValid,
    };
    checks.with(code, Detail::Age(age));
    StatusSeen {
        value: Some(value),
        as_of: Some(list.says().fields().issued),
        sequence: Some(list.says().fields().sequence),
    }
}

/// An office seals no certificate that is not valid. But a batch note may reach back over older entries, so its own time
/// says nothing of theirs: the certificate is as fresh as its issue, which was before its batch was closed.
fn by_batch(had_list: bool, fields: &Fields, at: Time, max_age: u64, checks: &mut Checks) -> StatusSeen {
    let issued = fields.core.issued_at();
    let age = at.since(issued);
    let code = match (age <= max_age, had_list) {
        (true, _) => Code::StatusValid,
        (false, true) => Code::StatusStale,
        (false, false) => Code::StatusMissing,
    };
    checks.with(code, Detail::Age(age));
    StatusSeen { value: None, as_of: Some(issued), sequence: None }
}
