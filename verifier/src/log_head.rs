//! The head of the operators' log, as it is sealed into the ledger once a day (spec page `entry.md`).
//!
//! ```text
//! credit.example.gov.cn/ledger/operator-log
//! entries 4711
//! head tBP0fRPuL+bIRbLuFBr4HehY307FSaWLeXC7lmRbyNI=
//! time 1795312800
//! ```
//!
//! It tells nothing of who did what, only that the log can't be cut off or rewritten before it any more.
//! Here: the text. Not here: the log, which is the office's own.

use crate::error::Refused;
use crate::hash::Hash;
use crate::origin::Origin;
use crate::time::{Time, parse_decimal};
use alloc::format;
use alloc::string::String;

const FORMAT: &str = "operators' log head";

/// What stands for the operators' log up to an entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LogHead {
    /// The ledger's name.
    pub origin: Origin,
    /// Entries of the log, from 1.
    pub entries: u64,
    /// Chain value of the last of them.
    pub head: Hash,
    /// When it was taken.
    pub time: Time,
}

impl LogHead {
    /// The four lines.
    pub fn text(&self) -> String {
        let LogHead { origin, entries, head, time } = self;
        format!("{origin}/operator-log\nentries {entries}\nhead {head}\ntime {}\n", time.seconds())
    }

    /// Reads exactly the four lines.
    ///
    /// # Errors
    /// The first line that is not as it should be.
    pub fn from_text(text: &str) -> Result<LogHead, Refused> {
        let mut lines = text.split('\n');
        let mut line = |at: &str, before: &str, after: &str| {
            let found = lines.next().and_then(|line| line.strip_prefix(before)?.strip_suffix(after));
            found.ok_or_else(|| Refused::new(FORMAT, at, "has to be a line of its own, in its place"))
        };
        let origin = Origin::parse(line("origin", "", "/operator-log")?)?;
        let entries = parse_decimal(line("entries", "entries ", "")?).filter(|entries| *entries > 0);
        let entries = entries.ok_or_else(|| Refused::new(FORMAT, "entries", "has to be a number from 1"))?;
        let head = Hash::from_base64(line("head", "head ", "")?)?;
        let time = Time::parse_seconds(line("time", "time ", "")?)?;
        match (lines.next(), lines.next()) {
            (Some(""), None) => Ok(LogHead { origin, entries, head, time }),
            _ => Err(Refused::new(FORMAT, "", "has to end after time")),
        }
    }

    /// Whether it may come after an earlier one of the same ledger.
    pub fn continues(&self, before: &LogHead) -> bool {
        let same = self.entries == before.entries;
        self.entries >= before.entries && self.time >= before.time && (!same || self.head == before.head)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: &str = "a.cn/ledger/operator-log\nentries 4711\n\
        head 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\ntime 1795312800\n";

    #[test]
    fn what_is_no_log_head() {
        assert_eq!(LogHead::from_text(TEXT).unwrap().text(), TEXT);
        for (from, to) in [
            ("/operator-log", "/log"),
            ("entries 4711", "entries 0"),
            ("entries 4711", "entries 04711"),
            ("entries", "Entries"),
            ("FU=", "FV="),
            ("1795312800", "-1"),
            ("time 1795312800\n", "time 1795312800"),
            ("time 1795312800\n", "time 1795312800\n\n"),
        ] {
            assert!(TEXT.contains(from) && LogHead::from_text(&TEXT.replace(from, to)).is_err(), "{to}");
        }
    }

    #[test]
    fn a_later_head_has_as_many_entries_or_more() {
        let head = LogHead::from_text(TEXT).unwrap();
        let later = LogHead { entries: 4712, ..head.clone() };
        assert!(later.continues(&head) && head.continues(&head) && !head.continues(&later));
        assert!(!LogHead { head: Hash::from_bytes([1; 32]), ..head.clone() }.continues(&head));
        assert!(!LogHead { time: Time::ZERO, ..later }.continues(&head));
    }

    proptest! {
        #[test]
        fn text_is_the_one_encoding(entries in 1u64.., head: [u8; 32], time in 0..=Time::MAX.seconds()) {
            let origin = Origin::parse("a.cn/ledger").unwrap();
            let head = LogHead { origin, entries, head: Hash::from_bytes(head), time: Time::new(time).unwrap() };
            prop_assert_eq!(LogHead::from_text(&head.text()), Ok(head));
        }
    }
}
