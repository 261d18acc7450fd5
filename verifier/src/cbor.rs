//! The subset of deterministic CBOR (RFC 8949 §4.2.1) that a core is written in (spec/core.md).
//!
//! ```text
//! A2 00 01 02 63 E6B8AD          {0: 1, 2: "渭"}
//! ```
//!
//! Here: unsigned integers, byte strings, text, heads of arrays and maps, in their shortest form and nothing else.
//! Not here: the order of keys and the shape of anything; the reader of a core asks for what must come next.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::error::Refused;

const UNSIGNED: u8 = 0;
const BYTES: u8 = 2;
const TEXT: u8 = 3;
const ARRAY: u8 = 4;
const MAP: u8 = 5;

/// Writes items one after the other.
#[derive(Default)]
pub struct Writer {
    out: Vec<u8>,
}

impl Writer {
    /// An empty one.
    pub fn new() -> Writer {
        Writer::default()
    }

    /// An unsigned integer.
    pub fn unsigned(&mut self, n: u64) -> &mut Writer {
        self.head(UNSIGNED, n)
    }

    /// A byte string.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Writer {
        self.head(BYTES, length(bytes));
        self.out.extend_from_slice(bytes);
        self
    }

    /// A text.
    pub fn text(&mut self, text: &str) -> &mut Writer {
        self.head(TEXT, length(text.as_bytes()));
        self.out.extend_from_slice(text.as_bytes());
        self
    }

    /// The head of an array; its `count` elements follow.
    pub fn array(&mut self, count: u64) -> &mut Writer {
        self.head(ARRAY, count)
    }

    /// The head of a map; its `count` pairs of key and value follow, keys ascending.
    pub fn map(&mut self, count: u64) -> &mut Writer {
        self.head(MAP, count)
    }

    /// All that was written.
    pub fn finish(self) -> Vec<u8> {
        self.out
    }

    /// Major type and argument in the shortest form.
    fn head(&mut self, major: u8, argument: u64) -> &mut Writer {
        let major = major.wrapping_shl(5);
        let bytes = argument.to_be_bytes();
        let (info, used) = match argument {
            0..=23 => (bytes[7], 0),
            24..=0xFF => (24, 1),
            0x100..=0xFFFF => (25, 2),
            0x1_0000..=0xFFFF_FFFF => (26, 4),
            _ => (27, 8),
        };
        self.out.push(major | info);
        self.out.extend_from_slice(bytes.get(8usize.saturating_sub(used)..).unwrap_or(&[]));
        self
    }
}

