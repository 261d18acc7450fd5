//! What is known of the anchors in the ledger: for each target its anchors with sizes and times, in memory.

use std::collections::BTreeMap;

use verifier::anchor::Anchor;
use verifier::time::Time;

use super::{Progress, Target, time_of};

/// An anchor that is kept, at a glance.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its number: `ledger/anchors/<n>`.
    pub n: u64,
    /// With whom.
    pub target: Target,
    /// Entries under the checkpoint that is anchored.
    pub size: u64,
    /// When, as the evidence says.
    pub time: Time,
}

/// All of them.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// By number; `None` where a file can't be read or is of a kind that is not known here. The audit names it.
    all: Vec<Option<Listed>>,
    /// Numbers of each target's anchors, sizes rising.
    of: BTreeMap<Target, Vec<u64>>,
    /// What is under way and on disk; `None` where it is known that there is nothing.
    pub(crate) under_way: BTreeMap<Target, Option<Progress>>,
    /// How often somebody asked to anchor now, and not at the pace.
    pub(crate) hurries: u64,
}

impl Kept {
    /// How many files there are: their numbers have no gap.
    pub(crate) fn count(&self) -> u64 {
        self.all.len() as u64
    }

    /// The next file, as far as it can be read.
    pub(crate) fn push_anchor(&mut self, anchor: Option<&Anchor>) {
        let n = self.count();
        let listed = anchor.and_then(|anchor| {
            let target = Target::new(anchor.kind()?, anchor.label()?)?;
            Some(Listed { n, target, size: anchor.checkpoint()?.size(), time: time_of(anchor)? })
        });
        self.push(listed);
    }

    /// The next file, as an index says it.
    pub(crate) fn push(&mut self, listed: Option<Listed>) {
        if let Some(listed) = &listed {
            let of = self.of.entry(listed.target.clone()).or_default();
            let last = of.last().and_then(|n| self.all.get(*n as usize)?.as_ref());
            // With one target sizes only rise. One that doesn't covers no more than the one before, and came later.
            if last.is_none_or(|last| last.size < listed.size) {
                of.push(listed.n);
            }
        }
        self.all.push(listed);
    }

    /// One by its number.
    pub(crate) fn get(&self, n: u64) -> Option<&Listed> {
        self.all.get(usize::try_from(n).ok()?)?.as_ref()
    }

    /// The newest of a target.
    pub(crate) fn last(&self, target: &Target) -> Option<&Listed> {
        self.of.get(target)?.last().and_then(|n| self.get(*n))
    }

    /// All that are known, by number.
    pub(crate) fn listed(&self) -> impl DoubleEndedIterator<Item = &Listed> {
        self.all.iter().flatten()
    }

    /// Each target that has an anchor, with how many.
    pub(crate) fn targets(&self) -> impl Iterator<Item = (&Target, u64)> {
        self.of.iter().map(|(target, of)| (target, of.len() as u64))
    }

    /// Of each target the earliest anchor that covers the entry with this index, and how many more do.
    pub(crate) fn covering(&self, index: u64) -> Vec<(Listed, usize)> {
        let first = |of: &Vec<u64>| {
            let before = self.before(of, index);
            let more = of.len().checked_sub(before)?.checked_sub(1)?;
            Some((of.get(before).and_then(|n| self.get(*n))?.clone(), more))
        };
        self.of.values().filter_map(first).collect()
    }

    /// Of one target the anchor that covers this entry, so many after the earliest.
    pub(crate) fn covering_after(&self, target: &Target, index: u64, after: usize) -> Option<Listed> {
        let of = self.of.get(target)?;
        of.get(self.before(of, index).checked_add(after)?).and_then(|n| self.get(*n)).cloned()
    }

    /// How many of these do not cover the entry with this index.
    fn before(&self, of: &[u64], index: u64) -> usize {
        of.partition_point(|n| self.get(*n).is_none_or(|listed| listed.size <= index))
    }

    /// The largest checkpoint that is anchored.
    pub(crate) fn largest(&self) -> u64 {
        self.listed().map(|listed| listed.size).max().unwrap_or(0)
    }
}
