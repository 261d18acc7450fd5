//! Objections and credit repairs, for the systems that take them in.
//!
//! ```text
//! GET  /objections?state=filed&after=Y00040&limit=50
//! POST /objections                {"certificate":"…","item":"CF-0011","ground":"…","evidence":["sha256:…"]}   → Y00001
//! GET  /objections/Y00001
//! POST /objections/Y00001/steps   {"step":"suspend","version":1,"note":"…"}
//! POST /repairs                   {"item":"CF-0011","ways":["rectification"],"basis":"…","reason":"…"}        → R00001
//! GET  /repairs/R00001
//! ```
//!
//! Programs need `status.write`; operators and reviewers may look. A repetition is known by what it says: the same objection
//! that nobody has dealt with, the step that the same caller has just taken, the repair that it has entered. A repair that a
//! program enters is approved by a person (`life::repairs`), for that is final.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use notary::desk::{Actor, Standing};
use notary::objection::{NewObjection, Objection, ObjectionFilter, ObjectionId, ObjectionState};
use notary::office::{CaseDue, CaseStep, EVIDENCE_MAX, Office};
use notary::operator_log::{Action, Outcome};
use notary::people::{Role, Scope};
use notary::refusal::{Refusal, RefusalCode};
use notary::repair::{NewRepair, Repair, RepairFilter, RepairId, RepairState, RepairWay};
use serde::Serialize;
use verifier::number::CertificateNumber;

use super::ROOT;
use super::answer::json;
use super::input::Input;
use super::ledger::blocking;
use super::life::{members, missing};
use super::route::Address;
use crate::life::cases::Step;
use crate::life::file::file;
use crate::problem::Problem;
use crate::server::Shared;
use crate::session::ApiCaller;

/// Objections of one answer, and how many unless asked otherwise.
const LISTED_MAX: u64 = 200;
const LISTED: u64 = 50;
/// Claims that one objection is against.
const CLAIMS_MAX: usize = 40;
/// Repairs that are looked through for one that was entered before.
const LOOKED_THROUGH: usize = 500;

pub fn addresses() -> Vec<Address> {
    vec![
        Address::get("/objections", list),
        Address::post("/objections", objected),
        Address::get("/objections/{id}", one),
        Address::post("/objections/{id}/steps", step),
        Address::post("/repairs", repair),
        Address::get("/repairs/{id}", repaired),
    ]
}

#[derive(Serialize)]
struct Case {
    id: String,
    version: u32,
    state: &'static str,
    certificate: String,
    item: Option<String>,
    organ: Option<String>,
    claims: Vec<String>,
    ground: String,
    evidence: Vec<String>,
    steps: Vec<Taken>,
    due: Option<Due>,
    replacement: Option<String>,
    noted: bool,
    erased: bool,
}

#[derive(Serialize)]
struct Taken {
    state: &'static str,
    at: String,
    by: String,
    note: String,
}

#[derive(Serialize)]
struct Due {
    rule: String,
    by: Option<String>,
    working_days_left: Option<u32>,
    overdue: bool,
    /// The code of why it can't be told.
    unknown: Option<&'static str>,
}

