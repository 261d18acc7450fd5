//! The screen and files written to: language, encoding, colour, width of Chinese characters.

use std::env;
use std::fs;
use std::io::{self, IsTerminal, Write};
use std::path::Path;

use verifier::text::Lang;

use crate::args::{Encoding, Language};

/// The language asked for, else that of the system; Chinese where the system says nothing.
pub fn language(asked: Option<Language>) -> Lang {
    match asked {
        Some(Language::Zh) => Lang::Zh,
        Some(Language::En) => Lang::En,
        None => by_locale(["LC_ALL", "LC_MESSAGES", "LANG"].map(|name| env::var(name).unwrap_or_default())),
    }
}

fn by_locale(values: [String; 3]) -> Lang {
    match values.iter().find(|value| !value.is_empty()) {
        Some(value) if !value.to_ascii_lowercase().starts_with("zh") => Lang::En,
        _ => Lang::Zh,
    }
}

/// Whether standard output may be coloured: a terminal, nobody asked for none, and it is not one of old Windows.
pub fn colour() -> bool {
    let set = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
    let understands = if cfg!(windows) {
        set("WT_SESSION") || set("ConEmuANSI") || set("ANSICON") || set("TERM")
    } else {
        env::var("TERM").is_ok_and(|term| !term.is_empty() && term != "dumb")
    };
    io::stdout().is_terminal() && understands && !set("NO_COLOR")
}

/// Writes to a file, or to standard output where there is none. A reader that has gone away is no error.
pub fn write(text: &str, encoding: Encoding, out: Option<&Path>) -> io::Result<()> {
    if let Some(path) = out {
        return fs::write(path, encoded(text, encoding));
    }
    let mut stdout = io::stdout().lock();
    // In UTF-8 the text goes out as it is: Rust writes Unicode to a Windows console whatever its code page.
    let written = stdout.write_all(&encoded(text, encoding)).and_then(|()| stdout.flush());
    match written {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        other => other,
    }
}

/// Writes a line to standard error.
pub fn write_error(line: &str, encoding: Encoding) -> io::Result<()> {
    io::stderr().lock().write_all(&encoded(line, encoding))
}

/// The text in an encoding. What GBK lacks becomes a question mark.
pub fn encoded(text: &str, encoding: Encoding) -> Vec<u8> {
    if encoding == Encoding::Utf8 {
        return text.as_bytes().to_vec();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut buffer = [0; 4];
    for c in text.chars() {
        match encoding_rs::GBK.encode(c.encode_utf8(&mut buffer)) {
            (_, _, true) => bytes.push(b'?'),
            (encoded, ..) => bytes.extend_from_slice(&encoded),
        }
    }
    bytes
}

/// Columns that a text takes on a screen: two for Chinese characters.
pub fn width(text: &str) -> usize {
    text.chars().map(|c| if is_wide(c) { 2 } else { 1 }).sum()
}

/// The text with blanks up to `columns`.
pub fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

/// The text cut to `columns`, with `…` where something was cut.
pub fn clipped(text: &str, columns: usize) -> String {
    if width(text) <= columns {
        return text.to_owned();
    }
    let mut clipped = String::new();
    let mut left = columns.saturating_sub(2);
    for c in text.chars() {
        let Some(rest) = left.checked_sub(if is_wide(c) { 2 } else { 1 }) else { break };
        left = rest;
        clipped.push(c);
    }
    clipped.push('…');
    clipped
}

fn is_wide(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{115f}' | '\u{2e80}'..='\u{a4cf}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}'
        | '\u{fe30}'..='\u{fe6f}' | '\u{ff00}'..='\u{ff60}' | '\u{ffe0}'..='\u{ffe6}' | '\u{20000}'..='\u{3fffd}'
        | '…' | '“' | '”')
}

#[cfg(test)]
mod tests {
    use super::*;
    use verifier::verdict::{Code, Outcome};

    #[test]
    fn gbk_has_every_character_of_our_sentences() {
        let sentences = Code::ALL.iter().flat_map(|code| [code.message(Lang::Zh), code.message(Lang::En)]);
        let words =
            [Outcome::Valid, Outcome::Invalid, Outcome::Undetermined].map(|outcome| outcome.word(Lang::Zh));
        for text in sentences.chain(words) {
            let (bytes, _, missing) = encoding_rs::GBK.encode(text);
            assert!(!missing, "{text}");
            assert_eq!(encoded(text, Encoding::Gbk), bytes.into_owned());
        }
    }

    #[test]
    fn what_gbk_lacks_is_a_question_mark() {
        assert_eq!(encoded("证\u{1f600}b", Encoding::Gbk), [0xd6, 0xa4, b'?', b'b']);
        assert_eq!(encoded("证", Encoding::Utf8), "证".as_bytes());
    }

    #[test]
    fn chinese_takes_two_columns() {
        assert_eq!(width("证书a"), 5);
        assert_eq!(padded("证", 4), "证  ");
        assert_eq!(clipped("证书编号", 8), "证书编号");
        assert_eq!(clipped("证书编号", 7), "证书…");
    }

    #[test]
    fn the_language_of_a_locale() {
        let of = |values: [&str; 3]| by_locale(values.map(str::to_owned));
        assert_eq!(of(["", "", "zh_CN.UTF-8"]), Lang::Zh);
        assert_eq!(of(["", "", "en_US.UTF-8"]), Lang::En);
        assert_eq!(of(["zh_TW", "", "en_US.UTF-8"]), Lang::Zh);
        assert_eq!(of(["C", "", ""]), Lang::En);
        assert_eq!(of(["", "", ""]), Lang::Zh);
    }
}
