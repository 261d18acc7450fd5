//! Checks of a small office: what is found, as of when, for whom, and that the same asked again is the same.

use std::sync::{Arc, Mutex};

use verifier::number::{CertificateNumber, WindowCode};
use verifier::origin::Origin;
use verifier::registry::Purpose;
use verifier::status::Status;
use verifier::time::Time;
use verifier::verdict::Code;

use super::*;
use crate::keys::{Passphrase, example};
use crate::office::{Clock, NewOffice, OpenOptions, SealPolicy};
use crate::samples;

struct TestClock(Mutex<Time>);

impl Clock for TestClock {
    fn now(&self) -> Time {
        *self.0.lock().unwrap()
    }
}

struct House {
    _dir: tempfile::TempDir,
    office: Office,
    clock: Arc<TestClock>,
}

impl House {
    fn new() -> House {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("office");
        let new = NewOffice {
            origin: Origin::parse(example::ORIGIN).unwrap(),
            name: "示例县公共信用信息中心".to_string(),
            organisation: Some("12619900990000084G".to_string()),
            host: None,
            seal: SealPolicy::Manual,
        };
        Office::create_example(&path, &new, samples::now()).unwrap();
        let clock = Arc::new(TestClock(Mutex::new(samples::now())));
        let options = OpenOptions { clock: clock.clone(), allow_example_keys: true, allow_later: false };
        let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).unwrap());
        let office = Office::open(&path, &passphrase, options).unwrap();
        House { _dir: dir, office, clock }
    }

    /// With the reports of the samples, sealed, and lists out a minute later.
    fn filled() -> House {
        let house = House::new();
        for name in
            ["report-general-clean", "report-general-penalty", "report-person", "report-special-clean"]
        {
            house.submit(&samples::bytes(&format!("{name}.json")));
        }
        house.office.seal_all().unwrap();
        house.later(60);
        house.office.publish_status().unwrap();
        house
    }

    fn submit(&self, bytes: &[u8]) -> Accepted {
        let submission = Submission {
            bytes: bytes.to_vec(),
            kind: SubmissionKind::Json,
            idempotency_key: None,
            qr: true,
            corrects: None,
        };
        self.office.submit(submission).unwrap()
    }

    fn later(&self, seconds: u64) {
        let mut now = self.clock.0.lock().unwrap();
        *now = now.saturating_add(seconds);
    }

    fn check(&self, table: &str, terms: Terms) -> Checked {
        let input = Input::read(table.as_bytes()).unwrap();
        // The second of what was done last is over.
        self.later(1);
        self.office.check(&input, &terms, &NoGuessing, &mut |_, _| true).unwrap()
    }

    fn number(&self, code: &str) -> CertificateNumber {
        let code = crate::code::UnifiedCode::parse(code).unwrap();
        self.office.certificates_of(&code).unwrap()[0].0
    }
}

fn terms() -> Terms {
    Terms { at: None, purpose: None, kind: None, facts: Facts::Full }
}

fn bidding() -> Terms {
    Terms { purpose: Some(Purpose::Bidding), ..terms() }
}

fn said(checked: &Checked) -> Vec<(&str, &str)> {
    checked.rows().iter().map(|row| (row.outcome.as_str(), row.code.as_str())).collect()
}

const SUBJECTS: &str = "统一社会信用代码,名称
91619900MA0DEM0131,秦岭示范机械有限公司
91619900MA0DEM021U,渭水样例食品有限公司
91619900MA0DEM03XK,延塔测试建筑工程有限公司
91619900MA0DEM0144,内部校验位不符有限公司
91619900MI0DEM0131,含非法字符有限公司
91619900ma0dem0131,秦岭机械有限公司
9.16199E+17,表格毁了的
619900198501010010,某人
";

#[test]
fn each_row_says_what_was_found_or_why_not() {
    let house = House::filled();
    let checked = house.check(SUBJECTS, bidding());
    assert_eq!(
        said(&checked),
        [
            ("valid", "VALID"),
            ("not-found", "CHECK_NONE"),
            ("not-found", "CHECK_NONE"),
            ("not-found", "CHECK_NONE"),
            ("refused", "CODE_CHARACTER"),
            ("valid", "VALID"),
            ("refused", "CODE_SPREADSHEET"),
            ("refused", "CHECK_PERSON"),
        ]
    );
    let counts = checked.counts();
    assert_eq!((counts.rows, counts.valid, counts.not_found, counts.refused), (8, 2, 3, 3));
    let notes = |n: usize| checked.rows()[n].notes.iter().map(|note| note.code()).collect::<Vec<_>>();
    assert_eq!(notes(0), Vec::<&str>::new());
    assert_eq!(notes(3), ["CODE_INNER_CHECK"]);
    assert_eq!(notes(5), ["TWICE", "NORMALISED", "NAME_DIFFERS"]);
    // The other certificate of this holder is for another purpose; without a purpose it is the newer one.
    let full = |checked: &Checked| checked.rows()[0].found.clone().unwrap().full.unwrap();
    assert_eq!(full(&checked).purpose.unwrap().0, "BIDDING");
    assert_eq!(full(&checked).others, 0);
    let any = full(&house.check(SUBJECTS, terms()));
    assert_eq!((any.purpose.unwrap().0.as_str(), any.others), ("ADMIN_APPROVAL", 1));
    assert!(any.claims.iter().any(|claim| claim.rule == "NO_PENALTY/1" && claim.value == "YES"));
    // Nothing of anybody's ID number gets out.
    for bytes in [checked.csv(), checked.json()] {
        assert!(!String::from_utf8(bytes).unwrap().contains("19850101"));
    }
}

