//! One change of a good sample for every rule: the code and the place that it is refused with.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::refusal::{Refusal, RefusalCode as Code};
use crate::samples;

/// The sample with the value at `pointer` set, or taken away where `to` is none. A pointer to a new member adds it.
fn change(sample: &str, changes: &[(&str, Option<Value>)]) -> Option<Refusal> {
    let mut document: Value = serde_json::from_slice(&samples::bytes(sample)).unwrap();
    for (pointer, to) in changes {
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let parent = document.pointer_mut(parent).unwrap_or_else(|| panic!("{sample} has no {parent}"));
        match (parent, to) {
            (Value::Object(members), Some(to)) => drop(members.insert(key.to_owned(), to.clone())),
            (Value::Object(members), None) => {
                assert!(members.remove(key).is_some(), "{sample} has no {pointer}")
            }
            (Value::Array(list), Some(to)) if key == "-" => list.push(to.clone()),
            (Value::Array(list), Some(to)) => list[key.parse::<usize>().unwrap()] = to.clone(),
            _ => panic!("{pointer} of {sample} can't be changed"),
        }
    }
    samples::parse(document.to_string().as_bytes()).err()
}

/// `collected` with a determination of this state on the day of the samples, and these members set in it.
fn determined(state: &str, set: &[(&str, &str)]) -> Option<Value> {
    let unit = json!({"name": "示例县行政审批服务局", "uscc": "11619900990000068X"});
    let mut found = json!({"state": state, "determined_on": "2026-11-22", "determined_by": unit});
    for (key, to) in set {
        found[*key] = json!(to);
    }
    Some(json!({"layout": "NATIONAL_20", "fulfilment": found}))
}

fn refused(sample: &str, changes: &[(&str, Option<Value>)], code: Code, at: &str) -> Code {
    let refusal = change(sample, changes).unwrap_or_else(|| panic!("{sample} was taken with {changes:?}"));
    assert_eq!((refusal.code(), refusal.where_()), (code, at), "{sample} {changes:?}: {refusal}");
    code
}

