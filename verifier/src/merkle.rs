//! Subtrees of the ledger's tree, and the checking of proofs (spec page `hashing.md`).
//!
//! Here: [`Subtree`], which ranges are one and how two of them cover any range, and the three checks: a leaf lies in a
//! subtree, a subtree lies in a tree, a tree is the beginning of a larger one. Not here: the making of proofs, and trees
//! in memory. Nothing here allocates.
//!
//! ```
//! use verifier::{hash, merkle};
//!
//! let (a, b) = (hash::leaf_hash(b"a"), hash::leaf_hash(b"b"));
//! let subtree = merkle::Subtree::new(0, 2)?;
//! let root = merkle::root_from_path(&b, 1, subtree, &[a]).unwrap();
//! assert_eq!(root, hash::node_hash(&a, &b));
//! # Ok::<(), verifier::error::Refused>(())
//! ```
//!
//! A path binds the index but not the size of the tree: use no start and end, and no size, that is not signed.

mod subtree;

use crate::hash::{Hash, empty_root, node_hash};
use crate::limits::PATH_HASHES;
use core::fmt;

pub use subtree::{Subtree, cover, cover_pair};

/// Why a proof is not one. All of them are `PATH_BAD` to a verdict.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ProofError {
    /// The index lies outside the subtree, or the subtree outside the tree.
    Outside,
    /// More hashes than any proof has.
    TooLong,
    /// The proof ends before the root.
    HashMissing,
    /// The proof goes on after the root.
    HashTooMany,
    /// The proof leads to another hash.
    RootDiffers,
}

impl ProofError {
    /// The code of a verdict.
    pub const fn code(self) -> &'static str {
        "PATH_BAD"
    }
}

impl fmt::Display for ProofError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            ProofError::Outside => "the proof is for a place outside the tree",
            ProofError::TooLong => "the proof has more than 64 hashes",
            ProofError::HashMissing => "a hash of the proof is missing",
            ProofError::HashTooMany => "the proof has a hash too many",
            ProofError::RootDiffers => "the proof leads to another hash than the signed one",
        })
    }
}

impl core::error::Error for ProofError {}

/// How many hashes the path of a leaf has; none where the index lies outside.
pub fn path_len(index: u64, subtree: Subtree) -> Option<usize> {
    if !subtree.contains(index) {
        return None;
    }
    let place = index.wrapping_sub(subtree.start());
    let last = subtree.size().wrapping_sub(1);
    // Below the level where the ways to this leaf and to the last one part, there is a sibling at every level; above
    // it, the leaf lies on the right edge, and only the levels where that is a right child have one.
    let parting = 64u32.saturating_sub((place ^ last).leading_zeros());
    let edge = place.checked_shr(parting).unwrap_or(0).count_ones();
    usize::try_from(parting.saturating_add(edge)).ok()
}

/// The hash of the subtree that a path (leaf to root) leads to from a leaf's hash, by RFC 9162 §2.1.3.2.
pub fn root_from_path(leaf: &Hash, index: u64, subtree: Subtree, path: &[Hash]) -> Result<Hash, ProofError> {
    if path.len() > PATH_HASHES {
        return Err(ProofError::TooLong);
    }
    if !subtree.contains(index) {
        return Err(ProofError::Outside);
    }
    let mut place = index.wrapping_sub(subtree.start());
    let mut last = subtree.size().wrapping_sub(1);
    let mut root = *leaf;
    for sibling in path {
        if last == 0 {
            return Err(ProofError::HashTooMany);
        }
        if place & 1 == 1 || place == last {
            root = node_hash(sibling, &root);
            while place & 1 == 0 && place != 0 {
                place >>= 1;
                last >>= 1;
            }
        } else {
            root = node_hash(&root, sibling);
        }
        place >>= 1;
        last >>= 1;
    }
    if last == 0 { Ok(root) } else { Err(ProofError::HashMissing) }
}

/// The leaf with this hash is the one of this index in the subtree with this hash.
pub fn verify_inclusion(
    leaf: &Hash,
    index: u64,
    subtree: Subtree,
    path: &[Hash],
    root: &Hash,
) -> Result<(), ProofError> {
    if root_from_path(leaf, index, subtree, path)? == *root { Ok(()) } else { Err(ProofError::RootDiffers) }
}

