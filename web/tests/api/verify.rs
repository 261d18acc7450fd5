//! Verdicts on what was sent, in every form, and receipts of them.

use notary::people::Scope;
use serde_json::json;
use verifier::status::Status;

use crate::house::{COMMITMENT, House, JSON, REPORT, form, qr_text, window_code};

#[test]
fn one_certificate_in_every_form_has_one_verdict() {
    let house = House::new();
    let accepted = house.issue(COMMITMENT);
    let (number, code, qr) = (accepted.number, window_code(&accepted), qr_text(&house, &accepted));
    let file = |suffix: &str| house.get(&format!("/certificates/{number}.{suffix}")).body;
    let (xzc, png, archive, pdf) = (file("xzc"), file("qr.png"), file("zip"), file("pdf"));
    let good = |answer: crate::common::Answer, what: &str| {
        assert_eq!(answer.status, 200, "{what}: {}", answer.text());
        let verdict = answer.json();
        assert_eq!(
            (&verdict["verdict"], &verdict["code"], &verdict["number"]),
            (&"valid".into(), &"VALID".into(), &number.to_string().into()),
            "{what}: {verdict}"
        );
        assert_eq!(verdict["holder"]["name"], "渭水样例食品有限公司");
    };
    for text in [code.clone(), format!("{code}\r\n"), format!("]C1{code}"), qr.clone(), qr.replace('#', "＃")]
    {
        let body = json!({"text": text}).to_string();
        good(house.public("POST /verify", JSON, body.as_bytes()), &text);
    }
    for (media_type, bytes) in [
        ("application/octet-stream", &xzc),
        ("application/json", &xzc),
        ("image/png", &png),
        ("application/octet-stream", &png),
        ("application/zip", &archive),
        ("application/pdf", &pdf),
        ("application/octet-stream", &pdf),
    ] {
        good(house.public("POST /verify", &format!("Content-Type: {media_type}\r\n"), bytes), media_type);
        let (header, body) = form(&[], Some(("anything", media_type, bytes)));
        good(house.public("POST /verify", &header, &body), media_type);
    }
    good(house.public("POST /verify", "Content-Type: text/plain\r\n", qr.as_bytes()), "text");
    let (header, body) = form(&[("text", &code)], None);
    good(house.public("POST /verify", &header, &body), "a field");
}

