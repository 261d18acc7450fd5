//! Checking many as of one moment (批量核查): a table in, an answer out that is certified.
//!
//! ```text
//! POST   /checks            统一社会信用代码 …       202 {"id":"…","state":"waiting","rows":12,…}
//! GET    /checks/ID                                 {"state":"done","at":"…","counts":{…},"number":"2026…",…}
//! GET    /checks/ID/result.csv  result.json  result.xzc
//! DELETE /checks/ID         ends it, or throws its answer away; what was certified stays
//! ```
//!
//! A caller without `certificates.read` is told whether there is a certificate, how it stands and until when, and nothing
//! else. A check belongs to who began it; everybody else is told that there is none.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use notary::check::{BYTES_MAX, Counts, Input as Table, Terms};
use notary::operator_log::{Action, Outcome};
use notary::people::Scope;
use serde::Serialize;
use verifier::registry::DocumentKind;
use verifier::row::hex;

use super::ROOT;
use super::answer::{File, JSON, Keep, json};
use super::body::{self, Media};
use super::input::Input;
use super::jobs::JobId;
use super::ledger::blocking;
use super::route::Address;
use crate::checks::{self, NewCheck, Seen};
use crate::client::Client;
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::ApiCaller;

/// Media types of a table.
const TABLE_TYPES: [&str; 6] = [
    "text/csv",
    "text/plain",
    "application/csv",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/octet-stream",
];
/// Kinds that codes can be looked up for.
const KINDS: [&str; 2] = ["credit-report", "credit-commitment"];

pub(super) fn addresses() -> Vec<Address> {
    vec![
        Address::post("/checks", begin),
        Address::get("/checks/{id}", progress),
        Address::delete("/checks/{id}", drop_check),
        Address::get("/checks/{id}/result.csv", csv),
        Address::get("/checks/{id}/result.json", summary),
        Address::get("/checks/{id}/result.xzc", xzc),
    ]
}

#[derive(Serialize)]
struct View {
    id: String,
    state: &'static str,
    rows: usize,
    done: usize,
    began_at: String,
    kept_until: String,
    at: Option<String>,
    input_sha256: Option<String>,
    ledger: Option<Ledger>,
    counts: Option<Counts>,
    number: Option<String>,
    links: Links,
}

#[derive(Serialize)]
struct Ledger {
    size: u64,
    root: String,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: String,
    csv: String,
    json: String,
    xzc: String,
}

impl View {
    fn of(seen: &Seen) -> View {
        let own = format!("{ROOT}/checks/{}", seen.id);
        let checked = seen.result.as_ref().map(|result| &result.checked);
        View {
            id: seen.id.to_string(),
            state: seen.state.as_str(),
            rows: seen.rows,
            done: seen.done,
            began_at: seen.began.display_china(),
            kept_until: seen.until.display_china(),
            at: checked.map(|checked| checked.at().display_china()),
            input_sha256: checked.map(|checked| hex(checked.input())),
            ledger: checked.map(|checked| {
                let (size, root) = checked.ledger();
                Ledger { size, root: verifier::base64::encode(root.as_bytes()) }
            }),
            counts: seen.counts(),
            number: seen.result.as_ref().map(|result| result.number.to_string()),
            links: Links {
                csv: format!("{own}/result.csv"),
                json: format!("{own}/result.json"),
                xzc: format!("{own}/result.xzc"),
                own,
            },
        }
    }
}

async fn begin(
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
    client: Client,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::JobsWrite)?;
    shared.rates().decode(&client)?;
    let (bytes, mut input) = sent(&request, payload).await?;
    let (at, purpose) = (input.at(shared.office().now())?, input.purpose()?);
    let kind = input.optional_word("kind", &KINDS)?.and_then(DocumentKind::from_name);
    input.end(&["file", "purpose", "kind", "at"])?;
    let terms = Terms { at, purpose, kind, facts: checks::facts_for(&caller) };
    let seen = blocking(move || {
        let input = Table::read(&bytes)?;
        let new = NewCheck { owner: caller.id(), actor: caller.actor(), input, terms };
        let seen = shared.checks().begin(new, shared.office().now())?;
        checks::wake(&shared);
        Ok(seen)
    })
    .await?;
    let view = View::of(&seen);
    let mut answer = json(StatusCode::ACCEPTED, &view);
    if let Ok(location) = view.links.own.parse() {
        answer.headers_mut().insert(LOCATION, location);
    }
    Ok(answer)
}

/// The table in the body: as it is, or the one file of a form.
async fn sent(request: &HttpRequest, payload: Payload) -> Result<(Vec<u8>, Input), Problem> {
    let limit = usize::try_from(BYTES_MAX).unwrap_or(usize::MAX);
    match body::media(request) {
        Media::Multipart => {
            let fields = body::fields(request, payload, limit).await?;
            let (input, files) = Input::fields(fields)?;
            let mut files = files.into_iter();
            match (files.next(), files.next()) {
                (Some(file), None) if file.name == "file" => Ok((file.bytes, input)),
                _ => Err(Problem::from(Common::MultipartBad).at("file")),
            }
        }
        Media::Other(media) if TABLE_TYPES.contains(&media.as_str()) => {
            Ok((body::read(request, payload, limit).await?, Input::query(request)?))
        }
        _ => Err(Common::MediaTypeUnsupported.into()),
    }
}

async fn progress(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::JobsWrite)?;
    let seen = shared.checks().seen(&id(&request)?, &caller.id(), shared.office().now())?;
    Ok(json(StatusCode::OK, &View::of(&seen)))
}

async fn csv(request: HttpRequest, shared: Data<Shared>, caller: ApiCaller) -> Result<HttpResponse, Problem> {
    file(request, shared, caller, "csv", "text/csv; charset=utf-8").await
}

async fn summary(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    file(request, shared, caller, "json", JSON).await
}

async fn xzc(request: HttpRequest, shared: Data<Shared>, caller: ApiCaller) -> Result<HttpResponse, Problem> {
    file(request, shared, caller, "xzc", JSON).await
}

async fn file(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
    form: &'static str,
    media_type: &'static str,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::JobsWrite)?;
    let id = id(&request)?;
    let (name, bytes) = blocking(move || {
        let result = shared.checks().result(&id, &caller.id(), shared.office().now())?;
        let log = shared.office().operator_log();
        log.append(&caller.actor(), Action::CheckViewed, result.number.as_str(), Outcome::Done)?;
        Ok((result.checked.name(), checks::bytes(&shared, &result, form)?))
    })
    .await?;
    let name = Some(format!("{name}.{form}"));
    Ok(File { bytes, media_type, name, keep: Keep::Never }.answer(&request))
}

async fn drop_check(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::JobsWrite)?;
    let id = id(&request)?;
    blocking(move || {
        shared.checks().drop_check(&id, &caller.id(), shared.office().now())?;
        let log = shared.office().operator_log();
        log.append(&caller.actor(), Action::CheckDropped, &id.to_string(), Outcome::Done)?;
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn id(request: &HttpRequest) -> Result<JobId, Problem> {
    JobId::parse(request.match_info().get("id").unwrap_or_default()).ok_or_else(checks::unknown)
}
