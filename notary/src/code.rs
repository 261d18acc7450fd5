//! Codes of organisations and persons: unified social credit codes (GB 32100-2015) and ID numbers (GB 11643-1999).
//!
//! ```text
//! 91 619900 MA0DEM021 U      authority and category · region · subject, the last a check of its own · check
//! ```
//!
//! A code is exact or it is refused; [`normalise`] makes what people type exact where that loses nothing. A letter that
//! is no letter of such codes is never changed by itself: the fault only hints at the digit it may stand for.
//! What is not here: whether a code is anybody's. That is the registry's to say.

use core::fmt;

use crate::refusal::{Refusal, RefusalCode};

mod person;

pub use person::{PersonId, PersonIdFault};

/// The 31 characters of a unified code; each one's place is its value.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// 3^(i−1) mod 31, for characters 1 to 17.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// Weights of the check inside the subject's own code (GB 11714), characters 9 to 16.
const INNER_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];
/// Characters of a code.
const LENGTH: usize = 18;

/// A unified social credit code with a right check character: 18 characters, upper case, half width.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UnifiedCode(String);

impl UnifiedCode {
    /// Reads an exact code.
    ///
    /// # Errors
    /// [`CodeFault`]; where [`normalise`] would make the text a code, the fault is `NotExact` and names that code.
    pub fn parse(text: &str) -> Result<Self, CodeFault> {
        match Self::exact(text) {
            Ok(code) => Ok(code),
            Err(fault) => match Self::exact(&normalise(text)) {
                Ok(code) => Err(CodeFault::NotExact(code)),
                Err(_) => Err(fault),
            },
        }
    }

    /// Reads a code as people and spreadsheets write it: normalised first.
    ///
    /// # Errors
    /// [`CodeFault`] of the normalised text.
    pub fn parse_typed(text: &str) -> Result<Self, CodeFault> {
        let normal = normalise(text);
        if is_scientific(&normal) { Err(CodeFault::Spreadsheet(normal)) } else { Self::exact(&normal) }
    }

    /// The 18 characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the subject's own check (character 17, GB 11714) is right. Some codes given out early have it wrong and
    /// are good codes all the same, so it makes a warning, never a refusal.
    pub fn inner_check_holds(&self) -> bool {
        let sum: u32 =
            self.0.chars().skip(8).zip(INNER_WEIGHTS).map(|(c, w)| c.to_digit(36).unwrap_or(0) * w).sum();
        let right = match 11 - sum % 11 {
            10 => 'X',
            11 => '0',
            n => char::from_digit(n, 10).unwrap_or('0'),
        };
        self.0.chars().nth(16) == Some(right)
    }

    fn exact(text: &str) -> Result<Self, CodeFault> {
        let length = text.chars().count();
        if length != LENGTH {
            return Err(CodeFault::Length(length));
        }
        let mut sum = 0;
        let mut last = (0, '0');
        for (n, c) in text.chars().enumerate() {
            let value = value_of(c).filter(|&v| v < 10 || !(2..8).contains(&n));
            let Some(value) = value else {
                return Err(CodeFault::Character { position: n + 1, found: c, hint: hint(c) });
            };
            sum += value * WEIGHTS.get(n).copied().unwrap_or(0);
            last = (value, c);
        }
        let right = (31 - sum % 31) % 31;
        if last.0 != right {
            return Err(CodeFault::Check { found: last.1, right: char::from(ALPHABET[right as usize]) });
        }
        Ok(UnifiedCode(text.to_owned()))
    }
}

impl fmt::Display for UnifiedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a text is no unified code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeFault {
    /// It has this many characters, not 18.
    Length(usize),
    /// A character that can't stand there.
    Character {
        /// Its place, from 1.
        position: usize,
        /// The character.
        found: char,
        /// The digit that it is often mistaken for, for a person to consider.
        hint: Option<char>,
    },
    /// The check character is not the one of the 17 before it.
    Check {
        /// The last character.
        found: char,
        /// What it would be by the others.
        right: char,
    },
    /// Normalising makes it this code, but the place asks for the exact form.
    NotExact(UnifiedCode),
    /// A spreadsheet has made a number of it, like `9.16199E+17`.
    Spreadsheet(String),
}

impl CodeFault {
    /// The refusal of the value at `at`.
    pub fn refusal(self, at: impl Into<String>) -> Refusal {
        match self {
            CodeFault::Length(n) => Refusal::new(RefusalCode::CodeLength).found(n),
            CodeFault::Character { position, found, hint } => Refusal::new(RefusalCode::CodeCharacter)
                .found(format_args!("“{found}” ({position}/{LENGTH})"))
                .right(match hint {
                    Some(digit) => format!("{found} → {digit}?"),
                    None if (3..9).contains(&position) => "3…8: 0-9".to_owned(),
                    None => "0-9 A-H J-N P-R T U W-Y".to_owned(),
                }),
            CodeFault::Check { found, right } => {
                Refusal::new(RefusalCode::CodeCheck).found(found).right(right)
            }
            CodeFault::NotExact(code) => Refusal::new(RefusalCode::CodeNotExact).right(code),
            CodeFault::Spreadsheet(text) => Refusal::new(RefusalCode::CodeSpreadsheet).found(text),
        }
        .at(at)
    }
}

/// What people type, made plain: full-width forms to half width, spaces and dashes dropped, upper case.
///
/// Nothing is guessed: `O` stays `O` and `I` stays `I`.
pub fn normalise(typed: &str) -> String {
    typed
        .chars()
        .map(|c| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
            c => c,
        })
        .filter(|&c| !c.is_whitespace() && !is_dash(c))
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}')
}

