//! The pages that people open, asked of the real server by plain forms, without a script.

#![allow(clippy::unwrap_used)]

#[path = "../accounts/browser.rs"]
#[allow(dead_code, reason = "shared with other test binaries")]
mod browser;
mod certificates;
mod forks;
mod html;
mod ledger;
mod public;
mod receipts;
mod verify;
mod window;

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;

use browser::{Answer, Browser, House};
use notary::office::{Accepted, Issued, Submission, SubmissionKind};

/// All that a public page may weigh, its style sheet included.
const PAGE_BYTES: usize = 50_000;

fn sample(name: &str) -> Vec<u8> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/samples");
    std::fs::read(folder.join(name)).unwrap()
}

/// A sealed certificate of this document.
fn issue(house: &House, bytes: Vec<u8>) -> (Accepted, Issued) {
    let submission =
        Submission { bytes, kind: SubmissionKind::Json, idempotency_key: None, corrects: None, qr: true };
    let accepted = house.office.submit(submission).unwrap();
    house.office.wait_sealed(&accepted.number, std::time::Duration::from_secs(60)).unwrap().unwrap();
    let issued = house.office.certificate(&accepted.number).unwrap();
    (accepted, issued)
}

/// What its QR code says.
fn qr_text(house: &House, issued: &Issued) -> String {
    let (prefix, digits) = verifier::qr::url(house.office.host(), issued.qr.as_ref().unwrap());
    format!("{prefix}{digits}")
}

fn window_code(accepted: &Accepted) -> String {
    format!("{}{}", accepted.number, accepted.check_code)
}

/// Sends a form with a file, as a browser does.
fn upload(at: SocketAddr, path: &str, fields: &[(&str, &str)], file: &[u8], lang: &str) -> Answer {
    let mut body = Vec::new();
    for (name, value) in fields {
        let part = format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    body.extend_from_slice(
        b"--XX\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.bin\"\r\n\
          Content-Type: application/octet-stream\r\n\r\n",
    );
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--XX--\r\n");
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: text/html\r\nAccept-Language: {lang}\r\n\
         Content-Type: multipart/form-data; boundary=XX\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(at).unwrap();
    stream.write_all(&[head.as_bytes(), &body].concat()).unwrap();
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).unwrap();
    browser::parsed(&bytes)
}

/// The content of the element with this id, up to its first tag inside or its end.
fn inside(page: &str, id: &str) -> String {
    let (_, rest) = page.split_once(&format!(" id=\"{id}\"")).unwrap_or_else(|| panic!("no {id} in {page}"));
    let (_, rest) = rest.split_once('>').unwrap();
    rest.split('<').next().unwrap().to_string()
}

/// The outcome and the code that the verdict of a page carries.
fn verdict(answer: &Answer) -> (String, String) {
    let page = answer.text();
    html::check("verdict", &page);
    assert!(page.len() < PAGE_BYTES, "{} bytes", page.len());
    assert_eq!(answer.header("cache-control"), "no-store");
    let (_, rest) = page.split_once("id=\"verdict\"").unwrap_or_else(|| panic!("no verdict in {page}"));
    let value = |name: &str| {
        let (_, rest) = rest.split_once(&format!("{name}=\"")).unwrap();
        rest.split('"').next().unwrap().to_string()
    };
    (value("data-outcome"), value("data-code"))
}

fn says(outcome: &str, code: &str) -> (String, String) {
    (outcome.to_string(), code.to_string())
}

fn english(mut browser: Browser) -> Browser {
    browser.get("/?lang=en");
    browser
}
