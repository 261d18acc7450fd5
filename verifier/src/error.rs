//! The one error of every parser in this crate.
//!
//! Here: [`Refused`], which says what format was read, where, and what is wrong. Not here: the codes of a verdict
//! (spec page `verdict.md`); an input that a parser refuses becomes `FORMAT_BAD` or a more telling one there.
//!
//! ```
//! use verifier::time::Date;
//!
//! let refused = Date::parse("2026-02-30").unwrap_err();
//! assert_eq!(refused.to_string(), "date: day 30 is not a day of the month (at day)");
//! ```

use alloc::string::String;
use core::fmt;

/// Something that is not in the format it should be in.
///
/// Never holds more than a few words of the input: inputs may be personal data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    format: &'static str,
    at: String,
    what: String,
}

impl Refused {
    /// `format`: what was read, e.g. `checkpoint`. `at`: where in it (a line, a field, a JSON Pointer, an offset;
    /// may be empty). `what`: what is wrong there and what would be right, one phrase without a full stop.
    pub fn new(format: &'static str, at: impl Into<String>, what: impl Into<String>) -> Refused {
        Refused { format, at: at.into(), what: what.into() }
    }

    /// What was read, e.g. `checkpoint`.
    pub fn format(&self) -> &'static str {
        self.format
    }

    /// Where in it: a line, a field, a JSON Pointer or an offset; empty for the whole.
    pub fn at(&self) -> &str {
        &self.at
    }

    /// What is wrong there.
    pub fn what(&self) -> &str {
        &self.what
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.format, self.what)?;
        if self.at.is_empty() { Ok(()) } else { write!(f, " (at {})", self.at) }
    }
}

impl core::error::Error for Refused {}
