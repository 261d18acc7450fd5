//! The one thread that goes through tables, in turn; and the first look at one, before it is taken in.

use std::fs::File;
use std::io::{self, BufReader, BufWriter, Write};
use std::sync::Arc;
use std::thread;

use actix_web::web::Data;
use notary::code::UnifiedCode;
use notary::import::{
    self, BadRow, Column, Fault, Format, GoodRow, REASONS, Summary, Table, Taken, Taker, Whitelist, Writer,
};
use notary::office::{Accepted, Provenance, Submission, SubmissionKind, TableRow, Via};
use notary::operator_log::{Action, Actor, Outcome};
use notary::refusal::Refusal;
use sha2::{Digest, Sha256};
use verifier::text::Lang;

use super::seen::{ImportId, SHOWN_MAX, State};
use super::store::Work;
use super::{Begun, Held, Seen};
use crate::problem::{Common, Problem, status_of};
use crate::server::Shared;

/// What begins a workbook.
const ZIP: &[u8] = b"PK\x03\x04";
/// Titles of the table of certificate numbers.
const RECEIPTS: [&str; 4] = ["承诺编码", "承诺人名称", "证书编号", "查验码"];

/// Looks through a table and takes it in as an import. May wait for the disk.
///
/// # Errors
/// What is wrong with the table as a whole (`TABLE_…`); `IMPORTS_MANY`, `BUSY`.
pub fn begin(
    shared: &Data<Shared>,
    actor: Actor,
    name: &str,
    bytes: &[u8],
    to_confirm: bool,
    lang: Lang,
) -> Result<Seen, Problem> {
    let office = shared.office();
    let held = || Held::new(office.dir()).map_err(|error| broken(&error));
    let table = held()?;
    let mut file = table.writer().map_err(|error| broken(&error))?;
    file.write_all(bytes).map_err(|error| broken(&error))?;
    let read = Table::open(BufReader::new(table.reader()))?;
    let format = if bytes.starts_with(ZIP) { Format::Xlsx } else { Format::Csv };
    let digest = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    let (rows, ignored) = (read.rows(), read.ignored().to_vec());
    let begun =
        Begun { actor, name: name.to_owned(), digest, table, format, rows, ignored, to_confirm, lang };
    let seen = shared.imports().begin(begun, (held()?, held()?), office.now())?;
    office.operator_log().append(&actor, Action::ImportSent, &seen.id.object(), Outcome::Done)?;
    wake(shared);
    Ok(seen)
}

/// Sees to it that a thread works.
pub fn wake(shared: &Data<Shared>) {
    if !shared.imports().take_up() {
        return;
    }
    let shared: Arc<Shared> = shared.clone().into_inner();
    let begun = thread::Builder::new().name("imports".into()).spawn(move || {
        while let Some(work) = shared.imports().next(shared.office().now()) {
            let state = match run(&shared, &work) {
                Ok(_) if work.check => State::ToConfirm,
                Ok(_) => State::Done,
                Err(End::Stopped) => State::Cancelled,
                Err(End::Failed(problem)) => {
                    tracing::warn!(target: "imports", code = problem.code(), "an import failed");
                    shared.imports().change(&work.id, |seen| seen.failure = Some(problem));
                    State::Failed
                }
            };
            shared.imports().ended(&work.id, state, shared.office().now());
        }
    });
    if let Err(error) = begun {
        tracing::error!(target: "imports", %error, "no thread");
    }
}

/// What ends an import before its end.
enum End {
    /// A person, or the server's end.
    Stopped,
    /// The file or the office.
    Failed(Problem),
}

impl From<Refusal> for End {
    fn from(refusal: Refusal) -> End {
        End::Failed(refusal.into())
    }
}

impl From<io::Error> for End {
    fn from(error: io::Error) -> End {
        End::Failed(broken(&error))
    }
}

fn run(shared: &Shared, work: &Work) -> Result<Summary, End> {
    let mut table = Table::open(BufReader::new(work.table.reader()))?;
    let titles = Column::ALL.map(Column::title).into_iter().chain([REASONS]).collect();
    let mut counter = Counter {
        shared,
        work,
        refused: Sheet { held: &work.refused, format: work.format, titles, open: None },
        receipts: Sheet { held: &work.receipts, format: Format::Csv, titles: RECEIPTS.to_vec(), open: None },
    };
    let whitelist: Whitelist = shared.office().whitelist()?;
    let came = import::run(&mut table, &whitelist, &mut counter);
    // Whatever ended it: what was refused so far is told, and what went in has its receipts.
    let (refused, receipts) = (counter.refused.finish()?, counter.receipts.finish()?);
    shared.imports().change(&work.id, |seen| {
        (seen.has_refused, seen.has_receipts) = (refused, receipts);
        if let Ok(summary) = &came {
            seen.findings = summary.findings.iter().take(SHOWN_MAX).cloned().collect();
            seen.findings_count = summary.findings_count;
        }
    });
    came
}

/// The office as the taker of rows.
struct Counter<'a> {
    shared: &'a Shared,
    work: &'a Work,
    refused: Sheet<'a>,
    receipts: Sheet<'a>,
}

