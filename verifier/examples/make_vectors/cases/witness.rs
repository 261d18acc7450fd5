//! Requests to a witness and what it answers: each a witness that was asked some things before, and one request more.

use super::Case;
use super::accounts::{ORIGIN, batch_key, ledger_key};
use super::pair::{Pair, root_seed, sign};
use super::quorum::cosign;
use super::tree::Tree;
use serde_json::Value;
use verifier::base64;
use verifier::hash::{Hash, empty_root, leaf_hash};
use verifier::key::KeyKind;

const NOW: u64 = 1_795_310_200;
const OTHER: &str = "example.com/behind-the-sofa";

fn witness() -> Pair {
    Pair::new(root_seed("witness"), "province.example.gov.cn/witness", KeyKind::Cosignature)
}

fn other() -> Pair {
    Pair::new(root_seed("sofa"), OTHER, KeyKind::Note)
}

fn tree() -> Tree {
    Tree::new(41, |i| i.to_string())
}

fn root(size: u64) -> Hash {
    if size == 0 { empty_root() } else { tree().hash(0, size) }
}

fn way(old: u64, new: u64) -> Vec<Hash> {
    if old == 0 || old == new { Vec::new() } else { tree().subtree_proof(0, old, new) }
}

fn head_of(origin: &str, size: u64, root: Hash, key: &Pair) -> String {
    sign(&format!("{origin}\n{size}\n{root}\n"), &[key])
}

fn head(size: u64) -> String {
    head_of(ORIGIN, size, root(size), &ledger_key())
}

fn request(old: u64, proof: &[Hash], head: &str) -> String {
    let proof: String = proof.iter().map(|hash| format!("{hash}\n")).collect();
    format!("old {old}\n{proof}\n{head}")
}

fn from(old: u64, new: u64) -> String {
    request(old, &way(old, new), &head(new))
}

/// The line that the witness gives for this head.
fn line(head: &str) -> String {
    cosign(head, &witness(), NOW).lines().last().map(|line| format!("{line}\n")).unwrap()
}

/// `before`: what it has cosigned already, one after the other.
fn case(name: &'static str, what: &'static str, expect: &'static str, before: &[u64], input: String) -> Case {
    let mut ledgers = [ledger_key().vkey(), other().vkey()];
    ledgers.sort();
    let mut seen = 0;
    let asked: Vec<Value> = before
        .iter()
        .map(|size| {
            let old = std::mem::replace(&mut seen, *size);
            base64::encode(from(old, *size).as_bytes()).into()
        })
        .collect();
    Case::new("add-checkpoint", name, what, "add-checkpoint", input, expect)
        .with("witness", witness().vkey())
        .with("ledgers", ledgers.to_vec())
        .with("now", NOW)
        .with("before", asked)
}

fn answered(case: Case, body: &str) -> Case {
    case.with("answer", base64::encode(body.as_bytes()))
}

pub fn cases() -> Vec<Case> {
    let mut all = signed();
    all.extend(refused());
    all.extend(malformed());
    all
}

fn signed() -> Vec<Case> {
    let ok = |name, what, before: &[u64], input: String, head: String| {
        answered(case(name, what, "ok", before, input), &line(&head))
    };
    let both = sign(&format!("{ORIGIN}\n41\n{}\n", root(41)), &[&ledger_key(), &batch_key()]);
    let extended = sign(&format!("{OTHER}\n1\n{}\nan extension line\n", leaf_hash(b"a")), &[&other()]);
    vec![
        ok("first", "the first head of a ledger", &[], from(0, 29), head(29)),
        ok("grown", "twelve entries more", &[29], from(29, 41), head(41)),
        ok("grown-twice", "after two others", &[17, 29], from(29, 41), head(41)),
        ok("same-again", "the same head again", &[41], from(41, 41), head(41)),
        ok("empty", "an empty ledger", &[], from(0, 0), head(0)),
        ok("from-empty", "the first entries of an empty one", &[0], from(0, 29), head(29)),
        ok(
            "unknown-signature-beside",
            "a signature of an unknown key beside the ledger's",
            &[],
            request(0, &[], &both),
            both,
        ),
        ok(
            "extension-lines",
            "a ledger of another kind, with an extension line",
            &[],
            request(0, &[], &extended),
            extended,
        ),
    ]
}

