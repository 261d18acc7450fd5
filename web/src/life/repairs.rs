//! 信用修复: `/operator/repairs` enters and accepts one, `/review/repairs` is the second person.
//!
//! ```text
//! GET  /operator/repairs                      those that wait, those that are done; a box for a record's number
//! POST /operator/repairs/preview              item=CF-0011     every certificate that cites it
//! POST /operator/repairs                      item, ways, basis, reason, files          → R00001
//! GET  /operator/repairs/R00001  …/R00001.csv   what it affects, what was done
//! POST /operator/repairs/R00001/accept        version=1        …/refuse    note=…
//! POST /review/repairs/R00001/approve         version=2        every certificate that cites it goes out of use
//! ```
//!
//! A record's number goes through the bodies of forms alone, never into an address.

mod enter;
mod view;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use notary::desk::NOTE_MAX;
use notary::office::Office;
use notary::operator_log::Action;
use notary::people::Role;
use notary::refusal::RefusalCode;
use notary::repair::{Repair, RepairFilter, RepairId, RepairState};
use serde::Deserialize;

use crate::desk::{actor, looked, read, see_other, tried, work};
use crate::lang::Lang;
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn};
use enter::{apply, preview};
use view::AffectedRow;
pub use view::RepairView;

/// Rows of one page.
const PAGE: usize = 50;
/// Certificates of one repair that a page shows; the table that is downloaded has all.
const SHOWN: usize = 200;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/operator/repairs", read().to(operators_list))
        .route("/operator/repairs", web::post().to(apply))
        .route("/operator/repairs/preview", web::post().to(preview))
        .route(r"/operator/repairs/{id:R\d{5,12}}", read().to(operators))
        .route(r"/operator/repairs/{id:R\d{5,12}}.csv", read().to(operators_table))
        .route(r"/operator/repairs/{id:R\d{5,12}}/{step:[a-z]{6,7}}", web::post().to(operators_step))
        .route("/review/repairs", read().to(reviewers_list))
        .route(r"/review/repairs/{id:R\d{5,12}}", read().to(reviewers))
        .route(r"/review/repairs/{id:R\d{5,12}}.csv", read().to(reviewers_table))
        .route(r"/review/repairs/{id:R\d{5,12}}/{step:[a-z]{6,7}}", web::post().to(reviewers_step));
}

#[derive(Template)]
#[template(path = "life/repairs.html")]
struct List<'a> {
    page: &'a Page,
    csrf: &'a str,
    door: &'static str,
    rows: Vec<RepairView>,
    next: Option<String>,
    all: bool,
    item: &'a str,
    trouble: &'a str,
}

#[derive(Template)]
#[template(path = "life/repair.html")]
struct One<'a> {
    page: &'a Page,
    csrf: &'a str,
    door: &'static str,
    repair: RepairView,
    rows: Vec<AffectedRow>,
    count: usize,
    note: String,
    note_max: usize,
    trouble: String,
}

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: String,
}

#[derive(Debug, Deserialize)]
struct StepForm {
    version: u32,
    #[serde(default)]
    note: String,
}

async fn operators_list(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    list(page, signed_in, shared, &asked, StatusCode::OK, "", "").await
}

async fn reviewers_list(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Reviewer])?;
    list(page, signed_in, shared, &asked, StatusCode::OK, "", "").await
}

async fn list(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    asked: &Asked,
    status: StatusCode,
    item: &str,
    trouble: &str,
) -> Result<HttpResponse, Problem> {
    let after = match asked.after.as_str() {
        "" => None,
        text => Some(RepairId::parse(text).map_err(|_| Common::QueryBad.problem())?),
    };
    let all = asked.show == "all";
    let filter = match all {
        true => RepairFilter { newest_first: true, ..RepairFilter::default() },
        false => RepairFilter { open: Some(true), ..RepairFilter::default() },
    };
    let (lang, by) = (page.lang, signed_in.clone());
    let (rows, next) = work(&shared, move |office| {
        looked(office, &by, Action::RepairViewed, "")?;
        let mut found = office.repairs().list(filter, after, PAGE + 1)?;
        let more = found.len() > PAGE;
        found.truncate(PAGE);
        let next = found.last().filter(|_| more).map(|last| last.id.to_string());
        Ok((found.iter().map(|repair| RepairView::new(lang, office, repair)).collect::<Vec<_>>(), next))
    })
    .await?;
    let page = titled(page, &signed_in);
    let (csrf, door) = (signed_in.csrf(), door(&signed_in));
    Ok(page.html(status, &List { page: &page, csrf, door, rows, next, all, item, trouble }))
}

async fn operators(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    shown(page, signed_in, shared, &id, StatusCode::OK, String::new(), String::new()).await
}

async fn reviewers(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Reviewer])?;
    shown(page, signed_in, shared, &id, StatusCode::OK, String::new(), String::new()).await
}

