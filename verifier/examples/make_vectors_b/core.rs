//! Cores (spec/core.md), put together item by item so that each fault can be put in by hand.

use super::raw::{Raw, item};
use super::{Page, base64};
use serde_json::{Value, json};

/// What the ordinary core says.
fn ordinary_fields() -> Value {
    json!({
        "number": "2026112240170938612531", "kind": 1, "holder": [1, "渭水样例食品有限公司", "91619900MA0DEM021U"],
        "title": "公共信用信息报告", "purpose": 9, "audience": null, "issued_at": 1795310130, "expires_at": 1803086130,
        "period": ["2023-11-22", "2026-11-21"], "data_as_of": 1795276799, "claims": [[1, 2], [3, 1]],
        "counters": [[2, 1], [3, 1]], "document_root": "UlJSUlJSUlJSUlJSUlJSUlJSUlJSUlJSUlJSUlJSUlI=",
        "nonce": "c2l4dGVlbiBieXRlcywgIQ==",
    })
}

pub fn make(page: &Page) {
    good(page);
    fields(page);
    encoding(page);
}

fn good(page: &Page) {
    let case = |name: &str, what: &str, raw: Raw, changes: Value| {
        let mut says = ordinary_fields();
        changes.as_object().unwrap().iter().for_each(|(key, value)| says[key] = value.clone());
        page.case(name, json!({"what": what, "input": base64(raw.bytes()), "expect": "ok", "fields": says}));
    };
    let raw = Raw::ordinary;
    case("ordinary", "the core of an ordinary report", raw(), json!({}));
    case("no-purpose", "for no named purpose", raw().without(6), json!({"purpose": null}));
    case(
        "audience",
        "for one audience",
        raw().set(7, item(|w| w.array(2).text("示例县人民政府办公室").text("11619900990000025H"))),
        json!({"audience": ["示例县人民政府办公室", "11619900990000025H"]}),
    );
    case("no-period", "without a period", raw().without(10), json!({"period": null}));
    case("no-data-as-of", "without the time of the data", raw().without(11), json!({"data_as_of": null}));
    case(
        "file",
        "of a file, without a holder, period, purpose, claims, counters",
        raw()
            .set(3, vec![3])
            .without(4)
            .without(6)
            .without(10)
            .without(11)
            .set(12, vec![0x80])
            .set(13, vec![0xa0]),
        json!({"kind": 3, "holder": null, "purpose": null, "period": null, "data_as_of": null, "claims": [], "counters": []}),
    );
    case(
        "person",
        "of a natural person: masked name, reference",
        raw().set(4, item(|w| w.array(3).unsigned(3).text("简*").text("nMSSWVzQzqvn0oqzs2DnXw"))),
        json!({"holder": [3, "简*", "nMSSWVzQzqvn0oqzs2DnXw"]}),
    );
    case(
        "one-character-name",
        "a name of one character has nothing to mask",
        raw().set(4, item(|w| w.array(3).unsigned(3).text("𠮷").text("nMSSWVzQzqvn0oqzs2DnXw"))),
        json!({"holder": [3, "𠮷", "nMSSWVzQzqvn0oqzs2DnXw"]}),
    );
    case(
        "commitments-kept",
        "the claim with two counts",
        raw().set(12, item(|w| w.array(1).array(4).unsigned(8).unsigned(5).unsigned(3).unsigned(4))),
        json!({"claims": [[8, 5, 3, 4]]}),
    );
    case(
        "unknown-numbers",
        "purpose, rule and counter of a later version",
        raw()
            .set(6, item(|w| w.unsigned(99)))
            .set(12, item(|w| w.array(1).array(2).unsigned(300).unsigned(1)))
            .set(13, item(|w| w.map(1).unsigned(70_000).unsigned(2))),
        json!({"purpose": 99, "claims": [[300, 1]], "counters": [[70000, 2]]}),
    );
    case(
        "last-second",
        "expires in the last second of the year 9999",
        raw().set(9, item(|w| w.unsigned(253_402_300_799))),
        json!({"expires_at": 253402300799u64}),
    );
    let name = "样".repeat(200);
    case(
        "long-name",
        "a name of 600 bytes",
        raw().set(4, item(|w| w.array(3).unsigned(1).text(&name).text("91619900MA0DEM021U"))),
        json!({"holder": [1, name, "91619900MA0DEM021U"]}),
    );
}

