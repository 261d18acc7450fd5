//! What goes out for verifying in a browser: the page of QR codes, its scripts, the worker, the one file, the trust bundle.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[path = "accounts/browser.rs"]
#[allow(dead_code)]
mod browser;
mod common;

use browser::House;
use common::{Served, get};
use notary::people::Role;
use verifier::trust::TrustBundle;

/// The values of this attribute in a page, in their order.
fn values<'a>(page: &'a str, attribute: &str) -> Vec<&'a str> {
    let start = format!("{attribute}=\"");
    page.split(start.as_str()).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn the_page_has_its_scripts_and_a_form_without_them() {
    let served = Served::new();
    let answer = get(served.at, "/v");
    assert_eq!((answer.status, answer.header("cache-control")), (200, Some("no-cache")));
    assert!(answer.header("content-security-policy").unwrap().contains("script-src 'self'"));
    let page = answer.text();
    assert!(
        page.contains("action=\"/verify\"") && page.contains("name=\"text\"") && page.contains("<noscript>")
    );
    let scripts: Vec<&str> = values(&page, "src");
    assert_eq!(scripts.len(), 4, "{scripts:?}");
    for address in scripts {
        let script = get(served.at, address);
        assert_eq!(script.status, 200, "{address}");
        assert!(script.header("cache-control").unwrap().contains("immutable"), "{address}");
        assert_eq!(script.header("content-type"), Some("text/javascript; charset=utf-8"), "{address}");
    }
    let english = common::ask(served.at, "GET /v", "Accept-Language: en\r\n").text();
    assert!(english.contains("lang=\"en\"") && english.contains("Verify by QR code"));
}

#[test]
fn the_worker_keeps_files_that_are_there() {
    let served = Served::new();
    let worker = get(served.at, "/sw.js");
    assert_eq!((worker.status, worker.header("cache-control")), (200, Some("no-cache")));
    let text = worker.text();
    let kept = text.strip_prefix("const KEPT = ").unwrap().split(";\n").next().unwrap();
    let kept: serde_json::Value = serde_json::from_str(kept).unwrap();
    let files: Vec<&str> =
        kept["files"].as_array().unwrap().iter().map(|file| file.as_str().unwrap()).collect();
    assert!(files.contains(&"/v") && files.len() >= 6, "{files:?}");
    for file in files {
        assert_eq!(get(served.at, file).status, 200, "{file}");
    }
    // All that the page loads is kept, under the very same addresses.
    let page = get(served.at, "/v").text();
    for address in values(&page, "src") {
        assert!(text.contains(address), "{address}");
    }
}

#[test]
fn the_one_file_is_to_be_taken_away() {
    let served = Served::new();
    let answer = get(served.at, "/verify.html");
    assert_eq!(answer.header("content-disposition"), Some("attachment; filename=\"verify.html\""));
    assert!(values(&answer.text(), "src").is_empty(), "it loads nothing");
    let gzip = common::ask(served.at, "GET /verify.html", "Accept-Encoding: gzip\r\n");
    assert_eq!(gzip.header("content-encoding"), Some("gzip"));
    assert!(gzip.body.len() <= 65_536, "{}", gzip.body.len());
}

#[test]
fn the_trust_bundle_is_the_offices_own() {
    let served = Served::new();
    let answer = get(served.at, "/trust.xzt");
    assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"));
    let bundle = TrustBundle::open(&answer.text(), None).unwrap();
    assert_eq!(bundle.note().text(), served.office.trust().note().text());
    let tag = answer.head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap().to_owned();
    let again = common::ask(served.at, "GET /trust.xzt", &format!("If-None-Match: {tag}\r\n"));
    assert_eq!((again.status, again.body.len()), (304, 0));
}

/// The worker keeps the page in the browser's cache, where the next person at the same computer finds it.
#[test]
fn the_page_that_is_kept_says_nothing_of_who_is_signed_in() {
    let house = House::new();
    let mut clerk = house.signed_in(Role::Window);
    assert!(clerk.get("/verify").text().contains("sign-out"), "signed in");
    let page = clerk.get("/v").text();
    assert!(!page.contains("sign-out") && !page.contains("csrf") && !page.contains("测试"), "{page}");
}
