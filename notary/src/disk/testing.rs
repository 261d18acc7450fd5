//! Disks for tests: one in memory, and one that fails at a chosen step.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use super::{Disk, DiskError};

/// Files in memory. A clone is the same disk, as a second process would see it.
#[derive(Debug, Clone, Default)]
pub struct MemoryDisk {
    files: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
}

impl MemoryDisk {
    /// All files with their bytes.
    pub fn files(&self) -> BTreeMap<String, Vec<u8>> {
        self.lock().clone()
    }

    /// Puts any bytes anywhere, as damage would.
    pub fn damage(&self, path: &str, bytes: Option<Vec<u8>>) {
        match bytes {
            Some(bytes) => self.lock().insert(path.to_owned(), bytes),
            None => self.lock().remove(path),
        };
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.files.lock().unwrap_or_else(|broken| broken.into_inner())
    }
}

impl Disk for MemoryDisk {
    fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, DiskError> {
        super::split(path)?;
        match self.lock().get(path) {
            Some(bytes) if bytes.len() > limit => Err(DiskError::TooLarge { path: path.to_owned(), limit }),
            found => Ok(found.cloned()),
        }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, DiskError> {
        super::folder(folder)?;
        let above = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut names: Vec<String> = Vec::new();
        for path in self.lock().keys() {
            let Some(below) = path.strip_prefix(&above) else { continue };
            names.push(match below.split_once('/') {
                Some((first, _)) => format!("{first}/"),
                None => below.to_owned(),
            });
        }
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    fn write_new(&self, path: &str, bytes: &[u8]) -> Result<(), DiskError> {
        super::split(path)?;
        let mut files = self.lock();
        if files.get(path).is_some_and(|there| there != bytes) {
            return Err(DiskError::Differs { path: path.to_owned() });
        }
        files.insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn replace(&self, path: &str, bytes: &[u8]) -> Result<(), DiskError> {
        super::split(path)?;
        self.lock().insert(path.to_owned(), bytes.to_vec());
        Ok(())
    }

    fn remove(&self, path: &str) -> Result<(), DiskError> {
        super::split(path)?;
        self.lock().remove(path);
        Ok(())
    }
}

/// What happens to the step that fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// It is not done.
    Lost,
    /// It is done all the same; only the answer is an error.
    Persisted,
}

/// A disk whose `at`-th change (from 1) fails, and which then does nothing more, as [`super::RealDisk`] does.
#[derive(Debug)]
pub struct FailingDisk<D> {
    inner: D,
    at: u64,
    failure: Failure,
    done: Mutex<u64>,
}

impl<D: Disk> FailingDisk<D> {
    /// Wraps a disk. With `at` 0 nothing fails.
    pub fn new(inner: D, at: u64, failure: Failure) -> Self {
        Self { inner, at, failure, done: Mutex::new(0) }
    }

    /// Changes asked for so far, the failed one included.
    pub fn changes(&self) -> u64 {
        *self.done.lock().unwrap_or_else(|broken| broken.into_inner())
    }

    fn change(&self, path: &str, run: impl FnOnce(&D) -> Result<(), DiskError>) -> Result<(), DiskError> {
        let mut done = self.done.lock().unwrap_or_else(|broken| broken.into_inner());
        self.going(*done)?;
        *done = done.saturating_add(1);
        if self.at != *done {
            return run(&self.inner);
        }
        if self.failure == Failure::Persisted {
            run(&self.inner)?;
        }
        Err(DiskError::Unknown { path: path.to_owned(), step: "write", why: "told to fail".to_owned() })
    }

    fn going(&self, done: u64) -> Result<(), DiskError> {
        if self.at != 0 && done >= self.at { Err(DiskError::Stopped) } else { Ok(()) }
    }
}

impl<D: Disk> Disk for FailingDisk<D> {
    fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, DiskError> {
        self.going(self.changes())?;
        self.inner.read(path, limit)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, DiskError> {
        self.going(self.changes())?;
        self.inner.list(folder)
    }

    fn write_new(&self, path: &str, bytes: &[u8]) -> Result<(), DiskError> {
        self.change(path, |d| d.write_new(path, bytes))
    }

    fn replace(&self, path: &str, bytes: &[u8]) -> Result<(), DiskError> {
        self.change(path, |d| d.replace(path, bytes))
    }

    fn remove(&self, path: &str) -> Result<(), DiskError> {
        self.change(path, |d| d.remove(path))
    }
}
