//! `/operator/imports`, `/review/imports`: sending a table of commitments, its second person, and what came of it.
//!
//! ```text
//! GET  /operator/imports                   what was sent, the form for another, the export
//! POST /operator/imports                   csrf, files: one table
//! GET  /operator/imports/ID                progress, bad rows; loads itself again while something is to come
//! POST /operator/imports/ID/cancel
//! GET  /operator/imports/ID/refused        the bad rows as a table, .../receipts the certificate numbers
//! GET  /operator/export.csv                what the office has, in the same layout
//! POST /review/imports/ID/confirm          digest=…, rows=…, sure=yes
//! POST /review/imports/ID/turn-down        reason=…
//! ```
//!
//! Operators see all imports of the office, reviewers those that wait for them. The rules are `notary::import`'s.

mod export;
mod view;

use actix_web::guard::{Any, Get, Head};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, LOCATION};
use actix_web::web::{self, Data, Path, Payload, ServiceConfig, block};
use actix_web::{HttpRequest, HttpResponse, Route};
use askama::Template;
use notary::import::{Format, ROWS_MAX};
use notary::operator_log::{Action, Outcome};
use notary::people::Role;
use serde::Deserialize;

use self::view::ImportView;
use super::{Decided, Held, ImportId, Rule, Which, chunks};
use crate::desk::posted::Posted;
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn};

/// Characters of a reason for turning an import down.
const REASON_MAX: usize = 500;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/operator/imports", read().to(list))
        .route("/operator/imports", web::post().to(send))
        .route("/operator/imports/{id:[0-9a-f]{32}}", read().to(one))
        .route("/operator/imports/{id:[0-9a-f]{32}}/cancel", web::post().to(cancel))
        .route("/operator/imports/{id:[0-9a-f]{32}}/{which:refused|receipts}", read().to(file))
        .route("/operator/export.{format:csv|xlsx}", read().to(export::export))
        .route("/review/imports", read().to(to_review))
        .route("/review/imports/{id:[0-9a-f]{32}}", read().to(review))
        .route("/review/imports/{id:[0-9a-f]{32}}/confirm", web::post().to(confirm))
        .route("/review/imports/{id:[0-9a-f]{32}}/turn-down", web::post().to(turn_down));
}

fn read() -> Route {
    web::route().guard(Any(Get()).or(Head()))
}

#[derive(Template)]
#[template(path = "imports/list.html")]
struct List<'a> {
    page: &'a Page,
    csrf: &'a str,
    rule: Rule,
    rows_max: u64,
    imports: Vec<ImportView>,
    trouble: &'a str,
    code: &'a str,
}

#[derive(Template)]
#[template(path = "imports/one.html")]
struct One<'a> {
    page: &'a Page,
    csrf: &'a str,
    import: ImportView,
}

#[derive(Template)]
#[template(path = "imports/review-list.html")]
struct ToReview<'a> {
    page: &'a Page,
    imports: Vec<ImportView>,
}

#[derive(Template)]
#[template(path = "imports/review.html")]
struct Review<'a> {
    page: &'a Page,
    csrf: &'a str,
    import: ImportView,
    own: bool,
    reason: &'a str,
    reason_max: usize,
    trouble: &'a str,
}

#[derive(Debug, Deserialize)]
struct Nothing {}

#[derive(Debug, Deserialize)]
struct Confirm {
    #[serde(default)]
    digest: String,
    #[serde(default)]
    rows: u64,
    #[serde(default)]
    sure: String,
}

#[derive(Debug, Deserialize)]
struct TurnDown {
    #[serde(default)]
    reason: String,
}

async fn list(page: Page, signed_in: SignedIn, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    logged(&shared, &signed_in, Action::ImportViewed, "").await?;
    Ok(list_page(page, &signed_in, &shared, StatusCode::OK, "", ""))
}

