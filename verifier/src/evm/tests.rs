//! Published transactions and headers, one failure each, and any bytes.

use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use ::rlp::RlpStream;
use k256::ecdsa::SigningKey;
use proptest::prelude::*;

use super::rlp::{Item, Reader};
use super::*;

fn hex(digits: &str) -> Vec<u8> {
    data(&format!("0x{digits}"), 1 << 20).unwrap()
}

fn sign(transaction: Transaction, secret: [u8; 32]) -> SignedTransaction {
    let key = SigningKey::from_slice(&secret).unwrap();
    let (signature, id) = key.sign_prehash_recoverable(transaction.signing_hash().as_bytes());
    let (r, s) = signature.split_bytes();
    SignedTransaction::new(transaction, id.is_y_odd(), r.into(), s.into()).unwrap()
}

/// The example of EIP-155.
const EIP155: &str = "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025\
    a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276\
    a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83";

fn eip155() -> Transaction {
    Transaction {
        chain_id: 1,
        nonce: 9,
        fee: Fee::Legacy { gas_price: 20_000_000_000 },
        gas_limit: 21_000,
        to: Some(Address::from_bytes([0x35; 20])),
        value: 1_000_000_000_000_000_000,
        data: vec![],
    }
}

#[test]
fn the_example_of_eip_155() {
    let transaction = eip155();
    let hash = "0xdaf5a779ae972f972197303d7b574746c7ef83eadac0f2791ad23db92e4c8e53";
    assert_eq!(format!("{}", transaction.signing_hash()), hash);
    // Its signature is the deterministic one (RFC 6979), so signing it again gives the published bytes.
    let signed = sign(transaction, [0x46; 32]);
    assert_eq!(signed.encode(), hex(EIP155));
    assert_eq!(SignedTransaction::parse(&hex(EIP155)), Ok(signed.clone()));
    assert_eq!(format!("{}", signed.sender()), "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f");
}

