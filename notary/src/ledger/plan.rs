//! What a batch will do to the ledger, computed before anything is signed or written.
//!
//! ```text
//! batch [300, 700) on a ledger of 300
//!   cover   [256, 512) [512, 700)
//!   files   tile/entries/001   tile/entries/002.p/188   tile/0/001   tile/0/002.p/188   tile/1/000.p/2
//!   done    tile/entries/001.p/…  tile/0/001.p/…        (partial tiles that a full one replaces)
//! ```
//!
//! The same head and entries always give the same plan, byte for byte.

use verifier::entry::Entry;
use verifier::hash::Hash;
use verifier::limits::{BATCH_ENTRIES_WITHOUT_QR, TILE_WIDTH};
use verifier::merkle::{self, Subtree};

use super::right::RightTiles;
use super::tiles;
use super::{Head, Ledger, LedgerError};
use crate::tree::{Edge, Growth};

/// A file that a batch writes: a tile or an entry bundle, never changed afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlannedFile {
    pub(super) path: String,
    pub(super) bytes: Vec<u8>,
}

impl PlannedFile {
    /// Where, in the office's folder.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Its content.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

/// Everything that appending one batch means.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(super) entries: Vec<Entry>,
    pub(super) growth: Growth,
    pub(super) cover: Vec<(Subtree, Hash)>,
    pub(super) files: Vec<PlannedFile>,
    pub(super) replaced: Vec<String>,
    pub(super) right: RightTiles,
}

impl Ledger {
    /// Plans the batch of these entries at the head. Reads nothing: the right edge is in memory.
    ///
    /// Refused: no entries, more than [`BATCH_ENTRIES_WITHOUT_QR`], or a ledger that would become too large.
    pub fn plan(&self, entries: Vec<Entry>) -> Result<Plan, LedgerError> {
        if entries.is_empty() || entries.len() as u64 > BATCH_ENTRIES_WITHOUT_QR {
            let what = format!("a batch has 1 to {BATCH_ENTRIES_WITHOUT_QR} entries, not {}", entries.len());
            return Err(LedgerError::Range { what });
        }
        let leaves = entries.iter().map(Entry::leaf).collect();
        let end = self.edge.size() + entries.len() as u64;
        let growth = Growth::new(self.edge.clone(), leaves).ok_or_else(|| LedgerError::too_large(end))?;
        let cover = cover(&growth)?;
        let mut files = Files { start: self.edge.size(), end, files: Vec::new(), replaced: Vec::new() };
        files.put(0, &self.right.entries, &entries, tiles::bundle_path, tiles::bundle_bytes);
        for level in tiles::levels(end) {
            let old = self.right.levels.get(level as usize).map_or(&[][..], Vec::as_slice);
            let path = |number, width| tiles::tile_path(level, number, width);
            files.put(level, old, growth.completed(8 * level), path, tiles::tile_bytes);
        }
        let mut right = self.right.clone();
        right.grow(&entries, |level| growth.completed(8 * level), end);
        let Files { files, replaced, .. } = files;
        Ok(Plan { entries, growth, cover, files, replaced, right })
    }
}

impl Plan {
    /// The head that it starts from.
    pub fn old_head(&self) -> Head {
        head(self.growth.before())
    }

    /// The head that it leads to.
    pub fn new_head(&self) -> Head {
        head(self.growth.after())
    }

    /// The entries, in their order from the old head's size on.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The one or two subtrees that cover the batch, with their hashes: what the batch notes say.
    pub fn cover(&self) -> &[(Subtree, Hash)] {
        &self.cover
    }

    /// The subtree of the cover that a certificate of the batch carries: the one that holds its entry.
    pub fn cover_of(&self, index: u64) -> Option<(Subtree, Hash)> {
        let of_batch = self.old_head().size <= index;
        self.cover.iter().find(|(subtree, _)| of_batch && subtree.contains(index)).copied()
    }

    /// The path of an entry of the batch in that subtree, leaf to root; from memory.
    pub fn path(&self, index: u64) -> Option<Vec<Hash>> {
        let (subtree, _) = self.cover_of(index)?;
        self.growth.path(index, subtree)
    }

    /// The files to write, in their order.
    pub fn files(&self) -> &[PlannedFile] {
        &self.files
    }
}

fn head(edge: &Edge) -> Head {
    Head { size: edge.size(), root: edge.root() }
}

fn cover(growth: &Growth) -> Result<Vec<(Subtree, Hash)>, LedgerError> {
    let (start, end) = (growth.before().size(), growth.after().size());
    let none = || LedgerError::Disagree { what: format!("the cover of [{start}, {end})") };
    let (first, second) = merkle::cover(start, end).map_err(|_| none())?;
    let subtrees = [Some(first), second].into_iter().flatten();
    subtrees.map(|subtree| Ok((subtree, growth.subtree_root(subtree).ok_or_else(none)?))).collect()
}

/// Collects the files of a batch `[start, end)`.
struct Files {
    start: u64,
    end: u64,
    files: Vec<PlannedFile>,
    replaced: Vec<String>,
}

impl Files {
    /// The tiles of one level (or the bundles, at level 0) that get something new: `old` is what the first of them
    /// holds already.
    fn put<T: Clone>(
        &mut self,
        level: u32,
        old: &[T],
        new: &[T],
        path: impl Fn(u64, u64) -> String,
        bytes: impl Fn(&[T]) -> Vec<u8>,
    ) {
        if new.is_empty() {
            return;
        }
        let first = tiles::count(self.start, level) / TILE_WIDTH;
        let all = [old, new].concat();
        for (number, tile) in (first..).zip(all.chunks(TILE_WIDTH as usize)) {
            let width = tile.len() as u64;
            self.files.push(PlannedFile { path: path(number, width), bytes: bytes(tile) });
            if number == first && !old.is_empty() && width == TILE_WIDTH {
                self.replaced.push(format!("{}.p", path(number, TILE_WIDTH)));
            }
        }
        debug_assert_eq!(tiles::count(self.end, level), first * TILE_WIDTH + all.len() as u64);
    }
}
