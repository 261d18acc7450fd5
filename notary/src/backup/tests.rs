//! Backups of an office that is being written to, and what may be restored.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use verifier::number::CertificateNumber;
use verifier::origin::Origin;
use verifier::time::Time;

use super::*;
use crate::audit::AuditOptions;
use crate::keys::{Passphrase, example};
use crate::office::{Clock, NewOffice, Office, OpenOptions, SealPolicy, Submission, SubmissionKind, audit};

struct Noon;

impl Clock for Noon {
    fn now(&self) -> Time {
        Time::parse_rfc3339_china("2026-11-22T12:00:00+08:00").unwrap()
    }
}

struct House {
    dir: tempfile::TempDir,
}

impl House {
    fn new() -> House {
        let house = House { dir: tempfile::tempdir().unwrap() };
        let new = NewOffice {
            origin: Origin::parse(example::ORIGIN).unwrap(),
            name: "示例县公共信用信息中心".to_string(),
            organisation: Some("12619900990000084G".to_string()),
            host: None,
            seal: SealPolicy::Manual,
        };
        Office::create_example(&house.at("office"), &new, Noon.now()).unwrap();
        house
    }

    fn at(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn open(&self, name: &str) -> Office {
        let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).unwrap());
        let options = OpenOptions { clock: Arc::new(Noon), allow_example_keys: true, allow_later: false };
        Office::open(&self.at(name), &passphrase, options).unwrap()
    }

    fn checkpoint(&self, name: &str) -> Published {
        Published::Checkpoint(std::fs::read_to_string(self.at(name).join("ledger/checkpoint")).unwrap())
    }

    fn findings(&self, name: &str) -> Vec<crate::audit::Finding> {
        audit(&self.at(name), &AuditOptions::default(), &mut |_| {}).unwrap().findings
    }
}

fn file(n: u32) -> Submission {
    Submission {
        bytes: format!("附件 {n}").into_bytes(),
        kind: SubmissionKind::File { name: format!("{n}.txt"), media_type: None },
        idempotency_key: Some(n.to_string()),
        corrects: None,
        qr: true,
    }
}

#[test]
fn a_backup_taken_while_others_submit_seal_and_erase_has_all_that_was_promised_before() {
    let house = House::new();
    let office = house.open("office");
    let promised: Vec<CertificateNumber> = (0..20).map(|n| office.submit(file(n)).unwrap().number).collect();
    office.publish_status().unwrap();
    office.erase(&promised[0], "主体要求删除").unwrap();
    let over = AtomicBool::new(false);
    let backups = std::thread::scope(|scope| {
        scope.spawn(|| {
            // Bounded, for a slow disk would have each backup find more to copy than the one before.
            for n in 1_000..1_060 {
                if over.load(Ordering::Relaxed) {
                    break;
                }
                let number = office.submit(file(n)).unwrap().number;
                if n % 3 == 0 {
                    office.seal_all().unwrap();
                    office.erase(&number, "主体要求删除").unwrap();
                }
                if n % 10 == 0 {
                    office.publish_status().unwrap();
                }
            }
        });
        let made: Vec<Backup> =
            (0..3).map(|n| office.backup(&house.at(&format!("backup-{n}"))).unwrap()).collect();
        over.store(true, Ordering::Relaxed);
        made
    });
    drop(office);
    for (n, made) in backups.iter().enumerate() {
        let (from, to) = (format!("backup-{n}"), format!("restored-{n}"));
        let restored = restore(&house.at(&from), &house.at(&to), &Published::NothingSince).unwrap();
        assert_eq!((restored.size, restored.files), (made.size, made.files));
        assert_eq!(house.findings(&to), [], "{from}");
        let office = house.open(&to);
        assert!(office.summary().size >= made.size);
        for number in &promised[1..] {
            assert!(office.certificate(number).is_ok());
        }
        office.submit(file(9_000_000)).unwrap();
        office.seal_all().unwrap();
        drop(office);
        assert_eq!(house.findings(&to), [], "{from}");
    }
}