/// The first block of Ethereum's main chain.
#[test]
fn the_genesis_block_has_its_hash() {
    let mut list = RlpStream::new_list(15);
    let empty_root = hex("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
    list.append(&vec![0u8; 32]);
    list.append(&hex("1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"));
    list.append(&vec![0u8; 20]);
    list.append(&hex("d7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544"));
    list.append(&empty_root).append(&empty_root).append(&vec![0u8; 256]);
    list.append(&0x4_0000_0000u64).append(&0u64).append(&5000u64).append(&0u64).append(&0u64);
    list.append(&hex("11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa"));
    list.append(&vec![0u8; 32]).append(&hex("0000000000000042"));
    let bytes = list.out().to_vec();
    let header = Header::parse(&bytes).unwrap();
    let hash = "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3";
    assert_eq!(format!("{}", header.hash()), hash);
    assert_eq!((header.number(), header.time().seconds()), (0, 0));
    assert_eq!(header.encode(), bytes);
}

/// A transaction that ganache 7.9.2 signed with the key of EIP-155's example, and its block.
#[test]
fn a_transaction_with_two_fees_and_its_block_as_another_implementation_has_them() {
    let address = Address::parse("0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f").unwrap();
    let transaction = Transaction {
        chain_id: 20_200,
        nonce: 0,
        fee: Fee::Dynamic { tip: 0x3b9a_ca00, max: 0x4201_eab3 },
        gas_limit: 0x1_5f90,
        to: Some(address),
        value: 0,
        data: hex("78696e7a68656e672f616e63686f722f76310007"),
    };
    let r = hex("3635aa86d2deacc71768eeb3a69a9b2b69e0e96dbeeca3f83e6c7781bf3c9f8e").try_into().unwrap();
    let s = hex("6532d2148bfc2539ffaed06f89b8967ac3a0bddce0d2892d163b3f66b3ba8fbb").try_into().unwrap();
    let signed = SignedTransaction::new(transaction, false, r, s).unwrap();
    let hash = "0xd71fd1d7663aea63760c918b949b46620c484e470f7053716cd6f3836bed9ce2";
    assert_eq!((signed.sender(), format!("{}", signed.hash())), (address, String::from(hash)));
    assert_eq!(SignedTransaction::parse(&signed.encode()), Ok(signed));

    let mut list = RlpStream::new_list(17);
    let withdrawals = hex("56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
    list.append(&hex("96cadeff2ae6f7b980a5cf414938c942a1576072d8b22a442a0193426a1e3e80"));
    list.append(&hex("1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"));
    list.append(&vec![0u8; 20]);
    list.append(&hex("ed4be99c18bf2bb6b4e39c11d15837bfe38974636f4e7301fcbb27abb1213fbd"));
    list.append(&hex("135334f0ef8a0fa75118278d411e3e539bf96acfa8aeca784d92be9c2f741358"));
    list.append(&hex("4900a80139bd4cee1dd3500376983fe1bbefdb4d6b6de5c45d729d58a832cf45"));
    list.append(&vec![0u8; 256]).append(&0u8).append(&1u8);
    list.append(&0x1c9_c380u64).append(&0x533cu64).append(&0x6b03_5e39u64).append(&Vec::<u8>::new());
    list.append(&hex("f94931d0ccd15804e0bec66f47faf8062943f1022e1d013921b1c40619f688cf"));
    list.append(&vec![0u8; 8]).append(&0x3427_70c0u64).append(&withdrawals);
    let header = Header::parse(&list.out()).unwrap();
    let hash = "0x75b5fe818ed7e2c5a07969465297bc09274e9b743cf84fca7ea7c1e02884b417";
    assert_eq!((header.number(), format!("{}", header.hash())), (1, String::from(hash)));
}

#[test]
fn what_is_no_transaction() {
    let good = hex(EIP155);
    let bad = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bytes = good.clone();
        change(&mut bytes);
        SignedTransaction::parse(&bytes).unwrap_err()
    };
    assert_eq!(bad(&|b| b.push(0)).what(), "goes on after its end");
    assert_eq!(bad(&|b| b.truncate(b.len() - 1)).what(), "is longer than what is there");
    assert_eq!(bad(&|b| b[0] = 0x01).at(), "type");
    assert_eq!(bad(&|b| b.clear()).at(), "type");
    assert_eq!(bad(&|b| b[43] = 27).at(), "v");
    // The same signature with the other s: it verifies, and no node takes it.
    let signed = SignedTransaction::parse(&good).unwrap();
    let order = hex("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    let s = hex("67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83");
    let mut other = [0u8; 32];
    let mut borrow = 0i32;
    for at in (0..32).rev() {
        let digit = i32::from(order[at]) - i32::from(s[at]) - borrow;
        borrow = i32::from(digit < 0);
        other[at] = u8::try_from(digit.rem_euclid(256)).unwrap();
    }
    let r: [u8; 32] =
        hex("28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276").try_into().unwrap();
    let high = SignedTransaction::new(signed.transaction().clone(), true, r, other).unwrap_err();
    assert_eq!(high.at(), "signature");
    let zero = SignedTransaction::new(eip155(), false, [0; 32], r).unwrap_err();
    assert_eq!(zero.what(), "is out of range");
    for chain_id in [0, u64::MAX] {
        let transaction = Transaction { chain_id, ..eip155() };
        let refused =
            SignedTransaction::new(transaction, false, r, s.clone().try_into().unwrap()).unwrap_err();
        assert_eq!(refused.at(), "chain id");
    }
    let long = Transaction { data: vec![0; 4096], ..eip155() };
    assert!(SignedTransaction::new(long, false, r, s.try_into().unwrap()).is_err());
}

#[test]
fn one_encoding_of_every_item() {
    for bad in [
        &b"\xc2\x81\x05"[..],                    // a byte that would stand for itself
        b"\xc3\xb8\x01\x80",                     // the long form of a short length
        b"\xf8\x01\x80",                         // the same, of a list
        b"\xc3\xb9\x00\x80",                     // a length with a leading zero
        b"\xc1",                                 // nothing in it
        b"\xc2\x83a",                            // too little in it
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff", // a length beyond every memory
        b"\xc1\x80\x80",                         // more after it
        b"\x80",                                 // bytes, not a list
        b"",
    ] {
        let read = Reader::of_list("x", bad).and_then(|mut items| items.item("y").map(|_| ()));
        assert!(read.is_err(), "{bad:02x?}");
    }
    let mut items = Reader::of_list("x", b"\xc4\x82\x00\x01\x00").unwrap();
    assert!(items.clone().number("leading zero").is_err() && items.clone().small("same").is_err());
    assert_eq!(items.array("two"), Ok([0, 1]));
    assert!(items.clone().number("zero is no bytes at all").is_err());
    assert_eq!(items.item("last"), Ok(Item::Bytes(&[0])));
}

const DIGEST: [u8; 32] = [7; 32];
const CHAIN: u64 = 20_200;

fn anchoring(digest: [u8; 32], chain_id: u64, secret: [u8; 32]) -> SignedTransaction {
    let transaction = Transaction {
        chain_id,
        fee: Fee::Dynamic { tip: 0, max: 7 },
        value: 0,
        data: anchor_data(&Hash::from_bytes(digest)),
        ..eip155()
    };
    sign(transaction, secret)
}

fn header(number: u64) -> Vec<u8> {
    let mut list = RlpStream::new_list(16);
    for bytes in [32, 32, 20, 32, 32, 32, 256] {
        list.append(&vec![1u8; bytes]);
    }
    list.append(&0u8).append(&number).append(&1u8).append(&1u8).append(&1_795_312_800u64);
    list.append(&vec![]).append(&vec![0u8; 32]).append(&vec![0u8; 8]).append(&7u64);
    list.out().to_vec()
}

fn receipt(transaction: Keccak, block: Keccak, number: &str, status: &str) -> String {
    format!(
        "{{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{{\"transactionHash\":\"{transaction}\",\"logs\":[],\
         \"blockHash\":\"{block}\",\"blockNumber\":\"{number}\",\"status\":\"{status}\"}}}}\n"
    )
}

#[test]
fn what_belongs_together_and_one_failure_each() {
    let signed = anchoring(DIGEST, CHAIN, [1; 32]);
    let (raw, head, sender) = (signed.encode(), header(42), signed.sender());
    let block = keccak256(&head);
    let good = receipt(signed.hash(), block, "0x2a", "0x1");
    let check = |raw: &[u8], receipt: &str, header: Option<&[u8]>| {
        let evidence = ChainEvidence { transaction: raw, receipt: receipt.as_bytes(), header };
        evidence.check(&Hash::from_bytes(DIGEST), CHAIN, sender).map_err(|fault| fault.kind())
    };
    let time = Some(crate::time::Time::new(1_795_312_800).unwrap());
    let included = Included { transaction: signed.hash(), block, number: 42, time };
    assert_eq!(check(&raw, &good, Some(&head)), Ok(included.clone()));
    assert_eq!(check(&raw, &good, None), Ok(Included { time: None, ..included }));

    let (one, head) = (&raw[..], Some(&head[..]));
    assert_eq!(check(&one[1..], &good, head), Err("transaction"));
    assert_eq!(check(&anchoring(DIGEST, 1, [1; 32]).encode(), &good, head), Err("chain-id"));
    assert_eq!(check(&anchoring(DIGEST, CHAIN, [2; 32]).encode(), &good, head), Err("sender"));
    assert_eq!(check(&anchoring([8; 32], CHAIN, [1; 32]).encode(), &good, head), Err("data"));
    for bad in [
        "",
        "null",
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"result\":null}",
        "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-32000,\"message\":\"no\"}}",
        &good.replace("0x2a", "0x02a"),
        &good.replace("0x2a", "42"),
        &good.replace("\"0x1\"", "\"0x2\""),
        &good.replace("\"0x1\"", "1"),
        &good.replace("blockHash", "block"),
        &good.replace("[]", "[1.5]"),
    ] {
        assert_eq!(check(one, bad, head), Err("receipt"), "{bad}");
    }
    let other = receipt(block, block, "0x2a", "0x1");
    assert_eq!(check(one, &other, head), Err("receipt-of-another"));
    assert_eq!(check(one, &good.replace("\"0x1\"", "\"0x0\""), head), Err("failed"));
    assert_eq!(check(one, &good, Some(&header(42)[1..])), Err("header"));
    assert_eq!(check(one, &good, Some(&header(43))), Err("header-of-another"));
    assert_eq!(check(one, &good.replace("0x2a", "0x2b"), head), Err("header-of-another"));
}

#[test]
fn numbers_and_bytes_as_nodes_write_them() {
    assert_eq!((quantity("0x0"), quantity("0x2A"), quantity("0x10")), (Some(0), Some(42), Some(16)));
    assert_eq!(quantity(&format!("0x{}", "f".repeat(32))), Some(u128::MAX));
    for bad in ["0x", "0", "2a", "0x00", "0x01", "0x+1", "0X1", " 0x1", &format!("0x1{}", "0".repeat(32))] {
        assert_eq!(quantity(bad), None, "{bad:?}");
    }
    assert_eq!((data("0x", 0), data("0x00fF", 2)), (Some(vec![]), Some(vec![0, 255])));
    for bad in ["", "0x0", "0x000000", "0xgg", "0x+1", "0xé"] {
        assert_eq!(data(bad, 2), None, "{bad:?}");
    }
    assert_eq!(anchored(&anchor_data(&Hash::from_bytes(DIGEST))), Some(Hash::from_bytes(DIGEST)));
    assert_eq!(anchor_data(&Hash::from_bytes(DIGEST)).len(), ANCHOR_DATA_BYTES);
    assert_eq!(anchored(b"xinzheng/anchor/v1"), None);
}

fn any_transaction() -> impl Strategy<Value = Transaction> {
    let fee = prop_oneof![
        any::<u128>().prop_map(|gas_price| Fee::Legacy { gas_price }),
        any::<(u128, u128)>().prop_map(|(tip, max)| Fee::Dynamic { tip, max }),
    ];
    let to = proptest::option::of(any::<[u8; 20]>().prop_map(Address::from_bytes));
    let numbers = (1..=(1u64 << 63) - 19, any::<u64>(), any::<u64>(), any::<u128>());
    let data = proptest::collection::vec(any::<u8>(), 0..200);
    (numbers, fee, to, data).prop_map(|((chain_id, nonce, gas_limit, value), fee, to, data)| Transaction {
        chain_id,
        nonce,
        fee,
        gas_limit,
        to,
        value,
        data,
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read(transaction in any_transaction(), byte in 1u8..255) {
        let signed = sign(transaction, [byte; 32]);
        let key = SigningKey::from_slice(&[byte; 32]).unwrap();
        prop_assert_eq!(signed.sender(), Address::of_key(key.verifying_key()));
        prop_assert_eq!(SignedTransaction::parse(&signed.encode()), Ok(signed));
    }

    #[test]
    fn no_bytes_stop_it(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = SignedTransaction::parse(&bytes);
        let _ = Header::parse(&bytes);
        let _ = Receipt::parse(&bytes);
    }

    #[test]
    fn a_changed_transaction_is_another_ones_or_none(at in 0usize..200, with in 1u8..) {
        let signed = anchoring(DIGEST, CHAIN, [1; 32]);
        let mut bytes = signed.encode();
        let at = at % bytes.len();
        bytes[at] ^= with;
        if let Ok(read) = SignedTransaction::parse(&bytes) {
            prop_assert_eq!(read.encode(), bytes);
            prop_assert!(read.sender() != signed.sender());
        }
    }

    #[test]
    fn a_changed_header_has_another_hash(at in 0usize..600, with in 1u8..) {
        let mut bytes = header(42);
        let at = at % bytes.len();
        bytes[at] ^= with;
        if let Ok(read) = Header::parse(&bytes) {
            prop_assert_eq!(read.encode(), &bytes[..]);
            prop_assert!(read.hash() != keccak256(&header(42)));
        }
    }
}
