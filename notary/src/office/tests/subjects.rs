//! One code with several names, one name with several codes, old codes and new ones, across restarts and erasing.

use super::*;
use crate::code::UnifiedCode;

const ONE: &str = "91619900MA0DEM021U";
const TWO: &str = "91619900MA0DEM0131";
const NAME: &str = "渭水样例食品有限公司";

/// The report with a penalty, for another code, name and number.
fn report(code: &str, name: &str, n: u32) -> String {
    SAMPLES[0]
        .replace(ONE, code)
        .replace(NAME, name)
        .replace("20261122091531A0000002", &format!("20261122091531A{n:07}"))
}

fn code(text: &str) -> UnifiedCode {
    UnifiedCode::parse(text).unwrap()
}

#[test]
fn names_of_codes_and_codes_of_names_are_found_however_many_documents_there_are() {
    let desk = Desk::new();
    let (last, told) = {
        let office = desk.open();
        for n in 10..30 {
            office.submit(json(&report(ONE, NAME, n))).unwrap();
        }
        let last = office.submit(json(&report(ONE, "渭水食品有限公司", 31))).unwrap().number;
        office.submit(json(&report(TWO, NAME, 32))).unwrap();
        office.seal_all().unwrap();
        let told =
            (office.names_of(&[code(ONE), code(TWO)]).unwrap(), office.codes_of(&[NAME.into()]).unwrap());
        assert_eq!(told.0, [vec![NAME.to_string(), "渭水食品有限公司".into()], vec![NAME.into()]]);
        assert_eq!(told.1, [vec![TWO.to_string(), ONE.into()]]);
        (last, told)
    };
    std::fs::remove_dir_all(desk.path().join("index")).unwrap();
    let office = desk.open();
    assert_eq!(
        (office.names_of(&[code(ONE), code(TWO)]).unwrap(), office.codes_of(&[NAME.into()]).unwrap()),
        told
    );
    office.erase(&last, "本人要求删除").unwrap();
    assert_eq!(office.names_of(&[code(ONE)]).unwrap(), [vec![NAME.to_string()]]);
    assert_eq!(office.codes_of(&["没有这个名称".into()]).unwrap(), [Vec::<String>::new()]);
    let many = vec![NAME.to_string(); crate::office::AT_ONCE_MAX + 1];
    assert_eq!(office.codes_of(&many).unwrap_err().code(), RefusalCode::ListLong);
}

#[test]
fn a_certificate_under_an_old_code_is_found_under_the_new_one() {
    let desk = Desk::new();
    let office = desk.open();
    let number = office.submit(json(SAMPLES[0])).unwrap().number;
    office.seal_all().unwrap();
    assert!(office.certificates_of_subject(&code(TWO)).unwrap().is_empty());
    let digest = format!("sha256:{}", "0a".repeat(32));
    let aliases = format!("旧代码,新代码,依据,证据摘要\r\n{ONE},{TWO},错码更正,{digest}\r\n");
    assert_eq!(office.import_aliases(aliases.as_bytes()).unwrap().len(), 1);
    assert_eq!(office.certificates_of_subject(&code(TWO)).unwrap(), [(number, Some(1))]);
    assert!(office.holds_as_subject(&code(TWO), &number).unwrap());
    assert!(!office.holds(&code(TWO), &number).unwrap());
    // Whoever holds the old code alone sees nothing of the new one's.
    assert_eq!(office.certificates_of_subject(&code(ONE)).unwrap().len(), 1);
    assert_eq!(office.import_aliases(b"91619900MA0DEM021U").unwrap_err().code(), RefusalCode::CodeLength);
    assert_eq!(office.aliases().unwrap().len(), 1, "what is refused changes nothing");
}

#[test]
fn a_whitelist_needs_its_evidence_and_is_kept() {
    let desk = Desk::new();
    let office = desk.open();
    assert!(office.whitelist().unwrap().is_empty());
    let without = format!("{ONE},{NAME},更名");
    assert_eq!(office.import_whitelist(without.as_bytes()).unwrap_err().code(), RefusalCode::CellMissing);
    let with = format!("统一社会信用代码,机构名称,依据,证据摘要\n{without},sha256:{}\n", "ab".repeat(32));
    assert_eq!(office.import_whitelist(with.as_bytes()).unwrap(), 1);
    drop(office);
    assert_eq!(desk.open().whitelist().unwrap().len(), 1);
}

#[test]
fn a_table_of_deadlines_takes_the_place_of_the_one_before() {
    let desk = Desk::new();
    let office = desk.open();
    let rule = |from: &str, to: &str, most: u32| {
        format!(
            r#"{{"id":"tolerance-supplement","name":"容缺受理材料补正","from":"书面承诺","most":{most},"unit":"day","basis":"例","checked":true,"effective_from":{from},"effective_to":{to}}}"#
        )
    };
    let table =
        |rules: &[String]| format!(r#"{{"format":"xinzheng/deadlines/v1","rules":[{}]}}"#, rules.join(","));
    let good = table(&[rule("null", "\"2026-12-31\"", 7), rule("\"2027-01-01\"", "null", 5)]);
    office.import_deadlines(good.as_bytes()).unwrap();
    let most = |day: &str| {
        let day = crate::calendar::Day::parse(day).unwrap();
        office.deadlines().unwrap().find("tolerance-supplement", day).unwrap().length().1
    };
    assert_eq!((most("2026-12-31"), most("2027-01-01")), (Some(7), Some(5)));
    for overlapping in [
        table(&[rule("null", "\"2027-01-01\"", 7), rule("\"2027-01-01\"", "null", 5)]),
        table(&[rule("null", "null", 7), rule("\"2027-01-01\"", "null", 5)]),
        table(&[rule("\"2027-01-01\"", "null", 7), rule("\"2026-01-01\"", "null", 5)]),
    ] {
        let refused = office.import_deadlines(overlapping.as_bytes()).unwrap_err();
        assert_eq!((refused.code(), refused.where_()), (RefusalCode::CalendarForm, "/rules/1"));
    }
    assert_eq!(most("2027-01-01"), Some(5), "what is refused changes nothing");
}
