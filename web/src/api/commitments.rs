//! Commitments after they were made: what everybody may know, what the office knows, and recording what happened.
//!
//! ```text
//! GET  /commitments?code=61990020261122000003     ?uscc=91619900MA0DEM021U        what is public
//! GET  /commitments/61990020261122000003          with `certificates.read` every one, and its events
//! POST /commitments/61990020261122000003/events   {"kind":"FULFILLED","seen":2,"unit":"…","unit_code":"…"}
//! ```
//!
//! `seen` is the sequence of the last event that the caller looked at: another one since then is 409 and nothing happens. The
//! same event with the same `seen` from the same caller is the one that was recorded (200, `repeated`), so that a request
//! whose answer was lost can be sent again. Not here: what may follow what (`notary::commitment`).

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use notary::code::UnifiedCode;
use notary::commitment::{Channel, NewCommitmentEvent, Present, PublicRow, View};
use notary::desk::{Actor, Standing};
use notary::document::value::{CommitmentCode, Identity};
use notary::office::{EventView, Office};
use notary::operator_log::{Action, Outcome};
use notary::people::{Role, Scope};
use notary::refusal::{Refusal, RefusalCode};
use serde::Serialize;
use serde_json::Value;
use verifier::event::EventKind;
use verifier::registry::HolderKind;

use super::ROOT;
use super::answer::json;
use super::body::{self, Media};
use super::input::Input;
use super::ledger::blocking;
use super::route::Address;
use crate::client::Client;
use crate::commitments::unknown;
use crate::lang::Lang;
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::{ApiCaller, SignedIn};

/// Bytes of an event.
const EVENT_BYTES: usize = 128 << 10;
/// Texts of one list.
const TEXTS_MAX: usize = 200;
/// Commitments of one answer.
const FOUND_MAX: usize = 200;

pub(super) fn addresses() -> Vec<Address> {
    vec![
        Address::get("/commitments", find),
        Address::get("/commitments/{code}", one),
        Address::post("/commitments/{code}/events", record),
    ]
}

/// How a commitment is kept.
#[derive(Serialize)]
pub struct Fulfilment {
    as_of: String,
    state: &'static str,
    stage: &'static str,
    word: String,
    settled: bool,
    determined_on: Option<String>,
    determined_by: Option<Unit>,
}

#[derive(Serialize)]
struct Unit {
    name: String,
    uscc: String,
}

#[derive(Serialize)]
struct Found {
    commitments: Vec<Public>,
}

/// What everybody may know.
#[derive(Serialize)]
struct Public {
    code: String,
    committer: String,
    committer_kind: &'static str,
    uscc: Option<String>,
    #[serde(rename = "type")]
    kind: &'static str,
    reason: String,
    content: String,
    liability: String,
    made_on: String,
    valid_to: Option<String>,
    accepted_by: Unit,
    publicity: &'static str,
    publicised_on: Option<String>,
    certificate: String,
    certificate_status: Option<&'static str>,
    fulfilment: Fulfilment,
    #[serde(skip_serializing_if = "Option::is_none")]
    office: Option<Inside>,
    links: Links,
}

/// What whoever may read certificates knows beside.
#[derive(Serialize)]
struct Inside {
    seen: u32,
    next: Vec<&'static str>,
    missing_items: Vec<String>,
    supplement_due: Option<String>,
    unperformed: Option<String>,
    liability_pursued: Option<String>,
    events: Vec<Happened>,
}

#[derive(Serialize)]
struct Happened {
    sequence: u32,
    kind: &'static str,
    at: String,
    by: String,
    reason_code: String,
    reason: String,
    basis: String,
    detail: BTreeMap<String, String>,
    entry_index: Option<u64>,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: String,
    certificate: String,
}

#[derive(Serialize)]
struct Recorded {
    code: String,
    sequence: u32,
    kind: &'static str,
    repeated: bool,
}

impl Fulfilment {
    /// As everybody may know it: an adverse result once it counts.
    pub fn public(present: &Present, lang: Lang) -> Fulfilment {
        let open = present.is_unsettled();
        Fulfilment {
            as_of: present.as_of.to_string(),
            state: if open { "PENDING" } else { state(present) },
            stage: if open { "CHECKING" } else { present.stage.code() },
            word: present.public_word(lang.words()),
            settled: !open,
            determined_on: present.determined_on.filter(|_| !open).map(|on| on.to_string()),
            determined_by: Some(present).filter(|_| !open).and_then(unit),
        }
    }

