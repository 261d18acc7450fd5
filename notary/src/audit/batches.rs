//! Batch files: their ranges tile the ledger, their checkpoints and notes have the hashes that follow from the entries.

use verifier::batch_file::BatchFile;
use verifier::hash::Hash;
use verifier::limits::BATCH_FILE_BYTES;
use verifier::note::Note;
use verifier::time::Time;
use verifier::trust::KeyUse;

use super::evidence::CLOCKS_APART;
use super::head::batch_path;
use super::keys::Wrong;
use super::source::Found;
use super::{Audited, Auditor, Detail, FindingCode, Notes};
use crate::disk::DiskError;
use crate::ledger::Head;
use crate::tree::Edge;

/// How many batch files in a row may be missing before the others are given up.
const MISSING_MAX: u64 = 1000;

/// Batch after batch, along the stream of entries.
pub(super) struct Batches {
    /// The number of the batch that comes now.
    next: u64,
    /// Entries in the ledger.
    size: u64,
    /// The batch that the stream is in.
    current: Option<BatchFile>,
    /// The one that it began in, which is only held against the entries where it ends.
    over: Option<BatchFile>,
    /// Where the stream has to stop next.
    stop: u64,
    /// When the batch before was closed.
    time: Option<Time>,
    /// A batch file could not be used, so it is not known where the next one begins, or whether there is one.
    gap: bool,
    /// Nothing was wrong so far with the batch that the stream is in.
    sound: bool,
    /// The last batch, if nothing is wrong with it.
    pub(super) last: Option<BatchFile>,
    /// Where the last batch of all ended, until somebody takes it.
    pub(super) sealed: Option<Sealed>,
    /// Where and when the last batch ended that was audited before.
    audited: Option<(u64, Time)>,
}

/// The end of a batch.
pub(super) struct Sealed {
    pub(super) head: Head,
    /// Its checkpoint.
    pub(super) note: Note,
    /// When it was closed.
    pub(super) closed: Time,
}

impl Batches {
    /// From the first batch that begins at or after the entry `first`.
    pub(super) fn begin(
        auditor: &mut Auditor<'_>,
        first: u64,
        size: u64,
        audited: Option<&Audited>,
    ) -> Result<Self, DiskError> {
        let mut batches = Self {
            next: 0,
            size,
            current: None,
            over: None,
            stop: 0,
            time: None,
            gap: false,
            sound: true,
            last: None,
            sealed: None,
            audited: audited.map(|audited| (audited.head.size, audited.closed)),
        };
        // A batch ended where the last audit did, and ranges tile.
        let most = audited.map_or(size, |audited| audited.head.size);
        if first > 0 {
            batches.next = first_from(auditor, first)?;
        }
        // The one before may reach over `first`; it is only asked where it ends.
        if let Some(before) = batches.next.checked_sub(1) {
            let path = batch_path(before);
            let parsed = match auditor.read(&path, BATCH_FILE_BYTES)? {
                Found::Bytes(bytes) => BatchFile::parse(&bytes).map_err(Detail::unread),
                Found::Large => Err(Detail::TooLarge),
                Found::Missing => Err(Detail::Missing),
            };
            match parsed {
                Ok(file) if file.batch() != before || file.end() > most => {
                    batches.gap = true;
                    let what = Detail::SaysBatch { batch: file.batch(), end: file.end() };
                    auditor.find(FindingCode::BatchRange, &path, what);
                }
                Ok(file) => {
                    batches.time = Some(file.time());
                    if file.end() > first {
                        batches.stop = file.end();
                        batches.over = Some(file);
                        return Ok(batches);
                    }
                }
                // Where it ended is not known, so a gap behind it would go unseen.
                Err(what) => {
                    batches.gap = true;
                    auditor.find(FindingCode::BatchBad, &path, what);
                }
            }
        }
        batches.open(auditor, first)?;
        Ok(batches)
    }

    /// The size of the ledger at which [`Batches::at`] has to be called next.
    pub(super) fn stop(&self) -> u64 {
        self.stop
    }

