//! Changing any one bit of anything that is handed out. Nothing changed is ever valid with other fields or at a higher
//! level; what is signed or hashed ends invalid or undetermined.

use e2e::mutate::{Mutator, rounds};
use e2e::seeds;
use e2e::specimens::{self, ISSUED, SEALED};
use std::sync::OnceLock;
use verifier::qr::{self, QrPayload};
use verifier::shelf::StatusShelf;
use verifier::status::Status;
use verifier::status_list::StatusList;
use verifier::trust::TrustBundle;
use verifier::verdict::{Code, Outcome, Verdict};
use verifier::verify::{Presented, Terms, verify};

const HOUR: u64 = 3600;

#[test]
fn any_bit_of_a_certificate_file() {
    let shown = judge(&specimens::certificate(true).encode());
    assert_eq!((shown.outcome, shown.level), (Outcome::Valid, 4), "{:?}", shown.checks);
    let plain = judge(&specimens::certificate(false).encode());
    assert_eq!((plain.outcome, plain.level), (Outcome::Valid, 1), "{:?}", plain.checks);
    for (whole, original) in [(true, shown), (false, plain)] {
        let bytes = specimens::certificate(whole).encode();
        let signed = signed_part(&bytes);
        let mut valid = 0;
        flip_each(&bytes, |place, flipped| {
            let verdict = judge(flipped);
            no_more_than(&original, &verdict, place);
            if verdict.outcome == Outcome::Valid {
                valid += 1;
                assert!(place >= signed, "byte {place} is hashed or signed");
            }
        });
        // Only evidence of unknown kinds and cosignatures that are then nobody's may change.
        assert_eq!(valid > 0, whole, "{valid} changes went unnoticed");
    }
}

/// Parts cut out, repeated, exchanged, with other numbers in them: a copy may show less of the document, nothing else.
#[test]
fn any_mutation_of_a_certificate_file() {
    let bytes = specimens::certificate(true).encode();
    let original = judge(&bytes);
    let mut mutator = Mutator::new(7, vec![bytes, specimens::certificate(false).encode()], seeds::tokens());
    for _ in 0..rounds() / 5 {
        let verdict = judge(mutator.next_input());
        same_body(&original, &verdict, 0);
        if verdict.fields.is_some() {
            mutator.keep();
        }
    }
}

#[test]
fn any_bit_of_a_qr_payload() {
    let bytes = specimens::qr_payload().encode();
    let original = judge_qr(&bytes);
    assert_eq!((original.outcome, original.level), (Outcome::Valid, 1), "{:?}", original.checks);
    flip_each(&bytes, |place, flipped| {
        let error = QrPayload::parse(flipped).expect_err("the checksum tells");
        assert!(
            matches!(error.code(), "SCAN_INCOMPLETE" | "VERSION_UNKNOWN"),
            "byte {place}: {}",
            error.code()
        );
    });
    // A forger writes the checksum anew.
    flip_each(&bytes, |place, flipped| {
        let mut flipped = flipped.to_vec();
        let checksum = crc32fast::hash(&flipped[7..]);
        flipped[3..7].copy_from_slice(&checksum.to_be_bytes());
        if flipped == bytes {
            return;
        }
        let verdict = judge_qr(&flipped);
        no_more_than(&original, &verdict, place);
        assert_ne!(verdict.outcome, Outcome::Valid, "byte {place}: valid");
    });
}

#[test]
fn any_bit_of_a_trust_bundle() {
    let root = specimens::root_key();
    let text = specimens::trust();
    assert!(TrustBundle::open(&text, Some(&root)).is_ok());
    flip_each(text.as_bytes(), |place, flipped| {
        let Ok(flipped) = std::str::from_utf8(flipped) else { return };
        assert!(
            TrustBundle::open(flipped, Some(&root)).is_err(),
            "byte {place}: usable with the root pinned"
        );
        assert!(TrustBundle::open(flipped, None).is_err(), "byte {place}: usable");
    });
}

