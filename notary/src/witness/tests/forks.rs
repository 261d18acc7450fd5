//! Ledgers that are signed twice: never cosigned, and proven.

use super::*;

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
