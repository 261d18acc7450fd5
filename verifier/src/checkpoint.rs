//! Checkpoints, C2SP tlog-checkpoint without extension lines (spec page `notes.md`).
//!
//! ```text
//! credit.example.gov.cn/ledger
//! 41
//! 4zbiA5Ecqkuh6Jv1eA8vWQ2pvG8rBZ0s3rJ2bVY2nZk=
//! ```
//!
//! Here: the text, and that one under signatures is one. Not here: who signed (`note`), whether two are consistent
//! (`merkle`).

use crate::error::Refused;
use crate::hash::{Hash, empty_root};
use crate::note::Note;
use crate::origin::Origin;
use crate::time::parse_decimal;
use alloc::format;
use alloc::string::String;

const FORMAT: &str = "checkpoint";

/// The head of a ledger: so many entries have this root.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Checkpoint {
    origin: Origin,
    size: u64,
    root: Hash,
}

impl Checkpoint {
    /// Refused where an empty ledger has another root than `H("")`.
    pub fn new(origin: Origin, size: u64, root: Hash) -> Result<Checkpoint, Refused> {
        if size == 0 && root != empty_root() {
            return Err(Refused::new(FORMAT, "line 3", "is not the root of an empty ledger"));
        }
        Ok(Checkpoint { origin, size, root })
    }

    /// The three lines that the ledger key signs.
    pub fn text(&self) -> String {
        format!("{}\n{}\n{}\n", self.origin, self.size, self.root)
    }

    /// Reads exactly the three lines.
    pub fn from_text(text: &str) -> Result<Checkpoint, Refused> {
        let refuse = |at: &str, what: &str| Refused::new(FORMAT, at, what);
        let mut lines = text.split('\n');
        let (Some(origin), Some(size), Some(root), Some(""), None) =
            (lines.next(), lines.next(), lines.next(), lines.next(), lines.next())
        else {
            return Err(refuse("", "has to have three lines: origin, size and root"));
        };
        let origin = Origin::parse(origin).map_err(|e| refuse("line 1", e.what()))?;
        let size = parse_decimal(size).ok_or_else(|| refuse("line 2", "is not a decimal number"))?;
        let root = Hash::from_base64(root).map_err(|e| refuse("line 3", e.what()))?;
        Checkpoint::new(origin, size, root)
    }

    /// Reads a signed one; the signatures are not checked here.
    pub fn parse_note(input: &str) -> Result<(Checkpoint, Note), Refused> {
        let note = Note::parse(input)?;
        Ok((Checkpoint::from_text(note.text())?, note))
    }

    /// The ledger's name.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// How many entries.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root over all of them.
    pub fn root(&self) -> &Hash {
        &self.root
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_is_no_checkpoint() {
        let good = "a.cn/ledger\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
        assert_eq!(Checkpoint::from_text(good).unwrap().text(), good);
        for bad in [
            "",
            "\n\n\n",
            &good[..good.len() - 1],
            &format!("{good}extension\n"),
            &format!("{good}\n"),
            &good.replace("\n0\n", "\n00\n"),
            &good.replace("\n0\n", "\n-0\n"),
            &good.replace("\n0\n", "\n\n"),
            &good.replace("\n0\n", "\n0 1\n"),
            &good.replace("47DE", "48DE"),
            &good.replace("a.cn", "A.cn"),
            &good.replace("\n0\n", "\n18446744073709551616\n"),
            &good.replace("/ledger", "/batch"),
        ] {
            assert!(Checkpoint::from_text(bad).is_err(), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn text_is_the_one_encoding(size in 1u64.., root: [u8; 32], name in "[a-z0-9]{1,9}(/[a-z]{1,5}[0-9])?") {
            let origin = Origin::parse(&name).unwrap();
            let checkpoint = Checkpoint::new(origin, size, Hash::from_bytes(root)).unwrap();
            prop_assert_eq!(Checkpoint::from_text(&checkpoint.text()), Ok(checkpoint));
        }

        #[test]
        fn what_parses_encodes_back(text in "[a-b]{1,2}\n[0-9 ]{1,3}\n[A-Ba-b+/]{41,43}[AE=]{1,3}\n{1,2}") {
            if let Ok(checkpoint) = Checkpoint::from_text(&text) { prop_assert_eq!(checkpoint.text(), text); }
        }
    }
}
