//! What is wrong with a row: column, value, code and reason, in both languages.
//!
//! ```text
//! 22  承诺人代码  91619900MA0DEM0132  CODE_CHECK  统一社会信用代码的校验位不符：末位为 2，按前 17 位应为 1；…
//! ```

use super::column::Column;
use crate::refusal::{FOUND_MAX, Lang, Refusal};

/// One thing that is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    column: Option<Column>,
    value: String,
    code: String,
    zh: String,
    en: String,
}

impl Fault {
    /// What a refusal says of this column's value; without a column, of the row.
    pub fn of(column: Option<Column>, value: &str, refusal: &Refusal) -> Fault {
        let (zh, en) = (refusal.message(Lang::Zh), refusal.message(Lang::En));
        Fault { column, value: cut(value), code: refusal.code().as_str().to_string(), zh, en }
    }

    /// What an office said of the document that was made of the row; `pointer` is the place in it.
    pub fn told(code: &str, pointer: &str, zh: &str, en: &str) -> Fault {
        Fault {
            column: Column::from_pointer(pointer),
            value: String::new(),
            code: code.to_string(),
            zh: zh.to_string(),
            en: en.to_string(),
        }
    }

    /// With the value as it stands in the row.
    pub(super) fn in_row(mut self, cells: &[String]) -> Fault {
        if let Some(cell) = self.column.and_then(|column| cells.get(column.index())) {
            self.value = cut(cell);
        }
        self
    }

    /// The column, unless the whole row is meant.
    pub fn column(&self) -> Option<Column> {
        self.column
    }

    /// The value as it stands in the file, ID numbers starred out.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// The stable code (`REFUSALS.md`).
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The reason.
    pub fn message(&self, lang: Lang) -> &str {
        lang.pick(&self.zh, &self.en)
    }

    /// Column and reason, as a file of refused rows has them.
    pub fn line(&self, lang: Lang) -> String {
        let message = self.message(lang);
        match self.column.map(Column::title).filter(|title| !message.starts_with(title)) {
            Some(title) => format!("{title}{}{message}", lang.pick("：", ": ")),
            None => message.to_string(),
        }
    }
}

/// A row that was not imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    /// The row as a spreadsheet numbers it, from 1.
    pub row: u64,
    /// What is wrong with it: at least one thing.
    pub faults: Vec<Fault>,
    /// Its cells in the order of the layout, as they stand in the file.
    pub cells: Vec<String>,
}

impl BadRow {
    /// All reasons in one cell.
    pub fn reasons(&self, lang: Lang) -> String {
        let lines: Vec<String> = self.faults.iter().map(|fault| fault.line(lang)).collect();
        lines.join(lang.pick("；", "; "))
    }
}

fn cut(value: &str) -> String {
    let clean = crate::refusal::without_person_ids(value);
    let mut out: String = clean.chars().take(FOUND_MAX).collect();
    if out.len() < clean.len() {
        out.push('…');
    }
    out
}
