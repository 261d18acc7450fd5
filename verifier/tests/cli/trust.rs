//! The trust bundle: named by the caller only, its root pinned, never an older one.

use std::fs;

use crate::answer::Answer;
use crate::office::{Key, Office, SEALED};

fn error(answer: &Answer) -> (i32, String) {
    (answer.exit, answer.json()["error"]["code"].as_str().unwrap_or_default().to_owned())
}

fn verify(office: &Office, more: &[&str]) -> Answer {
    let at = (SEALED + 60).to_string();
    office.run(&[&["--json", "--at", &at, "{}/a.xzc"], more].concat())
}

fn office_with_certificate() -> Office {
    let office = Office::new();
    office.write("a.xzc", office.issue(&["甲公司"])[0].file());
    office
}

#[test]
fn a_bundle_is_never_found_by_itself() {
    let office = office_with_certificate();
    assert_eq!(error(&verify(&office, &[])), (3, "TRUST_MISSING".to_owned()));
    let mut command = office
        .command(env!("CARGO_BIN_EXE_xinzheng-verify").as_ref(), &["--json", "{}/a.xzc", "--no-status"]);
    command.env("XINZHENG_TRUST", office.path("trust.xzt"));
    assert_eq!(crate::answer::answer(command, b"").codes(), ["VALID"]);
}

#[test]
fn without_a_pin_the_verdict_says_so() {
    let office = office_with_certificate();
    let answer = verify(&office, &["--trust", "{}/trust.xzt"]);
    assert_eq!(answer.exit, 0);
    assert_eq!(answer.json()["trust"]["pinned"], false);
    assert!(answer.text().contains("ROOT_NOT_PINNED"));
    assert!(!office.path("config").exists(), "nothing is remembered of a root that nobody pinned");
}

#[test]
fn a_root_given_is_held_to() {
    let office = office_with_certificate();
    let other = Key::new("credit.example.gov.cn/root", 9);
    let answer = verify(&office, &["--trust", "{}/trust.xzt", "--root", &other.vkey()]);
    assert_eq!(error(&answer), (3, "ROOT_OTHER".to_owned()));
    let answer = verify(&office, &["--trust", "{}/trust.xzt", "--root", "nonsense"]);
    assert_eq!(error(&answer), (3, "ROOT_BAD".to_owned()));
}

#[test]
fn pin_asks_and_shows_the_fingerprint() {
    let office = office_with_certificate();
    let answer = office.run_with(&["trust", "pin", "{}/trust.xzt", "--lang", "en"], b"no\n");
    assert_eq!(answer.exit, 3);
    assert!(
        answer.errors.contains("fingerprint") && answer.errors.contains("示例县公共信用信息中心"),
        "{}",
        answer.errors
    );
    assert!(!office.path("config").exists());
    assert_eq!(office.run_with(&["trust", "pin", "{}/trust.xzt"], b"").exit, 3, "nobody answered");

    assert_eq!(office.run_with(&["trust", "pin", "{}/trust.xzt"], b"yes\n").exit, 0);
    let answer = verify(&office, &["--trust", "{}/trust.xzt"]);
    assert_eq!(answer.json()["trust"]["pinned"], true);
    assert!(!answer.text().contains("ROOT_NOT_PINNED"));
    let fingerprint = answer.json()["trust"]["fingerprint"].as_str().unwrap().to_owned();
    assert_eq!(fingerprint.split(' ').map(str::len).collect::<Vec<_>>(), [4; 8], "{fingerprint}");
}

#[test]
fn a_pinned_root_is_the_only_one() {
    let office = office_with_certificate();
    assert_eq!(office.run(&["trust", "pin", "--yes", "{}/trust.xzt"]).exit, 0);
    office.write("other.xzt", office.bundle(9, &Key::new("credit.example.gov.cn/root", 9)));
    assert_eq!(error(&verify(&office, &["--trust", "{}/other.xzt"])), (3, "ROOT_OTHER".to_owned()));
}

#[test]
fn an_older_bundle_is_refused() {
    let office = office_with_certificate();
    office.write("new.xzt", office.bundle(4, &office.root));
    assert_eq!(office.run(&["trust", "pin", "--yes", "{}/trust.xzt"]).exit, 0);
    assert_eq!(verify(&office, &["--trust", "{}/new.xzt"]).exit, 0);
    assert_eq!(error(&verify(&office, &["--trust", "{}/trust.xzt"])), (3, "TRUST_ROLLBACK".to_owned()));
    let root = office.root.vkey();
    let answer = verify(&office, &["--trust", "{}/trust.xzt", "--root", &root]);
    assert_eq!(error(&answer), (3, "TRUST_ROLLBACK".to_owned()));
    assert_eq!(verify(&office, &["--trust", "{}/new.xzt"]).exit, 0);
}

#[test]
fn a_store_that_cannot_be_used_stops_nothing() {
    let office = office_with_certificate();
    let root = office.root.vkey();
    // A file where the folder should be.
    office.write("config", "");
    let answer = verify(&office, &["--trust", "{}/trust.xzt", "--root", &root]);
    assert_eq!(answer.exit, 0);
    assert_eq!(answer.json()["notes"].as_array().unwrap().len(), 1);
    fs::remove_file(office.path("config")).unwrap();
    // A damaged one is neither believed nor overwritten.
    office.write("config/pins", "something else\n");
    let answer = verify(&office, &["--trust", "{}/trust.xzt", "--root", &root]);
    assert_eq!(answer.exit, 0);
    assert_eq!(answer.json()["notes"].as_array().unwrap().len(), 1);
    assert_eq!(fs::read_to_string(office.path("config/pins")).unwrap(), "something else\n");
}

#[test]
fn what_is_no_bundle() {
    let office = office_with_certificate();
    let altered = office.bundle(3, &office.root).replace("sequence 3", "sequence 4");
    office.write("altered.xzt", altered);
    for bundle in ["{}/a.xzc", "{}/missing.xzt", "{}/altered.xzt"] {
        assert_eq!(error(&verify(&office, &["--trust", bundle])), (3, "TRUST_BAD".to_owned()), "{bundle}");
    }
}
