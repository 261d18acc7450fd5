//! What a row asks for, as it stands in a cell.
//!
//! ```text
//! 91619900ma0dem0131      a code, told that it was normalised      9.16199E+17      refused: a spreadsheet ruined it
//! 2026112240170938612531  a certificate number                     20261122…90217746 (32 digits)   a window code
//! ```
//!
//! Codes are checked by their own rules (`code`); the inner check is a warning, never a refusal. An ID number of a natural
//! person is recognised, and never repeated whole.

use verifier::number::{CertificateNumber, CheckCode, WindowCode};

use crate::code::{PersonId, UnifiedCode, normalise};
use crate::import::Cell;
use crate::refusal::{Refusal, RefusalCode, without_person_ids};

/// Characters of a cell that are repeated.
const SHOWN_MAX: usize = 60;

/// What a row asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// Certificates of a code.
    Code(UnifiedCode),
    /// A certificate by its number alone.
    Number(CertificateNumber),
    /// A certificate by number and check code.
    Window(WindowCode),
    /// Nothing that can be looked up.
    Bad(Refusal),
}

/// The kind of what was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A unified social credit code.
    Code,
    /// A certificate number.
    Number,
    /// Number and check code.
    WindowCode,
    /// It could not be read.
    Unread,
}

impl What {
    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            What::Code => "code",
            What::Number => "number",
            What::WindowCode => "window-code",
            What::Unread => "unread",
        }
    }

    /// The word in tables.
    pub fn zh(self) -> &'static str {
        match self {
            What::Code => "统一社会信用代码",
            What::Number => "证书编号",
            What::WindowCode => "窗口码",
            What::Unread => "无法识别",
        }
    }

    /// The same in English.
    pub fn en(self) -> &'static str {
        match self {
            What::Code => "unified code",
            What::Number => "certificate number",
            What::WindowCode => "window code",
            What::Unread => "not read",
        }
    }
}

impl Asked {
    /// Reads the cell, and the one with the check code where there is one.
    pub(super) fn read(cell: &Cell, check: Option<&Cell>) -> Asked {
        let text = match cell.code(0) {
            Ok(text) => text,
            Err(refusal) => return Asked::Bad(refusal),
        };
        let digits = text.bytes().all(|b| b.is_ascii_digit());
        match (digits, text.len()) {
            (true, CertificateNumber::LEN) => match check.filter(|cell| !cell.is_blank()) {
                Some(check) => window(&text, check),
                None => CertificateNumber::parse(&text).map_or_else(|_| bad(&text), Asked::Number),
            },
            (true, WindowCode::LEN) => WindowCode::parse(&text).map_or_else(|_| bad(&text), Asked::Window),
            (true, 16 | 17) => {
                Asked::Bad(Refusal::new(RefusalCode::CodeZeroLost).found(text.len()).right(18))
            }
            (_, 0..=40) => code(&text),
            _ => bad(&text),
        }
    }

    /// What it is called in the answer; the same for the same thing.
    pub(super) fn key(&self) -> Option<String> {
        match self {
            Asked::Code(code) => Some(code.to_string()),
            Asked::Number(number) => Some(number.to_string()),
            Asked::Window(code) => Some(code.to_string()),
            Asked::Bad(_) => None,
        }
    }

    /// Its kind.
    pub(super) fn what(&self) -> What {
        match self {
            Asked::Code(_) => What::Code,
            Asked::Number(_) => What::Number,
            Asked::Window(_) => What::WindowCode,
            Asked::Bad(_) => What::Unread,
        }
    }

    /// As the answer repeats it: a window code without its check code, which is nobody else's.
    pub(super) fn shown(&self, cell: &str) -> String {
        match self {
            Asked::Code(code) => code.to_string(),
            Asked::Number(number) => number.to_string(),
            Asked::Window(code) => code.number().to_string(),
            Asked::Bad(_) => cut(&without_person_ids(cell.trim())),
        }
    }

    /// Whether the cell was written in another form.
    pub(super) fn normalised(&self, cell: &str) -> bool {
        self.key().is_some_and(|key| !key.starts_with(cell.trim()) || cell.trim().is_empty())
    }
}

