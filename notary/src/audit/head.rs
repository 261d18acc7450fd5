//! Where the ledger ends: the published checkpoint, or where that is missing or bad, the last batch's.

use verifier::batch_file::BatchFile;
use verifier::checkpoint::Checkpoint;
use verifier::hash::Hash;
use verifier::limits::{BATCH_FILE_BYTES, NOTE_BYTES, TILE_WIDTH};
use verifier::note::Note;
use verifier::origin::Origin;
use verifier::tile::grouped;
use verifier::trust::KeyUse;

use super::keys::Wrong;
use super::source::{self, Found, LedgerSource};
use super::{Auditor, Detail, FindingCode};
use crate::disk::DiskError;
use crate::ledger::{Head, tiles};

pub(super) const CHECKPOINT: &str = "checkpoint";

/// How far to audit.
pub(super) struct Start {
    /// The head to come out at.
    pub(super) head: Head,
    /// The published checkpoint, if it is one that can be held against the batches.
    pub(super) checkpoint: Option<Note>,
    /// So many batches there are; some may be beyond the head.
    pub(super) batches: u64,
}

/// The checkpoint's file.
#[derive(PartialEq, Eq)]
pub(super) enum Published {
    Bytes(Vec<u8>),
    Large,
    Missing,
}

/// Reads the checkpoint's file.
pub(super) fn published(source: &dyn LedgerSource) -> Result<Published, DiskError> {
    Ok(match source::read(source, CHECKPOINT, NOTE_BYTES)? {
        Found::Bytes(bytes) => Published::Bytes(bytes),
        Found::Large => Published::Large,
        Found::Missing => Published::Missing,
    })
}

/// A checkpoint of this ledger that is larger than the one that is audited, and that the office signed, as far as that can be
/// told.
pub(super) fn larger(auditor: &Auditor<'_>, published: &Published) -> Option<(u64, Note)> {
    let Published::Bytes(bytes) = published else { return None };
    let (checkpoint, note) = parse(bytes).ok()?;
    let is_own = checkpoint.origin() == auditor.origin && checkpoint.size() > auditor.size;
    let is_signed = auditor.keys.office().is_none() || auditor.keys.has_signed(KeyUse::Ledger, &note);
    (is_own && is_signed).then_some((checkpoint.size(), note))
}

/// How many entries a checkpoint says that there are.
pub(super) fn size_of(note: &Note) -> Option<u64> {
    Checkpoint::from_text(note.text()).ok().map(|checkpoint| checkpoint.size())
}

/// So many batch files there are, as far as that can be told from their numbers.
pub(super) fn batches(auditor: &Auditor<'_>) -> Result<u64, DiskError> {
    Ok(last_batch(auditor)?.map_or(0, |file| file.batch() + 1))
}

/// The name of a published ledger, as its checkpoint or else its first batch has it; `None` if neither does.
pub fn origin_of(source: &dyn LedgerSource) -> Result<Option<Origin>, DiskError> {
    let published = match source::read(source, CHECKPOINT, NOTE_BYTES)? {
        Found::Bytes(bytes) => parse(&bytes).ok().map(|(checkpoint, _)| checkpoint),
        Found::Large | Found::Missing => None,
    };
    let first = || Ok(batch_file(source, 0)?.map(|file| file.checkpoint().clone()));
    let found = published.map_or_else(first, |checkpoint| Ok(Some(checkpoint)))?;
    Ok(found.map(|checkpoint| checkpoint.origin().clone()))
}

/// Finds the head.
pub(super) fn find(auditor: &mut Auditor<'_>) -> Result<Start, DiskError> {
    let last = last_batch(auditor)?;
    let batches = last.as_ref().map_or(0, |file| file.batch() + 1);
    let fallback = last.as_ref().map_or_else(Head::empty, |file| head(file.checkpoint()));
    match checkpoint(auditor, last.as_ref(), fallback.size)? {
        Ok((checkpoint, note)) => {
            return Ok(Start { head: head(&checkpoint), checkpoint: Some(note), batches });
        }
        // Nothing sealed yet.
        Err((FindingCode::CheckpointMissing, _)) if last.is_none() => {}
        Err((code, what)) => auditor.find(code, CHECKPOINT, what),
    }
    Ok(Start { head: fallback, checkpoint: None, batches })
}

