//! Makes the vectors of `evm`:
//!
//! ```text
//! cargo run -p verifier --features evm --example make_vectors_evm
//! ```
//!
//! The same files come out every time. What is expected of a case is written down here, not computed; `tests/vectors_evm.rs`
//! holds the library against it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

use std::path::PathBuf;

use k256::ecdsa::SigningKey;
use rlp::RlpStream;
use serde_json::{Value, json};
use verifier::base64::encode;
use verifier::evm::{Address, Fee, Keccak, SignedTransaction, Transaction, anchor_data, keccak256};
use verifier::hash::{Hash, sha256};

const CHAIN: u64 = 20_200;
const NUMBER: u64 = 42;
const TIME: u64 = 1_795_312_800;

/// One anchor's evidence, and against what it is held.
#[derive(Clone)]
struct Case {
    digest: Hash,
    chain_id: u64,
    sender: Address,
    transaction: Vec<u8>,
    receipt: Vec<u8>,
    header: Option<Vec<u8>>,
}

fn main() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors/evm");
    std::fs::create_dir_all(&folder).unwrap();
    for old in std::fs::read_dir(&folder).unwrap() {
        std::fs::remove_file(old.unwrap().path()).unwrap();
    }
    let write = |name: &str, what: &str, case: &Case, expect: Value| {
        let mut file = json!({
            "what": what, "digest": case.digest.to_base64(), "chain_id": case.chain_id,
            "sender": case.sender.to_string(), "transaction": encode(&case.transaction),
            "receipt": encode(&case.receipt), "header": case.header.as_deref().map(encode),
        });
        file.as_object_mut().unwrap().extend(expect.as_object().unwrap().clone());
        let path = folder.join(format!("{name}.json"));
        assert!(!path.exists(), "{name} stands twice");
        std::fs::write(path, serde_json::to_string_pretty(&file).unwrap() + "\n").unwrap();
    };
    let good = |name: &str, what: &str, case: &Case| {
        let hash = keccak256(&case.transaction).to_string();
        let time = case.header.as_ref().map(|_| TIME);
        let block = keccak256(&header(NUMBER)).to_string();
        write(
            name,
            what,
            case,
            json!({"expect": "ok", "hash": hash, "block": block, "number": NUMBER, "time": time}),
        );
    };
    let bad = |name: &str, what: &str, expect: &str, change: &dyn Fn(&mut Case)| {
        let mut case = usual();
        change(&mut case);
        write(name, what, &case, json!({ "expect": expect }));
    };

    good("dynamic", "a transaction of type 2 with its receipt and header", &usual());
    good("legacy", "a legacy transaction bound to its chain, free of charge", &around(legacy()));
    good("no-header", "of a chain whose blocks are hashed otherwise", &Case { header: None, ..usual() });
    let spaced = String::from_utf8(usual().receipt).unwrap().replace(":", " : ").into_bytes();
    good("receipt-spaced", "a receipt with spaces, as it came", &Case { receipt: spaced, ..usual() });

    bad("transaction-cut", "the last byte is missing", "transaction", &|c| {
        c.transaction.truncate(c.transaction.len() - 1)
    });
    bad("transaction-more", "a byte too many", "transaction", &|c| c.transaction.push(0));
    bad("transaction-type", "of another type", "transaction", &|c| c.transaction[0] = 1);
    bad("transaction-high-s", "the other s that verifies", "transaction", &|c| c.transaction = high_s());
    bad("transaction-unbound", "a legacy one for any chain", "transaction", &|c| c.transaction = unbound());
    bad("chain-id", "for another chain", "chain-id", &|c| c.chain_id = 1);
    bad("sender", "signed by another key", "sender", &|c| c.sender = Address::from_bytes([7; 20]));
    bad("digest", "of another checkpoint", "data", &|c| c.digest = sha256(&[b"another"]));
    bad("data-bare", "the digest without the words before it", "data", &|c| {
        *c = around(sign(Transaction { data: usual().digest.as_bytes().to_vec(), ..transaction() }));
    });
    bad("receipt-null", "the node knew none", "receipt", &|c| {
        c.receipt = br#"{"jsonrpc":"2.0","id":7,"result":null}"#.to_vec();
    });
    bad("receipt-error", "the node answered with an error", "receipt", &|c| {
        c.receipt = br#"{"jsonrpc":"2.0","id":7,"error":{"code":-32000,"message":"no"}}"#.to_vec();
    });
    bad("receipt-twice", "a member twice", "receipt", &|c| change(c, "\"logs\":[]", "\"status\":\"0x1\""));
    bad("receipt-status", "a status that is none", "receipt", &|c| change(c, "\"0x1\"", "\"0x2\""));
    bad("receipt-number", "a number with a leading zero", "receipt", &|c| change(c, "0x2a", "0x02a"));
    bad("receipt-of-another", "the receipt of another transaction", "receipt-of-another", &|c| {
        c.receipt = receipt(keccak256(b"another"), keccak256(&header(NUMBER)));
    });
    bad("failed", "the chain did not do it", "failed", &|c| change(c, "\"0x1\"", "\"0x0\""));
    bad("header-cut", "the header's last byte is missing", "header", &|c| {
        c.header.as_mut().unwrap().truncate(506)
    });
    bad("header-of-another", "the next block's header", "header-of-another", &|c| {
        c.header = Some(header(NUMBER + 1));
    });
    bad("header-number", "another number than the receipt's", "header-of-another", &|c| {
        change(c, "0x2a", "0x2b")
    });
}

