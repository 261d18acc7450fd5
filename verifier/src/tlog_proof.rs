//! Proofs that a ledger holds an entry, C2SP tlog-proof@v1: file `NUMBER.tlog-proof` (spec page `notes.md`).
//!
//! ```text
//! c2sp.org/tlog-proof@v1
//! index 29
//! tBP0fRPuL+bIRbLuFBr4HehY307FSaWLeXC7lmRbyNI=
//! 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=
//!
//! credit.example.gov.cn/ledger
//! 41
//! 4zbiA5Ecqkuh6Jv1eA8vWQ2pvG8rBZ0s3rJ2bVY2nZk=
//!
//! — credit.example.gov.cn/ledger …
//! ```
//!
//! Here: the file, and that its path leads to its checkpoint's root. Not here: who signed the checkpoint.

use crate::base64;
use crate::checkpoint::Checkpoint;
use crate::entry::Entry;
use crate::error::Refused;
use crate::hash::Hash;
use crate::limits::{PATH_HASHES, TLOG_PROOF_BYTES};
use crate::merkle::{ProofError, Subtree, verify_inclusion};
use crate::note::Note;
use crate::time::parse_decimal;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

const FORMAT: &str = "tlog-proof";
const FIRST_LINE: &str = "c2sp.org/tlog-proof@v1";

/// Index, path and signed checkpoint of one entry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TlogProof {
    /// Kept so that encoding gives back what was read; nothing signs it and nobody looks at it.
    extra: Option<Vec<u8>>,
    index: u64,
    path: Vec<Hash>,
    checkpoint: Checkpoint,
    note: Note,
}

impl TlogProof {
    /// Refused unless the note is a signed checkpoint over more than `index` entries, and the path at most 64 hashes.
    pub fn new(index: u64, path: Vec<Hash>, note: Note) -> Result<TlogProof, Refused> {
        let checkpoint = Checkpoint::from_text(note.text())?;
        if note.signatures().is_empty() {
            return Err(Refused::new(FORMAT, "checkpoint", "is not signed"));
        }
        if index >= checkpoint.size() {
            return Err(Refused::new(FORMAT, "index", "is not below the size of the checkpoint"));
        }
        if path.len() > PATH_HASHES {
            return Err(Refused::new(FORMAT, "path", "has more than 64 hashes"));
        }
        Ok(TlogProof { extra: None, index, path, checkpoint, note })
    }

    /// Reads a whole file.
    pub fn parse(input: &str) -> Result<TlogProof, Refused> {
        let refuse = |at: &str, what: &str| Refused::new(FORMAT, at, what);
        if input.len() > TLOG_PROOF_BYTES {
            return Err(refuse("", "is longer than a proof may be"));
        }
        let (head, note) = input.split_once("\n\n").ok_or_else(|| refuse("", "has no blank line"))?;
        let mut lines = head.split('\n').peekable();
        if lines.next() != Some(FIRST_LINE) {
            return Err(refuse("line 1", "has to be c2sp.org/tlog-proof@v1"));
        }
        let extra = match lines.next_if(|line| line.starts_with("extra ")) {
            Some(line) => {
                let extra = line.strip_prefix("extra ").and_then(base64::decode);
                Some(extra.ok_or_else(|| refuse("extra", "is not in base64"))?)
            }
            None => None,
        };
        let index = lines
            .next()
            .and_then(|line| line.strip_prefix("index "))
            .and_then(parse_decimal)
            .ok_or_else(|| refuse("index", "has to be a line like \"index 29\""))?;
        let mut path = Vec::new();
        for line in lines {
            if path.len() >= PATH_HASHES {
                return Err(refuse("path", "has more than 64 hashes"));
            }
            let at = || format!("path, hash {}", path.len());
            path.push(Hash::from_base64(line).map_err(|e| Refused::new(FORMAT, at(), e.what()))?);
        }
        Ok(TlogProof { extra, ..TlogProof::new(index, path, Note::parse(note)?)? })
    }

    /// The file's text.
    pub fn encode(&self) -> String {
        let mut out = format!("{FIRST_LINE}\n");
        if let Some(extra) = &self.extra {
            out.push_str(&format!("extra {}\n", base64::encode(extra)));
        }
        out.push_str(&format!("index {}\n", self.index));
        for hash in &self.path {
            out.push_str(&format!("{hash}\n"));
        }
        out.push('\n');
        out.push_str(&self.note.encode());
        out
    }

    /// The entry is the one of this index under this checkpoint.
    pub fn proves(&self, entry: &Entry) -> Result<(), ProofError> {
        let whole = Subtree::whole(self.checkpoint.size());
        verify_inclusion(&entry.leaf(), self.index, whole, &self.path, self.checkpoint.root())
    }

    /// Index of the entry in the ledger.
    pub fn index(&self) -> u64 {
        self.index
    }

    /// From the leaf's sibling up.
    pub fn path(&self) -> &[Hash] {
        &self.path
    }

    /// What the note says.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The checkpoint with its signatures and cosignatures.
    pub fn note(&self) -> &Note {
        &self.note
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::{leaf_hash, node_hash};
    use crate::note::SignatureLine;
    use crate::origin::Origin;

    fn proof() -> TlogProof {
        let (entry, other) = (Entry::from_bytes([1; 32]), leaf_hash(b"other"));
        let origin = Origin::parse("a.cn/ledger").unwrap();
        let checkpoint = Checkpoint::new(origin, 2, node_hash(&other, &entry.leaf())).unwrap();
        // No key is asked here, so any signature will do.
        let line = SignatureLine::parse("— a.cn/ledger AAAAAAAA").unwrap();
        let note = Note::new(checkpoint.text()).unwrap().with_signature(line).unwrap();
        TlogProof::new(1, alloc::vec![other], note).unwrap()
    }

    #[test]
    fn a_proof_proves_its_entry() {
        let proof = proof();
        assert_eq!(proof.proves(&Entry::from_bytes([1; 32])), Ok(()));
        assert_eq!(proof.proves(&Entry::from_bytes([2; 32])), Err(ProofError::RootDiffers));
        assert_eq!(TlogProof::parse(&proof.encode()), Ok(proof));
    }

    #[test]
    fn extra_is_kept_and_ignored() {
        let text = proof().encode().replace("index", "extra AAEC\nindex");
        let with_extra = TlogProof::parse(&text).unwrap();
        assert_eq!(with_extra.encode(), text);
        assert_eq!(with_extra.proves(&Entry::from_bytes([1; 32])), Ok(()));
    }

    #[test]
    fn what_is_no_proof() {
        let good = &proof().encode();
        let hash = leaf_hash(b"other").to_base64();
        for bad in [
            "",
            &good.replace("@v1", "@v2"),
            &good.replace("index 1", "index 01"),
            &good.replace("index 1", "index 2"),
            &good.replace("index 1\n", ""),
            &good.replace("index 1", "index 1\nextra AAEC"),
            &good.replace("index", "extra AAE\nindex"),
            &good.replace("index", "extra AAEC\nextra AAEC\nindex"),
            &good.replace("\n\na.cn", "\na.cn"),
            &good.replace("\n\na.cn", "\n\n\na.cn"),
            &good.replace("a.cn/ledger\n2\n", "a.cn/ledger\n2\n\n"),
            &good.replacen(&hash, &hash[..43], 1),
            &good.replacen(&hash, &alloc::vec![hash.as_str(); 65].join("\n"), 1),
            &good[..good.len() - 1],
        ] {
            assert!(TlogProof::parse(bad).is_err(), "{bad:?}");
        }
    }
}
