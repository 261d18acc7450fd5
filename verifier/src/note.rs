//! Signed notes, C2SP signed-note v1.0.0 (spec page `notes.md`).
//!
//! ```text
//! This is an example message.
//!
//! — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=
//! ```
//!
//! Here: text and signature lines, and whether known keys signed. Not here: what a text says; and that it is of the
//! kind which a key signs, which its first line says to the readers of texts (`checkpoint`, `batch_note`, …).

mod line;

use crate::error::Refused;
use crate::key::{KeyName, VerifierKey};
use crate::limits::{NOTE_BYTES, NOTE_SIGNATURES, NOTE_TEXT_BYTES};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

pub use line::SignatureLine;

const FORMAT: &str = "note";

/// A text with the signatures that people say are on it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Note {
    text: String,
    signatures: Vec<SignatureLine>,
}

impl Note {
    /// A note that is not signed yet. Refused unless the text ends in LF, has no other control character below U+0020
    /// and at most 1 MiB.
    pub fn new(text: impl Into<String>) -> Result<Note, Refused> {
        let text = text.into();
        check_text(&text)?;
        Ok(Note { text, signatures: Vec::new() })
    }

    /// The same with one more signature; refused beyond the sixteenth.
    pub fn with_signature(mut self, line: SignatureLine) -> Result<Note, Refused> {
        if self.signatures.len() >= NOTE_SIGNATURES {
            return Err(too_many_signatures());
        }
        self.signatures.push(line);
        Ok(self)
    }

    /// Reads a whole note: text, blank line, 1 to 16 signature lines.
    pub fn parse(input: &str) -> Result<Note, Refused> {
        let refuse = |at: &str, what: &str| Err(Refused::new(FORMAT, at, what));
        if input.len() > NOTE_BYTES {
            return refuse("", "is longer than a note may be");
        }
        let Some((text, lines)) = input.rsplit_once("\n\n") else {
            return refuse("", "has no blank line between text and signatures");
        };
        // The text ends in the first of the two LF.
        let text = input.get(..text.len().saturating_add(1)).unwrap_or_default();
        check_text(text)?;
        let Some(lines) = lines.strip_suffix('\n') else {
            return refuse("signatures", "there has to be one or more, and the last line has to end in LF");
        };
        let mut signatures = Vec::new();
        for (place, line) in lines.split('\n').enumerate() {
            if place >= NOTE_SIGNATURES {
                return Err(too_many_signatures());
            }
            signatures.push(SignatureLine::parse(line)?);
        }
        Ok(Note { text: text.to_string(), signatures })
    }

    /// The note as it is written. One without signatures does not parse again.
    pub fn encode(&self) -> String {
        let mut out = self.text.clone();
        out.push('\n');
        for line in &self.signatures {
            out.push_str(&line.encode());
            out.push('\n');
        }
        out
    }

    /// The text, its last LF included.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The signature lines, in their order.
    pub fn signatures(&self) -> &[SignatureLine] {
        &self.signatures
    }

    /// Which of these keys signed: their places in `keys`, ascending, each once.
    ///
    /// Lines of keys that are not given are ignored. A line of a given one (by name and id) that does not verify spoils
    /// the note; where two given keys share name and id, one of them has to verify.
    pub fn verify(&self, keys: &[&VerifierKey]) -> Result<Vec<usize>, NoteError> {
        let mut signed = Vec::new();
        for line in &self.signatures {
            let mut named = keys.iter().enumerate().filter(|(_, key)| line.names(key)).peekable();
            if named.peek().is_none() {
                continue;
            }
            match named.find(|(_, key)| line.verifies(key, &self.text)) {
                Some((place, _)) => signed.push(place),
                None => return Err(NoteError::SigBad { name: line.name().clone() }),
            }
        }
        signed.sort_unstable();
        signed.dedup();
        if signed.is_empty() { Err(NoteError::UnknownSigner) } else { Ok(signed) }
    }

    /// The same for one key.
    pub fn verify_one(&self, key: &VerifierKey) -> Result<(), NoteError> {
        self.verify(&[key]).map(|_| ())
    }
}

/// The bytes that a key of type 0x01 signs: those of the text.
pub fn note_signed_bytes(text: &str) -> &[u8] {
    text.as_bytes()
}