fn usual() -> Case {
    around(sign(transaction()))
}

fn key() -> SigningKey {
    SigningKey::from_slice(sha256(&[b"xinzheng vectors: chain"]).as_bytes()).unwrap()
}

fn digest() -> Hash {
    sha256(&[b"the text of a checkpoint\n"])
}

fn transaction() -> Transaction {
    let fee = Fee::Dynamic { tip: 1_000_000_000, max: 3_000_000_000 };
    let to = Some(Address::of_key(key().verifying_key()));
    let data = anchor_data(&digest());
    Transaction { chain_id: CHAIN, nonce: 3, fee, gas_limit: 26_000, to, value: 0, data }
}

fn sign(transaction: Transaction) -> Vec<u8> {
    let (signature, id) = key().sign_prehash_recoverable(transaction.signing_hash().as_bytes());
    let (r, s) = signature.split_bytes();
    SignedTransaction::new(transaction, id.is_y_odd(), r.into(), s.into()).unwrap().encode()
}

fn legacy() -> Vec<u8> {
    sign(Transaction { fee: Fee::Legacy { gas_price: 0 }, ..transaction() })
}

/// The same transaction with n − s in place of s, and the other parity: it recovers to the same key.
fn high_s() -> Vec<u8> {
    const ORDER: [u8; 32] = [
        0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xba,
        0xae, 0xdc, 0xe6, 0xaf, 0x48, 0xa0, 0x3b, 0xbf, 0xd2, 0x5e, 0x8c, 0xd0, 0x36, 0x41, 0x41,
    ];
    let mut bytes = sign(transaction());
    let length = bytes.len();
    let mut borrow = 0;
    for at in (0..32).rev() {
        let place = length - 32 + at;
        let digit = i32::from(ORDER[at]) - i32::from(bytes[place]) - borrow;
        borrow = i32::from(digit < 0);
        bytes[place] = u8::try_from(digit.rem_euclid(256)).unwrap();
    }
    // … ‖ parity ‖ a0 ‖ r ‖ a0 ‖ s: parity 0 is written 0x80.
    let parity = length - 67;
    assert!(bytes[length - 33] == 0xa0 && bytes[length - 66] == 0xa0, "r and s fill their 32 bytes");
    bytes[parity] = if bytes[parity] == 0x80 { 1 } else { 0x80 };
    bytes
}

/// A legacy transaction from before EIP-155: its v is 27 or 28.
fn unbound() -> Vec<u8> {
    let of = transaction();
    let mut plain = RlpStream::new_list(6);
    let fields = |list: &mut RlpStream| {
        list.append(&of.nonce).append(&0u8).append(&of.gas_limit);
        list.append(&of.to.unwrap().as_bytes().as_slice()).append(&0u8).append(&of.data);
    };
    fields(&mut plain);
    let (signature, id) = key().sign_prehash_recoverable(keccak256(&plain.out()).as_bytes());
    let (r, s) = signature.split_bytes();
    let mut list = RlpStream::new_list(9);
    fields(&mut list);
    list.append(&(27 + u8::from(id.is_y_odd()))).append(&r.as_slice()).append(&s.as_slice());
    list.out().to_vec()
}

fn around(transaction: Vec<u8>) -> Case {
    let head = header(NUMBER);
    Case {
        digest: digest(),
        chain_id: CHAIN,
        sender: Address::of_key(key().verifying_key()),
        receipt: receipt(keccak256(&transaction), keccak256(&head)),
        transaction,
        header: Some(head),
    }
}

fn receipt(transaction: Keccak, block: Keccak) -> Vec<u8> {
    format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{{\"transactionHash\":\"{transaction}\",\"transactionIndex\":\"0x0\",\
         \"blockHash\":\"{block}\",\"blockNumber\":\"{NUMBER:#x}\",\"status\":\"0x1\",\"contractAddress\":null,\"logs\":[]}}}}"
    )
    .into_bytes()
}

fn change(case: &mut Case, from: &str, to: &str) {
    let text = String::from_utf8(case.receipt.clone()).unwrap();
    assert!(text.contains(from), "{from}");
    case.receipt = text.replace(from, to).into_bytes();
}

fn header(number: u64) -> Vec<u8> {
    let mut list = RlpStream::new_list(16);
    for (n, bytes) in [32usize, 32, 20, 32, 32, 32, 256].into_iter().enumerate() {
        list.append(&vec![u8::try_from(n).unwrap() + 1; bytes]);
    }
    list.append(&0u8).append(&number).append(&30_000_000u64).append(&22_000u64).append(&TIME);
    list.append(&Vec::<u8>::new()).append(&vec![0u8; 32]).append(&vec![0u8; 8]).append(&7u64);
    list.out().to_vec()
}
