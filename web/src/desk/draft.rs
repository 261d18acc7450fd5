//! `/operator/drafts/N`: exactly what will be issued, and the operator's decision.
//!
//! ```text
//! GET  /operator/drafts/17            preview, and what may be done
//! POST /operator/drafts/17/approve    version=1     issued, or "somebody else has dealt with it"
//! GET  /operator/drafts/17/edit       the document in a text box
//! POST /operator/drafts/17/edit       csrf, version, text      a change by hand: needs a second person
//! POST /operator/drafts/17/discard    version=1
//! ```

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use notary::desk::{DraftId, DraftState, Opened};
use notary::office::{Office, SubmissionKind};
use notary::operator_log::Action;
use notary::people::Role;
use notary::refusal::{Refusal, RefusalCode};
use serde::Deserialize;

use super::diff::{Line, diff, laid_out};
use super::lists::DraftRow;
use super::posted::Posted;
use super::preview::PreviewView;
use super::{actor, logged, looked, read, see_other, tried, work};
use crate::lang::Lang;
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn};

/// After approving, so long is waited for the seal before the page is shown all the same.
const SEAL_WAIT: Duration = Duration::from_secs(2);

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route(r"/operator/drafts/{id:\d{1,12}}", read().to(one))
        .route(r"/operator/drafts/{id:\d{1,12}}/approve", web::post().to(approve))
        .route(r"/operator/drafts/{id:\d{1,12}}/discard", web::post().to(discard))
        .route(r"/operator/drafts/{id:\d{1,12}}/edit", read().to(edit_form))
        .route(r"/operator/drafts/{id:\d{1,12}}/edit", web::post().to(edit));
}

/// A draft with what it will become.
pub struct DraftView {
    /// As in a list.
    pub row: DraftRow,
    /// Where it is.
    pub state: DraftState,
    /// What it will become; nothing once it is done with, or where it would be refused now.
    pub preview: Option<PreviewView>,
    /// Why it would be refused now.
    pub refused: String,
    /// What was changed by hand.
    pub diff: Vec<Line>,
    /// Every account that had a hand in it, by name.
    pub hands: String,
    /// Who approved it.
    pub approved_by: String,
    /// Whether it can be edited by hand.
    pub editable: bool,
    /// The request that it answers.
    pub request: Option<u64>,
}

impl DraftView {
    /// Whether it waits for the operator.
    pub fn to_issue(&self) -> bool {
        self.state == DraftState::ToIssue && self.preview.is_some()
    }

    /// Whether it waits for a second person.
    pub fn to_review(&self) -> bool {
        self.state == DraftState::ToReview
    }

    /// Whether it was given back.
    pub fn returned(&self) -> bool {
        self.state == DraftState::Returned
    }

    /// Whether it can still be changed.
    pub fn open(&self) -> bool {
        self.state.is_open() && self.state != DraftState::Issuing
    }
}

#[derive(Template)]
#[template(path = "desk/draft.html")]
struct One<'a> {
    page: &'a Page,
    csrf: &'a str,
    draft: DraftView,
}

#[derive(Template)]
#[template(path = "desk/draft-edit.html")]
struct Edit<'a> {
    page: &'a Page,
    csrf: &'a str,
    id: u64,
    version: u32,
    text: &'a str,
    trouble: Option<(String, String, String)>,
}

/// The version that somebody looked at.
#[derive(Debug, Deserialize)]
pub struct Version {
    /// As the page had it.
    pub version: u32,
}

async fn one(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<u64>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let (lang, by, id) = (page.lang, signed_in.clone(), DraftId(*id));
    let view = work(&shared, move |office| view(lang, office, &by, id)).await?;
    let page = page.titled("草稿", "Draft").at(Section::Operator);
    Ok(page.html(StatusCode::OK, &One { page: &page, csrf: signed_in.csrf(), draft: view }))
}

