//! One process holds an office.
//!
//! ```text
//! D/lock      held exclusively while the process lives; in it the process's number, for people
//! ```
//!
//! Here: the lock. Not here: handing a command to the process that holds it. The system lets go of the lock when the
//! process ends, however it ends; the file stays and means nothing by itself.

use std::fmt;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

/// The file's name in the office's folder.
pub const FILE: &str = "lock";

/// Held until dropped.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

impl Lock {
    /// Takes the lock of the office in this folder, or says at once that it can't.
    ///
    /// # Errors
    /// [`LockError::Busy`], [`LockError::Io`].
    pub fn acquire(dir: &Path) -> Result<Lock, LockError> {
        let path = dir.join(FILE);
        let failed = |why| LockError::Io { file: path.clone(), why };
        let mut options = OpenOptions::new();
        let mut file =
            options.read(true).write(true).create(true).truncate(false).open(&path).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(LockError::Busy { dir: dir.to_owned(), process: holder(&mut file) });
            }
            Err(TryLockError::Error(why)) => return Err(failed(why)),
        }
        // Only a help for people: a lock without it is as good.
        let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(Lock { _file: file })
    }
}

/// The number that the holder left; unreadable on systems where a lock keeps readers out.
fn holder(file: &mut File) -> Option<u32> {
    let mut text = String::new();
    file.rewind().ok()?;
    file.take(16).read_to_string(&mut text).ok()?;
    text.trim_end().parse().ok()
}

/// A lock's refusal; [`LockError::code`] is stable.
#[derive(Debug)]
#[non_exhaustive]
pub enum LockError {
    /// Another process holds the office.
    Busy {
        /// The office's folder.
        dir: PathBuf,
        /// The process, where it can be told.
        process: Option<u32>,
    },
    /// The file could not be opened or locked.
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        why: io::Error,
    },
}

impl LockError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            LockError::Busy { .. } => "OFFICE_BUSY",
            LockError::Io { .. } => "LOCK_IO",
        }
    }
}

impl fmt::Display for LockError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LockError::Busy { dir, process } => {
                write!(f, "another process ")?;
                if let Some(process) = process {
                    write!(f, "({process}) ")?;
                }
                write!(f, "is working on {}; wait for it or stop it", dir.display())
            }
            LockError::Io { file, why } => write!(f, "{}: {why}", file.display()),
        }
    }
}

impl std::error::Error for LockError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_holds_it_at_a_time() {
        let dir = tempfile::TempDir::new().unwrap();
        let lock = Lock::acquire(dir.path()).unwrap();
        let refused = Lock::acquire(dir.path()).unwrap_err();
        assert_eq!(refused.code(), "OFFICE_BUSY");
        if cfg!(unix) {
            assert!(refused.to_string().contains(&std::process::id().to_string()), "{refused}");
        }
        drop(lock);
        std::fs::write(dir.path().join(FILE), "4294967295000000 left by another").unwrap();
        let lock = Lock::acquire(dir.path()).unwrap();
        drop(lock);
        assert_eq!(Lock::acquire(&dir.path().join("none")).unwrap_err().code(), "LOCK_IO");
    }
}