/// Why no known key stands behind a note.
#[derive(Clone, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum NoteError {
    /// The signature of a known key does not verify.
    SigBad {
        /// The key's name.
        name: KeyName,
    },
    /// None of the signatures is of a known key.
    UnknownSigner,
}

impl NoteError {
    /// `SIG_BAD` or `SIGNER_UNKNOWN`.
    pub const fn code(&self) -> &'static str {
        match self {
            NoteError::SigBad { .. } => "SIG_BAD",
            NoteError::UnknownSigner => "SIGNER_UNKNOWN",
        }
    }
}

impl fmt::Display for NoteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            NoteError::SigBad { name } => write!(f, "the signature of {name} does not verify"),
            NoteError::UnknownSigner => f.write_str("none of the signatures is of a known key"),
        }
    }
}

impl core::error::Error for NoteError {}

fn check_text(text: &str) -> Result<(), Refused> {
    if text.len() > NOTE_TEXT_BYTES {
        return Err(Refused::new(FORMAT, "text", "is longer than 1 MiB"));
    }
    if !text.ends_with('\n') {
        return Err(Refused::new(FORMAT, "text", "has to end in LF"));
    }
    if let Some(place) = text.bytes().position(|b| b < b' ' && b != b'\n') {
        return Err(Refused::new(FORMAT, format!("text, byte {place}"), "is a control character"));
    }
    Ok(())
}

fn too_many_signatures() -> Refused {
    Refused::new(FORMAT, "signatures", "there are more than 16")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VKEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";
    const NOTE: &str = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";

    #[test]
    fn the_example_of_the_specification() {
        let key = VerifierKey::parse(VKEY).unwrap();
        let note = Note::parse(NOTE).unwrap();
        assert_eq!(note.text(), "This is an example message.\n");
        assert_eq!(note.verify(&[&key]), Ok(alloc::vec![0]));
        assert_eq!(note.encode(), NOTE);
        assert_eq!(note.verify(&[]), Err(NoteError::UnknownSigner));
        let other = Note::parse(&NOTE.replace("example message", "exemple message")).unwrap();
        assert_eq!(other.verify_one(&key).unwrap_err().code(), "SIG_BAD");
    }

    #[test]
    fn what_is_no_note() {
        let line = NOTE.split("\n\n").nth(1).unwrap();
        let good = |text: &str| Note::parse(&format!("{text}\n{line}"));
        assert_eq!(good("a\n\n\nb\n").unwrap().text(), "a\n\n\nb\n");
        assert_eq!(good("a\n\n").unwrap().text(), "a\n\n");
        for text in ["", "a", "a\r\n", "a\tb\n", "\u{0}\n"] {
            assert!(good(text).is_err(), "{text:?}");
        }
        for bad in [
            "",
            "a\n",
            "a\n\n",
            "a\n\n\n",
            &NOTE[..NOTE.len() - 1],
            &format!("{NOTE}\n"),
            &format!("{NOTE} "),
            &NOTE.replace('—', "-"),
            &NOTE.replace("— ", "—"),
            &NOTE.replace("foo ", "foo  "),
            &NOTE.replace("QM=", "QN="),
            &NOTE.replace("foo ", "f+o "),
            "a\n\n— a AAAAAA==\n",
            "a\n\n— a \n",
            "a\n\n— a\n",
            &format!("a\n\n{}", line.repeat(17)),
        ] {
            assert!(Note::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Note::parse(&format!("a\n\n{}", line.repeat(16))).unwrap().signatures().len(), 16);
    }

    proptest! {
        #[test]
        fn what_parses_encodes_back(place in 0..NOTE.len(), by in "[ -~\n—]{0,2}") {
            let mut text = NOTE.to_string();
            if text.is_char_boundary(place) && text.is_char_boundary(place + 1) {
                text.replace_range(place..place + 1, &by);
                if let Ok(note) = Note::parse(&text) {
                    prop_assert_eq!(note.encode(), text.clone());
                    let signed = note.verify_one(&VerifierKey::parse(VKEY).unwrap());
                    prop_assert_eq!(signed.is_ok(), text == NOTE);
                }
            }
        }
    }
}
