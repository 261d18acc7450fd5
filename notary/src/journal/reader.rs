//! One segment's records in their order, each with its check.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use super::error::JournalError;
use super::record::{CHECK_LEN, HEAD_LEN, Head, OVERHEAD, Position, RecordRef, check};
use super::segment::{self, HEADER_LEN};

pub(super) enum Step {
    Record(Head),
    End,
    Bad(&'static str),
}

/// Reads one segment's records in order.
pub(super) struct SegmentReader {
    pub path: PathBuf,
    reader: BufReader<File>,
    segment: u64,
    /// Bytes of the file when it was opened.
    length: u64,
    /// Where the next record begins.
    pub offset: u64,
    /// The sequence of the next record.
    pub sequence: u64,
    /// The check before it.
    pub chain: u32,
    /// The payload of the record read last.
    payload: Vec<u8>,
    /// The last bad step was a wrong sequence under a right check.
    pub misplaced: bool,
}

pub(super) const SHORT: &str = "the record is cut off";
const CHECK: &str = "the record's check is wrong";
const MISPLACED: &str = "the record's check is right but its sequence is not the next";

impl SegmentReader {
    pub fn open(
        path: &Path,
        office: &[u8; 32],
        first: u64,
        before: u32,
    ) -> Result<SegmentReader, JournalError> {
        SegmentReader::begin(path, office, first, Some(before))
    }

    /// For reading on from the middle of the journal, where the check before is not known: the header gives it.
    pub fn open_anywhere(path: &Path, office: &[u8; 32], first: u64) -> Result<SegmentReader, JournalError> {
        SegmentReader::begin(path, office, first, None)
    }

    fn begin(
        path: &Path,
        office: &[u8; 32],
        first: u64,
        before: Option<u32>,
    ) -> Result<SegmentReader, JournalError> {
        let failed = |e| JournalError::io(path, e);
        let file = File::open(path).map_err(failed)?;
        let length = file.metadata().map_err(failed)?.len();
        let mut reader = BufReader::with_capacity(1 << 18, file);
        let mut header = [0; HEADER_LEN];
        if length < HEADER_LEN as u64 {
            return Err(JournalError::damaged(path, length, "the header is cut off"));
        }
        reader.read_exact(&mut header).map_err(failed)?;
        let stated = u32::from_be_bytes([header[52], header[53], header[54], header[55]]);
        let chain = segment::check_header(path, &header, office, first, before.unwrap_or(stated))?;
        Ok(SegmentReader {
            path: path.to_owned(),
            reader,
            segment: first,
            length,
            offset: HEADER_LEN as u64,
            sequence: first,
            chain,
            payload: Vec::new(),
            misplaced: false,
        })
    }

    /// The next record; its payload is in `payload`. On `Bad` nothing has moved.
    pub fn next(&mut self) -> Result<Step, JournalError> {
        let left = self.length - self.offset;
        if left == 0 {
            return Ok(Step::End);
        }
        if left < OVERHEAD as u64 {
            return Ok(Step::Bad(SHORT));
        }
        let mut head_bytes = [0; HEAD_LEN];
        self.fill(&mut head_bytes)?;
        let Some(head) = Head::parse(&head_bytes) else { return Ok(Step::Bad(CHECK)) };
        if left < head.record_len() as u64 {
            return Ok(Step::Bad(SHORT));
        }
        let mut payload = std::mem::take(&mut self.payload);
        payload.resize(head.length as usize, 0);
        self.fill(&mut payload)?;
        self.payload = payload;
        let mut stored = [0; CHECK_LEN];
        self.fill(&mut stored)?;
        let check = check(self.chain, &head_bytes, &self.payload);
        if stored != check.to_be_bytes() {
            return Ok(Step::Bad(CHECK));
        }
        if head.sequence != self.sequence {
            self.misplaced = true;
            return Ok(Step::Bad(MISPLACED));
        }
        self.chain = check;
        self.sequence += 1;
        self.offset += head.record_len() as u64;
        Ok(Step::Record(head))
    }

    pub fn record(&self, head: Head, offset: u64) -> Result<RecordRef<'_>, JournalError> {
        Ok(RecordRef {
            sequence: head.sequence,
            kind: head.kind,
            payload: &self.payload,
            position: self.position(offset)?,
        })
    }

    pub fn position(&self, offset: u64) -> Result<Position, JournalError> {
        let offset = u32::try_from(offset)
            .map_err(|_| JournalError::damaged(&self.path, offset, "the segment is too long"))?;
        Ok(Position { segment: self.segment, offset })
    }

    fn fill(&mut self, into: &mut [u8]) -> Result<(), JournalError> {
        self.reader.read_exact(into).map_err(|e| JournalError::io(&self.path, e))
    }
}
