//! A year with a holiday of seven days and two days worked for it, as a notice of the State Council has them; its dates
//! are made up.

use proptest::prelude::*;

use super::*;
use crate::refusal::Lang;

const YEAR: &str = r#"{"format":"xinzheng/calendar/v1","year":2026,"source":"示例通知",
  "off":[{"name":"元旦","from":"2026-01-01","to":"2026-01-02"},{"name":"长假","from":"2026-10-01","to":"2026-10-07"}],
  "working":["2026-01-04","2026-10-10"]}"#;

fn calendar() -> WorkCalendar {
    let mut calendar = WorkCalendar::default();
    calendar.insert(YearCalendar::parse(YEAR.as_bytes()).unwrap());
    calendar
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

#[test]
fn days_off_and_days_worked_for_them_count_as_they_are() {
    let calendar = calendar();
    // Thursday 2026-10-01 to Wednesday 10-07 are off, Saturday 10-10 is worked.
    assert_eq!(calendar.after(day("2026-09-30"), 1), Ok(day("2026-10-08")));
    assert_eq!(calendar.after(day("2026-09-30"), 3), Ok(day("2026-10-10")));
    assert_eq!(calendar.after(day("2026-09-30"), 4), Ok(day("2026-10-12")));
    assert_eq!(calendar.after(day("2026-11-20"), 7), Ok(day("2026-12-01")));
    assert_eq!(calendar.after(day("2026-11-22"), 0), Ok(day("2026-11-22")));
    assert_eq!(calendar.between(day("2026-09-30"), day("2026-10-12")), Ok(4));
    assert_eq!(calendar.between(day("2026-10-12"), day("2026-09-30")), Ok(0));
    assert_eq!((calendar.works(day("2026-01-04")), calendar.works(day("2026-01-03"))), (Ok(true), Ok(false)));
}

#[test]
fn a_year_without_its_calendar_is_refused_and_weekends_are_not_taken_for_one() {
    let calendar = calendar();
    for refused in [
        calendar.after(day("2026-12-28"), 7).err(),
        calendar.after(day("2025-12-31"), 1).err().or_else(|| calendar.works(day("2025-12-31")).err()),
        calendar.between(day("2026-12-31"), day("2027-01-04")).err(),
        WorkCalendar::default().works(day("2026-11-23")).err(),
    ] {
        assert_eq!(refused.unwrap().code(), RefusalCode::CalendarMissing);
    }
    let told = calendar.after(day("2026-12-28"), 7).unwrap_err().message(Lang::Zh);
    assert!(told.contains("2027"), "{told}");
    // Up to the last day of the year nothing of the next is needed.
    assert_eq!(calendar.after(day("2026-12-28"), 3), Ok(day("2026-12-31")));
}

#[test]
fn a_wrong_calendar_is_refused_with_its_place() {
    for (from, to, at) in [
        ("calendar/v1", "calendar/v2", "/format"),
        ("2026,", "1026,", "/year"),
        ("示例通知", " ", "/source"),
        ("2026-10-07", "2025-10-07", "/off/1/to"),
        ("2026-10-07", "2026-09-30", "/off/1"),
        ("2026-10-01", "2026-01-02", "/off/1"),
        ("2026-10-10", "2026-10-09", "/working/1"),
        ("2026-10-10", "2026-01-04", "/working/1"),
        ("2026-10-10", "2026-10-04", "/working/1"),
        ("2026-10-10", "10/10", "/working/1"),
        ("\"working\"", "\"worked\"", ""),
    ] {
        let refusal = YearCalendar::parse(YEAR.replace(from, to).as_bytes()).unwrap_err();
        assert_eq!((refusal.code(), refusal.where_()), (RefusalCode::CalendarForm, at), "{from} → {to}");
    }
    assert!(YearCalendar::parse(&vec![b' '; CALENDAR_MAX + 1]).is_err());
}

#[test]
fn the_table_that_comes_along_is_right_and_says_what_nobody_checked() {
    let table = Deadlines::built_in().unwrap();
    assert!(table.rules().len() > 20);
    let today = day("2026-11-22");
    let unchecked: Vec<&str> =
        table.rules().iter().filter(|rule| rule.basis().is_none()).map(Deadline::id).collect();
    assert_eq!(
        unchecked,
        [
            "commitment-objection-window",
            "commitment-objection-resolution",
            "repair-acceptance",
            "repair-decision",
            "repair-extension",
            "objection-acceptance",
            "objection-decision",
            "special-report-span"
        ]
    );
    let due = |id: &str, from: &str| table.find(id, today).unwrap().due(day(from), &calendar());
    assert_eq!(due("tolerance-supplement", "2026-09-30"), Ok(Some(day("2026-10-15"))));
    assert_eq!(due("act-publicity", "2026-11-20"), Ok(Some(day("2026-12-01"))));
    assert_eq!(due("government-rectification", "2026-08-31"), Ok(Some(day("2027-02-28"))));
    assert_eq!(due("special-report-span", "2024-02-29"), Ok(Some(day("2029-02-28"))));
    assert_eq!(due("act-publicity", "2026-12-30").unwrap_err().code(), RefusalCode::CalendarMissing);
    let ordinary = table.find("publicity-ordinary", today).unwrap();
    assert_eq!(ordinary.earliest(day("2026-11-30"), &calendar()), Ok(Some(day("2027-02-28"))));
    // Not in force before its day.
    let early = table.find("publicity-ordinary", day("2026-03-31")).unwrap_err();
    assert_eq!(early.code(), RefusalCode::DeadlineUnknown);
}

#[test]
fn a_rule_may_change_with_time() {
    let rule = |from: &str, to: &str, most: u32| {
        format!(
            r#"{{"id":"a","name":"甲","from":"起","most":{most},"unit":"day","basis":"法","checked":true,"effective_from":{from},"effective_to":{to}}}"#
        )
    };
    let table = |rules: &str| {
        Deadlines::parse(format!(r#"{{"format":"xinzheng/deadlines/v1","rules":[{rules}]}}"#).as_bytes())
    };
    let both = rule("null", r#""2026-03-31""#, 5) + "," + &rule(r#""2026-04-01""#, "null", 9);
    let both = table(&both).unwrap();
    let due = |on: &str| both.find("a", day(on)).unwrap().due(day("2026-05-01"), &WorkCalendar::default());
    assert_eq!(due("2026-03-31"), Ok(Some(day("2026-05-06"))));
    assert_eq!(due("2026-04-01"), Ok(Some(day("2026-05-10"))));
    for wrong in [
        rule("null", "null", 0),
        rule("null", "null", 1_001),
        rule("\"2026\"", "null", 1),
        rule("\"2026-02-01\"", "\"2026-01-01\"", 1),
        rule("null", "null", 1).replace("\"法\"", "\"\""),
        rule("null", "null", 1).replace("true", "false"),
        rule("null", "null", 1) + "," + &rule("null", "null", 2),
    ] {
        assert_eq!(table(&wrong).unwrap_err().code(), RefusalCode::CalendarForm, "{wrong}");
    }
}

proptest! {
    #[test]
    fn adding_and_counting_agree(start in 46_000u32..46_200, count in 1u32..100) {
        // Some days of 2026 from mid-January on, by their serial numbers.
        let start = Day::from_serial(start.max(46_040)).unwrap();
        let calendar = calendar();
        let end = calendar.after(start, count).unwrap();
        prop_assert!(calendar.works(end).unwrap());
        prop_assert_eq!(calendar.between(start, end), Ok(count));
        let before = Day::from_days(end.days() - 1).unwrap();
        prop_assert_eq!(calendar.between(start, before), Ok(count - 1));
    }

    #[test]
    fn any_bytes_are_read_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = YEAR.as_bytes().to_vec();
        let at = at.index(bytes.len());
        bytes[at] = to;
        let _ = YearCalendar::parse(&bytes);
    }
}
