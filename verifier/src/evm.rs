//! Transactions, receipts and block headers of chains that speak Ethereum's words (spec page `anchor.md`).
//!
//! ```text
//! 02 f8a5 [20200, 0, 0, 0, 24000, to, 0, data, [], yParity, r, s]       a transaction (EIP-1559), as a node takes it
//!   data = "xinzheng/anchor/v1" 00 <32 bytes: SHA-256 of a checkpoint's text>
//! {"jsonrpc":"2.0","id":7,"result":{"transactionHash":"0x…","blockHash":"0x…","blockNumber":"0x2a","status":"0x1",…}}
//! f9 0217 [parent, ommers, …, number, …, timestamp, …]                   a block's header; its Keccak-256 is the block's hash
//! ```
//!
//! Here: reading them strictly, who signed a transaction, whether the three belong together and carry a digest
//! ([`ChainEvidence::check`]). Not here: whether the chain has this block, for that is what its nodes know and no bytes
//! can show; keys that sign; asking a node.

mod evidence;
mod header;
mod receipt;
mod rlp;
#[cfg(test)]
mod tests;
mod transaction;
mod word;

use alloc::vec::Vec;

use crate::hash::Hash;

pub use evidence::{ChainEvidence, ChainFault, Included};
pub use header::Header;
pub use receipt::{Receipt, data, quantity};
pub use transaction::{Fee, SignedTransaction, Transaction};
pub use word::{Address, Keccak, keccak256};

/// What the data of an anchoring transaction begins with; a zero byte and the digest follow.
pub const ANCHOR_LABEL: &str = "xinzheng/anchor/v1";
/// Bytes of the data of an anchoring transaction.
pub const ANCHOR_DATA_BYTES: usize = 51;

/// The data of the transaction that anchors a checkpoint: `"xinzheng/anchor/v1" ‖ 0x00 ‖ digest`.
#[must_use]
pub fn anchor_data(digest: &Hash) -> Vec<u8> {
    let mut data = Vec::with_capacity(ANCHOR_DATA_BYTES);
    data.extend_from_slice(ANCHOR_LABEL.as_bytes());
    data.push(0);
    data.extend_from_slice(digest.as_bytes());
    data
}

/// The digest in the data of an anchoring transaction; none in other data.
#[must_use]
pub fn anchored(data: &[u8]) -> Option<Hash> {
    Hash::from_slice(data.strip_prefix(ANCHOR_LABEL.as_bytes())?.strip_prefix(&[0])?)
}
