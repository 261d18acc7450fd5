//! 提出异议: against a certificate as a whole, against claims of it, or against one of its records.
//!
//! ```text
//! GET  /holder/certificates/N/objection      the form; of the holder's own certificates alone
//! POST /holder/certificates/N/objection      target=item, item=CF-0011, ground=…, files=…        → /holder/objections/Y00001
//! GET  /operator/certificates/N/objection    the same, for one that came on paper
//! ```
//!
//! Of files only the SHA-256 is kept. A button that is pressed twice files one objection.

use std::sync::{Mutex, PoisonError};

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use notary::objection::{NewObjection, Objection, ObjectionState};
use notary::office::{EVIDENCE_MAX, GROUND_MAX, Office};
use notary::operator_log::Action;
use notary::people::Role;
use notary::refusal::Refusal;
use verifier::number::CertificateNumber;
use verifier::registry::Rule;

use super::evidence;
use super::records::{RecordChoice, records};
use crate::desk::holder::{CertificateView, code, own, view};
use crate::desk::posted::Posted;
use crate::desk::{actor, looked, read, see_other, tried, work};
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::SignedIn;

/// One filing at a time, from looking for the same one to writing it.
static FILING: Mutex<()> = Mutex::new(());

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route(r"/holder/certificates/{number:\d{22}}/objection", read().to(holders_form))
        .route(r"/holder/certificates/{number:\d{22}}/objection", web::post().to(holders))
        .route(r"/operator/certificates/{number:\d{22}}/objection", read().to(operators_form))
        .route(r"/operator/certificates/{number:\d{22}}/objection", web::post().to(operators));
}

/// What was typed.
#[derive(Default)]
struct Typed {
    target: String,
    claims: Vec<&'static str>,
    item: String,
    ground: String,
    evidence: String,
}

#[derive(Template)]
#[template(path = "life/objection-new.html")]
struct Form<'a> {
    page: &'a Page,
    csrf: &'a str,
    /// `holder` or `operator`: where the certificate's page is.
    door: &'static str,
    certificate: CertificateView,
    records: Vec<RecordChoice>,
    typed: Typed,
    ground_max: usize,
    evidence_max: usize,
    trouble: String,
}

async fn holders_form(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    code(&signed_in)?;
    form(page, signed_in, shared, &number, StatusCode::OK, Typed::default(), String::new()).await
}

async fn operators_form(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    form(page, signed_in, shared, &number, StatusCode::OK, Typed::default(), String::new()).await
}

async fn holders(
    request: HttpRequest,
    payload: Payload,
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    code(&signed_in)?;
    filed(request, payload, page, signed_in, shared, &number).await
}

async fn operators(
    request: HttpRequest,
    payload: Payload,
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    filed(request, payload, page, signed_in, shared, &number).await
}

/// The certificate, if it is this person's to object to: a holder's own one, any for an operator.
fn allowed(office: &Office, by: &SignedIn, number: &str) -> Result<CertificateNumber, Problem> {
    match by.role() {
        Role::Holder => own(office, &code(by)?, number),
        _ => CertificateNumber::parse(number).map_err(|_| Common::NotFound.problem()),
    }
}

fn door(by: &SignedIn) -> &'static str {
    if by.role() == Role::Holder { "holder" } else { "operator" }
}

async fn form(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: &str,
    status: StatusCode,
    typed: Typed,
    trouble: String,
) -> Result<HttpResponse, Problem> {
    let (lang, by, number) = (page.lang, signed_in.clone(), number.to_owned());
    let (certificate, records) = work(&shared, move |office| {
        let number = allowed(office, &by, &number)?;
        looked(office, &by, Action::CertificateViewed, number.as_str())?;
        let certificate = view(lang, office, &number)?;
        let records = if certificate.row.sealed { records(office, &number)? } else { Vec::new() };
        Ok((certificate, records))
    })
    .await?;
    let section = if signed_in.role() == Role::Holder { Section::Holder } else { Section::Operator };
    let page = page.titled("提出异议", "Object").at(section);
    let form = Form {
        page: &page,
        csrf: signed_in.csrf(),
        door: door(&signed_in),
        certificate,
        records,
        typed,
        ground_max: GROUND_MAX,
        evidence_max: EVIDENCE_MAX,
        trouble,
    };
    Ok(page.html(status, &form))
}

