//! Strict JSON (spec/json.md).

use super::{Page, base64};
use serde_json::json;

pub fn make(page: &Page) {
    let good = |name: &str, what: &str, input: &str, compact: &str| {
        page.case(name, json!({"what": what, "input": base64(input), "expect": "ok", "compact": compact}));
    };
    let bad = |name: &str, what: &str, input: &[u8], code: &str, pointer: &str| {
        page.case(name, json!({"what": what, "input": base64(input), "expect": code, "pointer": pointer}));
    };
    good("empty-object", "an empty object", "{}", "{}");
    good("white-space", "white space around and within", " \r\n\t[ 1 ,\n2 ]\n", "[1,2]");
    good("words", "null, true, false", "[null,true,false]", "[null,true,false]");
    good("single-value", "a value that is no object", "\"渭水\"", "\"渭水\"");
    good(
        "member-order",
        "members keep their order, whatever it is",
        r#"{"b":1,"a":2,"10":3,"9":4}"#,
        r#"{"b":1,"a":2,"10":3,"9":4}"#,
    );
    good(
        "order-of-planes",
        "keys that UTF-16 and code points order differently keep their order",
        "{\"𠮷\":1,\"！\":2}",
        "{\"𠮷\":1,\"！\":2}",
    );
    good(
        "escapes",
        "escapes that need not be",
        r#""\u6e2d\u6C34\ud842\udfb7\/\"\\\n\t""#,
        r#""渭水𠮷/\"\\\n\t""#,
    );
    good(
        "script-keys",
        "keys that mean something to other programs",
        r#"{"__proto__":{"constructor":1},"toString":2}"#,
        r#"{"__proto__":{"constructor":1},"toString":2}"#,
    );
    good(
        "pointer-keys",
        "keys that pointers escape, and dots",
        r#"{"a/b":{"m~n":{".":{"..":1}}}}"#,
        r#"{"a/b":{"m~n":{".":{"..":1}}}}"#,
    );
    good(
        "largest-numbers",
        "±(2^53 − 1)",
        "[9007199254740991,-9007199254740991,0]",
        "[9007199254740991,-9007199254740991,0]",
    );
    good(
        "depth-16",
        "nested as deep as allowed",
        &format!("{}{}", "[".repeat(16), "]".repeat(16)),
        &format!("{}{}", "[".repeat(16), "]".repeat(16)),
    );
    good(
        "variation-selector",
        "a variation selector after an ideograph of a name",
        "\"葛\u{E0100}\"",
        "\"葛\u{E0100}\"",
    );

    bad("key-twice", "a key twice", br#"{"region":"1","region":"1"}"#, "JSON_KEY_TWICE", "/region");
    bad(
        "key-twice-nested",
        "a key twice further in",
        br#"{"a":[0,{"b":1,"c":2,"b":3}]}"#,
        "JSON_KEY_TWICE",
        "/a/1/b",
    );
    bad(
        "key-twice-escaped",
        "a key twice, once with an escape",
        br#"{"a/b":1,"\u0061/b":2}"#,
        "JSON_KEY_TWICE",
        "/a~1b",
    );
    bad("key-empty", "an empty key", br#"{"a":{"":1}}"#, "JSON_TEXT", "/a");
    bad(
        "key-hidden-character",
        "a key with U+202E",
        "{\"a\":{\"b\u{202E}c\":1}}".as_bytes(),
        "JSON_TEXT",
        "/a",
    );

    bad("fraction", "a fraction", br#"{"amount_wan_yuan":1.2}"#, "JSON_NUMBER", "/amount_wan_yuan");
    bad("fraction-zero", "1.0 is not 1", b"[1.0]", "JSON_NUMBER", "/0");
    bad("exponent", "1e0 is not 1", b"[1e0]", "JSON_NUMBER", "/0");
    bad("minus-zero", "-0", b"[0,-0]", "JSON_NUMBER", "/1");
    bad("two-to-the-53", "2^53", b"[9007199254740992]", "JSON_NUMBER", "/0");
    bad(
        "two-to-the-53-and-1",
        "2^53 + 1, which a double has not",
        b"[9007199254740993]",
        "JSON_NUMBER",
        "/0",
    );
    bad("minus-two-to-the-53", "−2^53", b"[-9007199254740992]", "JSON_NUMBER", "/0");
    bad("beyond-64-bits", "a number of 30 digits", b"[123456789012345678901234567890]", "JSON_NUMBER", "/0");
    bad("leading-zero", "a leading zero", b"[01]", "JSON_NUMBER", "/0");
    bad("not-a-number", "NaN", b"[NaN]", "JSON_SYNTAX", "/0");
    bad("infinity", "-Infinity", b"[-Infinity]", "JSON_NUMBER", "/0");
    bad("plus", "a plus sign", b"[+1]", "JSON_SYNTAX", "/0");
    bad("hexadecimal", "0x10", b"[0x10]", "JSON_SYNTAX", "");

    bad(
        "lone-high-surrogate",
        "an escape that is the first half of a pair",
        br#"["\ud842"]"#,
        "JSON_TEXT",
        "/0",
    );
    bad(
        "lone-low-surrogate",
        "an escape that is the second half of a pair",
        br#"["\udfb7"]"#,
        "JSON_TEXT",
        "/0",
    );
    bad("reversed-surrogates", "a pair the wrong way round", br#"["\udfb7\ud842"]"#, "JSON_TEXT", "/0");
    bad(
        "high-surrogate-and-letter",
        "the first half of a pair and then another character",
        br#"["\ud842\u0041"]"#,
        "JSON_TEXT",
        "/0",
    );
    bad("surrogate-bytes", "a surrogate in UTF-8", b"[\"\xED\xA0\x80\"]", "JSON_UTF8", "");
    bad("overlong", "an overlong form", b"[\"\xC0\xAF\"]", "JSON_UTF8", "");
    bad("stray-byte", "a byte that begins nothing", b"[\"\xFF\"]", "JSON_UTF8", "");
    bad("gbk", "text in GBK", b"[\"\xD3\xD0\xCF\xDE\"]", "JSON_UTF8", "");
    bad("utf-16", "text in UTF-16", b"\xFF\xFE[\0]\0", "JSON_UTF8", "");
    bad("byte-order-mark", "a byte order mark", "\u{FEFF}{}".as_bytes(), "JSON_SYNTAX", "");
    bad("trailing-bytes", "something after the value", b"{}x", "JSON_SYNTAX", "");
    bad("two-values", "two values", b"{} {}", "JSON_SYNTAX", "");
    bad("zero-byte-after", "a zero byte after the value", b"{}\0", "JSON_SYNTAX", "");
    bad("comment", "a comment", b"[1 /* one */]", "JSON_SYNTAX", "");
    bad("trailing-comma", "a trailing comma", br#"{"a":1,}"#, "JSON_SYNTAX", "");
    bad("single-quotes", "single quotes", b"['a']", "JSON_SYNTAX", "/0");
    bad("bare-key", "a key without quotes", b"{a:1}", "JSON_SYNTAX", "");
    bad("bare-line-break", "a bare line break within text", b"[\"a\nb\"]", "JSON_SYNTAX", "/0");
    bad("bare-zero", "a bare zero byte within text", b"[\"a\0b\"]", "JSON_SYNTAX", "/0");
    bad("unknown-escape", "an escape that JSON does not know", br#"["\x41"]"#, "JSON_SYNTAX", "/0");
    bad("form-feed-space", "white space that JSON does not know", b"[\x0C1]", "JSON_SYNTAX", "/0");
    bad("wide-space", "an ideographic space between values", "[1,\u{3000}2]".as_bytes(), "JSON_SYNTAX", "/1");

    for (name, what, character) in [
        ("direction-override", "U+202E, right-to-left override", '\u{202E}'),
        ("direction-isolate", "U+2066, left-to-right isolate", '\u{2066}'),
        ("zero-width-space", "U+200B, zero width space", '\u{200B}'),
        ("zero-width-joiner", "U+200D, zero width joiner", '\u{200D}'),
        ("soft-hyphen", "U+00AD, soft hyphen", '\u{AD}'),
        ("bom-within", "U+FEFF within text", '\u{FEFF}'),
        ("tag-character", "U+E0041, tag latin capital letter a", '\u{E0041}'),
        ("language-tag", "U+E0001, language tag", '\u{E0001}'),
        ("line-separator", "U+2028, line separator", '\u{2028}'),
        ("blank-letter", "U+3164, hangul filler", '\u{3164}'),
        ("half-width-filler", "U+FFA0, half-width hangul filler", '\u{FFA0}'),
        ("noncharacter", "U+FDD0, a noncharacter", '\u{FDD0}'),
        ("last-of-plane", "U+1FFFE, a noncharacter", '\u{1FFFE}'),
        ("delete", "U+007F, delete", '\u{7F}'),
        ("next-line", "U+0085, next line", '\u{85}'),
    ] {
        let input = format!("{{\"subject\":{{\"name\":\"渭水{character}司公\"}}}}");
        bad(name, what, input.as_bytes(), "JSON_TEXT", "/subject/name");
    }
    bad("carriage-return", "an escaped carriage return", br#"["a\r\nb"]"#, "JSON_TEXT", "/0");
    bad("escaped-zero", "an escaped U+0000", br#"["\u0000"]"#, "JSON_TEXT", "/0");
    bad("decomposed", "e and U+0301 instead of é", "[\"e\u{301}\"]".as_bytes(), "JSON_TEXT", "/0");
    bad(
        "compatibility-ideograph",
        "U+F900, which NFC writes U+8C48",
        "[\"\u{F900}\"]".as_bytes(),
        "JSON_TEXT",
        "/0",
    );

    bad(
        "depth-17",
        "nested one too deep",
        format!("{}{}", "[".repeat(17), "]".repeat(17)).as_bytes(),
        "JSON_DEEP",
        &"/0".repeat(16),
    );
    bad(
        "depth-10000",
        "nested 10,000 deep and cut off",
        "[".repeat(10_000).as_bytes(),
        "JSON_DEEP",
        &"/0".repeat(16),
    );
    for (name, input) in [
        ("cut-nothing", &b""[..]),
        ("cut-space", b"  "),
        ("cut-object", br#"{"a":1"#),
        ("cut-key", br#"{"a"#),
        ("cut-colon", br#"{"a""#),
        ("cut-comma", b"[1,"),
        ("cut-text", br#"["a"#),
        ("cut-escape", br#"["\u6e"#),
        ("cut-pair", br#"["\ud842"#),
        ("cut-word", b"[tru"),
        ("cut-number", b"[-"),
        ("cut-character", b"[\"\xE6\xB8"),
    ] {
        bad(name, "the input ends too early", input, "JSON_CUT_OFF", "");
    }
}
