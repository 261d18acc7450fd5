//! A small ledger, signed with the published example keys: four entries, one batch, one checkpoint.

use ed25519_dalek::{Signer, SigningKey};
use verifier::batch_note::BatchNote;
use verifier::checkpoint::Checkpoint;
use verifier::entry::Entry;
use verifier::hash::{Hash, leaf_hash, node_hash, sha256};
use verifier::key::{KeyKind, KeyName, VerifierKey};
use verifier::merkle::Subtree;
use verifier::note::{Note, SignatureLine};
use verifier::origin::Origin;
use verifier::time::Time;

/// When the batch was closed.
pub const TIME: u64 = 1_795_310_140;

pub fn origin() -> Origin {
    Origin::parse("credit.example.gov.cn/ledger").unwrap()
}

/// Signs with the key of `keys/example` that is for this use; its seed is published (`keys/example/README.md`).
pub fn sign(key_use: &str, text: &str) -> Note {
    let seed = sha256(&[format!("xinzheng/example-key/v1 {key_use}").as_bytes()]);
    let key = SigningKey::from_bytes(seed.as_bytes());
    let name = if key_use == "ledger" { origin().to_string() } else { format!("{}/{key_use}", origin()) };
    let public = key.verifying_key().to_bytes();
    let vkey = VerifierKey::new(KeyName::parse(&name).unwrap(), KeyKind::Note, &public).unwrap();
    let signature = key.sign(text.as_bytes()).to_bytes();
    Note::new(text).unwrap().with_signature(SignatureLine::new(&vkey, signature)).unwrap()
}

/// The batch note over these entries.
pub fn batch_note(start: u64, end: u64, hash: Hash, time: u64) -> Note {
    let subtree = Subtree::new(start, end).unwrap();
    let note = BatchNote::new(origin(), subtree, hash, Time::new(time).unwrap()).unwrap();
    sign("batch", &note.text())
}

/// A signed checkpoint.
pub fn checkpoint(size: u64, root: Hash) -> Note {
    sign("ledger", &Checkpoint::new(origin(), size, root).unwrap().text())
}

/// A ledger of four entries, of which the second is that of the core.
pub struct Ledger {
    pub root: Hash,
    /// From the second entry to the root of all four.
    pub path: Vec<Hash>,
}

/// The ledger that holds this core at index 1.
pub fn ledger(core: &[u8]) -> Ledger {
    let other = |name: &str| leaf_hash(sha256(&[name.as_bytes()]).as_bytes());
    let (first, third, fourth) = (other("first"), other("third"), other("fourth"));
    let mine = leaf_hash(Entry::of_core(&origin(), core).as_bytes());
    let right = node_hash(&third, &fourth);
    Ledger { root: node_hash(&node_hash(&first, &mine), &right), path: vec![first, right] }
}