/// A number in the way that spreadsheets write long ones. Normalising may have dropped the sign of the exponent.
fn is_scientific(text: &str) -> bool {
    let Some((mantissa, exponent)) = text.split_once('E') else { return false };
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    mantissa.len() < LENGTH
        && digits(&mantissa.replacen('.', "", 1))
        && digits(exponent.trim_start_matches('+'))
        && (mantissa.contains('.') || exponent.starts_with('+'))
}

fn value_of(c: char) -> Option<u32> {
    ALPHABET.iter().position(|&a| char::from(a) == c).and_then(|n| u32::try_from(n).ok())
}

fn hint(c: char) -> Option<char> {
    match c {
        'O' => Some('0'),
        'I' => Some('1'),
        'S' => Some('5'),
        'Z' => Some('2'),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::refusal::Lang;

    const GOOD: [&str; 12] = [
        "91619900MA0DEM0131",
        "91619900MA0DEM021U",
        "91619900MA0DEM03XK",
        "92619900MA0DEM048G",
        "93619900MA0DEM0568",
        "91619900MA0DEM11X7",
        "11619900990000068X",
        "11619900990000076Q",
        "12619900990000084G",
        "11619900990000121R",
        "51619900MJ0DEM091P",
        "52619900MJ0DEM104A",
    ];

    #[test]
    fn good_codes_are_taken_with_both_checks() {
        for text in GOOD {
            let code = UnifiedCode::parse(text).unwrap();
            assert_eq!(code.as_str(), text);
            assert!(code.inner_check_holds(), "{text}");
        }
        // The standard's own example, GB 32100-2015 annex.
        assert!(UnifiedCode::parse("91350100M000100Y43").unwrap().inner_check_holds());
    }

    #[test]
    fn a_wrong_inner_check_is_no_fault() {
        assert!(!UnifiedCode::parse("91619900MA0DEM0144").unwrap().inner_check_holds());
    }

    #[test]
    fn each_fault_is_named() {
        let fault = |text: &str| UnifiedCode::parse(text).unwrap_err();
        assert_eq!(fault("91619900MA0DEM0132"), CodeFault::Check { found: '2', right: '1' });
        assert!(matches!(fault("91619900MAD0EM0131"), CodeFault::Check { .. }));
        assert_eq!(
            fault("91619900MI0DEM0131"),
            CodeFault::Character { position: 10, found: 'I', hint: Some('1') }
        );
        assert_eq!(
            fault("91619900MAODEM0131"),
            CodeFault::Character { position: 11, found: 'O', hint: Some('0') }
        );
        assert_eq!(fault("91A19900MA0DEM0131"), CodeFault::Character { position: 3, found: 'A', hint: None });
        assert_eq!(fault("91619900MA0DEM013"), CodeFault::Length(17));
        assert_eq!(fault(""), CodeFault::Length(0));
        let code = UnifiedCode::parse(GOOD[0]).unwrap();
        assert_eq!(fault("91619900ma0dem0131"), CodeFault::NotExact(code));
        assert_eq!(
            UnifiedCode::parse_typed("9.16199E+17").unwrap_err(),
            CodeFault::Spreadsheet("9.16199E+17".to_owned())
        );
    }

    #[test]
    fn what_people_type_is_normalised_but_never_guessed() {
        let wide: String = GOOD[1].chars().map(|c| char::from_u32(c as u32 + 0xfee0).unwrap()).collect();
        for typed in [" 91619900 ma0dem-021u\t", "\u{3000}91619900—MA0DEM—021U", &wide] {
            assert_eq!(UnifiedCode::parse_typed(typed).unwrap().as_str(), GOOD[1]);
            assert!(matches!(UnifiedCode::parse(typed), Err(CodeFault::NotExact(_))));
        }
        assert_eq!(normalise("oO iI"), "OOII");
    }

    #[test]
    fn a_refusal_says_what_would_be_right() {
        let refusal = UnifiedCode::parse("91619900MA0DEM021A").unwrap_err().refusal("/subject/uscc");
        assert_eq!((refusal.code(), refusal.where_()), (RefusalCode::CodeCheck, "/subject/uscc"));
        assert!(refusal.message(Lang::Zh).contains("应为 U"));
        let refusal = UnifiedCode::parse("91619900MAODEM0131").unwrap_err().refusal("");
        assert!(refusal.message(Lang::Zh).contains("O → 0?"));
    }

    proptest! {
        #[test]
        fn one_changed_character_is_always_found(which in 0..GOOD.len(), at in 0..18usize, to in 0..31usize) {
            let mut bytes = GOOD[which].as_bytes().to_vec();
            prop_assume!(bytes[at] != ALPHABET[to]);
            bytes[at] = ALPHABET[to];
            prop_assert!(UnifiedCode::parse(core::str::from_utf8(&bytes).unwrap()).is_err());
        }

        #[test]
        fn two_neighbours_swapped_are_always_found(which in 0..GOOD.len(), at in 0..17usize) {
            let mut bytes = GOOD[which].as_bytes().to_vec();
            prop_assume!(bytes[at] != bytes[at + 1]);
            bytes.swap(at, at + 1);
            prop_assert!(UnifiedCode::parse(core::str::from_utf8(&bytes).unwrap()).is_err());
        }

        #[test]
        fn any_text_is_taken_or_refused_and_what_is_taken_is_exact(text in "\\PC{0,24}") {
            if let Ok(code) = UnifiedCode::parse(&text) {
                prop_assert_eq!(code.as_str(), text.as_str());
            }
            if let Ok(code) = UnifiedCode::parse_typed(&text) {
                prop_assert_eq!(UnifiedCode::parse(code.as_str()), Ok(code.clone()));
            }
        }
    }
}