    /// The stream has come to the stop: a batch's end, the middle of its cover, or where the next one begins.
    /// `completed` are the nodes that end here, from the leaf upwards.
    pub(super) fn at(
        &mut self,
        auditor: &mut Auditor<'_>,
        edge: &Edge,
        completed: &[Hash],
    ) -> Result<(), DiskError> {
        let Some(file) = self.current.take() else {
            // If it ended elsewhere, batches behind it would be passed over.
            if let Some(over) = self.over.take().filter(|over| *over.checkpoint().root() != edge.root()) {
                let message = Detail::RootIs { size: edge.size(), root: edge.root().to_string() };
                auditor.find(FindingCode::BatchRoot, &batch_path(over.batch()), message);
                auditor.suspect(over.checkpoint_note());
            }
            return self.open(auditor, edge.size());
        };
        let path = batch_path(file.batch());
        for (note, _) in file.notes().iter().filter(|(note, _)| note.subtree().end() == edge.size()) {
            let subtree = note.subtree();
            let whole = subtree.size().is_power_of_two();
            let hash = match whole {
                true => completed.get(subtree.size().ilog2() as usize).copied(),
                false => Some(edge.tail_root(subtree.start())),
            };
            if hash != Some(*note.hash()) {
                self.sound = false;
                let message = Detail::NoteHash { subtree: subtree.to_string() };
                auditor.find(FindingCode::BatchNote, &path, message);
            }
        }
        if edge.size() < file.end() {
            self.stop = file.end();
            self.current = Some(file);
            return Ok(());
        }
        if *file.checkpoint().root() != edge.root() {
            self.sound = false;
            let message = Detail::RootIs { size: edge.size(), root: edge.root().to_string() };
            auditor.find(FindingCode::BatchRoot, &path, message);
            auditor.suspect(file.checkpoint_note());
        } else if let Err((code, what)) = auditor.keys.check_last_good(file.checkpoint()) {
            auditor.find(code, &path, what);
        }
        self.sealed = Some(Sealed {
            head: Head { size: file.end(), root: *file.checkpoint().root() },
            note: file.checkpoint_note().clone(),
            closed: file.time(),
        });
        auditor.looked.batches += 1;
        self.last = Some(file).filter(|_| self.sound);
        self.next += 1;
        self.open(auditor, edge.size())
    }

    /// Opens the batch that begins at `at`, and says where to stop next.
    fn open(&mut self, auditor: &mut Auditor<'_>, at: u64) -> Result<(), DiskError> {
        self.stop = u64::MAX;
        while at < self.size {
            let path = batch_path(self.next);
            // Each batch has an entry. A server that has a page for every address would go on for ever.
            if self.next >= self.size {
                let message = Detail::MoreBatches { size: self.size };
                auditor.find(FindingCode::BatchRange, &path, message);
                return Ok(());
            }
            let file = match auditor.read(&path, BATCH_FILE_BYTES)? {
                Found::Bytes(bytes) => BatchFile::parse(&bytes).map_err(Detail::unread),
                Found::Large => Err(Detail::TooLarge),
                Found::Missing => {
                    if !self.pass_missing(auditor)? {
                        return Ok(());
                    }
                    continue;
                }
            };
            match file.and_then(|file| self.fits(auditor, file)) {
                Err(what) => auditor.find(FindingCode::BatchBad, &path, what),
                Ok(file) if file.start() > at => {
                    if !self.gap {
                        let message = Detail::BeginsLate { start: file.start(), at };
                        auditor.find(FindingCode::BatchRange, &path, message);
                    }
                    (self.stop, self.gap) = (file.start(), false);
                    return Ok(());
                }
                Ok(file) if file.start() < at || file.end() > self.size => {
                    let (start, end) = (file.start(), file.end());
                    let message = Detail::Overlaps { start, end, at, size: self.size };
                    auditor.find(FindingCode::BatchRange, &path, message);
                }
                Ok(file) => {
                    self.enter(auditor, &path, file);
                    return Ok(());
                }
            }
            self.gap = true;
            self.next += 1;
        }
        Ok(())
    }

