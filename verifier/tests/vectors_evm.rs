//! Holds the library against every file of `../vectors/evm/`: what an `evm` anchor shows without the chain.
#![cfg(feature = "evm")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use std::path::Path;

use serde_json::{Value, json};
use verifier::base64::decode;
use verifier::evm::{Address, ChainEvidence};
use verifier::hash::Hash;

#[test]
fn evm() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/evm");
    let (mut good, mut bad) = (0, 0);
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let case: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let text = |key: &str| case[key].as_str().unwrap();
        let bytes = |key: &str| decode(text(key)).unwrap();
        let header = case["header"].as_str().map(|header| decode(header).unwrap());
        let (transaction, receipt) = (bytes("transaction"), bytes("receipt"));
        let evidence =
            ChainEvidence { transaction: &transaction, receipt: &receipt, header: header.as_deref() };
        let (digest, sender) =
            (Hash::from_base64(text("digest")).unwrap(), Address::parse(text("sender")).unwrap());
        match evidence.check(&digest, case["chain_id"].as_u64().unwrap(), sender) {
            Ok(found) => {
                let time = found.time.map(|time| time.seconds());
                let is =
                    json!(["ok", found.transaction.to_string(), found.block.to_string(), found.number, time]);
                let right = ["expect", "hash", "block", "number", "time"].map(|key| case[key].clone());
                assert_eq!(is, json!(right), "{path:?}");
                good += 1;
            }
            Err(fault) => {
                assert_eq!(case["expect"], fault.kind(), "{path:?}: {fault}");
                bad += 1;
            }
        }
    }
    assert!(good >= 4 && bad >= 19, "{good} good, {bad} bad");
}
