//! Checking many as of one moment: a table in, an answer out that is certified; who is told what.

use std::thread;
use std::time::{Duration, Instant};

use notary::operator_log::{Action, Filter};
use notary::people::Scope;
use verifier::shelf::StatusShelf;
use verifier::verdict::Code;
use verifier::verify::{Presented, Terms, verify};

use crate::common::{Answer, PATIENCE};
use crate::house::{House, REPORT, form, window_code};

const CSV: &str = "Content-Type: text/csv\r\n";
const TABLE: &str = "统一社会信用代码,名称\r\n91619900MA0DEM0131,秦岭示范机械有限公司\r\n91619900MA0DEM0132,\r\n91619900ma0dem0131,别的名字\r\n";

/// The path of a check, once it is at its end; `key` is a header, or nothing for the house's own key.
fn done(house: &House, key: &str, begun: &Answer) -> String {
    assert_eq!(begun.status, 202, "{}", begun.text());
    let path = begun.header("location").unwrap().replace("/api/v1", "");
    let began = Instant::now();
    loop {
        let seen = house.ask(&format!("GET {path}"), key, b"").json();
        if seen["state"] == "done" {
            assert_eq!(seen["done"], seen["rows"]);
            return path;
        }
        assert!(seen["state"] != "failed" && began.elapsed() < PATIENCE, "{seen}");
        thread::sleep(Duration::from_millis(5));
    }
}

fn begin(house: &House, key: &str, table: &str) -> Answer {
    house.ask("POST /checks?purpose=BIDDING", &format!("{key}{CSV}"), table.as_bytes())
}

#[test]
fn a_table_is_checked_and_its_summary_is_a_certificate_that_anyone_verifies() {
    let house = House::new();
    house.issue(REPORT);
    house.later();
    let path = done(&house, "", &begin(&house, "", TABLE));
    let seen = house.get(&path).json();
    assert_eq!(seen["counts"]["valid"], 2, "{seen}");
    assert_eq!(seen["counts"]["refused"], 1);
    let csv = house.get(&format!("{path}/result.csv"));
    assert_eq!(csv.header("cache-control"), Some("no-store"));
    let csv = csv.text();
    assert!(csv.contains("无行政处罚：成立") && csv.contains("与第2行重复；已规范化后核查"), "{csv}");
    assert!(csv.contains("CODE_CHECK"), "{csv}");
    let summary = house.get(&format!("{path}/result.json"));
    let number = verifier::number::CertificateNumber::parse(seen["number"].as_str().unwrap()).unwrap();
    assert!(house.office.wait_sealed(&number, PATIENCE).unwrap().is_some());
    let xzc = house.get(&format!("{path}/result.xzc"));
    assert_eq!(xzc.status, 200, "{}", xzc.text());
    let presented = Presented::read(&xzc.body, house.office.now()).unwrap();
    let mut terms =
        Terms { document: Some(&summary.body), status_asked: false, ..Terms::at(house.office.now()) };
    let code =
        |terms: &Terms<'_>| verify(&presented, house.office.trust(), &StatusShelf::default(), terms).code;
    assert_eq!(code(&terms), Code::Valid);
    terms.document = Some(b"{}");
    assert_eq!(code(&terms), Code::DocumentDiffers);
    // The same again, as of the moment that was frozen: the same bytes, the same certificate.
    let at = seen["at"].as_str().unwrap().replace('+', "%2B");
    let again = house.ask(&format!("POST /checks?purpose=BIDDING&at={at}"), CSV, TABLE.as_bytes());
    let again = done(&house, "", &again);
    assert_eq!(house.get(&format!("{again}/result.json")).body, summary.body);
    assert_eq!(house.get(&again).json()["number"], seen["number"]);
    let made = Filter { action: Some(Action::CheckMade), ..Filter::default() };
    assert_eq!(house.office.operator_log().page(None, 10, &made).unwrap().entries.len(), 2);
}

