//! Importing commitments: a table in, an import, what came of its rows.
//!
//! ```text
//! POST   /imports                承诺编码,承诺人名称,…        202 {"id":"…","state":"waiting","rows":5000,…}
//! GET    /imports/ID                                         {"state":"running","done":1200,"accepted":1198,"refused":2,…}
//! GET    /imports/ID/refused     the bad rows with their reasons, in the format of the table
//! GET    /imports/ID/certificates.csv
//! DELETE /imports/ID             ends it; what was accepted stays accepted
//! ```
//!
//! For programs with `documents.submit`: their key stands for what they hand over, so nobody confirms it once more. An import
//! belongs to the key that began it. The same table again gives the same certificates. Not here: rows (`notary::import`).

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use notary::import::{Fault, Format};
use notary::operator_log::{Action, Outcome};
use notary::people::Scope;
use serde::Serialize;

use super::ROOT;
use super::answer::json;
use super::body::{self, Media};
use super::input::Input;
use super::ledger::blocking;
use super::route::Address;
use crate::client::Client;
use crate::imports::pages::download;
use crate::imports::{self, ImportId, Rule, Seen, TABLE_BYTES, Which};
use crate::lang::Lang;
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

pub(super) fn addresses() -> Vec<Address> {
    vec![
        Address::post("/imports", begin),
        Address::get("/imports/{id}", progress),
        Address::delete("/imports/{id}", cancel),
        Address::get("/imports/{id}/refused", refused),
        Address::get("/imports/{id}/certificates.csv", receipts),
    ]
}

#[derive(Serialize)]
struct View {
    id: String,
    state: &'static str,
    digest: String,
    rows: u64,
    done: u64,
    accepted: u64,
    repeated: u64,
    refused: u64,
    /// The first of them.
    bad_rows: Vec<Bad>,
    findings: Vec<Told>,
    findings_count: u64,
    ignored_columns: Vec<String>,
    error: Option<Wrong>,
    sent_at: String,
    kept_until: String,
    links: Links,
}

#[derive(Serialize)]
struct Bad {
    row: u64,
    faults: Vec<Wrong>,
}

#[derive(Serialize)]
struct Wrong {
    #[serde(skip_serializing_if = "Option::is_none")]
    column: Option<&'static str>,
    #[serde(skip_serializing_if = "String::is_empty")]
    value: String,
    code: String,
    message: String,
}

#[derive(Serialize)]
struct Told {
    row: u64,
    code: &'static str,
    message: String,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificates: Option<String>,
}

impl View {
    fn of(seen: &Seen, lang: Lang) -> View {
        let own = format!("{ROOT}/imports/{}", seen.id);
        let words = lang.words();
        let wrong = |fault: &Fault| Wrong {
            column: fault.column().map(|column| column.title()),
            value: fault.value().to_owned(),
            code: fault.code().to_owned(),
            message: fault.message(words).to_owned(),
        };
        View {
            id: seen.id.to_string(),
            state: seen.state.as_str(),
            digest: format!("sha256:{}", seen.digest),
            rows: seen.rows,
            done: seen.done,
            accepted: seen.accepted,
            repeated: seen.repeated,
            refused: seen.refused,
            bad_rows: seen
                .bad
                .iter()
                .map(|(row, faults)| Bad { row: *row, faults: faults.iter().map(wrong).collect() })
                .collect(),
            findings: seen
                .findings
                .iter()
                .map(|finding| Told {
                    row: finding.row,
                    code: finding.refusal.code().as_str(),
                    message: finding.refusal.message(words),
                })
                .collect(),
            findings_count: seen.findings_count,
            ignored_columns: seen.ignored.clone(),
            error: seen.failure.as_ref().map(|problem| Wrong {
                column: None,
                value: String::new(),
                code: problem.code().to_owned(),
                message: problem.message(words).to_owned(),
            }),
            sent_at: seen.sent.display_china(),
            kept_until: seen.until.display_china(),
            links: Links {
                refused: seen.has_refused.then(|| format!("{own}/refused")),
                certificates: seen.has_receipts.then(|| format!("{own}/certificates.csv")),
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
    lang: Lang,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::DocumentsSubmit)?;
    shared.rates().submit(&client)?;
    if shared.settings().imports == Rule::Off {
        return Err(Common::Forbidden.into());
    }
    let (name, bytes) = sent(&request, payload).await?;
    // What a person sends by the interface waits for a second person as on the pages.
    let to_confirm = matches!(caller, ApiCaller::Person(_)) && shared.settings().imports == Rule::Confirmed;
    let seen =
        blocking(move || imports::begin(&shared, caller.actor(), &name, &bytes, to_confirm, lang.words()))
            .await?;
    let view = View::of(&seen, lang);
    let mut answer = json(StatusCode::ACCEPTED, &view);
    if let Ok(location) = view.links.own.parse() {
        answer.headers_mut().insert(LOCATION, location);
    }
    Ok(answer)
}

/// The table in the body: as it is, or the one file of a form.
async fn sent(request: &HttpRequest, payload: Payload) -> Result<(String, Vec<u8>), Problem> {
    match body::media(request) {
        Media::Multipart => {
            let fields = body::fields(request, payload, TABLE_BYTES).await?;
            let (input, files) = Input::fields(fields)?;
            input.end(&["file"])?;
            let mut files = files.into_iter();
            match (files.next(), files.next()) {
                (Some(file), None) if file.name == "file" => {
                    Ok((file.file_name.unwrap_or_default(), file.bytes))
                }
                _ => Err(Problem::from(Common::MultipartBad).at("file")),
            }
        }
        Media::Other(media) if TABLE_TYPES.contains(&media.as_str()) => {
            Input::query(request)?.end(&[])?;
            Ok(("table".to_owned(), body::read(request, payload, TABLE_BYTES).await?))
        }
        _ => Err(Common::MediaTypeUnsupported.into()),
    }
}

async fn progress(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
    lang: Lang,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::DocumentsSubmit)?;
    let seen = shared.imports().seen(&id(&request)?, Some(&caller.id()), shared.office().now())?;
    Ok(json(StatusCode::OK, &View::of(&seen, lang)))
}

async fn cancel(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::DocumentsSubmit)?;
    let id = id(&request)?;
    blocking(move || {
        shared.imports().cancel(&id, Some(&caller.id()), shared.office().now())?;
        let log = shared.office().operator_log();
        log.append(&caller.actor(), Action::ImportCancelled, &id.object(), Outcome::Done)?;
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}

async fn refused(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    table(&request, shared, caller, Which::Refused).await
}

async fn receipts(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    table(&request, shared, caller, Which::Receipts).await
}

async fn table(
    request: &HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
    which: Which,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::DocumentsSubmit)?;
    let id = id(request)?;
    let (held, format) = blocking(move || {
        let found = shared.imports().file(&id, Some(&caller.id()), which, shared.office().now())?;
        let log = shared.office().operator_log();
        log.append(&caller.actor(), Action::ImportViewed, &id.object(), Outcome::Done)?;
        Ok(found)
    })
    .await?;
    let name = match which {
        Which::Refused => "refused",
        Which::Receipts => "certificates",
    };
    let format = if which == Which::Receipts { Format::Csv } else { format };
    Ok(download(&held, name, format))
}

fn id(request: &HttpRequest) -> Result<ImportId, Problem> {
    ImportId::parse(request.match_info().get("id").unwrap_or_default()).ok_or_else(imports::unknown)
}
