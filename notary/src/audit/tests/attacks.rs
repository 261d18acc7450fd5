//! Tricks against an auditor who goes on from what he saw before, who asks a server, or who learns of a theft later: a hole that
//! was open once, each.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use verifier::entry::PublicKind;
use verifier::key_event::{KeyChange, KeyDates, KeyEvent};
use verifier::misbehaviour::Misbehaviour;
use verifier::note::{Note, SignatureLine};
use verifier::status::Status;
use verifier::time::Time;
use verifier::trust::{Compromised, KeyUse, OfficeKey, TrustBundle};

use super::evidence::{cosign, dated, head_of, trusting};
use super::following::{Served, begin, forked, go_on};
use super::house::{BEGIN, House, audit, small, told, with};
use super::keys::{rotated, rotating};
use super::sightings::{anchor, answer};
use crate::audit::follow::{Followed, follow};
use crate::audit::{AuditOptions, AuditReport, LedgerSource, Watch};
use crate::disk::testing::MemoryDisk;
use crate::disk::{Disk, DiskError};
use crate::ledger::testing::{ORIGIN, TestKey, entries};

/// One audit after the other, over a file each time.
struct Follower(Followed);

impl Follower {
    fn of(house: &House) -> Follower {
        Follower(begin(house))
    }

    fn go_on(&mut self, source: &dyn LedgerSource, trust: &TrustBundle) -> AuditReport {
        let mut kept = self.0.clone();
        let mut keep = |state: &Followed| kept = Followed::parse(state.encode().as_bytes()).unwrap();
        let options = AuditOptions::default();
        let report = follow(source, Some(trust), &mut self.0, &options, &mut (), &mut keep).unwrap();
        self.0 = kept;
        report
    }

    fn finds(&mut self, disk: &MemoryDisk, trust: &TrustBundle) -> Vec<String> {
        told(&self.go_on(&(disk as &dyn Disk), trust))
    }
}

/// A server that answers otherwise than its disk.
struct Lying<'a, F: Fn(&str) -> Option<Vec<u8>>> {
    disk: &'a MemoryDisk,
    lie: F,
}

impl<F: Fn(&str) -> Option<Vec<u8>>> LedgerSource for Lying<'_, F> {
    fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, DiskError> {
        match (self.lie)(path) {
            Some(bytes) => Ok(Some(bytes)),
            None => Disk::read(self.disk, &format!("ledger/{path}"), limit),
        }
    }

    fn list(&self, folder: &str) -> Result<Option<Vec<String>>, DiskError> {
        Disk::list(self.disk, format!("ledger/{folder}").trim_end_matches('/')).map(Some)
    }
}

/// Entries that were said to be public.
#[derive(Default)]
struct Publics(Vec<u64>);

impl Watch for Publics {
    fn public(&mut self, index: u64) {
        self.0.push(index);
    }
}

#[test]
fn a_name_without_a_preimage_makes_no_entry_public() {
    let house = small();
    let list = ["007", "300", "303", "305"].map(|name| format!("{name}\n")).concat();
    let disk = with(&house.disk.files(), "ledger/public/list", Some(list.into_bytes()));
    let (trust, origin, mut publics) = (house.trust(|_| ()), house.office.origin(), Publics::default());
    let options = AuditOptions::default();
    let report =
        crate::audit::audit_watched(&Served::new(&disk), &origin, Some(&trust), &options, &mut publics);
    assert_eq!(told(&report.unwrap()), ["PUBLIC_LIST public/list#7"]);
    // Else whoever has the export would not be asked for the document of the entry 7.
    assert_eq!(publics.0, [300, 303, 305]);
}

#[test]
fn a_key_in_silence_is_not_forgotten_by_the_next_audit() {
    let mut house = rotating(&["entry", "entry"]);
    house.seal(1);
    let trust = house.trust(rotated);
    let mut follower = Follower::of(&house);
    let silent = ["KEY_UNANNOUNCED batch/004"];
    assert_eq!(follower.finds(&house.disk, &trust), silent);
    assert_eq!(follower.finds(&house.disk, &trust), silent);
    house.seal(600);
    assert_eq!(follower.finds(&house.disk, &trust), silent);
    assert!(follower.0.audited() < 10, "{}", follower.0.audited());
}

