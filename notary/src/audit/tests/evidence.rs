//! What others saw of a ledger: cosigned checkpoints and anchors, good ones, damaged ones, and those that show a date to be
//! false. Timestamps are `openssl`'s own.

use ed25519_dalek::{Signer as _, SigningKey};
use verifier::anchor::{Anchor, Evidence, Http, Rfc3161};
use verifier::checkpoint::Checkpoint;
use verifier::cosignature;
use verifier::key::{KeyKind, KeyName, VerifierKey};
use verifier::note::{Note, SignatureLine};
use verifier::time::Time;
use verifier::trust::{Authority, Compromised, Organisation, TrustBundle, TrustFields, Witness};

use super::authority::{Stamp, Workshop};
use super::house::{BEGIN, House, audit, codes, with};
use crate::audit::follow::{Followed, follow};
use crate::audit::{AuditOptions, AuditReport, Looked, Shown};
use crate::disk::Disk;
use crate::disk::testing::MemoryDisk;
use crate::ledger::testing::entries;

pub(super) const WITNESS: &str = "province.example.gov.cn/witness";
const HOUR: u64 = 3600;

/// A witness whose key lies in memory.
fn witness() -> (SigningKey, VerifierKey) {
    let secret = SigningKey::from_bytes(&[21; 32]);
    let name = KeyName::parse(WITNESS).unwrap();
    let key = VerifierKey::new(name, KeyKind::Cosignature, secret.verifying_key().as_bytes()).unwrap();
    (secret, key)
}

pub(super) fn trusting(house: &House, more: impl FnOnce(&mut TrustFields)) -> TrustBundle {
    house.trust(|fields| {
        let organisation = Organisation { token: "province.example.gov.cn".into(), name: "省中心".into() };
        fields.witnesses.push(Witness { key: witness().1, organisation });
        more(fields);
    })
}

/// The signed checkpoint of a batch.
pub(super) fn head_of(house: &House, batch: u64) -> Note {
    let bytes = house.disk.files()[&format!("ledger/batch/{batch:03}")].clone();
    verifier::batch_file::BatchFile::parse(&bytes).unwrap().checkpoint_note().clone()
}

/// The witness's line under a checkpoint that it saw then.
pub(super) fn cosignature(note: &Note, at: u64) -> SignatureLine {
    let ((secret, key), time) = (witness(), Time::new(at).unwrap());
    let signature = secret.sign(&cosignature::signed_bytes(time, note.text())).to_bytes();
    SignatureLine::cosignature(&key, time, signature)
}

pub(super) fn cosign(note: &Note, at: u64) -> Vec<u8> {
    note.clone().with_signature(cosignature(note, at)).unwrap().encode().into_bytes()
}

pub(super) fn report(disk: &MemoryDisk, trust: &TrustBundle) -> AuditReport {
    let now = Time::new(BEGIN + 90 * 24 * HOUR).ok();
    audit(disk, Some(trust), &AuditOptions { now, ..AuditOptions::default() })
}

fn looked(disk: &MemoryDisk, trust: &TrustBundle) -> Looked {
    let report = report(disk, trust);
    assert_eq!(codes(&report), vec![]);
    report.looked
}

/// Batches of ten entries, closed at these seconds after the beginning.
pub(super) fn dated(times: &[u64]) -> House {
    let mut house = House::new();
    for (n, at) in (0..).zip(times) {
        house.office.seal(&mut house.ledger, entries(10 * n, 10), &[], BEGIN + at).unwrap();
    }
    house
}

