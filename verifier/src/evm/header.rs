//! Block headers: what a block's hash is the hash of.
//!
//! ```text
//! [parent, ommers, beneficiary, state, transactions, receipts, bloom, difficulty, number, gas limit, gas used, timestamp,
//!  extra data, mix, nonce, base fee?, withdrawals?, blob gas used?, excess blob gas?, beacon root?, requests?, …]
//! ```
//!
//! Forks append members; those after the nonce are kept and not looked into. Chains whose blocks are hashed otherwise
//! (FISCO BCOS) have no such header.

use alloc::vec::Vec;

use super::rlp::Reader;
use super::word::{Keccak, keccak256};
use crate::error::Refused;
use crate::limits::ANCHOR_HEADER_BYTES;
use crate::time::Time;

const FORMAT: &str = "block header";
/// Members that later forks may have appended.
const APPENDED: usize = 16;

/// A block's header.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Header {
    bytes: Vec<u8>,
    parent: Keccak,
    transactions_root: Keccak,
    number: u64,
    time: Time,
}

impl Header {
    /// Reads a header in its one encoding.
    ///
    /// # Errors
    /// What is none.
    pub fn parse(bytes: &[u8]) -> Result<Header, Refused> {
        if bytes.len() > ANCHOR_HEADER_BYTES {
            return Err(Refused::new(FORMAT, "", "is longer than 32 KiB"));
        }
        let mut items = Reader::of_list(FORMAT, bytes)?;
        let parent = Keccak::from_bytes(items.array("parent")?);
        items.array::<32>("ommers")?;
        items.array::<20>("beneficiary")?;
        items.array::<32>("state")?;
        let transactions_root = Keccak::from_bytes(items.array("transactions")?);
        items.array::<32>("receipts")?;
        items.array::<256>("bloom")?;
        items.scalar::<32>("difficulty")?;
        let number = items.small("number")?;
        items.small("gas limit")?;
        items.small("gas used")?;
        let time = Time::new(items.small("timestamp")?)?;
        items.bytes("extra data")?;
        items.array::<32>("mix")?;
        items.array::<8>("nonce")?;
        for _ in 0..APPENDED {
            if items.is_empty() {
                break;
            }
            items.bytes("appended")?;
        }
        items.end()?;
        Ok(Header { bytes: bytes.to_vec(), parent, transactions_root, number, time })
    }

    /// Exactly what was read.
    #[must_use]
    pub fn encode(&self) -> &[u8] {
        &self.bytes
    }

    /// The block's hash.
    #[must_use]
    pub fn hash(&self) -> Keccak {
        keccak256(&self.bytes)
    }

    /// The hash of the block before.
    #[must_use]
    pub const fn parent(&self) -> Keccak {
        self.parent
    }

    /// The root of the block's transactions.
    #[must_use]
    pub const fn transactions_root(&self) -> Keccak {
        self.transactions_root
    }

    /// How many blocks are before it.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// When whoever made the block says that this was.
    #[must_use]
    pub const fn time(&self) -> Time {
        self.time
    }
}
