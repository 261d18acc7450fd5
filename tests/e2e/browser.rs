//! A real Chromium walks through the service: `tests/browser/*.test.js`, each against example offices of its own.
//!
//! Here: starting Node with our programs. Not here: what the browser does. `tests/run` installs what is needed:
//! Chromium, Node, and the packages of `tests/browser/package-lock.json`.

use e2e::programs::{built, run};
use std::path::Path;
use std::process::Command;

/// Runs one file of tests; what it says is shown where it fails.
fn node(file: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser");
    assert!(folder.join("node_modules").is_dir(), "run `npm ci --prefix tests/browser` first, or tests/run");
    let said = run(Command::new("node")
        .args(["--test", "--test-reporter", "tap"])
        .arg(folder.join(file))
        .env("XINZHENG_PROGRAM", built().join("xinzheng"))
        .env("XINZHENG_VERIFIER", built().join("xinzheng-verify")));
    assert_eq!(said.code, Some(0), "{said}");
}

#[test]
fn an_operator_issues_and_somebody_verifies_the_paper_offline() {
    node("story.test.js");
}

#[test]
fn the_window_loses_no_scan() {
    node("window.test.js");
}

#[test]
fn browsers_verify_by_themselves() {
    node("offline.test.js");
}

#[test]
fn commitments_are_imported_and_found_by_everybody() {
    node("commitment.test.js");
}

#[test]
fn an_objection_reaches_the_window_within_a_minute() {
    node("objection.test.js");
}

#[test]
fn a_holder_picks_what_a_recipient_sees() {
    node("disclose.test.js");
}

#[test]
fn every_page_can_be_used_by_everybody() {
    node("pages.test.js");
}
