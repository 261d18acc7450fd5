//! The index: what is looked up. A view of the journal that can be thrown away and made again.
//!
//! Here: the narrow trait, its engine on `sled`, one in memory for tests, setting a damaged one aside. Not here: which keys
//! there are and what the records mean (`office`).
//!
//! ```text
//! D/index/            sled's files; `DAMAGED` among them, with the reason, once a call has failed
//! D/index.damaged-1/  what was there when it could not be opened; kept for whoever wants to know why, never read
//!
//! key   chosen by the office, not beginning with a zero byte     value   u32 CRC-32(key ‖ value) ‖ value, big endian
//! "\0"  u32 version ‖ office id[32] ‖ u64 sequence of the journal up to which it is applied ‖ u64 rows ‖ u64 sum of
//!       the first 8 bytes of SHA-256(u64 length of the key ‖ key ‖ value) of every row
//! ```
//!
//! The last is written in the same batch as the changes, so the index is always the view of *some* moment: behind the
//! journal after a crash, which is normal, never between two moments. On start the office replays the journal from
//! [`Index::upto`] on. Nothing rests on the index alone: uniqueness and what was promised are the journal's.
//!
//! `sled` may fail or panic on damaged files, when it opens them or much later. Every call into it is caught and says
//! [`IndexError::Damaged`], and so does every call after it. The folder is marked then: the caller drops the index, opens
//! it again with [`open`], now or in the next process, which sets the folder aside, and replays. (sled's panics still
//! print a line on standard error; keeping that quiet would need a hook for the whole process.)

mod memory;
mod sled_index;

use std::fmt;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub use memory::MemoryIndex;
pub use sled_index::SledIndex;

/// The longest key, in bytes.
pub const KEY_MAX: usize = 1024;
/// The longest value, in bytes.
pub const VALUE_MAX: usize = 1 << 20;
/// The most rows of one scan.
pub const SCAN_MAX: usize = 1 << 16;

/// One key's new value, or its removal.
pub type Change = (Vec<u8>, Option<Vec<u8>>);

/// A key and its value.
pub type Row = (Vec<u8>, Vec<u8>);

/// What is looked up, ordered by key. Shared by reference between threads.
pub trait Index: Send + Sync {
    /// The value of a key.
    ///
    /// # Errors
    /// [`IndexError::Damaged`].
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError>;

    /// The rows whose keys begin with `prefix`, in order, from behind the key `after`, at most `limit` (itself at most
    /// [`SCAN_MAX`]).
    ///
    /// # Errors
    /// [`IndexError::Damaged`].
    fn scan_prefix(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Row>, IndexError>;

    /// Makes all of these changes or none, and with them [`Index::upto`]. Of several changes of one key the last holds.
    ///
    /// # Errors
    /// [`IndexError::Misuse`] for a key or value out of bounds or an `upto` before the current one;
    /// [`IndexError::Damaged`].
    fn apply(&self, changes: Vec<Change>, upto: u64) -> Result<(), IndexError>;

    /// The sequence of the journal up to which the index is applied; 0 in an empty one.
    fn upto(&self) -> u64;

    /// Brings what was applied closer to the disk. Not a promise: the journal is.
    ///
    /// # Errors
    /// [`IndexError::Damaged`].
    fn flush(&self) -> Result<(), IndexError>;
}

/// What an index belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// The office.
    pub office: [u8; 32],
    /// The version of the office's keys and values; another one is set aside and made again.
    pub version: u32,
}

/// What [`open`] found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Opened {
    /// The index, applied up to some record.
    Ready,
    /// None; there is an empty one now.
    Fresh,
    /// One that could not be used; there is an empty one now.
    SetAside {
        /// Where it lies.
        to: PathBuf,
        /// What was wrong with it.
        why: String,
    },
}

/// Opens the index in the folder, or an empty one where there is none or it is of no use. Replay the journal from
/// [`Index::upto`] on afterwards.
///
/// # Errors
/// [`IndexError::Busy`] where another process has it open, [`IndexError::Io`] where the folder can't be renamed or made.
pub fn open(dir: &Path, identity: Identity) -> Result<(SledIndex, Opened), IndexError> {
    let fresh = !dir.try_exists().map_err(|why| io_error(dir, why))?;
    match SledIndex::open(dir, identity) {
        Ok(index) => Ok((index, if fresh { Opened::Fresh } else { Opened::Ready })),
        Err(IndexError::Damaged { what: why }) => {
            let to = set_aside(dir)?;
            let index = SledIndex::open(dir, identity)?;
            Ok((index, Opened::SetAside { to, why }))
        }
        Err(e) => Err(e),
    }
}

/// Renames the folder to `<folder>.damaged-<n>`. Never deletes, never overwrites.
///
/// # Errors
/// [`IndexError::Io`].
pub fn set_aside(dir: &Path) -> Result<PathBuf, IndexError> {
    let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
    for n in 1..10_000 {
        let to = dir.with_file_name(format!("{name}.damaged-{n}"));
        if !to.try_exists().map_err(|why| io_error(&to, why))? {
            fs::rename(dir, &to).map_err(|why| io_error(dir, why))?;
            return Ok(to);
        }
    }
    Err(io_error(dir, io::Error::other("ten thousand damaged ones lie beside it")))
}

/// An index's refusal; [`IndexError::code`] is stable.
#[derive(Debug)]
#[non_exhaustive]
pub enum IndexError {
    /// It can't be read any more. Open it again, which sets it aside, and replay the journal.
    Damaged {
        /// What is wrong.
        what: String,
    },
    /// Another process has it open.
    Busy,
    /// The office asked for something out of bounds: a mistake in the program.
    Misuse {
        /// What.
        what: &'static str,
    },
    /// The folder could not be made or renamed.
    Io {
        /// The folder.
        dir: PathBuf,
        /// Why.
        why: io::Error,
    },
}

impl IndexError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            IndexError::Damaged { .. } => "INDEX_DAMAGED",
            IndexError::Busy => "INDEX_BUSY",
            IndexError::Misuse { .. } => "INDEX_MISUSE",
            IndexError::Io { .. } => "INDEX_IO",
        }
    }
}

impl fmt::Display for IndexError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            IndexError::Damaged { what } => {
                write!(
                    f,
                    "the index is damaged ({what}); it is made again from the journal on the next start"
                )
            }
            IndexError::Busy => f.write_str("another process has the index open"),
            IndexError::Misuse { what } => {
                write!(f, "the index was asked for something out of bounds: {what}")
            }
            IndexError::Io { dir, why } => write!(f, "{}: {why}", dir.display()),
        }
    }
}

impl std::error::Error for IndexError {}

fn io_error(dir: &Path, why: io::Error) -> IndexError {
    IndexError::Io { dir: dir.to_owned(), why }
}

/// What every engine refuses alike.
fn check(changes: &[Change], from: u64, upto: u64) -> Result<(), IndexError> {
    let misuse = |what| Err(IndexError::Misuse { what });
    if upto < from {
        return misuse("going back in the journal");
    }
    for (key, value) in changes {
        if key.is_empty() || key.len() > KEY_MAX || key[0] == 0 {
            return misuse("a key that is empty, too long, or begins with a zero byte");
        }
        if value.as_ref().is_some_and(|value| value.len() > VALUE_MAX) {
            return misuse("a value that is too long");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests;