/// Reads items one after the other. Every refusal says at which byte.
pub struct Reader<'a> {
    format: &'static str,
    length: usize,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads `bytes`, called `format` in refusals.
    pub fn new(format: &'static str, bytes: &'a [u8]) -> Reader<'a> {
        Reader { format, length: bytes.len(), rest: bytes }
    }

    /// An unsigned integer.
    ///
    /// # Errors
    /// If another item comes next, or it is not in its shortest form.
    pub fn unsigned(&mut self) -> Result<u64, Refused> {
        self.head(UNSIGNED)
    }

    /// A byte string.
    ///
    /// # Errors
    /// If another item comes next, or it is longer than what is left.
    pub fn bytes(&mut self) -> Result<&'a [u8], Refused> {
        let length = self.head(BYTES)?;
        self.take(length)
    }

    /// A byte string of exactly N bytes.
    ///
    /// # Errors
    /// As [`Reader::bytes`], and if it has another length.
    pub fn bytes_of<const N: usize>(&mut self) -> Result<[u8; N], Refused> {
        let bytes = self.bytes()?;
        bytes.try_into().map_err(|_| self.refuse(format!("{} bytes where {N} are wanted", bytes.len())))
    }

    /// A text.
    ///
    /// # Errors
    /// If another item comes next, it is longer than what is left, or is not UTF-8.
    pub fn text(&mut self) -> Result<&'a str, Refused> {
        let length = self.head(TEXT)?;
        let bytes = self.take(length)?;
        core::str::from_utf8(bytes).map_err(|_| self.refuse("text that is not UTF-8"))
    }

    /// The head of an array: its number of elements, no more than there are bytes left.
    ///
    /// # Errors
    /// If another item comes next.
    pub fn array(&mut self) -> Result<usize, Refused> {
        let count = self.head(ARRAY)?;
        self.count(count, 1)
    }

    /// The head of an array of exactly `count` elements.
    ///
    /// # Errors
    /// As [`Reader::array`], and if it has another number.
    pub fn array_of(&mut self, count: usize) -> Result<(), Refused> {
        match self.array()? {
            n if n == count => Ok(()),
            n => Err(self.refuse(format!("an array of {n} where {count} elements are wanted"))),
        }
    }

    /// The head of a map: its number of pairs, no more than there are bytes left for.
    ///
    /// # Errors
    /// If another item comes next.
    pub fn map(&mut self) -> Result<usize, Refused> {
        let count = self.head(MAP)?;
        self.count(count, 2)
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// If bytes are left.
    pub fn end(&self) -> Result<(), Refused> {
        if self.rest.is_empty() { Ok(()) } else { Err(self.refuse("bytes after the end")) }
    }

    /// A refusal at the present place.
    pub fn refuse(&self, what: impl Into<String>) -> Refused {
        let at = self.length.saturating_sub(self.rest.len());
        Refused::new(self.format, format!("byte {at}"), what)
    }

    fn head(&mut self, major: u8) -> Result<u64, Refused> {
        let first = self.rest.first().copied().ok_or_else(|| self.refuse("ends too early"))?;
        if first.wrapping_shr(5) != major {
            return Err(self.refuse(format!(
                "{} where {} is wanted",
                name(first.wrapping_shr(5)),
                name(major)
            )));
        }
        let info = first & 0x1F;
        let (used, least) = match info {
            0..=23 => (0, 0),
            24 => (1, 24),
            25 => (2, 0x100),
            26 => (4, 0x1_0000),
            27 => (8, 0x1_0000_0000),
            31 => return Err(self.refuse("an indefinite length; lengths are said beforehand")),
            _ => return Err(self.refuse("a head that CBOR does not know")),
        };
        let argument = self.rest.get(1..=used).ok_or_else(|| self.refuse("ends too early"))?;
        let argument = argument.iter().fold(0u64, |n, byte| n.wrapping_shl(8) | u64::from(*byte));
        let argument = if used == 0 { u64::from(info) } else { argument };
        if argument < least {
            return Err(self.refuse("longer than the shortest form"));
        }
        self.rest = self.rest.get(used.saturating_add(1)..).unwrap_or(&[]);
        Ok(argument)
    }

    fn take(&mut self, length: u64) -> Result<&'a [u8], Refused> {
        let parts = usize::try_from(length).ok().and_then(|length| self.rest.split_at_checked(length));
        let (taken, rest) = parts.ok_or_else(|| self.refuse("a length beyond the end"))?;
        self.rest = rest;
        Ok(taken)
    }

    fn count(&self, count: u64, bytes_each: usize) -> Result<usize, Refused> {
        let count = usize::try_from(count).ok();
        count
            .filter(|n| n.checked_mul(bytes_each).is_some_and(|least| least <= self.rest.len()))
            .ok_or_else(|| self.refuse("a count of more than the bytes that are left"))
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

fn name(major: u8) -> String {
    match major {
        UNSIGNED => "an unsigned integer",
        1 => "a negative integer",
        BYTES => "a byte string",
        TEXT => "a text",
        ARRAY => "an array",
        MAP => "a map",
        6 => "a tag",
        _ => "a float or simple value",
    }
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// RFC 8949 Appendix A, the rows that the subset can write.
    #[test]
    fn known_answers() {
        for (n, hex) in [
            (0, "00"),
            (10, "0a"),
            (23, "17"),
            (24, "1818"),
            (100, "1864"),
            (1000, "1903e8"),
            (1_000_000, "1a000f4240"),
            (1_000_000_000_000, "1b000000e8d4a51000"),
            (u64::MAX, "1bffffffffffffffff"),
        ] {
            let mut writer = Writer::new();
            writer.unsigned(n);
            let bytes = writer.finish();
            assert_eq!(bytes.iter().map(|b| format!("{b:02x}")).collect::<String>(), hex);
            assert_eq!(Reader::new("x", &bytes).unsigned(), Ok(n));
        }
        let mut writer = Writer::new();
        writer.map(1).unsigned(1).array(3).bytes(&[1, 2, 3, 4]).text("水").unsigned(0);
        assert_eq!(writer.finish(), [0xa1, 1, 0x83, 0x44, 1, 2, 3, 4, 0x63, 0xe6, 0xb0, 0xb4, 0]);
    }

    #[test]
    fn what_is_refused() {
        for bytes in [
            &[0x18, 23][..],
            &[0x19, 0, 255],
            &[0x1a, 0, 0, 255, 255],
            &[0x1b, 0, 0, 0, 0, 255, 255, 255, 255],
            &[0x1c],
            &[0x1f],
            &[0x20],
            &[0xc0, 0],
            &[0xf4],
            &[0x19, 1],
            &[],
        ] {
            assert!(Reader::new("x", bytes).unsigned().is_err(), "{bytes:x?}");
        }
        assert!(Reader::new("x", &[0x5f, 0x41, 0, 0xff]).bytes().is_err());
        assert!(Reader::new("x", &[0x42, 0]).bytes().is_err());
        assert!(Reader::new("x", &[0x5b, 255, 255, 255, 255, 255, 255, 255, 255]).bytes().is_err());
        assert!(Reader::new("x", &[0x62, 0xc3, 0x28]).text().is_err());
        assert!(Reader::new("x", &[0x9a, 255, 255, 255, 255, 0]).array().is_err());
        assert!(Reader::new("x", &[0xbb, 127, 255, 255, 255, 255, 255, 255, 255]).map().is_err());
        assert!(Reader::new("x", &[0xa1, 0]).map().is_err());
        assert!(Reader::new("x", &[0x9f, 0xff]).array().is_err());
        assert!(Reader::new("x", &[0]).end().is_err());
    }

    proptest! {
        #[test]
        fn what_reads_is_the_one_writing(bytes: [u8; 9]) {
            let mut reader = Reader::new("x", &bytes);
            if let Ok(n) = reader.unsigned() {
                let mut writer = Writer::new();
                writer.unsigned(n);
                let written = writer.finish();
                prop_assert_eq!(&bytes[..bytes.len() - reader.rest.len()], &written[..]);
            }
        }
    }
}
