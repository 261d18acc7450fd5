//! A ledger on disks that fail, and with files that are damaged or gone.

use std::sync::Arc;

use verifier::entry::{Entry, PublicKind, public_preimage};

use super::grown;
use crate::disk::Disk;
use crate::disk::testing::{FailingDisk, Failure, MemoryDisk};
use crate::ledger::testing::{TestOffice, entries};
use crate::ledger::{Head, Ledger, LedgerError, PublicEntry};

/// The ledger after a seal that began with two batches there, on a disk that may fail.
fn seal_third(disk: impl Disk + 'static, head: Head) -> Result<(), LedgerError> {
    let preimage = public_preimage(PublicKind::KeyEvent, b"event");
    let mut third = entries(255, 300);
    third[7] = Entry::of_public(&preimage).unwrap().1;
    let public = [PublicEntry { index: 262, preimage }];
    let mut ledger = Ledger::open(Arc::new(disk), head)?;
    TestOffice::default().seal(&mut ledger, third, &public, 1_795_310_009).map(|_| ())
}

#[test]
fn a_failure_at_any_step_is_healed_by_doing_the_same_again() {
    let start = MemoryDisk::default();
    let (ledger, _) = grown(&start, &[250, 5]);
    let head = ledger.head();
    let whole = copy(&start);
    seal_third(whole.clone(), head).unwrap();
    let expected = whole.files();
    assert!(!expected.contains_key("ledger/tile/0/000.p/255") && expected.contains_key("ledger/tile/0/000"));

    let (mut step, mut failed) = (0, 0);
    loop {
        step += 1;
        let mut done = true;
        for failure in [Failure::Lost, Failure::Persisted] {
            let disk = copy(&start);
            if let Err(error) = seal_third(FailingDisk::new(disk.clone(), step, failure), head) {
                (done, failed) = (false, failed + 1);
                assert!(error.is_fatal(), "step {step}: {error}");
                // At no step is anything published that is not wholly there.
                let published = Ledger::published(&disk).unwrap().unwrap().0;
                let published = Head { size: published.size(), root: *published.root() };
                Ledger::open(Arc::new(disk.clone()), published).unwrap();
                seal_third(disk.clone(), head).unwrap();
            }
            assert_eq!(disk.files(), expected, "step {step} {failure:?}");
        }
        if done {
            break;
        }
    }
    // 3 bundles, 3 tiles of level 0, 1 of level 1, a preimage, a batch file, the list of preimages, the checkpoint, 4
    // old partial files.
    assert_eq!(failed, 2 * (3 + 3 + 1 + 1 + 1 + 1 + 1 + 4));
}

#[test]
fn other_entries_never_take_the_place_of_those_that_were_staged() {
    let disk = MemoryDisk::default();
    let (ledger, _) = grown(&disk, &[250, 5]);
    let head = ledger.head();
    let failing = FailingDisk::new(disk.clone(), 5, Failure::Lost);
    seal_third(failing, head).unwrap_err();
    let half = disk.files();
    let mut ledger = Ledger::open(Arc::new(disk.clone()), head).unwrap();
    let error = TestOffice::default().seal(&mut ledger, entries(9_000, 300), &[], 9).unwrap_err();
    assert_eq!(error.code(), "DISK_FILE_DIFFERS");
    assert_eq!(disk.files(), half);
    assert_eq!(ledger.head(), head);
}

#[test]
fn a_damaged_or_missing_file_is_named_and_left_alone() {
    let disk = MemoryDisk::default();
    let (ledger, _) = grown(&disk, &[250, 50, 300]);
    let (head, files) = (ledger.head(), disk.files());
    for (path, bytes) in &files {
        for at in [0, bytes.len() / 2, bytes.len() - 1] {
            let (damaged, mut other) = (copy(&disk), bytes.clone());
            other[at] ^= 1;
            damaged.damage(path, Some(other));
            check_named(&damaged, head, path, "LEDGER_DAMAGED");
        }
        let missing = copy(&disk);
        missing.damage(path, None);
        check_named(&missing, head, path, "LEDGER_FILE_MISSING");
    }
}

/// Reading everything in the ledger either goes well or names this file.
fn check_named(disk: &MemoryDisk, head: Head, path: &str, code: &str) {
    let before = disk.files();
    let everything = || -> Result<(), LedgerError> {
        let ledger = Ledger::open(Arc::new(disk.clone()), head)?;
        for index in 0..head.size {
            ledger.inclusion(index, head.size)?;
            ledger.batch_of(index)?;
        }
        ledger.checkpoint().map(|_| ())
    };
    match everything() {
        Err(error) => assert_eq!((error.path(), error.code()), (Some(path), code), "{error}"),
        // Old partial tiles, and full bundles, are not read for proofs, nor are signatures checked: audit does both.
        Ok(()) => {
            let needed =
                path.contains("tile/0/00") && !path.contains(".p/") || path.contains("tile/1/000.p/2");
            assert!(!needed, "{path}");
        }
    }
    assert_eq!(disk.files(), before);
}

fn copy(disk: &MemoryDisk) -> MemoryDisk {
    let files = disk.files();
    let copy = MemoryDisk::default();
    files.into_iter().for_each(|(path, bytes)| copy.damage(&path, Some(bytes)));
    copy
}
