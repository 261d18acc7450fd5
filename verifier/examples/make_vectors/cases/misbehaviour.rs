//! Proofs that a ledger was forked: of one size, of two sizes, and each with one thing wrong.

use super::Case;
use super::accounts::{ORIGIN, batch_key, ledger_key};
use super::pair::{Pair, root_seed, sign};
use super::quorum::cosign;
use super::tree::Tree;
use serde_json::json;
use verifier::base64;
use verifier::checkpoint::Checkpoint;
use verifier::hash::Hash;
use verifier::key::KeyKind;
use verifier::origin::Origin;

const COSIGNED: u64 = 1_795_310_200;

/// The honest ledger, and the other one that the office shows to somebody else: it differs from entry 20 on.
fn tree(branch: u8) -> Tree {
    Tree::new(41, move |i| [i as u8, if i < 20 { 0 } else { branch }])
}

fn witness() -> Pair {
    Pair::new(root_seed("witness"), "province.example.gov.cn/witness", KeyKind::Cosignature)
}

fn second_ledger_key() -> Pair {
    Pair::new(root_seed("ledger 2"), ORIGIN, KeyKind::Note)
}

fn other() -> Pair {
    Pair::new(root_seed("other"), "other.example.gov.cn/ledger", KeyKind::Note)
}

/// A bundle with the office, both of its ledger keys, and the witness.
fn bundle() -> String {
    let root = Pair::new(root_seed("root 1"), "credit.example.gov.cn/root", KeyKind::Note);
    let mut ledger = [ledger_key().vkey(), second_ledger_key().vkey()];
    ledger.sort();
    let dates = "1795312800 1826848800 2142381600";
    let text = format!(
        "credit.example.gov.cn/root\ntrust v1\nroot {}\nsequence 3\nissued 1795312800\nexpires 1826848800\noffice {ORIGIN}\n\
         organisation 12619900990000084G 示例县公共信用信息中心\nkinds credit-report\nkey ledger {} {dates}\nkey ledger {} {dates}\n\
         key batch {} {dates}\nwitness {} province.example.gov.cn 示例省信用中心\nquorum none\n",
        root.vkey(),
        ledger[0],
        ledger[1],
        batch_key().vkey(),
        witness().vkey(),
    );
    sign(&text, &[&root])
}

fn text(origin: &str, size: u64, root: Hash) -> String {
    Checkpoint::new(Origin::parse(origin).unwrap(), size, root).unwrap().text()
}

/// A head of the ledger, signed.
fn head(branch: u8, size: u64) -> String {
    sign(&text(ORIGIN, size, tree(branch).hash(0, size)), &[&ledger_key()])
}

/// Both heads of 41 entries, the lower root first.
fn pair() -> [String; 2] {
    let mut two = [(tree(1).hash(0, 41), 1), (tree(2).hash(0, 41), 2)];
    two.sort();
    two.map(|(_, branch)| head(branch, 41))
}

fn one_size(first: &str, second: &str) -> String {
    // Notes hold no character that JSON escapes but LF.
    let quoted = |note: &str| note.replace('\n', "\\n");
    format!(
        "{{\"format\":\"xinzheng/misbehaviour/v1\",\"first\":\"{}\",\"second\":\"{}\"}}\n",
        quoted(first),
        quoted(second)
    )
}

fn two_sizes(first: &str, second: &str, root: Hash, proof: &[Hash]) -> String {
    let proof: Vec<String> = proof.iter().map(|hash| format!("\"{hash}\"")).collect();
    let more = format!(",\"root\":\"{root}\",\"proof\":[{}]}}\n", proof.join(","));
    one_size(first, second).replace("}\n", &more)
}

fn case(name: &'static str, what: &'static str, expect: &'static str, input: String) -> Case {
    Case::new("misbehaviour", name, what, "misbehaviour", input, expect)
        .with("trust", base64::encode(bundle().as_bytes()))
}

pub fn cases() -> Vec<Case> {
    let mut all = of_one_size();
    all.extend(of_two_sizes());
    all.extend(signatures());
    all.extend(form());
    all
}

fn of_one_size() -> Vec<Case> {
    let [first, second] = pair();
    let root = |note: &str| note.lines().nth(2).unwrap().to_owned();
    let vkey = ledger_key().vkey();
    let told = |cosigned: &[&str]| {
        json!([{"size": 41, "root": root(&first), "signed": [vkey], "cosigned": cosigned},
               {"size": 41, "root": root(&second), "signed": [vkey], "cosigned": []}])
    };
    let cosigned = cosign(&first, &witness(), COSIGNED);
    vec![
        case("one-size", "two roots of one size", "ok", one_size(&first, &second))
            .with("origin", ORIGIN)
            .with("heads", told(&[])),
        case("one-size-cosigned", "one of the two was cosigned", "ok", one_size(&cosigned, &second))
            .with("heads", told(&["province.example.gov.cn/witness"])),
        case("one-head-twice", "one head twice", "FORMAT_BAD", one_size(&first, &first)),
        case("roots-order", "the greater root first", "FORMAT_BAD", one_size(&second, &first)),
        case("no-root", "two sizes and no root", "FORMAT_BAD", one_size(&head(1, 29), &head(2, 41))),
    ]
}