#[derive(Serialize)]
struct Cases {
    objections: Vec<Case>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Mended {
    id: String,
    version: u32,
    state: &'static str,
    item: String,
    organ: Option<String>,
    ways: Vec<&'static str>,
    basis: String,
    reason: String,
    evidence: Vec<String>,
    steps: Vec<Taken>,
    due: Option<Due>,
    complete: bool,
    done: Vec<Done>,
}

#[derive(Serialize)]
struct Done {
    number: String,
    outcome: &'static str,
}

fn taken<S: Copy>(steps: &[CaseStep<S>], name: impl Fn(S) -> &'static str) -> Vec<Taken> {
    let one = |step: &CaseStep<S>| Taken {
        state: name(step.state),
        at: step.at.display_china(),
        by: step.by.clone(),
        note: step.note.clone(),
    };
    steps.iter().map(one).collect()
}

impl Due {
    fn of(due: &CaseDue) -> Due {
        Due {
            rule: due.rule.clone(),
            by: due.by.map(|day| day.to_string()),
            working_days_left: due.left,
            overdue: due.overdue,
            unknown: due.unknown.as_ref().map(|refusal| refusal.code().as_str()),
        }
    }
}

impl Case {
    fn of(case: &Objection) -> Case {
        Case {
            id: case.id.to_string(),
            version: case.version,
            state: case.state.name(),
            certificate: case.certificate.to_string(),
            item: case.item.clone(),
            organ: case.organ.clone(),
            claims: case.claims.clone(),
            ground: case.ground.clone(),
            evidence: case.evidence.clone(),
            steps: taken(&case.steps, ObjectionState::name),
            due: case.due.as_ref().map(Due::of),
            replacement: case.replacement.map(|number| number.to_string()),
            noted: case.noted,
            erased: case.erased,
        }
    }
}

impl Mended {
    fn of(repair: &Repair) -> Mended {
        let done = repair.done.iter();
        let done = done.map(|(number, outcome)| Done { number: number.to_string(), outcome: outcome.name() });
        Mended {
            id: repair.id.to_string(),
            version: repair.version,
            state: repair.state.name(),
            item: repair.item.clone(),
            organ: repair.organ.clone(),
            ways: repair.ways.iter().map(|way| way.name()).collect(),
            basis: repair.basis.clone(),
            reason: repair.reason.clone(),
            evidence: repair.evidence.clone(),
            steps: taken(&repair.steps, RepairState::name),
            due: repair.due.as_ref().map(Due::of),
            complete: repair.complete,
            done: done.collect(),
        }
    }
}

/// Whoever may look: programs that may change, and the people who work on them.
fn may_look(caller: &ApiCaller) -> Result<(), Problem> {
    match caller {
        ApiCaller::Person(person) if matches!(person.role(), Role::Operator | Role::Reviewer) => Ok(()),
        _ => caller.require(Scope::StatusWrite),
    }
}

/// A program, as cases know who took a step: it does what an operator does.
fn actor(caller: &ApiCaller) -> Actor {
    Actor { account: caller.id(), unit: caller.unit().to_owned(), standing: Standing::Operator }
}

async fn list(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    may_look(&caller)?;
    let mut input = Input::query(&request)?;
    let names = ObjectionState::ALL.map(ObjectionState::name);
    let state = input.optional_word("state", &names)?.and_then(ObjectionState::from_name);
    let open = input.optional_bool("open")?;
    let after = input.optional_text("after")?.map(|id| ObjectionId::parse(&id)).transpose()?;
    let limit = input.optional_number("limit", LISTED_MAX)?.unwrap_or(LISTED).max(1) as usize;
    input.end(&["state", "open", "after", "limit"])?;
    let filter = ObjectionFilter { open, state, newest_first: false };
    let found = blocking(move || {
        let office = shared.office();
        office.operator_log().append(&caller.actor(), Action::ObjectionViewed, "", Outcome::Done)?;
        Ok(office.objections().list(filter, after, limit + 1)?)
    })
    .await?;
    let next = found.get(limit).and(found.get(limit - 1)).map(|last| last.id.to_string());
    let objections = found.iter().take(limit).map(Case::of).collect();
    Ok(json(StatusCode::OK, &Cases { objections, next }))
}

async fn one(request: HttpRequest, shared: Data<Shared>, caller: ApiCaller) -> Result<HttpResponse, Problem> {
    may_look(&caller)?;
    Input::query(&request)?.end(&[])?;
    let id = ObjectionId::parse(id(&request))?;
    let case = blocking(move || {
        let office = shared.office();
        let case = office.objections().one(id)?;
        let object = id.to_string();
        office.operator_log().append(&caller.actor(), Action::ObjectionViewed, &object, Outcome::Done)?;
        Ok(Case::of(&case))
    })
    .await?;
    Ok(json(StatusCode::OK, &case))
}

async fn objected(
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::StatusWrite)?;
    let mut input = members(&request, payload).await?;
    let certificate = certificate(&input.text("certificate")?, "/certificate")?;
    let new = NewObjection {
        certificate,
        item: input.optional_text("item")?.filter(|item| !item.is_empty()),
        claims: input.optional_texts("claims", CLAIMS_MAX)?,
        ground: input.text("ground")?,
        evidence: input.optional_texts("evidence", EVIDENCE_MAX)?,
    };
    input.end(&["certificate", "item", "claims", "ground", "evidence"])?;
    let (case, repeated) = blocking(move || {
        let office = shared.office();
        let done = file(office, &actor(&caller), new);
        let object = done.as_ref().map(|(case, _)| case.id.to_string()).unwrap_or_default();
        let outcome = Outcome::from(&done);
        office.operator_log().append(&caller.actor(), Action::ObjectionFiled, &object, outcome)?;
        let (case, repeated) = done?;
        Ok((Case::of(&case), repeated))
    })
    .await?;
    Ok(made(repeated, &format!("{ROOT}/objections/{}", case.id), &case))
}

async fn step(
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::StatusWrite)?;
    let id = ObjectionId::parse(id(&request))?;
    let mut input = members(&request, payload).await?;
    let words = Step::ALL.map(Step::word);
    let step = input.optional_word("step", &words)?.and_then(Step::from_word);
    let step = step.ok_or_else(|| missing("step"))?;
    let version = input.optional_number("version", u64::from(u32::MAX))?.ok_or_else(|| missing("version"))?;
    let note = input.optional_text("note")?.unwrap_or_default();
    let replacement = match step {
        Step::Uphold => input.text("replacement")?,
        _ => String::new(),
    };
    input.end(&["step", "version", "note", "replacement"])?;
    let case = blocking(move || {
        let (office, by) = (shared.office(), actor(&caller));
        let version = version as u32;
        let done = match taken_before(office, &by, id, step, version, &note)? {
            Some(case) => Ok(case),
            None => step.take(office, &by, (id, version), &note, &replacement),
        };
        let outcome = Outcome::from(&done);
        office.operator_log().append(&caller.actor(), step.action(), &id.to_string(), outcome)?;
        Ok(Case::of(&done?))
    })
    .await?;
    Ok(json(StatusCode::OK, &case))
}

