//! Recursive Length Prefix, the reading half: one encoding of every value, everything else refused.
//!
//! The writing half is the crate `rlp`; the two were written apart and meet in the tests.

use crate::error::Refused;

/// A string of bytes or a list.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Item<'a> {
    /// Bytes.
    Bytes(&'a [u8]),
    /// A list: the items in it, encoded.
    List(&'a [u8]),
}

/// Reads items one after the other.
#[derive(Clone)]
pub(super) struct Reader<'a> {
    format: &'static str,
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads the items of the one list that `bytes` are.
    pub fn of_list(format: &'static str, bytes: &'a [u8]) -> Result<Reader<'a>, Refused> {
        let mut outer = Reader { format, rest: bytes };
        let inner = outer.list("")?;
        outer.end()?;
        Ok(inner)
    }

    /// The next item; `at` names it in a refusal.
    pub fn item(&mut self, at: &str) -> Result<Item<'a>, Refused> {
        let bad = |what: &str| Refused::new(self.format, at, what);
        let (first, rest) = self.rest.split_first().ok_or_else(|| bad("ends before it"))?;
        let (list, length, rest) = match *first {
            // A byte below 0x80 is itself.
            0..=0x7f => {
                let (item, rest) = self.rest.split_at_checked(1).ok_or_else(|| bad("ends before it"))?;
                self.rest = rest;
                return Ok(Item::Bytes(item));
            }
            short @ 0x80..=0xb7 => (false, usize::from(short & 0x3f), rest),
            short @ 0xc0..=0xf7 => (true, usize::from(short & 0x3f), rest),
            long => {
                // 0xb8..=0xbf and 0xf8..=0xff: 1 to 8 bytes of length follow.
                let digits = usize::from(long & 0x07).saturating_add(1);
                let (digits, rest) =
                    rest.split_at_checked(digits).ok_or_else(|| bad("ends in its length"))?;
                if digits.first() == Some(&0) {
                    return Err(bad("has a length with a leading zero"));
                }
                let length = digits.iter().fold(0u64, |length, digit| (length << 8) | u64::from(*digit));
                let length = usize::try_from(length).map_err(|_| bad("is longer than what is there"))?;
                if length <= 55 {
                    return Err(bad("has a long form of a short length"));
                }
                (long >= 0xf8, length, rest)
            }
        };
        let (item, rest) =
            rest.split_at_checked(length).ok_or_else(|| bad("is longer than what is there"))?;
        if let (false, [byte]) = (list, item)
            && *byte < 0x80
        {
            return Err(bad("has a length where a byte stands for itself"));
        }
        self.rest = rest;
        Ok(if list { Item::List(item) } else { Item::Bytes(item) })
    }

    /// The next item, which has to be bytes.
    pub fn bytes(&mut self, at: &str) -> Result<&'a [u8], Refused> {
        match self.item(at)? {
            Item::Bytes(bytes) => Ok(bytes),
            Item::List(_) => Err(Refused::new(self.format, at, "is a list where bytes are wanted")),
        }
    }

    /// The next item, which has to be exactly N bytes.
    pub fn array<const N: usize>(&mut self, at: &str) -> Result<[u8; N], Refused> {
        let bytes = self.bytes(at)?;
        bytes.try_into().map_err(|_| Refused::new(self.format, at, alloc::format!("has to be {N} bytes")))
    }

    /// The next item, which has to be a number of at most 16 bytes without leading zeros.
    pub fn number(&mut self, at: &str) -> Result<u128, Refused> {
        let bytes = self.scalar::<16>(at)?;
        Ok(u128::from_be_bytes(bytes))
    }

    /// The next item, which has to be a number below 2^64.
    pub fn small(&mut self, at: &str) -> Result<u64, Refused> {
        let number = self.number(at)?;
        u64::try_from(number).map_err(|_| Refused::new(self.format, at, "is 2^64 or more"))
    }

    /// The next item, which has to be a number of at most N bytes without leading zeros; padded to N.
    pub fn scalar<const N: usize>(&mut self, at: &str) -> Result<[u8; N], Refused> {
        let bytes = self.bytes(at)?;
        if bytes.first() == Some(&0) {
            return Err(Refused::new(self.format, at, "is a number with a leading zero"));
        }
        let start = N.checked_sub(bytes.len());
        let start =
            start.ok_or_else(|| Refused::new(self.format, at, alloc::format!("is longer than {N} bytes")))?;
        let mut padded = [0; N];
        if let Some(place) = padded.get_mut(start..) {
            place.copy_from_slice(bytes);
        }
        Ok(padded)
    }

    /// The next item, which has to be a list.
    pub fn list(&mut self, at: &str) -> Result<Reader<'a>, Refused> {
        match self.item(at)? {
            Item::List(rest) => Ok(Reader { format: self.format, rest }),
            Item::Bytes(_) => Err(Refused::new(self.format, at, "is bytes where a list is wanted")),
        }
    }

    /// Whether nothing follows.
    pub fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// Refuses anything that follows.
    pub fn end(&self) -> Result<(), Refused> {
        if self.is_empty() { Ok(()) } else { Err(Refused::new(self.format, "", "goes on after its end")) }
    }
}
