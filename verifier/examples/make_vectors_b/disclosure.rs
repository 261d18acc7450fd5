//! Disclosures (spec/disclosure.md): two small documents, shown rightly and wrongly.

use super::documents::{
    PERSON, PERSON_TEXT, REPORT, REPORT_TEXT, SECRET, disclose, disclosure, person_core, report_core, root,
    salt, sorted_digests,
};
use super::raw::{Raw, item};
use super::{Page, base64, base64url};
use serde_json::{Value, json};
use verifier::hash::{Hash, sha256};

/// One case: a core, digests and disclosures.
struct Case {
    core: Raw,
    digests: Vec<Hash>,
    shown: Vec<String>,
}

impl Case {
    /// All of REPORT is shown.
    fn report() -> Case {
        let shown = disclose(REPORT);
        Case { core: report_core(), digests: sorted_digests(&shown), shown }
    }

    /// The office itself wrote these records: digests and root are right for them.
    fn of(records: &[(&str, &str)]) -> Case {
        Case::report().with_all(disclose(records))
    }

    /// Digests and root are those of these disclosures.
    fn with_all(mut self, shown: Vec<String>) -> Case {
        self.digests = sorted_digests(&shown);
        let root = root(&self.digests);
        self.core = self.core.set(14, item(|w| w.bytes(root.as_bytes())));
        self.shown = shown;
        self
    }

    fn write(self, page: &Page, name: &str, what: &str, expect: &str, more: Value) {
        let digests: Vec<String> = self.digests.iter().map(|digest| base64url(digest.as_bytes())).collect();
        let mut case = json!({"what": what, "core": base64(self.core.bytes()), "digests": digests, "disclosures": self.shown, "expect": expect});
        more.as_object().unwrap().iter().for_each(|(key, value)| case[key] = value.clone());
        page.case(name, case);
    }
}

/// REPORT with another value, or another record, at a pointer.
fn changed<'a>(pointer: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let mut records = REPORT.to_vec();
    match records.iter_mut().find(|(p, _)| *p == pointer) {
        Some(record) => record.1 = value,
        None => records.push((pointer, value)),
    }
    records
}

pub fn make(page: &Page) {
    split(page);
    good(page);
    bad(page);
}

/// Documents with secret, disclosures, digests and root.
fn split(page: &Page) {
    for (name, what, text, records) in [
        ("report", "a report", REPORT_TEXT, REPORT),
        ("person", "a natural person's report: the ID number is a record of its own", PERSON_TEXT, PERSON),
    ] {
        let shown = disclose(records);
        let digests = sorted_digests(&shown);
        let pointers: Vec<&str> = records.iter().map(|(pointer, _)| *pointer).collect();
        let core = if name == "report" { report_core() } else { person_core() };
        let (root, texts) = (root(&digests), base64(text));
        let case = Case { core, digests, shown };
        case.write(page, name, what, "ok", json!({"document": texts, "secret": base64(SECRET), "pointers": pointers, "root": root.to_base64(), "match": "DOCUMENT_OK", "hidden": {}}));
    }
}

