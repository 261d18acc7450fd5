//! Who of those that are asked outside, targets of anchors and witnesses, has failed since when: file `anchor/failing`.
//!
//! ```text
//! {"format":"xinzheng/failing/v1","failing":[{"who":"rfc3161 tsa","since":1795312800,"last":1795316400,"times":7,"kind":"timed-out"}]}
//! ```
//!
//! Who fails is in it, who succeeds is not. It holds kinds of failures alone, never what anybody answered, and no addresses.
//! Nothing rests on it but what is shown: one that is damaged is as if nobody had failed. Not here: what is an alarm (`web`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use verifier::time::Time;

use super::FOLDER;
use crate::disk::{Disk, DiskError};

/// At most so many are remembered; of more, those that failed last.
const FAILING_MAX: usize = 256;
/// Bytes of a name: a witness's key in one line.
const WHO_MAX: usize = 512;
/// Bytes of a kind.
const KIND_MAX: usize = 64;
/// Bytes of the file.
const FILE_MAX: usize = FAILING_MAX * (WHO_MAX + KIND_MAX + 256);
const FORMAT: &str = "xinzheng/failing/v1";

/// How somebody who is asked fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failing {
    /// When the first failure after the last success was.
    pub since: Time,
    /// When the last one was.
    pub last: Time,
    /// How many in a row.
    pub times: u32,
    /// The kind of the last: `a`–`z`, digits and `-`, such as `timed-out`.
    pub kind: String,
}

impl Failing {
    /// The same as one more failure after those that were noted before: it began with the first of them.
    #[must_use]
    pub fn after(self, before: Option<Failing>) -> Failing {
        match before.filter(|before| before.since <= self.since) {
            Some(before) => Failing { since: before.since, times: before.times.saturating_add(1), ..self },
            None => self,
        }
    }
}

/// All that fail, by name.
#[derive(Debug, Default)]
pub(crate) struct AllFailing(BTreeMap<String, Failing>);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    failing: Vec<One>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct One {
    who: String,
    since: u64,
    last: u64,
    times: u32,
    kind: String,
}

impl AllFailing {
    /// As the disk has it.
    pub(crate) fn open(disk: &dyn Disk) -> Result<AllFailing, DiskError> {
        match disk.read(&path(), FILE_MAX) {
            Ok(bytes) => Ok(bytes.and_then(|bytes| parse(&bytes)).unwrap_or_default()),
            Err(DiskError::TooLarge { .. }) => Ok(AllFailing::default()),
            Err(error) => Err(error),
        }
    }

    /// Who of them fails.
    pub(crate) fn get(&self, who: &str) -> Option<&Failing> {
        self.0.get(who)
    }

    /// All of them.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&String, &Failing)> {
        self.0.iter()
    }

    /// Takes in how it goes with one: `None` where it succeeded. Whether that is anything new.
    pub(crate) fn set(&mut self, who: &str, failing: Option<Failing>) -> bool {
        let Some(failing) = failing else { return self.0.remove(who).is_some() };
        if !is_name(who) || !is_kind(&failing.kind) || self.0.get(who) == Some(&failing) {
            return false;
        }
        self.0.insert(who.to_owned(), failing);
        while self.0.len() > FAILING_MAX {
            let oldest = self.0.iter().min_by_key(|(_, one)| one.last).map(|(who, _)| who.clone());
            oldest.and_then(|who| self.0.remove(&who));
        }
        true
    }

    /// Writes it. A crash before: as it was before. After: as it is.
    pub(crate) fn write(&self, disk: &dyn Disk) -> Result<(), DiskError> {
        let one = |(who, one): (&String, &Failing)| One {
            who: who.clone(),
            since: one.since.seconds(),
            last: one.last.seconds(),
            times: one.times,
            kind: one.kind.clone(),
        };
        let written = Written { format: FORMAT.to_owned(), failing: self.0.iter().map(one).collect() };
        // Text and numbers alone: there is nothing in it that JSON can't write.
        let mut bytes = serde_json::to_vec(&written).unwrap_or_default();
        bytes.push(b'\n');
        disk.replace(&path(), &bytes)
    }
}

fn path() -> String {
    format!("{FOLDER}/failing")
}

