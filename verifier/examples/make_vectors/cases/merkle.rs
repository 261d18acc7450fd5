//! Inclusion, consistency, subtrees and covers. The leaves of the trees are the entries "0", "1", "2", …

use super::Case;
use super::tree::Tree;
use serde_json::json;
use verifier::hash::Hash;

const MERKLE: &str = "merkle";

fn tree(n: u64) -> Tree {
    Tree::new(n, |i| i.to_string())
}

fn bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

/// The entry `index` in `[start, end)`.
fn inclusion(name: &'static str, what: &'static str, expect: &'static str, place: Inclusion) -> Case {
    let Inclusion { entry, index, start, end, path, root } = place;
    Case::new(MERKLE, name, what, "inclusion", bytes(&path), expect)
        .with("entry", verifier::base64::encode(&entry))
        .with("index", index)
        .with("start", start)
        .with("end", end)
        .with("root", root.to_base64())
}

struct Inclusion {
    entry: Vec<u8>,
    index: u64,
    start: u64,
    end: u64,
    path: Vec<Hash>,
    root: Hash,
}

impl Inclusion {
    fn good(index: u64, start: u64, end: u64) -> Inclusion {
        let tree = tree(end);
        let entry = index.to_string().into_bytes();
        Inclusion {
            entry,
            index,
            start,
            end,
            path: tree.path(index, start, end),
            root: tree.hash(start, end),
        }
    }
}

fn consistency(
    name: &'static str,
    what: &'static str,
    expect: &'static str,
    (old, old_root): (u64, Hash),
    (new, new_root): (u64, Hash),
    proof: &[Hash],
) -> Case {
    Case::new(MERKLE, name, what, "consistency", bytes(proof), expect)
        .with("old_size", old)
        .with("old_root", old_root.to_base64())
        .with("new_size", new)
        .with("new_root", new_root.to_base64())
}

fn subtree_consistency(
    name: &'static str,
    what: &'static str,
    expect: &'static str,
    (start, end, hash): (u64, u64, Hash),
    (size, root): (u64, Hash),
    proof: &[Hash],
) -> Case {
    Case::new(MERKLE, name, what, "subtree-consistency", bytes(proof), expect)
        .with("start", start)
        .with("end", end)
        .with("hash", hash.to_base64())
        .with("size", size)
        .with("root", root.to_base64())
}

fn range(
    name: &'static str,
    what: &'static str,
    check: &'static str,
    expect: &'static str,
    start: u64,
    end: u64,
) -> Case {
    Case::new(MERKLE, name, what, check, [], expect).with("start", start).with("end", end)
}

pub fn cases() -> Vec<Case> {
    let mut all = inclusions();
    all.extend(consistencies());
    all.extend(subtree_consistencies());
    all.extend(ranges());
    all.push(accumulated());
    all
}

/// Of the Merkle Tree Certificates draft: SHA-256, in hexadecimal, over all lines.
fn accumulated() -> Case {
    let what = "SHA-256 over one line for each subtree, path, proof and cover of trees of up to 130 leaves, D[i] the byte i";
    Case::new(MERKLE, "accumulated", what, "accumulated", [], "ok")
        .with("hashes", "b82806ad4265bb151c1119c0f4db437bb4d1a1f887b3a7fba1cd4ebf552e3e81")
        .with("inclusion", "ac2a8f989e44d99e399db448050ff5f19757df53cfb716aa81015d3955d8163f")
        .with("consistency", "10fa99b37bf9bf9ffa26b412fbd98bd75363256d0b75d61bc4538b9c9c5a0a74")
        .with("cover", "7fd9c8b926e9d2b5cf831560e8ce295a5ef97ad5c5ede4ea0dea28a8c8fc8bb0")
}