#[test]
fn the_table_of_one_change_each() {
    const FULL: &str = "report-full.json";
    const PERSON: &str = "report-person.json";
    const PROMISE: &str = "commitment-cert-item.json";
    const PLEDGE: &str = "commitment-person.json";
    const TOLERANCE: &str = "commitment-tolerance.json";
    const GOV: &str = "commitment-gov-public.json";
    let text = |n: usize| json!("长".repeat(n));
    let second_item = json!({"item_id": "CF-0014", "title": "a", "as_of": "2026-01-01",
                             "organ": {"name": "示例县信用办", "uscc": "11619900990000076Q"}});
    let table: Vec<(&str, &str, Option<Value>, Code, &str)> = vec![
        // Shape.
        (FULL, "/schema", Some(json!("credit-report/v2")), Code::SchemaUnknown, "/schema"),
        (FULL, "/schema", Some(json!("file/v1")), Code::SchemaUnknown, "/schema"),
        (FULL, "/schema", Some(json!(1)), Code::TypeWrong, "/schema"),
        (FULL, "/schema", None, Code::MemberMissing, "/schema"),
        (FULL, "/region", None, Code::MemberMissing, "/region"),
        (FULL, "/sections/local", None, Code::MemberMissing, "/sections/local"),
        (FULL, "/sections/admin/0/organ/uscc", None, Code::MemberMissing, "/sections/admin/0/organ/uscc"),
        (FULL, "/subject/registration_status", None, Code::MemberMissing, "/subject/registration_status"),
        (FULL, "/subject/uscc", None, Code::MemberMissing, "/subject/uscc"),
        (PERSON, "/subject/person_id", None, Code::MemberMissing, "/subject/person_id"),
        (FULL, "/a~b", Some(json!(1)), Code::MemberUnknown, "/a~0b"),
        (FULL, "/sections/scores", Some(json!([])), Code::MemberUnknown, "/sections/scores"),
        (FULL, "/sections/advice/0/title", Some(json!("a")), Code::MemberUnknown, "/sections/advice/0/title"),
        (
            FULL,
            "/sections/ratings/0/flags",
            Some(json!([])),
            Code::MemberUnknown,
            "/sections/ratings/0/flags",
        ),
        (
            FULL,
            "/subject/person_id",
            Some(json!("619900198501010010")),
            Code::MemberMisplaced,
            "/subject/person_id",
        ),
        (PERSON, "/subject/uscc", Some(json!("91619900MA0DEM11X7")), Code::MemberMisplaced, "/subject/uscc"),
        (FULL, "/sections", Some(json!([])), Code::TypeWrong, "/sections"),
        (FULL, "/sections/admin", Some(json!({})), Code::TypeWrong, "/sections/admin"),
        (FULL, "/sections/admin/2/content", Some(json!(1)), Code::TypeWrong, "/sections/admin/2/content"),
        (FULL, "/sections/admin/2/title", Some(json!(null)), Code::TypeWrong, "/sections/admin/2/title"),
        (FULL, "/sections/admin/2/flags", Some(json!(null)), Code::TypeWrong, "/sections/admin/2/flags"),
        (FULL, "/summary/other", Some(json!("1")), Code::TypeWrong, "/summary/other"),
        (FULL, "/fields", Some(json!(null)), Code::TypeWrong, "/fields"),
        (FULL, "/sections/admin/2/content", Some(json!("")), Code::TextLength, "/sections/admin/2/content"),
        (FULL, "/sections/admin/2/content", Some(text(4_001)), Code::TextLength, "/sections/admin/2/content"),
        (FULL, "/subject/name", Some(text(201)), Code::TextLength, "/subject/name"),
        (FULL, "/subject/name", Some(json!("𠮷".repeat(151))), Code::TextBytes, "/subject/name"),
        (FULL, "/excluded_note/0", Some(json!(" \n\u{3000}")), Code::TextBlank, "/excluded_note/0"),
        (
            FULL,
            "/audience",
            Some(json!({"name": "a\nb", "uscc": "11619900990000076Q"})),
            Code::TextLine,
            "/audience/name",
        ),
        (FULL, "/subject/name", Some(json!("某公司 ")), Code::TextLine, "/subject/name"),
        (FULL, "/kind", Some(json!("SPECIAL")), Code::WordUnknown, "/kind"),
        (FULL, "/purpose", Some(json!("bidding")), Code::WordUnknown, "/purpose"),
        (FULL, "/fields", Some(json!("all")), Code::WordUnknown, "/fields"),
        (FULL, "/sources/1/channel", Some(json!("FAX")), Code::WordUnknown, "/sources/1/channel"),
        (FULL, "/coverage/0/status", Some(json!("")), Code::WordUnknown, "/coverage/0/status"),
        (FULL, "/sections/admin/2/act", Some(json!("FINE")), Code::WordUnknown, "/sections/admin/2/act"),
        (
            FULL,
            "/sections/judgments/0/kind",
            Some(json!("CIVIL")),
            Code::WordUnknown,
            "/sections/judgments/0/kind",
        ),
        (FULL, "/subject/labels", Some(json!(["ACTIVE", "ACTIVE"])), Code::WordTwice, "/subject/labels/1"),
        (FULL, "/former_names", Some(json!([])), Code::MemberUnknown, "/former_names"),
        (
            FULL,
            "/subject/former_names",
            Some(json!(vec!["a"; 4_097])),
            Code::ListLong,
            "/subject/former_names",
        ),
        (TOLERANCE, "/missing_items", Some(json!([])), Code::ListShort, "/missing_items"),
        (GOV, "/approvals", Some(json!([])), Code::ListShort, "/approvals"),
        (FULL, "/summary/other", Some(json!(-1)), Code::NumberRange, "/summary/other"),
        (FULL, "/summary/other", Some(json!(1_000_000_001)), Code::NumberRange, "/summary/other"),
        (FULL, "/period/to", Some(json!("2026-11-31")), Code::DateForm, "/period/to"),
        (
            FULL,
            "/sections/admin/0/valid_to",
            Some(json!("2099/12/31")),
            Code::DateForm,
            "/sections/admin/0/valid_to",
        ),
        (
            FULL,
            "/subject/established_on",
            Some(json!("1899-12-31")),
            Code::DateForm,
            "/subject/established_on",
        ),
        (FULL, "/data_as_of", Some(json!("2026-11-21T23:59:59Z")), Code::InstantForm, "/data_as_of"),
        (FULL, "/generated_at", Some(json!("2026-11-22 09:15:30")), Code::InstantForm, "/generated_at"),
        (
            FULL,
            "/sections/admin/2/amount_wan_yuan",
            Some(json!("1,2")),
            Code::AmountForm,
            "/sections/admin/2/amount_wan_yuan",
        ),
        (FULL, "/region", Some(json!("61990")), Code::RegionForm, "/region"),
        (FULL, "/report_no", Some(json!("20261122091537a0000008")), Code::ReportNoForm, "/report_no"),
        (
            FULL,
            "/sections/commitments/0/code",
            Some(json!("1")),
            Code::CommitmentCodeForm,
            "/sections/commitments/0/code",
        ),
        (PROMISE, "/code", Some(json!("6199002026112200000A")), Code::CommitmentCodeForm, "/code"),
        (
            PROMISE,
            "/signature_evidence/digest",
            Some(json!("md5:0")),
            Code::DigestForm,
            "/signature_evidence/digest",
        ),
        (PROMISE, "/notice_digest", Some(json!("sha256:0")), Code::DigestForm, "/notice_digest"),
        // Codes.
        (FULL, "/issuer/uscc", Some(json!("12619900990000084")), Code::CodeLength, "/issuer/uscc"),
        (FULL, "/issuer/uscc", Some(json!("1261990099000OO84G")), Code::CodeCharacter, "/issuer/uscc"),
        (FULL, "/issuer/uscc", Some(json!("12619900990000084H")), Code::CodeCheck, "/issuer/uscc"),
        (FULL, "/issuer/uscc", Some(json!("12619900990000084g")), Code::CodeNotExact, "/issuer/uscc"),
        (FULL, "/issuer/uscc", Some(json!(" 12619900990000084G")), Code::CodeNotExact, "/issuer/uscc"),
        (
            PERSON,
            "/subject/person_id",
            Some(json!("61990019850101001")),
            Code::PersonIdForm,
            "/subject/person_id",
        ),
        (
            PERSON,
            "/subject/person_id",
            Some(json!("619900198513010010")),
            Code::PersonIdDate,
            "/subject/person_id",
        ),
        (
            PERSON,
            "/subject/person_id",
            Some(json!("619900202611230010")),
            Code::PersonIdDate,
            "/subject/person_id",
        ),
        (
            PLEDGE,
            "/committer/person_id",
            Some(json!("619900198501010011")),
            Code::PersonIdCheck,
            "/committer/person_id",
        ),
        (PLEDGE, "/committer/name", Some(json!("龘")), Code::PersonNameShort, "/committer/name"),
        // Rules of reports.
        (FULL, "/period/from", Some(json!("2026-11-22")), Code::DatesOrder, "/period"),
        (FULL, "/period/from", Some(json!("1969-12-31")), Code::DatesOrder, "/period/from"),
        (FULL, "/period/to", Some(json!("2026-11-22")), Code::DatesOrder, "/period/to"),
        (FULL, "/data_as_of", Some(json!("2026-11-22T09:15:31+08:00")), Code::DatesOrder, "/data_as_of"),
        (
            FULL,
            "/sections/admin/0/valid_from",
            Some(json!("2031-03-12")),
            Code::DatesOrder,
            "/sections/admin/0/valid_to",
        ),
        (FULL, "/generated_at", Some(json!("2026-11-22T10:00:01+08:00")), Code::DatedLater, "/generated_at"),
        (FULL, "/summary/permits", Some(json!(3)), Code::CounterDisagrees, "/summary/permits"),
        (FULL, "/summary/penalties", Some(json!(0)), Code::CounterDisagrees, "/summary/penalties"),
        (FULL, "/summary/honest", Some(json!(1)), Code::CounterDisagrees, "/summary/honest"),
        (
            FULL,
            "/summary/serious_dishonest",
            Some(json!(1)),
            Code::CounterDisagrees,
            "/summary/serious_dishonest",
        ),
        (FULL, "/summary/abnormal", Some(json!(0)), Code::CounterDisagrees, "/summary/abnormal"),
        (FULL, "/summary/commitments", Some(json!(1)), Code::CounterDisagrees, "/summary/commitments"),
        (FULL, "/summary/ratings", Some(json!(0)), Code::CounterDisagrees, "/summary/ratings"),
        (FULL, "/summary/judgments", Some(json!(2)), Code::CounterDisagrees, "/summary/judgments"),
        (FULL, "/summary/other", Some(json!(0)), Code::CounterDisagrees, "/summary/other"),
        (
            FULL,
            "/sections/abnormal/0/flags",
            Some(json!(["REPAIRED"])),
            Code::RecordRepaired,
            "/sections/abnormal/0/flags",
        ),
        (FULL, "/sections/local/-", Some(second_item), Code::ItemIdTwice, "/sections/local/1/item_id"),
        (FULL, "/kind", Some(json!("PERSONAL")), Code::SubjectKind, "/subject/kind"),
        (PERSON, "/kind", Some(json!("GENERAL")), Code::SubjectKind, "/subject/kind"),
        (FULL, "/subject/kind", Some(json!("GOV_ORG")), Code::SubjectKind, "/subject/kind"),
        // Rules of commitments.
        (PROMISE, "/valid_to", Some(json!("2026-11-21")), Code::DatesOrder, "/valid_to"),
        (PROMISE, "/made_on", Some(json!("2026-11-23")), Code::DatedLater, "/made_on"),
        (GOV, "/approvals/0/at", Some(json!("2026-11-23")), Code::DatedLater, "/approvals/0/at"),
        (PLEDGE, "/publicity", Some(json!("PUBLIC")), Code::PublicityPerson, "/publicity"),
        (PROMISE, "/type_other", Some(json!("a")), Code::MemberMisplaced, "/type_other"),
        (PROMISE, "/missing_items", Some(json!([])), Code::MemberMisplaced, "/missing_items"),
        (TOLERANCE, "/missing_items", None, Code::MemberMissing, "/missing_items"),
        (GOV, "/approvals", None, Code::MemberMissing, "/approvals"),
        (PROMISE, "/matter", None, Code::MemberMissing, "/matter"),
        (PROMISE, "/signature_evidence", None, Code::MemberMissing, "/signature_evidence"),
        (PROMISE, "/collected", Some(json!({})), Code::MemberMissing, "/collected/layout"),
        (PROMISE, "/collected", Some(json!({"layout": "OWN"})), Code::WordUnknown, "/collected/layout"),
        (
            PROMISE,
            "/collected",
            determined("FOUND_FALSE", &[]),
            Code::WordUnknown,
            "/collected/fulfilment/state",
        ),
        (
            PROMISE,
            "/collected",
            determined("NOT_FULFILLED", &[]),
            Code::MemberMissing,
            "/collected/fulfilment/unperformed",
        ),
        (
            PROMISE,
            "/collected",
            determined("FULFILLED", &[("pursued", "a")]),
            Code::MemberMisplaced,
            "/collected/fulfilment/pursued",
        ),
        (
            PROMISE,
            "/collected",
            determined("FULFILLED", &[("determined_on", "2026-11-21")]),
            Code::DatesOrder,
            "/collected/fulfilment/determined_on",
        ),
        (
            PROMISE,
            "/collected",
            determined("FULFILLED", &[("determined_on", "2026-11-23")]),
            Code::DatedLater,
            "/collected/fulfilment/determined_on",
        ),
        (GOV, "/committer/kind", Some(json!("ORG")), Code::SubjectKind, "/committer/kind"),
        (PROMISE, "/committer/kind", Some(json!("GOV_ORG")), Code::SubjectKind, "/committer/kind"),
        (PROMISE, "/template", Some(json!({"id": "a"})), Code::MemberMissing, "/template/version"),
        (PROMISE, "/conditions", Some(json!([{"text": ""}])), Code::TextLength, "/conditions/0/text"),
    ];
    let mut seen = BTreeSet::new();
    for (sample, pointer, to, code, at) in table {
        seen.insert(refused(sample, &[(pointer, to)], code, at));
    }
    for code in Code::ALL.iter().filter(|code| is_of_documents(**code)) {
        assert!(seen.contains(code), "no row for {}", code.as_str());
    }
}