impl Counter<'_> {
    fn id(&self) -> &ImportId {
        &self.work.id
    }
}

impl Taker for Counter<'_> {
    type Error = End;
    /// Nothing while the table is only looked through.
    type Receipt = Option<Accepted>;

    fn take(&mut self, rows: &[GoodRow]) -> Result<Vec<Taken<Self::Receipt>>, End> {
        if !self.shared.imports().goes_on(self.id()) {
            return Err(End::Stopped);
        }
        if self.work.check {
            return Ok(rows.iter().map(|_| Ok(None)).collect());
        }
        let submission = |row: &GoodRow| Submission {
            bytes: row.document.clone(),
            kind: SubmissionKind::Json,
            idempotency_key: None,
            corrects: None,
            qr: true,
        };
        let office = self.shared.office();
        let (now, by) = (office.now(), self.work.actor.to_string());
        let unit = match self.work.actor {
            Actor::Account(id, _) => office.people().account(id).map(|account| account.unit().to_owned()),
            _ => None,
        };
        let unit = unit.unwrap_or_default();
        let from = |row: &GoodRow| {
            let (import, sha256) = (self.work.id.to_string(), Some(self.work.digest.clone()));
            let table = Some(TableRow { import, sha256, row: row.row });
            let approved_by = self.work.decided_by.clone();
            let from = Provenance::new(now, Via::Import, by.clone(), unit.clone());
            Provenance { table, approved_by, ..from }
        };
        let answers =
            office.submit_many_from(rows.iter().map(|row| (submission(row), Some(from(row)))).collect())?;
        let numbers: Vec<String> = answers.iter().flatten().map(|one| one.number.to_string()).collect();
        let numbers = numbers.iter().map(String::as_str);
        office.operator_log().append_each(
            &self.work.actor,
            Action::DocumentSubmitted,
            numbers,
            Outcome::Done,
        )?;
        answers.into_iter().map(taken).collect()
    }

    fn names(&mut self, codes: &[UnifiedCode]) -> Result<Vec<Vec<String>>, End> {
        Ok(self.shared.office().names_of(codes)?)
    }

    fn codes(&mut self, names: &[String]) -> Result<Vec<Vec<String>>, End> {
        Ok(self.shared.office().codes_of(names)?)
    }

    fn accepted(&mut self, row: GoodRow, receipt: Self::Receipt) -> Result<(), End> {
        let repeated = receipt.as_ref().is_some_and(|accepted| accepted.repeated);
        if let Some(accepted) = receipt {
            let name = row.cells.get(Column::Name.index()).map(String::as_str).unwrap_or_default();
            let (number, check) = (accepted.number.to_string(), accepted.check_code.to_string());
            self.receipts.row(&[row.code.as_str(), name, &number, &check])?;
        }
        self.shared.imports().change(self.id(), |seen| {
            seen.accepted += 1;
            seen.repeated += u64::from(repeated);
        });
        Ok(())
    }

    fn refused(&mut self, row: BadRow) -> Result<(), End> {
        let reasons = row.reasons(self.work.lang);
        let cells: Vec<&str> = row.cells.iter().map(String::as_str).chain([reasons.as_str()]).collect();
        self.refused.row(&cells)?;
        self.shared.imports().change(self.id(), |seen| seen.bad_row(&row));
        // A table of nothing but bad rows is never handed over.
        match self.shared.imports().goes_on(self.id()) {
            true => Ok(()),
            false => Err(End::Stopped),
        }
    }

    fn progress(&mut self, done: u64, _of: u64) {
        self.shared.imports().change(self.id(), |seen| seen.done = done);
    }
}

/// What the office says of one document. Where the office itself can't go on, nothing after this can either.
fn taken(answer: Result<Accepted, Refusal>) -> Result<Taken<Option<Accepted>>, End> {
    match answer {
        Ok(accepted) => Ok(Ok(Some(accepted))),
        Err(refusal) if status_of(refusal.code()).is_server_error() => Err(refusal.into()),
        Err(refusal) => Ok(Err(Fault::told(
            refusal.code().as_str(),
            refusal.where_(),
            &refusal.message(Lang::Zh),
            &refusal.message(Lang::En),
        ))),
    }
}

/// A table that is begun with its first row.
struct Sheet<'a> {
    held: &'a Held,
    format: Format,
    titles: Vec<&'static str>,
    open: Option<Writer<BufWriter<File>>>,
}

impl Sheet<'_> {
    fn row(&mut self, cells: &[&str]) -> io::Result<()> {
        let writer = match &mut self.open {
            Some(open) => open,
            none => {
                let mut writer = Writer::new(BufWriter::new(self.held.writer()?), self.format)?;
                writer.row(self.titles.iter().copied())?;
                none.insert(writer)
            }
        };
        writer.row(cells.iter().copied())
    }

    /// Whether there is one.
    fn finish(&mut self) -> io::Result<bool> {
        let Some(writer) = self.open.take() else { return Ok(false) };
        writer.finish()?.flush()?;
        Ok(true)
    }
}

fn broken(error: &io::Error) -> Problem {
    tracing::error!(target: "imports", %error, "the disk");
    Common::Busy.problem().retry_after(30)
}