#[test]
fn the_same_table_moment_and_ledger_give_the_same_bytes_and_later_changes_do_not_count() {
    let house = House::filled();
    let before = house.check(SUBJECTS, bidding());
    let at = before.at();
    let then = Terms { at: Some(at), ..bidding() };
    // Its own summary is sealed in the same second, and does not count.
    house.office.notarize_check(&before).unwrap();
    house.office.publish_status().unwrap();
    let same = house.check(SUBJECTS, then);
    assert_eq!((before.json(), before.csv()), (same.json(), same.csv()));
    // A day later: revoked, a new one, new lists.
    house.later(3600);
    let number = house.number("91619900MA0DEM021U");
    house.office.set_status(&number, Status::Revoked, "签发有误").unwrap();
    house.submit(&samples::bytes("report-full.json"));
    house.submit(&samples::bytes("report-special-serious.json"));
    house.office.publish_status().unwrap();
    assert_eq!(house.check(SUBJECTS, then).json(), before.json());
    let financing = Terms { purpose: Some(Purpose::Financing), ..terms() };
    let row = |terms| house.check("代码\n91619900MA0DEM021U\n", terms).rows()[0].clone();
    assert_eq!(row(Terms { at: Some(at), ..financing }).outcome, Outcome::Valid);
    assert_eq!(row(financing).code, Code::Revoked.as_str());
    assert_eq!(row(financing).outcome, Outcome::Invalid);
    // Before anything was sealed there was nothing.
    let early = Terms { at: Some(Time::new(1_700_000_000).unwrap()), ..terms() };
    let early = house.check(SUBJECTS, early);
    assert_eq!((early.rows()[0].code.as_str(), early.ledger().0), ("CHECK_NONE", 0));
    let later = Terms { at: Some(house.office.now().saturating_add(1)), ..terms() };
    let input = Input::read(SUBJECTS.as_bytes()).unwrap();
    let refused = house.office.check(&input, &later, &NoGuessing, &mut |_, _| true).unwrap_err();
    assert_eq!(refused.code(), RefusalCode::CheckLater);
}

#[test]
fn an_ended_certificate_does_not_hide_one_that_lives() {
    let house = House::filled();
    let newer = house.number("91619900MA0DEM0131");
    house.office.set_status(&newer, Status::Revoked, "签发有误").unwrap();
    house.later(60);
    house.office.publish_status().unwrap();
    let checked = house.check("代码\n91619900MA0DEM0131\n", terms());
    let row = &checked.rows()[0];
    assert_eq!((row.outcome, row.notes.as_slice()), (Outcome::Valid, &[judge::Note::NewerEnded][..]));
    assert_ne!(row.found.clone().unwrap().full.unwrap().number, newer);
    // Evidence of status has to be fresh at the moment.
    house.later(3 * 86_400);
    assert_eq!(said(&house.check("代码\n91619900MA0DEM0131\n", terms())), [("undetermined", "STATUS_STALE")]);
}

#[test]
fn numbers_and_window_codes_are_looked_up_by_who_may() {
    let house = House::filled();
    let number = house.number("91619900MA0DEM021U");
    let check_code = house.office.accepted(&number).unwrap().check_code;
    let window = WindowCode::new(number, check_code);
    let wrong = if check_code.as_str() == "0000000000" { "0000000001" } else { "0000000000" };
    let none = CertificateNumber::with_check("20261122999999999999").unwrap();
    let table = format!(
        "证书编号,查验码\n{number},\n{number},{check_code}\n{number},{wrong}\n{none},\n{none},{wrong}\n"
    );
    let found = ("valid", "VALID");
    let nothing = ("not-found", "CHECK_NOT_FOUND");
    assert_eq!(said(&house.check(&table, bidding())), [found, found, nothing, nothing, nothing]);
    let notes = house.check(&table, bidding()).rows()[0].notes.clone();
    assert_eq!(notes, [judge::Note::PurposeOther]);
    let public = Terms { facts: Facts::Public, ..terms() };
    let needed = ("refused", "CHECK_CODE_NEEDED");
    let checked = house.check(&table, public);
    assert_eq!(said(&checked), [needed, found, nothing, needed, nothing]);
    assert_eq!(said(&house.check(&format!("窗口码\n{window}\n"), public)), [found]);
    // Whether there is one, how it stands, until when: and nothing else.
    let table = format!("代码,名称\n91619900MA0DEM021U,别的名字\n{window},\n");
    let checked = house.check(&table, public);
    assert!(checked.rows().iter().all(|row| row.found.as_ref().is_some_and(|found| found.full.is_none())));
    assert!(checked.rows()[0].notes.is_empty());
    let text = String::from_utf8([checked.json(), checked.csv()].concat()).unwrap();
    for told in ["渭水", "NO_PENALTY", check_code.as_str(), "FINANCING", "融资"] {
        assert!(!text.contains(told), "{told}");
    }
}

