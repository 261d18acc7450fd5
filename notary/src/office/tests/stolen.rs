//! Keys that somebody else may have, another root, and who stands outside while keys change: witnesses, backups.

use verifier::trust::KeyUse;

use super::rotation::{DAY, by, events, made, rotate, rotate_all};
use super::*;

#[test]
fn a_thief_of_a_key_makes_nothing_good_and_spoils_nothing_old() {
    let desk = Desk::new();
    let office = desk.open();
    let [early, late] = [0, 1].map(|n| {
        desk.later(60);
        let number = office.submit(json(SAMPLES[n])).unwrap().number;
        (number, office.seal().unwrap().unwrap().end)
    });
    let old_list = office.publish_status().unwrap();
    let last_good = early.1;
    desk.later(DAY);
    // The batch key and the status key are stolen; the moment is that of the first certificate, for nobody knows better.
    let from = Time::new(office.now().seconds() - DAY).unwrap();
    for usage in [KeyUse::Batch, KeyUse::Status] {
        let id = office.key_views().into_iter().find(|view| view.usage == usage).unwrap().key.id();
        let other = (last_good, Some(verifier::hash::empty_root()));
        let refused = office.compromise_key(usage, id, from, other).unwrap_err();
        assert_eq!(refused.code(), RefusalCode::LastGoodUnknown);
        assert_eq!(
            office.compromise_key(usage, id, from, (last_good + 99, None)).unwrap_err().code(),
            RefusalCode::LastGoodUnknown
        );
        let told = office.compromise_key(usage, id, from, (last_good, None)).unwrap();
        assert!(!told.another_signs, "it says that nothing of the kind is signed now");
    }
    assert!(office.status_due(), "no list counts any more");
    assert_eq!(office.seal().unwrap_err().code(), RefusalCode::KeyNotInForce);
    let states: Vec<_> = office.key_views().iter().map(|view| view.state).collect();
    use KeyState::{Active, Compromised};
    assert_eq!(states, [Active, Compromised, Compromised, Active]);
    let file = |number: &CertificateNumber| Presented::File(office.certificate(number).unwrap().certificate);
    let bundle = || office.trust_text().to_string();
    // §3.14: under the last good checkpoint it stays good; what came after it can't be told, and a QR code never.
    assert_eq!(by(&bundle(), file(&early.0), office.now()), (Outcome::Valid, Code::Valid, 2));
    let (outcome, code, _) = by(&bundle(), file(&late.0), office.now());
    assert_eq!((outcome, code), (Outcome::Undetermined, Code::KeyCompromised));
    let qr = Presented::Qr(office.certificate(&early.0).unwrap().qr.unwrap());
    assert_eq!(by(&bundle(), qr, office.now()).1, Code::KeyCompromised);
    let trust = TrustBundle::open(office.trust_text(), None).unwrap();
    let list = StatusList::parse(old_list[0].file.as_bytes()).unwrap();
    assert_eq!(StatusShelf::new(vec![list], &trust).unusable().len(), 1);
    // New keys, and everything new is good again.
    for usage in [KeyUse::Batch, KeyUse::Status] {
        rotate(&office, usage).unwrap();
    }
    let third = office.submit(json(SAMPLES[2])).unwrap();
    office.seal_all().unwrap();
    let lists = office.publish_status().unwrap();
    assert_eq!(judged(&office, file(&third.number), &lists), (Outcome::Valid, Code::Valid, 2));
    assert_eq!(judged(&office, file(&early.0), &lists), (Outcome::Valid, Code::Valid, 2));
    let words: Vec<_> = events(&desk).iter().map(|event| event.change().name()).collect();
    assert_eq!(words, ["compromised", "compromised", "announced", "announced"]);
    // A wider compromise may be told later; a narrower one not.
    let id = office.key_views().into_iter().find(|view| view.compromised.is_some()).unwrap().key.id();
    let later = office.compromise_key(KeyUse::Batch, id, office.now(), (last_good, None)).unwrap_err();
    assert_eq!(later.code(), RefusalCode::TrustChange);
}

#[test]
fn in_the_overlap_a_stolen_old_key_does_no_harm_to_what_the_new_one_signed_too() {
    let desk = Desk::new();
    let office = desk.open();
    let size = office.seal().unwrap().unwrap().end;
    desk.later(DAY);
    rotate_all(&office);
    let during = office.submit(json(SAMPLES[0])).unwrap().number;
    office.seal().unwrap();
    desk.later(DAY);
    for usage in [KeyUse::Ledger, KeyUse::Batch] {
        let old = office.key_views().into_iter().find(|view| view.usage == usage).unwrap().key.id();
        let from = Time::new(office.now().seconds() - 2 * DAY).unwrap();
        assert!(office.compromise_key(usage, old, from, (size, None)).unwrap().another_signs);
    }
    let file = Presented::File(office.certificate(&during).unwrap().certificate);
    assert_eq!(by(office.trust_text(), file, office.now()), (Outcome::Valid, Code::Valid, 2));
    office.seal().unwrap();
    assert_eq!(office.own_head().unwrap().unwrap().note.signatures().len(), 1);
    drop(office);
    // Accounts open without the stolen key.
    std::fs::remove_file(desk.path().join("keys/ledger.pem")).unwrap();
    drop(desk.open());
}

