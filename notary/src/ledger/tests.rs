//! The ledger against the tree by definition, and its proofs against the checks of `verifier`.

mod damage;

use std::sync::Arc;

use proptest::prelude::*;
use verifier::batch_file::BatchFile;
use verifier::entry::{Entry, PublicKind, public_preimage};
use verifier::hash::Hash;
use verifier::merkle::{self, Subtree};

use super::testing::{TestOffice, empty, entries};
use super::*;
use crate::disk::testing::MemoryDisk;
use crate::tree::root_of;

/// A ledger of these batch sizes, and all leaf hashes.
fn grown(disk: &MemoryDisk, sizes: &[u64]) -> (Ledger, Vec<Hash>) {
    let (office, mut ledger) = (TestOffice::default(), empty(disk.clone()));
    let mut leaves = Vec::new();
    for (number, size) in (0u64..).zip(sizes) {
        let batch = entries(ledger.head().size, *size);
        leaves.extend(batch.iter().map(Entry::leaf));
        office.seal(&mut ledger, batch, &[], 1_795_310_000 + number).unwrap();
        assert_eq!(ledger.head(), Head { size: leaves.len() as u64, root: root_of(&leaves) });
    }
    (ledger, leaves)
}

/// Sizes that make one, two and three levels of tiles without taking long.
fn sizes() -> impl Strategy<Value = Vec<u64>> {
    let size = prop_oneof![1u64..4, 1u64..300, 250u64..260, Just(256u64), Just(512u64)];
    proptest::collection::vec(size, 1..8)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn any_batches_make_the_tree_by_definition(sizes in sizes()) {
        let disk = MemoryDisk::default();
        let (ledger, leaves) = grown(&disk, &sizes);
        let size = leaves.len() as u64;
        let files = disk.files();
        // Exactly the files that belong to this head, each with the bytes that it must have.
        let mut level = leaves.clone();
        for number in 0..3u32 {
            for (tile, hashes) in (0u64..).zip(level.chunks(256)) {
                let path = tiles::tile_path(number, tile, hashes.len() as u64);
                prop_assert_eq!(files.get(&path), Some(&tiles::tile_bytes(hashes)), "{}", path);
                let partial = format!("{}.p/", tiles::tile_path(number, tile, 256));
                prop_assert!(hashes.len() < 256 || !files.keys().any(|path| path.starts_with(&partial)));
            }
            level = level.chunks_exact(256).map(root_of).collect();
        }
        // Opened anew it is the same.
        let again = Ledger::open(Arc::new(disk), ledger.head()).unwrap();
        prop_assert_eq!(again.edge(), ledger.edge());
        prop_assert_eq!(again.batches(), sizes.len() as u64);
        let (mut start, mut number) = (0, 0);
        for length in sizes {
            for index in [start, start + length / 2, start + length - 1] {
                let batch = again.batch_of(index).unwrap();
                prop_assert_eq!((batch.batch(), batch.start(), batch.end()), (number, start, start + length));
            }
            (start, number) = (start + length, number + 1);
        }
        prop_assert_eq!(again.batch_of(size).unwrap_err().code(), "LEDGER_RANGE");
        prop_assert_eq!(again.batch(number).unwrap_err().code(), "LEDGER_RANGE");
    }

    #[test]
    fn proofs_from_tiles_verify_and_others_do_not(sizes in sizes(), at in any::<[u64; 4]>()) {
        let disk = MemoryDisk::default();
        let (ledger, leaves) = grown(&disk, &sizes);
        // Read from disk, with nothing in memory but the right edge.
        let ledger = Ledger::open(Arc::new(disk), ledger.head()).unwrap();
        let size = leaves.len() as u64;
        let tree = at[0] % size + 1;
        let (index, old) = (at[1] % tree, at[2] % (tree + 1));
        let (whole, root) = (Subtree::whole(tree), root_of(&leaves[..tree as usize]));
        prop_assert_eq!(ledger.root_at(tree).unwrap(), root);

        let path = ledger.inclusion(index, tree).unwrap();
        exactly(&path, |path| merkle::verify_inclusion(&leaves[index as usize], index, whole, path, &root).is_ok())?;

        let old_root = root_of(&leaves[..old as usize]);
        let proof = ledger.consistency(old, tree).unwrap();
        exactly(&proof, |proof| merkle::verify_consistency(old, &old_root, tree, &root, proof).is_ok())?;

        let (first, second) = merkle::cover(index, tree.min(index + 1 + at[3] % 300)).unwrap();
        for subtree in [Some(first), second].into_iter().flatten() {
            let hash = root_of(&leaves[subtree.start() as usize..subtree.end() as usize]);
            prop_assert_eq!(ledger.subtree_root(subtree).unwrap(), hash);
            let proof = ledger.subtree_consistency(subtree, tree).unwrap();
            exactly(&proof, |proof| merkle::verify_subtree_consistency(subtree, &hash, tree, &root, proof).is_ok())?;
            let inside = subtree.start() + at[1] % subtree.size();
            let path = ledger.path(inside, subtree).unwrap();
            let leaf = &leaves[inside as usize];
            exactly(&path, |path| merkle::verify_inclusion(leaf, inside, subtree, path, &hash).is_ok())?;
        }
        prop_assert_eq!(ledger.inclusion(size, size).unwrap_err().code(), "LEDGER_RANGE");
        prop_assert_eq!(ledger.inclusion(0, size + 1).unwrap_err().code(), "LEDGER_RANGE");
        prop_assert_eq!(ledger.root_at(size + 1).unwrap_err().code(), "LEDGER_RANGE");
        prop_assert_eq!(ledger.consistency(0, size + 1).unwrap_err().code(), "LEDGER_RANGE");
    }
}

