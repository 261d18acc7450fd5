//! A small ledger with everything in it, damaged in every way.

use std::collections::BTreeMap;
use std::sync::Arc;

use miniz_oxide::deflate::compress_to_vec_zlib;
use verifier::entry::{Entry, PublicKind, public_preimage};
use verifier::hash::Hash;
use verifier::registry::DocumentKind;
use verifier::status::{Status, StatusFields, StatusNote};
use verifier::status_list::{StatusBits, StatusList};
use verifier::time::Time;
use verifier::trust::{Compromised, KeyUse, Office, OfficeKey, Organisation, TrustFields};

use super::*;
use crate::disk::Disk;
use crate::disk::testing::MemoryDisk;
use crate::ledger::testing::{TestKey, TestOffice, empty, entries};
use crate::ledger::{Head, Ledger, PublicEntry};

/// When the first batch was closed; each next one is a minute later.
const BEGIN: u64 = 1_795_310_000;

/// An office that seals and publishes into memory.
struct House {
    office: TestOffice,
    disk: MemoryDisk,
    ledger: Ledger,
    lists: Vec<(StatusBits, Entry)>,
}

impl House {
    fn new() -> Self {
        let disk = MemoryDisk::default();
        Self { office: TestOffice::default(), ledger: empty(disk.clone()), disk, lists: Vec::new() }
    }

    fn now(&self) -> u64 {
        BEGIN + 60 * self.ledger.batches()
    }

    fn seal(&mut self, count: u64) {
        let (at, now) = (self.ledger.head().size, self.now());
        self.office.seal(&mut self.ledger, entries(at, count), &[], now).unwrap();
    }

    fn seal_public(&mut self, kind: PublicKind, body: &[u8]) {
        let (index, now) = (self.ledger.head().size, self.now());
        let preimage = public_preimage(kind, body);
        let entry = Entry::of_public(&preimage).unwrap().1;
        self.office.seal(&mut self.ledger, vec![entry], &[PublicEntry { index, preimage }], now).unwrap();
    }

    /// Seals the note of the next list of shard 0, then publishes the list: all below `valid` that were nothing are
    /// valid now, then the changes.
    fn status(&mut self, valid: u64, changes: &[(u64, Status)]) {
        let mut bits = self.lists.last().map_or_else(StatusBits::new, |(bits, _)| bits.clone());
        let covered = self.lists.last().map_or(0, |_| valid);
        for index in covered..valid {
            bits.set(index, Status::Valid);
        }
        for (index, status) in changes {
            bits.set(*index, *status);
        }
        let sequence = self.lists.len() as u64 + 1;
        let fields = StatusFields {
            origin: self.office.origin(),
            shard: 0,
            sequence,
            size: self.ledger.head().size,
            list: bits.digest(),
            previous: self.lists.last().map(|(_, entry)| *entry),
            issued: Time::new(self.now()).unwrap(),
            expires: Time::new(self.now() + 86_400).unwrap(),
        };
        let note = self.office.status.sign(StatusNote::new(fields).unwrap().text());
        let file = StatusList::file(&note, &compress_to_vec_zlib(bits.as_bytes(), 6));
        self.seal_public(PublicKind::StatusNote, note.encode().as_bytes());
        self.ledger.publish_status(0, sequence, file.as_bytes()).unwrap();
        let entry = Entry::of_public_body(PublicKind::StatusNote, note.encode().as_bytes());
        self.lists.push((bits, entry));
    }

    /// The bundle that knows this office.
    fn trust(&self, change: impl FnOnce(&mut TrustFields)) -> TrustBundle {
        let time = |seconds| Time::new(seconds).unwrap();
        let (from, until) = (time(BEGIN), time(BEGIN + 1_000_000));
        let keys = [
            (KeyUse::Ledger, &self.office.ledger),
            (KeyUse::Batch, &self.office.batch),
            (KeyUse::Status, &self.office.status),
        ];
        let keys = keys.map(|(usage, key)| OfficeKey {
            usage,
            key: key.public.clone(),
            sign_from: from,
            sign_until: until,
            verify_until: until,
            compromised: None,
        });
        let organisation = Organisation { token: "office.example".into(), name: "示例".into() };
        let office = Office {
            origin: self.office.origin(),
            organisation,
            kinds: vec![DocumentKind::File],
            status_url: None,
            keys: keys.into(),
        };
        let mut fields = TrustFields {
            publisher: self.office.origin(),
            roots: vec![TestKey::new("office.example/ledger/root", 9).public],
            sequence: 1,
            issued: from,
            expires: until,
            offices: vec![office],
            witnesses: vec![],
            authorities: vec![],
            chains: vec![],
            groups: vec![],
            quorum: None,
        };
        change(&mut fields);
        TrustBundle::from_text(&fields.text().unwrap()).unwrap()
    }

