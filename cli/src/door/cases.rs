//! What commands ask of an office's objections and repairs.

use notary::calendar::Day;
use notary::desk::Actor as DeskActor;
use notary::objection::{NewObjection, Objection, ObjectionFilter, ObjectionId, Remedy};
use notary::office::{CaseDue, Office};
use notary::operator_log::{Action, Actor, Outcome};
use notary::refusal::{Lang, Refusal, RefusalCode};
use notary::repair::{NewRepair, Repair, RepairFilter, RepairId, RepairWay};
use serde::{Deserialize, Serialize};
use verifier::number::CertificateNumber;
use verifier::time::Time;

use crate::output::Failure;

/// The most cases that a list shows.
const LISTED: usize = 500;

/// What is asked of objections.
#[derive(Serialize, Deserialize)]
pub enum ObjectionAsk {
    /// All, or those that are open.
    List { open: bool },
    /// One.
    Show { case: String },
    /// What is due.
    Due { on: Option<String> },
    /// File one.
    File { number: String, item: Option<String>, claims: Vec<String>, ground: String, evidence: Vec<String> },
    /// Take a step.
    Step { case: String, seen: Option<u32>, note: String, step: Step },
}

/// A step of an objection.
#[derive(Serialize, Deserialize)]
pub enum Step {
    /// Accept it.
    Accept,
    /// Suspend and verify; accept it first where it is not yet.
    Verify,
    /// Upheld: the corrected certificate, or none where the document is withdrawn.
    Uphold { replaced_by: Option<String> },
    /// Rejected.
    Reject,
    /// Rejected and noted.
    Note,
    /// Taken back.
    TakeBack,
}

/// What is told of objections.
#[derive(Serialize, Deserialize)]
pub enum ObjectionTold {
    /// Several.
    List(Vec<ObjectionShown>),
    /// One.
    One(Box<ObjectionShown>),
    /// What is due.
    Due(Vec<DueShown>),
}

/// An objection.
#[derive(Serialize, Deserialize)]
pub struct ObjectionShown {
    pub case: String,
    pub version: u32,
    pub state: String,
    /// In both languages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<(String, String)>,
    pub certificate: String,
    pub status: Option<String>,
    pub item: Option<String>,
    pub organ: Option<String>,
    pub claims: Vec<String>,
    pub ground: String,
    pub evidence: Vec<String>,
    pub filed_at: String,
    pub filed_by: String,
    pub replaced_by: Option<String>,
    pub noted: bool,
    pub erased: bool,
    pub due: Option<Due>,
    pub steps: Vec<StepShown>,
}

/// A step that was taken.
#[derive(Serialize, Deserialize)]
pub struct StepShown {
    pub at: String,
    pub by: String,
    pub state: String,
    pub note: String,
}

/// When something is due.
#[derive(Serialize, Deserialize)]
pub struct Due {
    pub rule: String,
    pub by: Option<String>,
    /// Working days left.
    pub left: Option<u32>,
    pub overdue: bool,
    /// Why the day can't be told.
    pub unknown: Option<String>,
    /// Whether somebody has checked what the rule rests on.
    pub checked: bool,
}

/// Something that is due.
#[derive(Serialize, Deserialize)]
pub struct DueShown {
    pub case: String,
    pub certificate: Option<String>,
    pub state: String,
    pub due: Due,
}

/// What is asked of repairs.
#[derive(Serialize, Deserialize)]
pub enum RepairAsk {
    /// All, or those that are open.
    List { open: bool },
    /// One.
    Show { repair: String },
    /// What is due.
    Due { on: Option<String> },
    /// Which certificates cite a record.
    Preview { item: String },
    /// Do it.
    Repair { item: String, ways: Vec<String>, basis: String, reason: String, evidence: Vec<String> },
}

/// What is told of repairs.
#[derive(Serialize, Deserialize)]
pub enum RepairTold {
    /// Several, without their certificates.
    List(Vec<RepairShown>),
    /// One.
    One(Box<RepairShown>),
    /// What is due.
    Due(Vec<DueShown>),
    /// Which certificates cite a record.
    Preview { item: String, organ: Option<String>, count: usize, certificates: Vec<Affected> },
}

