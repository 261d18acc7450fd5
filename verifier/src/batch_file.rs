//! Batch files (spec page `ledger.md`): what an office publishes beside the tiles when it closes a batch.
//!
//! ```text
//! {"format":"xinzheng/batch/v1","batch":7,"start":17,"end":33,"checkpoint":"…signed note…","notes":["…batch note…","…"]}
//! ```
//!
//! Here: the file, and that its parts fit each other: the checkpoint's size is the batch's end, the notes are those of
//! the cover of its range, all of one ledger and time. Not here: signatures, whether the hashes are those of the
//! ledger, whether batches follow each other.

use crate::batch_note::BatchNote;
use crate::checkpoint::Checkpoint;
use crate::error::Refused;
use crate::json::{self, Members, Value};
use crate::limits::BATCH_FILE_BYTES;
use crate::merkle;
use crate::note::Note;
use crate::time::Time;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

const FORMAT: &str = "batch file";
const NAME: &str = "xinzheng/batch/v1";

/// One batch: entries `[start, end)`, closed together.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BatchFile {
    batch: u64,
    start: u64,
    checkpoint: Checkpoint,
    checkpoint_note: Note,
    notes: Vec<(BatchNote, Note)>,
    time: Time,
}

impl BatchFile {
    /// The file of batch number `batch`, which began at entry `start` and ended with this checkpoint. `notes` are the
    /// batch notes of the cover, in order. Refused where they do not fit each other.
    pub fn new(batch: u64, start: u64, checkpoint: Note, notes: Vec<Note>) -> Result<BatchFile, Refused> {
        let inside = |at: &'static str| move |e: Refused| Refused::new(FORMAT, at, format!("{e}"));
        let head = Checkpoint::from_text(checkpoint.text()).map_err(inside("/checkpoint"))?;
        if start >= head.size() {
            return Err(Refused::new(FORMAT, "/start", "has to be before the end"));
        }
        let (first, second) = merkle::cover(start, head.size()).map_err(inside("/start"))?;
        let cover: Vec<_> = [Some(first), second].into_iter().flatten().collect();
        if notes.len() != cover.len() {
            let what = format!("has to have {} notes, those of the cover", cover.len());
            return Err(Refused::new(FORMAT, "/notes", what));
        }
        let mut read: Vec<(BatchNote, Note)> = Vec::new();
        for (note, subtree) in notes.into_iter().zip(cover) {
            let says = BatchNote::from_text(note.text()).map_err(inside("/notes"))?;
            if says.subtree() != subtree || says.origin() != head.origin() {
                let what = format!("has to have a note over {subtree} of {}", head.origin());
                return Err(Refused::new(FORMAT, "/notes", what));
            }
            if read.first().is_some_and(|(other, _)| other.time() != says.time()) {
                return Err(Refused::new(FORMAT, "/notes", "the notes have to have one time"));
            }
            read.push((says, note));
        }
        let Some(time) = read.first().map(|(says, _)| says.time()) else {
            return Err(Refused::new(FORMAT, "/notes", "has to have one or two notes"));
        };
        Ok(BatchFile { batch, start, checkpoint: head, checkpoint_note: checkpoint, notes: read, time })
    }

    /// Reads a whole file, its LF included.
    pub fn parse(bytes: &[u8]) -> Result<BatchFile, Refused> {
        let line =
            bytes.strip_suffix(b"\n").ok_or_else(|| Refused::new(FORMAT, "", "has to end in one LF"))?;
        let value = json::parse_compact(line, BATCH_FILE_BYTES)
            .map_err(|e| Refused::new(FORMAT, e.pointer(), format!("{e}")))?;
        let mut members = Members::of(FORMAT, "", value)?;
        if members.string("format")? != NAME {
            return Err(members.refuse("format", format!("has to be {NAME}")));
        }
        let (batch, start, end) =
            (members.unsigned("batch")?, members.unsigned("start")?, members.unsigned("end")?);
        let checkpoint = Note::parse(&members.string("checkpoint")?)
            .map_err(|e| members.refuse("checkpoint", format!("{e}")))?;
        let notes = members.strings("notes", 2)?;
        let notes: Result<Vec<Note>, Refused> = notes.iter().map(|note| Note::parse(note)).collect();
        let notes = notes.map_err(|e| members.refuse("notes", format!("{e}")))?;
        members.end()?;
        let file = BatchFile::new(batch, start, checkpoint, notes)?;
        if file.end() == end {
            return Ok(file);
        }
        Err(Refused::new(FORMAT, "/end", "has to be the size in the checkpoint"))
    }

    /// The file, its LF included.
    pub fn encode(&self) -> String {
        let number = |n: u64| Value::Integer(i64::try_from(n).unwrap_or(i64::MAX));
        let notes: Vec<Value> = self.notes.iter().map(|(_, note)| Value::from(note.encode())).collect();
        let mut out = json::compact(&Value::object([
            ("format", Value::from(NAME)),
            ("batch", number(self.batch)),
            ("start", number(self.start)),
            ("end", number(self.end())),
            ("checkpoint", Value::from(self.checkpoint_note.encode())),
            ("notes", Value::from(notes)),
        ]));
        out.push('\n');
        out
    }

