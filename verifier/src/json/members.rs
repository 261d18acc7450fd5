//! Reads the members of an artefact's object in the order of its page, and nothing else.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{Value, pointer};
use crate::error::Refused;

/// The members of an object, taken one by one in their order.
///
/// ```
/// use verifier::json::{self, Members};
/// let value = json::parse(br#"{"format":"x/v1","index":3}"#, 100).unwrap();
/// let mut members = Members::of("x", "", value).unwrap();
/// assert_eq!(members.string("format").unwrap(), "x/v1");
/// assert_eq!(members.unsigned("index").unwrap(), 3);
/// members.end().unwrap();
/// ```
pub struct Members {
    format: &'static str,
    at: String,
    rest: alloc::vec::IntoIter<(String, Value)>,
}

impl Members {
    /// Begins to read `value`, which stands at the JSON Pointer `at` of an artefact called `format` in refusals.
    ///
    /// # Errors
    /// If it is no object.
    pub fn of(format: &'static str, at: &str, value: Value) -> Result<Members, Refused> {
        match value {
            Value::Object(members) => Ok(Members { format, at: at.into(), rest: members.into_iter() }),
            other => Err(Refused::new(format, at, format!("{} where an object is wanted", other.kind()))),
        }
    }

    /// The next member, which must be `key`.
    ///
    /// # Errors
    /// If another member or none comes next.
    pub fn value(&mut self, key: &str) -> Result<Value, Refused> {
        if let Some(value) = self.optional(key) {
            return Ok(value);
        }
        Err(match self.rest.as_slice().first() {
            None => Refused::new(self.format, self.at.clone(), format!("the member {key:?} is missing")),
            Some((other, _)) => self.refuse(
                other,
                format!("the member {key:?} comes here; others are not known or out of order"),
            ),
        })
    }

    /// The next member if it is `key`.
    pub fn optional(&mut self, key: &str) -> Option<Value> {
        let is_next = self.rest.as_slice().first().is_some_and(|(k, _)| k == key);
        if is_next { self.rest.next().map(|(_, value)| value) } else { None }
    }

    /// The next member, which must be `key` and text.
    ///
    /// # Errors
    /// If it is not.
    pub fn string(&mut self, key: &str) -> Result<String, Refused> {
        match self.value(key)? {
            Value::String(text) => Ok(text),
            other => Err(self.refuse(key, format!("{} where text is wanted", other.kind()))),
        }
    }

    /// The next member, which must be `key` and a number that is not negative.
    ///
    /// # Errors
    /// If it is not.
    pub fn unsigned(&mut self, key: &str) -> Result<u64, Refused> {
        let value = self.value(key)?;
        value.as_u64().ok_or_else(|| {
            self.refuse(key, format!("{} where a whole number from 0 is wanted", value.kind()))
        })
    }

    /// The next member, which must be `key` and an array of at most `limit` texts.
    ///
    /// # Errors
    /// If it is not.
    pub fn strings(&mut self, key: &str, limit: usize) -> Result<Vec<String>, Refused> {
        let elements = self.array(key, limit)?;
        let text = |value| match value {
            Value::String(text) => Ok(text),
            other => Err(self.refuse(key, format!("{} in an array of texts", other.kind()))),
        };
        elements.into_iter().map(text).collect()
    }

    /// The next member, which must be `key` and an array of at most `limit` values.
    ///
    /// # Errors
    /// If it is not.
    pub fn array(&mut self, key: &str, limit: usize) -> Result<Vec<Value>, Refused> {
        match self.value(key)? {
            Value::Array(elements) if elements.len() <= limit => Ok(elements),
            Value::Array(elements) => {
                Err(self
                    .refuse(key, format!("{} elements where at most {limit} are allowed", elements.len())))
            }
            other => Err(self.refuse(key, format!("{} where an array is wanted", other.kind()))),
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// If a member is left.
    pub fn end(mut self) -> Result<(), Refused> {
        match self.rest.next() {
            None => Ok(()),
            Some((key, _)) => Err(self.refuse(&key, "this member is not known or out of order")),
        }
    }

    /// A refusal at one of the members.
    pub fn refuse(&self, key: &str, what: impl Into<String>) -> Refused {
        Refused::new(self.format, pointer::join(&self.at, key), what)
    }
}