/// The published checkpoint, or what is wrong with it by itself. `size` is what the batches come to.
fn checkpoint(
    auditor: &Auditor<'_>,
    last: Option<&BatchFile>,
    size: u64,
) -> Result<Result<(Checkpoint, Note), Wrong>, DiskError> {
    let bad = |what: Detail| Ok(Err((FindingCode::CheckpointBad, what)));
    let parsed = match &auditor.published {
        Published::Bytes(bytes) => parse(bytes),
        Published::Large => Err(Detail::TooLarge),
        Published::Missing => {
            return Ok(Err((FindingCode::CheckpointMissing, Detail::NoCheckpoint)));
        }
    };
    let (checkpoint, note) = match parsed {
        Ok(parsed) => parsed,
        Err(what) => return bad(what),
    };
    if checkpoint.origin() != auditor.origin {
        let (origin, own) = (checkpoint.origin().clone(), auditor.origin.clone());
        return bad(Detail::OtherLedgerThan { origin, own });
    }
    let checked =
        auditor.keys.check(KeyUse::Ledger, &note, last.map(BatchFile::time), checkpoint.size(), CHECKPOINT);
    if let Err(wrong) = checked.and_then(|()| auditor.keys.check_cosignatures(&note)) {
        return Ok(Err(wrong));
    }
    // Without a bundle nobody vouches for the size. If there is nothing where it ends, the batches are believed.
    if checkpoint.size() != size && !reaches(auditor, checkpoint.size())? {
        return bad(Detail::NoEntriesSoFar { size: checkpoint.size() });
    }
    Ok(Ok((checkpoint, note)))
}

/// Holds the published checkpoint against what was derived, and against the last batch's.
pub(super) fn compare(
    auditor: &mut Auditor<'_>,
    start: &Start,
    root: &Option<Hash>,
    last: Option<&BatchFile>,
) {
    let (Some(note), Some(root)) = (&start.checkpoint, root) else { return };
    let last = last.filter(|file| file.end() == start.head.size);
    if let Some(last) = last.filter(|last| last.checkpoint_note().text() != note.text()) {
        auditor.suspect(last.checkpoint_note());
    }
    if start.head.root != *root {
        let what = Detail::RootIs { size: start.head.size, root: root.to_string() };
        return auditor.find(FindingCode::CheckpointRoot, CHECKPOINT, what);
    }
    let Some(last) = last else { return };
    let there = |line| note.signatures().contains(line);
    // Ledger, size and root are the same by now, so the texts are.
    if !last.checkpoint_note().signatures().iter().all(there) {
        let what = Detail::NotWithCosignatures { path: batch_path(last.batch()) };
        auditor.find(FindingCode::CheckpointDiffers, CHECKPOINT, what);
    }
}

fn head(checkpoint: &Checkpoint) -> Head {
    Head { size: checkpoint.size(), root: *checkpoint.root() }
}

fn parse(bytes: &[u8]) -> Result<(Checkpoint, Note), Detail> {
    let text = std::str::from_utf8(bytes).map_err(|_| Detail::NotUtf8)?;
    Checkpoint::parse_note(text).map_err(Detail::unread)
}

/// The last of the batch files, found by doubling and halving; one of the last if some are missing.
fn last_batch(auditor: &Auditor<'_>) -> Result<Option<BatchFile>, DiskError> {
    let there = |number| Ok(!matches!(auditor.read(&batch_path(number), BATCH_FILE_BYTES)?, Found::Missing));
    let (mut low, mut high) = (0u64, 1u64);
    // One step more than needed bears a missing file.
    while high < 1 << 48 && (there(high - 1)? || there(high)?) {
        (low, high) = (high, high * 2);
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if there(middle)? { low = middle + 1 } else { high = middle }
    }
    // A damaged last file leaves the one before.
    for number in (low.saturating_sub(3)..low).rev() {
        let file = batch_file(auditor.source, number)?;
        if let Some(file) = file.filter(|file| file.checkpoint().origin() == auditor.origin) {
            return Ok(Some(file));
        }
    }
    Ok(None)
}

fn batch_file(source: &dyn LedgerSource, number: u64) -> Result<Option<BatchFile>, DiskError> {
    Ok(match source::read(source, &batch_path(number), BATCH_FILE_BYTES)? {
        Found::Bytes(bytes) => BatchFile::parse(&bytes).ok().filter(|file| file.batch() == number),
        Found::Large | Found::Missing => None,
    })
}

pub(super) fn batch_path(number: u64) -> String {
    format!("batch/{}", grouped(number))
}

/// Whether there is a bundle or tile where a ledger of this size ends.
fn reaches(auditor: &Auditor<'_>, size: u64) -> Result<bool, DiskError> {
    let Some(last) = size.checked_sub(1) else { return Ok(true) };
    let (number, width) = (last / TILE_WIDTH, last % TILE_WIDTH + 1);
    for width in [width, TILE_WIDTH] {
        for path in [tiles::bundle_name(number, width), tiles::tile_name(0, number, width)] {
            if !matches!(auditor.read(&path, TILE_WIDTH as usize * tiles::ENTRY_BYTES)?, Found::Missing) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}
