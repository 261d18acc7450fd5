//! The life of a certificate at the real server, by plain forms as a browser without scripts sends them: its status and
//! history, objections, repairs, erasing.

#![allow(clippy::unwrap_used)]

#[allow(dead_code)]
#[path = "../accounts/browser.rs"]
mod browser;
mod status;

use std::time::Duration;

use browser::{Answer, House};
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
