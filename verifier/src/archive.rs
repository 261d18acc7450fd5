//! ZIP archives, read within bounds: what a stranger mailed in.
//!
//! Nothing is ever written to disk, so names with `..` in them are only names. An archive is refused as a whole,
//! before anything is inflated, if it has too many entries, two of the same name, or claims to inflate to too much;
//! and an entry that inflates to more than it claims is cut off and refused.

use std::io::{Cursor, Read};
use std::prelude::v1::*;
use std::sync::Arc;

use zip::ZipArchive;
use zip::result::ZipError;

use crate::guard::guarded;

/// Entries of an archive.
pub const ENTRIES: usize = 10_000;
/// Bytes that one entry inflates to: 64 MiB.
pub const ENTRY_BYTES: u64 = 64 * 1024 * 1024;

/// Why an archive, or an entry of it, is not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveError {
    /// Not a whole ZIP archive.
    Damaged,
    /// More than [`ENTRIES`] entries.
    TooManyEntries,
    /// Inflates to more than allowed.
    TooLarge,
    /// Two entries of the same name: which of them was meant can't be told.
    NameTwice,
    /// The entry needs a password.
    Encrypted,
    /// The entry is compressed in a way that is not read here.
    Method,
}

/// An open archive. Cloning is cheap: the bytes are shared.
#[derive(Clone)]
pub struct Archive(ZipArchive<Cursor<Bytes>>);

#[derive(Clone)]
struct Bytes(Arc<Vec<u8>>);

impl AsRef<[u8]> for Bytes {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// A file in an archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its place in the archive.
    pub index: usize,
    /// Its name, with folders, as it is to be shown.
    pub name: String,
}

impl Archive {
    /// Opens an archive whose entries inflate to at most `inflated` bytes together.
    pub fn open(bytes: Vec<u8>, inflated: u64) -> Result<Archive, ArchiveError> {
        // Each entry of the directory takes far more memory than its bytes, so they are counted first.
        if bytes.windows(4).filter(|w| *w == b"PK\x01\x02").count() > ENTRIES {
            return Err(ArchiveError::TooManyEntries);
        }
        let opened = guarded(|| ZipArchive::new(Cursor::new(Bytes(Arc::new(bytes)))));
        let archive = opened.ok_or(ArchiveError::Damaged)?.map_err(error)?;
        if archive.has_duplicate_names() {
            return Err(ArchiveError::NameTwice);
        }
        let archive = Archive(archive);
        let mut total = 0u64;
        for index in 0..archive.0.len() {
            let entry = archive.0.by_index_data(index).map_err(error)?;
            total = total.saturating_add(entry.size());
        }
        if total > inflated {
            return Err(ArchiveError::TooLarge);
        }
        Ok(archive)
    }

    /// The files in it that are worth a look, ordered by name: no folders, no hidden ones, none of a Mac's shadows.
    pub fn entries(&self) -> Result<Vec<Entry>, ArchiveError> {
        let mut entries = Vec::new();
        for index in 0..self.0.len() {
            let entry = self.0.by_index_data(index).map_err(error)?;
            let name = readable_name(entry.name_raw());
            let hidden = name.split(['/', '\\']).any(|part| part.starts_with('.') || part == "__MACOSX");
            if !entry.is_dir() && !hidden {
                entries.push(Entry { index, name });
            }
        }
        entries.sort_by(|a, b| a.name.cmp(&b.name).then(a.index.cmp(&b.index)));
        Ok(entries)
    }

    /// Inflates one entry.
    pub fn read(&mut self, entry: &Entry) -> Result<Vec<u8>, ArchiveError> {
        guarded(|| self.inflate(entry)).unwrap_or(Err(ArchiveError::Damaged))
    }

