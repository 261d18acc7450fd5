//! What the desk writes into its journal, and how it is read again.
//!
//! ```text
//!  1 receipt     {"number":…,"slot":3,"at":…,"account":…}               + sealed: case, matter, verdict
//!  2 draft       {"slot":4,"key":…,"at":…,"by":…,"no":true,…}           + sealed: the document and its summary
//!  3 edited      {"draft":1,"version":2,…}                              + sealed: the document as it is now
//!  4 approved    {"draft":1,"version":2,…}     the commit point: from here on it will be issued, or refused by `submit`
//!  5 issued      {"draft":1,"number":…,…}      its key is overwritten after this
//!  6 not issued  {"draft":1,"code":"CONFLICT",…}                        what `submit` said
//!  7 returned    {"draft":1,"version":2,…}                              + sealed: the reason
//!  8 discarded   {"draft":1,"version":2,…}     its key is overwritten after this
//!  9 request     {"slot":5,"at":…,"by":…}                               + sealed: who asks for what
//! 10 closed      {"request":1,"refused":true,…}                         + sealed: the reason
//! ```
//!
//! A payload is `u32be length ‖ head as JSON ‖ sealed bytes`. Not here: what the records do to the state.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::journal::RecordRef;
use crate::office::record::{framed, unframed};
use crate::vault::{Slot, Vault, VaultError};

