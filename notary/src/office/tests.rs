//! The office from end to end, and at every failure of its disk.

mod anchored;
mod events;
mod expert;
mod life;
mod lists;
mod log_head;
mod outside;
mod reading;
mod rotation;
mod stolen;
mod subjects;
mod witnessed;

use std::sync::Arc;

use verifier::number::CertificateNumber;
use verifier::shelf::StatusShelf;
use verifier::status::Status;
use verifier::status_list::StatusList;
use verifier::time::Time;
use verifier::trust::TrustBundle;
use verifier::verdict::{Code, Outcome};
use verifier::verify::{Presented, Terms, verify};

use super::*;
use crate::disk::RealDisk;
use crate::disk::testing::{FailingDisk, Failure};
use crate::keys::{Passphrase, example};

const SAMPLES: [&str; 3] = [
    include_str!("../../../tests/samples/report-general-penalty.json"),
    include_str!("../../../tests/samples/report-person.json"),
    include_str!("../../../tests/samples/commitment-tolerance.json"),
];

/// A clock that a test sets.
struct TestClock(Mutex<Time>);

impl Clock for TestClock {
    fn now(&self) -> Time {
        *self.0.lock().unwrap()
    }
}

struct Desk {
    dir: tempfile::TempDir,
    clock: Arc<TestClock>,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let now = Time::parse_rfc3339_china("2026-11-22T10:00:00+08:00").unwrap();
        let new = NewOffice {
            origin: Origin::parse(example::ORIGIN).unwrap(),
            name: "示例县公共信用信息中心".to_string(),
            organisation: Some("12619900990000084G".to_string()),
            host: None,
            seal: SealPolicy::Manual,
        };
        Office::create_example(&dir.path().join("office"), &new, now).unwrap();
        Desk { dir, clock: Arc::new(TestClock(Mutex::new(now))) }
    }

    fn path(&self) -> PathBuf {
        self.dir.path().join("office")
    }

    fn options(&self) -> OpenOptions {
        OpenOptions { clock: self.clock.clone(), allow_example_keys: true, allow_later: false }
    }

    fn open(&self) -> Office {
        Office::open(&self.path(), &passphrase(), self.options()).unwrap()
    }

    fn later(&self, seconds: u64) {
        let mut now = self.clock.0.lock().unwrap();
        *now = now.saturating_add(seconds);
    }
}

fn passphrase() -> Arc<Passphrase> {
    Arc::new(Passphrase::new(example::PASSPHRASE).unwrap())
}

fn json(text: &str) -> Submission {
    Submission {
        bytes: text.as_bytes().to_vec(),
        kind: SubmissionKind::Json,
        idempotency_key: None,
        corrects: None,
        qr: true,
    }
}

fn findings(desk: &Desk) -> Vec<crate::audit::Finding> {
    audit(&desk.path(), &crate::audit::AuditOptions::default(), &mut |_| {}).unwrap().findings
}

fn judged(office: &Office, presented: Presented, lists: &[PublishedList]) -> (Outcome, Code, u8) {
    let trust = TrustBundle::open(office.trust_text(), None).unwrap();
    let lists = lists.iter().map(|list| StatusList::parse(list.file.as_bytes()).unwrap()).collect();
    let verdict = verify(&presented, &trust, &StatusShelf::new(lists, &trust), &Terms::at(office.now()));
    (verdict.outcome, verdict.code, verdict.level)
}

#[test]
fn from_documents_to_certificates_that_a_stranger_verifies() {
    let desk = Desk::new();
    let office = desk.open();
    let accepted: Vec<Accepted> = SAMPLES.iter().map(|text| office.submit(json(text)).unwrap()).collect();
    assert!(accepted.iter().all(|accepted| accepted.index.is_none() && !accepted.repeated));
    let sealed = office.seal().unwrap().unwrap();
    // The trust bundle is the ledger's first entry.
    assert_eq!((sealed.start, sealed.end), (0, 4));
    assert_eq!(office.seal().unwrap(), None);
    let lists = office.publish_status().unwrap();
    for accepted in &accepted {
        let issued = office.certificate(&accepted.number).unwrap();
        assert_eq!(issued.check_code, accepted.check_code);
        let file = Presented::File(issued.certificate.clone());
        assert_eq!(judged(&office, file, &lists), (Outcome::Valid, Code::Valid, 2));
        let qr = Presented::Qr(issued.qr.clone().unwrap());
        assert_eq!(judged(&office, qr, &lists), (Outcome::Valid, Code::Valid, 1));
    }
    // The audit needs neither the lock nor a passphrase.
    assert_eq!(findings(&desk), []);
    // The same again is the same certificate; other bytes under the same number are a conflict.
    let again = office.submit(json(SAMPLES[0])).unwrap();
    assert_eq!((again.number, again.repeated, again.index), (accepted[0].number, true, Some(1)));
    let other = SAMPLES[0].replace("渭水样例食品有限公司", "渭水样例食品公司");
    assert_eq!(office.submit(json(&other)).unwrap_err().code(), RefusalCode::Conflict);
}

