//! XLSX workbooks: cells by `calamine`, one at a time, within limits.
//!
//! ```text
//! <c r="A2" t="inlineStr"><is><t>61990020261120000001</t></is></c>   text
//! <c r="I2" s="1"><v>46346</v></c>                                   a date, where style 1 is one; else a number
//! ```
//!
//! The first sheet with a head is taken. A workbook is a ZIP file, whose headers can lie: everything in it is unpacked
//! once against the limit before it is looked into.

use std::io::{self, Read, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};

use calamine::{Data, DataRef, Reader, Xlsx};

use super::cell::Cell;
use super::head::Finder;
use super::text::cut;
use super::{BYTES_MAX, COLUMNS_MAX, TEXTS_MAX};
use crate::calendar::Day;
use crate::refusal::{Refusal, RefusalCode};

/// Sheets that a head is looked for in.
const SHEETS_MAX: usize = 10;
/// Files in the ZIP file.
const PARTS_MAX: usize = 1_000;
/// Numbers above this have lost digits.
const EXACT_MAX: f64 = 1e15;

/// Unpacks everything once, into nothing.
///
/// # Errors
/// `TABLE_FILE`, `TABLE_LARGE`.
pub(super) fn check(file: &mut (impl Read + Seek)) -> Result<(), Refusal> {
    file.rewind().map_err(unreadable)?;
    let mut zip = zip::ZipArchive::new(&mut *file).map_err(unreadable)?;
    if zip.len() > PARTS_MAX {
        return Err(unreadable("too many parts"));
    }
    let mut left = BYTES_MAX;
    for n in 0..zip.len() {
        let part = zip.by_index(n).map_err(unreadable)?;
        // Only the sheets are read piece by piece; everything else is kept.
        let streamed = part.name().is_ok_and(|name| name.to_ascii_lowercase().contains("/worksheets/"));
        let most = if streamed { left } else { left.min(TEXTS_MAX) };
        let unpacked = io::copy(&mut part.take(most + 1), &mut io::sink()).map_err(unreadable)?;
        if unpacked > most {
            return Err(Refusal::new(RefusalCode::TableLarge).found(format_args!("> {most}")).right(most));
        }
        left -= unpacked;
    }
    Ok(())
}

/// The name of the first sheet.
pub(super) fn first_sheet(file: &mut (impl Read + Seek)) -> Result<String, Refusal> {
    open(file)?.sheet_names().first().cloned().ok_or_else(|| unreadable("no sheet"))
}

/// The name of the first sheet with a head; of the first one where none has.
pub(super) fn sheet(file: &mut (impl Read + Seek)) -> Result<String, Refusal> {
    let names = open(file)?.sheet_names();
    let first = names.first().cloned().ok_or_else(|| unreadable("no sheet"))?;
    for name in names.iter().take(SHEETS_MAX) {
        let mut finder = Finder::default();
        let mut found = false;
        // What ends the reading is the finder's word, one way or the other.
        let _ = rows(file, name, &mut |row, cells| {
            found = finder.look(row, &cells)?.is_some();
            if found { Err(Refusal::new(RefusalCode::TableFile)) } else { Ok(()) }
        });
        if found {
            return Ok(name.clone());
        }
    }
    Ok(first)
}

/// Every row of the sheet with something in it, with its number.
///
/// # Errors
/// `TABLE_FILE`; what `each` says.
pub(super) fn rows(
    file: &mut (impl Read + Seek),
    sheet: &str,
    each: &mut dyn FnMut(u64, Vec<Cell>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut workbook = open(file)?;
    let mut reader = workbook.worksheet_cells_reader(sheet).map_err(unreadable)?;
    let (mut row, mut cells) = (0, Vec::new());
    loop {
        let next = guarded(|| reader.next_cell().map_err(unreadable))?;
        let ended = next.is_none();
        let at = next.as_ref().map_or(row, |cell| u64::from(cell.get_position().0) + 1);
        if (at != row || ended) && cells.iter().any(|cell: &Cell| !cell.is_blank()) {
            each(row, std::mem::take(&mut cells))?;
        }
        let Some(cell) = next else { return Ok(()) };
        if at < row {
            return Err(unreadable("rows out of order"));
        }
        if at != row {
            cells.clear();
            row = at;
        }
        let column = cell.get_position().1 as usize;
        // One more than is looked at, so that a row that is too wide is seen to be.
        if column <= COLUMNS_MAX {
            if cells.len() <= column {
                cells.resize(column + 1, Cell::Text(String::new()));
            }
            if let Some(place) = cells.get_mut(column) {
                *place = read(cell.get_value());
            }
        }
    }
}

fn open<R: Read + Seek>(file: &mut R) -> Result<Xlsx<&mut R>, Refusal> {
    file.rewind().map_err(unreadable)?;
    guarded(|| Xlsx::new(file).map_err(unreadable))
}

fn read(value: &DataRef<'_>) -> Cell {
    match value {
        DataRef::String(text) => Cell::Text(super::unescape(&cut(text))),
        DataRef::SharedString(text) => Cell::Text(super::unescape(&cut(text))),
        DataRef::Int(number) => Cell::Number(number.to_string()),
        DataRef::Float(number) => Cell::Number(shown(*number)),
        DataRef::Bool(truth) => Cell::Text(if *truth { "TRUE" } else { "FALSE" }.to_string()),
        DataRef::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            match Day::new(year.into(), month.into(), day.into()) {
                Some(day) => Cell::Date(day),
                None => Cell::Number(shown(moment.as_f64())),
            }
        }
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => Cell::Text(text.clone()),
        DataRef::Error(fault) => Cell::Broken(Data::Error(fault.clone()).to_string()),
        DataRef::Empty => Cell::Text(String::new()),
    }
}

/// A number as a spreadsheet shows it.
fn shown(number: f64) -> String {
    if number.abs() < EXACT_MAX { number.to_string() } else { format!("{number:E}").replace('E', "E+") }
}

/// Runs what others wrote over bytes that anybody may have made.
fn guarded<T>(read: impl FnOnce() -> Result<T, Refusal>) -> Result<T, Refusal> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(unreadable("damaged")))
}

fn unreadable(what: impl std::fmt::Display) -> Refusal {
    Refusal::new(RefusalCode::TableFile).found(what)
}
