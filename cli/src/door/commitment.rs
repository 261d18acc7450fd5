//! What commands ask of an office about commitments after they were made.

mod told;

use notary::calendar::Day;
use notary::code::UnifiedCode;
use notary::commitment::{Channel, DueList, NewCommitmentEvent, NewTemplate, Stage};
use notary::desk::Actor;
use notary::document::value::CommitmentCode;
use notary::office::Office;
use notary::operator_log::Action;
use notary::refusal::{Refusal, RefusalCode};
use serde::{Deserialize, Serialize};
use verifier::event::EventKind;

use super::{Bytes, log};
use crate::output::Failure;
use told::{bad_row, due, found, matter, one, row, said, template};

/// Commitments of one page of a list.
const PAGE: usize = 50;

/// What is asked.
#[derive(Serialize, Deserialize)]
pub enum Ask {
    /// One commitment.
    Show { code: String },
    /// Record an event.
    Event { code: String, kind: String, fields: Box<Fields>, seen: Option<u32> },
    /// Commitments, perhaps of one stage.
    List { stage: Option<String>, after: Option<u32> },
    /// What is due.
    Due { on: Option<String> },
    /// The figures.
    Figures { on: Option<String> },
    /// Record what the day brings.
    ByTheDay,
    /// As everybody searches.
    Search { word: String, after: Option<String> },
    /// Who may commit itself.
    Eligible { code: String, matter: Option<String> },
    /// Templates.
    Templates,
    /// A template's text.
    TemplateText { id: String, version: String },
    /// Register a template.
    TemplateAdd { id: String, version: String, name: String, measurable: bool, text: String },
    /// How unknown templates are taken.
    TemplatesUnknown { refuse: bool },
    /// The catalogue.
    Matters,
    /// Matters in.
    MattersImport(Bytes),
}

/// The fields of an event, as they were typed.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Fields {
    pub evidence: Vec<String>,
    pub unit: String,
    pub unit_code: String,
    pub unperformed: String,
    pub liability: String,
    pub items: Vec<String>,
    /// Site and address.
    pub channels: Vec<(String, String)>,
    pub upheld: Option<bool>,
    pub valid_to: String,
    pub reason: String,
    pub basis: String,
}

/// What is told.
#[derive(Serialize, Deserialize)]
pub enum Told {
    /// One commitment.
    One(Box<One>),
    /// An event was recorded.
    Recorded { number: String, sequence: u32, kind: String, one: Box<One> },
    /// A page.
    Page { rows: Vec<Row>, next: Option<u32> },
    /// What is due.
    Due { rows: Vec<DueRow>, count: u64, overdue: u64, calendars_missing: bool },
    /// The figures, by name.
    Figures { figures: Vec<(String, u64)>, kept: (u64, u64), matters: (u64, u64) },
    /// What the day brought: commitments and events.
    Happened { events: Vec<(String, u32)> },
    /// What everybody finds.
    Found { rows: Vec<FoundRow>, next: Option<String> },
    /// Whether it may, and why not.
    Eligible { eligible: bool, reasons: Vec<Said>, report: Option<String> },
    /// Templates, and whether unknown ones are refused.
    Templates { templates: Vec<TemplateRow>, refuse_unknown: bool },
    /// A text.
    Text { text: String },
    /// Whether the template is new.
    Added { template: TemplateRow, added: bool },
    /// The catalogue.
    Matters { matters: Vec<MatterRow> },
    /// Matters that came in.
    Imported { good: u64, changed: u64, bad: Vec<BadRow> },
}

/// A sentence in both languages, with its code.
#[derive(Serialize, Deserialize)]
pub struct Said {
    pub code: String,
    pub zh: String,
    pub en: String,
}

/// How a commitment is kept.
#[derive(Serialize, Deserialize)]
pub struct PresentShown {
    pub stage: String,
    pub stage_zh: String,
    pub stage_en: String,
    pub state: String,
    pub word_zh: String,
    pub word_en: String,
    pub as_of: String,
    pub determined_on: Option<String>,
    pub unit: Option<String>,
    pub unit_code: Option<String>,
    pub unperformed: Option<String>,
    pub liability: Option<String>,
    pub disputed: bool,
    pub counts: bool,
    pub window_ends: Option<String>,
}

/// One commitment.
#[derive(Serialize, Deserialize)]
pub struct One {
    pub code: String,
    pub number: String,
    pub status: Option<String>,
    pub commitment_type: (String, String),
    pub committer: String,
    pub reason: String,
    pub accepted_by: String,
    pub made_on: String,
    pub valid_to: Option<String>,
    pub publicity: (String, String),
    pub publicised: Option<String>,
    pub present: PresentShown,
    pub supplement_due: Option<String>,
    pub missing: Vec<String>,
    pub seen: u32,
    pub next: Vec<String>,
    pub remarks: Vec<Said>,
    pub events: Vec<EventRow>,
}

