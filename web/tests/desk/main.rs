//! Holder, operator and reviewer at the real server, by plain forms as a browser without scripts sends them.

#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "../accounts/browser.rs"]
mod browser;
mod copy;
mod flow;
mod hostile;

use browser::{Answer, Browser};

/// A sample report.
pub fn sample(name: &str) -> String {
    let path = format!("{}/../tests/samples/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// A part of a multipart form: name, file name where it is a file, content.
pub type Part<'a> = (&'a str, Option<&'a str>, &'a str);

/// Sends a form with files, with the token of the page that is open.
pub fn upload(browser: &mut Browser, page: &str, path: &str, parts: &[Part<'_>]) -> Answer {
    let csrf = browser.get(page).csrf();
    let parts = [&[("csrf", None, csrf.as_str())], parts].concat();
    browser.ask(
        "POST",
        path,
        &[("Content-Type", "multipart/form-data; boundary=XXBOUNDARYXX")],
        &body(&parts),
    )
}

/// The body of a multipart form.
pub fn body(parts: &[Part<'_>]) -> String {
    let mut body = String::new();
    for (name, file, content) in parts {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        body += &format!(
            "--XXBOUNDARYXX\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n"
        );
    }
    body + "--XXBOUNDARYXX--\r\n"
}

/// What stands in the element with this id, up to the next tag.
pub fn by_id(answer: &Answer, id: &str) -> String {
    let text = answer.text();
    let (_, rest) = text.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id} in {text}"));
    rest.split_once('>').unwrap().1.split('<').next().unwrap().trim().to_owned()
}
