//! Whether a document at hand is the one that a certificate is about.

use alloc::string::String;
use alloc::vec::Vec;

use super::{Disclosure, records};
use crate::hash::Hash;
use crate::json::{Value, pointer};

/// What comparing a document with the disclosures gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentMatch {
    /// `DOCUMENT_OK`: every record of it is shown and the same.
    Same,
    /// `DOCUMENT_DIFFERS`: at this pointer; empty where it is no document that could be meant, or has other records.
    Differs(String),
    /// `DOCUMENT_NOT_SHOWN`: nothing differs, but not all that it says is shown.
    NotShown,
}

/// Compares a document with what is shown of one. `digests` is how many digests stand beside the disclosures. The order
/// of members means nothing here: a document that another program wrote again is the same document.
pub fn compare_document(document: &Value, digests: usize, disclosures: &[Disclosure]) -> DocumentMatch {
    let Ok(records) = records(document) else { return DocumentMatch::Differs(String::new()) };
    let mut sorted: Vec<(&str, &Value)> =
        records.iter().map(|(pointer, value)| (pointer.as_str(), value)).collect();
    sorted.sort_unstable_by_key(|(pointer, _)| *pointer);
    for disclosure in disclosures {
        let found = sorted.binary_search_by_key(&disclosure.pointer(), |(pointer, _)| *pointer);
        let value = found.ok().and_then(|i| sorted.get(i)).map(|(_, value)| *value);
        if !value.is_some_and(|value| same(value, disclosure.value())) {
            return DocumentMatch::Differs(String::from(disclosure.pointer()));
        }
    }
    if digests > 0 && digests != records.len() {
        DocumentMatch::Differs(String::new())
    } else if disclosures.len() == records.len() {
        DocumentMatch::Same
    } else {
        DocumentMatch::NotShown
    }
}

/// Compares a file, by its SHA-256 and size in bytes, with what is shown of a `file/v1` document. Its name may differ.
pub fn compare_file(sha256: &Hash, size: u64, disclosures: &[Disclosure]) -> DocumentMatch {
    let digits =
        |byte: &u8| [byte.wrapping_shr(4), byte & 0xF].map(|n| char::from_digit(n.into(), 16).unwrap_or('0'));
    let hex: String = sha256.as_bytes().iter().flat_map(digits).collect();
    let shown =
        |key| disclosures.iter().find(|d| d.pointer() == pointer::join("", key)).map(Disclosure::value);
    match (shown("sha256"), shown("size")) {
        (Some(value), _) if value.as_str() != Some(&hex) => DocumentMatch::Differs("/sha256".into()),
        (_, Some(value)) if value.as_u64() != Some(size) => DocumentMatch::Differs("/size".into()),
        (Some(_), _) => DocumentMatch::Same,
        (None, _) => DocumentMatch::NotShown,
    }
}

/// Equal but for the order of members.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            let (a, b) = (by_key(a), by_key(b));
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| a.0 == b.0 && same(&a.1, &b.1))
        }
        _ => a == b,
    }
}

fn by_key(members: &[(String, Value)]) -> Vec<&(String, Value)> {
    let mut sorted: Vec<_> = members.iter().collect();
    sorted.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    sorted
}
