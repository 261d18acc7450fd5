//! Events of a certificate's life, and of the commitment that it certifies (spec page `event.md`).
//!
//! ```text
//! {"format":"xinzheng/event/v1","certificate":"2026112240170938612531","sequence":1,"previous":"tBP0fRPu…","kind":"SUSPENDED",
//!  "at":1795312800,"by":"A00004","reason_code":"OBJECTION","reason":"异议核实中","basis":"","detail":{"case":"Y00001"}}
//! ```
//!
//! A chain for each certificate: every event names the entry of the one before, the first the certificate's own entry,
//! which stands for ISSUED. The body is salted by a nonce of its own, so its entry tells nothing.
//! Here: the body in its one form, its entry, the chain. Not here: which event may follow which (`status` for certificates,
//! the office for commitments), and who may see an event.

mod kind;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

pub use kind::EventKind;

use crate::characters;
use crate::entry::Entry;
use crate::error::Refused;
use crate::hash::Hash;
use crate::json::{self, Members, Value};
use crate::limits::{EVENT_BYTES, EVENT_DETAILS, EVENT_TEXT_BYTES};
use crate::number::CertificateNumber;
use crate::origin::Origin;
use crate::time::Time;

const FORMAT: &str = "event";
const NAME: &str = "xinzheng/event/v1";
/// Characters of a word: who did it, a reason's code, a detail's name.
const WORD_MAX: usize = 64;

/// An event in its one form.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Event {
    fields: EventFields,
}

/// What an event is made of.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct EventFields {
    /// Whose life it is of.
    pub certificate: CertificateNumber,
    /// From 1, one more with each event of the certificate.
    pub sequence: u32,
    /// Entry of the event before; of the certificate's core for sequence 1.
    pub previous: Entry,
    /// What happened.
    pub kind: EventKind,
    /// When it was recorded.
    pub at: Time,
    /// Who recorded it: an account's number, or a word such as `command`. Never a name. 1 to 64 of `A-Za-z0-9:._-`.
    pub by: String,
    /// Why, as a code of the office: 1 to 64 of `A-Z0-9_`.
    pub reason_code: String,
    /// Why, in words; may be empty.
    pub reason: String,
    /// On what basis: a rule or a document's number; may be empty.
    pub basis: String,
    /// What else belongs to it, ascending by name, none twice: e.g. `case`, `replaced_by`, `evidence`. Names are 1 to 64 of `a-z_`.
    pub detail: Vec<(String, String)>,
}

impl Event {
    /// Refused where a word or text is not as it should be, or the whole is too long.
    pub fn new(fields: EventFields) -> Result<Event, Refused> {
        let refuse = |at: &str, what: &str| Err(Refused::new(FORMAT, at, what));
        if fields.sequence == 0 {
            return refuse("/sequence", "begins at 1");
        }
        if !word(&fields.by, |b| b.is_ascii_alphanumeric() || b":._-".contains(&b)) {
            return refuse("/by", "has to be 1 to 64 of A-Z a-z 0-9 : . _ -");
        }
        if !word(&fields.reason_code, |b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_') {
            return refuse("/reason_code", "has to be 1 to 64 of A-Z 0-9 _");
        }
        for (at, text) in [("/reason", &fields.reason), ("/basis", &fields.basis)] {
            written(at, text)?;
        }
        if fields.detail.len() > EVENT_DETAILS {
            return refuse("/detail", "has more than 16 members");
        }
        let mut before = "";
        for (name, text) in &fields.detail {
            if !word(name, |b| b.is_ascii_lowercase() || b == b'_') || name.as_str() <= before {
                return refuse("/detail", "has to have names of a-z and _, ascending, none twice");
            }
            written(&format!("/detail/{name}"), text)?;
            before = name;
        }
        let event = Event { fields };
        match event.encode().len() <= EVENT_BYTES {
            true => Ok(event),
            false => refuse("", "is longer than 65536 bytes"),
        }
    }

