//! Verifying many: a table in, a job, a table out.
//!
//! ```text
//! POST   /jobs                   证书编号,查验码 …       202 {"id":"…","state":"waiting","rows":5000,"done":0}
//! GET    /jobs/ID                                       {"state":"running","rows":5000,"done":1200,…}
//! GET    /jobs/ID/result.csv                            行号,证书编号,结论,代码,说明,…
//! DELETE /jobs/ID                ends it, or throws its result away
//! ```
//!
//! A job belongs to who began it; everybody else is told that there is none. Jobs live in memory: one thread does them in
//! turn, their results are kept for [`KEPT_SECONDS`], and a server that ends gives them up; then they are to be sent again.

mod run;
mod store;
mod table;

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use notary::operator_log::{Action, Outcome};
use notary::people::Scope;
use serde::Serialize;

pub(crate) use store::JobId;
pub use store::{JOBS_MAX, JOBS_OPEN_EACH, Jobs, KEPT_SECONDS};
pub use table::{ROWS_MAX, TABLE_BYTES};

use super::ROOT;
use super::answer::{File, Keep, json};
use super::body::{self, Media};
use super::input::Input;
use super::ledger::blocking;
use super::route::Address;
use crate::client::Client;
use crate::lang::Lang;
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::ApiCaller;
use store::{Seen, State};

/// Media types of a table.
const TABLE_TYPES: [&str; 5] =
    ["text/csv", "text/plain", "application/csv", "application/vnd.ms-excel", "application/octet-stream"];

pub(super) fn addresses() -> Vec<Address> {
    vec![
        Address::post("/jobs", begin),
        Address::get("/jobs/{id}", progress),
        Address::delete("/jobs/{id}", drop_job),
        Address::get("/jobs/{id}/result.csv", result),
    ]
}

#[derive(Serialize)]
struct View {
    id: String,
    state: &'static str,
    rows: usize,
    done: usize,
    valid: usize,
    invalid: usize,
    undetermined: usize,
    began_at: String,
    kept_until: String,
    links: Links,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: String,
    result: String,
}

impl View {
    fn of(seen: &Seen) -> View {
        let own = format!("{ROOT}/jobs/{}", seen.id);
        View {
            id: seen.id.to_string(),
            state: seen.state.as_str(),
            rows: seen.rows,
            done: seen.done,
            valid: seen.valid,
            invalid: seen.invalid,
            undetermined: seen.undetermined,
            began_at: seen.began.display_china(),
            kept_until: seen.until.display_china(),
            links: Links { result: format!("{own}/result.csv"), own },
        }
    }
}

async fn begin(
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
    client: Client,
    caller: ApiCaller,
    lang: Lang,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::JobsWrite)?;
    shared.rates().decode(&client)?;
    let (bytes, mut input) = sent(&request, payload).await?;
    let wishes = input.wishes(&shared)?;
    input.end(&["file", "purpose", "audience", "at", "max_age"])?;
    let seen = blocking(move || {
        let rows = table::read(&bytes)?;
        let seen = shared.jobs().begin(&shared, &caller.id(), rows, wishes, lang.words())?;
        let log = shared.office().operator_log();
        log.append(&caller.actor(), Action::JobStarted, &seen.id.to_string(), Outcome::Done)?;
        run::wake(&shared);
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
    match body::media(request) {
        Media::Multipart => {
            let fields = body::fields(request, payload, TABLE_BYTES).await?;
            let (input, files) = Input::fields(fields)?;
            let mut files = files.into_iter();
            match (files.next(), files.next()) {
                (Some(file), None) if file.name == "file" => Ok((file.bytes, input)),
                _ => Err(Problem::from(Common::MultipartBad).at("file")),
            }
        }
        Media::Other(media) if TABLE_TYPES.contains(&media.as_str()) => {
            Ok((body::read(request, payload, TABLE_BYTES).await?, Input::query(request)?))
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
    let seen = shared.jobs().seen(&id(&request)?, &caller.id(), shared.office().now())?;
    Ok(json(StatusCode::OK, &View::of(&seen)))
}

async fn result(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::JobsWrite)?;
    let id = id(&request)?;
    let name = format!("{id}.csv");
    let text = blocking(move || {
        let text = shared.jobs().result(&id, &caller.id(), shared.office().now())?;
        let log = shared.office().operator_log();
        log.append(&caller.actor(), Action::JobViewed, &id.to_string(), Outcome::Done)?;
        Ok(text)
    })
    .await?;
    let file = File {
        bytes: text.into_bytes(),
        media_type: "text/csv; charset=utf-8",
        name: Some(name),
        keep: Keep::Never,
    };
    Ok(file.answer(&request))
}

async fn drop_job(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::JobsWrite)?;
    let id = id(&request)?;
    blocking(move || {
        shared.jobs().drop_job(&id, &caller.id(), shared.office().now())?;
        let log = shared.office().operator_log();
        log.append(&caller.actor(), Action::JobDropped, &id.to_string(), Outcome::Done)?;
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

fn id(request: &HttpRequest) -> Result<JobId, Problem> {
    JobId::parse(request.match_info().get("id").unwrap_or_default()).ok_or_else(store::unknown)
}

/// Jobs that a server which ends gives up; how many.
pub fn give_up(shared: &Shared) -> usize {
    let given_up = shared.jobs().give_up();
    if given_up > 0 {
        tracing::warn!(target: "jobs", count = given_up, state = State::Cancelled.as_str(), "given up: the server ends");
    }
    given_up
}
