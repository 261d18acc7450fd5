//! A server that has something for every address: the audit ends all the same, and says what is wrong.

use std::cell::Cell;

use super::house::{codes, small};
use crate::audit::{AuditOptions, LedgerSource, Verdict, audit_ledger};
use crate::disk::testing::MemoryDisk;
use crate::disk::{Disk, DiskError};

/// Reads of an audit of some 300 entries are some dozens; of one that is led on, some for each entry.
const READS: u64 = 20_000;

/// The ledger but for what lies below `folder`: there everything that is asked for is there.
struct Endless<'a> {
    disk: &'a MemoryDisk,
    folder: &'a str,
    with: &'a [u8],
    reads: Cell<u64>,
}

impl LedgerSource for Endless<'_> {
    fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, DiskError> {
        self.reads.set(self.reads.get() + 1);
        assert!(self.reads.get() < READS, "{path}: this never ends");
        match path != "checkpoint" && path.starts_with(self.folder) {
            true => Ok(Some(self.with.to_vec())),
            false => Disk::read(self.disk, &format!("ledger/{path}"), limit),
        }
    }

    fn list(&self, _: &str) -> Result<Option<Vec<String>>, DiskError> {
        Ok(None)
    }
}

#[test]
fn whoever_has_a_page_for_every_address_leads_nobody_on_for_ever() {
    let house = small();
    let files = house.disk.files();
    let page = b"<!DOCTYPE html><p>welcome".as_slice();
    for folder in ["batch/", "tile/", "cosigned/", "anchors/", "public/", "status/", ""] {
        let own = files
            .keys()
            .filter_map(|path| path.strip_prefix("ledger/"))
            .find(|path| path.starts_with(folder));
        let own = own.map_or(page, |path| &*files[&format!("ledger/{path}")]);
        for (what, with) in [("a page", page), ("a file of it", own)] {
            for from in [0, 300] {
                let source = Endless { disk: &house.disk, folder, with, reads: Cell::new(0) };
                let options = AuditOptions { from, ..AuditOptions::default() };
                let trust = house.trust(|_| ());
                let report = audit_ledger(&source, &house.office.origin(), Some(&trust), &options).unwrap();
                assert_eq!(
                    report.verdict,
                    Verdict::Findings,
                    "{folder}: {what} from {from}: {:?}",
                    codes(&report)
                );
            }
        }
    }
}
