//! What a ledger and its witness say to each other, C2SP tlog-witness v1 (spec page `witness.md`).
//!
//! ```text
//! old 20852014
//! PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
//!
//! example.com/behind-the-sofa
//! 20852163
//! CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
//!
//! — example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
//! ```
//!
//! Here: the request [`AddCheckpoint`], and the two answers that have a body. Not here: who is believed, what a witness
//! remembers, HTTP. A witness also serves ledgers that are not Xinzheng's, so a head here ([`Seen`]) may have any name and
//! extension lines, which a [`crate::checkpoint::Checkpoint`] may not.

use crate::error::Refused;
use crate::hash::Hash;
use crate::limits::{NOTE_SIGNATURES, WITNESS_ANSWER_BYTES, WITNESS_HASHES, WITNESS_REQUEST_BYTES};
use crate::note::{Note, SignatureLine};
use crate::time::parse_decimal;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

const FORMAT: &str = "request to a witness";
/// Bytes of the name of a ledger that is not Xinzheng's.
const ORIGIN_BYTES: usize = 255;
/// What an answer with a size says it is.
pub const SIZE_TYPE: &str = "text/x.tlog.size";

/// A signed head as any ledger writes it: name, size, root, and whatever lines come after.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Seen {
    origin: String,
    size: u64,
    root: Hash,
    note: Note,
}

impl Seen {
    /// Reads a signed head; the signatures are not checked here.
    ///
    /// # Errors
    /// Unless there are three lines or more, none empty: a name, a decimal size, a root in base64.
    pub fn parse(input: &str) -> Result<Seen, Refused> {
        Seen::of_note(Note::parse(input)?)
    }

    /// The head in a note.
    ///
    /// # Errors
    /// As [`Seen::parse`].
    pub fn of_note(note: Note) -> Result<Seen, Refused> {
        let refuse = |at: &str, what: &str| Refused::new("checkpoint", at, what);
        let mut lines = note.text().strip_suffix('\n').unwrap_or_default().split('\n');
        let origin = lines.next().filter(|origin| !origin.is_empty() && origin.len() <= ORIGIN_BYTES);
        let origin = origin.ok_or_else(|| refuse("line 1", "has to be a name of 1 to 255 bytes"))?;
        let size = lines.next().and_then(parse_decimal);
        let size = size.ok_or_else(|| refuse("line 2", "is not a decimal number"))?;
        let root = lines.next().ok_or_else(|| refuse("line 3", "is missing"))?;
        let root = Hash::from_base64(root).map_err(|e| refuse("line 3", e.what()))?;
        if lines.any(str::is_empty) {
            return Err(refuse("extension lines", "may not be empty"));
        }
        Ok(Seen { origin: origin.to_string(), size, root, note })
    }

    /// The ledger's name.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// How many entries.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The root that is said to be over them.
    pub fn root(&self) -> &Hash {
        &self.root
    }

    /// The text with its signatures.
    pub fn note(&self) -> &Note {
        &self.note
    }
}

/// A request to cosign a head: `POST <prefix>/add-checkpoint`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AddCheckpoint {
    old: u64,
    proof: Vec<Hash>,
    head: Seen,
}

impl AddCheckpoint {
    /// Asks for a cosignature of this signed head, with the proof that it extends the one of `old` entries.
    ///
    /// # Errors
    /// Beyond 63 hashes; where the note is not a signed head.
    pub fn new(old: u64, proof: Vec<Hash>, note: Note) -> Result<AddCheckpoint, Refused> {
        if proof.len() > WITNESS_HASHES {
            return Err(Refused::new(FORMAT, "proof", "has more than 63 hashes"));
        }
        if note.signatures().is_empty() {
            return Err(Refused::new(FORMAT, "checkpoint", "is not signed"));
        }
        Ok(AddCheckpoint { old, proof, head: Seen::of_note(note)? })
    }

