//! Evidence packages: a ZIP archive with everything about one certificate, for a court or a dispute (spec page `evidence.md`).
//!
//! ```text
//! manifest.json    {"format":"xinzheng/evidence/v1","origin":"…","number":"2026…","made":1795312800,"files":[{"name":…,"bytes":…,"sha256":…},…]}
//! manifest.note    credit.example.gov.cn/ledger/pdf ⏎ evidence 2026… ⏎ 1795312800 ⏎ sha256 of manifest.json ⏎   signed by <origin>/pdf
//! ```
//!
//! The note says that the office put these files together; what the certificate is worth its own proofs say. Here: the two
//! files, and which of the others are not as they say. Not here: archives (`archive`), the certificate (`verify`).

use crate::error::Refused;
use crate::hash::{Hash, sha256};
use crate::json::{self, Members, Value};
use crate::limits::{EVIDENCE_BYTES, EVIDENCE_FILES, EVIDENCE_NAME_BYTES};
use crate::note::{Note, NoteError};
use crate::number::CertificateNumber;
use crate::origin::Origin;
use crate::time::{Time, parse_decimal};
use crate::trust::{KeyUse, OfficeKey, TrustBundle};
use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

const FORMAT: &str = "evidence package";
const NAME: &str = "xinzheng/evidence/v1";
/// The manifest's name in the archive.
pub const MANIFEST: &str = "manifest.json";
/// The name of the note over it.
pub const MANIFEST_NOTE: &str = "manifest.note";

/// What a package has to hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    origin: Origin,
    number: CertificateNumber,
    made: Time,
    files: BTreeMap<String, (u64, Hash)>,
}

/// A file of a package that is not as the manifest says.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fault {
    /// The file's name in the archive.
    pub name: String,
    /// What is wrong with it.
    pub what: What,
}

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Its bytes are others.
    Changed,
    /// It is not there.
    Missing,
    /// The manifest does not name it.
    Extra,
}

impl Manifest {
    /// The manifest of these files.
    ///
    /// # Errors
    /// A name that may not be, twice the same, too many.
    pub fn of(
        origin: Origin,
        number: CertificateNumber,
        made: Time,
        files: &[(String, Vec<u8>)],
    ) -> Result<Manifest, Refused> {
        let mut named = BTreeMap::new();
        for (name, bytes) in files {
            let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            add(&mut named, name.clone(), (length, sha256(&[bytes])))?;
        }
        Ok(Manifest { origin, number, made, files: named })
    }

    /// Reads a manifest; exactly what [`Manifest::encode`] writes.
    ///
    /// # Errors
    /// Anything else.
    pub fn parse(bytes: &[u8]) -> Result<Manifest, Refused> {
        let value = json::parse_compact(bytes, EVIDENCE_BYTES)
            .map_err(|e| Refused::new(FORMAT, e.pointer(), format!("{e}")))?;
        let mut members = Members::of(FORMAT, "", value)?;
        if members.string("format")? != NAME {
            return Err(members.refuse("format", format!("has to be {NAME}")));
        }
        let origin = Origin::parse(&members.string("origin")?)?;
        let number = CertificateNumber::parse(&members.string("number")?)?;
        let made =
            Time::new(members.unsigned("made")?).map_err(|e| members.refuse("made", format!("{e}")))?;
        let mut files = BTreeMap::new();
        for (at, value) in members.array("files", EVIDENCE_FILES)?.into_iter().enumerate() {
            let at = format!("/files/{at}");
            let mut file = Members::of(FORMAT, &at, value)?;
            let (name, length) = (file.string("name")?, file.unsigned("bytes")?);
            let digest = file.string("sha256")?;
            let digest = unhex(&digest).ok_or_else(|| file.refuse("sha256", "has to be 64 hex digits"))?;
            file.end()?;
            if files.last_key_value().is_some_and(|(last, _): (&String, _)| *last >= name) {
                return Err(Refused::new(FORMAT, at, "names have to ascend"));
            }
            add(&mut files, name, (length, digest))?;
        }
        members.end()?;
        Ok(Manifest { origin, number, made, files })
    }

