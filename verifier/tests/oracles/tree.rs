//! Trees and the making of proofs, straight from the definitions: RFC 9162 §2.1 and the Merkle Tree Certificates draft.
//!
//! For tests and for the generator of the vectors. Slow where a definition is.

use verifier::hash::{Hash, empty_root, leaf_hash, node_hash};

/// The leaves of a tree.
pub struct Tree {
    leaves: Vec<Hash>,
}

impl Tree {
    /// The first n entries are what `entry` makes of their index.
    pub fn new<E: AsRef<[u8]>>(n: u64, entry: impl Fn(u64) -> E) -> Tree {
        Tree { leaves: (0..n).map(|i| leaf_hash(entry(i).as_ref())).collect() }
    }

    /// The hash of one leaf.
    pub fn leaf(&self, index: u64) -> Hash {
        self.leaves[index as usize]
    }

    /// `MTH(D[start:end])`.
    pub fn hash(&self, start: u64, end: u64) -> Hash {
        match end - start {
            0 => empty_root(),
            1 => self.leaf(start),
            n => {
                let middle = start + split(n);
                node_hash(&self.hash(start, middle), &self.hash(middle, end))
            }
        }
    }

    /// `PATH(index − start, D[start:end])`, leaf to root.
    pub fn path(&self, index: u64, start: u64, end: u64) -> Vec<Hash> {
        if end - start == 1 {
            return Vec::new();
        }
        let middle = start + split(end - start);
        let (mut path, sibling) = if index < middle {
            (self.path(index, start, middle), self.hash(middle, end))
        } else {
            (self.path(index, middle, end), self.hash(start, middle))
        };
        path.push(sibling);
        path
    }

    /// `SUBTREE_PROOF(start, end, D_n)`; with start 0, RFC 9162's `PROOF(end, D_n)`.
    pub fn subtree_proof(&self, start: u64, end: u64, n: u64) -> Vec<Hash> {
        if start == end { Vec::new() } else { self.subproof(start, end, 0, n, true) }
    }

    fn subproof(&self, start: u64, end: u64, from: u64, to: u64, known: bool) -> Vec<Hash> {
        if (start, end) == (from, to) {
            return if known { Vec::new() } else { vec![self.hash(from, to)] };
        }
        let middle = from + split(to - from);
        let (mut proof, sibling) = if end <= middle {
            (self.subproof(start, end, from, middle, known), self.hash(middle, to))
        } else if middle <= start {
            (self.subproof(start, end, middle, to, known), self.hash(from, middle))
        } else {
            (self.subproof(middle, end, middle, to, false), self.hash(from, middle))
        };
        proof.push(sibling);
        proof
    }
}

/// The largest power of two smaller than n, which is above 1.
fn split(n: u64) -> u64 {
    1 << (n - 1).ilog2()
}
