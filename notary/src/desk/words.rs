//! Free text that people type: bounded, one line, without what can't be seen.
//!
//! ```text
//! " 办件‹U+202E›2026-0187\r\n"  →  "办件2026-0187"
//! ```
//!
//! Here: cleaning. Not here: escaping, which is whoever shows it.

use verifier::characters::{self, BadText};

use crate::refusal::{Refusal, RefusalCode};

/// Characters of a case number (办件编号).
pub const CASE_MAX: usize = 64;
/// Characters of a matter (事项).
pub const MATTER_MAX: usize = 200;
/// Characters of a reason or a note.
pub const NOTE_MAX: usize = 500;

/// One line without white space at its ends and without control, direction or invisible characters. May be empty.
///
/// # Errors
/// `DESK_TEXT` where more than `max` characters are left.
pub(crate) fn line(at: &str, text: &str, max: usize) -> Result<String, Refusal> {
    let mut out = String::with_capacity(text.len().min(4 * max));
    for c in text.chars().map(|c| if matches!(c, '\n' | '\r' | '\t') { ' ' } else { c }) {
        let again = c == ' ' && out.ends_with(' ');
        if !hidden(c) && !again {
            out.push(c);
        }
    }
    let out = out.trim().to_owned();
    let count = out.chars().count();
    match count > max {
        true => Err(Refusal::new(RefusalCode::DeskText).at(at).found(count).right(format_args!("0–{max}"))),
        false => Ok(out),
    }
}

/// As [`line`], and not empty.
pub(crate) fn said(at: &str, text: &str, max: usize) -> Result<String, Refusal> {
    let out = line(at, text, max)?;
    match out.is_empty() {
        true => Err(Refusal::new(RefusalCode::DeskText).at(at).found(0).right(format_args!("1–{max}"))),
        false => Ok(out),
    }
}

fn hidden(c: char) -> bool {
    c.is_control() || matches!(characters::check(c.encode_utf8(&mut [0; 4])), Err(BadText::Character(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_left_out() {
        for (typed, kept) in [
            (" 办件\u{202e}2026-0187\r\n", "办件2026-0187"),
            ("a\tb\n\nc", "a b c"),
            ("\u{0}\u{7}\u{feff}\u{200b}x", "x"),
            ("<b>&\"'=1+1", "<b>&\"'=1+1"),
            ("", ""),
        ] {
            assert_eq!(line("/case", typed, 20).unwrap(), kept);
        }
    }

    #[test]
    fn length_is_counted_in_characters_after_cleaning() {
        assert!(line("/case", &"长".repeat(20), 20).is_ok());
        let refusal = line("/case", &"长".repeat(21), 20).unwrap_err();
        assert_eq!((refusal.code(), refusal.where_()), (RefusalCode::DeskText, "/case"));
        assert!(line("/case", &"\u{200b}".repeat(99), 20).is_ok());
        assert_eq!(said("/reason", " \u{200b} ", 20).unwrap_err().code(), RefusalCode::DeskText);
    }
}
