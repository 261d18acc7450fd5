//! The way from an entry up to the root, one step a level, for people to follow.
//!
//! ```text
//! entry 2 of 5      + right [3, 4)  →  [2, 4)      + left [0, 2)  →  [0, 4)      + right [4, 5)  →  [0, 5) = root
//! ```
//!
//! Computed here from the hashes and the tree's shape alone, so that what is drawn is what was checked.

use verifier::hash::{Hash, node_hash};

/// One step: a neighbour, and what both make together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Whether the neighbour stands to the left.
    pub left: bool,
    /// The neighbour's entries: the first, and the one after the last.
    pub neighbour: (u64, u64),
    /// The neighbour's hash.
    pub hash: Hash,
    /// The entries that both stand for.
    pub together: (u64, u64),
    /// The hash of both.
    pub result: Hash,
}

impl Step {
    /// The neighbour's last entry.
    pub fn neighbour_last(&self) -> u64 {
        self.neighbour.1.saturating_sub(1)
    }

    /// The last entry of both.
    pub fn together_last(&self) -> u64 {
        self.together.1.saturating_sub(1)
    }

    /// Whether the neighbour is a single entry.
    pub fn is_single(&self) -> bool {
        self.neighbour.1 - self.neighbour.0 == 1
    }
}

/// The steps from a leaf to the root of a tree of `size`. Fewer hashes than levels give fewer steps.
pub fn steps(leaf: &Hash, index: u64, size: u64, path: &[Hash]) -> Vec<Step> {
    let mut hash = *leaf;
    let step = |(level, sibling): (Level, &Hash)| {
        let Level { left, neighbour, together } = level;
        hash = if left { node_hash(sibling, &hash) } else { node_hash(&hash, sibling) };
        Step { left, neighbour, hash: *sibling, together, result: hash }
    };
    shape(index, size).into_iter().zip(path).map(step).collect()
}

/// One level of the way: whether the neighbour is to the left, its range, and the range of both.
#[derive(Debug, PartialEq, Eq)]
struct Level {
    left: bool,
    neighbour: (u64, u64),
    together: (u64, u64),
}

/// The levels from the leaf up (RFC 6962 §2.1.1).
fn shape(index: u64, size: u64) -> Vec<Level> {
    let (mut start, mut end) = (0, size);
    let mut levels = Vec::new();
    while index < end && end - start > 1 {
        let middle = start + largest_power_below(end - start);
        let left = index >= middle;
        let neighbour = if left { (start, middle) } else { (middle, end) };
        levels.push(Level { left, neighbour, together: (start, end) });
        if left {
            start = middle;
        } else {
            end = middle;
        }
    }
    levels.reverse();
    levels
}

/// The largest power of two that is smaller than `n`, for `n` of at least 2.
fn largest_power_below(n: u64) -> u64 {
    1 << (63 - (n - 1).leading_zeros())
}

#[cfg(test)]
mod tests {
    use verifier::hash::leaf_hash;
    use verifier::merkle::{Subtree, root_from_path};

    use super::*;

    #[test]
    fn the_steps_have_the_shape_of_the_tree() {
        let level = |left, neighbour, together| Level { left, neighbour, together };
        assert_eq!(
            shape(2, 5),
            [level(false, (3, 4), (2, 4)), level(true, (0, 2), (0, 4)), level(false, (4, 5), (0, 5))]
        );
        assert_eq!(shape(0, 1), []);
        assert_eq!(shape(7, 5), []);
        assert_eq!(largest_power_below(2), 1);
        assert_eq!(largest_power_below(u64::MAX), 1 << 63);
    }

    #[test]
    fn they_lead_where_the_verifier_says() {
        for size in 1..40u64 {
            for index in 0..size {
                let path: Vec<Hash> =
                    (0..shape(index, size).len()).map(|n| leaf_hash(&[n as u8, size as u8])).collect();
                let leaf = leaf_hash(b"leaf");
                let root = root_from_path(&leaf, index, Subtree::new(0, size).unwrap(), &path).unwrap();
                let steps = steps(&leaf, index, size, &path);
                assert_eq!(steps.last().map_or(leaf, |step| step.result), root, "{index} of {size}");
            }
        }
    }
}
