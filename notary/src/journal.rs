//! The journal: the truth of the office, an append-only sequence of records.
//!
//! Here: segment files, records with a chained checksum, group commit, and what happens to a tail that a crash tore.
//! Not here: what the records mean (`office`), the keys that seal their payloads (`vault`), the published ledger
//! (`ledger`), what is looked up (`index`). This never leaves the office, so it is described here and not in the spec.
//!
//! ```text
//! D/journal/segment-00000000000000000001     records 1 to 8,211, at most 256 MiB
//! D/journal/segment-00000000000000008212     records 8,212 and on; the one that is written to
//! D/journal/torn-8212-1880                   the bytes that a crash left behind record 8,240, kept, never used
//! ```
//!
//! Segment: a header of 64 bytes, then records. All numbers are big endian.
//!
//! ```text
//! header  "XZJOURNL" ‖ u32 version 1 ‖ office id[32] ‖ u64 first sequence ‖ u32 last check of the segment before ‖ u32 0
//!         ‖ u32 check = CRC-32(all before)
//! record  u32 length ‖ u32 back ‖ u8 kind (not 0) ‖ u64 sequence ‖ payload[length]
//!         ‖ u32 check = CRC-32(check before it ‖ all before in this record)
//! ```
//!
//! The check before the first record of a segment is its header's. Sequences count from 1 without gaps. `back` is the
//! number of records before it that were written in the same group: everything older was on disk before this record was
//! written. That is how a torn tail is told from damage: a bad record is a torn tail only if no valid record of a
//! *later* group follows. The rules are in `tail`.
//!
//! After a write or a flush has failed nothing can be told of the file (a second flush may succeed without having
//! written anything), so the journal says [`JournalError::Failed`] to everything from then on and the process is
//! expected to stop. It never retries and never reads back.

mod copy;
mod error;
mod io;
mod reader;
mod record;
mod scan;
mod segment;
mod tail;
#[doc(hidden)]
pub mod testing;
mod writer;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use error::JournalError;
pub use io::{Io, RealIo};
pub(crate) use io::{read_exact_at, sync_parent};
pub use record::{PAYLOAD_MAX, Position, Record, RecordRef};
pub use scan::OpenReport;
pub use tail::{Torn, TornReason};
pub use writer::Ticket;

use segment::SegmentCache;
use writer::Writer;

/// Bytes after which a new segment is begun.
pub const SEGMENT_BYTES: u32 = 256 << 20;

/// What a journal is opened with.
pub struct Settings {
    /// Names the office that the journal belongs to; a journal of another office is refused.
    pub office: [u8; 32],
    /// A sequence that is known to have been acknowledged (from the index, the published checkpoint). A journal that
    /// ends before it is refused.
    pub known_durable: Option<u64>,
    /// Bytes after which a new segment is begun, [`SEGMENT_BYTES`] but in tests.
    pub segment_bytes: u32,
    /// The disk; another one in tests.
    pub io: Arc<dyn Io>,
}

impl Settings {
    /// The ordinary ones.
    pub fn new(office: [u8; 32]) -> Settings {
        Settings { office, known_durable: None, segment_bytes: SEGMENT_BYTES, io: Arc::new(RealIo) }
    }

    /// As `new`, with a sequence that is known to have been acknowledged.
    pub fn known_durable(mut self, sequence: Option<u64>) -> Settings {
        self.known_durable = sequence;
        self
    }
}

/// Called before a group of records is written: whatever the records rest on becomes durable here (the vault's slots).
pub type BeforeWrite = Box<dyn Fn() -> std::io::Result<()> + Send + Sync>;

/// An open journal. Shared by reference between threads.
pub struct Journal {
    dir: PathBuf,
    office: [u8; 32],
    writer: Writer,
    segments: SegmentCache,
}

impl Journal {
    /// Makes the folder where it is missing and an empty journal in it, durably.
    ///
    /// # Errors
    /// [`JournalError::Damaged`] where there are segments already; [`JournalError::Io`].
    pub fn create(dir: &Path, settings: &Settings) -> Result<(), JournalError> {
        fs::create_dir_all(dir).map_err(|e| JournalError::io(dir, e))?;
        sync_parent(dir).map_err(|e| JournalError::io(dir, e))?;
        if let Some((first, _)) = segment::list(dir)?.first() {
            return Err(JournalError::damaged(
                &segment::path(dir, *first),
                0,
                "there is a journal here already",
            ));
        }
        let (header, _) = segment::header(&settings.office, 1, 0);
        let path = segment::path(dir, 1);
        settings.io.create(&path, &header).map_err(|e| JournalError::io(&path, e))?;
        Ok(())
    }