/// Faults of what the fields say.
fn fields(page: &Page) {
    let raw = Raw::ordinary;
    let bad = |name: &str, what: &str, raw: Raw| refused(page, name, what, &raw.bytes());
    let holder = |kind, name: &str, code: &str| item(|w| w.array(3).unsigned(kind).text(name).text(code));
    let title = |text: &str| raw().set(5, item(|w| w.text(text)));
    bad("version-2", "version 2", raw().set(0, vec![2]));
    bad("suite-2", "suite 2", raw().set(1, vec![2]));
    bad(
        "number-wrong",
        "a number whose check digits are wrong",
        raw().set(2, item(|w| w.text("2026112240170938612574"))),
    );
    bad("kind-4", "an unknown kind of document", raw().set(3, vec![4]));
    bad("no-holder", "a report without a holder", raw().without(4));
    bad("holder-kind-5", "an unknown kind of holder", raw().set(4, holder(5, "渭水", "91619900MA0DEM021U")));
    bad(
        "holder-code-letter",
        "a code with the letter I",
        raw().set(4, holder(1, "渭水", "91619900MA0DEM02IU")),
    );
    bad("holder-code-case", "a code in lower case", raw().set(4, holder(1, "渭水", "91619900ma0dem021u")));
    bad(
        "holder-code-length",
        "a code of 17 characters",
        raw().set(4, holder(1, "渭水", "91619900MA0DEM021")),
    );
    bad("holder-name-empty", "an empty name", raw().set(4, holder(1, "", "91619900MA0DEM021U")));
    bad(
        "person-named",
        "the whole name of a natural person",
        raw().set(4, holder(3, "简策", "nMSSWVzQzqvn0oqzs2DnXw")),
    );
    bad(
        "person-id",
        "an ID number instead of a reference",
        raw().set(4, holder(3, "简*", "619900199003071230")),
    );
    bad(
        "person-reference-bits",
        "a reference whose unused bits are not zero",
        raw().set(4, holder(3, "简*", "nMSSWVzQzqvn0oqzs2DnXx")),
    );
    bad(
        "name-direction-override",
        "a name with U+202E",
        raw().set(4, holder(1, "渭水\u{202E}司公限有", "91619900MA0DEM021U")),
    );
    bad("title-empty", "an empty title", title(""));
    bad("title-line-break", "a title of two lines", title("公共信用\n信息报告"));
    bad("title-tab", "a TAB in the title", title("公共信用\t信息报告"));
    bad("title-decomposed", "a title that is not in NFC", title("re\u{301}sume"));
    bad("title-long", "a title of 601 bytes", title(&"x".repeat(601)));
    bad(
        "audience-code",
        "an audience with a wrong code",
        raw().set(7, item(|w| w.array(2).text("示例县").text("1"))),
    );
    bad("times-equal", "expires when it is issued", raw().set(9, item(|w| w.unsigned(1_795_310_130))));
    bad("times-reversed", "expires before it is issued", raw().set(9, item(|w| w.unsigned(1_795_310_129))));
    bad("milliseconds", "a time in milliseconds", raw().set(9, item(|w| w.unsigned(1_803_086_130_000))));
    bad(
        "period-reversed",
        "a period that ends before it begins",
        raw().set(10, item(|w| w.array(2).unsigned(20_778).unsigned(20_777))),
    );
    bad(
        "period-far",
        "a day after the year 9999",
        raw().set(10, item(|w| w.array(2).unsigned(20_778).unsigned(2_932_897))),
    );
    bad("data-later", "data of a time after the issue", raw().set(11, item(|w| w.unsigned(1_795_310_131))));
    let claims = |list: &[&[u64]]| {
        raw().set(
            12,
            item(|w| {
                w.array(list.len() as u64);
                for claim in list {
                    claim.iter().fold(w.array(claim.len() as u64), |w, n| w.unsigned(*n));
                }
                w
            }),
        )
    };
    bad("claims-order", "claims out of order", claims(&[&[3, 1], &[1, 2]]));
    bad("claim-twice", "a rule twice", claims(&[&[1, 1], &[1, 2]]));
    bad("claim-value-6", "an unknown claim value", claims(&[&[1, 6]]));
    bad("claim-of-three", "a claim of three elements", claims(&[&[8, 5, 3]]));
    bad("claim-counts-missing", "COMMITMENTS_KEPT without counts", claims(&[&[8, 5]]));
    bad("claim-counts-elsewhere", "another rule with counts", claims(&[&[1, 5, 3, 4]]));
    bad("claim-part-larger", "a part larger than the whole", claims(&[&[8, 5, 5, 4]]));
    let many: Vec<[u64; 2]> = (100..133).map(|rule| [rule, 1]).collect();
    bad("claims-33", "33 claims", claims(&many.iter().map(|claim| &claim[..]).collect::<Vec<_>>()));
    bad("counter-zero", "a counter of zero", raw().set(13, item(|w| w.map(1).unsigned(2).unsigned(0))));
    bad(
        "counters-order",
        "counters out of order",
        raw().set(13, item(|w| w.map(2).unsigned(3).unsigned(1).unsigned(2).unsigned(1))),
    );
    bad(
        "counter-twice",
        "a counter twice",
        raw().set(13, item(|w| w.map(2).unsigned(3).unsigned(1).unsigned(3).unsigned(1))),
    );
    bad("root-31", "a document root of 31 bytes", raw().set(14, item(|w| w.bytes(&[0x52; 31]))));
    bad("nonce-15", "a nonce of 15 bytes", raw().set(15, item(|w| w.bytes(&[1; 15]))));
    bad("key-16", "an unknown key", raw().set(16, vec![1]));
    for key in [0, 1, 2, 3, 5, 8, 9, 12, 13, 14, 15] {
        bad(&format!("missing-{key}"), "a key is missing", raw().without(key));
    }
}