/// This proof verifies; with a hash more, a hash less, or another hash anywhere it does not.
fn exactly(proof: &[Hash], verifies: impl Fn(&[Hash]) -> bool) -> Result<(), TestCaseError> {
    prop_assert!(verifies(proof));
    let more = [proof, &[Hash::from_bytes([7; 32])]].concat();
    prop_assert!(!verifies(&more));
    for at in 0..proof.len() {
        let mut other = proof.to_vec();
        other[at] = Hash::from_bytes([7; 32]);
        prop_assert!(!verifies(&other));
        other.remove(at);
        prop_assert!(!verifies(&other));
    }
    Ok(())
}

#[test]
fn paths_of_a_fresh_batch_are_those_of_the_tiles() {
    let disk = MemoryDisk::default();
    let (mut ledger, _) = grown(&disk, &[300, 1]);
    let checked = TestOffice::default().seal(&mut ledger, entries(301, 700), &[], 9).unwrap();
    for index in 301..1001 {
        let (subtree, hash) = checked.cover_of(index).unwrap();
        assert_eq!(checked.path(index).unwrap(), ledger.path(index, subtree).unwrap());
        assert_eq!(ledger.subtree_root(subtree).unwrap(), hash);
    }
    assert!(checked.path(300).is_none() && checked.path(1001).is_none());
}

#[test]
fn a_large_ledger_reads_and_plans_little() {
    // 70,000 entries: 273 full tiles and 112 hashes at level 0, 1 full and 17 at level 1, 1 at level 2.
    let disk = MemoryDisk::default();
    let (ledger, leaves) = grown(&disk, &[65_536, 4464]);
    let plan = ledger.plan(entries(70_000, 3)).unwrap();
    let paths: Vec<&str> = plan.files().iter().map(PlannedFile::path).collect();
    assert_eq!(paths, ["ledger/tile/entries/273.p/115", "ledger/tile/0/273.p/115"]);
    let whole = ledger.plan(entries(70_000, 400)).unwrap();
    let paths: Vec<&str> = whole.files().iter().map(PlannedFile::path).collect();
    let expected = [
        "ledger/tile/entries/273",
        "ledger/tile/entries/274",
        "ledger/tile/0/273",
        "ledger/tile/0/274",
        "ledger/tile/1/001.p/19",
    ];
    assert_eq!(paths, expected);
    // Only the right edge and what its check and the proofs need is read.
    let mut few = MemoryDisk::default();
    for (path, bytes) in disk.files() {
        if ["273", "x", "1/000", "1/001", "2/000", "batch"].iter().any(|part| path.contains(part)) {
            few.damage(&path, Some(bytes));
        }
    }
    let ledger = Ledger::open(Arc::new(few.clone()), ledger.head()).unwrap();
    ledger.second_opinion(ledger.plan(entries(70_000, 3)).unwrap()).unwrap();
    assert_eq!(ledger.inclusion(5, 70_000).unwrap_err().path(), Some("ledger/tile/0/000"));
    few = disk;
    let ledger = Ledger::open(Arc::new(few), ledger.head()).unwrap();
    let path = ledger.inclusion(65_535, 70_000).unwrap();
    merkle::verify_inclusion(&leaves[65_535], 65_535, Subtree::whole(70_000), &path, &root_of(&leaves))
        .unwrap();
}

