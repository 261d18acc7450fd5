//! Tiles on disk: their paths, their bytes, and reading them so that nothing unauthenticated is used.
//!
//! ```text
//! tile/0/x001/x234/067       256 hashes of leaves         tile/1/…   of 256-leaf subtrees, and so on
//! tile/0/x001/x234/068.p/41  the first 41                 tile/entries/…   the entries themselves
//! ```
//!
//! A full tile is believed if its root is the hash that the tile above holds for it, up to the partial tiles of the
//! right edge, which together give the head. One that does not fit is named with its path and never overwritten.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex};

use verifier::entry::Entry;
use verifier::hash::Hash;
use verifier::limits::TILE_WIDTH;
use verifier::tile;

use super::LedgerError;
use super::proof::Nodes;
use super::right::RightTiles;
use crate::disk::Disk;
use crate::tree;

/// Where the ledger lies in the office's folder.
pub(super) const FOLDER: &str = "ledger/";

/// Bytes of one entry in a bundle: a length and 32 bytes.
pub(crate) const ENTRY_BYTES: usize = 34;

/// Full tiles kept in memory, 8 KiB each.
const CACHE_TILES: usize = 1024;

/// The name of a tile of hashes holding its first `width` ones, below the ledger's folder.
pub(crate) fn tile_name(level: u32, number: u64, width: u64) -> String {
    format!("tile/{level}/{}{}", tile::grouped(number), part(width))
}

/// The name of an entry bundle, below the ledger's folder.
pub(crate) fn bundle_name(number: u64, width: u64) -> String {
    format!("tile/entries/{}{}", tile::grouped(number), part(width))
}

/// The path of a tile in the office's folder.
pub(super) fn tile_path(level: u32, number: u64, width: u64) -> String {
    format!("{FOLDER}{}", tile_name(level, number, width))
}

/// The path of an entry bundle in the office's folder.
pub(super) fn bundle_path(number: u64, width: u64) -> String {
    format!("{FOLDER}{}", bundle_name(number, width))
}

fn part(width: u64) -> String {
    if width == TILE_WIDTH { String::new() } else { format!(".p/{width}") }
}

/// The bytes of a tile.
pub(crate) fn tile_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// The hashes in the bytes of a tile; `None` unless whole hashes.
pub(crate) fn parse_tile(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    rest.is_empty().then(|| hashes.iter().map(|hash| Hash::from_bytes(*hash)).collect())
}

/// The bytes of an entry bundle.
pub(crate) fn bundle_bytes(entries: &[Entry]) -> Vec<u8> {
    entries.iter().flat_map(|entry| [0, 32].into_iter().chain(*entry.as_bytes())).collect()
}

/// The entries in the bytes of a bundle; `None` unless each has 32 bytes.
pub(crate) fn parse_bundle(bytes: &[u8]) -> Option<Vec<Entry>> {
    let (entries, rest) = bytes.as_chunks::<ENTRY_BYTES>();
    if !rest.is_empty() {
        return None;
    }
    entries
        .iter()
        .map(|bytes| match bytes {
            [0, 32, entry @ ..] => Some(Entry::from_bytes(*entry)),
            _ => None,
        })
        .collect()
}

/// The levels at which a tree of this size has hashes.
pub(crate) fn levels(size: u64) -> impl Iterator<Item = u32> {
    (0..8).take_while(move |level| count(size, *level) > 0)
}

/// Complete hashes at a level.
pub(crate) fn count(size: u64, level: u32) -> u64 {
    size.checked_shr(8 * level).unwrap_or(0)
}

/// The first `width` hashes of a tile, as they are on disk. None for width 0.
pub(super) fn read_hashes(
    disk: &dyn Disk,
    level: u32,
    number: u64,
    width: u64,
) -> Result<Vec<Hash>, LedgerError> {
    let path = |width| tile_path(level, number, width);
    let mut hashes = read_part(disk, path, width, 32, parse_tile)?;
    hashes.truncate(width as usize);
    Ok(hashes)
}

