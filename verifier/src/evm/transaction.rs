//! Signed transactions: legacy ones bound to a chain (EIP-155), and those with two fees (EIP-1559).
//!
//! ```text
//! [nonce, gasPrice, gasLimit, to, value, data, v, r, s]                                        v = 35 + 2·chainId + yParity
//! 02 ‖ [chainId, nonce, maxPriorityFee, maxFee, gasLimit, to, value, data, accessList, yParity, r, s]
//! ```
//!
//! Here: writing, the hash to sign, strict reading, the sender. Not here: access lists that are not empty, other types,
//! legacy transactions of before EIP-155 (any chain would take them), keys.

use alloc::vec::Vec;

use ::rlp::RlpStream;
use k256::ecdsa::{RecoveryId, Signature, VerifyingKey};

use super::rlp::Reader;
use super::word::{Address, Keccak, keccak256};
use crate::error::Refused;
use crate::limits::ANCHOR_TRANSACTION_BYTES;

const FORMAT: &str = "transaction";
/// The first byte of a transaction with two fees.
const DYNAMIC: u8 = 2;
/// `v` of a legacy transaction is this, the parity, and twice the chain's number.
const V_BASE: u64 = 35;

/// What is paid for a unit of gas, in the chain's smallest coin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fee {
    /// One price. Zero on many consortium chains.
    Legacy {
        /// The price.
        gas_price: u128,
    },
    /// At most this, and of it at most so much for whoever makes the block.
    Dynamic {
        /// For whoever makes the block.
        tip: u128,
        /// All together.
        max: u128,
    },
}

impl Fee {
    /// The most that a unit of gas may cost.
    #[must_use]
    pub const fn most(&self) -> u128 {
        match self {
            Fee::Legacy { gas_price } => *gas_price,
            Fee::Dynamic { max, .. } => *max,
        }
    }
}

/// A transaction without its signature.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Transaction {
    /// The chain's number: the only one that takes it. At most 2^63 − 19.
    pub chain_id: u64,
    /// How many the sender sent before.
    pub nonce: u64,
    /// What is paid for a unit of gas.
    pub fee: Fee,
    /// Units of gas that it may use.
    pub gas_limit: u64,
    /// To whom; none makes a contract.
    pub to: Option<Address>,
    /// Coins that go along, in the chain's smallest coin.
    pub value: u128,
    /// What it says.
    pub data: Vec<u8>,
}

impl Transaction {
    /// The hash that the sender signs.
    #[must_use]
    pub fn signing_hash(&self) -> Keccak {
        let mut stream = RlpStream::new();
        match self.fee {
            Fee::Legacy { .. } => {
                stream.begin_list(9);
                self.append(&mut stream);
                stream.append(&self.chain_id).append(&0u8).append(&0u8);
                keccak256(&stream.out())
            }
            Fee::Dynamic { .. } => {
                stream.begin_list(9);
                self.append(&mut stream);
                keccak256(&typed(&stream.out()))
            }
        }
    }

    /// The members that both halves have, and the type's own ones, in their order.
    fn append(&self, stream: &mut RlpStream) {
        match self.fee {
            Fee::Legacy { gas_price } => stream.append(&self.nonce).append(&gas_price),
            Fee::Dynamic { tip, max } => {
                stream.append(&self.chain_id).append(&self.nonce).append(&tip).append(&max)
            }
        };
        let to: &[u8] = self.to.as_ref().map_or(&[], |to| to.as_bytes());
        stream.append(&self.gas_limit).append(&to).append(&self.value).append(&self.data.as_slice());
        if let Fee::Dynamic { .. } = self.fee {
            stream.begin_list(0);
        }
    }
}

/// A transaction with a signature that somebody made, and who that was.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedTransaction {
    transaction: Transaction,
    odd: bool,
    signature: Signature,
    sender: Address,
}

impl SignedTransaction {
    /// With this signature: whether the point's y is odd, r and s.
    ///
    /// # Errors
    /// If no key made it, if s is in the upper half (EIP-2), or if the whole is longer than such a transaction may be.
    pub fn new(
        transaction: Transaction,
        odd: bool,
        r: [u8; 32],
        s: [u8; 32],
    ) -> Result<SignedTransaction, Refused> {
        let bad = |what| Refused::new(FORMAT, "signature", what);
        let signature = Signature::from_scalars(r, s).map_err(|_| bad("is out of range"))?;
        if signature.normalize_s() != signature {
            return Err(bad("has its s in the upper half, which no node takes"));
        }
        if transaction.chain_id == 0 || v(transaction.chain_id, odd).is_none() {
            return Err(Refused::new(FORMAT, "chain id", "has to be from 1 to 2^63 − 19"));
        }
        let hash = transaction.signing_hash();
        let key =
            VerifyingKey::recover_from_prehash(hash.as_bytes(), &signature, RecoveryId::new(odd, false));
        let key = key.map_err(|_| bad("is nobody's"))?;
        let signed = SignedTransaction { transaction, odd, signature, sender: Address::of_key(&key) };
        if signed.encode().len() > ANCHOR_TRANSACTION_BYTES {
            return Err(Refused::new(FORMAT, "", "is longer than 4 KiB"));
        }
        Ok(signed)
    }