async fn shown(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: &str,
    status: StatusCode,
    note: String,
    trouble: String,
) -> Result<HttpResponse, Problem> {
    let (lang, by, id) = (page.lang, signed_in.clone(), RepairId::parse(id)?);
    let (repair, rows, count) = work(&shared, move |office| {
        let repair = office.repairs().one(id)?;
        looked(office, &by, Action::RepairViewed, &id.to_string())?;
        let (rows, count) = affected(lang, office, &repair)?;
        Ok((RepairView::new(lang, office, &repair), rows, count))
    })
    .await?;
    let page = titled(page, &signed_in);
    let one = One {
        page: &page,
        csrf: signed_in.csrf(),
        door: door(&signed_in),
        repair,
        rows,
        count,
        note,
        note_max: NOTE_MAX,
        trouble,
    };
    Ok(page.html(status, &one))
}

/// What was done, or what would be; and how many there are.
fn affected(lang: Lang, office: &Office, repair: &Repair) -> Result<(Vec<AffectedRow>, usize), Problem> {
    match repair.state {
        RepairState::Running | RepairState::Done => {
            let rows = repair.done.iter().take(SHOWN);
            let rows = rows.map(|(number, outcome)| AffectedRow::new(lang, number, *outcome, true));
            Ok((rows.collect(), repair.done.len()))
        }
        RepairState::Refused => Ok((Vec::new(), 0)),
        RepairState::Applied | RepairState::Accepted => {
            let organ = repair.organ.as_deref().unwrap_or_default();
            match office.repairs().preview(&format!("{organ}/{}", repair.item)) {
                Ok(preview) => {
                    let rows = preview.affected.iter().take(SHOWN);
                    let rows = rows.map(|one| AffectedRow::new(lang, &one.number, one.outcome, false));
                    Ok((rows.collect(), preview.count))
                }
                // Every document that cited it was erased since.
                Err(refusal) if refusal.code() == RefusalCode::RepairItem => Ok((Vec::new(), 0)),
                Err(refusal) => Err(refusal.into()),
            }
        }
    }
}

async fn operators_step(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    path: Path<(String, String)>,
    form: CheckedForm<StepForm>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let (id, word) = path.into_inner();
    match word.as_str() {
        "accept" | "refuse" => step(page, signed_in, shared, &id, word, form.0).await,
        _ => Err(Common::NotFound.problem()),
    }
}

async fn reviewers_step(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    path: Path<(String, String)>,
    form: CheckedForm<StepForm>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Reviewer])?;
    let (id, word) = path.into_inner();
    match word.as_str() {
        "approve" | "refuse" => step(page, signed_in, shared, &id, word, form.0).await,
        _ => Err(Common::NotFound.problem()),
    }
}

async fn step(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: &str,
    word: String,
    StepForm { version, note }: StepForm,
) -> Result<HttpResponse, Problem> {
    let (repair, by, said) = (RepairId::parse(id)?, signed_in.clone(), note.clone());
    let refused = work(&shared, move |office| {
        let (repairs, who) = (office.repairs(), actor(&by));
        let (action, done) = match word.as_str() {
            "accept" => (Action::RepairAccepted, repairs.accept(&who, repair, version, &said)),
            "approve" => (Action::Repaired, repairs.approve(&who, repair, version, &said)),
            _ => (Action::RepairRejected, repairs.refuse(&who, repair, version, &said)),
        };
        tried(office, &by, action, &repair.to_string(), done, |status, code| {
            status.is_client_error() && code != RefusalCode::RepairUnknown
        })
    })
    .await?;
    match refused {
        Ok(_) => Ok(see_other(&format!("/{}/repairs/{id}", door(&signed_in)))),
        Err((status, refusal)) => {
            let trouble = refusal.message(page.lang.words());
            shown(page, signed_in, shared, id, status, note, trouble).await
        }
    }
}

async fn operators_table(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    table(page.lang, signed_in, shared, &id).await
}

async fn reviewers_table(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Reviewer])?;
    table(page.lang, signed_in, shared, &id).await
}

/// What was done, as a table that spreadsheets open: UTF-8 with a byte order mark.
async fn table(
    lang: Lang,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: &str,
) -> Result<HttpResponse, Problem> {
    let id = RepairId::parse(id)?;
    let text = work(&shared, move |office| {
        let repair = office.repairs().one(id)?;
        looked(office, &signed_in, Action::RepairViewed, &id.to_string())?;
        let mut text = lang.pick("\u{feff}证书编号,结果\r\n", "\u{feff}number,outcome\r\n").to_owned();
        for (number, outcome) in &repair.done {
            // A tab keeps a spreadsheet from making a rounded figure of 22 digits.
            text.push_str(&format!("\"\t{number}\",{}\r\n", outcome.word(lang.words())));
        }
        Ok(text)
    })
    .await?;
    let name = format!("attachment; filename=\"{id}.csv\"");
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/csv; charset=utf-8"))
        .insert_header((CONTENT_DISPOSITION, name))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(text))
}

fn door(signed_in: &SignedIn) -> &'static str {
    if signed_in.role() == Role::Reviewer { "review" } else { "operator" }
}

fn titled(page: Page, signed_in: &SignedIn) -> Page {
    let section = if signed_in.role() == Role::Reviewer { Section::Review } else { Section::Operator };
    page.titled("信用修复", "Credit repair").at(section)
}
