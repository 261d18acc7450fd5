//! Good rows made at random: what is imported is exported as it was, in both formats.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::document::Body;

const SUBJECTS: [(&str, &str); 4] = [
    ("法人及非法人组织", "91619900MA0DEM0131"),
    ("法人及非法人组织", "51619900MJ0DEM091P"),
    ("个体工商户", "92619900MA0DEM048G"),
    ("自然人", "619900199912310020"),
];

fn text() -> impl Strategy<Value = String> {
    // Separators, quotes, line breaks, what looks like formulas and escapes, rare characters.
    "[=+@'\"a,;\t\n<&>_x0041一㐀𠮷＝《 ]{0,12}[一a=_'<]".prop_map(|text| text.trim().to_string())
}

fn line() -> impl Strategy<Value = String> {
    "[=+@'\"a,;<&_x0041一𠮷]{0,12}[一a]{2}"
}

fn row() -> impl Strategy<Value = Vec<String>> {
    let state = select(&["", "全部履行", "部分履行", "全部未履行"][..]);
    let types =
        select(&["审批替代型", "容缺受理型", "证明事项型", "信用修复型", "行业自律型", "主动型", "其他"][..]);
    let words = (select(&SUBJECTS[..]), types, state, select(&["特定范围内公开", "不可公开"][..]));
    (words, vec(line(), 3), vec(text(), 6), proptest::option::of(Just("2026-12-31"))).prop_map(
        |(((kind, code), commitment_type, state, publicity), names, texts, valid_to)| {
            let adverse = matches!(state, "部分履行" | "全部未履行");
            let found = |cell: &str| if state.is_empty() { String::new() } else { cell.to_string() };
            let broken = |cell: &String| if adverse { cell.clone() } else { String::new() };
            vec![
                String::new(),
                names[0].clone(),
                kind.to_string(),
                code.to_string(),
                commitment_type.to_string(),
                texts[0].clone(),
                texts[1].clone(),
                texts[2].clone(),
                "2026-11-20".to_string(),
                valid_to.unwrap_or_default().to_string(),
                state.to_string(),
                broken(&texts[3]),
                broken(&texts[4]),
                found("2026-11-21"),
                found(&names[1]),
                found("11619900990000076Q"),
                names[2].clone(),
                "11619900990000068X".to_string(),
                publicity.to_string(),
                texts[5].clone(),
            ]
        },
    )
}

proptest! {
    #[test]
    fn exporting_what_was_imported_gives_the_same_rows(mut rows in vec(row(), 1..8)) {
        for (n, row) in rows.iter_mut().enumerate() {
            row[0] = format!("61990020261120{n:06}");
        }
        for format in [Format::Csv, Format::Xlsx] {
            let (notebook, _) = import(&table(&rows, format)).unwrap();
            prop_assert!(notebook.refused.is_empty(), "{:?}", notebook.refused);
            let exported: Vec<Vec<String>> = notebook
                .accepted
                .iter()
                .map(|(_, document)| match document.body() {
                    Body::Commitment(commitment) => commitment_cells(commitment).unwrap(),
                    _ => panic!("no commitment"),
                })
                .collect();
            prop_assert_eq!(&exported, &rows);
        }
    }

    #[test]
    fn any_cells_are_taken_or_refused_with_a_reason_and_kept_as_they_were(
        mut cells in vec("[\\PC\n\t]{0,30}", 20),
    ) {
        cells[1] = format!("甲{}", cells[1]);
        for format in [Format::Csv, Format::Xlsx] {
            let (notebook, _) = import(&table(&[cells.clone()], format)).unwrap();
            for bad in &notebook.refused {
                prop_assert!(!bad.faults.is_empty() && bad.faults.iter().all(|fault| !fault.code().is_empty()));
                prop_assert_eq!(&bad.cells, &cells);
            }
        }
    }
}