    fn fits(&self, auditor: &Auditor<'_>, file: BatchFile) -> Result<BatchFile, Detail> {
        if file.batch() != self.next {
            return Err(Detail::FileOfBatch { batch: file.batch() });
        }
        if file.checkpoint().origin() != auditor.origin {
            return Err(Detail::OtherLedger { origin: file.checkpoint().origin().clone() });
        }
        Ok(file)
    }

    /// The stream is at the start of this batch.
    fn enter(&mut self, auditor: &mut Auditor<'_>, path: &str, file: BatchFile) {
        self.sound = true;
        // What the batch before says now may be another time than it said when it was audited.
        let was = self.audited.filter(|(end, _)| *end <= file.start()).map(|(_, closed)| closed);
        if self.time.max(was).is_some_and(|before| file.time() < before) {
            auditor.find(FindingCode::BatchTime, path, Detail::BatchEarlier);
        }
        let time = Some(file.time());
        if auditor.now.is_some_and(|now| file.time() > now.saturating_add(CLOCKS_APART)) {
            auditor.find(FindingCode::BatchFuture, path, Detail::DatedLater { dated: file.time() });
        }
        let checkpoint = (KeyUse::Ledger, file.checkpoint_note(), None);
        let notes = file.notes().iter().map(|(says, note)| (KeyUse::Batch, note, Some(says.subtree())));
        // A key that is not good is told once, with all that it signed here.
        let mut wrong: Vec<(Wrong, Notes)> = Vec::new();
        for (usage, note, over) in [checkpoint].into_iter().chain(notes) {
            let checked = auditor.keys.check(usage, note, time, file.end(), path);
            if let Err(what) = checked.and_then(|()| auditor.keys.check_cosignatures(note)) {
                match wrong.iter_mut().find(|(told, _)| *told == what) {
                    Some((_, notes)) => notes.and(over),
                    None => wrong.push((what, Notes::of(over))),
                }
            }
        }
        for ((code, what), notes) in wrong {
            auditor.find(code, path, Detail::InNotes { what: Box::new(what), notes });
            self.sound = false;
        }
        self.time = time;
        self.gap = false;
        let first = file.notes().first().map_or(file.end(), |(note, _)| note.subtree().end());
        self.stop = first.min(file.end());
        self.current = Some(file);
    }

    /// Goes on to the next batch file that is there. False if there is none.
    fn pass_missing(&mut self, auditor: &mut Auditor<'_>) -> Result<bool, DiskError> {
        for number in self.next + 1..self.next + MISSING_MAX {
            if matches!(auditor.read(&batch_path(number), BATCH_FILE_BYTES)?, Found::Missing) {
                continue;
            }
            for missing in self.next..number {
                auditor.find(FindingCode::BatchMissing, &batch_path(missing), Detail::Missing);
            }
            (self.next, self.gap) = (number, true);
            return Ok(true);
        }
        // One that can't be read may be the last.
        if !self.gap {
            auditor.find(FindingCode::BatchMissing, &batch_path(self.next), Detail::NoBatches);
        }
        Ok(false)
    }
}

/// The number of the first batch that begins at or after an entry, by doubling and halving; a file that can't be read
/// counts as one before it.
fn first_from(auditor: &Auditor<'_>, first: u64) -> Result<u64, DiskError> {
    let before = |number: u64| -> Result<bool, DiskError> {
        Ok(match auditor.read(&batch_path(number), BATCH_FILE_BYTES)? {
            Found::Bytes(bytes) => BatchFile::parse(&bytes).map_or(true, |file| file.start() < first),
            Found::Large => true,
            Found::Missing => false,
        })
    };
    let (mut low, mut high) = (0u64, 1u64);
    while high < 1 << 48 && before(high - 1)? {
        (low, high) = (high, high * 2);
    }
    while low < high {
        let middle = low + (high - low) / 2;
        if before(middle)? { low = middle + 1 } else { high = middle }
    }
    Ok(low)
}
