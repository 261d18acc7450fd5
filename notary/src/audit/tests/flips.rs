//! One changed bit in what others saw: cosigned checkpoints, and anchors of chains and gateways.
//!
//! What is not found is what nobody signed and nothing follows from; each such part is named here, and in `AUDIT.md`.

use std::ops::Range;

use verifier::anchor::{Anchor, Evidence, Evm, Http, anchored_digest};
use verifier::base64;
use verifier::evm::{Fee, SignedTransaction, Transaction, anchor_data, keccak256};
use verifier::note::Note;
use verifier::time::Time;
use verifier::trust::{Chain, TrustBundle};

use super::evidence::{WITNESS, cosign, dated, head_of, report, trusting};
use super::house::{BEGIN, House, codes, with};
use crate::disk::testing::MemoryDisk;

const HOUR: u64 = 3600;
const CHAIN_ID: u64 = 20_200;

/// A block's header of this time.
fn header(time: u64) -> Vec<u8> {
    let mut list = rlp::RlpStream::new_list(15);
    for length in [32, 32, 20, 32, 32, 32, 256] {
        list.append(&vec![7u8; length]);
    }
    list.append(&0u8).append(&42u8).append(&0u8).append(&0u8).append(&time);
    list.append(&Vec::<u8>::new()).append(&vec![7u8; 32]).append(&vec![7u8; 8]);
    list.out().to_vec()
}

/// A transaction with the digest of this checkpoint, in a block of this time; and whose it is. A signature of any numbers is
/// somebody's.
fn on_chain(note: &Note, time: u64) -> (Evm, Chain) {
    let transaction = Transaction {
        chain_id: CHAIN_ID,
        nonce: 3,
        fee: Fee::Legacy { gas_price: 0 },
        gas_limit: 26_000,
        to: None,
        value: 0,
        data: anchor_data(&anchored_digest(note.text())),
    };
    let signed = (1..=255u8)
        .find_map(|n| SignedTransaction::new(transaction.clone(), false, [n; 32], [0x11; 32]).ok());
    let (signed, header) = (signed.unwrap(), header(time));
    let block = keccak256(&header);
    let hash = signed.hash();
    let receipt = format!(
        "{{\"id\":7,\"result\":{{\"transactionHash\":\"{hash}\",\"blockHash\":\"{block}\",\"blockNumber\":\"0x2a\",\"status\":\"0x1\"}}}}"
    );
    let chain = Chain {
        label: "chain".into(),
        chain_id: CHAIN_ID,
        sender: *signed.sender().as_bytes(),
        token: "chain.example.cn".into(),
    };
    let at = Time::new(time + 60).unwrap();
    (Evm { at, transaction: signed.encode(), header: Some(header), receipt: receipt.into_bytes() }, chain)
}

fn file(label: &str, note: Note, evidence: Evidence) -> Vec<u8> {
    (Anchor::new(label, note, evidence).unwrap().encode() + "\n").into_bytes()
}

/// Where this stands in the file.
fn of(bytes: &[u8], words: &str) -> Range<usize> {
    let text = std::str::from_utf8(bytes).unwrap();
    let start = text.find(words).unwrap_or_else(|| panic!("no {words} in {text}"));
    start..start + words.len()
}

/// Flips a bit of each byte, another one from byte to byte: it is found in that file and nowhere else, but in these parts.
fn flip(sound: &MemoryDisk, path: &str, trust: &TrustBundle, silent: &[Range<usize>]) {
    assert_eq!(codes(&report(sound, trust)), vec![]);
    let files = sound.files();
    let bytes = files[&format!("ledger/{path}")].clone();
    let (mut found, mut passed) = (0, 0);
    for at in 0..bytes.len() {
        let mut other = bytes.clone();
        other[at] ^= 1 << (at % 7);
        let report = report(&with(&files, &format!("ledger/{path}"), Some(other)), trust);
        let all = codes(&report);
        assert!(all.iter().all(|(_, place)| *place == path), "{path} byte {at}: {all:?}");
        let is_silent = silent.iter().any(|part| part.contains(&at));
        assert!(is_silent || !all.is_empty(), "{path} byte {at}: nothing was found");
        if all.is_empty() { passed += 1 } else { found += 1 }
    }
    assert!(found > passed, "{path}: {found} found, {passed} not");
}

