//! An office and its witnesses: cosignatures, what certificates make of them, changes of the trust bundle, an older copy.

use ed25519_dalek::{Signer as _, SigningKey};
use verifier::cosignature;
use verifier::key::{KeyKind, KeyName, VerifierKey};
use verifier::note::{Note, SignatureLine};
use verifier::trust::Threshold;

use super::*;

/// A witness whose key lies in memory.
struct Cosigner(SigningKey, VerifierKey);

impl Cosigner {
    fn new(seed: u8, name: &str) -> Cosigner {
        let secret = SigningKey::from_bytes(&[seed; 32]);
        let name = KeyName::parse(name).unwrap();
        let key = VerifierKey::new(name, KeyKind::Cosignature, secret.verifying_key().as_bytes()).unwrap();
        Cosigner(secret, key)
    }

    fn at(&self, time: Time, text: &str) -> (VerifierKey, SignatureLine) {
        let signature = self.0.sign(&cosignature::signed_bytes(time, text)).to_bytes();
        (self.1.clone(), SignatureLine::cosignature(&self.1, time, signature))
    }

    fn cosigns(&self, office: &Office) -> (VerifierKey, SignatureLine) {
        self.at(office.now(), office.own_head().unwrap().unwrap().note.text())
    }

    fn edit(&self, token: &str) -> TrustEdit {
        TrustEdit::AddWitness {
            key: self.1.clone(),
            token: token.to_string(),
            name: "示例见证方".to_string(),
        }
    }
}

fn province() -> Cosigner {
    Cosigner::new(21, "province.example.gov.cn/witness")
}

fn auditor() -> Cosigner {
    Cosigner::new(22, "audit.example.cn/witness")
}

fn own() -> Cosigner {
    Cosigner::new(23, "county.example.gov.cn/witness")
}

const OWN: &str = "12619900990000084G";

fn level(office: &Office, accepted: &Accepted) -> u8 {
    let file = Presented::File(office.certificate(&accepted.number).unwrap().certificate);
    judged(office, file, &[]).2
}

/// The office with a province, an auditor and a witness of its own in its bundle, the quorum being two.
fn trusting(office: &Office) {
    let quorum = TrustEdit::Quorum(QuorumEdit::Of(Threshold::AtLeast(2), Vec::new()));
    let edits =
        [province().edit("11619900990000076Q"), auditor().edit("audit.example.cn"), own().edit(OWN), quorum];
    assert_eq!(office.edit_trust(&edits).unwrap(), 2);
}

#[test]
fn a_certificate_rises_with_its_cosignatures_and_keeps_its_earliest_good_checkpoint() {
    let desk = Desk::new();
    let office = desk.open();
    trusting(&office);
    let first = office.submit(json(SAMPLES[0])).unwrap();
    office.seal().unwrap();
    assert_eq!(level(&office, &first), 2);
    let size = office.own_head().unwrap().unwrap().checkpoint.size();
    let keep = |line| office.keep_cosignatures(size, &[line]);
    assert!(keep(own().cosigns(&office)).unwrap());
    assert_eq!(level(&office, &first), 2, "its own organisation vouches for nothing");
    desk.later(5);
    assert!(keep(province().cosigns(&office)).unwrap());
    assert_eq!(level(&office, &first), 3, "one of two, and its own does not make it up");
    assert!(!keep(province().cosigns(&office)).unwrap(), "known already");
    assert!(keep(auditor().cosigns(&office)).unwrap());
    assert_eq!(level(&office, &first), 4);
    let earliest = office.certificate(&first.number).unwrap().tlog_proof;

    // Everybody sees them on the checkpoint.
    let published = std::fs::read_to_string(desk.path().join("ledger/checkpoint")).unwrap();
    let note = Note::parse(&published).unwrap();
    assert_eq!(note.signatures().len(), 4);
    assert_eq!(note.verify(&[&province().1, &auditor().1, &own().1]), Ok(vec![0, 1, 2]));

    // A later batch, cosigned by one only; the next one by both.
    let second = office.submit(json(SAMPLES[1])).unwrap();
    office.seal().unwrap();
    let size = office.own_head().unwrap().unwrap().checkpoint.size();
    office.keep_cosignatures(size, &[province().cosigns(&office)]).unwrap();
    assert_eq!((level(&office, &first), level(&office, &second)), (4, 3));
    let third = office.submit(json(SAMPLES[2])).unwrap();
    office.seal().unwrap();
    let size = office.own_head().unwrap().unwrap().checkpoint.size();
    office.keep_cosignatures(size, &[province().cosigns(&office), auditor().cosigns(&office)]).unwrap();
    assert_eq!((level(&office, &first), level(&office, &second), level(&office, &third)), (4, 4, 4));
    assert_eq!(office.certificate(&first.number).unwrap().tlog_proof, earliest, "the earliest stays");
    assert_eq!(findings(&desk), []);

    // A restart knows all of it.
    drop(office);
    let office = desk.open();
    assert_eq!(office.certificate(&first.number).unwrap().tlog_proof, earliest);
    assert_eq!(level(&office, &second), 4);
    assert_eq!(office.newest_cosigned().unwrap().1.signatures().len(), 3);
    // The printed certificate carries it, too.
    let pdf = office.pdf(&first.number).unwrap();
    let presented = Presented::read(&pdf, office.now()).unwrap();
    assert_eq!(judged(&office, presented, &[]).2, 4);
}

