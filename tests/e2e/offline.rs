//! A stranger with a copy of the certificates, the trust bundle, the status list, and no network.

use e2e::mutate::Dice;
use e2e::programs::{run, run_json, xinzheng, xinzheng_verify};
use e2e::shut::{in_empty_network, watched};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, OnceLock, PoisonError};
use verifier::certificate::Certificate;
use verifier::qr;

/// Changes made to each certificate, each in a copy of its own.
const TOUCHED: usize = 24;

/// What `demo --once` leaves, made once for all tests here.
struct Demo {
    folder: tempfile::TempDir,
    root: String,
    /// `--at` and the demo's time, where the samples are dated later than this computer's clock.
    at: Vec<String>,
    shown: Value,
    /// One process at a time works on an office.
    at_work: Mutex<()>,
}

fn demo() -> &'static Demo {
    static DEMO: OnceLock<Demo> = OnceLock::new();
    DEMO.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a folder");
        let shown =
            run_json(xinzheng().args(["demo", "--once", "--json", "--dir"]).arg(folder.path().join("demo")));
        let root = shown["root"].as_str().expect("a root key").to_owned();
        let command = shown["verify"].as_str().expect("a command");
        let at = command.split(" --at ").nth(1).and_then(|rest| rest.split(' ').next());
        let at = at.map_or(vec![], |at| vec!["--at".into(), at.trim_matches('\'').into()]);
        Demo { folder, root, at, shown, at_work: Mutex::new(()) }
    })
}

impl Demo {
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// A copy of the certificates and the status list, and nothing else, in a new folder.
    fn copy(&self, name: &str) -> PathBuf {
        let copy = self.path(name);
        std::fs::create_dir(&copy).expect("a new folder");
        for file in std::fs::read_dir(self.path("demo/certificates")).expect("the demo's certificates") {
            let file = file.expect("a file");
            std::fs::copy(file.path(), copy.join(file.file_name())).expect("a copy");
        }
        copy
    }

    /// The verifier with the trust bundle named and its root pinned, in `--json`.
    fn verifier(&self) -> Command {
        let mut command = xinzheng_verify(self.folder.path());
        command
            .arg("--trust")
            .arg(self.path("demo/trust.xzt"))
            .args(["--root", &self.root, "--json"])
            .args(&self.at);
        command
    }
}

#[test]
fn demo_goes_on_with_its_folder() {
    let demo = demo();
    let _alone = demo.at_work.lock().unwrap_or_else(PoisonError::into_inner);
    let again = run_json(xinzheng().args(["demo", "--once", "--json", "--dir"]).arg(demo.path("demo")));
    let numbers = |shown: &Value| {
        let rows = shown["certificates"].as_array().expect("certificates");
        rows.iter().map(|row| row["number"].as_str().expect("a number").to_owned()).collect::<Vec<_>>()
    };
    assert!(numbers(&demo.shown).len() >= 15, "one certificate for each sample");
    assert_eq!(numbers(&again), numbers(&demo.shown), "nothing is issued twice");
}

#[test]
fn every_certificate_is_valid_without_a_network() {
    let demo = demo();
    let copy = demo.copy("copy");
    let said = run(&mut in_empty_network(demo.verifier().arg(&copy)));
    assert_eq!(said.code, Some(0), "{said}");
    let verdicts = verdicts(&said.json());
    let certificates = files(&copy, "xzc");
    assert_eq!(certificates.len(), demo.shown["certificates"].as_array().map_or(0, Vec::len));
    for file in certificates {
        assert!(
            verdicts.keys().any(|name| name.ends_with(&file_name(&file))),
            "{} was not looked at",
            file.display()
        );
    }
    for (name, verdict) in &verdicts {
        assert_eq!(verdict, "valid", "{name}");
    }
    // The namespace is as empty as it is said to be.
    let mut reach = Command::new("bash");
    reach.args(["-c", "exec 3<>/dev/tcp/127.0.0.1/9"]);
    let said = run(&mut in_empty_network(&reach));
    assert!(said.err.contains("unreachable"), "there is a network: {said}");
}

