//! The desk from end to end: rules, crashes, and random sequences held against a model.

mod flow;
mod model;

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use verifier::origin::Origin;
use verifier::time::Time;

use super::*;
use crate::keys::{Passphrase, example};
use crate::office::{Clock, NewOffice, OpenOptions, SealPolicy, Submission, SubmissionKind};
use crate::samples;

/// A clock that a test sets.
struct TestClock(Mutex<Time>);

impl Clock for TestClock {
    fn now(&self) -> Time {
        *self.0.lock().unwrap()
    }
}

/// An office in a folder of its own.
struct House {
    dir: tempfile::TempDir,
    clock: Arc<TestClock>,
}

impl House {
    fn new() -> Self {
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

    fn path(&self) -> PathBuf {
        self.dir.path().join("office")
    }

    fn open(&self) -> Office {
        let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).unwrap());
        let clock: Arc<dyn Clock> = self.clock.clone();
        let options = OpenOptions { clock, allow_example_keys: true, allow_later: false };
        Office::open(&self.path(), &passphrase, options).unwrap()
    }

    fn later(&self, seconds: u64) {
        let mut now = self.clock.0.lock().unwrap();
        *now = now.saturating_add(seconds);
    }
}

fn actor(account: &str, standing: Standing) -> Actor {
    Actor { account: account.to_owned(), unit: "综合窗口3号".to_owned(), standing }
}

fn operator() -> Actor {
    actor("operator", Standing::Operator)
}

fn reviewer() -> Actor {
    actor("reviewer", Standing::Reviewer)
}

fn holder() -> Actor {
    actor("holder", Standing::Holder)
}

fn sample(name: &str) -> Submission {
    json(samples::bytes(name))
}

fn json(bytes: Vec<u8>) -> Submission {
    Submission { bytes, kind: SubmissionKind::Json, idempotency_key: None, corrects: None, qr: true }
}

fn draftable(submission: Submission) -> Draftable {
    Draftable { submission, request: None }
}

/// The report with penalties, with another number, so that each is a document of its own.
fn penalty(n: u32) -> Submission {
    let text = String::from_utf8(samples::bytes("report-general-penalty.json")).unwrap();
    let own = samples::document("report-general-penalty.json").own_number().unwrap().to_owned();
    json(text.replace(&own, &format!("{}{n:08}", &own[..14])).into_bytes())
}

/// The same for the report without any.
fn clean(n: u32) -> Submission {
    let text = String::from_utf8(samples::bytes("report-general-clean.json")).unwrap();
    let own = samples::document("report-general-clean.json").own_number().unwrap().to_owned();
    json(text.replace(&own, &format!("{}{n:08}", &own[..14])).into_bytes())
}
