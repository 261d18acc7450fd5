//! The audit of a million entries on disk, against the bare hashing of the same tree; and its memory.

use std::hint::black_box;

use notary::audit::{AuditOptions, DirSource, Verdict, audit_ledger};

use super::paths::{bare_root, entries};
use super::seal::Desk;
use super::{in_turn, ratio, row};

const SIZE: u64 = 1_000_000;

pub fn run() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(dir.path());
    desk.grow(SIZE);
    let source = DirSource::new(&dir.path().join("ledger")).unwrap();
    let origin = desk.origin().clone();
    let before = resident();
    let audit = || {
        let report = audit_ledger(&source, &origin, None, &AuditOptions::default()).unwrap();
        assert_eq!(report.verdict, Verdict::Clean);
    };
    audit();
    let grown = resident().saturating_sub(before);
    let all = entries(0, SIZE);
    let (ours, theirs) = in_turn(3, audit, || {
        black_box(bare_root(&all));
    });
    row(
        "audit 10^6 entries on disk",
        ours,
        "bare SHA-256 of the tree",
        theirs,
        ratio(theirs, ours),
        "≥ 0.67",
    );
    println!("| … its memory | {grown} kB more | | | constant |");
}

/// Resident memory at its highest, in kB; 0 where the system doesn't say.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    line.and_then(|line| line.split_whitespace().nth(1)).and_then(|kb| kb.parse().ok()).unwrap_or(0)
}
