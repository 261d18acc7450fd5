//! Reading a certificate file, and telling apart what it may be instead.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{Certificate, CertificateParts, FORMAT, NAME};
use crate::anchor::Anchor;
use crate::base64;
use crate::core::Core;
use crate::error::Refused;
use crate::hash::Hash;
use crate::json::{self, JsonCode, JsonError, Members, Value, compact};
use crate::limits::{ANCHORS, CERTIFICATE_BYTES, DISCLOSURES, PATH_HASHES};
use crate::note::Note;
use crate::tlog_proof::TlogProof;

/// How a certificate file of any version begins.
const BEGINNING: &[u8] = b"{\"format\":\"xinzheng/certificate/";
/// How one of this version goes on.
const VERSION: &[u8] = b"v1\",";

/// Why a file is not a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CertificateError {
    /// `NOT_RECOGNISED`: it is something else.
    NotRecognised,
    /// `FILE_INCOMPLETE`: it begins as a certificate does, and ends too early.
    Incomplete,
    /// `VERSION_UNKNOWN`: it is of a version that this reader does not know.
    VersionUnknown,
    /// `FORMAT_BAD`: it is whole, and malformed.
    FormatBad(Refused),
}

impl CertificateError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            CertificateError::NotRecognised => "NOT_RECOGNISED",
            CertificateError::Incomplete => "FILE_INCOMPLETE",
            CertificateError::VersionUnknown => "VERSION_UNKNOWN",
            CertificateError::FormatBad(_) => "FORMAT_BAD",
        }
    }
}

impl From<Refused> for CertificateError {
    fn from(refused: Refused) -> CertificateError {
        CertificateError::FormatBad(refused)
    }
}

impl fmt::Display for CertificateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CertificateError::NotRecognised => f.write_str("this is no certificate file"),
            CertificateError::Incomplete => f.write_str("the file ends too early; take the whole file"),
            CertificateError::VersionUnknown => {
                f.write_str("the file is of a version that this reader does not know; update it")
            }
            CertificateError::FormatBad(refused) => write!(f, "{refused}"),
        }
    }
}

impl core::error::Error for CertificateError {}

/// Reads a file (spec/certificate.md, *Reading*).
pub(super) fn read(bytes: &[u8]) -> Result<Certificate, CertificateError> {
    let value = match json::parse(bytes, CERTIFICATE_BYTES) {
        Ok(value) => value,
        Err(error) => return Err(not_json(bytes, &error)),
    };
    match value.get("format").and_then(Value::as_str) {
        Some(NAME) => {}
        Some(name) if name.starts_with("xinzheng/certificate/") => {
            return Err(CertificateError::VersionUnknown);
        }
        _ => return Err(CertificateError::NotRecognised),
    }
    let mut written = compact(&value).into_bytes();
    if written == bytes {
        return Err(CertificateError::Incomplete);
    }
    written.push(b'\n');
    if written != bytes {
        return Err(Refused::new(
            FORMAT,
            "",
            "not as the office wrote it: not compact, or more than one LF at its end",
        )
        .into());
    }
    Ok(certificate(value)?)
}

fn not_json(bytes: &[u8], error: &JsonError) -> CertificateError {
    let Some(rest) = bytes.strip_prefix(BEGINNING) else {
        let cut = !bytes.is_empty() && BEGINNING.starts_with(bytes);
        return if cut { CertificateError::Incomplete } else { CertificateError::NotRecognised };
    };
    if rest.starts_with(VERSION) || VERSION.starts_with(rest) {
        match error.code() {
            JsonCode::CutOff => CertificateError::Incomplete,
            code => {
                Refused::new(FORMAT, error.pointer(), format!("{}: {}", code.as_str(), error.what())).into()
            }
        }
    } else {
        CertificateError::VersionUnknown
    }
}

fn certificate(value: Value) -> Result<Certificate, Refused> {
    let mut m = Members::of(FORMAT, "", value)?;
    m.string("format")?;
    let core = m.string("core")?;
    let core = base64::decode(&core).ok_or_else(|| m.refuse("core", "not base64"))?;
    let core = Core::parse(&core)?;
    let index = m.unsigned("index")?;
    let path = m.strings("path", PATH_HASHES)?;
    let path: Vec<Hash> = path.iter().map(|hash| Hash::from_base64(hash)).collect::<Result<_, Refused>>()?;
    let batch_note = Note::parse(&m.string("batch_note")?)?;
    let digests = m.strings("digests", DISCLOSURES)?;
    let digest = |text: &String| base64::decode_url(text).and_then(|bytes| Hash::from_slice(&bytes));
    let digests: Option<Vec<Hash>> = digests.iter().map(digest).collect();
    let digests = digests.ok_or_else(|| m.refuse("digests", "not all are base64url of 32 bytes"))?;
    let disclosures = m.strings("disclosures", DISCLOSURES)?;
    let tlog_proof = match m.optional("tlog_proof") {
        None => None,
        Some(Value::String(text)) => Some(TlogProof::parse(&text)?),
        Some(other) => return Err(m.refuse("tlog_proof", format!("{} where text is wanted", other.kind()))),
    };
    let anchors = match m.optional("anchors") {
        None => Vec::new(),
        Some(Value::Array(anchors)) if (1..=ANCHORS).contains(&anchors.len()) => {
            anchors.into_iter().map(anchor).collect::<Result<_, Refused>>()?
        }
        Some(_) => {
            return Err(m.refuse(
                "anchors",
                format!("not an array of 1 to {ANCHORS}; leave it out if there is none"),
            ));
        }
    };
    m.end()?;
    Certificate::within_limits(CertificateParts {
        core,
        index,
        path,
        batch_note,
        digests,
        disclosures,
        tlog_proof,
        anchors,
    })
}

/// One anchor, named by its place in the file where it is refused.
fn anchor(value: Value) -> Result<Anchor, Refused> {
    Anchor::from_value(value)
        .map_err(|error| Refused::new(FORMAT, format!("/anchors{}", error.at()), error.what()))
}
