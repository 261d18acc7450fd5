//! Checkpoints, batch notes, cosignatures and tlog-proofs of one small ledger: 41 entries, the last batch [17, 41).

use super::Case;
use super::pair::{Pair, root_seed, sign, signature_line};
use super::tree::Tree;
use ed25519_dalek::Signer as _;
use verifier::batch_note::BatchNote;
use verifier::checkpoint::Checkpoint;
use verifier::cosignature;
use verifier::entry::Entry;
use verifier::hash::{Hash, leaf_hash};
use verifier::key::KeyKind;
use verifier::merkle::Subtree;
use verifier::note::{Note, SignatureLine};
use verifier::origin::Origin;
use verifier::time::Time;
use verifier::tlog_proof::TlogProof;

pub const ORIGIN: &str = "credit.example.gov.cn/ledger";
pub const SEALED: u64 = 1_795_310_130;

fn entry(index: u64) -> Entry {
    Entry::of_core(&Origin::parse(ORIGIN).unwrap(), index.to_string().as_bytes())
}

fn tree() -> Tree {
    Tree::new(41, |i| *entry(i).as_bytes())
}

fn checkpoint(origin: &str, size: u64, root: Hash) -> String {
    Checkpoint::new(Origin::parse(origin).unwrap(), size, root).unwrap().text()
}

pub fn ledger_key() -> Pair {
    Pair::new(root_seed("ledger"), ORIGIN, KeyKind::Note)
}

pub fn batch_key() -> Pair {
    Pair::new(root_seed("batch"), &format!("{ORIGIN}/batch"), KeyKind::Note)
}

fn witness_key() -> Pair {
    Pair::new(root_seed("witness"), "province.example.gov.cn/witness", KeyKind::Cosignature)
}

pub fn cases() -> Vec<Case> {
    let mut all = checkpoints();
    all.extend(batch_notes());
    all.extend(cosignatures());
    all.extend(proofs());
    all
}

