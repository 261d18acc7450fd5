//! The checks of what is shown of a document: against the core's document root, its fields and its counters.

use alloc::collections::BTreeSet;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use super::{Disclosure, FORMAT, Place};
use crate::core::{Core, Holder, mask};
use crate::error::Refused;
use crate::hash::{Hash, tagged};
use crate::json::Value;
use crate::limits::DISCLOSURES;
use crate::registry::{Counter, HolderKind, Open, Purpose};
use crate::time::{Date, Time};

/// Why what is shown of a document is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DisclosureError {
    /// `DISCLOSURE_BAD`: it is not of this core, or not written as it must be.
    Bad(Refused),
    /// `DISCLOSURE_INCOMPLETE`: the purpose demands every record of these counters, and so many are hidden.
    Incomplete(Vec<(Counter, u64)>),
}

impl DisclosureError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            DisclosureError::Bad(_) => "DISCLOSURE_BAD",
            DisclosureError::Incomplete(_) => "DISCLOSURE_INCOMPLETE",
        }
    }
}

impl From<Refused> for DisclosureError {
    fn from(refused: Refused) -> DisclosureError {
        DisclosureError::Bad(refused)
    }
}

impl fmt::Display for DisclosureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            DisclosureError::Bad(refused) => write!(f, "{refused}"),
            DisclosureError::Incomplete(missing) => {
                f.write_str("the purpose demands records that are not shown:")?;
                missing.iter().try_for_each(|(counter, n)| write!(f, " {n} of {};", counter.name()))
            }
        }
    }
}

/// What is shown of a document, and how much is hidden.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    records: u64,
    of: u64,
    counters: Vec<CounterShown>,
}

/// One counter of the core, and how many of its records are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CounterShown {
    /// The counter.
    pub counter: Open<Counter>,
    /// How many records the document has, as the core says.
    pub counted: u64,
    /// How many of them are shown.
    pub shown: u64,
}

impl CounterShown {
    /// How many are hidden.
    pub fn hidden(&self) -> u64 {
        self.counted.saturating_sub(self.shown)
    }
}

impl Shown {
    /// How many records are shown.
    pub fn records(&self) -> u64 {
        self.records
    }

    /// How many records the document has; 0 where nothing of a document is carried along.
    pub fn of(&self) -> u64 {
        self.of
    }

    /// Each counter of the core.
    pub fn counters(&self) -> &[CounterShown] {
        &self.counters
    }

    /// How many records that are bad news for the holder are hidden.
    pub fn hidden_adverse(&self) -> u64 {
        let adverse = |c: &&CounterShown| c.counter.known().is_some_and(Counter::adverse);
        self.counters.iter().filter(adverse).fold(0, |n, c| n.saturating_add(c.hidden()))
    }

    /// What the profile of this purpose demands and is hidden, each with how many records.
    pub fn lacks(&self, purpose: Purpose) -> Vec<(Counter, u64)> {
        let demands = purpose.demands();
        let hidden = |c: &CounterShown| Some((c.counter.known()?, c.hidden()));
        let demanded = |(counter, n): &(Counter, u64)| *n > 0 && demands.contains(counter);
        self.counters.iter().filter_map(hidden).filter(demanded).collect()
    }
}

/// The commitment to all digests of a document.
///
/// # Errors
/// If they are not strictly ascending, none, or more than 4,096.
pub fn document_root(digests: &[Hash]) -> Result<Hash, Refused> {
    let refuse = |what: &str| Err(Refused::new("digests", "", what));
    if digests.is_empty() || digests.len() > DISCLOSURES {
        return refuse("none, or more than 4096");
    }
    if !digests.iter().zip(digests.iter().skip(1)).all(|(a, b)| a < b) {
        return refuse("not in strictly ascending order");
    }
    let count = u32::try_from(digests.len()).unwrap_or(u32::MAX).to_be_bytes();
    let mut parts: Vec<&[u8]> = Vec::with_capacity(digests.len().saturating_add(1));
    parts.push(&count);
    parts.extend(digests.iter().map(|digest| &digest.as_bytes()[..]));
    Ok(tagged("xinzheng/document-root/v1", &parts))
}

/// Checks digests and disclosures against the core (spec/disclosure.md, *Showing*, and *Hiding is allowed …*).
/// Without digests and disclosures nothing is shown, and nothing checked.
///
/// # Errors
/// `DISCLOSURE_BAD` with the first fault, or `DISCLOSURE_INCOMPLETE`.
pub fn check(core: &Core, digests: &[Hash], disclosures: &[Disclosure]) -> Result<Shown, DisclosureError> {
    if !(digests.is_empty() && disclosures.is_empty()) {
        if document_root(digests)? != core.document_root() {
            return Err(Refused::new("digests", "", "do not give the document root of the core").into());
        }
        belong(digests, disclosures)?;
        disclosures.iter().try_for_each(|disclosure| agrees(core, disclosure))?;
    }
    let shown = count(core, digests, disclosures)?;
    let missing = missing(core, &shown);
    if disclosures.is_empty() || missing.is_empty() {
        Ok(shown)
    } else {
        Err(DisclosureError::Incomplete(missing))
    }
}