/// Codes of shape, codes and rules that one change of a sample can cause; the rest has tests of its own.
fn is_of_documents(code: Code) -> bool {
    (Code::SchemaUnknown..=Code::PublicityPerson).contains(&code) && code != Code::CodeSpreadsheet
}

#[test]
fn what_the_table_changes_is_allowed_in_another_way() {
    for (sample, changes) in [
        ("report-full.json", vec![("/subject/established_on", Some(json!("1900-01-01")))]),
        ("report-full.json", vec![("/subject/address", Some(json!(null)))]),
        ("report-full.json", vec![("/fields", Some(json!(["食品", "建筑"])))]),
        ("report-full.json", vec![("/sections/admin/0/valid_to", Some(json!("LONG_TERM")))]),
        ("report-full.json", vec![("/data_as_of", Some(json!("2026-11-22T09:15:30+08:00")))]),
        ("report-full.json", vec![("/subject/name", Some(json!("𠮷".repeat(150))))]),
        ("report-full.json", vec![("/subject/name", Some(json!("长".repeat(200))))]),
        ("commitment-cert-item.json", vec![("/valid_to", None)]),
        ("commitment-cert-item.json", vec![("/valid_to", Some(json!("2026-11-22")))]),
        (
            "commitment-cert-item.json",
            vec![("/type", Some(json!("OTHER"))), ("/type_other", Some(json!("某类")))],
        ),
        ("commitment-cert-item.json", vec![("/type", Some(json!("OTHER")))]),
    ] {
        assert_eq!(change(sample, &changes), None, "{sample} {changes:?}");
    }
}

