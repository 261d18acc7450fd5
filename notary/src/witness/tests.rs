//! A witness under honest ledgers, forked ones, failing disks and many at once.

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

#[test]
fn every_pair_of_sizes_is_proven_and_believed() {
    let tree = Tree::new(300, 0, 300);
    let roots: Vec<Hash> = (0..=300).map(|size| tree.root(size)).collect();
    for new in 0..=300u64 {
        for old in 0..=new {
            let way = proof::consistency(&tree, old, new).unwrap();
            let verified =
                merkle::verify_consistency(old, &roots[old as usize], new, &roots[new as usize], &way);
            assert_eq!(verified, Ok(()), "{old} to {new}");
        }
    }
}

#[test]
fn a_ledger_that_grows_is_cosigned_and_remembered() {
    let (disk, witness) = witness();
    let tree = Tree::new(70, 0, 70);
    for (old, size) in [(0, 1), (1, 2), (2, 41), (41, 41), (41, 64), (64, 70)] {
        let lines = witness.add_checkpoint(&tree.request(old, size)).unwrap();
        let time = cosignature::verify(witness.key(), &lines[0], tree.note(size).text()).unwrap();
        assert!(time.seconds() > NOW);
        // What the ledger's readers are shown is the same line, and the ledger's own.
        let shown = Note::parse(&witness.checkpoint(&origin_name(ORIGIN)).unwrap()).unwrap();
        assert_eq!(shown.verify(&[&Key::ledger().1, witness.key()]), Ok(vec![0, 1]));
        assert!(shown.signatures().contains(&lines[0]));
        // A process that comes after knows it, and signs the same again.
        let again = open(disk.clone());
        assert_eq!(again.checkpoint(&origin_name(ORIGIN)), Some(shown.encode()));
    }
    let seen = &witness.ledgers()[0];
    assert_eq!((seen.head.unwrap().0, seen.cosigned, seen.damaged), (70, 6, false));
    assert_eq!(witness.checkpoint(&origin_name("b.cn/ledger")), None);
}

#[test]
fn a_ledger_may_begin_empty() {
    let (_, witness) = witness();
    let tree = Tree::new(3, 0, 3);
    let empty = Checkpoint::new(Origin::parse(ORIGIN).unwrap(), 0, hash::empty_root()).unwrap();
    let empty = AddCheckpoint::new(0, vec![], Key::ledger().sign_note(&empty.text()).unwrap()).unwrap();
    assert_eq!(status(witness.add_checkpoint(empty.encode().as_bytes())), 200);
    let other = format!("{ORIGIN}\n0\n{}\n", tree.root(1));
    let other = AddCheckpoint::new(0, vec![], Key::ledger().sign_note(&other).unwrap()).unwrap();
    assert_eq!(status(witness.add_checkpoint(other.encode().as_bytes())), 422);
    assert_eq!(status(witness.add_checkpoint(&tree.request(0, 3))), 200);
}

#[test]
fn each_fault_has_the_status_of_the_specification() {
    let (disk, witness) = witness();
    let (tree, fork) = (Tree::new(70, 0, 70), Tree::new(70, 1, 20));
    witness.add_checkpoint(&tree.request(0, 41)).unwrap();
    let before = disk.files();
    let note = |text: &str, by: &Key| by.sign_note(text).unwrap();
    let text = tree.note(50).text().to_string();
    let way = |old, new| proof::consistency(&tree, old, new).unwrap();
    let ask = |old, proof: Vec<Hash>, note: Note| {
        AddCheckpoint::new(old, proof, note).unwrap().encode().into_bytes()
    };

    let stranger = Key::new(2, ORIGIN, KeyKind::Note);
    let elsewhere = Key::new(3, "b.cn/ledger", KeyKind::Note);
    let spoiled = String::from_utf8(tree.request(41, 50)).unwrap();
    let (head, line) = spoiled.trim_end().rsplit_once(' ').unwrap();
    let mut blob = verifier::base64::decode(line).unwrap();
    blob[20] ^= 1;
    let spoiled = format!("{head} {}\n", verifier::base64::encode(&blob));
    let mut changed = way(41, 50);
    changed[0] = tree.root(3);
    for (body, expected) in [
        (b"old 41".to_vec(), 400),
        (tree.request(50, 50).into_iter().chain(*b"x").collect(), 400),
        (ask(60, vec![], tree.note(50)), 400),
        (ask(41, way(41, 50), note(&text, &stranger)), 403),
        (spoiled.into_bytes(), 403),
        (ask(41, vec![], note(&text.replace("a.cn", "b.cn"), &elsewhere)), 404),
        (tree.request(40, 50), 409),
        (tree.request(0, 50), 409),
        (tree.request(40, 41), 409),
        (ask(0, way(41, 50), tree.note(50)), 409),
        (ask(41, vec![], tree.note(50)), 422),
        (ask(41, changed, tree.note(50)), 422),
        (ask(41, [way(41, 50), vec![tree.root(1)]].concat(), tree.note(50)), 422),
        (ask(41, vec![tree.root(1)], tree.note(41)), 422),
        (fork.request(41, 50), 422),
        (ask(41, vec![], fork.note(41)), 422),
    ] {
        let answer = witness.add_checkpoint(&body);
        if let Err(Refused::Conflict { size }) = &answer {
            assert_eq!(*size, 41);
        }
        assert_eq!(status(answer), expected, "{}", String::from_utf8_lossy(&body));
        let heads =
            |files: &std::collections::BTreeMap<String, Vec<u8>>| files.get(&head::path(ORIGIN)).cloned();
        assert_eq!(heads(&disk.files()), heads(&before), "nothing that is refused changes the head");
    }
    // Beside a known key's good signature, others are ignored.
    let both = tree.note(50).with_signature(note(&text, &stranger).signatures()[0].clone());
    assert_eq!(status(witness.add_checkpoint(&ask(41, way(41, 50), both.unwrap()))), 200);
    assert!(witness.ledgers()[0].refused.contains(&(RefusedKind::Conflict, 4)));
}

