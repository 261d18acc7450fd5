//! Erasing a document by two people: an operator proposes, a reviewer approves, and the key is destroyed.
//!
//! ```text
//! GET  /operator/certificates/N/erase     what erasing means, the form
//! POST /operator/certificates/N/erase     reason=…  basis=…      → /operator/erasures/E00001
//! GET  /operator/erasures, /review/erasures                      those that wait first
//! POST /review/erasures/E00001/approve    version=1  sure=yes    …/reject    note=…
//! POST /operator/erasures/E00001/reject   who proposed it takes it back
//! ```

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use askama::Template;
use notary::desk::NOTE_MAX;
use notary::erasing::{Erasing, ErasingId, ErasingState};
use notary::office::{GROUND_MAX, Office};
use notary::operator_log::Action;
use notary::people::Role;
use notary::refusal::RefusalCode;
use serde::Deserialize;
use verifier::number::CertificateNumber;

use super::history::by;
use crate::desk::holder::{CertificateView, view};
use crate::desk::lists::Tag;
use crate::desk::{actor, looked, read, see_other, tried, work};
use crate::lang::Lang;
use crate::page::words::{grouped, moment};
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn};

/// Rows of the list.
const SHOWN: usize = 100;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route(r"/operator/certificates/{number:\d{22}}/erase", read().to(form))
        .route(r"/operator/certificates/{number:\d{22}}/erase", web::post().to(propose))
        .route("/operator/erasures", read().to(operators_list))
        .route(r"/operator/erasures/{id:E\d{5,12}}", read().to(operators))
        .route(r"/operator/erasures/{id:E\d{5,12}}/reject", web::post().to(take_back))
        .route("/review/erasures", read().to(reviewers_list))
        .route(r"/review/erasures/{id:E\d{5,12}}", read().to(reviewers))
        .route(r"/review/erasures/{id:E\d{5,12}}/{step:[a-z]{6,7}}", web::post().to(reviewers_step));
}

/// A proposal as pages show it.
pub struct ErasingView {
    /// Its number.
    pub id: String,
    /// The version that whoever looks acts on.
    pub version: u32,
    /// Where it is.
    pub state: Tag,
    /// The certificate, plain.
    pub certificate: String,
    /// The certificate, in groups.
    pub grouped: String,
    /// Why.
    pub reason: String,
    /// On what basis.
    pub basis: String,
    /// When it was proposed.
    pub at: String,
    /// By whom.
    pub by: String,
    /// Every step: its word, when, who, what was said.
    pub steps: Vec<(&'static str, String, String, String)>,
    step: ErasingState,
    proposer: String,
}

impl ErasingView {
    fn new(lang: Lang, office: &Office, one: &Erasing) -> ErasingView {
        let step = |step: &notary::office::CaseStep<ErasingState>| {
            let who = by(lang, office, &step.by);
            (step.state.word(lang.words()), moment(lang, step.at), who, step.note.clone())
        };
        let class = match one.state {
            ErasingState::Proposed | ErasingState::Approved => "tag-warn",
            ErasingState::Done => "tag-error",
            ErasingState::Rejected => "",
        };
        ErasingView {
            id: one.id.to_string(),
            version: one.version,
            state: Tag { class, word: one.state.word(lang.words()) },
            certificate: one.certificate.as_str().to_owned(),
            grouped: grouped(one.certificate.as_str()),
            reason: one.reason.clone(),
            basis: one.basis.clone(),
            at: moment(lang, one.proposed_at),
            by: by(lang, office, &one.proposed_by),
            steps: one.steps.iter().map(step).collect(),
            step: one.state,
            proposer: one.proposed_by.clone(),
        }
    }

    /// Whether it waits for the second person.
    pub fn waits(&self) -> bool {
        self.step == ErasingState::Proposed
    }
}

#[derive(Template)]
#[template(path = "life/erase.html")]
struct New<'a> {
    page: &'a Page,
    csrf: &'a str,
    certificate: CertificateView,
    typed: Proposal,
    text_max: usize,
    trouble: String,
}

#[derive(Template)]
#[template(path = "life/erasures.html")]
struct List<'a> {
    page: &'a Page,
    door: &'static str,
    rows: Vec<ErasingView>,
}

#[derive(Template)]
#[template(path = "life/erasure.html")]
struct One<'a> {
    page: &'a Page,
    csrf: &'a str,
    door: &'static str,
    erasing: ErasingView,
    certificate: CertificateView,
    /// Whether whoever looks is the second person.
    second: bool,
    /// Whether whoever looks proposed it.
    own: bool,
    note: String,
    note_max: usize,
    trouble: String,
}

#[derive(Clone, Debug, Default, Deserialize)]
struct Proposal {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    basis: String,
}

#[derive(Debug, Deserialize)]
struct Decision {
    version: u32,
    #[serde(default)]
    note: String,
    #[serde(default)]
    sure: String,
}

async fn form(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    form_page(page, signed_in, shared, &number, StatusCode::OK, Proposal::default(), String::new()).await
}

