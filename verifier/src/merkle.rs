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

use crate::error::Refused;
use crate::hash::{Hash, empty_root, node_hash};
use crate::limits::PATH_HASHES;
use alloc::format;
use core::fmt;

/// A range `[start, end)` of leaves whose hash never changes as the ledger grows: start is a multiple of the smallest
/// power of two that is not smaller than its length. May be empty.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Subtree {
    start: u64,
    end: u64,
}

impl Subtree {
    /// Refused where `[start, end)` is not a subtree.
    pub fn new(start: u64, end: u64) -> Result<Subtree, Refused> {
        if Subtree::is_one(start, end) {
            return Ok(Subtree { start, end });
        }
        Err(Refused::new("subtree", "", format!("[{start}, {end}) is not a subtree")))
    }

    /// The whole tree of a ledger with so many entries.
    pub const fn whole(size: u64) -> Subtree {
        Subtree { start: 0, end: size }
    }

    /// Index of the first leaf.
    pub const fn start(&self) -> u64 {
        self.start
    }

    /// Index after the last leaf.
    pub const fn end(&self) -> u64 {
        self.end
    }

    /// How many leaves.
    pub const fn size(&self) -> u64 {
        self.end.saturating_sub(self.start)
    }

    /// Has no leaf.
    pub const fn is_empty(&self) -> bool {
        self.start == self.end
    }

    /// Holds the leaf of this index.
    pub const fn contains(&self, index: u64) -> bool {
        self.start <= index && index < self.end
    }

    fn is_one(start: u64, end: u64) -> bool {
        match end.checked_sub(start).map(u64::checked_next_power_of_two) {
            None => false,
            _ if start == 0 || start == end => true,
            // Longer than 2^63: only 0 is a multiple of 2^64.
            Some(None) => false,
            Some(Some(length)) => start.is_multiple_of(length),
        }
    }
}

impl fmt::Display for Subtree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[{}, {})", self.start, self.end)
    }
}

/// The subtrees that an office signs for `[start, end)`: the range alone if it is one, else the two that contain it, of
/// which the first may reach back before `start`. Refused unless `start ≤ end`.
pub fn cover(start: u64, end: u64) -> Result<(Subtree, Option<Subtree>), Refused> {
    match Subtree::new(start, end) {
        Ok(whole) => Ok((whole, None)),
        Err(_) => cover_pair(start, end).map(|(left, right)| (left, Some(right))),
    }
}

/// The cover as the Merkle Tree Certificates draft has it: always two subtrees, the second empty for a range of at most
/// one leaf. Refused unless `start ≤ end`.
pub fn cover_pair(start: u64, end: u64) -> Result<(Subtree, Subtree), Refused> {
    let length = end
        .checked_sub(start)
        .ok_or_else(|| Refused::new("range", "", format!("{start} is after the end, {end}")))?;
    if length <= 1 {
        return Ok((Subtree { start, end }, Subtree { start: end, end }));
    }
    let last = end.wrapping_sub(1);
    // start < last, so they differ in a bit and `split` is below 64.
    let split = 63u32.saturating_sub((start ^ last).leading_zeros());
    let mask = low_bits(split);
    let middle = last & !mask;
    let reach = 64u32.saturating_sub((!start & mask).leading_zeros());
    let left = start & !low_bits(reach);
    Ok((Subtree { start: left, end: middle }, Subtree { start: middle, end }))
}

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
    let place = index.wrapping_sub(subtree.start);
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
    let mut place = index.wrapping_sub(subtree.start);
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
    if proof.len() > PATH_HASHES {
        return Err(ProofError::TooLong);
    }
    if subtree.is_empty() || subtree.end > size {
        return Err(ProofError::Outside);
    }
    let mut way =
        Ways { first: subtree.start, last: subtree.end.wrapping_sub(1), tree: size.wrapping_sub(1) };
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
    if of_subtree != *hash || of_tree != *root {
        return Err(ProofError::RootDiffers);
    }
    Ok(())
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

/// A number whose lowest `count` bits are set.
fn low_bits(count: u32) -> u64 {
    1u64.checked_shl(count).map_or(u64::MAX, |bit| bit.wrapping_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_ranges_are_subtrees() {
        let big = 1u64 << 63;
        for (start, end) in [
            (0, 0),
            (7, 7),
            (0, 7),
            (4, 7),
            (4, 8),
            (5, 6),
            (0, u64::MAX),
            (big, u64::MAX),
            (u64::MAX, u64::MAX),
        ] {
            assert!(Subtree::new(start, end).is_ok(), "[{start}, {end})");
        }
        for (start, end) in [(1, 3), (2, 5), (4, 9), (1, 0), (1, u64::MAX), (big - 1, u64::MAX), (2, big + 3)]
        {
            assert!(Subtree::new(start, end).is_err(), "[{start}, {end})");
        }
    }

    #[test]
    fn covers_at_the_ends_of_the_numbers() {
        for (start, end) in
            [(0, u64::MAX), (1, u64::MAX), (u64::MAX - 2, u64::MAX), ((1 << 63) - 1, (1 << 63) + 1)]
        {
            let (left, right) = cover_pair(start, end).unwrap();
            assert!(Subtree::is_one(left.start, left.end) && Subtree::is_one(right.start, right.end));
            assert!(left.start <= start && left.end == right.start && right.end == end);
        }
        assert!(cover(3, 2).is_err());
        assert_eq!(cover(4, 8).unwrap(), (Subtree::new(4, 8).unwrap(), None));
    }

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