/// A list that was touched is as good as none: so these are judged when the batch note alone is too old.
#[test]
fn any_bit_of_a_status_list() {
    let now = SEALED + 30 * HOUR;
    let revoked = specimens::status_list(Status::Revoked, ISSUED);
    let valid = specimens::status_list(Status::Valid, now - HOUR);
    assert_eq!(with_list(revoked.as_bytes(), now).code, Code::Revoked);
    assert_eq!(with_list(valid.as_bytes(), now).code, Code::Valid);
    assert_eq!(with_list(b"", now).code, Code::StatusMissing);
    for list in [revoked, valid] {
        let original = with_list(list.as_bytes(), now);
        flip_each(list.as_bytes(), |place, flipped| {
            let verdict = with_list(flipped, now);
            no_more_than(&original, &verdict, place);
            let same = verdict.code == original.code;
            // The compression is not signed: a bit of it that inflates to the same list is free.
            assert!(same || verdict.outcome == Outcome::Undetermined, "byte {place}: {}", verdict.code);
        });
    }
}

/// Calls `look` with the bytes, one bit of them flipped, for each bit.
fn flip_each(bytes: &[u8], mut look: impl FnMut(usize, &[u8])) {
    let mut flipped = bytes.to_vec();
    for place in 0..bytes.len() {
        for bit in 0..8 {
            flipped[place] ^= 1 << bit;
            look(place, &flipped);
            flipped[place] ^= 1 << bit;
        }
    }
}

/// Whatever is shown is what was shown, and never at a higher level; and it is not better than it was.
fn no_more_than(original: &Verdict, verdict: &Verdict, place: usize) {
    same_body(original, verdict, place);
    if original.outcome != Outcome::Valid {
        assert_ne!(verdict.outcome, Outcome::Valid, "byte {place}: better than it was");
    }
    if let (Some(was), Some(is)) = (&original.fields, &verdict.fields)
        && let Some(shown) = &is.shown
    {
        assert_eq!(Some(shown), was.shown.as_ref(), "byte {place}");
    }
}

/// The signed body is the same, or nothing of it is shown; the level is not higher.
fn same_body(original: &Verdict, verdict: &Verdict, place: usize) {
    assert!(verdict.level <= original.level, "byte {place}: level {}", verdict.level);
    let (Some(was), Some(is)) = (&original.fields, &verdict.fields) else {
        assert!(
            verdict.fields.is_none() && verdict.outcome != Outcome::Valid,
            "byte {place}: fields out of nothing"
        );
        return;
    };
    assert_eq!(is.core, was.core, "byte {place}");
    assert_eq!((&is.origin, &is.office, is.index), (&was.origin, &was.office, was.index), "byte {place}");
    assert_eq!(
        (is.subtree, is.sealed_at, is.key_id),
        (was.subtree, was.sealed_at, was.key_id),
        "byte {place}"
    );
}

/// Everything before the tlog-proof is hashed or signed.
fn signed_part(bytes: &[u8]) -> usize {
    let needle = b"\"tlog_proof\"";
    bytes.windows(needle.len()).position(|w| w == needle).unwrap_or(bytes.len())
}

fn judge(file: &[u8]) -> Verdict {
    judged(file, StatusShelf::default(), SEALED + HOUR)
}

fn judge_qr(payload: &[u8]) -> Verdict {
    match QrPayload::parse(payload) {
        Ok(payload) => {
            let (before, digits) = qr::url("any.example", &payload);
            judge(format!("{before}{digits}").as_bytes())
        }
        Err(_) => judge(qr::to_digits(payload).as_bytes()),
    }
}

fn with_list(list: &[u8], now: u64) -> Verdict {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    let lists = StatusList::parse(list).into_iter().collect();
    judged(FILE.get_or_init(|| specimens::certificate(true).encode()), StatusShelf::new(lists, trust()), now)
}

fn judged(presented: &[u8], shelf: StatusShelf, now: u64) -> Verdict {
    match Presented::read(presented, specimens::time(now)) {
        Ok(presented) => verify(&presented, trust(), &shelf, &Terms::at(specimens::time(now))),
        Err(verdict) => *verdict,
    }
}

fn trust() -> &'static TrustBundle {
    static TRUST: OnceLock<TrustBundle> = OnceLock::new();
    TRUST.get_or_init(|| {
        TrustBundle::open(&specimens::trust(), Some(&specimens::root_key()))
            .expect("a bundle that its root signed")
    })
}
