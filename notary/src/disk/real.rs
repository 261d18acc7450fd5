//! The disk of the machine.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard};
use std::thread;

use super::{Disk, DiskError};

/// Files that are flushed side by side.
const SYNC_THREADS: usize = 8;

/// Files below one folder of the machine's file system.
#[derive(Debug)]
pub struct RealDisk {
    top: PathBuf,
    stopped: AtomicBool,
    /// Folders whose own place in the folder above is known to be durable.
    durable: Mutex<HashSet<String>>,
}

/// Folders remembered as durable; more, and remembering begins anew.
const DURABLE_FOLDERS_MAX: usize = 4096;

impl RealDisk {
    /// Opens a folder that must exist.
    pub fn open(top: &Path) -> Result<Self, DiskError> {
        let found = fs::metadata(top).map_err(|e| failed("", "open the office's folder", &e))?;
        if !found.is_dir() {
            let none = io::Error::from(io::ErrorKind::NotADirectory);
            return Err(failed("", "open the office's folder", &none));
        }
        Ok(Self { top: top.to_path_buf(), stopped: AtomicBool::new(false), durable: Mutex::default() })
    }

    fn going(&self) -> Result<(), DiskError> {
        if self.stopped.load(Ordering::Acquire) { Err(DiskError::Stopped) } else { Ok(()) }
    }

    /// An error after which nobody knows what is on disk: stops everything else too.
    fn unknown(&self, path: &str, step: &'static str, why: &io::Error) -> DiskError {
        self.stopped.store(true, Ordering::Release);
        DiskError::Unknown { path: path.to_owned(), step, why: why.to_string() }
    }

    /// Writes each file beside its path, makes all of them durable, and moves them there.
    fn put(&self, files: &[(&str, &[u8])]) -> Result<(), DiskError> {
        let mut written = Vec::new();
        for (path, bytes) in files {
            let (folder, name) = super::split(path)?;
            self.make_folder(folder)?;
            let beside = self.top.join(folder).join(format!(".{name}.tmp"));
            let mut file =
                File::create(&beside).map_err(|e| failed(path, "create the temporary file", &e))?;
            file.write_all(bytes).map_err(|e| failed(path, "write the temporary file", &e))?;
            written.push((*path, folder, beside, file));
        }
        self.sync_all(written.iter().map(|(path, _, _, file)| (*path, file)).collect())?;
        for (path, _, beside, _) in &written {
            let place = self.top.join(path);
            fs::rename(beside, place).map_err(|e| self.unknown(path, "rename into place", &e))?;
        }
        self.sync_folders(written.iter().map(|(_, folder, _, _)| *folder).collect())
    }

    /// Flushes files side by side: the file system writes its journal once for all that wait.
    fn sync_all(&self, files: Vec<(&str, &File)>) -> Result<(), DiskError> {
        let share = files.len().div_ceil(SYNC_THREADS).max(1);
        let sync = |files: &[(&str, &File)]| {
            let mut flushed =
                files.iter().map(|(path, file)| file.sync_all().map_err(|e| (path.to_string(), e)));
            flushed.find_map(Result::err)
        };
        let failure = thread::scope(|scope| {
            let mut shares = files.chunks(share);
            let own = shares.next().unwrap_or_default();
            let others: Vec<_> = shares.map(|files| scope.spawn(move || sync(files))).collect();
            let lost = || Some((String::new(), io::Error::other("a thread stopped")));
            let first = sync(own);
            others.into_iter().map(|other| other.join().unwrap_or_else(|_| lost())).fold(first, Option::or)
        });
        failure.map_or(Ok(()), |(path, e)| Err(self.unknown(&path, "fsync", &e)))
    }

    #[cfg(unix)]
    fn sync_folders(&self, mut folders: Vec<&str>) -> Result<(), DiskError> {
        folders.sort_unstable();
        folders.dedup();
        let open = |folder: &&str| File::open(self.top.join(folder));
        let opened: io::Result<Vec<File>> = folders.iter().map(open).collect();
        let opened = opened.map_err(|e| self.unknown(folders[0], "open the folder to fsync it", &e))?;
        self.sync_all(folders.iter().copied().zip(&opened).collect())
    }

    /// Other systems have no way to ask for it; their renames are journalled by the file system.
    #[cfg(not(unix))]
    fn sync_folders(&self, _folders: Vec<&str>) -> Result<(), DiskError> {
        Ok(())
    }

    /// Creates the folder and those above it, each durable in the one above. One that is there may have been made by
    /// a process that died before its fsync, so it is made durable at its first use too.
    fn make_folder(&self, folder: &str) -> Result<(), DiskError> {
        if folder.is_empty() || self.durable().contains(folder) {
            return Ok(());
        }
        let above = folder.rsplit_once('/').map_or("", |(above, _)| above);
        self.make_folder(above)?;
        if !self.top.join(folder).is_dir() {
            fs::create_dir(self.top.join(folder)).map_err(|e| failed(folder, "create the folder", &e))?;
        }
        self.sync_folders(vec![above])?;
        let mut durable = self.durable();
        if durable.len() >= DURABLE_FOLDERS_MAX {
            durable.clear();
        }
        durable.insert(folder.to_owned());
        Ok(())
    }