    /// Reads a request.
    ///
    /// # Errors
    /// Whatever the grammar of tlog-witness does not allow: what a witness answers with 400.
    pub fn parse(body: &[u8]) -> Result<AddCheckpoint, Refused> {
        let refuse = |at: &str, what: &str| Refused::new(FORMAT, at, what);
        if body.len() > WITNESS_REQUEST_BYTES {
            return Err(refuse("", "is longer than a request may be"));
        }
        let body = core::str::from_utf8(body).map_err(|_| refuse("", "is not UTF-8"))?;
        let (head, note) = body.split_once("\n\n").ok_or_else(|| refuse("", "has no empty line"))?;
        let mut lines = head.split('\n');
        let old = lines.next().and_then(|line| line.strip_prefix("old ")).and_then(parse_decimal);
        let old = old.ok_or_else(|| refuse("line 1", "has to be a line like \"old 20852014\""))?;
        let mut proof = Vec::new();
        for line in lines {
            if proof.len() >= WITNESS_HASHES {
                return Err(refuse("proof", "has more than 63 hashes"));
            }
            let at = || format!("proof, hash {}", proof.len());
            proof.push(Hash::from_base64(line).map_err(|e| Refused::new(FORMAT, at(), e.what()))?);
        }
        AddCheckpoint::new(old, proof, Note::parse(note)?)
    }

    /// The body of the request.
    pub fn encode(&self) -> String {
        let mut out = format!("old {}\n", self.old);
        for hash in &self.proof {
            out.push_str(&format!("{hash}\n"));
        }
        out.push('\n');
        out.push_str(&self.head.note.encode());
        out
    }

    /// The size that the witness is thought to have seen last.
    pub fn old(&self) -> u64 {
        self.old
    }

    /// The consistency proof from there.
    pub fn proof(&self) -> &[Hash] {
        &self.proof
    }

    /// The head to be cosigned.
    pub fn head(&self) -> &Seen {
        &self.head
    }
}

/// Reads the body of a 200: one signature line or more, and nothing else. The signatures are not checked here.
///
/// # Errors
/// Where it is something else, or more than 16 lines.
pub fn read_cosignatures(body: &[u8]) -> Result<Vec<SignatureLine>, Refused> {
    let refuse = |what: &str| Refused::new("answer of a witness", "", what);
    if body.len() > WITNESS_ANSWER_BYTES {
        return Err(refuse("is longer than an answer may be"));
    }
    let text = core::str::from_utf8(body).map_err(|_| refuse("is not UTF-8"))?;
    let lines = text.strip_suffix('\n').ok_or_else(|| refuse("does not end in LF"))?;
    let mut read = Vec::new();
    for line in lines.split('\n') {
        if read.len() >= NOTE_SIGNATURES {
            return Err(refuse("has more than 16 lines"));
        }
        read.push(SignatureLine::parse(line)?);
    }
    Ok(read)
}