    /// As it stands in the archive.
    pub fn encode(&self) -> String {
        let file = |(name, (length, digest)): (&String, &(u64, Hash))| {
            Value::object([
                ("name", Value::from(name.as_str())),
                ("bytes", integer(*length)),
                ("sha256", Value::from(crate::row::hex(digest))),
            ])
        };
        json::compact(&Value::object([
            ("format", Value::from(NAME)),
            ("origin", Value::from(self.origin.as_str())),
            ("number", Value::from(self.number.as_str())),
            ("made", integer(self.made.seconds())),
            ("files", Value::Array(self.files.iter().map(file).collect())),
        ]))
    }

    /// The text that the office signs.
    pub fn note_text(&self) -> String {
        let digest = crate::row::hex(&sha256(&[self.encode().as_bytes()]));
        let key = self.origin.pdf_key_name();
        format!("{key}\nevidence {}\n{}\n{digest}\n", self.number, self.made.seconds())
    }

    /// The ledger of the office that made it.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The certificate that it is about.
    pub fn number(&self) -> &CertificateNumber {
        &self.number
    }

    /// When it was put together.
    pub fn made(&self) -> Time {
        self.made
    }

    /// The files' names, ascending.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.files.keys().map(String::as_str)
    }

    /// Whether the office of the bundle signed this manifest, with a key that was in use when it was made.
    ///
    /// # Errors
    /// Why not, for people.
    pub fn check_note(&self, note: &str, trust: &TrustBundle) -> Result<(), String> {
        let note = Note::parse(note).map_err(|refused| refused.to_string())?;
        if note.text() != self.note_text() {
            return Err("the note is over another manifest".to_owned());
        }
        let office = trust.office(&self.origin).ok_or("the trust bundle does not have the office")?;
        let keys: Vec<&OfficeKey> = office.keys_for(KeyUse::Pdf).collect();
        let names: Vec<_> = keys.iter().map(|key| &key.key).collect();
        let signed = note.verify(&names).map_err(|error: NoteError| error.to_string())?;
        let in_use = |key: &&OfficeKey| key.sign_from <= self.made && self.made <= key.sign_until;
        let clean = |key: &&OfficeKey| key.compromised.as_ref().is_none_or(|bad| self.made < bad.from);
        match signed.into_iter().filter_map(|at| keys.get(at).copied()).any(|key| in_use(&key) && clean(&key))
        {
            true => Ok(()),
            false => Err("the key that signed was not in use then".to_owned()),
        }
    }

    /// What is not as the manifest says, ascending by name. `files` are all others in the archive with their digests.
    pub fn faults<'a>(&self, files: impl IntoIterator<Item = (&'a str, u64, Hash)>) -> Vec<Fault> {
        let mut missing: BTreeMap<&str, &(u64, Hash)> =
            self.files.iter().map(|(name, told)| (name.as_str(), told)).collect();
        let mut faults = Vec::new();
        for (name, length, digest) in files {
            let what = match missing.remove(name) {
                Some(told) if *told == (length, digest) => continue,
                Some(_) => What::Changed,
                None => What::Extra,
            };
            faults.push(Fault { name: name.to_owned(), what });
        }
        faults.extend(missing.into_keys().map(|name| Fault { name: name.to_owned(), what: What::Missing }));
        faults.sort();
        faults
    }
}

fn add(files: &mut BTreeMap<String, (u64, Hash)>, name: String, told: (u64, Hash)) -> Result<(), Refused> {
    let odd = |part: &str| part.is_empty() || part == "." || part == "..";
    let refuse = |what: &str| Err(Refused::new(FORMAT, "/files", format!("{name}: {what}")));
    if name.len() > EVIDENCE_NAME_BYTES || name.split('/').any(odd) || name.contains('\\') {
        return refuse("is no name of a file in a package");
    }
    if [MANIFEST, MANIFEST_NOTE].contains(&name.as_str()) || files.contains_key(&name) {
        return refuse("can't be named");
    }
    if files.len() >= EVIDENCE_FILES {
        return refuse("is one too many");
    }
    files.insert(name, told);
    Ok(())
}

