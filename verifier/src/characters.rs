//! Which characters text may hold: strings of strict JSON (spec/json.md) and text of a core (spec/core.md).
//!
//! ```text
//! 渭水样例食品有限公司      good
//! 渭水‹U+202E›司公限有      refused: U+202E turns the direction of what follows
//! ```
//!
//! Text is in Unicode NFC and has no character that a reader can't see or that changes how others look.
//! Not here: which script or alphabet a name is in; look-alikes (Cyrillic о for o) are a matter for people.

use alloc::format;
use alloc::string::String;
use core::fmt;

use unicode_normalization::is_nfc;

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BadText {
    /// A character that text may not hold.
    Character(char),
    /// Not in Unicode Normalization Form C.
    NotNfc,
    /// LF or TAB where a single line is wanted.
    NotOneLine,
    /// Empty where something must be said.
    Empty,
}

impl fmt::Display for BadText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            BadText::Character(c) => {
                write!(f, "the text holds {}, {}; leave it out", code_point(*c), what_it_is(*c))
            }
            BadText::NotNfc => f.write_str("the text is not in Unicode NFC; write it in composed form (NFC)"),
            BadText::NotOneLine => f.write_str("the text holds a line break or TAB; write it on one line"),
            BadText::Empty => f.write_str("the text is empty; write something or leave the field out"),
        }
    }
}

/// Checks a string of strict JSON: NFC, no refused character; LF and TAB are allowed (spec/json.md rule 5).
///
/// # Errors
/// The first refused character, or that the whole is not in NFC.
pub fn check(text: &str) -> Result<(), BadText> {
    // Nearly all text is ASCII or Chinese, which can be judged without a table.
    if text.bytes().all(|b| matches!(b, 0x20..=0x7e)) {
        return Ok(());
    }
    let mut plain = true;
    for c in text.chars() {
        if is_plain(c) {
            continue;
        }
        plain = false;
        if is_refused(c) {
            return Err(BadText::Character(c));
        }
    }
    if plain || is_nfc(text) { Ok(()) } else { Err(BadText::NotNfc) }
}

/// Checks a text of a core or a trust bundle: as [`check`], and one line, and not empty (spec/core.md).
///
/// # Errors
/// As [`check`], and `NotOneLine`, `Empty`.
pub fn check_line(text: &str) -> Result<(), BadText> {
    if text.is_empty() {
        return Err(BadText::Empty);
    }
    if text.bytes().any(|b| matches!(b, b'\n' | b'\t')) {
        return Err(BadText::NotOneLine);
    }
    check(text)
}

/// `U+202E`, as people look characters up.
pub fn code_point(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// Starters that never compose with what stands before them, and are not refused: ASCII, CJK ideographs of the basic
/// block, ideographic punctuation, and full-width ASCII forms.
fn is_plain(c: char) -> bool {
    matches!(c, ' '..='~' | '\n' | '\t' | '\u{4E00}'..='\u{9FA5}' | '\u{3001}'..='\u{3029}' | '\u{FF01}'..='\u{FF5E}')
}

fn is_refused(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t')) || is_noncharacter(c) || is_format(c) || is_blank(c)
}

fn is_noncharacter(c: char) -> bool {
    u32::from(c) & 0xFFFE == 0xFFFE || matches!(c, '\u{FDD0}'..='\u{FDEF}')
}

/// General category Cf of Unicode 16.0; spec/json.md lists the same, so that readers with other tables agree.
fn is_format(c: char) -> bool {
    matches!(
        c,
        '\u{AD}'
            | '\u{600}'..='\u{605}'
            | '\u{61C}'
            | '\u{6DD}'
            | '\u{70F}'
            | '\u{890}'..='\u{891}'
            | '\u{8E2}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF9}'..='\u{FFFB}'
            | '\u{110BD}'
            | '\u{110CD}'
            | '\u{13430}'..='\u{1343F}'
            | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}'
            | '\u{E0001}'
            | '\u{E0020}'..='\u{E007F}'
    )
}

/// Line and paragraph separators, and letters that show nothing.
fn is_blank(c: char) -> bool {
    matches!(c, '\u{2028}' | '\u{2029}' | '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}')
}

fn what_it_is(c: char) -> &'static str {
    match c {
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' => "which turns the direction of what follows",
        '\u{200E}' | '\u{200F}' | '\u{61C}' => "a direction mark",
        '\u{200B}'..='\u{200D}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' => "a character of no width",
        '\u{AD}' => "a soft hyphen",
        '\r' => "a carriage return",
        _ if c.is_control() => "a control character",
        _ if is_noncharacter(c) => "which is no character",
        _ if is_blank(c) => "which shows nothing",
        _ => "a format character",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_text() {
        for text in [
            "",
            "a b",
            "渭水样例食品有限公司",
            "示审许可〔2026〕3号",
            "上市/再融资",
            "〇龍\u{FE00}",
            "𠮷野家",
            "a\tb\nc",
            "é",
        ] {
            assert_eq!(check(text), Ok(()), "{text:?}");
        }
    }

    #[test]
    fn bad_characters_are_named() {
        for c in [
            '\0',
            '\r',
            '\u{7f}',
            '\u{85}',
            '\u{AD}',
            '\u{200B}',
            '\u{202E}',
            '\u{2028}',
            '\u{3164}',
            '\u{FEFF}',
            '\u{FFFE}',
            '\u{FDD0}',
            '\u{10FFFF}',
            '\u{E0001}',
            '\u{E0041}',
        ] {
            let text: String = ['渭', c, 'x'].into_iter().collect();
            assert_eq!(check(&text), Err(BadText::Character(c)));
        }
        assert!(alloc::string::ToString::to_string(&BadText::Character('\u{202E}')).contains("U+202E"));
    }

    #[test]
    fn decomposed_is_refused() {
        assert_eq!(check("e\u{301}"), Err(BadText::NotNfc));
        // A CJK compatibility ideograph: NFC gives U+8C48.
        assert_eq!(check("\u{F900}"), Err(BadText::NotNfc));
        assert_eq!(check("か\u{3099}"), Err(BadText::NotNfc));
    }

    #[test]
    fn every_character_called_plain_is_plain() {
        for c in ('\0'..=char::MAX).filter(|c| is_plain(*c)) {
            assert!(!is_refused(c), "{c:?}");
            assert!(is_nfc([c].iter().collect::<String>().as_str()), "{c:?}");
            assert!(is_nfc(['e', c].iter().collect::<String>().as_str()), "{c:?}");
        }
    }

    #[test]
    fn a_line_has_no_breaks() {
        assert_eq!(check_line("a\nb"), Err(BadText::NotOneLine));
        assert_eq!(check_line(""), Err(BadText::Empty));
        assert_eq!(check_line("渭水"), Ok(()));
    }
}