#[test]
fn what_is_no_cosignature_is_not_kept() {
    let desk = Desk::new();
    let office = desk.open();
    let first = office.submit(json(SAMPLES[0])).unwrap();
    office.seal().unwrap();
    let head = office.own_head().unwrap().unwrap();
    let (size, text) = (head.checkpoint.size(), head.note.text().to_string());
    office.submit(json(SAMPLES[1])).unwrap();
    office.seal().unwrap();
    let newer = office.own_head().unwrap().unwrap();
    let now = office.now();
    let time = |seconds| Time::new(seconds).unwrap();
    let spoiled = {
        let (key, line) = province().at(now, newer.note.text());
        let mut blob = line.blob()[8..].to_vec();
        blob[7] ^= 1;
        (key.clone(), SignatureLine::cosignature(&key, now, blob.try_into().unwrap()))
    };
    let renamed = (auditor().1, province().at(now, newer.note.text()).1);
    for (what, line) in [
        ("of the older checkpoint", province().at(now, &text)),
        ("at the time 0", province().at(time(0), newer.note.text())),
        ("in the future", province().at(now.saturating_add(301), newer.note.text())),
        ("before there was such a checkpoint", province().at(time(now.seconds() - 301), newer.note.text())),
        ("a bit changed", spoiled),
        ("by another key", renamed),
    ] {
        let refused = office.keep_cosignatures(newer.checkpoint.size(), &[line]).unwrap_err();
        assert_eq!(refused.code(), RefusalCode::CosignatureBad, "{what}");
    }
    assert_eq!(office.newest_cosigned(), None);
    assert!(!desk.path().join("ledger/cosigned").exists());
    assert!(office.keep_cosignatures(newer.checkpoint.size(), &[province().cosigns(&office)]).unwrap());
    assert!(
        !office.keep_cosignatures(size, &[province().at(now, &text)]).unwrap(),
        "a smaller one after a larger one"
    );
    assert_eq!(level(&office, &first), 2, "nobody of the bundle");
}