#[test]
fn a_backup_behind_what_was_published_is_refused() {
    let house = House::new();
    let office = house.open("office");
    office.submit(file(1)).unwrap();
    office.seal_all().unwrap();
    office.backup(&house.at("old")).unwrap();
    let then = house.checkpoint("office");
    office.submit(file(2)).unwrap();
    office.seal_all().unwrap();
    office.backup(&house.at("new")).unwrap();
    let now = house.checkpoint("office");
    drop(office);
    let code = |from: &str, published: &Published| {
        restore(&house.at(from), &house.at("there"), published).unwrap_err().code()
    };
    assert_eq!(code("old", &now), RefusalCode::BackupOlder);
    let Published::Checkpoint(text) = &now else { unreachable!() };
    for bad in [text.replace("ledger\n", "other\n"), text.replace("— ", "- "), String::new()] {
        assert_eq!(code("new", &Published::Checkpoint(bad)), RefusalCode::BackupOther);
    }
    // Signed by ledger keys alone that the backup does not know: it is from before a rotation. No larger than the backup: not its own.
    let newer = |text: &str, size: &str| {
        let note = verifier::note::Note::parse(text).unwrap();
        let says = note.text().replacen(&format!("\n{}\n", now_size(text)), &format!("\n{size}\n"), 1);
        let (name, key) = (note.signatures()[0].name().clone(), [9; 32]);
        let vkey = verifier::key::VerifierKey::new(name, verifier::key::KeyKind::Note, &key).unwrap();
        let line = verifier::note::SignatureLine::new(&vkey, [7; 64]);
        Published::Checkpoint(verifier::note::Note::new(says).unwrap().with_signature(line).unwrap().encode())
    };
    let refused = restore(&house.at("old"), &house.at("there"), &newer(text, &now_size(text))).unwrap_err();
    assert_eq!(refused.code(), RefusalCode::BackupOlder);
    assert!(refused.where_().contains("/ledger+"), "{}", refused.where_());
    assert_eq!(code("old", &newer(text, "1")), RefusalCode::BackupOther);
    // The same size with another root, signed: somebody has forked the ledger already.
    let other = House::new();
    let office = other.open("office");
    office.submit(file(3)).unwrap();
    office.seal_all().unwrap();
    drop(office);
    assert_eq!(code("old", &other.checkpoint("office")), RefusalCode::BackupOther);
    assert!(!house.at("there").exists() && !house.at("there.restoring").exists());
    restore(&house.at("old"), &house.at("as-of-then"), &then).unwrap();
    restore(&house.at("new"), &house.at("there"), &now).unwrap();
    assert_eq!(code("new", &now), RefusalCode::OfficeExists);
}

#[test]
fn a_backup_with_a_changed_missing_or_added_file_is_refused_by_name() {
    let house = House::new();
    let office = house.open("office");
    office.submit(file(1)).unwrap();
    office.publish_status().unwrap();
    office.backup(&house.at("backup")).unwrap();
    assert_eq!(office.backup(&house.at("backup")).unwrap_err().code(), RefusalCode::BackupExists);
    drop(office);
    let refused = |what: &str| {
        let refusal = restore(&house.at("backup"), &house.at("there"), &Published::NothingSince).unwrap_err();
        assert_eq!(refusal.code(), RefusalCode::BackupBad, "{what}");
        assert!(refusal.where_().contains(what), "{} {what}", refusal.where_());
        assert!(!house.at("there").exists());
    };
    let at = |name: &str| house.at("backup").join(name);
    let good = std::fs::read(at("journal/keys")).unwrap();
    for byte in [0, 64, good.len() - 1] {
        let mut bad = good.clone();
        bad[byte] ^= 1;
        std::fs::write(at("journal/keys"), &bad).unwrap();
        refused("journal/keys");
    }
    std::fs::write(at("journal/keys"), &good).unwrap();
    std::fs::write(at("extra"), "x").unwrap();
    refused("extra");
    std::fs::remove_file(at("extra")).unwrap();
    std::fs::rename(at("trust.xzt"), house.at("trust.xzt")).unwrap();
    refused("backup.manifest");
    std::fs::rename(house.at("trust.xzt"), at("trust.xzt")).unwrap();
    let manifest = std::fs::read_to_string(at(MANIFEST)).unwrap();
    for bad in
        ["", "xinzheng/backup/v2\n", &manifest[..manifest.len() - 5], &manifest.replace("size ", "size -")]
    {
        std::fs::write(at(MANIFEST), bad).unwrap();
        refused("backup.manifest");
    }
    std::fs::remove_file(at(MANIFEST)).unwrap();
    refused("backup.manifest");
    std::fs::write(at(MANIFEST), &manifest).unwrap();
    restore(&house.at("backup"), &house.at("there"), &Published::NothingSince).unwrap();
}

#[test]
fn a_witness_that_is_put_back_sleeps() {
    let house = House::new();
    let office = house.open("office");
    let key = *office.as_witness().unwrap().key().public();
    office.backup(&house.at("backup")).unwrap();
    drop(office);
    let put =
        |from: &str, to: &str| restore(&house.at(from), &house.at(to), &Published::NothingSince).unwrap();
    assert!(put("backup", "one").witness_asleep);
    let name = verifier::key::KeyName::parse("b.example.cn/ledger").unwrap();
    let other = verifier::key::VerifierKey::new(name, verifier::key::KeyKind::Note, &key).unwrap();
    let office = house.open("one");
    office.as_witness().unwrap().add(&[other]).unwrap();
    assert!(office.as_witness().unwrap().ledgers()[0].asleep, "taken in after the restore, too");
    office.as_witness().unwrap().wake(&crate::witness::Waking::NothingSince { origin: None }).unwrap();
    assert!(!office.as_witness().unwrap().ledgers()[0].asleep);
    office.backup(&house.at("again")).unwrap();
    drop(office);
    assert_eq!(house.findings("one"), []);
    // A backup of one that is awake does not know more.
    assert!(put("again", "two").witness_asleep);
    assert!(house.open("two").as_witness().unwrap().ledgers()[0].asleep);
}

/// The second line of a checkpoint.
fn now_size(checkpoint: &str) -> String {
    checkpoint.lines().nth(1).unwrap().to_string()
}
