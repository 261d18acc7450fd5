//! Copying folders, and making the copy durable.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use super::FILES_MAX;
use crate::refusal::{Refusal, RefusalCode};
use crate::vault::{self, FILE};

/// Files that are flushed side by side.
const SYNC_THREADS: usize = 8;

/// What becomes of a file that is there already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    /// It is left as it is: it may be replaced later.
    Skip,
    /// It is copied again unless it has the same length and never changes; what was there and is gone now, goes.
    Renew,
}

/// Copies a file or a folder.
pub(super) fn any(from: &Path, to: &Path, depth: usize) -> Result<(), Refusal> {
    let kind = fs::symlink_metadata(from).map_err(|why| failed(from, &why))?.file_type();
    if kind.is_dir() {
        folder(from, to, depth, Known::Skip)
    } else if kind.is_file() {
        file(from, to)
    } else {
        // Sockets and links are not an office's.
        Ok(())
    }
}

/// Copies a folder; files that go away meanwhile are passed over.
pub(super) fn folder(from: &Path, to: &Path, depth: usize, known: Known) -> Result<(), Refusal> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Refusal::new(RefusalCode::BackupBad).at(from.display().to_string()).found("depth"));
    };
    fs::create_dir_all(to).map_err(|why| failed(to, &why))?;
    if !from.is_dir() {
        return Ok(());
    }
    let names = names(from)?;
    if known == Known::Renew {
        // A partial tile may have gone because the full one is there now.
        for name in self::names(to)? {
            if names.binary_search(&name).is_err() {
                let gone = to.join(&name);
                let removed = if gone.is_dir() { fs::remove_dir_all(&gone) } else { fs::remove_file(&gone) };
                removed.map_err(|why| failed(&gone, &why))?;
            }
        }
    }
    // A journal that is written to meanwhile, with keys of its records: first keys, then records, then the keys that came
    // between, so that each record has its key. What is copied of a record that is just being written is a torn tail.
    let keys = names.iter().any(|name| name.starts_with("segment-")) && names.iter().any(|name| name == FILE);
    let (here_keys, there_keys) = (from.join(FILE), to.join(FILE));
    let copied = if keys { vault::copy_from(&here_keys, &there_keys, 0)? } else { 0 };
    for name in names {
        if keys && name == FILE {
            continue;
        }
        // On its way to its place: not of the ledger yet.
        if name.starts_with('.') {
            continue;
        }
        let (here, there) = (from.join(&name), to.join(&name));
        let Ok(found) = fs::symlink_metadata(&here) else { continue };
        if found.is_dir() {
            folder(&here, &there, depth, known)?;
        } else if found.is_file() && !(known == Known::Renew && unchanging(&name, &found, &there)) {
            match file(&here, &there) {
                Err(_) if !here.exists() => {}
                copied => copied?,
            }
        }
    }
    if keys {
        vault::copy_from(&here_keys, &there_keys, copied)?;
    }
    Ok(())
}

/// Makes everything below a folder durable, many files side by side: the file system writes its own journal once for all
/// that wait.
pub(super) fn sync(top: &Path, depth: usize) -> Result<(), Refusal> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Refusal::new(RefusalCode::BackupBad).at(top.display().to_string()).found("depth"));
    };
    let (mut files, mut folders) = (Vec::new(), Vec::new());
    for name in names(top)? {
        let place = top.join(name);
        if place.is_dir() { folders.push(place) } else { files.push(place) }
    }
    let flushed = |files: &[PathBuf]| {
        let flush = |path: &PathBuf| File::open(path).and_then(|file| file.sync_all());
        files.iter().find_map(|path| flush(path).err().map(|why| failed(path, &why)))
    };
    let share = files.len().div_ceil(SYNC_THREADS).max(1);
    let failure = thread::scope(|scope| {
        let threads: Vec<_> = files.chunks(share).map(|files| scope.spawn(move || flushed(files))).collect();
        let lost = || Some(Refusal::new(RefusalCode::SelfCheckFailed).found("sync"));
        threads.into_iter().find_map(|thread| thread.join().unwrap_or_else(|_| lost()))
    });
    if let Some(failure) = failure {
        return Err(failure);
    }
    folders.iter().try_for_each(|folder| sync(folder, depth))?;
    sync_folder(top)
}

/// The names in a folder, ascending.
pub(super) fn names(folder: &Path) -> Result<Vec<String>, Refusal> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).map_err(|why| failed(folder, &why))? {
        let name = entry.map_err(|why| failed(folder, &why))?.file_name();
        let Some(name) = name.to_str() else {
            return Err(Refusal::new(RefusalCode::BackupBad).at(folder.display().to_string()).found("name"));
        };
        names.push(name.to_string());
        if names.len() > FILES_MAX {
            return Err(Refusal::new(RefusalCode::BackupBad).at(folder.display().to_string()).found("files"));
        }
    }
    names.sort_unstable();
    Ok(names)
}

/// Copies one file.
pub(super) fn file(from: &Path, to: &Path) -> Result<(), Refusal> {
    fs::copy(from, to).map(drop).map_err(|why| failed(from, &why))
}

pub(super) fn sync_folder(folder: &Path) -> Result<(), Refusal> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    match cfg!(unix) {
        true => File::open(folder).and_then(|file| file.sync_all()).map_err(|why| failed(folder, &why)),
        false => Ok(()),
    }
}

/// A name in the same folder that says that it is not finished.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(ending);
    path.with_file_name(name)
}

pub(super) fn failed(at: &Path, why: &io::Error) -> Refusal {
    Refusal::new(RefusalCode::DiskFailed).at(at.display().to_string()).found(why)
}

/// Of a ledger only the checkpoint and the newest lists change: `checkpoint`, `status/0.xzs`, and what others may add.
fn unchanging(name: &str, found: &fs::Metadata, there: &Path) -> bool {
    let numbered = name.bytes().all(|b| b.is_ascii_digit() || b == b'x');
    numbered && fs::metadata(there).is_ok_and(|copy| copy.len() == found.len())
}
