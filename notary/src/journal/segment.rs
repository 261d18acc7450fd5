//! Segment files: their names, their headers, reading one record of one.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::error::JournalError;
use super::io::read_exact_at;
use super::record::{CHECK_LEN, HEAD_LEN, Head, Position, Record, check};

/// Bytes of a segment's header.
pub(super) const HEADER_LEN: usize = 64;
const MAGIC: &[u8; 8] = b"XZJOURNL";
const VERSION: u32 = 1;
const NAME: &str = "segment-";

/// Segments kept open for reading.
const OPEN_MAX: usize = 64;

/// The file of the segment whose first record is `first`.
pub(super) fn path(dir: &Path, first: u64) -> PathBuf {
    dir.join(format!("{NAME}{first:020}"))
}

/// The segments in a folder, by their first sequence. Names that only look like one are damage; others' files are not
/// looked at.
pub(super) fn list(dir: &Path) -> Result<Vec<(u64, PathBuf)>, JournalError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(|e| JournalError::io(dir, e))? {
        let entry = entry.map_err(|e| JournalError::io(dir, e))?;
        let name = entry.file_name();
        let Some(number) = name.to_str().and_then(|n| n.strip_prefix(NAME)) else { continue };
        // The stage of a segment that was never begun: a crash came before its rename.
        if number.ends_with(".tmp") {
            continue;
        }
        let first = number.parse::<u64>().ok().filter(|n| format!("{n:020}") == number);
        let Some(first) = first else {
            return Err(JournalError::damaged(&entry.path(), 0, "not the name of a segment"));
        };
        found.push((first, entry.path()));
    }
    found.sort();
    Ok(found)
}

/// A segment's header and its check.
pub(super) fn header(office: &[u8; 32], first: u64, before: u32) -> ([u8; HEADER_LEN], u32) {
    let mut bytes = [0; HEADER_LEN];
    bytes[..8].copy_from_slice(MAGIC);
    bytes[8..12].copy_from_slice(&VERSION.to_be_bytes());
    bytes[12..44].copy_from_slice(office);
    bytes[44..52].copy_from_slice(&first.to_be_bytes());
    bytes[52..56].copy_from_slice(&before.to_be_bytes());
    let check = crc32fast::hash(&bytes[..60]);
    bytes[60..].copy_from_slice(&check.to_be_bytes());
    (bytes, check)
}

/// Compares a segment's header with the one that it must have; returns its check.
pub(super) fn check_header(
    file: &Path,
    bytes: &[u8; HEADER_LEN],
    office: &[u8; 32],
    first: u64,
    before: u32,
) -> Result<u32, JournalError> {
    let (expected, check) = header(office, first, before);
    if *bytes == expected {
        return Ok(check);
    }
    let sound = crc32fast::hash(&bytes[..60]).to_be_bytes() == bytes[60..] && bytes[..8] == *MAGIC;
    Err(match sound {
        true if bytes[12..44] != office[..] => JournalError::OtherOffice { file: file.to_owned() },
        true if bytes[8..12] != expected[8..12] => {
            JournalError::damaged(file, 8, "a version that this program does not know")
        }
        true => JournalError::damaged(file, 44, "does not follow on the segment before it"),
        false => JournalError::damaged(file, 0, "the header's check is wrong"),
    })
}

/// Reads single records; keeps the last segments used open.
pub(super) struct SegmentCache {
    dir: PathBuf,
    open: Mutex<BTreeMap<u64, Arc<File>>>,
}

impl SegmentCache {
    pub fn new(dir: &Path) -> SegmentCache {
        SegmentCache { dir: dir.to_owned(), open: Mutex::default() }
    }

    /// Reads the record at a position that is known to be durable.
    pub fn read(&self, position: Position) -> Result<Record, JournalError> {
        let path = path(&self.dir, position.segment);
        let file = self.file(position, &path)?;
        let damaged = |what: &str| JournalError::damaged(&path, u64::from(position.offset), what);

        // The check of the record before (or of the header) stands directly before this one.
        let offset = u64::from(position.offset);
        let Some(start) = offset.checked_sub(CHECK_LEN as u64).filter(|_| offset >= HEADER_LEN as u64) else {
            return Err(JournalError::Position { position });
        };
        let mut front = [0; CHECK_LEN + HEAD_LEN];
        read_exact_at(&file, start, &mut front).map_err(|e| JournalError::io(&path, e))?;
        let (before, head_bytes) = front.split_at(CHECK_LEN);
        let before = u32::from_be_bytes(before.try_into().map_err(|_| damaged("cut off"))?);
        let head_bytes: [u8; HEAD_LEN] = head_bytes.try_into().map_err(|_| damaged("cut off"))?;
        let head = Head::parse(&head_bytes).ok_or_else(|| damaged("no record begins here"))?;

        let mut payload = vec![0; head.length as usize + CHECK_LEN];
        read_exact_at(&file, offset + HEAD_LEN as u64, &mut payload).map_err(|e| match e.kind() {
            std::io::ErrorKind::UnexpectedEof => damaged("the record is cut off"),
            _ => JournalError::io(&path, e),
        })?;
        let stored = payload.split_off(head.length as usize);
        if stored != check(before, &head_bytes, &payload).to_be_bytes() {
            return Err(damaged("the record's check is wrong"));
        }
        Ok(Record { sequence: head.sequence, kind: head.kind, payload, position })
    }

    fn file(&self, position: Position, path: &Path) -> Result<Arc<File>, JournalError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(file) = open.get(&position.segment) {
            return Ok(Arc::clone(file));
        }
        let file = match File::open(path) {
            Ok(file) => Arc::new(file),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Err(JournalError::Position { position });
            }
            Err(e) => return Err(JournalError::io(path, e)),
        };
        if open.len() >= OPEN_MAX {
            open.clear();
        }
        open.insert(position.segment, Arc::clone(&file));
        Ok(file)
    }
}
