//! Vectors of keys, and of what is none.

use super::Case;
use super::pair::{Pair, root_seed};
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256};
use verifier::base64;
use verifier::key::KeyKind;

/// A vkey of any bytes, with the id that belongs to them.
fn vkey(name: &str, kind: u8, public: &[u8]) -> String {
    let id = Sha256::digest([name.as_bytes(), b"\n", &[kind], public].concat());
    let id: String = id.iter().take(4).map(|b| format!("{b:02x}")).collect();
    format!("{name}+{id}+{}", base64::encode(&[&[kind], public].concat()))
}

pub fn cases() -> Vec<Case> {
    let good = Pair::new(root_seed("ledger"), "credit.example.gov.cn/ledger", KeyKind::Note).vkey();
    let public = SigningKey::from_bytes(&root_seed("ledger")).verifying_key().to_bytes();
    let case = |name, what, expect, input: &str| Case::new("key", name, what, "key", input, expect);
    let point = |first: u8, rest: u8, last: u8| {
        let mut public = [rest; 32];
        (public[0], public[31]) = (first, last);
        vkey("k", 1, &public)
    };
    let upper = {
        let (head, tail) = good.split_once('+').unwrap();
        format!("{head}+{}", tail.replacen(|c: char| c.is_ascii_lowercase(), "F", 1))
    };
    vec![
        case("good", "an Ed25519 note key", "ok", &good),
        case("cosignature", "an Ed25519 cosignature key", "ok", &vkey("w", 4, &public)),
        case(
            "specification",
            "the key of the C2SP specification's example",
            "ok",
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        ),
        case("order-1", "the neutral element", "FORMAT_BAD", &point(1, 0, 0)),
        case("order-2", "a point of order 2: y = -1", "FORMAT_BAD", &point(0xec, 0xff, 0x7f)),
        case("order-4", "a point of order 4: y = 0", "FORMAT_BAD", &point(0, 0, 0)),
        case("order-8", "a point of order 8", "FORMAT_BAD", &vkey("k", 1, &ORDER_8)),
        case("not-canonical-y", "y = 2^255 - 16, which is p + 3", "FORMAT_BAD", &point(0xf0, 0xff, 0x7f)),
        case("not-canonical-order-1", "the neutral element as p + 1", "FORMAT_BAD", &point(0xee, 0xff, 0x7f)),
        case("not-on-curve", "y = 2 is no point", "FORMAT_BAD", &point(2, 0, 0)),
        case("type-unknown", "an ML-DSA type byte", "FORMAT_BAD", &vkey("k", 6, &public)),
        case("too-short", "31 bytes", "FORMAT_BAD", &vkey("k", 1, &public[..31])),
        case("id-wrong", "the id of another name", "FORMAT_BAD", &good.replacen("credit", "credix", 1)),
        case("id-upper-case", "an upper-case digit in the id", "FORMAT_BAD", &upper),
        case("name-space", "a space in the name", "FORMAT_BAD", &vkey("a b", 1, &public)),
        case(
            "name-ideographic-space",
            "an ideographic space in the name",
            "FORMAT_BAD",
            &vkey("a\u{3000}b", 1, &public),
        ),
        case("name-empty", "no name", "FORMAT_BAD", &vkey("", 1, &public)),
        case("name-101-bytes", "a name that is too long", "FORMAT_BAD", &vkey(&"n".repeat(101), 1, &public)),
        case("line-feed", "a line feed at the end", "FORMAT_BAD", &format!("{good}\n")),
    ]
}

/// One of the four points of order 8, as the papers on small-order points list it.
pub const ORDER_8: [u8; 32] = [
    0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
    0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
];
