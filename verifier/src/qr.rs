//! The QR code: a whole certificate with its proof in a URL that any phone opens (spec/qr.md).
//!
//! ```text
//! https://credit.example.gov.cn/v#00472101311264307140024…          about 1,900 digits
//! ```
//!
//! Here: the payload, its digits, and reading what scanners and people hand in, which is forgiving about everything
//! that an app on the way may change. Not here: pictures, and whether anything of it is true ([`crate::entry`],
//! [`crate::batch_note`]). A scan that is cut is never called forged: length and CRC are checked first.

mod digits;
mod payload;
mod scan;
#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::String;
use core::fmt;

pub use digits::{DigitsError, from_digits, to_digits};
pub use payload::QrPayload;
pub use scan::{fold, read_text};

use crate::error::Refused;

const FORMAT: &str = "QR payload";

/// The text of a QR code in its two segments: `https://<host>/v#` in bytes, and the digits.
/// With a host of at most 68 characters the symbol is version 24 or smaller at error correction M.
pub fn url(host: &str, payload: &QrPayload) -> (String, String) {
    (format!("https://{host}/v#"), to_digits(&payload.encode()))
}

/// Why scanned text gives no certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScanError {
    /// `NOT_RECOGNISED`: it is something else.
    NotRecognised,
    /// `NEEDS_LOOKUP`: it is a certificate number or a window code, which prove nothing by themselves.
    NeedsLookup,
    /// `SCAN_INCOMPLETE`: some of it is missing or misread; scan again.
    Incomplete,
    /// `VERSION_UNKNOWN`: it is of a version that this reader does not know.
    VersionUnknown(u8),
    /// `FORMAT_BAD`: it is whole, and malformed.
    FormatBad(Refused),
}

impl ScanError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            ScanError::NotRecognised => "NOT_RECOGNISED",
            ScanError::NeedsLookup => "NEEDS_LOOKUP",
            ScanError::Incomplete => "SCAN_INCOMPLETE",
            ScanError::VersionUnknown(_) => "VERSION_UNKNOWN",
            ScanError::FormatBad(_) => "FORMAT_BAD",
        }
    }
}

impl From<Refused> for ScanError {
    fn from(refused: Refused) -> ScanError {
        ScanError::FormatBad(refused)
    }
}

impl fmt::Display for ScanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ScanError::NotRecognised => f.write_str("this is no certificate's code"),
            ScanError::NeedsLookup => {
                f.write_str("this is a number, which has to be looked up at the office")
            }
            ScanError::Incomplete => {
                f.write_str("the scan is incomplete; scan again, from a little further away")
            }
            ScanError::VersionUnknown(version) => {
                write!(f, "the code is of version {version}, which this reader does not know; update it")
            }
            ScanError::FormatBad(refused) => write!(f, "{refused}"),
        }
    }
}

impl core::error::Error for ScanError {}
