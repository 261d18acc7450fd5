//! Status: at a moment, with proof; the lists and their index; and what nobody outside may tell apart.

use notary::office::{Order, StatusOrder};
use notary::people::Scope;
use serde_json::{Value, json};
use verifier::number::CertificateNumber;
use verifier::status_index::StatusIndex;
use verifier::status_list::StatusList;
use verifier::tlog_proof::TlogProof;

use crate::common::{Answer, get, raw};
use crate::house::{House, JSON, PERSON, REPORT, qr_text, window_code};

fn order(house: &House, number: &CertificateNumber, to: Order) {
    let order = StatusOrder {
        to,
        by: "command".to_string(),
        reason: "试验".to_string(),
        basis: String::new(),
        claims: Vec::new(),
        replaced_by: None,
    };
    house.office.order(number, order, None).unwrap();
    house.later();
    house.office.publish_status().unwrap();
}

/// With an `If-None-Match`.
fn again(house: &House, path: &str, tag: &str) -> Answer {
    let head = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nIf-None-Match: {tag}\r\n\r\n"
    );
    raw(house.at, head.as_bytes())
}

#[test]
fn a_past_moment_is_told_with_a_proof_that_holds() {
    let house = House::new();
    let number = house.issue(REPORT).number;
    house.office.publish_status().unwrap();
    let before = house.office.now().display_china().replace('+', "%2B");
    house.later();
    order(&house, &number, Order::Revoked);
    let now = house.get(&format!("/certificates/{number}/status")).json();
    assert_eq!((&now["status"], &now["list"]["next"]), (&json!("revoked"), &Value::Null), "{now}");
    let then = house.get(&format!("/certificates/{number}/status?at={before}")).json();
    assert_eq!(then["status"], "valid", "{then}");
    let file = get(house.at, then["list"]["file"].as_str().unwrap());
    let list = StatusList::parse(&file.body).unwrap();
    let proof = TlogProof::parse(then["list"]["proof"].as_str().unwrap()).unwrap();
    proof.proves(&list.entry()).unwrap();
    assert_eq!(then["list"]["entry"], proof.index());
    let next =
        StatusList::parse(&get(house.at, then["list"]["next"]["file"].as_str().unwrap()).body).unwrap();
    assert_eq!(next.says().fields().previous, Some(list.entry()));
    let ahead = house.get(&format!("/certificates/{number}/status?at=2099-01-01"));
    assert_eq!((ahead.status, &ahead.json()["code"]), (422, &json!("MOMENT_AHEAD")));
    let bad = house.get(&format!("/certificates/{number}/status?at=yesterday"));
    assert_eq!((bad.status, &bad.json()["code"]), (422, &json!("AT_BAD")));
    assert_eq!(house.get("/certificates/0000000000000000079444/status").status, 404);
    // Whoever may not read certificates learns nothing, and each look is in the log.
    let other = house.key_for(&[Scope::VerificationsWrite]);
    let path = format!("GET /certificates/{number}/status");
    assert_eq!(house.ask(&path, &format!("Authorization: Bearer {other}\r\n"), b"").status, 403);
    assert_eq!(house.public(&path, "", b"").status, 401);
}