#[test]
fn what_witnesses_saw_is_counted_and_goes_on_from_audit_to_audit() {
    let house = dated(&[0, 60, 120]);
    let trust = trusting(&house, |_| ());
    let files = house.disk.files();
    let disk = with(&files, "ledger/cosigned/000", Some(cosign(&head_of(&house, 0), BEGIN + 30)));
    let mut followed = Followed::new(house.office.origin());
    let mut go_on = |disk: &MemoryDisk| {
        let source = disk as &dyn Disk;
        let options = AuditOptions::default();
        let mut kept = followed.clone();
        let mut keep = |state: &Followed| kept = Followed::parse(state.encode().as_bytes()).unwrap();
        let report = follow(&source, Some(&trust), &mut followed, &options, &mut (), &mut keep).unwrap();
        followed = kept;
        report
    };
    let first = go_on(&disk);
    assert_eq!((codes(&first), first.looked.cosigned, first.looked.level(3)), (vec![], 1, 10));
    // Nothing is looked at twice; what comes late for an old batch is looked at though the ledger did not grow.
    assert_eq!(go_on(&disk).looked.cosigned, 0);
    disk.damage("ledger/cosigned/001", Some(cosign(&head_of(&house, 2), BEGIN + 130)));
    let later = go_on(&disk);
    assert_eq!((codes(&later), later.looked.cosigned, later.looked.level(3)), (vec![], 1, 30));
    assert_eq!(later.looked.witnesses[WITNESS].count, 1);
    disk.damage("ledger/cosigned/002", Some(cosign(&head_of(&house, 1), BEGIN + 140)));
    assert_eq!(codes(&go_on(&disk)), [("COSIGNED_BAD", "cosigned/002")], "a smaller one after a larger one");
    disk.damage("ledger/cosigned/002", None);
    // One that was there is there still, and none is left out among others.
    disk.damage("ledger/cosigned/001", None);
    assert_eq!(codes(&go_on(&disk)), [("COSIGNED_BAD", "cosigned/001")]);
    disk.damage("ledger/cosigned/002", Some(cosign(&head_of(&house, 2), BEGIN + 140)));
    assert_eq!(codes(&report(&disk, &trust)), [("COSIGNED_BAD", "cosigned/001")]);
    // One that was emptied is there and says nothing.
    disk.damage("ledger/cosigned/001", Some(Vec::new()));
    disk.damage("ledger/anchors/000", Some(Vec::new()));
    let emptied = [("COSIGNED_BAD", "cosigned/001"), ("ANCHOR_BAD", "anchors/000")];
    assert_eq!(codes(&report(&disk, &trust)), emptied);
}

#[test]
fn a_batch_that_is_dated_otherwise_than_a_witness_saw_is_found() {
    let run = |times: &[u64], batch: u64, seen: u64| {
        let house = dated(times);
        let trust = trusting(&house, |_| ());
        let bytes = cosign(&head_of(&house, batch), BEGIN + seen);
        let disk = with(&house.disk.files(), "ledger/cosigned/000", Some(bytes));
        codes(&report(&disk, &trust)).iter().map(|(code, at)| format!("{code} {at}")).collect::<Vec<_>>()
    };
    // The witness was shown the first head as the newest, hours after the second is said to have been closed.
    assert_eq!(run(&[0, 60, 9 * HOUR], 0, 5 * HOUR), ["BATCH_BACKDATED batch/001"]);
    assert_eq!(run(&[0, 60, 9 * HOUR], 1, 5 * HOUR), Vec::<String>::new());
    // On its way while the next batch is closed.
    assert_eq!(run(&[0, 60, 9 * HOUR], 0, 60 + HOUR), Vec::<String>::new());
    // However many saw it.
    let house = dated(&[0, 60, 5 * HOUR]);
    for (batch, seen, told) in [
        (0, [3 * HOUR, 4 * HOUR], ("BATCH_BACKDATED", "batch/001")),
        (2, [HOUR, 2 * HOUR], ("BATCH_POSTDATED", "batch/002")),
    ] {
        let [one, two] = seen.map(|at| Some(cosign(&head_of(&house, batch), BEGIN + at)));
        let disk = with(&house.disk.files(), "ledger/cosigned/000", one);
        disk.damage("ledger/cosigned/001", two);
        assert_eq!(codes(&report(&disk, &trusting(&house, |_| ()))), [told]);
    }
    // Closed after it was seen.
    assert_eq!(run(&[0, 5 * HOUR], 1, 4 * HOUR), ["BATCH_POSTDATED batch/001"]);
    assert_eq!(run(&[0, 5 * HOUR], 1, 5 * HOUR - 300), Vec::<String>::new());
}

