//! A small ledger with everything in it: whole, and damaged in every way.

mod altered;
mod attacks;
#[path = "../../../verifier/tests/timestamp/authority.rs"]
#[allow(dead_code, missing_docs, reason = "the verifier's tests use more of it")]
pub(crate) mod authority;
mod endless;
mod evidence;
mod flips;
mod following;
mod heads;
mod house;
mod keys;
mod kit;
mod malicious;
mod notes;
mod ranges;
mod rules;
mod sightings;

use std::sync::Arc;

use verifier::entry::Entry;
use verifier::status_list::StatusList;

use super::*;
use crate::disk::Disk;
use crate::ledger::Head;
use crate::ledger::testing::entries;
use house::{BEGIN, House, audit, codes, small, with};

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
        let (bundle, Head { size, root }) = (house.trust(|_| ()), house.ledger.head());
        for from in [1, size / 2, 65_536, size - 1, size, size + 1] {
            let report = audit(&house.disk, Some(&bundle), &AuditOptions { from, ..AuditOptions::default() });
            assert_eq!((codes(&report), report.root), (vec![], Some(root)), "{sizes:?} from {from}");
        }
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
    let hashed = |path: &str| path.contains("/tile/") || path.contains("/public/");
    for (path, bytes) in files.iter().filter(|(path, _)| hashed(path)) {
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
        // Old partial tiles may go, and an old ledger has no list of its preimages.
        let width = shown.rsplit_once(".p/").map(|(_, width)| width);
        if width.is_some_and(|width| width != "50" && shown.contains("001.p")) || shown == "public/list" {
            assert_eq!(found, vec![], "{path}");
        } else if shown == "public/300" {
            assert_eq!(found, [("PUBLIC_LIST", "public/list")]);
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
        let found: Vec<&str> = report.findings.iter().map(Finding::path).collect();
        assert_eq!(!found.is_empty(), seen, "{path}: {found:?}");
        assert!(found.iter().all(|found| Some(*found) == path.strip_prefix("ledger/")), "{path}: {found:?}");
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
