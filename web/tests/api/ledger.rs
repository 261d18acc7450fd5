//! The ledger as JSON, and that it is what lies in the files.

use serde_json::Value;
use verifier::tlog_proof::TlogProof;

use crate::common::get;
use crate::house::{COMMITMENT, House, PERSON, REPORT};

#[test]
fn batches_and_entries_say_what_the_files_say() {
    let house = House::new();
    for sample in [COMMITMENT, REPORT, PERSON] {
        house.issue(sample);
    }
    let public = |path: &str| {
        let answer = house.public(&format!("GET {path}"), "", b"");
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        assert_eq!(answer.header("access-control-allow-origin"), Some("*"));
        answer
    };
    let all = public("/batches?limit=2").json();
    let mut seen: Vec<Value> = all["batches"].as_array().unwrap().clone();
    let mut next = all["next"].as_str().map(str::to_owned);
    while let Some(path) = next {
        let page = public(&path.replace("/api/v1", "")).json();
        seen.extend(page["batches"].as_array().unwrap().clone());
        next = page["next"].as_str().map(str::to_owned);
    }
    assert!(seen.len() as u64 >= 3 && all["count"].as_u64().unwrap() >= 3);
    let mut end = 0;
    for (number, batch) in seen.iter().enumerate() {
        assert_eq!(
            (&batch["number"], &batch["start"], &batch["before"]["size"]),
            (&number.into(), &end.into(), &end.into())
        );
        assert_eq!(public(&format!("/batches/{number}")).json(), *batch);
        let file: Value = get(house.at, batch["file"].as_str().unwrap()).json();
        assert_eq!((&file["end"], &file["checkpoint"]), (&batch["end"], &batch["checkpoint"]["note"]));
        end = batch["end"].as_u64().unwrap();
    }
    let entry = public("/entries/0").json();
    let proof = TlogProof::parse(entry["proof"].as_str().unwrap()).unwrap();
    assert_eq!((proof.index(), &entry["batch"]), (0, &0.into()));
    assert_eq!(entry["path"].as_array().unwrap().len(), proof.path().len());
    assert_eq!(public("/checkpoint").body, get(house.at, "/ledger/checkpoint").body);
    let lists = public("/status").json();
    let newest = lists["lists"][0]["newest"].as_str().unwrap();
    assert_eq!(get(house.at, newest).body, get(house.at, lists["lists"][0]["file"].as_str().unwrap()).body);
    let trust = public("/trust");
    assert_eq!(
        (trust.header("content-type"), trust.text().as_str()),
        (Some("text/plain; charset=utf-8"), house.office.trust_text())
    );
    assert!(public("/trust.xzt").header("content-disposition").unwrap().contains("trust.xzt"));
    assert_eq!(house.public("GET /health", "", b"").json()["status"], "ok");
    assert_eq!(house.public("GET /ready", "", b"").json()["status"], "ready");
}

#[test]
fn what_is_not_there_is_said_so() {
    let house = House::new();
    let code = |path: &str| {
        let answer = house.public(&format!("GET {path}"), "", b"");
        (answer.status, answer.code())
    };
    for number in ["99999", "18446744073709551615", "18446744073709551616", "-1", "1e3", "01", "x", "%20"] {
        assert_eq!(code(&format!("/batches/{number}")), (404, "BATCH_UNKNOWN".into()), "{number}");
        assert_eq!(code(&format!("/entries/{number}")), (404, "ENTRY_UNKNOWN".into()), "{number}");
    }
    for query in ["limit=101", "limit=-1", "from=x", "from=1&from=2", "page=1", "limit=", "from=%ff"] {
        let (status, _) = code(&format!("/batches?{query}"));
        assert!(matches!(status, 400 | 422), "{query}: {status}");
    }
    let beyond = house.public("GET /batches?from=99999", "", b"").json();
    assert_eq!((&beyond["batches"], beyond.get("next")), (&Value::Array(vec![]), None));
}