    /// Reads a body; exactly what [`Event::encode`] writes.
    pub fn parse(bytes: &[u8]) -> Result<Event, Refused> {
        let value = json::parse_compact(bytes, EVENT_BYTES)
            .map_err(|e| Refused::new(FORMAT, e.pointer(), format!("{e}")))?;
        let mut members = Members::of(FORMAT, "", value)?;
        if members.string("format")? != NAME {
            return Err(members.refuse("format", format!("has to be {NAME}")));
        }
        let certificate = CertificateNumber::parse(&members.string("certificate")?)?;
        let sequence = u32::try_from(members.unsigned("sequence")?)
            .map_err(|_| members.refuse("sequence", "is too large".to_string()))?;
        let previous = Hash::from_base64(&members.string("previous")?)
            .map_err(|e| members.refuse("previous", format!("{e}")))?;
        let kind = members.string("kind")?;
        let kind = EventKind::from_word(&kind)
            .ok_or_else(|| members.refuse("kind", "is no kind of event".to_string()))?;
        let at = Time::new(members.unsigned("at")?).map_err(|e| members.refuse("at", format!("{e}")))?;
        let (by, reason_code) = (members.string("by")?, members.string("reason_code")?);
        let (reason, basis) = (members.string("reason")?, members.string("basis")?);
        let Value::Object(given) = members.value("detail")? else {
            return Err(members.refuse("detail", "has to be an object".to_string()));
        };
        let mut detail = Vec::new();
        for (name, value) in given {
            let Value::String(text) = value else {
                return Err(members.refuse("detail", "has to hold texts".to_string()));
            };
            detail.push((name, text));
        }
        members.end()?;
        Event::new(EventFields {
            certificate,
            sequence,
            previous: Entry::from(previous),
            kind,
            at,
            by,
            reason_code,
            reason,
            basis,
            detail,
        })
    }

    /// The body: compact JSON, members in the order of the fields.
    pub fn encode(&self) -> String {
        let fields = &self.fields;
        let number = |n: u64| Value::Integer(i64::try_from(n).unwrap_or(i64::MAX));
        let detail = fields.detail.iter().map(|(name, text)| (name.clone(), Value::from(text.clone())));
        json::compact(&Value::object([
            ("format", Value::from(NAME)),
            ("certificate", Value::from(fields.certificate.as_str())),
            ("sequence", number(u64::from(fields.sequence))),
            ("previous", Value::from(Hash::from_bytes(*fields.previous.as_bytes()).to_base64())),
            ("kind", Value::from(fields.kind.word())),
            ("at", number(fields.at.seconds())),
            ("by", Value::from(fields.by.clone())),
            ("reason_code", Value::from(fields.reason_code.clone())),
            ("reason", Value::from(fields.reason.clone())),
            ("basis", Value::from(fields.basis.clone())),
            ("detail", Value::Object(detail.collect())),
        ]))
    }

    /// Its entry in the ledger of that name.
    pub fn entry(&self, origin: &Origin, nonce: &[u8; 16]) -> Entry {
        Entry::of_event(origin, nonce, self.encode().as_bytes())
    }

    /// What it is made of.
    pub fn fields(&self) -> &EventFields {
        &self.fields
    }

    /// The text of a detail.
    pub fn detail(&self, name: &str) -> Option<&str> {
        self.fields.detail.iter().find(|(key, _)| key == name).map(|(_, text)| text.as_str())
    }

    /// Whether it is the one after `before` in the certificate's chain; `None` and the certificate's own entry before the first.
    pub fn follows(&self, before: Option<&Event>, previous: &Entry) -> bool {
        let sequence = before.map_or(0, |event| event.fields.sequence);
        let same = before.is_none_or(|event| event.fields.certificate == self.fields.certificate);
        same && self.fields.sequence.checked_sub(1) == Some(sequence) && self.fields.previous == *previous
    }
}

fn word(text: &str, may: impl Fn(u8) -> bool) -> bool {
    (1..=WORD_MAX).contains(&text.len()) && text.bytes().all(may)
}

