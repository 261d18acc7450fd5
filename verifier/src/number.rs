//! Certificate number, check code, window code (spec/number.md).
//!
//! ```text
//! 2026112240170938612531              certificate number (证书编号), 22 digits, the last two a check
//! 5390217746                          check code (查验码), 10 digits
//! 20261122401709386125315390217746    window code (窗口码), both
//! ```
//!
//! A number looks a certificate up and proves nothing. Not here: the choice of random digits, which is the office's.

use core::fmt;

use crate::error::Refused;

/// A certificate number: 22 digits that leave 1 when divided by 97 (ISO 7064 MOD 97-10).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CertificateNumber([u8; 22]);

/// A check code: 10 random digits that the office keeps, so that nobody looks certificates up by guessing numbers.
/// It is not printed by `Debug`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CheckCode([u8; 10]);

/// A window code: certificate number and check code in one run of 32 digits, for scanners that type.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct WindowCode {
    number: CertificateNumber,
    check_code: CheckCode,
}

impl CertificateNumber {
    /// Digits of a number.
    pub const LEN: usize = 22;

    /// Reads a number.
    ///
    /// # Errors
    /// If it is not 22 ASCII digits, or its check digits are not right.
    pub fn parse(text: &str) -> Result<CertificateNumber, Refused> {
        let digits = digits::<22>("certificate number", text)?;
        match CertificateNumber::with_check(text.get(..20).unwrap_or(""))? {
            right if right.0 == digits => Ok(right),
            _ => Err(Refused::new(
                "certificate number",
                "check digits",
                "the last two digits do not fit the others; read the number again",
            )),
        }
    }

    /// The number that begins with these 20 digits: the date of issue and 12 random ones.
    ///
    /// # Errors
    /// If they are not 20 ASCII digits.
    pub fn with_check(start: &str) -> Result<CertificateNumber, Refused> {
        let start = digits::<20>("certificate number", start)?;
        // ISO 7064 pure system: the check is 98 − (100 · start mod 97), which is 02 to 98.
        let remainder = start.iter().chain(b"00").fold(0u32, |r, digit| {
            r.wrapping_mul(10).wrapping_add(u32::from(digit.wrapping_sub(b'0'))).checked_rem(97).unwrap_or(0)
        });
        let check = u8::try_from(98u32.wrapping_sub(remainder)).unwrap_or(0);
        let tens = check.checked_div(10).unwrap_or(0).wrapping_add(b'0');
        let ones = check.checked_rem(10).unwrap_or(0).wrapping_add(b'0');
        let mut number = [b'0'; 22];
        for (place, digit) in number.iter_mut().zip(start.into_iter().chain([tens, ones])) {
            *place = digit;
        }
        Ok(CertificateNumber(number))
    }

    /// The 22 digits.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }
}

impl CheckCode {
    /// Digits of a check code.
    pub const LEN: usize = 10;

    /// Reads a check code.
    ///
    /// # Errors
    /// If it is not 10 ASCII digits.
    pub fn parse(text: &str) -> Result<CheckCode, Refused> {
        digits("check code", text).map(CheckCode)
    }

    /// The 10 digits.
    pub fn as_str(&self) -> &str {
        ascii(&self.0)
    }
}

impl WindowCode {
    /// Digits of a window code.
    pub const LEN: usize = 32;

    /// Of its two parts.
    pub fn new(number: CertificateNumber, check_code: CheckCode) -> WindowCode {
        WindowCode { number, check_code }
    }

    /// Reads a window code.
    ///
    /// # Errors
    /// If it is not 32 ASCII digits, or the number's check digits are not right.
    pub fn parse(text: &str) -> Result<WindowCode, Refused> {
        digits::<32>("window code", text)?;
        let (number, check_code) = text.split_at_checked(CertificateNumber::LEN).unwrap_or((text, ""));
        Ok(WindowCode {
            number: CertificateNumber::parse(number)?,
            check_code: CheckCode::parse(check_code)?,
        })
    }