/// An event.
#[derive(Serialize, Deserialize)]
pub struct EventRow {
    pub sequence: u32,
    pub at: String,
    pub kind: String,
    pub kind_zh: String,
    pub kind_en: String,
    pub by: String,
    pub reason_code: String,
    pub reason: String,
    pub basis: String,
    pub detail: Vec<(String, String)>,
    pub index: Option<u64>,
}

/// A row of a list.
#[derive(Serialize, Deserialize)]
pub struct Row {
    pub code: String,
    pub number: String,
    pub status: Option<String>,
    pub commitment_type: (String, String),
    pub committer: String,
    pub made_on: String,
    pub present: PresentShown,
}

/// Something due.
#[derive(Serialize, Deserialize)]
pub struct DueRow {
    pub what: String,
    pub what_zh: String,
    pub what_en: String,
    pub code: String,
    pub number: String,
    pub committer: String,
    pub since: String,
    pub due: Option<String>,
    pub left: Option<u32>,
    pub overdue: bool,
    pub soon: bool,
}

/// What everybody finds.
#[derive(Serialize, Deserialize)]
pub struct FoundRow {
    pub code: String,
    pub number: String,
    pub committer: String,
    pub commitment_type: (String, String),
    pub reason: String,
    pub made_on: String,
    pub accepted_by: String,
    pub publicised: String,
    pub word_zh: String,
    pub word_en: String,
}

/// A template.
#[derive(Serialize, Deserialize)]
pub struct TemplateRow {
    pub id: String,
    pub version: String,
    pub name: String,
    pub digest: String,
    pub measurable: bool,
    pub at: String,
    pub by: String,
}

/// A matter.
#[derive(Serialize, Deserialize)]
pub struct MatterRow {
    pub code: String,
    pub name: String,
    pub department: String,
    pub department_code: String,
    pub commitment_type: (String, String),
    pub basis: String,
    pub template: Option<String>,
    pub template_version: Option<String>,
    pub check_within: Option<String>,
    pub publicity: (String, String),
    pub excluded: Option<(String, String)>,
    pub area: Option<(String, String)>,
    pub government: Option<(String, String)>,
}

/// A row that was not taken.
#[derive(Serialize, Deserialize)]
pub struct BadRow {
    pub row: u64,
    pub faults: Vec<(String, String, Said)>,
}