#[test]
fn timestamps_are_verified_and_show_what_was_backdated() {
    let house = dated(&[0, 60, 9 * HOUR]);
    let workshop = Workshop::new();
    let names = workshop.chain("tsa", &["prime256v1", "prime256v1"], "sha256");
    let certificate = workshop.read(&format!("{}.der", names[0]));
    let trust = |label: &str, token: &str| {
        let (label, token, certificate) = (label.to_owned(), token.to_owned(), certificate.clone());
        trusting(&house, |fields| fields.authorities.push(Authority { label, token, certificate }))
    };
    // The first batch was closed at 01:13:20.
    let anchor = |batch: u64, time: &str| {
        let note = head_of(&house, batch);
        let digest = verifier::anchor::anchored_digest(note.text());
        let digest: String = digest.as_bytes().iter().map(|b| format!("{b:02x}")).collect();
        let token = workshop.stamp(&Stamp {
            digest: &digest,
            time,
            policy: "1.2.3.4.1",
            more: "",
            signer: &names[1],
            key: &names[1],
            chain: &[],
            arguments: &["-cades", "-md", "sha256"],
        });
        let evidence = Evidence::Rfc3161(Rfc3161 { token, chain: vec![] });
        (Anchor::new("tsa-main", note, evidence).unwrap().encode() + "\n").into_bytes()
    };
    let files = house.disk.files();
    let (own, other) = (trust("tsa-main", "office.example"), trust("tsa-main", "tsa.example.cn"));
    let good = anchor(1, "20261122011510Z");
    let disk = with(&files, "ledger/anchors/000", Some(good.clone()));
    let target = ("rfc3161".to_owned(), "tsa-main".to_owned());
    for (bundle, shown, level) in [
        (&other, Shown::Verified { is_independent: true }, 20),
        (&own, Shown::Verified { is_independent: false }, 0),
        (&trust("tsa-other", "tsa.example.cn"), Shown::Verified { is_independent: true }, 20),
        (&trusting(&house, |_| ()), Shown::Unknown, 0),
    ] {
        let looked = looked(&disk, bundle);
        assert_eq!((looked.anchors[&target].shown, looked.level(3)), (shown, level));
        assert_eq!((looked.anchors[&target].count, looked.anchors[&target].size), (1, Some(20)));
    }
    // With a witness, two kinds.
    disk.damage("ledger/cosigned/000", Some(cosign(&head_of(&house, 0), BEGIN + 30)));
    assert_eq!((looked(&disk, &other).level(3), looked(&disk, &other).level(4)), (20, 10));
    disk.damage("ledger/cosigned/000", None);
    // Backdated: the first head was stamped hours after the second batch is said to have been closed. Postdated.
    let found = |n: u64, bytes: Vec<u8>| {
        let disk = with(&disk.files(), &format!("ledger/anchors/{n:03}"), Some(bytes));
        codes(&report(&disk, &other)).iter().map(|(code, at)| format!("{code} {at}")).collect::<Vec<_>>()
    };
    assert_eq!(found(0, anchor(0, "20261122061320Z")), ["BATCH_BACKDATED batch/001"]);
    assert_eq!(found(0, anchor(2, "20261122061320Z")), ["BATCH_POSTDATED batch/002"]);
    // Sizes of one target rise; the checkpoint is a batch's; the token is of this checkpoint.
    assert_eq!(found(1, good.clone()), ["ANCHOR_BAD anchors/001"]);
    assert_eq!(found(1, anchor(2, "20261122101400Z")), Vec::<String>::new());
    let (one, two) =
        (String::from_utf8(good.clone()).unwrap(), String::from_utf8(anchor(0, "20261122011510Z")).unwrap());
    let token = |text: &str| text.split("\"token\":").nth(1).unwrap().to_owned();
    let swapped = one.replace(&token(&one), &token(&two));
    assert_eq!(found(0, swapped.into_bytes()), ["ANCHOR_BAD anchors/000"]);
    assert_eq!(found(2, good.clone()), ["ANCHOR_BAD anchors/001", "ANCHOR_BAD anchors/002"], "a gap");
    // Any bit: in the text, the signature, the token.
    let (text, label) = (one.find("\"checkpoint\"").unwrap(), one.find("\"label\"").unwrap());
    for at in (text..good.len()).step_by(good.len() / 40) {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        let all = found(0, bytes);
        // What the bundle calls the authority is nobody's word but the office's.
        let is_label = (label..label + "\"label\":\"tsa-main\"".len()).contains(&at);
        assert!(is_label || !all.is_empty(), "byte {at}");
        assert!(all.iter().all(|found| found.ends_with(" anchors/000")), "byte {at}: {all:?}");
    }
}

