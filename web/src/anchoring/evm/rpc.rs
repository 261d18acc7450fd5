//! JSON-RPC of a chain's node: one question, one answer, read strictly. Nothing that a node says is believed here.
//!
//! ```text
//! {"jsonrpc":"2.0","id":7,"method":"eth_chainId","params":[]}  ─►  {"jsonrpc":"2.0","id":7,"result":"0x4ee8"}
//! ```

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use verifier::evm::{Keccak, quantity};

use super::super::client::Failed;
use crate::outgoing::{Bounds, Outgoing};

/// Bytes of an answer: a block with the hashes of some thousand transactions.
const ANSWER_BYTES: u64 = 512 << 10;
/// Bytes of the answer about a receipt, which is kept in the anchor.
pub const RECEIPT_BYTES: u64 = verifier::limits::ANCHOR_ANSWER_BYTES as u64;
/// Until a connection stands.
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// Until one answer is there.
const ANSWER_TIME: Duration = Duration::from_secs(10);

/// A node, for the time of one step.
pub struct Node<'a> {
    outgoing: &'a Outgoing,
    url: &'a str,
    until: Instant,
    id: u64,
}

/// Why there is no result.
#[derive(Debug)]
pub enum Fault {
    /// The node answered with an error of its own, in its words.
    Error {
        /// What it wrote, in lower case.
        message: String,
    },
    /// There was no answer, or none that can be one.
    Failed(Failed),
}

impl From<Fault> for Failed {
    fn from(fault: Fault) -> Failed {
        match fault {
            Fault::Error { message } => Failed::new("rpc-error", message),
            Fault::Failed(failed) => failed,
        }
    }
}

impl<'a> Node<'a> {
    /// The node at this address, for so long.
    pub fn new(outgoing: &'a Outgoing, url: &'a str, long: Duration) -> Node<'a> {
        let now = Instant::now();
        Node { outgoing, url, until: now.checked_add(long).unwrap_or(now), id: 0 }
    }

    /// The result of a method; `null` is one.
    pub fn call(&mut self, method: &str, params: Value) -> Result<Value, Fault> {
        self.asked(method, params, ANSWER_BYTES).map(|(result, _)| result)
    }

    /// The same, with the whole answer as it came.
    pub fn call_verbatim(
        &mut self,
        method: &str,
        params: Value,
        bytes: u64,
    ) -> Result<(Value, Vec<u8>), Fault> {
        self.asked(method, params, bytes)
    }

    /// The result of a method that answers with a number.
    pub fn number(&mut self, method: &str, params: Value) -> Result<u128, Fault> {
        let result = self.call(method, params)?;
        result.as_str().and_then(quantity).ok_or_else(|| unreadable(method, "is no number in hex"))
    }

    /// The same, below 2^64.
    pub fn small(&mut self, method: &str, params: Value) -> Result<u64, Fault> {
        let number = self.number(method, params)?;
        u64::try_from(number).map_err(|_| unreadable(method, "is a number of 2^64 or more"))
    }

    /// The result of a method that answers with a hash.
    pub fn hash(&mut self, method: &str, params: Value) -> Result<Keccak, Fault> {
        let result = self.call(method, params)?;
        result.as_str().and_then(Keccak::parse).ok_or_else(|| unreadable(method, "is no hash"))
    }

    fn asked(&mut self, method: &str, params: Value, bytes: u64) -> Result<(Value, Vec<u8>), Fault> {
        self.id = self.id.wrapping_add(1);
        let request = json!({ "jsonrpc": "2.0", "id": self.id, "method": method, "params": params });
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Fault::Failed(Failed::new("timed-out", method)));
        }
        let bounds = Bounds { bytes, connect: CONNECT_TIME.min(left), whole: ANSWER_TIME.min(left) };
        let body = request.to_string();
        let answer = self.outgoing.post(self.url, "application/json", body.as_bytes(), &bounds);
        let answer = answer.map_err(|error| Fault::Failed(error.into()))?;
        if answer.status() != 200 {
            return Err(Fault::Failed(Failed::new(&format!("refused-{}", answer.status()), "")));
        }
        let body = answer.into_body();
        let read: Value = serde_json::from_slice(&body).map_err(|_| unreadable(method, "is no JSON"))?;
        if read.get("jsonrpc") != Some(&json!("2.0")) || read.get("id") != Some(&json!(self.id)) {
            return Err(unreadable(method, "answers another question"));
        }
        match (read.get("result"), read.get("error")) {
            (None, Some(error)) => {
                let message = error.get("message").and_then(Value::as_str);
                let message = message.ok_or_else(|| unreadable(method, "is an error without a message"))?;
                Err(Fault::Error { message: message.to_ascii_lowercase() })
            }
            (Some(result), None | Some(Value::Null)) => Ok((result.clone(), body)),
            _ => Err(unreadable(method, "is neither a result nor an error")),
        }
    }
}

/// An answer that can't be one.
pub fn unreadable(method: &str, what: &str) -> Fault {
    Fault::Failed(Failed::new("unreadable", format!("{method}: the answer {what}")))
}
