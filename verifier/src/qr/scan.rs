//! Reading scanned text, as scanners, phones, chat programs and input methods hand it on.

use alloc::borrow::Cow;
use alloc::string::String;

use super::digits::every_byte;
use super::{DigitsError, QrPayload, ScanError, from_digits};
use crate::base64;
use crate::limits::SCANNED_TEXT_BYTES;
use crate::number::{CertificateNumber, WindowCode};

/// Reads a scanned text: the URL, or its fragment alone.
///
/// # Errors
/// Which of the things that are no certificate it is (spec/qr.md).
pub fn read_text(text: &str) -> Result<QrPayload, ScanError> {
    if text.len() > SCANNED_TEXT_BYTES {
        return Err(ScanError::NotRecognised);
    }
    let text = if every_byte(text, |byte| byte.is_ascii_graphic()) {
        Cow::Borrowed(text)
    } else {
        fold(text).into()
    };
    let (has_mark, fragment) = fragment(&text);
    let fragment = match every_byte(fragment, |byte| byte != b'?' && byte != b'&') {
        true => fragment,
        false => fragment.split(['?', '&']).next().unwrap_or_default(),
    };
    let not_whole = if has_mark { ScanError::Incomplete } else { ScanError::NotRecognised };
    if let Some(encoded) = fragment.strip_prefix(['u', 'U']) {
        if !encoded.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_') {
            return Err(ScanError::NotRecognised);
        }
        // Any word that begins with u comes here: without a mark, only a whole payload is one.
        let bytes = base64::decode_url(encoded).ok_or_else(|| not_whole.clone())?;
        return QrPayload::parse(&bytes).map_err(|e| if e == ScanError::Incomplete { not_whole } else { e });
    }
    if fragment.is_empty() {
        return Err(not_whole);
    }
    if !has_mark && is_number(fragment) {
        return Err(ScanError::NeedsLookup);
    }
    match from_digits(fragment) {
        Ok(bytes) => QrPayload::parse(&bytes),
        Err(DigitsError::NotADigit) => Err(ScanError::NotRecognised),
        Err(DigitsError::Length | DigitsError::ChunkTooLarge) => Err(ScanError::Incomplete),
    }
}

/// A text without white space, line breaks and characters of no width, full-width forms as ASCII.
/// What a person types through a Chinese input method comes out as the digits that were meant.
pub fn fold(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !is_invisible(*c)).map(narrow).collect()
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{FEFF}' | '\u{200B}'..='\u{200D}' | '\u{2060}')
}

/// U+FF01 to U+FF5E stand 0xFEE0 above the ASCII characters that they are wide forms of.
fn narrow(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c).saturating_sub(0xFEE0)).unwrap_or(c),
        _ => c,
    }
}

/// What follows the last `#` or `%23`, and whether there is one.
fn fragment(text: &str) -> (bool, &str) {
    let after = text.rsplit_once('#').map_or(text, |(_, after)| after);
    let after = match after.contains('%') {
        true => after.rsplit_once("%23").map_or(after, |(_, after)| after),
        false => after,
    };
    (after.len() < text.len(), after)
}

fn is_number(text: &str) -> bool {
    let is_digits = text.bytes().all(|b| b.is_ascii_digit());
    is_digits && (text.len() == CertificateNumber::LEN || text.len() == WindowCode::LEN)
}
