//! What a witness answers, to the status, and what it remembers of it.

use super::*;

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
fn times_that_can_be() {
    let time = |seconds| Time::new(seconds).unwrap();
    let (made, now) = (time(NOW), time(NOW + 60));
    for (given, fits) in
        [(NOW, true), (NOW + 60, true), (NOW - 300, true), (NOW - 301, false), (NOW + 361, false)]
    {
        assert_eq!(time_is_plausible(time(given), made, now), fits, "{given}");
    }
}
