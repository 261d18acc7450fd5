//! Anchors (spec/anchor.md), written as text. Whether the evidence in them shows anything is for other folders.

use super::signed::{checkpoint, sign};
use super::{Page, base64};
use serde_json::{Value, json};
use verifier::hash::{Hash, sha256};
use verifier::limits::{
    ANCHOR_ANSWER_BYTES, ANCHOR_HEADER_BYTES, ANCHOR_TOKEN_BYTES, ANCHOR_TRANSACTION_BYTES, AUTHORITY_BYTES,
};

/// Members of an anchor, as they are written.
#[derive(Clone)]
struct Object(Vec<(&'static str, Value)>);

impl Object {
    fn of(kind: &str, rest: &[(&'static str, Value)]) -> Object {
        let path: Vec<String> = [1, 2].map(|n: u8| Hash::from_bytes([n; 32]).to_base64()).into();
        let mut members = vec![
            ("type", json!(kind)),
            ("checkpoint", json!(checkpoint(4, Hash::from_bytes([9; 32])).encode())),
            ("label", json!("example-1")),
            ("path", json!(path)),
        ];
        members.extend(rest.iter().cloned());
        Object(members)
    }

    fn stamp() -> Object {
        Object::of(
            "rfc3161",
            &[("token", json!(base64([0x30, 0]))), ("chain", json!([base64([0x30, 1]), base64([0x30])]))],
        )
    }

    fn evm() -> Object {
        Object::of(
            "evm",
            &[
                ("at", json!(1_795_312_800)),
                ("transaction", json!(base64([2, 0xc0]))),
                ("header", json!(base64([0xc0]))),
                ("receipt", json!(base64("{}"))),
            ],
        )
    }

    fn http() -> Object {
        Object::of(
            "http",
            &[
                ("address", json!("https://gateway.example.cn/v1/evidence?of=1")),
                ("at", json!(1_795_312_800)),
                ("content_type", json!("application/json; charset=utf-8")),
                ("answer", json!(base64("{\"ok\":true}"))),
            ],
        )
    }

    fn set(mut self, key: &str, value: Value) -> Object {
        self.0.iter_mut().find(|(k, _)| *k == key).unwrap().1 = value;
        self
    }

    fn and(mut self, key: &'static str, value: Value) -> Object {
        self.0.push((key, value));
        self
    }

    fn without(mut self, key: &str) -> Object {
        self.0.retain(|(k, _)| *k != key);
        self
    }

    fn swapped(mut self, a: usize, b: usize) -> Object {
        self.0.swap(a, b);
        self
    }

    fn text(&self) -> String {
        let members: Vec<String> =
            self.0.iter().map(|(key, value)| format!("{}:{value}", json!(key))).collect();
        format!("{{{}}}", members.join(","))
    }
}

pub fn make(page: &Page) {
    good(page);
    bad(page);
    bad_evidence(page);
}

fn good(page: &Page) {
    let digest = sha256(&[checkpoint(4, Hash::from_bytes([9; 32])).text().as_bytes()]).to_base64();
    let case = |name: &str, what: &str, anchor: Object, path: Option<u64>| {
        page.case(
            name,
            json!({
                "what": what, "input": base64(anchor.text()), "expect": "ok", "type": anchor.0[0].1,
                "label": "example-1", "digest": digest, "path": path,
            }),
        );
    };
    case("rfc3161", "a timestamp with two certificates beside it", Object::stamp(), Some(2));
    case("rfc3161-alone", "a timestamp with none beside it", Object::stamp().without("chain"), Some(2));
    case(
        "rfc3161-ledger",
        "a timestamp as it is in the ledger, without a path",
        Object::stamp().without("path"),
        None,
    );
    case(
        "rfc3161-one-entry",
        "the path in a tree of one entry",
        Object::stamp().set("path", json!([])),
        Some(0),
    );
    case("evm", "a transaction", Object::evm(), Some(2));
    case(
        "evm-no-header",
        "a transaction on a chain whose blocks are hashed otherwise",
        Object::evm().without("header"),
        Some(2),
    );
    case("http", "a gateway's answer", Object::http(), Some(2));
    case(
        "http-no-type",
        "an answer that named no media type",
        Object::http().set("content_type", json!("")),
        Some(2),
    );
    case("path-64", "a path of 64 hashes", Object::http().set("path", hashes(64)), Some(64));
    let later = |name: &str, what: &str, text: &str| {
        page.case(name, json!({
            "what": what, "input": base64(text), "expect": "ok", "type": "a-later-type", "label": null, "digest": null, "path": null,
        }));
    };
    later(
        "later",
        "a type of a later version",
        r#"{"type":"a-later-type","checkpoint":"…","path":"…","seal":[1,{}]}"#,
    );
    later(
        "later-bare",
        "a type of a later version that says no more",
        r#"{"type":"a-later-type","checkpoint":""}"#,
    );
}

fn bad(page: &Page) {
    let bad = |name: &str, what: &str, text: &str| {
        page.case(
            &format!("bad-{name}"),
            json!({"what": what, "input": base64(text), "expect": "FORMAT_BAD"}),
        );
    };
    let of = |name: &str, what: &str, anchor: Object| bad(name, what, &anchor.text());
    let stamp = Object::stamp;
    of("order", "path before label", stamp().swapped(2, 3));
    of("checkpoint-later", "checkpoint not second", stamp().swapped(1, 2));
    of("label-missing", "no label", stamp().without("label"));
    of("token-missing", "no token", stamp().without("token").without("chain"));
    of("member-unknown", "a member more", stamp().and("note", json!("…")));
    of("member-of-another", "a member of another type", Object::evm().and("answer", json!("AAAA")));
    of("label-capital", "a capital letter in the label", stamp().set("label", json!("Example")));
    of("label-digit", "a label that begins with a digit", stamp().set("label", json!("1-example")));
    of("label-none", "a label that is none", stamp().set("label", json!("none")));
    of("label-65", "a label of 65 characters", stamp().set("label", json!("a".repeat(65))));
    of("path-65", "a path of 65 hashes", stamp().set("path", hashes(65)));
    of("path-31", "a hash of 31 bytes", stamp().set("path", json!([base64([1; 31])])));
    of("path-number", "a hash that is a number", stamp().set("path", json!([1])));
    of("path-null", "a path of null", stamp().set("path", Value::Null));
    let note = sign("batch", "credit.example.gov.cn/ledger\n4\n");
    of("checkpoint-lines", "a note that is no checkpoint", stamp().set("checkpoint", json!(note.encode())));
    let unsigned = checkpoint(4, Hash::from_bytes([9; 32])).text().to_owned();
    of(
        "checkpoint-unsigned",
        "a checkpoint without a signature",
        stamp().set("checkpoint", json!(unsigned + "\n")),
    );
    bad("space", "a space", &stamp().text().replacen("\":", "\": ", 1));
    bad("line-end", "an LF at the end", &(stamp().text() + "\n"));
    bad("array", "an array", "[]");
    bad("type-number", "a type that is a number", r#"{"type":1,"checkpoint":"…"}"#);
    bad("type-alone", "a type and no checkpoint", r#"{"type":"a-later-type"}"#);
    bad("type-twice", "a member twice", r#"{"type":"a-later-type","checkpoint":"…","type":"evm"}"#);
    let long = format!(r#"{{"type":"a-later-type","checkpoint":"{}"}}"#, "a".repeat(512 * 1024));
    bad("long", "a type of a later version, longer than an anchor may be", &long);
}

fn bad_evidence(page: &Page) {
    let bad = |name: &str, what: &str, anchor: Object| {
        page.case(
            &format!("bad-{name}"),
            json!({"what": what, "input": base64(anchor.text()), "expect": "FORMAT_BAD"}),
        );
    };
    let zeros = |n: usize| json!(base64(vec![0; n]));
    bad("token-empty", "an empty token", Object::stamp().set("token", json!("")));
    bad("token-long", "a token of 65,537 bytes", Object::stamp().set("token", zeros(ANCHOR_TOKEN_BYTES + 1)));
    bad("token-url", "a token in base64url", Object::stamp().set("token", json!("-_8=")));
    bad("token-bits", "a token whose unused bits are not zero", Object::stamp().set("token", json!("AB==")));
    bad("chain-empty", "an empty chain", Object::stamp().set("chain", json!([])));
    bad("chain-9", "nine certificates", Object::stamp().set("chain", json!(vec!["AAAA"; 9])));
    bad(
        "chain-long",
        "a certificate of 8,193 bytes",
        Object::stamp().set("chain", json!([zeros(AUTHORITY_BYTES + 1)])),
    );
    bad(
        "transaction-long",
        "a transaction of 4,097 bytes",
        Object::evm().set("transaction", zeros(ANCHOR_TRANSACTION_BYTES + 1)),
    );
    bad(
        "header-long",
        "a header of 32,769 bytes",
        Object::evm().set("header", zeros(ANCHOR_HEADER_BYTES + 1)),
    );
    bad(
        "receipt-long",
        "a receipt of 65,537 bytes",
        Object::evm().set("receipt", zeros(ANCHOR_ANSWER_BYTES + 1)),
    );
    bad("header-null", "a header that is there and is none", Object::evm().set("header", Value::Null));
    bad("receipt-missing", "no receipt", Object::evm().without("receipt"));
    bad("receipt-object", "a receipt that is no text", Object::evm().set("receipt", json!({})));
    bad(
        "address-scheme",
        "an address of another scheme",
        Object::http().set("address", json!("ftp://a.cn/")),
    );
    bad(
        "address-bare",
        "an address that ends after its scheme",
        Object::http().set("address", json!("https://")),
    );
    bad("address-space", "an address with a space", Object::http().set("address", json!("https://a.cn/a b")));
    bad(
        "address-301",
        "an address of 301 characters",
        Object::http().set("address", json!(format!("https://{}", "a".repeat(293)))),
    );
    bad(
        "content-type-201",
        "a media type of 201 characters",
        Object::http().set("content_type", json!("a".repeat(201))),
    );
    bad(
        "content-type-chinese",
        "a media type that is not ASCII",
        Object::http().set("content_type", json!("文本")),
    );
    bad("at-text", "a time that is text", Object::http().set("at", json!("1795312800")));
    bad("at-late", "a time after the year 9999", Object::http().set("at", json!(253_402_300_800_u64)));
    bad("answer-empty", "an empty answer", Object::http().set("answer", json!("")));
}

fn hashes(n: usize) -> Value {
    json!(vec![Hash::from_bytes([7; 32]).to_base64(); n])
}
