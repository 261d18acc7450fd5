//! Reading what a command is given, within limits, and writing what it makes, atomically.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use crate::codes;
use crate::output::Failure;

/// Reads a file of at most `limit` bytes. One byte more is read, so that who parses it can say that it is too large.
pub fn read(path: &Path, limit: usize) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::could_not(
            codes::FILE_UNREADABLE,
            format!("读不到文件：{error}"),
            format!("can't read the file: {error}"),
        )
        .at(path.display().to_string())
    };
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(unreadable)?;
    file.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}

/// Writes a file whole or not at all: beside its place, to the disk, then renamed.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let tmp = beside(path);
    let written = fs::File::create(&tmp).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&tmp, path)).map_err(|error| {
        // What could not be written is of no use to anybody.
        let _ = fs::remove_file(&tmp);
        unwritable(path, &error)
    })
}

/// A file that is being written beside its place, for the owner alone; [`Growing::keep`] moves it there. Dropped without
/// that, it is gone.
pub struct Growing {
    path: PathBuf,
    tmp: PathBuf,
    kept: bool,
}

impl Growing {
    /// Begins a file.
    pub fn new(path: &Path) -> Result<(Growing, fs::File), Failure> {
        let tmp = beside(path);
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(&tmp).map_err(|error| unwritable(path, &error))?;
        Ok((Growing { path: path.to_owned(), tmp, kept: false }, file))
    }

    /// Brings it to the disk and to its place.
    pub fn keep(mut self, file: &fs::File) -> Result<(), Failure> {
        let kept = file.sync_all().and_then(|()| fs::rename(&self.tmp, &self.path));
        self.kept = kept.is_ok();
        kept.map_err(|error| unwritable(&self.path, &error))
    }

    /// What is told when writing fails.
    pub fn failed(&self, error: &std::io::Error) -> Failure {
        unwritable(&self.path, error)
    }
}

impl Drop for Growing {
    fn drop(&mut self) {
        if !self.kept {
            // What was not finished is of no use to anybody.
            let _ = fs::remove_file(&self.tmp);
        }
    }
}

fn unwritable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::could_not(
        codes::FILE_UNWRITABLE,
        format!("写不了文件：{error}"),
        format!("can't write the file: {error}"),
    )
    .at(path.display().to_string())
}

/// Makes the folder and those above it, where they are missing.
pub fn make_dir(path: &Path) -> Result<(), Failure> {
    fs::create_dir_all(path).map_err(|error| {
        Failure::could_not(
            codes::FILE_UNWRITABLE,
            format!("建不了文件夹：{error}"),
            format!("can't make the folder: {error}"),
        )
        .at(path.display().to_string())
    })
}

/// An office's settings: where this file is, an office is.
const OFFICE: &str = "office.json";

/// Refuses a folder that has no office in it, before anybody is asked for a passphrase.
pub fn office(dir: &Path) -> Result<(), Failure> {
    if dir.join(OFFICE).is_file() {
        return Ok(());
    }
    Err(Failure::could_not(
        "OFFICE_MISSING",
        "这里没有机构；先用 init 建立",
        "there is no office here; make one with init",
    )
    .at(dir.display().to_string()))
}

/// Refuses to write over what is there.
pub fn refuse_existing(path: &Path, force: bool) -> Result<(), Failure> {
    if !force && path.exists() {
        return Err(Failure::refused(
            codes::FILE_EXISTS,
            "文件已存在；换一个名字，或加 --force 覆盖",
            "the file is already there; choose another name, or write over it with --force",
        )
        .at(path.display().to_string()));
    }
    Ok(())
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.tmp", std::process::id()));
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.xzc");
        write(&path, b"one").unwrap();
        write(&path, b"two").unwrap();
        assert_eq!(read(&path, 10).unwrap(), b"two");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert_eq!(read(&path, 1).unwrap(), b"tw");
        assert_eq!(refuse_existing(&path, false).unwrap_err().code(), "FILE_EXISTS");
        refuse_existing(&path, true).unwrap();
        assert_eq!(write(&dir.path().join("no/a"), b"x").unwrap_err().code(), "FILE_UNWRITABLE");
    }
}
