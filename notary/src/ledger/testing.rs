//! A ledger office for tests: keys that everyone knows, and batches of made-up entries.

use std::sync::Arc;

use ed25519_dalek::{Signer, SigningKey};
use verifier::batch_file::BatchFile;
use verifier::batch_note::BatchNote;
use verifier::checkpoint::Checkpoint;
use verifier::entry::Entry;
use verifier::hash;
use verifier::key::{KeyKind, KeyName, VerifierKey};
use verifier::note::{Note, SignatureLine, note_signed_bytes};
use verifier::origin::Origin;
use verifier::time::Time;

use super::{Checked, Head, Ledger, LedgerError, PublicEntry};
use crate::disk::Disk;

/// The origin of the ledger in tests.
pub const ORIGIN: &str = "office.example/ledger";

/// A key of tests: its name and how it signs notes.
pub struct TestKey {
    secret: SigningKey,
    /// What others know of it.
    pub public: VerifierKey,
}

impl TestKey {
    /// The key of this name; another `seed` makes another key.
    pub fn new(name: &str, seed: u8) -> Self {
        let secret = SigningKey::from_bytes(&[seed; 32]);
        let name = KeyName::parse(name).expect("a key's name");
        let public =
            VerifierKey::new(name, KeyKind::Note, &secret.verifying_key().to_bytes()).expect("a key");
        Self { secret, public }
    }

    /// Signs a text.
    pub fn sign(&self, text: String) -> Note {
        let line = SignatureLine::new(&self.public, self.secret.sign(note_signed_bytes(&text)).to_bytes());
        Note::new(text).and_then(|note| note.with_signature(line)).expect("a text of ours")
    }
}

/// The keys of the office in tests.
pub struct TestOffice {
    /// Signs checkpoints.
    pub ledger: TestKey,
    /// Signs batch notes.
    pub batch: TestKey,
    /// Signs status notes.
    pub status: TestKey,
}

impl Default for TestOffice {
    fn default() -> Self {
        let key = |suffix: &str, seed| TestKey::new(&format!("{ORIGIN}{suffix}"), seed);
        Self { ledger: key("", 1), batch: key("/batch", 2), status: key("/status", 3) }
    }
}

impl TestOffice {
    /// The origin.
    pub fn origin(&self) -> Origin {
        Origin::parse(ORIGIN).expect("an origin")
    }

    /// Signs the batch file of a checked plan.
    pub fn batch_file(&self, batch: u64, plan: &Checked, time: u64) -> BatchFile {
        let (old, new) = (plan.old_head(), plan.new_head());
        let time = Time::new(time).expect("a time");
        let checkpoint = Checkpoint::new(self.origin(), new.size, new.root).expect("a checkpoint");
        let note =
            |(subtree, hash)| BatchNote::new(self.origin(), subtree, hash, time).expect("a batch note");
        let notes = plan.cover().iter().map(|cover| self.batch.sign(note(*cover).text())).collect();
        BatchFile::new(batch, old.size, self.ledger.sign(checkpoint.text()), notes).expect("a batch file")
    }

    /// Seals one batch from beginning to end, as an office does.
    pub fn seal(
        &self,
        ledger: &mut Ledger,
        entries: Vec<Entry>,
        public: &[PublicEntry],
        time: u64,
    ) -> Result<Checked, LedgerError> {
        let checked = ledger.second_opinion(ledger.plan(entries)?)?;
        let file = self.batch_file(ledger.batches(), &checked, time);
        ledger.apply(&checked, &file, public)?;
        ledger.publish_checkpoint(&file.checkpoint_note().encode())?;
        ledger.tidy(&checked)?;
        Ok(checked)
    }
}

/// An empty ledger on a disk.
pub fn empty(disk: impl Disk + 'static) -> Ledger {
    Ledger::open(Arc::new(disk), Head::empty()).expect("an empty ledger")
}

/// The `count` made-up entries from number `first` on.
pub fn entries(first: u64, count: u64) -> Vec<Entry> {
    (first..first + count).map(|i| Entry::from(hash::sha256(&[b"entry", &i.to_be_bytes()]))).collect()
}
