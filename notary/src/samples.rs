//! The sample documents of `tests/samples/`, for tests.

use std::path::PathBuf;

use verifier::json::{self, Value};
use verifier::time::Time;

use crate::document::{Document, Intake, Templates};
use crate::refusal::Refusal;

/// The bytes of a sample.
pub fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(folder().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// A sample's value.
pub fn value(name: &str) -> Value {
    json::parse(&bytes(name), 1 << 20).unwrap()
}

/// The names of the samples that begin with `prefix` and end with `.json`, in order.
pub fn names(prefix: &str) -> Vec<String> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.starts_with(prefix) && name.ends_with(".json"))
        .collect();
    names.sort();
    names
}

/// `expected.json`, one of its two tables: sample → what is expected.
pub fn expected(table: &str) -> Vec<(String, Value)> {
    value("expected.json").get(table).and_then(Value::as_object).unwrap().to_vec()
}

/// The time of the samples.
pub fn now() -> Time {
    Time::parse_rfc3339_china("2026-11-22T10:00:00+08:00").unwrap()
}

/// Reads a document as an office would on the day of the samples, without templates that show repaired records.
pub fn parse(bytes: &[u8]) -> Result<Document, Refusal> {
    Document::parse(bytes, &Intake { now: now(), allow_later: false, templates: &Templates::default() })
}

/// A good sample.
pub fn document(name: &str) -> Document {
    match parse(&bytes(name)) {
        Ok(document) => document,
        Err(refusal) => panic!("{name}: {refusal}"),
    }
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/samples")
}
