//! Documents: what an office notarizes (spec/document.md).
//!
//! ```text
//! {"schema":"credit-report/v1",…}  →  Document, or   COUNTER_DISAGREES at /summary/penalties
//! ```
//!
//! [`Document::parse`] takes bytes, reads strict JSON, a typed model and its rules, and keeps the value too: the value is
//! what gets disclosed, the model what claims are computed from. A document that exists is right. What is not here:
//! salts, cores and anything secret.

pub mod commitment;
pub mod file;
pub mod read;
pub mod report;
#[cfg(test)]
mod tests;
pub mod value;
pub mod vocabulary;

use std::collections::BTreeSet;

use verifier::json::{self, JsonCode, JsonError, Value};
use verifier::limits;
use verifier::registry::{DocumentKind, Purpose};
use verifier::time::{Date, Time};

use crate::calendar::Day;
use crate::refusal::{Refusal, RefusalCode};
use commitment::Commitment;
use file::FileRecord;
use read::Place;
use report::Report;
use value::{Party, Template, Unit};

/// How an office takes documents in.
#[derive(Clone, Copy, Debug)]
pub struct Intake<'a> {
    /// The office's time.
    pub now: Time,
    /// Whether documents dated later than that are taken; only a demonstration does.
    pub allow_later: bool,
    /// Which templates show repaired records.
    pub templates: &'a Templates,
}

impl Intake<'_> {
    /// The day that birthdays may not lie after.
    fn today(&self) -> Option<Day> {
        (!self.allow_later).then(|| day_of(self.now))
    }

    fn not_later(&self, at: &str, time: Time) -> Result<(), Refusal> {
        if self.allow_later || time <= self.now {
            return Ok(());
        }
        Err(Refusal::new(RefusalCode::DatedLater)
            .at(at)
            .found(time.display_china())
            .right(self.now.display_china()))
    }

    fn day_not_later(&self, at: &str, day: Day) -> Result<(), Refusal> {
        if self.allow_later || day <= day_of(self.now) {
            return Ok(());
        }
        Err(Refusal::new(RefusalCode::DatedLater).at(at).found(day).right(self.now.display_china()))
    }
}

/// The templates that show records flagged REPAIRED, by id and version. None, unless the office says so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Templates {
    every: bool,
    listed: BTreeSet<(String, String)>,
}

impl Templates {
    /// Every template: to read again what an office once accepted.
    pub fn every() -> Self {
        Templates { every: true, listed: BTreeSet::new() }
    }

    /// Whether reports by this template show repaired records.
    pub fn show_repaired(&self, template: &Template) -> bool {
        self.every
            || self.listed.iter().any(|(id, version)| *id == template.id && *version == template.version)
    }
}

impl FromIterator<(String, String)> for Templates {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(listed: I) -> Self {
        Templates { every: false, listed: listed.into_iter().collect() }
    }
}

/// A document that an office accepts: its value and its typed model.
#[derive(Clone, PartialEq)]
pub struct Document {
    value: Value,
    body: Body,
}

/// The typed model of a document.
#[derive(Clone, PartialEq)]
pub enum Body {
    /// `credit-report/v1`
    Report(Box<Report>),
    /// `credit-commitment/v1`
    Commitment(Box<Commitment>),
    /// `file/v1`
    File(FileRecord),
}

impl Document {
    /// Reads a report or a commitment.
    ///
    /// # Errors
    /// A [`Refusal`] with the JSON pointer of what is wrong; empty for the document as a whole.
    pub fn parse(bytes: &[u8], intake: &Intake<'_>) -> Result<Self, Refusal> {
        Self::read(bytes, intake, &[DocumentKind::CreditReport, DocumentKind::CreditCommitment])
    }

    /// The document of a file: any bytes. Without a media type, one is guessed by the name's ending.
    ///
    /// # Errors
    /// `FILE_LARGE`, `FILE_NAME`, `MEDIA_TYPE`.
    pub fn file(name: &str, media_type: Option<&str>, bytes: &[u8]) -> Result<Self, Refusal> {
        let file = FileRecord::of(name, media_type, bytes)?;
        Ok(Document { value: file.value(), body: Body::File(file) })
    }

    /// Reads again what an office once accepted, of any kind: its shape and rules, but neither today's clock nor today's
    /// templates.
    ///
    /// # Errors
    /// A [`Refusal`], which here means that the bytes are not what was accepted.
    pub fn reread(bytes: &[u8]) -> Result<Self, Refusal> {
        let intake = Intake { now: Time::MAX, allow_later: true, templates: &Templates::every() };
        Self::read(bytes, &intake, DocumentKind::ALL)
    }