/// Each disclosure is one of the digests, and no disclosure, pointer or salt stands twice.
fn belong(digests: &[Hash], disclosures: &[Disclosure]) -> Result<(), Refused> {
    let (mut pointers, mut salts) = (BTreeSet::new(), BTreeSet::new());
    for disclosure in disclosures {
        let refuse = |what: &str| Err(Refused::new(FORMAT, disclosure.pointer(), what));
        if digests.binary_search(&disclosure.digest()).is_err() {
            return refuse("its digest is not among the digests of the document");
        }
        if !pointers.insert(disclosure.pointer()) {
            return refuse("stands twice");
        }
        if !salts.insert(disclosure.salt()) {
            return refuse("has the salt of another one");
        }
    }
    Ok(())
}

/// A record that the core repeats says the same there.
fn agrees(core: &Core, disclosure: &Disclosure) -> Result<(), Refused> {
    let value = disclosure.value();
    let same = match disclosure.place() {
        Place::Section(..) => true,
        Place::PersonId => core.holder().is_some_and(|holder| {
            holder.kind() == HolderKind::Person && holder.code() == Holder::reference(&disclosure.digest())
        }),
        Place::Member(member) => match member.as_str() {
            "schema" => value.as_str() == Some(core.kind().schema()),
            "purpose" => {
                core.purpose().and_then(Open::known).is_none_or(|p| value.as_str() == Some(p.name()))
            }
            "audience" => core.audience().is_none_or(|a| is_party(value, a.name(), a.code())),
            "period" => core.period().is_none_or(|period| is_period(value, period)),
            "data_as_of" => core.data_as_of().is_none_or(|time| is_time(value, time)),
            "subject" | "committer" => core.holder().is_none_or(|holder| is_holder(value, holder)),
            _ => true,
        },
    };
    if same {
        Ok(())
    } else {
        Err(Refused::new(FORMAT, disclosure.pointer(), "says something else than the core"))
    }
}

fn is_party(value: &Value, name: &str, code: &str) -> bool {
    text(value, "name") == Some(name) && text(value, "uscc") == Some(code)
}

fn is_period(value: &Value, (first, last): (Date, Date)) -> bool {
    let is = |key, day| text(value, key).and_then(|text| Date::parse(text).ok()) == Some(day);
    is("from", first) && is("to", last)
}

fn is_time(value: &Value, time: Time) -> bool {
    value.as_str().and_then(|text| Time::parse_rfc3339_china(text).ok()) == Some(time)
}

fn is_holder(value: &Value, holder: &Holder) -> bool {
    let kind = text(value, "kind") == Some(holder.kind().name());
    kind && match holder.kind() {
        HolderKind::Person => text(value, "name").map(mask).as_deref() == Some(holder.name()),
        _ => is_party(value, holder.name(), holder.code()),
    }
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value.get(key).and_then(Value::as_str)
}

/// Classes the section records shown, and holds them against the counters of the core.
fn count(core: &Core, digests: &[Hash], disclosures: &[Disclosure]) -> Result<Shown, Refused> {
    let each = core.counters().iter().map(|(counter, counted)| CounterShown {
        counter: *counter,
        counted: *counted,
        shown: 0,
    });
    let mut counters: Vec<CounterShown> = each.collect();
    // A counter that this reader does not know may count records that it would put elsewhere.
    let sure = counters.iter().all(|c| c.counter.known().is_some());
    let mut in_sections: u64 = 0;
    for disclosure in disclosures {
        let Place::Section(section, _) = disclosure.place() else { continue };
        in_sections = in_sections.saturating_add(1);
        let class = Counter::of_record(section, disclosure.value()).map(Open::Known);
        match counters.iter_mut().find(|c| Some(c.counter) == class && c.shown < c.counted) {
            Some(counter) => counter.shown = counter.shown.saturating_add(1),
            None if sure => {
                let what: String = match class {
                    Some(class) => format!("one record of {} more than the core counts", class.name()),
                    None => "a record that no counter counts".into(),
                };
                return Err(Refused::new(FORMAT, disclosure.pointer(), what));
            }
            None => {}
        }
    }
    let (records, of) = (as_u64(disclosures.len()), as_u64(digests.len()));
    let counted = counters.iter().fold(0u64, |n, c| n.saturating_add(c.counted));
    if of > 0 && counted.saturating_sub(in_sections) > of.saturating_sub(records) {
        return Err(Refused::new(FORMAT, "", "the core counts more records than the document has"));
    }
    Ok(Shown { records, of, counters })
}

/// What the profile of the core's purpose demands and is hidden.
fn missing(core: &Core, shown: &Shown) -> Vec<(Counter, u64)> {
    core.purpose().and_then(Open::known).map(|purpose| shown.lacks(purpose)).unwrap_or_default()
}

fn as_u64(n: usize) -> u64 {
    u64::try_from(n).unwrap_or(u64::MAX)
}
