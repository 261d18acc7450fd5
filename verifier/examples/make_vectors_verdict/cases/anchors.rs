//! Anchors: timestamps, whose tokens were made once (`make_vectors_timestamp`), and receipts that nobody checks offline.

use super::bundles::COMPROMISED;
use super::office::{archive, county, credit, province};
use super::pair::Pair;
use super::papers::report;
use super::sealed::{File, Sealed, checkpoint, checkpoint_over, filler};
use super::tree::Tree;
use super::vouchers::Vouchers;
use super::{Case, HOUR, SEALED, WHOLE};
use serde_json::{Value, json};
use verifier::base64;
use verifier::entry::Entry;
use verifier::hash::Hash;
use verifier::origin::Origin;

/// Ten minutes after the batch was closed; the accuracy makes it two seconds more.
const STAMPED: u64 = SEALED + 600;

/// What openssl made.
pub fn made(name: &str) -> Vec<u8> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/make_vectors_timestamp/made");
    std::fs::read(format!("{folder}/{name}.der")).unwrap()
}

pub fn cases() -> Vec<Case> {
    let mut all = levels();
    all.extend(left_out());
    all.extend(compromised());
    all.extend(receipts());
    all.extend(forks());
    all
}

fn sealed() -> Sealed {
    report().sealed()
}

fn file() -> File {
    sealed().file(&report().disclosures, &report().disclosures)
}

