//! How a document is split into records, and which counter each record of `sections` belongs to.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::FORMAT;
use crate::error::Refused;
use crate::json::{Value, pointer};
use crate::limits::DISCLOSURES;
use crate::registry::Counter;

/// Members whose `person_id` is a record of its own.
const WITH_PERSON: [&str; 2] = ["subject", "committer"];

/// Where in a document a record stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// `/purpose`: a member of the document, other than `sections`.
    Member(String),
    /// `/sections/admin/0`: an element of a section.
    Section(String, usize),
    /// `/subject/person_id` or `/committer/person_id`.
    PersonId,
}

impl Place {
    /// Reads the pointer of a record.
    ///
    /// # Errors
    /// If it is the pointer of anything else.
    pub fn parse(pointer: &str) -> Result<Place, Refused> {
        let refuse = || Refused::new(FORMAT, "/1", "not the pointer of a record");
        let tokens = pointer::tokens(pointer).ok_or_else(refuse)?;
        let tokens: Vec<&str> = tokens.iter().map(String::as_str).collect();
        match *tokens.as_slice() {
            [member] if !member.is_empty() && member != "sections" => Ok(Place::Member(member.into())),
            ["sections", section, index] if !section.is_empty() => {
                let index = pointer::index(index).filter(|i| *i < DISCLOSURES).ok_or_else(refuse)?;
                Ok(Place::Section(section.into(), index))
            }
            [member, "person_id"] if WITH_PERSON.contains(&member) => Ok(Place::PersonId),
            _ => Err(refuse()),
        }
    }

    /// Whether a record here can have this value: one that is itself divided into records can't hold them.
    pub(super) fn may_hold(&self, value: &Value) -> Result<(), Refused> {
        match self {
            Place::Member(member)
                if WITH_PERSON.contains(&member.as_str()) && value.get("person_id").is_some() =>
            {
                Err(Refused::new(FORMAT, "/2", "holds a person_id, which is a record of its own"))
            }
            _ => Ok(()),
        }
    }
}

/// The records of a document with their pointers, in the order of the document.
///
/// # Errors
/// If it is no object, its `sections` is not an object of arrays, or it has more than 4,096 records or none.
pub fn records(document: &Value) -> Result<Vec<(String, Value)>, Refused> {
    let refuse = |at: &str, what: String| Refused::new("document", at, what);
    let members =
        document.as_object().ok_or_else(|| refuse("", format!("{}, not an object", document.kind())))?;
    let mut records = Vec::new();
    for (key, value) in members {
        let here = pointer::join("", key);
        if key == "sections" {
            let what = || refuse(&here, "not an object of arrays".into());
            for (section, list) in value.as_object().ok_or_else(what)? {
                let there = pointer::join(&here, section);
                for (i, record) in list.as_array().ok_or_else(what)?.iter().enumerate() {
                    records.push((pointer::join(&there, &i.to_string()), record.clone()));
                }
            }
        } else if WITH_PERSON.contains(&key.as_str()) && value.get("person_id").is_some() {
            let (person, rest) = take_person_id(value);
            let there = pointer::join(&here, "person_id");
            records.push((here, rest));
            records.extend(person.map(|person| (there, person)));
        } else {
            records.push((here, value.clone()));
        }
    }
    match records.len() {
        0 => Err(refuse("", "no member, so there is nothing to show".into())),
        n if n > DISCLOSURES => {
            Err(refuse("/sections", format!("{n} records where at most {DISCLOSURES} are allowed")))
        }
        _ => Ok(records),
    }
}

/// How many records of `sections` belong to each counter; counters of none are left out.
///
/// # Errors
/// With the pointer of a record that fits no row of the table (spec/claims.md).
pub fn counters(records: &[(String, Value)]) -> Result<BTreeMap<Counter, u64>, Refused> {
    let mut counts = BTreeMap::new();
    for (pointer, value) in records {
        if let Place::Section(section, _) = Place::parse(pointer)? {
            let counter = Counter::of_record(&section, value).ok_or_else(|| {
                Refused::new("document", pointer.clone(), "a record that no counter counts")
            })?;
            let count = counts.entry(counter).or_insert(0u64);
            *count = count.saturating_add(1);
        }
    }
    Ok(counts)
}

fn take_person_id(value: &Value) -> (Option<Value>, Value) {
    let members = value.as_object().unwrap_or(&[]);
    let rest = members.iter().filter(|(key, _)| key != "person_id").cloned().collect();
    (value.get("person_id").cloned(), Value::Object(rest))
}
