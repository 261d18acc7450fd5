//! Proofs that a ledger shows different people different histories: file `*.xzf` (spec page `misbehaviour.md`).
//!
//! ```text
//! {"format":"xinzheng/misbehaviour/v1","first":"…signed checkpoint…","second":"…signed checkpoint…"}
//! {"format":"xinzheng/misbehaviour/v1","first":"…","second":"…","root":"<base64>","proof":["<base64>",…]}
//! ```
//!
//! Two checkpoints of one ledger can't both be honest if they have one size and two roots. Where they have two sizes, the
//! smaller one's root has to be that of the beginning of the larger tree: `root` is what that beginning has instead, and
//! `proof` leads from it to the larger checkpoint's root. Whoever signed both has signed two histories; nobody has to be
//! asked, and nobody else could have made it.
//!
//! Here: the file, and whether its two heads contradict each other; [`judge`] says whose signatures they bear.

mod judge;

use crate::checkpoint::Checkpoint;
use crate::error::Refused;
use crate::hash::Hash;
use crate::json::{self, Members, Value};
use crate::key::VerifierKey;
use crate::limits::{MISBEHAVIOUR_BYTES, PATH_HASHES};
use crate::merkle::{self, Subtree};
use crate::note::{Note, NoteError};
use crate::origin::Origin;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

pub use judge::{ForkCode, Shown, ShownHead, judge};

const FORMAT: &str = "proof of misbehaviour";
/// The beginning of the format's name, whatever its version.
const FAMILY: &str = "xinzheng/misbehaviour/";
const NAME: &str = "xinzheng/misbehaviour/v1";
/// Bytes in which a file names its format.
const NAMED_WITHIN: usize = 64;

/// Whether these bytes say that they are such a file, of any version, readable or not.
pub fn is_one(bytes: &[u8]) -> bool {
    let start = bytes.get(..NAMED_WITHIN.min(bytes.len())).unwrap_or_default();
    start.starts_with(b"{") && start.windows(FAMILY.len()).any(|window| window == FAMILY.as_bytes())
}

/// Two signed heads of one ledger, and what shows that they contradict each other.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Misbehaviour {
    first: (Checkpoint, Note),
    second: (Checkpoint, Note),
    between: Option<(Hash, Vec<Hash>)>,
}

impl Misbehaviour {
    /// Two heads of one size, in any order.
    ///
    /// # Errors
    /// Unless both are signed checkpoints of one ledger and size, with two roots.
    pub fn of_one_size(a: Note, b: Note) -> Result<Misbehaviour, Refused> {
        let (a, b) = (read(a, "/first")?, read(b, "/second")?);
        let ordered = a.0.root().as_bytes() <= b.0.root().as_bytes();
        let (first, second) = if ordered { (a, b) } else { (b, a) };
        Misbehaviour::new(first, second, None)
    }

    /// A head, a larger one, and the proof that the larger tree begins with `root`.
    ///
    /// # Errors
    /// Unless both are signed checkpoints of one ledger, the first one smaller and not empty.
    pub fn of_two_sizes(
        first: Note,
        second: Note,
        root: Hash,
        proof: Vec<Hash>,
    ) -> Result<Misbehaviour, Refused> {
        Misbehaviour::new(read(first, "/first")?, read(second, "/second")?, Some((root, proof)))
    }

    fn new(
        first: (Checkpoint, Note),
        second: (Checkpoint, Note),
        between: Option<(Hash, Vec<Hash>)>,
    ) -> Result<Misbehaviour, Refused> {
        let refuse = |at: &str, what: &str| Err(Refused::new(FORMAT, at, what));
        if first.0.origin() != second.0.origin() {
            return refuse("/second", "is of another ledger");
        }
        let (one, other) = (first.0.size(), second.0.size());
        match &between {
            None if one != other => return refuse("/root", "is missing between two sizes"),
            None if first.0.root().as_bytes() >= second.0.root().as_bytes() => {
                return refuse("/second", "has to have the other, greater root");
            }
            Some(_) if one == 0 || one >= other => {
                return refuse("/second", "has to be the larger of two that are not empty");
            }
            Some((_, proof)) if proof.len() > PATH_HASHES => {
                return refuse("/proof", "has more than 64 hashes");
            }
            _ => {}
        }
        Ok(Misbehaviour { first, second, between })
    }

