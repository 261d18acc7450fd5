//! The ledger on disk: one append-only RFC 6962 tree in C2SP tlog-tiles layout, in the folder `ledger/` of the office
//! (spec page `ledger.md`).
//!
//! ```text
//! ledger/checkpoint
//! ledger/tile/0/000.p/41          ledger/tile/entries/000.p/41
//! ledger/batch/007                ledger/public/040                ledger/status/0/17.xzs
//! ledger/cosigned/012             ledger/anchors/007
//! ```
//!
//! A batch goes in like this, and a restart goes the same way again from the same entries:
//!
//! ```text
//! open(disk, head) ─► plan(entries) ─► second_opinion(plan) ─► apply(checked, batch file, public) ─► publish_checkpoint ─► tidy
//!                     new root, cover    the proof that it       writes files that never change        the head, for all
//!                     files to write     was looked at twice
//! ```
//!
//! Every step may be done again after a crash: same bytes to the same places. Here: files of the ledger, and proofs
//! from them. Not here: signing and when to do what (the seal), checking by outsiders ([`crate::audit`]).

pub(crate) mod anchors;
mod apply;
mod batch;
mod cosigned;
mod error;
mod plan;
pub mod proof;
mod right;
mod second;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub(crate) mod tiles;

use std::fmt;
use std::sync::{Arc, Mutex};

use verifier::hash::{self, Hash};
use verifier::merkle::Subtree;

pub use apply::PublicEntry;
pub use apply::{PUBLIC_LIST, PUBLIC_LIST_BYTES};
pub(crate) use batch::PUBLIC_BYTES;
pub use error::LedgerError;
pub use plan::{Plan, PlannedFile};
pub use second::Checked;

use crate::disk::Disk;
use crate::tree::Edge;
use proof::Nodes;
use right::RightTiles;
use tiles::{TileCache, TileNodes};

pub(crate) use right::edge_of;

/// How far the ledger goes: so many entries with this root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Entries.
    pub size: u64,
    /// The root over them.
    pub root: Hash,
}

impl Head {
    /// The head of a ledger with nothing in it.
    pub fn empty() -> Self {
        Self { size: 0, root: hash::empty_root() }
    }
}

/// The ledger at one head. Whatever files lie beyond the head (of a batch that is on its way) are not seen.
pub struct Ledger {
    disk: Arc<dyn Disk>,
    edge: Edge,
    right: RightTiles,
    cache: Mutex<TileCache>,
    /// Batches up to the head.
    batches: u64,
}

impl Ledger {
    /// Opens the ledger at a head that the caller knows to be committed. Reads the few tiles of the right edge and
    /// checks that they give the head's root; if they don't, the tile that is wrong is looked for and named.
    ///
    /// Errors: a file is missing, damaged, or can't be read. Nothing is changed.
    pub fn open(disk: Arc<dyn Disk>, head: Head) -> Result<Self, LedgerError> {
        let (right, edge) = RightTiles::open(&*disk, head)?;
        let mut ledger = Self { disk, edge, right, cache: Mutex::default(), batches: 0 };
        ledger.batches = ledger.count_batches()?;
        Ok(ledger)
    }

    /// The head that this ledger is at.
    pub fn head(&self) -> Head {
        Head { size: self.edge.size(), root: self.edge.root() }
    }

    /// The right edge of the tree.
    pub fn edge(&self) -> &Edge {
        &self.edge
    }

    /// The path of an entry in a subtree, leaf to root, for a certificate or a proof of inclusion.
    pub fn path(&self, index: u64, subtree: Subtree) -> Result<Vec<Hash>, LedgerError> {
        self.within(subtree.end())?;
        proof::inclusion(&self.nodes(), index, subtree)
    }

    /// The path of an entry in the ledger as it was at `size` entries, leaf to root.
    pub fn inclusion(&self, index: u64, size: u64) -> Result<Vec<Hash>, LedgerError> {
        self.path(index, Subtree::whole(size))
    }

    /// The root of the ledger as it was at `size` entries.
    pub fn root_at(&self, size: u64) -> Result<Hash, LedgerError> {
        self.subtree_root(Subtree::whole(size))
    }

    /// The hash of a subtree.
    pub fn subtree_root(&self, subtree: Subtree) -> Result<Hash, LedgerError> {
        self.within(subtree.end())?;
        proof::root(&self.nodes(), subtree)
    }

    /// The proof that the ledger of `new` entries begins with the ledger of `old`.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, LedgerError> {
        self.within(new)?;
        proof::consistency(&self.nodes(), old, new)
    }

    /// The proof that a subtree lies in the ledger of `size` entries.
    pub fn subtree_consistency(&self, subtree: Subtree, size: u64) -> Result<Vec<Hash>, LedgerError> {
        self.within(size)?;
        proof::subtree_consistency(&self.nodes(), subtree, size)
    }

    fn within(&self, size: u64) -> Result<(), LedgerError> {
        if size <= self.edge.size() {
            return Ok(());
        }
        Err(LedgerError::range(format!(
            "size {size} is beyond the {} entries of the ledger",
            self.edge.size()
        )))
    }

    fn nodes(&self) -> TileNodes<'_> {
        TileNodes { disk: &*self.disk, size: self.edge.size(), right: &self.right, cache: &self.cache }
    }
}

impl Nodes for Ledger {
    fn node(&self, height: u32, index: u64) -> Result<Hash, LedgerError> {
        self.nodes().node(height, index)
    }
}

impl fmt::Debug for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Ledger").field("head", &self.head()).field("batches", &self.batches).finish()
    }
}