#[test]
fn a_new_root_beside_the_old_one_and_then_in_its_place() {
    let desk = Desk::new();
    let office = desk.open();
    let old = office.trust().root().unwrap().clone();
    let made_root = |dir: &Path| {
        crate::keys::KeyFile::generate(dir, crate::keys::KeyUse::Root, old.name(), passphrase(), 1000)
            .unwrap()
    };
    let new = made_root(&desk.path().join("keys"));
    let add = TrustEdit::AddRoot { key: crate::keys::Signer::key(&new).clone() };
    assert_eq!(office.edit_trust(std::slice::from_ref(&add)).unwrap(), 2);
    assert_eq!(office.edit_trust(&[add]).unwrap_err().code(), RefusalCode::TrustChange);
    let both = office.trust_text().to_string();
    // Who pinned either can use it.
    let new_key = crate::keys::Signer::key(&new);
    for pinned in [&old, new_key] {
        TrustBundle::open(&both, Some(pinned)).unwrap();
    }
    assert_eq!(office.edit_trust(&[TrustEdit::RemoveRoot { id: old.id() }]).unwrap(), 3);
    assert!(TrustBundle::open(office.trust_text(), Some(&old)).is_err());
    TrustBundle::open(office.trust_text(), Some(new_key)).unwrap();
    drop(office);
    // The old one is no root any more, whatever lies in the folder.
    let office = desk.open();
    std::fs::remove_file(new.path()).unwrap();
    assert_eq!(office.edit_trust(&[]).unwrap_err().code(), RefusalCode::TrustRootMissing);
    std::fs::remove_file(desk.path().join("keys/root.vkey")).unwrap();
    drop(office);
    desk.open();
}

#[test]
fn a_witness_that_knows_the_old_key_goes_on_and_learns_the_new_one() {
    use verifier::witnessing::AddCheckpoint;
    let (county, province) = (Desk::new(), Desk::new());
    let county_office = county.open();
    // The province has another name: it witnesses the example office's ledger.
    let root = tempfile::tempdir().unwrap();
    let new = NewOffice {
        origin: Origin::parse("province.example.gov.cn/ledger").unwrap(),
        name: "示例省信用中心".to_string(),
        organisation: Some("11619900990000076Q".to_string()),
        host: None,
        seal: SealPolicy::Manual,
    };
    let dir = root.path().join("province");
    Office::create(&dir, &new, passphrase(), province.clock.now()).unwrap();
    let options = OpenOptions { clock: county.clock.clone(), allow_example_keys: false, allow_later: false };
    let witness_office = Office::open(&dir, &passphrase(), options).unwrap();
    witness_office.make_witness(None).unwrap();
    let witness = witness_office.as_witness().unwrap();
    witness.add(&[county_office.key_views()[0].key.clone()]).unwrap();
    let mut size = 0;
    let mut asks = |office: &Office| {
        let head = office.own_head().unwrap().unwrap();
        let proof = office.consistency(size, head.checkpoint.size()).unwrap();
        let request = AddCheckpoint::new(size, proof, head.note).unwrap();
        let answer = witness.add_checkpoint(request.encode().as_bytes()).map(|lines| lines.len());
        if answer.is_ok() {
            size = head.checkpoint.size();
        }
        answer.is_ok()
    };
    county_office.submit(json(SAMPLES[0])).unwrap();
    county_office.seal().unwrap();
    assert!(asks(&county_office));
    let first = county_office.summary().size;
    rotate(&county_office, KeyUse::Ledger).unwrap();
    county_office.seal().unwrap();
    assert!(asks(&county_office), "the overlap");
    county.later(11 * DAY);
    county_office.submit(json(SAMPLES[1])).unwrap();
    county_office.seal().unwrap();
    assert!(!asks(&county_office), "after it, who did not look is asked in vain");
    assert!(witness.learn(county_office.trust()).unwrap());
    assert!(!witness.learn(county_office.trust()).unwrap(), "nothing new");
    assert!(asks(&county_office));
    assert_eq!(witness.ledgers()[0].keys.len(), 2);
    // Of a compromised key no head is cosigned.
    let old = county_office.key_views()[0].key.id();
    county_office.compromise_key(KeyUse::Ledger, old, county.clock.now(), (first, None)).unwrap();
    assert!(witness.learn(county_office.trust()).unwrap());
    assert_eq!(witness.ledgers()[0].keys.len(), 1);
}

#[test]
fn a_backup_from_before_a_rotation_and_one_from_after() {
    use crate::backup::{Published, restore};
    let desk = Desk::new();
    let office = desk.open();
    made(&office, SAMPLES[0]);
    let [early, late, to] = ["early", "late", "again"].map(|name| desk.dir.path().join(name));
    office.backup(&early).unwrap();
    rotate_all(&office);
    let newest = |desk: &Desk| {
        Published::Checkpoint(std::fs::read_to_string(desk.path().join("ledger/checkpoint")).unwrap())
    };
    made(&office, SAMPLES[1]);
    let refused = |published| restore(&early, &to, &published).unwrap_err().code();
    assert_eq!(refused(newest(&desk)), RefusalCode::BackupOlder);
    desk.later(11 * DAY);
    made(&office, SAMPLES[2]);
    assert_eq!(refused(newest(&desk)), RefusalCode::BackupOlder, "signed by a key that it does not know");
    office.backup(&late).unwrap();
    drop(office);
    restore(&late, &to, &newest(&desk)).unwrap();
    for usage in ["ledger", "batch", "status", "pdf"] {
        std::fs::remove_file(to.join(format!("keys/{usage}.pem"))).unwrap();
    }
    std::fs::remove_dir_all(desk.path()).unwrap();
    std::fs::rename(&to, desk.path()).unwrap();
    let office = desk.open();
    let another = SAMPLES[0].replace("20261122091531A0000002", "20261122091531B0000002");
    made(&office, &another).good_by(office.trust_text(), office.now());
    assert_eq!(findings(&desk), []);
}
