//! Values that several documents have: units, parties, templates, amounts, digests, numbers.
//!
//! ```text
//! {"name": "示例县市场监督管理局", "uscc": "11619900990000121R"}      a unit
//! {"kind": "ORG", "name": "渭水样例食品有限公司", "uscc": "91619900MA0DEM021U"}      a party
//! ```
//!
//! Everything here is read from a document and never made otherwise, so what exists is right. Fields are public to
//! read; a document hands out shared references only.

use core::fmt;

use verifier::registry::HolderKind;

use super::read::{Members, Place};
use crate::calendar::{Day, number};
use crate::code::{PersonId, UnifiedCode};
use crate::refusal::{Refusal, RefusalCode};

/// An organisation by name and code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Unit {
    /// Its name, one line of at most 200 characters.
    pub name: String,
    /// Its unified social credit code.
    pub uscc: UnifiedCode,
}

impl Unit {
    pub(crate) fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&["name", "uscc"])?;
        Ok(Unit { name: members.need("name")?.name()?, uscc: members.need("uscc")?.code()? })
    }
}

/// Whom a document is about: the subject of a report, the committer of a commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Party {
    /// Organisation, sole trader, natural person, organ of government.
    pub kind: HolderKind,
    /// The full name. A natural person's never leaves the office but in a disclosure.
    pub name: String,
    /// The code that belongs to the kind.
    pub identity: Identity,
}

/// The code of a party.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identity {
    /// Of everything that is registered.
    Code(UnifiedCode),
    /// Of a natural person.
    Person(PersonId),
}

impl Party {
    /// Reads `kind`, `name`, and `uscc` or `person_id`, of members that name all four (the last two as optional).
    /// `kinds` are the kinds that this document can have.
    pub(crate) fn read(
        members: &Members<'_>,
        kinds: &[HolderKind],
        today: Option<Day>,
    ) -> Result<Self, Refusal> {
        let place = members.need("kind")?;
        let kind: HolderKind = place.word()?;
        if !kinds.contains(&kind) {
            let right: Vec<&str> = kinds.iter().map(|k| k.name()).collect();
            return Err(place.refuse(RefusalCode::SubjectKind).found(kind.name()).right(right.join(", ")));
        }
        let is_person = kind == HolderKind::Person;
        let (code, other, with) = if is_person {
            ("person_id", "uscc", "ORG, SOLE, GOV_ORG")
        } else {
            ("uscc", "person_id", "PERSON")
        };
        members.refuse_misplaced(other, with)?;
        let code = members.need(code)?;
        let place = members.need("name")?;
        let name = place.name()?;
        if is_person && name.chars().count() < 2 {
            return Err(place.refuse(RefusalCode::PersonNameShort));
        }
        let identity =
            if is_person { Identity::Person(code.person_id(today)?) } else { Identity::Code(code.code()?) };
        Ok(Party { kind, name, identity })
    }
}

/// The template that a document was made by.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Template {
    /// Its name among the office's templates.
    pub id: String,
    /// Its version.
    pub version: String,
}

impl Template {
    pub(crate) fn read(members: &Members<'_>) -> Result<Self, Refusal> {
        Ok(Template { id: members.need("id")?.name()?, version: members.need("version")?.name()? })
    }
}

/// A string of a fixed form, kept as it was written.
macro_rules! formed {
    ($($(#[$doc:meta])* $name:ident, $code:ident, $test:expr;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Reads the exact form.
            pub fn parse(text: &str) -> Option<Self> {
                let test: fn(&str) -> bool = $test;
                test(text).then(|| $name(text.to_owned()))
            }

            /// As it was written.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            pub(crate) fn read(place: &Place<'_>) -> Result<Self, Refusal> {
                place.form(RefusalCode::$code, Self::parse)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

formed! {
    /// An amount in ten thousand yuan: 1 to 12 digits, perhaps a point and 1 to 6 digits. Never a float.
    Amount, AmountForm, |text| {
        let (whole, fraction) = text.split_once('.').map_or((text, None), |(w, f)| (w, Some(f)));
        digits(whole, 1..=12) && fraction.is_none_or(|f| digits(f, 1..=6))
    };
    /// A region code of GB/T 2260: 6 digits.
    Region, RegionForm, |text| digits(text, 6..=6);
    /// A report's number: a local time of 14 digits and 8 of `0-9 A-Z`.
    ReportNo, ReportNoForm, |text| {
        text.len() == 22
            && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase())
            && text.get(..14).is_some_and(is_local_time)
    };
    /// A commitment's code: 20 digits.
    CommitmentCode, CommitmentCodeForm, |text| digits(text, 20..=20);
    /// A digest: `sha256:` or `sm3:` and 64 lower-case hex digits.
    Digest, DigestForm, |text| {
        let hex = text.strip_prefix("sha256:").or_else(|| text.strip_prefix("sm3:"));
        hex.is_some_and(|h| h.len() == 64 && h.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
    };
}

fn digits(text: &str, length: core::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// `YYYYMMDDhhmmss` of a real day and time.
fn is_local_time(text: &str) -> bool {
    let part = |from: usize, to: usize| text.get(from..to).and_then(|t| number(t, to - from));
    let day = || Day::new(part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let below = |n: Option<u32>, limit: u32| n.is_some_and(|n| n < limit);
    day().is_some() && below(part(8, 10), 24) && below(part(10, 12), 60) && below(part(12, 14), 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_exact() {
        for (good, text) in [
            (true, "1.2000"),
            (true, "0"),
            (true, "123456789012.123456"),
            (false, ""),
            (false, "1."),
            (false, ".5"),
            (false, "-1"),
            (false, "1e3"),
            (false, "1,000"),
            (false, "1234567890123"),
            (false, "1.1234567"),
            (false, "1.2.3"),
            (false, "１"),
            (false, " 1"),
        ] {
            assert_eq!(Amount::parse(text).is_some(), good, "{text}");
        }
        for (good, text) in [
            (true, "20261122091530A0000001"),
            (false, "20261122091530a0000001"),
            (false, "20261131091530A0000001"),
            (false, "20261122241530A0000001"),
            (false, "20261122096030A0000001"),
            (false, "20261122091560A0000001"),
            (false, "20261122091530A000000"),
            (false, "20261122091530A00000011"),
            (false, "2026112209153ＡA000000"),
        ] {
            assert_eq!(ReportNo::parse(text).is_some(), good, "{text}");
        }
        for (good, text) in [(true, "619900"), (false, "61990"), (false, "6199000"), (false, "61990A")] {
            assert_eq!(Region::parse(text).is_some(), good, "{text}");
        }
        let hex = "0123456789abcdef".repeat(4);
        for (good, text) in [
            (true, format!("sha256:{hex}")),
            (true, format!("sm3:{hex}")),
            (false, hex.clone()),
            (false, format!("SHA256:{hex}")),
            (false, format!("sha256:{}", hex.to_uppercase())),
            (false, format!("sha256:{}", &hex[1..])),
            (false, format!("sha1:{hex}")),
        ] {
            assert_eq!(Digest::parse(&text).is_some(), good, "{text}");
        }
    }
}
