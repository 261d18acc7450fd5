//! The table of a check: CSV or XLSX, its columns found by title or, without a head, by what stands in them.
//!
//! ```text
//! 投标人名称,统一社会信用代码      证书编号,查验码      窗口码
//! ```
//!
//! UTF-8, GB 18030, UTF-16; comma, tab, semicolon. A row that can't be used stays in, with its reason. Bounded by
//! [`ROWS_MAX`](super::ROWS_MAX) and [`BYTES_MAX`](super::BYTES_MAX).

use std::io::Cursor;

use verifier::hash::{Hash, sha256};

use super::asked::Asked;
use super::{BYTES_MAX, ROWS_MAX};
use crate::import::{Cell, each_row, plain_title};
use crate::refusal::{Refusal, RefusalCode};

const CODES: [&str; 9] = [
    "统一社会信用代码",
    "社会信用代码",
    "信用代码",
    "承诺人代码",
    "投标人代码",
    "代码",
    "uscc",
    "code",
    "unifiedcode",
];
const NUMBERS: [&str; 5] = ["证书编号", "编号", "number", "certificatenumber", "certificate"];
const WINDOWS: [&str; 2] = ["窗口码", "windowcode"];
const CHECKS: [&str; 2] = ["查验码", "checkcode"];
const NAMES: [&str; 10] = [
    "名称",
    "机构名称",
    "企业名称",
    "单位名称",
    "投标人",
    "投标人名称",
    "信用主体",
    "信用主体名称",
    "承诺人名称",
    "name",
];
/// Characters of a name that are kept.
const NAME_MAX: usize = 100;
/// Rows above the head: a title may stand there.
const ABOVE_MAX: usize = 10;
/// Without a head, a first cell with so many letters or digits is data.
const DATA_MIN: usize = 15;

/// A table that was read.
#[derive(Clone, Debug)]
pub struct Input {
    digest: Hash,
    rows: Vec<InputRow>,
}

/// A row of it.
#[derive(Clone, Debug)]
pub struct InputRow {
    /// The row as a spreadsheet numbers it, from 1.
    pub row: u64,
    /// What it asks for.
    pub(crate) asked: Asked,
    /// As the answer repeats it.
    pub(crate) shown: String,
    /// Whether it was written in another form.
    pub(crate) normalised: bool,
    /// The name that the table gives; empty where it gives none.
    pub(crate) name: String,
}

#[derive(Clone, Copy)]
struct Columns {
    asked: usize,
    check: Option<usize>,
    name: Option<usize>,
}

impl Input {
    /// Reads a table.
    ///
    /// # Errors
    /// `TABLE_FILE`, `TABLE_ENCODING`, `TABLE_LARGE`, `CHECK_COLUMNS`, `CHECK_ROWS`, `CHECK_EMPTY`.
    pub fn read(bytes: &[u8]) -> Result<Input, Refusal> {
        let mut columns = None;
        let mut above = 0;
        let mut rows = Vec::new();
        each_row(Cursor::new(bytes), BYTES_MAX, &mut |row, cells| {
            let found = match columns {
                Some(columns) => columns,
                None => {
                    let found = match (head(&cells), data(&cells)) {
                        (Some(head), _) => (head, true),
                        (None, Some(data)) => (data, false),
                        (None, None) if above < ABOVE_MAX => {
                            above += 1;
                            return Ok(());
                        }
                        (None, None) => return Err(Refusal::new(RefusalCode::CheckColumns)),
                    };
                    columns = Some(found.0);
                    if found.1 {
                        return Ok(());
                    }
                    found.0
                }
            };
            if rows.len() == ROWS_MAX {
                return Err(Refusal::new(RefusalCode::CheckRows).right(ROWS_MAX));
            }
            rows.push(InputRow::of(row, &cells, found));
            Ok(())
        })?;
        match (columns, rows.is_empty()) {
            (None, _) if above > 0 => Err(Refusal::new(RefusalCode::CheckColumns)),
            (_, true) => Err(Refusal::new(RefusalCode::CheckEmpty)),
            (_, false) => Ok(Input { digest: sha256(&[bytes]), rows }),
        }
    }

    /// SHA-256 of the file as it came.
    pub fn digest(&self) -> &Hash {
        &self.digest
    }

    /// Its rows.
    pub fn rows(&self) -> &[InputRow] {
        &self.rows
    }
}

impl InputRow {
    fn of(row: u64, cells: &[Cell], columns: Columns) -> InputRow {
        let blank = Cell::Text(String::new());
        let cell = cells.get(columns.asked).unwrap_or(&blank);
        let asked = Asked::read(cell, columns.check.and_then(|place| cells.get(place)));
        let written = cell.shown();
        let name = columns.name.and_then(|place| cells.get(place)).map(Cell::shown).unwrap_or_default();
        let name = crate::refusal::without_person_ids(name.trim());
        InputRow {
            row,
            shown: asked.shown(&written),
            normalised: asked.normalised(&written),
            asked,
            name: name.chars().filter(|c| !c.is_control()).take(NAME_MAX).collect(),
        }
    }
}