fn parse(bytes: &[u8]) -> Option<AllFailing> {
    let written: Written = serde_json::from_slice(bytes).ok()?;
    if written.format != FORMAT || written.failing.len() > FAILING_MAX {
        return None;
    }
    let mut all = AllFailing::default();
    for one in written.failing {
        let (since, last) = (Time::new(one.since).ok()?, Time::new(one.last).ok()?);
        let failing = Failing { since, last, times: one.times, kind: one.kind };
        if since > last || one.times == 0 || !all.set(&one.who, Some(failing)) {
            return None;
        }
    }
    Some(all)
}

fn is_name(who: &str) -> bool {
    (1..=WHO_MAX).contains(&who.len()) && !who.chars().any(char::is_control)
}

fn is_kind(kind: &str) -> bool {
    (1..=KIND_MAX).contains(&kind.len())
        && kind.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::testing::MemoryDisk;

    fn failing(last: u64) -> Failing {
        let time = |seconds| Time::new(seconds).unwrap();
        Failing {
            since: time(1_795_312_800),
            last: time(1_795_312_800 + last),
            times: 3,
            kind: "timed-out".into(),
        }
    }

    #[test]
    fn who_fails_is_read_again_and_who_succeeds_is_gone() {
        let disk = MemoryDisk::default();
        let mut all = AllFailing::open(&disk).unwrap();
        assert!(
            all.set("rfc3161 tsa", Some(failing(1))) && all.set("witness w.cn/witness+x", Some(failing(2)))
        );
        assert!(!all.set("rfc3161 tsa", Some(failing(1))), "nothing new");
        all.write(&disk).unwrap();
        let mut again = AllFailing::open(&disk).unwrap();
        assert_eq!(again.get("rfc3161 tsa"), Some(&failing(1)));
        assert!(again.set("rfc3161 tsa", None) && !again.set("rfc3161 tsa", None));
        again.write(&disk).unwrap();
        let names: Vec<String> =
            AllFailing::open(&disk).unwrap().iter().map(|(who, _)| who.clone()).collect();
        assert_eq!(names, ["witness w.cn/witness+x"]);
    }

    #[test]
    fn what_fails_again_has_failed_since_the_first_time() {
        let now = Failing { times: 1, since: failing(9).last, ..failing(9) };
        assert_eq!(now.clone().after(None), now);
        assert_eq!(now.clone().after(Some(failing(5))), Failing { times: 4, ..failing(9) });
        // A clock that was set back makes nothing older.
        let ahead = Failing { since: failing(20).last, ..failing(20) };
        assert_eq!(now.clone().after(Some(ahead)), now);
    }

    #[test]
    fn what_is_damaged_or_no_kind_tells_nothing() {
        let disk = MemoryDisk::default();
        let mut all = AllFailing::default();
        for kind in ["", "no spaces", "https://h/?token=1", &"x".repeat(65)] {
            assert!(!all.set("evm chain", Some(Failing { kind: kind.to_owned(), ..failing(1) })), "{kind}");
        }
        assert!(!all.set("two\nlines", Some(failing(1))));
        for n in 0..300 {
            all.set(&format!("evm c{n}"), Some(failing(n)));
        }
        assert_eq!(
            (all.iter().count(), all.get("evm c0"), all.get("evm c299")),
            (256, None, Some(&failing(299)))
        );
        all.write(&disk).unwrap();
        let good = String::from_utf8(disk.read(&path(), FILE_MAX).unwrap().unwrap()).unwrap();
        assert_eq!(AllFailing::open(&disk).unwrap().iter().count(), 256);
        for (from, to) in [
            ("failing/v1", "failing/v2"),
            ("\"times\":3", "\"times\":0"),
            ("timed-out", "timed out"),
            ("\"who\"", "\"url\""),
        ] {
            disk.damage(&path(), Some(good.replacen(from, to, 1).into_bytes()));
            assert_eq!(AllFailing::open(&disk).unwrap().iter().count(), 0, "{to}");
        }
        disk.damage(&path(), Some(vec![b' '; FILE_MAX + 1]));
        assert_eq!(AllFailing::open(&disk).unwrap().iter().count(), 0);
    }
}
