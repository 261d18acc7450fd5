//! Batch files: their ranges tile the ledger, their checkpoints and notes have the hashes that follow from the entries.

use verifier::batch_file::BatchFile;
use verifier::hash::Hash;
use verifier::limits::BATCH_FILE_BYTES;
use verifier::note::Note;
use verifier::time::Time;
use verifier::trust::KeyUse;

use super::head::batch_path;
use super::source::Found;
use super::{Auditor, FindingCode};
use crate::disk::DiskError;
use crate::ledger::Head;
use crate::tree::Edge;

/// How many batch files in a row may be missing before the others are given up.
const MISSING_MAX: u64 = 1000;

/// Seconds that clocks may be apart.
const CLOCKS_APART: u64 = 300;

/// Batch after batch, along the stream of entries.
pub(super) struct Batches {
    /// The number of the batch that comes now.
    next: u64,
    /// Entries in the ledger.
    size: u64,
    /// The batch that the stream is in.
    current: Option<BatchFile>,
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
    pub(super) sealed: Option<(Head, Note)>,
}

impl Batches {
    /// From the first batch that begins at or after the entry `first`.
    pub(super) fn begin(auditor: &mut Auditor<'_>, first: u64, size: u64) -> Result<Self, DiskError> {
        let mut batches = Self {
            next: 0,
            size,
            current: None,
            stop: 0,
            time: None,
            gap: false,
            sound: true,
            last: None,
            sealed: None,
        };
        if first > 0 {
            batches.next = first_from(auditor, first)?;
        }
        // The one before may reach over `first`; it is only asked where it ends.
        if let Some(before) = batches.next.checked_sub(1) {
            let parsed = match auditor.read(&batch_path(before), BATCH_FILE_BYTES)? {
                Found::Bytes(bytes) => BatchFile::parse(&bytes).ok(),
                Found::Large | Found::Missing => None,
            };
            batches.time = parsed.as_ref().map(BatchFile::time);
            match parsed.map(|file| file.end()).filter(|end| *end >= first) {
                Some(end) if end > first => {
                    batches.stop = end;
                    return Ok(batches);
                }
                Some(_) => {}
                None => batches.gap = true,
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
        let Some(file) = self.current.take() else { return self.open(auditor, edge.size()) };
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
                let message = format!("the batch note over {subtree} has another hash than the entries");
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
            let message = format!("the root of the first {} entries is {}", edge.size(), edge.root());
            auditor.find(FindingCode::BatchRoot, &path, message);
        } else if let Err((code, what)) = auditor.keys.check_last_good(file.checkpoint()) {
            auditor.find(code, &path, what);
        }
        self.sealed = Some((
            Head { size: file.end(), root: *file.checkpoint().root() },
            file.checkpoint_note().clone(),
        ));
        self.last = Some(file).filter(|_| self.sound);
        self.next += 1;
        self.open(auditor, edge.size())
    }

    /// Opens the batch that begins at `at`, and says where to stop next.
    fn open(&mut self, auditor: &mut Auditor<'_>, at: u64) -> Result<(), DiskError> {
        self.stop = u64::MAX;
        while at < self.size {
            let path = batch_path(self.next);
            let file = match auditor.read(&path, BATCH_FILE_BYTES)? {
                Found::Bytes(bytes) => BatchFile::parse(&bytes).map_err(|refused| refused.to_string()),
                Found::Large => Err("is larger than a batch file may be".to_owned()),
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
                        let message =
                            format!("begins at {} where the batch before ended at {at}", file.start());
                        auditor.find(FindingCode::BatchRange, &path, message);
                    }
                    (self.stop, self.gap) = (file.start(), false);
                    return Ok(());
                }
                Ok(file) if file.start() < at || file.end() > self.size => {
                    let message = format!(
                        "is of [{}, {}) where {at} to at most {} belong",
                        file.start(),
                        file.end(),
                        self.size
                    );
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

    fn fits(&self, auditor: &Auditor<'_>, file: BatchFile) -> Result<BatchFile, String> {
        if file.batch() != self.next {
            return Err(format!("is the file of batch {}", file.batch()));
        }
        if file.checkpoint().origin() != auditor.origin {
            return Err(format!("is of the ledger {}", file.checkpoint().origin()));
        }
        Ok(file)
    }

    /// The stream is at the start of this batch.
    fn enter(&mut self, auditor: &mut Auditor<'_>, path: &str, file: BatchFile) {
        self.sound = true;
        if self.time.is_some_and(|before| file.time() < before) {
            auditor.find(FindingCode::BatchTime, path, "is dated earlier than the batch before");
        }
        let time = Some(file.time());
        if auditor.now.is_some_and(|now| file.time() > now.saturating_add(CLOCKS_APART)) {
            let when = file.time().display_china();
            auditor.find(FindingCode::BatchFuture, path, format!("is dated {when}, which is later than now"));
        }
        let notes = file.notes().iter().map(|(_, note)| (KeyUse::Batch, note));
        for (usage, note) in [(KeyUse::Ledger, file.checkpoint_note())].into_iter().chain(notes) {
            let checked = auditor.keys.check(usage, note, time, file.end());
            if let Err((code, what)) = checked.and_then(|()| auditor.keys.check_cosignatures(note)) {
                auditor.find(code, path, what);
                self.sound = false;
            }
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
                auditor.find(FindingCode::BatchMissing, &batch_path(missing), "is missing");
            }
            (self.next, self.gap) = (number, true);
            return Ok(true);
        }
        // One that can't be read may be the last.
        if !self.gap {
            let message = "is missing, and so are those after it, though the ledger goes on";
            auditor.find(FindingCode::BatchMissing, &batch_path(self.next), message);
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