/// Does it.
pub fn perform(office: &Office, ask: Ask) -> Result<Told, Failure> {
    let desk = office.commitment_desk();
    let by = Actor::command();
    match ask {
        Ask::Show { code } => {
            let code = code_of(&code)?;
            let view = desk.one(&code)?;
            log(office, Action::CommitmentViewed, code.as_str())?;
            Ok(Told::One(Box::new(one(view))))
        }
        Ask::Event { code, kind, fields, seen } => {
            let (code, kind) = (code_of(&code)?, kind_of(&kind)?);
            let recorded = desk.event(&by, &code, &event_of(kind, *fields), seen)?;
            log(office, Action::CommitmentEvent, &format!("{code}/{}", recorded.sequence))?;
            let view = desk.one(&code)?;
            let (number, sequence) = (recorded.number.to_string(), recorded.sequence);
            Ok(Told::Recorded { number, sequence, kind: kind.word().to_string(), one: Box::new(one(view)) })
        }
        Ask::List { stage, after } => {
            let stage = stage.map(|code| stage_of(&code)).transpose()?;
            let page = desk.list(stage, after, PAGE)?;
            log(office, Action::CommitmentsListed, "list")?;
            Ok(Told::Page { rows: page.rows.iter().map(row).collect(), next: page.next })
        }
        Ask::Due { on } => {
            let list = desk.due(day_of(office, on)?)?;
            log(office, Action::CommitmentsListed, "due")?;
            let DueList { rows, count, overdue, calendars_missing, .. } = list;
            Ok(Told::Due { rows: rows.iter().map(due).collect(), count, overdue, calendars_missing })
        }
        Ask::Figures { on } => {
            let found = desk.figures(day_of(office, on)?)?;
            let figures = [
                ("made", found.made),
                ("public", found.public),
                ("publicised", found.publicised),
                ("in_progress", found.in_progress),
                ("fulfilled", found.fulfilled),
                ("partly_fulfilled", found.partly),
                ("not_fulfilled", found.not_fulfilled),
                ("found_false", found.found_false),
                ("supplement_overdue", found.overdue),
                ("disputed", found.disputed),
                ("taken_back", found.taken_back),
                ("expired", found.expired),
                ("closed", found.closed),
                ("ended", found.ended),
            ];
            let figures = figures.into_iter().map(|(name, count)| (name.to_string(), count)).collect();
            Ok(Told::Figures { figures, kept: found.kept, matters: found.matters })
        }
        Ask::ByTheDay => {
            let recorded = desk.by_the_day()?;
            for one in &recorded {
                log(office, Action::CommitmentEvent, &format!("{}/{}", one.number, one.sequence))?;
            }
            let events = recorded.iter().map(|one| (one.number.to_string(), one.sequence));
            Ok(Told::Happened { events: events.collect() })
        }
        Ask::Search { word, after } => {
            let page = desk.search_public(&word, after.as_deref(), PAGE)?;
            Ok(Told::Found { rows: page.rows.iter().map(found).collect(), next: page.next })
        }
        Ask::Eligible { code, matter } => {
            let code = UnifiedCode::parse_typed(&code).map_err(|fault| fault.refusal("CODE"))?;
            let answer = desk.eligible(&code, matter.as_deref())?;
            log(office, Action::EligibilityViewed, code.as_str())?;
            let reasons =
                answer.reasons.iter().map(|reason| said(reason.code(), |lang| reason.message(lang)));
            let report = answer.report.map(|number| number.to_string());
            Ok(Told::Eligible { eligible: answer.eligible, reasons: reasons.collect(), report })
        }
        Ask::Templates => Ok(Told::Templates {
            templates: desk.templates().iter().map(template).collect(),
            refuse_unknown: desk.refuses_unknown_templates(),
        }),
        Ask::TemplateText { id, version } => Ok(Told::Text { text: desk.template_text(&id, &version)? }),
        Ask::TemplateAdd { id, version, name, measurable, text } => {
            let new = NewTemplate { id, version, name, measurable, text };
            let (one, added) = desk.add_template(&by, &new)?;
            log(office, Action::TemplateAdded, "")?;
            Ok(Told::Added { template: template(&one), added })
        }
        Ask::TemplatesUnknown { refuse } => {
            desk.refuse_unknown_templates(&by, refuse)?;
            log(office, Action::TemplatesSet, if refuse { "refuse" } else { "accept" })?;
            Ok(Told::Templates {
                templates: desk.templates().iter().map(template).collect(),
                refuse_unknown: refuse,
            })
        }
        Ask::Matters => Ok(Told::Matters { matters: desk.matters().iter().map(matter).collect() }),
        Ask::MattersImport(bytes) => {
            let done = desk.import_matters(&by, &bytes.0)?;
            log(office, Action::MattersImported, "")?;
            let bad = done.bad.iter().map(bad_row).collect();
            Ok(Told::Imported { good: done.good, changed: done.changed, bad })
        }
    }
}

fn code_of(code: &str) -> Result<CommitmentCode, Failure> {
    let wrong = || Refusal::new(RefusalCode::CommitmentCodeForm).at("CODE").found(code);
    Ok(CommitmentCode::parse(code.trim()).ok_or_else(wrong)?)
}

/// `partly-fulfilled` for `PARTLY_FULFILLED`.
fn kind_of(text: &str) -> Result<EventKind, Failure> {
    let own = || EventKind::ALL.iter().filter(|kind| kind.status().is_none());
    let name = |kind: &EventKind| kind.word().to_ascii_lowercase().replace('_', "-");
    own().copied().find(|kind| name(kind) == text).ok_or_else(|| {
        let all: Vec<String> = own().map(name).collect();
        let all = all.join(", ");
        Failure::usage(
            format!("没有事项“{text}”；应为 {all}"),
            format!("there is no event \"{text}\"; write one of {all}"),
        )
    })
}

fn stage_of(code: &str) -> Result<Stage, Failure> {
    Stage::from_code(&code.to_ascii_uppercase().replace('-', "_")).ok_or_else(|| {
        let all = Stage::ALL.map(Stage::code).join(", ");
        Failure::usage(
            format!("没有阶段“{code}”；应为 {all}"),
            format!("there is no stage \"{code}\"; write one of {all}"),
        )
    })
}

fn day_of(office: &Office, on: Option<String>) -> Result<Day, Failure> {
    match on {
        None => Ok(Day::from(office.now().china_date())),
        Some(text) => {
            let wrong = || Refusal::new(RefusalCode::DateForm).at("--on").found(&text);
            Ok(Day::parse(&text).ok_or_else(wrong)?)
        }
    }
}

fn event_of(kind: EventKind, fields: Fields) -> NewCommitmentEvent {
    let mut event = NewCommitmentEvent::new(kind);
    let channels = fields.channels.into_iter();
    event.channels = channels.map(|(site, url)| Channel { site, url, on: String::new() }).collect();
    event.evidence = fields.evidence;
    event.unit = fields.unit;
    event.unit_code = fields.unit_code;
    event.unperformed = fields.unperformed;
    event.liability = fields.liability;
    event.items = fields.items;
    event.upheld = fields.upheld;
    event.valid_to = fields.valid_to;
    event.reason = fields.reason;
    event.basis = fields.basis;
    event
}