    fn durable(&self) -> MutexGuard<'_, HashSet<String>> {
        self.durable.lock().unwrap_or_else(|broken| broken.into_inner())
    }
}

impl Disk for RealDisk {
    fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, DiskError> {
        self.going()?;
        super::split(path)?;
        read_file(&self.top.join(path), path, limit)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, DiskError> {
        self.going()?;
        super::folder(folder)?;
        list_folder(&self.top.join(folder), folder)
    }

    fn write_new(&self, path: &str, bytes: &[u8]) -> Result<(), DiskError> {
        self.write_new_all(&[(path, bytes)])
    }

    fn write_new_all(&self, files: &[(&str, &[u8])]) -> Result<(), DiskError> {
        self.going()?;
        let (mut new, mut there) = (Vec::new(), Vec::new());
        for (path, bytes) in files {
            let opened = || File::open(self.top.join(path)).map_err(|e| failed(path, "open", &e));
            match self.read(path, bytes.len()) {
                Ok(None) => new.push((*path, *bytes)),
                Ok(Some(found)) if found == *bytes => there.push((*path, opened()?)),
                Ok(Some(_)) | Err(DiskError::TooLarge { .. }) => {
                    return Err(DiskError::Differs { path: (*path).to_owned() });
                }
                Err(e) => return Err(e),
            }
        }
        // They may be there only in memory, when the last process died between rename and fsync.
        self.sync_all(there.iter().map(|(path, file)| (*path, file)).collect())?;
        let folders: Result<Vec<&str>, DiskError> =
            there.iter().map(|(path, _)| super::split(path).map(|(folder, _)| folder)).collect();
        self.sync_folders(folders?)?;
        self.put(&new)
    }

    fn replace(&self, path: &str, bytes: &[u8]) -> Result<(), DiskError> {
        self.going()?;
        self.put(&[(path, bytes)])
    }

    fn remove(&self, path: &str) -> Result<(), DiskError> {
        self.remove_all(&[path])
    }

    fn remove_all(&self, paths: &[&str]) -> Result<(), DiskError> {
        self.going()?;
        let mut folders = Vec::new();
        for path in paths {
            folders.push(super::split(path)?.0);
            match fs::remove_file(self.top.join(path)) {
                Ok(()) => {}
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(failed(path, "remove", &e)),
            }
        }
        for folder in &mut folders {
            // `remove_dir` removes none that holds anything.
            while !folder.is_empty() && fs::remove_dir(self.top.join(&folder)).is_ok() {
                self.durable().remove(*folder);
                *folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
            }
        }
        folders.retain(|folder| self.top.join(folder).is_dir());
        self.sync_folders(folders)
    }
}

/// Reads a whole file of at most `limit` bytes; `None` where there is none. `shown` names it in errors.
fn read_file(place: &Path, shown: &str, limit: usize) -> Result<Option<Vec<u8>>, DiskError> {
    let file = match File::open(place) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        // A file where a folder should be: nothing can be below it.
        Err(e) if e.kind() == io::ErrorKind::NotADirectory => return Ok(None),
        Err(e) => return Err(failed(shown, "open", &e)),
    };
    let length = file.metadata().map_err(|e| failed(shown, "look at", &e))?.len();
    let too_large = || DiskError::TooLarge { path: shown.to_owned(), limit };
    let length = usize::try_from(length).ok().filter(|l| *l <= limit).ok_or_else(too_large)?;
    let mut bytes = Vec::with_capacity(length.saturating_add(1));
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    file.take(most).read_to_end(&mut bytes).map_err(|e| failed(shown, "read", &e))?;
    if bytes.len() > limit { Err(too_large()) } else { Ok(Some(bytes)) }
}

/// The names in a folder, sorted, folders with a `/` at the end, without temporary files.
fn list_folder(place: &Path, shown: &str) -> Result<Vec<String>, DiskError> {
    let entries = match fs::read_dir(place) {
        Ok(entries) => entries,
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Vec::new());
        }
        Err(e) => return Err(failed(shown, "list", &e)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|e| failed(shown, "list", &e))?;
        let mut name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with('.') && name.ends_with(".tmp") {
            continue;
        }
        let kind = entry.file_type().map_err(|e| failed(shown, "list", &e))?;
        if kind.is_dir() || (kind.is_symlink() && entry.path().is_dir()) {
            name.push('/');
        }
        names.push(name);
    }
    names.sort_unstable();
    Ok(names)
}

fn failed(path: &str, step: &'static str, why: &io::Error) -> DiskError {
    DiskError::Failed { path: path.to_owned(), step, why: why.to_string() }
}