#[test]
fn in_a_cosigned_checkpoint() {
    let house = dated(&[0, 60, 120]);
    let trust = trusting(&house, |_| ());
    let bytes = cosign(&head_of(&house, 2), BEGIN + 130);
    // A line of somebody whom the bundle does not know is nobody's: the witness's name, and the id of its key in base64.
    let name = of(&bytes, &format!("— {WITNESS} "));
    let silent = name.start + "— ".len()..name.end + 6;
    let disk = with(&house.disk.files(), "ledger/cosigned/000", Some(bytes));
    flip(&disk, "cosigned/000", &trust, std::slice::from_ref(&silent));
}

#[test]
fn in_what_a_gateway_answered() {
    let house = dated(&[0, HOUR]);
    let trust = trusting(&house, |_| ());
    let http = Http {
        address: "https://g.example.cn/".into(),
        at: Time::new(BEGIN + 2 * HOUR).unwrap(),
        content_type: "a/b".into(),
        answer: b"{}".to_vec(),
    };
    let bytes = file("gateway", head_of(&house, 1), Evidence::Http(http));
    let end = bytes.len() - 2;
    // The type, the label, and what the gateway said are nobody's word but the office's.
    let silent = [of(&bytes, "http"), of(&bytes, "gateway"), of(&bytes, ",\"address\"").start..end];
    let disk = with(&house.disk.files(), "ledger/anchors/000", Some(bytes));
    flip(&disk, "anchors/000", &trust, &silent);
}

/// Where a flip only makes a small digit of the receipt's hashes a capital one.
fn case_of_digits(bytes: &[u8], start: usize) -> Vec<Range<usize>> {
    let receipt = |bytes: &[u8]| {
        let text = std::str::from_utf8(bytes).ok()?.get(start..)?.split('"').next()?;
        Some(base64::decode(text)?.to_ascii_lowercase())
    };
    let same = |at: &usize| {
        let mut other = bytes.to_vec();
        other[*at] ^= 1 << (at % 7);
        receipt(&other) == receipt(bytes)
    };
    (start..bytes.len()).filter(same).map(|at| at..at + 1).collect()
}

fn chained(time: u64) -> (House, TrustBundle, Vec<u8>, Evm) {
    let house = dated(&[0, HOUR]);
    let (evm, chain) = on_chain(&head_of(&house, 1), BEGIN + time);
    let trust = trusting(&house, |fields| fields.chains.push(chain));
    let bytes = file("chain", head_of(&house, 1), Evidence::Evm(evm.clone()));
    (house, trust, bytes, evm)
}

#[test]
fn in_what_a_chain_has() {
    let (house, trust, bytes, evm) = chained(2 * HOUR);
    let at = of(&bytes, &format!("\"at\":{}", evm.at.seconds()));
    // A receipt may have members that nobody looks at; here that is its id.
    let id = of(&bytes, "\"receipt\":\"").end;
    let mut silent = vec![of(&bytes, "evm"), of(&bytes, "\"chain\""), at, id..id + 12];
    silent.extend(case_of_digits(&bytes, id));
    let disk = with(&house.disk.files(), "ledger/anchors/000", Some(bytes));
    flip(&disk, "anchors/000", &trust, &silent);
}

#[test]
fn a_block_is_neither_from_before_its_checkpoint_nor_from_later_than_now() {
    for (time, expected) in [
        (2 * HOUR, vec![]),
        (HOUR - 301, vec![("ANCHOR_BAD", "anchors/000")]),
        (90 * 24 * HOUR + 300, vec![]),
        (90 * 24 * HOUR + 301, vec![("ANCHOR_BAD", "anchors/000")]),
    ] {
        let (house, trust, bytes, _) = chained(time);
        let disk = with(&house.disk.files(), "ledger/anchors/000", Some(bytes));
        assert_eq!(codes(&report(&disk, &trust)), expected, "{time}");
    }
}
