//! Which batch ends at a size. Evidence comes mostly in the order of the batches, so each search begins where the last one
//! ended, and finds the neighbour with a file or two.

use std::cmp::Ordering;
use std::collections::VecDeque;
use std::rc::Rc;

use verifier::batch_file::BatchFile;
use verifier::limits::BATCH_FILE_BYTES;

use super::Auditor;
use super::head::batch_path;
use super::source::Found;
use crate::disk::DiskError;

/// Batch files that are kept.
const KEPT: usize = 8;

/// What is at a size.
pub(super) enum End {
    /// This batch ends there.
    Of(Rc<BatchFile>),
    /// No batch does.
    Nothing,
    /// A batch file on the way is missing or bad, which is a finding of its own.
    Unread,
}

/// The batches by where they end.
pub(super) struct Ends {
    /// So many batches there are.
    batches: u64,
    /// The one that was found last.
    at: u64,
    kept: VecDeque<Rc<BatchFile>>,
}

impl Ends {
    pub(super) fn new(batches: u64) -> Self {
        Self { batches, at: 0, kept: VecDeque::new() }
    }

    /// The batch that ends at this size.
    pub(super) fn find(&mut self, auditor: &Auditor<'_>, size: u64) -> Result<End, DiskError> {
        let (mut low, mut high) = (0, self.batches);
        let mut try_at = self.at.min(high.saturating_sub(1));
        let mut step = 1;
        let mut is_galloping = true;
        while low < high {
            let Some(file) = self.batch(auditor, try_at)? else { return Ok(End::Unread) };
            match file.end().cmp(&size) {
                Ordering::Equal => {
                    self.at = try_at;
                    return Ok(End::Of(file));
                }
                Ordering::Less => low = try_at + 1,
                Ordering::Greater => (high, is_galloping) = (try_at, false),
            }
            let middle = low + high.saturating_sub(low) / 2;
            try_at = if is_galloping { (try_at + step).min(high.saturating_sub(1)) } else { middle };
            step *= 2;
        }
        Ok(End::Nothing)
    }

    /// The batch of this number; none where there is none that can be read.
    pub(super) fn batch(
        &mut self,
        auditor: &Auditor<'_>,
        number: u64,
    ) -> Result<Option<Rc<BatchFile>>, DiskError> {
        if number >= self.batches {
            return Ok(None);
        }
        if let Some(file) = self.kept.iter().find(|file| file.batch() == number) {
            return Ok(Some(Rc::clone(file)));
        }
        let Found::Bytes(bytes) = auditor.read(&batch_path(number), BATCH_FILE_BYTES)? else {
            return Ok(None);
        };
        let Some(file) = BatchFile::parse(&bytes).ok().filter(|file| file.batch() == number) else {
            return Ok(None);
        };
        let file = Rc::new(file);
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back(Rc::clone(&file));
        Ok(Some(file))
    }
}
