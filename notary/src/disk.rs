//! The one door through which the office writes anything durable beside its journal: ledger files, the stage,
//! status lists, the checkpoint.
//!
//! ```text
//! ledger/tile/0/000.p/41     write_new: put once, never changed; the same bytes again are fine
//! ledger/checkpoint          replace: the old file or the new one, never a mixture
//! ledger/.checkpoint.tmp     what a crash may leave: never read, overwritten by the next write of the same path
//! ```
//!
//! A write is: temporary file in the same folder → write → fsync → rename → fsync the folder. When a call returns
//! `Ok`, a power cut doesn't undo it. When it returns an error that is [`DiskError::is_fatal`], nobody knows what is on
//! disk: a failed fsync may have dropped pages that read back as if they were written. The process must stop and find
//! out from a fresh start; a [`RealDisk`] refuses everything from then on.
//!
//! Not here: the journal (it appends), what the files mean ([`crate::ledger`]), locking.

mod real;
#[doc(hidden)]
pub mod testing;

use std::fmt;

pub use real::RealDisk;

/// Longest path in bytes. The longest ledger path, a partial tile of a full ledger, has about 50.
pub const PATH_MAX: usize = 240;

/// Durable files below one folder. Paths are relative, with `/`, of parts made of ASCII letters, digits, `.`, `-`,
/// `_`, none of which begins with `.`.
pub trait Disk: Send + Sync + fmt::Debug {
    /// The bytes of a file, `None` where there is none. A file larger than `limit` is refused before it is read.
    fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, DiskError>;

    /// The names in a folder, sorted, folders with a `/` at the end; none where there is no such folder. Left-over
    /// temporary files don't show.
    fn list(&self, folder: &str) -> Result<Vec<String>, DiskError>;

    /// Puts a file that never changes. If it is there already with the same bytes, that is made durable and fine;
    /// with other bytes it is left as it is and refused ([`DiskError::Differs`]).
    fn write_new(&self, path: &str, bytes: &[u8]) -> Result<(), DiskError>;

    /// The same for many files, whose flushes the disk may share. When it fails, some of them may be there.
    fn write_new_all(&self, files: &[(&str, &[u8])]) -> Result<(), DiskError> {
        files.iter().try_for_each(|(path, bytes)| self.write_new(path, bytes))
    }

    /// Puts a file in place of whatever is there.
    fn replace(&self, path: &str, bytes: &[u8]) -> Result<(), DiskError>;

    /// Removes a file, and the folders above it that this leaves empty. One that isn't there is fine.
    fn remove(&self, path: &str) -> Result<(), DiskError>;

    /// The same for many files, whose flushes the disk may share. When it fails, some of them may be gone.
    fn remove_all(&self, paths: &[&str]) -> Result<(), DiskError> {
        paths.iter().try_for_each(|path| self.remove(path))
    }
}

/// Why the disk did not do it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DiskError {
    /// A path that is absolute, leads outside, or has odd characters. A mistake of the caller; nothing was done.
    Path {
        /// The path as given, made printable.
        path: String,
    },
    /// A file that never changes is there with other bytes. It was not touched.
    Differs {
        /// The file.
        path: String,
    },
    /// The file is larger than anything that belongs there. It was not read.
    TooLarge {
        /// The file.
        path: String,
        /// Bytes that were allowed.
        limit: usize,
    },
    /// The system refused before anything at `path` changed (no space, no permission, unreadable).
    Failed {
        /// The file or folder.
        path: String,
        /// The step that failed.
        step: &'static str,
        /// The system's words.
        why: String,
    },
    /// A step failed after which the state of `path` is unknown. Fatal.
    Unknown {
        /// The file or folder.
        path: String,
        /// The step that failed.
        step: &'static str,
        /// The system's words.
        why: String,
    },
    /// A fatal error came before; nothing more is done in this process. Fatal.
    Stopped,
}

