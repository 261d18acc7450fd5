//! Documents in, certificates out: waiting, repeating, many at once, broken connections.

use std::io::Write;
use std::thread;

use notary::office::SealPolicy;
use notary::people::Scope;
use serde_json::{Value, json};

use crate::common::{PATIENCE, connect};
use crate::house::{COMMITMENT, House, JSON, PERSON, REPORT, form};

/// A commitment with a code of its own.
fn commitment(n: u32) -> String {
    COMMITMENT.replace("61990020261122000002", &format!("61990020261122{n:06}"))
}

#[test]
fn a_document_becomes_a_certificate_that_verifies() {
    let house = House::new();
    for document in [COMMITMENT, REPORT, PERSON] {
        let answer = house.ask("POST /documents", JSON, document.as_bytes());
        assert_eq!(answer.status, 201, "{}", answer.text());
        let taken = answer.json();
        assert_eq!((&taken["sealed"], &taken["repeated"]), (&true.into(), &false.into()));
        assert_eq!(answer.header("location").unwrap(), taken["links"]["self"].as_str().unwrap());
        let code = format!("{}{}", taken["number"].as_str().unwrap(), taken["check_code"].as_str().unwrap());
        assert_eq!(taken["window_code"], code);
        let verdict = house.post_json("/verify", &json!({"text": code})).json();
        assert_eq!((&verdict["verdict"], &verdict["index"]), (&"valid".into(), &taken["index"]), "{verdict}");
        let again = house.ask("POST /documents", JSON, document.as_bytes());
        assert_eq!((again.status, &again.json()["number"]), (200, &taken["number"]));
        assert_eq!(again.json()["repeated"], true);
    }
}

#[test]
fn a_file_is_taken_as_a_file_or_as_a_document() {
    let house = House::new();
    let (header, body) =
        form(&[("kind", "file")], Some(("合同.pdf", "application/pdf", b"%PDF-1.7 no real one")));
    let taken = house.ask("POST /documents", &header, &body);
    assert_eq!(taken.status, 201, "{}", taken.text());
    let (header, body) = form(&[], Some(("report.json", "application/json", REPORT.as_bytes())));
    let taken = house.ask("POST /documents?qr=false", &header, &body);
    assert_eq!(taken.status, 201, "{}", taken.text());
    let number = taken.json()["number"].as_str().unwrap().to_owned();
    assert_eq!(house.get(&format!("/certificates/{number}.qr.svg")).code(), "NO_QR");
    for name in ["../../etc/passwd", "C:\\a\\b.txt"] {
        let (header, body) = form(&[("kind", "file")], Some((name, "text/plain", name.as_bytes())));
        assert_eq!(house.ask("POST /documents", &header, &body).status, 201, "folders are left out");
    }
}

#[test]
fn names_that_would_act_on_a_screen_are_refused_or_stay_text() {
    let house = House::new();
    for name in ["\u{202e}fdp.exe", "a\u{200b}b.pdf"] {
        let (header, body) = form(&[("kind", "file")], Some((name, "text/plain", b"x")));
        let answer = house.ask("POST /documents", &header, &body);
        assert_eq!((answer.status, answer.code().as_str()), (422, "FILE_NAME"), "{name:?}");
        assert!(!answer.text().contains(name), "{}", answer.text());
    }
    for (n, name) in
        ["<script>alert(1)</script>", "=HYPERLINK(\\\"http://x\\\")", "@SUM(A1)"].iter().enumerate()
    {
        let document = commitment(40 + n as u32).replace("渭水样例食品有限公司", name);
        let answer = house.ask("POST /documents", JSON, document.as_bytes());
        assert_eq!(answer.status, 201, "{}", answer.text());
        let number = answer.json()["number"].as_str().unwrap().to_owned();
        let view = house.get(&format!("/certificates/{number}"));
        assert_eq!(view.header("content-type"), Some("application/json"), "{}", view.text());
        assert_eq!(view.json()["verdict"]["holder"]["name"], name.replace('\\', ""));
    }
    let bidi = commitment(60).replace("渭水样例食品有限公司", "渭水\u{202e}样例");
    let answer = house.ask("POST /documents", JSON, bidi.as_bytes());
    assert_eq!((answer.status, answer.code().as_str()), (400, "JSON_TEXT"));
    assert_eq!(answer.json()["where"], "/committer/name");
}

#[test]
fn one_key_is_one_document() {
    let house = House::new();
    let key = "Idempotency-Key: case-1\r\n";
    let (header, body) = form(&[("kind", "file")], Some(("a.txt", "text/plain", b"one")));
    let first = house.ask("POST /documents", &format!("{header}{key}"), &body);
    assert_eq!(first.status, 201);
    let again = house.ask("POST /documents", &format!("{header}{key}"), &body);
    assert_eq!((again.status, &again.json()["number"]), (200, &first.json()["number"]));
    let (header, other) = form(&[("kind", "file")], Some(("a.txt", "text/plain", b"two")));
    let conflict = house.ask("POST /documents", &format!("{header}{key}"), &other);
    assert_eq!((conflict.status, conflict.code().as_str()), (409, "CONFLICT"));
    // Another caller's key of the same name is another key.
    let another = house.key_for(&[Scope::DocumentsSubmit]);
    let theirs =
        house.ask("POST /documents", &format!("Authorization: Bearer {another}\r\n{header}{key}"), &other);
    assert_eq!(theirs.status, 201, "{}", theirs.text());
    for bad in [String::new(), "x".repeat(201), "\u{1}".to_owned()] {
        let answer = house.ask("POST /documents", &format!("{JSON}Idempotency-Key: {bad}\r\n"), b"{}");
        assert_eq!(answer.status, 400, "{bad:?}");
    }
}