#[test]
fn a_proof_is_empty_from_nothing() {
    let (_, witness) = witness();
    let tree = Tree::new(9, 0, 9);
    let body = AddCheckpoint::new(0, vec![tree.root(1)], tree.note(9)).unwrap().encode();
    assert_eq!(status(witness.add_checkpoint(body.as_bytes())), 422);
    assert_eq!(status(witness.add_checkpoint(&tree.request(0, 9))), 200);
}

#[test]
fn a_fork_is_never_cosigned_and_its_proof_is_kept() {
    let (disk, witness) = witness();
    let (tree, fork) = (Tree::new(70, 0, 70), Tree::new(70, 1, 20));
    witness.add_checkpoint(&tree.request(0, 41)).unwrap();
    // Of one size, with whatever old size it comes.
    assert_eq!(status(witness.add_checkpoint(&fork.request(0, 41))), 409);
    assert_eq!(witness.evidence().len(), 1);
    let same = AddCheckpoint::new(41, vec![], fork.note(41)).unwrap().encode();
    assert_eq!(status(witness.add_checkpoint(same.as_bytes())), 422);
    assert_eq!(witness.evidence().len(), 1, "once is enough");
    // A larger one, with the fork's own proof: 41 is no power of two, so the proof tells where it leads from.
    assert_eq!(status(witness.add_checkpoint(&fork.request(41, 60))), 422);
    assert_eq!(witness.evidence().len(), 2);
    // A proof that leads nowhere is no evidence against anybody.
    let nonsense = AddCheckpoint::new(41, vec![tree.root(5); 4], tree.note(60)).unwrap().encode();
    assert_eq!(status(witness.add_checkpoint(nonsense.as_bytes())), 422);
    assert_eq!(witness.evidence().len(), 2);
    for kept in witness.evidence() {
        let bytes = disk.read(&format!("witness/misbehaviour/{}", kept.file), 1 << 20).unwrap().unwrap();
        let found = Misbehaviour::parse(&bytes).unwrap();
        assert!(found.contradicts() && found.signed_by(&[&Key::ledger().1]).is_ok());
        assert_eq!(kept.origin, ORIGIN);
    }
    // The honest branch goes on.
    assert_eq!(status(witness.add_checkpoint(&tree.request(41, 60))), 200);
    assert_eq!(open(disk).evidence().len(), 2);
}

#[test]
fn an_auditor_makes_the_proof_from_the_tree() {
    let (tree, fork) = (Tree::new(70, 0, 70), Tree::new(70, 1, 20));
    for old in [21, 32, 41, 64, 69] {
        let found = contradiction(&tree.note(old), &fork.note(70), &fork).unwrap().unwrap();
        assert!(found.contradicts() && found.signed_by(&[&Key::ledger().1]).is_ok(), "{old}");
        assert_eq!(contradiction(&tree.note(old), &tree.note(70), &tree).unwrap(), None, "{old}");
    }
    assert!(contradiction(&fork.note(70), &tree.note(70), &tree).unwrap().is_some());
    assert_eq!(contradiction(&tree.note(20), &fork.note(70), &fork).unwrap(), None, "before the fork");
    assert!(contradiction(&fork.note(70), &tree.note(41), &fork).unwrap().is_some(), "in any order");
}