/// Text as strict JSON has it, of a length that can be kept.
fn written(at: &str, text: &str) -> Result<(), Refused> {
    characters::check(text).map_err(|bad| Refused::new(FORMAT, at, format!("{bad}")))?;
    match text.len() <= EVENT_TEXT_BYTES {
        true => Ok(()),
        false => Err(Refused::new(FORMAT, at, "is longer than 12000 bytes")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;
    use proptest::prelude::*;

    fn fields() -> EventFields {
        EventFields {
            certificate: CertificateNumber::parse("2026112240170938612531").unwrap(),
            sequence: 1,
            previous: Entry::from_bytes([7; 32]),
            kind: EventKind::Suspended,
            at: Time::new(1_795_312_800).unwrap(),
            by: "A00004".to_string(),
            reason_code: "OBJECTION".to_string(),
            reason: "异议核实中".to_string(),
            basis: String::new(),
            detail: vec![("case".to_string(), "Y00001".to_string())],
        }
    }

    #[test]
    fn what_is_no_event() {
        let good = Event::new(fields()).unwrap().encode();
        assert_eq!(Event::parse(good.as_bytes()).unwrap().encode(), good);
        for (from, to) in [
            ("event/v1", "event/v2"),
            ("\"sequence\":1", "\"sequence\":0"),
            ("\"sequence\":1", "\"sequence\":4294967296"),
            ("SUSPENDED", "Suspended"),
            ("A00004", ""),
            ("A00004", "张三"),
            ("OBJECTION", "objection"),
            ("\"basis\":\"\",", ""),
            ("\"case\"", "\"Case\""),
            ("\"Y00001\"", "1"),
            ("{\"case\":\"Y00001\"}", "{\"case\":\"Y00001\",\"basis\":\"x\"}"),
            (",\"detail\"", ", \"detail\""),
            ("2026112240170938612531", "2026112240170938612532"),
        ] {
            assert!(good.contains(from) && Event::parse(good.replace(from, to).as_bytes()).is_err(), "{to}");
        }
        let long = EventFields { reason: "字".repeat(4001), ..fields() };
        assert!(Event::new(long).is_err());
    }

    #[test]
    fn a_chain_hangs_together() {
        let first = Event::new(fields()).unwrap();
        let core = Entry::from_bytes([7; 32]);
        assert!(first.follows(None, &core) && !first.follows(None, &Entry::from_bytes([8; 32])));
        let origin = Origin::parse("a.cn/ledger").unwrap();
        let entry = first.entry(&origin, &[1; 16]);
        let second = EventFields { sequence: 2, previous: entry, kind: EventKind::Resumed, ..fields() };
        let second = Event::new(second).unwrap();
        assert!(second.follows(Some(&first), &entry) && !second.follows(None, &entry));
        assert!(!first.follows(Some(&second), &core));
        assert_ne!(entry, first.entry(&origin, &[2; 16]));
    }

    proptest! {
        #[test]
        fn a_body_is_the_one_encoding(
            sequence in 1u32.., previous: [u8; 32], kind in 0..EventKind::ALL.len(), at in 0..=Time::MAX.seconds(),
            by in "[A-Za-z0-9:._-]{1,64}", code in "[A-Z0-9_]{1,64}", reason in "[a-z\u{4e00}-\u{4e20}\"\\\\\n]{0,40}",
            names in proptest::collection::btree_map("[a-z_]{1,20}", "[0-9a-z\u{4e00}-\u{4e20}]{0,20}", 0..16),
        ) {
            let fields = EventFields {
                sequence, previous: Entry::from_bytes(previous), kind: EventKind::ALL[kind],
                at: Time::new(at).unwrap(), by, reason_code: code, reason,
                detail: names.into_iter().collect(), ..fields()
            };
            let event = Event::new(fields).unwrap();
            prop_assert_eq!(Event::parse(event.encode().as_bytes()), Ok(event));
        }
    }
}
