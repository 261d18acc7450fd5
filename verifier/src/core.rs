//! The core: the small signed body of a certificate (spec/core.md).
//!
//! ```text
//! {0: 1, 1: 1, 2: "2026112240170938612531", 3: 1, 4: [1, "渭水样例食品有限公司", "91619900MA0DEM021U"],
//!  5: "公共信用信息报告", 6: 9, 8: 1795310130, 9: 1803086130, 10: [19683, 20778], 11: 1795276799,
//!  12: [[1, 2], [3, 1], [6, 1]], 13: {2: 1, 3: 1}, 14: h'…32 bytes…', 15: h'…16 bytes…'}
//! ```
//!
//! Here: the fields, what they must be to each other, and their one encoding. Not here: whether what it says is true
//! of a document (the office computes it), and what anybody signed (that is its entry, [`crate::entry`]).

mod decode;
mod encode;
mod party;
#[cfg(test)]
pub(crate) mod tests;

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

pub use party::{Audience, Holder, mask};

use crate::characters;
use crate::error::Refused;
use crate::hash::Hash;
use crate::limits::{CLAIMS, CORE_BYTES, CORE_TEXT_BYTES};
use crate::number::CertificateNumber;
use crate::registry::{ClaimValue, Counter, DocumentKind, Open, Purpose, Rule};
use crate::time::{Date, Time};

/// What the parser of a core is called in refusals.
const FORMAT: &str = "core";

/// A core: its fields, held against the rules of the page, and its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Core {
    fields: CoreFields,
    bytes: Vec<u8>,
}

/// The fields of a core, to be held against the rules by [`Core::new`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoreFields {
    /// Key 2.
    pub number: CertificateNumber,
    /// Key 3.
    pub kind: DocumentKind,
    /// Key 4. Only a file may be without one.
    pub holder: Option<Holder>,
    /// Key 5: one line of text, at most 600 bytes.
    pub title: String,
    /// Key 6. `None`: for no named purpose.
    pub purpose: Option<Open<Purpose>>,
    /// Key 7. `None`: for anyone.
    pub audience: Option<Audience>,
    /// Key 8.
    pub issued_at: Time,
    /// Key 9, later than `issued_at`.
    pub expires_at: Time,
    /// Key 10: the days that the document looks at, first and last.
    pub period: Option<(Date, Date)>,
    /// Key 11, not later than `issued_at`.
    pub data_as_of: Option<Time>,
    /// Key 12: at most 32, ascending by rule.
    pub claims: Vec<Claim>,
    /// Key 13: counts above zero, ascending by counter.
    pub counters: Vec<(Open<Counter>, u64)>,
    /// Key 14.
    pub document_root: Hash,
    /// Key 15: random, fresh for each core.
    pub nonce: [u8; 16],
}

/// One statement, computed from the document by a rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    rule: Open<Rule>,
    value: ClaimValue,
    counts: Option<(u64, u64)>,
}

impl Claim {
    /// A claim. `counts` is how many, of how many; the rule COMMITMENTS_KEPT has it and no other.
    ///
    /// # Errors
    /// If counts are there for a rule without or the other way round, or the first is above the second.
    pub fn new(rule: Open<Rule>, value: ClaimValue, counts: Option<(u64, u64)>) -> Result<Claim, Refused> {
        let refuse = |what: &str| Refused::new(FORMAT, "claims", format!("rule {}: {what}", rule.number()));
        if rule.known().is_some_and(Rule::has_counts) != counts.is_some() {
            return Err(refuse("the two counts belong to COMMITMENTS_KEPT, and to no other rule"));
        }
        if counts.is_some_and(|(part, whole)| part > whole) {
            return Err(refuse("the part is more than the whole"));
        }
        Ok(Claim { rule, value, counts })
    }

    /// The rule.
    pub fn rule(&self) -> Open<Rule> {
        self.rule
    }

    /// What it says.
    pub fn value(&self) -> ClaimValue {
        self.value
    }

    /// How many, of how many.
    pub fn counts(&self) -> Option<(u64, u64)> {
        self.counts
    }
}

impl Core {
    /// The core of these fields.
    ///
    /// # Errors
    /// Naming the field that breaks a rule of the page, or that the whole is longer than 4,096 bytes.
    pub fn new(fields: CoreFields) -> Result<Core, Refused> {
        check(&fields)?;
        let bytes = encode::encode(&fields);
        if bytes.len() > CORE_BYTES {
            return Err(too_long(bytes.len()));
        }
        Ok(Core { fields, bytes })
    }