    /// Reads the whole journal, showing every record to `visit` in order, cuts off a torn tail (its bytes are kept
    /// beside the segments) and makes ready to append.
    ///
    /// # Errors
    /// [`JournalError::Missing`] where there is none, [`JournalError::Damaged`] and [`JournalError::Behind`] where it
    /// can't be trusted; nothing has been changed then, and what `visit` saw must be dropped.
    pub fn open(
        dir: &Path,
        settings: Settings,
        visit: &mut dyn FnMut(&RecordRef<'_>),
    ) -> Result<(Journal, OpenReport), JournalError> {
        let found = scan::scan(dir, &settings.office, settings.known_durable, visit)?;
        let (file, report) = scan::settle(dir, &*settings.io, found)?;
        let writer = Writer::new(dir, &settings, file, &report);
        let segments = SegmentCache::new(dir);
        Ok((Journal { dir: dir.to_owned(), office: settings.office, writer, segments }, report))
    }

    /// Reads the whole journal as `open` does, and changes nothing: for an audit. Beside a running office the group that
    /// is just being written may show as a torn tail.
    ///
    /// # Errors
    /// As for `open`.
    pub fn inspect(
        dir: &Path,
        office: &[u8; 32],
        known_durable: Option<u64>,
        visit: &mut dyn FnMut(&RecordRef<'_>),
    ) -> Result<OpenReport, JournalError> {
        scan::scan(dir, office, known_durable, visit).map(|found| found.report)
    }

    /// Sets what runs before each group of records is written.
    pub fn before_write(&mut self, hook: BeforeWrite) {
        self.writer.hook = Some(hook);
    }

    /// Puts a record in line. It has its place at once and is durable when [`Journal::wait`] has returned.
    ///
    /// # Errors
    /// [`JournalError::TooLarge`] above [`PAYLOAD_MAX`] bytes, [`JournalError::Kind`] for kind 0,
    /// [`JournalError::Failed`].
    #[must_use = "the record is not on disk before `wait` returns"]
    pub fn append(&self, kind: u8, payload: &[u8]) -> Result<Ticket, JournalError> {
        self.writer.append(kind, payload)
    }

    /// Waits until the record, and with it all before it, is on disk. Of many waiting threads one writes and flushes for
    /// all.
    ///
    /// # Errors
    /// [`JournalError::Failed`]: it can't be told whether the record is on disk.
    pub fn wait(&self, ticket: Ticket) -> Result<(), JournalError> {
        self.writer.wait(ticket.sequence())
    }

    /// `append` and `wait`.
    ///
    /// # Errors
    /// As for both.
    pub fn append_durable(&self, kind: u8, payload: &[u8]) -> Result<Ticket, JournalError> {
        let ticket = self.append(kind, payload)?;
        self.wait(ticket)?;
        Ok(ticket)
    }

    /// Waits until everything appended so far is on disk.
    ///
    /// # Errors
    /// [`JournalError::Failed`].
    pub fn flush(&self) -> Result<(), JournalError> {
        self.writer.flush()
    }

    /// The last sequence that is on disk; 0 where there is none.
    pub fn durable(&self) -> u64 {
        self.writer.durable().0
    }

    /// Reads one durable record and checks it.
    ///
    /// # Errors
    /// [`JournalError::Position`] where no durable record begins there, [`JournalError::Damaged`],
    /// [`JournalError::Io`], [`JournalError::Failed`].
    pub fn read(&self, position: Position) -> Result<Record, JournalError> {
        let (_, end) = self.writer.check()?;
        if position >= end {
            return Err(JournalError::Position { position });
        }
        self.segments.read(position)
    }

    /// Shows the durable records after sequence `after` to `visit`, in order; returns the last sequence seen, `after`
    /// where there was none.
    ///
    /// # Errors
    /// [`JournalError::Damaged`], [`JournalError::Io`], [`JournalError::Failed`].
    pub fn replay(&self, after: u64, visit: &mut dyn FnMut(&RecordRef<'_>)) -> Result<u64, JournalError> {
        let (durable, end) = self.writer.check()?;
        scan::replay(&self.dir, &self.office, after, durable, end, visit)
    }
}

#[cfg(test)]
mod tests;