/// The first `width` entries of a bundle, as they are on disk. None for width 0.
pub(super) fn read_entries(disk: &dyn Disk, number: u64, width: u64) -> Result<Vec<Entry>, LedgerError> {
    let path = |width| bundle_path(number, width);
    let mut entries = read_part(disk, path, width, ENTRY_BYTES, parse_bundle)?;
    entries.truncate(width as usize);
    Ok(entries)
}

/// Reads the partial file of this width, or the full one, which may have taken its place.
fn read_part<T>(
    disk: &dyn Disk,
    path: impl Fn(u64) -> String,
    width: u64,
    item: usize,
    parse: impl Fn(&[u8]) -> Option<Vec<T>>,
) -> Result<Vec<T>, LedgerError> {
    if width == 0 {
        return Ok(Vec::new());
    }
    for wide in [width, TILE_WIDTH] {
        let place = path(wide);
        let bytes = wide as usize * item;
        match disk.read(&place, bytes)? {
            None => {}
            Some(found) if found.len() == bytes => {
                let wrong = || LedgerError::damaged(place.clone(), "is not made of entries of 32 bytes");
                return parse(&found).ok_or_else(wrong);
            }
            Some(found) => {
                let what = format!("has {} bytes where {bytes} belong", found.len());
                return Err(LedgerError::damaged(place, what));
            }
        }
    }
    Err(LedgerError::Missing { path: path(width) })
}

/// Full tiles that were authenticated, the oldest leaving first.
#[derive(Debug, Default)]
pub(super) struct TileCache {
    tiles: HashMap<(u32, u64), Arc<Vec<Hash>>>,
    order: VecDeque<(u32, u64)>,
}

impl TileCache {
    fn get(&self, at: (u32, u64)) -> Option<Arc<Vec<Hash>>> {
        self.tiles.get(&at).cloned()
    }

    fn put(&mut self, at: (u32, u64), tile: Arc<Vec<Hash>>) {
        if self.order.len() >= CACHE_TILES
            && let Some(oldest) = self.order.pop_front()
        {
            self.tiles.remove(&oldest);
        }
        if self.tiles.insert(at, tile).is_none() {
            self.order.push_back(at);
        }
    }
}

/// The complete nodes of the tree at a head, read from tiles.
pub(super) struct TileNodes<'a> {
    pub(super) disk: &'a dyn Disk,
    pub(super) size: u64,
    pub(super) right: &'a RightTiles,
    pub(super) cache: &'a Mutex<TileCache>,
}

impl Nodes for TileNodes<'_> {
    fn node(&self, height: u32, index: u64) -> Result<Hash, LedgerError> {
        let (level, inside) = (height / 8, height % 8);
        let complete = self.size.checked_shr(height).unwrap_or(0);
        if index >= complete {
            let what = format!("node {index} of height {height} is not in a ledger of {} entries", self.size);
            return Err(LedgerError::Range { what });
        }
        let first = index << inside;
        let (number, offset) = (first / TILE_WIDTH, (first % TILE_WIDTH) as usize);
        let width = 1usize << inside;
        if number == count(self.size, level) / TILE_WIDTH {
            let partial = self.right.levels.get(level as usize).map_or(&[][..], Vec::as_slice);
            return Ok(tree::root_of(partial.get(offset..offset + width).unwrap_or(&[])));
        }
        let tile = self.full(level, number)?;
        Ok(tree::root_of(tile.get(offset..offset + width).unwrap_or(&[])))
    }
}

impl TileNodes<'_> {
    /// A full tile, authenticated.
    fn full(&self, level: u32, number: u64) -> Result<Arc<Vec<Hash>>, LedgerError> {
        let lock = || self.cache.lock().unwrap_or_else(|broken| broken.into_inner());
        if let Some(tile) = lock().get((level, number)) {
            return Ok(tile);
        }
        // The hash of this tile in the tile above, itself authenticated: at most 8 levels up.
        let expected = self.node(8 * (level + 1), number)?;
        let tile = read_hashes(self.disk, level, number, TILE_WIDTH)?;
        if tree::root_of(&tile) != expected {
            let path = tile_path(level, number, TILE_WIDTH);
            return Err(LedgerError::damaged(
                path,
                "its hashes are not those that the ledger's head stands for",
            ));
        }
        let tile = Arc::new(tile);
        lock().put((level, number), tile.clone());
        Ok(tile)
    }
}
