//! Lists, public search, figures, and tables in and out.

use std::io::Cursor;

use super::*;
use crate::code::UnifiedCode;
use crate::import::{BadRow, Column, Fault, GoodRow, Table, Taken, Taker, Whitelist, run};
use crate::refusal::Lang;
use verifier::status::Status;

/// The code of the n-th.
fn number(n: u32) -> String {
    format!("61990020261122{n:06}")
}

/// The n-th commitment, of an organisation of this name.
fn of(n: u32, name: &str, publicity: &str) -> String {
    let mut value: serde_json::Value = serde_json::from_str(APPROVAL).unwrap();
    value["code"] = number(n).into();
    value["committer"]["name"] = name.into();
    value["publicity"] = publicity.into();
    value.to_string()
}

fn found(office: &Office, query: &str) -> Vec<String> {
    let page = office.commitment_desk().search_public(query, None, 50).unwrap();
    page.rows.iter().map(|row| row.committer.clone()).collect()
}

#[test]
fn everybody_finds_what_was_made_public_and_nothing_else() {
    let house = House::new();
    let office = house.open();
    let desk = office.commitment_desk();
    let names = ["秦岭示范机械有限公司", "示范机械厂", "渭水（示范）食品有限公司", "延塔 示范 建筑公司"];
    for (n, name) in (100..).zip(names) {
        submit(&office, &of(n, name, "PUBLIC")).unwrap();
    }
    submit(&office, &of(200, "示范不公开公司", "LIMITED")).unwrap();
    submit(&office, &of(201, "示范未公示公司", "PUBLIC")).unwrap();
    submit(&office, PERSON).unwrap();
    office.seal().unwrap();
    for n in 100..104 {
        does(&office, &number(n), EventKind::Publicised).unwrap();
    }
    // Names that begin with the word come first.
    let all = found(&office, "示范");
    assert_eq!((all.len(), all[0].as_str()), (4, "示范机械厂"));
    assert!(!all.contains(&"示范不公开公司".to_string()) && !all.contains(&"示范未公示公司".to_string()));
    assert_eq!(found(&office, "渭水(示范)"), ["渭水（示范）食品有限公司"]);
    assert_eq!(found(&office, "示范建筑"), ["延塔 示范 建筑公司"]);
    assert_eq!(found(&office, &number(101)), ["示范机械厂"]);
    assert_eq!(found(&office, "91619900MA0DEM0131").len(), 4);
    for nothing in ["没有的公司", &number(200), &number(201), "12619900990000084G"] {
        assert!(found(&office, nothing).is_empty(), "{nothing}");
    }
    for short in ["", "示", " 示 "] {
        assert_eq!(desk.search_public(short, None, 50).unwrap_err().code(), RefusalCode::SearchShort);
    }
    for place in ["x!", "Ag", "AWg"] {
        let refused = desk.search_public("示范", Some(place), 50).unwrap_err();
        assert_eq!(refused.code(), RefusalCode::SearchPlace);
    }
    // A person's commitment is found by nothing: not by its code, the name, or the ID number.
    let person: serde_json::Value = serde_json::from_str(PERSON).unwrap();
    let committer = &person["committer"];
    for query in [&person["code"], &committer["name"], &committer["person_id"]] {
        assert!(found(&office, query.as_str().unwrap()).is_empty(), "{query}");
    }
    // Page by page the same.
    let (mut pages, mut after) = (Vec::new(), None);
    loop {
        let page = desk.search_public("示范", after.as_deref(), 1).unwrap();
        pages.extend(page.rows.iter().map(|row| row.committer.clone()));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(pages, all);
    // What was erased or revoked is not found any more; nor after the index was made again.
    let erased = desk.one(&code(&number(101))).unwrap().number;
    office.erase(&erased, "主体申请").unwrap();
    let revoked = desk.one(&code(&number(102))).unwrap().number;
    office.set_status(&revoked, Status::Revoked, "签发有误").unwrap();
    let left = found(&office, "示范");
    assert!(left.len() == 2 && found(&office, &number(101)).is_empty());
    assert!(found(&office, &number(102)).is_empty());
    drop(office);
    std::fs::remove_dir_all(house.path().join("index")).unwrap();
    assert_eq!(found(&house.open(), "示范"), left);
}

#[test]
fn an_adverse_result_is_shown_to_everybody_once_it_counts() {
    let house = House::new();
    let office = house.open();
    let desk = office.commitment_desk();
    sealed(&office, APPROVAL);
    for kind in [EventKind::Publicised, EventKind::CheckStarted, EventKind::FoundFalse] {
        does(&office, APPROVAL_CODE, kind).unwrap();
    }
    let shown = || {
        let row = desk.one_public(&code(APPROVAL_CODE)).unwrap().unwrap();
        let tells = row.steps.iter().any(|(kind, _)| *kind == EventKind::FoundFalse);
        (row.present.public_word(Lang::Zh), tells)
    };
    assert_eq!(shown(), ("核查结果待定（异议期内）".to_string(), false));
    house.later(100);
    assert_eq!(shown(), ("承诺不实".to_string(), true));
    let number = desk.one(&code(APPROVAL_CODE)).unwrap().number;
    let line = desk.present(&number).unwrap().unwrap().line(Lang::Zh);
    assert_eq!(line, "履行情况（截至2027年3月2日）：承诺不实，认定单位：示例县市场监督管理局");
    // Upheld, it was never determined.
    does(&office, APPROVAL_CODE, EventKind::ObjectionFiled).unwrap();
    assert!(!shown().1);
    let mut upheld = whole(EventKind::ObjectionResolved);
    upheld.upheld = Some(true);
    desk.event(&operator(), &code(APPROVAL_CODE), &upheld, None).unwrap();
    assert_eq!(shown(), ("履行中".to_string(), false));
}

#[test]
fn lists_go_page_by_page_and_figures_add_up() {
    let house = House::new();
    let office = house.open();
    let desk = office.commitment_desk();
    for n in 0..7 {
        submit(&office, &of(n, "甲有限公司", "PUBLIC")).unwrap();
        submit(&office, &REPORT.replace("A0000008", &format!("A{n:07}"))).unwrap();
    }
    office.seal().unwrap();
    for n in 0..5 {
        does(&office, &number(n), EventKind::CheckStarted).unwrap();
    }
    does(&office, &number(0), EventKind::Fulfilled).unwrap();
    does(&office, &number(1), EventKind::PartlyFulfilled).unwrap();
    does(&office, &number(2), EventKind::FoundFalse).unwrap();
    does(&office, &number(6), EventKind::TakenBack).unwrap();
    let all = |stage: Option<Stage>, limit: usize| {
        let (mut codes, mut after) = (Vec::new(), None);
        loop {
            let page = desk.list(stage, after, limit).unwrap();
            codes.extend(page.rows.iter().map(|row| row.code.to_string()));
            after = page.next;
            if after.is_none() {
                return codes;
            }
        }
    };
    let expected: Vec<String> = (0..7).rev().map(number).collect();
    assert_eq!(all(None, 2), expected);
    assert_eq!(all(None, 200), expected);
    assert_eq!(all(Some(Stage::Checking), 1), [number(4), number(3)]);
    assert_eq!(all(Some(Stage::Closed), 1), [] as [String; 0]);
    let figures = desk.figures(day("2026-11-22")).unwrap();
    let sum = figures.in_progress
        + figures.fulfilled
        + figures.partly
        + figures.not_fulfilled
        + figures.found_false
        + figures.overdue
        + figures.expired
        + figures.taken_back
        + figures.ended;
    assert_eq!((figures.made, sum, figures.kept), (7, 7, (1, 3)));
    let holder = UnifiedCode::parse("91619900MA0DEM0131").unwrap();
    assert_eq!(desk.of_holder(&holder).unwrap().len(), 7);
    assert_eq!(desk.of_holder_public(&holder).unwrap().len(), 0);
}

/// Takes rows into an office.
struct Intake<'a>(&'a Office, Vec<BadRow>);