#[test]
fn fifty_equal_requests_at_once_make_one_certificate() {
    let house = House::new();
    let before = house.office.summary().documents;
    let numbers: Vec<String> = thread::scope(|scope| {
        let ask = || {
            let (header, body) = form(&[("kind", "file")], Some(("a.txt", "text/plain", b"the same")));
            let answer = house.ask("POST /documents", &format!("{header}Idempotency-Key: k\r\n"), &body);
            assert!(matches!(answer.status, 200 | 201), "{}", answer.text());
            answer.json()["number"].as_str().unwrap().to_owned()
        };
        let asked: Vec<_> = (0..50).map(|_| scope.spawn(ask)).collect();
        asked.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(numbers.iter().all(|number| *number == numbers[0]), "{numbers:?}");
    assert_eq!(house.office.summary().documents, before + 1);
}

#[test]
fn two_hundred_at_once_are_all_sealed() {
    let house = House::new();
    let taken: Vec<Value> = thread::scope(|scope| {
        let house = &house;
        let ask = |n: u32| {
            move || {
                let answer = house.ask("POST /documents", JSON, commitment(1000 + n).as_bytes());
                assert_eq!(answer.status, 201, "{}", answer.text());
                answer.json()
            }
        };
        let asked: Vec<_> = (0..200).map(|n| scope.spawn(ask(n))).collect();
        asked.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let numbers: std::collections::BTreeSet<_> = taken.iter().map(|t| t["number"].to_string()).collect();
    let indexes: std::collections::BTreeSet<_> = taken.iter().map(|t| t["index"].as_u64().unwrap()).collect();
    assert_eq!((numbers.len(), indexes.len()), (200, 200));
}

#[test]
fn a_broken_connection_takes_nothing_back() {
    let house = House::new();
    let before = house.office.summary().documents;
    let document = commitment(7);
    let mut stream = connect(house.at);
    let head = format!(
        "POST /api/v1/documents HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {}\r\n{JSON}Content-Length: {}\r\n\r\n",
        house.key,
        document.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(document.as_bytes()).unwrap();
    stream.flush().unwrap();
    let waited = std::time::Instant::now();
    while house.office.summary().documents == before {
        assert!(waited.elapsed() < PATIENCE);
        thread::sleep(std::time::Duration::from_millis(1));
    }
    drop(stream);
    // Neither listening nor a restart was needed: the same again is the same certificate.
    let house = house.restarted();
    let again = house.ask("POST /documents", JSON, document.as_bytes());
    assert_eq!((again.status, &again.json()["repeated"]), (200, &true.into()), "{}", again.text());
    // What was cut before its end was never promised.
    let mut stream = connect(house.at);
    let head = head.replace(house.key.as_str(), &house.key);
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&commitment(8).as_bytes()[..100]).unwrap();
    drop(stream);
    let whole = house.ask("POST /documents", JSON, commitment(8).as_bytes());
    assert_eq!(whole.json()["repeated"], false);
}

#[test]
fn what_waits_for_a_batch_by_command_is_accepted_and_found_later() {
    let house = House::sealing(SealPolicy::Manual);
    let answer = house.ask("POST /documents", JSON, COMMITMENT.as_bytes());
    assert_eq!((answer.status, answer.header("retry-after")), (202, Some("1")), "{}", answer.text());
    let taken = answer.json();
    assert_eq!((&taken["sealed"], &taken["index"]), (&false.into(), &Value::Null));
    let own = taken["links"]["self"].as_str().unwrap().replace("/api/v1", "");
    let waiting = house.get(&own);
    assert_eq!((waiting.status, &waiting.json()["sealed"]), (202, &false.into()));
    let early = house.get(&format!("{own}.xzc"));
    assert_eq!((early.status, early.code().as_str()), (409, "NOT_SEALED"));
    house.office.seal_all().unwrap();
    assert_eq!(house.get(&own).json()["sealed"], true);
    let served = House::new();
    let answer = served.ask("POST /documents?wait=accepted", JSON, COMMITMENT.as_bytes());
    assert_eq!(answer.status, 202);
}

#[test]
fn bad_documents_say_where() {
    let house = House::new();
    for (bytes, status, code, place) in [
        (&b"{"[..], 400, "JSON_CUT_OFF", None),
        (b"", 400, "JSON_CUT_OFF", None),
        (b"{\"schema\":\"credit-report/v9\"}", 422, "SCHEMA_UNKNOWN", Some("/schema")),
        (b"[]", 422, "TYPE_WRONG", None),
        (b"\xff\xfe", 400, "JSON_UTF8", None),
        (b"{\"a\":1,\"a\":2}", 400, "JSON_KEY_TWICE", Some("/a")),
    ] {
        let answer = house.ask("POST /documents", JSON, bytes);
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{}", answer.text());
        if let Some(place) = place {
            assert_eq!(answer.json()["where"], place);
        }
    }
    let unknown = COMMITMENT.replacen("\"reason\"", "\"raison\"", 1);
    let answer = house.ask("POST /documents", JSON, unknown.as_bytes());
    assert_eq!((answer.code().as_str(), &answer.json()["where"]), ("MEMBER_UNKNOWN", &"/raison".into()));
    for query in ["wait=maybe", "qr=1", "wait=sealed&wait=sealed", "other=1"] {
        let answer = house.ask(&format!("POST /documents?{query}"), JSON, COMMITMENT.as_bytes());
        assert!(matches!(answer.status, 400 | 422), "{query}: {}", answer.text());
        assert!(answer.json()["where"].as_str().is_some(), "{query}");
    }
}
