//! Trust bundles.

use super::Case;
use super::accounts::{ORIGIN, batch_key, ledger_key};
use super::pair::{Pair, root_seed, sign};
use serde_json::Value;
use verifier::hash::leaf_hash;
use verifier::key::KeyKind;

fn root(n: u8) -> Pair {
    Pair::new(root_seed(&format!("root {n}")), "credit.example.gov.cn/root", KeyKind::Note)
}

fn witness(n: u8, name: &str) -> Pair {
    Pair::new(root_seed(&format!("witness {n}")), name, KeyKind::Cosignature)
}

/// Two roots, one office with all its keys and a compromised one, three witnesses, a quorum of groups.
fn text() -> String {
    let mut roots = [root(1).vkey(), root(2).vkey()];
    roots.sort();
    let status = Pair::new(root_seed("status"), &format!("{ORIGIN}/status"), KeyKind::Note);
    let pdf = Pair::new(root_seed("pdf"), &format!("{ORIGIN}/pdf"), KeyKind::Note);
    let old = Pair::new(root_seed("old batch"), &format!("{ORIGIN}/batch"), KeyKind::Note);
    let dates = "1795312800 1826848800 2142381600";
    format!(
        "credit.example.gov.cn/root\ntrust v1\nroot {}\nroot {}\nsequence 3\nissued 1795312800\nexpires 1826848800\n\
         office {ORIGIN}\norganisation 12619900990000084G 示例县公共信用信息中心\nkinds credit-report file\n\
         status https://credit.example.gov.cn/ledger/status\n\
         key ledger {} {dates}\nkey batch {} 1763776800 1795312800 2142381600\nkey batch {} {dates}\nkey status {} {dates}\nkey pdf {} {dates}\n\
         compromised {} {} 1790000000 41 {}\n\
         witness {} w1.example.cn 见证一\nwitness {} w2.example.cn 见证二\nwitness {} 11619900990000076Q 示例省信用中心\n\
         authority tsa tsa.example.cn MAA=\nchain main-1 1 00000000219ab540356cbb839cbe05303d7705fa chain.example.cn\n\
         group two 2 a.example.cn/w b.example.cn/w c.example.cn/w\ngroup all-of all c.example.cn/w two\nquorum all-of\n",
        roots[0],
        roots[1],
        ledger_key().vkey(),
        old.vkey(),
        batch_key().vkey(),
        status.vkey(),
        pdf.vkey(),
        old.key.name(),
        old.key.id(),
        leaf_hash(b"last good"),
        witness(1, "a.example.cn/w").vkey(),
        witness(2, "b.example.cn/w").vkey(),
        witness(3, "c.example.cn/w").vkey(),
    )
}

/// The one that stands first in the bundle, and the other.
fn roots() -> (Pair, Pair) {
    let (one, two) = (root(1), root(2));
    if one.vkey() < two.vkey() { (one, two) } else { (two, one) }
}

fn case(
    name: &'static str,
    what: &'static str,
    expect: &'static str,
    pinned: Option<&Pair>,
    input: String,
) -> Case {
    let pinned = pinned.map_or(Value::Null, |pair| pair.vkey().into());
    Case::new("trust", name, what, "trust", input, expect).with("pinned", pinned)
}

pub fn cases() -> Vec<Case> {
    let (first, second) = roots();
    let text = text();
    let fields = |case: Case| case.with("sequence", 3).with("offices", 1).with("witnesses", 3);
    let mut all = vec![
        fields(case("good", "signed by the first root, none is pinned", "ok", None, sign(&text, &[&first]))),
        fields(case("pinned", "signed by the pinned root", "ok", Some(&second), sign(&text, &[&second]))),
        fields(case(
            "both-roots",
            "signed by both roots",
            "ok",
            Some(&first),
            sign(&text, &[&first, &second]),
        )),
        case("quorum-met", "two of three, and the third", "ok", None, sign(&text, &[&first]))
            .with("cosigned", vec!["a.example.cn/w", "c.example.cn/w"])
            .with("quorum", true),
        case("quorum-not-met", "two of three, but not the third", "ok", None, sign(&text, &[&first]))
            .with("cosigned", vec!["a.example.cn/w", "b.example.cn/w"])
            .with("quorum", false),
        case(
            "pinned-not-listed",
            "the pinned root is not listed",
            "ROOT_OTHER",
            Some(&root(3)),
            sign(&text, &[&first]),
        ),
        case(
            "pinned-not-signed",
            "the pinned root is listed and has not signed",
            "ROOT_OTHER",
            Some(&second),
            sign(&text, &[&first]),
        ),
        case(
            "first-not-signed",
            "none is pinned and the first root has not signed",
            "TRUST_BAD",
            None,
            sign(&text, &[&second]),
        ),
        case(
            "other-root-signed",
            "signed by a root that is not listed",
            "TRUST_BAD",
            None,
            sign(&text, &[&root(3)]),
        ),
        case(
            "leaf-key-signed",
            "signed by the office's ledger key",
            "TRUST_BAD",
            None,
            sign(&text, &[&ledger_key()]),
        ),
        case(
            "sequence-changed",
            "the sequence was changed after signing",
            "TRUST_BAD",
            None,
            sign(&text, &[&first]).replacen("sequence 3", "sequence 4", 1),
        ),
        case("not-signed", "the text alone", "TRUST_BAD", None, text.clone()),
    ];
    all.extend(form(&text, &first));
    all
}

