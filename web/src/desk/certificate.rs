//! `/operator/certificates/N`: one certificate as the office sees it, and revoking it.
//!
//! ```text
//! GET  /operator/certificates/N           what it says, how it stands, downloads
//! POST /operator/certificates/N/revoke    reason=…, sure=yes
//! ```
//!
//! Revoking is final: it takes a reason and a mark in a box of its own.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use askama::Template;
use notary::office::{Office, REASON_MAX};
use notary::operator_log::Action;
use notary::people::Role;
use notary::refusal::RefusalCode;
use serde::Deserialize;
use verifier::number::CertificateNumber;
use verifier::status::Status;

use super::holder::{CertificateView, view};
use super::{logged, looked, read, see_other, work};
use crate::lang::Lang;
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn};

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route(r"/operator/certificates/{number:\d{22}}", read().to(one))
        .route(r"/operator/certificates/{number:\d{22}}/revoke", web::post().to(revoke));
}

#[derive(Template)]
#[template(path = "desk/operator-certificate.html")]
struct One<'a> {
    page: &'a Page,
    csrf: &'a str,
    certificate: CertificateView,
    can_revoke: bool,
    reason_max: usize,
    reason: &'a str,
    trouble: String,
}

#[derive(Debug, Deserialize)]
struct Revoke {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    sure: String,
}

async fn one(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    shown(page, &signed_in, &shared, &number, StatusCode::OK, "", String::new()).await
}

async fn revoke(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
    form: CheckedForm<Revoke>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let Revoke { reason, sure } = form.0;
    if sure != "yes" {
        let trouble = page
            .lang
            .pick("未撤销：请勾选“我确认撤销”后再提交。", "Not revoked: mark “I am sure” and send it again.");
        let trouble = trouble.to_owned();
        return shown(page, &signed_in, &shared, &number, StatusCode::UNPROCESSABLE_ENTITY, &reason, trouble)
            .await;
    }
    let (by, given, why) = (signed_in.clone(), parsed(&number)?, reason.clone());
    let lang = page.lang;
    let refused = work(&shared, move |office| {
        let done = office.set_status(&given, Status::Revoked, &why);
        let refusal = done.as_ref().err().cloned();
        match logged(office, &by, Action::StatusSet, given.as_str(), done) {
            Ok(_) => Ok(None),
            Err(problem) => match refusal {
                Some(refusal) if refusal.code() == RefusalCode::ReasonLength => {
                    Ok(Some(refusal.message(lang.words())))
                }
                _ => Err(problem),
            },
        }
    })
    .await?;
    match refused {
        None => Ok(see_other(&format!("/operator/certificates/{number}"))),
        Some(trouble) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            shown(page, &signed_in, &shared, &number, status, &reason, trouble).await
        }
    }
}

async fn shown(
    page: Page,
    signed_in: &SignedIn,
    shared: &Data<Shared>,
    number: &str,
    status: StatusCode,
    reason: &str,
    trouble: String,
) -> Result<HttpResponse, Problem> {
    let (lang, by, number) = (page.lang, signed_in.clone(), parsed(number)?);
    let (certificate, can_revoke) = work(shared, move |office| found(lang, office, &by, &number)).await?;
    let page = page.titled("证书", "Certificate").at(Section::Operator);
    let one = One {
        page: &page,
        csrf: signed_in.csrf(),
        certificate,
        can_revoke,
        reason_max: REASON_MAX,
        reason,
        trouble,
    };
    Ok(page.html(status, &one))
}

fn found(
    lang: Lang,
    office: &Office,
    by: &SignedIn,
    number: &CertificateNumber,
) -> Result<(CertificateView, bool), Problem> {
    looked(office, by, Action::CertificateViewed, number.as_str())?;
    let certificate = view(lang, office, number)?;
    let status = office.status_of(number)?;
    Ok((certificate, status.is_some_and(|status| status.may_become(Status::Revoked))))
}

fn parsed(number: &str) -> Result<CertificateNumber, Problem> {
    CertificateNumber::parse(number).map_err(|_| Common::NotFound.problem())
}
