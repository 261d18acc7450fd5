//! A witness under honest ledgers, forked ones, failing disks and many at once.

mod answers;
mod crashes;
mod forks;
mod restored;
mod vectors;

use std::sync::Mutex;
use std::thread;

use ed25519_dalek::{Signer as _, SigningKey};
use verifier::checkpoint::Checkpoint;
use verifier::cosignature;
use verifier::hash;
use verifier::key::{KeyKind, KeyName};
use verifier::note::Note;

use super::*;
use crate::disk::testing::{FailingDisk, Failure, MemoryDisk};
use crate::keys::KeyError;
use crate::ledger::LedgerError;
use crate::ledger::proof::{self, Nodes};

const ORIGIN: &str = "a.cn/ledger";
const NOW: u64 = 1_795_312_800;

/// A key in memory.
struct Key(SigningKey, VerifierKey);

impl Key {
    fn new(seed: u8, name: &str, kind: KeyKind) -> Key {
        let secret = SigningKey::from_bytes(&[seed; 32]);
        let name = KeyName::parse(name).unwrap();
        let public = VerifierKey::new(name, kind, secret.verifying_key().as_bytes()).unwrap();
        Key(secret, public)
    }

    fn ledger() -> Key {
        Key::new(1, ORIGIN, KeyKind::Note)
    }
}

impl Signer for Key {
    fn key(&self) -> &VerifierKey {
        &self.1
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError> {
        Ok(self.0.sign(message).to_bytes())
    }
}

struct TestClock(Mutex<u64>);

impl Clock for TestClock {
    fn now(&self) -> Time {
        let mut seconds = self.0.lock().unwrap();
        *seconds += 1;
        Time::new(*seconds).unwrap()
    }
}

/// All complete nodes of a tree whose entries differ from those of another branch from `fork` on.
struct Tree(Vec<Vec<Hash>>);

impl Tree {
    fn new(leaves: u64, branch: u8, fork: u64) -> Tree {
        let leaf =
            |n: u64| hash::leaf_hash(&[&n.to_be_bytes()[..], &[if n < fork { 0 } else { branch }]].concat());
        let mut levels: Vec<Vec<Hash>> = vec![(0..leaves).map(leaf).collect()];
        while levels[levels.len() - 1].len() > 1 {
            let below = &levels[levels.len() - 1];
            levels.push(below.chunks_exact(2).map(|pair| hash::node_hash(&pair[0], &pair[1])).collect());
        }
        Tree(levels)
    }

    fn root(&self, size: u64) -> Hash {
        proof::root(self, verifier::merkle::Subtree::whole(size)).unwrap()
    }

    fn note(&self, size: u64) -> Note {
        let text = Checkpoint::new(Origin::parse(ORIGIN).unwrap(), size, self.root(size)).unwrap().text();
        Key::ledger().sign_note(&text).unwrap()
    }

    fn request(&self, old: u64, size: u64) -> Vec<u8> {
        let proof = if old == 0 { Vec::new() } else { proof::consistency(self, old, size).unwrap() };
        AddCheckpoint::new(old, proof, self.note(size)).unwrap().encode().into_bytes()
    }
}

impl Nodes for Tree {
    fn node(&self, height: u32, index: u64) -> Result<Hash, LedgerError> {
        let node = self.0.get(height as usize).and_then(|level| level.get(index as usize));
        node.copied().ok_or_else(|| LedgerError::Range { what: "no such node".into() })
    }
}

fn open(disk: impl Disk + 'static) -> Witness {
    let signer = Arc::new(Key::new(9, "w.cn/ledger/witness", KeyKind::Cosignature));
    let clock = Arc::new(TestClock(Mutex::new(NOW)));
    Witness::open(Arc::new(disk), clock, signer, Origin::parse("w.cn/ledger").unwrap()).unwrap()
}

fn witness() -> (MemoryDisk, Witness) {
    let disk = MemoryDisk::default();
    let witness = open(disk.clone());
    witness.add(&[Key::ledger().1]).unwrap();
    (disk, witness)
}

fn status(answer: Result<Vec<SignatureLine>, Refused>) -> u16 {
    answer.map_or_else(|refused| refused.status(), |_| 200)
}

/// A note with this witness's cosignature beside the ledger's signature.
fn cosigned(witness: &Witness, note: &Note, line: &SignatureLine) -> String {
    assert!(line.names(witness.key()));
    note.clone().with_signature(line.clone()).unwrap().encode()
}

/// A disk that a test looks at, too.
#[derive(Debug)]
struct Shared(Arc<FailingDisk<MemoryDisk>>);

impl Disk for Shared {
    fn read(&self, path: &str, limit: usize) -> Result<Option<Vec<u8>>, crate::disk::DiskError> {
        self.0.read(path, limit)
    }
    fn list(&self, folder: &str) -> Result<Vec<String>, crate::disk::DiskError> {
        self.0.list(folder)
    }
    fn write_new(&self, path: &str, bytes: &[u8]) -> Result<(), crate::disk::DiskError> {
        self.0.write_new(path, bytes)
    }
    fn replace(&self, path: &str, bytes: &[u8]) -> Result<(), crate::disk::DiskError> {
        self.0.replace(path, bytes)
    }
    fn remove(&self, path: &str) -> Result<(), crate::disk::DiskError> {
        self.0.remove(path)
    }
}