/// Reads the body of a 409: the size that the witness has seen last. None where it is something else.
pub fn read_size(body: &[u8]) -> Option<u64> {
    parse_decimal(core::str::from_utf8(body).ok()?.strip_suffix('\n')?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification, byte for byte.
    const EXAMPLE: &str = "\
old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— example.com/behind-the-sofa opLqBQsREYCgu6xQkYQwJr9fo45a62DN9EdmHXnZdXNqlcVGlCum2Wks+49/V6267UEjw6QUXTS5Rovnzv++qbSzm9Q=
";
    const ANSWER: &str = "\
— witness.example/w1 CMp+6LWBU0anHGH5aNDTJkH/gj79sG+T6+iP2ThYN5krrDJbR1HDnucjL39QsZTSvVjyQLrdk3DXDqI5G2HgLatVs0pWh6Up69HVOw==
— witness.example/w1 I7rEps0pvK2UqkS2gSpVUDhrhVtQV9lgF6pRrWAvjJHjyWpW7VcE3SiOlVlbQNt64vWhO+DlkL0+UfzuOBMh9ChdMkP1vi/lCAsmlw==
— witness.example/w2 AWui8Sk55XjYLOijihBjhqEH6nS1ndDymE0a+6idX7pLcnoB+dhnz0854aLZgrrKbYKA7nC3HNJhm/kWl7oJlqU3rXXvpysAdyP3wQ==
";

    #[test]
    fn the_examples_of_the_specification() {
        let request = AddCheckpoint::parse(EXAMPLE.as_bytes()).unwrap();
        assert_eq!((request.old(), request.proof().len()), (20_852_014, 4));
        assert_eq!(
            (request.head().origin(), request.head().size()),
            ("example.com/behind-the-sofa", 20_852_163)
        );
        assert_eq!(request.head().note().signatures().len(), 2);
        assert_eq!(request.encode(), EXAMPLE);
        let lines = read_cosignatures(ANSWER.as_bytes()).unwrap();
        assert_eq!(lines.len(), 3);
        // Key id, a time of eight bytes, 64 of a signature.
        assert!(lines.iter().all(|line| line.blob().len() == 72));
        assert_eq!(lines.iter().map(|line| format!("{}\n", line.encode())).collect::<String>(), ANSWER);
    }

    #[test]
    fn what_is_no_request() {
        let hash = "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n";
        for (from, to) in [
            ("old 20852014\n", ""),
            ("old 20852014", "old 020852014"),
            ("old 20852014", "old  20852014"),
            ("old 20852014", "old -1"),
            ("old 20852014", "old 18446744073709551616"),
            ("old 20852014", "OLD 20852014"),
            (hash, "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw\n"),
            (hash, "\n"),
            (hash, "AAAA\n"),
            ("=\n\nexample", "=\nexample"),
            ("\n20852163\n", "\n020852163\n"),
            ("\n20852163\n", "\n"),
            ("example.com/behind-the-sofa\n2", "\n2"),
            ("jxq2I=\n", "jxq2I=\n\n"),
            ("— example", "- example"),
            ("qbSzm9Q=\n", "qbSzm9Q="),
        ] {
            let bad = EXAMPLE.replacen(from, to, 1);
            assert_ne!(bad, EXAMPLE);
            assert!(AddCheckpoint::parse(bad.as_bytes()).is_err(), "{from:?} -> {to:?}");
        }
        let many = EXAMPLE.replacen(hash, &hash.repeat(60), 1);
        assert_eq!(AddCheckpoint::parse(many.as_bytes()).unwrap().proof().len(), 63);
        let more = EXAMPLE.replacen(hash, &hash.repeat(61), 1);
        assert!(AddCheckpoint::parse(more.as_bytes()).is_err());
        assert!(AddCheckpoint::parse(&[0xff; 40]).is_err());
        assert!(AddCheckpoint::parse(&[b'a'; WITNESS_REQUEST_BYTES + 1]).is_err());
    }

    #[test]
    fn extension_lines_are_kept() {
        let extended = EXAMPLE.replacen("jxq2I=\n", "jxq2I=\nextension\n", 1);
        let request = AddCheckpoint::parse(extended.as_bytes()).unwrap();
        assert!(request.head().note().text().ends_with("\nextension\n"));
        assert_eq!(request.encode(), extended);
    }

    #[test]
    fn answers_have_one_form() {
        assert_eq!(read_size(b"20852014\n"), Some(20_852_014));
        assert_eq!(read_size(b"0\n"), Some(0));
        for bad in
            [&b"20852014"[..], b"", b"\n", b"01\n", b" 1\n", b"1\n\n", b"-1\n", b"18446744073709551616\n"]
        {
            assert_eq!(read_size(bad), None, "{bad:?}");
        }
        assert!(read_cosignatures(b"").is_err() && read_cosignatures(b"\n").is_err());
        assert!(read_cosignatures(ANSWER.trim_end().as_bytes()).is_err());
        assert!(read_cosignatures(format!("{ANSWER}\n").as_bytes()).is_err());
        assert!(read_cosignatures(ANSWER.repeat(6).as_bytes()).is_err());
        assert!(read_cosignatures(&[b'a'; WITNESS_ANSWER_BYTES + 1]).is_err());
    }
}