/// A draft with what it will become, logged.
///
/// # Errors
/// `DRAFT_UNKNOWN`.
pub fn view(lang: Lang, office: &Office, by: &SignedIn, id: DraftId) -> Result<DraftView, Problem> {
    let desk = office.desk();
    let draft = desk.draft(id)?;
    looked(office, by, Action::DraftViewed, &object(id))?;
    let opened: Option<Opened> = match desk.open_draft(id) {
        Ok(opened) => Some(opened),
        // It is done with, perhaps since a moment ago: the document is gone.
        Err(refusal) if refusal.code() == RefusalCode::DraftChanged => None,
        Err(refusal) => return Err(refusal.into()),
    };
    let request = draft.request.and_then(|id| desk.request(id).ok());
    let (mut preview, mut refused) = (None, String::new());
    if let Some(opened) = &opened {
        match office.preview(&opened.submission) {
            Ok(seen) => preview = Some(PreviewView::new(lang, &seen, request.as_ref())),
            Err(refusal) => refused = format!("{} {}", refusal.message(lang.words()), refusal.where_()),
        }
    }
    let draft = opened.as_ref().map_or(draft, |opened| opened.draft.clone());
    let changes = opened
        .as_ref()
        .and_then(|opened| opened.original.as_ref().map(|original| diff(original, &opened.submission.bytes)));
    let hands: Vec<String> = draft.hands.iter().map(|hand| super::lists::who(office, hand)).collect();
    Ok(DraftView {
        row: DraftRow::new(lang, office, &draft),
        state: draft.state,
        preview,
        refused,
        diff: changes.unwrap_or_default(),
        hands: hands.join(lang.pick("、", ", ")),
        approved_by: draft.approved_by.as_deref().map(|by| super::lists::who(office, by)).unwrap_or_default(),
        editable: opened.is_some_and(|opened| matches!(opened.submission.kind, SubmissionKind::Json)),
        request: draft.request.map(|id| id.0),
    })
}

async fn approve(
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<u64>,
    form: CheckedForm<Version>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    approved(&signed_in, &shared, DraftId(*id), form.version).await?;
    Ok(see_other(&format!("/operator/drafts/{id}")))
}

/// Approves and issues, and waits a little for the seal.
///
/// # Errors
/// `FOUR_EYES`, `DRAFT_CHANGED`, and what `submit` refuses.
pub async fn approved(
    by: &SignedIn,
    shared: &Data<Shared>,
    id: DraftId,
    version: u32,
) -> Result<(), Problem> {
    let by = by.clone();
    work(shared, move |office| {
        let done = office.desk().approve_draft(&actor(&by), id, version);
        let accepted = logged(office, &by, Action::DraftApproved, &object(id), done)?;
        // It is promised already; the page says so if the seal takes longer.
        office.wait_sealed(&accepted.number, SEAL_WAIT)?;
        Ok(())
    })
    .await
}

async fn discard(
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<u64>,
    form: CheckedForm<Version>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let (id, version) = (DraftId(*id), form.version);
    work(&shared, move |office| {
        let done = office.desk().discard_draft(&actor(&signed_in), id, version);
        logged(office, &signed_in, Action::DraftDropped, &object(id), done)
    })
    .await?;
    Ok(see_other("/operator"))
}

async fn edit_form(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<u64>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let (by, id) = (signed_in.clone(), DraftId(*id));
    let (text, version) = work(&shared, move |office| {
        let opened = office.desk().open_draft(id)?;
        looked(office, &by, Action::DraftViewed, &object(id))?;
        match opened.submission.kind {
            SubmissionKind::Json => Ok((laid_out(&opened.submission.bytes), opened.draft.version)),
            SubmissionKind::File { name, .. } => Err(Refusal::new(RefusalCode::DraftKind).found(name).into()),
        }
    })
    .await?;
    let page = titled(page);
    let edit = Edit { page: &page, csrf: signed_in.csrf(), id: id.0, version, text: &text, trouble: None };
    Ok(page.html(StatusCode::OK, &edit))
}

async fn edit(
    request: HttpRequest,
    payload: Payload,
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<u64>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let posted = Posted::read(&request, &mut payload.into_inner(), &signed_in).await?;
    let version: u32 = posted.field("version").parse().map_err(|_| Common::FormBad.problem())?;
    let (by, id, text) = (signed_in.clone(), DraftId(*id), posted.field("text").to_owned());
    let refused = work(&shared, move |office| {
        let done = office.desk().edit_draft(&actor(&by), id, version, text.into_bytes());
        // What is wrong with the document stands beside the text, which is not lost.
        tried(office, &by, Action::DraftChanged, &object(id), done, |status, code| {
            status.is_client_error() && code != RefusalCode::DraftChanged
        })
    })
    .await?;
    let Err((_, refusal)) = refused else { return Ok(see_other(&format!("/operator/drafts/{}", id.0))) };
    let page = titled(page);
    let said = refusal.message(page.lang.words());
    let trouble = Some((refusal.code().as_str().to_owned(), refusal.where_().to_owned(), said));
    let text = posted.field("text");
    let edit = Edit { page: &page, csrf: signed_in.csrf(), id: id.0, version, text, trouble };
    Ok(page.html(StatusCode::UNPROCESSABLE_ENTITY, &edit))
}

/// A draft in the operator log.
pub fn object(id: DraftId) -> String {
    format!("draft/{}", id.0)
}

fn titled(page: Page) -> Page {
    page.titled("手工修改", "Edit by hand").at(Section::Operator)
}
