//! One bit of one file of an office changes on disk. It is found and named, the file is left as it is, and once the bit is
//! back nothing is missing. What is only a view is made again.

use e2e::programs::{Said, quick_keys, run, run_json, xinzheng};
use e2e::{documents, ledger};
use std::path::{Path, PathBuf};

/// What a changed file means for an office.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Nothing can be signed: the start is refused.
    Start,
    /// An audit finds it.
    Audit,
    /// A view, or nothing at all: everything works.
    View,
}

/// Where each file of an office belongs; none for what can't be told from a setting, or is not read here.
fn place(file: &str) -> Option<Place> {
    let key = file.strip_prefix("keys/");
    match file {
        "office.json" => None,
        "lock" => Some(Place::View),
        "trust.xzt" => Some(Place::Start),
        "journal/keys" => Some(Place::Audit),
        _ if file.starts_with("journal/") => Some(Place::Start),
        // Accounts, drafts and receipts, the operator log: without them nobody could be let in, or seen to.
        _ if file.starts_with("people/") || file.starts_with("desk/") => Some(Place::Start),
        _ if file.starts_with("operator-log/") || file.starts_with("register/") => Some(Place::Start),
        _ if file.starts_with("index/") => Some(Place::View),
        _ if file.starts_with("ledger/") => Some(Place::Audit),
        // The root and the key for PDF files lie still while an office runs.
        _ if key.is_some_and(|k| k.ends_with(".pem") && (k.starts_with("root") || k.starts_with("pdf"))) => {
            None
        }
        _ if key.is_some() => Some(Place::Start),
        _ => panic!("{file}: what is it?"),
    }
}

#[test]
fn a_changed_bit_is_found_named_and_left_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let (office, number) = small_office(folder.path());
    let mut seen = Vec::new();
    for (round, file) in ledger::files(&office).into_keys().enumerate() {
        let name =
            file.strip_prefix(&office).expect("a file of the office").to_str().expect("a name").to_owned();
        let Some(place) = place(&name) else { continue };
        seen.push(place);
        let copy = folder.path().join(format!("copy-{round}"));
        copy_folder(&office, &copy);
        let damaged = copy.join(&name);
        let bytes = std::fs::read(&damaged).expect("a file");
        let mut changed = bytes.clone();
        let Some(byte) = changed.get_mut(bytes.len() / 2) else { continue };
        *byte ^= 1;
        std::fs::write(&damaged, &changed).expect("a damaged file");

        let audit = run(xinzheng().arg("audit").arg(&copy).args(["--json", "--lang", "zh"]));
        let seal = run(xinzheng().arg("seal").arg(&copy).arg("--json"));
        match place {
            Place::Start => {
                assert_ne!(seal.code, Some(0), "{name}: {seal}");
                let error = &seal.json()["error"];
                assert!(error["code"].as_str().is_some_and(|c| !c.is_empty()), "{name}: {seal}");
                assert!(error["message"].as_str().is_some_and(|c| !c.is_empty()), "{name}: {seal}");
                // What only the office's passphrase opens an audit can't judge.
                if !name.starts_with("keys/") && name != "people/key" {
                    found(&name, &audit);
                }
            }
            Place::Audit => found(&name, &audit),
            Place::View => {
                assert_eq!((seal.code, audit.code), (Some(0), Some(0)), "{name}: {seal}\n{audit}");
                works(&copy, &number, &name);
                continue;
            }
        }
        let left = std::fs::read(&damaged).expect("the file is there");
        // The newest status list is a copy of the one with its number, and is put back from there.
        // The index of the lists and those of the preimages say what is there, and are made again.
        let made_again = ["ledger/status/0.xzs", "ledger/status/index.json"].contains(&name.as_str())
            || (name.starts_with("ledger/public/") && name.ends_with("/list"));
        let put_back = made_again && left == bytes;
        assert!(put_back || left == changed, "{name} was overwritten");
        std::fs::write(&damaged, &bytes).expect("the file as it was");
        works(&copy, &number, &name);
        std::fs::remove_dir_all(&copy).expect("a folder that is done with");
    }
    for place in [Place::Start, Place::Audit, Place::View] {
        assert!(seen.iter().filter(|p| **p == place).count() > 1, "{place:?} was not met");
    }
}

#[test]
fn an_index_that_is_gone_is_made_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (office, number) = small_office(folder.path());
    std::fs::remove_dir_all(office.join("index")).expect("an index");
    works(&office, &number, "without an index");
}

/// Names the place, with a code.
fn found(name: &str, audit: &Said) {
    assert!(matches!(audit.code, Some(1 | 2)), "{name}: {audit}");
    let said = audit.json();
    let findings = said["findings"].as_array().expect("findings");
    assert!(!findings.is_empty(), "{name}: {audit}");
    for finding in findings {
        let given = |member: &str| finding[member].as_str().is_some_and(|text| !text.is_empty());
        assert!(given("code") && given("where") && given("message"), "{name}: {audit}");
        // In the language that was asked for.
        let message = finding["message"].as_str().unwrap_or_default();
        assert!(message.chars().any(|c| matches!(c, '一'..='龥')), "{name}: {audit}");
    }
}

/// The office starts, is clean, and has its certificate.
fn works(office: &Path, number: &str, name: &str) {
    let out = office.with_extension("out");
    let seal = run(xinzheng().arg("seal").arg(office).arg("--json"));
    assert_eq!(seal.code, Some(0), "{name}: {seal}");
    let audit = run(xinzheng().arg("audit").arg(office).arg("--json"));
    assert_eq!(audit.code, Some(0), "{name}: {audit}");
    let certificate =
        run(xinzheng().arg("certificate").arg(office).arg(number).arg("--out").arg(&out).arg("--json"));
    assert_eq!(certificate.code, Some(0), "{name}: {certificate}");
    // The same document is known, so it is not issued twice.
    let document = office.with_extension("json");
    std::fs::write(&document, documents::commitment(1)).expect("a document");
    let again = run_json(xinzheng().arg("submit").arg(office).arg(&document).arg("--json"));
    assert_eq!(again["accepted"][0]["number"], number, "{name}");
}

/// An office with a few certificates and a status list; and the first certificate's number.
fn small_office(folder: &Path) -> (PathBuf, String) {
    let office = folder.join("office");
    run_json(xinzheng().arg("init").arg(&office).args([
        "--origin",
        "a.example/ledger",
        "--name",
        "损坏测试",
        "--json",
    ]));
    quick_keys(&office.join("keys"));
    let mut numbers = Vec::new();
    for n in 1..4 {
        let document = folder.join("document.json");
        std::fs::write(&document, documents::commitment(n)).expect("a document");
        let said = run_json(xinzheng().arg("submit").arg(&office).arg(&document).arg("--json"));
        numbers.push(said["accepted"][0]["number"].as_str().expect("a number").to_owned());
    }
    let mut revoke = xinzheng();
    revoke.arg("status").arg(&office).args([&numbers[1], "set", "revoked", "--reason", "test", "--json"]);
    run_json(&mut revoke);
    (office, numbers.swap_remove(0))
}

fn copy_folder(from: &Path, to: &Path) {
    for (path, bytes) in ledger::files(from) {
        let path = to.join(path.strip_prefix(from).expect("a file below the folder"));
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, bytes).expect("a copy");
    }
}
