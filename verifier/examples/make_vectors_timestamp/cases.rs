//! The vectors, of what openssl made.

use super::{checkpoint_text, crate_folder, made, new};
use serde_json::{Value, json};
use verifier::anchor::anchored_digest;
use verifier::base64::encode;

/// A day after the tokens' time.
const NOW: u64 = 1_795_397_140;
const TIME: u64 = 1_795_310_740;

pub fn write() {
    let folder = crate_folder().join("vectors/timestamp");
    if folder.is_dir() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    for (name, case) in tokens().into_iter().chain(refused()).chain(answers()) {
        let path = folder.join(format!("{name}.json"));
        assert!(!path.exists(), "{name} stands twice");
        std::fs::write(path, serde_json::to_string_pretty(&case).unwrap() + "\n").unwrap();
    }
}

fn bytes(name: &str) -> Vec<u8> {
    std::fs::read(made(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn authority(label: &str, name: &str) -> Value {
    json!({"label": label, "token": format!("{label}.example.cn"), "certificate": encode(&bytes(name))})
}

fn case(what: &str, input: &[u8], expect: &str) -> Value {
    json!({
        "what": what, "check": "token", "input": encode(input), "digest": anchored_digest(&checkpoint_text()).to_base64(),
        "beside": [], "authorities": [authority("ec", "ec-root"), authority("rsa", "root")], "now": NOW, "expect": expect,
    })
}

fn with(mut case: Value, key: &str, value: Value) -> Value {
    case[key] = value;
    case
}

fn tokens() -> Vec<(&'static str, Value)> {
    let good = |what: &str, name: &str, label: &str| {
        let mut case = case(what, &bytes(name), "ok");
        let signer = if label == "ec" { "ec-signer" } else { "signer" };
        for (key, value) in [
            ("time", json!(TIME)),
            ("latest", json!(TIME + 2)),
            ("policy", json!("1.2.3.4.1")),
            ("serial", json!("11")),
            ("signer", json!(signer)),
            ("label", json!(label)),
        ] {
            case[key] = value;
        }
        case
    };
    let rsa = |what: &str, name: &str| good(what, name, "rsa");
    let alone = || good("the intermediate is beside the token", "token-alone", "rsa");
    let trusted = |name: &str| json!([authority("rsa", name)]);
    vec![
        ("ok", rsa("RSA and SHA-256, with an intermediate", "token")),
        ("ok-sha512", rsa("RSA and SHA-512", "token-sha512")),
        ("ok-pss", rsa("PSS and SHA-384", "token-pss")),
        ("ok-ec", good("ECDSA on P-256, issued on P-384", "token-ec", "ec")),
        ("ok-ec-sha384", good("ECDSA on P-256 with SHA-384", "token-ec-sha384", "ec")),
        ("ok-key-id", rsa("the signer named by its key id", "token-key-id")),
        ("ok-beside", with(alone(), "beside", json!([encode(&bytes("middle"))]))),
        (
            "ok-intermediate",
            with(rsa("the bundle has the intermediate", "token-alone"), "authorities", trusted("middle")),
        ),
        (
            "ok-signer",
            with(
                rsa("the bundle has the signer's own certificate", "token-alone"),
                "authorities",
                trusted("signer"),
            ),
        ),
        ("ok-fraction", rsa("a time with a fraction, which is cut off", "token-fraction")),
        ("ok-last-moment", with(rsa("five minutes ahead of the clock", "token"), "now", json!(TIME - 300))),
        (
            "ok-certificates-ended",
            with(rsa("after all certificates have run out", "token"), "now", json!(4_923_000_000_u64)),
        ),
    ]
}

fn refused() -> Vec<(&'static str, Value)> {
    let of = |name: &'static str, what: &str, file: &str, code: &str| (name, case(what, &bytes(file), code));
    let signer = |name, what: &str, file: &str| of(name, what, &format!("token-{file}"), "TIMESTAMP_SIGNER");
    let chain = |name, what: &str, file: &str| of(name, what, &format!("token-{file}"), "TIMESTAMP_CHAIN");
    let form =
        |name: &'static str, what: &str, input: &[u8]| (name, case(what, input, "TIMESTAMP_MALFORMED"));
    let good = bytes("token");
    let usual = |what: &str, code: &str| case(what, &good, code);
    vec![
        signer("signer-for-servers", "a signer for servers", "signer-for-servers"),
        signer(
            "signer-not-critical",
            "a signer whose extended key usage is not critical",
            "signer-not-critical",
        ),
        signer("signer-two-purposes", "a signer for timestamps and mail", "signer-two-purposes"),
        signer("signer-no-purpose", "a signer without an extended key usage", "signer-no-purpose"),
        signer(
            "signer-may-not-sign",
            "a signer whose key usage does not allow to sign",
            "signer-may-not-sign",
        ),
        signer("signer-strange", "a signer with a critical extension that nobody knows", "signer-strange"),
        signer("signer-missing", "without the signer's certificate", "no-certificates"),
        signer("essential-missing", "without signingCertificateV2", "no-essential"),
        signer(
            "essential-other",
            "signingCertificateV2 names another certificate of the same name, number and key",
            "twin",
        ),
        of(
            "signer-ended",
            "the signer's certificate ran out the second before",
            "token-signer-ended",
            "TIMESTAMP_TIME",
        ),
        of(
            "signer-later",
            "the signer's certificate came into force the second after",
            "token-signer-later",
            "TIMESTAMP_TIME",
        ),
        of(
            "middle-ended",
            "the intermediate ran out the second before",
            "token-middle-ended",
            "TIMESTAMP_TIME",
        ),
        (
            "future",
            with(
                usual("five minutes and a second ahead of the clock", "TIMESTAMP_TIME"),
                "now",
                json!(TIME - 301),
            ),
        ),
        chain("middle-missing", "without the intermediate", "alone"),
        chain("middle-no-ca", "an intermediate that is no CA", "middle-no-ca"),
        chain(
            "middle-no-certificates",
            "an intermediate whose key usage does not allow certificates",
            "middle-no-certificates",
        ),
        chain(
            "middle-strange",
            "an intermediate with a critical extension that nobody knows",
            "middle-strange",
        ),
        chain(
            "middle-constrained",
            "an intermediate with name constraints, which are not checked",
            "middle-constrained",
        ),
        chain("middle-for-servers", "an intermediate for servers", "middle-for-servers"),
        chain("middle-of-other-root", "an intermediate that another key signed", "middle-of-other-root"),
        (
            "root-no-length",
            with(
                usual("a root that allows no intermediate", "TIMESTAMP_CHAIN"),
                "authorities",
                json!([authority("rsa", "root-no-length")]),
            ),
        ),
        (
            "authority-other",
            with(
                usual("another authority in the bundle", "TIMESTAMP_CHAIN"),
                "authorities",
                json!([authority("other", "other-root")]),
            ),
        ),
        (
            "authority-none",
            with(usual("no authority in the bundle", "TIMESTAMP_CHAIN"), "authorities", json!([])),
        ),
        (
            "digest-other",
            with(
                usual("a timestamp of something else", "TIMESTAMP_DIGEST"),
                "digest",
                json!(anchored_digest("").to_base64()),
            ),
        ),
        of("digest-sha512", "an imprint that says SHA-512", "token-imprint-sha512", "TIMESTAMP_DIGEST"),
        of(
            "signature-broken",
            "a signature with one bit changed",
            "token-signature-broken",
            "TIMESTAMP_SIGNATURE",
        ),
        of(
            "content-changed",
            "another policy than the one signed",
            "token-content-changed",
            "TIMESTAMP_SIGNATURE",
        ),
        of("sha1", "signed with SHA-1", "token-sha1", "TIMESTAMP_NOT_SUPPORTED"),
        of(
            "sha1-certificate",
            "a signer's certificate signed with SHA-1",
            "token-signer-of-sha1",
            "TIMESTAMP_NOT_SUPPORTED",
        ),
        of("rsa-1024", "a signer's key of 1024 bits", "token-signer-weak", "TIMESTAMP_NOT_SUPPORTED"),
        (
            "sm2",
            with(
                case("an authority of SM2 and SM3", &bytes("token-sm2"), "TIMESTAMP_NOT_SUPPORTED"),
                "authorities",
                json!([authority("sm2", "sm2-root")]),
            ),
        ),
        of("extension", "a critical extension in TSTInfo", "token-extension", "TIMESTAMP_NOT_SUPPORTED"),
        form("two-signers", "two signers", &bytes("token-two-signers")),
        form("stream", "in BER, as a stream", &bytes("token-stream")),
        form("of-data", "the content type of plain data", &bytes("token-of-data")),
        of("imprint-sm3", "an imprint of SM3", "token-imprint-sm3", "TIMESTAMP_NOT_SUPPORTED"),
        form("truncated", "without its last byte", &good[..good.len() - 1]),
        form("trailing", "with a byte after it", &[&good[..], &[0]].concat()),
        form("empty", "nothing", &[]),
        form("huge", "65,537 bytes", &[&[0x30, 0x83, 0, 0xff, 0xfc][..], &[0; 65_532]].concat()),
        form("answer", "the whole answer in the place of the token", &bytes("answer")),
        form("text", "a text", b"-----BEGIN PKCS7-----\n"),
    ]
}

fn answers() -> Vec<(&'static str, Value)> {
    let of = |what: &str, input: &[u8], expect: &str| {
        let mut case = case(what, input, expect);
        case["check"] = json!("answer");
        case["nonce"] = json!(new::NONCE.to_string());
        case["policy"] = Value::Null;
        case
    };
    let good = bytes("answer");
    vec![
        ("answer-ok", of("what openssl answered", &good, "ok")),
        (
            "answer-policy",
            with(
                of("with the policy that was asked for", &bytes("answer-policy"), "ok"),
                "policy",
                json!("1.2.3.4.5"),
            ),
        ),
        (
            "answer-policy-other",
            with(
                of("another policy than the one asked for", &good, "TIMESTAMP_POLICY"),
                "policy",
                json!("1.2.3.4.5"),
            ),
        ),
        (
            "answer-nonce-other",
            with(of("the answer to another request", &good, "TIMESTAMP_NONCE"), "nonce", json!("1")),
        ),
        (
            "answer-digest-other",
            with(
                of("the answer to a request of something else", &good, "TIMESTAMP_DIGEST"),
                "digest",
                json!(anchored_digest("").to_base64()),
            ),
        ),
        (
            "answer-authority-other",
            with(
                of("of an authority that was not asked", &good, "TIMESTAMP_CHAIN"),
                "authorities",
                json!([authority("ec", "ec-root")]),
            ),
        ),
        (
            "answer-refused",
            of("a policy that the authority does not have", &bytes("answer-refused"), "TIMESTAMP_REFUSED"),
        ),
        ("answer-truncated", of("without its last byte", &good[..good.len() - 1], "TIMESTAMP_MALFORMED")),
        ("answer-trailing", of("with a byte after it", &[&good[..], &[0]].concat(), "TIMESTAMP_MALFORMED")),
        ("answer-no-token", of("granted, and no token", &[0x30, 5, 0x30, 3, 2, 1, 0], "TIMESTAMP_MALFORMED")),
        ("answer-waiting", of("come again", &[0x30, 5, 0x30, 3, 2, 1, 3], "TIMESTAMP_REFUSED")),
        ("answer-html", of("a page", b"<html></html>", "TIMESTAMP_MALFORMED")),
    ]
}