/// The ledger of the new size begins with the ledger of the old one (RFC 9162 §2.1.4.2).
///
/// The proof is empty between equal sizes and from size 0.
pub fn verify_consistency(
    old_size: u64,
    old_root: &Hash,
    new_size: u64,
    new_root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    if old_size > 0 {
        return verify_subtree_consistency(Subtree::whole(old_size), old_root, new_size, new_root, proof);
    }
    if !proof.is_empty() {
        return Err(ProofError::HashTooMany);
    }
    if *old_root != empty_root() || (new_size == 0 && *new_root != empty_root()) {
        return Err(ProofError::RootDiffers);
    }
    Ok(())
}

/// The subtree with this hash lies in the ledger of this size and root, by the Merkle Tree Certificates draft.
///
/// An empty subtree is refused: that it lies anywhere says nothing.
pub fn verify_subtree_consistency(
    subtree: Subtree,
    hash: &Hash,
    size: u64,
    root: &Hash,
    proof: &[Hash],
) -> Result<(), ProofError> {
    let (of_subtree, of_tree) = roots_from_consistency(subtree, hash, size, proof)?;
    if of_subtree == *hash && of_tree == *root { Ok(()) } else { Err(ProofError::RootDiffers) }
}

/// The hashes of the subtree and of the tree that a consistency proof leads to, by the Merkle Tree Certificates draft.
///
/// Where the subtree is a full one the proof does not hold its hash, and `hash` is where it begins; else `hash` is not
/// looked at. A proof that leads to a signed root from another beginning than a signed one shows that the two signed
/// heads contradict each other.
pub fn roots_from_consistency(
    subtree: Subtree,
    hash: &Hash,
    size: u64,
    proof: &[Hash],
) -> Result<(Hash, Hash), ProofError> {
    if proof.len() > PATH_HASHES {
        return Err(ProofError::TooLong);
    }
    if subtree.is_empty() || subtree.end() > size {
        return Err(ProofError::Outside);
    }
    let mut way =
        Ways { first: subtree.start(), last: subtree.end().wrapping_sub(1), tree: size.wrapping_sub(1) };
    let at_the_end = way.last == way.tree;
    while way.first != way.last && (at_the_end || way.last & 1 == 1) {
        way.up();
    }
    let (seed, rest) = if way.first == way.last {
        (*hash, proof)
    } else {
        let (first, rest) = proof.split_first().ok_or(ProofError::HashMissing)?;
        (*first, rest)
    };
    let (mut of_subtree, mut of_tree) = (seed, seed);
    for sibling in rest {
        if way.tree == 0 {
            return Err(ProofError::HashTooMany);
        }
        if way.last & 1 == 1 || way.last == way.tree {
            if way.first < way.last {
                of_subtree = node_hash(sibling, &of_subtree);
            }
            of_tree = node_hash(sibling, &of_tree);
            while way.last & 1 == 0 && way.last != 0 {
                way.up();
            }
        } else {
            of_tree = node_hash(&of_tree, sibling);
        }
        way.up();
    }
    if way.tree != 0 {
        return Err(ProofError::HashMissing);
    }
    Ok((of_subtree, of_tree))
}

/// The nodes, at one level, above the subtree's first and last leaf and the tree's last one.
struct Ways {
    first: u64,
    last: u64,
    tree: u64,
}

impl Ways {
    fn up(&mut self) {
        self.first >>= 1;
        self.last >>= 1;
        self.tree >>= 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_its_own_length() {
        assert_eq!(path_len(0, Subtree::whole(1)), Some(0));
        assert_eq!(path_len(6, Subtree::whole(7)), Some(2));
        assert_eq!(path_len(4, Subtree::new(4, 7).unwrap()), Some(2));
        assert_eq!(path_len(0, Subtree::whole(u64::MAX)), Some(64));
        assert_eq!(path_len(7, Subtree::whole(7)), None);
        assert_eq!(path_len(3, Subtree::new(4, 7).unwrap()), None);
    }
}
