//! What the office says when it takes something back unread, unsigned or unchanged.
//!
//! ```text
//! COUNTER_DISAGREES  /summary/penalties  计数与所列记录不符:填 0,应为 1  /  the counter disagrees with the records listed: 0 given, 1 counted
//! ```
//!
//! A [`Refusal`] is a stable code, the place and the value, and can be said in two languages. The table of codes is
//! `codes`; `REFUSALS.md` lists them for readers and a test holds the two together. What is not here: verdicts on
//! certificates, which are `verifier`'s.
//!
//! An ID number never gets into a refusal: places and values are scrubbed of what looks like one.

mod codes;
mod scrub;

use core::fmt;

pub use codes::RefusalCode;
pub(crate) use scrub::person_ids as without_person_ids;
pub use verifier::text::Lang;

use verifier::characters::{self, BadText};

/// The most characters of a value that a message repeats.
pub const FOUND_MAX: usize = 100;

/// Why something was refused: code, place, the value found and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    code: RefusalCode,
    at: String,
    found: String,
    /// The same in Chinese, where it is a phrase.
    found_zh: Option<String>,
    right: String,
}

impl Refusal {
    /// A refusal without a place or values; add them with [`Refusal::at`], [`Refusal::found`], [`Refusal::right`].
    pub fn new(code: RefusalCode) -> Self {
        Refusal { code, at: String::new(), found: String::new(), found_zh: None, right: String::new() }
    }

    /// Where: a JSON pointer, a file's path, a row. Empty means the whole.
    #[must_use]
    pub fn at(mut self, at: impl Into<String>) -> Self {
        self.at = scrub::person_ids(&at.into());
        self
    }

    /// What was found, cut to [`FOUND_MAX`] characters.
    #[must_use]
    pub fn found(mut self, found: impl fmt::Display) -> Self {
        self.found = shown(&found.to_string());
        self
    }

    /// What [`Refusal::found`] says in Chinese, where that is a phrase and no value; cut alike.
    #[must_use]
    pub fn found_in_chinese(mut self, found: impl fmt::Display) -> Self {
        self.found_zh = Some(shown(&found.to_string()));
        self
    }

    /// What would be right, in a form that reads the same in every language: a value, a pattern, a list of words.
    #[must_use]
    pub fn right(mut self, right: impl fmt::Display) -> Self {
        self.right = scrub::person_ids(&right.to_string());
        self
    }

    /// The stable code.
    pub fn code(&self) -> RefusalCode {
        self.code
    }

    /// Whether an external program that signs is what it waits for: it may be done later, by itself.
    pub fn awaits_signer(&self) -> bool {
        matches!(self.code, RefusalCode::KeySignerFailed | RefusalCode::KeySignerRefused)
    }

    /// Whether it was a key that could not sign: then nothing has happened, and it may be able to later. One whose signatures do
    /// not verify is another matter: the machine can't be trusted.
    pub fn is_of_a_key(&self) -> bool {
        self.code.as_str().starts_with("KEY_") && self.code != RefusalCode::KeySignatureBad
    }

    /// Where; empty means the whole.
    pub fn where_(&self) -> &str {
        &self.at
    }

    /// What is wrong and what would be right, in one sentence.
    pub fn message(&self, lang: Lang) -> String {
        let found = self.found_zh.as_ref().filter(|_| lang == Lang::Zh).unwrap_or(&self.found);
        self.code.template(lang).replace("{found}", found).replace("{right}", &self.right)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code.as_str(), self.message(Lang::En))?;
        if !self.at.is_empty() {
            write!(f, " (at {})", self.at)?;
        }
        Ok(())
    }
}

impl std::error::Error for Refusal {}

/// `found` as a message repeats it: scrubbed, control and format characters as escapes, cut.
fn shown(found: &str) -> String {
    let mut out = String::new();
    for (n, c) in scrub::person_ids(found).chars().enumerate() {
        if n == FOUND_MAX {
            out.push('…');
            break;
        }
        if c.is_control() || is_hidden(c) { out.extend(c.escape_unicode()) } else { out.push(c) }
    }
    out
}

/// A character that strict JSON refuses: it shows nothing, or turns the text around it.
fn is_hidden(c: char) -> bool {
    matches!(characters::check(c.encode_utf8(&mut [0; 4])), Err(BadText::Character(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_the_value_and_the_right_one_in_both_languages() {
        let refusal = Refusal::new(RefusalCode::CounterDisagrees).at("/summary/penalties").found(0).right(1);
        for lang in [Lang::Zh, Lang::En] {
            let message = refusal.message(lang);
            assert!(message.contains('0') && message.contains('1'), "{message}");
            assert!(!message.contains('{'), "{message}");
        }
        assert!(refusal.to_string().starts_with("COUNTER_DISAGREES: "));
        assert!(refusal.to_string().ends_with("(at /summary/penalties)"));
    }

    #[test]
    fn long_and_invisible_values_are_cut_and_escaped() {
        let refusal =
            Refusal::new(RefusalCode::WordUnknown).found("甲".repeat(FOUND_MAX + 1) + "\n").right("x");
        assert!(refusal.message(Lang::Zh).contains(&("甲".repeat(FOUND_MAX) + "…")));
        let refusal = Refusal::new(RefusalCode::WordUnknown).found("a\u{202e}b\n").right("x");
        assert!(refusal.message(Lang::En).contains("a\\u{202e}b\\u{a}"));
    }

    #[test]
    fn an_id_number_gets_into_no_part_of_a_refusal() {
        let id = "619900198501010010";
        let refusal = Refusal::new(RefusalCode::MemberUnknown).at(format!("/{id}")).found(id).right(id);
        assert!(!format!("{refusal:?} {refusal} {}", refusal.message(Lang::Zh)).contains("19850101"));
    }
}
