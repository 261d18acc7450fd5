//! Signed notes and crooked signatures.

use super::Case;
use super::keys::ORDER_8;
use super::pair::{Pair, root_seed, sign, signature_line};
use curve25519_dalek::scalar::Scalar;
use ed25519_dalek::Signer as _;
use serde_json::{Value, json};
use sha2::{Digest, Sha512};
use verifier::key::KeyKind;

const TEXT: &str = "a.example/note\n信证\n";
/// The order of the group, little-endian.
const L: [u8; 32] = [
    0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
];

fn case(name: &'static str, what: &'static str, expect: &'static str, input: String, keys: &[&Pair]) -> Case {
    let keys: Vec<Value> = keys.iter().map(|pair| pair.vkey().into()).collect();
    Case::new("note", name, what, "note", input, expect).with("vkeys", keys)
}

pub fn cases() -> Vec<Case> {
    let a = &Pair::new(root_seed("a"), "a.example/note", KeyKind::Note);
    let b = &Pair::new(root_seed("b"), "b.example/note", KeyKind::Note);
    let good = sign(TEXT, &[a]);
    let line = good.split_once("\n\n").unwrap().1.to_string();
    let other = a.secret.sign(b"another text\n").to_bytes();
    let specification = "This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n";
    let mut all = vec![
        case("good", "one signature", "ok", good.clone(), &[a]).with("signed", json!([0])),
        case("two-signers", "two known signers", "ok", sign(TEXT, &[a, b]), &[b, a])
            .with("signed", json!([0, 1])),
        case(
            "unknown-beside-known",
            "a signature of an unknown key is ignored",
            "ok",
            sign(TEXT, &[a, b]),
            &[b],
        )
        .with("signed", json!([0])),
        case("blank-lines-in-text", "the last blank line divides", "ok", sign("a\n\n\nb\n\n", &[a]), &[a])
            .with("signed", json!([0])),
        case(
            "sixteen-signatures",
            "as many as a note may have",
            "ok",
            format!("{TEXT}\n{}", line.repeat(16)),
            &[a],
        )
        .with("signed", json!([0])),
        Case::new(
            "note",
            "specification",
            "the example of the C2SP specification",
            "note",
            specification,
            "ok",
        )
        .with("vkeys", json!(["example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"]))
        .with("signed", json!([0])),
        case("signer-unknown", "no known signer", "SIGNER_UNKNOWN", good.clone(), &[b]),
        case(
            "text-changed",
            "one character of the text was changed",
            "SIG_BAD",
            good.replace('信', "言"),
            &[a],
        ),
        case(
            "line-added",
            "a line was added to the text",
            "SIG_BAD",
            good.replacen("\n\n", "\nmore\n\n", 1),
            &[a],
        ),
        case(
            "signature-of-other-text",
            "a good signature of another text",
            "SIG_BAD",
            signature_line(TEXT, a, other),
            &[a],
        ),
        case(
            "one-of-two-bad",
            "a good signature does not help a bad one",
            "SIG_BAD",
            {
                let bad = signature_line(TEXT, b, other);
                format!("{good}{}", bad.split_once("\n\n").unwrap().1)
            },
            &[a, b],
        ),
        case("signature-63-bytes", "a signature that is too short", "SIG_BAD", short(a, TEXT), &[a]),
        case(
            "wrong-key-id",
            "the id of another key: nobody known",
            "SIGNER_UNKNOWN",
            signature_of_id(a, b),
            &[a, b],
        ),
        case(
            "seventeen-signatures",
            "more than a note may have",
            "FORMAT_BAD",
            format!("{TEXT}\n{}", line.repeat(17)),
            &[a],
        ),
        case("no-signature", "a text alone", "FORMAT_BAD", format!("{TEXT}\n"), &[a]),
        case(
            "no-blank-line",
            "no blank line before the signature",
            "FORMAT_BAD",
            good.replacen("\n\n", "\n", 1),
            &[a],
        ),
        case("no-last-line-feed", "no LF at the end", "FORMAT_BAD", good.trim_end().into(), &[a]),
        case("trailing-line", "a line after the signatures", "FORMAT_BAD", format!("{good}more\n"), &[a]),
        case("hyphen", "a hyphen for the dash", "FORMAT_BAD", good.replace('—', "-"), &[a]),
        case(
            "no-name",
            "a signature line without a name",
            "FORMAT_BAD",
            good.replace("— a.example/note ", "— "),
            &[a],
        ),
        case(
            "base64-unused-bits",
            "unused bits of the base64 are set",
            "FORMAT_BAD",
            unused_bits(&good),
            &[a],
        ),
        case("tab", "a tab in the text", "FORMAT_BAD", sign("a\tb\n", &[a]), &[a]),
        case("carriage-return", "a CR in the text", "FORMAT_BAD", sign("a\r\n", &[a]), &[a]),
        case("not-utf-8", "a text in GBK", "FORMAT_BAD", String::new(), &[a]),
    ];
    all.last_mut().unwrap().input = [&b"a\xd0\xc5\n\n"[..], line.as_bytes()].concat();
    all.extend(crooked(a));
    all
}

