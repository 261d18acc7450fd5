//! The sample tables, and single cells changed in a good row.

use super::*;
use crate::document::Body;
use crate::refusal::Lang;
use crate::samples;

#[test]
fn the_sample_tables_are_the_same_in_every_encoding() {
    let of = |name: &str| {
        let (notebook, summary) = import(&samples::bytes(name)).unwrap();
        assert!(notebook.refused.is_empty(), "{name}: {:?}", notebook.refused.first());
        assert!(summary.findings.is_empty(), "{name}: {:?}", summary.findings);
        notebook.accepted.into_iter().map(|(row, _)| row.document).collect::<Vec<_>>()
    };
    let utf8 = of("commitments-200.csv");
    assert_eq!(utf8.len(), 200);
    assert_eq!(of("commitments-200-gbk.csv"), utf8);
    assert_eq!(of("commitments-50.xlsx"), utf8[..50]);
    // Without its mark, and as a spreadsheet's "Unicode text".
    let bytes = samples::bytes("commitments-200.csv");
    let text = std::str::from_utf8(&bytes[3..]).unwrap();
    let documents = |bytes: &[u8]| {
        import(bytes).unwrap().0.accepted.into_iter().map(|(row, _)| row.document).collect::<Vec<_>>()
    };
    assert_eq!(documents(text.as_bytes()), utf8);
    let utf16: Vec<u8> = [0xfeff]
        .into_iter()
        .chain(text.replace(',', "\t").encode_utf16())
        .flat_map(u16::to_le_bytes)
        .collect();
    assert_eq!(documents(&utf16), utf8);
}

#[test]
fn the_seven_bad_rows_are_told_with_row_column_value_and_reason() {
    let (notebook, summary) = import(&samples::bytes("commitments-with-7-bad-rows.csv")).unwrap();
    assert_eq!((summary.rows, summary.accepted, summary.refused), (28, 21, 7));
    let told: Vec<(u64, &str, &str, &str)> = notebook
        .refused
        .iter()
        .map(|bad| {
            let fault = &bad.faults[0];
            (bad.row, fault.column().unwrap().title(), fault.value(), fault.code())
        })
        .collect();
    assert_eq!(
        told,
        [
            (22, "承诺人代码", "91619900MA0DEM0132", "CODE_CHECK"),
            (23, "承诺人代码", "9.16199E+17", "CODE_SPREADSHEET"),
            (24, "承诺类型", "口头型", "WORD_UNKNOWN"),
            (25, "承诺作出日期", "2026/02/30", "DATE_FORM"),
            (26, "未履行的承诺内容", "", "UNFULFILLED_UNTOLD"),
            (27, "承诺编码", "61990020261120000006", "COMMITMENT_TWICE"),
            (28, "承诺人名称", "", "CELL_MISSING"),
        ]
    );
    // Partly fulfilled: all five that go with it are missing, and all are told at once.
    let missing: Vec<&str> =
        notebook.refused[4].faults.iter().map(|fault| fault.column().unwrap().title()).collect();
    assert_eq!(
        missing,
        ["未履行的承诺内容", "违诺责任追究内容", "承诺履行状态认定日期", "认定单位", "认定单位代码"]
    );
    // The one typed full width is good.
    let (wide, document) = notebook.accepted.last().unwrap();
    assert_eq!(wide.row, 29);
    let Body::Commitment(commitment) = document.body() else { panic!("no commitment") };
    assert_eq!(commitment.code.as_str(), "61990020261121000007");
    assert!(wide.document.windows(18).any(|w| w == b"91619900MA0DEM03XK"));
    assert_eq!(notebook.progress.last(), Some(&(28, 28)));
}

/// Cells as spreadsheets keep them: real dates are dates, numbers where text belongs are explained.
#[test]
fn a_workbook_with_numbers_and_dates_in_it_is_read_for_what_it_is() {
    let (notebook, summary) = import(&samples::bytes("commitments-spoilt.xlsx")).unwrap();
    assert_eq!((summary.accepted, summary.refused), (1, 4));
    assert_eq!(notebook.accepted[0].0.row, 3);
    let told: Vec<(u64, Column, &str)> = notebook
        .refused
        .iter()
        .map(|bad| (bad.row, bad.faults[0].column().unwrap(), bad.faults[0].code()))
        .collect();
    assert_eq!(
        told,
        [
            (4, Column::MadeOn, "DATE_SERIAL"),
            (5, Column::Code, "CODE_SPREADSHEET"),
            (6, Column::CommitterCode, "CODE_SPREADSHEET"),
            (7, Column::DeterminedByCode, "CELL_MISPLACED"),
        ]
    );
}

