//! What sealing costs as the ledger grows: the same batch at 10^4 and at 10^6 entries.

use std::sync::Arc;
use std::time::Duration;

use ed25519_dalek::{Signer, SigningKey};
use notary::disk::RealDisk;
use notary::ledger::{Head, Ledger};
use verifier::batch_file::BatchFile;
use verifier::batch_note::BatchNote;
use verifier::checkpoint::Checkpoint;
use verifier::key::{KeyKind, KeyName, VerifierKey};
use verifier::note::{Note, SignatureLine};
use verifier::origin::Origin;
use verifier::time::Time;

use super::paths::entries;
use super::{median, ratio, row, timed};

/// Entries in the batches that are measured.
const BATCH: u64 = 100;
const ROUNDS: usize = 30;

pub fn run() {
    let dir = tempfile::tempdir().unwrap();
    let mut desk = Desk::new(dir.path());
    desk.grow(10_000);
    let small = desk.measured();
    desk.grow(1_000_000);
    let large = desk.measured();
    row(
        "seal 100 entries at 10^6, on disk",
        large,
        "the same at 10^4",
        small,
        ratio(large, small),
        "about 1",
    );
}

/// A ledger on disk that can be made to grow, for `audit` too.
pub struct Desk {
    ledger: Ledger,
    key: SigningKey,
    origin: Origin,
}

impl Desk {
    pub fn new(dir: &std::path::Path) -> Self {
        let disk = Arc::new(RealDisk::open(dir).unwrap());
        let ledger = Ledger::open(disk, Head::empty()).unwrap();
        let origin = Origin::parse("credit.example.gov.cn/ledger").unwrap();
        Desk { ledger, key: SigningKey::from_bytes(&[7; 32]), origin }
    }

    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Seals batches of 4,096 until the ledger has so many entries.
    pub fn grow(&mut self, size: u64) {
        while self.ledger.head().size < size {
            self.seal((size - self.ledger.head().size).min(4096));
        }
    }

    fn measured(&mut self) -> Duration {
        median((0..ROUNDS).map(|_| timed(|| self.seal(BATCH))).collect())
    }

    /// Plan, second opinion, signatures, files: all of a seal but the journal's flush, which has nothing to do with size.
    fn seal(&mut self, count: u64) {
        let old = self.ledger.head().size;
        let plan = self.ledger.plan(entries(old, count)).unwrap();
        let checked = self.ledger.second_opinion(plan).unwrap();
        let new = checked.new_head();
        let checkpoint = self.sign(&Checkpoint::new(self.origin.clone(), new.size, new.root).unwrap().text());
        let time = Time::new(1_795_312_800).unwrap();
        let note =
            |(subtree, hash): &(_, _)| BatchNote::new(self.origin.clone(), *subtree, *hash, time).unwrap();
        let notes = checked.cover().iter().map(|part| self.sign(&note(part).text())).collect();
        let file = BatchFile::new(self.ledger.batches(), old, checkpoint.clone(), notes).unwrap();
        self.ledger.apply(&checked, &file, &[]).unwrap();
        self.ledger.publish_checkpoint(&checkpoint.encode()).unwrap();
        self.ledger.tidy(&checked).unwrap();
    }

    fn sign(&self, text: &str) -> Note {
        let name = KeyName::parse(text.lines().next().unwrap()).unwrap();
        let key = VerifierKey::new(name, KeyKind::Note, self.key.verifying_key().as_bytes()).unwrap();
        let line = SignatureLine::new(&key, self.key.sign(text.as_bytes()).to_bytes());
        Note::new(text).unwrap().with_signature(line).unwrap()
    }
}