#[test]
fn the_second_opinion_sees_any_difference() {
    let disk = MemoryDisk::default();
    let (ledger, _) = grown(&disk, &[300, 200]);
    let plan = ledger.plan(entries(500, 700)).unwrap();
    assert!(ledger.second_opinion(plan.clone()).is_ok());
    let disagrees = |plan: Plan| {
        let error = ledger.second_opinion(plan).unwrap_err();
        assert_eq!((error.code(), error.is_fatal()), ("LEDGER_DISAGREES", true), "{error}");
    };
    for file in 0..plan.files.len() {
        // The first bytes of the first bundle and tile are old, but they too are looked at.
        for at in [0, plan.files[file].bytes.len() / 2, plan.files[file].bytes.len() - 1] {
            let mut other = plan.clone();
            other.files[file].bytes[at] ^= 1;
            disagrees(other);
        }
        let mut other = plan.clone();
        other.files[file].bytes.pop();
        disagrees(other);
    }
    for cover in 0..plan.cover.len() {
        let mut other = plan.clone();
        other.cover[cover].1 = Hash::from_bytes([7; 32]);
        disagrees(other);
    }
    let mut other = plan.clone();
    other.entries.swap(3, 4);
    disagrees(other);
    // Another old tile on disk than the one in memory: the head or its consistency no longer come out.
    disk.damage("ledger/tile/1/000.p/1", Some(vec![7; 32]));
    let error = ledger.second_opinion(ledger.plan(entries(500, 1)).unwrap()).unwrap_err();
    assert_eq!(error.code(), "LEDGER_DISAGREES");
}

#[test]
fn a_plan_is_for_one_head_and_a_batch_has_its_limits() {
    let disk = MemoryDisk::default();
    let (ledger, _) = grown(&disk, &[3]);
    let (other, _) = grown(&MemoryDisk::default(), &[4]);
    let plan = ledger.plan(entries(3, 1)).unwrap();
    assert_eq!(other.second_opinion(plan).unwrap_err().code(), "LEDGER_RANGE");
    assert_eq!(ledger.plan(Vec::new()).unwrap_err().code(), "LEDGER_RANGE");
    assert_eq!(ledger.plan(entries(3, 65_537)).unwrap_err().code(), "LEDGER_RANGE");
}

#[test]
fn what_does_not_belong_to_the_batch_is_refused_before_anything_is_written() {
    let disk = MemoryDisk::default();
    let (mut ledger, _) = grown(&disk, &[3]);
    let office = TestOffice::default();
    let preimage = public_preimage(PublicKind::KeyEvent, b"event");
    let (_, entry, _) = Entry::of_public(&preimage).unwrap();
    let checked = ledger.second_opinion(ledger.plan(vec![entries(3, 1)[0], entry]).unwrap()).unwrap();
    let (before, good) = (disk.files(), office.batch_file(1, &checked, 9));
    let public = |index| PublicEntry { index, preimage: preimage.clone() };
    for wrong in [public(3), public(2), public(5)] {
        assert_eq!(ledger.apply(&checked, &good, &[wrong]).unwrap_err().code(), "LEDGER_RANGE");
    }
    let other = office.batch_file(2, &checked, 9);
    assert_eq!(ledger.apply(&checked, &other, &[]).unwrap_err().code(), "LEDGER_RANGE");
    assert_eq!(disk.files(), before);

    ledger.apply(&checked, &good, &[public(4)]).unwrap();
    assert_eq!(ledger.public(4).unwrap().as_ref(), Some(&preimage));
    assert_eq!(ledger.public(3).unwrap(), None);
    // The checkpoint is the head's, or nothing is published.
    let old = ledger.batch(0).unwrap().checkpoint_note().encode();
    assert_eq!(ledger.publish_checkpoint(&old).unwrap_err().code(), "LEDGER_RANGE");
    ledger.publish_checkpoint(&good.checkpoint_note().encode()).unwrap();
    assert_eq!(ledger.checkpoint().unwrap().unwrap().0.size(), 5);
    assert_eq!(ledger.apply(&checked, &good, &[public(4)]).unwrap_err().code(), "LEDGER_RANGE");
}

#[test]
fn the_status_of_a_shard_is_replaced_and_its_history_is_not() {
    let disk = MemoryDisk::default();
    let (ledger, _) = grown(&disk, &[1]);
    ledger.publish_status(0, 1, b"one").unwrap();
    ledger.publish_status(0, 2, b"two").unwrap();
    assert_eq!(ledger.publish_status(0, 1, b"other").unwrap_err().code(), "DISK_FILE_DIFFERS");
    assert_eq!(ledger.status(0, None).unwrap().as_deref(), Some(&b"two"[..]));
    assert_eq!(ledger.status(0, Some(1)).unwrap().as_deref(), Some(&b"one"[..]));
    assert_eq!(ledger.status(1, None).unwrap(), None);
}

#[test]
fn a_batch_file_of_another_number_is_damage() {
    let disk = MemoryDisk::default();
    let (ledger, _) = grown(&disk, &[1, 1, 1]);
    let zero = disk.files()["ledger/batch/000"].clone();
    assert_eq!(BatchFile::parse(&zero).unwrap(), ledger.batch(0).unwrap());
    disk.damage("ledger/batch/001", Some(zero));
    let error = ledger.batch_of(1).unwrap_err();
    assert_eq!((error.code(), error.path()), ("LEDGER_DAMAGED", Some("ledger/batch/001")));
}