    fn report(&self, trust: bool) -> AuditReport {
        let bundle = self.trust(|_| ());
        audit(&self.disk, trust.then_some(&bundle), &AuditOptions::default())
    }
}

/// 250 + 50 entries over one full tile, then small batches that leave partial tiles, a key event, two status lists.
fn small() -> House {
    let mut house = House::new();
    house.seal(250);
    house.seal(50);
    house.seal_public(PublicKind::KeyEvent, b"a key event");
    house.seal(2);
    house.status(300, &[]);
    house.seal(1);
    house.status(300, &[(7, Status::Revoked), (9, Status::Suspended)]);
    house
}

fn audit(disk: &MemoryDisk, trust: Option<&TrustBundle>, options: &AuditOptions) -> AuditReport {
    let (office, disk) = (TestOffice::default(), disk as &dyn Disk);
    audit_ledger(&disk, &office.origin(), trust, options).unwrap()
}

fn codes(report: &AuditReport) -> Vec<(&str, &str)> {
    report.findings.iter().map(|finding| (finding.code.as_str(), &*finding.where_)).collect()
}

/// A copy of a disk with one file other, or none.
fn with(files: &BTreeMap<String, Vec<u8>>, path: &str, bytes: Option<Vec<u8>>) -> MemoryDisk {
    let disk = MemoryDisk::default();
    files.iter().for_each(|(path, bytes)| disk.damage(path, Some(bytes.clone())));
    disk.damage(path, bytes);
    disk
}

#[test]
fn an_empty_ledger_and_a_whole_one_are_clean() {
    let house = House::new();
    let report = house.report(true);
    assert_eq!((report.verdict, report.size, codes(&report)), (Verdict::Clean, 0, vec![]));
    let house = small();
    for trust in [true, false] {
        let report = house.report(trust);
        assert_eq!((report.verdict, codes(&report)), (Verdict::Clean, vec![]));
        let Head { size, root } = house.ledger.head();
        assert_eq!((report.size, report.root), (size, Some(root)));
    }
}

#[test]
fn ledgers_of_many_shapes_are_clean() {
    for sizes in
        [&[1][..], &[256], &[255, 1, 1], &[512, 256], &[100, 3000, 7], &[65_536, 300], &[66_000, 1], &[1; 40]]
    {
        let mut house = House::new();
        for size in sizes {
            for part in [*size, 0].map(|size: u64| size.min(65_536)).into_iter().filter(|part| *part > 0) {
                house.seal(part);
            }
        }
        assert_eq!(codes(&house.report(true)), vec![], "{sizes:?}");
        let from = AuditOptions { from: house.ledger.head().size / 2, ..AuditOptions::default() };
        let bundle = house.trust(|_| ());
        let report = audit(&house.disk, Some(&bundle), &from);
        assert_eq!((codes(&report), report.root), (vec![], Some(house.ledger.head().root)), "{sizes:?}");
    }
}

#[test]
fn one_flipped_bit_in_any_file_is_found_there() {
    let house = small();
    let (files, bundle) = (house.disk.files(), house.trust(|_| ()));
    for (path, bytes) in &files {
        let shown = path.strip_prefix("ledger/").unwrap();
        let step = (bytes.len() / 5).max(1);
        for at in (0..bytes.len()).step_by(step).chain([bytes.len() - 1]) {
            let mut other = bytes.clone();
            other[at] ^= 1 << (at % 8);
            let same_list = StatusList::parse(bytes).ok() == StatusList::parse(&other).ok();
            if path.ends_with(".xzs") && same_list {
                continue;
            }
            let report = audit(&with(&files, path, Some(other)), Some(&bundle), &AuditOptions::default());
            assert_eq!(report.verdict, Verdict::Findings, "{path} byte {at}");
            for finding in &report.findings {
                assert_eq!(finding.path(), shown, "{path} byte {at}: {finding}");
            }
            // Hashes and entries are located to the entry.
            if shown.starts_with("tile/entries") && report.findings.len() == 1 && !shown.contains(".p/4") {
                let first = if shown.contains("001") { 256 } else { 0 };
                assert_eq!(report.findings[0].index(), Some(first + at as u64 / 34), "{path} byte {at}");
            }
        }
    }
}

