//! Reading the journal through from its first record to its last.

use std::fs::File;
use std::fs::OpenOptions;
use std::path::{Path, PathBuf};

use super::error::JournalError;
use super::io::{Io, read_rest};
use super::reader::{SegmentReader, Step};
use super::record::{Position, RecordRef};
use super::segment::{self, HEADER_LEN};
use super::tail::{Torn, judge, keep};

/// What `open` found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenReport {
    /// The last sequence; 0 in an empty journal.
    pub last: u64,
    /// Segment files.
    pub segments: usize,
    /// The tail that a crash left.
    pub torn: Option<Torn>,
    pub(super) segment: u64,
    pub(super) end: u64,
    pub(super) chain: u32,
}

/// A scan's result, before anything is changed.
pub(super) struct Found {
    pub report: OpenReport,
    last_path: PathBuf,
    /// Where the last group in the last segment begins: no later record shows that it ever reached the disk.
    group: u64,
}

/// Reads everything; changes nothing.
pub(super) fn scan(
    dir: &Path,
    office: &[u8; 32],
    known: Option<u64>,
    visit: &mut dyn FnMut(&RecordRef<'_>),
) -> Result<Found, JournalError> {
    if !dir.is_dir() {
        return Err(JournalError::Missing { dir: dir.to_owned() });
    }
    let segments = segment::list(dir)?;
    let Some((last_first, last_path)) = segments.last().cloned() else {
        return Err(JournalError::Missing { dir: dir.to_owned() });
    };
    let (mut next, mut chain, mut end, mut group, mut torn) = (1, 0, 0, 0, None);
    for (first, path) in &segments {
        if *first != next {
            return Err(JournalError::damaged(
                path,
                0,
                format!("the segment that begins with record {next} is missing"),
            ));
        }
        let mut reader = SegmentReader::open(path, office, *first, chain)?;
        group = HEADER_LEN as u64;
        let mut group_first = next;
        loop {
            let offset = reader.offset;
            match reader.next()? {
                Step::Record(head) => {
                    if head.group() > group_first {
                        (group, group_first) = (offset, head.group());
                    }
                    visit(&reader.record(head, offset)?);
                }
                Step::End => break,
                Step::Bad(what) if *first != last_first => {
                    return Err(JournalError::damaged(path, offset, what));
                }
                Step::Bad(what) => {
                    torn = Some(judge(&reader, what, known)?);
                    break;
                }
            }
        }
        (next, chain, end) = (reader.sequence, reader.chain, reader.offset);
    }
    let last = next - 1;
    if let Some(known) = known.filter(|known| *known > last) {
        return Err(JournalError::Behind { dir: dir.to_owned(), last, known });
    }
    let report = OpenReport { last, segments: segments.len(), torn, segment: last_first, end, chain };
    Ok(Found { report, last_path, group })
}

/// Keeps and cuts a torn tail, and makes sure that what is left is on disk; returns the file to append to.
///
/// The last group was perhaps only in memory when the process before ended, and after a failed flush the system may
/// think clean what never reached the disk. So it is written again, as it is, and flushed.
pub(super) fn settle(dir: &Path, io: &dyn Io, found: Found) -> Result<(File, OpenReport), JournalError> {
    let Found { mut report, last_path: path, group } = found;
    let failed = |e| JournalError::io(&path, e);
    let file = OpenOptions::new().read(true).write(true).open(&path).map_err(failed)?;
    if let Some(torn) = &mut report.torn {
        let bytes = read_rest(&file, report.end).map_err(failed)?;
        torn.kept = Some(keep(dir, io, torn.position, &bytes)?);
        io.cut(&file, report.end).map_err(failed)?;
    }
    let mut tail = read_rest(&file, group).map_err(failed)?;
    tail.truncate(usize::try_from(report.end - group).unwrap_or(usize::MAX));
    io.write(&file, group, &tail).map_err(failed)?;
    io.sync(&file).map_err(failed)?;
    Ok((file, report))
}

/// Shows the records after `after` up to the durable end.
pub(super) fn replay(
    dir: &Path,
    office: &[u8; 32],
    after: u64,
    durable: u64,
    end: Position,
    visit: &mut dyn FnMut(&RecordRef<'_>),
) -> Result<u64, JournalError> {
    if after >= durable {
        return Ok(after);
    }
    let segments = segment::list(dir)?;
    let from = segments.iter().rposition(|(first, _)| *first <= after + 1).unwrap_or(0);
    let mut before = None;
    for (first, path) in segments.iter().skip(from).filter(|(first, _)| *first <= end.segment) {
        let mut reader = match before {
            Some(chain) => SegmentReader::open(path, office, *first, chain)?,
            None => SegmentReader::open_anywhere(path, office, *first)?,
        };
        while reader.sequence <= durable {
            let offset = reader.offset;
            match reader.next()? {
                Step::Record(head) if head.sequence > after => visit(&reader.record(head, offset)?),
                Step::Record(_) => {}
                Step::End => break,
                Step::Bad(what) => return Err(JournalError::damaged(path, offset, what)),
            }
        }
        before = Some(reader.chain);
        if *first == end.segment && reader.sequence <= durable {
            return Err(JournalError::damaged(path, reader.offset, "ends before its last record"));
        }
    }
    Ok(durable)
}
