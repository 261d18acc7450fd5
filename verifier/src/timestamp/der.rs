//! The few forms of DER (X.690) that timestamps need: values one after the other, each with a tag of one byte and the
//! shortest definite length.
//!
//! ```text
//! 30 06  02 01 05  02 01 07      a SEQUENCE of two INTEGERs
//! ```

use super::TimestampError;

pub(super) const BOOLEAN: u8 = 0x01;
pub(super) const INTEGER: u8 = 0x02;
pub(super) const BIT_STRING: u8 = 0x03;
pub(super) const OCTET_STRING: u8 = 0x04;
pub(super) const NULL: u8 = 0x05;
pub(super) const OID: u8 = 0x06;
pub(super) const UTF8_STRING: u8 = 0x0c;
pub(super) const UTC_TIME: u8 = 0x17;
pub(super) const GENERALIZED_TIME: u8 = 0x18;
pub(super) const SEQUENCE: u8 = 0x30;
pub(super) const SET: u8 = 0x31;

/// `[n]` around a value, or in the place of a SEQUENCE's or SET's tag.
pub(super) const fn constructed(n: u8) -> u8 {
    0xa0 | n
}

/// `[n]` in the place of another tag.
pub(super) const fn primitive(n: u8) -> u8 {
    0x80 | n
}

pub(super) fn malformed<T>(what: &'static str) -> Result<T, TimestampError> {
    Err(TimestampError::Malformed(what))
}

/// One value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Value<'a> {
    pub(super) tag: u8,
    /// Without tag and length.
    pub(super) body: &'a [u8],
    /// With them.
    pub(super) whole: &'a [u8],
}

impl<'a> Value<'a> {
    /// What is in a SEQUENCE, SET or `[n]`.
    pub(super) fn inside(&self) -> Reader<'a> {
        Reader(self.body)
    }
}

/// Values one after the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn of(bytes: &'a [u8]) -> Reader<'a> {
        Reader(bytes)
    }

    /// The one value that these bytes are, which has to have this tag.
    pub(super) fn only(bytes: &'a [u8], tag: u8) -> Result<Value<'a>, TimestampError> {
        let mut reader = Reader(bytes);
        let value = reader.value(tag)?;
        reader.end()?;
        Ok(value)
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn end(&self) -> Result<(), TimestampError> {
        if self.0.is_empty() { Ok(()) } else { malformed("something follows where nothing may") }
    }

    pub(super) fn any(&mut self) -> Result<Value<'a>, TimestampError> {
        let (value, rest) = split(self.0)?;
        self.0 = rest;
        Ok(value)
    }

    /// The next value, which has to have this tag.
    pub(super) fn value(&mut self, tag: u8) -> Result<Value<'a>, TimestampError> {
        let value = self.any()?;
        if value.tag == tag { Ok(value) } else { malformed("a value of another kind is wanted") }
    }

    /// The next value if it has this tag.
    pub(super) fn optional(&mut self, tag: u8) -> Result<Option<Value<'a>>, TimestampError> {
        if self.0.first() == Some(&tag) { self.any().map(Some) } else { Ok(None) }
    }

    /// What is in the next value, a SEQUENCE.
    pub(super) fn sequence(&mut self) -> Result<Reader<'a>, TimestampError> {
        self.value(SEQUENCE).map(|value| value.inside())
    }

    /// The body of the next value, an object identifier.
    pub(super) fn oid(&mut self) -> Result<&'a [u8], TimestampError> {
        let body = self.value(OID)?.body;
        if super::oid::is_oid(body) { Ok(body) } else { malformed("an object identifier is wanted") }
    }

    /// The bytes of the next value, an INTEGER in its shortest form.
    pub(super) fn integer(&mut self) -> Result<&'a [u8], TimestampError> {
        integer(self.value(INTEGER)?.body)
    }

    /// The next value, an INTEGER from 0 to 2^32 − 1.
    pub(super) fn small(&mut self) -> Result<u32, TimestampError> {
        small(self.integer()?)
    }

    /// Whole bytes of the next value, a BIT STRING without unused bits.
    pub(super) fn bits(&mut self) -> Result<&'a [u8], TimestampError> {
        match self.value(BIT_STRING)?.body {
            [0, bytes @ ..] => Ok(bytes),
            _ => malformed("a BIT STRING of whole bytes is wanted"),
        }
    }

    /// The next value if it is a BOOLEAN; false where it is not. A false one that is written out, which DER leaves out, is
    /// taken: certificates of many authorities have one, and they are not encoded again here.
    pub(super) fn flag(&mut self) -> Result<bool, TimestampError> {
        match self.optional(BOOLEAN)?.map(|value| value.body) {
            None | Some([0]) => Ok(false),
            Some([0xff]) => Ok(true),
            Some(_) => malformed("a BOOLEAN is neither true nor false"),
        }
    }
}