async fn filed(
    request: HttpRequest,
    payload: Payload,
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: &str,
) -> Result<HttpResponse, Problem> {
    let posted = Posted::read(&request, &mut payload.into_inner(), &signed_in).await?;
    let ticked = |rule: &&Rule| !posted.field(&format!("claim_{}", rule.short_name())).is_empty();
    let digests = evidence::of_form(&posted);
    let typed = Typed {
        target: posted.field("target").to_owned(),
        claims: Rule::ALL.iter().filter(ticked).map(|rule| rule.short_name()).collect(),
        item: posted.field("item").to_owned(),
        ground: posted.field("ground").to_owned(),
        evidence: digests.join("\n"),
    };
    let lang = page.lang;
    let missing = match typed.target.as_str() {
        "whole" => "",
        "claims" if !typed.claims.is_empty() => "",
        "claims" => lang.pick("请勾选有异议的结论。", "Mark the claims that you object to."),
        "item" if !typed.item.is_empty() => "",
        "item" => lang.pick("请选择有异议的记录。", "Choose the record that you object to."),
        _ => lang.pick("请选择对什么提出异议。", "Say what you object to."),
    };
    if !missing.is_empty() {
        let (status, missing) = (StatusCode::UNPROCESSABLE_ENTITY, missing.to_owned());
        return form(page, signed_in, shared, number, status, typed, missing).await;
    }
    let (by, given) = (signed_in.clone(), number.to_owned());
    let new = NewObjection {
        // Replaced below by the one that was found to be allowed.
        certificate: CertificateNumber::parse(number).map_err(|_| Common::NotFound.problem())?,
        item: (typed.target == "item").then(|| typed.item.clone()),
        claims: match typed.target.as_str() {
            "claims" => typed.claims.iter().map(|name| (*name).to_owned()).collect(),
            _ => Vec::new(),
        },
        ground: typed.ground.clone(),
        evidence: digests,
    };
    let done = work(&shared, move |office| {
        let certificate = allowed(office, &by, &given)?;
        let done = file(office, &actor(&by), NewObjection { certificate, ..new });
        let object = done.as_ref().map(|(case, _)| case.id.to_string()).unwrap_or_default();
        tried(office, &by, Action::ObjectionFiled, &object, done, |status, _| {
            status.is_client_error() && status != StatusCode::NOT_FOUND
        })
    })
    .await?;
    match done {
        Ok((case, _)) => Ok(see_other(&format!("/{}/objections/{}", door(&signed_in), case.id))),
        Err((status, refusal)) => {
            let trouble = refusal.message(lang.words());
            form(page, signed_in, shared, number, status, typed, trouble).await
        }
    }
}

/// Files an objection, unless the same account has filed the same one and nobody has dealt with it yet: then that one, and
/// `true`.
///
/// # Errors
/// As for `Objections::file`.
pub fn file(
    office: &Office,
    by: &notary::desk::Actor,
    new: NewObjection,
) -> Result<(Objection, bool), Refusal> {
    let _one = FILING.lock().unwrap_or_else(PoisonError::into_inner);
    let cases = office.objections();
    let before = cases.of(&new.certificate)?;
    if let Some(same) = before.into_iter().find(|case| case.filed_by == by.account && is_same(case, &new)) {
        return Ok((same, true));
    }
    Ok((cases.file(by, new)?, false))
}

/// Whether a new objection says what one says that still waits.
fn is_same(case: &Objection, new: &NewObjection) -> bool {
    let seen = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
    let item = match (&case.item, &new.item) {
        (None, None) => true,
        (Some(item), Some(given)) => given == item || given.ends_with(&format!("/{item}")),
        _ => false,
    };
    let (mut one, mut other) = (case.claims.clone(), new.claims.clone());
    one.sort_unstable();
    other.sort_unstable();
    case.state == ObjectionState::Filed
        && item
        && one == other
        && seen(&case.ground) == seen(&new.ground)
        && case.evidence == new.evidence
}
