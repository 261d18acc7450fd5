//! A cell as a file holds it, and what can be read from it.
//!
//! ```text
//! 9.16199E+17        a code that a spreadsheet made a number of: refused, its digits are lost
//! 2026/11/20         a date, also 2026-11-20, 2026.11.20, 20261120, 2026年11月20日, and full width
//! 46346              the same day as a spreadsheet keeps it: refused in text, taken where the cell says it is a date
//! ```

use crate::calendar::{Day, number};
use crate::refusal::{Refusal, RefusalCode};

/// A cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Text; empty where nothing is in it.
    Text(String),
    /// A number of a workbook, as a spreadsheet shows it.
    Number(String),
    /// A cell of a workbook that is formatted as a date.
    Date(Day),
    /// `#N/A` and the like.
    Broken(String),
}

impl Cell {
    /// As it looks.
    pub fn shown(&self) -> String {
        match self {
            Cell::Text(text) | Cell::Number(text) | Cell::Broken(text) => text.clone(),
            Cell::Date(day) => day.to_string(),
        }
    }

    /// Whether nothing is in it.
    pub fn is_blank(&self) -> bool {
        matches!(self, Cell::Text(text) if text.trim().is_empty())
    }

    /// Text as a document takes it: line ends are LF, white space at both ends is gone.
    ///
    /// # Errors
    /// `CELL_FAULT`.
    pub(super) fn text(&self) -> Result<String, Refusal> {
        match self {
            Cell::Broken(fault) => Err(Refusal::new(RefusalCode::CellFault).found(fault)),
            cell => Ok(cell.shown().replace("\r\n", "\n").replace('\r', "\n").trim().to_string()),
        }
    }

    /// A code: full-width characters made plain, white space, invisible characters and the marks by which people keep
    /// spreadsheets from spoiling it (`'…`, `="…"`) taken off.
    ///
    /// # Errors
    /// `CODE_SPREADSHEET`, `CODE_ZERO_LOST`, `CELL_FAULT`.
    pub(crate) fn code(&self, length: usize) -> Result<String, Refusal> {
        let spoilt = |text: &str| Err(Refusal::new(RefusalCode::CodeSpreadsheet).found(text));
        if let Cell::Number(text) = self {
            return spoilt(text);
        }
        let text = self.text()?;
        let bare = text.strip_prefix("=\"").and_then(|t| t.strip_suffix('"')).unwrap_or(&text);
        let visible: String = bare.chars().filter(|c| !is_invisible(*c)).collect();
        let dotted: String = visible.chars().map(half_width).collect();
        if spreadsheet_number(dotted.trim()) {
            return spoilt(dotted.trim());
        }
        let code = crate::code::normalise(visible.trim_start_matches(['\'', '’', '‘', '`']));
        let short = code.len() < length && code.len() + 2 >= length;
        if short && code.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Refusal::new(RefusalCode::CodeZeroLost).found(code.len()).right(length));
        }
        Ok(code)
    }

    /// A date.
    ///
    /// # Errors
    /// `DATE_SERIAL`, `DATE_FORM`, `CELL_FAULT`.
    pub(super) fn day(&self) -> Result<Day, Refusal> {
        if let Cell::Date(day) = self {
            return Ok(*day);
        }
        let text: String =
            self.text()?.chars().filter(|c| !is_invisible(*c)).map(half_width).collect::<String>();
        let text = text.trim_start_matches('\'').trim();
        if text == "长期" {
            return Day::new(2099, 12, 31).ok_or_else(|| Refusal::new(RefusalCode::DateForm));
        }
        if let Some(day) = serial_day(text) {
            return Err(Refusal::new(RefusalCode::DateSerial).found(text).right(day));
        }
        read_day(text).ok_or_else(|| Refusal::new(RefusalCode::DateForm).found(text))
    }
}

/// `2026-11-20`, `2026/11/20`, `2026.11.20`, `2026年11月20日`, `20261120`; months and days with one digit or two; a
/// clock that stands at midnight may follow.
fn read_day(text: &str) -> Option<Day> {
    let (date, clock) = text.split_once([' ', 'T']).map_or((text, ""), |(d, c)| (d, c.trim()));
    if !clock.is_empty() && !clock.trim_end_matches('Z').chars().all(|c| matches!(c, '0' | ':' | '.')) {
        return None;
    }
    if date.len() == 8 && date.bytes().all(|b| b.is_ascii_digit()) {
        return Day::new(number(&date[..4], 4)?, number(&date[4..6], 2)?, number(&date[6..], 2)?);
    }
    let date = match date.strip_suffix('日') {
        Some(rest) => rest.replace(['年', '月'], "-"),
        None => date.to_string(),
    };
    let mark = ['-', '/', '.'].into_iter().find(|mark| date.contains(*mark))?;
    let mut parts = date.split(mark).map(str::trim);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let small = |text: &str| number(text, text.len().clamp(1, 2));
    Day::new(number(year, 4)?, small(month)?, small(day)?)
}

