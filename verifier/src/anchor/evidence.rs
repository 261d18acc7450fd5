//! What each kind of anchor carries after `type`, `checkpoint`, `label` and `path`.
//!
//! ```text
//! rfc3161   "token":"<base64 DER>","chain":["<base64 DER>",…]
//! evm       "at":1795312800,"transaction":"<base64>","header":"<base64>","receipt":"<base64>"
//! http      "address":"https://…","at":1795312800,"content_type":"application/json","answer":"<base64>"
//! ```

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::{AnchorKind, FORMAT};
use crate::base64;
use crate::error::Refused;
use crate::json::{Members, Value};
use crate::limits::{
    ANCHOR_ANSWER_BYTES, ANCHOR_CHAIN, ANCHOR_HEADER_BYTES, ANCHOR_TOKEN_BYTES, ANCHOR_TRANSACTION_BYTES,
    AUTHORITY_BYTES, CONTENT_TYPE_BYTES, URL_BYTES,
};
use crate::time::Time;

/// What shows that the checkpoint existed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Evidence {
    /// Of a timestamp authority.
    Rfc3161(Rfc3161),
    /// Of a chain that speaks Ethereum's words.
    Evm(Evm),
    /// Of any other gateway.
    Http(Http),
}

/// A timestamp.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rfc3161 {
    /// The TimeStampToken: a ContentInfo in DER, as it came.
    pub token: Vec<u8>,
    /// Certificates in DER that the token leaves out and its chain needs; mostly none.
    pub chain: Vec<Vec<u8>>,
}

/// A transaction that carries the digest, and what the chain's node said of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evm {
    /// When the office found it on the chain, with the confirmations that it waits for, by the office's clock.
    pub at: Time,
    /// The signed transaction, as it was sent.
    pub transaction: Vec<u8>,
    /// The block's header, in RLP; none of a chain whose blocks are hashed otherwise.
    pub header: Option<Vec<u8>>,
    /// The node's whole answer about the receipt, in JSON, as it came.
    pub receipt: Vec<u8>,
}

/// A gateway's answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Http {
    /// Whom the office asked.
    pub address: String,
    /// When it answered, by the office's clock.
    pub at: Time,
    /// The answer's media type; empty where it named none.
    pub content_type: String,
    /// The answer, as it came.
    pub answer: Vec<u8>,
}

impl Evidence {
    /// Which kind it is.
    pub fn kind(&self) -> AnchorKind {
        match self {
            Evidence::Rfc3161(_) => AnchorKind::Rfc3161,
            Evidence::Evm(_) => AnchorKind::Evm,
            Evidence::Http(_) => AnchorKind::Http,
        }
    }

    pub(super) fn read(kind: AnchorKind, m: &mut Members) -> Result<Evidence, Refused> {
        Ok(match kind {
            AnchorKind::Rfc3161 => {
                let token = bytes(m, "token", ANCHOR_TOKEN_BYTES)?;
                Evidence::Rfc3161(Rfc3161 { token, chain: chain(m)? })
            }
            AnchorKind::Evm => Evidence::Evm(Evm {
                at: Time::new(m.unsigned("at")?)?,
                transaction: bytes(m, "transaction", ANCHOR_TRANSACTION_BYTES)?,
                header: header(m)?,
                receipt: bytes(m, "receipt", ANCHOR_ANSWER_BYTES)?,
            }),
            AnchorKind::Http => Evidence::Http(Http {
                address: m.string("address")?,
                at: Time::new(m.unsigned("at")?)?,
                content_type: m.string("content_type")?,
                answer: bytes(m, "answer", ANCHOR_ANSWER_BYTES)?,
            }),
        })
    }

