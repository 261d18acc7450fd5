//! Batch notes: an office's word that entries of its ledger have this hash, and that the certificates which the batch
//! added were valid at this time (spec page `notes.md`).
//!
//! ```text
//! credit.example.gov.cn/ledger/batch
//! 16 32
//! 4zbiA5Ecqkuh6Jv1eA8vWQ2pvG8rBZ0s3rJ2bVY2nZk=
//! 1795310130
//! ```
//!
//! Here: the text that the batch key signs. Not here: which batch it was: a covering subtree may reach back over older
//! entries, so its range is not the batch's.

use crate::error::Refused;
use crate::hash::Hash;
use crate::merkle::Subtree;
use crate::note::Note;
use crate::origin::Origin;
use crate::time::{Time, parse_decimal};
use alloc::format;
use alloc::string::String;

const FORMAT: &str = "batch note";

/// What a batch note says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BatchNote {
    origin: Origin,
    subtree: Subtree,
    hash: Hash,
    time: Time,
}

impl BatchNote {
    /// Refused where the subtree is empty.
    pub fn new(origin: Origin, subtree: Subtree, hash: Hash, time: Time) -> Result<BatchNote, Refused> {
        if subtree.is_empty() {
            return Err(Refused::new(FORMAT, "line 2", "the range is empty"));
        }
        Ok(BatchNote { origin, subtree, hash, time })
    }

    /// The four lines that the batch key signs.
    pub fn text(&self) -> String {
        let (start, end) = (self.subtree.start(), self.subtree.end());
        format!("{}/batch\n{start} {end}\n{}\n{}\n", self.origin, self.hash, self.time.seconds())
    }

    /// Reads exactly the four lines.
    pub fn from_text(text: &str) -> Result<BatchNote, Refused> {
        let refuse = |at: &str, what: &str| Refused::new(FORMAT, at, what);
        let mut lines = text.split('\n');
        let (Some(name), Some(range), Some(hash), Some(time), Some(""), None) =
            (lines.next(), lines.next(), lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(refuse("", "has to have four lines: name, range, hash and time"));
        };
        let origin = name.strip_suffix("/batch").ok_or_else(|| refuse("line 1", "has to end in /batch"))?;
        let origin = Origin::parse(origin).map_err(|e| refuse("line 1", e.what()))?;
        let (start, end) = range
            .split_once(' ')
            .and_then(|(start, end)| Some((parse_decimal(start)?, parse_decimal(end)?)))
            .ok_or_else(|| refuse("line 2", "has to be two decimal numbers with a space between"))?;
        let subtree = Subtree::new(start, end).map_err(|e| refuse("line 2", e.what()))?;
        let hash = Hash::from_base64(hash).map_err(|e| refuse("line 3", e.what()))?;
        let time = Time::parse_seconds(time).map_err(|e| refuse("line 4", e.what()))?;
        BatchNote::new(origin, subtree, hash, time)
    }

    /// Reads a signed one; the signatures are not checked here.
    pub fn parse_note(input: &str) -> Result<(BatchNote, Note), Refused> {
        let note = Note::parse(input)?;
        Ok((BatchNote::from_text(note.text())?, note))
    }

    /// The ledger's name.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The entries that the hash is over.
    pub fn subtree(&self) -> Subtree {
        self.subtree
    }

    /// The subtree's hash.
    pub fn hash(&self) -> &Hash {
        &self.hash
    }

    /// When the batch was closed.
    pub fn time(&self) -> Time {
        self.time
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::Checkpoint;
    use crate::merkle::cover_pair;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_batch_note() {
        let good = "a.cn/ledger/batch\n16 32\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n1795310130\n";
        assert_eq!(BatchNote::from_text(good).unwrap().text(), good);
        assert!(Checkpoint::from_text(good).is_err());
        for bad in [
            "",
            &good[..good.len() - 1],
            &format!("{good}\n"),
            &good.replace("16 32", "17 32"),
            &good.replace("16 32", "16  32"),
            &good.replace("16 32", "16 32 "),
            &good.replace("16 32", "016 32"),
            &good.replace("16 32", "32 16"),
            &good.replace("16 32", "16 16"),
            &good.replace("16 32", "16"),
            &good.replace("/batch", ""),
            &good.replace("/batch", "/batch/batch"),
            &good.replace("1795310130", "1795310130000"),
            &good.replace("1795310130", "+1795310130"),
            &good.replace("FU=", "FV="),
        ] {
            assert!(BatchNote::from_text(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn text_is_the_one_encoding(start: u32, length in 2u64..9999, hash: [u8; 32], time in 0..=Time::MAX.seconds()) {
            let (left, right) = cover_pair(u64::from(start), u64::from(start) + length).unwrap();
            for subtree in [left, right] {
                let origin = Origin::parse("credit.example.gov.cn/ledger").unwrap();
                let note = BatchNote::new(origin, subtree, Hash::from_bytes(hash), Time::new(time).unwrap()).unwrap();
                prop_assert_eq!(BatchNote::from_text(&note.text()), Ok(note));
            }
        }
    }
}
