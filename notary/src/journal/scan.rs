//! Reading the journal through, and judging a tail that is not whole.
//!
//! In the last segment, at the first bytes that are not the next record:
//!
//! 1. A record with the right check and a wrong sequence: damage. No crash writes that.
//! 2. The sequence is at or before one that is known to have been acknowledged: damage.
//! 3. A valid record of a later group somewhere behind: damage, for a group is written only when all before it is on
//!    disk. (Valid records of the *same* group prove nothing: a disk writes a group's blocks in any order.)
//! 4. Else a torn tail: a crash came while the last group was being written, and nobody was told that it is safe.
//!
//! Anything wrong anywhere else is damage. A tail's bytes are copied to `torn-<position>` before they are cut off.

use std::fs::{File, OpenOptions};
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use super::error::JournalError;
use super::io::{Io, read_rest};
use super::record::{CHECK_LEN, HEAD_LEN, Head, OVERHEAD, Position, RecordRef, check};
use super::segment::{self, HEADER_LEN};

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

/// A tail that was torn by a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Torn {
    /// The sequence that its first record would have had.
    pub sequence: u64,
    /// Where it began.
    pub position: Position,
    /// How many bytes.
    pub bytes: u64,
    /// What is wrong with it.
    pub reason: TornReason,
    /// Where the bytes were kept; none where nothing was changed (`inspect`).
    pub kept: Option<PathBuf>,
}

/// What is wrong with a torn tail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TornReason {
    /// The last record is cut off.
    Short,
    /// Nothing but zeros to the end.
    Zero,
    /// The last record's check is wrong.
    Check,
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

enum Step {
    Record(Head),
    End,
    Bad(&'static str),
}

/// Reads one segment's records in order.
struct SegmentReader {
    path: PathBuf,
    reader: BufReader<File>,
    segment: u64,
    /// Bytes of the file when it was opened.
    length: u64,
    /// Where the next record begins.
    offset: u64,
    /// The sequence of the next record.
    sequence: u64,
    /// The check before it.
    chain: u32,
    /// The payload of the record read last.
    payload: Vec<u8>,
    /// The last bad step was a wrong sequence under a right check.
    misplaced: bool,
}

const SHORT: &str = "the record is cut off";
const CHECK: &str = "the record's check is wrong";
const MISPLACED: &str = "the record's check is right but its sequence is not the next";

impl SegmentReader {
    fn open(path: &Path, office: &[u8; 32], first: u64, before: u32) -> Result<SegmentReader, JournalError> {
        SegmentReader::begin(path, office, first, Some(before))
    }

    /// For reading on from the middle of the journal, where the check before is not known: the header gives it.
    fn open_anywhere(path: &Path, office: &[u8; 32], first: u64) -> Result<SegmentReader, JournalError> {
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
    fn next(&mut self) -> Result<Step, JournalError> {
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

    fn record(&self, head: Head, offset: u64) -> Result<RecordRef<'_>, JournalError> {
        Ok(RecordRef {
            sequence: head.sequence,
            kind: head.kind,
            payload: &self.payload,
            position: self.position(offset)?,
        })
    }

    fn position(&self, offset: u64) -> Result<Position, JournalError> {
        let offset = u32::try_from(offset)
            .map_err(|_| JournalError::damaged(&self.path, offset, "the segment is too long"))?;
        Ok(Position { segment: self.segment, offset })
    }

    fn fill(&mut self, into: &mut [u8]) -> Result<(), JournalError> {
        self.reader.read_exact(into).map_err(|e| JournalError::io(&self.path, e))
    }
}

/// Torn tail or damage? See the rules above.
fn judge(reader: &SegmentReader, what: &'static str, known: Option<u64>) -> Result<Torn, JournalError> {
    let damaged = |what: String| JournalError::damaged(&reader.path, reader.offset, what);
    if reader.misplaced {
        return Err(damaged(what.into()));
    }
    if let Some(known) = known.filter(|known| *known >= reader.sequence) {
        let sequence = reader.sequence;
        return Err(damaged(format!("{what}: record {sequence}; record {known} was acknowledged already")));
    }
    let mut file = File::open(&reader.path).map_err(|e| JournalError::io(&reader.path, e))?;
    file.seek(SeekFrom::Start(reader.offset)).map_err(|e| JournalError::io(&reader.path, e))?;
    let rest = read_rest(&file, reader.offset).map_err(|e| JournalError::io(&reader.path, e))?;
    if let Some(later) = later_group(&rest, reader.sequence, reader.chain) {
        return Err(damaged(format!("{what}, and record {later} of a later group stands behind it")));
    }
    let reason = match what {
        _ if rest.iter().all(|byte| *byte == 0) => TornReason::Zero,
        SHORT => TornReason::Short,
        _ => TornReason::Check,
    };
    let position = reader.position(reader.offset)?;
    Ok(Torn { sequence: reader.sequence, position, bytes: rest.len() as u64, reason, kept: None })
}

/// The first valid record of a later group behind a bad one, which begins `rest` and would have had the sequence `bad`.
fn later_group(rest: &[u8], bad: u64, chain: u32) -> Option<u64> {
    let most = bad.saturating_add(rest.len() as u64 / OVERHEAD as u64);
    // Where only the bad record's own check is spoilt, the check before the next one is what it should have been.
    let spoilt = head_at(rest, 0).filter(|head| head.sequence == bad).and_then(|head| {
        let payload = rest.get(HEAD_LEN..HEAD_LEN + head.length as usize)?;
        Some((head.record_len(), check(chain, &head.to_bytes(), payload)))
    });
    (OVERHEAD..rest.len()).find_map(|at| {
        let head = head_at(rest, at).filter(|head| (bad + 1..=most).contains(&head.sequence))?;
        if head.group() <= bad {
            return None;
        }
        let stored = number_at(rest, at - CHECK_LEN)?;
        let before = [Some(stored), spoilt.filter(|(next, _)| *next == at).map(|(_, check)| check)];
        let payload = rest.get(at + HEAD_LEN..at + HEAD_LEN + head.length as usize)?;
        let end = number_at(rest, at + HEAD_LEN + payload.len())?;
        let valid =
            before.into_iter().flatten().any(|before| check(before, &head.to_bytes(), payload) == end);
        valid.then_some(head.sequence)
    })
}

fn head_at(bytes: &[u8], at: usize) -> Option<Head> {
    Head::parse(bytes.get(at..at + HEAD_LEN)?.try_into().ok()?)
}

fn number_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(bytes.get(at..at + CHECK_LEN)?.try_into().ok()?))
}

/// Copies a torn tail beside the segments, under a name that is not taken.
fn keep(dir: &Path, io: &dyn Io, position: Position, bytes: &[u8]) -> Result<PathBuf, JournalError> {
    for n in 0..10_000 {
        let path = match n {
            0 => dir.join(format!("torn-{position}")),
            n => dir.join(format!("torn-{position}-{n}")),
        };
        match io.create(&path, bytes) {
            Ok(_) => return Ok(path),
            Err(e) if e.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(JournalError::io(&path, e)),
        }
    }
    Err(JournalError::damaged(dir, 0, "ten thousand torn tails at one place"))
}