#[test]
fn without_keys_a_flipped_bit_in_what_is_hashed_is_found_too() {
    let house = small();
    let files = house.disk.files();
    for (path, bytes) in files.iter().filter(|(path, _)| path.contains("/tile/") || path.contains("/public/"))
    {
        let mut other = bytes.clone();
        other[bytes.len() / 3] ^= 0x10;
        let report = audit(&with(&files, path, Some(other)), None, &AuditOptions::default());
        let found: Vec<&str> = report.findings.iter().map(Finding::path).collect();
        assert_eq!(found, [path.strip_prefix("ledger/").unwrap()]);
    }
}

#[test]
fn a_deleted_file_is_found_where_it_was() {
    let house = small();
    let files = house.disk.files();
    for path in files.keys() {
        let shown = path.strip_prefix("ledger/").unwrap();
        let report = audit(&with(&files, path, None), Some(&house.trust(|_| ())), &AuditOptions::default());
        let found = codes(&report);
        // Old partial tiles may go; that an entry was a key event can't be told from outside.
        let width = shown.rsplit_once(".p/").map(|(_, width)| width);
        if width.is_some_and(|width| width != "50" && shown.contains("001.p")) || shown == "public/300" {
            assert_eq!(found, vec![], "{path}");
        } else if shown.starts_with("public/") {
            assert!(
                found.iter().any(|(code, _)| ["STATUS_CHAIN", "STATUS_NOT_LOGGED"].contains(code)),
                "{found:?}"
            );
        } else {
            assert!(
                found.iter().all(|(code, at)| code.ends_with("_MISSING") && *at == shown),
                "{path}: {found:?}"
            );
            assert!(!found.is_empty(), "{path}");
        }
    }
}

#[test]
fn extra_files_are_found_or_let_be() {
    let house = small();
    let files = house.disk.files();
    for (path, code) in [
        ("ledger/index.html", Some("FILE_UNKNOWN")),
        ("ledger/tile/0/000~", Some("FILE_UNKNOWN")),
        ("ledger/tile/0/0000", Some("FILE_UNKNOWN")),
        ("ledger/batch/7", Some("FILE_UNKNOWN")),
        ("ledger/status/0/02.xzs", Some("FILE_UNKNOWN")),
        ("ledger/status/0/3.xzs", Some("STATUS_NOT_LOGGED")),
        ("ledger/status/1.xzs", Some("STATUS_NOT_LOGGED")),
        ("ledger/public/303", Some("PUBLIC_BAD")),
        // Beginnings of what is there have to be that.
        ("ledger/tile/0/000.p/7", Some("TILE_BAD")),
        ("ledger/tile/entries/001.p/3", Some("BUNDLE_BAD")),
        // A batch on its way.
        ("ledger/tile/0/001.p/77", None),
        ("ledger/tile/0/002", None),
        ("ledger/batch/007", None),
        ("ledger/public/400", None),
    ] {
        let report = audit(&with(&files, path, Some(b"extra".to_vec())), None, &AuditOptions::default());
        let shown = path.strip_prefix("ledger/").unwrap();
        let found: Vec<(&str, &str)> = report.findings.iter().map(|f| (f.code.as_str(), f.path())).collect();
        assert_eq!(found, code.map(|code| (code, shown)).into_iter().collect::<Vec<_>>(), "{path}");
    }
}

#[test]
fn a_batch_on_its_way_is_let_be() {
    let mut house = small();
    let published = house.disk.files()["ledger/checkpoint"].clone();
    house.seal(700);
    // Everything of the next batch is there but the checkpoint.
    house.disk.damage("ledger/checkpoint", Some(published));
    assert_eq!(codes(&house.report(true)), vec![]);
}

