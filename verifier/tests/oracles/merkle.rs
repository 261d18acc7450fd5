//! RFC 9162 roots, inclusion and consistency proofs for trees of 1 to 1030 leaves, made by `ct-merkle`.
//!
//! All places of trees up to 40 leaves and of those next to a power of two; of the others, the edges and some between.

use crate::tree::Tree;
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use sha2::Sha256;
use verifier::hash::Hash;
use verifier::merkle::{Subtree, verify_consistency, verify_inclusion};

const LEAVES: u64 = 1030;

fn entry(index: u64) -> [u8; 8] {
    index.to_be_bytes()
}

fn hashes(bytes: &[u8]) -> Vec<Hash> {
    bytes.chunks(32).map(|chunk| Hash::from_slice(chunk).unwrap()).collect()
}

/// Places below n to look at.
fn places(n: u64) -> Vec<u64> {
    if n <= 40 || (n.next_power_of_two() - n <= 1 && n < 600) || (n - 1).is_power_of_two() && n < 600 {
        return (0..n).collect();
    }
    let mut places =
        vec![0, 1, n / 3, n / 2, n - n / 5, n - 2, n - 1, n & (n - 1), 1 << n.ilog2(), (n * 7) % 31];
    places.retain(|place| *place < n);
    places.sort_unstable();
    places.dedup();
    places
}

#[test]
fn proofs_of_an_independent_tree() {
    let ours = Tree::new(LEAVES, entry);
    let mut theirs = MemoryBackedTree::<Sha256, [u8; 8]>::new();
    let mut roots = vec![verifier::hash::empty_root()];
    for n in 1..=LEAVES {
        theirs.push(entry(n - 1));
        let root = Hash::from_slice(theirs.root().as_bytes()).unwrap();
        roots.push(root);
        for index in places(n) {
            let path = hashes(theirs.prove_inclusion(index as usize).as_bytes());
            assert_eq!(verify_inclusion(&ours.leaf(index), index, Subtree::whole(n), &path, &root), Ok(()));
            let longer = [&path[..], &[root]].concat();
            assert!(verify_inclusion(&ours.leaf(index), index, Subtree::whole(n), &longer, &root).is_err());

            // From index + 1 leaves to n.
            let (old_size, old_root) = (index + 1, roots[index as usize + 1]);
            if old_size < n {
                let proof = hashes(theirs.prove_consistency((n - old_size) as usize).as_bytes());
                assert_eq!(
                    verify_consistency(old_size, &old_root, n, &root, &proof),
                    Ok(()),
                    "{old_size} {n}"
                );
                assert!(verify_consistency(old_size, &root, n, &root, &proof).is_err());
                assert!(verify_consistency(old_size, &old_root, n, &old_root, &proof).is_err());
                assert!(
                    verify_consistency(old_size, &old_root, n, &root, &[&proof[..], &[root]].concat())
                        .is_err()
                );
                assert!(
                    verify_consistency(old_size, &old_root, n, &root, &proof[..proof.len() - 1]).is_err()
                );
                assert!(verify_consistency(n, &root, old_size, &old_root, &proof).is_err());
            }
        }
        assert_eq!(verify_consistency(n, &root, n, &root, &[]), Ok(()));
        assert_eq!(verify_consistency(0, &roots[0], n, &root, &[]), Ok(()));
        assert!(verify_consistency(0, &root, n, &root, &[]).is_err());
        assert!(verify_consistency(0, &roots[0], n, &root, &[root]).is_err());
    }
    assert_eq!(ours.hash(0, LEAVES), roots[LEAVES as usize]);
}