#[test]
fn a_timestamp_shows_what_was_there_by_its_latest_time() {
    let house = dated(&[0, 60, 120, 180]);
    let workshop = Workshop::new();
    let names = workshop.chain("tsa", &["prime256v1", "prime256v1"], "sha256");
    let certificate = workshop.read(&format!("{}.der", names[0]));
    let note = head_of(&house, 3);
    let digest = verifier::row::hex(&verifier::anchor::anchored_digest(note.text()));
    // BEGIN is 01:13:20; the accuracy is a second and a half.
    let found = |time: &str, more: &str| {
        let trust = trusting(&house, |fields| {
            let (from, size) = (Time::new(BEGIN + 250).unwrap(), 10);
            let root = house.ledger.root_at(10).unwrap();
            fields.offices[0].keys[1].compromised = Some(Compromised { from, size, root });
            let (label, token) = ("tsa-main".to_owned(), "tsa.example.cn".to_owned());
            fields.authorities.push(Authority { label, token, certificate: certificate.clone() });
        });
        let token = workshop.stamp(&Stamp {
            digest: &digest,
            time,
            policy: "1.2.3.4.1",
            more,
            signer: &names[1],
            key: &names[1],
            chain: &[],
            arguments: &["-cades", "-md", "sha256"],
        });
        let evidence = Evidence::Rfc3161(Rfc3161 { token, chain: vec![] });
        let anchor = (Anchor::new("tsa-main", note.clone(), evidence).unwrap().encode() + "\n").into_bytes();
        let disk = with(&house.disk.files(), "ledger/anchors/000", Some(anchor));
        !codes(&report(&disk, &trust)).is_empty()
    };
    let accuracy = "accuracy=SEQUENCE:accuracy";
    assert!(!found("20261122011729Z", "") && !found("20261122011727Z", accuracy));
    assert!(found("20261122011730Z", "") && found("20261122011728Z", accuracy));
}

#[test]
fn a_gateways_answer_is_kept_as_it_is_and_unknown_types_pass() {
    let house = dated(&[0, 10 * HOUR]);
    let trust = trusting(&house, |_| ());
    let anchor = |at: u64| {
        let evidence = Evidence::Http(Http {
            address: "https://gateway.example.cn/".into(),
            at: Time::new(BEGIN + at).unwrap(),
            content_type: "application/json".into(),
            answer: b"{}".to_vec(),
        });
        (Anchor::new("gateway", head_of(&house, 1), evidence).unwrap().encode() + "\n").into_bytes()
    };
    let disk = with(&house.disk.files(), "ledger/anchors/000", Some(anchor(11 * HOUR)));
    disk.damage("ledger/anchors/001", Some(b"{\"type\":\"later\",\"checkpoint\":\"x\"}\n".to_vec()));
    let looked = looked(&disk, &trust);
    let shown: Vec<(&str, Shown)> =
        looked.anchors.iter().map(|((kind, _), seen)| (&**kind, seen.shown)).collect();
    assert_eq!(shown, [("http", Shown::Attached), ("later", Shown::Unknown)]);
    assert_eq!((looked.level(3), looked.level(4)), (0, 0));
    disk.damage("ledger/anchors/000", Some(anchor(HOUR)));
    assert_eq!(codes(&report(&disk, &trust)), [("ANCHOR_BAD", "anchors/000")]);
}

#[test]
fn what_was_seen_before_a_compromise_stays_good() {
    let house = dated(&[0, 60, 120, 180]);
    let since = Time::new(BEGIN + 150).unwrap();
    let trust = trusting(&house, |fields| {
        let (size, root) = (10, house.ledger.root_at(10).unwrap());
        fields.offices[0].keys[0].compromised = Some(Compromised { from: since, size, root });
    });
    let bad = |disk: &MemoryDisk| {
        codes(&report(disk, &trust)).iter().map(|(code, at)| format!("{code} {at}")).collect::<Vec<_>>()
    };
    // A thief chooses every date: what is beyond the last good head may be his, whatever it says.
    let all = ["checkpoint", "batch/001", "batch/002", "batch/003"].map(|at| format!("KEY_COMPROMISED {at}"));
    assert_eq!(bad(&house.disk), all);
    // A witness saw the third head before.
    let seen = |at: u64| {
        with(&house.disk.files(), "ledger/cosigned/000", Some(cosign(&head_of(&house, 2), BEGIN + at)))
    };
    assert_eq!(bad(&seen(149)), [all[0].clone(), all[3].clone()]);
    assert_eq!(bad(&seen(151)).len(), 5, "the cosigned one, too");
    let _: Checkpoint = Checkpoint::from_text(head_of(&house, 2).text()).unwrap();
}
