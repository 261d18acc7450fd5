//! The RFC 6962 tree as an office holds it: not the leaves, only the right edge, and what a batch adds to it.
//!
//! ```text
//! height 3                       n(3,0)
//!                  ┌───────────────┴───────────────┐
//! height 1..2      …                               …       n(2,2)
//! height 0     0  1  2  3  4  5  6  7    8  9  10  11      12 13     ← appended: a batch [12, 14)
//!                                                          n(1,6)
//! Edge of 12 = n(3,0) n(2,2)             Edge of 14 = n(3,0) n(2,2) n(1,6)
//! ```
//!
//! Node `n(h, i)` is the root over the leaves `[i·2^h, (i+1)·2^h)`; it is complete, and so final, once the tree has
//! that many leaves. Here: [`Edge`], the complete subtrees of which a tree is made (a few hashes, whatever its size);
//! [`Growth`], all complete nodes that one batch adds, and with the edge every path in it. Not here: files
//! ([`crate::ledger`]), checking proofs (`verifier::merkle`, written apart from this).

mod growth;

use verifier::hash::{self, Hash};

pub use growth::Growth;

/// Entries that a ledger may have. Far above need; below it no sum of sizes overflows.
pub const LEDGER_ENTRIES_MAX: u64 = 1 << 48;

/// The root over these leaf hashes taken as a tree by itself, by the definition (RFC 9162 §2.1.1).
pub fn root_of(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => hash::empty_root(),
        [one] => *one,
        more => {
            let (left, right) = more.split_at(more.len().next_power_of_two() / 2);
            hash::node_hash(&root_of(left), &root_of(right))
        }
    }
}

/// The right edge of a tree: its size and the roots of the complete subtrees that it consists of, widest first, one
/// for each bit set in the size.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    nodes: Vec<Hash>,
}

impl Edge {
    /// The edge of the empty tree.
    pub fn empty() -> Self {
        Self { size: 0, nodes: Vec::new() }
    }

    /// An edge from its parts; `None` unless there is one hash for each bit set in `size`.
    pub fn from_nodes(size: u64, nodes: Vec<Hash>) -> Option<Self> {
        let wanted = usize::try_from(size.count_ones()).ok()?;
        (size <= LEDGER_ENTRIES_MAX && nodes.len() == wanted).then_some(Self { size, nodes })
    }

    /// Leaves in the tree.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The roots of the complete subtrees, widest first.
    pub fn nodes(&self) -> &[Hash] {
        &self.nodes
    }

    /// The complete subtree of 2^height leaves at the edge, if there is one of that height.
    pub fn node(&self, height: u32) -> Option<Hash> {
        let bit = 1u64.checked_shl(height)?;
        if self.size & bit == 0 {
            return None;
        }
        let below = (self.size & (bit - 1)).count_ones() as usize;
        Some(self.nodes[self.nodes.len() - 1 - below])
    }

    /// The root of the tree.
    pub fn root(&self) -> Hash {
        self.tail_root(0)
    }

    /// `MTH(from, size)`, where `from` is 0 or a multiple of a power of two larger than `size − from`: the fold of the
    /// edge's subtrees at and right of `from`.
    pub fn tail_root(&self, from: u64) -> Hash {
        let count = (self.size - from).count_ones() as usize;
        let tail = &self.nodes[self.nodes.len() - count.min(self.nodes.len())..];
        tail.iter()
            .rev()
            .copied()
            .reduce(|right, left| hash::node_hash(&left, &right))
            .unwrap_or_else(hash::empty_root)
    }

    /// Appends one leaf.
    pub fn append(&mut self, leaf: Hash) {
        self.append_with(leaf, |_, _| {});
    }

    /// Appends one leaf and calls `completed(height, hash)` for each node that this completes, from the leaf upwards.
    /// They all end at the new size.
    pub fn append_with(&mut self, leaf: Hash, mut completed: impl FnMut(u32, &Hash)) {
        completed(0, &leaf);
        let mut node = leaf;
        for height in 0..self.size.trailing_ones() {
            let left = self.nodes.pop().unwrap_or_else(hash::empty_root);
            node = hash::node_hash(&left, &node);
            completed(height + 1, &node);
        }
        self.nodes.push(node);
        self.size += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|i| hash::leaf_hash(&i.to_be_bytes())).collect()
    }

    #[test]
    fn the_edge_gives_the_root_by_definition() {
        let all = leaves(600);
        let mut edge = Edge::empty();
        for size in 0..600 {
            assert_eq!(edge.root(), root_of(&all[..size]), "size {size}");
            assert_eq!(Edge::from_nodes(size as u64, edge.nodes().to_vec()).as_ref(), Some(&edge));
            for height in 0..12u32 {
                let width = 1usize << height;
                // The subtree of this bit ends where the narrower ones begin.
                let end = size & !(width - 1);
                let expected = (size & width != 0).then(|| root_of(&all[end - width..end]));
                assert_eq!(edge.node(height), expected, "size {size} height {height}");
            }
            edge.append(all[size]);
        }
        assert!(Edge::from_nodes(3, vec![all[0]]).is_none());
        assert!(Edge::from_nodes(LEDGER_ENTRIES_MAX + 1, vec![all[0]; 2]).is_none());
    }

    #[test]
    fn appending_tells_every_node_that_it_completes() {
        let all = leaves(64);
        let mut edge = Edge::empty();
        for size in 1..=64usize {
            let mut told = Vec::new();
            edge.append_with(all[size - 1], |height, node| told.push((height, *node)));
            let expected: Vec<(u32, Hash)> =
                (0..=size.trailing_zeros()).map(|h| (h, root_of(&all[size - (1 << h)..size]))).collect();
            assert_eq!(told, expected);
        }
    }
}