fn checkpoints() -> Vec<Case> {
    let text = checkpoint(ORIGIN, 41, tree().hash(0, 41));
    let case = |name, what, expect, input: String| {
        Case::new("checkpoint", name, what, "checkpoint", input, expect).with("vkey", ledger_key().vkey())
    };
    let signed = |text: &str| sign(text, &[&ledger_key()]);
    let bad = |name, what, from: &str, to: &str| {
        assert!(text.contains(from));
        case(name, what, "FORMAT_BAD", signed(&text.replacen(from, to, 1)))
    };
    let root = tree().hash(0, 41).to_base64();
    let empty = checkpoint(ORIGIN, 0, verifier::hash::empty_root());
    let other = Pair::new(root_seed("other"), "other.example.gov.cn/ledger", KeyKind::Note);
    vec![
        case("good", "41 entries", "ok", signed(&text)).with("size", 41).with("root", root.clone()),
        case("empty-ledger", "no entry yet", "ok", signed(&empty))
            .with("size", 0)
            .with("root", verifier::hash::empty_root().to_base64()),
        case(
            "other-origin",
            "another office's checkpoint, signed by that office",
            "SIGNER_UNKNOWN",
            sign(&checkpoint("other.example.gov.cn/ledger", 41, tree().hash(0, 41)), &[&other]),
        ),
        case(
            "changed-size",
            "the size was changed after signing",
            "SIG_BAD",
            signed(&text).replacen("\n41\n", "\n42\n", 1),
        ),
        case("signed-by-batch-key", "signed by the batch key, said to be the ledger key", "SIG_BAD", {
            let signature = batch_key().secret.sign(text.as_bytes()).to_bytes();
            signature_line(&text, &ledger_key(), signature)
        }),
        bad("extension-line", "a fourth line", &format!("{root}\n"), &format!("{root}\nextension\n")),
        bad("no-root", "two lines", &format!("{root}\n"), ""),
        bad("leading-zero", "the size has a leading zero", "\n41\n", "\n041\n"),
        bad("plus", "the size has a sign", "\n41\n", "\n+41\n"),
        bad("size-too-large", "the size is 2^64", "\n41\n", "\n18446744073709551616\n"),
        bad("root-unpadded", "the root without its padding", "=\n", "\n"),
        bad("root-31-bytes", "the root is too short", &root, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=="),
        bad("empty-with-root", "size 0 with another root", "\n41\n", "\n0\n"),
        bad("origin-upper-case", "an origin with a capital letter", "credit.", "Credit."),
        bad("origin-batch", "an origin that ends like a key's name", "/ledger", "/batch"),
        case(
            "batch-note",
            "a batch note offered as a checkpoint",
            "FORMAT_BAD",
            sign(&batch_text(), &[&batch_key()]),
        ),
        case("carriage-return", "lines that end in CR LF", "FORMAT_BAD", signed(&text).replace('\n', "\r\n")),
    ]
}

fn batch_text() -> String {
    let (origin, subtree) = (Origin::parse(ORIGIN).unwrap(), Subtree::new(16, 32).unwrap());
    BatchNote::new(origin, subtree, tree().hash(16, 32), Time::new(SEALED).unwrap()).unwrap().text()
}

fn batch_notes() -> Vec<Case> {
    let text = batch_text();
    let case = |name, what, expect, input: String| {
        Case::new("batch-note", name, what, "batch-note", input, expect).with("vkey", batch_key().vkey())
    };
    let signed = |text: &str| sign(text, &[&batch_key()]);
    let bad = |name, what, from: &str, to: &str| {
        assert!(text.contains(from));
        case(name, what, "FORMAT_BAD", signed(&text.replacen(from, to, 1)))
    };
    let checkpoint = checkpoint(ORIGIN, 41, tree().hash(0, 41));
    vec![
        case("good", "entries 16 to 31", "ok", signed(&text))
            .with("start", 16)
            .with("end", 32)
            .with("hash", tree().hash(16, 32).to_base64())
            .with("time", SEALED),
        case(
            "changed-time",
            "the time was changed after signing",
            "SIG_BAD",
            signed(&text).replacen("1795310130", "1795310131", 1),
        ),
        case(
            "changed-range",
            "the range was changed after signing",
            "SIG_BAD",
            signed(&text).replacen("16 32", "0 32", 1),
        ),
        case(
            "checkpoint-signature",
            "a signature of the ledger key over the same text, said to be the batch key's",
            "SIG_BAD",
            {
                let signature = ledger_key().secret.sign(text.as_bytes()).to_bytes();
                signature_line(&text, &batch_key(), signature)
            },
        ),
        case("replayed-signature", "the batch key's signature over a status note", "SIG_BAD", {
            let status = "credit.example.gov.cn/ledger/status\nshard 0\n";
            let signature = batch_key().secret.sign(status.as_bytes()).to_bytes();
            signature_line(&text, &batch_key(), signature)
        }),
        case(
            "signed-by-ledger-key",
            "signed under the ledger key's own name",
            "SIGNER_UNKNOWN",
            sign(&text, &[&ledger_key()]),
        ),
        bad("no-subtree", "[17, 33) is no subtree", "16 32", "17 33"),
        bad("empty-range", "an empty range", "16 32", "16 16"),
        bad("backward-range", "a range that ends before it begins", "16 32", "32 16"),
        bad("two-spaces", "two spaces between start and end", "16 32", "16  32"),
        bad("leading-zero", "a leading zero", "16 32", "016 32"),
        bad("milliseconds", "a time in milliseconds", "1795310130", "1795310130000"),
        bad("no-time", "three lines", "\n1795310130\n", "\n"),
        bad("five-lines", "five lines", "1795310130\n", "1795310130\nmore\n"),
        bad("name-of-ledger", "the first line is not a batch key's name", "/ledger/batch", "/ledger"),
        bad("hash-bits", "unused bits of the hash's base64 are set", "=\n", "B=\n"),
        case(
            "checkpoint",
            "a checkpoint offered as a batch note",
            "FORMAT_BAD",
            sign(&checkpoint, &[&ledger_key()]),
        ),
    ]
}

fn cosigned(text: &str, time: u64) -> Note {
    let (key, time) = (witness_key(), Time::new(time).unwrap());
    let signature = key.secret.sign(&cosignature::signed_bytes(time, text)).to_bytes();
    let note = Note::parse(&sign(text, &[&ledger_key()])).unwrap();
    note.with_signature(SignatureLine::cosignature(&key.key, time, signature)).unwrap()
}

fn cosignatures() -> Vec<Case> {
    let text = checkpoint(ORIGIN, 41, tree().hash(0, 41));
    let case = |name, what, expect, input: String| {
        Case::new("cosignature", name, what, "cosignature", input, expect).with("vkey", witness_key().vkey())
    };
    let later = |by: u64| {
        let (key, time) = (witness_key(), Time::new(SEALED).unwrap());
        let signature = key.secret.sign(&cosignature::signed_bytes(time, &text)).to_bytes();
        let line = SignatureLine::cosignature(&key.key, Time::new(SEALED + by).unwrap(), signature);
        Note::new(text.clone()).unwrap().with_signature(line).unwrap().encode()
    };
    let without_time = witness_key().secret.sign(text.as_bytes()).to_bytes();
    vec![
        case(
            "good",
            "seen by a witness a second after it was sealed",
            "ok",
            cosigned(&text, SEALED + 1).encode(),
        )
        .with("time", SEALED + 1),
        case("time-changed", "the time was changed after signing", "SIG_BAD", later(86_400)),
        case("time-zero", "the time is 0", "SIG_BAD", cosigned(&text, 0).encode()),
        case(
            "no-time",
            "a signature of the bare text, without a time",
            "SIG_BAD",
            signature_line(&text, &witness_key(), without_time),
        ),
        case(
            "text-changed",
            "of another checkpoint",
            "SIG_BAD",
            cosigned(&text, SEALED).encode().replacen("\n41\n", "\n42\n", 1),
        ),
        case("none", "no cosignature of this witness", "SIGNER_UNKNOWN", sign(&text, &[&ledger_key()])),
    ]
}

fn proofs() -> Vec<Case> {
    let tree = tree();
    let text = checkpoint(ORIGIN, 41, tree.hash(0, 41));
    let good = TlogProof::new(29, tree.path(29, 0, 41), cosigned(&text, SEALED + 1)).unwrap().encode();
    let case = |name, what, expect, input: &str| {
        Case::new("tlog-proof", name, what, "tlog-proof", input, expect)
            .with("entry", verifier::base64::encode(entry(29).as_bytes()))
    };
    let bad = |name, what, expect, from: &str, to: &str| {
        assert!(good.contains(from));
        case(name, what, expect, &good.replacen(from, to, 1))
    };
    let first = tree.leaf(28).to_base64();
    let last = tree.hash(32, 41).to_base64();
    vec![
        case("good", "entry 29 of 41, cosigned", "ok", &good).with("index", 29).with("size", 41),
        bad(
            "extra",
            "unauthenticated extra data, which is ignored",
            "ok",
            "index 29",
            "extra AAEC\nindex 29",
        )
        .with("index", 29)
        .with("size", 41),
        bad("wrong-index", "the neighbour's index", "PATH_BAD", "index 29", "index 28"),
        bad("index-beyond", "an index that is not below the size", "FORMAT_BAD", "index 29", "index 41"),
        bad("hash-missing", "the last hash is missing", "PATH_BAD", &format!("{last}\n"), ""),
        bad(
            "hash-too-many",
            "the last hash twice",
            "PATH_BAD",
            &format!("{last}\n"),
            &format!("{last}\n{last}\n"),
        ),
        bad("other-hash", "another hash", "PATH_BAD", &first, &leaf_hash(b"other").to_base64()),
        bad(
            "other-root",
            "a checkpoint of another tree",
            "PATH_BAD",
            &tree.hash(0, 41).to_base64(),
            &leaf_hash(b"other").to_base64(),
        ),
        bad("other-size", "a checkpoint of another size", "PATH_BAD", "\n41\n", "\n100\n"),
        bad("version", "another version", "FORMAT_BAD", "@v1", "@v2"),
        bad("no-index", "no index", "FORMAT_BAD", "index 29\n", ""),
        bad("index-leading-zero", "a leading zero", "FORMAT_BAD", "index 29", "index 029"),
        bad(
            "extra-after-index",
            "extra data after the index",
            "FORMAT_BAD",
            "index 29\n",
            "index 29\nextra AAEC\n",
        ),
        bad("no-blank-line", "no blank line before the checkpoint", "FORMAT_BAD", "\n\n", "\n"),
        bad(
            "short-hash",
            "a hash of 31 bytes",
            "FORMAT_BAD",
            &first,
            "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
        ),
        case(
            "65-hashes",
            "more hashes than any path has",
            "FORMAT_BAD",
            &good.replacen(&first, &[first.as_str(); 65].join("\n"), 1),
        ),
        case(
            "unsigned",
            "a checkpoint without signatures",
            "FORMAT_BAD",
            good.split_inclusive("\n\n").take(1).chain([text.as_str()]).collect::<String>().as_str(),
        ),
    ]
}
