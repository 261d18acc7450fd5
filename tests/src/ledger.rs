//! A reader of a published ledger that shares nothing with the one that wrote it: entries from the bundles, roots and
//! consistency proofs by the recursive definitions of RFC 9162. Slow and short.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use verifier::hash::{Hash, empty_root, leaf_hash, node_hash};

/// Bytes of an entry in a bundle: two of length, 32 of entry.
const RECORD: usize = 34;
/// Entries in a full bundle.
const BUNDLE: usize = 256;

/// The leaf hashes of all entries that the ledger's bundles hold, in order.
pub fn leaves(ledger: &Path) -> Vec<Hash> {
    let bundles = bundles(ledger);
    let records = bundles.iter().flat_map(|bytes| bytes.chunks(RECORD));
    records
        .map(|record| {
            assert_eq!(record[..2], [0, 32], "an entry has 32 bytes");
            leaf_hash(record[2..].try_into().expect("a whole entry"))
        })
        .collect()
}

/// The bundles of a published ledger, in order: the full ones, and the widest of the last.
pub fn bundles(ledger: &Path) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for number in 0.. {
        let name = verifier::tile::grouped(number);
        let full = ledger.join("tile/entries").join(&name);
        let bytes = match std::fs::read(&full) {
            Ok(bytes) => bytes,
            Err(_) => widest_partial(&ledger.join("tile/entries").join(format!("{name}.p"))),
        };
        let is_full = bytes.len() == BUNDLE * RECORD;
        all.push(bytes);
        if !is_full {
            return all;
        }
    }
    unreachable!("there is no end of numbers")
}

fn widest_partial(folder: &Path) -> Vec<u8> {
    let Ok(widths) = std::fs::read_dir(folder) else { return Vec::new() };
    let width = |f: &PathBuf| f.file_name().and_then(|n| n.to_str()).and_then(|n| n.parse::<u64>().ok());
    let files = widths.map(|f| f.expect("a tile").path()).filter(|f| width(f).is_some());
    files.max_by_key(width).map(|f| std::fs::read(f).expect("a tile")).unwrap_or_default()
}

/// MTH of RFC 9162 §2.1.1 over leaf hashes.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [one] => *one,
        many => {
            let (left, right) = many.split_at(split(many.len()));
            node_hash(&root(left), &root(right))
        }
    }
}

/// PROOF(old, D) of RFC 9162 §2.1.4.1: that the tree of all leaves extends that of the first `old`.
pub fn consistency(old: usize, leaves: &[Hash]) -> Vec<Hash> {
    if old == 0 || old >= leaves.len() { Vec::new() } else { subproof(old, leaves, true) }
}

fn subproof(old: usize, leaves: &[Hash], whole: bool) -> Vec<Hash> {
    if old == leaves.len() {
        return if whole { Vec::new() } else { vec![root(leaves)] };
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    if old <= left.len() {
        let mut proof = subproof(old, left, whole);
        proof.push(root(right));
        proof
    } else {
        let mut proof = subproof(old - left.len(), right, false);
        proof.push(root(left));
        proof
    }
}

/// The largest power of two below `n`.
fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

/// The bytes of every file below `folder`, by path.
pub fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let Ok(entries) = std::fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.expect("an entry of the folder").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = std::fs::read(&path).expect("a file of the folder");
            found.insert(path, bytes);
        }
    }
    found
}
