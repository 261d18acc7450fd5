//! Strict JSON (spec/json.md): what documents, certificate files, batch files and status list files are written in.
//!
//! ```text
//! {"region":"619900","amount":1.2}
//!   JSON_NUMBER at /amount: 1.2 is a number with a fraction; write amounts as text, "1.2"
//! ```
//!
//! Here: the value, the parser with its refusals, the compact writer, JSON Pointers (RFC 6901).
//! Not here: the shape of any artefact; each module reads its own members with [`Members`].

mod encode;
mod error;
mod members;
mod number;
mod parse;
pub mod pointer;
#[cfg(test)]
mod tests;

use alloc::string::String;
use alloc::vec::Vec;

pub use encode::{compact, write_string};
pub use error::{JsonCode, JsonError};
pub use members::Members;
pub use parse::{parse, parse_compact};

/// A value of strict JSON. Members keep the order in which they were written; no key stands twice in what [`parse`] gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A whole number within ±(2^53 − 1)
    Integer(i64),
    /// Text in NFC, see [`crate::characters`]
    String(String),
    /// An array
    Array(Vec<Value>),
    /// An object
    Object(Vec<(String, Value)>),
}

impl Value {
    /// An object of these members, in this order.
    pub fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
        Value::Object(members.into_iter().map(|(key, value)| (String::from(key), value)).collect())
    }

    /// The member of that key; `None` where there is none, or where this is no object.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_object()?.iter().find(|(k, _)| k == key).map(|(_, value)| value)
    }

    /// The value at a JSON Pointer (RFC 6901); the empty pointer is the value itself.
    pub fn at(&self, pointer: &str) -> Option<&Value> {
        pointer::tokens(pointer)?.iter().try_fold(self, |value, token| match value {
            Value::Array(elements) => elements.get(pointer::index(token)?),
            Value::Object(_) => value.get(token),
            _ => None,
        })
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        if let Value::String(text) = self { Some(text) } else { None }
    }

    /// The number, if this is one.
    pub fn as_integer(&self) -> Option<i64> {
        if let Value::Integer(n) = self { Some(*n) } else { None }
    }

    /// The number, if this is one that is not negative.
    pub fn as_u64(&self) -> Option<u64> {
        self.as_integer().and_then(|n| u64::try_from(n).ok())
    }

    /// The truth value, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        if let Value::Bool(b) = self { Some(*b) } else { None }
    }

    /// The elements, if this is an array.
    pub fn as_array(&self) -> Option<&[Value]> {
        if let Value::Array(elements) = self { Some(elements) } else { None }
    }

    /// The members, if this is an object.
    pub fn as_object(&self) -> Option<&[(String, Value)]> {
        if let Value::Object(members) = self { Some(members) } else { None }
    }

    /// Whether this is `null`.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// What this is, for messages: `text`, `a number`, …
    pub fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "true or false",
            Value::Integer(_) => "a number",
            Value::String(_) => "text",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::String(String::from(text))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::String(text)
    }
}

impl From<Vec<Value>> for Value {
    fn from(elements: Vec<Value>) -> Value {
        Value::Array(elements)
    }
}
