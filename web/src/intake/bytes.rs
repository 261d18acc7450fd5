//! Files: `.xzc`, PDF, photos and scans, archives with one certificate in them, text files.
//!
//! What a file is, is told by its bytes, never by its name. Reading a picture or an archive takes up to a second of one
//! core: call [`read_bytes`] where blocking is allowed. Not here: proofs that a ledger was forked, which are no certificates; pages
//! show what they prove before they come here.

use verifier::archive::{Archive, Entry};
use verifier::misbehaviour;
use verifier::picture::{self, Codes};
use verifier::recognise::{Kind, recognise, text_of};
use verifier::time::Time;
use verifier::verify::Presented;

use super::{Given, NotRead, read_text};

/// Bytes of a file that is verified: 16 MiB, for the largest photos and for reports with everything disclosed.
pub const FILE_BYTES: usize = 16 << 20;
/// Entries of an archive that is verified at the counter.
pub const ARCHIVE_ENTRIES: usize = 64;
/// Bytes that an archive inflates to.
const ARCHIVE_INFLATED: u64 = 32 << 20;

/// Reads a file. `now` is the moment for verdicts on what is no certificate.
///
/// # Errors
/// What is the matter with it, and what to do.
pub fn read_bytes(bytes: &[u8], now: Time) -> Result<Given, NotRead> {
    if bytes.len() > FILE_BYTES {
        return Err(NotRead::too_large());
    }
    if misbehaviour::is_one(bytes) {
        return Err(NotRead::proof_of_fork());
    }
    match recognise(bytes) {
        Kind::Zip => archive(bytes, now),
        kind => file(kind, bytes, now),
    }
}

/// A file that is no archive.
fn file(kind: Kind, bytes: &[u8], now: Time) -> Result<Given, NotRead> {
    match kind {
        Kind::Certificate => presented(bytes.trim_ascii_start(), now),
        // As it is: the office's note is over every byte.
        Kind::Pdf => presented(bytes, now),
        Kind::Png | Kind::Jpeg => pictured(bytes),
        Kind::ScannedText | Kind::OtherText => match text_of(bytes) {
            Some(text) => read_text(&text),
            None => Err(NotRead::file_type()),
        },
        _ => Err(NotRead::file_type()),
    }
}

fn presented(bytes: &[u8], now: Time) -> Result<Given, NotRead> {
    Presented::read(bytes, now)
        .map(|presented| Given::Proof(Box::new(presented)))
        .map_err(|verdict| NotRead::of_verdict(&verdict))
}

/// The one certificate in a picture. Codes of other things beside it, and its own window code, do not count.
fn pictured(bytes: &[u8]) -> Result<Given, NotRead> {
    match picture::codes(bytes).map_err(NotRead::picture)? {
        Codes::Certificates(texts) | Codes::Lookups(texts) => match texts.as_slice() {
            [one] => read_text(one),
            // A number, and the window code that begins with it: the longer one says more.
            [first, others @ ..] if others.iter().all(|other| is_part_of(first, other)) => {
                read_text(texts.iter().max_by_key(|text| text.len()).unwrap_or(first))
            }
            _ => Err(NotRead::several()),
        },
        Codes::Others => Err(NotRead::other_codes()),
        Codes::None => Err(NotRead::no_code()),
        Codes::TooMany => Err(NotRead::too_many()),
    }
}

/// Whether one of two is the beginning of the other.
fn is_part_of(one: &str, other: &str) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

/// The one certificate in an archive: its file, else its PDF, else its picture.
fn archive(bytes: &[u8], now: Time) -> Result<Given, NotRead> {
    let mut archive = Archive::open(bytes.to_vec(), ARCHIVE_INFLATED).map_err(NotRead::archive)?;
    let entries = archive.entries().map_err(NotRead::archive)?;
    if entries.len() > ARCHIVE_ENTRIES {
        return Err(NotRead::archive(verifier::archive::ArchiveError::TooManyEntries));
    }
    let mut best: Option<(u8, Entry, Kind, Vec<u8>)> = None;
    let mut as_good = 0;
    for entry in entries {
        let bytes = archive.read(&entry).map_err(NotRead::archive)?;
        let kind = recognise(&bytes);
        let rank = match kind {
            Kind::Certificate => 0,
            Kind::Pdf => 1,
            Kind::Png | Kind::Jpeg => 2,
            _ => continue,
        };
        match &best {
            Some((held, ..)) if *held < rank => {}
            Some((held, ..)) if *held == rank => as_good += 1,
            _ => {
                best = Some((rank, entry, kind, bytes));
                as_good = 1;
            }
        }
    }
    match best {
        None => Err(NotRead::file_type()),
        Some(_) if as_good > 1 => Err(NotRead::several()),
        Some((_, _, kind, bytes)) => file(kind, &bytes, now),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Write};

    use verifier::verdict::Code;
    use zip::ZipWriter;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn archive(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in files {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(bytes).unwrap();
        }
        writer.finish().unwrap().into_inner()
    }

    fn says(bytes: &[u8]) -> (Code, String) {
        let not_read = read_bytes(bytes, Time::ZERO).unwrap_err();
        (not_read.code(), not_read.message(verifier::text::Lang::Zh).to_owned())
    }

    #[test]
    fn what_is_no_certificate_says_what_to_do() {
        assert_eq!(says(b"").0, Code::NotRecognised);
        assert_eq!(says(b"\0\x01\x02").0, Code::NotRecognised);
        assert_eq!(says(b"{\"format\":\"xinzheng/certificate/v9\"}").0, Code::VersionUnknown);
        assert_eq!(says(b"{\"format\":\"xinzheng/certificate/v1\",").0, Code::FileIncomplete);
        assert_eq!(says(&vec![0; FILE_BYTES + 1]).1, "文件过大，未读取");
        assert!(says(&archive(&[("a.txt", b"x")])).1.contains("不是可识别"));
    }

    #[test]
    fn archives_within_bounds() {
        let bomb = archive(&[("a.xzc", &vec![b'0'; 40 << 20])]);
        assert!(bomb.len() < 100_000);
        assert!(says(&bomb).1.contains("解压后过大"));
        let certificate: &[u8] = b"{\"format\":\"xinzheng/certificate/v9\"}";
        assert_eq!(says(&archive(&[("a.txt", b"x"), ("b.xzc", certificate)])).0, Code::VersionUnknown);
        assert!(says(&archive(&[("a.xzc", certificate), ("b.xzc", certificate)])).1.contains("多份"));
        let names: Vec<String> = (0..=ARCHIVE_ENTRIES).map(|n| format!("{n}.txt")).collect();
        let many: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), b"x".as_slice())).collect();
        assert!(says(&archive(&many)).1.contains("过多"));
    }

    #[test]
    fn text_files_are_read_as_what_was_scanned() {
        let number = verifier::number::CertificateNumber::with_check("20261122401709386125").unwrap();
        let text = format!("{number}5390217746\r\n");
        assert!(matches!(read_bytes(text.as_bytes(), Time::ZERO), Ok(Given::WindowCode(_))));
    }
}
