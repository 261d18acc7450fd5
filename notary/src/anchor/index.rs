//! The view `anchor/index`: what a start would otherwise read from every file in `ledger/anchors`.
//!
//! ```text
//! xinzheng/anchor-index/v1
//! 0 rfc3161 tsa 41 1795312800
//! 1 -
//! ```
//!
//! A line for each anchor in the order of numbers, `-` for one that can't be read. Nothing rests on it: one that is damaged,
//! or longer than the ledger, is made again from the ledger.

use std::fmt::Write as _;

use verifier::anchor::AnchorKind;
use verifier::time::{Time, parse_decimal};

use super::{FOLDER, Kept, Listed, Target};
use crate::disk::{Disk, DiskError};
use crate::ledger::anchors;

/// The first line.
const FORMAT: &str = "xinzheng/anchor-index/v1";
/// Bytes of the index: some hundred thousand anchors, one an hour with each of several targets for ten years.
const INDEX_MAX: usize = 64 << 20;
/// It is written again when a start had to read so many files.
const READ_MAX: u64 = 256;

impl Kept {
    /// What is known of the anchors on this disk.
    pub(crate) fn open(disk: &dyn Disk) -> Result<Kept, DiskError> {
        let path = format!("{FOLDER}/index");
        let mut kept = match disk.read(&path, INDEX_MAX) {
            Ok(bytes) => bytes.and_then(|bytes| read(&bytes)).unwrap_or_default(),
            Err(DiskError::TooLarge { .. }) => Kept::default(),
            Err(error) => return Err(error),
        };
        let last = kept.count().checked_sub(1);
        if let Some(last) = last
            && anchors::read(disk, last)?.is_none()
        {
            // It speaks of more than there is: of another copy of the ledger.
            kept = Kept::default();
        }
        let from = kept.count();
        while let Some(bytes) = anchors::read(disk, kept.count())? {
            let parsed = std::str::from_utf8(&bytes).ok().and_then(|text| anchors::parse(text).ok());
            kept.push_anchor(parsed.as_ref());
        }
        if kept.count() - from > READ_MAX {
            // A crash before or in it: the next start reads those files once more.
            disk.replace(&path, write(&kept).as_bytes())?;
        }
        Ok(kept)
    }
}

fn write(kept: &Kept) -> String {
    let mut out = format!("{FORMAT}\n");
    for n in 0..kept.count() {
        // Writing to a String can't fail.
        let _ = match kept.get(n) {
            Some(Listed { n, target, size, time }) => {
                writeln!(out, "{n} {} {} {size} {}", target.kind().name(), target.label(), time.seconds())
            }
            None => writeln!(out, "{n} -"),
        };
    }
    out
}

fn read(bytes: &[u8]) -> Option<Kept> {
    let mut lines = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?.split('\n');
    if lines.next()? != FORMAT {
        return None;
    }
    let mut kept = Kept::default();
    for line in lines {
        let words: Vec<&str> = line.split(' ').collect();
        let listed = match words[..] {
            [n, "-"] if parse_decimal(n)? == kept.count() => None,
            [n, kind, label, size, time] if parse_decimal(n)? == kept.count() => {
                let kind = AnchorKind::from_name(kind)?;
                let (target, time) = (Target::new(kind, label)?, Time::new(parse_decimal(time)?).ok()?);
                Some(Listed { n: kept.count(), target, size: parse_decimal(size)?, time })
            }
            _ => return None,
        };
        kept.push(listed);
    }
    Some(kept)
}