#[test]
fn revoking_reaches_the_next_list_and_is_final() {
    let desk = Desk::new();
    let office = desk.open();
    let number = office.submit(json(SAMPLES[0])).unwrap().number;
    assert_eq!(
        office.set_status(&number, Status::Revoked, "签发有误").unwrap_err().code(),
        RefusalCode::NotSealed
    );
    office.seal().unwrap();
    let before = office.publish_status().unwrap();
    let change = office.set_status(&number, Status::Revoked, "签发有误").unwrap();
    assert_eq!((change.from, change.to), (Status::Valid, Status::Revoked));
    assert!(office.status_due());
    desk.later(60);
    let after = office.publish_status().unwrap();
    assert_eq!((before[0].sequence, after[0].sequence), (1, 2));
    let presented = || Presented::File(office.certificate(&number).unwrap().certificate);
    assert_eq!(judged(&office, presented(), &before).0, Outcome::Valid);
    assert_eq!(judged(&office, presented(), &after).1, Code::Revoked);
    // Of two lists the newer one counts, in whatever order they are found.
    assert_eq!(judged(&office, presented(), &[after[0].clone(), before[0].clone()]).1, Code::Revoked);
    let back = office.set_status(&number, Status::Valid, "又有效").unwrap_err();
    assert_eq!(back.code(), RefusalCode::StatusNotAllowed);
    desk.later(25 * 3600);
    assert_eq!(judged(&office, presented(), &before).1, Code::StatusStale);
    assert_eq!(judged(&office, presented(), &[]).1, Code::StatusMissing);
}

#[test]
fn a_start_finds_everything_again_even_without_its_index() {
    let desk = Desk::new();
    let (number, pending) = {
        let office = desk.open();
        let number = office.submit(json(SAMPLES[0])).unwrap().number;
        office.seal().unwrap();
        office.publish_status().unwrap();
        (number, office.submit(json(SAMPLES[2])).unwrap().number)
    };
    std::fs::remove_dir_all(desk.path().join("index")).unwrap();
    let office = desk.open();
    assert_eq!(office.index_of(&number).unwrap(), Some(1));
    assert_eq!(office.index_of(&pending).unwrap(), None);
    assert!(office.submit(json(SAMPLES[2])).unwrap().repeated);
    office.seal().unwrap();
    assert!(office.index_of(&pending).unwrap().is_some());
    assert!(office.certificate(&pending).is_ok());
}

#[test]
fn erasing_leaves_the_ledger_as_it_is() {
    let desk = Desk::new();
    let office = desk.open();
    let number = office.submit(json(SAMPLES[1])).unwrap().number;
    office.seal().unwrap();
    let summary = office.summary();
    office.erase(&number, "本人要求删除").unwrap();
    office.erase(&number, "again").unwrap();
    assert_eq!(office.certificate(&number).unwrap_err().code(), RefusalCode::Erased);
    assert_eq!(office.summary().size, summary.size);
    drop(office);
    assert_eq!(findings(&desk), []);
    let office = desk.open();
    assert_eq!(office.certificate(&number).unwrap_err().code(), RefusalCode::Erased);
}

/// One bit in one file after the other: each is found, and where something is to be signed from it, it is refused.
#[test]
fn a_changed_bit_in_the_journal_or_its_keys_is_found() {
    let desk = Desk::new();
    {
        let office = desk.open();
        SAMPLES.iter().for_each(|text| assert!(office.submit(json(text)).is_ok()));
        office.publish_status().unwrap();
    }
    for entry in std::fs::read_dir(desk.path().join("journal")).unwrap() {
        let path = entry.unwrap().path();
        let bytes = std::fs::read(&path).unwrap();
        for at in (0..bytes.len()).step_by(bytes.len() / 40 + 1) {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            std::fs::write(&path, &changed).unwrap();
            let found = audit(&desk.path(), &crate::audit::AuditOptions::default(), &mut |_| {});
            let told = found.map_or(true, |report| !report.findings.is_empty());
            assert!(told, "{} byte {at}", path.display());
        }
        std::fs::write(&path, &bytes).unwrap();
    }
    assert_eq!(findings(&desk), []);
}

