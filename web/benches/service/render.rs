//! What is drawn for people, on one core: the printed certificate and the QR symbol. None of it is on a submission's way.

use std::time::Duration;

use notary::office::{Submission, SubmissionKind};
use notary::render::Symbol;

use super::desk::Desk;
use super::{per_mille, row, timed};

const REPORT: &[u8] = include_bytes!("../../../tests/samples/report-full.json");
const ROUNDS: usize = 30;

pub fn run() {
    let desk = Desk::new(20);
    let number = |bytes: Vec<u8>| {
        let submission =
            Submission { bytes, kind: SubmissionKind::Json, idempotency_key: None, corrects: None, qr: true };
        let number = desk.office.submit(submission).unwrap().number;
        desk.office.seal_all().unwrap();
        number
    };
    let report = number(REPORT.to_vec());
    let commitment = number(desk.document().into_bytes());
    for (what, number) in [("a full report", report), ("a commitment", commitment)] {
        let length = desk.office.pdf(&number).unwrap().len();
        let p50 = middle(|| drop(desk.office.pdf(&number).unwrap()));
        let what = format!("PDF of {what}, {} kB, signed, from the journal", length / 1_000);
        row(&what, &format!("{p50:.1?}"), "", None, "≤ 100 ms");
    }
    let issued = desk.office.certificate(&report).unwrap();
    let (prefix, digits) = verifier::qr::url(desk.office.host(), issued.qr.as_ref().unwrap());
    let symbol = || Symbol::new(&prefix, &digits).unwrap();
    let version = symbol().version();
    let svg = middle(|| drop(symbol().svg()));
    let png = middle(|| drop(symbol().png()));
    row(&format!("QR code of version {version} as SVG"), &format!("{svg:.1?}"), "", None, "≤ 20 ms");
    row("… as PNG", &format!("{png:.1?}"), "", None, "≤ 20 ms");
}

fn middle(what: impl Fn()) -> Duration {
    let mut times: Vec<Duration> = (0..ROUNDS).map(|_| timed(&what).0).collect();
    per_mille(&mut times, 500)
}
