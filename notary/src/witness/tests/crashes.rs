//! Whatever fails, and however many ask at once, no two signatures contradict each other.

use super::*;

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
