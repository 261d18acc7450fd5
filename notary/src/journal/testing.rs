//! A disk that fails when told to, for tests of the journal and of what stands on it.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Mutex;

use super::io::{Io, RealIo};

/// How an operation fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// Nothing of it happens.
    Nothing,
    /// Half of the bytes are written (of a flush: nothing).
    Half,
    /// It happens, and then reports an error.
    Persisted,
    /// It reports an error, and all that was not flushed before is gone.
    Lost,
}

/// The machine's disk with one failure in it.
pub struct FailingIo {
    plan: Mutex<Plan>,
}

struct Plan {
    /// Operations that succeed before one fails; none: never again.
    left: Option<usize>,
    failure: Failure,
    done: usize,
    /// What the file's length was when it was last flushed.
    flushed: Option<u64>,
}

impl FailingIo {
    /// Never fails.
    pub fn sound() -> FailingIo {
        FailingIo { plan: Mutex::new(Plan { left: None, failure: Failure::Nothing, done: 0, flushed: None }) }
    }

    /// After `left` more operations one fails, once.
    pub fn fail_after(&self, left: usize, failure: Failure) {
        let mut plan = self.plan();
        plan.left = Some(left);
        plan.failure = failure;
    }

    /// Operations so far, the failed one included.
    pub fn done(&self) -> usize {
        self.plan().done
    }

    fn plan(&self) -> std::sync::MutexGuard<'_, Plan> {
        self.plan.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Counts an operation; tells how it fails, if it does.
    fn step(&self) -> Option<Failure> {
        let mut plan = self.plan();
        plan.done += 1;
        match plan.left {
            Some(0) => {
                plan.left = None;
                Some(plan.failure)
            }
            Some(n) => {
                plan.left = Some(n - 1);
                None
            }
            None => None,
        }
    }

    fn lose(&self, file: &File) -> io::Result<()> {
        match self.plan().flushed {
            Some(length) => file.set_len(length),
            None => Ok(()),
        }
    }

    fn remember(&self, file: &File) -> io::Result<()> {
        self.plan().flushed = Some(file.metadata()?.len());
        Ok(())
    }
}

fn injected() -> io::Error {
    io::Error::other("injected failure")
}

impl Io for FailingIo {
    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<File> {
        let failure = self.step();
        if failure.is_none() || failure == Some(Failure::Persisted) {
            let file = RealIo.create(path, bytes)?;
            self.remember(&file)?;
            return if failure.is_none() { Ok(file) } else { Err(injected()) };
        }
        Err(injected())
    }

    fn write(&self, file: &File, offset: u64, bytes: &[u8]) -> io::Result<()> {
        match self.step() {
            None => return RealIo.write(file, offset, bytes),
            Some(Failure::Nothing) => {}
            Some(Failure::Half) => RealIo.write(file, offset, &bytes[..bytes.len() / 2])?,
            Some(Failure::Persisted) => RealIo.write(file, offset, bytes)?,
            Some(Failure::Lost) => self.lose(file)?,
        }
        Err(injected())
    }

    fn cut(&self, file: &File, length: u64) -> io::Result<()> {
        match self.step() {
            None => return RealIo.cut(file, length),
            Some(Failure::Persisted) => RealIo.cut(file, length)?,
            Some(_) => {}
        }
        Err(injected())
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        match self.step() {
            None => {
                RealIo.sync(file)?;
                return self.remember(file);
            }
            Some(Failure::Persisted) => {
                RealIo.sync(file)?;
                self.remember(file)?;
            }
            Some(Failure::Lost) => self.lose(file)?,
            Some(_) => {}
        }
        Err(injected())
    }
}