    fn read(bytes: &[u8], intake: &Intake<'_>, kinds: &[DocumentKind]) -> Result<Self, Refusal> {
        let value = json::parse(bytes, limits::DOCUMENT_BYTES).map_err(|error| json_refusal(&error))?;
        let root = Place::root(&value);
        let schemas = || kinds.iter().map(|k| k.schema()).collect::<Vec<_>>().join(", ");
        let schema = root.member("schema")?.string()?;
        let body = match DocumentKind::from_schema(schema).filter(|kind| kinds.contains(kind)) {
            Some(DocumentKind::CreditReport) => Body::Report(Box::new(Report::read(&root, intake)?)),
            Some(DocumentKind::CreditCommitment) => {
                Body::Commitment(Box::new(Commitment::read(&root, intake)?))
            }
            Some(DocumentKind::File) => Body::File(FileRecord::read(&root)?),
            None => {
                return Err(Refusal::new(RefusalCode::SchemaUnknown)
                    .at("/schema")
                    .found(schema)
                    .right(schemas()));
            }
        };
        Ok(Document { value, body })
    }

    /// The kind of document.
    pub fn kind(&self) -> DocumentKind {
        match &self.body {
            Body::Report(_) => DocumentKind::CreditReport,
            Body::Commitment(_) => DocumentKind::CreditCommitment,
            Body::File(_) => DocumentKind::File,
        }
    }

    /// The value: what is split into records and disclosed.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// The typed model.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// What it says, taken out of it.
    pub fn into_body(self) -> Body {
        self.body
    }

    /// The document's own number: a report's or a commitment's, whose office gives none twice. A file has none.
    pub fn own_number(&self) -> Option<&str> {
        match &self.body {
            Body::Report(report) => Some(report.report_no.as_str()),
            Body::Commitment(commitment) => Some(commitment.code.as_str()),
            Body::File(_) => None,
        }
    }

    /// The earliest moment at which the document is not dated later than now; `None` for files and for days before 1970.
    pub fn dated(&self) -> Option<Time> {
        match &self.body {
            Body::Report(report) => Some(report.generated_at),
            Body::Commitment(commitment) => {
                Time::parse_rfc3339_china(&format!("{}T00:00:00+08:00", commitment.latest_day())).ok()
            }
            Body::File(_) => None,
        }
    }

    /// Whom the document is about. A file is about nobody.
    pub fn holder(&self) -> Option<&Party> {
        match &self.body {
            Body::Report(report) => Some(&report.subject.party),
            Body::Commitment(commitment) => Some(&commitment.committer),
            Body::File(_) => None,
        }
    }

    /// The title that a certificate of the document has.
    pub fn title(&self) -> String {
        match &self.body {
            Body::Report(report) => report.kind.label().to_owned(),
            Body::Commitment(commitment) => format!("信用承诺书（{}）", commitment.commitment_type.label()),
            Body::File(file) => file.name().to_owned(),
        }
    }

    /// The report's purpose.
    pub fn purpose(&self) -> Option<Purpose> {
        self.report().map(|report| report.purpose)
    }

    /// Whom the report is for.
    pub fn audience(&self) -> Option<&Unit> {
        self.report().and_then(|report| report.audience.as_ref())
    }

    /// The first and last day that the report asks for.
    pub fn period(&self) -> Option<(Date, Date)> {
        let period = self.report()?.period;
        Some((period.from.core_date()?, period.to.core_date()?))
    }

    /// The moment that the report's data is of.
    pub fn data_as_of(&self) -> Option<Time> {
        self.report().map(|report| report.data_as_of)
    }

    /// The report, where it is one.
    pub fn report(&self) -> Option<&Report> {
        if let Body::Report(report) = &self.body { Some(report) } else { None }
    }
}

/// The day that a moment is in, in the office's calendar.
fn day_of(time: Time) -> Day {
    time.china_date().into()
}

fn json_refusal(error: &JsonError) -> Refusal {
    let code = match error.code() {
        JsonCode::Syntax | JsonCode::NotCompact => RefusalCode::JsonSyntax,
        JsonCode::CutOff => RefusalCode::JsonCutOff,
        JsonCode::Utf8 => RefusalCode::JsonUtf8,
        JsonCode::KeyTwice => RefusalCode::JsonKeyTwice,
        JsonCode::Number => RefusalCode::JsonNumber,
        JsonCode::Text => RefusalCode::JsonText,
        JsonCode::Deep => RefusalCode::JsonDeep,
        JsonCode::Large => RefusalCode::JsonLarge,
    };
    // Of what is wrong with a text, its code point is understood in every language.
    let code_point = error.what().split([' ', ',']).find(|word| word.starts_with("U+"));
    Refusal::new(code).at(error.pointer()).found(code_point.unwrap_or(error.what()))
}
