//! `/operator`: what waits, and the way in to everything that an operator does.
//!
//! ```text
//! GET  /operator                          requests and drafts that wait, the last that are done, search
//! GET  /operator/requests/7               one request: answer it with a document, or refuse it with a reason
//! POST /operator/requests/7/refuse        reason=…
//! GET  /operator/certificates?number=…    to one certificate
//! ```

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use notary::calendar::Day;
use notary::desk::{DraftState, RequestId, RequestState};
use notary::operator_log::Action;
use notary::people::Role;
use serde::Deserialize;
use verifier::number::CertificateNumber;

use super::lists::{DraftRow, RequestRow};
use super::{actor, logged, looked, read, see_other, work};
use crate::page::{Page, Section};
use crate::problem::Problem;
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn};

/// Rows of one list; those that wait longest come first.
const SHOWN: usize = 100;
/// Drafts that are done with.
const DONE: usize = 10;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/operator", read().to(queue))
        .route("/operator/certificates", read().to(search))
        .route(r"/operator/requests/{id:\d{1,12}}", read().to(request))
        .route(r"/operator/requests/{id:\d{1,12}}/refuse", web::post().to(refuse));
}

/// How many wait.
struct Counts {
    requests: usize,
    to_issue: usize,
    to_review: usize,
    returned: usize,
    objections: usize,
    repairs: usize,
}

#[derive(Template)]
#[template(path = "desk/operator.html")]
struct Queue<'a> {
    page: &'a Page,
    counts: Counts,
    due: crate::commitments::Counts,
    requests: Vec<RequestRow>,
    drafts: Vec<DraftRow>,
    done: Vec<DraftRow>,
    trouble: &'a str,
    keys_pause: bool,
    witness_alarms: usize,
    anchor_alarms: usize,
}

#[derive(Template)]
#[template(path = "desk/operator-request.html")]
struct Asked<'a> {
    page: &'a Page,
    csrf: &'a str,
    request: RequestRow,
    audience_code: String,
    waits: bool,
}

#[derive(Debug, Deserialize)]
struct Search {
    #[serde(default)]
    number: String,
}

/// A form with a reason.
#[derive(Debug, Deserialize)]
pub struct Reason {
    /// Why.
    #[serde(default)]
    pub reason: String,
}

async fn queue(page: Page, signed_in: SignedIn, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    queue_page(page, signed_in, shared, StatusCode::OK, "").await
}

async fn queue_page(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    status: StatusCode,
    trouble: &str,
) -> Result<HttpResponse, Problem> {
    let lang = page.lang;
    let (counts, due, requests, drafts, done) = work(&shared, move |office| {
        looked(office, &signed_in, Action::DraftViewed, "")?;
        let desk = office.desk();
        let (asked, open) = (desk.open_requests(), desk.open_drafts());
        let waiting: Vec<_> = asked.iter().filter(|row| row.state == RequestState::Asked).collect();
        let of = |state: DraftState| open.iter().filter(|draft| draft.state == state).count();
        let counts = Counts {
            requests: waiting.len(),
            to_issue: of(DraftState::ToIssue),
            to_review: of(DraftState::ToReview),
            returned: of(DraftState::Returned),
            objections: office.objections().due(Day::from(office.now().china_date())).len(),
            repairs: office.repairs().due(Day::from(office.now().china_date())).len(),
        };
        let requests: Vec<RequestRow> =
            waiting.iter().take(SHOWN).map(|request| RequestRow::new(lang, office, request)).collect();
        let row = |draft| DraftRow::new(lang, office, draft);
        let drafts: Vec<DraftRow> = open.iter().take(SHOWN).map(row).collect();
        let done: Vec<DraftRow> = desk.done_drafts(DONE).iter().map(row).collect();
        Ok((counts, crate::commitments::Counts::of(office)?, requests, drafts, done))
    })
    .await?;
    let page = page.titled("签发工作台", "Issuing").at(Section::Operator);
    let keys_pause = !crate::keyring_watch::pauses(shared.office(), shared.waits(), lang).is_empty();
    let witness_alarms = crate::witnessing::alarms(&shared);
    let anchor_alarms = shared.anchoring().alarms(shared.office());
    let queue = Queue {
        page: &page,
        counts,
        due,
        requests,
        drafts,
        done,
        trouble,
        keys_pause,
        witness_alarms,
        anchor_alarms,
    };
    Ok(page.html(status, &queue))
}

async fn search(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    search: Query<Search>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let typed: String = search.number.chars().filter(|c| !c.is_whitespace()).collect();
    if let Ok(number) = CertificateNumber::parse(&typed) {
        return Ok(see_other(&format!("/operator/certificates/{number}")));
    }
    let trouble = page.lang.pick(
        "证书编号应为22位数字，且末两位校验相符；请对照证书重新输入",
        "A certificate number has 22 digits, of which the last two fit the others: read it again",
    );
    queue_page(page, signed_in, shared, StatusCode::UNPROCESSABLE_ENTITY, trouble).await
}

async fn request(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<u64>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let (lang, by, id) = (page.lang, signed_in.clone(), *id);
    let (row, audience_code, waits) = work(&shared, move |office| {
        let asked = office.desk().request(RequestId(id))?;
        looked(office, &by, Action::RequestViewed, &format!("request/{id}"))?;
        let code = asked.terms.audience.as_ref().map(|(_, code)| code.clone()).unwrap_or_default();
        Ok((RequestRow::new(lang, office, &asked), code, asked.state == RequestState::Asked))
    })
    .await?;
    let page = page.titled("报告申请", "Request").at(Section::Operator);
    let asked = Asked { page: &page, csrf: signed_in.csrf(), request: row, audience_code, waits };
    Ok(page.html(StatusCode::OK, &asked))
}

async fn refuse(
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<u64>,
    form: CheckedForm<Reason>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let (by, id, reason) = (signed_in, *id, form.0.reason);
    work(&shared, move |office| {
        let done = office.desk().refuse_request(&actor(&by), RequestId(id), &reason);
        logged(office, &by, Action::RequestAnswered, &format!("request/{id}"), done)
    })
    .await?;
    Ok(see_other("/operator"))
}
