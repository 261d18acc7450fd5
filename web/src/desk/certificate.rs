//! `/operator/certificates/N`: one certificate as the office sees it: what it says, how it stands, what happened to it.
//!
//! ```text
//! GET  /operator/certificates/N           what it says, downloads, its history, changing its status
//! POST /operator/certificates/N/status    `life::status`
//! ```

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, ServiceConfig};
use askama::Template;
use notary::objection::ObjectionState;
use notary::office::{Office, REASON_MAX};
use notary::operator_log::Action;
use notary::people::Role;
use verifier::event::EventKind;
use verifier::number::CertificateNumber;

use super::holder::{CertificateView, view};
use super::{looked, read, work};
use crate::lang::Lang;
use crate::life::case::CaseView;
use crate::life::history::{History, history, kind_tag};
use crate::life::status::{BASIS_MAX, KINDS, is_final};
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::SignedIn;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config.route(r"/operator/certificates/{number:\d{22}}", read().to(one));
}

/// What was typed into the form that changes the status.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// What is to happen.
    pub kind: &'static str,
    /// Why.
    pub reason: String,
    /// On what basis.
    pub basis: String,
    /// For which claims.
    pub claims: Vec<&'static str>,
}

/// One thing that may happen to the certificate now.
struct Choice {
    kind: &'static str,
    word: &'static str,
    hint: &'static str,
    is_final: bool,
}

#[derive(Template)]
#[template(path = "desk/operator-certificate.html")]
struct One<'a> {
    page: &'a Page,
    csrf: &'a str,
    certificate: CertificateView,
    index: Option<u64>,
    history: History,
    choices: Vec<Choice>,
    cases: Vec<CaseView>,
    typed: Typed,
    reason_max: usize,
    basis_max: usize,
    trouble: String,
    operator: bool,
}

async fn one(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    shown(page, &signed_in, &shared, &number, StatusCode::OK, Typed::default(), String::new()).await
}

/// The page of a certificate, with what was typed into its form.
///
/// # Errors
/// `NOT_FOUND`, `CERTIFICATE_UNKNOWN`.
pub async fn shown(
    page: Page,
    signed_in: &SignedIn,
    shared: &Data<Shared>,
    number: &str,
    status: StatusCode,
    typed: Typed,
    trouble: String,
) -> Result<HttpResponse, Problem> {
    let number = CertificateNumber::parse(number).map_err(|_| Common::NotFound.problem())?;
    let (lang, by) = (page.lang, signed_in.clone());
    let (certificate, index, history, choices, cases) = work(shared, move |office| {
        looked(office, &by, Action::CertificateViewed, number.as_str())?;
        let certificate = view(lang, office, &number)?;
        let choices = choices(lang, office, &number)?;
        let cases = office.objections().of(&number)?;
        let cases = cases.iter().map(|case| CaseView::new(lang, office, case)).collect();
        Ok((certificate, office.index_of(&number)?, history(lang, office, &number)?, choices, cases))
    })
    .await?;
    let page = page.titled("证书", "Certificate").at(Section::Operator);
    let one = One {
        page: &page,
        csrf: signed_in.csrf(),
        certificate,
        index,
        history,
        choices,
        cases,
        typed,
        reason_max: REASON_MAX,
        basis_max: BASIS_MAX,
        trouble,
        operator: true,
    };
    Ok(page.html(status, &one))
}

/// What may happen to the certificate as it stands.
fn choices(lang: Lang, office: &Office, number: &CertificateNumber) -> Result<Vec<Choice>, Problem> {
    let Some(status) = office.status_of(number)? else { return Ok(Vec::new()) };
    // While an objection is being verified, the certificate is taken up again on the objection's page.
    let verifying =
        office.objections().of(number)?.iter().any(|case| case.state == ObjectionState::Verifying);
    let apart =
        |kind: &EventKind| verifying && matches!(kind, EventKind::Resumed | EventKind::ObjectionNoted);
    let kinds = KINDS.into_iter().filter(|kind| kind.may_follow(status) && !apart(kind));
    let choice = |kind: EventKind| Choice {
        kind: kind.word(),
        word: kind_tag(lang, kind).word,
        hint: hint(lang, kind),
        is_final: is_final(kind),
    };
    Ok(kinds.map(choice).collect())
}

fn hint(lang: Lang, kind: EventKind) -> &'static str {
    use EventKind as K;
    match kind {
        K::Suspended => lang.pick(
            "新的状态清单一分钟内发布，核验结果即为“异议核实中，暂缓使用”。",
            "Within a minute everybody who verifies it is told “suspended”.",
        ),
        K::Resumed => lang.pick("恢复为有效。", "It is valid again."),
        K::ObjectionNoted => {
            lang.pick("仍然有效，核验时提示有异议。", "It stays valid, with a note for whoever verifies it.")
        }
        K::Withdrawn => lang.pick("主体本人申请停用；不可恢复。", "At the holder's own wish; final."),
        _ => lang.pick(
            "不应签发的证书；不可恢复，核验结果即为“证书已撤销，不得使用”。",
            "It should not have been issued; final. Everybody who verifies it is told “revoked”.",
        ),
    }
}