#[test]
fn a_damaged_cosigned_checkpoint_is_found_and_keeps_nobody_from_his_certificate() {
    let desk = Desk::new();
    let office = desk.open();
    trusting(&office);
    let first = office.submit(json(SAMPLES[0])).unwrap();
    office.seal().unwrap();
    let size = office.own_head().unwrap().unwrap().checkpoint.size();
    office.keep_cosignatures(size, &[province().cosigns(&office)]).unwrap();
    let file = desk.path().join("ledger/cosigned/000");
    let good = std::fs::read_to_string(&file).unwrap();
    let other = good.replacen(&format!("\n{size}\n"), &format!("\n{}\n", size - 1), 1);
    for (bytes, code) in [
        (&b"nothing"[..], crate::audit::FindingCode::CosignedBad),
        (other.as_bytes(), crate::audit::FindingCode::CosignedBad),
        (good.replacen("AAAA", "AAAB", 1).as_bytes(), crate::audit::FindingCode::SigBad),
    ] {
        if bytes == good.as_bytes() {
            continue;
        }
        std::fs::write(&file, bytes).unwrap();
        assert!(
            findings(&desk).iter().any(|finding| finding.code == code && finding.where_ == "cosigned/000"),
            "{code}"
        );
        let certificate = office.certificate(&first.number);
        assert!(certificate.is_ok() || code == crate::audit::FindingCode::SigBad);
    }
}

#[test]
fn an_edited_bundle_is_signed_by_the_root_and_goes_into_the_ledger() {
    let desk = Desk::new();
    let office = desk.open();
    let before = office.trust();
    trusting(&office);
    assert_eq!((before.sequence(), office.trust().sequence()), (1, 2));
    let bundle = TrustBundle::open(office.trust_text(), before.root()).unwrap();
    assert_eq!(bundle.witnesses().len(), 3);
    assert_eq!(
        bundle.quorum_met(&["audit.example.cn/witness", "province.example.gov.cn/witness"]),
        Some(true)
    );
    let file = || std::fs::read_to_string(desk.path().join("trust.xzt")).unwrap();
    assert_eq!(file(), office.trust_text());

    let refused = |edit: TrustEdit| office.edit_trust(&[edit]).unwrap_err().code();
    assert_eq!(refused(province().edit("other.cn")), RefusalCode::TrustChange, "twice");
    let note_key = office.keys_in_trust()[0].key.clone();
    let no_witness = TrustEdit::AddWitness { key: note_key, token: "a.cn".into(), name: "甲".into() };
    assert_eq!(refused(no_witness), RefusalCode::TrustChange);
    assert_eq!(refused(auditor().edit("not a token")), RefusalCode::TrustChange);
    let many = TrustEdit::Quorum(QuorumEdit::Of(Threshold::AtLeast(4), Vec::new()));
    assert_eq!(refused(many), RefusalCode::TrustChange);
    let in_quorum = TrustEdit::RemoveWitness { name: province().1.name().clone() };
    assert_eq!(refused(in_quorum.clone()), RefusalCode::TrustChange, "the group names it");
    assert_eq!(office.trust().sequence(), 2);
    let none = TrustEdit::Quorum(QuorumEdit::None);
    assert_eq!(office.edit_trust(&[none, in_quorum]).unwrap(), 3);
    assert_eq!(office.trust().witnesses().len(), 2);

    // An older one, one of another root, one without this office.
    let older = file();
    office.edit_trust(&[province().edit("p.cn")]).unwrap();
    assert_eq!(office.take_trust(&older).unwrap_err().code(), RefusalCode::TrustOlder);
    assert_eq!(office.take_trust("nothing").unwrap_err().code(), RefusalCode::TrustDamaged);
    office.seal().unwrap();
    assert_eq!(findings(&desk), []);
    drop(office);
    assert_eq!(desk.open().trust().sequence(), 4);
    std::fs::remove_file(desk.path().join("keys/root.pem")).unwrap();
    let office = desk.open();
    assert_eq!(
        office.edit_trust(&[TrustEdit::Quorum(QuorumEdit::None)]).unwrap_err().code(),
        RefusalCode::TrustRootMissing
    );
}

