//! The office as the taker of rows, and the tables that are written on the way.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

use notary::code::UnifiedCode;
use notary::import::{BadRow, Column, Fault, Format, GoodRow, REASONS, Taken, Taker, Writer};

use super::outcome::{Outcome, Row};
use crate::args::Import;
use crate::console::Progress;
use crate::door::reach::{Reach, unexpected};
use crate::door::table::{self, Documents};
use crate::door::{Bytes, NewDocument, Request, Response, subjects};
use crate::files::Growing;
use crate::lang::Lang;
use crate::output::{COULD_NOT, Failure};

/// What the office gives for a row.
pub struct Receipt {
    number: String,
    check_code: String,
    index: Option<u64>,
    repeated: bool,
}

/// Hands rows to the office.
pub struct Desk<'a> {
    reach: &'a mut Reach,
    lang: Lang,
    file: String,
    sha256: String,
    import: Option<table::Import>,
    qr: bool,
    progress: Progress,
    errors: Sheet,
    receipts: Option<Sheet>,
    outcome: Outcome,
    /// Whether every row is told, as machines want it.
    pub keep_all: bool,
}

impl<'a> Desk<'a> {
    pub fn new(
        reach: &'a mut Reach,
        (args, sha256): (&Import, String),
        lang: Lang,
        progress: Progress,
        errors: (PathBuf, Format),
        receipts: Option<(PathBuf, Format)>,
    ) -> Desk<'a> {
        let titles = Column::ALL.map(|column| column.title().to_string());
        let errors = Sheet::at(errors, titles.iter().cloned().chain([REASONS.to_string()]).collect());
        let receipt_titles = ["承诺编码", "承诺人名称", "证书编号", "查验码"].map(str::to_string).to_vec();
        let receipts = receipts.map(|place| Sheet::at(place, receipt_titles));
        let file = args.file.display().to_string();
        let outcome = Outcome::new(&file);
        let qr = !args.no_qr;
        let (import, keep_all) = (None, false);
        Desk { reach, lang, file, sha256, import, qr, progress, errors, receipts, outcome, keep_all }
    }

    /// The import's number, given with the first rows: a table without a good row is no import.
    fn begun(&mut self) -> Result<table::Import, Failure> {
        if let Some(import) = &self.import {
            return Ok(import.clone());
        }
        let Response::Import(import) =
            self.reach.ask(Request::BeginImport { sha256: self.sha256.clone() })?
        else {
            return Err(unexpected());
        };
        self.outcome.import = Some(import.number.clone());
        Ok(self.import.insert(import).clone())
    }

    /// Ends the tables; what came of it.
    pub fn finish(mut self) -> Result<Outcome, Failure> {
        self.outcome.errors_file = self.errors.finish()?;
        if let Some(receipts) = self.receipts {
            self.outcome.receipts_file = receipts.finish()?;
        }
        Ok(self.outcome)
    }
}

impl Taker for Desk<'_> {
    type Error = Failure;
    type Receipt = Receipt;

    fn take(&mut self, rows: &[GoodRow]) -> Result<Vec<Taken<Receipt>>, Failure> {
        let import = self.begun()?;
        let document = |row: &GoodRow| {
            let bytes = Bytes(row.document.clone());
            (row.row, NewDocument { bytes, file: None, key: None, corrects: None, qr: self.qr })
        };
        let rows = rows.iter().map(document).collect();
        let request = Request::SubmitMany(Documents { import, rows });
        let Response::Many(answers) = self.reach.ask(request)? else { return Err(unexpected()) };
        answers.into_iter().map(taken).collect()
    }

    fn names(&mut self, codes: &[UnifiedCode]) -> Result<Vec<Vec<String>>, Failure> {
        let codes = codes.iter().map(ToString::to_string).collect();
        match self.reach.ask(Request::NamesOf { codes })? {
            Response::Names { names } => Ok(names),
            _ => Err(unexpected()),
        }
    }

    fn codes(&mut self, names: &[String]) -> Result<Vec<Vec<String>>, Failure> {
        match self.reach.ask(Request::Subjects(subjects::Ask::CodesOf(names.to_vec())))? {
            Response::Subjects(subjects::Told::Codes(codes)) => Ok(codes),
            _ => Err(unexpected()),
        }
    }

    fn accepted(&mut self, row: GoodRow, receipt: Receipt) -> Result<(), Failure> {
        if let Some(receipts) = &mut self.receipts {
            let name = row.cells.get(Column::Name.index()).map(String::as_str).unwrap_or_default();
            receipts.row(&[row.code.as_str(), name, &receipt.number, &receipt.check_code])?;
        }
        let Receipt { number, check_code, index, repeated } = receipt;
        let (file, code) = (self.file.clone(), row.code.to_string());
        let told =
            Row { file, row: row.row, commitment: code, number, check_code, index, sealed: false, repeated };
        self.outcome.accepted(told, self.keep_all);
        Ok(())
    }

    fn refused(&mut self, row: BadRow) -> Result<(), Failure> {
        let reasons = row.reasons(self.lang);
        let cells: Vec<&str> = row.cells.iter().map(String::as_str).chain([reasons.as_str()]).collect();
        self.errors.row(&cells)?;
        self.outcome.refused(&row, self.lang, self.keep_all);
        Ok(())
    }

    fn progress(&mut self, done: u64, _of: u64) {
        self.progress.at(usize::try_from(done).unwrap_or(usize::MAX));
    }
}

/// What the office says of one document. Where the office itself can't go on, nothing after this can either.
fn taken(answer: Response) -> Result<Taken<Receipt>, Failure> {
    match answer {
        Response::Accepted { number, check_code, index, repeated } => {
            Ok(Ok(Receipt { number, check_code, index, repeated }))
        }
        Response::Failed(failure) if failure.exit_code() == COULD_NOT => Err(failure),
        Response::Failed(failure) => Ok(Err(Fault::told(
            failure.code(),
            failure.where_().unwrap_or_default(),
            failure.message(Lang::Zh),
            failure.message(Lang::En),
        ))),
        _ => Err(unexpected()),
    }
}

/// A table that is begun with its first row.
struct Sheet {
    place: (PathBuf, Format),
    titles: Vec<String>,
    open: Option<(Growing, Writer<BufWriter<File>>)>,
}

impl Sheet {
    fn at(place: (PathBuf, Format), titles: Vec<String>) -> Sheet {
        Sheet { place, titles, open: None }
    }

    fn row(&mut self, cells: &[&str]) -> Result<(), Failure> {
        let (growing, writer) = match &mut self.open {
            Some(open) => open,
            none => {
                let (growing, file) = Growing::new(&self.place.0)?;
                let begun = Writer::new(BufWriter::new(file), self.place.1).and_then(|mut writer| {
                    writer.row(self.titles.iter().map(String::as_str))?;
                    Ok(writer)
                });
                let writer = begun.map_err(|error| growing.failed(&error))?;
                none.insert((growing, writer))
            }
        };
        writer.row(cells.iter().copied()).map_err(|error| growing.failed(&error))
    }

    /// The file's name, where there is one.
    fn finish(self) -> Result<Option<String>, Failure> {
        let Some((growing, writer)) = self.open else { return Ok(None) };
        let ended = writer.finish().and_then(|mut buffer| {
            buffer.flush()?;
            buffer.into_inner().map_err(io::IntoInnerError::into_error)
        });
        let file = ended.map_err(|error| growing.failed(&error))?;
        growing.keep(&file)?;
        Ok(Some(self.place.0.display().to_string()))
    }
}
