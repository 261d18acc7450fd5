//! What a caller remembers of the newest list of a shard, so that nobody brings an older one back.
//!
//! ```text
//! credit.example.gov.cn/ledger  shard 0  sequence 17  issued 1795312800  SHA-256 of the note's text
//! ```
//!
//! Not here: where it is kept between two calls (programs).

use crate::hash::{Hash, sha256};
use crate::origin::Origin;
use crate::status_list::StatusList;
use crate::time::Time;

/// The newest list of a shard that was seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListSeen {
    /// The ledger's name.
    pub origin: Origin,
    /// Which shard.
    pub shard: u64,
    /// Its sequence.
    pub sequence: u64,
    /// When it was issued: for an earlier moment it was not there yet.
    pub issued: Time,
    /// SHA-256 of the note's text, without its signatures.
    pub text: Hash,
}

impl ListSeen {
    /// What to remember of a list. Its signature must have been verified.
    pub fn of(list: &StatusList) -> ListSeen {
        let says = list.says().fields();
        ListSeen {
            origin: says.origin.clone(),
            shard: says.shard,
            sequence: says.sequence,
            issued: says.issued,
            text: sha256(&[list.note().text().as_bytes()]),
        }
    }

    /// Whether it is of the same shard.
    pub fn is_of(&self, list: &StatusList) -> bool {
        let says = list.says().fields();
        says.origin == self.origin && says.shard == self.shard
    }

    /// Whether the list has this sequence and says something else.
    pub fn contradicts(&self, list: &StatusList) -> bool {
        self.is_of(list)
            && list.says().fields().sequence == self.sequence
            && sha256(&[list.note().text().as_bytes()]) != self.text
    }
}
