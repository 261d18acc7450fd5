//! What the office writes into its journal.
//!
//! ```text
//! 1 founded        {"origin":…}                                      the first record
//! 2 accepted       {"number":…,"slot":…,"entry":…,…} + sealed bytes  a promise: this document will be certified
//! 3 sealed         {"batch":7,"start":17,"end":33,"checkpoint":…}    the commit point of a batch
//! 4 public         {"kind":…,"body":…}                               something public that will be an entry
//! 5 status         {"index":19,"from":"0","to":"1",…}                a change of status
//! 6 list           {"shard":0,"note":…,"list":…}                     the commit point of a status list; its note will be an entry
//! 7 erased         {"slot":12,…}                                     a document's key was destroyed
//! 8 event          {"doc":3,"sequence":1,"entry":…,…} + sealed bytes something happened to a certificate; it will be an entry
//! 9 objection      {"case":1,"version":2,"to":"accepted",…} + sealed a step of an objection (`crate::objection`)
//! 10 repair        {"repair":1,"version":1,"to":"applied",…} + sealed a step of a credit repair (`crate::repair`)
//! 11 erasing       {"erasing":1,"version":1,"to":"proposed",…} + sealed a step towards erasing (`crate::erasing`)
//! 12 bundle        {"preimages":[…]}                                 key events and the trust bundle that they come with; entries
//! ```
//!
//! Entries come into the ledger in the order of their records (2, 4, 6, 8, 12), so a sealed record needs to say only how many.
//! Whatever is anybody's (document, core, nonce, secret, check code) stands only in the sealed bytes of an accepted
//! record, under a key of its own in the vault; so do nonce and body of its events. Record 5 is read for offices that have it, and
//! not written any more.

use serde::{Deserialize, Serialize};
use verifier::base64;
use verifier::entry::Entry;
use verifier::time::Time;
use zeroize::Zeroizing;

use super::provenance::Provenance;
use crate::disclose::DocumentSecret;
use crate::document::Document;
use crate::refusal::{Refusal, RefusalCode};

/// Kinds of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Kind {
    Founded = 1,
    Accepted = 2,
    Sealed = 3,
    Public = 4,
    Status = 5,
    List = 6,
    Erased = 7,
    Event = 8,
    Objection = 9,
    Repair = 10,
    Erasing = 11,
    Bundle = 12,
}

impl Kind {
    pub(crate) fn of(byte: u8) -> Option<Self> {
        use Kind::{Accepted, Erased, Event, Founded, List, Public, Sealed, Status};
        [Founded, Accepted, Sealed, Public, Status, List, Erased, Event]
            .into_iter()
            .chain([Kind::Objection, Kind::Repair, Kind::Erasing, Kind::Bundle])
            .find(|kind| *kind as u8 == byte)
    }
}

/// The first record.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Founded {
    pub(crate) origin: String,
}

/// A document was accepted: what can be known of it without its key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Accepted {
    pub(crate) number: String,
    pub(crate) slot: u64,
    #[serde(with = "entry_text")]
    pub(crate) entry: Entry,
    pub(crate) core_len: u32,
    pub(crate) qr: bool,
    /// Of a natural person: only 0 and 1 are published.
    pub(crate) person: bool,
    pub(crate) issued_at: u64,
    /// Digests of what makes a repeated submission known: the document's own number, the idempotency key.
    pub(crate) known_by: Vec<String>,
}

/// What is sealed under the document's key, before the document's own bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Private {
    pub(crate) check_code: String,
    pub(crate) core: String,
    pub(crate) secret: String,
    /// SHA-256 of what was submitted, to tell a repetition from a conflict.
    pub(crate) submitted: String,
    /// For a file: its name and media type.
    pub(crate) file: Option<(String, String)>,
    /// Where it came from; none in records from before this was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) provenance: Option<Provenance>,
}

impl Private {
    /// The document, read again from its own bytes.
    pub(crate) fn document(&self, bytes: &[u8]) -> Result<Document, Refusal> {
        match &self.file {
            None => Document::reread(bytes),
            Some((name, media_type)) => Document::file(name, Some(media_type), bytes),
        }
    }

    /// The secret that its salts come from.
    pub(crate) fn secret(&self) -> Result<DocumentSecret, Refusal> {
        let bytes = base64::decode(&self.secret).map(Zeroizing::new);
        let bytes: Option<&[u8; 32]> = bytes.as_ref().and_then(|bytes| bytes.as_slice().try_into().ok());
        bytes
            .map(DocumentSecret::from_bytes)
            .ok_or_else(|| Refusal::new(RefusalCode::SelfCheckFailed).found("secret"))
    }
}

/// A batch was sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sealed {
    pub(crate) batch: u64,
    pub(crate) start: u64,
    pub(crate) end: u64,
    pub(crate) time: u64,
    pub(crate) checkpoint: String,
    pub(crate) notes: Vec<String>,
}

/// A public preimage (spec/entry.md), base64.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Public {
    pub(crate) preimage: String,
}

/// Key events and the trust bundle that they belong to: entries in this order, of which none is without the others.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Bundle {
    /// Public preimages, base64.
    pub(crate) preimages: Vec<String>,
}

/// A status changed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct StatusChange {
    pub(crate) index: u64,
    pub(crate) from: u8,
    pub(crate) to: u8,
    pub(crate) reason: String,
    pub(crate) at: u64,
}

/// A status list was issued: the file's text.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ListIssued {
    pub(crate) shard: u64,
    pub(crate) sequence: u64,
    pub(crate) file: String,
}

/// A document was erased.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Erased {
    pub(crate) number: String,
    pub(crate) slot: u64,
    pub(crate) reason: String,
    pub(crate) at: u64,
}

/// Something happened to a certificate: what can be known of it without its key.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Happened {
    /// Number of acceptance of its document.
    pub(crate) doc: u32,
    pub(crate) sequence: u32,
    #[serde(with = "entry_text")]
    pub(crate) entry: Entry,
    /// The kind's word.
    pub(crate) kind: String,
    pub(crate) from: u8,
    pub(crate) to: u8,
    pub(crate) at: u64,
}

/// A record's payload as JSON. What the office writes is always writable.
pub(crate) fn json<T: Serialize>(record: &T) -> Vec<u8> {
    serde_json::to_vec(record).unwrap_or_default()
}

/// Puts a head and bytes behind it into one payload: `u32be length ‖ head ‖ rest`.
pub(crate) fn framed<T: Serialize>(head: &T, rest: &[u8]) -> Vec<u8> {
    let head = json(head);
    let mut out = Vec::with_capacity(4 + head.len() + rest.len());
    out.extend_from_slice(&(head.len() as u32).to_be_bytes());
    out.extend_from_slice(&head);
    out.extend_from_slice(rest);
    out
}

/// Takes apart what [`framed`] made.
pub(crate) fn unframed<'a, T: Deserialize<'a>>(payload: &'a [u8]) -> Option<(T, &'a [u8])> {
    let (length, rest) = payload.split_first_chunk::<4>()?;
    let (head, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    Some((serde_json::from_slice(head).ok()?, rest))
}

/// A time out of a record of our own.
pub(crate) fn time(seconds: u64) -> Time {
    Time::new(seconds).unwrap_or(Time::ZERO)
}

mod entry_text {
    use super::{Entry, base64};
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub(crate) fn serialize<S: Serializer>(entry: &Entry, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&base64::encode(entry.as_bytes()))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Entry, D::Error> {
        let text = String::deserialize(from)?;
        let bytes = base64::decode(&text).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Entry::from_bytes).ok_or_else(|| D::Error::custom("32 bytes in base64"))
    }
}