impl Taker for Intake<'_> {
    type Error = Refusal;
    type Receipt = CertificateNumber;

    fn take(&mut self, rows: &[GoodRow]) -> Result<Vec<Taken<CertificateNumber>>, Refusal> {
        let one = |row: &GoodRow| {
            let text = std::str::from_utf8(&row.document).unwrap();
            submit(self.0, text).map_err(|refusal| Fault::of(None, "", &refusal))
        };
        Ok(rows.iter().map(one).collect())
    }

    fn names(&mut self, codes: &[UnifiedCode]) -> Result<Vec<Vec<String>>, Refusal> {
        self.0.names_of(codes)
    }

    fn accepted(&mut self, _: GoodRow, _: CertificateNumber) -> Result<(), Refusal> {
        Ok(())
    }

    fn refused(&mut self, row: BadRow) -> Result<(), Refusal> {
        self.1.push(row);
        Ok(())
    }

    fn progress(&mut self, _: u64, _: u64) {}
}

fn import(office: &Office, table: &str) {
    let mut intake = Intake(office, Vec::new());
    let mut table = Table::open(Cursor::new(table.as_bytes())).unwrap();
    run(&mut table, &Whitelist::default(), &mut intake).unwrap();
    assert_eq!(intake.1, []);
    office.seal_all().unwrap();
}