fn integer(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}

/// 64 lower-case hex digits.
fn unhex(text: &str) -> Option<Hash> {
    if text.len() != 64 || !text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)) {
        return None;
    }
    let mut bytes = Vec::with_capacity(32);
    for at in (0..64usize).step_by(2) {
        bytes.push(u8::from_str_radix(text.get(at..at.checked_add(2)?)?, 16).ok()?);
    }
    Hash::from_slice(&bytes)
}

/// Whether a manifest's note is of this form, to tell a package from any other archive.
pub fn is_note(text: &str) -> bool {
    let mut lines = text.lines();
    let origin = lines.next().and_then(|line| line.strip_suffix("/pdf"));
    let number = lines.next().and_then(|line| line.strip_prefix("evidence "));
    let number = number.is_some_and(|number| CertificateNumber::parse(number).is_ok());
    let made = lines.next().and_then(parse_decimal).is_some();
    origin.is_some_and(|origin| Origin::parse(origin).is_ok()) && number && made
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    fn files() -> Vec<(String, Vec<u8>)> {
        let file = |name: &str, bytes: &[u8]| (name.to_string(), bytes.to_vec());
        vec![file("certificate/a.xzc", b"{}"), file("trust.xzt", b"bundle"), file("说明.txt", b"")]
    }

    fn manifest() -> Manifest {
        let origin = Origin::parse("credit.example.gov.cn/ledger").unwrap();
        let number = CertificateNumber::parse("2026112240170938612531").unwrap();
        Manifest::of(origin, number, Time::new(1_795_312_800).unwrap(), &files()).unwrap()
    }

    #[test]
    fn a_manifest_is_read_as_it_was_written_and_no_other_way() {
        let manifest = manifest();
        let text = manifest.encode();
        assert_eq!(Manifest::parse(text.as_bytes()).unwrap(), manifest);
        assert!(is_note(&manifest.note_text()));
        for (from, to) in [
            ("evidence/v1", "evidence/v2"),
            ("\"bytes\":2", "\"bytes\":-2"),
            ("certificate/a.xzc", "../a.xzc"),
            ("certificate/a.xzc", "a//b"),
            ("certificate/a.xzc", "z"),
            ("certificate/a.xzc", "manifest.json"),
            ("\"sha256\":\"", "\"sha256\":\"F"),
            ("{\"name\"", "{\"more\":1,\"name\""),
        ] {
            assert!(text.contains(from));
            assert!(Manifest::parse(text.replacen(from, to, 1).as_bytes()).is_err(), "{from} → {to}");
        }
        for text in ["", "a/pdf\nx\n1\n", "credit.example.gov.cn/ledger\n41\nAAAA\n"] {
            assert!(!is_note(text));
        }
    }

    #[test]
    fn each_file_that_is_not_as_it_says_is_named() {
        let manifest = manifest();
        let told = |files: &[(String, Vec<u8>)]| {
            let of = |(name, bytes): &(String, Vec<u8>)| (name.clone(), bytes.len() as u64, sha256(&[bytes]));
            let files: Vec<_> = files.iter().map(of).collect();
            manifest.faults(files.iter().map(|(name, length, digest)| (name.as_str(), *length, *digest)))
        };
        assert_eq!(told(&files()), []);
        for at in 0..3 {
            let mut changed = files();
            changed[at].1.push(0);
            let name = changed[at].0.clone();
            assert_eq!(told(&changed), [Fault { name: name.clone(), what: What::Changed }]);
            changed.remove(at);
            assert_eq!(told(&changed), [Fault { name, what: What::Missing }]);
        }
        let mut more = files();
        more.push(("x".into(), vec![]));
        assert_eq!(told(&more), [Fault { name: "x".into(), what: What::Extra }]);
    }
}