#[test]
fn statuses_change_only_as_they_may() {
    let mut house = small();
    house.seal(1);
    // Revoked stays revoked; 302 was covered as no certificate's and stays that; suspended may become valid; 306 is new.
    let changes = [(7, Status::Valid), (9, Status::Valid), (302, Status::Valid), (306, Status::Revoked)];
    house.status(300, &changes);
    let path = "status/0/3.xzs";
    let report = house.report(true);
    let expected = [(7, "revoked to valid"), (302, "not-issued to valid")];
    assert_eq!(report.findings.len(), expected.len(), "{:?}", codes(&report));
    for (finding, (index, words)) in report.findings.iter().zip(expected) {
        assert_eq!(
            (finding.code, finding.path(), finding.index()),
            (FindingCode::StatusChange, path, Some(index))
        );
        assert!(finding.message.contains(words), "{finding}");
    }
}

#[test]
fn a_broken_chain_of_status_notes_is_found() {
    let mut house = small();
    house.lists[1].1 = Entry::from_bytes([7; 32]);
    house.status(300, &[]);
    assert_eq!(codes(&house.report(true)), [("STATUS_CHAIN", "public/306#306")]);
    // A list that goes back to an older one.
    let files = house.disk.files();
    let disk = with(&files, "ledger/status/0.xzs", Some(files["ledger/status/0/1.xzs"].clone()));
    assert!(
        codes(&audit(&disk, None, &AuditOptions::default())).contains(&("STATUS_NEWEST", "status/0.xzs"))
    );
}

#[test]
fn keys_count_only_in_their_time() {
    let house = small();
    let with_keys = |change: &dyn Fn(&mut TrustFields)| {
        let bundle = house.trust(|fields| change(fields));
        let report = audit(&house.disk, Some(&bundle), &AuditOptions::default());
        let found: Vec<(String, String)> =
            report.findings.iter().map(|f| (f.code.to_string(), f.path().to_owned())).collect();
        found
    };
    let at = |seconds| Time::new(seconds).unwrap();
    let is = |code: &str, path: &str| (code.to_owned(), path.to_owned());
    // The batch key came into use with the third batch.
    let late = with_keys(&|fields| fields.offices[0].keys[1].sign_from = at(BEGIN + 120));
    assert_eq!(
        late,
        [is("KEY_DATES", "batch/000"), is("KEY_DATES", "batch/001"), is("KEY_DATES", "batch/001")]
    );
    let other = with_keys(&|fields| {
        fields.offices[0].keys[2].key = TestKey::new("office.example/ledger/status", 77).public
    });
    assert_eq!(other, [is("SIGNER_UNKNOWN", "public/303"), is("SIGNER_UNKNOWN", "public/305")]);
    // The ledger key was somebody else's from the third batch on; the last good size is that of the second.
    let good = house.ledger.root_at(300).unwrap();
    let since = |root| Compromised { from: at(BEGIN + 120), size: 300, root };
    let stolen = with_keys(&|fields| fields.offices[0].keys[0].compromised = Some(since(good)));
    let expected: Vec<_> = ["checkpoint", "batch/002", "batch/003", "batch/004", "batch/005", "batch/006"]
        .map(|p| is("KEY_COMPROMISED", p))
        .into();
    assert_eq!(stolen, expected);
    let forked =
        with_keys(&|fields| fields.offices[0].keys[0].compromised = Some(since(Hash::from_bytes([7; 32]))));
    assert!(forked.contains(&is("KEY_COMPROMISED", "batch/001")));
    let elsewhere = with_keys(&|fields| fields.offices.clear());
    assert_eq!(elsewhere, [is("OFFICE_UNKNOWN", "checkpoint")]);
}

#[test]
fn times_do_not_fall_and_ranges_tile() {
    let mut house = House::new();
    house.seal(3);
    let at = house.ledger.head().size;
    house.office.seal(&mut house.ledger, entries(at, 2), &[], BEGIN - 1).unwrap();
    house.seal(4);
    assert_eq!(codes(&house.report(false)), [("BATCH_TIME", "batch/001")]);
    // The second batch told again as the third.
    let files = house.disk.files();
    let disk = with(&files, "ledger/batch/002", Some(files["ledger/batch/001"].clone()));
    assert_eq!(codes(&audit(&disk, None, &AuditOptions::default()))[1], ("BATCH_BAD", "batch/002"));
}

