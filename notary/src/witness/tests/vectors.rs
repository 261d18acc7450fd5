//! The vectors of `add-checkpoint`.

use super::*;

/// A key of the vectors' making (see their README).
fn of_vectors(name: &str) -> Key {
    let seed = hash::sha256(&[b"xinzheng vectors: ", name.as_bytes()]);
    let secret = SigningKey::from_bytes(seed.as_bytes());
    let name = KeyName::parse("province.example.gov.cn/witness").unwrap();
    let public = VerifierKey::new(name, KeyKind::Cosignature, secret.verifying_key().as_bytes()).unwrap();
    Key(secret, public)
}

/// Always the same moment.
struct At(Time);

impl Clock for At {
    fn now(&self) -> Time {
        self.0
    }
}

#[test]
fn the_vectors_of_requests_and_answers() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../verifier/vectors/add-checkpoint");
    let mut statuses = std::collections::BTreeSet::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let case: serde_json::Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let bytes = |value: &serde_json::Value| verifier::base64::decode(value.as_str().unwrap()).unwrap();
        let list = |key: &str| case[key].as_array().unwrap().clone();
        let signer = of_vectors("witness");
        assert_eq!(case["witness"], signer.1.encode(), "{path:?}");
        let clock = Arc::new(At(Time::new(case["now"].as_u64().unwrap()).unwrap()));
        let own = Origin::parse("province.example.gov.cn/ledger").unwrap();
        let witness = Witness::open(Arc::new(MemoryDisk::default()), clock, Arc::new(signer), own).unwrap();
        let ledgers: Vec<VerifierKey> =
            list("ledgers").iter().map(|key| VerifierKey::parse(key.as_str().unwrap()).unwrap()).collect();
        witness.add(&ledgers).unwrap();
        for before in list("before") {
            assert!(witness.add_checkpoint(&bytes(&before)).is_ok(), "{path:?}");
        }
        let answer = witness.add_checkpoint(&bytes(&case["input"]));
        if let Ok(lines) = &answer {
            let body: String = lines.iter().map(|line| format!("{}\n", line.encode())).collect();
            assert_eq!(bytes(&case["answer"]), body.as_bytes(), "{path:?}");
        }
        if let Err(Refused::Conflict { size }) = &answer {
            assert_eq!(bytes(&case["answer"]), format!("{size}\n").as_bytes(), "{path:?}");
        }
        let expect = match case["expect"].as_str().unwrap() {
            "ok" => 200,
            code => code.parse().unwrap(),
        };
        assert_eq!(status(answer), expect, "{path:?}");
        statuses.insert(expect);
    }
    assert_eq!(statuses.into_iter().collect::<Vec<u16>>(), [200, 400, 403, 404, 409, 422]);
}