    /// As the office and the committer itself know it.
    pub fn inside(present: &Present, lang: Lang) -> Fulfilment {
        Fulfilment {
            as_of: present.as_of.to_string(),
            state: state(present),
            stage: present.stage.code(),
            word: present.word(lang.words()),
            settled: !present.is_unsettled(),
            determined_on: present.determined_on.map(|on| on.to_string()),
            determined_by: unit(present),
        }
    }

    /// Of the commitment of a certificate; nothing where it is of something else.
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn of(
        office: &Office,
        number: &verifier::number::CertificateNumber,
        lang: Lang,
    ) -> Result<Option<Fulfilment>, Refusal> {
        Ok(office.commitment_desk().present(number)?.map(|present| Fulfilment::inside(&present, lang)))
    }
}

fn state(present: &Present) -> &'static str {
    if present.overdue { "SUPPLEMENT_OVERDUE" } else { present.state.spelling() }
}

fn unit(present: &Present) -> Option<Unit> {
    present.unit.as_ref().map(|(name, uscc)| Unit { name: name.clone(), uscc: uscc.clone() })
}

impl Public {
    fn of(row: &PublicRow, lang: Lang) -> Public {
        let commitment = &row.commitment;
        Public {
            code: row.code.to_string(),
            committer: row.committer.clone(),
            committer_kind: row.committer_kind.name(),
            uscc: Some(row.committer_code.clone()),
            kind: row.commitment_type.spelling(),
            reason: row.reason.clone(),
            content: commitment.content.clone(),
            liability: commitment.liability.clone(),
            made_on: row.made_on.to_string(),
            valid_to: row.valid_to.map(|day| day.to_string()),
            accepted_by: Unit {
                name: row.accepted_by.clone(),
                uscc: commitment.accepted_by.uscc.to_string(),
            },
            publicity: commitment.publicity.spelling(),
            publicised_on: Some(row.publicised.to_string()),
            certificate: row.number.to_string(),
            certificate_status: Some(row.status.name()),
            fulfilment: Fulfilment::public(&row.present, lang),
            office: None,
            links: links(&row.code, &row.number),
        }
    }

    fn inside(view: &View, lang: Lang) -> Public {
        let commitment = &view.commitment;
        let committer = &commitment.committer;
        // A natural person is named as certificates name one, without an ID number.
        let person = committer.kind == HolderKind::Person;
        Public {
            code: commitment.code.to_string(),
            committer: if person { verifier::core::mask(&committer.name) } else { committer.name.clone() },
            committer_kind: committer.kind.name(),
            uscc: match &committer.identity {
                Identity::Code(code) => Some(code.to_string()),
                Identity::Person(_) => None,
            },
            kind: commitment.commitment_type.spelling(),
            reason: commitment.reason.clone(),
            content: commitment.content.clone(),
            liability: commitment.liability.clone(),
            made_on: commitment.made_on.to_string(),
            valid_to: view.valid_to.map(|day| day.to_string()),
            accepted_by: Unit {
                name: commitment.accepted_by.name.clone(),
                uscc: commitment.accepted_by.uscc.to_string(),
            },
            publicity: commitment.publicity.spelling(),
            publicised_on: view.publicised.map(|day| day.to_string()),
            certificate: view.number.to_string(),
            certificate_status: view.status.map(|status| status.name()),
            fulfilment: Fulfilment::inside(&view.present, lang),
            office: Some(Inside {
                seen: view.seen,
                next: view.next.iter().map(|kind| kind.word()).collect(),
                missing_items: view.missing.clone(),
                supplement_due: view.supplement_due.map(|day| day.to_string()),
                unperformed: view.present.unperformed.clone(),
                liability_pursued: view.present.liability.clone(),
                events: view.events.iter().map(Happened::of).collect(),
            }),
            links: links(&commitment.code, &view.number),
        }
    }
}

impl Happened {
    fn of(event: &EventView) -> Happened {
        let fields = event.event.fields();
        Happened {
            sequence: fields.sequence,
            kind: fields.kind.word(),
            at: fields.at.display_china(),
            by: fields.by.clone(),
            reason_code: fields.reason_code.clone(),
            reason: fields.reason.clone(),
            basis: fields.basis.clone(),
            detail: fields.detail.iter().cloned().collect(),
            entry_index: event.index,
        }
    }
}

