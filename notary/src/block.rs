//! A block of a chain, as its node shows it: the header put together again, so that its hash can be computed.
//!
//! ```text
//! {"number":"0x2a","hash":"0x…","parentHash":"0x…","timestamp":"0x6b035e39","baseFeePerGas":"0x7",…,"transactions":["0x…",…]}
//!    ─► f9 0217 [parent, ommers, …, timestamp, …, base fee]     Keccak-256 of it = hash, or this is no header of such a chain
//! ```
//!
//! Here: reading what a node answers to `eth_getBlockByHash` and `eth_getBlockByNumber`. Not here: asking it (`web`),
//! checking a header that is kept (`verifier::evm`).

use rlp::RlpStream;
use serde_json::Value;
use verifier::evm::{Header, Keccak, data, quantity};

/// Bytes of a member that is bytes: the bloom, and what a chain puts into its extra data (consortium chains their seals).
const DATA_BYTES: usize = 16 << 10;

/// A member of a header: a number or bytes, in JSON under this name.
enum Member {
    Number(&'static str),
    Bytes(&'static str),
}

use Member::{Bytes, Number};

/// What every header of such a chain has.
const MEMBERS: [Member; 15] = [
    Bytes("parentHash"),
    Bytes("sha3Uncles"),
    Bytes("miner"),
    Bytes("stateRoot"),
    Bytes("transactionsRoot"),
    Bytes("receiptsRoot"),
    Bytes("logsBloom"),
    Number("difficulty"),
    Number("number"),
    Number("gasLimit"),
    Number("gasUsed"),
    Number("timestamp"),
    Bytes("extraData"),
    Bytes("mixHash"),
    Bytes("nonce"),
];

/// What forks appended, each only where the one before it is: EIP-1559, 4895, 4844 (two), 4788, 7685.
const APPENDED: [Member; 6] = [
    Number("baseFeePerGas"),
    Bytes("withdrawalsRoot"),
    Number("blobGasUsed"),
    Number("excessBlobGas"),
    Bytes("parentBeaconBlockRoot"),
    Bytes("requestsHash"),
];

/// A block at a glance, as a node shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// Its hash, as the node says.
    pub hash: Keccak,
    /// How many are before it.
    pub number: u64,
    /// What a unit of gas costs at least in the next one is about this; none on chains without such fees.
    pub base_fee: Option<u128>,
}

impl Block {
    /// Reads the three of a node's answer; none where one of them can't be read.
    #[must_use]
    pub fn of(block: &Value) -> Option<Block> {
        let number = |key: &str| block.get(key)?.as_str().and_then(quantity);
        Some(Block {
            hash: block.get("hash")?.as_str().and_then(Keccak::parse)?,
            number: u64::try_from(number("number")?).ok()?,
            base_fee: match block.get("baseFeePerGas") {
                None | Some(Value::Null) => None,
                Some(_) => Some(number("baseFeePerGas")?),
            },
        })
    }
}

/// The header of a block that a node shows, if its Keccak-256 is the hash that the node calls it by. None otherwise: the node
/// says something else than it hashes, or the chain hashes its blocks otherwise.
#[must_use]
pub fn header_of(block: &Value) -> Option<Header> {
    let hash = Block::of(block)?.hash;
    let there = |member: &&Member| {
        let (Number(key) | Bytes(key)) = **member;
        block.get(key).is_some_and(|value| !value.is_null())
    };
    let appended: Vec<&Member> = APPENDED.iter().take_while(there).collect();
    let mut list = RlpStream::new_list(MEMBERS.len() + appended.len());
    for member in MEMBERS.iter().chain(appended) {
        match *member {
            Number(key) => list.append(&block.get(key)?.as_str().and_then(quantity)?),
            Bytes(key) => list.append(&block.get(key)?.as_str().and_then(|text| data(text, DATA_BYTES))?),
        };
    }
    Header::parse(&list.out()).ok().filter(|header| header.hash() == hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The second block of a chain of ganache 7.9.2 (Shanghai).
    fn block() -> Value {
        let zeros = |bytes: usize| format!("0x{}", "00".repeat(bytes));
        serde_json::json!({
            "hash": "0x75b5fe818ed7e2c5a07969465297bc09274e9b743cf84fca7ea7c1e02884b417",
            "parentHash": "0x96cadeff2ae6f7b980a5cf414938c942a1576072d8b22a442a0193426a1e3e80",
            "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
            "miner": zeros(20),
            "stateRoot": "0xed4be99c18bf2bb6b4e39c11d15837bfe38974636f4e7301fcbb27abb1213fbd",
            "transactionsRoot": "0x135334f0ef8a0fa75118278d411e3e539bf96acfa8aeca784d92be9c2f741358",
            "receiptsRoot": "0x4900a80139bd4cee1dd3500376983fe1bbefdb4d6b6de5c45d729d58a832cf45",
            "logsBloom": zeros(256), "difficulty": "0x0", "number": "0x1", "gasLimit": "0x1c9c380",
            "gasUsed": "0x533c", "timestamp": "0x6b035e39", "extraData": "0x",
            "mixHash": "0xf94931d0ccd15804e0bec66f47faf8062943f1022e1d013921b1c40619f688cf",
            "nonce": zeros(8), "totalDifficulty": "0x0", "baseFeePerGas": "0x342770c0",
            "withdrawalsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
            "size": "0x2ad", "transactions": [], "uncles": [], "withdrawals": [],
        })
    }

    #[test]
    fn a_header_is_the_one_that_its_hash_says() {
        let header = header_of(&block()).unwrap();
        assert_eq!((header.number(), header.time().seconds()), (1, 0x6b03_5e39));
        assert_eq!(Block::of(&block()).unwrap().base_fee, Some(0x3427_70c0));
        for (key, value) in [
            ("hash", "0x85b5fe818ed7e2c5a07969465297bc09274e9b743cf84fca7ea7c1e02884b417"),
            ("timestamp", "0x6b035e3a"),
            ("number", "1"),
            ("extraData", "0x0"),
            ("mixHash", "0x00"),
        ] {
            let mut other = block();
            other[key] = value.into();
            assert_eq!(header_of(&other), None, "{key}");
        }
        for gone in ["sha3Uncles", "logsBloom", "withdrawalsRoot", "hash"] {
            let mut other = block();
            other.as_object_mut().unwrap().remove(gone);
            assert_eq!(header_of(&other), None, "{gone}");
        }
    }
}