/// Bytes of an INTEGER in its shortest form.
pub(super) fn integer(body: &[u8]) -> Result<&[u8], TimestampError> {
    match body {
        [] => malformed("an INTEGER is empty"),
        [0x00, next, ..] if next & 0x80 == 0 => malformed("an INTEGER is longer than it has to be"),
        [0xff, next, ..] if next & 0x80 != 0 => malformed("an INTEGER is longer than it has to be"),
        _ => Ok(body),
    }
}

/// A number from 0 to 2^32 − 1 of an INTEGER's bytes.
pub(super) fn small(body: &[u8]) -> Result<u32, TimestampError> {
    let digits = match body {
        [0x00, rest @ ..] => rest,
        [first, ..] if first & 0x80 != 0 => return malformed("a number is below zero"),
        all => all,
    };
    if digits.len() > 4 {
        return malformed("a number is too large");
    }
    Ok(digits.iter().fold(0, |sum: u32, byte| sum.wrapping_shl(8) | u32::from(*byte)))
}

/// The first value, and what follows it. Lengths of up to 2^24 − 1 bytes, far above what is ever read here.
fn split(bytes: &[u8]) -> Result<(Value<'_>, &[u8]), TimestampError> {
    let cut = || TimestampError::Malformed("it ends too early");
    let [tag, first, rest @ ..] = bytes else { return Err(cut()) };
    if tag & 0x1f == 0x1f {
        return malformed("a tag of more than one byte");
    }
    let (length, rest) = match (*first, rest) {
        (0..=0x7f, rest) => (usize::from(*first), rest),
        (0x81, [a, rest @ ..]) if *a >= 0x80 => (usize::from(*a), rest),
        (0x82, [a, b, rest @ ..]) if *a > 0 => (usize::from(u16::from_be_bytes([*a, *b])), rest),
        (0x83, [a, b, c, rest @ ..]) if *a > 0 => {
            (usize::try_from(u32::from_be_bytes([0, *a, *b, *c])).unwrap_or(usize::MAX), rest)
        }
        (0x81..=0x83, [] | [_] | [_, _]) => return Err(cut()),
        _ => return malformed("a length is not in its one form"),
    };
    let (body, after) = rest.split_at_checked(length).ok_or_else(cut)?;
    let whole = bytes.get(..bytes.len().saturating_sub(after.len())).ok_or_else(cut)?;
    Ok((Value { tag: *tag, body, whole }, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lengths_have_one_form() {
        for good in [
            &[4, 1, 9][..],
            &[[4, 0x81, 0x80].as_slice(), &[9; 0x80]].concat(),
            &[[4, 0x82, 1, 0].as_slice(), &[9; 256]].concat(),
        ] {
            assert_eq!(Reader::only(good, OCTET_STRING).unwrap().whole, good);
        }
        for bad in [
            &[4][..],
            &[4, 2, 9],
            &[4, 1, 9, 9],
            &[4, 0x80, 9, 0, 0],
            &[4, 0x81, 1, 9],
            &[[4, 0x82, 0, 0x80].as_slice(), &[9; 0x80]].concat(),
            &[4, 0x84, 0, 0, 0, 1, 9],
            &[0x1f, 1, 9],
        ] {
            assert!(Reader::only(bad, bad[0]).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn numbers() {
        for (bytes, number) in
            [(&[0][..], 0), (&[0, 0xff], 255), (&[1, 0], 256), (&[0, 0xff, 0xff, 0xff, 0xff], u32::MAX)]
        {
            assert_eq!(integer(bytes).and_then(small), Ok(number));
        }
        for bad in [&[][..], &[0, 1], &[0xff, 0x80], &[0x80], &[1, 0, 0, 0, 0]] {
            assert!(integer(bad).and_then(small).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn no_input_panics(bytes: Vec<u8>) {
            let mut reader = Reader::of(&bytes);
            while let Ok(value) = reader.any() {
                prop_assert!(value.whole.ends_with(value.body));
            }
        }
    }
    use alloc::vec::Vec;
}