    pub(super) fn write(&self, members: &mut Vec<(&'static str, Value)>) {
        let base64 = |bytes: &[u8]| Value::from(base64::encode(bytes));
        match self {
            Evidence::Rfc3161(stamp) => {
                members.push(("token", base64(&stamp.token)));
                if !stamp.chain.is_empty() {
                    let chain: Vec<Value> = stamp.chain.iter().map(|der| base64(der)).collect();
                    members.push(("chain", Value::from(chain)));
                }
            }
            Evidence::Evm(evm) => {
                members.push(("at", time(evm.at)));
                members.push(("transaction", base64(&evm.transaction)));
                if let Some(header) = &evm.header {
                    members.push(("header", base64(header)));
                }
                members.push(("receipt", base64(&evm.receipt)));
            }
            Evidence::Http(http) => {
                members.push(("address", Value::from(http.address.as_str())));
                members.push(("at", time(http.at)));
                members.push(("content_type", Value::from(http.content_type.as_str())));
                members.push(("answer", base64(&http.answer)));
            }
        }
    }

    /// Refuses what would not be read again.
    pub(super) fn check(&self) -> Result<(), Refused> {
        match self {
            Evidence::Rfc3161(stamp) => {
                within("/token", stamp.token.len(), ANCHOR_TOKEN_BYTES)?;
                if stamp.chain.len() > ANCHOR_CHAIN {
                    return Err(Refused::new(FORMAT, "/chain", "has more than 8 certificates"));
                }
                stamp.chain.iter().try_for_each(|der| within("/chain", der.len(), AUTHORITY_BYTES))
            }
            Evidence::Evm(evm) => {
                within("/transaction", evm.transaction.len(), ANCHOR_TRANSACTION_BYTES)?;
                let header = evm.header.as_ref();
                header.map_or(Ok(()), |header| within("/header", header.len(), ANCHOR_HEADER_BYTES))?;
                within("/receipt", evm.receipt.len(), ANCHOR_ANSWER_BYTES)
            }
            Evidence::Http(http) => {
                let visible = |text: &str| text.bytes().all(|b| b.is_ascii_graphic());
                let named = ["http://", "https://"]
                    .iter()
                    .any(|scheme| http.address.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()));
                if !named || http.address.len() > URL_BYTES || !visible(&http.address) {
                    let what =
                        "has to be http:// or https:// and more, visible ASCII, at most 300 characters";
                    return Err(Refused::new(FORMAT, "/address", what));
                }
                if http.content_type.len() > CONTENT_TYPE_BYTES || !http.content_type.split(' ').all(visible)
                {
                    let what = "has to be visible ASCII and spaces, at most 200 characters";
                    return Err(Refused::new(FORMAT, "/content_type", what));
                }
                within("/answer", http.answer.len(), ANCHOR_ANSWER_BYTES)
            }
        }
    }
}

/// The next member: base64 of 1 to `limit` bytes.
fn bytes(m: &mut Members, key: &str, limit: usize) -> Result<Vec<u8>, Refused> {
    let text = m.string(key)?;
    decode(&text, limit).ok_or_else(|| m.refuse(key, format!("not the base64 of 1 to {limit} bytes")))
}

fn decode(text: &str, limit: usize) -> Option<Vec<u8>> {
    // Four characters hold three bytes; checked before anything is allocated for them.
    if text.len().div_ceil(4) > limit.div_ceil(3) {
        return None;
    }
    base64::decode(text).filter(|bytes| (1..=limit).contains(&bytes.len()))
}

fn header(m: &mut Members) -> Result<Option<Vec<u8>>, Refused> {
    let refuse =
        |m: &Members| m.refuse("header", format!("not the base64 of 1 to {ANCHOR_HEADER_BYTES} bytes"));
    match m.optional("header") {
        None => Ok(None),
        Some(value) => {
            let bytes = value.as_str().and_then(|text| decode(text, ANCHOR_HEADER_BYTES));
            bytes.map(Some).ok_or_else(|| refuse(m))
        }
    }
}

fn time(at: Time) -> Value {
    Value::Integer(i64::try_from(at.seconds()).unwrap_or(i64::MAX))
}

fn chain(m: &mut Members) -> Result<Vec<Vec<u8>>, Refused> {
    match m.optional("chain") {
        None => Ok(Vec::new()),
        Some(Value::Array(chain)) if (1..=ANCHOR_CHAIN).contains(&chain.len()) => {
            let der = |value: &Value| decode(value.as_str()?, AUTHORITY_BYTES);
            let read: Option<Vec<Vec<u8>>> = chain.iter().map(der).collect();
            read.ok_or_else(|| m.refuse("chain", "not all are the base64 of 1 to 8192 bytes"))
        }
        Some(_) => Err(m.refuse("chain", "not an array of 1 to 8; leave it out if there is none")),
    }
}

fn within(at: &str, n: usize, limit: usize) -> Result<(), Refused> {
    match (1..=limit).contains(&n) {
        true => Ok(()),
        false => Err(Refused::new(FORMAT, at, format!("{n} bytes where 1 to {limit} are allowed"))),
    }
}