#[test]
fn a_key_that_signs_status_notes_is_announced_before_them() {
    let new = TestKey::new(&format!("{ORIGIN}/status"), 72);
    let time = |seconds| Time::new(BEGIN + seconds).unwrap();
    let dates = KeyDates { sign_from: time(0), sign_until: time(1_000_000), verify_until: time(1_000_000) };
    let run = |is_late: bool| {
        let mut house = House::new();
        let first = house.trust_file(|_| ());
        house.seal_public(PublicKind::TrustBundle, first.as_bytes());
        house.seal(3);
        house.office.status = TestKey::new(&format!("{ORIGIN}/status"), 72);
        let text = KeyEvent::new(
            house.office.origin(),
            KeyUse::Status,
            new.public.clone(),
            KeyChange::Announced(dates),
            time(600),
        );
        let text = text.unwrap().text();
        if !is_late {
            house.seal_public(PublicKind::KeyEvent, text.as_bytes());
        }
        house.status(3, &[]);
        if is_late {
            house.seal_public(PublicKind::KeyEvent, text.as_bytes());
        }
        house.status(3, &[]);
        // Heads that come later are too late.
        house.seal(300);
        house.office.status = TestKey::new(&format!("{ORIGIN}/status"), 3);
        let trust = house.trust(|fields| {
            fields.sequence = 2;
            let KeyDates { sign_from, sign_until, verify_until } = dates;
            let (usage, key, compromised) = (KeyUse::Status, new.public.clone(), None);
            fields.offices[0].keys.push(OfficeKey {
                usage,
                key,
                sign_from,
                sign_until,
                verify_until,
                compromised,
            });
            fields.offices[0].keys[2..].sort_by_key(|key| key.key.encode());
        });
        told(&audit(&house.disk, Some(&trust), &AuditOptions::default()))
    };
    assert_eq!(run(false), Vec::<String>::new());
    assert_eq!(run(true), ["KEY_UNANNOUNCED public/004"]);
}

#[test]
fn a_list_that_was_seen_before_can_not_be_taken_away_to_hide_a_change() {
    let mut house = small();
    let (trust, mut follower) = (house.trust(|_| ()), Follower::of(&house));
    assert_eq!(follower.finds(&house.disk, &trust), Vec::<String>::new());
    // What was revoked is valid again.
    house.status(300, &[(7, Status::Valid)]);
    let files = house.disk.files();
    let path = "ledger/status/0/2.xzs";
    let finds = |bytes: Option<Vec<u8>>| {
        let mut one = Follower(follower.0.clone());
        one.finds(&with(&files, path, bytes), &trust)
    };
    assert_eq!(finds(files.get(path).cloned()), ["STATUS_CHANGE status/0/3.xzs#7"]);
    assert_eq!(finds(None), ["STATUS_LIST_MISSING status/0/2.xzs"]);
    assert_eq!(finds(Some(files["ledger/status/0/1.xzs"].clone())), ["STATUS_LIST_BAD status/0/2.xzs"]);
    follower.go_on(&(&house.disk as &dyn Disk), &trust);
}

