//! Going through a table: good rows to a taker by the handful, bad rows back with their faults.
//!
//! ```text
//! row 2 … 513   →  512 documents  →  taken, or refused with a place in the document  →  the column of that place
//! row 514       →  faults         →  refused
//! ```

use std::collections::{HashMap, HashSet};
use std::io::{Read, Seek};

use verifier::registry::HolderKind;

use super::fault::{BadRow, Fault};
use super::row::{self, GoodRow};
use super::subjects::{Finding, Subjects, Whitelist};
use super::{Column, HANDFUL, Table};
use crate::code::UnifiedCode;
use crate::refusal::{Refusal, RefusalCode};

/// Who takes the rows of a table in.
pub trait Taker {
    /// Why it can't go on at all.
    type Error: From<Refusal>;
    /// What it gives for a row that was taken.
    type Receipt;

    /// Takes documents; for each in their order a receipt, or why it is refused.
    ///
    /// # Errors
    /// What ends the import. What was taken before stays taken.
    fn take(&mut self, rows: &[GoodRow]) -> Result<Vec<Taken<Self::Receipt>>, Self::Error>;

    /// The names that are known already of these codes, for each in their order. Asked once for a code, before its rows
    /// are handed over.
    ///
    /// # Errors
    /// What ends the import.
    fn names(&mut self, codes: &[UnifiedCode]) -> Result<Vec<Vec<String>>, Self::Error>;

    /// The codes that are known already of organisations with these names, for each in their order. Asked once for a name.
    ///
    /// # Errors
    /// What ends the import.
    fn codes(&mut self, names: &[String]) -> Result<Vec<Vec<String>>, Self::Error> {
        Ok(vec![Vec::new(); names.len()])
    }

    /// A row was taken.
    ///
    /// # Errors
    /// What ends the import.
    fn accepted(&mut self, row: GoodRow, receipt: Self::Receipt) -> Result<(), Self::Error>;

    /// A row was refused. Rows come in their order within each kind, not between the kinds.
    ///
    /// # Errors
    /// What ends the import.
    fn refused(&mut self, row: BadRow) -> Result<(), Self::Error>;

    /// So many rows are done, of so many.
    fn progress(&mut self, done: u64, of: u64);
}

/// What became of one document.
pub type Taken<R> = Result<R, Fault>;

/// What an import came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows with something in them.
    pub rows: u64,
    /// Rows that were taken.
    pub accepted: u64,
    /// Rows that were refused.
    pub refused: u64,
    /// What a person should look at; at most [`FINDINGS_MAX`](super::FINDINGS_MAX).
    pub findings: Vec<Finding>,
    /// How many findings there are.
    pub findings_count: u64,
}

/// Imports a table.
///
/// # Errors
/// What the taker says, and `TABLE_FILE` where the file changes or fails while it is read.
pub fn run<F: Read + Seek, T: Taker>(
    table: &mut Table<F>,
    whitelist: &Whitelist,
    taker: &mut T,
) -> Result<Summary, T::Error> {
    let (of, width) = (table.rows(), table.width());
    let mut pass = Pass {
        taker,
        waiting: Vec::with_capacity(HANDFUL),
        codes: HashMap::new(),
        subjects: Subjects::default(),
        asked: HashSet::new(),
        asked_names: HashSet::new(),
        summary: Summary::default(),
        of,
    };
    let mut ended = None;
    let walked = table.each(&mut |row, cells, extra| {
        pass.row(row::read(row, &cells, extra, width)).map_err(|error| {
            ended = Some(error);
            // Only stops the reading: the taker's word is what counts.
            Refusal::new(RefusalCode::TableFile)
        })
    });
    match (ended, walked) {
        (Some(error), _) => return Err(error),
        (None, walked) => walked?,
    }
    pass.hand_over()?;
    let (findings, findings_count) = pass.subjects.findings(whitelist);
    Ok(Summary { findings, findings_count, ..pass.summary })
}