    /// Reads a whole file, its LF included.
    ///
    /// # Errors
    /// Where it is not of the form. That it proves anything is for [`Misbehaviour::contradicts`] to say.
    pub fn parse(bytes: &[u8]) -> Result<Misbehaviour, Refused> {
        let line =
            bytes.strip_suffix(b"\n").ok_or_else(|| Refused::new(FORMAT, "", "has to end in one LF"))?;
        let value = json::parse_compact(line, MISBEHAVIOUR_BYTES)
            .map_err(|e| Refused::new(FORMAT, e.pointer(), format!("{e}")))?;
        let mut members = Members::of(FORMAT, "", value)?;
        if members.string("format")? != NAME {
            return Err(members.refuse("format", format!("has to be {NAME}")));
        }
        let note = |members: &mut Members, key: &str| {
            let text = members.string(key)?;
            Note::parse(&text).map_err(|e| members.refuse(key, format!("{e}")))
        };
        let first = note(&mut members, "first")?;
        let second = note(&mut members, "second")?;
        let hash = |text: &str| Hash::from_base64(text);
        let between = match members.optional("root") {
            None => None,
            Some(Value::String(root)) => {
                let root = hash(&root).map_err(|e| members.refuse("root", e.what()))?;
                let proof = members.strings("proof", PATH_HASHES)?;
                let proof = proof.iter().map(|text| hash(text)).collect::<Result<Vec<_>, _>>();
                Some((root, proof.map_err(|e| members.refuse("proof", e.what()))?))
            }
            Some(_) => return Err(members.refuse("root", "has to be text")),
        };
        members.end()?;
        Misbehaviour::new(read(first, "/first")?, read(second, "/second")?, between)
    }

    /// The file, its LF included.
    pub fn encode(&self) -> String {
        let mut members = Vec::from([
            ("format", Value::from(NAME)),
            ("first", Value::from(self.first.1.encode())),
            ("second", Value::from(self.second.1.encode())),
        ]);
        if let Some((root, proof)) = &self.between {
            members.push(("root", Value::from(root.to_base64())));
            let proof: Vec<Value> = proof.iter().map(|hash| Value::from(hash.to_base64())).collect();
            members.push(("proof", Value::from(proof)));
        }
        let members = members.into_iter().map(|(key, value)| (String::from(key), value)).collect();
        let mut out = json::compact(&Value::Object(members));
        out.push('\n');
        out
    }

    /// Whether the two heads can't both be of one ledger that only grows. Says nothing of signatures.
    pub fn contradicts(&self) -> bool {
        let Some((root, proof)) = &self.between else { return true };
        let (old, new) = (&self.first.0, &self.second.0);
        root != old.root()
            && merkle::verify_subtree_consistency(
                Subtree::whole(old.size()),
                root,
                new.size(),
                new.root(),
                proof,
            )
            .is_ok()
    }

    /// Which of these keys signed each of the two.
    ///
    /// # Errors
    /// `UnknownSigner` where none of them signed one of the two, `SigBad` where a signature of theirs does not verify.
    pub fn signed_by(&self, keys: &[&VerifierKey]) -> Result<(Vec<usize>, Vec<usize>), NoteError> {
        Ok((self.first.1.verify(keys)?, self.second.1.verify(keys)?))
    }

    /// The ledger.
    pub fn origin(&self) -> &Origin {
        self.first.0.origin()
    }

    /// The first head: the smaller, or of one size that with the smaller root.
    pub fn first(&self) -> (&Checkpoint, &Note) {
        (&self.first.0, &self.first.1)
    }

    /// The proof between heads of two sizes.
    pub fn proof(&self) -> Option<&[Hash]> {
        self.between.as_ref().map(|(_, proof)| proof.as_slice())
    }

    /// The second head.
    pub fn second(&self) -> (&Checkpoint, &Note) {
        (&self.second.0, &self.second.1)
    }
}