fn inclusions() -> Vec<Case> {
    let mut all = vec![
        inclusion("inclusion-of-one", "a tree of one leaf has an empty path", "ok", Inclusion::good(0, 0, 1)),
        inclusion("inclusion-first-of-seven", "the first leaf of seven", "ok", Inclusion::good(0, 0, 7)),
        inclusion(
            "inclusion-last-of-seven",
            "the last leaf of seven skips a level",
            "ok",
            Inclusion::good(6, 0, 7),
        ),
        inclusion(
            "inclusion-in-subtree",
            "leaf 29 in the subtree [16, 32)",
            "ok",
            Inclusion::good(29, 16, 32),
        ),
        inclusion(
            "inclusion-in-ragged-subtree",
            "leaf 38 in the subtree [32, 39)",
            "ok",
            Inclusion::good(38, 32, 39),
        ),
    ];
    let mut bad = |name, what, change: &dyn Fn(&mut Inclusion)| {
        let mut place = Inclusion::good(29, 16, 32);
        change(&mut place);
        all.push(inclusion(name, what, "PATH_BAD", place));
    };
    bad("path-hash-missing", "the last hash of the path is missing", &|p| p.path.truncate(3));
    bad("path-first-hash-missing", "the first hash of the path is missing", &|p| {
        p.path = p.path.split_off(1)
    });
    bad("path-empty", "the path is empty", &|p| p.path.clear());
    bad("path-hash-too-many", "a hash follows the root", &|p| p.path.push(p.root));
    bad("path-65-hashes", "more hashes than any path has", &|p| p.path = vec![p.root; 65]);
    bad("path-turned-round", "the path is written from the root to the leaf", &|p| p.path.reverse());
    bad("wrong-entry", "another entry", &|p| p.entry = b"28".to_vec());
    bad("wrong-root", "the root of another tree", &|p| p.root = tree(7).hash(0, 7));
    bad("wrong-index", "the right path with the neighbour's index", &|p| p.index = 28);
    bad("index-below-start", "an index below the start of the subtree", &|p| p.index = 13);
    bad("index-at-end", "an index that is not below the end", &|p| p.index = 32);
    bad("index-far", "the same place one tree further", &|p| p.index = 45);
    bad("other-size", "the range's end gives the path another shape", &|p| p.end = 24);
    bad("inner-node-as-leaf", "the two hashes under an inner node are offered as an entry", &|p| {
        let tree = tree(32);
        p.entry = bytes(&[tree.leaf(28), tree.leaf(29)]);
        (p.index, p.start, p.end) = (14, 8, 16);
        p.path.remove(0);
    });
    let mut single = Inclusion::good(0, 0, 1);
    single.path = vec![single.root];
    all.push(inclusion("one-leaf-with-path", "a tree of one leaf has no path", "PATH_BAD", single));
    let mut empty = Inclusion::good(0, 0, 1);
    (empty.end, empty.root) = (0, verifier::hash::empty_root());
    all.push(inclusion("empty-tree", "an empty tree holds nothing", "PATH_BAD", empty));
    // Bitcoin doubles an odd last node (CVE-2012-2459); RFC 6962 does not.
    let mut doubled = Inclusion::good(2, 0, 3);
    doubled.path.insert(0, tree(3).leaf(2));
    (doubled.index, doubled.end) = (3, 4);
    all.push(inclusion(
        "odd-leaf-doubled",
        "the odd last leaf of three is offered a second time as leaf 3",
        "PATH_BAD",
        doubled,
    ));
    all
}

fn consistencies() -> Vec<Case> {
    let tree = tree(41);
    let head = |n| (n, tree.hash(0, n));
    let proof = |old, new| tree.subtree_proof(0, old, new);
    let good = proof(17, 41);
    let missing = &good[..good.len() - 1];
    let too_many = [&good[..], &good[..1]].concat();
    let other = Tree::new(41, |i| (i + 100).to_string());
    let other_head = |n| (n, other.hash(0, n));
    vec![
        consistency("consistency-17-41", "a ledger of 17 grows to 41", "ok", head(17), head(41), &good),
        consistency("consistency-32-41", "from a power of two", "ok", head(32), head(41), &proof(32, 41)),
        consistency("consistency-to-power", "to a power of two", "ok", head(17), head(32), &proof(17, 32)),
        consistency("consistency-same", "the same size needs no proof", "ok", head(41), head(41), &[]),
        consistency(
            "consistency-from-empty",
            "an empty ledger is the beginning of any",
            "ok",
            head(0),
            head(41),
            &[],
        ),
        consistency(
            "consistency-from-empty-with-proof",
            "from an empty ledger the proof is empty",
            "PATH_BAD",
            head(0),
            head(41),
            &good[..1],
        ),
        consistency(
            "consistency-empty-other-root",
            "an empty ledger has one root",
            "PATH_BAD",
            (0, head(1).1),
            head(41),
            &[],
        ),
        consistency("consistency-hash-missing", "a hash is missing", "PATH_BAD", head(17), head(41), missing),
        consistency(
            "consistency-hash-too-many",
            "a hash too many",
            "PATH_BAD",
            head(17),
            head(41),
            &too_many,
        ),
        consistency("consistency-empty-proof", "no hash at all", "PATH_BAD", head(17), head(41), &[]),
        consistency(
            "consistency-other-old",
            "another ledger of 17",
            "PATH_BAD",
            other_head(17),
            head(41),
            &good,
        ),
        consistency(
            "consistency-other-new",
            "another ledger of 41",
            "PATH_BAD",
            head(17),
            other_head(41),
            &good,
        ),
        consistency("shrinking", "a ledger of 41 shrinks to 17", "PATH_BAD", head(41), head(17), &good),
        consistency("split-view", "two roots of one size", "PATH_BAD", head(41), other_head(41), &[]),
        consistency(
            "same-with-proof",
            "equal sizes with a proof",
            "PATH_BAD",
            head(41),
            head(41),
            &good[..1],
        ),
    ]
}