#[test]
fn terms_are_heard() {
    let house = House::new();
    let accepted = house.issue(REPORT);
    let code = window_code(&accepted);
    let verify = |terms: serde_json::Value| {
        let mut body = json!({"text": code});
        for (name, value) in terms.as_object().unwrap() {
            body[name] = value.clone();
        }
        house.post_json("/verify", &body)
    };
    let codes = |answer: &crate::common::Answer| {
        assert_eq!(answer.status, 200, "{}", answer.text());
        let checks = answer.json()["checks"].as_array().unwrap().clone();
        checks.iter().map(|check| check["code"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    let other = verify(json!({"audience": "11619900990000068X", "purpose": "FINANCING"}));
    assert_eq!(other.status, 200, "{}", other.text());
    assert_eq!(other.json()["verdict"], "valid", "another purpose or audience only warns");
    assert!(codes(&verify(json!({"at": "2020-01-01"}))).contains(&"NOT_YET_VALID".to_owned()));
    for (terms, code, place) in [
        (json!({"purpose": "FUN"}), "WORD_UNKNOWN", "/purpose"),
        (json!({"at": "yesterday"}), "AT_BAD", "/at"),
        (json!({"max_age": "a while"}), "MAX_AGE_BAD", "/max_age"),
        (json!({"max_age": 24}), "TYPE_WRONG", "/max_age"),
        (json!({"purpos": "FINANCING"}), "MEMBER_UNKNOWN", "/purpos"),
    ] {
        let answer = verify(terms);
        assert_eq!((answer.status, answer.code().as_str()), (422, code));
        assert_eq!(answer.json()["where"], place);
    }
}

#[test]
fn a_revoked_certificate_is_revoked_at_once_and_was_valid_before() {
    let house = House::new();
    let accepted = house.issue(COMMITMENT);
    let verdict = |terms: serde_json::Value| house.post_json("/verify", &terms).json();
    let text = window_code(&accepted);
    assert_eq!(verdict(json!({"text": text}))["verdict"], "valid");
    house.office.set_status(&accepted.number, Status::Revoked, "错误出具").unwrap();
    house.office.publish_status().unwrap();
    assert_eq!(verdict(json!({"text": text}))["code"], "REVOKED");
}

#[test]
fn what_cannot_be_read_is_a_verdict_that_says_what_to_do() {
    let house = House::new();
    let accepted = house.issue(COMMITMENT);
    for (text, code) in [
        ("您好".to_owned(), "NOT_RECOGNISED"),
        (accepted.number.to_string(), "NEEDS_LOOKUP"),
        (window_code(&accepted)[..31].to_owned(), "SCAN_INCOMPLETE"),
        (qr_text(&house, &accepted)[..450].to_owned(), "SCAN_INCOMPLETE"),
    ] {
        let verdict = house.post_json("/verify", &json!({"text": text})).json();
        assert_eq!((&verdict["verdict"], &verdict["code"]), (&"undetermined".into(), &code.into()));
        assert!(!verdict["checks"][0]["detail"].as_str().unwrap().is_empty());
        assert_eq!(verdict["holder"], serde_json::Value::Null);
    }
    let english =
        house.public("POST /verify", &format!("{JSON}Accept-Language: en\r\n"), b"{\"text\":\"hello\"}");
    assert!(english.json()["message"].as_str().unwrap().is_ascii());
}

#[test]
fn a_wrong_code_tells_nothing_and_guessing_ends() {
    let house = House::new();
    let accepted = house.issue(COMMITMENT);
    let look_up = |number: &str, code: &str| {
        let body = json!({"number": number, "check_code": code}).to_string();
        house.public("POST /certificates/look-up", JSON, body.as_bytes())
    };
    let (number, code) = (accepted.number.to_string(), accepted.check_code.to_string());
    let found = look_up(&number, &code);
    assert_eq!((found.status, &found.json()["verdict"]), (200, &"valid".into()), "{}", found.text());
    assert_eq!(found.header("cache-control"), Some("no-store"));
    let nobody = verifier::number::CertificateNumber::with_check("20261122000000000001").unwrap();
    let (wrong, none) = (look_up(&number, "0000000000"), look_up(nobody.as_str(), "0000000000"));
    let told = |answer: &crate::common::Answer| {
        let mut json = answer.json();
        json.as_object_mut().unwrap().remove("request_id");
        (answer.status, answer.code(), json)
    };
    assert_eq!(told(&wrong), told(&none));
    assert_eq!(wrong.code(), "CERTIFICATE_UNKNOWN");
    let mut statuses = Vec::new();
    while statuses.last() != Some(&429) {
        statuses.push(look_up(&number, "0000000001").status);
        assert!(statuses.len() < 200, "guessing goes on");
    }
    assert_eq!(look_up(&number, &code).status, 429, "the right one, too, until the hour has passed");
    for (body, status, code) in [
        (json!({"number": number}), 422, "MEMBER_MISSING"),
        (json!({"number": "123", "check_code": "1"}), 422, "SCAN_INCOMPLETE"),
        (json!({"number": 5, "check_code": "1"}), 422, "TYPE_WRONG"),
        (json!({"number": number, "check_code": "1", "x": 1}), 422, "MEMBER_UNKNOWN"),
    ] {
        let answer = house.public("POST /certificates/look-up", JSON, body.to_string().as_bytes());
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{body}");
    }
}

#[test]
fn a_receipt_keeps_the_verdict() {
    let house = House::new();
    let accepted = house.issue(COMMITMENT);
    let body =
        json!({"text": window_code(&accepted), "case": "示县政务20261122-0187", "matter": "食品经营许可"});
    let made = house.post_json("/verifications", &body);
    assert_eq!(made.status, 201, "{}", made.text());
    let receipt = made.json();
    assert_eq!((&receipt["verdict"], &receipt["result"]["verdict"]), (&"valid".into(), &"valid".into()));
    let own = made.header("location").unwrap().replace("/api/v1", "");
    house.office.set_status(&accepted.number, Status::Revoked, "错误出具").unwrap();
    let house = house.restarted();
    let kept = house.get(&own).json();
    for member in ["receipt", "case", "matter", "verdict", "code", "certificate", "at", "by", "unit"] {
        assert_eq!(kept[member], receipt[member], "{member}");
    }
    assert_eq!((&kept["case"], &kept["unit"]), (&"示县政务20261122-0187".into(), &"政务服务中心".into()));
    let (header, form) = form(&[("case", "1"), ("matter", "2")], Some(("x.bin", "image/png", b"nothing")));
    let unread = house.ask("POST /verifications", &header, &form);
    assert_eq!((unread.status, &unread.json()["code"]), (201, &"NOT_RECOGNISED".into()));
    let wrong = json!({"text": format!("{}0000000000", accepted.number), "case": "1"});
    assert_eq!(house.post_json("/verifications", &wrong).status, 404);
    let none = verifier_receipt();
    assert_eq!(house.get(&format!("/verifications/{none}")).status, 404);
    assert!(matches!(house.get("/verifications/123").status, 404 | 422));
    let long = json!({"text": "x", "case": "一".repeat(1000)});
    assert_eq!(house.post_json("/verifications", &long).code(), "DESK_TEXT");
    let reader = house.key_for(&[Scope::CertificatesRead]);
    let header = format!("Authorization: Bearer {reader}\r\n{JSON}");
    let forbidden = house.ask("POST /verifications", &header, body.to_string().as_bytes());
    assert_eq!((forbidden.status, forbidden.code().as_str()), (403, "SCOPE_MISSING"));
}

#[test]
fn a_receipt_is_of_now_and_says_nothing_that_a_forger_wrote() {
    let house = House::new();
    let accepted = house.issue(COMMITMENT);
    let before = house.office.now();
    house.office.set_status(&accepted.number, Status::Revoked, "错误出具").unwrap();
    let code = window_code(&accepted);
    for (member, value, told) in
        [("at", before.display_china(), "AT_BAD"), ("max_age", "3650d".to_owned(), "MAX_AGE_BAD")]
    {
        let mut body = json!({"text": code, "case": "1"});
        body[member] = value.into();
        let refused = house.post_json("/verifications", &body);
        assert_eq!((refused.status, refused.code().as_str()), (422, told), "{}", refused.text());
    }
    // One character of the core's nonce is another.
    let issued = house.office.certificate(&accepted.number).unwrap();
    let file = String::from_utf8(issued.certificate.encode()).unwrap();
    let read: serde_json::Value = serde_json::from_str(&file).unwrap();
    let core = read["core"].as_str().unwrap();
    let (start, end) = core.split_at(core.len() - 8);
    let other = if end.starts_with('A') { "B" } else { "A" };
    let forged = file.replacen(core, &format!("{start}{other}{}", &end[1..]), 1);
    let (header, form) = form(&[("case", "1")], Some(("x.xzc", "application/json", forged.as_bytes())));
    let made = house.ask("POST /verifications", &header, &form);
    let receipt = made.json();
    assert_eq!((made.status, &receipt["code"]), (201, &"PATH_BAD".into()), "{}", made.text());
    assert_eq!(
        (&receipt["certificate"], &receipt["holder"]),
        (&serde_json::Value::Null, &serde_json::Value::Null)
    );
}

/// A well-formed receipt number that nobody was given.
fn verifier_receipt() -> String {
    let start = "2026112200000000000001";
    let remainder = format!("{start}00").bytes().fold(0u32, |r, d| (r * 10 + u32::from(d - b'0')) % 97);
    format!("{start}{:02}", 98 - remainder)
}