/// Faults of the encoding.
fn encoding(page: &Page) {
    let raw = Raw::ordinary;
    let good = raw().bytes();
    let bad = |name: &str, what: &str, bytes: &[u8]| refused(page, name, what, bytes);
    bad("empty", "nothing", b"");
    bad("cut-off", "the last byte is missing", &good[..good.len() - 1]);
    bad("trailing-byte", "a byte after the map", &[&good[..], &[0]].concat());
    bad("map-head-long", "the map's head in two bytes", &[&[0xb8, 15], &good[1..]].concat());
    bad("map-indefinite", "a map of indefinite length", &[&[0xbf], &good[1..], &[0xff]].concat());
    bad("map-counts-less", "the map's head counts one pair less", &[&[0xae], &good[1..]].concat());
    bad("map-counts-more", "the map's head counts one pair more", &[&[0xb0], &good[1..]].concat());
    bad(
        "map-of-2-32",
        "the map's head counts 2^32 pairs",
        &[&[0xba, 0xff, 0xff, 0xff, 0xff], &good[1..]].concat(),
    );
    bad("map-in-array", "the map within an array", &[&[0x81], &good[..]].concat());
    bad("tagged", "the map under the tag of self-described CBOR", &[&[0xd9, 0xd9, 0xf7], &good[..]].concat());
    let mut swapped = raw();
    swapped.0.swap(2, 3);
    bad("keys-order", "keys out of order", &swapped.bytes());
    let mut twice = raw();
    twice.0.insert(3, twice.0[2].clone());
    bad("key-twice", "a key twice", &twice.bytes());
    let mut long = raw().bytes();
    assert_eq!(long[3], 1);
    long.splice(3..4, [0x18, 0x01]);
    bad("key-long", "the key 1 in two bytes", &long);
    let set = |key, value: &[u8]| raw().set(key, value.to_vec()).bytes();
    bad("integer-long", "an integer in two bytes that fits one", &set(6, &[0x18, 9]));
    bad("integer-negative", "a negative integer", &set(6, &[0x28]));
    bad("integer-float", "a float", &set(6, &[0xf9, 0x48, 0x80]));
    bad("integer-bignum", "a bignum", &set(6, &[0xc2, 0x41, 9]));
    bad("null", "null", &set(6, &[0xf6]));
    bad("reserved-head", "a reserved head", &set(6, &[0x1c]));
    bad("text-as-bytes", "bytes where text is wanted", &set(5, &[0x43, b'a', b'b', b'c']));
    bad("text-indefinite", "text of indefinite length", &set(5, &[0x7f, 0x61, b'a', 0x61, b'b', 0xff]));
    bad("text-length-long", "the length of a text in two bytes", &set(5, &[0x78, 3, b'a', b'b', b'c']));
    bad("text-not-utf8", "text that is not UTF-8", &set(5, &[0x62, 0xc3, 0x28]));
    bad("text-beyond-end", "a text longer than the core", &set(5, &[0x7b, 0, 0, 0, 1, 0, 0, 0, 0]));
    bad("claims-of-2-32", "claims that count 2^32", &set(12, &[0x9a, 0xff, 0xff, 0xff, 0xff]));
    bad("claims-indefinite", "claims of indefinite length", &set(12, &[0x9f, 0x82, 1, 1, 0xff]));
    bad("claims-deep", "arrays nested 3,000 deep", &set(12, &[0x81; 3000]));
    bad("deep", "arrays nested 10,000 deep", &[0x81; 10_000]);
    let names = item(|w| w.array(2).text(&"a".repeat(600)).text("11619900990000025H"));
    let claims = item(|w| {
        w.array(32);
        for rule in 0..32u64 {
            w.array(2).unsigned((1 << 60) + rule).unsigned(1);
        }
        w
    });
    let counters = item(|w| {
        w.map(180);
        for counter in 0..180u64 {
            w.unsigned((1 << 60) + counter).unsigned(1 << 60);
        }
        w
    });
    let large = raw().set(7, names).set(12, claims).set(13, counters).bytes();
    assert!(large.len() > 4096);
    bad("too-long", "longer than 4,096 bytes", &large);
}

fn refused(page: &Page, name: &str, what: &str, bytes: &[u8]) {
    page.case(&format!("bad-{name}"), json!({"what": what, "input": base64(bytes), "expect": "FORMAT_BAD"}));
}
