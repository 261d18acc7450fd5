//! The digits of a QR code: the coding of CTAP 2.2 hybrid transport, 98.8 % of a numeric segment's capacity.
//!
//! ```text
//! 7 bytes, as a little-endian integer  →  17 digits          a rest of 1 to 6 bytes  →  3, 5, 8, 10, 13, 15 digits
//! ```

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Bytes of a chunk.
const CHUNK: usize = 7;
/// Digits of a chunk of 0 to 7 bytes.
const DIGITS: [usize; 8] = [0, 3, 5, 8, 10, 13, 15, 17];
/// Digits of a full chunk.
const FULL: usize = 17;

/// Why digits stand for no bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DigitsError {
    /// Something else than the digits 0 to 9.
    NotADigit,
    /// No bytes have so many digits.
    Length,
    /// A chunk stands for more bytes than its length says.
    ChunkTooLarge,
}

/// The digits of these bytes.
pub fn to_digits(bytes: &[u8]) -> String {
    let mut out = String::new();
    for chunk in bytes.chunks(CHUNK) {
        let value = chunk.iter().rev().fold(0u64, |value, byte| value.wrapping_shl(8) | u64::from(*byte));
        let width = DIGITS.get(chunk.len()).copied().unwrap_or(FULL);
        out.push_str(&format!("{value:0width$}"));
    }
    out
}

/// The bytes of these digits: the inverse of [`to_digits`], and nothing else.
///
/// # Errors
/// If no bytes have these digits.
pub fn from_digits(digits: &str) -> Result<Vec<u8>, DigitsError> {
    if !every_byte(digits, |byte| byte.is_ascii_digit()) {
        return Err(DigitsError::NotADigit);
    }
    let mut out = Vec::with_capacity(digits.len().div_ceil(FULL).saturating_mul(CHUNK));
    for chunk in digits.as_bytes().chunks(FULL) {
        let length = DIGITS.iter().position(|d| *d == chunk.len()).ok_or(DigitsError::Length)?;
        // 17 digits are below 10^17 < 2^64.
        let value = chunk.iter().fold(0u64, |value, digit| {
            value.wrapping_mul(10).wrapping_add(u64::from(digit.wrapping_sub(b'0')))
        });
        let bytes = value.to_le_bytes();
        let (used, rest) = bytes.split_at_checked(length).unwrap_or((&bytes, &[]));
        if rest.iter().any(|byte| *byte != 0) {
            return Err(DigitsError::ChunkTooLarge);
        }
        out.extend_from_slice(used);
    }
    Ok(out)
}

/// Whether this is so of each byte. Looks at all of them without stopping early, which compilers do many at a time: a
/// scanned text is long and nearly always good.
pub(super) fn every_byte(text: &str, is_so: impl Fn(u8) -> bool) -> bool {
    text.bytes().fold(true, |so_far, byte| so_far & is_so(byte))
}