/// Kinds of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    Receipt = 1,
    Draft = 2,
    Edited = 3,
    Approved = 4,
    Issued = 5,
    NotIssued = 6,
    Returned = 7,
    Discarded = 8,
    Request = 9,
    Closed = 10,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptHead {
    pub number: String,
    pub slot: u64,
    pub at: u64,
    pub account: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ReceiptBody {
    pub case: String,
    pub matter: String,
    pub unit: String,
    pub certificate: Option<String>,
    pub holder: Option<(String, String)>,
    pub outcome: String,
    pub code: String,
    pub level: u8,
    pub status_as_of: Option<u64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftHead {
    pub slot: u64,
    /// The idempotency key that it is issued with.
    pub key: String,
    pub at: u64,
    pub by: String,
    /// Whether a claim comes out NO.
    pub no: bool,
    pub request: Option<u64>,
    /// Digest of the document's own number, as the office's journal has it; none where it has no number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<String>,
    /// Whether a draft with this number had been submitted before.
    #[serde(default, skip_serializing_if = "is_false")]
    pub again: bool,
}

fn is_false(value: &bool) -> bool {
    !*value
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EditedHead {
    pub draft: u64,
    pub slot: u64,
    /// The version from now on.
    pub version: u32,
    pub at: u64,
    pub by: String,
    pub no: bool,
    /// Whether it is another document than was submitted.
    pub changed: bool,
}

/// Before a document's bytes, both sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftBody {
    /// For a file: its name and media type.
    pub file: Option<(String, Option<String>)>,
    pub qr: bool,
    /// The certificate that it corrects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub corrects: Option<String>,
    pub summary: super::DraftSummary,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepHead {
    pub draft: u64,
    pub slot: u64,
    /// The version that somebody looked at.
    pub version: u32,
    pub at: u64,
    pub by: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IssuedHead {
    pub draft: u64,
    pub number: String,
    pub at: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct NotIssuedHead {
    pub draft: u64,
    pub code: String,
    pub at: u64,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestHead {
    pub slot: u64,
    pub at: u64,
    pub by: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RequestBody {
    pub holder: String,
    pub purpose: String,
    pub audience: Option<(String, String)>,
    pub from: String,
    pub to: String,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ClosedHead {
    pub request: u64,
    pub slot: u64,
    pub at: u64,
    pub by: String,
    /// By the office; else by whoever asked.
    pub refused: bool,
}

/// A document as a record has it: what comes before its bytes, and their digest.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub body: DraftBody,
    pub digest: [u8; 32],
}

/// A record, read. What was sealed is `None` once its key is gone.
#[derive(Clone, Debug)]
pub(super) enum Event {
    Receipt(ReceiptHead),
    Draft(DraftHead, Option<Held>),
    Edited(EditedHead, Option<Held>),
    Approved(StepHead),
    Issued(IssuedHead),
    NotIssued(NotIssuedHead),
    Returned(StepHead, Option<String>),
    Discarded(StepHead),
    Request(RequestHead, Option<RequestBody>),
    Closed(ClosedHead, Option<String>),
}

impl Event {
    /// Reads a record of the journal. The error says what is wrong with it.
    pub fn read(record: &RecordRef<'_>, vault: &Vault) -> Result<Event, String> {
        let (kind, payload) = (record.kind, record.payload);
        Ok(match kind {
            1 => Event::Receipt(head(payload)?.0),
            2 => {
                let (head, sealed) = head::<DraftHead>(payload)?;
                let held = held(vault, head.slot, Kind::Draft, sealed)?;
                Event::Draft(head, held)
            }
            3 => {
                let (head, sealed) = head::<EditedHead>(payload)?;
                let held = held(vault, head.slot, Kind::Edited, sealed)?;
                Event::Edited(head, held)
            }
            4 => Event::Approved(head(payload)?.0),
            5 => Event::Issued(head(payload)?.0),
            6 => Event::NotIssued(head(payload)?.0),
            7 => {
                let (head, sealed) = head::<StepHead>(payload)?;
                let reason = body(vault, head.slot, Kind::Returned, sealed)?;
                Event::Returned(head, reason)
            }
            8 => Event::Discarded(head(payload)?.0),
            9 => {
                let (head, sealed) = head::<RequestHead>(payload)?;
                let asked = body(vault, head.slot, Kind::Request, sealed)?;
                Event::Request(head, asked)
            }
            10 => {
                let (head, sealed) = head::<ClosedHead>(payload)?;
                let reason = body(vault, head.slot, Kind::Closed, sealed)?;
                Event::Closed(head, reason)
            }
            other => return Err(format!("kind {other} is not known")),
        })
    }
}

/// What is sealed of a record that is no document: JSON. `None` once the key is gone.
pub(super) fn body<T: DeserializeOwned>(
    vault: &Vault,
    slot: u64,
    kind: Kind,
    sealed: &[u8],
) -> Result<Option<T>, String> {
    let Some(clear) = opened(vault, slot, kind, sealed)? else { return Ok(None) };
    serde_json::from_slice(&clear).map(Some).map_err(|error| error.to_string())
}

/// A document that was unsealed: what stands before its bytes, and the bytes.
pub(super) type Clear = (DraftBody, Zeroizing<Vec<u8>>);

/// What stands before a document's bytes, and the bytes. `None` once the key is gone.
pub(super) fn document(vault: &Vault, slot: u64, kind: Kind, sealed: &[u8]) -> Result<Option<Clear>, String> {
    let Some(clear) = opened(vault, slot, kind, sealed)? else { return Ok(None) };
    let (body, bytes) = unframed::<DraftBody>(&clear).ok_or("not as drafts are")?;
    Ok(Some((body, Zeroizing::new(bytes.to_vec()))))
}

/// The head of a payload, and what is sealed behind it.
pub(super) fn head<T: DeserializeOwned>(payload: &[u8]) -> Result<(T, &[u8]), String> {
    let (length, rest) = payload.split_first_chunk::<4>().ok_or("cut short")?;
    let (head, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize).ok_or("cut short")?;
    Ok((serde_json::from_slice(head).map_err(|error| error.to_string())?, rest))
}

/// A payload.
pub(super) fn payload<T: Serialize>(head: &T, sealed: &[u8]) -> Vec<u8> {
    framed(head, sealed)
}

fn held(vault: &Vault, slot: u64, kind: Kind, sealed: &[u8]) -> Result<Option<Held>, String> {
    let document = document(vault, slot, kind, sealed)?;
    Ok(document.map(|(body, bytes)| Held { body, digest: digest(&bytes) }))
}

/// SHA-256.
pub(super) fn digest(bytes: &[u8]) -> [u8; 32] {
    use sha2::{Digest, Sha256};
    Sha256::digest(bytes).into()
}

fn opened(vault: &Vault, slot: u64, kind: Kind, sealed: &[u8]) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
    match vault.open_sealed(Slot(slot), kind as u8, sealed) {
        Ok(clear) => Ok(Some(clear)),
        Err(VaultError::Erased { .. }) => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}