fn refused() -> Vec<Case> {
    let stranger = Pair::new(root_seed("stranger"), ORIGIN, KeyKind::Note);
    let elsewhere = Pair::new(root_seed("other"), "other.example.gov.cn/ledger", KeyKind::Note);
    let spoiled = head(41).replacen("\n41\n", "\n40\n", 1);
    let otherwise = |size| head_of(ORIGIN, size, leaf_hash(b"another"), &ledger_key());
    let changed = |at: usize| {
        let mut proof = way(29, 41);
        proof[at] = leaf_hash(b"another");
        proof
    };
    let longer = [way(29, 41), vec![leaf_hash(b"more")]].concat();
    let of_size = |name, what, before: &[u64], input: String, size: u64| {
        answered(case(name, what, "409", before, input), &format!("{size}\n"))
    };
    vec![
        case("origin-unknown", "a ledger that is none of the witness's", "404", &[], {
            request(0, &[], &head_of("other.example.gov.cn/ledger", 1, leaf_hash(b"a"), &elsewhere))
        }),
        case("origin-unknown-not-signed-by-it", "an unknown ledger comes before who signed", "404", &[], {
            request(0, &[], &head_of("other.example.gov.cn/ledger", 1, leaf_hash(b"a"), &ledger_key()))
        }),
        case("signer-unknown", "signed by a key of the same name that is not known", "403", &[], {
            request(0, &[], &head_of(ORIGIN, 29, root(29), &stranger))
        }),
        case(
            "signer-of-another-ledger",
            "signed by the key of another ledger of the witness's",
            "403",
            &[],
            request(0, &[], &head_of(ORIGIN, 29, root(29), &other())),
        ),
        case("signature-bad", "the size was changed after signing", "403", &[], request(0, &[], &spoiled)),
        case(
            "signature-bad-and-conflict",
            "who signed comes before the size",
            "403",
            &[29],
            request(0, &[], &spoiled),
        ),
        case(
            "old-beyond",
            "the old size is beyond the new one",
            "400",
            &[],
            from(0, 29).replacen("old 0", "old 30", 1),
        ),
        of_size("conflict-first", "begins at a size that was never cosigned", &[], from(29, 41), 0),
        of_size("conflict-behind", "begins before the last one", &[17, 29], from(17, 41), 29),
        of_size("conflict-from-zero", "begins anew", &[29], from(0, 41), 29),
        of_size("conflict-shrinking", "a smaller head than the last", &[29], from(0, 17), 29),
        case("proof-empty", "grown without a proof", "422", &[29], request(29, &[], &head(41))),
        case(
            "proof-changed",
            "a hash of the proof is another",
            "422",
            &[29],
            request(29, &changed(1), &head(41)),
        ),
        case("proof-long", "a hash too many", "422", &[29], request(29, &longer, &head(41))),
        case(
            "proof-from-zero",
            "a proof from nothing",
            "422",
            &[],
            request(0, &[leaf_hash(b"a")], &head(29)),
        ),
        case(
            "proof-same-size",
            "a proof between equal sizes",
            "422",
            &[29],
            request(29, &[leaf_hash(b"a")], &head(29)),
        ),
        case(
            "root-other",
            "another root of the size cosigned last",
            "422",
            &[29],
            request(29, &[], &otherwise(29)),
        ),
        case("fork", "a larger tree that does not begin with the last one", "422", &[29], {
            request(29, &way(29, 41), &otherwise(41))
        }),
        case(
            "empty-root-other",
            "an empty ledger with another root",
            "422",
            &[],
            request(0, &[], &otherwise(0)),
        ),
    ]
}

fn malformed() -> Vec<Case> {
    let good = from(29, 41);
    let bad = |name, what, from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        case(name, what, "400", &[29], good.replacen(from, to, 1))
    };
    let first = way(29, 41)[0].to_base64();
    let many: Vec<Hash> = (0..64).map(|_| leaf_hash(b"a")).collect();
    let long_name = head_of(&"a".repeat(256), 1, leaf_hash(b"a"), &ledger_key());
    vec![
        bad("no-old", "no line with the old size", "old 29\n", ""),
        bad("old-leading-zero", "the old size with a leading zero", "old 29", "old 029"),
        bad("old-sign", "the old size with a sign", "old 29", "old +29"),
        bad("old-upper-case", "another word", "old 29", "Old 29"),
        bad("no-empty-line", "no empty line before the checkpoint", "\n\ncredit", "\ncredit"),
        bad("hash-short", "a hash that is none", &first, "AAAA"),
        bad("hash-unpadded", "a hash without its padding", &first, first.trim_end_matches('=')),
        bad("hash-space", "a hash with a space behind it", &first, &format!("{first} ")),
        bad("carriage-return", "a line that ends in CR LF", "old 29\n", "old 29\r\n"),
        bad("size-leading-zero", "the checkpoint's size with a leading zero", "\n41\n", "\n041\n"),
        case("hashes-64", "64 hashes", "400", &[29], request(29, &many, &head(41))),
        case("no-signature", "a checkpoint without a signature", "400", &[29], {
            let note = head(41);
            request(29, &way(29, 41), &format!("{}\n\n", note.split_once("\n\n").unwrap().0))
        }),
        case("extension-empty", "an empty extension line", "400", &[29], {
            request(0, &[], &sign(&format!("{ORIGIN}\n41\n{}\n\n", root(41)), &[&ledger_key()]))
        }),
        case(
            "name-256",
            "a name of 256 bytes",
            "400",
            &[],
            request(0, &[], &long_name.replace(&format!("— {ORIGIN}"), "— a")),
        ),
        case("nothing", "nothing", "400", &[], String::new()),
    ]
}
