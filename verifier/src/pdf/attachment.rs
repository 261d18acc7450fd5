//! The one embedded file of a PDF, found by going through the bytes: streams can't lie inside other objects.

use alloc::vec::Vec;

use miniz_oxide::inflate::decompress_to_vec_zlib_with_limit;

use super::Why;
use super::dictionary::{Dictionary, is_space, number};
use crate::limits::CERTIFICATE_BYTES;

/// Digits of an object's number or generation.
const NUMBER_DIGITS: usize = 10;
/// White space between the words of `7 0 obj`.
const SPACES: usize = 16;

/// The bytes of the attachment.
pub(super) fn find(bytes: &[u8]) -> Result<Vec<u8>, Why> {
    let mut found = None;
    let mut at = 0;
    while let Some((after, _)) = next_object(bytes, at) {
        let rest = bytes.get(after..).unwrap_or_default();
        let (dictionary, read) = Dictionary::read(rest);
        at = after.saturating_add(read);
        let Some(dictionary) = dictionary.filter(|d| d.get(b"/Type") == Some(&[b"/EmbeddedFile"])) else {
            continue;
        };
        let Some(data) = bytes.get(at..).and_then(stream) else { continue };
        if found.is_some() {
            return Err(Why::SeveralAttachments);
        }
        let encoded = encoded(bytes, &dictionary, data);
        if let Some(encoded) = encoded {
            at = bytes.len().saturating_sub(data.len()).saturating_add(encoded.len());
        }
        found = Some(encoded.and_then(|encoded| decoded(&dictionary, encoded)).ok_or(Why::Unreadable));
    }
    found.unwrap_or(Err(Why::NoAttachment))
}

/// An object's number and generation, as they are written.
type ObjectName<'a> = (&'a [u8], &'a [u8]);

/// The next `N G obj` from `at` on: where what follows begins, and its name.
fn next_object(bytes: &[u8], mut at: usize) -> Option<(usize, ObjectName<'_>)> {
    loop {
        let place = bytes.get(at..)?.windows(3).position(|window| window == b"obj")?.checked_add(at)?;
        at = place.checked_add(3)?;
        let (before, after) = (bytes.get(..place)?, bytes.get(at..)?);
        let begins = after.first().is_some_and(|byte| is_space(*byte) || *byte == b'<');
        if let Some(names) = numbers(before).filter(|_| begins) {
            return Some((at, names));
        }
    }
}

/// The two numbers that `before` ends in.
fn numbers(before: &[u8]) -> Option<ObjectName<'_>> {
    let (rest, generation) = last_number(before)?;
    let (_, number) = last_number(rest)?;
    Some((number, generation))
}

/// A number and white space behind it, at the end of `bytes`.
fn last_number(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let spaces = bytes.iter().rev().take(SPACES).take_while(|byte| is_space(**byte)).count();
    let rest = bytes.get(..bytes.len().checked_sub(spaces)?).filter(|_| spaces > 0)?;
    let digits = rest.iter().rev().take(NUMBER_DIGITS).take_while(|byte| byte.is_ascii_digit()).count();
    rest.split_at_checked(rest.len().checked_sub(digits)?).filter(|_| digits > 0)
}

/// What follows the word `stream`, to the end of the file.
fn stream(after: &[u8]) -> Option<&[u8]> {
    let data = trim(after).strip_prefix(b"stream")?;
    data.strip_prefix(b"\r\n").or_else(|| data.strip_prefix(b"\n"))
}

/// The bytes of a stream, as long as its dictionary says, if it ends there.
fn encoded<'a>(bytes: &[u8], dictionary: &Dictionary<'_>, data: &'a [u8]) -> Option<&'a [u8]> {
    let length = match dictionary.get(b"/Length")? {
        [length] => number(length)?,
        [name, generation, b"R"] => referred(bytes, name, generation)?,
        _ => return None,
    };
    let (encoded, after) = data.split_at_checked(length)?;
    let end = after.strip_prefix(b"\r\n").or_else(|| after.strip_prefix(b"\n"));
    let end = end.or_else(|| after.strip_prefix(b"\r")).unwrap_or(after);
    end.starts_with(b"endstream").then_some(encoded)
}

/// The number that is the object of this name, if there is exactly one.
fn referred(bytes: &[u8], name: &[u8], generation: &[u8]) -> Option<usize> {
    let mut found = None;
    let mut at = 0;
    while let Some((after, names)) = next_object(bytes, at) {
        at = after;
        if names != (name, generation) {
            continue;
        }
        let rest = trim(bytes.get(after..)?);
        let digits = rest.iter().take(NUMBER_DIGITS).take_while(|byte| byte.is_ascii_digit()).count();
        let (value, rest) = rest.split_at_checked(digits)?;
        if found.is_some() || !trim(rest).starts_with(b"endobj") {
            return None;
        }
        found = Some(number(value)?);
    }
    found
}

/// What the filters make of the bytes of a stream: none, or Flate alone.
fn decoded(dictionary: &Dictionary<'_>, encoded: &[u8]) -> Option<Vec<u8>> {
    if dictionary.get(b"/DecodeParms").or(dictionary.get(b"/F")).is_some() {
        return None;
    }
    match dictionary.get(b"/Filter") {
        None => (encoded.len() <= CERTIFICATE_BYTES).then(|| encoded.to_vec()),
        Some([b"/FlateDecode"]) => inflated(encoded),
        Some([array]) if only_flate(array) => inflated(encoded),
        Some(_) => None,
    }
}

/// At most a certificate file's bytes; what follows the compressed data is ignored.
fn inflated(encoded: &[u8]) -> Option<Vec<u8>> {
    decompress_to_vec_zlib_with_limit(encoded, CERTIFICATE_BYTES).ok()
}

/// `[/FlateDecode]`, with any white space inside.
fn only_flate(array: &[u8]) -> bool {
    let inner = array.strip_prefix(b"[").and_then(|rest| rest.strip_suffix(b"]"));
    inner.is_some_and(|inner| trim(inner).trim_ascii_end() == b"/FlateDecode")
}

fn trim(bytes: &[u8]) -> &[u8] {
    let spaces = bytes.iter().take_while(|byte| is_space(**byte)).count();
    bytes.get(spaces..).unwrap_or_default()
}
