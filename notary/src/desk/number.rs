//! The number of a receipt (回执编号).
//!
//! ```text
//! 202611225830174629401785        the day, 14 random digits, 2 check digits (ISO 7064 MOD 97-10)
//! 2026 1122 5830 1746 2940 1785   as it is printed, in fours
//! ```
//!
//! 24 digits, so that no certificate number (22) or window code (32) is taken for one. Guessing finds one of a day's ten
//! thousand with a chance of 10^-10. Not here: looking it up.

use std::fmt;

use crate::office::random_digits;
use crate::refusal::{Refusal, RefusalCode};
use verifier::time::Time;

/// A receipt's number.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiptNumber([u8; 24]);

impl ReceiptNumber {
    /// Digits of a number.
    pub const LEN: usize = 24;

    /// Reads a number. Spaces and dashes between digits are forgiven, full-width digits too.
    ///
    /// # Errors
    /// `RECEIPT_NUMBER` where it has not 24 digits or the check digits do not fit.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let wrong = || Refusal::new(RefusalCode::ReceiptNumber);
        let mut digits = Vec::with_capacity(Self::LEN);
        for c in text.chars().take(4 * Self::LEN) {
            match c {
                '0'..='9' => digits.push(c as u8),
                '０'..='９' => digits.push((u32::from(c) - u32::from('０')) as u8 + b'0'),
                ' ' | '\u{3000}' | '-' | '\t' | '\r' | '\n' => {}
                _ => return Err(wrong()),
            }
        }
        let digits: [u8; 24] = digits.try_into().map_err(|_| wrong())?;
        match remainder(&digits) {
            1 => Ok(ReceiptNumber(digits)),
            _ => Err(wrong()),
        }
    }

    /// A fresh one of this day.
    pub(super) fn fresh(now: Time) -> Result<Self, Refusal> {
        let (year, month, day) = now.china_date().to_ymd();
        let start = format!("{year:04}{month:02}{day:02}{}", random_digits::<14>()?);
        let check = 98 - remainder(format!("{start}00").as_bytes());
        Self::parse(&format!("{start}{check:02}"))
    }

    /// The 24 digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// In groups of four, as it is printed and read out.
    pub fn grouped(&self) -> String {
        let groups: Vec<&str> = self.0.chunks(4).filter_map(|four| std::str::from_utf8(four).ok()).collect();
        groups.join(" ")
    }
}

/// The digits' number modulo 97.
fn remainder(digits: &[u8]) -> u32 {
    digits.iter().fold(0, |r, digit| (r * 10 + u32::from(digit - b'0')) % 97)
}

impl fmt::Display for ReceiptNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for ReceiptNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn every_digit_counts() {
        let number = ReceiptNumber::fresh(samples::now()).unwrap();
        assert!(number.as_str().starts_with("20261122"));
        assert_eq!(ReceiptNumber::parse(&number.grouped()).unwrap(), number);
        for place in 0..24 {
            let mut other = number.0;
            other[place] = if other[place] == b'9' { b'0' } else { other[place] + 1 };
            let text = String::from_utf8(other.to_vec()).unwrap();
            assert!(ReceiptNumber::parse(&text).is_err(), "{place}");
        }
    }

    #[test]
    fn other_numbers_are_none() {
        for text in [
            "",
            "2026112240170938612531",
            "20261122401709386125315390217746",
            "<b>",
            "x".repeat(9999).as_str(),
        ] {
            assert_eq!(ReceiptNumber::parse(text).unwrap_err().code(), RefusalCode::ReceiptNumber);
        }
        let number = ReceiptNumber::fresh(samples::now()).unwrap();
        let wide: String =
            number.as_str().chars().filter_map(|c| char::from_u32(c as u32 - 0x30 + 0xff10)).collect();
        assert_eq!(ReceiptNumber::parse(&wide).unwrap(), number);
    }
}