#[test]
fn unknown_members_come_before_missing_ones_and_those_before_wrong_ones() {
    let wrong = ("/region", Some(json!("6")));
    let missing = ("/issuer", None);
    let unknown = ("/isuer", Some(json!(1)));
    let sample = "report-full.json";
    refused(sample, &[wrong.clone(), missing.clone(), unknown], Code::MemberUnknown, "/isuer");
    refused(sample, &[wrong.clone(), missing], Code::MemberMissing, "/issuer");
    refused(sample, &[wrong], Code::RegionForm, "/region");
}

#[test]
fn what_is_no_document_at_all() {
    for (bytes, code) in [
        (&b""[..], Code::JsonCutOff),
        (b"[]", Code::TypeWrong),
        (b"{}", Code::MemberMissing),
        (b"{]", Code::JsonSyntax),
        (b"{} {}", Code::JsonSyntax),
        (b"\xef\xbb\xbf{}", Code::JsonSyntax),
        (b"{\"a\":\"\xff\"}", Code::JsonUtf8),
    ] {
        assert_eq!(samples::parse(bytes).err().unwrap().code(), code, "{bytes:?}");
    }
    let deep = ["[".repeat(17), "]".repeat(17)].concat();
    assert_eq!(samples::parse(deep.as_bytes()).err().unwrap().code(), Code::JsonDeep);
    let large = format!("{{\"a\":\"{}\"}}", "a".repeat(4 << 20));
    assert_eq!(samples::parse(large.as_bytes()).err().unwrap().code(), Code::JsonLarge);
}

