//! A chain whose node speaks Ethereum's words (FISCO BCOS 3.x with its web3 RPC, and others): the digest as the data of a
//! transaction that the office sends to itself.
//!
//! ```text
//! nothing yet ─► nonce, fee, gas ─► signed ─► Progress, on disk ─► sent ─► no receipt yet: the same bytes again
//!                                                                     ─► no receipt for long: a higher fee, the same nonce
//!                                                                     ─► receipt, block, confirmations ─► the anchor
//! ```
//!
//! A block that is replaced by another takes its receipt with it: then the same bytes are sent again. Everything that a node
//! says is compared with what it can be: the chain's number, the hash of what was sent, whose receipt it is, that the block's
//! header has the block's hash, its time. What is not so is a failure with a name, and nothing of it is kept.
//! Not here: whether the chain means it (nobody can tell from one node), how often (`run`), the key's file (`notary`).

mod fee;
mod progress;
mod rpc;

use std::sync::Arc;
use std::time::Duration;

use notary::anchor::Work;
use notary::block::{Block, header_of};
use notary::keys::ChainKey;
use serde_json::{Value, json};
use verifier::anchor::{Anchor, Evidence, Evm};
use verifier::evm::{Address, Keccak, Receipt, SignedTransaction, Transaction, anchor_data};
use verifier::limits::CLOCK_TOLERANCE;
use verifier::time::Time;

use self::progress::Progress;
use self::rpc::{Fault, Node, RECEIPT_BYTES, unreadable};
use super::client::{Client, Failed, Step};
use crate::outgoing::Outgoing;
use crate::settings::{EvmSettings, Finality};

/// One step takes at most so long, whatever the node does.
const STEP_TIME: Duration = Duration::from_secs(45);
/// Looks that find the nonce used by something else, until the transaction is given up: a node may be a block behind itself.
const NONCE_LOOKS: u32 = 3;

/// The client of one chain.
pub struct EvmClient {
    url: String,
    settings: EvmSettings,
    keys: Arc<[ChainKey]>,
    /// How often in a row the node said that the nonce is used, and no receipt is there.
    nonce_used: u32,
}

/// Where a transaction is.
enum Found {
    /// In no block that the node knows of.
    Nowhere,
    /// In a block, without the confirmations that are waited for.
    Young,
    /// There, and the anchor is made of it.
    Settled(Box<Evm>),
}

/// Failures, and how they end.
enum Stop {
    /// Tried again after a rest.
    Failed(Failed),
    /// The transaction can't come to an end.
    GaveUp(Failed),
}

impl<T: Into<Failed>> From<T> for Stop {
    fn from(failed: T) -> Stop {
        Stop::Failed(failed.into())
    }
}

impl EvmClient {
    /// The chain behind this node, paid for with one of these keys: the one that the trust bundle names.
    pub fn new(url: &str, settings: EvmSettings, keys: Arc<[ChainKey]>) -> EvmClient {
        EvmClient { url: url.to_string(), settings, keys, nonce_used: 0 }
    }

    fn go(&mut self, work: &Work, outgoing: &Outgoing, now: Time) -> Result<Step, Stop> {
        let url = self.url.clone();
        let mut node = Node::new(outgoing, &url, STEP_TIME);
        let trusted = work.chain().ok_or_else(|| Failed::new("not-trusted", ""))?;
        let damaged = || Stop::GaveUp(Failed::new("work-damaged", "transactions"));
        let progress = work.progress().map(|bytes| Progress::parse(bytes).ok_or_else(damaged)).transpose()?;
        if let Some(newest) = progress.as_ref().map(|progress| &progress.newest().1) {
            // The bundle's line was changed meanwhile: nobody would take this transaction for an anchor any more.
            let theirs = newest.transaction().chain_id != trusted.chain_id
                || newest.sender() != Address::from_bytes(trusted.sender);
            if theirs {
                return Err(Stop::GaveUp(Failed::new("sender", newest.sender().to_string())));
            }
        }
        let chain_id = node.small("eth_chainId", json!([]))?;
        if chain_id != trusted.chain_id {
            let found =
                format!("the node is of the chain {chain_id}, the trust bundle says {}", trusted.chain_id);
            return Err(Failed::new("chain-id", found).into());
        }
        let Some(progress) = progress else {
            self.nonce_used = 0;
            let first = self.first(&mut node, work)?;
            return Ok(Step::Progress(Progress::new(now, first).encode()));
        };
        for sent in progress.newest_first() {
            match self.find(&mut node, sent, work, now)? {
                Found::Nowhere => {}
                Found::Young => return Ok(Step::Wait(self.settings.poll)),
                Found::Settled(evm) => {
                    let head = work.head();
                    let label = work.target().label();
                    let anchor = Anchor::new(label, head.note.clone(), Evidence::Evm(*evm));
                    let anchor = anchor.map_err(|refused| Failed::new("evidence", refused.to_string()))?;
                    return Ok(Step::Done(Box::new(anchor)));
                }
            }
        }
        self.send(&mut node, &progress, work, now)
    }