#[test]
fn lists_and_their_index_are_fetched_only_when_they_are_new() {
    let house = House::new();
    let number = house.issue(REPORT).number;
    house.office.publish_status().unwrap();
    for path in
        ["/ledger/status/0.xzs", "/ledger/status/index.json", "/ledger/checkpoint", "/ledger/tile/0/000.p/2"]
    {
        let answer = get(house.at, path);
        let Some(tag) = answer.header("etag").map(str::to_owned) else { continue };
        assert_eq!(answer.status, 200, "{path}");
        let known = again(&house, path, &tag);
        assert_eq!((known.status, known.body.len()), (304, 0), "{path}");
        assert_eq!(again(&house, path, "\"other\"").status, 200, "{path}");
    }
    let index = get(house.at, "/ledger/status/index.json");
    assert!(index.header("etag").is_some() && get(house.at, "/ledger/status/0.xzs").header("etag").is_some());
    let tag = index.header("etag").unwrap().to_owned();
    let listed = StatusIndex::parse(&index.body).unwrap();
    let newest = get(house.at, &format!("/ledger/{}", listed.lists()[0].newest()));
    assert_eq!(verifier::hash::sha256(&[&newest.body]), listed.lists()[0].digest);
    order(&house, &number, Order::Suspended);
    assert_eq!(again(&house, "/ledger/status/index.json", &tag).status, 200, "another list is out");
    let told = house.public("GET /status", "", b"").json();
    assert_eq!(told["index"], "/ledger/status/index.json");
    let list = StatusList::parse(&get(house.at, told["lists"][0]["newest"].as_str().unwrap()).body).unwrap();
    assert_eq!(told["lists"][0]["list_digest"], list.bits().digest().to_base64());
}

/// Everything that somebody with the paper, the QR code or the file is told.
fn public(house: &House, document: &str, to: &[Order]) -> Vec<Value> {
    let accepted = house.issue(document);
    // As they were printed: of what was replaced the office serves no content any more.
    let scanned = qr_text(house, &accepted);
    for to in to {
        order(house, &accepted.number, *to);
    }
    let code = json!({"window_code": window_code(&accepted)}).to_string();
    let looked_up = house.public("POST /certificates/look-up", JSON, code.as_bytes()).json();
    let verified = |text: String| {
        house.public("POST /verify", JSON, json!({"text": text}).to_string().as_bytes()).json()
    };
    let then = house.get(&format!("/certificates/{}/status", accepted.number)).json();
    [looked_up, verified(window_code(&accepted)), verified(scanned), then]
        .map(|mut answer| {
            // What differs from one certificate to the next anyhow.
            for name in [
                "number",
                "index",
                "file",
                "sealed_at",
                "at",
                "list",
                "judged_at",
                "status_as_of",
                "issued_at",
                "expires_at",
            ] {
                if let Some(members) = answer.as_object_mut() {
                    members.remove(name);
                }
            }
            answer
        })
        .to_vec()
}

#[test]
fn corrected_and_repaired_are_the_same_to_everybody_outside() {
    let other = REPORT.replace("20261122", "20261121");
    let (one, two) = (House::new(), House::new());
    let told = (public(&one, REPORT, &[Order::Replaced]), public(&two, REPORT, &[Order::Repaired]));
    for (replaced, repaired) in told.0.iter().zip(&told.1) {
        let same = |value: &Value| value.to_string().replace("REPAIRED", "");
        assert_eq!(replaced["code"], repaired["code"]);
        assert_eq!(replaced["message"], repaired["message"]);
        assert_eq!(replaced["status"], repaired["status"]);
        let text = same(repaired);
        assert!(!text.contains("repaired") && !text.contains("修复") && !text.contains("Repaired"), "{text}");
    }
    assert_eq!(told.0[0]["code"], "REPLACED");
    assert_ne!(other, REPORT);
}

#[test]
fn an_objection_of_a_natural_person_is_seen_by_nobody_outside() {
    for to in [&[Order::Suspended][..], &[Order::ObjectionNoted], &[Order::Suspended, Order::Valid]] {
        let house = House::new();
        for answer in public(&house, PERSON, to) {
            let word = answer.get("verdict").unwrap_or(&answer["status"]);
            assert_eq!(word, "valid", "{to:?}: {answer}");
            assert!(answer.get("holder").is_some() || answer["inside"].is_string(), "{answer}");
            assert!(answer.get("code").is_none_or(|code| code == "VALID"), "{to:?}: {answer}");
        }
    }
    for to in [Order::Replaced, Order::Repaired, Order::Withdrawn, Order::Revoked] {
        let house = House::new();
        let told = public(&house, PERSON, &[to]);
        assert!(told[..3].iter().all(|answer| answer["code"] == "REVOKED"), "{to:?}: {told:?}");
        assert_eq!(told[3]["status"], "revoked");
    }
}