#[test]
fn a_crash_at_any_step_of_a_change_or_a_cosignature_leaves_one_or_the_other() {
    for failure in [Failure::Lost, Failure::Persisted] {
        for at in 1.. {
            let desk = Desk::new();
            let first = {
                let office = desk.open();
                trusting(&office);
                let first = office.submit(json(SAMPLES[0])).unwrap();
                office.seal().unwrap();
                first
            };
            let disk = Arc::new(FailingDisk::new(RealDisk::open(&desk.path()).unwrap(), at, failure));
            let office = Office::open_on(&desk.path(), disk.clone(), &passphrase(), desk.options()).unwrap();
            let size = office.own_head().unwrap().unwrap().checkpoint.size();
            let lines = [province().cosigns(&office), auditor().cosigns(&office)];
            let kept = office.keep_cosignatures(size, &lines);
            let taken = office.edit_trust(&[TrustEdit::Quorum(QuorumEdit::None)]);
            let reached_end = disk.changes() < at;
            drop(office);
            let office = desk.open();
            if kept.is_ok() {
                // The change may be in the journal though its file could not be written.
                let expected = if office.trust().sequence() == 3 { 3 } else { 4 };
                assert_eq!(level(&office, &first), expected, "{failure:?} at {at}");
            }
            if taken.is_ok() {
                assert_eq!(office.trust().sequence(), 3);
            }
            let file = std::fs::read_to_string(desk.path().join("trust.xzt")).unwrap();
            assert_eq!(office.trust_text(), file);
            // It goes on: the same is kept again or is there, and the next batch has the bundle.
            let lines = [province().cosigns(&office), auditor().cosigns(&office)];
            let head = office.own_head().unwrap().unwrap().checkpoint.size();
            office.keep_cosignatures(head, &lines).unwrap();
            assert!(level(&office, &first) >= 3);
            office.seal_all().unwrap();
            assert_eq!(findings(&desk), [], "{failure:?} at {at}");
            if reached_end {
                assert!(kept.unwrap() && taken.is_ok());
                break;
            }
        }
    }
}

#[test]
fn an_older_copy_that_a_witness_knows_better_stops() {
    let desk = Desk::new();
    let copy = Desk::new();
    let office = desk.open();
    office.submit(json(SAMPLES[0])).unwrap();
    office.seal().unwrap();
    let seen = office.own_head().unwrap().unwrap().note.encode();
    assert_eq!(office.compare_with_seen(&seen).unwrap(), 2);
    assert_eq!(office.compare_with_seen("nothing").unwrap_err().code(), RefusalCode::CheckpointDamaged);
    // Another copy of this office with its keys, which went another way.
    let other = copy.open();
    other.submit(json(SAMPLES[1])).unwrap();
    other.seal().unwrap();
    let forked = other.compare_with_seen(&seen).unwrap_err();
    assert_eq!(forked.code(), RefusalCode::LedgerSeenElsewhere);
    assert!(other.summary().stopped);
    assert_eq!(other.submit(json(SAMPLES[2])).unwrap_err().code(), RefusalCode::OfficeStopped);
    // One that is behind.
    let behind = Desk::new().open();
    assert_eq!(behind.compare_with_seen(&seen).unwrap_err().code(), RefusalCode::LedgerSeenElsewhere);
    // What nobody of the office signed stops nobody.
    let foreign =
        Note::new("credit.example.gov.cn/ledger\n9\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n").unwrap();
    let foreign =
        foreign.with_signature(office.own_head().unwrap().unwrap().note.signatures()[0].clone()).unwrap();
    assert_eq!(
        office.compare_with_seen(&foreign.encode()).unwrap_err().code(),
        RefusalCode::CheckpointDamaged
    );
    assert!(!office.summary().stopped);
}

#[test]
fn an_instance_is_a_witness_of_others() {
    let desk = Desk::new();
    let office = desk.open();
    // The example keys have one of a witness.
    let witness = office.as_witness().unwrap();
    assert_eq!(witness.key().name().as_str(), "credit.example.gov.cn/ledger/witness");
    assert_eq!(office.make_witness(None).unwrap_err().code(), RefusalCode::WitnessExists);
    assert_eq!(office.cosign(b"nothing").unwrap_err().status(), 400);
    drop(office);
    for ending in ["pem", "vkey"] {
        std::fs::remove_file(desk.path().join(format!("keys/witness.{ending}"))).unwrap();
    }
    let office = desk.open();
    assert_eq!(office.as_witness().err().unwrap().code(), RefusalCode::WitnessMissing);
    assert_eq!(office.make_witness(Some("county witness")).unwrap_err().code(), RefusalCode::WitnessName);
    assert_eq!(
        office.make_witness(Some("county.example.gov.cn")).unwrap_err().code(),
        RefusalCode::WitnessName
    );
    let key = office.make_witness(Some("county.example.gov.cn/witness")).unwrap();
    assert_eq!(office.as_witness().unwrap().key(), &key);
    drop(office);
    assert_eq!(desk.open().as_witness().unwrap().key(), &key);
}