struct Pass<'a, T: Taker> {
    taker: &'a mut T,
    waiting: Vec<GoodRow>,
    /// Commitment codes of the file, and the row of each.
    codes: HashMap<String, u64>,
    subjects: Subjects,
    /// Unified codes whose earlier names were asked for.
    asked: HashSet<String>,
    /// Names of organisations whose earlier codes were asked for.
    asked_names: HashSet<String>,
    summary: Summary,
    of: u64,
}

impl<T: Taker> Pass<'_, T> {
    fn row(&mut self, row: Result<GoodRow, BadRow>) -> Result<(), T::Error> {
        self.summary.rows += 1;
        match row {
            Err(bad) => self.refuse(bad)?,
            Ok(good) => match self.codes.get(good.code.as_str()) {
                Some(first) => {
                    let refusal = Refusal::new(RefusalCode::CommitmentTwice).found(&good.code).right(first);
                    let fault = Fault::of(Some(Column::Code), good.code.as_str(), &refusal);
                    self.refuse(BadRow { row: good.row, faults: vec![fault], cells: good.cells })?;
                }
                None => {
                    self.codes.insert(good.code.as_str().to_string(), good.row);
                    self.waiting.push(good);
                }
            },
        }
        if self.waiting.len() >= HANDFUL {
            self.hand_over()?;
        }
        self.taker.progress(self.summary.accepted + self.summary.refused, self.of);
        Ok(())
    }

    fn refuse(&mut self, bad: BadRow) -> Result<(), T::Error> {
        self.summary.refused += 1;
        self.taker.refused(bad)
    }

    /// What the codes of these rows were called before.
    fn ask_names(&mut self, rows: &[GoodRow]) -> Result<(), T::Error> {
        let mut fresh: Vec<(UnifiedCode, HolderKind)> = Vec::new();
        for (code, _, kind) in rows.iter().filter_map(|row| row.subject.as_ref()) {
            if self.asked.insert(code.to_string()) {
                fresh.push((code.clone(), *kind));
            }
        }
        self.ask_codes(rows)?;
        if fresh.is_empty() {
            return Ok(());
        }
        let codes: Vec<UnifiedCode> = fresh.iter().map(|(code, _)| code.clone()).collect();
        for ((code, kind), names) in fresh.iter().zip(self.taker.names(&codes)?) {
            for name in names {
                self.subjects.saw(code, &name, *kind, 0);
            }
        }
        Ok(())
    }

    /// Under which codes the organisations of these rows were known before.
    fn ask_codes(&mut self, rows: &[GoodRow]) -> Result<(), T::Error> {
        let subjects = rows.iter().filter_map(|row| row.subject.as_ref());
        let organisations = subjects.filter(|(.., kind)| *kind == HolderKind::Org);
        let fresh: Vec<String> = organisations
            .filter(|(_, name, _)| self.asked_names.insert(name.clone()))
            .map(|(_, name, _)| name.clone())
            .collect();
        if fresh.is_empty() {
            return Ok(());
        }
        for (name, codes) in fresh.iter().zip(self.taker.codes(&fresh)?) {
            for code in codes.iter().filter_map(|code| UnifiedCode::parse(code).ok()) {
                self.subjects.saw(&code, name, HolderKind::Org, 0);
            }
        }
        Ok(())
    }

    fn hand_over(&mut self) -> Result<(), T::Error> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let rows = std::mem::take(&mut self.waiting);
        self.ask_names(&rows)?;
        let mut taken = self.taker.take(&rows)?.into_iter();
        for good in rows {
            match taken.next() {
                Some(Ok(receipt)) => {
                    self.summary.accepted += 1;
                    if let Some((code, name, kind)) = &good.subject {
                        self.subjects.saw(code, name, *kind, good.row);
                    }
                    self.taker.accepted(good, receipt)?;
                }
                Some(Err(fault)) => {
                    let fault = fault.in_row(&good.cells);
                    self.refuse(BadRow { row: good.row, faults: vec![fault], cells: good.cells })?;
                }
                None => return Err(Refusal::new(RefusalCode::SelfCheckFailed).found("import").into()),
            }
        }
        self.taker.progress(self.summary.accepted + self.summary.refused, self.of);
        Ok(())
    }
}