fn read(note: Note, at: &str) -> Result<(Checkpoint, Note), Refused> {
    if note.signatures().is_empty() {
        return Err(Refused::new(FORMAT, at, "is not signed"));
    }
    let checkpoint =
        Checkpoint::from_text(note.text()).map_err(|e| Refused::new(FORMAT, at, format!("{e}")))?;
    Ok((checkpoint, note))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::{leaf_hash, node_hash};
    use crate::key::{KeyKind, KeyName};
    use crate::note::SignatureLine;
    use alloc::vec;
    use ed25519_dalek::{Signer, SigningKey};

    fn key() -> (SigningKey, VerifierKey) {
        let secret = SigningKey::from_bytes(&[5; 32]);
        let name = KeyName::parse("a.cn/ledger").unwrap();
        let key = VerifierKey::new(name, KeyKind::Note, secret.verifying_key().as_bytes()).unwrap();
        (secret, key)
    }

    fn head(size: u64, root: Hash) -> Note {
        let (secret, key) = key();
        let text = Checkpoint::new(Origin::parse("a.cn/ledger").unwrap(), size, root).unwrap().text();
        let line = SignatureLine::new(&key, secret.sign(text.as_bytes()).to_bytes());
        Note::new(text).unwrap().with_signature(line).unwrap()
    }

    fn leaf(n: u8) -> Hash {
        leaf_hash(&[n])
    }

    #[test]
    fn two_roots_of_one_size_contradict_each_other() {
        let (a, b) = (head(1, leaf(1)), head(1, leaf(2)));
        let found = Misbehaviour::of_one_size(a.clone(), b.clone()).unwrap();
        assert_eq!(found, Misbehaviour::of_one_size(b, a.clone()).unwrap(), "in any order");
        assert!(found.contradicts());
        assert_eq!(found.signed_by(&[&key().1]), Ok((vec![0], vec![0])));
        assert_eq!(Misbehaviour::parse(found.encode().as_bytes()), Ok(found));
        assert!(Misbehaviour::of_one_size(a.clone(), a.clone()).is_err(), "one head twice is nothing");
        assert!(Misbehaviour::of_one_size(a, head(2, leaf(2))).is_err());
    }

    #[test]
    fn another_beginning_contradicts_a_smaller_head() {
        // The signed head of one entry, and a tree of two that begins with another one.
        let second = head(2, node_hash(&leaf(7), &leaf(8)));
        let found =
            Misbehaviour::of_two_sizes(head(1, leaf(1)), second.clone(), leaf(7), vec![leaf(8)]).unwrap();
        assert!(found.contradicts());
        assert_eq!(Misbehaviour::parse(found.encode().as_bytes()), Ok(found.clone()));
        // An honest pair: the beginning is the smaller head's own.
        let honest =
            Misbehaviour::of_two_sizes(head(1, leaf(7)), second.clone(), leaf(7), vec![leaf(8)]).unwrap();
        assert!(!honest.contradicts());
        // A proof that leads nowhere shows nothing.
        let nothing =
            Misbehaviour::of_two_sizes(head(1, leaf(1)), second.clone(), leaf(1), vec![leaf(8)]).unwrap();
        assert!(!nothing.contradicts());
        let long =
            Misbehaviour::of_two_sizes(head(1, leaf(1)), second.clone(), leaf(7), vec![leaf(8); 2]).unwrap();
        assert!(!long.contradicts());
        assert!(
            Misbehaviour::of_two_sizes(second.clone(), head(1, leaf(1)), leaf(7), vec![]).is_err(),
            "reversed"
        );
        assert!(Misbehaviour::of_two_sizes(head(1, leaf(1)), second, leaf(7), vec![leaf(8); 65]).is_err());
    }

    #[test]
    fn other_writings_are_refused() {
        let good = Misbehaviour::of_one_size(head(1, leaf(1)), head(1, leaf(2))).unwrap().encode();
        for (from, to) in [
            ("/v1", "/v2"),
            ("\"first\"", "\"firsT\""),
            ("\"first\":", "\"first\": "),
            ("}\n", ",\"root\":\"\"}\n"),
            ("}\n", "}"),
            ("}\n", "}\n\n"),
            ("\\n1\\n", "\\n2\\n"),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good);
            assert!(Misbehaviour::parse(bad.as_bytes()).is_err(), "{bad}");
        }
        // In the wrong order.
        let value: Vec<&str> = good.splitn(2, "\"first\":").collect();
        assert_eq!(value.len(), 2);
        let swapped = good.replacen("\"first\"", "\"x\"", 1).replacen("\"second\"", "\"first\"", 1);
        assert!(Misbehaviour::parse(swapped.as_bytes()).is_err());
    }
}
