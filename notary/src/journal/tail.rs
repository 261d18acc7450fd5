//! Judging a tail that is not whole: torn by a crash, or damaged.
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

use std::fs::File;
use std::path::{Path, PathBuf};

use super::error::JournalError;
use super::io::{Io, read_rest};
use super::reader::{SHORT, SegmentReader};
use super::record::{CHECK_LEN, HEAD_LEN, Head, OVERHEAD, Position, check};

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

/// Torn tail or damage? See the rules above.
pub(super) fn judge(
    reader: &SegmentReader,
    what: &'static str,
    known: Option<u64>,
) -> Result<Torn, JournalError> {
    let damaged = |what: String| JournalError::damaged(&reader.path, reader.offset, what);
    if reader.misplaced {
        return Err(damaged(what.into()));
    }
    if let Some(known) = known.filter(|known| *known >= reader.sequence) {
        let sequence = reader.sequence;
        return Err(damaged(format!("{what}: record {sequence}; record {known} was acknowledged already")));
    }
    let failed = |e| JournalError::io(&reader.path, e);
    let rest = File::open(&reader.path).and_then(|file| read_rest(&file, reader.offset)).map_err(failed)?;
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
pub(super) fn keep(
    dir: &Path,
    io: &dyn Io,
    position: Position,
    bytes: &[u8],
) -> Result<PathBuf, JournalError> {
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