#[test]
fn verifier_opens_no_socket() {
    let demo = demo();
    let copy = demo.copy("watched");
    let log = demo.path("calls");
    let said = run(&mut watched(demo.verifier().arg(&copy), &log));
    assert_eq!(said.code, Some(0), "{said}");
    let calls = std::fs::read_to_string(&log).expect("the log of calls");
    assert_eq!(calls, "", "the verifier asks for a network");
    // The log is empty because nothing was asked for, not because nobody watched.
    let mut reach = Command::new("bash");
    reach.args(["-c", "exec 3<>/dev/tcp/127.0.0.1/9"]);
    run(&mut watched(&reach, &log));
    let calls = std::fs::read_to_string(&log).expect("the log of calls");
    assert!(calls.contains("socket("), "strace sees sockets: {calls}");
}

#[test]
fn a_touched_certificate_is_never_valid() {
    let demo = demo();
    let touched = demo.path("touched");
    std::fs::create_dir(&touched).expect("a new folder");
    let mut dice = Dice::new(7);
    let mut copies = 0;
    for file in files(&demo.path("demo/certificates"), "xzc") {
        let bytes = std::fs::read(&file).expect("a certificate");
        for n in 0..TOUCHED {
            let mut changed = bytes.clone();
            let at = dice.below(changed.len());
            changed[at] ^= 1 << dice.below(8);
            std::fs::write(touched.join(format!("{n}-{}", file_name(&file))), changed)
                .expect("a touched copy");
            copies += 1;
        }
        // One digit of what a phone scans.
        let certificate = Certificate::parse(&bytes).expect("a certificate");
        if let Ok(payload) = certificate.qr() {
            let (before, digits) = qr::url("credit.example.gov.cn", &payload);
            let mut digits = digits.into_bytes();
            let at = dice.below(digits.len());
            digits[at] = b'0' + (digits[at] - b'0' + 1 + dice.below(9) as u8) % 10;
            let text = before + std::str::from_utf8(&digits).expect("digits");
            std::fs::write(touched.join(file_name(&file).replace(".xzc", ".txt")), text)
                .expect("a touched text");
            copies += 1;
        }
    }
    let status = demo.path("demo/certificates/status-0.xzs");
    let said = run(&mut in_empty_network(demo.verifier().arg("--status").arg(status).arg(&touched)));
    assert!(matches!(said.code, Some(1 | 2)), "{said}");
    let verdicts = verdicts(&said.json());
    assert_eq!(verdicts.len(), copies, "each copy is judged");
    for (name, verdict) in &verdicts {
        assert_ne!(verdict, "valid", "{name}");
    }
    assert!(verdicts.values().any(|v| v == "invalid") && verdicts.values().any(|v| v == "undetermined"));
}

#[test]
fn the_command_that_demo_prints_works() {
    let demo = demo();
    let command = demo.shown["verify"].as_str().expect("a command");
    let mut shell = Command::new("bash");
    shell.args(["-c", command]).env("HOME", demo.folder.path()).env("XDG_CONFIG_HOME", demo.folder.path());
    let said = run(&mut shell);
    assert_eq!(said.code, Some(0), "{command}\n{said}");
}

#[test]
fn example_keys_sign_nothing_outside_the_demo() {
    let demo = demo();
    let _alone = demo.at_work.lock().unwrap_or_else(PoisonError::into_inner);
    let number = demo.shown["certificates"][0]["number"].as_str().expect("a number");
    let mut command = xinzheng();
    command
        .arg("status")
        .arg(demo.path("demo"))
        .args([number, "set", "revoked", "--reason", "测试", "--json"]);
    let refused = run(&mut command);
    assert_ne!(refused.code, Some(0), "{refused}");
    assert_eq!(refused.json()["error"]["code"], "EXAMPLE_KEYS", "{refused}");
    let audit = run_json(xinzheng().arg("audit").arg(demo.path("demo")).arg("--json"));
    assert_eq!(audit["verdict"], "clean", "{audit}");
}

/// Verdict of each result, by the file's name.
fn verdicts(report: &Value) -> BTreeMap<String, String> {
    let results = report["results"].as_array().expect("results");
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    results.iter().map(|result| (text(&result["file"]), text(&result["verdict"]))).collect()
}

fn files(folder: &Path, ending: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).expect("a folder").map(|f| f.expect("a file").path());
    let mut files: Vec<PathBuf> = files.filter(|f| f.extension().is_some_and(|e| e == ending)).collect();
    files.sort();
    files
}

fn file_name(path: &Path) -> String {
    path.file_name().and_then(|n| n.to_str()).expect("a file name").to_owned()
}