    /// Reads the bytes of a core.
    ///
    /// # Errors
    /// For anything but the one encoding of fields that keep the rules.
    pub fn parse(bytes: &[u8]) -> Result<Core, Refused> {
        if bytes.len() > CORE_BYTES {
            return Err(too_long(bytes.len()));
        }
        let fields = decode::decode(bytes)?;
        check(&fields)?;
        Ok(Core { fields, bytes: bytes.to_vec() })
    }

    /// The bytes, which the entry commits to.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The certificate number.
    pub fn number(&self) -> CertificateNumber {
        self.fields.number
    }

    /// What kind of document the certificate is about.
    pub fn kind(&self) -> DocumentKind {
        self.fields.kind
    }

    /// Who or what holds it; `None` only for a file.
    pub fn holder(&self) -> Option<&Holder> {
        self.fields.holder.as_ref()
    }

    /// The title.
    pub fn title(&self) -> &str {
        &self.fields.title
    }

    /// What it is to be used for; `None`: not named.
    pub fn purpose(&self) -> Option<Open<Purpose>> {
        self.fields.purpose
    }

    /// Whom it is for; `None`: anyone.
    pub fn audience(&self) -> Option<&Audience> {
        self.fields.audience.as_ref()
    }

    /// When it was issued, by the office's clock.
    pub fn issued_at(&self) -> Time {
        self.fields.issued_at
    }

    /// The first second in which it is no longer valid.
    pub fn expires_at(&self) -> Time {
        self.fields.expires_at
    }

    /// The days that the document looks at, first and last.
    pub fn period(&self) -> Option<(Date, Date)> {
        self.fields.period
    }

    /// Until when records were collected.
    pub fn data_as_of(&self) -> Option<Time> {
        self.fields.data_as_of
    }

    /// The claims, ascending by rule.
    pub fn claims(&self) -> &[Claim] {
        &self.fields.claims
    }

    /// How many records of each class the document has, ascending by counter; classes of none are left out.
    pub fn counters(&self) -> &[(Open<Counter>, u64)] {
        &self.fields.counters
    }

    /// The commitment to all digests of the document (spec/disclosure.md).
    pub fn document_root(&self) -> Hash {
        self.fields.document_root
    }

    /// What salts the entry.
    pub fn nonce(&self) -> &[u8; 16] {
        &self.fields.nonce
    }

    /// All fields.
    pub fn fields(&self) -> &CoreFields {
        &self.fields
    }
}

/// The rules of the page that hold between fields, and those of text.
fn check(fields: &CoreFields) -> Result<(), Refused> {
    let refuse = |at: &str, what: &str| Err(Refused::new(FORMAT, at, what));
    text("title", &fields.title)?;
    if fields.holder.is_none() && fields.kind != DocumentKind::File {
        return refuse("holder", "missing; only the certificate of a file may be without one");
    }
    if fields.expires_at <= fields.issued_at {
        return refuse("expires at", "not later than issued at");
    }
    if fields.period.is_some_and(|(first, last)| first > last) {
        return refuse("period", "its first day is after its last");
    }
    if fields.data_as_of.is_some_and(|time| time > fields.issued_at) {
        return refuse("data as of", "later than issued at");
    }
    if fields.claims.len() > CLAIMS {
        return refuse("claims", "more than 32");
    }
    if !ascending(fields.claims.iter().map(|claim| claim.rule.number())) {
        return refuse("claims", "not ascending by rule, or a rule twice");
    }
    if !ascending(fields.counters.iter().map(|(counter, _)| counter.number())) {
        return refuse("counters", "not ascending, or one twice");
    }
    if fields.counters.iter().any(|(_, count)| *count == 0) {
        return refuse("counters", "a count of zero; leave the counter out");
    }
    Ok(())
}

/// A name or title: one line, in NFC, without hidden characters, at most 600 bytes.
fn text(at: &str, text: &str) -> Result<(), Refused> {
    characters::check_line(text).map_err(|bad| Refused::new(FORMAT, at, format!("{bad}")))?;
    if text.len() > CORE_TEXT_BYTES {
        let what = format!("{} bytes where at most {CORE_TEXT_BYTES} are allowed", text.len());
        return Err(Refused::new(FORMAT, at, what));
    }
    Ok(())
}

fn too_long(bytes: usize) -> Refused {
    Refused::new(FORMAT, "", format!("{bytes} bytes where at most {CORE_BYTES} are allowed"))
}

/// Strictly ascending.
fn ascending(mut numbers: impl Iterator<Item = u64>) -> bool {
    let mut last = None;
    numbers.all(|n| last.replace(n).is_none_or(|before| before < n))
}
