//! `/review`: the second person (四眼).
//!
//! ```text
//! GET  /review                       what waits
//! GET  /review/drafts/17             preview, what was changed by hand, who had a hand in it
//! POST /review/drafts/17/approve     version=2
//! POST /review/drafts/17/return      version=2, reason=…
//! ```
//!
//! Whoever submitted or edited a draft is told so here and refused by the desk.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use askama::Template;
use notary::desk::{DraftId, DraftState};
use notary::operator_log::Action;
use notary::people::Role;
use serde::Deserialize;

use super::draft::{DraftView, Version, approved, object, view};
use super::lists::DraftRow;
use super::{actor, logged, looked, read, see_other, work};
use crate::page::{Page, Section};
use crate::problem::Problem;
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn};

/// Rows that are shown; those that wait longest come first.
const SHOWN: usize = 100;
/// Drafts that are done with.
const DONE: usize = 10;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/review", read().to(queue))
        .route(r"/review/drafts/{id:\d{1,12}}", read().to(one))
        .route(r"/review/drafts/{id:\d{1,12}}/approve", web::post().to(approve))
        .route(r"/review/drafts/{id:\d{1,12}}/return", web::post().to(give_back));
}

#[derive(Template)]
#[template(path = "desk/review.html")]
struct Queue<'a> {
    page: &'a Page,
    waiting: usize,
    drafts: Vec<DraftRow>,
    done: Vec<DraftRow>,
}

#[derive(Template)]
#[template(path = "desk/review-draft.html")]
struct One<'a> {
    page: &'a Page,
    csrf: &'a str,
    draft: DraftView,
}

#[derive(Debug, Deserialize)]
struct Return {
    version: u32,
    #[serde(default)]
    reason: String,
}

async fn queue(page: Page, signed_in: SignedIn, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Reviewer])?;
    let lang = page.lang;
    let (waiting, drafts, done) = work(&shared, move |office| {
        looked(office, &signed_in, Action::DraftViewed, "")?;
        let desk = office.desk();
        let row = |draft| DraftRow::new(lang, office, draft);
        let mut open = desk.open_drafts();
        open.retain(|draft| draft.state == DraftState::ToReview);
        let drafts: Vec<DraftRow> = open.iter().take(SHOWN).map(row).collect();
        let done: Vec<DraftRow> = desk.done_drafts(DONE).iter().map(row).collect();
        Ok((open.len(), drafts, done))
    })
    .await?;
    let page = page.titled("复核工作台", "Review").at(Section::Review);
    Ok(page.html(StatusCode::OK, &Queue { page: &page, waiting, drafts, done }))
}

async fn one(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<u64>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Reviewer])?;
    let (lang, by, id) = (page.lang, signed_in.clone(), DraftId(*id));
    let draft = work(&shared, move |office| view(lang, office, &by, id)).await?;
    let page = page.titled("复核", "Review").at(Section::Review);
    Ok(page.html(StatusCode::OK, &One { page: &page, csrf: signed_in.csrf(), draft }))
}

async fn approve(
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<u64>,
    form: CheckedForm<Version>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Reviewer])?;
    approved(&signed_in, &shared, DraftId(*id), form.version).await?;
    Ok(see_other(&format!("/review/drafts/{id}")))
}

async fn give_back(
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<u64>,
    form: CheckedForm<Return>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Reviewer])?;
    let (id, Return { version, reason }) = (DraftId(*id), form.0);
    work(&shared, move |office| {
        let done = office.desk().return_draft(&actor(&signed_in), id, version, &reason);
        logged(office, &signed_in, Action::DraftReturned, &object(id), done)
    })
    .await?;
    Ok(see_other("/review"))
}
