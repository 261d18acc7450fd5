//! `file/v1` (spec/document.md): any bytes, known by name, media type, size and SHA-256.
//!
//! ```text
//! {"schema":"file/v1","name":"鉴定意见.pdf","media_type":"application/pdf","size":20480,"sha256":"9f86d0…0a08"}
//! ```
//!
//! The office makes this document of the bytes; what is not here is the bytes, which are kept beside it, unchanged.

use std::fmt::Write;

use verifier::hash::sha256;
use verifier::json::Value;
use verifier::{characters, limits};

use super::read::{NAME_MAX, Place};
use crate::refusal::{Refusal, RefusalCode};

/// The most characters of a media type.
const MEDIA_TYPE_MAX: usize = 127;
/// What a file is where its name tells nothing.
const UNKNOWN_MEDIA_TYPE: &str = "application/octet-stream";

/// Media types by the ending of a name, in lower case.
const MEDIA_TYPES: &[(&str, &str)] = &[
    ("pdf", "application/pdf"),
    ("ofd", "application/ofd"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("wps", "application/vnd.ms-works"),
    ("txt", "text/plain"),
    ("csv", "text/csv"),
    ("json", "application/json"),
    ("xml", "application/xml"),
    ("zip", "application/zip"),
    ("png", "image/png"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
];

/// A file as a document knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRecord {
    name: String,
    media_type: String,
    size: u64,
    sha256: String,
}

impl FileRecord {
    /// The record of these bytes. Without a media type, one is guessed by the name's ending.
    ///
    /// # Errors
    /// `FILE_LARGE`, `FILE_NAME`, `MEDIA_TYPE`.
    pub fn of(name: &str, media_type: Option<&str>, bytes: &[u8]) -> Result<Self, Refusal> {
        if bytes.len() > limits::FILE_BYTES {
            return Err(Refusal::new(RefusalCode::FileLarge).found(bytes.len()).right(limits::FILE_BYTES));
        }
        check_name(name)?;
        let media_type = media_type.unwrap_or_else(|| guess(name));
        check_media_type(media_type)?;
        Ok(FileRecord {
            name: name.to_owned(),
            media_type: media_type.to_owned(),
            size: bytes.len() as u64,
            sha256: hex(sha256(&[bytes]).as_bytes()),
        })
    }

    /// Reads a record that an office made.
    pub(crate) fn read(root: &Place<'_>) -> Result<Self, Refusal> {
        let members = root.members(&["schema", "name", "media_type", "size", "sha256"])?;
        let (name, media_type) = (members.need("name")?, members.need("media_type")?);
        check_name(name.string()?).map_err(|refusal| refusal.at(name.at()))?;
        check_media_type(media_type.string()?).map_err(|refusal| refusal.at(media_type.at()))?;
        let is_hex = |h: &str| h.len() == 64 && h.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        Ok(FileRecord {
            name: name.string()?.to_owned(),
            media_type: media_type.string()?.to_owned(),
            size: members.need("size")?.count()?,
            sha256: members
                .need("sha256")?
                .form(RefusalCode::DigestForm, |h| is_hex(h).then(|| h.to_owned()))?,
        })
    }

    /// The document, in the member order of the spec.
    pub fn value(&self) -> Value {
        Value::object([
            ("schema", "file/v1".into()),
            ("name", self.name.as_str().into()),
            ("media_type", self.media_type.as_str().into()),
            ("size", Value::Integer(i64::try_from(self.size).unwrap_or(i64::MAX))),
            ("sha256", self.sha256.as_str().into()),
        ])
    }

    /// The file's name, without a directory.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The media type.
    pub fn media_type(&self) -> &str {
        &self.media_type
    }

    /// Bytes.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// SHA-256 of the bytes, 64 lower-case hex digits.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }
}

fn check_name(name: &str) -> Result<(), Refusal> {
    let refuse = |why: &str| Err(Refusal::new(RefusalCode::FileName).found(why));
    let length = name.chars().count();
    if length == 0 || length > NAME_MAX {
        return refuse(&format!("{length} > {NAME_MAX} || 0"));
    }
    if name.len() > limits::CORE_TEXT_BYTES {
        return refuse(&format!("{} bytes > {}", name.len(), limits::CORE_TEXT_BYTES));
    }
    if name.contains(['/', '\\']) || name == "." || name == ".." {
        return refuse(name);
    }
    if let Err(bad) = characters::check_line(name) {
        return refuse(&bad.to_string());
    }
    if name.trim() != name {
        return refuse("\u{2423}");
    }
    Ok(())
}

/// `type/subtype` of RFC 6838 §4.2, in lower case, without parameters.
fn check_media_type(text: &str) -> Result<(), Refusal> {
    let part = |p: &str| {
        p.bytes().next().is_some_and(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
            && p.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"!#$&-^_.+".contains(&b))
    };
    let good = text.len() <= MEDIA_TYPE_MAX && text.split_once('/').is_some_and(|(t, s)| part(t) && part(s));
    if good { Ok(()) } else { Err(Refusal::new(RefusalCode::MediaType).found(text)) }
}

fn guess(name: &str) -> &'static str {
    let ending = name.rsplit_once('.').map_or(String::new(), |(_, e)| e.to_ascii_lowercase());
    MEDIA_TYPES.iter().find(|(e, _)| *e == ending).map_or(UNKNOWN_MEDIA_TYPE, |(_, media_type)| media_type)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(64), |mut out, b| {
        let _ = write!(out, "{b:02x}");
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_of_a_file() {
        let file = FileRecord::of("鉴定意见.PDF", None, b"abc").unwrap();
        assert_eq!((file.media_type(), file.size()), ("application/pdf", 3));
        // FIPS 180-4, the example "abc".
        assert_eq!(file.sha256(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(FileRecord::read(&Place::root(&file.value())).unwrap(), file);
        assert_eq!(FileRecord::of("无后缀", None, b"").unwrap().media_type(), UNKNOWN_MEDIA_TYPE);
        assert_eq!(FileRecord::of("a.b", Some("text/x.y+z"), b"").unwrap().media_type(), "text/x.y+z");
    }

    #[test]
    fn names_have_no_directory_and_no_odd_characters() {
        let long = "长".repeat(201);
        let rare = "𠮷".repeat(151);
        for name in
            ["", "a/b", "a\\b", "..", ".", "a\nb", "a\tb", "a\u{202e}b", "e\u{301}", " a", "a ", &long, &rare]
        {
            assert_eq!(
                FileRecord::of(name, None, b"").unwrap_err().code(),
                RefusalCode::FileName,
                "{name:?}"
            );
        }
        assert!(FileRecord::of(&"长".repeat(200), None, b"").is_ok());
        assert!(FileRecord::of("张三 (1).pdf", None, b"").is_ok());
    }

    #[test]
    fn media_types_have_their_form() {
        for text in [
            "",
            "pdf",
            "/",
            "a/",
            "/b",
            "A/b",
            "a/b/c",
            "a/b;c=d",
            "a b/c",
            &format!("a/{}", "b".repeat(126)),
        ] {
            let refusal = FileRecord::of("a", Some(text), b"").unwrap_err();
            assert_eq!(refusal.code(), RefusalCode::MediaType, "{text}");
        }
    }

    #[test]
    fn more_than_64_mib_is_refused() {
        let bytes = vec![0; limits::FILE_BYTES + 1];
        assert_eq!(FileRecord::of("a", None, &bytes).unwrap_err().code(), RefusalCode::FileLarge);
        assert!(FileRecord::of("a", None, &bytes[1..]).is_ok());
    }
}
