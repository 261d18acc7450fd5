//! A page of somebody who is signed in calls the interface too: by the cookie, and by the session's token in a header.

use notary::people::{NewApiKey, Role, Scope};
use serde_json::{Value, json};

use crate::browser::{Answer, Browser, House};
use crate::house::COMMITMENT;

/// Dated in the past by any clock.
fn document() -> String {
    COMMITMENT.replace("2026-", "2025-").replace("2027-", "2035-")
}

fn call(browser: &mut Browser, path: &str, token: Option<&str>, body: &str) -> Answer {
    let mut headers = vec![("Content-Type", "application/json"), ("Accept", "application/json")];
    headers.extend(token.map(|token| ("X-CSRF-Token", token)));
    browser.ask("POST", path, &headers, body)
}

fn json(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_else(|error| panic!("{error}: {}", answer.text()))
}

/// What a program submits.
fn submitted(house: &House, document: &str) -> Value {
    let new = NewApiKey::new("信用平台", "信用中心", &[Scope::DocumentsSubmit], 1).unwrap();
    let (_, key) = house.office.people().add_api_key(new).unwrap();
    let bearer = format!("Bearer {}", key.as_str());
    let headers = [("Content-Type", "application/json"), ("Authorization", bearer.as_str())];
    let answer = house.browser().ask("POST", "/api/v1/documents", &headers, document);
    assert_eq!(answer.status, 201, "{}", answer.text());
    json(&answer)
}

#[test]
fn an_operator_reads_and_a_window_makes_a_receipt() {
    let house = House::new();
    let mut operator = house.signed_in(Role::Operator);
    let token = operator.get("/password").csrf();
    // What people submit is a draft first, for a second person where the rule asks for one.
    let refused = call(&mut operator, "/api/v1/documents", Some(&token), &document());
    assert_eq!((refused.status, &json(&refused)["code"]), (403, &json!("SCOPE_MISSING")));
    let taken = submitted(&house, &document());
    let own = operator.get(taken["links"]["self"].as_str().unwrap());
    assert_eq!((own.status, &json(&own)["number"]), (200, &taken["number"]), "{}", own.text());

    let mut window = house.signed_in(Role::Window);
    let token = window.get("/password").csrf();
    let asked = json!({"text": taken["window_code"], "case": "A-1", "matter": "食品经营许可"}).to_string();
    let made = call(&mut window, "/api/v1/verifications", Some(&token), &asked);
    assert_eq!(made.status, 201, "{}", made.text());
    assert_eq!(json(&made)["verdict"], "valid");
    // What the office keeps of it says who it was.
    let by = json(&made)["by"].as_str().unwrap().to_owned();
    let account = house.office.people().by_name(Role::Window.as_str()).unwrap();
    assert!(by.contains(&account.id().to_string()), "{by}");
}

#[test]
fn without_the_token_nothing_happens() {
    let house = House::new();
    let mut operator = house.signed_in(Role::Operator);
    let before = house.office.certificates(0, usize::MAX).unwrap().len();
    for token in [None, Some(""), Some("AAAA")] {
        let refused = call(&mut operator, "/api/v1/documents", token, &document());
        assert_eq!((refused.status, &json(&refused)["code"]), (403, &json!("CSRF_BAD")), "{token:?}");
    }
    // A token without its session is nobody.
    let token = operator.get("/password").csrf();
    let nobody = call(&mut house.browser(), "/api/v1/documents", Some(&token), &document());
    assert_eq!((nobody.status, &json(&nobody)["code"]), (401, &json!("SIGN_IN_NEEDED")));
    assert_eq!(house.office.certificates(0, usize::MAX).unwrap().len(), before);
}

#[test]
fn a_holder_sees_the_own_ones_and_nothing_more() {
    let house = House::new();
    let taken = submitted(&house, &document());
    let mut holder = house.signed_in(Role::Holder);
    let token = holder.get("/password").csrf();
    let asked = json!({"text": taken["window_code"]}).to_string();
    for (path, body) in [
        ("/api/v1/documents", document()),
        ("/api/v1/verifications", asked.clone()),
        ("/api/v1/jobs", asked.clone()),
    ] {
        let refused = call(&mut holder, path, Some(&token), &body);
        assert_eq!((refused.status, &json(&refused)["code"]), (403, &json!("SCOPE_MISSING")), "{path}");
    }
    // The own ones are there; another's is as little there as one that was never made.
    let theirs = document()
        .replace("91619900MA0DEM021U", "91619900MA0DEM11X7")
        .replace("61990020261122000002", "61990020261122000003");
    let theirs = submitted(&house, &theirs);
    let mut seen = |number: &str| {
        let answer = holder.get(&format!("/api/v1/certificates/{number}"));
        (answer.status, json(&answer)["code"].clone())
    };
    assert_eq!(seen(taken["number"].as_str().unwrap()).0, 200);
    let unknown = seen("0000000000000000079444");
    assert_eq!((seen(theirs["number"].as_str().unwrap()), unknown.0), (unknown.clone(), 404));
    let verdict = call(&mut holder, "/api/v1/verify", None, &asked);
    assert_eq!((verdict.status, &json(&verdict)["verdict"]), (200, &json!("valid")));
}
