//! ID numbers of natural persons, GB 11643-1999.
//!
//! ```text
//! 619900 19850101 001 0      region · birthday · sequence · check
//! ```
//!
//! The number is the most private thing that the office handles: it has no `Display`, its `Debug` shows nothing, it is
//! wiped when dropped, and no fault repeats any of it.

use core::fmt;

use zeroize::Zeroizing;

use crate::calendar::Day;
use crate::refusal::{Refusal, RefusalCode};

/// Weights of characters 1 to 17.
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character by the sum modulo 11.
const CHECKS: [&str; 11] = ["1", "0", "X", "9", "8", "7", "6", "5", "4", "3", "2"];
/// Characters of a number.
const LENGTH: usize = 18;

/// An ID number with a real birthday and a right check character.
#[derive(Clone, PartialEq, Eq)]
pub struct PersonId(Zeroizing<String>);

impl PersonId {
    /// Reads an exact number: 17 digits and a digit or upper-case `X`.
    ///
    /// # Errors
    /// [`PersonIdFault`]: the form, the birthday (1900 or later; not after `today`, where that is given), the check.
    pub fn parse(text: &str, today: Option<Day>) -> Result<Self, PersonIdFault> {
        let (digits, last) = text.split_at_checked(LENGTH - 1).ok_or(PersonIdFault::Form)?;
        if !digits.bytes().all(|b| b.is_ascii_digit()) || !matches!(last.as_bytes(), [b'0'..=b'9' | b'X']) {
            return Err(PersonIdFault::Form);
        }
        let digits: Vec<u32> = digits.bytes().map(|b| u32::from(b - b'0')).collect();
        let number = |from: usize, to: usize| digits[from..to].iter().fold(0, |n, d| n * 10 + d);
        let birthday = Day::new(number(6, 10), number(10, 12), number(12, 14)).ok_or(PersonIdFault::Date)?;
        if today.is_some_and(|today| birthday > today) {
            return Err(PersonIdFault::Date);
        }
        let sum: u32 = digits.iter().zip(WEIGHTS).map(|(d, w)| d * w).sum();
        if CHECKS[(sum % 11) as usize] != last {
            return Err(PersonIdFault::Check);
        }
        Ok(PersonId(Zeroizing::new(text.to_owned())))
    }

    /// The number. Goes into a disclosure of its own and nowhere else.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PersonId(…)")
    }
}

/// Why a text is no ID number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PersonIdFault {
    /// Not 17 digits and a digit or `X`.
    Form,
    /// No real birthday, or one that is yet to come.
    Date,
    /// The check character is wrong.
    Check,
}

impl PersonIdFault {
    /// The refusal of the value at `at`. The value is not repeated.
    pub fn refusal(self, at: impl Into<String>) -> Refusal {
        Refusal::new(match self {
            PersonIdFault::Form => RefusalCode::PersonIdForm,
            PersonIdFault::Date => RefusalCode::PersonIdDate,
            PersonIdFault::Check => RefusalCode::PersonIdCheck,
        })
        .at(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_numbers_are_taken() {
        // The last is the standard's own example, GB 11643-1999 §4.
        for text in [
            "619900198501010010",
            "619900199912310020",
            "619900200002290038",
            "619900197006150046",
            "11010519491231002X",
        ] {
            assert_eq!(PersonId::parse(text, None).unwrap().reveal(), text);
        }
    }

    #[test]
    fn each_fault_is_named() {
        let fault = |text: &str| PersonId::parse(text, Day::new(2026, 11, 22)).unwrap_err();
        for text in
            ["", "61990019850101001", "6199001985010100100", "61990019850101001A", "61990O198501010010"]
        {
            assert_eq!(fault(text), PersonIdFault::Form, "{text}");
        }
        assert_eq!(fault("11010519491231002x"), PersonIdFault::Form);
        for text in ["619900198502300010", "619900198513010010", "619900189901010010", "619900202611230010"] {
            assert_eq!(fault(text), PersonIdFault::Date, "{text}");
        }
        assert_eq!(fault("619900198501010011"), PersonIdFault::Check);
        assert_eq!(fault("619900198501100010"), PersonIdFault::Check);
    }

    #[test]
    fn debug_shows_nothing() {
        assert_eq!(format!("{:?}", PersonId::parse("619900198501010010", None).unwrap()), "PersonId(…)");
    }
}
