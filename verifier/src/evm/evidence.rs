//! Transaction, receipt and header of one anchor: whether they belong together, and to a digest.

use core::fmt;

use super::{Address, Header, Keccak, Receipt, SignedTransaction, anchored};
use crate::error::Refused;
use crate::hash::Hash;
use crate::time::Time;

/// What an `evm` anchor holds, unread.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChainEvidence<'a> {
    /// The raw transaction.
    pub transaction: &'a [u8],
    /// The node's answer about its receipt.
    pub receipt: &'a [u8],
    /// The header of the block; none of a chain whose blocks are hashed otherwise.
    pub header: Option<&'a [u8]>,
}

/// What the bytes say, each word of it a chain's own: that the chain has this block is not checked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Included {
    /// The transaction's hash: what an explorer or a node is asked for.
    pub transaction: Keccak,
    /// The block's hash.
    pub block: Keccak,
    /// The block's number.
    pub number: u64,
    /// The time in the block's header, where that is there.
    pub time: Option<Time>,
}

/// Why the bytes are no evidence.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ChainFault {
    /// The transaction can't be read.
    Transaction(Refused),
    /// It is for another chain.
    ChainId {
        /// That chain's number.
        found: u64,
    },
    /// Somebody else signed it.
    Sender {
        /// Who.
        found: Address,
    },
    /// It carries something else than this checkpoint's digest.
    Data,
    /// The receipt can't be read.
    Receipt(Refused),
    /// The receipt is another transaction's.
    ReceiptOfAnother,
    /// The chain took the transaction and did not do what it asked for.
    Failed,
    /// The header can't be read.
    Header(Refused),
    /// The header is another block's than the receipt's.
    HeaderOfAnother,
}

impl ChainEvidence<'_> {
    /// Whether this sender signed a transaction with this digest for this chain, the receipt is that transaction's, and the
    /// header the receipt's block's.
    ///
    /// # Errors
    /// The first that is not so.
    pub fn check(&self, digest: &Hash, chain_id: u64, sender: Address) -> Result<Included, ChainFault> {
        let signed = SignedTransaction::parse(self.transaction).map_err(ChainFault::Transaction)?;
        let transaction = signed.transaction();
        if transaction.chain_id != chain_id {
            return Err(ChainFault::ChainId { found: transaction.chain_id });
        }
        if signed.sender() != sender {
            return Err(ChainFault::Sender { found: signed.sender() });
        }
        if anchored(&transaction.data) != Some(*digest) {
            return Err(ChainFault::Data);
        }
        let receipt = Receipt::parse(self.receipt).map_err(ChainFault::Receipt)?;
        if receipt.transaction() != signed.hash() {
            return Err(ChainFault::ReceiptOfAnother);
        }
        if !receipt.succeeded() {
            return Err(ChainFault::Failed);
        }
        let header = self.header.map(Header::parse).transpose().map_err(ChainFault::Header)?;
        if header.as_ref().is_some_and(|h| h.hash() != receipt.block() || h.number() != receipt.number()) {
            return Err(ChainFault::HeaderOfAnother);
        }
        Ok(Included {
            transaction: signed.hash(),
            block: receipt.block(),
            number: receipt.number(),
            time: header.map(|header| header.time()),
        })
    }
}

impl ChainFault {
    /// A stable word for logs and machines.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            ChainFault::Transaction(_) => "transaction",
            ChainFault::ChainId { .. } => "chain-id",
            ChainFault::Sender { .. } => "sender",
            ChainFault::Data => "data",
            ChainFault::Receipt(_) => "receipt",
            ChainFault::ReceiptOfAnother => "receipt-of-another",
            ChainFault::Failed => "failed",
            ChainFault::Header(_) => "header",
            ChainFault::HeaderOfAnother => "header-of-another",
        }
    }
}

impl fmt::Display for ChainFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChainFault::Transaction(refused) | ChainFault::Receipt(refused) | ChainFault::Header(refused) => {
                refused.fmt(f)
            }
            ChainFault::ChainId { found } => write!(f, "the transaction is for the chain {found}"),
            ChainFault::Sender { found } => write!(f, "the transaction was signed by {found}"),
            ChainFault::Data => f.write_str("the transaction does not carry this checkpoint's digest"),
            ChainFault::ReceiptOfAnother => f.write_str("the receipt is another transaction's"),
            ChainFault::Failed => f.write_str("the transaction failed on the chain"),
            ChainFault::HeaderOfAnother => f.write_str("the header is another block's than the receipt's"),
        }
    }
}

impl core::error::Error for ChainFault {}
