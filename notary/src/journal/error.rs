//! What can go wrong with the journal.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::record::{PAYLOAD_MAX, Position};

/// A journal's refusal; [`JournalError::code`] is stable.
#[derive(Debug)]
#[non_exhaustive]
pub enum JournalError {
    /// There is no journal in the folder.
    Missing {
        /// The folder.
        dir: PathBuf,
    },
    /// Bytes that were once durable are not what they were, or files are missing. Nothing was changed.
    Damaged {
        /// The file.
        file: PathBuf,
        /// Where in it, bytes from its beginning.
        offset: u64,
        /// What is wrong.
        what: String,
    },
    /// The journal is sound but ends before a record that is known to have been acknowledged: an older copy.
    Behind {
        /// The folder.
        dir: PathBuf,
        /// The last sequence in it.
        last: u64,
        /// The sequence that is known.
        known: u64,
    },
    /// The journal belongs to another office.
    OtherOffice {
        /// The file that says so.
        file: PathBuf,
    },
    /// A write or a flush failed earlier in this process; nothing is done with the journal any more.
    Failed {
        /// The first failure.
        why: String,
    },
    /// The payload is larger than [`PAYLOAD_MAX`].
    TooLarge {
        /// Its bytes.
        bytes: usize,
    },
    /// Kind 0 is not used.
    Kind,
    /// No durable record begins there.
    Position {
        /// Where.
        position: Position,
    },
    /// A file could not be read or made.
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        why: io::Error,
    },
}

impl JournalError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            JournalError::Missing { .. } => "JOURNAL_MISSING",
            JournalError::Damaged { .. } => "JOURNAL_DAMAGED",
            JournalError::Behind { .. } => "JOURNAL_BEHIND",
            JournalError::OtherOffice { .. } => "JOURNAL_OTHER_OFFICE",
            JournalError::Failed { .. } => "JOURNAL_FAILED",
            JournalError::TooLarge { .. } => "JOURNAL_TOO_LARGE",
            JournalError::Kind => "JOURNAL_KIND",
            JournalError::Position { .. } => "JOURNAL_POSITION",
            JournalError::Io { .. } => "JOURNAL_IO",
        }
    }

    pub(super) fn damaged(file: &Path, offset: u64, what: impl Into<String>) -> JournalError {
        JournalError::Damaged { file: file.to_owned(), offset, what: what.into() }
    }

    pub(super) fn io(file: &Path, why: io::Error) -> JournalError {
        JournalError::Io { file: file.to_owned(), why }
    }
}

impl fmt::Display for JournalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JournalError::Missing { dir } => write!(f, "there is no journal in {}", dir.display()),
            JournalError::Damaged { file, offset, what } => {
                let file = file.display();
                write!(
                    f,
                    "{file} is damaged at byte {offset}: {what}; nothing was changed, restore it from a backup"
                )
            }
            JournalError::Behind { dir, last, known } => {
                let dir = dir.display();
                write!(
                    f,
                    "{dir} ends with record {last}, but record {known} was acknowledged: is it an older copy?"
                )
            }
            JournalError::OtherOffice { file } => write!(f, "{} belongs to another office", file.display()),
            JournalError::Failed { why } => {
                write!(f, "the journal failed and the process has to stop: {why}")
            }
            JournalError::TooLarge { bytes } => write!(f, "a record of {bytes} bytes; at most {PAYLOAD_MAX}"),
            JournalError::Kind => f.write_str("kind 0 is not a record's"),
            JournalError::Position { position } => write!(f, "no record at {position}"),
            JournalError::Io { file, why } => write!(f, "{}: {why}", file.display()),
        }
    }
}

impl std::error::Error for JournalError {}
