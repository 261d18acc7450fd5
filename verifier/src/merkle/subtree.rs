//! Which ranges of leaves are subtrees, and which one or two of them cover any range (spec page `hashing.md`).

use crate::error::Refused;
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
}
