//! Files without a name: what an import holds on the disk and nobody else can open.
//!
//! A table has names and codes of people in it. Its file is made in the office's folder, readable by this account alone,
//! and its name is taken away at once: it is gone when the last who holds it lets go, or when the process ends, however
//! that ends. A crash between making and taking away leaves an empty file `.held-…`, which may be deleted.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::Arc;

use actix_web::web::{Bytes, block};
use futures_util::stream::{self, Stream};

/// Bytes that are sent at a time.
const CHUNK: usize = 64 << 10;

/// A file without a name.
#[derive(Clone, Debug)]
pub struct Held(Arc<File>);

impl Held {
    /// An empty one, beside what else lies in this folder.
    ///
    /// # Errors
    /// What the disk says.
    pub fn new(folder: &Path) -> io::Result<Held> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(io::Error::other)?;
        let path = folder.join(format!(".held-{:032x}", u128::from_be_bytes(bytes)));
        let file = OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(&path)?;
        std::fs::remove_file(&path)?;
        Ok(Held(Arc::new(file)))
    }

    /// To be written from its beginning; one writer at a time.
    ///
    /// # Errors
    /// What the disk says.
    pub fn writer(&self) -> io::Result<File> {
        self.0.set_len(0)?;
        let mut file = self.0.try_clone()?;
        file.rewind()?;
        Ok(file)
    }

    /// To be read from its beginning, by as many as like.
    pub fn reader(&self) -> HeldReader {
        HeldReader { file: self.0.clone(), at: 0 }
    }

    /// Its bytes.
    ///
    /// # Errors
    /// What the disk says.
    pub fn size(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }
}

/// Reads a held file at a place of its own.
#[derive(Debug)]
pub struct HeldReader {
    file: Arc<File>,
    at: u64,
}

impl Read for HeldReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.read_at(buffer, self.at)?;
        self.at = self.at.saturating_add(read as u64);
        Ok(read)
    }
}

impl Seek for HeldReader {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.file.metadata()?.len().checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

/// The whole file as a body, a part at a time.
pub fn chunks(held: &Held) -> impl Stream<Item = io::Result<Bytes>> + 'static {
    stream::try_unfold(held.reader(), |mut reader| async move {
        let read = block(move || {
            let mut part = vec![0; CHUNK];
            let length = reader.read(&mut part)?;
            part.truncate(length);
            Ok::<_, io::Error>((Bytes::from(part), reader))
        });
        let (part, reader) = read.await.map_err(io::Error::other)??;
        Ok((!part.is_empty()).then_some((part, reader)))
    })
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_held_file_has_no_name_and_is_read_by_several_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let held = Held::new(dir.path()).unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        held.writer().unwrap().write_all(b"0123456789").unwrap();
        let (mut one, mut other) = (held.reader(), held.reader());
        let mut part = [0; 4];
        one.read_exact(&mut part).unwrap();
        other.seek(SeekFrom::End(-4)).unwrap();
        one.read_exact(&mut part).unwrap();
        assert_eq!(&part, b"4567");
        other.read_exact(&mut part).unwrap();
        assert_eq!(&part, b"6789");
        held.writer().unwrap().write_all(b"ab").unwrap();
        assert_eq!(held.size().unwrap(), 2);
    }
}