fn subtree_consistencies() -> Vec<Case> {
    let tree = tree(41);
    let head = (41, tree.hash(0, 41));
    let sub = |start, end| (start, end, tree.hash(start, end));
    let proof = |start, end| tree.subtree_proof(start, end, 41);
    let ragged = proof(32, 39);
    vec![
        subtree_consistency("subtree-full", "[16, 32) lies in 41", "ok", sub(16, 32), head, &proof(16, 32)),
        subtree_consistency(
            "subtree-ragged",
            "[32, 39), not a power of two, lies in 41",
            "ok",
            sub(32, 39),
            head,
            &ragged,
        ),
        subtree_consistency(
            "subtree-at-end",
            "[40, 41) at the end of the ledger",
            "ok",
            sub(40, 41),
            head,
            &proof(40, 41),
        ),
        subtree_consistency("subtree-whole", "[0, 41) in 41 needs no proof", "ok", sub(0, 41), head, &[]),
        subtree_consistency(
            "subtree-moved",
            "the hash of [16, 32) for [0, 16)",
            "PATH_BAD",
            (0, 16, sub(16, 32).2),
            head,
            &proof(16, 32),
        ),
        subtree_consistency(
            "subtree-hash-missing",
            "a hash is missing",
            "PATH_BAD",
            sub(32, 39),
            head,
            &ragged[..ragged.len() - 1],
        ),
        subtree_consistency(
            "subtree-hash-too-many",
            "a hash too many",
            "PATH_BAD",
            sub(16, 32),
            head,
            &[&proof(16, 32)[..], &ragged[..1]].concat(),
        ),
        subtree_consistency(
            "subtree-no-proof",
            "a ragged subtree without proof",
            "PATH_BAD",
            sub(32, 39),
            head,
            &[],
        ),
        subtree_consistency(
            "subtree-beyond",
            "ends after the ledger",
            "PATH_BAD",
            (32, 42, sub(32, 41).2),
            head,
            &ragged,
        ),
        subtree_consistency(
            "subtree-empty",
            "an empty subtree lies nowhere",
            "PATH_BAD",
            (16, 16, sub(16, 16).2),
            head,
            &[],
        ),
        subtree_consistency(
            "no-subtree",
            "[17, 33) is no subtree",
            "FORMAT_BAD",
            (17, 33, sub(16, 32).2),
            head,
            &proof(16, 32),
        ),
    ]
}

fn ranges() -> Vec<Case> {
    let cover = |name, what, start: u64, end: u64, cover: serde_json::Value| {
        range(name, what, "cover", "ok", start, end).with("cover", cover)
    };
    vec![
        range("range-4-7", "[4, 7) is a subtree: 4 is a multiple of 4", "subtree", "ok", 4, 7),
        range("range-empty", "an empty range is a subtree", "subtree", "ok", 5, 5),
        range("range-longest", "from 0 any range is one", "subtree", "ok", 0, (1 << 53) - 1),
        range("range-2-5", "[2, 5) is none: 2 is not a multiple of 4", "subtree", "FORMAT_BAD", 2, 5),
        range("range-backward", "ends before it begins", "subtree", "FORMAT_BAD", 8, 4),
        cover("cover-aligned", "a batch that is a subtree is signed alone", 16, 32, json!([[16, 32]])),
        cover("cover-17-33", "the left one reaches back to 16", 17, 33, json!([[16, 32], [32, 33]])),
        cover("cover-5-13", "two of four and five", 5, 13, json!([[4, 8], [8, 13]])),
        range("cover-backward", "ends before it begins", "cover", "FORMAT_BAD", 33, 17),
    ]
}