#[test]
fn another_ledgers_files_are_found_in_one_way_each() {
    let mut other = House::new();
    other.office.seal(&mut other.ledger, entries(5_000, 300), &[], BEGIN).unwrap();
    let house = small();
    let (files, foreign) = (house.disk.files(), other.disk.files());
    let swapped = |path: &str| {
        let disk = with(&files, path, Some(foreign["ledger/batch/000"].clone()));
        let report = audit(&disk, Some(&house.trust(|_| ())), &AuditOptions::default());
        report.findings.iter().map(|f| f.code.as_str()).collect::<Vec<_>>()
    };
    // Well formed and well signed, but of 300 other entries, where batch 0 has 250.
    assert_eq!(swapped("ledger/batch/000"), ["BATCH_NOTE", "BATCH_ROOT", "BATCH_RANGE"]);
}

#[test]
fn findings_have_a_limit_and_both_lost_is_told() {
    let house = small();
    let files = house.disk.files();
    let disk = with(&files, "ledger/tile/0/000", None);
    disk.damage("ledger/tile/entries/000", None);
    let report = audit(&disk, None, &AuditOptions::default());
    assert_eq!(codes(&report).last(), Some(&("ENTRIES_LOST", "tile/entries/000#0")));
    assert_eq!((report.verdict, report.root), (Verdict::Findings, None));
    let report = audit(&disk, None, &AuditOptions { findings_max: 1, ..AuditOptions::default() });
    assert_eq!((report.findings.len(), report.more), (1, 2));
}

#[test]
fn from_a_size_on_older_damage_goes_unseen_and_newer_does_not() {
    let mut house = small();
    house.seal(500);
    let files = house.disk.files();
    let from = AuditOptions { from: 300, ..AuditOptions::default() };
    for (path, seen) in [
        ("ledger/batch/000", false),
        ("ledger/tile/entries/000", false),
        ("ledger/tile/0/000", true),
        ("ledger/tile/entries/001", true),
        ("ledger/tile/1/000.p/3", true),
        ("ledger/batch/003", true),
        ("ledger/status/0/2.xzs", true),
    ] {
        let mut other = files[path].clone();
        let at = other.len() / 3;
        other[at] ^= 1;
        let report = audit(&with(&files, path, Some(other)), Some(&house.trust(|_| ())), &from);
        assert_eq!(!report.findings.is_empty(), seen, "{path}: {:?}", codes(&report));
    }
}

#[test]
fn a_folder_on_disk_is_read_as_it_is() {
    let (folder, house) = (tempfile::tempdir().unwrap(), small());
    for (path, bytes) in house.disk.files() {
        let place = folder.path().join(path);
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(place, bytes).unwrap();
    }
    let source = DirSource::new(&folder.path().join("ledger")).unwrap();
    let origin = origin_of(&source).unwrap().unwrap();
    assert_eq!(origin, house.office.origin());
    std::fs::write(folder.path().join("ledger/.checkpoint.tmp"), b"half").unwrap();
    let audit = || audit_ledger(&source, &origin, None, &AuditOptions::default()).unwrap();
    assert_eq!(codes(&audit()), vec![]);
    std::fs::create_dir(folder.path().join("ledger/tile/旧")).unwrap();
    assert_eq!(codes(&audit()), [("FILE_UNKNOWN", "tile/旧/")]);
    std::fs::remove_file(folder.path().join("ledger/checkpoint")).unwrap();
    assert_eq!(origin_of(&source).unwrap(), Some(origin.clone()));
}

#[test]
fn who_looks_on_sees_every_entry_once() {
    struct Seen(Vec<Entry>, u64);
    impl Watch for Seen {
        fn entry(&mut self, index: u64, entry: &Entry) {
            assert_eq!(index, self.0.len() as u64);
            self.0.push(*entry);
        }
        fn progress(&mut self, done: u64, of: u64) {
            assert!(done > self.1 && done <= of);
            self.1 = done;
        }
    }
    let mut house = House::new();
    house.seal(600);
    let (disk, mut seen) = (Arc::new(house.disk.clone()), Seen(Vec::new(), 0));
    let disk = &*disk as &dyn Disk;
    audit_watched(&disk, &house.office.origin(), None, &AuditOptions::default(), &mut seen).unwrap();
    assert_eq!((seen.0, seen.1), (entries(0, 600), 600));
}