#[test]
fn whatever_step_fails_no_two_signatures_contradict_each_other() {
    let (tree, fork) = (Tree::new(70, 0, 70), Tree::new(70, 1, 20));
    let way = [(0, 25), (25, 41), (41, 41), (41, 64)];
    for failure in [Failure::Lost, Failure::Persisted] {
        for at in 1.. {
            let disk = MemoryDisk::default();
            open(disk.clone()).add(&[Key::ledger().1]).unwrap();
            let failing = Arc::new(FailingDisk::new(disk.clone(), at, failure));
            let first = open(Shared(failing.clone()));
            let mut signed = Vec::new();
            for (old, size) in way {
                match first.add_checkpoint(&tree.request(old, size)) {
                    Ok(lines) => signed.push((size, lines[0].clone())),
                    Err(refused) => assert!(refused.status() == 503 || refused.status() == 409, "{refused}"),
                }
            }
            let reached_end = failing.changes() < at;
            drop(first);
            // After the restart it has seen at least what it signed, and nothing of the fork gets through from there.
            let second = open(disk.clone());
            let size = second.ledgers()[0].head.map_or(0, |(size, _)| size);
            assert!(signed.iter().all(|(signed, _)| *signed <= size), "{failure:?} at {at}");
            if size > 20 {
                for new in size..=70 {
                    assert_ne!(
                        status(second.add_checkpoint(&fork.request(size, new))),
                        200,
                        "{failure:?} at {at}"
                    );
                }
            }
            assert_eq!(status(second.add_checkpoint(&tree.request(size, 70))), 200, "{failure:?} at {at}");
            if reached_end {
                assert_eq!(signed.len(), way.len());
                break;
            }
        }
    }
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

#[test]
fn of_many_at_once_one_branch_is_cosigned() {
    let (_, witness) = witness();
    let (tree, fork) = (Tree::new(70, 0, 70), Tree::new(70, 1, 20));
    let signed = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for n in 0..8u64 {
            let (branch, witness, signed) = (if n % 2 == 0 { &tree } else { &fork }, &witness, &signed);
            scope.spawn(move || {
                for size in 30..70 {
                    // As a ledger does: from nothing, then from where the witness says it is.
                    let mut old = 0;
                    for _ in 0..2 {
                        match witness.add_checkpoint(&branch.request(old.min(size), size)) {
                            Ok(_) => {
                                signed.lock().unwrap().push((n % 2, size));
                                break;
                            }
                            Err(Refused::Conflict { size }) => old = size,
                            Err(_) => break,
                        }
                    }
                }
            });
        }
    });
    let signed = signed.into_inner().unwrap();
    let branch = signed[0].0;
    assert!(signed.iter().all(|(of, _)| *of == branch), "two branches were cosigned");
    assert_eq!(witness.ledgers()[0].head.unwrap().0, 69);
    assert!(!witness.evidence().is_empty(), "two roots of one size were seen");
}

#[test]
fn the_list_of_ledgers_is_kept_and_what_was_seen_stays() {
    let (disk, witness) = witness();
    let tree = Tree::new(70, 0, 70);
    witness.add_checkpoint(&tree.request(0, 41)).unwrap();
    let next = Key::new(4, ORIGIN, KeyKind::Note);
    witness.add(&[next.1.clone(), Key::ledger().1]).unwrap();
    assert_eq!(open(disk.clone()).ledgers()[0].keys.len(), 2);
    let refused = |key: VerifierKey| witness.add(&[key]).unwrap_err().code();
    assert_eq!(refused(Key::new(5, "w.cn/ledger", KeyKind::Note).1), RefusalCode::WitnessOwnLedger);
    assert_eq!(refused(Key::new(5, "b.cn/witness", KeyKind::Cosignature).1), RefusalCode::WitnessKeyKind);
    witness.remove(ORIGIN).unwrap();
    assert_eq!(witness.remove(ORIGIN).unwrap_err().code(), RefusalCode::WitnessLedgerUnknown);
    assert_eq!(status(witness.add_checkpoint(&tree.request(41, 50))), 404);
    witness.add(&[Key::ledger().1]).unwrap();
    // Taken in again, it is no new ledger.
    assert_eq!(status(witness.add_checkpoint(&tree.request(0, 50))), 409);
    assert_eq!(status(witness.add_checkpoint(&tree.request(41, 50))), 200);
}

#[test]
fn a_damaged_head_is_never_taken_for_none() {
    let (disk, witness) = witness();
    let tree = Tree::new(70, 0, 70);
    witness.add_checkpoint(&tree.request(0, 41)).unwrap();
    for bytes in
        [&b""[..], b"{}", b"{\"format\":\"xinzheng/witness-head/v1\",\"time\":1,\"checkpoint\":\"\"}"]
    {
        disk.damage(&head::path(ORIGIN), Some(bytes.to_vec()));
        let after = open(disk.clone());
        assert!(after.ledgers()[0].damaged);
        assert_eq!(status(after.add_checkpoint(&tree.request(0, 50))), 503);
        assert_eq!(status(after.add_checkpoint(&tree.request(41, 50))), 503);
    }
}

#[test]
fn times_that_can_be() {
    let time = |seconds| Time::new(seconds).unwrap();
    let (made, now) = (time(NOW), time(NOW + 60));
    for (given, fits) in
        [(NOW, true), (NOW + 60, true), (NOW - 300, true), (NOW - 301, false), (NOW + 361, false)]
    {
        assert_eq!(time_is_plausible(time(given), made, now), fits, "{given}");
    }
}
