//! A ledger that is followed: from audit to audit, over interruptions, and against an office that has two histories.

use std::cell::Cell;

use verifier::entry::Entry;
use verifier::status::Status;
use verifier::time::Time;

use super::house::{BEGIN, House, codes, small, with};
use crate::audit::follow::{Followed, follow};
use crate::audit::{AuditOptions, AuditReport, LedgerSource, Verdict, Watch};
use crate::disk::testing::MemoryDisk;
use crate::disk::{Disk, DiskError};
use crate::ledger::testing::entries;
use crate::ledger::{PUBLIC_LIST, PUBLIC_LIST_BYTES};

/// A ledger as a web server gives it out: nothing can be listed but the preimages, by their lists. It breaks down after
/// so many reads.
struct Served<'a> {
    disk: &'a MemoryDisk,
    reads: Cell<u64>,
}

impl<'a> Served<'a> {
    fn new(disk: &'a MemoryDisk) -> Self {
        Self { disk, reads: Cell::new(u64::MAX) }
    }
}

impl LedgerSource for Served<'_> {
    fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, DiskError> {
        match self.reads.get().checked_sub(1) {
            Some(left) => self.reads.set(left),
            None => return Err(DiskError::Failed { path: path.into(), step: "GET", why: "gone".into() }),
        }
        Disk::read(self.disk, &format!("ledger/{path}"), limit)
    }

    fn list(&self, folder: &str) -> Result<Option<Vec<String>>, DiskError> {
        if !folder.starts_with("public") {
            return Ok(None);
        }
        let list = self.read(&format!("{folder}/{PUBLIC_LIST}"), PUBLIC_LIST_BYTES)?;
        Ok(list.map(|list| String::from_utf8(list).unwrap().lines().map(str::to_owned).collect()))
    }
}

/// The first entry that was looked at.
#[derive(Default)]
struct First(Option<u64>);

impl Watch for First {
    fn entry(&mut self, index: u64, _: &Entry) {
        self.0.get_or_insert(index);
    }
}

fn go_on(
    house: &House,
    source: &Served<'_>,
    followed: &mut Followed,
) -> Result<(AuditReport, Option<u64>), DiskError> {
    let (bundle, mut first) = (house.trust(|_| ()), First::default());
    let options = AuditOptions::default();
    // What is kept is read again, as from a file.
    let mut kept = followed.clone();
    let mut keep = |state: &Followed| kept = Followed::parse(state.encode().as_bytes()).unwrap();
    let report = follow(source, Some(&bundle), followed, &options, &mut first, &mut keep);
    *followed = kept;
    Ok((report?, first.0))
}

fn begin(house: &House) -> Followed {
    Followed::new(house.office.origin())
}

#[test]
fn each_audit_goes_on_where_the_last_one_ended() {
    let mut house = House::new();
    let mut followed = begin(&house);
    for (step, size) in [(300, 300), (1, 301), (1, 302), (600, 902), (5000, 5902)] {
        let before = followed.audited();
        house.seal(step);
        if step == 600 {
            house.status(300, &[]);
            house.status(300, &[(7, Status::Suspended)]);
            house.status(300, &[(7, Status::Valid)]);
        }
        let (report, first) = go_on(&house, &Served::new(&house.disk), &mut followed).unwrap();
        assert_eq!((report.verdict, codes(&report)), (Verdict::Clean, vec![]), "{step}");
        assert_eq!(followed.audited(), house.ledger.head().size, "{step}");
        assert!(followed.audited() >= size);
        assert_eq!(first, Some(before / 256 * 256), "{step}");
    }
    // The chain of status notes goes on over the audits.
    let disk = with(&house.disk.files(), "ledger/none", None);
    house.status(300, &[(9, Status::Revoked)]);
    let (report, _) = go_on(&house, &Served::new(&house.disk), &mut followed).unwrap();
    assert_eq!(codes(&report), vec![]);
    let mut other = followed.clone();
    let (report, _) = go_on(&house, &Served::new(&disk), &mut other).unwrap();
    assert_eq!(codes(&report), [("ROLLBACK", "checkpoint")]);
}

#[test]
fn an_audit_that_is_cut_off_anywhere_goes_on_and_misses_nothing() {
    let mut house = small();
    for step in [70, 200, 3, 1, 900] {
        house.seal(step);
    }
    let sound = house.disk.files();
    let damaged =
        ["ledger/batch/001", "ledger/tile/entries/002", "ledger/tile/1/000.p/5", "ledger/batch/009"];
    for path in damaged {
        let mut other = sound[path].clone();
        let at = other.len() / 2;
        other[at] ^= 4;
        let disk = with(&sound, path, Some(other));
        let (mut followed, mut tries) = (begin(&house), 0);
        let report = loop {
            let source = Served::new(&disk);
            source.reads.set(20 + 13 * tries);
            tries += 1;
            match go_on(&house, &source, &mut followed) {
                Ok((report, _)) => break report,
                Err(error) => assert_eq!(error.code(), "DISK_FAILED"),
            }
        };
        assert!(tries > 1, "{path}");
        assert!(report.findings.iter().all(|f| Some(f.path()) == path.strip_prefix("ledger/")), "{path}");
        // What was found is found again, until it is put right.
        let (again, _) = go_on(&house, &Served::new(&disk), &mut followed).unwrap();
        assert_eq!(codes(&again), codes(&report), "{path}");
        let (whole, _) = go_on(&house, &Served::new(&house.disk), &mut followed).unwrap();
        assert_eq!((whole.verdict, followed.audited()), (Verdict::Clean, house.ledger.head().size), "{path}");
    }
}

