//! The four accumulated vectors of the Merkle Tree Certificates draft, over all trees of up to 130 leaves: D[i] is the
//! single byte i, and the SHA-256 is over one line for each hash, proof or cover. Each proof is also checked here, and
//! refused with a hash less, a hash more, or another index.

use crate::tree::Tree;
use sha2::{Digest, Sha256};
use verifier::hash::Hash;
use verifier::merkle::{
    ProofError, Subtree, cover, cover_pair, path_len, root_from_path, verify_consistency, verify_inclusion,
    verify_subtree_consistency,
};

const LEAVES: u64 = 130;

fn tree() -> Tree {
    Tree::new(LEAVES, |i| [u8::try_from(i).unwrap()])
}

/// From the file that the page of hashing names.
fn known(name: &str) -> String {
    let vector: serde_json::Value =
        serde_json::from_str(include_str!("../../vectors/merkle/accumulated.json")).unwrap();
    vector[name].as_str().unwrap().to_string()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn hashes(hashes: &[Hash]) -> String {
    hashes.iter().map(|hash| format!(" {}", hex(hash.as_bytes()))).collect()
}

/// For every end, every start such that `[start, end)` is a subtree, up to `end`.
fn subtrees(end: u64) -> impl Iterator<Item = Subtree> {
    (0..=end).flat_map(move |end| (0..=end).filter_map(move |start| Subtree::new(start, end).ok()))
}

#[test]
fn hashes_of_subtrees() {
    let (tree, mut sum) = (tree(), Sha256::new());
    for subtree in subtrees(LEAVES) {
        let hash = tree.hash(subtree.start(), subtree.end());
        sum.update(format!("{subtree} {}\n", hex(hash.as_bytes())));
    }
    assert_eq!(hex(&sum.finalize()), known("hashes"));
}

#[test]
fn inclusion() {
    let (tree, mut sum) = (tree(), Sha256::new());
    for subtree in subtrees(LEAVES) {
        let root = tree.hash(subtree.start(), subtree.end());
        for index in subtree.start()..subtree.end() {
            let path = tree.path(index, subtree.start(), subtree.end());
            sum.update(format!("{index} {subtree}{}\n", hashes(&path)));

            let leaf = tree.leaf(index);
            assert_eq!(verify_inclusion(&leaf, index, subtree, &path, &root), Ok(()));
            assert_eq!(path_len(index, subtree), Some(path.len()));
            if let [shorter @ .., _] = &path[..] {
                assert_eq!(root_from_path(&leaf, index, subtree, shorter), Err(ProofError::HashMissing));
            }
            let longer = [&path[..], &[root]].concat();
            assert_eq!(root_from_path(&leaf, index, subtree, &longer), Err(ProofError::HashTooMany));
            for other in [index + 1, subtree.start(), subtree.end().saturating_sub(1), subtree.end()] {
                assert!(other == index || verify_inclusion(&leaf, other, subtree, &path, &root).is_err());
            }
        }
    }
    assert_eq!(hex(&sum.finalize()), known("inclusion"));
}

#[test]
fn consistency() {
    let (tree, mut sum) = (tree(), Sha256::new());
    for n in 0..=LEAVES {
        let root = tree.hash(0, n);
        for subtree in subtrees(n) {
            let proof = tree.subtree_proof(subtree.start(), subtree.end(), n);
            sum.update(format!("{subtree} {n}{}\n", hashes(&proof)));

            let hash = tree.hash(subtree.start(), subtree.end());
            let check = |proof: &[Hash]| verify_subtree_consistency(subtree, &hash, n, &root, proof);
            if subtree.is_empty() {
                assert_eq!(check(&proof), Err(ProofError::Outside));
                continue;
            }
            assert_eq!(check(&proof), Ok(()));
            if subtree.start() == 0 {
                assert_eq!(verify_consistency(subtree.end(), &hash, n, &root, &proof), Ok(()));
            }
            if subtree.size() == 1 {
                assert_eq!(root_from_path(&hash, subtree.start(), Subtree::whole(n), &proof), Ok(root));
            }
            if let [shorter @ .., _] = &proof[..] {
                assert!(check(shorter).is_err());
            }
            assert!(check(&[&proof[..], &[root]].concat()).is_err());
            for place in 0..proof.len() {
                let mut other = proof.clone();
                other[place] = tree.hash(0, 3);
                assert!(other[place] == proof[place] || check(&other) == Err(ProofError::RootDiffers));
            }
        }
    }
    assert_eq!(hex(&sum.finalize()), known("consistency"));
}

#[test]
fn covers() {
    let mut sum = Sha256::new();
    for end in 0..=LEAVES {
        for start in 0..=end {
            let (left, right) = cover_pair(start, end).unwrap();
            sum.update(format!("{left} {right}\n"));

            assert!(
                Subtree::new(left.start(), left.end()).is_ok()
                    && Subtree::new(right.start(), right.end()).is_ok()
            );
            let signed = cover(start, end).unwrap();
            match Subtree::new(start, end) {
                Ok(alone) => assert_eq!(signed, (alone, None)),
                Err(_) => assert_eq!(signed, (left, Some(right))),
            }
        }
    }
    assert_eq!(hex(&sum.finalize()), known("cover"));
}
