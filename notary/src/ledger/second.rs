//! The second opinion on a plan, before anything is signed: everything that will be signed or written is computed again
//! another way, by `rs_merkle` over the bytes of the planned files, and the new head and the cover are checked by
//! `verifier` to fit the old head.
//!
//! ```text
//! level 1   … root root root │ tail        tail = root of the ragged tile below
//! level 0   … hash hash hash                a tree of more than 256 leaves is the tree over the roots of its
//! entries   … the batch's entries           256-leaf tiles, and so on upwards (RFC 6962)
//! ```
//!
//! So the head is computed from the rightmost tiles only, at a cost that does not grow with the ledger.

use std::collections::HashMap;
use std::ops::Deref;

use rs_merkle::{Hasher, MerkleTree};
use sha2::{Digest, Sha256};
use verifier::hash::Hash;
use verifier::limits::TILE_WIDTH;
use verifier::merkle::{self, Subtree};

use super::plan::Plan;
use super::proof::{self, Nodes};
use super::tiles;
use super::{Ledger, LedgerError};

/// A plan that two computations agree on. Only such a plan can be applied; and nothing else may be signed.
#[derive(Debug, Clone)]
pub struct Checked(Plan);

impl Deref for Checked {
    type Target = Plan;

    fn deref(&self) -> &Plan {
        &self.0
    }
}

impl Ledger {
    /// Computes the plan's new head and subtree hashes again and checks them against the old head.
    ///
    /// Errors: [`LedgerError::Disagree`], after which nothing may be signed; or an old tile can't be read.
    pub fn second_opinion(&self, plan: Plan) -> Result<Checked, LedgerError> {
        if plan.old_head() != self.head() {
            return Err(LedgerError::range("the plan is for another head than the ledger's"));
        }
        let rows = Rows::read(self, &plan)?;
        let root = rows.root()?;
        if root != plan.new_head().root {
            return Err(LedgerError::disagree("the root of the new head"));
        }
        for (subtree, hash) in plan.cover() {
            if rs_root(&self.leaves(&rows, *subtree)?) != Some(*hash) {
                return Err(LedgerError::disagree(format!("the hash of the subtree {subtree}")));
            }
        }
        self.check_fit(&plan)?;
        Ok(Checked(plan))
    }

    /// The new head continues the old one, and the cover lies under the new head, as an outsider would check it.
    fn check_fit(&self, plan: &Plan) -> Result<(), LedgerError> {
        let (old, new) = (plan.old_head(), plan.new_head());
        let nodes = Planned { ledger: self, plan };
        let proof = proof::consistency(&nodes, old.size, new.size)?;
        merkle::verify_consistency(old.size, &old.root, new.size, &new.root, &proof).map_err(|e| {
            LedgerError::disagree(format!("whether the new head continues the old one ({e})"))
        })?;
        for (subtree, hash) in plan.cover() {
            let proof = proof::subtree_consistency(&nodes, *subtree, new.size)?;
            merkle::verify_subtree_consistency(*subtree, hash, new.size, &new.root, &proof).map_err(|e| {
                LedgerError::disagree(format!("whether {subtree} lies under the new head ({e})"))
            })?;
        }
        Ok(())
    }

    /// The leaf hashes of a subtree of the cover: from the planned files, and before them from the tiles on disk.
    fn leaves(&self, rows: &Rows, subtree: Subtree) -> Result<Vec<Hash>, LedgerError> {
        let row = &rows.levels[0];
        let mut leaves = Vec::new();
        for number in subtree.start() / TILE_WIDTH..row.first / TILE_WIDTH {
            leaves.extend(tiles::read_hashes(&*self.disk, 0, number, TILE_WIDTH)?);
        }
        // From here on `leaves` begins at a tile's boundary, as the row does.
        let begin = if leaves.is_empty() { row.first } else { subtree.start() / TILE_WIDTH * TILE_WIDTH };
        leaves.extend_from_slice(&row.hashes);
        let wanted = (subtree.start() - begin) as usize..(subtree.end() - begin) as usize;
        leaves
            .get(wanted)
            .map(<[Hash]>::to_vec)
            .ok_or_else(|| LedgerError::disagree("the leaves of the cover"))
    }
}

/// The nodes of the tree as the plan will have it.
struct Planned<'a> {
    ledger: &'a Ledger,
    plan: &'a Plan,
}

impl Nodes for Planned<'_> {
    fn node(&self, height: u32, index: u64) -> Result<Hash, LedgerError> {
        match self.plan.growth.node(height, index) {
            Some(node) => Ok(node),
            None => self.ledger.node(height, index),
        }
    }
}

/// The hashes of one level from the first tile that the batch touches to the new right edge.
struct Row {
    /// Index of the first hash, a multiple of 256.
    first: u64,
    hashes: Vec<Hash>,
}

impl Row {
    fn hash(&self, index: u64) -> Option<&Hash> {
        self.hashes.get(usize::try_from(index.checked_sub(self.first)?).ok()?)
    }
}

