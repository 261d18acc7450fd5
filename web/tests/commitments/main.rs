//! Commitments at the real server: importing tables, what the public finds, what operators see and do.

#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "../accounts/browser.rs"]
mod browser;
mod imports;
mod life;
mod search;
mod shown;

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use browser::{Answer, Browser, parsed};

/// Long enough for the slowest machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// A file of the samples.
pub fn sample(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/../tests/samples/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

/// Sends a form with one file, with the token of the page that is open.
pub fn upload(browser: &mut Browser, page: &str, path: &str, name: &str, bytes: &[u8]) -> Answer {
    let csrf = browser.get(page).csrf();
    let mut body = format!(
        "--XX\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n\
         --XX\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n"
    )
    .into_bytes();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--XX--\r\n");
    send(browser, "POST", path, &[("Content-Type", "multipart/form-data; boundary=XX")], &body)
}

/// A request with a body of bytes.
pub fn send(browser: &Browser, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Answer {
    let mut stream = TcpStream::connect(browser.at).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let cookies: Vec<String> =
        browser.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let mut head = format!("{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n");
    if !cookies.is_empty() {
        head += &format!("Cookie: {}\r\n", cookies.join("; "));
    }
    for (name, value) in headers {
        head += &format!("{name}: {value}\r\n");
    }
    head += &format!("Content-Length: {}\r\n\r\n", body.len());
    stream.write_all(head.as_bytes()).unwrap();
    // The server may answer and close before it has read everything.
    let _ = stream.write_all(body);
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    parsed(&bytes)
}

/// What stands in the element with this id, up to the next tag.
pub fn by_id(answer: &Answer, id: &str) -> String {
    let text = answer.text();
    let (_, rest) = text.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id} in {text}"));
    rest.split_once('>').unwrap().1.split('<').next().unwrap().trim().to_owned()
}

/// Asks until it is so.
pub fn until<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    let began = Instant::now();
    loop {
        if let Some(found) = ask() {
            return found;
        }
        assert!(began.elapsed() < PATIENCE, "nothing came");
        std::thread::sleep(Duration::from_millis(20));
    }
}
