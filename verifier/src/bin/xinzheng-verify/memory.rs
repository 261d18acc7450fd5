//! What this user's verifier remembers of status lists: the newest of each shard that it has seen, and the lists imported.
//!
//! ```text
//! xinzheng lists v1
//! 17 1795312800 0 credit.example.gov.cn/ledger 8mZ2J7…=      sequence, issued, shard, ledger, SHA-256 of the note's text
//! ```
//!
//! The file lies beside the pins, the imported lists in a folder `status/` beside it. Only what verifies under a pinned
//! root is remembered, so that nobody can plant a high sequence. A memory that can't be read or written never stops a
//! verification; what that costs is said in a note. Not here: what an older list does to a verdict (`verifier::shelf`).

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use verifier::hash::{Hash, sha256};
use verifier::limits::CLOCK_TOLERANCE;
use verifier::origin::Origin;
use verifier::row::hex;
use verifier::shelf::ListSeen;
use verifier::status_list::StatusList;
use verifier::time::Time;

use crate::limits;
use crate::pin::{folder, put};

const HEADER: &str = "xinzheng lists v1";
const FILE: &str = "lists";
const IMPORTED: &str = "status";

/// What is remembered, and where.
#[derive(Debug, Default)]
pub struct ListMemory {
    folder: Option<PathBuf>,
    seen: Vec<ListSeen>,
    unreadable: Option<String>,
}

impl ListMemory {
    /// Opens the user's own memory. One that is not there is empty.
    pub fn open() -> ListMemory {
        folder().map_or_else(ListMemory::default, ListMemory::at)
    }

    /// Opens the memory in a folder.
    pub fn at(folder: PathBuf) -> ListMemory {
        let (seen, unreadable) = match load(&folder.join(FILE)) {
            Ok(seen) => (seen, None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Vec::new(), None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        ListMemory { folder: Some(folder), seen, unreadable }
    }

    /// What was seen so far.
    pub fn seen(&self) -> &[ListSeen] {
        &self.seen
    }

    /// Why the file that is there could not be read.
    pub fn unreadable(&self) -> Option<&str> {
        self.unreadable.as_deref()
    }

    /// The folder of imported lists, where there is one.
    pub fn imported(&self) -> Option<PathBuf> {
        self.folder.as_ref().map(|folder| folder.join(IMPORTED)).filter(|folder| folder.is_dir())
    }

    /// Remembers lists whose signatures were verified; those from the future are not there yet. Writes only if there is news.
    pub fn remember(&mut self, lists: &[StatusList], now: Time) -> io::Result<()> {
        let latest = now.saturating_add(CLOCK_TOLERANCE);
        let news: Vec<ListSeen> = lists.iter().map(ListSeen::of).filter(|one| one.issued <= latest).collect();
        if !news.iter().any(|one| is_news(&self.seen, one)) {
            return Ok(());
        }
        let path = self.folder.as_ref().map(|folder| folder.join(FILE));
        let path = path.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no folder for settings"))?;
        // Another process may have written in the meantime. A file that can't be read is not overwritten.
        let mut seen = match load(&path) {
            Ok(seen) => seen,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        for one in news {
            if is_news(&seen, &one) {
                seen.retain(|old| (&old.origin, old.shard) != (&one.origin, one.shard));
                seen.push(one);
            }
        }
        if seen.len() > limits::SHARDS_REMEMBERED {
            return Err(io::Error::other("too many shards are remembered"));
        }
        put(&path, text(&seen).as_bytes())?;
        self.seen = seen;
        Ok(())
    }

    /// Keeps a list, in the place of an older one of its shard.
    pub fn keep(&self, list: &StatusList, file: &[u8]) -> io::Result<()> {
        let folder = self.folder.as_ref().ok_or_else(|| io::Error::other("no folder for settings"))?;
        let says = list.says().fields();
        let ledger = hex(&sha256(&[says.origin.as_str().as_bytes()]));
        let ledger = ledger.get(..16).unwrap_or_default();
        put(&folder.join(IMPORTED).join(format!("{ledger}-{}.xzs", says.shard)), file)
    }
}

fn is_news(seen: &[ListSeen], one: &ListSeen) -> bool {
    let known = seen.iter().find(|old| old.origin == one.origin && old.shard == one.shard);
    known.is_none_or(|old| old.sequence < one.sequence)
}

fn load(path: &Path) -> io::Result<Vec<ListSeen>> {
    let mut text = String::new();
    fs::File::open(path)?.take(limits::PIN_FILE_BYTES).read_to_string(&mut text)?;
    parse(&text).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not a record of status lists"))
}

fn parse(text: &str) -> Option<Vec<ListSeen>> {
    let mut rows = text.lines();
    if rows.next()? != HEADER {
        return None;
    }
    let mut seen: Vec<ListSeen> = Vec::new();
    for row in rows {
        let words: Vec<&str> = row.split(' ').collect();
        let [sequence, issued, shard, origin, digest] = words[..] else { return None };
        let one = ListSeen {
            origin: Origin::parse(origin).ok()?,
            shard: shard.parse().ok()?,
            sequence: sequence.parse().ok()?,
            issued: Time::parse_seconds(issued).ok()?,
            text: Hash::from_base64(digest).ok()?,
        };
        if seen.iter().any(|old| old.origin == one.origin && old.shard == one.shard) {
            return None;
        }
        seen.push(one);
    }
    Some(seen)
}

fn text(seen: &[ListSeen]) -> String {
    let row = |one: &ListSeen| {
        let (issued, digest) = (one.issued.seconds(), one.text.to_base64());
        format!("{} {issued} {} {} {digest}\n", one.sequence, one.shard, one.origin)
    };
    std::iter::once(format!("{HEADER}\n")).chain(seen.iter().map(row)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(shard: u64, sequence: u64) -> ListSeen {
        ListSeen {
            origin: Origin::parse("a.cn/ledger").unwrap(),
            shard,
            sequence,
            issued: Time::new(1_795_312_800).unwrap(),
            text: sha256(&[b"text"]),
        }
    }

    #[test]
    fn what_is_written_is_read_and_nothing_else_is() {
        let seen = vec![one(0, 17), one(3, 2)];
        let written = text(&seen);
        assert_eq!(parse(&written), Some(seen));
        for bad in [
            "",
            "xinzheng lists v2\n",
            &written.replace(" 3 ", " 0 "),
            &written.replace(" 3 ", "  "),
            &written.replace("17", "x"),
        ] {
            assert_eq!(parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn only_a_higher_sequence_is_news() {
        let seen = [one(0, 17)];
        assert!(!is_news(&seen, &one(0, 17)) && !is_news(&seen, &one(0, 16)));
        assert!(is_news(&seen, &one(0, 18)) && is_news(&seen, &one(1, 1)));
    }

    #[test]
    fn a_damaged_memory_is_empty_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "something else").unwrap();
        let memory = ListMemory::at(folder.path().to_owned());
        assert!(memory.unreadable().is_some() && memory.seen().is_empty());
    }
}
