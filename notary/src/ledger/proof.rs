//! Proofs from the nodes of a tree: inclusion, consistency, and consistency of a subtree (spec page `hashing.md`).
//!
//! Here: making them, by the recursive definitions of RFC 9162 §2.1.3 and §2.1.4 and of the Merkle Tree Certificates
//! draft. Not here: checking them; `verifier::merkle` does, and was written apart.

use verifier::hash::{self, Hash};
use verifier::merkle::Subtree;

use super::LedgerError;

/// Something that knows the complete nodes of a tree.
pub trait Nodes {
    /// The root over the leaves `[index·2^height, (index+1)·2^height)`.
    fn node(&self, height: u32, index: u64) -> Result<Hash, LedgerError>;
}

/// The root of a subtree, complete or ragged.
pub fn root(nodes: &impl Nodes, subtree: Subtree) -> Result<Hash, LedgerError> {
    range(nodes, subtree.start(), subtree.end())
}

/// The path of a leaf in a subtree, leaf to root.
pub fn inclusion(nodes: &impl Nodes, index: u64, subtree: Subtree) -> Result<Vec<Hash>, LedgerError> {
    if index < subtree.start() || index >= subtree.end() {
        let what = format!("index {index} is not in [{}, {})", subtree.start(), subtree.end());
        return Err(LedgerError::Range { what });
    }
    let leaf = Subtree::new(index, index + 1).map_err(|_| range_error(index, index + 1))?;
    let mut path = Vec::new();
    subproof(nodes, leaf, true, subtree.start(), subtree.end(), &mut path)?;
    Ok(path)
}

/// That the tree of `new` entries begins with the one of `old`. Empty for `old` 0 or `new`.
pub fn consistency(nodes: &impl Nodes, old: u64, new: u64) -> Result<Vec<Hash>, LedgerError> {
    if old == 0 && new > 0 {
        return Ok(Vec::new());
    }
    subtree_consistency(nodes, Subtree::new(0, old).map_err(|_| range_error(0, old))?, new)
}

/// That the tree of `size` entries has this subtree in it. Empty for an empty subtree.
pub fn subtree_consistency(
    nodes: &impl Nodes,
    subtree: Subtree,
    size: u64,
) -> Result<Vec<Hash>, LedgerError> {
    if subtree.end() > size {
        let what = format!("[{}, {}) is not in a ledger of {size} entries", subtree.start(), subtree.end());
        return Err(LedgerError::Range { what });
    }
    let mut proof = Vec::new();
    if subtree.start() < subtree.end() {
        subproof(nodes, subtree, true, 0, size, &mut proof)?;
    }
    Ok(proof)
}

/// `SUBTREE_SUBPROOF` of the draft, in the tree over `[low, high)`. `known`: the verifier has this node's hash already.
fn subproof(
    nodes: &impl Nodes,
    subtree: Subtree,
    known: bool,
    low: u64,
    high: u64,
    proof: &mut Vec<Hash>,
) -> Result<(), LedgerError> {
    let (start, end) = (subtree.start(), subtree.end());
    if start == low && end == high {
        if !known {
            proof.push(range(nodes, low, high)?);
        }
        return Ok(());
    }
    let middle = low + split(high - low);
    if end <= middle {
        subproof(nodes, subtree, known, low, middle, proof)?;
        proof.push(range(nodes, middle, high)?);
    } else if start >= middle {
        subproof(nodes, subtree, known, middle, high, proof)?;
        proof.push(range(nodes, low, middle)?);
    } else {
        // It holds the whole left half, or it would be no subtree; its right part is looked for on the right.
        let right = Subtree::new(middle, end).map_err(|_| range_error(middle, end))?;
        subproof(nodes, right, false, middle, high, proof)?;
        proof.push(range(nodes, low, middle)?);
    }
    Ok(())
}

/// `MTH(start, end)` where start is a multiple of the next power of two of the length.
fn range(nodes: &impl Nodes, start: u64, end: u64) -> Result<Hash, LedgerError> {
    let length = end.saturating_sub(start);
    if length == 0 {
        return Ok(hash::empty_root());
    }
    if length.is_power_of_two() {
        return nodes.node(length.ilog2(), start >> length.ilog2());
    }
    let middle = start + split(length);
    Ok(hash::node_hash(&range(nodes, start, middle)?, &range(nodes, middle, end)?))
}

/// The largest power of two below `length`, which is at least 2.
fn split(length: u64) -> u64 {
    1 << (length - 1).ilog2()
}

fn range_error(start: u64, end: u64) -> LedgerError {
    LedgerError::Range { what: format!("[{start}, {end}) is no subtree") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha2::{Digest, Sha256};

    /// Leaves of the largest tree in the accumulated vectors.
    const LEAVES: u64 = 130;

    /// All complete nodes of a tree, `levels[height][index]`.
    struct Levels(Vec<Vec<Hash>>);

    impl Nodes for Levels {
        fn node(&self, height: u32, index: u64) -> Result<Hash, LedgerError> {
            let node = self.0.get(height as usize).and_then(|level| level.get(index as usize));
            node.copied().ok_or_else(|| LedgerError::range("no such node"))
        }
    }

    /// D[i] is the single byte i.
    fn nodes() -> Levels {
        let mut levels: Vec<Vec<Hash>> = vec![(0..LEAVES).map(|i| hash::leaf_hash(&[i as u8])).collect()];
        while levels[levels.len() - 1].len() > 1 {
            let below = &levels[levels.len() - 1];
            levels.push(below.chunks_exact(2).map(|pair| hash::node_hash(&pair[0], &pair[1])).collect());
        }
        Levels(levels)
    }

    fn subtrees(end: u64) -> impl Iterator<Item = Subtree> {
        (0..=end).flat_map(|end| (0..=end).filter_map(move |start| Subtree::new(start, end).ok()))
    }

    fn line(sum: &mut Sha256, head: String, hashes: &[Hash]) {
        let hex = |hash: &Hash| hash.as_bytes().iter().map(|b| format!("{b:02x}")).collect::<String>();
        let hashes: String = hashes.iter().map(|hash| format!(" {}", hex(hash))).collect();
        sum.update(format!("{head}{hashes}\n"));
    }

    /// The sums that the Merkle Tree Certificates draft publishes over every proof of every tree up to 130 leaves.
    #[test]
    fn the_accumulated_vectors_of_the_draft() {
        let nodes = nodes();
        let [mut hashes, mut paths, mut proofs] = [Sha256::new(), Sha256::new(), Sha256::new()];
        for subtree in subtrees(LEAVES) {
            line(&mut hashes, subtree.to_string(), &[root(&nodes, subtree).unwrap()]);
            for index in subtree.start()..subtree.end() {
                line(&mut paths, format!("{index} {subtree}"), &inclusion(&nodes, index, subtree).unwrap());
            }
        }
        for size in 0..=LEAVES {
            for subtree in subtrees(size) {
                let proof = subtree_consistency(&nodes, subtree, size).unwrap();
                line(&mut proofs, format!("{subtree} {size}"), &proof);
            }
        }
        let page: serde_json::Value =
            serde_json::from_str(include_str!("../../../verifier/vectors/merkle/accumulated.json")).unwrap();
        for (name, sum) in [("hashes", hashes), ("inclusion", paths), ("consistency", proofs)] {
            let sum: String = sum.finalize().iter().map(|b| format!("{b:02x}")).collect();
            assert_eq!(page[name], sum, "{name}");
        }
    }
}
