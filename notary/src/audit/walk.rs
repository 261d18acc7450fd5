//! The stream: bundle by bundle, every hash of every level is derived from the entries and held against the tiles; at
//! the ends of batches, against the batch files.
//!
//! Where bundle and tile disagree, the tile above (or the head) says which of the two is wrong, and the audit goes on
//! with the other, so that one damaged file is one finding.

use verifier::batch_file::BatchFile;
use verifier::entry::Entry;
use verifier::hash::Hash;
use verifier::limits::TILE_WIDTH;
use verifier::trust::TrustBundle;

use super::audited::{self, Before};
use super::batches::{Batches, Sealed};
use super::head::Start;
use super::public::Public;
use super::source::Found;
use super::status::Statuses;
use super::{Audited, Auditor, Conflict, Detail, FindingCode, Watch};
use crate::disk::DiskError;
use crate::ledger::{Head, edge_of, tiles};
use crate::tree::{self, Edge};

/// Hashes in a full tile.
const WIDTH: usize = TILE_WIDTH as usize;

/// What the stream came to.
pub(super) struct Done {
    /// The root over all entries; none if they could not all be read.
    pub(super) root: Option<Hash>,
    /// The last batch that was checked.
    pub(super) last: Option<BatchFile>,
    /// The status notes met on the way.
    pub(super) status: Statuses,
    /// A newer bundle of a root that the audit trusts.
    pub(super) newer: Option<TrustBundle>,
    /// How far nothing was found.
    pub(super) audited: Option<Audited>,
    /// The ledger is not one with what was audited before.
    pub(super) conflict: Option<Conflict>,
}

impl Done {
    fn lost(status: Statuses, walk: Walk<'_, '_>) -> Self {
        Self { root: None, last: None, status, newer: None, audited: walk.audited, conflict: walk.conflict }
    }
}

/// Derives everything up to the head.
pub(super) fn walk(
    auditor: &mut Auditor<'_>,
    start: &Start,
    from: u64,
    before: &Before<'_>,
    watch: &mut dyn Watch,
) -> Result<Done, DiskError> {
    let head = start.head;
    let first =
        before.audited.map_or(from.min(head.size), |audited| audited.head.size) / TILE_WIDTH * TILE_WIDTH;
    let good = last_good(auditor, head.size);
    let mut walk = Walk {
        auditor,
        head,
        good,
        edge: Edge::empty(),
        levels: vec![Vec::new()],
        completed: Vec::new(),
        heads: before.heads.iter().rev().cloned().collect(),
        audited: before.audited.cloned(),
        conflict: None,
    };
    if !walk.begin_at(first)? {
        return Ok(Done::lost(Statuses::new(true), walk));
    }
    walk.hold_against_before();
    let mut batches = Batches::begin(walk.auditor, first, head.size, before.audited)?;
    // What lies before is covered by what was audited there, or was not asked for.
    walk.good.retain(|(size, _)| *size > first);
    let mut public = match before.audited {
        Some(audited) => Public::after(walk.auditor, audited),
        None => Public::new(first > 0),
    };
    for number in first / TILE_WIDTH..head.size.div_ceil(TILE_WIDTH) {
        let width = TILE_WIDTH.min(head.size - number * TILE_WIDTH);
        let Some(leaves) = walk.leaves(number, width, watch)? else {
            let path = tiles::bundle_name(number, width);
            walk.auditor.find_at(FindingCode::EntriesLost, &path, number * TILE_WIDTH, Detail::EntriesLost);
            public.status.forget();
            return Ok(Done::lost(public.status, walk));
        };
        walk.append(&leaves, &mut batches)?;
        walk.full_tiles()?;
        public.check(walk.auditor, number * TILE_WIDTH, &leaves, watch)?;
        if let Some(Sealed { head, note, closed }) = batches.sealed.take()
            && walk.auditor.findings.is_empty()
            // A key in silence is found at the end. Till then the next audit has to see again what it signed.
            && public.trail.silent(walk.auditor).is_empty()
        {
            let thefts = walk.auditor.keys.thefts();
            let (checkpoint, notes) = (note.encode(), public.status.notes());
            let (looked, log_head) = (walk.edge.size(), public.log_head_text());
            let evidence = before.audited.map(|audited| audited.evidence.clone()).unwrap_or_default();
            let keys = public.trail.told();
            let audited =
                Audited { head, checkpoint, closed, looked, notes, log_head, keys, thefts, evidence };
            watch.audited(&audited);
            walk.audited = Some(audited);
        }
        watch.progress(walk.edge.size(), head.size);
    }
    walk.partial_tiles()?;
    public.trail.check_used(walk.auditor);
    walk.auditor.looked.known = public.trail.known();
    Ok(Done {
        root: Some(walk.edge.root()),
        last: batches.last,
        status: public.status,
        newer: public.trail.newer,
        audited: walk.audited,
        conflict: walk.conflict,
    })
}