fn of_two_sizes() -> Vec<Case> {
    let (old, new) = (head(1, 29), head(2, 41));
    let way = |branch| tree(branch).subtree_proof(0, 29, 41);
    let (root, honest) = (tree(2).hash(0, 29), tree(1).hash(0, 29));
    let proof = way(2);
    let other_proof = [&proof[..1], &[verifier::hash::leaf_hash(b"another")], &proof[2..]].concat();
    let longer = [&proof[..], &[honest]].concat();
    let too_long: Vec<Hash> = (0..65).map(|_| honest).collect();
    vec![
        case("two-sizes", "the larger tree begins with another one", "ok", two_sizes(&old, &new, root, &proof))
            .with(
                "heads",
                json!([{"size": 29, "root": honest.to_base64(), "signed": [ledger_key().vkey()], "cosigned": []},
                       {"size": 41, "root": tree(2).hash(0, 41).to_base64(), "signed": [ledger_key().vkey()], "cosigned": []}]),
            ),
        case(
            "honest-pair",
            "the larger tree begins with the smaller one",
            "FORK_UNPROVEN",
            two_sizes(&old, &head(1, 41), honest, &way(1)),
        ),
        case(
            "proof-changed",
            "a hash of the proof is another",
            "FORK_UNPROVEN",
            two_sizes(&old, &new, root, &other_proof),
        ),
        case("proof-long", "a hash too many", "FORK_UNPROVEN", two_sizes(&old, &new, root, &longer)),
        case("proof-empty", "no proof at all", "FORK_UNPROVEN", two_sizes(&old, &new, root, &[])),
        case("proof-65", "65 hashes", "FORMAT_BAD", two_sizes(&old, &new, root, &too_long)),
        case("sizes-order", "the larger first", "FORMAT_BAD", two_sizes(&new, &old, root, &proof)),
        case(
            "sizes-equal",
            "a root between two of one size",
            "FORMAT_BAD",
            two_sizes(&pair()[0], &pair()[1], root, &proof),
        ),
        case(
            "size-zero",
            "an empty ledger contradicts nothing",
            "FORMAT_BAD",
            two_sizes(&head(1, 0), &new, verifier::hash::empty_root(), &[]),
        ),
    ]
}

fn signatures() -> Vec<Case> {
    let [first, second] = pair();
    let elsewhere =
        |size| sign(&text("other.example.gov.cn/ledger", size, tree(1).hash(0, size)), &[&other()]);
    let other_pair = {
        let mut two = [tree(1).hash(0, 41), tree(2).hash(0, 41)];
        two.sort();
        two.map(|root| sign(&text("other.example.gov.cn/ledger", 41, root), &[&other()]))
    };
    let signed_text = |note: &str| format!("{}\n", note.split_once("\n\n").unwrap().0);
    let signed_by = |note: &str, key: &Pair| sign(&signed_text(note), &[key]);
    let stranger = Pair::new(root_seed("stranger"), ORIGIN, KeyKind::Note);
    let changed = {
        // The signature of the other root's text.
        let line = second.split_once("\n\n").unwrap().1;
        format!("{}\n{line}", signed_text(&first))
    };
    vec![
        case(
            "two-keys",
            "each signed by another key of the ledger",
            "ok",
            one_size(&first, &signed_by(&second, &second_ledger_key())),
        ),
        case(
            "unknown-key",
            "the second is signed by a key that the bundle does not have",
            "OFFICE_UNKNOWN",
            one_size(&first, &signed_by(&second, &stranger)),
        ),
        case("batch-key", "the second is signed by the batch key", "OFFICE_UNKNOWN", {
            one_size(&first, &signed_by(&second, &batch_key()))
        }),
        case(
            "cosigned-only",
            "the second is cosigned and not signed",
            "OFFICE_UNKNOWN",
            one_size(&first, &cosign(&format!("{}\n", signed_text(&second)), &witness(), COSIGNED)),
        ),
        case(
            "office-unknown",
            "of an office that the bundle does not have",
            "OFFICE_UNKNOWN",
            one_size(&other_pair[0], &other_pair[1]),
        ),
        case(
            "signature-other",
            "the first has the second one's signature",
            "SIG_BAD",
            one_size(&changed, &second),
        ),
        case(
            "two-ledgers",
            "of two ledgers",
            "FORMAT_BAD",
            two_sizes(&elsewhere(29), &head(2, 41), tree(2).hash(0, 29), &tree(2).subtree_proof(0, 29, 41)),
        ),
        case("not-signed", "the second bears no signature", "FORMAT_BAD", {
            one_size(&first, &format!("{}\n", signed_text(&second)))
        }),
    ]
}

fn form() -> Vec<Case> {
    let [first, second] = pair();
    let good = one_size(&first, &second);
    let bad = |name, what, from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        case(name, what, "FORMAT_BAD", good.replacen(from, to, 1))
    };
    vec![
        bad("version", "another version", "misbehaviour/v1", "misbehaviour/v2"),
        bad("space", "a space that compact JSON does not have", "\"first\":", "\"first\": "),
        bad("no-lf", "no LF at the end", "}\n", "}"),
        bad("two-lf", "two LF at the end", "}\n", "}\n\n"),
        bad("member-more", "a member more", "}\n", ",\"note\":\"\"}\n"),
        bad(
            "root-alone",
            "a root without its proof",
            "}\n",
            ",\"root\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}\n",
        ),
        bad("member-name", "a member of another name", "\"second\"", "\"Second\""),
        bad("member-number", "a number for a note", "\"first\":\"", "\"first\":1,\"x\":\""),
        bad("extension-line", "a checkpoint with a fourth line", "\\n\\n", "\\nmore\\n\\n"),
        case("members-order", "the members in another order", "FORMAT_BAD", {
            let (before, rest) = good.split_once("\"first\":").unwrap();
            let (one, two) = rest.split_once(",\"second\":").unwrap();
            format!("{before}\"second\":{},\"first\":{one}}}\n", two.trim_end_matches("}\n"))
        }),
        case("array", "not an object", "FORMAT_BAD", "[]\n".into()),
        case("empty", "nothing", "FORMAT_BAD", String::new()),
    ]
}