/// The same office with another history from an entry on.
fn forked(house: &House, common: u64, more: u64) -> House {
    let mut other = House::new();
    for part in [250, 50].into_iter().take(if common == 300 { 2 } else { 1 }) {
        other.seal(part);
    }
    other.office.seal(&mut other.ledger, entries(70_000, more), &[], BEGIN + 600).unwrap();
    assert_eq!(other.office.origin(), house.office.origin());
    other
}

#[test]
fn two_histories_are_found_and_kept_whatever_their_sizes() {
    let mut house = House::new();
    [250, 50, 40].into_iter().for_each(|part| house.seal(part));
    for (common, more, code) in [
        (300, 40, "SPLIT_VIEW"),
        (300, 41, "SPLIT_VIEW"),
        (300, 900, "SPLIT_VIEW"),
        (250, 90, "SPLIT_VIEW"),
        (250, 5_000, "SPLIT_VIEW"),
        (300, 39, "ROLLBACK"),
        (250, 1, "ROLLBACK"),
    ] {
        let mut followed = begin(&house);
        let (report, _) = go_on(&house, &Served::new(&house.disk), &mut followed).unwrap();
        assert_eq!(codes(&report), vec![]);
        let (seen, other) = (followed.seen().unwrap().to_owned(), forked(&house, common, more));
        let (report, _) = go_on(&house, &Served::new(&other.disk), &mut followed).unwrap();
        let found = codes(&report);
        assert!(found.contains(&(code, "checkpoint")), "{common}+{more}: {found:?}");
        let conflict = report.conflict.unwrap();
        assert_eq!(conflict.seen, seen);
        assert_eq!(conflict.now.as_bytes(), other.disk.files()["ledger/checkpoint"]);
        assert_eq!(followed.conflicts(), [conflict]);
        // What was seen first stays what the ledger is held against.
        assert_eq!(followed.seen(), Some(&*seen));
        let (after, _) = go_on(&house, &Served::new(&house.disk), &mut followed).unwrap();
        let still = if code == "SPLIT_VIEW" { vec![("SPLIT_VIEW", "checkpoint")] } else { vec![] };
        assert_eq!(codes(&after), still, "{common}+{more}");
    }
}

#[test]
fn over_the_web_every_preimage_is_seen_and_a_hidden_one_shows() {
    let house = small();
    let files = house.disk.files();
    let report = |disk: &MemoryDisk| go_on(&house, &Served::new(disk), &mut begin(&house)).unwrap().0;
    for path in files.keys().filter(|path| !path.contains("/tile/") && !path.ends_with("public/list")) {
        let mut other = files[path].clone();
        let at = other.len() / 3;
        other[at] ^= 1;
        if path.ends_with(".xzs") {
            other.truncate(at);
        }
        let report = report(&with(&files, path, Some(other)));
        assert_eq!(report.verdict, Verdict::Findings, "{path}");
        assert!(report.findings.iter().all(|f| Some(f.path()) == path.strip_prefix("ledger/")), "{path}");
    }
    // Without the list no preimage is seen, but the status lists have notes.
    let hidden = report(&with(&files, "ledger/public/list", None));
    assert_eq!(codes(&hidden), [("STATUS_NOT_LOGGED", "status/0.xzs")]);
    let part = report(&with(&files, "ledger/public/list", Some(b"300\n303\n".to_vec())));
    assert!(codes(&part).iter().any(|(code, _)| *code == "STATUS_NEWEST"), "{:?}", codes(&part));
}

#[test]
fn what_is_dated_in_the_future_is_found() {
    let house = small();
    let at = |seconds| {
        let options = AuditOptions { now: Time::new(BEGIN + seconds).ok(), ..AuditOptions::default() };
        codes(&super::house::audit(&house.disk, None, &options)).len()
    };
    assert_eq!((at(60 * 7), at(100), at(0)), (0, 0, 1));
}

#[test]
fn a_state_is_read_as_it_was_written_and_nothing_else_is() {
    let house = small();
    let mut followed = begin(&house);
    assert_eq!(Followed::parse(followed.encode().as_bytes()).unwrap(), followed);
    go_on(&house, &Served::new(&house.disk), &mut followed).unwrap();
    let text = followed.encode();
    assert_eq!(Followed::parse(text.as_bytes()).unwrap(), followed);
    for (from, to) in [
        ("audit-state/v1", "audit-state/v2"),
        ("office.example/ledger", "other.example/ledger"),
        ("\"size\":3", "\"size\":4"),
        ("\"looked\":3", "\"looked\":"),
        ("{\"format\"", "{\"more\":1,\"format\""),
        ("\"seen\":\"", "\"seen\":\"x"),
    ] {
        assert!(text.contains(from), "{from}");
        assert!(Followed::parse(text.replacen(from, to, 1).as_bytes()).is_err(), "{from} → {to}");
    }
    assert!(Followed::parse(b"").is_err() && Followed::parse(&text.as_bytes()[..text.len() / 2]).is_err());
}