#[test]
fn one_process_holds_an_office_and_example_keys_need_leave() {
    let desk = Desk::new();
    let office = desk.open();
    let busy = Office::open(&desk.path(), &passphrase(), desk.options()).err().unwrap();
    assert_eq!(busy.code(), RefusalCode::OfficeBusy);
    drop(office);
    let options = OpenOptions { allow_example_keys: false, ..desk.options() };
    let refused = Office::open(&desk.path(), &passphrase(), options).err().unwrap();
    assert_eq!(refused.code(), RefusalCode::ExampleKeys);
    let wrong = Arc::new(Passphrase::new("not this one").unwrap());
    let refused = Office::open(&desk.path(), &wrong, desk.options()).err().unwrap();
    assert_eq!(refused.code(), RefusalCode::KeyPassphrase);
}

#[test]
fn an_older_journal_does_not_sign() {
    let desk = Desk::new();
    let journal = desk.path().join("journal");
    let kept = desk.dir.path().join("kept");
    drop(desk.open());
    copy_dir(&journal, &kept);
    let office = desk.open();
    office.submit(json(SAMPLES[0])).unwrap();
    office.seal().unwrap();
    drop(office);
    std::fs::remove_dir_all(&journal).unwrap();
    std::fs::rename(&kept, &journal).unwrap();
    std::fs::remove_dir_all(desk.path().join("index")).unwrap();
    let refused = Office::open(&desk.path(), &passphrase(), desk.options()).err().unwrap();
    assert_eq!(refused.code(), RefusalCode::JournalBehind);
}

fn copy_dir(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Each step of sealing and publishing fails, once without a trace and once with its work done. The start after that
/// finishes or has nothing to finish; nothing accepted is lost, no two checkpoints disagree.
#[test]
fn any_write_may_fail_at_any_step() {
    for failure in [Failure::Lost, Failure::Persisted] {
        let mut step = 1;
        loop {
            let desk = Desk::new();
            let number = {
                let office = desk.open();
                let number = office.submit(json(SAMPLES[0])).unwrap().number;
                office.seal().unwrap();
                office.submit(json(SAMPLES[1])).unwrap();
                number
            };
            let before = published(&desk);
            let disk = FailingDisk::new(RealDisk::open(&desk.path()).unwrap(), step, failure);
            let failed = {
                let office = Office::open_on(&desk.path(), Arc::new(disk), &passphrase(), desk.options());
                office
                    .and_then(|office| office.publish_status().map(|_| office.submit(json(SAMPLES[2]))))
                    .is_err()
            };
            let after_crash = published(&desk);
            let office = desk.open();
            assert!(office.submit(json(SAMPLES[1])).unwrap().repeated);
            office.seal_all().unwrap();
            let lists = office.publish_status().unwrap();
            let second = office.submit(json(SAMPLES[1])).unwrap();
            for number in [number, second.number] {
                let issued = office.certificate(&number).unwrap();
                assert_eq!(judged(&office, Presented::File(issued.certificate), &lists).0, Outcome::Valid);
            }
            for earlier in [before, after_crash] {
                let proof = office.ledger().consistency(earlier.size(), office.ledger().head().size).unwrap();
                let now = office.ledger().head();
                verifier::merkle::verify_consistency(
                    earlier.size(),
                    earlier.root(),
                    now.size,
                    &now.root,
                    &proof,
                )
                .unwrap();
            }
            drop(office);
            assert_eq!(findings(&desk), [], "{failure:?} at step {step}");
            if !failed {
                break;
            }
            step += 1;
        }
        assert!(step > 10, "only {step} steps were made to fail");
    }
}

fn published(desk: &Desk) -> verifier::checkpoint::Checkpoint {
    let text = std::fs::read_to_string(desk.path().join("ledger/checkpoint")).unwrap();
    verifier::checkpoint::Checkpoint::parse_note(&text).unwrap().0
}

#[test]
fn many_submit_at_once_and_each_gets_one_certificate() {
    let desk = Desk::new();
    let office = desk.open();
    let numbers: Mutex<Vec<CertificateNumber>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (office, numbers) = (&office, &numbers);
            scope.spawn(move || {
                for n in 0..10 {
                    let own = format!("20261122091531B{:07}", thread / 2 * 100 + n);
                    let text = SAMPLES[0].replace("20261122091531A0000002", &own);
                    let accepted = office.submit(json(&text)).unwrap();
                    numbers.lock().unwrap().push(accepted.number);
                }
            });
        }
        scope.spawn(|| (0..20).for_each(|_| assert!(office.seal().is_ok())));
    });
    office.seal_all().unwrap();
    let mut numbers = numbers.into_inner().unwrap();
    numbers.sort();
    numbers.dedup();
    assert_eq!(numbers.len(), 40, "two threads each submit the same forty documents");
    assert!(numbers.iter().all(|number| office.certificate(number).is_ok()));
}
