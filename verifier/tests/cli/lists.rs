//! Status lists over several runs: what is remembered, what is imported, what is proven.

use verifier::entry::{Entry, PublicKind};

use crate::office::{Office, SEALED};

const HOUR: u64 = 3600;

/// Who has seen a newer list is not shown an older one, whatever its name; what is final in it counts.
#[test]
fn an_older_list_than_one_seen_is_no_evidence() {
    let office = Office::new();
    let issued = office.issue(&["甲公司"]);
    let index = issued[0].index();
    office.write("a.xzc", issued[0].file());
    let judged = |sequence: u64, value: u8| {
        office.write("status-0.xzs", office.status_list(sequence, SEALED + sequence, &[(index, value)]));
        let answer = office.judge(&["{}/a.xzc"]);
        (answer.exit, answer.codes().remove(0))
    };
    assert_eq!(judged(5, 2), (2, "SUSPENDED".to_owned()));
    assert_eq!(judged(4, 0), (2, "STATUS_ROLLBACK".to_owned()));
    assert_eq!(judged(5, 0), (2, "STATUS_CONFLICT".to_owned()));
    assert_eq!(judged(4, 1), (1, "REVOKED".to_owned()));
    assert_eq!(judged(6, 0), (0, "VALID".to_owned()));
    let record = std::fs::read_to_string(office.path("config/lists")).unwrap();
    assert!(
        record.starts_with("xinzheng lists v1\n6 1795310136 0 credit.example.gov.cn/ledger "),
        "{record}"
    );
    // Judged as of a moment before the newer list was there, the older one is the right one.
    office.write("status-0.xzs", office.status_list(3, SEALED + 3, &[(index, 0)]));
    let (root, at) = (office.root.vkey(), (SEALED + 3).to_string());
    let at_then =
        office.run(&["--trust", "{}/trust.xzt", "--root", &root, "--at", &at, "--json", "{}/a.xzc"]);
    assert_eq!((at_then.exit, at_then.codes()), (0, vec!["VALID".to_owned()]));
}

/// Whoever wrote a bundle that is not pinned could plant any sequence.
#[test]
fn nothing_is_remembered_under_a_root_that_is_not_pinned() {
    let office = Office::new();
    let issued = office.issue(&["甲公司"]);
    office.write("a.xzc", issued[0].file());
    office.write("status-0.xzs", office.status_list(9, SEALED + 60, &[(issued[0].index(), 0)]));
    let at = (SEALED + HOUR).to_string();
    let answer = office.run(&["--trust", "{}/trust.xzt", "--at", &at, "--json", "{}/a.xzc"]);
    assert_eq!(answer.exit, 0, "{}", answer.text());
    assert!(!office.path("config/lists").exists());
}

#[test]
fn imported_lists_are_found_by_later_runs() {
    let office = Office::new();
    let issued = office.issue(&["甲公司"]);
    let index = issued[0].index();
    office.write("here/a.xzc", issued[0].file());
    office.write("stick/deep/old.xzs", office.status_list(1, SEALED + 60, &[(index, 0)]));
    office.write("stick/new.xzs", office.status_list(2, SEALED + 120, &[(index, 1)]));
    let forged = office.status_list(3, SEALED + 180, &[(index, 0)]).replace("sequence 3", "sequence 4");
    office.write("stick/forged.xzs", forged);
    let root = office.root.vkey();
    let import = |place: &str| {
        office.run(&["status", "import", "--trust", "{}/trust.xzt", "--root", &root, "--json", place])
    };
    let answer = import("{}/stick");
    let json = answer.json();
    assert_eq!((answer.exit, json["kept"][0]["sequence"].as_u64()), (1, Some(2)), "{json}");
    assert_eq!((json["kept"].as_array().unwrap().len(), json["refused"].as_array().unwrap().len()), (1, 1));
    assert_eq!(json["refused"][0]["code"], "STATUS_UNUSABLE");
    assert_eq!(office.judge(&["{}/here/a.xzc"]).codes(), ["REVOKED"]);
    // The older one again: refused, and the newer one stays.
    let answer = import("{}/stick/deep");
    assert_eq!((answer.exit, answer.json()["error"]["code"].as_str()), (3, Some("LIST_BAD")));
    assert_eq!(office.judge(&["{}/here/a.xzc"]).codes(), ["REVOKED"]);
    // Nothing is kept on the word of a root that nobody pinned.
    let answer = office.run(&["status", "import", "--trust", "{}/trust.xzt", "--json", "{}/stick"]);
    assert_eq!((answer.exit, answer.json()["error"]["code"].as_str()), (3, Some("NOT_CONFIRMED")));
}

#[test]
fn a_proof_beside_the_list_is_told() {
    let office = Office::new();
    let issued = office.issue(&["甲公司"]);
    let list = office.status_list(1, SEALED + 60, &[(issued[0].index(), 0)]);
    office.write("a.xzc", issued[0].file());
    office.write("status-0-1.xzs", &list);
    let note = serde_json::from_str::<serde_json::Value>(&list).unwrap()["note"].as_str().unwrap().to_owned();
    let entry = Entry::of_public_body(PublicKind::StatusNote, note.as_bytes());
    let proven = |proof: String| {
        office.write("status-0-1.tlog-proof", proof);
        let answer = office.judge(&["{}/a.xzc"]);
        assert_eq!(answer.exit, 0, "{}", answer.text());
        let json = answer.json();
        let checks = json["results"][0]["checks"].as_array().unwrap().clone();
        let found = checks.into_iter().find(|check| check["code"] == "STATUS_PROVEN");
        found.map(|check| check["detail"].as_str().unwrap().to_owned())
    };
    // The list covers 1,000 entries; its note has to come after them.
    assert!(proven(office.proof(1000, &entry)).unwrap().contains("1000"));
    assert_eq!(proven(office.proof(999, &entry)), None);
    let other = Entry::from_bytes([7; 32]);
    assert_eq!(proven(office.proof(1000, &other)), None);
    office.write("status-0-1.tlog-proof", "nonsense");
    let note = office.judge(&["{}/a.xzc"]).json()["notes"][0].as_str().unwrap().to_owned();
    assert!(note.contains("status-0-1.tlog-proof"), "{note}");
}
