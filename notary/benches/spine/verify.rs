//! Verifying a scanned certificate, against one bare Ed25519 verification.

use std::hint::black_box;
use std::sync::Arc;

use ed25519_dalek::VerifyingKey;
use notary::keys::{Passphrase, example};
use notary::office::{NewOffice, NotBefore, Office, OpenOptions, SealPolicy, Submission, SubmissionKind};
use verifier::origin::Origin;
use verifier::qr;
use verifier::shelf::StatusShelf;
use verifier::status_list::StatusList;
use verifier::time::Time;
use verifier::trust::{KeyUse, TrustBundle};
use verifier::verdict::Outcome;
use verifier::verify::{Presented, Terms, VerifiedNotes, verify, verify_with};

use super::{in_turn, ratio, row};

/// Certificates in the batch that is verified.
const BATCH: usize = 256;
const ROUNDS: usize = 200;

pub fn run() {
    let dir = tempfile::tempdir().unwrap();
    let now = Time::parse_rfc3339_china("2026-11-22T10:00:00+08:00").unwrap();
    let (texts, trust, list, now) = certificates(dir.path(), now);
    let trust = TrustBundle::open(&trust, None).unwrap();
    let shelf = StatusShelf::new(vec![list], &trust);
    let terms = Terms::at(now.saturating_add(60));
    let judge = |text: &str, seen: &mut VerifiedNotes| {
        let payload = qr::read_text(text).unwrap();
        let verdict = verify_with(&Presented::Qr(payload), &trust, &shelf, &terms, seen);
        assert_eq!(verdict.outcome, Outcome::Valid);
    };

    let key = &trust.offices()[0].keys_for(KeyUse::Batch).next().unwrap().key;
    let dalek = VerifyingKey::from_bytes(key.public()).unwrap();
    let (message, signature) = signed(&texts[0], &trust);
    assert!(dalek.verify_strict(&message, &signature).is_ok());
    let bare = || {
        for _ in 0..BATCH {
            black_box(dalek.verify_strict(black_box(&message), &signature)).unwrap();
        }
    };
    let each = |total: std::time::Duration| total / BATCH as u32;

    let hot = || {
        for text in &texts {
            judge(text, &mut VerifiedNotes::new());
        }
    };
    let (ours, theirs) = in_turn(ROUNDS / 10, hot, bare);
    row(
        "verify a QR text, hot",
        each(ours),
        "Ed25519 verify_strict",
        each(theirs),
        ratio(theirs, ours),
        "≥ 0.75",
    );

    let mut seen = VerifiedNotes::new();
    texts.iter().for_each(|text| judge(text, &mut seen));
    let again = || texts.iter().for_each(|text| judge(text, &mut seen));
    let (ours, theirs) = in_turn(ROUNDS / 10, again, bare);
    row(
        "… its batch note verified before",
        each(ours),
        "Ed25519 verify_strict",
        each(theirs),
        ratio(theirs, ours),
        "≥ 8",
    );
    assert_eq!(verify(&Presented::Qr(qr::read_text(&texts[0]).unwrap()), &trust, &shelf, &terms).level, 1);
}

/// The message and signature that a bare verification of this certificate is over.
fn signed(text: &str, trust: &TrustBundle) -> (Vec<u8>, ed25519_dalek::Signature) {
    let payload = qr::read_text(text).unwrap();
    let origin = &trust.offices()[0].origin;
    let leaf = verifier::entry::Entry::of_core(origin, payload.core().as_bytes()).leaf();
    let root =
        verifier::merkle::root_from_path(&leaf, payload.index(), payload.subtree(), payload.path()).unwrap();
    let note = verifier::batch_note::BatchNote::new(origin.clone(), payload.subtree(), root, payload.time())
        .unwrap();
    (note.text().into_bytes(), ed25519_dalek::Signature::from_bytes(payload.signature()))
}

/// A batch of certificates as scanned texts, the trust bundle, a status list.
fn certificates(dir: &std::path::Path, now: Time) -> (Vec<String>, String, StatusList, Time) {
    let new = NewOffice {
        origin: Origin::parse(example::ORIGIN).unwrap(),
        name: "示例县公共信用信息中心".to_string(),
        organisation: None,
        host: None,
        seal: SealPolicy::Manual,
    };
    let dir = dir.join("office");
    Office::create_example(&dir, &new, now).unwrap();
    let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).unwrap());
    let clock = Arc::new(NotBefore(now));
    let office =
        Office::open(&dir, &passphrase, OpenOptions { clock, allow_example_keys: true, allow_later: true })
            .unwrap();
    let report = include_str!("../../../tests/samples/report-general-penalty.json");
    let numbers: Vec<_> = (0..BATCH)
        .map(|n| {
            let text = report.replace("20261122091531A0000002", &format!("20261122091531B{n:07}"));
            let kind = SubmissionKind::Json;
            let submission = Submission {
                bytes: text.into_bytes(),
                kind,
                idempotency_key: None,
                corrects: None,
                qr: true,
            };
            office.submit(submission).unwrap().number
        })
        .collect();
    let list = office.publish_status().unwrap().remove(0);
    let texts = numbers
        .iter()
        .map(|number| {
            let payload = office.certificate(number).unwrap().qr.unwrap();
            let (prefix, digits) = qr::url(office.host(), &payload);
            prefix + &digits
        })
        .collect();
    (texts, office.trust_text().to_string(), StatusList::parse(list.file.as_bytes()).unwrap(), office.now())
}