fn list_page(
    page: Page,
    signed_in: &SignedIn,
    shared: &Shared,
    status: StatusCode,
    trouble: &str,
    code: &str,
) -> HttpResponse {
    let page = page.titled("导入承诺", "Import commitments").at(Section::Operator);
    let office = shared.office();
    let imports = shared.imports().list(office.now());
    let imports = imports.iter().map(|seen| ImportView::new(page.lang, office, seen)).collect();
    let (csrf, rule) = (signed_in.csrf(), shared.settings().imports);
    page.html(status, &List { page: &page, csrf, rule, rows_max: ROWS_MAX, imports, trouble, code })
}

async fn send(
    request: HttpRequest,
    payload: Payload,
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let mut posted = Posted::read(&request, &mut payload.into_inner(), &signed_in).await?;
    let rule = shared.settings().imports;
    if rule == Rule::Off {
        return Err(Common::Forbidden.into());
    }
    let (Some(table), true) = (posted.files.pop(), posted.files.is_empty()) else {
        let trouble = page.lang.pick("请选择一个 CSV 或 XLSX 文件。", "Choose one CSV or XLSX file.");
        return Ok(list_page(page, &signed_in, &shared, StatusCode::BAD_REQUEST, trouble, ""));
    };
    let (office, actor, lang) = (shared.clone(), signed_in.actor(), page.lang.words());
    let begun =
        block(move || super::begin(&office, actor, &table.name, &table.bytes, rule == Rule::Confirmed, lang));
    match begun.await.map_err(|_| Common::Internal.problem())? {
        Ok(seen) => Ok(see_other(&format!("/operator/imports/{}", seen.id))),
        // What is wrong with the table is told beside the form.
        Err(problem) if problem.status().is_client_error() => {
            let (status, code) = (problem.status(), problem.code().to_owned());
            Ok(list_page(page, &signed_in, &shared, status, problem.message(lang), &code))
        }
        Err(problem) => Err(problem),
    }
}

async fn one(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let id = parsed(&id)?;
    let seen = shared.imports().seen(&id, None, shared.office().now())?;
    // Whoever waits for the end looks every few seconds: the look at what came of it is written.
    if !seen.state.is_open() || seen.done == 0 {
        logged(&shared, &signed_in, Action::ImportViewed, &id.object()).await?;
    }
    let page = page.titled("导入承诺", "Import").at(Section::Operator).script("import.js");
    let import = ImportView::new(page.lang, shared.office(), &seen);
    Ok(page.html(StatusCode::OK, &One { page: &page, csrf: signed_in.csrf(), import }))
}

async fn cancel(
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<String>,
    _form: CheckedForm<Nothing>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let id = parsed(&id)?;
    shared.imports().cancel(&id, None, shared.office().now())?;
    logged(&shared, &signed_in, Action::ImportCancelled, &id.object()).await?;
    Ok(see_other(&format!("/operator/imports/{id}")))
}

async fn file(
    signed_in: SignedIn,
    shared: Data<Shared>,
    asked: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let (id, which) = asked.into_inner();
    let (id, which) = (parsed(&id)?, if which == "refused" { Which::Refused } else { Which::Receipts });
    let (held, format) = shared.imports().file(&id, None, which, shared.office().now())?;
    logged(&shared, &signed_in, Action::ImportViewed, &id.object()).await?;
    let short = id.to_string().get(..8).unwrap_or_default().to_owned();
    let name = match which {
        Which::Refused => format!("import-{short}-refused"),
        Which::Receipts => format!("import-{short}-certificates"),
    };
    Ok(download(&held, &name, format))
}

async fn to_review(page: Page, signed_in: SignedIn, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Reviewer])?;
    logged(&shared, &signed_in, Action::ImportViewed, "").await?;
    let page = page.titled("待确认的导入", "Imports to confirm").at(Section::Review);
    let office = shared.office();
    let imports = shared.imports().list(office.now());
    let imports = imports.iter().map(|seen| ImportView::new(page.lang, office, seen)).collect();
    Ok(page.html(StatusCode::OK, &ToReview { page: &page, imports }))
}