/// The last good heads of compromised keys that the stream comes by, the first one last. A ledger that does not reach one was
/// rolled back: the root's bundle says that there was more.
fn last_good(auditor: &mut Auditor<'_>, size: u64) -> Vec<(u64, Hash)> {
    let mut good = auditor.keys.last_good();
    if let Some((more, _)) = good.last().filter(|(more, _)| *more > size) {
        let what = Detail::SmallerThanGood { size, good: *more };
        auditor.find(FindingCode::Rollback, super::head::CHECKPOINT, what);
    }
    good.retain(|(good, _)| (1..=size).contains(good));
    good.reverse();
    good
}

struct Walk<'a, 'b> {
    auditor: &'a mut Auditor<'b>,
    head: Head,
    edge: Edge,
    /// `levels[l]`: the hashes so far of the tile of level l that is being filled. Level 0 has none.
    levels: Vec<Vec<Hash>>,
    /// The nodes that the leaf before a stop completed, from the leaf upwards.
    completed: Vec<Hash>,
    /// Last good heads of compromised keys that the stream has to come by, the next one last.
    good: Vec<(u64, Hash)>,
    /// Heads that the stream has to come by, the next one last.
    heads: Vec<(Head, String)>,
    audited: Option<Audited>,
    conflict: Option<Conflict>,
}

impl Walk<'_, '_> {
    /// Takes the hashes below `first`, a multiple of 256, from the tiles above level 0, each held against the tile below
    /// it. False if they can't be had.
    fn begin_at(&mut self, first: u64) -> Result<bool, DiskError> {
        for level in tiles::levels(first).skip(1) {
            let (number, held) =
                (tiles::count(first, level) / TILE_WIDTH, tiles::count(first, level) % TILE_WIDTH);
            let mut hashes = Vec::new();
            if held > 0 {
                let width = TILE_WIDTH.min(tiles::count(self.head.size, level) - number * TILE_WIDTH);
                let Some(told) = self.auditor.hashes(level, number, width)? else { return Ok(false) };
                for (place, told) in (0..held).zip(&told) {
                    let Some(below) =
                        self.auditor.hashes(level - 1, number * TILE_WIDTH + place, TILE_WIDTH)?
                    else {
                        return Ok(false);
                    };
                    let derived = tree::root_of(&below);
                    let holds = derived == *told
                        || level == 1 && self.holds(number * TILE_WIDTH + place, &below, told)?;
                    if !holds {
                        self.auditor.tile_bad(level, number, width, place);
                    }
                    hashes.push(if holds { *told } else { derived });
                }
            }
            self.levels.push(hashes);
        }
        match edge_of(&self.levels, first) {
            Some(edge) => self.edge = edge,
            None => return Ok(false),
        }
        Ok(true)
    }

