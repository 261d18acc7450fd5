//! What happened to a certificate since it was issued, and changing its status.
//!
//! ```text
//! GET  /certificates/NUMBER/events     {"number":"…","status":"suspended","events":[{"sequence":1,"kind":"SUSPENDED",…}]}
//! POST /certificates/NUMBER/status     {"kind":"SUSPENDED","reason":"…","basis":"…","claims":["NO_PENALTY"],"seen":0}
//! ```
//!
//! Events are for the callers of the certificate itself and the auditor; its holder is told kinds and times alone, of
//! correction and repair the same. The status is changed by programs with `status.write`, whose keys two administrators
//! have given out: `seen` keeps two from changing it at once, and an `Idempotency-Key` makes a repetition known for as long
//! as the certificate has its history. Not here: objections and repairs (`cases`).

use std::collections::BTreeMap;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use notary::office::{EventView, Office};
use notary::operator_log::{Action, Outcome};
use notary::people::{Role, Scope};
use notary::refusal::{Refusal, RefusalCode};
use serde::Serialize;
use verifier::event::EventKind;
use verifier::hash::Hash;
use verifier::number::CertificateNumber;
use verifier::registry::Rule;

use super::answer::json;
use super::body::{self, Media};
use super::certificates::{may_see, number};
use super::documents::idempotency_key;
use super::input::Input;
use super::ledger::blocking;
use super::route::Address;
use crate::life::status::{Change, KINDS};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::ApiCaller;

/// Bytes of a body of this module and of `cases`.
pub const BODY_BYTES: usize = 64 << 10;
/// Claims of one change.
const CLAIMS_MAX: usize = 40;
/// A last event that is looked at.
const SEEN_MAX: u64 = u32::MAX as u64;

pub fn addresses() -> Vec<Address> {
    vec![
        Address::get("/certificates/{number}/events", events),
        Address::post("/certificates/{number}/status", change),
    ]
}

#[derive(Serialize)]
struct Events {
    number: String,
    status: Option<&'static str>,
    events: Vec<Told>,
}

/// An event; to the holder without who and why.
#[derive(Serialize)]
struct Told {
    kind: &'static str,
    at: String,
    #[serde(flatten)]
    inside: Option<Inside>,
}

#[derive(Serialize)]
struct Inside {
    sequence: u32,
    by: String,
    reason_code: String,
    reason: String,
    basis: String,
    detail: BTreeMap<String, String>,
    entry: String,
    index: Option<u64>,
}

impl Told {
    fn inside(view: &EventView) -> Told {
        let fields = view.event.fields();
        let inside = Inside {
            sequence: fields.sequence,
            by: fields.by.clone(),
            reason_code: fields.reason_code.clone(),
            reason: fields.reason.clone(),
            basis: fields.basis.clone(),
            detail: fields.detail.iter().cloned().collect(),
            entry: Hash::from_bytes(*view.entry.as_bytes()).to_base64(),
            index: view.index,
        };
        Told { kind: fields.kind.word(), at: fields.at.display_china(), inside: Some(inside) }
    }

    /// Correction and repair are one and the same to the holder; what does not touch the status is left out.
    fn outside(view: &EventView) -> Option<Told> {
        let fields = view.event.fields();
        fields.kind.status()?;
        let kind = match fields.kind {
            EventKind::Superseded | EventKind::Repaired => "REPLACED",
            kind => kind.word(),
        };
        Some(Told { kind, at: fields.at.display_china(), inside: None })
    }
}

async fn events(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    let number = number(&request)?;
    Input::query(&request)?.end(&[])?;
    let told = blocking(move || {
        let auditor = matches!(&caller, ApiCaller::Person(person) if person.role() == Role::Auditor);
        if !auditor {
            may_see(&shared, &caller, &number)?;
        }
        let holder = matches!(&caller, ApiCaller::Person(person) if person.role() == Role::Holder);
        let office = shared.office();
        let found = office.events_of(&number);
        let outcome = Outcome::from(&found);
        office.operator_log().append(&caller.actor(), Action::HistoryViewed, number.as_str(), outcome)?;
        let found = found?;
        let events = match holder {
            true => found.iter().filter_map(Told::outside).collect(),
            false => found.iter().map(Told::inside).collect(),
        };
        let status = office.status_of(&number)?.map(verifier::status::Status::name);
        Ok(Events { number: number.to_string(), status, events })
    })
    .await?;
    Ok(json(StatusCode::OK, &told))
}

#[derive(Serialize)]
struct Changed {
    number: String,
    sequence: u32,
    kind: &'static str,
    from: Option<&'static str>,
    to: &'static str,
    entry: String,
    repeated: bool,
}