#[test]
fn whoever_may_not_read_certificates_is_told_of_none() {
    let house = House::new();
    let accepted = house.issue(REPORT);
    house.later();
    let key = format!("Authorization: Bearer {}\r\n", house.key_for(&[Scope::JobsWrite]));
    let table = format!("代码\n91619900MA0DEM0131\n{}\n{}\n", accepted.number, window_code(&accepted));
    let path = done(&house, &key, &begin(&house, &key, &table));
    let answer = house.ask(&format!("GET {path}/result.csv"), &key, b"").text();
    assert!(answer.contains("CHECK_CODE_NEEDED") && answer.contains("有效"), "{answer}");
    for told in ["秦岭", "无行政处罚", "BIDDING", "招标"] {
        assert!(!answer.contains(told), "{told}: {answer}");
    }
    let counts = house.ask(&format!("GET {path}"), &key, b"").json()["counts"].clone();
    assert_eq!((&counts["valid"], &counts["refused"]), (&2.into(), &1.into()));
    // Another's check is as if it were not there.
    for line in [format!("GET {path}"), format!("GET {path}/result.xzc"), format!("DELETE {path}")] {
        let answer = house.ask(&line, "", b"");
        assert_eq!((answer.status, answer.code().as_str()), (404, "CHECK_UNKNOWN"), "{line}");
    }
    assert_eq!(house.ask(&format!("DELETE {path}"), &key, b"").status, 204);
    assert_eq!(house.ask(&format!("GET {path}"), &key, b"").status, 404);
}

#[test]
fn wrong_check_codes_count_wherever_they_are_tried() {
    let house = House::new();
    let accepted = house.issue(REPORT);
    house.later();
    let key = format!("Authorization: Bearer {}\r\n", house.key_for(&[Scope::JobsWrite]));
    let guesses: String = (0..80).map(|n| format!("{}{n:010}\n", accepted.number)).collect();
    let path =
        done(&house, &key, &begin(&house, &key, &format!("窗口码\n{guesses}{}\n", window_code(&accepted))));
    let answer = house.ask(&format!("GET {path}/result.csv"), &key, b"").text();
    let last = answer.trim_end().lines().last().unwrap();
    assert!(last.contains("CHECK_GUESSED"), "{last}");
}

#[test]
fn what_can_not_be_checked_says_why() {
    let house = House::new();
    for (query, table, status, code) in [
        ("", "代码\n", 422, "CHECK_EMPTY"),
        ("", "地址\n某路\n", 422, "CHECK_COLUMNS"),
        ("?at=2999-01-01", "代码\n91619900MA0DEM0131\n", 202, ""),
        ("?at=yesterday", "代码\n91619900MA0DEM0131\n", 422, "AT_BAD"),
        ("?purpose=NONE", "代码\n91619900MA0DEM0131\n", 422, "WORD_UNKNOWN"),
        ("?kind=file", "代码\n91619900MA0DEM0131\n", 422, "WORD_UNKNOWN"),
        ("?audience=x", "代码\n91619900MA0DEM0131\n", 422, "MEMBER_UNKNOWN"),
    ] {
        let answer = house.ask(&format!("POST /checks{query}"), CSV, table.as_bytes());
        assert_eq!(answer.status, status, "{query} {}", answer.text());
        assert!(code.is_empty() || answer.code() == code, "{query} {}", answer.text());
    }
    let xlsx = include_bytes!("../../../tests/samples/commitments-50.xlsx");
    let (header, body) = form(&[("at", "2026-11-22")], Some(("表.xlsx", "application/octet-stream", xlsx)));
    let path = done(&house, "", &house.ask("POST /checks", &header, &body));
    assert_eq!(house.get(&path).json()["counts"]["not_found"], house.get(&path).json()["rows"]);
    assert_eq!(house.ask("POST /checks", "Content-Type: image/png\r\n", b"x").status, 415);
}