    /// Whether the entries of a bundle vouch for the hash `told` in the tile of level 1, although the tile of level 0
    /// does not; then that one is bad.
    fn holds(&mut self, number: u64, tile: &[Hash], told: &Hash) -> Result<bool, DiskError> {
        let Some(entries) = self.auditor.entries(number, TILE_WIDTH)? else { return Ok(false) };
        let leaves: Vec<Hash> = entries.iter().map(Entry::leaf).collect();
        let holds = tree::root_of(&leaves) == *told;
        if let Some(place) = leaves.iter().zip(tile).position(|(leaf, hash)| leaf != hash).filter(|_| holds) {
            self.auditor.tile_bad(0, number, TILE_WIDTH, place as u64);
        }
        Ok(holds)
    }

    /// The leaf hashes of one bundle, as the ledger's head stands for them as far as can be told. `None` if neither the
    /// bundle nor the tile can be read.
    fn leaves(
        &mut self,
        number: u64,
        width: u64,
        watch: &mut dyn Watch,
    ) -> Result<Option<Vec<Hash>>, DiskError> {
        let entries = self.auditor.entries(number, width)?;
        let told = self.auditor.hashes(0, number, width)?;
        let Some(entries) = entries else { return Ok(told) };
        let leaves: Vec<Hash> = entries.iter().map(Entry::leaf).collect();
        if let Some(told) = told.filter(|told| *told != leaves) {
            let place = leaves.iter().zip(&told).position(|(leaf, told)| leaf != told).unwrap_or(0) as u64;
            let index = number * TILE_WIDTH + place;
            let (by_entries, by_tile) =
                (self.fits(number, width, &leaves)?, self.fits(number, width, &told)?);
            let (bundle, tile) = (tiles::bundle_name(number, width), tiles::tile_name(0, number, width));
            if by_tile && !by_entries {
                let message = Detail::EntryDiffers { tile };
                self.auditor.find_at(FindingCode::BundleBad, &bundle, index, message);
                return Ok(Some(told));
            }
            if by_entries {
                self.auditor.tile_bad(0, number, width, place);
            } else {
                let message = Detail::NeitherFits { tile };
                self.auditor.find_at(FindingCode::BundleBad, &bundle, index, message);
            }
        }
        self.auditor.looked.entries += entries.len() as u64;
        for (index, entry) in (number * TILE_WIDTH..).zip(&entries) {
            watch.entry(index, entry);
        }
        self.auditor.stale(
            |width| tiles::bundle_name(number, width),
            width,
            FindingCode::BundleBad,
            || tiles::bundle_bytes(&entries),
        )?;
        self.auditor.stale(
            |width| tiles::tile_name(0, number, width),
            width,
            FindingCode::TileBad,
            || tiles::tile_bytes(&leaves),
        )?;
        Ok(Some(leaves))
    }

    /// Whether these leaves are what the tile above, or the head, stands for.
    fn fits(&mut self, number: u64, width: u64, leaves: &[Hash]) -> Result<bool, DiskError> {
        if width < TILE_WIDTH {
            let mut edge = self.edge.clone();
            leaves.iter().for_each(|leaf| edge.append(*leaf));
            return Ok(edge.root() == self.head.root);
        }
        let (above, place) = (number / TILE_WIDTH, (number % TILE_WIDTH) as usize);
        let width = TILE_WIDTH.min(tiles::count(self.head.size, 1) - above * TILE_WIDTH);
        // Whatever is wrong with the tile above is found when its turn comes.
        let told = match self.auditor.file(|width| tiles::tile_name(1, above, width), width, 32)? {
            (_, Found::Bytes(bytes)) => tiles::parse_tile(&bytes),
            _ => None,
        };
        Ok(told.and_then(|tile| tile.get(place).copied()) == Some(tree::root_of(leaves)))
    }