    /// A new transaction with this checkpoint's digest, signed.
    fn first(&self, node: &mut Node<'_>, work: &Work) -> Result<SignedTransaction, Failed> {
        let key = self.key(work)?;
        let from = key.address();
        let to = self.settings.to.unwrap_or(from);
        let data = anchor_data(&work.digest());
        let nonce = node.small("eth_getTransactionCount", json!([from.to_string(), "pending"]))?;
        let fee = fee::first(node, &self.settings)?;
        let call = json!([{ "from": from.to_string(), "to": to.to_string(), "data": hex(&data) }]);
        let gas = node.small("eth_estimateGas", call)?;
        // A fifth more: between the estimate and the block, fees of storage may change.
        let gas_limit = gas.saturating_add(gas / 5);
        if gas_limit > self.settings.max_gas {
            let found =
                format!("the node asks for {gas_limit} gas, max_gas allows {}", self.settings.max_gas);
            return Err(Failed::new("gas", found));
        }
        let chain_id = work.chain().map_or(0, |chain| chain.chain_id);
        sign(key, Transaction { chain_id, nonce, fee, gas_limit, to: Some(to), value: 0, data })
    }

    /// The key that the trust bundle names.
    fn key(&self, work: &Work) -> Result<&ChainKey, Failed> {
        let sender = work.chain().map(|chain| Address::from_bytes(chain.sender));
        let key = self.keys.iter().find(|key| Some(key.address()) == sender);
        key.ok_or_else(|| Failed::new("no-key", sender.map(|sender| sender.to_string()).unwrap_or_default()))
    }

    /// Where a transaction is, as the node says and as far as it holds.
    fn find(
        &self,
        node: &mut Node<'_>,
        sent: &SignedTransaction,
        work: &Work,
        now: Time,
    ) -> Result<Found, Stop> {
        let params = json!([sent.hash().to_string()]);
        let (result, answer) = node.call_verbatim("eth_getTransactionReceipt", params, RECEIPT_BYTES)?;
        if result.is_null() {
            return Ok(Found::Nowhere);
        }
        // Some nodes have receipts of what waits: without a block.
        if result.get("blockHash").is_none_or(Value::is_null) {
            return Ok(Found::Nowhere);
        }
        let receipt =
            Receipt::parse(&answer).map_err(|refused| Failed::new("unreadable", refused.to_string()))?;
        if receipt.transaction() != sent.hash() {
            return Err(Failed::new("receipt-of-another", receipt.transaction().to_string()).into());
        }
        if !receipt.succeeded() {
            return Err(Stop::GaveUp(Failed::new("failed", sent.hash().to_string())));
        }
        let Some(block) = block_at(node, receipt.number())? else { return Ok(Found::Young) };
        let shown = Block::of(&block).ok_or_else(|| unreadable("eth_getBlockByNumber", "is no block"))?;
        if shown.number != receipt.number() {
            return Err(Failed::new("block-of-another", shown.number.to_string()).into());
        }
        if shown.hash != receipt.block() || !self.is_confirmed(node, receipt.number())? {
            // Another block has its place for now, or may get it yet.
            return Ok(Found::Young);
        }
        let header = match self.settings.header {
            false => None,
            true => {
                let header = header_of(&block).ok_or_else(|| {
                    Failed::new("header", format!("block {} does not hash to its hash", shown.number))
                })?;
                let early = header.time().saturating_add(CLOCK_TOLERANCE) < work.head().time;
                if early || header.time() > now.saturating_add(CLOCK_TOLERANCE) {
                    return Err(Failed::new("block-time", header.time().display_china()).into());
                }
                Some(header.encode().to_vec())
            }
        };
        let evm = Evm { at: now, transaction: sent.encode(), header, receipt: answer };
        Ok(Found::Settled(Box::new(evm)))
    }

