//! A witness's answer to `add-checkpoint` at a million entries, the head on disk before it is signed; beside a file of the
//! same length that is replaced durably, which is what the disk alone takes.

use std::sync::Arc;

use ed25519_dalek::{Signer as _, SigningKey};
use notary::disk::{Disk as _, RealDisk};
use notary::keys::{KeyError, Signer};
use notary::ledger::LedgerError;
use notary::ledger::proof::{self, Nodes};
use notary::office::SystemClock;
use notary::witness::Witness;
use verifier::checkpoint::Checkpoint;
use verifier::hash::{Hash, leaf_hash, node_hash};
use verifier::key::{KeyKind, KeyName, VerifierKey};
use verifier::merkle::Subtree;
use verifier::origin::Origin;
use verifier::witnessing::AddCheckpoint;

use super::{in_turn, ratio, row};

const ENTRIES: u64 = 1_000_000;
const ROUNDS: u64 = 200;

struct Key(SigningKey, VerifierKey);

impl Key {
    fn new(seed: u8, name: &str, kind: KeyKind) -> Key {
        let secret = SigningKey::from_bytes(&[seed; 32]);
        let name = KeyName::parse(name).expect("a name");
        let public = VerifierKey::new(name, kind, secret.verifying_key().as_bytes()).expect("a key");
        Key(secret, public)
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

/// All complete nodes of a tree, level by level.
struct Tree(Vec<Vec<Hash>>);

impl Tree {
    fn new(leaves: u64) -> Tree {
        let mut levels: Vec<Vec<Hash>> = vec![(0..leaves).map(|n| leaf_hash(&n.to_be_bytes())).collect()];
        while levels[levels.len() - 1].len() > 1 {
            let below = &levels[levels.len() - 1];
            levels.push(below.chunks_exact(2).map(|pair| node_hash(&pair[0], &pair[1])).collect());
        }
        Tree(levels)
    }
}

impl Nodes for Tree {
    fn node(&self, height: u32, index: u64) -> Result<Hash, LedgerError> {
        let node = self.0.get(height as usize).and_then(|level| level.get(index as usize));
        node.copied().ok_or_else(|| LedgerError::Range { what: "no such node".into() })
    }
}

pub fn run() {
    let folder = tempfile::tempdir().expect("a folder");
    let disk = Arc::new(RealDisk::open(folder.path()).expect("a disk"));
    let ledger = Key::new(1, "a.cn/ledger", KeyKind::Note);
    let signer = Arc::new(Key::new(2, "w.cn/ledger/witness", KeyKind::Cosignature));
    let own = Origin::parse("w.cn/ledger").expect("an origin");
    let witness = Witness::open(disk.clone(), Arc::new(SystemClock), signer, own).expect("a witness");
    witness.add(std::slice::from_ref(&ledger.1)).expect("a ledger");
    let tree = Tree::new(ENTRIES + ROUNDS);
    let request = |old: u64, size: u64| {
        let root = proof::root(&tree, Subtree::whole(size)).expect("a root");
        let origin = Origin::parse("a.cn/ledger").expect("an origin");
        let note = ledger.sign_note(&Checkpoint::new(origin, size, root).expect("a head").text());
        let way = if old == 0 { Vec::new() } else { proof::consistency(&tree, old, size).expect("a proof") };
        AddCheckpoint::new(old, way, note.expect("a note")).expect("a request").encode()
    };
    witness.add_checkpoint(request(0, ENTRIES).as_bytes()).expect("a cosignature");
    let requests: Vec<String> = (ENTRIES..ENTRIES + ROUNDS).map(|size| request(size, size + 1)).collect();
    let mut next = requests.iter();
    let bytes = vec![b'x'; 400];
    let (answer, alone) = in_turn(
        ROUNDS as usize,
        || {
            let request = next.next().expect("a request");
            witness.add_checkpoint(request.as_bytes()).expect("a cosignature");
        },
        || disk.replace("beside", &bytes).expect("a file"),
    );
    row(
        "a witness's answer at 10^6 entries",
        answer,
        "a small file replaced durably",
        alone,
        ratio(answer, alone),
        "≤ 5 ms",
    );
}