/// An anchor of the checkpoint of so many entries, with what its type carries.
fn anchor(kind: &str, label: &str, size: u64, rest: &[(&str, Value)]) -> Anchor {
    let sealed = sealed();
    let path: Vec<String> =
        sealed.tree(size).path(sealed.index, 0, size).iter().map(Hash::to_base64).collect();
    let mut members = vec![
        ("type".to_owned(), json!(kind)),
        ("checkpoint".to_owned(), json!(checkpoint(&sealed, &sealed.office.ledger, size, &[]))),
        ("label".to_owned(), json!(label)),
        ("path".to_owned(), json!(path)),
    ];
    members.extend(rest.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    Anchor(members)
}

#[derive(Clone)]
struct Anchor(Vec<(String, Value)>);

impl Anchor {
    fn set(mut self, key: &str, value: Value) -> Anchor {
        self.0.iter_mut().find(|(k, _)| k == key).unwrap().1 = value;
        self
    }

    /// The signed checkpoint that it is of.
    fn checkpoint(&self) -> &str {
        self.0.iter().find(|(key, _)| key == "checkpoint").unwrap().1.as_str().unwrap()
    }

    fn without(mut self, key: &str) -> Anchor {
        self.0.retain(|(k, _)| k != key);
        self
    }

    fn text(&self) -> String {
        let members: Vec<String> =
            self.0.iter().map(|(key, value)| format!("{}:{value}", json!(key))).collect();
        format!("{{{}}}", members.join(","))
    }
}

/// A timestamp of the checkpoint of seven entries.
fn stamp(label: &str, token: &str) -> Anchor {
    anchor("rfc3161", label, 7, &[("token", json!(base64::encode(&made(token))))])
}

fn receipt() -> Anchor {
    let bytes = |text: &str| json!(base64::encode(text.as_bytes()));
    let members = [
        ("at", json!(STAMPED)),
        ("transaction", bytes("…")),
        ("header", bytes("…")),
        ("receipt", bytes("{}")),
    ];
    anchor("evm", "chain-example", 7, &members)
}

fn answer(size: u64) -> Anchor {
    anchor(
        "http",
        "gateway-example",
        size,
        &[
            ("address", json!("https://gateway.example.cn/v1/evidence")),
            ("at", json!(STAMPED)),
            ("content_type", json!("application/json")),
            ("answer", json!(base64::encode(b"{\"ok\":true}"))),
        ],
    )
}

/// The file with these anchors, which go to its end as they are.
fn with(file: &File, anchors: &[Anchor]) -> String {
    let anchors: Vec<String> = anchors.iter().map(Anchor::text).collect();
    let text = file.text();
    format!("{},\"anchors\":[{}]}}\n", text.strip_suffix("}\n").unwrap(), anchors.join(","))
}

/// Codes where the file has anchors and no tlog-proof, and those of a verifier that checks no tokens.
fn alone(name: &'static str, what: &'static str, anchors: &[Anchor], codes: &'static str) -> Case {
    Case::new(name, what, with(&file(), anchors), WHOLE).trust("stamped").but("PROOF_OK", codes)
}

/// The same under a proof of seven entries.
fn proven(
    name: &'static str,
    what: &'static str,
    cosigners: &[(Pair, u64)],
    anchors: &[Anchor],
    codes: &'static str,
) -> Case {
    Case::new(name, what, with(&file().proof(7, cosigners), anchors), WHOLE)
        .trust("stamped")
        .but("PROOF_OK", codes)
        .level(2)
}

fn levels() -> Vec<Case> {
    let rsa = || stamp("tsa-example", "token");
    let then = SEALED + 5;
    let ok = "TIMESTAMP_OK";
    let unchecked = |case: Case, level: u8| case.untimed("TIMESTAMP_OK", "TIMESTAMP_UNCHECKED", level);
    vec![
        unchecked(
            alone("stamp-level-3", "an independent timestamp and no tlog-proof", &[rsa()], ok)
                .vouched(Vouchers::nobody().tsa())
                .level(3),
            1,
        ),
        unchecked(
            proven(
                "stamp-proof-level-3",
                "an independent timestamp beside a tlog-proof",
                &[],
                &[rsa()],
                "PROOF_OK TIMESTAMP_OK",
            )
            .vouched(Vouchers::nobody().tsa())
            .level(3),
            2,
        ),
        unchecked(
            proven(
                "stamp-own-witness-level-3",
                "an independent timestamp beside the office's own witness",
                &[(county(), then)],
                &[rsa()],
                "PROOF_OK TIMESTAMP_OK",
            )
            .vouched(Vouchers::nobody().county().tsa())
            .level(3),
            2,
        ),
        unchecked(
            proven(
                "stamp-witness-level-4",
                "an independent timestamp and an independent witness",
                &[(province(), then)],
                &[rsa()],
                "PROOF_OK TIMESTAMP_OK",
            )
            .vouched(Vouchers::nobody().province().tsa())
            .level(4),
            3,
        ),
        unchecked(
            alone(
                "stamp-two-level-3",
                "two timestamps are of one kind",
                &[rsa(), stamp("tsa-other", "token-ec")],
                "TIMESTAMP_OK TIMESTAMP_OK",
            )
            .vouched(Vouchers::nobody().tsa().tsa_other())
            .level(3),
            1,
        ),
        unchecked(
            alone(
                "stamp-own-level-1",
                "a timestamp of the office's own organisation",
                &[stamp("tsa-own", "token-ec")],
                ok,
            )
            .vouched(Vouchers::nobody().tsa_own()),
            1,
        ),
        unchecked(
            proven(
                "stamp-own-level-2",
                "the same beside a tlog-proof",
                &[],
                &[stamp("tsa-own", "token-ec")],
                "PROOF_OK TIMESTAMP_OK",
            )
            .vouched(Vouchers::nobody().tsa_own()),
            2,
        ),
        unchecked(
            alone(
                "stamp-beside",
                "the intermediate is beside the token",
                &[{
                    let mut anchor = stamp("tsa-example", "token-alone");
                    anchor.0.push(("chain".into(), json!([base64::encode(&made("middle"))])));
                    anchor
                }],
                ok,
            )
            .vouched(Vouchers::nobody().tsa())
            .level(3),
            1,
        ),
    ]
}

fn left_out() -> Vec<Case> {
    let rsa = || stamp("tsa-example", "token");
    let case = |name, what, anchor: Anchor| proven(name, what, &[], &[anchor], "PROOF_OK TIMESTAMP_UNUSABLE");
    let token = |name, what, anchor: Anchor| {
        case(name, what, anchor).untimed("TIMESTAMP_UNUSABLE", "TIMESTAMP_UNCHECKED", 2)
    };
    let of_archive = checkpoint(&Sealed { office: archive().into(), ..sealed() }, &archive().ledger, 7, &[]);
    let path = rsa().0.iter().find(|(key, _)| key == "path").unwrap().1.clone();
    let longer: Vec<Value> = path.as_array().unwrap().iter().cloned().chain([path[0].clone()]).collect();
    vec![
        token("stamp-label-unknown", "a label that the bundle does not have", stamp("tsa-nowhere", "token"))
            .vouched(Vouchers::nobody().token_no_good("tsa-nowhere")),
        token(
            "stamp-authority-other",
            "the label of another authority in the bundle",
            stamp("tsa-other", "token"),
        )
        .vouched(Vouchers::nobody().token_no_good("tsa-other")),
        token(
            "stamp-signature-broken",
            "a token whose signature does not verify",
            stamp("tsa-example", "token-signature-broken"),
        )
        .vouched(Vouchers::nobody().token_no_good("tsa-example")),
        token("stamp-chain-missing", "a token without the intermediate", stamp("tsa-example", "token-alone")),
        token("stamp-nonsense", "a token that is none", rsa().set("token", json!("AAAA"))),
        token(
            "stamp-other-checkpoint",
            "a token of another checkpoint",
            anchor("rfc3161", "tsa-example", 8, &[("token", json!(base64::encode(&made("token"))))]),
        ),
        token(
            "stamp-future",
            "a token from later than the caller's clock",
            stamp("tsa-example", "token-late"),
        )
        .vouched(Vouchers::nobody().token_no_good("tsa-example")),
        case("stamp-no-path", "no path, as in the ledger", rsa().without("path")).vouched(Vouchers::nobody()),
        case(
            "stamp-path-short",
            "the last hash of the path is missing",
            rsa().set("path", json!(path.as_array().unwrap()[1..])),
        ),
        case("stamp-path-long", "a hash too many", rsa().set("path", json!(longer))),
        case(
            "stamp-checkpoint-other-key",
            "the checkpoint signed by another key",
            rsa().set("checkpoint", json!(checkpoint(&sealed(), &archive().ledger, 7, &[]))),
        ),
        case(
            "stamp-checkpoint-other-ledger",
            "the checkpoint of another ledger",
            rsa().set("checkpoint", json!(of_archive)),
        )
        .vouched(Vouchers::nobody()),
        case("stamp-checkpoint-broken", "the checkpoint's size was changed after signing", {
            let text = checkpoint(&sealed(), &credit().ledger, 7, &[]);
            rsa().set("checkpoint", json!(text.replacen("\n7\n", "\n8\n", 1)))
        }),
        alone(
            "stamp-unusable-alone",
            "a token that does not hold, and no tlog-proof",
            &[stamp("tsa-other", "token")],
            "TIMESTAMP_UNUSABLE",
        )
        .untimed("TIMESTAMP_UNUSABLE", "TIMESTAMP_UNCHECKED", 1),
    ]
}

fn compromised() -> Vec<Case> {
    let early = || stamp("tsa-example", "token");
    let batch = |case: Case| case.trust("stamped-compromised-batch");
    let open = |case: Case| case.but("KEY_OK", "KEY_COMPROMISED").open("KEY_COMPROMISED");
    let ledger = |case: Case| case.trust("stamped-compromised-ledger");
    let later = file().proof(8, &[]);
    vec![
        batch(
            alone(
                "compromised-stamp",
                "a compromised batch key; an independent timestamp from before",
                &[early()],
                "TIMESTAMP_OK",
            )
            .vouched(Vouchers::nobody().tsa())
            .level(3),
        )
        .untimed("TIMESTAMP_OK", "TIMESTAMP_UNCHECKED", 1)
        .untimed_open("KEY_OK", "KEY_COMPROMISED"),
        open(batch(
            alone(
                "compromised-stamp-late",
                "the timestamp is of the moment itself",
                &[stamp("tsa-example", "token-late")],
                "TIMESTAMP_OK",
            )
            .vouched(Vouchers::nobody().tsa_late())
            .level(3),
        ))
        .term("now", COMPROMISED + HOUR)
        .untimed("TIMESTAMP_OK", "TIMESTAMP_UNCHECKED", 1),
        open(batch(
            alone(
                "compromised-stamp-own",
                "the timestamp is of the office's own organisation",
                &[stamp("tsa-own", "token-ec")],
                "TIMESTAMP_OK",
            )
            .vouched(Vouchers::nobody().tsa_own()),
        ))
        .untimed("TIMESTAMP_OK", "TIMESTAMP_UNCHECKED", 1),
        ledger(
            proven(
                "compromised-ledger-stamp",
                "a compromised ledger key; the proof's very checkpoint was stamped before",
                &[],
                &[early()],
                "PROOF_OK TIMESTAMP_OK",
            )
            .vouched(Vouchers::nobody().tsa())
            .level(3),
        )
        .untimed("TIMESTAMP_OK", "TIMESTAMP_UNCHECKED", 1)
        .untimed_open("PROOF_OK", "PROOF_UNUSABLE"),
        ledger(
            Case::new(
                "compromised-ledger-stamp-earlier",
                "the proof's checkpoint is a later one than the one that was stamped before",
                with(&later, &[early()]),
                WHOLE,
            )
            .but("PROOF_OK", "PROOF_LEFT_OUT TIMESTAMP_OK")
            .level(3),
        )
        .untimed("TIMESTAMP_OK", "TIMESTAMP_UNCHECKED", 1)
        .untimed_open("PROOF_LEFT_OUT", "PROOF_UNUSABLE"),
        ledger(
            proven(
                "compromised-ledger-stamp-late",
                "the timestamp is of the moment itself",
                &[],
                &[stamp("tsa-example", "token-late")],
                "PROOF_UNUSABLE TIMESTAMP_UNUSABLE",
            )
            .level(1),
        )
        .term("now", COMPROMISED + HOUR)
        .open("PROOF_UNUSABLE")
        .untimed("TIMESTAMP_UNUSABLE", "TIMESTAMP_UNCHECKED", 1),
    ]
}

fn receipts() -> Vec<Case> {
    let no_path = |anchor: Anchor| anchor.set("path", json!([]));
    vec![
        proven("receipt-http", "a gateway's answer", &[], &[answer(7)], "PROOF_OK ANCHOR_UNCHECKED")
            .vouched(Vouchers::nobody().gateway()),
        alone("receipt-http-alone", "a gateway's answer gives no level", &[answer(7)], "ANCHOR_UNCHECKED")
            .vouched(Vouchers::nobody().gateway()),
        proven(
            "receipt-http-path-bad",
            "a gateway's answer whose path leads nowhere",
            &[],
            &[no_path(answer(7))],
            "PROOF_OK ANCHOR_UNUSABLE",
        )
        .vouched(Vouchers::nobody()),
        proven(
            "receipt-evm-path-bad",
            "a chain's receipt whose path leads nowhere",
            &[],
            &[no_path(receipt())],
            "PROOF_OK ANCHOR_UNUSABLE",
        )
        .vouched(Vouchers::nobody()),
    ]
}

/// Under a ledger of so many entries whose first one is another.
fn forked(size: u64) -> Anchor {
    let sealed = sealed();
    let origin = Origin::parse(sealed.office.origin).unwrap();
    let entry = *Entry::of_core(&origin, &sealed.core).as_bytes();
    let tree = Tree::new(size, |i| match i {
        0 => filler(100),
        5 => entry,
        _ => filler(i),
    });
    let note = checkpoint_over(&sealed.office, &sealed.office.ledger, size, tree.hash(0, size), &[]);
    let path: Vec<String> = tree.path(5, 0, size).iter().map(Hash::to_base64).collect();
    answer(size).set("checkpoint", json!(note)).set("path", json!(path))
}

/// The file that proves it of their checkpoints: the lower root first.
fn proof_of(anchors: [&Anchor; 2]) -> String {
    let mut heads = anchors.map(Anchor::checkpoint);
    heads.sort_by_key(|head| base64::decode(head.lines().nth(2).unwrap()).unwrap());
    format!(
        "{{\"format\":\"xinzheng/misbehaviour/v1\",\"first\":{},\"second\":{}}}\n",
        json!(heads[0]),
        json!(heads[1])
    )
}

fn forks() -> Vec<Case> {
    vec![
        proven(
            "anchor-forked",
            "an anchor's checkpoint has the size of the proof's and another root, both signed by the ledger key",
            &[],
            &[forked(7)],
            "PROOF_OK ANCHOR_UNCHECKED LEDGER_FORKED",
        ).vouched(Vouchers::nobody().gateway())
        .proves(proof_of([&answer(7), &forked(7)]))
        .open("LEDGER_FORKED"),
        alone(
            "anchor-forked-two",
            "two anchors that contradict each other, and no tlog-proof",
            &[answer(8), forked(8)],
            "ANCHOR_UNCHECKED ANCHOR_UNCHECKED LEDGER_FORKED",
        ).vouched(Vouchers::nobody().gateway().gateway())
        .proves(proof_of([&answer(8), &forked(8)]))
        .open("LEDGER_FORKED"),
        proven("anchor-of-another-size", "a checkpoint of another size is no contradiction", &[], &[answer(8)], "PROOF_OK ANCHOR_UNCHECKED"),
        Case::new(
            "anchor-forked-by-thief",
            "the ledger key is compromised, so a contradiction says nothing of the office",
            with(&file().proof(6, &[]), &[forked(6)]),
            WHOLE,
        )
        .trust("stamped-compromised-ledger")
        .but("PROOF_OK", "PROOF_OK ANCHOR_UNCHECKED")
        .level(2),
    ]
}