    /// Whether the block with this number has the confirmations that are waited for.
    fn is_confirmed(&self, node: &mut Node<'_>, number: u64) -> Result<bool, Failed> {
        match self.settings.finality {
            Finality::Depth(blocks) => {
                let head = node.small("eth_blockNumber", json!([]))?;
                Ok(head.saturating_add(1) >= number.saturating_add(blocks))
            }
            Finality::Finalized => {
                let last = node.call("eth_getBlockByNumber", json!(["finalized", false]))?;
                if last.is_null() {
                    return Ok(false);
                }
                let last =
                    Block::of(&last).ok_or_else(|| unreadable("eth_getBlockByNumber", "is no block"))?;
                Ok(last.number >= number)
            }
        }
    }

    /// Sends the newest transaction, again if need be, or signs one with a higher fee where none was taken for long.
    fn send(
        &mut self,
        node: &mut Node<'_>,
        progress: &Progress,
        work: &Work,
        now: Time,
    ) -> Result<Step, Stop> {
        let (at, newest) = progress.newest();
        let raw = json!([hex(&newest.encode())]);
        let message = match node.hash("eth_sendRawTransaction", raw) {
            Ok(hash) if hash == newest.hash() => {
                self.nonce_used = 0;
                None
            }
            Ok(hash) => return Err(Failed::new("hash", hash.to_string()).into()),
            Err(Fault::Error { message }) => Some(message),
            Err(fault) => return Err(Failed::from(fault).into()),
        };
        let said = message.as_deref().map_or(Said::Taken, Said::of);
        if said != Said::NonceUsed {
            self.nonce_used = 0;
        }
        let stuck = now.since(*at) >= self.settings.resend.as_secs();
        match said {
            Said::Taken if !stuck => Ok(Step::Wait(self.settings.poll)),
            Said::Taken | Said::TooCheap => match self.dearer(node, progress, work, now)? {
                Some(next) => Ok(Step::Progress(next.encode())),
                None if said == Said::Taken => Ok(Step::Wait(self.settings.poll)),
                None => Err(Failed::new("fee", message.unwrap_or_default()).into()),
            },
            Said::NonceUsed => {
                self.nonce_used = self.nonce_used.saturating_add(1);
                if self.nonce_used < NONCE_LOOKS {
                    return Ok(Step::Wait(self.settings.poll));
                }
                self.nonce_used = 0;
                Err(Stop::GaveUp(Failed::new("nonce", newest.transaction().nonce.to_string())))
            }
            Said::NoFunds => Err(Failed::new("funds", newest.sender().to_string()).into()),
            Said::Other => Err(Failed::new("rpc-error", message.unwrap_or_default()).into()),
        }
    }

    /// The same transaction with a higher fee, if the settings allow one.
    fn dearer(
        &self,
        node: &mut Node<'_>,
        progress: &Progress,
        work: &Work,
        now: Time,
    ) -> Result<Option<Progress>, Failed> {
        let newest = progress.newest().1.transaction();
        if self.settings.gas_price.is_some() {
            return Ok(None);
        }
        let asked = fee::first(node, &self.settings)?;
        let Some(fee) = fee::higher(newest.fee, asked, &self.settings) else { return Ok(None) };
        let signed = sign(self.key(work)?, Transaction { fee, ..newest.clone() })?;
        Ok(progress.with(now, signed))
    }
}

impl Client for EvmClient {
    fn step(&mut self, work: &Work, outgoing: &Outgoing, now: Time) -> Step {
        match self.go(work, outgoing, now) {
            Ok(step) => step,
            Err(Stop::Failed(failed)) => Step::Failed(failed),
            Err(Stop::GaveUp(failed)) => Step::GaveUp(failed),
        }
    }
}

/// What nodes say of a transaction that they do not take; each has words of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Said {
    /// It has it.
    Taken,
    /// Another transaction with its nonce is in a block.
    NonceUsed,
    /// It pays too little.
    TooCheap,
    /// The account has too little.
    NoFunds,
    /// Something else.
    Other,
}