fn good(page: &Page) {
    let mut hidden = Case::report();
    hidden.shown.truncate(7);
    hidden.write(
        page,
        "penalty-hidden",
        "hiding a penalty is allowed for this purpose, and is said",
        "ok",
        json!({"hidden": {"PENALTIES": 1}, "document": base64(REPORT_TEXT), "match": "DOCUMENT_NOT_SHOWN"}),
    );
    let mut nothing = Case::report();
    nothing.shown.clear();
    nothing.write(
        page,
        "nothing-shown",
        "digests alone",
        "ok",
        json!({"hidden": {"PERMITS": 1, "PENALTIES": 1}}),
    );
    let mut bare = Case::report();
    (bare.shown, bare.digests) = (vec![], vec![]);
    bare.write(page, "nothing-carried", "neither digests nor disclosures", "ok", json!({"hidden": {"PERMITS": 1, "PENALTIES": 1}, "document": base64(REPORT_TEXT), "match": "DOCUMENT_NOT_SHOWN"}));
    let mut order = Case::report();
    order.shown.reverse();
    order.write(page, "order-is-free", "disclosures in another order", "ok", json!({"hidden": {}}));
    let mut bidding = Case::report();
    bidding.core = bidding.core.set(6, vec![2]);
    bidding.shown.remove(6);
    bidding.shown.remove(1);
    bidding.write(
        page,
        "bidding-permit-hidden",
        "bidding demands bad news, not permits",
        "ok",
        json!({"hidden": {"PERMITS": 1}}),
    );
    let mut later = Case::report();
    later.core = later.core.set(13, item(|w| w.map(1).unsigned(18).unsigned(2)));
    later.write(
        page,
        "later-counter",
        "a counter of a later version counts the records",
        "ok",
        json!({"hidden": {"UNKNOWN_18": 2}}),
    );
    Case::of(REPORT).write(page, "document-differs", "another document at hand", "ok", json!({"hidden": {}, "document": base64(REPORT_TEXT.replace("1.2000", "1.3000")), "match": "DOCUMENT_DIFFERS"}));
    Case::of(REPORT).write(page, "document-with-more", "a document at hand with one record more", "ok", json!({"hidden": {}, "document": base64(REPORT_TEXT.replace(r#""honest":[]"#, r#""honest":[{}]"#)), "match": "DOCUMENT_DIFFERS"}));
    Case::of(REPORT).write(page, "document-rewritten", "the document at hand, members of objects in another order", "ok", json!({"hidden": {}, "document": base64(REPORT_TEXT.replace(r#""from":"2023-11-22","to":"2026-11-21""#, r#""to":"2026-11-21","from":"2023-11-22""#)), "match": "DOCUMENT_OK"}));
}

fn bad(page: &Page) {
    let bad = |name: &str, what: &str, case: Case| {
        case.write(page, &format!("bad-{name}"), what, "DISCLOSURE_BAD", json!({}))
    };
    let change = |what: &dyn Fn(&mut Case)| {
        let mut case = Case::report();
        what(&mut case);
        case
    };
    bad("digests-order", "digests not ascending", change(&|c| c.digests.swap(0, 1)));
    bad("digest-twice", "a digest twice", change(&|c| c.digests.insert(1, c.digests[0])));
    bad(
        "digest-missing",
        "a digest is missing, with its disclosure",
        change(&|c| {
            let gone = sha256(&[c.shown.pop().unwrap().as_bytes()]);
            c.digests.retain(|digest| *digest != gone);
        }),
    );
    bad(
        "digest-more",
        "a digest more than the root is over",
        change(&|c| c.digests.push(Hash::from_bytes([255; 32]))),
    );
    bad("digests-none", "disclosures without digests", change(&|c| c.digests.clear()));
    bad(
        "root-of-another-count",
        "a root that says another count",
        change(&|c| {
            let mut bytes = b"xinzheng/document-root/v1\0\0\0\0\x07".to_vec();
            c.digests.iter().for_each(|digest| bytes.extend(digest.as_bytes()));
            c.core = c.core.clone().set(14, item(|w| w.bytes(sha256(&[&bytes]).as_bytes())));
        }),
    );
    bad(
        "unreferenced",
        "a disclosure whose digest is not in the list",
        change(&|c| c.shown.push(disclosure(&[1; 16], "/region", "\"619900\""))),
    );
    bad(
        "changed",
        "a disclosure with another value",
        change(&|c| {
            c.shown[7] = disclosure(
                &salt("/sections/admin/1"),
                "/sections/admin/1",
                r#"{"item_id":"CF-0011","act":"PENALTY","amount_wan_yuan":"0.2000","flags":[]}"#,
            )
        }),
    );
    bad("twice", "a disclosure twice", change(&|c| c.shown.push(c.shown[0].clone())));
    bad("padding", "base64 with padding", change(&|c| c.shown[0].push('=')));
    let with_one = |text: String| {
        let mut shown = disclose(REPORT);
        shown.push(text);
        Case::report().with_all(shown)
    };
    bad(
        "pointer-twice",
        "two disclosures of one pointer",
        with_one(disclosure(&[1; 16], "/purpose", r#""FINANCING""#)),
    );
    bad(
        "salt-reused",
        "two disclosures with one salt",
        with_one(disclosure(&salt("/purpose"), "/region", r#""619900""#)),
    );
    bad("salt-short", "a salt of 15 bytes", with_one(disclosure(&[1; 15], "/region", r#""619900""#)));
    bad("salt-long", "a salt of 17 bytes", with_one(disclosure(&[1; 17], "/region", r#""619900""#)));
    bad("salt-empty", "no salt", with_one(disclosure(&[], "/region", r#""619900""#)));
    bad(
        "not-compact",
        "spaces after the commas",
        with_one(base64url(format!("[\"{}\", \"/region\", \"619900\"]", base64url([1; 16])))),
    );
    bad(
        "needless-escape",
        "an escape that need not be",
        with_one(disclosure(&[1; 16], "/region", r#""\u0036""#)),
    );
    bad("float", "a float", with_one(disclosure(&[1; 16], "/region", "1.5")));
    bad(
        "two-elements",
        "an array element of SD-JWT: two elements",
        with_one(base64url(format!("[\"{}\",\"619900\"]", base64url([1; 16])))),
    );
    bad(
        "four-elements",
        "four elements",
        with_one(base64url(format!("[\"{}\",\"/region\",1,2]", base64url([1; 16])))),
    );
    for (name, pointer) in [
        ("whole", ""),
        ("sections", "/sections"),
        ("section", "/sections/admin"),
        ("within", "/period/from"),
        ("within-record", "/sections/admin/0/act"),
        ("leading-zero", "/sections/honest/00"),
        ("end-of-array", "/sections/honest/-"),
        ("large-index", "/sections/honest/4096"),
        ("empty-member", "/"),
        ("tilde", "/a~2b"),
        ("no-slash", "region"),
        ("person-elsewhere", "/issuer/person_id"),
    ] {
        bad(
            &format!("pointer-{name}"),
            "a pointer of no record",
            with_one(disclosure(&[1; 16], pointer, r#""619900""#)),
        );
    }
    bad(
        "person-id-within",
        "a subject that still holds its ID number",
        with_one(disclosure(&[1; 16], "/committer", r#"{"kind":"ORG","person_id":"1"}"#)),
    );
    for (name, pointer, value) in [
        ("schema", "/schema", r#""credit-commitment/v1""#),
        ("purpose", "/purpose", r#""BIDDING""#),
        ("period", "/period", r#"{"from":"2023-11-22","to":"2026-11-20"}"#),
        ("data-as-of", "/data_as_of", r#""2026-11-20T23:59:59+08:00""#),
        (
            "subject-name",
            "/subject",
            r#"{"kind":"ORG","name":"渭水样例食品公司","uscc":"91619900MA0DEM021U"}"#,
        ),
        (
            "subject-code",
            "/subject",
            r#"{"kind":"ORG","name":"渭水样例食品有限公司","uscc":"91619900MA0DEM022R"}"#,
        ),
        (
            "subject-kind",
            "/subject",
            r#"{"kind":"SOLE","name":"渭水样例食品有限公司","uscc":"91619900MA0DEM021U"}"#,
        ),
    ] {
        bad(&format!("core-{name}"), "says something else than the core", Case::of(&changed(pointer, value)));
    }
    let mut audience = Case::report();
    audience.core =
        audience.core.set(7, item(|w| w.array(2).text("示例县人民政府办公室").text("11619900990000025H")));
    bad("core-audience", "shows no audience where the core has one", audience);
    let mut person =
        Case { core: person_core(), digests: sorted_digests(&disclose(PERSON)), shown: disclose(PERSON) };
    person.core =
        person.core.set(4, item(|w| w.array(3).unsigned(3).text("简*").text("nMSSWVzQzqvn0oqzs2DnXw")));
    bad("core-person-id", "an ID number that the holder's code does not refer to", person);
    bad(
        "one-too-many",
        "one penalty more than the core counts",
        Case::of(&changed("/sections/admin/2", r#"{"act":"PENALTY","flags":[]}"#)),
    );
    bad(
        "not-classed",
        "a record of a section that no counter counts",
        Case::of(&changed("/sections/scores/0", "{}")),
    );
    bad(
        "act-missing",
        "a record without the member that decides its counter",
        Case::of(&changed("/sections/admin/2", r#"{"flags":[]}"#)),
    );
    let mut more = Case::report();
    more.core = more.core.set(13, item(|w| w.map(2).unsigned(2).unsigned(1).unsigned(3).unsigned(2)));
    bad("counted-more", "all records are shown, and the core counts one penalty more", more);

    let mut bidding = Case::report();
    bidding.core = bidding.core.set(6, vec![2]);
    bidding.shown.remove(7);
    bidding.shown.remove(1);
    bidding.write(
        page,
        "incomplete-penalty-hidden",
        "bidding demands every penalty",
        "DISCLOSURE_INCOMPLETE",
        json!({"missing": {"PENALTIES": 1}}),
    );
}