async fn change(
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::StatusWrite)?;
    let number = number(&request)?;
    let key = idempotency_key(&request, &caller)?.unwrap_or_default();
    let mut input = members(&request, payload).await?;
    let words = KINDS.map(EventKind::word);
    let kind = input.optional_word("kind", &words)?;
    let kind = kind.and_then(EventKind::from_word).ok_or_else(|| missing("kind"))?;
    let reason = input.text("reason")?;
    let basis = input.optional_text("basis")?.unwrap_or_default();
    let claims = claims(&input.optional_texts("claims", CLAIMS_MAX)?)?;
    let seen = input.optional_number("seen", SEEN_MAX)?.map(|seen| seen as u32);
    input.end(&["kind", "reason", "basis", "claims", "seen"])?;
    if !claims.is_empty() && kind != EventKind::Suspended {
        return Err(Refusal::new(RefusalCode::MemberMisplaced).at("/claims").found("claims").into());
    }
    let change = Change { kind, reason, basis, claims, seen };
    let done = blocking(move || {
        let office = shared.office();
        let done = changed(office, &number, &change, &caller.id(), &key);
        let outcome = Outcome::from(&done);
        office.operator_log().append(&caller.actor(), Action::StatusSet, number.as_str(), outcome)?;
        Ok(done?)
    })
    .await?;
    Ok(json(StatusCode::OK, &done))
}

/// Makes the change, unless a request with this key has made it before.
fn changed(
    office: &Office,
    number: &CertificateNumber,
    change: &Change,
    by: &str,
    key: &str,
) -> Result<Changed, Refusal> {
    if let Some(before) = repeated(office, number, change, by, key)? {
        return Ok(before);
    }
    // Two requests with one key at once: the second is refused as out of order, and finds what the first has done.
    let seen = match (change.seen, key) {
        (None, "") => None,
        (None, _) => Some(office.last_event(number)?),
        (seen, _) => seen,
    };
    match (Change { seen, ..change.clone() }).make(office, number, by, key) {
        Ok(recorded) => Ok(Changed {
            number: number.to_string(),
            sequence: recorded.sequence,
            kind: change.kind.word(),
            from: Some(recorded.from.name()),
            to: recorded.to.name(),
            entry: Hash::from_bytes(*recorded.entry.as_bytes()).to_base64(),
            repeated: false,
        }),
        Err(refusal) => repeated(office, number, change, by, key)?.ok_or(refusal),
    }
}

/// What a request with this key did before.
fn repeated(
    office: &Office,
    number: &CertificateNumber,
    change: &Change,
    by: &str,
    key: &str,
) -> Result<Option<Changed>, Refusal> {
    if key.is_empty() {
        return Ok(None);
    }
    let events = office.events_of(number)?;
    let Some(found) = events.iter().find(|view| view.event.detail("request") == Some(key)) else {
        return Ok(None);
    };
    let fields = found.event.fields();
    let same = fields.kind == change.kind
        && fields.by == by
        && fields.reason == change.reason.trim()
        && fields.basis == change.basis.trim();
    if !same {
        return Err(Refusal::new(RefusalCode::Conflict).found("Idempotency-Key"));
    }
    let to = fields.kind.status().unwrap_or(verifier::status::Status::Valid);
    Ok(Some(Changed {
        number: number.to_string(),
        sequence: fields.sequence,
        kind: fields.kind.word(),
        from: None,
        to: to.name(),
        entry: Hash::from_bytes(*found.entry.as_bytes()).to_base64(),
        repeated: true,
    }))
}

/// The members of a JSON body.
///
/// # Errors
/// `MEDIA_TYPE_UNSUPPORTED`, `BODY_LARGE`, what is wrong with the JSON.
pub async fn members(request: &HttpRequest, payload: Payload) -> Result<Input, Problem> {
    if body::media(request) != Media::Json {
        return Err(Common::MediaTypeUnsupported.into());
    }
    Input::json(&body::read(request, payload, BODY_BYTES).await?)
}

/// The refusal of a body that lacks a member.
pub fn missing(name: &str) -> Problem {
    Refusal::new(RefusalCode::MemberMissing).at(format!("/{name}")).right(name).into()
}

/// Claims by their names without a version.
fn claims(names: &[String]) -> Result<Vec<Rule>, Problem> {
    let known = |name: &str| Rule::ALL.iter().copied().find(|rule| rule.short_name() == name);
    let refused = |name: &str| {
        let right: Vec<&str> = Rule::ALL.iter().map(|rule| rule.short_name()).collect();
        Refusal::new(RefusalCode::WordUnknown).at("/claims").found(name).right(right.join(", "))
    };
    names.iter().map(|name| known(name).ok_or_else(|| refused(name).into())).collect()
}