fn window(number: &str, check: &Cell) -> Asked {
    // A spreadsheet takes the zeros in front of a check code away, and ten digits are exact in it.
    let typed = normalise(check.shown().trim_start_matches(['\'', '=', '"']).trim_end_matches('"'));
    let padded = match typed.len() < CheckCode::LEN && !typed.is_empty() {
        true => format!("{typed:0>10}"),
        false => typed,
    };
    WindowCode::parse(&format!("{number}{padded}")).map_or_else(|_| bad(number), Asked::Window)
}

/// A code, unless it is the ID number of somebody. Both have 18 characters, and one in thirty ID numbers passes for a code
/// at its last character; the subject's own check tells these apart.
fn code(text: &str) -> Asked {
    let person = PersonId::parse(text, None).is_ok();
    match UnifiedCode::parse_typed(text) {
        Ok(code) if !person || code.inner_check_holds() => Asked::Code(code),
        _ if person => Asked::Bad(Refusal::new(RefusalCode::CheckPerson)),
        Ok(code) => Asked::Code(code),
        Err(fault) => Asked::Bad(fault.refusal("")),
    }
}

fn bad(text: &str) -> Asked {
    Asked::Bad(Refusal::new(RefusalCode::CheckUnread).found(cut(text)))
}

fn cut(text: &str) -> String {
    let mut out: String = text.chars().filter(|c| !c.is_control()).take(SHOWN_MAX).collect();
    if out.len() < text.len() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Asked {
        Asked::read(&Cell::Text(text.to_string()), None)
    }

    fn refused(text: &str) -> RefusalCode {
        match asked(text) {
            Asked::Bad(refusal) => refusal.code(),
            other => panic!("{text} is {other:?}"),
        }
    }

    #[test]
    fn codes_are_checked_by_their_own_rules() {
        let right = asked("91619900MA0DEM0131");
        for form in [
            "91619900ma0dem0131",
            "９１６１９９００ＭＡ０ＤＥＭ０１３１",
            " 91619900-MA0DEM0131\t",
            "'91619900MA0DEM0131",
        ] {
            assert_eq!(asked(form), right, "{form}");
            assert!(asked(form).normalised(form) || form.trim() == "91619900MA0DEM0131");
        }
        assert!(!right.normalised("91619900MA0DEM0131"));
        // The inner check alone is wrong: a good code all the same.
        assert_eq!(asked("91619900MA0DEM0144").what(), What::Code);
        assert_eq!(refused("91619900MA0DEM0132"), RefusalCode::CodeCheck);
        assert_eq!(refused("91619900MI0DEM0131"), RefusalCode::CodeCharacter);
        assert_eq!(refused("91619900MA0DEM013"), RefusalCode::CodeLength);
        assert_eq!(refused("9.16199E+17"), RefusalCode::CodeSpreadsheet);
        assert_eq!(refused("1161990099000006"), RefusalCode::CodeZeroLost);
        assert_eq!(refused(&"1".repeat(50)), RefusalCode::CheckUnread);
        assert_eq!(
            Asked::read(&Cell::Number("2.02611224E+21".into()), None).what(),
            What::Unread,
            "a number of a workbook has lost its digits"
        );
    }

    #[test]
    fn numbers_and_window_codes_are_told_apart_by_their_length() {
        let number = CertificateNumber::with_check("20261122401709386125").unwrap().to_string();
        assert_eq!(asked(&number).what(), What::Number);
        let window = asked(&format!("{number}5390217746"));
        assert_eq!(window.what(), What::WindowCode);
        assert_eq!(window.shown(""), number, "a check code is never repeated");
        let pair = |check: &str| Asked::read(&Cell::Text(number.clone()), Some(&Cell::Text(check.into())));
        assert_eq!(pair("5390217746"), window);
        assert_eq!(pair("'5390217746"), window);
        assert_eq!(pair("").what(), What::Number);
        assert_eq!(pair("0217746"), pair("0000217746"), "zeros that a spreadsheet took away");
        let last = if number.ends_with('0') { '1' } else { '0' };
        assert_eq!(refused(&format!("{}{last}", &number[..21])), RefusalCode::CheckUnread);
    }

    #[test]
    fn an_id_number_is_neither_looked_up_nor_repeated() {
        for id in ["619900198501010010", "619900199912310020"] {
            let asked = asked(id);
            assert_eq!(refused(id), RefusalCode::CheckPerson);
            assert!(!asked.shown(id).contains(&id[6..14]), "{}", asked.shown(id));
        }
    }
}
