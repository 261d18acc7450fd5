//! Cells of a CSV file (RFC 4180) that a spreadsheet neither computes nor rounds.
//!
//! ```text
//! =HYPERLINK("a","b")        "'=HYPERLINK(""a"",""b"")"
//! 2026112240170938612574     '2026112240170938612574
//! ```

use alloc::format;
use alloc::string::String;

/// Digits from which on a spreadsheet would round a number.
const LONG_NUMBER: usize = 12;

/// A cell as it stands in the file.
pub fn cell(text: &str) -> String {
    let first = text.chars().next();
    let like_formula =
        first.is_some_and(|c| matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '＝' | '＋' | '－' | '＠'));
    let guard = if like_formula || is_long_number(text) { "'" } else { "" };
    let guarded = format!("{guard}{text}");
    if guarded.contains(['"', ',', '\n', '\r']) {
        format!("\"{}\"", guarded.replace('"', "\"\""))
    } else {
        guarded
    }
}

/// `916199001234567890`, and `91619900E123456789`, which a spreadsheet takes for a power of ten.
fn is_long_number(text: &str) -> bool {
    let mut powers = 0usize;
    let digits = text.bytes().all(|b| {
        powers = powers.saturating_add(usize::from(b.eq_ignore_ascii_case(&b'e')));
        b.is_ascii_digit() || b.eq_ignore_ascii_case(&b'e')
    });
    digits && powers <= 1 && text.len() >= LONG_NUMBER
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_becomes_a_formula() {
        for text in ["=1+1", "+86", "-1", "@SUM(A1)", "\tx", "\r=1", "＝1"] {
            assert!(cell(text).trim_start_matches('"').starts_with('\''), "{text:?}");
        }
        assert_eq!(cell("=HYPERLINK(\"a\",\"b\")"), "\"'=HYPERLINK(\"\"a\"\",\"\"b\"\")\"");
        assert_eq!(cell("渭水样例食品有限公司"), "渭水样例食品有限公司");
        assert_eq!(cell(""), "");
    }

    #[test]
    fn no_long_number_is_rounded() {
        assert_eq!(cell("2026112240170938612574"), "'2026112240170938612574");
        assert_eq!(cell("91619900E123456789"), "'91619900E123456789");
        assert_eq!(cell("91619900MA0DEM021U"), "91619900MA0DEM021U");
        assert_eq!(cell("12345"), "12345");
    }

    #[test]
    fn quotes_commas_and_lines() {
        assert_eq!(cell("a,b"), "\"a,b\"");
        assert_eq!(cell("a\"b"), "\"a\"\"b\"");
        assert_eq!(cell("a\r\nb"), "\"a\r\nb\"");
    }
}
