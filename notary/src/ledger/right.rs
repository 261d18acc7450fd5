//! The right edge of the ledger on disk: the partial tiles that change with every batch. Together they give the head,
//! and every other tile is believed only through them.

use verifier::entry::Entry;
use verifier::hash::Hash;
use verifier::limits::TILE_WIDTH;

use super::tiles::{FOLDER, bundle_path, count, levels, read_entries, read_hashes, tile_path};
use super::{Head, LedgerError};
use crate::disk::Disk;
use crate::tree::{self, Edge};

/// The partial tiles at the right edge, which change with every batch and hold the head together.
#[derive(Debug, Clone, Default)]
pub(super) struct RightTiles {
    /// Entries of the partial bundle.
    pub(super) entries: Vec<Entry>,
    /// `levels[l]`: the hashes of the partial tile of level l; empty where the last tile is full or there is none.
    pub(super) levels: Vec<Vec<Hash>>,
}

impl RightTiles {
    /// Reads them for a head and checks that they are what it stands for. If they aren't, looks for the one that is wrong.
    pub(super) fn open(disk: &dyn Disk, head: Head) -> Result<(Self, Edge), LedgerError> {
        let right = Self::read(disk, head.size)?;
        let edge = right.edge(head.size).ok_or_else(|| LedgerError::too_large(head.size))?;
        let leaves: Vec<Hash> = right.entries.iter().map(Entry::leaf).collect();
        let same = right.levels.first().is_none_or(|tile| *tile == leaves);
        let (number, width) = (head.size / TILE_WIDTH, head.size % TILE_WIDTH);
        if edge.root() == head.root {
            if same {
                return Ok((right, edge));
            }
            let tile = tile_path(0, number, width);
            let what = format!("its entries are not those whose hashes are in {tile}");
            return Err(LedgerError::damaged(bundle_path(number, width), what));
        }
        if !same {
            let mut other = right.clone();
            other.levels[0] = leaves;
            if other.edge(head.size).is_some_and(|edge| edge.root() == head.root) {
                let what = "its hashes are not those of the entries beside it";
                return Err(LedgerError::damaged(tile_path(0, number, width), what));
            }
        }
        Err(right.find_damage(disk, head.size))
    }

    /// Reads them for a tree of `size`, believing them.
    pub(super) fn read(disk: &dyn Disk, size: u64) -> Result<Self, LedgerError> {
        let mut right = Self::default();
        for level in levels(size) {
            right.levels.push(read_hashes(
                disk,
                level,
                count(size, level) / TILE_WIDTH,
                count(size, level) % TILE_WIDTH,
            )?);
        }
        right.entries = read_entries(disk, size / TILE_WIDTH, size % TILE_WIDTH)?;
        Ok(right)
    }

    /// Which tile of the right edge does not fit the tiles below it.
    fn find_damage(&self, disk: &dyn Disk, size: u64) -> LedgerError {
        for (level, tile) in (0u32..).zip(&self.levels).skip(1) {
            let number = count(size, level) / TILE_WIDTH;
            for (place, hash) in (0u64..).zip(tile) {
                let below = number * TILE_WIDTH + place;
                let found = match read_hashes(disk, level - 1, below, TILE_WIDTH) {
                    Ok(found) => tree::root_of(&found),
                    Err(error) => return error,
                };
                if found != *hash {
                    let path = tile_path(level, number, tile.len() as u64);
                    let below = tile_path(level - 1, below, TILE_WIDTH);
                    return LedgerError::damaged(
                        path,
                        format!("its hash {place} is not the root of {below}"),
                    );
                }
            }
        }
        LedgerError::damaged(
            format!("{FOLDER}tile"),
            "the tiles fit each other, but not the head that was committed",
        )
    }

    /// The edge that these tiles make.
    pub(super) fn edge(&self, size: u64) -> Option<Edge> {
        edge_of(&self.levels, size)
    }

    /// Takes in what a batch appends: the new hashes of each level, and the new entries.
    pub(super) fn grow<'a>(&mut self, entries: &[Entry], new: impl Fn(u32) -> &'a [Hash], size: u64) {
        append(&mut self.entries, entries);
        for level in levels(size) {
            let at = level as usize;
            if at == self.levels.len() {
                self.levels.push(Vec::new());
            }
            append(&mut self.levels[at], new(level));
        }
    }
}

/// The edge of a tree of `size` that has these hashes in the partial tile of each level.
pub(crate) fn edge_of(levels: &[Vec<Hash>], size: u64) -> Option<Edge> {
    let mut nodes = Vec::new();
    for level in levels.iter().rev() {
        let mut rest = &level[..];
        while !rest.is_empty() {
            let (subtree, after) = rest.split_at(1 << rest.len().ilog2());
            nodes.push(tree::root_of(subtree));
            rest = after;
        }
    }
    Edge::from_nodes(size, nodes)
}

/// Appends and keeps what is in the last, partial tile.
fn append<T: Clone>(partial: &mut Vec<T>, new: &[T]) {
    partial.extend_from_slice(new);
    let full = partial.len() - partial.len() % TILE_WIDTH as usize;
    partial.drain(..full);
}