#[test]
fn a_theft_that_is_told_later_is_looked_for_in_what_was_clean() {
    let mut house = House::new();
    (0..4).for_each(|_| house.seal(100));
    let clean = trusting(&house, |_| ());
    let stolen = trusting(&house, |fields| {
        fields.sequence = 2;
        let (from, size, root) = (Time::new(BEGIN + 150).unwrap(), 100, house.ledger.root_at(100).unwrap());
        fields.offices[0].keys[1].compromised = Some(Compromised { from, size, root });
    });
    let first = told(&audit(&house.disk, Some(&stolen), &AuditOptions::default()));
    assert_eq!(first.len(), 3, "{first:?}");
    let mut follower = Follower::of(&house);
    assert_eq!(follower.finds(&house.disk, &clean), Vec::<String>::new());
    assert_eq!(follower.finds(&house.disk, &stolen), first);
    assert_eq!(follower.finds(&house.disk, &stolen), first);
    // A witness saw all of it before. From then on the audit goes on behind it again.
    let seen = cosign(&head_of(&house, 3), BEGIN + 149);
    let disk = with(&house.disk.files(), "ledger/cosigned/000", Some(seen));
    assert_eq!(follower.finds(&disk, &stolen), Vec::<String>::new());
    assert_eq!(follower.0.audited(), 400);
    // A later bundle does not have that witness any more.
    let mut fields = stolen.fields().clone();
    fields.witnesses.clear();
    let alone = TrustBundle::from_text(&fields.text().unwrap()).unwrap();
    assert_eq!(Follower(follower.0.clone()).finds(&disk, &alone), first);
    assert_eq!(follower.go_on(&(&disk as &dyn Disk), &stolen).looked.batches, 1);
    let long = {
        let mut house = House::new();
        house.seal(600);
        house.seal(600);
        house
    };
    let stolen = trusting(&long, |fields| {
        let (from, size, root) = (Time::new(BEGIN + 150).unwrap(), 1200, long.ledger.root_at(1200).unwrap());
        fields.offices[0].keys[1].compromised = Some(Compromised { from, size, root });
    });
    let mut follower = Follower::of(&long);
    assert_eq!(follower.finds(&long.disk, &stolen), Vec::<String>::new());
    assert_eq!(follower.go_on(&(&long.disk as &dyn Disk), &stolen).looked.entries, 176, "no second look");
}

#[test]
fn the_last_good_head_is_held_against_the_entries_where_no_batch_ends() {
    let house = dated(&[0, 60, 120, 180]);
    let finds = |size: u64, root| {
        let trust = trusting(&house, |fields| {
            let from = Time::new(BEGIN + 150).unwrap();
            fields.offices[0].keys[1].compromised = Some(Compromised { from, size, root });
        });
        told(&audit(&house.disk, Some(&trust), &AuditOptions::default()))
    };
    let (good, other) = (house.ledger.root_at(35).unwrap(), house.ledger.root_at(34).unwrap());
    assert_eq!(finds(35, good), ["KEY_COMPROMISED batch/003"]);
    assert_eq!(finds(35, other), ["KEY_COMPROMISED batch/003", "KEY_COMPROMISED checkpoint"]);
    // The root says that there was more.
    assert_eq!(finds(41, other), ["ROLLBACK checkpoint"]);
}

#[test]
fn a_head_without_its_entries_does_not_take_the_place_of_the_one_that_was_seen() {
    let mut house = House::new();
    [250, 50, 40].into_iter().for_each(|part| house.seal(part));
    let trust = house.trust(|_| ());
    // Something is wrong in the second batch: so the audit goes on from the first each time.
    let sound = house.disk.files();
    let mut bytes = sound["ledger/batch/001"].clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let disk = with(&sound, "ledger/batch/001", Some(bytes));
    let mut follower = Follower::of(&house);
    assert!(follower.finds(&disk, &trust).iter().all(|found| found.ends_with(" batch/001")));
    let seen = follower.0.seen().unwrap().to_owned();
    let other = forked(&house, 250, 5_000);
    let mut served = other.disk.files();
    let lost = ["ledger/tile/entries/001", "ledger/tile/0/001"];
    lost.iter().for_each(|path| assert!(served.remove(*path).is_some(), "{path}"));
    let found = follower.finds(&with(&served, "ledger/none", None), &trust);
    assert!(found.iter().any(|found| found.starts_with("ENTRIES_LOST")), "{found:?}");
    assert_eq!(follower.0.seen(), Some(&*seen));
    // A checkpoint that is not that of the entries, neither.
    let disk = with(&sound, "ledger/checkpoint", Some(other.disk.files()["ledger/checkpoint"].clone()));
    follower.finds(&disk, &trust);
    assert_eq!(follower.0.seen(), Some(&*seen));
    assert!(follower.finds(&other.disk, &trust).contains(&"SPLIT_VIEW checkpoint".to_owned()));
}

/// The checkpoint with one more signature of nobody.
fn touched(checkpoint: &[u8], seed: u8) -> Vec<u8> {
    let note = Note::parse(std::str::from_utf8(checkpoint).unwrap()).unwrap();
    let nobody = TestKey::new("nobody.example", seed);
    let line: SignatureLine = nobody.sign(note.text().to_owned()).signatures()[0].clone();
    note.with_signature(line).unwrap().encode().into_bytes()
}

