//! What a node answers when it is asked for a transaction's receipt: the whole answer, verbatim.
//!
//! ```text
//! {"jsonrpc":"2.0","id":7,"result":{"transactionHash":"0x…","blockHash":"0x…","blockNumber":"0x2a","status":"0x1",…}}
//! ```
//!
//! Members that are not named here may stand anywhere in it; a node's word is all that they are.

use alloc::vec::Vec;

use super::word::Keccak;
use crate::error::Refused;
use crate::json::{self, Value};
use crate::limits::ANCHOR_ANSWER_BYTES;

const FORMAT: &str = "receipt";

/// A receipt.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Receipt {
    bytes: Vec<u8>,
    transaction: Keccak,
    block: Keccak,
    number: u64,
    succeeded: bool,
}

impl Receipt {
    /// Reads a node's answer.
    ///
    /// # Errors
    /// If it is not JSON, an error, no receipt, or says what no receipt can say.
    pub fn parse(bytes: &[u8]) -> Result<Receipt, Refused> {
        let value = json::parse(bytes, ANCHOR_ANSWER_BYTES)
            .map_err(|error| Refused::new(FORMAT, error.pointer(), error.what()))?;
        let result = value.get("result").filter(|result| result.as_object().is_some());
        let result = result.ok_or_else(|| Refused::new(FORMAT, "/result", "has to be a receipt"))?;
        let text = |key: &str| result.get(key).and_then(Value::as_str);
        let hash = |key: &str, at: &'static str| {
            let hash = text(key).and_then(Keccak::parse);
            hash.ok_or_else(|| Refused::new(FORMAT, at, "has to be 0x and 64 hex digits"))
        };
        let number = |key: &str, at: &'static str| {
            let number = text(key).and_then(quantity).and_then(|number| u64::try_from(number).ok());
            number.ok_or_else(|| Refused::new(FORMAT, at, "has to be a number in hex, below 2^64"))
        };
        let succeeded = match number("status", "/result/status")? {
            0 => false,
            1 => true,
            _ => return Err(Refused::new(FORMAT, "/result/status", "has to be 0x0 or 0x1")),
        };
        Ok(Receipt {
            bytes: bytes.to_vec(),
            transaction: hash("transactionHash", "/result/transactionHash")?,
            block: hash("blockHash", "/result/blockHash")?,
            number: number("blockNumber", "/result/blockNumber")?,
            succeeded,
        })
    }

    /// Exactly what was read.
    #[must_use]
    pub fn encode(&self) -> &[u8] {
        &self.bytes
    }

    /// Whose receipt it is.
    #[must_use]
    pub const fn transaction(&self) -> Keccak {
        self.transaction
    }

    /// The block that the transaction is in.
    #[must_use]
    pub const fn block(&self) -> Keccak {
        self.block
    }

    /// How many blocks are before that.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Whether the chain did what the transaction asked for.
    #[must_use]
    pub const fn succeeded(&self) -> bool {
        self.succeeded
    }
}

/// A number as nodes write it: `0x`, then hex digits without leading zeros, at most 32; `0x0`. None from any other text.
#[must_use]
pub fn quantity(text: &str) -> Option<u128> {
    let digits = text.strip_prefix("0x")?;
    let plain = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let canonical = digits == "0" || !digits.starts_with('0');
    if !plain || !canonical || digits.len() > 32 { None } else { u128::from_str_radix(digits, 16).ok() }
}

/// Bytes as nodes write them: `0x`, then two hex digits for each, at most `limit` of them. None from any other text.
#[must_use]
pub fn data(text: &str, limit: usize) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x")?;
    if digits.len().checked_rem(2)? != 0 || digits.len().checked_div(2)? > limit {
        return None;
    }
    let pairs = digits.as_bytes().chunks_exact(2);
    pairs
        .map(|pair| str::from_utf8(pair).ok().and_then(super::word::hex_array::<1>).map(|[byte]| byte))
        .collect()
}
