//! The head of a table: which column of the file is which of the layout.
//!
//! ```text
//! 信用承诺归集表                              a title may stand above
//! 序号,承诺编码,承诺人名称,…,错误原因          the head; what the layout does not have is ignored
//! ```

use super::cell::Cell;
use super::column::{Column, plain};
use super::{COLUMNS_MAX, HEAD_ROWS_MAX, REASONS};
use crate::refusal::{Refusal, RefusalCode};

/// Columns that a row must name to be taken for the head.
const RECOGNISED: usize = 3;

/// Which column of the file is which.
#[derive(Clone, Debug)]
pub(super) struct Head {
    /// The row it stands in.
    pub row: u64,
    columns: Vec<Option<Column>>,
    ignored: Vec<String>,
}

impl Head {
    /// The columns of the layout in this row, filled up with nothing where the file has no such column.
    pub fn arrange(&self, cells: Vec<Cell>) -> Vec<Cell> {
        let mut row = vec![Cell::Text(String::new()); Column::ALL.len()];
        for (cell, column) in cells.into_iter().zip(&self.columns) {
            if let Some(place) = column.and_then(|column| row.get_mut(column.index())) {
                *place = cell;
            }
        }
        row
    }

    /// Columns of the file.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// Titles of columns that nothing is taken from.
    pub fn ignored(&self) -> &[String] {
        &self.ignored
    }
}

/// Looks for the head in the rows as they come.
#[derive(Default)]
pub(super) struct Finder {
    seen: usize,
    best: Vec<Column>,
}

impl Finder {
    /// The head, where this row is it.
    ///
    /// # Errors
    /// `TABLE_HEADER`, `TABLE_COLUMN_TWICE`.
    pub fn look(&mut self, row: u64, cells: &[Cell]) -> Result<Option<Head>, Refusal> {
        self.seen += 1;
        let titles: Vec<String> = cells.iter().take(COLUMNS_MAX).map(Cell::shown).collect();
        let columns: Vec<Option<Column>> = titles.iter().map(|title| Column::from_head(title)).collect();
        let known: Vec<Column> = columns.iter().flatten().copied().collect();
        if known.len() < RECOGNISED {
            return if self.seen < HEAD_ROWS_MAX { Ok(None) } else { Err(self.missing()) };
        }
        for (n, column) in known.iter().enumerate() {
            if known.iter().take(n).any(|earlier| earlier == column) {
                return Err(Refusal::new(RefusalCode::TableColumnTwice).at(place(row)).found(column.title()));
            }
        }
        self.best = known;
        if Column::ALL.iter().any(|c| c.needed() && !self.best.contains(c)) {
            return Err(self.missing());
        }
        let unknown = |(title, column): (&String, &Option<Column>)| {
            (column.is_none() && !title.trim().is_empty() && plain(title) != REASONS)
                .then(|| title.trim().to_string())
        };
        let ignored = titles.iter().zip(&columns).filter_map(unknown).collect();
        // Empty titles at the end are no columns.
        let width = titles.iter().rposition(|title| !title.trim().is_empty()).map_or(0, |n| n + 1);
        Ok(Some(Head { row, columns: columns.into_iter().take(width).collect(), ignored }))
    }

    /// What is said where the rows end without a head.
    pub fn missing(&self) -> Refusal {
        let lacks: Vec<&str> = Column::ALL
            .into_iter()
            .filter(|column| column.needed() && !self.best.contains(column))
            .map(Column::title)
            .collect();
        Refusal::new(RefusalCode::TableHeader).found(HEAD_ROWS_MAX).right(lacks.join("、"))
    }
}

/// How a refusal names a row.
pub(super) fn place(row: u64) -> String {
    format!("row {row}")
}