fn links(code: &CommitmentCode, number: &verifier::number::CertificateNumber) -> Links {
    Links { own: format!("{ROOT}/commitments/{code}"), certificate: format!("{ROOT}/certificates/{number}") }
}

/// By a code or a unified code; by a name only on the page, where it gets into no address.
async fn find(
    request: HttpRequest,
    shared: Data<Shared>,
    client: Client,
    lang: Lang,
) -> Result<HttpResponse, Problem> {
    shared.rates().look_up(&client)?;
    let mut input = Input::query(&request)?;
    let (code, uscc) = (input.optional_text("code")?, input.optional_text("uscc")?);
    input.end(&["code", "uscc"])?;
    let rows = match (code, uscc) {
        (Some(code), None) => {
            let code = CommitmentCode::parse(&code)
                .ok_or_else(|| Refusal::new(RefusalCode::CommitmentCodeForm).at("?code").found(&code))?;
            blocking(move || Ok(shared.office().commitment_desk().one_public(&code)?))
                .await?
                .into_iter()
                .collect()
        }
        (None, Some(uscc)) => {
            let code = UnifiedCode::parse_typed(&uscc).map_err(|fault| fault.refusal("?uscc"))?;
            blocking(move || Ok(shared.office().commitment_desk().of_holder_public(&code)?)).await?
        }
        _ => return Err(Problem::from(Common::QueryBad).at("code, uscc")),
    };
    let commitments = rows.iter().take(FOUND_MAX).map(|row| Public::of(row, lang)).collect();
    Ok(json(StatusCode::OK, &Found { commitments }))
}

async fn one(
    request: HttpRequest,
    shared: Data<Shared>,
    client: Client,
    lang: Lang,
) -> Result<HttpResponse, Problem> {
    shared.rates().look_up(&client)?;
    let code = code(&request)?;
    let reader = reader(&request)?;
    let public = blocking(move || {
        let desk = shared.office().commitment_desk();
        let Some(reader) = reader else {
            let row = desk.one_public(&code)?.ok_or_else(unknown)?;
            return Ok(Public::of(&row, lang));
        };
        let view = desk.one(&code);
        let (object, outcome) = (format!("commitment/{code}"), Outcome::from(&view));
        shared.office().operator_log().append(&reader.actor(), Action::CommitmentViewed, &object, outcome)?;
        Ok(Public::inside(&view?, lang))
    })
    .await?;
    Ok(json(StatusCode::OK, &public))
}

/// Whoever may read certificates, if that is who asks. A key that does not count is refused, not overlooked.
fn reader(request: &HttpRequest) -> Result<Option<ApiCaller>, Problem> {
    if !request.headers().contains_key(AUTHORIZATION) && SignedIn::of(request).is_none() {
        return Ok(None);
    }
    let caller = ApiCaller::of(request)?;
    Ok(Some(caller).filter(|caller| caller.require(Scope::CertificatesRead).is_ok()))
}

async fn record(
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
    client: Client,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::CommitmentsWrite)?;
    shared.rates().submit(&client)?;
    let code = code(&request)?;
    if body::media(&request) != Media::Json {
        return Err(Common::MediaTypeUnsupported.into());
    }
    let bytes = body::read(&request, payload, EVENT_BYTES).await?;
    let (event, seen) = read(&bytes)?;
    let told = blocking(move || {
        let office = shared.office();
        let by = actor(&caller);
        let done = office.commitment_desk().event(&by, &code, &event, Some(seen));
        let again = match &done {
            Err(refusal) if refusal.code() == RefusalCode::EventOutOfOrder => {
                repeated(office, &code, &event, seen, &by.account)?
            }
            _ => None,
        };
        if let Some(sequence) = again {
            return Ok(Recorded {
                code: code.to_string(),
                sequence,
                kind: event.kind.word(),
                repeated: true,
            });
        }
        let (object, outcome) = (format!("commitment/{code}"), Outcome::from(&done));
        office.operator_log().append(&caller.actor(), Action::CommitmentEvent, &object, outcome)?;
        let sequence = done?.sequence;
        Ok(Recorded { code: code.to_string(), sequence, kind: event.kind.word(), repeated: false })
    })
    .await?;
    Ok(json(if told.repeated { StatusCode::OK } else { StatusCode::CREATED }, &told))
}