/// Refused rows, corrected in the file that names the reasons, go in; the column of reasons is ignored.
#[test]
fn a_file_of_refused_rows_is_corrected_and_sent_again() {
    let (first, _) = import(&samples::bytes("commitments-with-7-bad-rows.csv")).unwrap();
    for format in [Format::Csv, Format::Xlsx] {
        let mut writer = Writer::new(Cursor::new(Vec::new()), format).unwrap();
        writer.row(Column::ALL.map(Column::title).into_iter().chain([REASONS])).unwrap();
        for bad in &first.refused {
            let reasons = bad.reasons(Lang::Zh);
            writer.row(bad.cells.iter().map(String::as_str).chain([reasons.as_str()])).unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        // As it is, all but the one whose twin is not in this file are refused again, for the same reasons.
        let (again, _) = import(&bytes).unwrap();
        assert_eq!(again.refused.len(), 6);
        for (bad, before) in again.refused.iter().zip(first.refused.iter().filter(|b| b.row != 27)) {
            assert_eq!((&bad.faults, &bad.cells), (&before.faults, &before.cells));
        }
        let mut table = Table::open(Cursor::new(&bytes)).unwrap();
        assert!(table.ignored().is_empty());
        let mut rows = Vec::new();
        table
            .each(&mut |_, cells, _| {
                rows.push(cells.iter().map(Cell::shown).collect::<Vec<_>>());
                Ok(())
            })
            .unwrap();
        rows[0][Column::CommitterCode.index()] = "91619900MA0DEM021U".into();
        let (fixed, _) = import(&super::table(&rows[..1], format)).unwrap();
        assert_eq!(fixed.accepted.len(), 1);
    }
}

#[test]
fn one_wrong_cell_is_told_at_its_column() {
    let code_of = |column: Column, value: &str| {
        let mut row = good(1);
        row[column.index()] = value.to_string();
        let (notebook, _) = import(&table(&[row], Format::Csv)).unwrap();
        let bad = notebook.refused.first().unwrap_or_else(|| panic!("{column:?} takes {value}"));
        assert_eq!(bad.faults[0].column(), Some(column), "{:?}", bad.faults);
        assert!(
            !bad.faults[0].message(Lang::Zh).is_empty() && !bad.faults[0].message(Lang::En).contains('{')
        );
        bad.faults[0].code().to_string()
    };
    for (column, value, code) in [
        (Column::Code, "6199002026112000000", "CODE_ZERO_LOST"),
        (Column::Code, "6.199E+19", "CODE_SPREADSHEET"),
        (Column::Code, "61990020261120000001.0", "CODE_SPREADSHEET"),
        (Column::Code, "承诺一号", "COMMITMENT_CODE_FORM"),
        (Column::CommitterCode, "9161990OMA0DEM021U", "CODE_CHARACTER"),
        (Column::CommitterCode, "91619900MA0DEM021", "CODE_LENGTH"),
        (Column::MadeOn, "46346", "DATE_SERIAL"),
        (Column::MadeOn, "2026/11/23", "DATED_LATER"),
        (Column::ValidTo, "2026-11-19", "DATES_ORDER"),
        (Column::Reason, &"长".repeat(513), "TEXT_LENGTH"),
        (Column::Name, "渭水\u{202e}公司", "JSON_TEXT"),
        (Column::Publicity, "公开吧", "WORD_UNKNOWN"),
        (Column::Unperformed, "未装修", "CELL_MISPLACED"),
        (Column::AcceptedByCode, "", "CELL_MISSING"),
    ] {
        assert_eq!(code_of(column, value), code, "{column:?} {value}");
    }
}

#[test]
fn a_natural_persons_number_is_in_no_fault() {
    let mut row = good(1);
    row[Column::Name.index()] = "欧阳示例".into();
    row[Column::Kind.index()] = "自然人".into();
    row[Column::Publicity.index()] = "不可公开".into();
    for (number, good) in
        [("619900198501010010", true), ("619900198501010011", false), ("61990019850101001", false)]
    {
        row[Column::CommitterCode.index()] = number.into();
        let (notebook, _) = import(&table(&[row.clone()], Format::Xlsx)).unwrap();
        assert_eq!(notebook.accepted.len(), usize::from(good), "{number}");
        let told = format!("{:?}", notebook.refused.iter().map(|bad| &bad.faults).collect::<Vec<_>>());
        assert!(!told.contains("19850101") && !told.contains("欧阳"), "{told}");
    }
    // A person's commitment is not public.
    row[Column::CommitterCode.index()] = "619900198501010010".into();
    row[Column::Publicity.index()] = "可向社会公开".into();
    let (notebook, _) = import(&table(&[row], Format::Csv)).unwrap();
    assert_eq!(notebook.refused[0].faults[0].code(), "PUBLICITY_PERSON");
    assert_eq!(notebook.refused[0].faults[0].column(), Some(Column::Publicity));
}

#[test]
fn heads_are_found_under_titles_aliases_and_foreign_columns() {
    let text = "信用承诺信息归集表,,\n,,\n序号,*承诺编码,承诺主体名称,承诺人类别（必填）,统一社会信用代码,信用承诺类型,承诺事项,承诺内容,违诺责任,承诺日期,有效期至,受理单位,受理单位代码,公开属性,来源系统\n\
                1,61990020261120000001,渭水样例食品有限公司,法人,91619900ma0dem021u,主动公示型,办事,真实,接受处理,2026年11月2日,长期,示例县行政审批服务局,11619900990000068X,可向社会公开,市平台\n";
    let mut table = Table::open(Cursor::new(text.as_bytes())).unwrap();
    assert_eq!(table.ignored(), ["序号", "来源系统"]);
    let mut notebook = Notebook::default();
    run(&mut table, &Whitelist::default(), &mut notebook).unwrap();
    let (row, document) = notebook.accepted.pop().unwrap_or_else(|| panic!("{:?}", notebook.refused));
    let Body::Commitment(commitment) = document.body() else { panic!("no commitment") };
    assert_eq!((row.row, commitment.made_on.to_string().as_str()), (4, "2026-11-02"));
    assert_eq!(commitment.valid_to.map(|day| day.to_string()).as_deref(), Some("2099-12-31"));

    let refused = |text: &str| import(text.as_bytes()).err().unwrap();
    assert_eq!(refused("").code().as_str(), "TABLE_HEADER");
    let missing = refused("承诺编码,承诺人名称,承诺类型\n");
    assert!(
        missing.message(Lang::Zh).contains("承诺人代码") && !missing.message(Lang::Zh).contains("承诺类型")
    );
    let twice = text.replace("序号", "承诺编号");
    assert_eq!(refused(&twice).code().as_str(), "TABLE_COLUMN_TWICE");
}

#[test]
fn one_subject_with_two_codes_is_told_and_goes_in() {
    let mut rows = vec![good(1), good(2), good(3)];
    rows[1][Column::CommitterCode.index()] = "91619900MA0DEM03XK".into();
    rows[2][Column::Name.index()] = "渭水样例食品（集团）有限公司".into();
    let (notebook, summary) = import(&table(&rows, Format::Csv)).unwrap();
    assert_eq!(notebook.accepted.len(), 3);
    let told: Vec<(&str, u64)> =
        summary.findings.iter().map(|f| (f.refusal.code().as_str(), f.row)).collect();
    assert_eq!(told, [("CODE_MANY_SUBJECTS", 4), ("SUBJECT_MANY_CODES", 3)]);
}

#[test]
fn what_the_office_calls_a_code_counts_too() {
    let mut table = Table::open(Cursor::new(super::table(&[good(1), good(2)], Format::Csv))).unwrap();
    let known = vec![("91619900MA0DEM021U", "渭水食品厂")];
    let mut notebook = Notebook { known, ..Notebook::default() };
    let whitelist = Whitelist::parse("91619900MA0DEM021U,渭水食品厂,更名".as_bytes()).unwrap();
    for (whitelist, count) in [(Whitelist::default(), 1), (whitelist, 0)] {
        notebook.asked.clear();
        let summary = run(&mut table, &whitelist, &mut notebook).unwrap();
        assert_eq!(summary.findings_count, count, "{:?}", summary.findings);
        for finding in summary.findings {
            assert!(finding.refusal.message(Lang::Zh).contains("渭水食品厂（已有）"));
            assert_eq!(finding.row, 2);
        }
    }
}