async fn form_page(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: &str,
    status: StatusCode,
    typed: Proposal,
    trouble: String,
) -> Result<HttpResponse, Problem> {
    let number = CertificateNumber::parse(number).map_err(|_| Common::NotFound.problem())?;
    let (lang, by) = (page.lang, signed_in.clone());
    let certificate = work(&shared, move |office| {
        looked(office, &by, Action::CertificateViewed, number.as_str())?;
        Ok(view(lang, office, &number)?)
    })
    .await?;
    let page = titled(page, &signed_in);
    let csrf = signed_in.csrf();
    Ok(page.html(status, &New { page: &page, csrf, certificate, typed, text_max: GROUND_MAX, trouble }))
}

async fn propose(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
    form: CheckedForm<Proposal>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let given = CertificateNumber::parse(&number).map_err(|_| Common::NotFound.problem())?;
    let (lang, by, typed) = (page.lang, signed_in.clone(), form.0);
    let said = typed.clone();
    let done = work(&shared, move |office| {
        let done = office.erasings().propose(&actor(&by), &given, &said.reason, &said.basis);
        let object = done.as_ref().map(|one| one.id.to_string()).unwrap_or_default();
        tried(office, &by, Action::ErasureProposed, &object, done, |status, _| {
            status.is_client_error() && status != StatusCode::NOT_FOUND
        })
    })
    .await?;
    match done {
        Ok(one) => Ok(see_other(&format!("/operator/erasures/{}", one.id))),
        Err((status, refusal)) => {
            let trouble = refusal.message(lang.words());
            form_page(page, signed_in, shared, &number, status, typed, trouble).await
        }
    }
}

async fn operators_list(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    list(page, signed_in, shared).await
}

async fn reviewers_list(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Reviewer])?;
    list(page, signed_in, shared).await
}

async fn list(page: Page, signed_in: SignedIn, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let (lang, by) = (page.lang, signed_in.clone());
    let rows = work(&shared, move |office| {
        looked(office, &by, Action::ErasureViewed, "")?;
        let found = office.erasings().list(SHOWN)?;
        Ok(found.iter().map(|one| ErasingView::new(lang, office, one)).collect::<Vec<_>>())
    })
    .await?;
    let page = titled(page, &signed_in);
    Ok(page.html(StatusCode::OK, &List { page: &page, door: door(&signed_in), rows }))
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
    let (lang, by, id) = (page.lang, signed_in.clone(), ErasingId::parse(id)?);
    let (erasing, certificate) = work(&shared, move |office| {
        let one = office.erasings().one(id)?;
        looked(office, &by, Action::ErasureViewed, &id.to_string())?;
        let certificate = view(lang, office, &one.certificate)?;
        Ok((ErasingView::new(lang, office, &one), certificate))
    })
    .await?;
    let page = titled(page, &signed_in);
    let own = erasing.proposer == signed_in.id().to_string();
    let one = One {
        page: &page,
        csrf: signed_in.csrf(),
        door: door(&signed_in),
        erasing,
        certificate,
        second: signed_in.role() == Role::Reviewer && !own,
        own,
        note,
        note_max: NOTE_MAX,
        trouble,
    };
    Ok(page.html(status, &one))
}

async fn take_back(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<String>,
    form: CheckedForm<Decision>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    decided(page, signed_in, shared, &id, false, form.0).await
}

async fn reviewers_step(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    path: Path<(String, String)>,
    form: CheckedForm<Decision>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Reviewer])?;
    let (id, word) = path.into_inner();
    match word.as_str() {
        "approve" if form.sure != "yes" => {
            let trouble = page.lang.pick(
                "未删除：删除不可恢复，请勾选“我确认”后再提交。",
                "Nothing was erased: it is final. Mark “I am sure” and send it again.",
            );
            let (trouble, note) = (trouble.to_owned(), form.0.note);
            shown(page, signed_in, shared, &id, StatusCode::UNPROCESSABLE_ENTITY, note, trouble).await
        }
        "approve" => decided(page, signed_in, shared, &id, true, form.0).await,
        "reject" => decided(page, signed_in, shared, &id, false, form.0).await,
        _ => Err(Common::NotFound.problem()),
    }
}

async fn decided(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: &str,
    approve: bool,
    Decision { version, note, .. }: Decision,
) -> Result<HttpResponse, Problem> {
    let (one, by, said) = (ErasingId::parse(id)?, signed_in.clone(), note.clone());
    let refused = work(&shared, move |office| {
        let (erasings, who) = (office.erasings(), actor(&by));
        let (action, done) = match approve {
            true => (Action::ErasureApproved, erasings.approve(&who, one, version)),
            false => (Action::ErasureRejected, erasings.reject(&who, one, version, &said)),
        };
        tried(office, &by, action, &one.to_string(), done, |status, code| {
            status.is_client_error() && code != RefusalCode::ErasingUnknown
        })
    })
    .await?;
    match refused {
        Ok(_) => Ok(see_other(&format!("/{}/erasures/{id}", door(&signed_in)))),
        Err((status, refusal)) => {
            let trouble = refusal.message(page.lang.words());
            shown(page, signed_in, shared, id, status, note, trouble).await
        }
    }
}

fn door(signed_in: &SignedIn) -> &'static str {
    if signed_in.role() == Role::Reviewer { "review" } else { "operator" }
}

fn titled(page: Page, signed_in: &SignedIn) -> Page {
    let section = if signed_in.role() == Role::Reviewer { Section::Review } else { Section::Operator };
    page.titled("删除文档", "Erase a document").at(section)
}