/// The day of a spreadsheet's serial number, of 1954 to 2119: 1 is 1900-01-01, and 1900 has a 29 February there.
fn serial_day(text: &str) -> Option<Day> {
    let whole = text.strip_suffix(".0").unwrap_or(text);
    let serial = number(whole, 5).filter(|n| (20_000..=80_000).contains(n))?;
    Day::from_serial(serial)
}

/// A number as spreadsheets and data frames write a long one: `9.16199E+17`, `61990020261120000001.0`.
fn spreadsheet_number(text: &str) -> bool {
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let upper = text.to_ascii_uppercase();
    if let Some((mantissa, exponent)) = upper.split_once("E+") {
        return digits(&mantissa.replacen('.', "", 1)) && digits(exponent);
    }
    if let Some((mantissa, exponent)) = upper.split_once('E') {
        return mantissa.contains('.') && digits(&mantissa.replacen('.', "", 1)) && digits(exponent);
    }
    upper
        .split_once('.')
        .is_some_and(|(whole, zeros)| digits(whole) && !zeros.is_empty() && zeros.bytes().all(|b| b == b'0'))
}

fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{3000}' => ' ',
        c => c,
    }
}

/// What copying from a page leaves in cells.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Cell {
        Cell::Text(text.to_string())
    }

    #[test]
    fn dates_are_read_in_every_usual_form() {
        let right = Day::parse("2026-11-02").unwrap();
        for form in [
            "2026-11-02",
            "2026/11/2",
            "2026.11.02",
            "20261102",
            "2026年11月2日",
            "２０２６－１１－０２",
            " 2026/11/02 00:00:00",
            "2026-11-02T00:00:00Z",
            "'2026-11-02",
        ] {
            assert_eq!(text(form).day(), Ok(right), "{form}");
        }
        assert_eq!(Cell::Date(right).day(), Ok(right));
        assert_eq!(text("长期").day().unwrap().to_string(), "2099-12-31");
        for form in [
            "2026/02/30",
            "11/02/2026",
            "26-11-02",
            "2026-11",
            "2026-11-02-03",
            "昨天",
            "2026-11-02 09:30",
            "2026-1102",
            "+026-11-02",
        ] {
            assert_eq!(text(form).day().unwrap_err().code(), RefusalCode::DateForm, "{form}");
        }
    }

    #[test]
    fn a_date_that_became_a_number_is_explained() {
        for cell in [text("46346"), Cell::Number("46346".into()), text("46346.0")] {
            let refusal = cell.day().unwrap_err();
            assert_eq!(refusal.code(), RefusalCode::DateSerial);
            assert!(refusal.message(crate::refusal::Lang::Zh).contains("2026-11-20"), "{refusal}");
        }
    }

    #[test]
    fn a_code_is_taken_with_its_dress_off_and_refused_when_spoilt() {
        let right = "61990020261120000001";
        for form in [
            right,
            "'61990020261120000001",
            "=\"61990020261120000001\"",
            "\t61990020261120000001",
            "６１９９００２０２６１１２００００００１",
            "6199 0020 2611 2000 0001\u{200b}",
        ] {
            assert_eq!(text(form).code(20).as_deref(), Ok(right), "{form}");
        }
        for form in [
            "6.199E+19",
            "9.16199E+17",
            "6.199e19",
            "61990020261120000001.0",
            "９．１６１９９Ｅ＋１７",
            "9E+17",
        ] {
            assert_eq!(text(form).code(20).unwrap_err().code(), RefusalCode::CodeSpreadsheet, "{form}");
        }
        assert_eq!(
            Cell::Number("61990020261119998000".into()).code(20).unwrap_err().code(),
            RefusalCode::CodeSpreadsheet
        );
        assert_eq!(text("1990020261120000001").code(20).unwrap_err().code(), RefusalCode::CodeZeroLost);
        // Codes with letters in them are not numbers, even one that looks like an exponent.
        assert_eq!(text("91619900MA0DEM021U").code(18).as_deref(), Ok("91619900MA0DEM021U"));
        assert_eq!(text("1234567890123456E1").code(18).as_deref(), Ok("1234567890123456E1"));
        assert_eq!(Cell::Broken("#N/A".into()).code(18).unwrap_err().code(), RefusalCode::CellFault);
    }
}
