//! Scanned codes in a text file: one, or one after the other, as a hand scanner writes them.
//!
//! ```text
//! https://credit.example.gov.cn/v#004721013112643071400…
//! https://credit.example.gov.cn/v#00472101311264307140…     a second one
//! 24318875012…                                              … that its line broke
//! ```

use verifier::limits::SCANNED_TEXT_BYTES;
use verifier::qr::{self, ScanError};

use crate::limits;

/// Why a text is not taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// More than [`limits::TEXT_BYTES`] bytes.
    Bytes,
    /// More than [`limits::TEXT_LINES`] lines.
    Lines,
    /// More than [`limits::SCANS`] scans.
    Scans,
}

/// The scans in a text, each as it is to be read; at least one. A line without a scan is left out where there are scans.
pub fn scans(text: &str) -> Result<Vec<String>, TextError> {
    if text.len() > limits::TEXT_BYTES {
        return Err(TextError::Bytes);
    }
    if text.len() <= SCANNED_TEXT_BYTES && is_whole(text) {
        return Ok(vec![text.to_owned()]);
    }
    let mut scans: Vec<String> = Vec::new();
    for (count, line) in text.lines().map(str::trim).filter(|line| !line.is_empty()).enumerate() {
        if count >= limits::TEXT_LINES {
            return Err(TextError::Lines);
        }
        match scans.last_mut() {
            Some(open) if continues(open, line) => open.push_str(line),
            _ => scans.push(line.to_owned()),
        }
    }
    let has_scan = scans.iter().any(|s| begins(s) || s.starts_with(digit));
    scans.retain(|scan| !has_scan || begins(scan) || scan.starts_with(digit));
    if scans.len() > limits::SCANS {
        return Err(TextError::Scans);
    }
    if scans.is_empty() {
        scans.push(String::new());
    }
    Ok(scans)
}

/// Whether `line` is the rest of `open`: it is nothing but payload, and `open` is a scan that is not whole yet.
fn continues(open: &str, line: &str) -> bool {
    let payload = |c: char| digit(c) || c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ' ');
    let longest = open.len().saturating_add(line.len()) <= SCANNED_TEXT_BYTES;
    longest && line.chars().all(payload) && (begins(open) || open.starts_with(digit)) && !is_whole(open)
}

fn is_whole(text: &str) -> bool {
    match qr::read_text(text) {
        Ok(_) | Err(ScanError::NeedsLookup) => true,
        Err(_) => false,
    }
}

fn begins(line: &str) -> bool {
    line.contains(['#', '＃']) || line.contains("%23")
}

fn digit(c: char) -> bool {
    c.is_ascii_digit() || ('０'..='９').contains(&c)
}