/// A repair.
#[derive(Serialize, Deserialize)]
pub struct RepairShown {
    pub repair: String,
    pub version: u32,
    pub state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<(String, String)>,
    pub item: String,
    pub organ: Option<String>,
    pub ways: Vec<String>,
    pub basis: String,
    pub reason: String,
    pub evidence: Vec<String>,
    pub made_at: String,
    pub made_by: String,
    pub complete: bool,
    pub count: usize,
    pub due: Option<Due>,
    pub certificates: Vec<Affected>,
}

/// A certificate that cites a record.
#[derive(Serialize, Deserialize)]
pub struct Affected {
    pub number: String,
    pub outcome: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub words: Option<(String, String)>,
}

/// Does what is asked of objections.
pub fn objections(office: &Office, ask: ObjectionAsk) -> Result<ObjectionTold, Failure> {
    let (cases, by) = (office.objections(), DeskActor::command());
    match ask {
        ObjectionAsk::List { open } => {
            log(office, Action::ObjectionViewed, "")?;
            let filter =
                ObjectionFilter { open: Some(true).filter(|_| open), newest_first: true, state: None };
            let list = cases.list(filter, None, LISTED)?;
            Ok(ObjectionTold::List(list.iter().map(|one| objection(office, one)).collect()))
        }
        ObjectionAsk::Show { case } => {
            let one = cases.one(ObjectionId::parse(&case)?)?;
            log(office, Action::ObjectionViewed, &one.id.to_string())?;
            Ok(ObjectionTold::One(Box::new(objection(office, &one))))
        }
        ObjectionAsk::Due { on } => {
            let due = cases.due(day(office, on)?);
            let shown = |one: &notary::objection::ObjectionDue| DueShown {
                case: one.id.to_string(),
                certificate: Some(one.certificate.to_string()),
                state: one.state.name().to_owned(),
                due: due_shown(&one.due),
            };
            Ok(ObjectionTold::Due(due.iter().map(shown).collect()))
        }
        ObjectionAsk::File { number, item, claims, ground, evidence } => {
            let certificate = super::parse_number(&number)?;
            let one = cases.file(&by, NewObjection { certificate, item, claims, ground, evidence })?;
            log(office, Action::ObjectionFiled, &one.id.to_string())?;
            Ok(ObjectionTold::One(Box::new(objection(office, &one))))
        }
        ObjectionAsk::Step { case, seen, note, step } => {
            let id = ObjectionId::parse(&case)?;
            let before = cases.one(id)?;
            let version = seen.unwrap_or(before.version);
            let (done, action) = match step {
                Step::Accept => (cases.accept(&by, id, version, &note), Action::ObjectionAccepted),
                Step::Verify if before.state == notary::objection::ObjectionState::Filed => {
                    (cases.accept_and_verify(&by, id, version, &note), Action::ObjectionVerifying)
                }
                Step::Verify => (cases.start_verifying(&by, id, version, &note), Action::ObjectionVerifying),
                Step::Uphold { replaced_by } => {
                    let remedy = match replaced_by {
                        Some(number) => Remedy::Corrected(super::parse_number(&number)?),
                        None => Remedy::Withdrawn,
                    };
                    (cases.uphold(&by, id, version, remedy, &note), Action::ObjectionUpheld)
                }
                Step::Reject => (cases.reject(&by, id, version, &note), Action::ObjectionRejected),
                Step::Note => (cases.note_only(&by, id, version, &note), Action::ObjectionNoted),
                Step::TakeBack => (cases.take_back(&by, id, version, &note), Action::ObjectionTakenBack),
            };
            let one = done?;
            log(office, action, &id.to_string())?;
            publish(office)?;
            Ok(ObjectionTold::One(Box::new(objection(office, &one))))
        }
    }
}

