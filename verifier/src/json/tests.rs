//! Single cases are in `../../vectors/json/`; here is what holds for all inputs.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use proptest::prelude::*;

use super::*;

const LIMIT: usize = 1 << 20;

fn refused(input: &str) -> (&'static str, String) {
    let error = parse(input.as_bytes(), LIMIT).unwrap_err();
    (error.code().as_str(), error.pointer().to_string())
}

/// Any value that strict JSON can write, at most four levels deep.
fn any_value() -> impl Strategy<Value = Value> {
    let text = "[ -~渭水样例〔〕é\n\t𠮷/~\"\\\\]{0,12}".prop_map(String::from).boxed();
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::Bool),
        (-9_007_199_254_740_991i64..=9_007_199_254_740_991).prop_map(Value::Integer),
        text.clone().prop_map(Value::String),
    ];
    leaf.prop_recursive(4, 64, 8, move |inner| {
        let members = proptest::collection::btree_map(text.clone(), inner.clone(), 0..8);
        prop_oneof![
            proptest::collection::vec(inner, 0..8).prop_map(Value::Array),
            members.prop_map(|m| Value::Object(m.into_iter().filter(|(key, _)| !key.is_empty()).collect())),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(value in any_value()) {
        let text = compact(&value);
        prop_assert_eq!(parse_compact(text.as_bytes(), LIMIT), Ok(value));
    }

    #[test]
    fn a_changed_byte_is_refused_or_another_compact_form(value in any_value(), at: prop::sample::Index, byte: u8) {
        let mut bytes = compact(&value).into_bytes();
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(other) = parse_compact(&bytes, LIMIT) {
            prop_assert_eq!(compact(&other).into_bytes(), bytes);
        }
    }

    #[test]
    fn a_piece_of_an_array_is_cut_off(value in any_value(), at: prop::sample::Index) {
        let text = compact(&Value::Array([value].into()));
        let at = at.index(text.len());
        let error = parse(&text.as_bytes()[..at], LIMIT).unwrap_err();
        prop_assert_eq!((error.code(), error.pointer()), (JsonCode::CutOff, ""));
    }

    #[test]
    fn agrees_with_serde_json(value in any_value()) {
        let theirs: serde_json::Value = serde_json::from_str(&compact(&value)).unwrap();
        let ours = parse(serde_json::to_string_pretty(&theirs).unwrap().as_bytes(), LIMIT).unwrap();
        let again: serde_json::Value = serde_json::from_str(&compact(&ours)).unwrap();
        prop_assert_eq!(again, theirs);
    }

    #[test]
    fn no_input_panics(bytes: Vec<u8>, text in "[\\[\\]{}\",:\\\\u0-9a-f+.eE -]{0,40}") {
        let _ = parse(&bytes, LIMIT);
        let _ = parse(text.as_bytes(), LIMIT);
    }
}

#[test]
fn depth_and_size() {
    let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert!(parse(nested(16).as_bytes(), LIMIT).is_ok());
    assert_eq!(refused(&nested(17)), ("JSON_DEEP", "/0".repeat(16)));
    assert_eq!(refused(&"[".repeat(1 << 20)).0, "JSON_DEEP");
    assert_eq!(parse(b"[1,2]", 4).unwrap_err().code(), JsonCode::Large);
    let many = |n: usize| format!("[{}0]", "0,".repeat(n - 2));
    assert!(parse(many(crate::limits::JSON_VALUES).as_bytes(), LIMIT).is_ok());
    assert_eq!(refused(&many(crate::limits::JSON_VALUES + 1)).0, "JSON_LARGE");
}

#[test]
fn a_key_twice_among_many_is_found() {
    for (n, again) in [(3, 1), (17, 16), (20_000, 77)] {
        let keys: Vec<String> = (0..n).chain([again]).map(|i| format!("\"k{i}\":0")).collect();
        assert_eq!(refused(&format!("{{{}}}", keys.join(","))), ("JSON_KEY_TWICE", format!("/k{again}")));
    }
    assert_eq!(refused(r#"{"a":{"b/c":1,"\u0062/c":2}}"#), ("JSON_KEY_TWICE", "/a/b~1c".into()));
}

#[test]
fn messages_say_what_would_be_right() {
    let error = parse(br#"{"amount":1.2}"#, LIMIT).unwrap_err();
    assert_eq!(
        error.to_string(),
        r#"JSON_NUMBER at /amount: 1.2 is a number with a fraction; write amounts as text, "1.2""#
    );
    let error = parse("{\"a\":\n  tru }".as_bytes(), LIMIT).unwrap_err();
    assert_eq!((error.pointer(), error.what()), ("/a", "line 2, column 3: expected a value"));
    assert!(parse("\"渭\u{202E}水\"".as_bytes(), LIMIT).unwrap_err().what().contains("U+202E"));
}

#[test]
fn values_are_found_by_pointer() {
    let value = parse(br#"{"a":[{"b/c":1},null]}"#, LIMIT).unwrap();
    assert_eq!(value.at("/a/0/b~1c"), Some(&Value::Integer(1)));
    assert_eq!(value.at("/a/1"), Some(&Value::Null));
    assert_eq!(value.at(""), Some(&value));
    for nowhere in ["/a/2", "/a/01", "/b", "/a/0/b~1c/0", "a"] {
        assert_eq!(value.at(nowhere), None, "{nowhere}");
    }
}

#[test]
fn members_come_in_their_order() {
    let members = |text: &str| Members::of("thing", "", parse(text.as_bytes(), LIMIT).unwrap()).unwrap();
    let mut good = members(r#"{"a":"x","b":2,"d":["y"]}"#);
    assert_eq!((good.string("a").unwrap().as_str(), good.unsigned("b").unwrap()), ("x", 2));
    assert_eq!(good.optional("c"), None);
    assert_eq!(good.strings("d", 1).unwrap(), ["y"]);
    good.end().unwrap();

    assert_eq!(members(r#"{"b":2,"a":"x"}"#).string("a").unwrap_err().at(), "/b");
    assert!(members("{}").string("a").unwrap_err().what().contains("missing"));
    assert_eq!(members(r#"{"a":-1}"#).unsigned("a").unwrap_err().at(), "/a");
    assert_eq!(members(r#"{"a":["x","y"]}"#).strings("a", 1).unwrap_err().at(), "/a");
    assert_eq!(members(r#"{"z":1}"#).end().unwrap_err().at(), "/z");
    assert!(Members::of("thing", "", Value::Null).is_err());
}
