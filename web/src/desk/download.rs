//! Downloads: a certificate in every form, for its holder and for the office.
//!
//! ```text
//! GET /holder/certificates/N.pdf  .xzc  .qr.png  .qr.svg  .tlog-proof  .zip  .evidence.zip     own ones alone
//! GET /operator/certificates/N.pdf …                                               every one
//! ```
//!
//! A holder is told nothing of others' certificates: not even that there is such a number. What each form holds is made
//! where the API makes it (`api`).

use actix_web::HttpResponse;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE};
use actix_web::web::{Data, Path, ServiceConfig};
use notary::office::{Issued, Office};
use notary::operator_log::Action;
use notary::people::Role;
use verifier::number::CertificateNumber;

use super::holder::{code, own};
use super::{looked, read, work};
use crate::api::{certificates, zip};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::SignedIn;

/// The forms: what the address ends with, and the media type.
const FORMS: &[(&str, &str)] = &[
    ("pdf", "application/pdf"),
    ("xzc", "application/json"),
    ("qr.png", "image/png"),
    ("qr.svg", "image/svg+xml"),
    (PROOF, "text/plain; charset=utf-8"),
    ("zip", "application/zip"),
    (EVIDENCE, "application/zip"),
];

/// The evidence package.
const EVIDENCE: &str = "evidence.zip";
const PROOF: &str = "tlog-proof";

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route(r"/holder/certificates/{number:\d{22}}.{form:[a-z.-]{2,12}}", read().to(holders))
        .route(r"/operator/certificates/{number:\d{22}}.{form:[a-z.-]{2,12}}", read().to(offices));
}

async fn holders(
    signed_in: SignedIn,
    shared: Data<Shared>,
    asked: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let code = code(&signed_in)?;
    let (number, form) = asked.into_inner();
    file(&shared, &signed_in, form, move |office| {
        let number = own(office, &code, &number)?;
        // Of one that was replaced the holder has nothing any more but its proof.
        office.certificate(&number)?;
        Ok(number)
    })
    .await
}

async fn offices(
    signed_in: SignedIn,
    shared: Data<Shared>,
    asked: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let (number, form) = asked.into_inner();
    file(&shared, &signed_in, form, move |_| {
        CertificateNumber::parse(&number).map_err(|_| Common::NotFound.problem())
    })
    .await
}

async fn file(
    shared: &Data<Shared>,
    by: &SignedIn,
    form: String,
    number: impl FnOnce(&Office) -> Result<CertificateNumber, Problem> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let known = FORMS.iter().find(|(name, _)| *name == form);
    let (form, media_type) = *known.ok_or_else(|| Common::NotFound.problem())?;
    let (by, own_shared) = (by.clone(), shared.clone());
    let (number, bytes) = work(shared, move |office| {
        let number = number(office)?;
        if form == EVIDENCE {
            looked(office, &by, Action::EvidenceMade, number.as_str())?;
            return Ok((number, office.evidence(&number, &crate::evidence::terms())?));
        }
        looked(office, &by, Action::CertificateDownloaded, number.as_str())?;
        // Shows nothing of the certificate, so it is served of a replaced one, too.
        if form == PROOF {
            return Ok((number, office.proof(&number)?.tlog_proof.encode().into_bytes()));
        }
        let issued = office.certificate(&number)?;
        Ok((number, bytes(&own_shared, &issued, form)?))
    })
    .await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((
            CONTENT_DISPOSITION,
            format!("attachment; filename=\"{}\"", file_name(&number, form)),
        ))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(bytes))
}

fn file_name(number: &CertificateNumber, form: &str) -> String {
    match form {
        EVIDENCE => crate::evidence::file_name(number.as_str()),
        _ => format!("{number}.{form}"),
    }
}

fn bytes(shared: &Shared, issued: &Issued, form: &str) -> Result<Vec<u8>, Problem> {
    Ok(match form {
        "pdf" => shared.office().pdf(&issued.certificate.core().number())?,
        "xzc" => issued.certificate.encode(),
        "qr.svg" => certificates::symbol(shared, issued)?.svg().into_bytes(),
        "qr.png" => certificates::symbol(shared, issued)?.png(),
        "zip" => zip::everything(shared, issued)?,
        _ => return Err(Common::NotFound.problem()),
    })
}
