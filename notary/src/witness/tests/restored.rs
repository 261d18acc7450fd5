//! A witness that was restored: it sleeps until it is told what it signed.

use super::*;

/// The witness as a restore leaves it: with what the backup knew, and the file that makes it sleep.
fn restored(disk: &MemoryDisk, files: &std::collections::BTreeMap<String, Vec<u8>>) -> Witness {
    let names: Vec<String> = disk.files().into_keys().collect();
    names.iter().for_each(|name| disk.damage(name, None));
    files.iter().for_each(|(name, bytes)| disk.damage(name, Some(bytes.clone())));
    let (path, bytes) = put_to_sleep(NOW);
    disk.damage(&path, Some(bytes));
    open(disk.clone())
}

#[test]
fn a_restored_witness_signs_nothing_until_it_is_told_what_it_signed() {
    let (disk, witness) = witness();
    let (tree, fork) = (Tree::new(70, 0, 70), Tree::new(70, 1, 30));
    witness.add_checkpoint(&tree.request(0, 25)).unwrap();
    let backup = disk.files();
    let middle = witness.add_checkpoint(&tree.request(25, 41)).unwrap().remove(0);
    let last = witness.add_checkpoint(&tree.request(41, 60)).unwrap().remove(0);
    let old = cosigned(&witness, &tree.note(41), &middle);
    let newest = cosigned(&witness, &tree.note(60), &last);
    drop(witness);

    let witness = restored(&disk, &backup);
    let name = origin_name(ORIGIN);
    // Neither the honest history nor another, from whatever size, and no size is told.
    for body in [tree.request(25, 64), fork.request(25, 60), tree.request(60, 64), tree.request(0, 25)] {
        assert!(matches!(witness.add_checkpoint(&body), Err(Refused::Asleep)));
    }
    assert_eq!(status(witness.add_checkpoint(&tree.request(25, 64))), 503);
    assert_eq!(witness.checkpoint(&name), None);
    assert!(witness.ledgers()[0].asleep && open(disk.clone()).ledgers()[0].asleep);
    // A ledger that is taken in now may have been taken in and cosigned after the backup.
    let other = Key::new(7, "b.cn/ledger", KeyKind::Note);
    witness.add(std::slice::from_ref(&other.1)).unwrap();
    assert!(witness.ledgers().iter().all(|ledger| ledger.asleep));

    let heads = |notes: &[&str]| Waking::Heads {
        origin: ORIGIN.into(),
        notes: notes.iter().map(|note| note.to_string()).collect(),
    };
    let refused = |told: &Waking| witness.wake(told).unwrap_err().code();
    let before = disk.files();
    // Without its own signature a head says nothing of what it cosigned; neither does an older one than it remembers.
    let stranger = Key::new(9, "x.cn/witness", KeyKind::Cosignature);
    let by_stranger = stranger.cosign(Time::new(NOW).unwrap(), tree.note(60).text()).unwrap();
    let unsigned = Note::new(tree.note(60).text()).unwrap().with_signature(last.clone()).unwrap();
    let replayed = tree.note(64).with_signature(last.clone()).unwrap();
    for bad in [
        tree.note(60).encode(),
        tree.note(60).with_signature(by_stranger).unwrap().encode(),
        unsigned.encode(),
        replayed.encode(),
        tree.note(3).encode(),
        newest.replace("a.cn", "b.cn"),
        String::new(),
        "x".repeat(100_000),
    ] {
        assert_eq!(refused(&heads(&[&bad])), RefusalCode::WitnessHead, "{bad:.200}");
        assert_eq!(refused(&heads(&[&newest, &bad])), RefusalCode::WitnessHead);
    }
    assert_eq!(refused(&heads(&[])), RefusalCode::WitnessHead);
    assert_eq!(refused(&heads(&[newest.as_str(); WAKE_HEADS_MAX + 1])), RefusalCode::WitnessHead);
    let elsewhere = Waking::NothingSince { origin: Some("c.cn/ledger".into()) };
    assert_eq!(refused(&elsewhere), RefusalCode::WitnessLedgerUnknown);
    assert_eq!(disk.files(), before, "what is refused changes nothing");

    // Told in any order, the newest counts.
    witness.wake(&heads(&[&newest, &old])).unwrap();
    assert_eq!(witness.wake(&heads(&[&newest])).unwrap_err().code(), RefusalCode::WitnessAwake);
    for witness in [&witness, &open(disk.clone())] {
        assert_eq!(witness.checkpoint(&name), Some(newest.clone()), "the same signature as then");
        assert_eq!(status(witness.add_checkpoint(&fork.request(60, 64))), 422);
        assert!(matches!(witness.add_checkpoint(&tree.request(25, 64)), Err(Refused::Conflict { size: 60 })));
    }
    assert_eq!(status(witness.add_checkpoint(&tree.request(60, 64))), 200);
    // The other one goes on sleeping, until somebody says that there was nothing.
    let asleep = |witness: &Witness| witness.ledgers().iter().filter(|ledger| ledger.asleep).count();
    assert_eq!((asleep(&witness), asleep(&open(disk.clone()))), (1, 1));
    witness.wake(&Waking::NothingSince { origin: None }).unwrap();
    assert_eq!((asleep(&witness), asleep(&open(disk.clone()))), (0, 0));
    assert_eq!(refused(&Waking::NothingSince { origin: None }), RefusalCode::WitnessAwake);
}

