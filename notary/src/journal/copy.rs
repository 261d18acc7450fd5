//! Copying a journal beside whoever writes to it: its durable records, and nothing of what is on its way.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::{Journal, JournalError, segment};

impl Journal {
    /// Copies the durable records into a folder that is there; the last sequence copied. The caller makes the copy durable.
    ///
    /// # Errors
    /// [`JournalError::Io`], [`JournalError::Failed`].
    pub fn copy_to(&self, to: &Path) -> Result<u64, JournalError> {
        let (durable, end) = self.writer.check()?;
        for (first, path) in segment::list(&self.dir)? {
            if first > end.segment {
                continue;
            }
            let place = segment::path(to, first);
            let upto = if first == end.segment { u64::from(end.offset) } else { u64::MAX };
            let copied = || -> io::Result<()> {
                let mut out = File::create_new(&place)?;
                io::copy(&mut File::open(&path)?.take(upto), &mut out).map(drop)
            };
            copied().map_err(|error| JournalError::io(&place, error))?;
        }
        Ok(durable)
    }
}
