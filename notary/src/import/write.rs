//! Writing tables: CSV with the mark of UTF-8, which spreadsheets need, or XLSX.
//!
//! ```text
//! =1+1   is written   '=1+1   and read back   =1+1
//! ```
//!
//! A cell that begins like a formula would be one when a person opens the file, so an apostrophe goes in front of it, in
//! both formats, since one is saved as the other.

use std::io::{self, Seek, Write};

use super::xlsx::Sheet;

/// What a spreadsheet takes for the beginning of a formula, in either width.
const FORMULA: [char; 10] = ['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠'];

/// A format of tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values.
    Csv,
    /// A workbook.
    Xlsx,
}

impl Format {
    /// By the ending of a file's name.
    pub fn of_name(name: &str) -> Option<Format> {
        let (_, ending) = name.rsplit_once('.')?;
        match ending.to_ascii_lowercase().as_str() {
            "csv" => Some(Format::Csv),
            "xlsx" => Some(Format::Xlsx),
            _ => None,
        }
    }
}

/// Writes rows of text, one at a time.
pub struct Writer<W: Write + Seek> {
    to: To<W>,
}

enum To<W: Write + Seek> {
    Csv(Box<csv::Writer<W>>),
    Xlsx(Box<Sheet<W>>),
}

impl<W: Write + Seek> Writer<W> {
    /// Begins a table.
    ///
    /// # Errors
    /// What writing says.
    pub fn new(mut to: W, format: Format) -> io::Result<Writer<W>> {
        let to = match format {
            Format::Csv => {
                to.write_all(b"\xef\xbb\xbf")?;
                let csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(to);
                To::Csv(Box::new(csv))
            }
            Format::Xlsx => To::Xlsx(Box::new(Sheet::new(to)?)),
        };
        Ok(Writer { to })
    }

    /// Writes a row.
    ///
    /// # Errors
    /// What writing says.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = &'a str>) -> io::Result<()> {
        let cells = cells.into_iter().map(escape);
        match &mut self.to {
            To::Csv(csv) => Ok(csv.write_record(cells)?),
            To::Xlsx(sheet) => sheet.row(cells),
        }
    }

    /// Ends the table; without it the file is of no use.
    ///
    /// # Errors
    /// What writing says.
    pub fn finish(self) -> io::Result<W> {
        match self.to {
            To::Csv(csv) => csv.into_inner().map_err(|error| error.into_error()),
            To::Xlsx(sheet) => sheet.finish(),
        }
    }
}

/// The cell, with an apostrophe in front where a spreadsheet would take it for a formula, or where [`unescape`] would
/// take one off.
pub fn escape(cell: &str) -> String {
    match is_formula(cell.trim_start_matches('\'')) {
        true => format!("'{cell}"),
        false => cell.to_string(),
    }
}

/// Takes the apostrophe off again.
pub fn unescape(cell: &str) -> String {
    match cell.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches('\'')) => rest.to_string(),
        _ => cell.to_string(),
    }
}

fn is_formula(cell: &str) -> bool {
    cell.starts_with(FORMULA)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_disarmed() {
        for formula in ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1", "＝1", "'=1"] {
            assert_eq!(escape(formula), format!("'{formula}"));
        }
        for plain in ["", "承诺", "61990020261120000001", "a=b", "'承诺'", "1-2"] {
            assert_eq!(escape(plain), plain);
        }
        assert_eq!(unescape("'61990020261120000001"), "'61990020261120000001");
    }

    proptest! {
        #[test]
        fn escaping_is_undone(cell in "['=+@a承＝\t-]{0,6}") {
            prop_assert_eq!(unescape(&escape(&cell)), cell);
        }

        #[test]
        fn no_escaped_cell_is_a_formula(cell in "['=+@a承＝\t-]{0,6}") {
            prop_assert!(!is_formula(&escape(&cell)));
        }
    }
}
