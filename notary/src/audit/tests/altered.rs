//! Published files with something else in them, signed with the office's own keys.

use verifier::batch_file::BatchFile;
use verifier::note::Note;

use super::house::House;
use crate::ledger::testing::{ORIGIN, TestKey};

/// Another ledger than that of the house.
pub(super) const OTHER: &str = "other.example/ledger";

/// The file of a batch.
pub(super) fn batch_of(house: &House, batch: u64) -> BatchFile {
    BatchFile::parse(&house.disk.files()[&format!("ledger/batch/{batch:03}")]).unwrap()
}

/// The file of a batch with this checkpoint in it.
pub(super) fn batch_with(house: &House, batch: u64, checkpoint: Note) -> Vec<u8> {
    let file = batch_of(house, batch);
    let notes = file.notes().iter().map(|(_, note)| note.clone()).collect();
    BatchFile::new(batch, file.start(), checkpoint, notes).unwrap().encode().into_bytes()
}

/// What a note says, of the other ledger, signed by this key.
pub(super) fn of_other(note: &Note, key: &TestKey) -> Note {
    assert!(note.text().starts_with(ORIGIN));
    key.sign(note.text().replacen(ORIGIN, OTHER, 1))
}

/// A note as a file.
pub(super) fn bytes(note: &Note) -> Option<Vec<u8>> {
    Some(note.encode().into_bytes())
}