/// Signatures that a lax verifier takes.
fn crooked(a: &Pair) -> Vec<Case> {
    let good = a.secret.sign(TEXT.as_bytes()).to_bytes();
    let mut malleated = good;
    let mut carry = 0u16;
    for (byte, l) in malleated[32..].iter_mut().zip(L) {
        carry += u16::from(*byte) + u16::from(l);
        *byte = carry as u8;
        carry >>= 8;
    }
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut neutral_not_canonical = [0xff; 32];
    (neutral_not_canonical[0], neutral_not_canonical[31]) = (0xee, 0x7f);
    let case = |name, what, signature| case(name, what, "SIG_BAD", signature_line(TEXT, a, signature), &[a]);
    vec![
        case("s-not-reduced", "S + L in place of S", malleated),
        case("r-neutral", "R is the neutral element, S fits", with_r(a, neutral)),
        case(
            "r-not-canonical",
            "R is the neutral element as p + 1, S fits",
            with_r(a, neutral_not_canonical),
        ),
        case("r-order-8", "R is a point of order 8: holds only with the cofactor", with_r(a, ORDER_8)),
        case("zero", "R and S are zero", [0; 64]),
    ]
}

/// The signature with this R, of small order, and S = k·a: the equation holds, up to the cofactor.
fn with_r(pair: &Pair, r: [u8; 32]) -> [u8; 64] {
    let k = Sha512::new().chain_update(r).chain_update(pair.key.public()).chain_update(TEXT).finalize();
    let s = Scalar::from_bytes_mod_order_wide(&k.into()) * pair.secret.to_scalar();
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&r);
    signature[32..].copy_from_slice(s.as_bytes());
    signature
}

fn short(pair: &Pair, text: &str) -> String {
    let signature = pair.secret.sign(text.as_bytes()).to_bytes();
    let blob = [pair.key.id().as_bytes(), &signature[..63]].concat();
    format!("{text}\n— {} {}\n", pair.key.name(), verifier::base64::encode(&blob))
}

fn signature_of_id(pair: &Pair, other: &Pair) -> String {
    let signature = pair.secret.sign(TEXT.as_bytes()).to_bytes();
    let blob = [&other.key.id().as_bytes()[..], &signature].concat();
    format!("{TEXT}\n— {} {}\n", pair.key.name(), verifier::base64::encode(&blob))
}

/// 68 bytes leave four unused bits, all zero, in the last character before the padding.
fn unused_bits(good: &str) -> String {
    let body = good.strip_suffix("=\n").unwrap();
    let last = body.chars().last().unwrap();
    format!("{}{}=\n", body.strip_suffix(last).unwrap(), char::from(last as u8 + 1))
}
