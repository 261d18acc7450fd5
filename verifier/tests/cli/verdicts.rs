//! All three verdicts, exit statuses, and what the caller may ask for.

use crate::office::{Office, SEALED};

const HOUR: u64 = 3600;

#[test]
fn a_certificate_file_is_valid_and_shown() {
    let office = Office::new();
    let issued = office.issue(&["渭水样例食品有限公司", "乙公司", "丙公司"]);
    office.write("a.xzc", issued[1].file());
    let answer = office.judge(&["{}/a.xzc"]);
    assert_eq!(answer.exit, 0, "{}", answer.text());
    let json = answer.json();
    assert_eq!(json["trust"]["root"], office.root.vkey());
    assert_eq!(json["trust"]["sequence"], 3);
    assert_eq!(json["trust"]["pinned"], true);
    assert!(json["trust"]["age_s"].is_u64());
    let result = &json["results"][0];
    assert_eq!(result["verdict"], "valid");
    assert_eq!(result["code"], "VALID");
    assert_eq!(result["number"], issued[1].number());
    assert_eq!(result["level"], 1);
    assert_eq!(result["holder"]["name"], "乙公司");
    assert_eq!(result["holder"]["code"], "91619900MA0DEM021U");
    assert_eq!(result["claims"][0]["rule"], "NO_PENALTY/1");
    assert_eq!(result["claims"][0]["value"], "NO");
    assert_eq!(result["claims"][0]["label"], "无行政处罚");
    assert_eq!(result["purpose"]["name"], "FINANCING");
    assert_eq!(result["issued_at"], "2026-11-22T09:15:30+08:00");
    assert_eq!(result["hidden"]["records"], 0);
    assert_eq!(result["index"], issued[1].index());
    let checks: Vec<_> =
        result["checks"].as_array().unwrap().iter().map(|check| check["code"].clone()).collect();
    for code in [
        "FORMAT_OK",
        "TRUST_OK",
        "OFFICE_OK",
        "SIG_OK",
        "PATH_OK",
        "KEY_OK",
        "DATES_OK",
        "DISCLOSURE_OK",
        "STATUS_VALID",
    ] {
        assert!(checks.contains(&code.into()), "{code} in {checks:?}");
    }
}

#[test]
fn a_forged_one_is_invalid_and_nothing_of_it_is_shown() {
    let office = Office::new();
    office.write("a.xzc", office.issue(&["甲公司"])[0].forged());
    let answer = office.judge(&["{}/a.xzc"]);
    assert_eq!((answer.exit, answer.codes()), (1, vec!["SIG_BAD".to_owned()]));
    let result = &answer.json()["results"][0];
    assert!(result["number"].is_null() && result["holder"].is_null());
    assert_eq!(result["claims"], serde_json::json!([]));
    assert!(!answer.text().contains("甲公司"));
}

