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
use crate::ledger::testing::{TestKey, entries};
use crate::ledger::{PUBLIC_LIST, PUBLIC_LIST_BYTES};
use verifier::misbehaviour::Misbehaviour;
use verifier::note::Note;

/// A ledger as a web server gives it out: nothing can be listed but the preimages, by their lists. It breaks down after
/// so many reads.
pub(super) struct Served<'a> {
    disk: &'a MemoryDisk,
    reads: Cell<u64>,
}

impl<'a> Served<'a> {
    pub(super) fn new(disk: &'a MemoryDisk) -> Self {
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

pub(super) fn go_on(
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

pub(super) fn begin(house: &House) -> Followed {
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
pub(super) fn forked(house: &House, common: u64, more: u64) -> House {
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
        // Two histories are proven to anybody; a ledger that is only smaller proves nothing.
        let proof = conflict.proof.as_ref();
        assert_eq!(proof.is_some(), code == "SPLIT_VIEW", "{common}+{more}");
        if let Some(proof) = proof {
            let file = Misbehaviour::parse(proof.encode().as_bytes()).unwrap();
            assert!(file.contradicts(), "{common}+{more}");
            assert_eq!(file.signed_by(&[&house.office.ledger.public]), Ok((vec![0], vec![0])));
        }
        assert_eq!(followed.conflicts(), std::slice::from_ref(&conflict));
        // What was seen first stays what the ledger is held against.
        assert_eq!(followed.seen(), Some(&*seen));
        let (after, _) = go_on(&house, &Served::new(&house.disk), &mut followed).unwrap();
        let still = if code == "SPLIT_VIEW" { vec![("SPLIT_VIEW", "checkpoint")] } else { vec![] };
        assert_eq!(codes(&after), still, "{common}+{more}");
        // The proof is told with it, though the ledger shows the first history again.
        assert_eq!(after.conflict, Some(conflict).filter(|_| code == "SPLIT_VIEW"));
    }
}

#[test]
fn an_audit_does_not_go_on_along_another_history() {
    let mut house = House::new();
    [250, 50, 700].into_iter().for_each(|part| house.seal(part));
    let mut followed = begin(&house);
    // The last batch is damaged, so the audit goes on from the first; its checkpoint was seen all the same.
    let mut damaged = house.disk.files()["ledger/batch/002"].clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    let disk = with(&house.disk.files(), "ledger/batch/002", Some(damaged));
    go_on(&house, &Served::new(&disk), &mut followed).unwrap();
    assert_eq!((followed.audited(), followed.seen().is_some()), (250, true));
    // Another history, whose batches are sound up to the size of what was seen.
    let mut other = forked(&house, 250, 100);
    other.office.seal(&mut other.ledger, entries(80_000, 900), &[], BEGIN + 660).unwrap();
    let (report, _) = go_on(&house, &Served::new(&other.disk), &mut followed).unwrap();
    assert_eq!(codes(&report), [("SPLIT_VIEW", "checkpoint")]);
    assert_eq!(followed.audited(), 250);
}

#[test]
fn a_head_of_another_history_that_lies_in_the_ledger_itself_is_proven() {
    let mut house = House::new();
    [250, 50, 40, 700].into_iter().for_each(|part| house.seal(part));
    let other = forked(&house, 300, 40);
    let (sound, foreign) = (house.disk.files(), other.disk.files());
    let head = foreign["ledger/checkpoint"].clone();
    let report = |disk: &MemoryDisk, trust: bool| {
        let bundle = house.trust(|_| ());
        super::house::audit(disk, trust.then_some(&bundle), &AuditOptions::default())
    };
    // What a witness cosigned, what a batch says, what is published at the size of the last batch.
    let mut same_size = House::new();
    same_size.office.seal(&mut same_size.ledger, entries(9_000, 1040), &[], BEGIN).unwrap();
    let published = same_size.disk.files()["ledger/checkpoint"].clone();
    for (path, bytes, code) in [
        ("ledger/cosigned/000", head, "COSIGNED_BAD"),
        ("ledger/batch/002", foreign["ledger/batch/002"].clone(), "BATCH_ROOT"),
        ("ledger/checkpoint", published, "CHECKPOINT_ROOT"),
    ] {
        let disk = with(&sound, path, Some(bytes));
        let found = report(&disk, true);
        assert!(found.findings.iter().any(|f| f.code.as_str() == code), "{path}: {:?}", codes(&found));
        let proof = found.conflict.and_then(|conflict| conflict.proof).expect(path);
        assert!(proof.contradicts());
        assert_eq!(proof.signed_by(&[&house.office.ledger.public]), Ok((vec![0], vec![0])), "{path}");
        // Without its keys nobody can say that it was the office.
        assert_eq!(report(&disk, false).conflict, None, "{path}");
    }
    // A head that somebody else signed is wrong, and no proof against the office.
    let stranger = TestKey::new("office.example/ledger", 99);
    let text = String::from_utf8(foreign["ledger/checkpoint"].clone()).unwrap();
    let note = stranger.sign(Note::parse(&text).unwrap().text().to_owned()).encode();
    let found = report(&with(&sound, "ledger/cosigned/000", Some(note.into_bytes())), true);
    assert_eq!(codes(&found), [("COSIGNED_BAD", "cosigned/000")]);
    assert_eq!(found.conflict, None);
}

#[test]
fn a_ledger_that_is_smaller_than_what_was_cosigned_was_rolled_back() {
    let mut house = House::new();
    [250, 50].into_iter().for_each(|part| house.seal(part));
    let old = house.disk.files();
    house.seal(40);
    let head = house.disk.files()["ledger/checkpoint"].clone();
    let disk = with(&old, "ledger/cosigned/000", Some(head));
    let report = super::house::audit(&disk, Some(&house.trust(|_| ())), &AuditOptions::default());
    assert_eq!(codes(&report), [("ROLLBACK", "cosigned/000")]);
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

/// An office that is publishing: after so many moments its next head is there.
struct Publishing<'a> {
    before: Served<'a>,
    after: Served<'a>,
    moments: Cell<u32>,
}

impl LedgerSource for Publishing<'_> {
    fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, DiskError> {
        if self.moments.get() == 0 { self.after.read(path, limit) } else { self.before.read(path, limit) }
    }

    fn list(&self, folder: &str) -> Result<Option<Vec<String>>, DiskError> {
        if self.moments.get() == 0 { self.after.list(folder) } else { self.before.list(folder) }
    }

    fn wait(&self) -> bool {
        self.moments.set(self.moments.get() - 1);
        true
    }
}

#[test]
fn a_list_that_is_published_just_before_its_head_is_waited_for() {
    let mut house = small();
    let before = house.disk.files();
    house.status(300, &[(1, Status::Revoked)]);
    let newest = house.disk.files()["ledger/status/0.xzs"].clone();
    let ahead = with(&before, "ledger/status/0.xzs", Some(newest));
    let bundle = house.trust(|_| ());
    for (moments, finds) in [(1, vec![]), (4, vec![]), (99, vec![("STATUS_NEWEST", "status/0.xzs")])] {
        let (before, after) = (Served::new(&ahead), Served::new(&house.disk));
        let source = Publishing { before, after, moments: Cell::new(moments) };
        let (mut followed, options) = (begin(&house), AuditOptions::default());
        let report =
            follow(&source, Some(&bundle), &mut followed, &options, &mut First::default(), &mut |_| ());
        assert_eq!(codes(&report.unwrap()), finds, "{moments}");
        assert!(source.moments.get() == 0 || source.moments.get() == 95, "it waits a few times only");
    }
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
    let root = format!("\"root\":\"{}", &house.ledger.head().root.to_base64()[..4]);
    for (from, to) in [
        ("audit-state/v1", "audit-state/v2"),
        ("office.example/ledger", "other.example/ledger"),
        ("\"size\":3", "\"size\":4"),
        ("\"size\":3", "\"size\":2"),
        ("\"looked\":3", "\"looked\":"),
        ("\"looked\":3", "\"looked\":2"),
        (&*root, "\"root\":\"AAAA"),
        ("{\"format\"", "{\"more\":1,\"format\""),
        ("\"seen\":\"", "\"seen\":\"x"),
    ] {
        assert!(text.contains(from), "{from}");
        assert!(Followed::parse(text.replacen(from, to, 1).as_bytes()).is_err(), "{from} → {to}");
    }
    assert!(Followed::parse(b"").is_err() && Followed::parse(&text.as_bytes()[..text.len() / 2]).is_err());
}
