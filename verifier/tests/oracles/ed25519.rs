//! The Wycheproof vectors for Ed25519, through the strict verification of a note's key.
//!
//! No divergence is listed: every signature that Wycheproof calls valid verifies, every other is refused. One that it calls
//! merely acceptable would have to be named here, with the reason.

use verifier::key::{KeyKind, KeyName, VerifierKey};
use wycheproof::TestResult;
use wycheproof::eddsa::{TestName, TestSet};

/// By test case id: what strict verification says otherwise than Wycheproof, and why. A listed one that stops
/// diverging fails the test as well.
const DIVERGENCES: [(usize, &str); 0] = [];

#[test]
fn wycheproof() {
    let set = TestSet::load(TestName::Ed25519).unwrap();
    let (mut valid, mut invalid) = (0, 0);
    for group in &set.test_groups {
        let public: [u8; 32] = group.key.pk.as_slice().try_into().unwrap();
        let key = VerifierKey::new(KeyName::parse("k").unwrap(), KeyKind::Note, &public).unwrap();
        for test in &group.tests {
            let signature: Result<&[u8; 64], _> = test.sig.as_slice().try_into();
            let ours = signature.is_ok_and(|signature| key.verifies(&test.msg, signature));
            let theirs = match test.result {
                TestResult::Valid => true,
                TestResult::Invalid => false,
                TestResult::Acceptable => panic!("{}: decide, and list it", test.tc_id),
            };
            let listed = DIVERGENCES.iter().any(|(id, _)| *id == test.tc_id);
            assert_eq!(ours == theirs, !listed, "{} {}: {ours}", test.tc_id, test.comment);
            if ours { valid += 1 } else { invalid += 1 }
        }
    }
    assert_eq!(valid + invalid, set.number_of_tests);
    assert!(valid > 50 && invalid > 50, "{valid} valid, {invalid} invalid");
}