impl Said {
    /// Of a message in lower case: geth, Besu, Nethermind, Erigon, Ganache, FISCO BCOS.
    fn of(message: &str) -> Said {
        let any = |words: &[&str]| words.iter().any(|word| message.contains(word));
        if any(&["already known", "known transaction", "already imported", "already exists", "alreadyknown"])
            || any(&["already in tx pool", "alreadyintxpool", "already on chain", "alreadyinchain"])
        {
            Said::Taken
        } else if any(&["underpriced", "fee too low", "less than block base fee", "gas price too low"])
            || any(&["below current minimum", "tip too low", "max fee per gas", "maxfeepergas"])
        {
            Said::TooCheap
        } else if any(&["nonce too low", "nonce_too_low", "oldnonce", "noncecheckfail", "nonce check fail"])
            || message.contains("doesn't have the correct nonce")
        {
            Said::NonceUsed
        } else if any(&["insufficient funds", "enough funds", "insufficient balance", "upfront cost"]) {
            Said::NoFunds
        } else {
            Said::Other
        }
    }
}

/// The block with this number, as the node has it; none beyond its head.
fn block_at(node: &mut Node<'_>, number: u64) -> Result<Option<Value>, Failed> {
    let block = node.call("eth_getBlockByNumber", json!([format!("{number:#x}"), false]))?;
    Ok(if block.is_null() { None } else { Some(block) })
}

fn sign(key: &ChainKey, transaction: Transaction) -> Result<SignedTransaction, Failed> {
    key.sign(transaction).map_err(|error| Failed::new("no-key", error.to_string()))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::from("0x");
    for byte in bytes {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// What an anchor looks like to a node now: [`recheck`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Online {
    /// The chain has the block that the receipt names, with so many confirmations (it is the first).
    There {
        /// Blocks from it on.
        confirmations: u64,
        /// Whether the node counts it among the finalized ones; none where it does not know such a thing.
        finalized: Option<bool>,
    },
    /// The transaction is in another block by now; the evidence names one that the chain gave up.
    Moved {
        /// That block's hash.
        block: Keccak,
        /// Its number.
        number: u64,
    },
    /// No block has it.
    Gone,
    /// The chain says that it failed.
    Undone,
}

/// Asks a node about the transaction of an `evm` anchor whose bytes hold ([`verifier::evm::ChainEvidence::check`]).
///
/// # Errors
/// [`Failed`]: the node is of another chain, says nothing, or something that can't be.
pub fn recheck(outgoing: &Outgoing, url: &str, chain_id: u64, evm: &Evm) -> Result<Online, Failed> {
    let mut node = Node::new(outgoing, url, STEP_TIME);
    let found = node.small("eth_chainId", json!([]))?;
    if found != chain_id {
        return Err(Failed::new("chain-id", format!("the node is of the chain {found}")));
    }
    let bad = |refused: verifier::error::Refused| Failed::new("evidence", refused.to_string());
    let sent = SignedTransaction::parse(&evm.transaction).map_err(bad)?;
    let kept = Receipt::parse(&evm.receipt).map_err(bad)?;
    let params = json!([sent.hash().to_string()]);
    let (result, answer) = node.call_verbatim("eth_getTransactionReceipt", params, RECEIPT_BYTES)?;
    if result.is_null() || result.get("blockHash").is_none_or(Value::is_null) {
        return Ok(Online::Gone);
    }
    let receipt =
        Receipt::parse(&answer).map_err(|refused| Failed::new("unreadable", refused.to_string()))?;
    if receipt.transaction() != sent.hash() {
        return Err(Failed::new("receipt-of-another", receipt.transaction().to_string()));
    }
    if !receipt.succeeded() {
        return Ok(Online::Undone);
    }
    let block = block_at(&mut node, receipt.number())?.and_then(|block| Block::of(&block));
    let block = block.ok_or_else(|| unreadable("eth_getBlockByNumber", "is no block"))?;
    if block.hash != receipt.block() || block.number != receipt.number() {
        return Err(Failed::new("block-of-another", block.hash.to_string()));
    }
    if receipt.block() != kept.block() {
        return Ok(Online::Moved { block: receipt.block(), number: receipt.number() });
    }
    let head = node.small("eth_blockNumber", json!([]))?;
    let last = match node.call("eth_getBlockByNumber", json!(["finalized", false])) {
        Ok(last) => Block::of(&last),
        Err(Fault::Error { .. }) => None,
        Err(fault) => return Err(fault.into()),
    };
    Ok(Online::There {
        confirmations: head.saturating_add(1).saturating_sub(receipt.number()),
        finalized: last.map(|last| last.number >= receipt.number()),
    })
}
