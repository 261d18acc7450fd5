//! What can be wrong with a ledger.

use std::fmt;

use crate::disk::DiskError;

/// Why the ledger did not do it. Nothing wrong is ever overwritten.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LedgerError {
    /// The disk did not do it; [`DiskError::is_fatal`] says whether the process has to stop.
    Disk(DiskError),
    /// A file that belongs to the ledger isn't there.
    Missing {
        /// The file, in the office's folder.
        path: String,
    },
    /// A file has other bytes than belong there.
    Damaged {
        /// The file, in the office's folder.
        path: String,
        /// What is wrong with it.
        what: String,
    },
    /// An index, size or range that this ledger does not have. A mistake of the caller.
    Range {
        /// Which.
        what: String,
    },
    /// Two computations of the same thing differ: nothing may be signed. Fatal.
    Disagree {
        /// Of what.
        what: String,
    },
}

impl LedgerError {
    pub(super) fn damaged(path: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Damaged { path: path.into(), what: what.into() }
    }

    pub(super) fn range(what: impl Into<String>) -> Self {
        Self::Range { what: what.into() }
    }

    pub(super) fn disagree(what: impl Into<String>) -> Self {
        Self::Disagree { what: what.into() }
    }

    pub(super) fn too_large(size: u64) -> Self {
        Self::range(format!("a ledger of {size} entries is larger than any may be"))
    }

    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Disk(error) => error.code(),
            Self::Missing { .. } => "LEDGER_FILE_MISSING",
            Self::Damaged { .. } => "LEDGER_DAMAGED",
            Self::Range { .. } => "LEDGER_RANGE",
            Self::Disagree { .. } => "LEDGER_DISAGREES",
        }
    }

    /// Whether the process has to stop.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Disk(error) => error.is_fatal(),
            Self::Disagree { .. } => true,
            _ => false,
        }
    }

    /// The file that it is about, if any.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Disk(error) => error.path(),
            Self::Missing { path } | Self::Damaged { path, .. } => Some(path),
            Self::Range { .. } | Self::Disagree { .. } => None,
        }
    }
}

impl From<DiskError> for LedgerError {
    fn from(error: DiskError) -> Self {
        Self::Disk(error)
    }
}

impl fmt::Display for LedgerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disk(error) => error.fmt(f),
            Self::Missing { path } => write!(f, "{path}: is missing; put it back from a backup or a mirror"),
            Self::Damaged { path, what } => {
                write!(f, "{path}: {what}; it was left as it is, put it back from a backup or a mirror")
            }
            Self::Range { what } => f.write_str(what),
            Self::Disagree { what } => write!(f, "{what}: two computations differ, so nothing was signed"),
        }
    }
}

impl std::error::Error for LedgerError {}
