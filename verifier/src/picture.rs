//! Codes in pictures: a phone photo, a scan, a screenshot; turned, small, several on one page.
//!
//! ```text
//! scan.jpg ── decode, bounded ──► grey pixels ── search, a fixed list of ways ──► ["https://…/v#0047…", "2026112240…"]
//! ```
//!
//! QR codes, and where there is none of ours, the bar code (Code 128) of a window code. Here: which of the texts found count. Decoding is in [`gray`], searching in [`search`]. Not here: what a text says.

mod gray;
pub mod limits;
mod search;

use std::prelude::v1::*;
use std::vec;

use crate::guard::guarded;
use crate::qr::{self, ScanError};
pub use gray::Gray;

/// Why a picture gives no codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureError {
    /// More pixels than [`limits::PIXELS`], or more memory than [`limits::PICTURE_MEMORY`].
    TooLarge,
    /// The picture file is damaged or of a kind that is not read.
    Damaged,
}

/// What a picture shows.
#[derive(Debug, PartialEq, Eq)]
pub enum Codes {
    /// The texts of the certificate codes in it, each once, in reading order; lookup codes beside them are left out.
    Certificates(Vec<String>),
    /// No certificate code, but numbers or window codes, each once.
    Lookups(Vec<String>),
    /// Only codes of other things.
    Others,
    /// No code that could be read.
    None,
    /// More different certificate codes than [`limits::CODES`].
    TooMany,
}

/// The codes in a PNG or JPEG file.
pub fn codes(bytes: &[u8]) -> Result<Codes, PictureError> {
    let picture = guarded(|| gray::decode(bytes)).unwrap_or(Err(PictureError::Damaged))?;
    let found = sort_out(search::search(&picture, &is_certificate_code));
    if matches!(found, Codes::None | Codes::Others)
        && let Some(text) = search::bar_code(&picture).filter(|text| is_lookup_code(text))
    {
        return Ok(Codes::Lookups(vec![text]));
    }
    Ok(found)
}

fn sort_out(texts: Vec<String>) -> Codes {
    let certificates: Vec<String> = texts.iter().filter(|t| is_certificate_code(t)).cloned().collect();
    if certificates.len() > limits::CODES {
        Codes::TooMany
    } else if !certificates.is_empty() {
        Codes::Certificates(certificates)
    } else if texts.iter().any(|t| is_lookup_code(t)) {
        Codes::Lookups(texts.into_iter().filter(|t| is_lookup_code(t)).collect())
    } else if texts.is_empty() {
        Codes::None
    } else {
        Codes::Others
    }
}

/// Whether a text is, or tries to be, a certificate: one that is refused for its content is one too.
fn is_certificate_code(text: &str) -> bool {
    match qr::read_text(text) {
        Ok(_) => true,
        Err(ScanError::NotRecognised | ScanError::NeedsLookup) => false,
        // A URL of somebody else's that ends in `#` or `#12` reads as an incomplete scan.
        Err(ScanError::Incomplete) => text.contains("/v#") || text.contains("/v%23"),
        Err(_) => true,
    }
}

/// Whether a text is a number or window code.
fn is_lookup_code(text: &str) -> bool {
    matches!(qr::read_text(text), Err(ScanError::NeedsLookup))
}

#[cfg(test)]
mod tests;
