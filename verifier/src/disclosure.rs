//! Disclosures: the salted records of a document, and what may be hidden of it (spec/disclosure.md).
//!
//! ```text
//! WyJ3M2ZBdlB…                                                    one disclosure, as it is carried: base64url of
//! ["w3fAvP…","/sections/admin/1",{"item_id":"CF-0011",…}]         salt, JSON Pointer of the record, value
//! ```
//!
//! Its digest is the one of SD-JWT (RFC 9901 §4.2.3): SHA-256 over the text as it is carried.
//! Here: reading and writing disclosures, splitting a document, the document root, and the checks of what is shown.
//! Not here: salts, which an office derives from a secret that it keeps.

mod check;
mod compare;
mod records;
#[cfg(test)]
mod tests;

use alloc::format;
use alloc::string::String;

pub use check::{CounterShown, DisclosureError, Shown, check, document_root};
pub use compare::{DocumentMatch, compare_document, compare_file};
pub use records::{Place, counters, records};

use crate::base64;
use crate::error::Refused;
use crate::hash::{Hash, sha256};
use crate::json::{self, Value};
use crate::limits::CERTIFICATE_BYTES;

const FORMAT: &str = "disclosure";

/// One salted record of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Disclosure {
    text: String,
    digest: Hash,
    salt: [u8; 16],
    pointer: String,
    place: Place,
    value: Value,
}

impl Disclosure {
    /// The disclosure of the record `value` at `pointer`.
    ///
    /// # Errors
    /// If the pointer is not that of a record, or the value can't be a record there.
    pub fn new(salt: [u8; 16], pointer: impl Into<String>, value: Value) -> Result<Disclosure, Refused> {
        let pointer = pointer.into();
        let place = Place::parse(&pointer)?;
        place.may_hold(&value)?;
        let parts = Value::Array([base64::encode_url(&salt).into(), pointer.as_str().into(), value].into());
        let text = base64::encode_url(json::compact(&parts).as_bytes());
        let digest = sha256(&[text.as_bytes()]);
        let Value::Array(mut parts) = parts else { return Err(Refused::new(FORMAT, "", "no value")) };
        let value = parts.pop().unwrap_or(Value::Null);
        Ok(Disclosure { text, digest, salt, pointer, place, value })
    }

    /// Reads a disclosure as it is carried.
    ///
    /// # Errors
    /// For anything but base64url of the compact form of salt, pointer of a record, and value.
    pub fn parse(text: &str) -> Result<Disclosure, Refused> {
        let refuse = |at: &str, what: String| Refused::new(FORMAT, at, what);
        let bytes = base64::decode_url(text).ok_or_else(|| refuse("", "not base64url".into()))?;
        let parts = json::parse_compact(&bytes, CERTIFICATE_BYTES)
            .map_err(|e| refuse(e.pointer(), format!("{}: {}", e.code().as_str(), e.what())))?;
        let Value::Array(parts) = parts else { return Err(refuse("", "not an array".into())) };
        let [Value::String(salt), Value::String(pointer), value] =
            <[Value; 3]>::try_from(parts).map_err(|parts| {
                refuse("", format!("{} elements where salt, pointer and value are wanted", parts.len()))
            })?
        else {
            return Err(refuse("", "salt and pointer are texts".into()));
        };
        let salt = base64::decode_url(&salt).and_then(|salt| <[u8; 16]>::try_from(salt).ok());
        let salt = salt.ok_or_else(|| refuse("/0", "the salt is not base64url of 16 bytes".into()))?;
        let place = Place::parse(&pointer)?;
        place.may_hold(&value)?;
        Ok(Disclosure { text: text.into(), digest: sha256(&[text.as_bytes()]), salt, pointer, place, value })
    }

    /// The text as it is carried, ASCII.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// SHA-256 of the text.
    pub fn digest(&self) -> Hash {
        self.digest
    }

    /// What keeps the record from being guessed out of its digest.
    pub fn salt(&self) -> &[u8; 16] {
        &self.salt
    }

    /// The JSON Pointer of the record.
    pub fn pointer(&self) -> &str {
        &self.pointer
    }

    /// What kind of record it is, by its pointer.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The record.
    pub fn value(&self) -> &Value {
        &self.value
    }
}
