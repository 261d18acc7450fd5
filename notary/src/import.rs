//! Commitments in the national collection layout of 20 columns: reading files of them, and writing such files.
//!
//! ```text
//! 承诺编码,承诺人名称,承诺人类别,承诺人代码,承诺类型,…,公开类型,备注
//! 61990020261120000001,渭水样例食品有限公司,法人及非法人组织,91619900MA0DEM021U,容缺受理型,…,可向社会公开,
//! ```
//!
//! A [`Table`] is a file that was looked through once: its encoding, its head and the number of its rows are known, and
//! nothing has been imported yet. [`run`] goes through it a second time, row by row: a good row becomes the bytes of a
//! `credit-commitment/v1` document and is handed to a [`Taker`], a bad one comes back with every fault that was found in
//! it, each with its column, value and reason. Nothing is guessed: what a spreadsheet has destroyed is recognised and
//! explained, not repaired. No row is kept in memory for longer than its handful.
//!
//! What is not here: accepting documents (`office`), what becomes of a commitment later.

mod cell;
mod column;
mod digest;
mod export;
mod fault;
mod head;
mod row;
mod run;
mod subjects;
mod table;
#[cfg(test)]
mod tests;
mod text;
mod workbook;
mod write;
mod xlsx;

pub use cell::Cell;
pub use column::Column;
pub(crate) use column::plain as plain_title;
pub use digest::digest;
pub use export::{commitment_cells, commitment_cells_now};
pub use fault::{BadRow, Fault};
pub use row::GoodRow;
pub use run::{Summary, Taken, Taker, run};
pub use subjects::{Finding, Whitelist};
pub use table::Table;
pub(crate) use table::each_row;
pub use write::{Format, Writer, escape, unescape};

/// Rows with something in them, the head not counted.
pub const ROWS_MAX: u64 = 200_000;
/// Bytes of a file, as it is and unpacked.
pub const BYTES_MAX: u64 = 512 << 20;
/// Bytes of a workbook's table of texts, which is kept in memory while its rows are read.
pub const TEXTS_MAX: u64 = 128 << 20;
/// The head is looked for in so many rows: a title may stand above it.
pub const HEAD_ROWS_MAX: usize = 10;
/// Columns of a file: more than the layout has, since platforms add their own, which are ignored.
pub const COLUMNS_MAX: usize = 64;
/// Characters of one cell that are looked at. A spreadsheet's own limit is 32,767.
pub const CELL_MAX: usize = 32_767;
/// Documents that are handed over at a time.
pub const HANDFUL: usize = 512;
/// Findings about subjects that are listed; all are counted.
pub const FINDINGS_MAX: usize = 1_000;
/// The title of the column with the reasons, in files of refused rows. It is ignored when such a file is imported.
pub const REASONS: &str = "错误原因";