/// Does what is asked of repairs.
pub fn repairs(office: &Office, ask: RepairAsk) -> Result<RepairTold, Failure> {
    let (repairs, by) = (office.repairs(), DeskActor::command());
    match ask {
        RepairAsk::List { open } => {
            log(office, Action::RepairViewed, "")?;
            let filter = RepairFilter { open: Some(true).filter(|_| open), newest_first: true, state: None };
            Ok(RepairTold::List(repairs.list(filter, None, LISTED)?.iter().map(repair).collect()))
        }
        RepairAsk::Show { repair: id } => {
            let one = repairs.one(RepairId::parse(&id)?)?;
            log(office, Action::RepairViewed, &one.id.to_string())?;
            Ok(RepairTold::One(Box::new(repair(&one))))
        }
        RepairAsk::Due { on } => {
            let due = repairs.due(day(office, on)?);
            let shown = |one: &notary::repair::RepairDue| DueShown {
                case: one.id.to_string(),
                certificate: None,
                state: one.state.name().to_owned(),
                due: due_shown(&one.due),
            };
            Ok(RepairTold::Due(due.iter().map(shown).collect()))
        }
        RepairAsk::Preview { item } => {
            let found = repairs.preview(&item)?;
            log(office, Action::RepairPreviewed, "")?;
            let certificates = found.affected.iter().map(|one| affected(one.number, one.outcome)).collect();
            Ok(RepairTold::Preview { item: found.item, organ: found.organ, count: found.count, certificates })
        }
        RepairAsk::Repair { item, ways, basis, reason, evidence } => {
            let ways = ways.iter().map(|way| RepairWay::parse(way)).collect::<Result<_, Refusal>>()?;
            let one = repairs.repair(&by, NewRepair { item, ways, basis, reason, evidence })?;
            log(office, Action::Repaired, &one.id.to_string())?;
            publish(office)?;
            Ok(RepairTold::One(Box::new(repair(&one))))
        }
    }
}

fn objection(office: &Office, one: &Objection) -> ObjectionShown {
    let status = office.status_of(&one.certificate).ok().flatten();
    ObjectionShown {
        case: one.id.to_string(),
        version: one.version,
        state: one.state.name().to_owned(),
        words: Some((one.state.word(Lang::Zh).to_owned(), one.state.word(Lang::En).to_owned())),
        certificate: one.certificate.to_string(),
        status: status.map(|status| status.name().to_owned()),
        item: one.item.clone(),
        organ: one.organ.clone(),
        claims: one.claims.clone(),
        ground: one.ground.clone(),
        evidence: one.evidence.clone(),
        filed_at: at(one.filed_at),
        filed_by: one.filed_by.clone(),
        replaced_by: one.replacement.map(|number| number.to_string()),
        noted: one.noted,
        erased: one.erased,
        due: one.due.as_ref().map(due_shown),
        steps: one
            .steps
            .iter()
            .map(|step| StepShown {
                at: at(step.at),
                by: step.by.clone(),
                state: step.state.name().to_owned(),
                note: step.note.clone(),
            })
            .collect(),
    }
}

fn repair(one: &Repair) -> RepairShown {
    RepairShown {
        repair: one.id.to_string(),
        version: one.version,
        state: one.state.name().to_owned(),
        words: Some((one.state.word(Lang::Zh).to_owned(), one.state.word(Lang::En).to_owned())),
        item: one.item.clone(),
        organ: one.organ.clone(),
        ways: one.ways.iter().map(|way| way.name().to_owned()).collect(),
        basis: one.basis.clone(),
        reason: one.reason.clone(),
        evidence: one.evidence.clone(),
        made_at: at(one.made_at),
        made_by: one.made_by.clone(),
        complete: one.complete,
        count: one.count,
        due: one.due.as_ref().map(due_shown),
        certificates: one.done.iter().map(|(number, outcome)| affected(*number, *outcome)).collect(),
    }
}

fn affected(number: CertificateNumber, outcome: notary::repair::RepairOutcome) -> Affected {
    let words = Some((outcome.word(Lang::Zh).to_owned(), outcome.word(Lang::En).to_owned()));
    Affected { number: number.to_string(), outcome: outcome.name().to_owned(), words }
}

fn due_shown(due: &CaseDue) -> Due {
    Due {
        rule: due.rule.clone(),
        by: due.by.map(|day| day.to_string()),
        left: due.left,
        overdue: due.overdue,
        unknown: due.unknown.as_ref().map(|refusal| refusal.code().as_str().to_owned()),
        checked: due.checked,
    }
}

fn at(time: Time) -> String {
    time.display_china()
}

fn day(office: &Office, on: Option<String>) -> Result<Day, Failure> {
    match on {
        None => Ok(Day::from(office.now().china_date())),
        Some(text) => {
            Day::parse(&text).ok_or_else(|| Refusal::new(RefusalCode::DateForm).at("--on").found(text).into())
        }
    }
}

/// A change is of use only once it is published, so it is at once.
fn publish(office: &Office) -> Result<(), Failure> {
    if office.status_due() {
        office.publish_status()?;
    }
    Ok(())
}

fn log(office: &Office, action: Action, object: &str) -> Result<(), Failure> {
    office.operator_log().append(&Actor::Command, action, object, Outcome::Done)?;
    Ok(())
}