#[test]
fn a_checkpoint_that_is_written_again_and_again_explains_nothing() {
    let house = small();
    let (trust, files) = (house.trust(|_| ()), house.disk.files());
    let older = with(&files, "ledger/status/0.xzs", Some(files["ledger/status/0/1.xzs"].clone()));
    let larger = {
        let mut house = small();
        house.seal(3);
        house.disk.files()["ledger/checkpoint"].clone()
    };
    let rolled_back = with(&files, "ledger/cosigned/000", Some(larger));
    for (disk, finds) in [(&older, "STATUS_NEWEST status/0.xzs"), (&rolled_back, "ROLLBACK cosigned/000")] {
        let reads = Cell::new(0u8);
        let lie = |path: &str| {
            reads.set(reads.get().wrapping_add(1));
            (path == "checkpoint").then(|| touched(&files["ledger/checkpoint"], reads.get()))
        };
        let report = Follower::of(&house).go_on(&Lying { disk, lie }, &trust);
        assert_eq!(told(&report), [finds]);
    }
}

#[test]
fn a_larger_head_that_explains_a_file_has_to_be_there_the_next_time() {
    let mut house = small();
    let (trust, before) = (house.trust(|_| ()), house.disk.files());
    house.seal(3);
    let larger = house.disk.files()["ledger/checkpoint"].clone();
    let disk = with(&before, "ledger/cosigned/000", Some(larger.clone()));
    let is_first = RefCell::new(true);
    let lie = |path: &str| (path == "checkpoint" && !is_first.replace(false)).then(|| larger.clone());
    let mut follower = Follower::of(&house);
    // As when it is published while an audit is under way.
    assert_eq!(told(&follower.go_on(&Lying { disk: &disk, lie }, &trust)), Vec::<String>::new());
    assert_eq!(follower.0.seen().unwrap().as_bytes(), larger);
    let found = follower.finds(&with(&before, "ledger/none", None), &trust);
    assert_eq!(found, ["ROLLBACK checkpoint"]);
    // What lay beyond the head then is looked at as soon as the head is there.
    let grown = with(&house.disk.files(), "ledger/cosigned/000", Some(larger.clone()));
    let mut follower = Follower::of(&house);
    let is_first = RefCell::new(true);
    let lie = |path: &str| (path == "checkpoint" && !is_first.replace(false)).then(|| larger.clone());
    assert_eq!(follower.go_on(&Lying { disk: &disk, lie }, &trust).looked.cosigned, 0);
    assert_eq!(follower.go_on(&(&grown as &dyn Disk), &trust).looked.cosigned, 1);
    // So with anchors.
    let anchored = |files: &BTreeMap<String, Vec<u8>>| {
        let head = Note::parse(std::str::from_utf8(&larger).unwrap()).unwrap();
        with(files, "ledger/anchors/000", Some(anchor("gateway", &head, &answer(BEGIN + 3600))))
    };
    let (ahead, there) = (anchored(&before), anchored(&house.disk.files()));
    let mut follower = Follower::of(&house);
    let is_first = RefCell::new(true);
    let lie = |path: &str| (path == "checkpoint" && !is_first.replace(false)).then(|| larger.clone());
    let report = follower.go_on(&Lying { disk: &ahead, lie }, &trust);
    assert_eq!((told(&report), report.looked.anchors.len()), (vec![], 0));
    let counts = follower.go_on(&(&there as &dyn Disk), &trust).looked.anchors;
    assert_eq!(counts.values().map(|seen| seen.count).collect::<Vec<_>>(), [1]);
    // Somebody else's explains nothing.
    let stranger = TestKey::new(ORIGIN, 99);
    let text = Note::parse(std::str::from_utf8(&larger).unwrap()).unwrap().text().to_owned();
    let forged = stranger.sign(text).encode().into_bytes();
    let is_first = RefCell::new(true);
    let lie = |path: &str| (path == "checkpoint" && !is_first.replace(false)).then(|| forged.clone());
    let report = Follower::of(&house).go_on(&Lying { disk: &disk, lie }, &trust);
    assert_eq!(told(&report), ["ROLLBACK cosigned/000"]);
}

