//! What cosignatures make of a checkpoint: the level, by the groups and the quorum of a trust bundle.

use super::Case;
use super::accounts::{ORIGIN, batch_key, ledger_key};
use super::pair::{Pair, root_seed, sign};
use ed25519_dalek::Signer as _;
use serde_json::Value;
use verifier::base64;
use verifier::checkpoint::Checkpoint;
use verifier::cosignature;
use verifier::hash::leaf_hash;
use verifier::key::KeyKind;
use verifier::note::SignatureLine;
use verifier::origin::Origin;
use verifier::time::Time;

const AT: u64 = 1_795_310_200;
/// The office's own organisation: its witness vouches for nothing.
const OFFICE: &str = "12619900990000084G";

fn witness(name: &str) -> Pair {
    Pair::new(root_seed(&format!("quorum {name}")), &format!("{name}.example.cn/w"), KeyKind::Cosignature)
}

/// Witnesses a to d of organisations of their own, and o of the office's; `rest` are the groups and the quorum.
fn bundle(rest: &str) -> String {
    let root = Pair::new(root_seed("root 1"), "credit.example.gov.cn/root", KeyKind::Note);
    let dates = "1795312800 1826848800 2142381600";
    let lines = ["a", "b", "c", "d", "o"].map(|name| {
        let token = if name == "o" { OFFICE.to_owned() } else { format!("{name}.example.cn") };
        format!("witness {} {token} 见证{name}\n", witness(name).vkey())
    });
    let text = format!(
        "credit.example.gov.cn/root\ntrust v1\nroot {}\nsequence 3\nissued 1795312800\nexpires 1826848800\noffice {ORIGIN}\n\
         organisation {OFFICE} 示例县公共信用信息中心\nkinds credit-report\nkey ledger {} {dates}\nkey batch {} {dates}\n{}{rest}",
        root.vkey(),
        ledger_key().vkey(),
        batch_key().vkey(),
        lines.concat(),
    );
    sign(&text, &[&root])
}

fn checkpoint() -> String {
    let origin = Origin::parse(ORIGIN).unwrap();
    sign(&Checkpoint::new(origin, 41, leaf_hash(b"root")).unwrap().text(), &[&ledger_key()])
}

fn by(names: &[&str]) -> String {
    names.iter().fold(checkpoint(), |note, name| cosign(&note, &witness(name), AT))
}

/// `level`: null where the case is refused.
fn case(name: &'static str, what: &'static str, rest: &str, input: String, level: Option<u8>) -> Case {
    let case =
        Case::new("quorum", name, what, "quorum", input, if level.is_some() { "ok" } else { "PROOF_BAD" });
    let case = case.with("trust", base64::encode(bundle(rest).as_bytes()));
    match level {
        Some(level) => case.with("level", Value::from(level)),
        None => case,
    }
}

const TWO_OF_THREE: &str = "group two 2 a.example.cn/w b.example.cn/w c.example.cn/w\nquorum two\n";
const ALL: &str = "group every all a.example.cn/w b.example.cn/w\nquorum every\n";
const ANY: &str = "group one any a.example.cn/w b.example.cn/w\nquorum one\n";
const NESTED: &str = "group two 2 a.example.cn/w b.example.cn/w c.example.cn/w\n\
                      group both all d.example.cn/w two\nquorum both\n";
const WITH_OWN: &str = "group two 2 a.example.cn/w o.example.cn/w\nquorum two\n";

pub fn cases() -> Vec<Case> {
    let later = format!("{}\n", checkpoint().rsplit_once("\n\n").unwrap().0).replacen("\n41\n", "\n42\n", 1);
    let of_another = {
        let line = cosign(&format!("{later}\n"), &witness("a"), AT).rsplit_once("\n\n").unwrap().1.to_owned();
        format!("{}{line}", checkpoint())
    };
    let stranger = Pair::new(root_seed("stranger"), "a.example.cn/w", KeyKind::Cosignature);
    vec![
        case("none-cosigned", "the ledger key alone", TWO_OF_THREE, by(&[]), Some(2)),
        case("one-of-three", "one, where two are asked for", TWO_OF_THREE, by(&["b"]), Some(3)),
        case("two-of-three", "two of three", TWO_OF_THREE, by(&["a", "c"]), Some(4)),
        case("three-of-three", "more than are asked for", TWO_OF_THREE, by(&["a", "b", "c"]), Some(4)),
        case("one-twice", "one witness twice is one", TWO_OF_THREE, by(&["a", "a"]), Some(3)),
        case("not-of-the-group", "two, one of them not of the group", TWO_OF_THREE, by(&["a", "d"]), Some(3)),
        case("all", "all of them", ALL, by(&["a", "b"]), Some(4)),
        case("all-but-one", "all but one", ALL, by(&["a"]), Some(3)),
        case("any", "any of them", ANY, by(&["b"]), Some(4)),
        case("any-other", "another than any of them", ANY, by(&["c"]), Some(3)),
        case("nested", "a group in a group, both met", NESTED, by(&["a", "b", "d"]), Some(4)),
        case("nested-inner", "the inner group alone", NESTED, by(&["a", "b", "c"]), Some(3)),
        case(
            "nested-outer",
            "the outer witness, and too few of the inner group",
            NESTED,
            by(&["a", "d"]),
            Some(3),
        ),
        case("quorum-witness", "the quorum is one witness", "quorum d.example.cn/w\n", by(&["d"]), Some(4)),
        case("quorum-other-witness", "another than that one", "quorum d.example.cn/w\n", by(&["a"]), Some(3)),
        case(
            "quorum-none",
            "a bundle that asks for no quorum",
            "quorum none\n",
            by(&["a", "b", "c", "d"]),
            Some(3),
        ),
        case("own-witness", "the office's own organisation vouches for nothing", ANY, by(&["o"]), Some(2)),
        case("own-in-quorum", "nor does it fill a quorum", WITH_OWN, by(&["a", "o"]), Some(3)),
        case(
            "unknown-witness",
            "a line of a key that the bundle does not have",
            TWO_OF_THREE,
            cosign(&by(&["a"]), &stranger, AT),
            Some(3),
        ),
        case(
            "cosignature-of-another",
            "a witness's line that is of another checkpoint",
            TWO_OF_THREE,
            of_another,
            None,
        ),
        case(
            "time-zero",
            "a cosignature without a time",
            TWO_OF_THREE,
            cosign(&by(&["b"]), &witness("a"), 0),
            None,
        ),
    ]
}

/// A note with one line more: what a witness signs of its text at this time.
pub fn cosign(note: &str, witness: &Pair, time: u64) -> String {
    let time = Time::new(time).unwrap();
    let text = format!("{}\n", note.rsplit_once("\n\n").unwrap().0);
    let signature = witness.secret.sign(&cosignature::signed_bytes(time, &text)).to_bytes();
    format!("{note}{}\n", SignatureLine::cosignature(&witness.key, time, signature).encode())
}