fn export(office: &Office) -> Vec<Vec<String>> {
    let (mut rows, mut from) = (Vec::new(), Some(0));
    while let Some(start) = from {
        let some = office.commitments(start).unwrap();
        rows.extend(some.rows);
        from = some.next;
    }
    rows
}

fn csv(rows: &[Vec<String>]) -> String {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(Column::ALL.map(Column::title)).unwrap();
    rows.iter().for_each(|row| writer.write_record(row).unwrap());
    String::from_utf8(writer.into_inner().unwrap()).unwrap()
}

/// The table with something determined of its second and third row.
fn determined(table: &str) -> String {
    let mut reader = csv::Reader::from_reader(table.trim_start_matches('\u{feff}').as_bytes());
    let mut rows: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(str::to_string).collect()).collect();
    for (row, state) in [(1, "全部履行"), (2, "部分履行")] {
        let mut put = |column: Column, text: &str| rows[row][column.index()] = text.to_string();
        put(Column::State, state);
        put(Column::DeterminedOn, "2026-11-21");
        put(Column::DeterminedBy, "示例县市场监督管理局");
        put(Column::DeterminedByCode, "11619900990000121R");
        if state == "部分履行" {
            put(Column::Unperformed, "未按期整改");
            put(Column::Pursued, "约谈");
        }
    }
    csv(&rows)
}

#[test]
fn what_was_collected_begins_where_its_columns_say_and_goes_out_as_it_is_now() {
    let house = House::new();
    let office = house.open();
    let desk = office.commitment_desk();
    import(&office, &determined(include_str!("../../../../tests/samples/commitments-200.csv")));
    let before = export(&office);
    assert_eq!(before.len(), 200);
    let cell = |row: &[String], column: Column| row[column.index()].clone();
    let of_state = |state: &str| {
        before.iter().find(|row| row[Column::State.index()] == state).unwrap_or_else(|| panic!("{state}"))
    };
    for (state, stage) in [("全部履行", Stage::Fulfilled), ("部分履行", Stage::PartlyFulfilled)] {
        let row = of_state(state);
        let view = desk.one(&code(&cell(row, Column::Code))).unwrap();
        assert_eq!((view.stage, view.seen), (stage, 0));
        assert_eq!(view.present.unit.unwrap().1, cell(row, Column::DeterminedByCode));
    }
    // One of which nothing was determined is checked here; one that was kept in part is rectified.
    let (open, partly) = (cell(of_state(""), Column::Code), cell(of_state("部分履行"), Column::Code));
    for kind in [EventKind::CheckStarted, EventKind::FoundFalse] {
        does(&office, &open, kind).unwrap();
    }
    for kind in [EventKind::CheckStarted, EventKind::Fulfilled] {
        does(&office, &partly, kind).unwrap();
    }
    let row_of = |rows: &[Vec<String>], which: &str| {
        rows.iter().find(|row| row[Column::Code.index()] == which).unwrap().clone()
    };
    // In its window an adverse result does not go out.
    assert_eq!(cell(&row_of(&export(&office), &open), Column::State), "");
    house.later(100);
    let now = export(&office);
    let row = row_of(&now, &open);
    assert_eq!(cell(&row, Column::State), "全部未履行");
    assert_eq!(cell(&row, Column::Unperformed), "承诺不实：未按期完成整改");
    assert_eq!(cell(&row, Column::DeterminedByCode), "11619900990000121R");
    let row = row_of(&now, &partly);
    assert_eq!(
        (cell(&row, Column::State), cell(&row, Column::Unperformed)),
        ("全部履行".into(), String::new())
    );
    assert_eq!(before.iter().zip(&now).filter(|(before, now)| before != now).count(), 2);
    // Another office takes in what went out, and sends out the same.
    let other = House::new();
    other.later(100);
    let office = other.open();
    import(&office, &csv(&now));
    assert_eq!(export(&office), now);
}
