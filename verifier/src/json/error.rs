//! Why an input is no strict JSON, and where.

use alloc::string::{String, ToString};
use core::fmt;

use super::pointer;

/// The stable code of a refusal (spec/json.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonCode {
    /// Not JSON at all, or more than one value.
    Syntax,
    /// The input ends within the value.
    CutOff,
    /// Bytes that are not UTF-8.
    Utf8,
    /// A key twice in one object, or an empty key.
    KeyTwice,
    /// A number with fraction, exponent, leading zero, or out of range.
    Number,
    /// A string with a refused character, a lone surrogate, or not in NFC; an empty key.
    Text,
    /// Nested deeper than the limit.
    Deep,
    /// More bytes or values than the limit.
    Large,
    /// Strict, but not in the compact form that this artefact has.
    NotCompact,
}

impl JsonCode {
    /// The code as it is printed, e.g. `JSON_KEY_TWICE`.
    pub fn as_str(self) -> &'static str {
        match self {
            JsonCode::Syntax => "JSON_SYNTAX",
            JsonCode::CutOff => "JSON_CUT_OFF",
            JsonCode::Utf8 => "JSON_UTF8",
            JsonCode::KeyTwice => "JSON_KEY_TWICE",
            JsonCode::Number => "JSON_NUMBER",
            JsonCode::Text => "JSON_TEXT",
            JsonCode::Deep => "JSON_DEEP",
            JsonCode::Large => "JSON_LARGE",
            JsonCode::NotCompact => "JSON_NOT_COMPACT",
        }
    }
}

/// A refusal: its code, the JSON Pointer of the place (empty for the whole input), what is wrong and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    code: JsonCode,
    pointer: String,
    what: String,
}

impl JsonError {
    pub(super) fn new(code: JsonCode, what: impl ToString) -> JsonError {
        JsonError { code, pointer: String::new(), what: what.to_string() }
    }

    /// The same refusal seen from one level further out. An input that ends has no place but itself.
    pub(super) fn under(mut self, token: &str) -> JsonError {
        if self.code != JsonCode::CutOff {
            let mut outer = String::new();
            pointer::push(&mut outer, token);
            outer.push_str(&self.pointer);
            self.pointer = outer;
        }
        self
    }

    /// The stable code.
    pub fn code(&self) -> JsonCode {
        self.code
    }

    /// The JSON Pointer of the offending place; empty for the input as a whole.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What is wrong and what would be right.
    pub fn what(&self) -> &str {
        &self.what
    }
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.pointer.is_empty() { "the whole" } else { &self.pointer };
        write!(f, "{} at {}: {}", self.code.as_str(), place, self.what)
    }
}

impl core::error::Error for JsonError {}
