//! Where an audit reads a published ledger from.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::disk::{Disk, DiskError, RealDisk};

/// The files of a published ledger, by their paths below its folder (`checkpoint`, `tile/0/000.p/41`, …).
pub trait LedgerSource {
    /// The bytes of a file, `None` where there is none; [`DiskError::TooLarge`] where it has more than `limit`.
    fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, DiskError>;

    /// The names in a folder, sorted, folders with a `/` at the end, without temporary files; none where there is no such
    /// folder. `None` from a source that can't list, such as a web server: then extra files, partial tiles that are no
    /// longer needed, and public preimages go unseen.
    fn list(&self, folder: &str) -> Result<Option<Vec<String>>, DiskError>;

    /// Waits a moment in which an office that is publishing right now comes further; `false` where nobody publishes.
    fn wait(&self) -> bool {
        false
    }
}

/// So long a source waits at a time.
pub const MOMENT: Duration = Duration::from_millis(500);

/// A folder of the machine with a ledger in it: an office's `D/ledger`, a mirror, a copy.
#[derive(Debug)]
pub struct DirSource {
    dir: PathBuf,
    disk: RealDisk,
}

impl DirSource {
    /// The ledger in this folder, which must exist. Nothing is ever written to it.
    pub fn new(dir: &Path) -> Result<Self, DiskError> {
        Ok(Self { dir: dir.to_path_buf(), disk: RealDisk::open(dir)? })
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

impl LedgerSource for DirSource {
    fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, DiskError> {
        self.disk.read(path, limit)
    }

    fn list(&self, folder: &str) -> Result<Option<Vec<String>>, DiskError> {
        self.disk.list(folder).map(Some)
    }

    fn wait(&self) -> bool {
        std::thread::sleep(MOMENT);
        true
    }
}

/// The ledger of an office whose disk is at hand.
impl LedgerSource for &dyn Disk {
    fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, DiskError> {
        Disk::read(*self, &format!("ledger/{path}"), limit)
    }

    fn list(&self, folder: &str) -> Result<Option<Vec<String>>, DiskError> {
        let folder = if folder.is_empty() { "ledger".to_owned() } else { format!("ledger/{folder}") };
        Disk::list(*self, &folder).map(Some)
    }
}

/// A file as an audit sees it.
pub(super) enum Found {
    /// It is there.
    Bytes(Vec<u8>),
    /// It is larger than what belongs there.
    Large,
    /// It isn't there.
    Missing,
}

/// Reads a file; only what keeps the audit from going on is an error.
pub(super) fn read(source: &dyn LedgerSource, path: &str, limit: usize) -> Result<Found, DiskError> {
    match source.read(path, limit) {
        Ok(Some(bytes)) => Ok(Found::Bytes(bytes)),
        Ok(None) => Ok(Found::Missing),
        Err(DiskError::TooLarge { .. }) => Ok(Found::Large),
        Err(error) => Err(error),
    }
}