#[test]
fn evidence_without_an_end_is_given_up() {
    let house = dated(&[0, 60, 120]);
    let trust = trusting(&house, |_| ());
    let seen = cosign(&head_of(&house, 2), BEGIN + 130);
    let answers = |folder: &'static str, bytes: Vec<u8>| {
        let lie = move |path: &str| path.starts_with(folder).then(|| bytes.clone());
        told(&Follower::of(&house).go_on(&Lying { disk: &house.disk, lie }, &trust))
    };
    assert_eq!(answers("cosigned/", seen), ["COSIGNED_BAD cosigned/256"]);
    let other = b"{\"type\":\"later\",\"checkpoint\":\"x\"}\n".to_vec();
    assert_eq!(answers("anchors/", other.clone()), ["ANCHOR_BAD anchors/256"]);
    // Neither where a key is compromised, when all of it is read before.
    let stolen = trusting(&house, |fields| {
        let (from, size, root) = (Time::new(BEGIN + 150).unwrap(), 30, house.ledger.root_at(30).unwrap());
        fields.offices[0].keys[1].compromised = Some(Compromised { from, size, root });
    });
    let lie = move |path: &str| path.starts_with("anchors/").then(|| other.clone());
    let report = Follower::of(&house).go_on(&Lying { disk: &house.disk, lie }, &stolen);
    assert_eq!(told(&report), ["ANCHOR_BAD anchors/256"]);
}

#[test]
fn ledgers_that_were_smaller_for_a_while_do_not_crowd_out_two_histories() {
    let mut house = House::new();
    [250, 50, 40].into_iter().for_each(|part| house.seal(part));
    let mut followed = begin(&house);
    let mut finds = |disk: &MemoryDisk| told(&go_on(&house, &Served::new(disk), &mut followed).unwrap().0);
    assert_eq!(finds(&house.disk), Vec::<String>::new());
    for more in 1..=17 {
        let found = finds(&forked(&house, 250, more).disk);
        assert!(found.contains(&"ROLLBACK checkpoint".to_owned()), "{found:?}");
    }
    assert_eq!(finds(&house.disk), Vec::<String>::new());
    let split = "SPLIT_VIEW checkpoint".to_owned();
    assert!(finds(&forked(&house, 250, 900).disk).contains(&split));
    assert_eq!(finds(&house.disk), [split]);
    let proofs = followed.conflicts().iter().filter_map(|conflict| conflict.proof.as_ref());
    assert!(proofs.map(Misbehaviour::contradicts).eq([true]));
}

#[test]
fn the_batch_in_which_an_audit_goes_on_ends_where_it_ended() {
    let mut house = House::new();
    [250, 50].into_iter().for_each(|part| house.seal(part));
    let (trust, mut follower) = (house.trust(|_| ()), Follower::of(&house));
    assert_eq!(follower.finds(&house.disk, &trust), Vec::<String>::new());
    // The next batch is dated before the one before it.
    house.office.seal(&mut house.ledger, entries(300, 40), &[], BEGIN + 30).unwrap();
    let files = house.disk.files();
    let other = |first: u64, count: u64, time: u64| {
        let mut other = House::new();
        other.seal(250);
        other.office.seal(&mut other.ledger, entries(first, count), &[], time).unwrap();
        Some(other.disk.files()["ledger/batch/001"].clone())
    };
    let finds = |bytes: Option<Vec<u8>>| {
        let mut one = Follower(follower.0.clone());
        one.finds(&with(&files, "ledger/batch/001", bytes), &trust)
    };
    assert_eq!(finds(files.get("ledger/batch/001").cloned()), ["BATCH_TIME batch/002"]);
    // One that says that it goes to the end would keep everybody from looking at it, and one that is dated earlier now
    // would be before it.
    for (bytes, expected) in [
        (other(250, 90, BEGIN + 60), "BATCH_RANGE batch/001"),
        (other(250, 5000, BEGIN + 60), "BATCH_RANGE batch/001"),
        (other(70_000, 50, BEGIN + 60), "BATCH_ROOT batch/001"),
        (None, "BATCH_MISSING batch/001"),
        (other(250, 50, BEGIN + 10), "BATCH_TIME batch/002"),
    ] {
        let found = finds(bytes);
        assert!(found.contains(&expected.to_owned()), "{expected}: {found:?}");
    }
}