impl DiskError {
    /// Stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Path { .. } => "DISK_PATH",
            Self::Differs { .. } => "DISK_FILE_DIFFERS",
            Self::TooLarge { .. } => "DISK_FILE_TOO_LARGE",
            Self::Failed { .. } => "DISK_FAILED",
            Self::Unknown { .. } => "DISK_STATE_UNKNOWN",
            Self::Stopped => "DISK_STOPPED",
        }
    }

    /// Whether the process has to stop: the state on disk is not known.
    pub fn is_fatal(&self) -> bool {
        matches!(self, Self::Unknown { .. } | Self::Stopped)
    }

    /// The path that it is about, if any.
    pub fn path(&self) -> Option<&str> {
        match self {
            Self::Path { path }
            | Self::Differs { path }
            | Self::TooLarge { path, .. }
            | Self::Failed { path, .. }
            | Self::Unknown { path, .. } => Some(path),
            Self::Stopped => None,
        }
    }
}

impl fmt::Display for DiskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Path { path } => write!(f, "{path}: not a path below the office's folder"),
            Self::Differs { path } => {
                write!(f, "{path}: is there with other bytes; it never changes, so it was left as it is")
            }
            Self::TooLarge { path, limit } => {
                write!(f, "{path}: larger than the {limit} bytes that belong there")
            }
            Self::Failed { path, step, why } => write!(f, "{path}: can't {step}: {why}; nothing was changed"),
            Self::Unknown { path, step, why } => {
                write!(
                    f,
                    "{path}: can't {step}: {why}; what is on disk is unknown, so the process must stop and start again"
                )
            }
            Self::Stopped => write!(f, "stopped after an earlier write with unknown result; start again"),
        }
    }
}

impl std::error::Error for DiskError {}

/// Splits a path into its folder (without `/` at the end, empty at the top) and its name, refusing what isn't a path.
fn split(path: &str) -> Result<(&str, &str), DiskError> {
    if path.len() > PATH_MAX || !path.split('/').all(is_part) {
        return Err(DiskError::Path { path: path.escape_debug().take(PATH_MAX).collect() });
    }
    Ok(path.rsplit_once('/').unwrap_or(("", path)))
}

/// Checks the path of a folder; the empty one is the top.
fn folder(path: &str) -> Result<(), DiskError> {
    if path.is_empty() { Ok(()) } else { split(path).map(|_| ()) }
}

fn is_part(part: &str) -> bool {
    !part.is_empty()
        && !part.starts_with('.')
        && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
}

#[cfg(test)]
mod tests {
    use super::testing::{FailingDisk, Failure, MemoryDisk};
    use super::*;

    fn disks() -> (tempfile::TempDir, Vec<Box<dyn Disk>>) {
        let folder = tempfile::tempdir().unwrap();
        let real = RealDisk::open(folder.path()).unwrap();
        (folder, vec![Box::new(real), Box::new(MemoryDisk::default())])
    }

    #[test]
    fn a_new_file_is_put_once() {
        let (_folder, disks) = disks();
        for disk in disks {
            assert_eq!(disk.read("a/b/c", 10).unwrap(), None);
            disk.write_new("a/b/c", b"one").unwrap();
            disk.write_new("a/b/c", b"one").unwrap();
            let refused = disk.write_new("a/b/c", b"two").unwrap_err();
            assert_eq!(refused, DiskError::Differs { path: "a/b/c".into() });
            assert!(!refused.is_fatal());
            assert_eq!(disk.read("a/b/c", 3).unwrap().as_deref(), Some(&b"one"[..]));
            assert_eq!(disk.read("a/b/c", 2).unwrap_err().code(), "DISK_FILE_TOO_LARGE");
        }
    }