    /// Appends leaves, stopping where the batches want to look.
    fn append(&mut self, leaves: &[Hash], batches: &mut Batches) -> Result<(), DiskError> {
        let mut rest = leaves;
        while !rest.is_empty() {
            let before = self.heads.last().map_or(u64::MAX, |(head, _)| head.size);
            let good = self.good.last().map_or(u64::MAX, |(size, _)| *size);
            let stop = batches.stop().min(before).min(good);
            let ahead = stop.saturating_sub(self.edge.size()).min(rest.len() as u64) as usize;
            let (now, later) = rest.split_at(ahead.max(1));
            rest = later;
            let Self { edge, levels, completed, .. } = self;
            for (left, leaf) in (0..now.len()).rev().zip(now) {
                completed.clear();
                edge.append_with(*leaf, |height, node| {
                    if left == 0 {
                        completed.push(*node);
                    }
                    if height > 0 && height.is_multiple_of(8) {
                        let level = (height / 8) as usize;
                        if level == levels.len() {
                            levels.push(Vec::with_capacity(WIDTH));
                        }
                        levels[level].push(*node);
                    }
                });
            }
            self.hold_against_before();
            if self.edge.size() == batches.stop() {
                batches.at(self.auditor, &self.edge, &self.completed)?;
            }
            self.hold_against_last_good(batches);
        }
        Ok(())
    }

    /// Where the stream comes by the last good head of a compromised key, the root is that one. Where a batch ends there, its
    /// file was held against it; a thief's batches need not end there.
    fn hold_against_last_good(&mut self, batches: &Batches) {
        while let Some((size, root)) = self.good.pop_if(|(size, _)| *size <= self.edge.size()) {
            let ended = batches.sealed.as_ref().is_some_and(|sealed| sealed.head.size == size);
            if size == self.edge.size() && root != self.edge.root() && !ended {
                let what = Detail::OtherLastGood { size };
                self.auditor.find(FindingCode::KeyCompromised, super::head::CHECKPOINT, what);
            }
        }
    }

    /// Where the stream comes by a head that was seen before, the root is the one of then.
    fn hold_against_before(&mut self) {
        while let Some((head, note)) = self.heads.pop_if(|(head, _)| head.size <= self.edge.size()) {
            // One that lies before the place where the audit goes on is covered by what was audited there.
            if head.size < self.edge.size() || head.root == self.edge.root() {
                continue;
            }
            let what = Detail::OtherRootSeen { size: head.size };
            self.auditor.find(FindingCode::SplitView, super::head::CHECKPOINT, what);
            self.conflict = Some(audited::against(self.auditor, &note));
            self.audited = None;
        }
    }

    /// Checks the tiles above level 0 that are full now.
    fn full_tiles(&mut self) -> Result<(), DiskError> {
        for level in 1..self.levels.len() {
            if self.levels[level].len() == WIDTH {
                let hashes = std::mem::take(&mut self.levels[level]);
                let number = tiles::count(self.edge.size(), level as u32) / TILE_WIDTH - 1;
                self.tile(level as u32, number, &hashes)?;
            }
        }
        Ok(())
    }

    /// Checks those that are not full at the end.
    fn partial_tiles(&mut self) -> Result<(), DiskError> {
        for level in 1..self.levels.len() {
            let hashes = std::mem::take(&mut self.levels[level]);
            if !hashes.is_empty() {
                let number = tiles::count(self.edge.size(), level as u32) / TILE_WIDTH;
                self.tile(level as u32, number, &hashes)?;
            }
        }
        Ok(())
    }

    /// Holds a tile against the hashes that it must have.
    fn tile(&mut self, level: u32, number: u64, hashes: &[Hash]) -> Result<(), DiskError> {
        let width = hashes.len() as u64;
        if let Some(told) = self.auditor.hashes(level, number, width)?
            && let Some(place) = told.iter().zip(hashes).position(|(told, derived)| told != derived)
        {
            self.auditor.tile_bad(level, number, width, place as u64);
        }
        let name = |width| tiles::tile_name(level, number, width);
        self.auditor.stale(name, width, FindingCode::TileBad, || tiles::tile_bytes(hashes))
    }
}