#[test]
fn another_ones_core_in_the_file_is_invalid() {
    let office = Office::new();
    let issued = office.issue(&["甲公司", "乙公司"]);
    let core = |file: &str| file.split("\"core\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let (mine, other) = (issued[0].file(), issued[1].file());
    office.write("a.xzc", mine.replace(&core(&mine), &core(&other)));
    let answer = office.judge(&["{}/a.xzc"]);
    assert_eq!((answer.exit, answer.codes()), (1, vec!["PATH_BAD".to_owned()]));
}

#[test]
fn dates_by_at() {
    let office = Office::new();
    office.write("a.xzc", office.issue(&["甲公司"])[0].file());
    let run = |text: &str| {
        let root = office.root.vkey();
        let answer = office.run(&[
            "--trust",
            "{}/trust.xzt",
            "--root",
            &root,
            "--json",
            "--no-status",
            "--at",
            text,
            "{}/a.xzc",
        ]);
        (answer.exit, answer.codes().remove(0))
    };
    assert_eq!(run("2026-11-22T09:15:30+08:00"), (0, "VALID".to_owned()));
    assert_eq!(run("2026-11-22 09:16"), (0, "VALID".to_owned()));
    assert_eq!(run("2026-11-20"), (1, "NOT_YET_VALID".to_owned()));
    assert_eq!(run("2027-06-01"), (1, "EXPIRED".to_owned()));
}

#[test]
fn how_old_the_evidence_may_be() {
    let office = Office::new();
    let issued = office.issue(&["甲公司"]);
    office.write("a.xzc", issued[0].file());
    let run = |at: u64, more: &[&str]| {
        let (root, at) = (office.root.vkey(), at.to_string());
        let always = ["--trust", "{}/trust.xzt", "--root", &root, "--json", "--at", &at, "{}/a.xzc"];
        let answer = office.run(&[&always[..], more].concat());
        (answer.exit, answer.codes().remove(0))
    };
    let missing = (2, "STATUS_MISSING".to_owned());
    assert_eq!(run(SEALED + 24 * HOUR, &[]), (0, "VALID".to_owned()));
    assert_eq!(run(SEALED + 24 * HOUR + 1, &[]), missing);
    assert_eq!(run(SEALED + 2 * HOUR, &["--max-age", "1h"]), missing);
    assert_eq!(run(SEALED + 100 * HOUR, &["--max-age", "7d"]), (0, "VALID".to_owned()));
    assert_eq!(run(SEALED + 100 * HOUR, &["--no-status"]), (0, "VALID".to_owned()));
    let list = office.status_list(1, SEALED + 50 * HOUR, &[(issued[0].index(), 0)]);
    office.write("lists/status-0.xzs", list);
    assert_eq!(run(SEALED + 60 * HOUR, &["--status", "{}/lists"]), (0, "VALID".to_owned()));
    assert_eq!(
        run(SEALED + 60 * HOUR, &["--status", "{}/lists", "--max-age", "9h"]),
        (2, "STATUS_STALE".to_owned())
    );
    assert_eq!(
        run(SEALED + 75 * HOUR, &["--status", "{}/lists/status-0.xzs"]),
        (2, "STATUS_STALE".to_owned())
    );
}

#[test]
fn every_status_by_a_list_beside_the_file() {
    let office = Office::new();
    let issued = office.issue(&["甲公司"]);
    office.write("a.xzc", issued[0].file());
    let cases = [
        (0, 0, "VALID"),
        (1, 1, "REVOKED"),
        (2, 2, "SUSPENDED"),
        (3, 1, "REPLACED"),
        (0xd, 0, "OBJECTION_NOTED"),
        (0xe, 1, "WITHDRAWN"),
        (0xf, 1, "NOT_ISSUED"),
    ];
    for ((value, exit, code), sequence) in cases.into_iter().zip(1..) {
        let list = office.status_list(sequence, SEALED + 60, &[(issued[0].index(), value)]);
        office.write("status-0.xzs", list);
        let answer = office.judge(&["{}/a.xzc"]);
        assert_eq!((answer.exit, answer.codes()), (exit, vec![code.to_owned()]));
    }
}

#[test]
fn the_highest_sequence_counts_and_two_of_one_contradict() {
    let office = Office::new();
    let issued = office.issue(&["甲公司"]);
    let index = issued[0].index();
    office.write("a.xzc", issued[0].file());
    office.write("status-1.xzs", office.status_list(1, SEALED + 60, &[(index, 0)]));
    office.write("status-2.xzs", office.status_list(2, SEALED + 120, &[(index, 1)]));
    assert_eq!(office.judge(&["{}/a.xzc"]).codes(), ["REVOKED"]);
    office.write("status-2b.xzs", office.status_list(2, SEALED + 120, &[(index, 0)]));
    let answer = office.judge(&["{}/a.xzc"]);
    assert_eq!((answer.exit, answer.codes()), (2, vec!["STATUS_CONFLICT".to_owned()]));
}

#[test]
fn a_list_of_no_use_is_named_and_left_out() {
    let office = Office::new();
    let issued = office.issue(&["甲公司"]);
    office.write("a.xzc", issued[0].file());
    let list = office.status_list(1, SEALED + 60, &[(issued[0].index(), 1)]);
    office.write("cut.xzs", &list[..list.len() / 2]);
    let answer = office.judge(&["{}/a.xzc"]);
    assert_eq!(answer.codes(), ["VALID"]);
    let note = answer.json()["notes"][0].as_str().unwrap().to_owned();
    assert!(note.starts_with("STATUS_UNUSABLE") && note.contains("cut.xzs"), "{note}");
}

#[test]
fn the_document_itself() {
    let office = Office::new();
    let issued = office.issue(&["甲公司", "乙公司"]);
    office.write("a.xzc", issued[0].file());
    office.write("hidden.xzc", issued[0].file_without("/sections/admin"));
    office.write("scan.txt", issued[0].scan());
    office.write("mine.json", &issued[0].document);
    office.write("other.json", &issued[1].document);
    let run = |file: &str, document: &str| {
        let answer = office.judge(&["--document", document, file]);
        (answer.exit, answer.codes().remove(0))
    };
    assert_eq!(run("{}/a.xzc", "{}/mine.json"), (0, "VALID".to_owned()));
    assert_eq!(run("{}/a.xzc", "{}/other.json"), (1, "DOCUMENT_DIFFERS".to_owned()));
    assert_eq!(run("{}/hidden.xzc", "{}/mine.json"), (2, "DOCUMENT_NOT_SHOWN".to_owned()));
    assert_eq!(run("{}/scan.txt", "{}/mine.json"), (2, "DOCUMENT_NOT_SHOWN".to_owned()));
    let answer = office.judge(&["--document", "{}/mine.json", "{}/a.xzc", "{}/hidden.xzc"]);
    assert_eq!((answer.exit, answer.json()["error"]["code"].as_str()), (3, Some("DOCUMENT_ONE")));
}

#[test]
fn what_a_copy_hides_is_counted() {
    let office = Office::new();
    office.write("hidden.xzc", office.issue(&["甲公司"])[0].file_without("/sections/admin"));
    let answer = office.judge(&["{}/hidden.xzc"]);
    let hidden = &answer.json()["results"][0]["hidden"];
    assert_eq!((hidden["records"].as_u64(), hidden["adverse"].as_u64()), (Some(1), Some(1)));
}

#[test]
fn purpose_and_audience_are_warnings() {
    let office = Office::new();
    office.write("a.xzc", office.issue(&["甲公司"])[0].file());
    let warned = |purpose: &str| {
        let answer = office.judge(&["--purpose", purpose, "{}/a.xzc"]);
        assert_eq!(answer.exit, 0);
        answer.text().contains("PURPOSE_OTHER")
    };
    assert!(!warned("FINANCING") && !warned("9") && !warned("融资授信"));
    assert!(warned("BIDDING") && warned("2"));
    assert_eq!(office.judge(&["--purpose", "LOAN", "{}/a.xzc"]).exit, 3);
}

#[test]
fn of_several_the_worst_decides() {
    let office = Office::new();
    let issued = office.issue(&["甲公司"]);
    office.write("good.xzc", issued[0].file());
    office.write("bad.xzc", issued[0].forged());
    office.write("other.txt", "20261122401709386125745390217746");
    assert_eq!(office.judge(&["{}/good.xzc", "{}/other.txt"]).exit, 2);
    assert_eq!(office.judge(&["{}/good.xzc", "{}/other.txt", "{}/bad.xzc"]).exit, 1);
    assert_eq!(office.judge(&["{}/good.xzc", "{}/missing.xzc", "{}/bad.xzc"]).exit, 3);
}
