//! The life of a certificate at the real server, by plain forms as a browser without scripts sends them: its status and
//! history, objections, repairs, erasing.

#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "../accounts/browser.rs"]
mod browser;
mod objections;
mod repairs;
mod status;

use std::time::Duration;

use browser::{Answer, Browser, House};
use notary::office::{Submission, SubmissionKind};
use notary::operator_log::{Action, Filter};
use verifier::number::CertificateNumber;

/// A sample report.
pub fn sample(name: &str) -> String {
    let path = format!("{}/../tests/samples/{name}", env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(path).unwrap()
}

/// A sealed certificate of this text.
pub fn issued(house: &House, text: &str) -> CertificateNumber {
    let submission = Submission {
        bytes: text.as_bytes().to_vec(),
        kind: SubmissionKind::Json,
        idempotency_key: None,
        corrects: None,
        qr: true,
    };
    let number = house.office.submit(submission).unwrap().number;
    house.office.wait_sealed(&number, Duration::from_secs(60)).unwrap().unwrap();
    number
}

/// The holder's certificate with a penalty, CF-0011.
pub fn penalty(house: &House) -> CertificateNumber {
    issued(house, &sample("report-general-penalty.json"))
}

/// What stands in the element with this id, up to the next tag.
pub fn by_id(answer: &Answer, id: &str) -> String {
    let text = answer.text();
    let (_, rest) = text.split_once(&format!("id=\"{id}\"")).unwrap_or_else(|| panic!("no {id} in {text}"));
    rest.split_once('>').unwrap().1.split('<').next().unwrap().trim().to_owned()
}

/// How often an action about this object is in the operator log.
pub fn times_logged(house: &House, action: Action, object: &str) -> usize {
    let filter = Filter { action: Some(action), ..Filter::default() };
    let page = house.office.operator_log().page(None, 200, &filter).unwrap();
    page.entries.iter().filter(|entry| entry.object() == object).count()
}

/// A part of a multipart form: name, file name where it is a file, content.
pub type Part<'a> = (&'a str, Option<&'a str>, &'a str);

/// Sends a form with files, with the token of the page that is open.
pub fn upload(browser: &mut Browser, page: &str, path: &str, parts: &[Part<'_>]) -> Answer {
    let csrf = browser.get(page).csrf();
    let mut body = String::new();
    for (name, file, content) in [&[("csrf", None, csrf.as_str())], parts].concat() {
        let file = file.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        body += &format!(
            "--XXBOUNDARYXX\r\nContent-Disposition: form-data; name=\"{name}\"{file}\r\n\r\n{content}\r\n"
        );
    }
    let kind = ("Content-Type", "multipart/form-data; boundary=XXBOUNDARYXX");
    browser.ask("POST", path, &[kind], &(body + "--XXBOUNDARYXX--\r\n"))
}

/// Working days of this year and the next, so that deadlines can be told.
pub fn calendar(house: &House) {
    let year: u32 = house.office.now().china_date().to_ymd().0;
    for year in [year, year + 1] {
        let text = format!(
            "{{\"format\":\"xinzheng/calendar/v1\",\"year\":{year},\"source\":\"测试\",\"off\":[{{\"name\":\"元旦\",\"from\":\"{year}-01-01\",\"to\":\"{year}-01-01\"}}],\"working\":[]}}"
        );
        house.office.import_calendar(text.as_bytes()).unwrap();
    }
}