/// The case, where this very step is the last one that was taken, by the same caller, from the same version.
fn taken_before(
    office: &Office,
    by: &Actor,
    id: ObjectionId,
    step: Step,
    version: u32,
    note: &str,
) -> Result<Option<Objection>, Refusal> {
    let case = office.objections().one(id)?;
    let (to, versions) = match step {
        Step::Accept => (ObjectionState::Accepted, 1),
        Step::Suspend => (ObjectionState::Verifying, 2),
        Step::Verify => (ObjectionState::Verifying, 1),
        Step::Uphold | Step::Withdraw => (ObjectionState::Upheld, 1),
        Step::Reject | Step::Note => (ObjectionState::Rejected, 1),
    };
    let last = case.steps.last();
    let mine = last.is_some_and(|last| last.by == by.account && last.note == note.trim());
    let remedy = match step {
        Step::Uphold => case.replacement.is_some(),
        Step::Withdraw => case.replacement.is_none(),
        Step::Note => case.noted,
        Step::Reject => !case.noted,
        _ => true,
    };
    let same = case.state == to && version.checked_add(versions) == Some(case.version) && mine && remedy;
    Ok(same.then_some(case))
}

async fn repair(
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::StatusWrite)?;
    let mut input = members(&request, payload).await?;
    let ways = input.optional_texts("ways", RepairWay::ALL.len())?;
    let new = NewRepair {
        item: input.text("item")?,
        ways: ways.iter().map(|way| RepairWay::parse(way)).collect::<Result<_, Refusal>>()?,
        basis: input.text("basis")?,
        reason: input.text("reason")?,
        evidence: input.optional_texts("evidence", EVIDENCE_MAX)?,
    };
    input.end(&["item", "ways", "basis", "reason", "evidence"])?;
    let (mended, repeated) = blocking(move || {
        let (office, by) = (shared.office(), actor(&caller));
        let done = match office.repairs().apply(&by, new.clone()) {
            Err(refusal) if refusal.code() == RefusalCode::RepairKnown => {
                entered_before(office, &by, &new)?.map(|repair| (repair, true)).ok_or(refusal)
            }
            other => other.map(|repair| (repair, false)),
        };
        let object = done.as_ref().map(|(repair, _)| repair.id.to_string()).unwrap_or_default();
        let outcome = Outcome::from(&done);
        office.operator_log().append(&caller.actor(), Action::RepairProposed, &object, outcome)?;
        let (repair, repeated) = done?;
        Ok((Mended::of(&repair), repeated))
    })
    .await?;
    Ok(made(repeated, &format!("{ROOT}/repairs/{}", mended.id), &mended))
}

/// The repair that the same caller has entered in the same words.
fn entered_before(office: &Office, by: &Actor, new: &NewRepair) -> Result<Option<Repair>, Refusal> {
    let filter = RepairFilter { newest_first: true, ..RepairFilter::default() };
    let found = office.repairs().list(filter, None, LOOKED_THROUGH)?;
    let same = |repair: &Repair| {
        let mut ways = new.ways.clone();
        ways.sort_unstable();
        ways.dedup();
        let item = new.item.trim();
        repair.made_by == by.account
            && (repair.item == item || item.ends_with(&format!("/{}", repair.item)))
            && repair.ways == ways
            && repair.basis == new.basis.trim()
            && repair.reason == new.reason.trim()
            && repair.evidence == new.evidence
    };
    match found.into_iter().find(same) {
        Some(repair) => office.repairs().one(repair.id).map(Some),
        None => Ok(None),
    }
}

async fn repaired(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    may_look(&caller)?;
    Input::query(&request)?.end(&[])?;
    let id = RepairId::parse(id(&request))?;
    let mended = blocking(move || {
        let office = shared.office();
        let repair = office.repairs().one(id)?;
        let object = id.to_string();
        office.operator_log().append(&caller.actor(), Action::RepairViewed, &object, Outcome::Done)?;
        Ok(Mended::of(&repair))
    })
    .await?;
    Ok(json(StatusCode::OK, &mended))
}

/// 201 with where it is, or 200 for a repetition.
fn made(repeated: bool, location: &str, value: &impl Serialize) -> HttpResponse {
    let mut answer = json(if repeated { StatusCode::OK } else { StatusCode::CREATED }, value);
    if let Ok(location) = location.parse() {
        answer.headers_mut().insert(LOCATION, location);
    }
    answer
}

fn id(request: &HttpRequest) -> &str {
    request.match_info().get("id").unwrap_or_default()
}

fn certificate(text: &str, at: &str) -> Result<CertificateNumber, Problem> {
    let unknown = || Refusal::new(RefusalCode::CertificateUnknown).at(at).found(super::body::shown(text));
    CertificateNumber::parse(text).map_err(|_| unknown().into())
}