    fn inflate(&mut self, entry: &Entry) -> Result<Vec<u8>, ArchiveError> {
        let file = self.0.by_index(entry.index).map_err(error)?;
        let claimed = file.size();
        if claimed > ENTRY_BYTES {
            return Err(ArchiveError::TooLarge);
        }
        let mut bytes = Vec::new();
        file.take(claimed.saturating_add(1)).read_to_end(&mut bytes).map_err(|_| ArchiveError::Damaged)?;
        if u64::try_from(bytes.len()).is_ok_and(|length| length > claimed) {
            return Err(ArchiveError::TooLarge);
        }
        Ok(bytes)
    }
}

/// UTF-8 where it is that, else GBK, in which Chinese Windows writes names without saying so.
fn readable_name(raw: &[u8]) -> String {
    match core::str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) => encoding_rs::GBK.decode_without_bom_handling(raw).0.into_owned(),
    }
}

fn error(error: ZipError) -> ArchiveError {
    match error {
        ZipError::UnsupportedArchive(what) if what == ZipError::PASSWORD_REQUIRED => ArchiveError::Encrypted,
        ZipError::UnsupportedArchive(_) => ArchiveError::Method,
        ZipError::CompressionMethodNotSupported(_) => ArchiveError::Method,
        _ => ArchiveError::Damaged,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::vec;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    #[test]
    fn entries_in_order_without_hidden_ones() {
        let files: [(&str, &[u8]); 5] = [
            ("b.xzc", b"2"),
            ("a/z.xzc", b"1"),
            ("__MACOSX/._b.xzc", b""),
            (".DS_Store", b""),
            ("a/.hid/x", b""),
        ];
        let mut archive = Archive::open(archive(&files), 1000).unwrap();
        let entries = archive.entries().unwrap();
        assert_eq!(entries.iter().map(|e| e.name.as_str()).collect::<Vec<_>>(), ["a/z.xzc", "b.xzc"]);
        let read: Vec<_> = entries.iter().map(|e| archive.read(e).unwrap()).collect();
        assert_eq!(read, [b"1", b"2"]);
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_inflated() {
        let zeros = vec![0; 1_000_000];
        let bytes = archive(&[("a", &zeros), ("b", &zeros)]);
        assert!(bytes.len() < 10_000);
        assert_eq!(Archive::open(bytes.clone(), 1_999_999).err(), Some(ArchiveError::TooLarge));
        assert!(Archive::open(bytes, 2_000_000).is_ok());
    }

    #[test]
    fn an_entry_that_is_larger_than_it_claims_is_cut_off() {
        let zeros = vec![0; 1_000_000];
        let mut bytes = archive(&[("a", &zeros)]);
        let size = 1_000_000u32.to_le_bytes();
        let places: Vec<usize> =
            (0..bytes.len() - 4).filter(|i| bytes.get(*i..*i + 4) == Some(size.as_slice())).collect();
        assert_eq!(places.len(), 2, "local header and directory");
        for place in places {
            bytes.splice(place..place + 4, 10u32.to_le_bytes());
        }
        let mut archive = Archive::open(bytes, 1000).unwrap();
        let entry = archive.entries().unwrap().remove(0);
        assert!(matches!(archive.read(&entry), Err(ArchiveError::TooLarge | ArchiveError::Damaged)));
    }

    #[test]
    fn too_many_entries() {
        let directory_entry = b"PK\x01\x02".repeat(ENTRIES + 1);
        assert_eq!(Archive::open(directory_entry, 1000).err(), Some(ArchiveError::TooManyEntries));
    }

    #[test]
    fn what_is_no_archive() {
        let whole = archive(&[("a", b"1")]);
        for cut in [0, 1, 10, whole.len() - 1] {
            assert_eq!(Archive::open(whole[..cut].to_vec(), 1000).err(), Some(ArchiveError::Damaged));
        }
    }

    #[test]
    fn names_in_gbk() {
        assert_eq!(readable_name(&[0xd6, 0xa4, 0xca, 0xe9]), "证书");
        assert_eq!(readable_name("证书".as_bytes()), "证书");
    }
}
