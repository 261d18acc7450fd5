//! Holds the library against `../../vectors/timestamp/`.

use std::path::Path;

use serde_json::{Value, json};
use verifier::base64::decode;
use verifier::hash::Hash;
use verifier::time::Time;
use verifier::timestamp::{Policy, TimestampError, Token, accept};
use verifier::trust::Authority;

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn judged(case: &Value) -> Result<Value, TimestampError> {
    let bytes = |value: &Value| decode(text(value)).unwrap();
    let authority = |value: &Value| Authority {
        label: text(&value["label"]).into(),
        token: text(&value["token"]).into(),
        certificate: bytes(&value["certificate"]),
    };
    let authorities: Vec<Authority> = case["authorities"].as_array().unwrap().iter().map(authority).collect();
    let beside: Vec<Vec<u8>> = case["beside"].as_array().unwrap().iter().map(bytes).collect();
    let digest = Hash::from_base64(text(&case["digest"])).unwrap();
    let (input, now) = (bytes(&case["input"]), Time::new(case["now"].as_u64().unwrap()).unwrap());
    if case["check"] == "answer" {
        let nonce = text(&case["nonce"]).parse().unwrap();
        let policy = case["policy"].as_str().map(|policy| Policy::parse(policy).unwrap());
        return accept(&input, &digest, nonce, policy.as_ref(), &authorities, now)
            .map(|_| json!({"expect": "ok"}));
    }
    let token = Token::parse(&input)?;
    assert_eq!(token.as_der(), input);
    let shown = token.verify(&digest, &beside, &authorities, now)?;
    Ok(json!({
        "expect": "ok", "time": shown.time.seconds(), "latest": shown.latest.seconds(), "policy": shown.policy,
        "serial": shown.serial, "signer": shown.signer, "label": shown.label,
    }))
}

#[test]
fn every_case() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/timestamp");
    let (mut wrong, mut done) = (Vec::new(), 0);
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let case: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
        let is =
            judged(&case).unwrap_or_else(|error| json!({"expect": error.code(), "why": error.to_string()}));
        for (key, is_so) in is.as_object().unwrap().iter().filter(|(key, _)| *key != "why") {
            if case[key] != *is_so {
                let name = path.file_stem().unwrap().display();
                wrong.push(format!("{name}: {key} is {is_so}, not {} ({})", case[key], is["why"]));
            }
        }
        done += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(done >= 60, "{done}");
}