/// The columns, where this row is the head.
fn head(cells: &[Cell]) -> Option<Columns> {
    let titles: Vec<String> = cells.iter().map(title).collect();
    let find = |known: &[&str]| titles.iter().position(|title| known.contains(&title.as_str()));
    let number = find(&NUMBERS);
    let asked = find(&WINDOWS).or(number).or_else(|| find(&CODES))?;
    let check = number.filter(|number| *number == asked).and_then(|_| find(&CHECKS));
    Some(Columns { asked, check, name: find(&NAMES) })
}

/// The columns, where this row has data already: the first cell that looks like a code or number, and a check code behind
/// a number.
fn data(cells: &[Cell]) -> Option<Columns> {
    let shown: Vec<String> = cells.iter().map(|cell| crate::code::normalise(&cell.shown())).collect();
    let is_data = |text: &String| {
        text.len() >= DATA_MIN && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'\'')
    };
    let asked = shown.iter().position(is_data)?;
    let digits =
        |text: &String| text.len() <= 10 && text.len() > 4 && text.bytes().all(|b| b.is_ascii_digit());
    let check =
        shown.iter().enumerate().skip(asked + 1).find(|(_, text)| digits(text)).map(|(place, _)| place);
    let named = |text: &&String| !text.is_ascii();
    let name = shown.iter().position(|text| named(&text));
    Some(Columns { asked, check, name })
}

fn title(cell: &Cell) -> String {
    plain_title(&cell.shown()).to_ascii_lowercase().replace(['_', '-', '"', '\''], "")
}

#[cfg(test)]
mod tests {
    use super::super::What;
    use super::*;

    fn kinds(bytes: &[u8]) -> Vec<(u64, What, String)> {
        let input = Input::read(bytes).unwrap();
        input.rows().iter().map(|row| (row.row, row.asked.what(), row.name.clone())).collect()
    }

    fn refused(bytes: &[u8]) -> RefusalCode {
        Input::read(bytes).unwrap_err().code()
    }

    #[test]
    fn columns_are_found_by_title_or_by_what_stands_in_them() {
        let one = [(2, What::Code, "甲公司".to_string())];
        for text in [
            "统一社会信用代码,名称\n91619900MA0DEM0131,甲公司\n",
            "\u{feff}投标人名称;序号;统一社会信用代码（必填）\n甲公司;1;91619900MA0DEM0131\n",
            "name\tcode\n甲公司\t91619900MA0DEM0131",
        ] {
            assert_eq!(kinds(text.as_bytes()), one, "{text}");
        }
        let (gbk, _, _) =
            encoding_rs::GB18030.encode("统一社会信用代码,名称\r\n91619900MA0DEM0131,甲公司\r\n");
        assert_eq!(kinds(&gbk), one);
        assert_eq!(kinds("91619900MA0DEM0131,甲公司\n".as_bytes()), [(1, What::Code, "甲公司".to_string())]);
        let above = "开标核查表,,\n\n统一社会信用代码,名称\n91619900MA0DEM0131,甲公司\n";
        assert_eq!(kinds(above.as_bytes()), [(4, What::Code, "甲公司".to_string())]);
        let number = verifier::number::CertificateNumber::with_check("20261122401709386125").unwrap();
        let pair = format!("证书编号,查验码\n{number},5390217746\n{number},\n");
        let pair = kinds(pair.as_bytes());
        assert_eq!((pair[0].1, pair[1].1), (What::WindowCode, What::Number));
        assert_eq!(kinds(format!("{number},5390217746").as_bytes())[0].1, What::WindowCode);
        assert_eq!(kinds(format!("窗口码\n{number}5390217746").as_bytes())[0].1, What::WindowCode);
    }

    #[test]
    fn what_is_no_table_or_too_much_is_refused_whole() {
        assert_eq!(refused(b""), RefusalCode::CheckEmpty);
        assert_eq!(refused("统一社会信用代码\n".as_bytes()), RefusalCode::CheckEmpty);
        assert_eq!(refused("地址,电话\n某路,12345\n".as_bytes()), RefusalCode::CheckColumns);
        assert_eq!(refused(b"\xd0\xcf\x11\xe0..."), RefusalCode::TableFile);
        assert_eq!(refused(b"PK\x03\x04broken"), RefusalCode::TableFile);
        let rows = |n: usize| format!("代码\n{}", "91619900MA0DEM0131\n".repeat(n));
        assert_eq!(refused(rows(ROWS_MAX + 1).as_bytes()), RefusalCode::CheckRows);
        assert_eq!(Input::read(rows(ROWS_MAX).as_bytes()).unwrap().rows().len(), ROWS_MAX);
        let large = vec![b'1'; BYTES_MAX as usize + 1];
        assert_eq!(refused(&large), RefusalCode::TableLarge);
    }
}
