//! All paths of a batch of 4,096, against the bare hashing of its tree.

use std::hint::black_box;
use std::sync::Arc;

use notary::disk::testing::MemoryDisk;
use notary::ledger::{Head, Ledger};
use verifier::entry::Entry;
use verifier::hash::{Hash, node_hash, sha256};

use super::{in_turn, ratio, row};

const BATCH: u64 = 4096;

pub fn run() {
    let ledger = Ledger::open(Arc::new(MemoryDisk::default()), Head::empty()).unwrap();
    let entries = entries(0, BATCH);
    let all = || {
        let plan = ledger.plan(entries.clone()).unwrap();
        for index in 0..BATCH {
            black_box(plan.path(index).unwrap());
        }
    };
    let bare = || {
        black_box(bare_root(&entries));
    };
    let (ours, theirs) = in_turn(50, all, bare);
    row(
        "plan of a batch of 4,096 and all its paths",
        ours,
        "bare SHA-256 of the tree",
        theirs,
        ratio(ours, theirs),
        "≤ 5",
    );
}

/// Entries that look like any others.
pub fn entries(first: u64, count: u64) -> Vec<Entry> {
    (first..first + count).map(|n| Entry::from(sha256(&[&n.to_be_bytes()]))).collect()
}

/// The tree's root by hashing and nothing else: what no implementation can do without.
pub fn bare_root(entries: &[Entry]) -> Hash {
    let mut level: Vec<Hash> = entries.iter().map(Entry::leaf).collect();
    while level.len() > 1 {
        level = level
            .chunks(2)
            .map(|pair| match pair {
                [left, right] => node_hash(left, right),
                [one] => *one,
                _ => unreachable!("chunks of two"),
            })
            .collect();
    }
    level[0]
}