    /// Reads a raw transaction, as a node takes it.
    ///
    /// # Errors
    /// What is no such transaction, or not in its one encoding.
    pub fn parse(bytes: &[u8]) -> Result<SignedTransaction, Refused> {
        if bytes.len() > ANCHOR_TRANSACTION_BYTES {
            return Err(Refused::new(FORMAT, "", "is longer than 4 KiB"));
        }
        match bytes.split_first() {
            Some((&DYNAMIC, rest)) => dynamic(Reader::of_list(FORMAT, rest)?),
            Some((0xc0.., _)) => legacy(Reader::of_list(FORMAT, bytes)?),
            _ => Err(Refused::new(FORMAT, "type", "is neither a legacy one nor of type 2")),
        }
    }

    /// As a node takes it.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let (r, s) = self.signature.split_bytes();
        let (r, s) = (trimmed(&r), trimmed(&s));
        let mut stream = RlpStream::new();
        if let Fee::Legacy { .. } = self.transaction.fee {
            stream.begin_list(9);
            self.transaction.append(&mut stream);
            stream.append(&v(self.transaction.chain_id, self.odd).unwrap_or_default());
            stream.append(&r).append(&s);
            stream.out().to_vec()
        } else {
            stream.begin_list(12);
            self.transaction.append(&mut stream);
            stream.append(&u8::from(self.odd)).append(&r).append(&s);
            typed(&stream.out())
        }
    }

    /// What nodes and receipts call it: the Keccak-256 of [`SignedTransaction::encode`].
    #[must_use]
    pub fn hash(&self) -> Keccak {
        keccak256(&self.encode())
    }

    /// What was signed.
    #[must_use]
    pub const fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    /// Who signed.
    #[must_use]
    pub const fn sender(&self) -> Address {
        self.sender
    }
}

fn legacy(mut items: Reader<'_>) -> Result<SignedTransaction, Refused> {
    let nonce = items.small("nonce")?;
    let fee = Fee::Legacy { gas_price: items.number("gas price")? };
    let (gas_limit, to, value, data) = middle(&mut items)?;
    let bound = items.small("v")?.checked_sub(V_BASE);
    let bound = bound.ok_or_else(|| Refused::new(FORMAT, "v", "binds it to no chain"))?;
    let (chain_id, odd) = (bound >> 1, bound & 1 == 1);
    let (r, s) = (items.scalar("r")?, items.scalar("s")?);
    items.end()?;
    SignedTransaction::new(Transaction { chain_id, nonce, fee, gas_limit, to, value, data }, odd, r, s)
}

fn dynamic(mut items: Reader<'_>) -> Result<SignedTransaction, Refused> {
    let (chain_id, nonce) = (items.small("chain id")?, items.small("nonce")?);
    let fee = Fee::Dynamic { tip: items.number("priority fee")?, max: items.number("fee")? };
    let (gas_limit, to, value, data) = middle(&mut items)?;
    if !items.list("access list")?.is_empty() {
        return Err(Refused::new(FORMAT, "access list", "has to be empty"));
    }
    let odd = match items.small("parity")? {
        0 => false,
        1 => true,
        _ => return Err(Refused::new(FORMAT, "parity", "has to be 0 or 1")),
    };
    let (r, s) = (items.scalar("r")?, items.scalar("s")?);
    items.end()?;
    SignedTransaction::new(Transaction { chain_id, nonce, fee, gas_limit, to, value, data }, odd, r, s)
}

type Middle = (u64, Option<Address>, u128, Vec<u8>);

fn middle(items: &mut Reader<'_>) -> Result<Middle, Refused> {
    let gas_limit = items.small("gas limit")?;
    let to = match items.bytes("to")? {
        [] => None,
        bytes => Some(
            bytes
                .try_into()
                .map(Address::from_bytes)
                .map_err(|_| Refused::new(FORMAT, "to", "has to be 20 bytes or none"))?,
        ),
    };
    Ok((gas_limit, to, items.number("value")?, items.bytes("data")?.to_vec()))
}

fn typed(list: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(list.len().saturating_add(1));
    bytes.push(DYNAMIC);
    bytes.extend_from_slice(list);
    bytes
}

fn v(chain_id: u64, odd: bool) -> Option<u64> {
    chain_id.checked_mul(2)?.checked_add(V_BASE)?.checked_add(u64::from(odd))
}

fn trimmed(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    bytes.get(zeros..).unwrap_or_default()
}