#[test]
fn a_report_has_at_most_4096_records() {
    let advice = |n: usize| Some(json!(vec![json!({"text": "a"}); n]));
    let sample = "report-person.json";
    // 17 members beside the sections, and the ID number.
    assert_eq!(change(sample, &[("/sections/advice", advice(4_096 - 18))]), None);
    refused(sample, &[("/sections/advice", advice(4_096 - 17))], Code::RecordsMany, "/sections");
}

#[test]
fn no_refusal_repeats_an_id_number_wherever_it_was_put() {
    let id = "619900198501010010";
    for (sample, pointer, value) in [
        ("report-person.json", "/subject/person_id", json!("619900198501010011")),
        ("report-person.json", "/subject/person_id", json!(" 619900198501010010")),
        ("report-person.json", "/region", json!(id)),
        ("report-person.json", "/purpose", json!(id)),
        ("report-person.json", "/issuer/uscc", json!("61990019850101001X")),
        ("report-full.json", "/subject/person_id", json!(id)),
        ("report-full.json", "/619900198501010010", json!(1)),
        ("report-full.json", "/subject/id: 619900198501010010", json!(1)),
    ] {
        let refusal = change(sample, &[(pointer, Some(value))]).unwrap();
        let said = format!("{refusal:?} {refusal} {}", refusal.message(crate::refusal::Lang::Zh));
        assert!(!said.contains("1985010100"), "{said}");
    }
}

#[test]
fn a_hidden_character_is_named_by_its_code_point() {
    let refusal = samples::parse(&samples::bytes("bad/direction-override-in-name.json")).err().unwrap();
    assert!(refusal.message(crate::refusal::Lang::Zh).contains("\u{ff1a}U+202E\u{ff1b}"), "{refusal}");
}

#[test]
fn a_collected_commitment_may_lack_what_the_layout_has_no_column_for() {
    const PROMISE: &str = "commitment-cert-item.json";
    const TOLERANCE: &str = "commitment-tolerance.json";
    let collected = Some(json!({"layout": "NATIONAL_20"}));
    let lacking = [
        ("/collected", collected),
        ("/matter", None),
        ("/signature_evidence", None),
        ("/missing_items", None),
    ];
    assert_eq!(change(TOLERANCE, &lacking), None);
    for without in lacking.iter().skip(1).map(|one| [one.clone()]) {
        assert_eq!(change(TOLERANCE, &without).map(|refusal| refusal.code()), Some(Code::MemberMissing));
    }
    let both = [("unperformed", "一"), ("pursued", "二")];
    assert_eq!(change(PROMISE, &[("/collected", determined("PARTLY_FULFILLED", &both))]), None);
}
