//! Every sample is taken or refused as `expected.json` says.

use verifier::registry::{DocumentKind, Purpose};

use crate::code::UnifiedCode;
use crate::document::{Document, Intake, Templates};
use crate::refusal::{Lang, RefusalCode};
use crate::samples;

#[test]
fn every_good_sample_is_taken_and_read_again_the_same() {
    let names = [samples::names("report-"), samples::names("commitment-")].concat();
    assert_eq!(names.len(), 16, "{names:?}");
    for name in names {
        let document = samples::document(&name);
        assert_eq!(document.value(), &samples::value(&name));
        let again = Document::reread(verifier::json::compact(document.value()).as_bytes()).unwrap();
        assert!(again == document, "{name}");
    }
}

#[test]
fn every_bad_sample_is_refused_where_expected_json_says() {
    let refused = samples::expected("refused");
    assert_eq!(refused.len(), 10);
    for (name, at) in refused {
        let refusal =
            samples::parse(&samples::bytes(&name)).err().unwrap_or_else(|| panic!("{name} was taken"));
        assert_eq!(refusal.where_(), at.as_str().unwrap(), "{name}: {refusal}");
        assert_eq!(refusal.code(), code_of(&name), "{name}: {refusal}");
        assert!(!refusal.message(Lang::Zh).is_empty());
    }
}

fn code_of(name: &str) -> RefusalCode {
    match name {
        "bad/repaired-record-listed.json" => RefusalCode::RecordRepaired,
        "bad/amount-as-number.json" => RefusalCode::JsonNumber,
        "bad/key-twice.json" => RefusalCode::JsonKeyTwice,
        "bad/check-character.json" => RefusalCode::CodeCheck,
        "bad/counter-disagrees.json" => RefusalCode::CounterDisagrees,
        "bad/unknown-field.json" => RefusalCode::MemberUnknown,
        "bad/period-backwards.json" => RefusalCode::DatesOrder,
        "bad/direction-override-in-name.json" => RefusalCode::JsonText,
        "bad/not-utf8.json" => RefusalCode::JsonUtf8,
        "bad/cut-off.json" => RefusalCode::JsonCutOff,
        other => panic!("{other} is new: say which code it gets"),
    }
}

#[test]
fn what_a_core_needs_comes_from_the_model() {
    let report = samples::document("report-special-clean.json");
    assert_eq!(report.kind(), DocumentKind::CreditReport);
    assert_eq!(report.own_number(), Some("20261122091532A0000003"));
    assert_eq!(report.title(), "专项信用报告（有无违法违规记录证明版）");
    assert_eq!(report.purpose(), Some(Purpose::AdminApproval));
    assert_eq!(report.audience().unwrap().uscc.as_str(), "11619900990000068X");
    let (from, to) = report.period().unwrap();
    assert_eq!((from.to_string(), to.to_string()), ("2021-11-22".to_owned(), "2026-11-21".to_owned()));
    assert_eq!(report.dated().unwrap().display_china(), "2026-11-22T09:15:30+08:00");

    let commitment = samples::document("commitment-gov-public.json");
    assert_eq!(commitment.title(), "信用承诺书（政务公开承诺）");
    assert_eq!((commitment.purpose(), commitment.audience(), commitment.period()), (None, None, None));
    assert_eq!(commitment.dated().unwrap().display_china(), "2026-11-22T00:00:00+08:00");

    let file = Document::file("清单.txt", None, b"abc").unwrap();
    assert_eq!((file.title().as_str(), file.holder().is_none(), file.own_number()), ("清单.txt", true, None));
}

#[test]
fn documents_dated_later_are_refused_unless_they_are_asked_for() {
    let templates = Templates::default();
    for (name, now, later) in [
        ("report-general-clean.json", "2026-11-22T09:15:29+08:00", Some("/generated_at")),
        ("report-general-clean.json", "2026-11-22T09:15:30+08:00", None),
        ("commitment-cert-item.json", "2026-11-21T23:59:59+08:00", Some("/made_on")),
        ("commitment-cert-item.json", "2026-11-22T00:00:00+08:00", None),
    ] {
        let now = verifier::time::Time::parse_rfc3339_china(now).unwrap();
        let intake = Intake { now, allow_later: false, templates: &templates };
        let bytes = samples::bytes(name);
        match (Document::parse(&bytes, &intake), later) {
            (Err(refusal), Some(at)) => {
                assert_eq!((refusal.code(), refusal.where_()), (RefusalCode::DatedLater, at));
                assert!(Document::parse(&bytes, &Intake { allow_later: true, ..intake }).is_ok());
            }
            (Ok(document), None) => assert!(document.dated().unwrap() <= now),
            (result, _) => panic!("{name} at {now:?}: {:?}", result.err()),
        }
    }
}

#[test]
fn a_template_can_show_repaired_records() {
    let text = String::from_utf8(samples::bytes("bad/repaired-record-listed.json")).unwrap();
    let text = text.replace("\"penalties\": 1", "\"penalties\": 0");
    assert_eq!(samples::parse(text.as_bytes()).err().unwrap().code(), RefusalCode::RecordRepaired);
    let templates: Templates = [("public-credit-report".to_owned(), "2022".to_owned())].into_iter().collect();
    let intake = Intake { now: samples::now(), allow_later: false, templates: &templates };
    assert!(Document::parse(text.as_bytes(), &intake).is_ok());
}

#[test]
fn a_file_is_no_json_document_at_the_door_but_is_read_again() {
    let file = Document::file("清单.txt", None, b"abc").unwrap();
    let bytes = verifier::json::compact(file.value());
    assert_eq!(samples::parse(bytes.as_bytes()).err().unwrap().code(), RefusalCode::SchemaUnknown);
    assert!(Document::reread(bytes.as_bytes()).unwrap() == file);
}

#[test]
fn the_codes_to_check_are_good_but_one_and_one_has_a_warning() {
    let text = String::from_utf8(samples::bytes("subjects-to-check.csv")).unwrap();
    let judged: Vec<(&str, Option<bool>)> = text
        .lines()
        .skip(1)
        .filter_map(|row| row.split_once(','))
        .map(|(code, name)| (name, UnifiedCode::parse_typed(code).ok().map(|code| code.inner_check_holds())))
        .filter(|(_, inner_check)| *inner_check != Some(true))
        .collect();
    assert_eq!(judged, [("内部校验位不符有限公司", Some(false)), ("含非法字符有限公司", None)]);
    assert_eq!(text.lines().count(), 9);
}