/// Signed, each with one fault of its text.
fn form(text: &str, first: &Pair) -> Vec<Case> {
    let line = |start: &str| {
        let line = text.lines().find(|l| l.starts_with(start)).unwrap_or_else(|| panic!("{start}"));
        format!("{line}\n")
    };
    let bad = |name, what, from: &str, to: &str| {
        assert!(text.contains(from), "{from}");
        case(name, what, "TRUST_BAD", None, sign(&text.replacen(from, to, 1), &[first]))
    };
    let (office, ledger) = (line("office "), line("key ledger "));
    let (w1, w2) = (line("witness a"), line("witness b"));
    let first_root = line("root ");
    let note_type = Pair::new(root_seed("witness 1"), "a.example.cn/w", KeyKind::Note).vkey();
    let cosignature_type = Pair::new(root_seed("ledger"), ORIGIN, KeyKind::Cosignature).vkey();
    let renamed = witness(1, "d.example.cn/w").vkey();
    vec![
        bad("version", "another version", "trust v1", "trust v2"),
        bad(
            "publisher-other",
            "the first line is not the roots' name",
            "credit.example.gov.cn/root\n",
            "other.example.gov.cn/root\n",
        ),
        bad("root-twice", "a root twice", &first_root, &first_root.repeat(2)),
        bad("sequence-0", "a sequence begins at 1", "sequence 3", "sequence 0"),
        bad("expires-first", "expires before it is issued", "expires 1826848800", "expires 1795312799"),
        bad("office-twice", "an office without organisation, before the office", &office, &office.repeat(2)),
        bad(
            "token-bad",
            "a token that is neither code nor host name",
            "12619900990000084G",
            "12619900990000084",
        ),
        bad("name-direction", "a name with a character that turns the direction", "公共", "公\u{202e}共"),
        bad("kinds-order", "kinds out of order", "credit-report file", "file credit-report"),
        bad("kind-unknown", "a kind that there is not", "credit-report file", "credit-report passport"),
        bad("status-scheme", "a status address that is no http address", "status https:", "status ftp:"),
        bad("key-use-unknown", "a use that there is not", "key ledger", "key root"),
        bad("key-name-other", "a key with the name for another use", "key pdf", "key status"),
        bad("key-type-other", "a cosignature key as ledger key", &ledger_key().vkey(), &cosignature_type),
        bad("key-twice", "a key twice", &ledger, &ledger.repeat(2)),
        bad(
            "key-dates-backward",
            "signs until before it begins",
            "1795312800 1826848800 2142381600",
            "1826848800 1795312800 2142381600",
        ),
        bad(
            "key-verify-early",
            "verified for a shorter time than it signs",
            "1795312800 1826848800 2142381600",
            "1795312800 1826848800 1826848799",
        ),
        bad(
            "compromised-unknown",
            "a compromised key that is none of the office's",
            "compromised credit.example.gov.cn/ledger/batch",
            "compromised credit.example.gov.cn/ledger/pdf",
        ),
        bad(
            "compromised-root",
            "the last good checkpoint of size 0 has another root",
            " 1790000000 41 ",
            " 1790000000 0 ",
        ),
        bad("witnesses-order", "witnesses out of order", &format!("{w1}{w2}"), &format!("{w2}{w1}")),
        bad("witness-type", "a note key as witness", &witness(1, "a.example.cn/w").vkey(), &note_type),
        bad(
            "witness-two-names",
            "one key under two names could fill a quorum alone",
            "authority tsa",
            &format!("witness {renamed} w1.example.cn 见证一\nauthority tsa"),
        ),
        bad("label-upper-case", "a label with a capital letter", "authority tsa", "authority TSA"),
        bad("label-twice", "a label twice", "authority tsa", "authority main-1"),
        bad("chain-address", "an address in upper case", "219ab540356cbb839cbe", "219AB540356CBB839CBE"),
        bad("group-threshold-0", "a group that takes nobody", "group two 2", "group two 0"),
        bad("group-threshold-4", "a group that takes more than it has", "group two 2", "group two 4"),
        bad(
            "group-member-unknown",
            "a member that there is not",
            "a.example.cn/w b.example.cn/w c.example.cn/w\n",
            "a.example.cn/w b.example.cn/w x.example.cn/w\n",
        ),
        bad(
            "group-of-itself",
            "a group that is its own member",
            "all c.example.cn/w two",
            "all all-of c.example.cn/w",
        ),
        bad("quorum-unknown", "a quorum that there is not", "quorum all-of", "quorum most-of"),
        bad("quorum-missing", "no quorum line", "quorum all-of\n", ""),
        bad("line-after", "a line after the quorum", "quorum all-of\n", "quorum all-of\nmore\n"),
    ]
}