/// Those of every level, as they will be on disk.
struct Rows {
    levels: Vec<Row>,
}

impl Rows {
    /// Reads them from the planned files, and where a level gets nothing new, from its last tile on disk; checks that
    /// the leaves are those of the entries, and the entries those of the batch.
    fn read(ledger: &Ledger, plan: &Plan) -> Result<Self, LedgerError> {
        let (start, end) = (plan.old_head().size, plan.new_head().size);
        let planned: HashMap<&str, &[u8]> = plan.files().iter().map(|f| (f.path(), f.bytes())).collect();
        let mut levels = Vec::new();
        for level in tiles::levels(end) {
            let row = row(start, end, level, |number, width| {
                match planned.get(tiles::tile_path(level, number, width).as_str()) {
                    Some(bytes) => {
                        tiles::parse_tile(bytes).ok_or_else(|| LedgerError::disagree("the bytes of a tile"))
                    }
                    None => tiles::read_hashes(&*ledger.disk, level, number, width),
                }
            })?;
            levels.push(Row { first: row.0, hashes: row.1 });
        }
        let (first, entries) = row(start, end, 0, |number, width| {
            let bytes = planned.get(tiles::bundle_path(number, width).as_str());
            bytes
                .and_then(|bytes| tiles::parse_bundle(bytes))
                .ok_or_else(|| LedgerError::disagree("the bytes of a bundle"))
        })?;
        let leaves = entries.iter().map(|entry| sha256(&[&[0], entry.as_bytes()]));
        let of_batch = entries.get((start - first) as usize..);
        if of_batch != Some(plan.entries())
            || !levels.first().is_some_and(|row| leaves.eq(row.hashes.iter().copied()))
        {
            return Err(LedgerError::disagree("the leaves of the batch"));
        }
        Ok(Self { levels })
    }

    /// The root of the tree, level by level over the rightmost tiles; checks every complete tile's root against the
    /// level above on the way.
    fn root(&self) -> Result<Hash, LedgerError> {
        let wrong = |what: &str| LedgerError::disagree(what);
        let mut tail: Option<Hash> = None;
        for (level, row) in self.levels.iter().enumerate() {
            let end = row.first + row.hashes.len() as u64;
            let mut here = row.hashes.clone();
            here.extend(tail.take());
            let Some(above) = self.levels.get(level + 1) else {
                // The top level has a single tile.
                return rs_root(&here).filter(|_| row.first == 0).ok_or_else(|| wrong("the top of the tree"));
            };
            for (number, tile) in (row.first / TILE_WIDTH..).zip(here.chunks(TILE_WIDTH as usize)) {
                let root = rs_root(tile);
                if (number + 1) * TILE_WIDTH > end {
                    tail = root;
                } else if root.as_ref() != above.hash(number) {
                    return Err(wrong(&format!("hash {number} of level {}", level + 1)));
                }
            }
        }
        Err(wrong("the levels of the tree"))
    }
}

/// Reads the tiles from the first that the batch touches to the right edge. Gives the index of the first hash, too.
fn row<T>(
    start: u64,
    end: u64,
    level: u32,
    read: impl Fn(u64, u64) -> Result<Vec<T>, LedgerError>,
) -> Result<(u64, Vec<T>), LedgerError> {
    let (from, to) = (tiles::count(start, level) / TILE_WIDTH, tiles::count(end, level));
    let mut hashes = Vec::new();
    for number in from..to.div_ceil(TILE_WIDTH) {
        let width = TILE_WIDTH.min(to - number * TILE_WIDTH);
        let tile = read(number, width)?;
        if tile.len() as u64 != width {
            return Err(LedgerError::disagree("the width of a tile"));
        }
        hashes.extend(tile);
    }
    Ok((from * TILE_WIDTH, hashes))
}

/// RFC 6962 hashing for `rs_merkle`.
#[derive(Clone)]
struct Rfc6962;

impl Hasher for Rfc6962 {
    type Hash = [u8; 32];

    fn hash(data: &[u8]) -> [u8; 32] {
        Sha256::digest(data).into()
    }

    fn concat_and_hash(left: &[u8; 32], right: Option<&[u8; 32]>) -> [u8; 32] {
        match right {
            Some(right) => Self::hash(&[&[1][..], left, right].concat()),
            None => *left,
        }
    }
}

fn rs_root(leaves: &[Hash]) -> Option<Hash> {
    let leaves: Vec<[u8; 32]> = leaves.iter().map(|hash| *hash.as_bytes()).collect();
    MerkleTree::<Rfc6962>::from_leaves(&leaves).root().map(Hash::from_bytes)
}

fn sha256(parts: &[&[u8]]) -> Hash {
    let mut state = Sha256::new();
    parts.iter().for_each(|part| state.update(part));
    Hash::from_bytes(state.finalize().into())
}