    /// The certificate number.
    pub fn number(&self) -> CertificateNumber {
        self.number
    }

    /// The check code.
    pub fn check_code(&self) -> CheckCode {
        self.check_code
    }
}

impl fmt::Display for CertificateNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CertificateNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CertificateNumber({self})")
    }
}

impl fmt::Display for CheckCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CheckCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CheckCode(…)")
    }
}

impl fmt::Display for WindowCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.number, self.check_code)
    }
}

impl fmt::Debug for WindowCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WindowCode({}…)", self.number)
    }
}

fn digits<const N: usize>(format: &'static str, text: &str) -> Result<[u8; N], Refused> {
    let digits = <[u8; N]>::try_from(text.as_bytes()).map_err(|_| {
        Refused::new(
            format,
            "",
            alloc::format!("{} characters where {N} digits are wanted", text.chars().count()),
        )
    })?;
    if digits.iter().all(u8::is_ascii_digit) {
        Ok(digits)
    } else {
        Err(Refused::new(format, "", "holds something else than the digits 0 to 9"))
    }
}

fn ascii(digits: &[u8]) -> &str {
    core::str::from_utf8(digits).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;
    use alloc::string::ToString;
    use proptest::prelude::*;

    #[test]
    fn known_answers() {
        // ISO 7064's own example of MOD 97-10: 794 has the check 44. Leading zeros change nothing.
        let number = CertificateNumber::with_check("00000000000000000794").unwrap();
        assert_eq!(number.as_str(), "0000000000000000079444");
        assert!(CertificateNumber::parse("0000000000000000079444").is_ok());
    }

    #[test]
    fn the_other_two_digits_that_leave_1_are_refused() {
        // 99 ≡ 02, 00 ≡ 97 and 01 ≡ 98 (mod 97): one number, one writing.
        for i in 0..1000u32 {
            let start = format!("{i:020}");
            let good: alloc::vec::Vec<_> =
                (0..100).filter(|c| CertificateNumber::parse(&format!("{start}{c:02}")).is_ok()).collect();
            assert_eq!(good.len(), 1, "{start}");
            assert_eq!((u64::from(i) * 100 + good[0]) % 97, 1);
        }
    }

    proptest! {
        #[test]
        fn any_one_digit_or_neighbouring_swap_is_noticed(start in "[0-9]{20}", at in 0usize..21, digit in b'0'..=b'9') {
            let right = CertificateNumber::with_check(&start).unwrap().to_string();
            prop_assert!(CertificateNumber::parse(&right).is_ok());
            let mut wrong = right.clone().into_bytes();
            wrong[at] = digit;
            let wrong = alloc::string::String::from_utf8(wrong).unwrap();
            prop_assert_eq!(CertificateNumber::parse(&wrong).is_ok(), wrong == right);
            let mut swapped = right.clone().into_bytes();
            swapped.swap(at, at + 1);
            let swapped = alloc::string::String::from_utf8(swapped).unwrap();
            prop_assert_eq!(CertificateNumber::parse(&swapped).is_ok(), swapped == right);
        }
    }

    #[test]
    fn window_code() {
        let number = CertificateNumber::with_check("20261122401709386125").unwrap();
        let text = format!("{number}5390217746");
        let code = WindowCode::parse(&text).unwrap();
        assert_eq!((code.number(), code.check_code().as_str()), (number, "5390217746"));
        assert_eq!(code.to_string(), text);
        assert_eq!(WindowCode::new(code.number(), code.check_code()), code);
        assert!(!format!("{code:?} {:?}", code.check_code()).contains("539021"));
    }

    #[test]
    fn what_is_no_number() {
        for bad in [
            "",
            "123",
            "000000000000000000079444",
            "000000000000000007944x",
            "０000000000000000079444",
            "000000000000000007 444",
        ] {
            assert!(CertificateNumber::parse(bad).is_err(), "{bad}");
        }
        assert!(CheckCode::parse("53902177461").is_err());
        assert!(WindowCode::parse("20261122401709386125").is_err());
    }
}
