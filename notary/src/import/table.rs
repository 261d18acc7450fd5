//! A table that was looked through once and is ready to be imported.
//!
//! ```text
//! Table::open(file)?   →   CSV or XLSX · head in row 1 · 200 rows · ignored: 序号
//! ```
//!
//! Looking through first means that a file with too many rows, without a head or in no known encoding is refused before
//! anything of it is imported.

use std::io::{Read, Seek, SeekFrom};

use super::cell::Cell;
use super::head::{Finder, Head};
use super::text::Dialect;
use super::{BYTES_MAX, ROWS_MAX, workbook};
use crate::refusal::{Refusal, RefusalCode};

/// What begins a ZIP file.
const ZIP: [u8; 4] = *b"PK\x03\x04";
/// What begins the workbooks of before 2007.
const OLD_WORKBOOK: [u8; 4] = [0xd0, 0xcf, 0x11, 0xe0];

/// Every row with something in it of a CSV file or of a workbook's first sheet, whatever it is about, and its number.
///
/// # Errors
/// `TABLE_FILE`, `TABLE_ENCODING`, `TABLE_LARGE`; what `take` says.
pub(crate) fn each_row<F: Read + Seek>(
    mut file: F,
    bytes_max: u64,
    take: &mut dyn FnMut(u64, Vec<Cell>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let kind = kind_of(&mut file, bytes_max, workbook::first_sheet)?;
    each(&mut file, &kind, take)
}

/// A file of rows.
pub struct Table<F> {
    file: F,
    kind: Kind,
    head: Head,
    rows: u64,
}

enum Kind {
    Text(Dialect),
    Workbook { sheet: String },
}

impl<F: Read + Seek> Table<F> {
    /// Looks through the file.
    ///
    /// # Errors
    /// `TABLE_FILE`, `TABLE_ENCODING`, `TABLE_LARGE`, `TABLE_ROWS`, `TABLE_HEADER`, `TABLE_COLUMN_TWICE`.
    pub fn open(mut file: F) -> Result<Table<F>, Refusal> {
        let kind = kind_of(&mut file, BYTES_MAX, workbook::sheet)?;
        let (mut finder, mut head, mut rows) = (Finder::default(), None, 0);
        each(&mut file, &kind, &mut |row, cells| {
            match &head {
                None => head = finder.look(row, &cells)?,
                Some(_) => rows += 1,
            }
            match rows > ROWS_MAX {
                true => Err(Refusal::new(RefusalCode::TableRows).right(ROWS_MAX)),
                false => Ok(()),
            }
        })?;
        let head = head.ok_or_else(|| finder.missing())?;
        Ok(Table { file, kind, head, rows })
    }

    /// Rows with something in them, the head not counted.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Titles of columns that nothing is taken from.
    pub fn ignored(&self) -> &[String] {
        self.head.ignored()
    }

    /// Every row after the head, its cells in the order of the layout, and how many it had too many.
    pub(super) fn each(
        &mut self,
        take: &mut dyn FnMut(u64, Vec<Cell>, usize) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let head = self.head.clone();
        each(&mut self.file, &self.kind, &mut |row, cells| {
            if row <= head.row {
                return Ok(());
            }
            let used = cells.iter().rposition(|cell| !cell.is_blank()).map_or(0, |n| n + 1);
            take(row, head.arrange(cells), used.saturating_sub(head.width()))
        })
    }

    /// Columns of the file.
    pub(super) fn width(&self) -> usize {
        self.head.width()
    }
}

/// What the file is; `sheet` says which sheet of a workbook is meant.
fn kind_of<F: Read + Seek>(
    file: &mut F,
    bytes_max: u64,
    sheet: impl FnOnce(&mut F) -> Result<String, Refusal>,
) -> Result<Kind, Refusal> {
    let unreadable = |error: std::io::Error| Refusal::new(RefusalCode::TableFile).found(error);
    let bytes = file.seek(SeekFrom::End(0)).map_err(unreadable)?;
    if bytes > bytes_max {
        return Err(Refusal::new(RefusalCode::TableLarge).found(bytes).right(bytes_max));
    }
    file.rewind().map_err(unreadable)?;
    let mut start = Vec::new();
    file.take(4).read_to_end(&mut start).map_err(unreadable)?;
    if start == ZIP {
        workbook::check(file)?;
        Ok(Kind::Workbook { sheet: sheet(file)? })
    } else if start == OLD_WORKBOOK {
        Err(Refusal::new(RefusalCode::TableFile).found(".xls"))
    } else {
        Ok(Kind::Text(Dialect::find(file).map_err(unreadable)?))
    }
}

fn each<F: Read + Seek>(
    file: &mut F,
    kind: &Kind,
    take: &mut dyn FnMut(u64, Vec<Cell>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    match kind {
        Kind::Text(dialect) => dialect.rows(file, take),
        Kind::Workbook { sheet } => workbook::rows(file, sheet, take),
    }
}
