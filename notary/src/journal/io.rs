//! The few disk operations that the journal writes with, so that tests can make each of them fail.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// Everything that the journal does to a disk, apart from reading.
pub trait Io: Send + Sync {
    /// Makes a file with these bytes, whole or not at all, durable with its name when this returns; a file that is there
    /// already is an error. Returns it open for reading and writing.
    ///
    /// # Errors
    /// The disk's.
    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<File>;

    /// Writes all the bytes at the offset. Not yet durable.
    ///
    /// # Errors
    /// The disk's; some of the bytes may have been written.
    fn write(&self, file: &File, offset: u64, bytes: &[u8]) -> io::Result<()>;

    /// Cuts the file. Not yet durable.
    ///
    /// # Errors
    /// The disk's.
    fn cut(&self, file: &File, length: u64) -> io::Result<()>;

    /// Makes what was written durable.
    ///
    /// # Errors
    /// The disk's; what is durable can't be told then.
    fn sync(&self, file: &File) -> io::Result<()>;
}

/// The machine's own disk.
#[derive(Debug, Clone, Copy)]
pub struct RealIo;

impl Io for RealIo {
    fn create(&self, path: &Path, bytes: &[u8]) -> io::Result<File> {
        if path.try_exists()? {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let staged = path.with_extension("tmp");
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(true);
        let mut file = private(&mut options).open(&staged)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&staged, path)?;
        sync_parent(path)?;
        Ok(file)
    }

    fn write(&self, mut file: &File, offset: u64, bytes: &[u8]) -> io::Result<()> {
        file.seek(SeekFrom::Start(offset))?;
        file.write_all(bytes)
    }

    fn cut(&self, file: &File, length: u64) -> io::Result<()> {
        file.set_len(length)
    }

    fn sync(&self, file: &File) -> io::Result<()> {
        file.sync_data()
    }
}

/// Files of the office's own state are nobody else's to read, where the system can say so.
fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// Makes a file's or a folder's name durable. Windows has no such call and needs none.
pub(crate) fn sync_parent(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(parent)?.sync_all() } else { Ok(()) }
}

/// Reads at an offset, without a position that threads would share.
pub(crate) fn read_exact_at(file: &File, offset: u64, into: &mut [u8]) -> io::Result<()> {
    #[cfg(unix)]
    {
        std::os::unix::fs::FileExt::read_exact_at(file, into, offset)
    }
    #[cfg(not(unix))]
    {
        // A handle of its own would be dearer; a clone shares the position, so readers take turns.
        static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
        let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut file = file;
        file.seek(SeekFrom::Start(offset))?;
        file.read_exact(into)
    }
}

/// Reads the rest of a file from an offset on.
pub(super) fn read_rest(mut file: &File, offset: u64) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(offset))?;
    let mut rest = Vec::new();
    file.read_to_end(&mut rest)?;
    Ok(rest)
}