    #[test]
    fn many_new_files_are_put_like_one() {
        let (_folder, disks) = disks();
        for disk in disks {
            let paths: Vec<String> = (0..40).map(|i| format!("a/{}/{i}", i % 3)).collect();
            let files: Vec<(&str, &[u8])> =
                paths.iter().map(|path| (path.as_str(), path.as_bytes())).collect();
            disk.write_new("a/1/4", b"a/1/4").unwrap();
            disk.write_new_all(&files).unwrap();
            disk.write_new_all(&files).unwrap();
            for (path, bytes) in &files {
                assert_eq!(disk.read(path, 9).unwrap().as_deref(), Some(*bytes));
            }
            let refused = disk.write_new_all(&[("b", b"1"), ("a/1/7", b"other")]).unwrap_err();
            assert_eq!(refused, DiskError::Differs { path: "a/1/7".into() });
            assert_eq!(disk.list("a").unwrap(), ["0/", "1/", "2/"]);
        }
    }

    #[test]
    fn replace_remove_list() {
        let (_folder, disks) = disks();
        for disk in disks {
            disk.replace("x/head", b"1").unwrap();
            disk.replace("x/head", b"2").unwrap();
            assert_eq!(disk.read("x/head", 1).unwrap().as_deref(), Some(&b"2"[..]));
            disk.write_new("x/y/z", b"").unwrap();
            assert_eq!(disk.list("x").unwrap(), ["head", "y/"]);
            assert_eq!(disk.list("").unwrap(), ["x/"]);
            disk.write_new("x/v/w/u", b"").unwrap();
            disk.remove("x/y/z").unwrap();
            disk.remove("x/y/z").unwrap();
            assert_eq!(disk.list("x").unwrap(), ["head", "v/"]);
            disk.write_new("x/y/z", b"again").unwrap();
            disk.remove_all(&["x/y/z", "x/v/w/u", "x/none"]).unwrap();
            assert_eq!(disk.list("x").unwrap(), ["head"]);
            disk.write_new("x/y/z", b"anew").unwrap();
            assert_eq!(disk.list("x").unwrap(), ["head", "y/"]);
            assert!(disk.list("nowhere").unwrap().is_empty());
        }
    }

    #[test]
    fn paths_stay_inside() {
        let (_folder, disks) = disks();
        for disk in disks {
            for path in ["", "/etc/passwd", "../x", "a/../b", "a//b", "a/", ".hidden", "a/.tmp", "a\\b", "盘"]
            {
                assert_eq!(disk.write_new(path, b"").unwrap_err().code(), "DISK_PATH", "{path}");
                assert_eq!(disk.read(path, 1).unwrap_err().code(), "DISK_PATH", "{path}");
            }
        }
    }

    #[test]
    fn a_left_over_temporary_file_does_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let disk = RealDisk::open(folder.path()).unwrap();
        disk.write_new("a/b", b"kept").unwrap();
        std::fs::write(folder.path().join("a/.c.tmp"), b"half").unwrap();
        assert_eq!(disk.list("a").unwrap(), ["b"]);
        disk.write_new("a/c", b"whole").unwrap();
        assert_eq!(disk.read("a/c", 9).unwrap().as_deref(), Some(&b"whole"[..]));
    }

    #[test]
    fn a_refusal_by_the_system_is_told_and_not_fatal() {
        let folder = tempfile::tempdir().unwrap();
        let disk = RealDisk::open(folder.path()).unwrap();
        disk.write_new("a", b"a file").unwrap();
        let refused = disk.write_new("a/b", b"below a file").unwrap_err();
        assert_eq!((refused.code(), refused.is_fatal()), ("DISK_FAILED", false), "{refused}");
        disk.write_new("c", b"goes on").unwrap();
    }

    #[test]
    fn the_failing_disk_fails_as_told_and_then_stops() {
        for (failure, there) in [(Failure::Lost, false), (Failure::Persisted, true)] {
            let memory = MemoryDisk::default();
            let failing = FailingDisk::new(memory.clone(), 2, failure);
            failing.write_new("a", b"1").unwrap();
            assert!(failing.replace("b", b"2").unwrap_err().is_fatal());
            assert_eq!(failing.write_new("c", b"3"), Err(DiskError::Stopped));
            assert_eq!(failing.read("a", 9), Err(DiskError::Stopped));
            assert_eq!(memory.read("b", 9).unwrap().is_some(), there);
            assert_eq!(memory.read("c", 9).unwrap(), None);
        }
    }
}
