//! What a batch adds to a tree, all of it in memory: with the old edge, every node and path that the batch needs.

use verifier::hash::{self, Hash};
use verifier::merkle::Subtree;

use super::{Edge, LEDGER_ENTRIES_MAX};

/// What appending a batch adds to a tree: every node that it completes, and the ragged right edge afterwards.
#[derive(Debug, Clone)]
pub struct Growth {
    before: Edge,
    after: Edge,
    /// `levels[h]`: the nodes of height h with the indexes from `before.size >> h` up.
    levels: Vec<Vec<Hash>>,
    /// `tails[h]`: the root over the leaves from the last multiple of 2^h below the new size.
    tails: Vec<Hash>,
}

impl Growth {
    /// Appends leaf hashes to a tree, at least one. `None` if there are none, or if the ledger would outgrow
    /// [`LEDGER_ENTRIES_MAX`].
    pub fn new(before: Edge, leaves: Vec<Hash>) -> Option<Self> {
        let start = before.size;
        let end = start.checked_add(leaves.len() as u64).filter(|end| *end <= LEDGER_ENTRIES_MAX)?;
        if leaves.is_empty() {
            return None;
        }
        let mut levels = vec![leaves];
        for height in 0.. {
            let below = &levels[height as usize];
            if start >> (height + 1) == end >> (height + 1) {
                break;
            }
            let mut above = Vec::with_capacity(below.len() / 2 + 1);
            let mut pairs = &below[..];
            // The left half of the first new node may be old: then it is at the old edge.
            if let (Some(left), Some((right, rest))) = (before.node(height), below.split_first()) {
                above.push(hash::node_hash(&left, right));
                pairs = rest;
            }
            above.extend(pairs.chunks_exact(2).map(|pair| hash::node_hash(&pair[0], &pair[1])));
            levels.push(above);
        }
        let mut growth =
            Self { before, after: Edge { size: end, nodes: Vec::new() }, levels, tails: Vec::new() };
        growth.tails = growth.ragged_edge(end);
        let heights = (0..u64::BITS).rev().filter(|h| end >> h & 1 == 1);
        growth.after.nodes = heights.filter_map(|h| growth.node(h, (end >> h) - 1)).collect();
        Some(growth)
    }

    /// The edge before.
    pub fn before(&self) -> &Edge {
        &self.before
    }

    /// The edge after.
    pub fn after(&self) -> &Edge {
        &self.after
    }

    /// The nodes of this height that the batch completes; the first has the index `before().size() >> height`.
    pub fn completed(&self, height: u32) -> &[Hash] {
        self.levels.get(height as usize).map_or(&[], Vec::as_slice)
    }

    /// A complete node, if the batch completes it or it is at the old edge. Those are all that the paths of the batch
    /// need.
    pub fn node(&self, height: u32, index: u64) -> Option<Hash> {
        let first = self.before.size.checked_shr(height)?;
        match index.checked_sub(first) {
            Some(offset) => self.completed(height).get(usize::try_from(offset).ok()?).copied(),
            None if index + 1 == first => self.before.node(height),
            None => None,
        }
    }

    /// The root of a subtree that ends at the new size, or that is complete and no wider than the batch needs;
    /// `None` for others.
    pub fn subtree_root(&self, subtree: Subtree) -> Option<Hash> {
        let (start, end) = (subtree.start(), subtree.end());
        let height = (end.checked_sub(start)?).checked_next_power_of_two()?.trailing_zeros();
        if end - start == 1 << height {
            return self.node(height, start >> height);
        }
        if end == self.after.size { self.tails.get(height as usize).copied() } else { None }
    }

    /// The path of a leaf of the batch in a subtree that covers (part of) the batch, leaf to root. `None` if the leaf
    /// or the subtree is not of the batch.
    pub fn path(&self, index: u64, subtree: Subtree) -> Option<Vec<Hash>> {
        let (start, end) = (subtree.start(), subtree.end());
        if index < start.max(self.before.size) || index >= end || end > self.after.size {
            return None;
        }
        let last = end - start - 1;
        let mut path = Vec::with_capacity(usize::try_from(u64::BITS - last.leading_zeros()).ok()?);
        for height in 0..u64::BITS - last.leading_zeros() {
            let (here, rightmost) = ((index - start) >> height, last >> height);
            if here & 1 == 1 {
                path.push(self.node(height, (index >> height) - 1)?);
            } else if here < rightmost {
                let right = (index >> height) + 1;
                let complete = (right + 1) << height <= end;
                path.push(if complete { self.node(height, right)? } else { self.tail(height, end)? });
            }
        }
        Some(path)
    }

