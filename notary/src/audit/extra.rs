//! Files that don't belong to the ledger. What lies beyond the head is of a batch on its way and is let be.

use verifier::tile::{TilePath, parse_grouped};
use verifier::time::parse_decimal;

use super::head::CHECKPOINT;
use super::status::Statuses;
use super::{Auditor, Detail, FindingCode};
use crate::disk::DiskError;
use crate::ledger::PUBLIC_LIST;

/// How deep folders may lie in each other: a tile of a ledger with 2^48 entries has seven above it.
const DEPTH_MAX: usize = 12;

/// Looks at every name, folder by folder.
pub(super) fn look(auditor: &mut Auditor<'_>, status: &Statuses) -> Result<(), DiskError> {
    folder(auditor, status, "", 0)
}

fn folder(auditor: &mut Auditor<'_>, status: &Statuses, above: &str, depth: usize) -> Result<(), DiskError> {
    for name in auditor.source.list(above)?.unwrap_or_default() {
        let path = if above.is_empty() { name } else { format!("{above}/{name}") };
        match path.strip_suffix('/') {
            Some(below) if depth < DEPTH_MAX && is_folder(below) => {
                folder(auditor, status, below, depth + 1)?
            }
            None if path == super::listed::INDEX => {}
            None if path.starts_with("status/") => list(auditor, status, &path)?,
            None if is_file(&path) => {}
            _ => auditor.find(FindingCode::FileUnknown, &path, Detail::NoPart),
        }
    }
    Ok(())
}

/// A folder that may lie in a ledger.
fn is_folder(path: &str) -> bool {
    let Some((top, below)) = path.split_once('/') else {
        return matches!(path, "tile" | "batch" | "public" | "status" | "cosigned" | "anchors");
    };
    match top {
        "tile" => {
            let (level, below) = below.split_once('/').unwrap_or((below, ""));
            let level_known = level == "entries" || parse_decimal(level).is_some_and(|level| level < 8);
            let narrow = |group: &str| group.strip_suffix(".p").is_some_and(|digits| is_digits(digits, 3));
            let (groups, last) = below.rsplit_once('/').unwrap_or(("", below));
            level_known && (below.is_empty() || are_groups(groups) && (are_groups(last) || narrow(last)))
        }
        "batch" | "public" | "cosigned" | "anchors" => are_groups(below),
        "status" => parse_decimal(below).is_some(),
        _ => false,
    }
}

/// `x001`, `x001/x234`, or nothing.
fn are_groups(path: &str) -> bool {
    path.is_empty()
        || path.split('/').all(|group| group.strip_prefix('x').is_some_and(|digits| is_digits(digits, 3)))
}

fn is_digits(text: &str, length: usize) -> bool {
    text.len() == length && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_file(path: &str) -> bool {
    match path.split_once('/') {
        None => path == CHECKPOINT,
        Some(("tile", _)) => TilePath::parse(path).is_ok(),
        Some(("public", name)) if name == PUBLIC_LIST || name.ends_with("/list") => {
            let folder = name.strip_suffix(PUBLIC_LIST).unwrap_or_default();
            are_groups(folder.trim_end_matches('/'))
        }
        Some(("batch" | "public" | "cosigned" | "anchors", number)) => parse_grouped(number).is_ok(),
        _ => false,
    }
}

/// A status list has its note in the ledger, unless it is newer than the head.
fn list(auditor: &mut Auditor<'_>, status: &Statuses, path: &str) -> Result<(), DiskError> {
    let parts: Vec<&str> = path.strip_suffix(".xzs").unwrap_or("").split('/').collect();
    let number = |text: &&str| parse_decimal(text);
    let (shard, sequence) = match &parts[..] {
        [_, shard] => (number(shard), None),
        [_, shard, sequence] => (number(shard), Some(number(sequence).filter(|sequence| *sequence > 0))),
        _ => (None, None),
    };
    let (Some(shard), false) = (shard, sequence == Some(None)) else {
        auditor.find(FindingCode::FileUnknown, path, Detail::NoPart);
        return Ok(());
    };
    let (last, sequence) = (status.last(shard), sequence.flatten().unwrap_or(1));
    let logged = status.is_part() || last.is_some_and(|last| sequence <= last);
    if !logged && !auditor.has_moved()? {
        auditor.find(FindingCode::StatusNotLogged, path, Detail::NotLogged);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_belongs_to_a_ledger() {
        for path in [
            "tile",
            "tile/entries",
            "tile/0",
            "tile/7/x001/x234",
            "tile/0/000.p",
            "batch/x001",
            "status/0",
            "cosigned",
            "anchors/x001",
        ] {
            assert!(is_folder(path), "{path}");
        }
        for path in ["tiles", "tile/8", "tile/00", "tile/0/000", "tile/0/001.p/x001", "batch/000", "status/x"]
        {
            assert!(!is_folder(path), "{path}");
        }
        for path in [
            "checkpoint",
            "tile/0/x001/234",
            "tile/entries/000.p/41",
            "batch/x001/234",
            "public/040",
            "anchors/007",
        ] {
            assert!(is_file(path), "{path}");
        }
        for path in
            ["checkpoint~", "index.html", "tile/0/000.p/256", "tile/0/0", "batch/7", "public/x000/001"]
        {
            assert!(!is_file(path), "{path}");
        }
    }
}