    /// The batch's number, from 0.
    pub fn batch(&self) -> u64 {
        self.batch
    }

    /// Index of its first entry.
    pub fn start(&self) -> u64 {
        self.start
    }

    /// Index after its last entry: the ledger's size when it was closed.
    pub fn end(&self) -> u64 {
        self.checkpoint.size()
    }

    /// When it was closed, as the batch notes say.
    pub fn time(&self) -> Time {
        self.time
    }

    /// The checkpoint after it.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The checkpoint with its signatures.
    pub fn checkpoint_note(&self) -> &Note {
        &self.checkpoint_note
    }

    /// The batch notes of the cover, in order: what they say, and with their signatures.
    pub fn notes(&self) -> &[(BatchNote, Note)] {
        &self.notes
    }

    /// The batch note whose subtree holds this entry of the batch: the one that its certificate carries.
    pub fn note_of(&self, index: u64) -> Option<&(BatchNote, Note)> {
        let of_batch = self.start <= index;
        self.notes.iter().find(|(note, _)| of_batch && note.subtree().contains(index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash;
    use crate::key::{KeyKind, KeyName, VerifierKey};
    use crate::merkle::Subtree;
    use crate::note::SignatureLine;
    use crate::origin::Origin;
    use alloc::vec;

    fn signed(text: String) -> Note {
        let name = text.lines().next().unwrap_or_default();
        // A line of the right form; who signed is not looked at here.
        let public = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes();
        let key = VerifierKey::new(KeyName::parse(name).unwrap(), KeyKind::Note, &public).unwrap();
        Note::new(text).unwrap().with_signature(SignatureLine::new(&key, [9; 64])).unwrap()
    }

    fn checkpoint(size: u64) -> Note {
        signed(Checkpoint::new(origin(), size, hash::sha256(&[b"root"])).unwrap().text())
    }

    fn note(start: u64, end: u64, time: u64) -> Note {
        let subtree = Subtree::new(start, end).unwrap();
        let time = Time::new(time).unwrap();
        signed(BatchNote::new(origin(), subtree, hash::sha256(&[b"sub"]), time).unwrap().text())
    }

    fn origin() -> Origin {
        Origin::parse("a.example/ledger").unwrap()
    }

    #[test]
    fn writes_what_it_reads() {
        let two = BatchFile::new(7, 17, checkpoint(33), vec![note(16, 32, 5), note(32, 33, 5)]).unwrap();
        let text = two.encode();
        assert!(
            text.starts_with(
                r#"{"format":"xinzheng/batch/v1","batch":7,"start":17,"end":33,"checkpoint":"a"#
            )
        );
        assert_eq!(BatchFile::parse(text.as_bytes()).unwrap(), two);
        assert_eq!((two.start(), two.end(), two.time().seconds()), (17, 33, 5));
        assert_eq!(two.note_of(32).unwrap().0.subtree().start(), 32);
        // The first note reaches back to 16, which is not of the batch.
        assert!(two.note_of(16).is_none() && two.note_of(33).is_none());
        let one = BatchFile::new(0, 0, checkpoint(3), vec![note(0, 3, 5)]).unwrap();
        assert_eq!(BatchFile::parse(one.encode().as_bytes()).unwrap(), one);
    }

    #[test]
    fn refuses_parts_that_do_not_fit() {
        let refused = |start, size, notes| BatchFile::new(7, start, checkpoint(size), notes).unwrap_err();
        assert_eq!(refused(33, 33, vec![]).at(), "/start");
        assert_eq!(refused(17, 33, vec![note(16, 32, 5)]).at(), "/notes");
        assert_eq!(refused(17, 33, vec![note(32, 33, 5), note(16, 32, 5)]).at(), "/notes");
        assert_eq!(
            refused(17, 33, vec![note(16, 32, 5), note(32, 33, 6)]).what(),
            "the notes have to have one time"
        );
        assert_eq!(refused(0, 2, vec![note(0, 1, 5), note(1, 2, 5)]).at(), "/notes");
        assert_eq!(refused(0, 2, vec![checkpoint(2)]).at(), "/notes");
        let other =
            signed("b.example/ledger/batch\n0 2\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n5\n".into());
        assert_eq!(refused(0, 2, vec![other]).at(), "/notes");
    }

    #[test]
    fn refuses_other_writings() {
        let good =
            BatchFile::new(7, 17, checkpoint(33), vec![note(16, 32, 5), note(32, 33, 5)]).unwrap().encode();
        for (from, to) in [
            ("\"end\":33", "\"end\":34"),
            ("\"end\":33", "\"end\":33,\"more\":1"),
            ("/v1", "/v2"),
            ("\"batch\":7", "\"batch\":-7"),
            ("\"batch\":7", "\"batch\": 7"),
            ("\n", ""),
            ("\n", "\n\n"),
        ] {
            let bad = good.replacen(from, to, 1);
            assert_ne!(bad, good);
            assert!(BatchFile::parse(bad.as_bytes()).is_err(), "{bad}");
        }
    }
}