#[test]
fn a_witness_that_signed_two_histories_is_not_woken_with_either() {
    let (disk, witness) = witness();
    let (tree, fork) = (Tree::new(70, 0, 70), Tree::new(70, 1, 20));
    witness.add_checkpoint(&tree.request(0, 10)).unwrap();
    let backup = disk.files();
    let one = witness.add_checkpoint(&tree.request(10, 41)).unwrap().remove(0);
    let one = cosigned(&witness, &tree.note(41), &one);
    // Restored once before, by somebody who said that there was nothing.
    let witness = restored(&disk, &backup);
    witness.wake(&Waking::NothingSince { origin: Some(ORIGIN.into()) }).unwrap();
    let other = witness.add_checkpoint(&fork.request(10, 41)).unwrap().remove(0);
    let other = cosigned(&witness, &fork.note(41), &other);
    let witness = restored(&disk, &backup);
    let told = Waking::Heads { origin: ORIGIN.into(), notes: vec![one, other] };
    assert_eq!(witness.wake(&told).unwrap_err().code(), RefusalCode::WitnessHeadsDiffer);
    assert_eq!(witness.evidence().len(), 1, "both are signed by the ledger: that is a fork");
    assert!(witness.ledgers()[0].asleep);
}

#[test]
fn whatever_step_of_waking_fails_it_sleeps_or_knows_the_newest() {
    let (disk, witness) = witness();
    let (tree, fork) = (Tree::new(70, 0, 70), Tree::new(70, 1, 30));
    witness.add_checkpoint(&tree.request(0, 25)).unwrap();
    let backup = disk.files();
    let line = witness.add_checkpoint(&tree.request(25, 60)).unwrap().remove(0);
    let told =
        Waking::Heads { origin: ORIGIN.into(), notes: vec![cosigned(&witness, &tree.note(60), &line)] };
    for failure in [Failure::Lost, Failure::Persisted] {
        for at in 1.. {
            drop(restored(&disk, &backup));
            let failing = Arc::new(FailingDisk::new(disk.clone(), at, failure));
            let first = open(Shared(failing.clone()));
            let _ = first.wake(&told);
            let reached_end = failing.changes() < at;
            for witness in [first, open(disk.clone())] {
                assert_ne!(status(witness.add_checkpoint(&fork.request(25, 60))), 200, "{failure:?} at {at}");
                let known = &witness.ledgers()[0];
                assert!(known.asleep || known.head.unwrap().0 >= 60, "{failure:?} at {at}");
            }
            if reached_end {
                break;
            }
        }
    }
    // A file that can't be read is no leave to go on.
    disk.damage("witness/asleep", Some(b"{}".to_vec()));
    let signer = Arc::new(Key::new(9, "w.cn/ledger/witness", KeyKind::Cosignature));
    let clock = Arc::new(TestClock(Mutex::new(NOW)));
    let opened = Witness::open(Arc::new(disk), clock, signer, Origin::parse("w.cn/ledger").unwrap());
    assert_eq!(opened.err().map(|refusal| refusal.code()), Some(RefusalCode::WitnessDamaged));
}
