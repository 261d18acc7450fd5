//! Tables that are damaged, too large, or made to do harm: refused, never a panic.

use std::io::Write as _;

use proptest::prelude::*;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::*;
use crate::refusal::RefusalCode;
use crate::samples;

fn refused(bytes: &[u8]) -> RefusalCode {
    import(bytes).err().expect("it was taken").code()
}

#[test]
fn what_is_no_table_is_refused_by_its_kind() {
    assert_eq!(refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old workbook"), RefusalCode::TableFile);
    assert_eq!(refused(b"PK\x03\x04cut off"), RefusalCode::TableFile);
    assert_eq!(refused(b"%PDF-1.7\n"), RefusalCode::TableHeader);
    // GB 18030 has no such byte.
    let mut bytes = samples::bytes("commitments-200-gbk.csv");
    bytes.extend(b"\xff,\r\n");
    assert_eq!(refused(&bytes), RefusalCode::TableEncoding);
    let zip = |parts: &[(&str, &[u8])]| {
        let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, bytes) in parts {
            zip.start_file(*name, SimpleFileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap().into_inner()
    };
    assert_eq!(refused(&zip(&[("a.txt", b"hello")])), RefusalCode::TableFile);
}

/// 200,001 rows: found out before the first is imported.
#[test]
fn a_million_rows_are_refused_and_none_is_imported() {
    let mut bytes = table(&[good(1)], Format::Csv);
    let row = bytes.iter().position(|b| *b == b'\n').unwrap() + 1;
    let row = bytes[row..].to_vec();
    for _ in 1..=ROWS_MAX {
        bytes.extend_from_slice(&row);
    }
    let refusal = Table::open(Cursor::new(&bytes)).err().unwrap();
    assert_eq!(refusal.code(), RefusalCode::TableRows);
    assert!(refusal.message(crate::refusal::Lang::En).contains("none was imported"));
    bytes.truncate(bytes.len() - row.len());
    assert_eq!(Table::open(Cursor::new(&bytes)).unwrap().rows(), ROWS_MAX);
}

/// A workbook of less than a megabyte that unpacks to more than the limit.
#[test]
fn a_workbook_that_unpacks_to_too_much_is_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("xl/sharedStrings.xml", SimpleFileOptions::default()).unwrap();
    let zeros = vec![b' '; 1 << 20];
    for _ in 0..=(TEXTS_MAX >> 20) {
        zip.write_all(&zeros).unwrap();
    }
    let bytes = zip.finish().unwrap().into_inner();
    assert!(bytes.len() < 1 << 20);
    assert_eq!(refused(&bytes), RefusalCode::TableLarge);
}

#[test]
fn a_quote_that_is_never_closed_costs_its_row_and_says_so() {
    let mut bytes = samples::bytes("commitments-200.csv");
    let at = bytes.windows(2).rposition(|w| w == b"\n6").unwrap();
    bytes.insert(at + 22, b'"');
    let (notebook, _) = import(&bytes).unwrap();
    assert_eq!(notebook.accepted.len(), 199);
    assert!(!notebook.refused[0].faults.is_empty());
}

#[test]
fn a_comma_without_quotes_is_told_as_what_it_is() {
    let mut row = good(1);
    row[Column::Remark.index()] = "无".into();
    let text = String::from_utf8(table(&[row], Format::Csv)).unwrap();
    let (notebook, _) = import(text.replace("材料真实、", "材料真实,").as_bytes()).unwrap();
    assert_eq!(notebook.refused[0].faults[0].code(), "ROW_WIDE");
}

#[test]
fn rows_are_numbered_as_a_spreadsheet_does() {
    let mut rows = vec![good(1), good(2), good(3)];
    rows[0][Column::Content.index()] = "一\n二\n三".into();
    rows[2][Column::Type.index()] = "口头型".into();
    for format in [Format::Csv, Format::Xlsx] {
        let (notebook, _) = import(&table(&rows, format)).unwrap();
        assert_eq!(notebook.refused[0].row, 4, "{format:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn changed_bytes_are_read_or_refused(
        which in 0..3usize,
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        cuts in any::<bool>(),
    ) {
        let mut bytes = match which {
            0 => table(&[good(1), good(2)], Format::Csv),
            1 => table(&[good(1), good(2)], Format::Xlsx),
            _ => samples::bytes("commitments-50.xlsx"),
        };
        for (at, to) in changes {
            let at = at.index(bytes.len());
            bytes[at] = to;
        }
        if cuts {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = import(&bytes);
    }

    /// The parts of a workbook, changed before they are packed: past the ZIP file's own checks.
    #[test]
    fn changed_parts_of_a_workbook_are_read_or_refused(
        part in any::<prop::sample::Index>(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let bytes = samples::bytes("commitments-50.xlsx");
        let mut from = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        let part = part.index(from.len());
        let mut to = ZipWriter::new(Cursor::new(Vec::new()));
        for n in 0..from.len() {
            let mut file = from.by_index(n).unwrap();
            let mut text = Vec::new();
            std::io::Read::read_to_end(&mut file, &mut text).unwrap();
            if n == part {
                for (at, byte) in &changes {
                    let at = at.index(text.len());
                    text[at] = *byte;
                }
            }
            to.start_file(file.name().unwrap().to_string(), SimpleFileOptions::default()).unwrap();
            to.write_all(&text).unwrap();
        }
        let _ = import(&to.finish().unwrap().into_inner());
    }
}