#[test]
fn a_natural_person_is_named_as_the_certificate_does() {
    let house = House::filled();
    let all = house.office.certificates(0, 10).unwrap();
    let number = all.iter().map(|(number, _)| *number).find(|number| {
        let issued = house.office.certificate(number).unwrap();
        issued.certificate.core().holder().is_some_and(|holder| holder.name().contains('*'))
    });
    let checked = house.check(&format!("证书编号\n{}\n", number.unwrap()), terms());
    let text = String::from_utf8([checked.json(), checked.csv()].concat()).unwrap();
    assert!(!text.contains("欧阳示例") && text.contains('*'), "{text}");
}

#[test]
fn guessing_at_check_codes_is_somebody_elses_to_stop() {
    struct Never;
    impl Guesses for Never {
        fn compare(
            &self,
            _: &str,
            _: &mut dyn FnMut() -> Result<bool, Refusal>,
        ) -> Result<Option<bool>, Refusal> {
            Ok(None)
        }
    }
    let house = House::filled();
    let number = house.number("91619900MA0DEM021U");
    let input = Input::read(format!("窗口码\n{number}0000000000").as_bytes()).unwrap();
    let checked = house.office.check(&input, &terms(), &Never, &mut |_, _| true).unwrap();
    assert_eq!(said(&checked), [("refused", "CHECK_GUESSED")]);
}

#[test]
fn it_stops_when_told_and_tells_how_far_it_is() {
    let house = House::filled();
    let input = Input::read(SUBJECTS.as_bytes()).unwrap();
    let mut told = Vec::new();
    let ended = house.office.check(&input, &terms(), &NoGuessing, &mut |done, of| {
        told.push((done, of));
        done < 3
    });
    assert_eq!(ended.unwrap_err().code(), RefusalCode::CheckEnded);
    assert_eq!(told, [(1, 8), (2, 8), (3, 8)]);
}

#[test]
fn the_summary_is_certified_once_and_a_stranger_verifies_it() {
    use verifier::verify::{Presented, Terms as VerifyTerms, verify};

    let house = House::filled();
    let checked = house.check(SUBJECTS, bidding());
    let accepted = house.office.notarize_check(&checked).unwrap();
    house.office.seal_all().unwrap();
    assert_eq!(house.office.notarize_check(&checked).unwrap().number, accepted.number);
    house.office.publish_status().unwrap();
    let file = house.office.certificate(&accepted.number).unwrap().certificate.encode();
    let presented = Presented::read(&file, house.office.now()).unwrap();
    let judged = |document: &[u8]| {
        let terms = VerifyTerms {
            document: Some(document),
            status_asked: false,
            ..VerifyTerms::at(house.office.now())
        };
        verify(&presented, house.office.trust(), &StatusShelf::default(), &terms).code
    };
    let summary = checked.json();
    assert_eq!(judged(&summary), Code::Valid);
    let changed = String::from_utf8(summary).unwrap().replacen("\"not-found\"", "\"valid\"", 1);
    assert_eq!(judged(changed.as_bytes()), Code::DocumentDiffers);
}

#[test]
fn hostile_tables_never_panic_and_never_reach_the_answer_as_formulas() {
    let house = House::filled();
    for cell in
        ["=HYPERLINK(1)", "@SUM(A1)", "\"", "'", "\u{202e}91619900MA0DEM0131", "1E99", "#N/A", "🀄", "-1"]
    {
        let table =
            format!("代码,名称\n\"{}\",\"{}\"\n", cell.replace('"', "\"\""), cell.replace('"', "\"\""));
        let checked = house.check(&table, terms());
        let text = String::from_utf8(checked.csv()).unwrap();
        for one in text.lines().skip(1).flat_map(|line| line.split(',')) {
            assert!(!one.starts_with(['=', '+', '-', '@']), "{text}");
        }
    }
    let mut bytes = SUBJECTS.as_bytes().to_vec();
    for at in (0..bytes.len()).step_by(7) {
        let kept = bytes[at];
        bytes[at] ^= 0x5a;
        let _ = Input::read(&bytes);
        bytes[at] = kept;
    }
}
