//! An office for the tests of cases: its clock, its calendar, its documents, and what a crash leaves of it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use verifier::number::CertificateNumber;
use verifier::origin::Origin;
use verifier::time::Time;

use crate::desk::{Actor, Standing};
use crate::journal::{Journal, Position};
use crate::keys::{Passphrase, example};
use crate::office::{Clock, NewOffice, Office, OpenOptions, SealPolicy, Submission, SubmissionKind};
use crate::samples;

/// The two years that tests run in, with a long holiday and days of weekends that are worked.
const YEARS: [&str; 2] = [
    r#"{"format":"xinzheng/calendar/v1","year":2026,"source":"示例通知",
      "off":[{"name":"长假","from":"2026-11-24","to":"2026-11-26"}],"working":["2026-11-28","2026-11-29"]}"#,
    r#"{"format":"xinzheng/calendar/v1","year":2027,"source":"示例通知",
      "off":[{"name":"元旦","from":"2027-01-01","to":"2027-01-03"}],"working":["2027-01-09"]}"#,
];

pub(crate) struct TestClock(Mutex<Time>);

impl Clock for TestClock {
    fn now(&self) -> Time {
        *self.0.lock().unwrap()
    }
}

/// An office in a folder of its own.
pub(crate) struct House {
    dir: tempfile::TempDir,
    pub clock: Arc<TestClock>,
}

impl House {
    /// With calendars.
    pub fn new() -> Self {
        let house = Self::without_calendar();
        house.import_calendars();
        house
    }

    /// Of both years.
    pub fn import_calendars(&self) {
        let office = self.open();
        for year in YEARS {
            office.import_calendar(year.as_bytes()).unwrap();
        }
    }

    pub fn without_calendar() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let new = NewOffice {
            origin: Origin::parse(example::ORIGIN).unwrap(),
            name: "示例县公共信用信息中心".to_owned(),
            organisation: Some("12619900990000084G".to_owned()),
            host: None,
            seal: SealPolicy::Manual,
        };
        Office::create_example(&dir.path().join("office"), &new, samples::now()).unwrap();
        House { dir, clock: Arc::new(TestClock(Mutex::new(samples::now()))) }
    }

    pub fn path(&self) -> PathBuf {
        self.dir.path().join("office")
    }

    pub fn open(&self) -> Office {
        self.open_at(&self.path())
    }

    pub fn open_at(&self, path: &Path) -> Office {
        self.try_open_at(path).unwrap()
    }

    pub fn try_open_at(&self, path: &Path) -> Result<Office, crate::refusal::Refusal> {
        let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).unwrap());
        let clock: Arc<dyn Clock> = self.clock.clone();
        Office::open(path, &passphrase, OpenOptions { clock, allow_example_keys: true, allow_later: false })
    }

    pub fn later(&self, seconds: u64) {
        let mut now = self.clock.0.lock().unwrap();
        *now = now.saturating_add(seconds);
    }

    /// What an audit of the folder finds.
    pub fn findings(&self, path: &Path) -> Vec<crate::audit::Finding> {
        let options = crate::audit::AuditOptions::default();
        crate::office::audit(path, &options, &mut |_| {}).unwrap().findings
    }

    /// Where the journal's records begin, in order, with their kinds, and its end.
    pub fn records(&self, path: &Path) -> Vec<(u8, Position)> {
        let id = *verifier::hash::tagged("xinzheng/office-id/v1", &[example::ORIGIN.as_bytes()]).as_bytes();
        let mut out = Vec::new();
        Journal::inspect(&path.join("journal"), &id, None, &mut |record| {
            out.push((record.kind, record.position));
        })
        .unwrap();
        out
    }

    /// A copy of the office as a crash would have left it: its journal cut off before this record, so many bytes later.
    pub fn crashed(&self, to: &str, before: Position, bytes: u32) -> PathBuf {
        let (from, to) = (self.path(), self.dir.path().join(to));
        copy(&from, &to);
        // The index may be behind the journal, never ahead of it.
        std::fs::remove_dir_all(to.join("index")).unwrap();
        let bytes_of = before.to_bytes();
        let segment = u64::from_be_bytes(bytes_of[..8].try_into().unwrap());
        let offset = u32::from_be_bytes(bytes_of[8..].try_into().unwrap());
        let mut segments: Vec<PathBuf> = std::fs::read_dir(to.join("journal"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("segment-"))
            .collect();
        segments.sort();
        assert_eq!((segments.len(), segment), (1, 1), "tests stay within one segment");
        let file = std::fs::OpenOptions::new().write(true).open(&segments[0]).unwrap();
        file.set_len(u64::from(offset + bytes)).unwrap();
        to
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        match path.is_dir() {
            true => copy(&path, &to),
            false => assert!(std::fs::copy(&path, &to).is_ok()),
        }
    }
}

pub(crate) fn actor(account: &str, standing: Standing) -> Actor {
    Actor { account: account.to_owned(), unit: "信用办".to_owned(), standing }
}

pub(crate) fn operator() -> Actor {
    actor("operator", Standing::Operator)
}

pub(crate) fn reviewer() -> Actor {
    actor("reviewer", Standing::Reviewer)
}

pub(crate) fn holder() -> Actor {
    actor("holder", Standing::Holder)
}

/// A document.
pub(crate) fn json(bytes: Vec<u8>) -> Submission {
    Submission { bytes, kind: SubmissionKind::Json, idempotency_key: None, corrects: None, qr: true }
}

/// The report with the penalty CF-0011, each with another number.
pub(crate) fn penalty(n: u32) -> String {
    numbered("report-general-penalty.json", n)
}

/// The report without any.
pub(crate) fn clean(n: u32) -> String {
    numbered("report-general-clean.json", n)
}

/// The report of a natural person.
pub(crate) fn person(n: u32) -> String {
    numbered("report-person.json", n)
}

fn numbered(name: &str, n: u32) -> String {
    let text = String::from_utf8(samples::bytes(name)).unwrap();
    let own = samples::document(name).own_number().unwrap().to_owned();
    text.replace(&own, &format!("{}{n:08}", &own[..14]))
}

/// The penalty's flags as they are in the sample: the second list of flags.
pub(crate) fn flagged(text: &str, flag: &str) -> String {
    let value = text.rfind("\"flags\": []").unwrap();
    format!("{}\"flags\": [\"{flag}\"]{}", &text[..value], &text[value + "\"flags\": []".len()..])
}

/// A corrected one: the fine is another.
pub(crate) fn corrected(text: &str) -> String {
    assert!(text.contains("\"1.2000\""));
    text.replace("\"1.2000\"", "\"0.2000\"")
}

/// Submits and seals.
pub(crate) fn issue(office: &Office, text: &str) -> CertificateNumber {
    let number = office.submit(json(text.as_bytes().to_vec())).unwrap().number;
    office.seal_all().unwrap();
    number
}