    fn tail(&self, height: u32, end: u64) -> Option<Hash> {
        if end == self.after.size { self.tails.get(height as usize).copied() } else { None }
    }

    /// The ragged right edge of the new tree at every height, the leaf first, the root of all last.
    fn ragged_edge(&self, end: u64) -> Vec<Hash> {
        let last = end - 1;
        let mut tails = Vec::new();
        let Some(mut tail) = self.node(0, last) else { return tails };
        tails.push(tail);
        for height in 0..u64::BITS - last.leading_zeros() {
            let here = last >> height;
            if here & 1 == 1
                && let Some(left) = self.node(height, here - 1)
            {
                tail = hash::node_hash(&left, &tail);
            }
            tails.push(tail);
        }
        tails
    }
}

#[cfg(test)]
mod tests {
    use super::super::root_of;
    use super::*;
    use proptest::prelude::*;
    use verifier::merkle;

    fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|i| hash::leaf_hash(&i.to_be_bytes())).collect()
    }

    fn edge_of(leaves: &[Hash]) -> Edge {
        let mut edge = Edge::empty();
        leaves.iter().for_each(|leaf| edge.append(*leaf));
        edge
    }

    #[test]
    fn nothing_and_too_much_do_not_grow() {
        assert!(Growth::new(Edge::empty(), Vec::new()).is_none());
        let full = Edge::from_nodes(LEDGER_ENTRIES_MAX, leaves(1)).unwrap();
        assert!(Growth::new(full, leaves(1)).is_none());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn growth_is_the_tree_by_definition(old in 0usize..700, count in 1usize..300) {
            let all = leaves((old + count) as u64);
            let growth = Growth::new(edge_of(&all[..old]), all[old..].to_vec()).unwrap();
            prop_assert_eq!(growth.after(), &edge_of(&all));
            prop_assert_eq!(growth.after().root(), root_of(&all));
            let (end, mut level) = (old + count, all.clone());
            for height in 0..10u32 {
                prop_assert_eq!(growth.completed(height), &level[old >> height..end >> height]);
                level = level.chunks_exact(2).map(|p| hash::node_hash(&p[0], &p[1])).collect();
            }
        }

        #[test]
        fn every_path_of_a_batch_verifies(old in 0u64..5000, count in 1u64..200, wrong in 0usize..20) {
            let all = leaves(old + count);
            let growth = Growth::new(edge_of(&all[..old as usize]), all[old as usize..].to_vec()).unwrap();
            let (first, second) = merkle::cover(old, old + count).unwrap();
            let mut covered = 0;
            for subtree in [Some(first), second].into_iter().flatten() {
                let (start, end) = (subtree.start(), subtree.end());
                let root = growth.subtree_root(subtree).unwrap();
                prop_assert_eq!(root, root_of(&all[start as usize..end as usize]));
                for index in start.max(old)..end {
                    covered += 1;
                    let mut path = growth.path(index, subtree).unwrap();
                    let leaf = all[index as usize];
                    prop_assert!(merkle::verify_inclusion(&leaf, index, subtree, &path, &root).is_ok());
                    path.push(leaf);
                    prop_assert!(merkle::verify_inclusion(&leaf, index, subtree, &path, &root).is_err());
                    path.pop();
                    if !path.is_empty() {
                        path.remove(wrong % path.len());
                        prop_assert!(merkle::verify_inclusion(&leaf, index, subtree, &path, &root).is_err());
                    }
                }
                prop_assert!(growth.path(start.max(old).wrapping_sub(1), subtree).is_none());
                prop_assert!(growth.path(end, subtree).is_none());
            }
            prop_assert_eq!(covered, count);
        }
    }
}