async fn review(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Reviewer])?;
    let id = parsed(&id)?;
    logged(&shared, &signed_in, Action::ImportViewed, &id.object()).await?;
    review_page(page, &signed_in, &shared, &id, StatusCode::OK, "", "")
}

fn review_page(
    page: Page,
    signed_in: &SignedIn,
    shared: &Shared,
    id: &ImportId,
    status: StatusCode,
    reason: &str,
    trouble: &str,
) -> Result<HttpResponse, Problem> {
    let seen = shared.imports().seen(id, None, shared.office().now())?;
    let page = page.titled("确认导入", "Confirm an import").at(Section::Review).script("import.js");
    let own = seen.owner == signed_in.actor().to_string();
    let import = ImportView::new(page.lang, shared.office(), &seen);
    let csrf = signed_in.csrf();
    let review = Review { page: &page, csrf, import, own, reason, reason_max: REASON_MAX, trouble };
    Ok(page.html(status, &review))
}

async fn confirm(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<String>,
    form: CheckedForm<Confirm>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Reviewer])?;
    let id = parsed(&id)?;
    let Confirm { digest, rows, sure } = form.0;
    if sure != "yes" {
        let trouble = page.lang.pick(
            "未导入：请勾选“我已核对”后再提交。",
            "Nothing was imported: mark “I have compared it” and send it again.",
        );
        return review_page(page, &signed_in, &shared, &id, StatusCode::UNPROCESSABLE_ENTITY, "", trouble);
    }
    let by = signed_in.actor().to_string();
    shared.imports().decide(&id, &by, Decided::Confirmed { digest, rows }, shared.office().now())?;
    // What was said is in the log before it sets anything going.
    logged(&shared, &signed_in, Action::ImportConfirmed, &id.object()).await?;
    super::wake(&shared);
    Ok(see_other(&format!("/review/imports/{id}")))
}

async fn turn_down(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<String>,
    form: CheckedForm<TurnDown>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Reviewer])?;
    let (id, reason) = (parsed(&id)?, form.0.reason.trim().to_owned());
    if reason.is_empty() || reason.chars().count() > REASON_MAX {
        let trouble = page.lang.pick(
            "未退回：请写明原因，不超过500字。",
            "Not turned down: give a reason of at most 500 characters.",
        );
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return review_page(page, &signed_in, &shared, &id, status, &reason, trouble);
    }
    let by = signed_in.actor().to_string();
    shared.imports().decide(&id, &by, Decided::TurnedDown { reason }, shared.office().now())?;
    logged(&shared, &signed_in, Action::ImportTurnedDown, &id.object()).await?;
    Ok(see_other("/review/imports"))
}

fn parsed(id: &str) -> Result<ImportId, Problem> {
    ImportId::parse(id).ok_or_else(|| Common::NotFound.problem())
}

/// Writes into the operator log, on a thread that may wait for the disk.
async fn logged(shared: &Data<Shared>, by: &SignedIn, action: Action, object: &str) -> Result<(), Problem> {
    let (shared, actor, object) = (shared.clone(), by.actor(), object.to_owned());
    let written = block(move || {
        shared.office().operator_log().append(&actor, action, &object, Outcome::Done).map(|_| ())
    });
    Ok(written.await.map_err(|_| Common::Internal.problem())??)
}

fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, to)).insert_header((CACHE_CONTROL, "no-store")).finish()
}

/// A held table as a download.
pub(crate) fn download(held: &Held, name: &str, format: Format) -> HttpResponse {
    let (ending, media_type) = ending(format);
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{ending}\"")))
        .streaming(chunks(held))
}

/// The ending of a table's name, and its media type.
pub(crate) fn ending(format: Format) -> (&'static str, &'static str) {
    match format {
        Format::Csv => ("csv", "text/csv; charset=utf-8"),
        Format::Xlsx => ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    }
}