/// The event that this very caller recorded as the next after `seen`, if it is this one.
fn repeated(
    office: &Office,
    code: &CommitmentCode,
    event: &NewCommitmentEvent,
    seen: u32,
    by: &str,
) -> Result<Option<u32>, Problem> {
    let view = office.commitment_desk().one(code)?;
    let next = view.events.iter().map(|known| &known.event).find(|known| known.fields().sequence == seen + 1);
    let same = next.filter(|known| {
        let fields = known.fields();
        let is = |name: &str, text: &str| known.detail(name).unwrap_or_default() == text.trim();
        fields.kind == event.kind
            && fields.by == by
            && fields.reason == event.reason.trim()
            && fields.basis == event.basis.trim()
            && is("unit", &event.unit)
            && is("unperformed", &event.unperformed)
            && is("liability", &event.liability)
            && is("evidence", &event.evidence.join(","))
    });
    Ok(same.map(|known| known.fields().sequence))
}

/// The event in a body, and the sequence that was looked at.
fn read(bytes: &[u8]) -> Result<(NewCommitmentEvent, u32), Problem> {
    let mut input = Input::json(bytes)?;
    let word = input.text("kind")?;
    let kind = EventKind::from_word(&word).filter(|kind| kind.status().is_none()).ok_or_else(|| {
        let kinds = EventKind::ALL.iter().filter(|kind| kind.status().is_none()).map(|kind| kind.word());
        let right = kinds.collect::<Vec<_>>().join(", ");
        Refusal::new(RefusalCode::WordUnknown).at("/kind").found(&word).right(right)
    })?;
    let seen = input.optional_number("seen", u64::from(u32::MAX))?;
    let seen = seen.ok_or_else(|| Refusal::new(RefusalCode::MemberMissing).at("/seen").right("seen"))?;
    let mut event = NewCommitmentEvent::new(kind);
    let mut text = |name: &str| input.optional_text(name).map(Option::unwrap_or_default);
    event.reason = text("reason")?;
    event.basis = text("basis")?;
    event.unit = text("unit")?;
    event.unit_code = text("unit_code")?;
    event.unperformed = text("unperformed")?;
    event.liability = text("liability")?;
    event.valid_to = text("valid_to")?;
    event.reason_code = input.optional_text("reason_code")?;
    event.upheld = input.optional_word("outcome", &["upheld", "rejected"])?.map(|word| word == "upheld");
    event.evidence = input.optional_texts("evidence", TEXTS_MAX)?;
    event.items = input.optional_texts("items", TEXTS_MAX)?;
    event.channels = channels(input.optional_value("channels"))?;
    input.end(&[
        "kind",
        "seen",
        "reason_code",
        "reason",
        "basis",
        "evidence",
        "unit",
        "unit_code",
        "unperformed",
        "liability",
        "items",
        "channels",
        "outcome",
        "valid_to",
    ])?;
    Ok((event, u32::try_from(seen).unwrap_or(u32::MAX)))
}

fn channels(value: Option<Value>) -> Result<Vec<Channel>, Problem> {
    let wrong = || Refusal::new(RefusalCode::TypeWrong).at("/channels").right(r#"[{"site","url","on"}]"#);
    let rows = match value {
        None | Some(Value::Null) => return Ok(Vec::new()),
        Some(Value::Array(rows)) if rows.len() <= TEXTS_MAX => rows,
        Some(_) => return Err(wrong().into()),
    };
    let channel = |row: Value| {
        let Value::Object(members) = row else { return Err(Problem::from(wrong())) };
        let mut channel = Channel::default();
        for (name, value) in members {
            let place = match name.as_str() {
                "site" => &mut channel.site,
                "url" => &mut channel.url,
                "on" => &mut channel.on,
                _ => return Err(wrong().into()),
            };
            *place = value.as_str().ok_or_else(wrong)?.to_owned();
        }
        Ok(channel)
    };
    rows.into_iter().map(channel).collect()
}

/// Whoever calls, as the desk knows them.
fn actor(caller: &ApiCaller) -> Actor {
    let standing = match caller {
        ApiCaller::Person(person) if person.role() == Role::Reviewer => Standing::Reviewer,
        _ => Standing::Operator,
    };
    Actor { account: caller.id(), unit: caller.unit().to_owned(), standing }
}

fn code(request: &HttpRequest) -> Result<CommitmentCode, Problem> {
    let text = request.match_info().get("code").unwrap_or_default();
    CommitmentCode::parse(text).ok_or_else(unknown)
}
