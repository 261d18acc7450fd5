//! Ed25519 in JavaScript says of every signature what the strict verification in Rust says, and what Wycheproof says.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use verifier::key::{KeyKind, KeyName, VerifierKey};
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

use crate::node::Judge;

fn question(key: &[u8], message: &[u8], signature: &[u8]) -> Value {
    let text = |bytes: &[u8]| STANDARD.encode(bytes);
    json!({"ask": "ed25519", "key": text(key), "message": text(message), "signature": text(signature)})
}

#[test]
fn wycheproof() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let cases =
        set.test_groups.iter().flat_map(|group| group.tests.iter().map(move |test| (&group.key.pk, test)));
    let cases: Vec<_> = cases.collect();
    let questions: Vec<Value> = cases.iter().map(|(key, test)| question(key, &test.msg, &test.sig)).collect();
    assert!(cases.len() > 100);
    for own in [false, true] {
        for ((_, test), answer) in cases.iter().zip(Judge::new(own).ask(&questions)) {
            let valid = test.result == TestResult::Valid;
            assert_eq!(answer["ok"], valid, "{} {} (own: {own})", test.tc_id, test.comment);
        }
    }
}

/// Encodings of points of small order, canonical and not, and of the base point's neighbours; S at the order's edges.
#[test]
fn what_strict_verification_refuses() {
    let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let points = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "5866666666666666666666666666666666666666666666666666666666666666",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
    ];
    let scalars = [vec![0; 32], order.clone(), [&[1], &[0; 31][..]].concat()];
    let (mut questions, mut rust) = (Vec::new(), Vec::new());
    for key in points.map(hex) {
        for r in points.map(hex) {
            for s in &scalars {
                let signature: [u8; 64] = [&r[..], s].concat().try_into().unwrap();
                questions.push(question(&key, b"message", &signature));
                let public: [u8; 32] = key.clone().try_into().unwrap();
                let key = VerifierKey::new(KeyName::parse("k").unwrap(), KeyKind::Note, &public);
                rust.push(key.is_ok_and(|key| key.verifies(b"message", &signature)));
            }
        }
    }
    for own in [false, true] {
        for ((question, rust), answer) in questions.iter().zip(&rust).zip(Judge::new(own).ask(&questions)) {
            assert_eq!(answer["ok"], *rust, "{question}");
        }
    }
}

fn hex(digits: &str) -> Vec<u8> {
    digits
        .as_bytes()
        .chunks(2)
        .map(|two| u8::from_str_radix(std::str::from_utf8(two).unwrap(), 16).unwrap())
        .collect()
}