#[test]
fn a_witness_with_two_keys_cosigns_with_both_until_the_old_one_is_taken_away() {
    use verifier::witnessing::AddCheckpoint;
    let (county, province) = (Desk::new(), tempfile::tempdir().unwrap());
    let asks = county.open();
    let new = NewOffice {
        origin: Origin::parse("province.example.gov.cn/ledger").unwrap(),
        name: "示例省信用中心".to_string(),
        organisation: None,
        host: None,
        seal: SealPolicy::Manual,
    };
    let dir = province.path().join("office");
    Office::create(&dir, &new, passphrase(), asks.now()).unwrap();
    let open = || {
        let options =
            OpenOptions { clock: county.clock.clone(), allow_example_keys: false, allow_later: false };
        Office::open(&dir, &passphrase(), options).unwrap()
    };
    let office = open();
    assert_eq!(office.rotate_witness("a.cn/witness").unwrap_err().code(), RefusalCode::WitnessMissing);
    let old = office.make_witness(None).unwrap();
    let refused = |name: &str| office.rotate_witness(name).unwrap_err().code();
    assert_eq!(refused(old.name().as_str()), RefusalCode::WitnessExists, "a bundle could not have both");
    assert_eq!(refused("county"), RefusalCode::WitnessName);
    office.as_witness().unwrap().add(&[asks.key_views()[0].key.clone()]).unwrap();
    let file = |n: u8| Submission {
        bytes: vec![n],
        kind: SubmissionKind::File { name: format!("{n}.txt"), media_type: None },
        idempotency_key: None,
        corrects: None,
        qr: true,
    };
    let cosigned = |by: &Office, old: u64| {
        asks.submit(file(old as u8)).unwrap();
        asks.seal().unwrap();
        let head = asks.own_head().unwrap().unwrap();
        let proof = asks.consistency(old, head.checkpoint.size()).unwrap();
        let lines =
            by.cosign(AddCheckpoint::new(old, proof, head.note).unwrap().encode().as_bytes()).unwrap();
        (head.checkpoint.size(), lines.iter().map(|line| line.name().to_string()).collect::<Vec<_>>())
    };
    let (size, names) = cosigned(&office, 0);
    assert_eq!(names, [old.name().as_str()]);
    let new = office.rotate_witness("province.example.gov.cn/2027/witness").unwrap();
    let shown = || {
        let witness = office.as_witness().unwrap();
        witness.checkpoint(&crate::witness::origin_name(asks.origin().as_str())).unwrap()
    };
    let both = |text: &str| {
        let note = verifier::note::Note::parse(text).unwrap();
        [&old, &new].map(|key| note.signatures().iter().any(|line| line.names(key)))
    };
    assert_eq!(both(&shown()), [true, true], "what it saw before, too");
    let (size, names) = cosigned(&office, size);
    assert_eq!(names.len(), 2);
    drop(office);
    // After a start, too; and with the old file away the new one goes on from the same head.
    let office = open();
    assert_eq!(office.as_witness().unwrap().keys().len(), 2);
    drop(office);
    std::fs::remove_file(dir.join(format!("keys/witness-{}.pem", old.id()))).unwrap();
    let office = open();
    assert_eq!(office.as_witness().unwrap().keys(), std::slice::from_ref(&new));
    let (_, names) = cosigned(&office, size);
    assert_eq!(names, [new.name().as_str()]);
}
