//! Timestamps and other anchors: who vouches, since when, and what is only attached. The program has no network.

use std::path::Path;

use serde_json::Value;

use crate::answer::Answer;
use crate::office::Office;

/// Judges the certificate of a vector by its own bundle, as of the vector's clock.
fn judge(office: &Office, name: &str, lang: &str) -> Answer {
    judge_with(office, name, &["--lang", lang])
}

fn judge_with(office: &Office, name: &str, more: &[&str]) -> Answer {
    let (trust, root) = trusted(office, name);
    let args = ["--trust", &trust, "--root", &root, "--at", "1795313740", "--no-status", "{}/a.xzc"];
    office.run(&[&args, more].concat())
}

/// Writes the certificate of a vector; its trust bundle and root.
fn trusted(office: &Office, name: &str) -> (String, String) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors/verdict");
    let vector: Value =
        serde_json::from_slice(&std::fs::read(folder.join(format!("{name}.json"))).unwrap()).unwrap();
    let certificate = verifier::base64::decode(vector["certificate"].as_str().unwrap()).unwrap();
    office.write("a.xzc", certificate);
    let trust = folder.join(vector["trust"].as_str().unwrap());
    (trust.to_str().unwrap().to_owned(), vector["root"].as_str().unwrap().to_owned())
}

#[test]
fn authorities_are_named_with_time_and_policy() {
    let office = Office::new();
    let answer = judge(&office, "stamp-witness-level-4", "zh");
    assert_eq!(answer.exit, 0, "{}", answer.text());
    for words in [
        "可信时间戳",
        "2026年11月22日 09:25 signer（tsa-example，tsa.example.cn），策略 1.2.3.4.1",
        "示例省信用中心",
        "L4",
    ] {
        assert!(answer.text().contains(words), "{words}: {}", answer.text());
    }
    let english = judge(&office, "stamp-level-3", "en");
    assert_eq!(english.exit, 0, "{}", english.text());
    for words in
        ["by signer (tsa-example, tsa.example.cn), policy 1.2.3.4.1", "A trusted timestamp verifies", "L3"]
    {
        assert!(english.text().contains(words), "{words}: {}", english.text());
    }
}

#[test]
fn what_does_not_hold_is_named_and_takes_nothing_away() {
    let office = Office::new();
    let answer = judge(&office, "stamp-signature-broken", "en");
    assert_eq!(answer.exit, 0, "{}", answer.text());
    assert!(
        answer.text().contains("TIMESTAMP_SIGNATURE") && answer.text().contains("L2"),
        "{}",
        answer.text()
    );
    let receipt = judge(&office, "receipt-http", "zh");
    assert_eq!(receipt.exit, 0, "{}", receipt.text());
    assert!(receipt.text().contains("网关存证：已附答复，未离线验证"), "{}", receipt.text());
}

#[test]
fn two_heads_that_contradict_each_other_leave_it_open() {
    let office = Office::new();
    let answer = judge(&office, "anchor-forked", "en");
    assert_eq!(answer.exit, 2, "{}", answer.text());
    assert!(answer.text().contains("LEDGER_FORKED") && answer.text().contains(".xzf"), "{}", answer.text());
}

#[test]
fn two_heads_in_a_certificate_are_a_proof_for_anybody() {
    let office = Office::new();
    for (lang, words) in [("en", "--misbehaviour FILE.xzf writes"), ("zh", "用 --misbehaviour FILE.xzf 写出")]
    {
        let told = judge(&office, "anchor-forked", lang);
        assert!(told.text().contains(words), "{}", told.text());
    }
    let json = judge_with(&office, "anchor-forked", &["--json"]).json();
    let proof = json["results"][0]["fork"].as_str().unwrap().to_owned();
    assert_eq!(json["misbehaviour"], serde_json::json!([]), "nothing is written unasked");
    assert!(!office.path("fork.xzf").exists());

    let at = ["--misbehaviour", "{}/fork.xzf", "--lang", "en"];
    let kept = judge_with(&office, "anchor-forked", &at);
    assert_eq!(kept.exit, 2, "{}{}", kept.text(), kept.errors);
    assert!(kept.text().contains("proof of two histories") && kept.text().contains("fork.xzf"));
    assert_eq!(std::fs::read_to_string(office.path("fork.xzf")).unwrap(), proof);

    // With nothing but the file and the trust bundle.
    let (trust, root) = trusted(&office, "anchor-forked");
    let anybody = office.run(&["--trust", &trust, "--root", &root, "--json", "{}/fork.xzf"]);
    assert_eq!(anybody.exit, 1, "{}", anybody.text());
    let shown = anybody.json();
    assert_eq!(shown["forks"][0]["code"], "LEDGER_FORKED");
    assert_ne!(shown["forks"][0]["heads"][0]["root"], shown["forks"][0]["heads"][1]["root"]);
}

#[test]
fn a_proof_is_never_written_over() {
    let office = Office::new();
    let proof = ["--misbehaviour", "{}/fork.xzf", "--json"];
    office.write("fork.xzf", b"another proof");
    for _ in 0..2 {
        let json = judge_with(&office, "anchor-forked", &proof).json();
        let at = json["misbehaviour"][0].as_str().unwrap();
        assert!(at.ends_with("fork-2.xzf"), "the same one again: {at}");
        assert_eq!(
            std::fs::read_to_string(office.path("fork-2.xzf")).unwrap(),
            json["results"][0]["fork"].as_str().unwrap()
        );
    }
    assert_eq!(std::fs::read(office.path("fork.xzf")).unwrap(), b"another proof");
    assert!(!office.path("fork-3.xzf").exists());
    // Nor by the report of the same call.
    std::fs::remove_file(office.path("fork.xzf")).unwrap();
    let over = judge_with(&office, "anchor-forked", &[&proof[..], &["--out", "{}/fork.xzf"]].concat());
    assert_eq!(over.exit, 3, "{}", over.text());
    assert_eq!(over.json()["error"]["code"], "OUTPUT_FAILED");
    assert!(std::fs::read_to_string(office.path("fork.xzf")).unwrap().starts_with("{\"format\""));
    // A folder that is not there.
    let nowhere = judge_with(&office, "anchor-forked", &["--misbehaviour", "{}/none/fork.xzf", "--json"]);
    assert_eq!((nowhere.exit, &nowhere.json()["error"]["code"]), (3, &Value::from("OUTPUT_FAILED")));
}

#[test]
fn an_honest_or_robbed_ledger_gives_no_proof() {
    let office = Office::new();
    for name in ["stamp-level-3", "anchor-forked-by-thief"] {
        let answer = judge_with(&office, name, &["--misbehaviour", "{}/fork.xzf", "--json"]);
        let json = answer.json();
        assert_eq!(json["results"][0]["fork"], Value::Null, "{name}");
        assert_eq!(json["misbehaviour"], serde_json::json!([]), "{name}");
        assert!(!office.path("fork.xzf").exists(), "{name}");
    }
}
