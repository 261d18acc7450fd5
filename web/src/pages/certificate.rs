//! `/certificate`: what a certificate says, for whoever has its number and its check code.
//!
//! ```text
//! GET  /certificate                               the form
//! POST /certificate   number=…&check_code=…       what it certifies and its status; neither is ever in an address
//! ```
//!
//! Numbers can be guessed in part, so a number alone shows nothing, and a number that does not exist looks like a wrong
//! check code: same page, same status, same work. What is shown is what the certificate's own signed core says, with a
//! natural person masked as it is there.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use verifier::number::{CertificateNumber, CheckCode};
use verifier::qr;

use super::judged::{self, Asked, Judged};
use super::posted::Posted;
use crate::client::Client;
use crate::commitments::{Beside, beside};
use crate::page::verdict::VerdictView;
use crate::page::{Page, Section};
use crate::problem::Problem;
use crate::server::Shared;

#[derive(Template)]
#[template(path = "certificate.html")]
struct CertificateForm<'a> {
    page: &'a Page,
    number: &'a str,
    number_error: &'a str,
    code_error: &'a str,
}

#[derive(Template)]
#[template(path = "certificate-result.html")]
struct CertificateResult<'a> {
    page: &'a Page,
    verdict: &'a VerdictView,
    beside: Option<Beside>,
}

/// The form.
pub async fn form(page: Page) -> HttpResponse {
    let page = titled(page).public();
    let form = CertificateForm { page: &page, number: "", number_error: "", code_error: "" };
    page.html(StatusCode::OK, &form)
}

/// What the certificate says.
pub async fn show(
    request: HttpRequest,
    payload: Payload,
    page: Page,
    client: Client,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    let page = titled(page);
    let posted = Posted::read(&request, &mut payload.into_inner()).await?;
    let (typed, code) = (digits(posted.field("number")), digits(posted.field("check_code")));
    let number = CertificateNumber::parse(&typed);
    let code = CheckCode::parse(&code);
    let (Ok(number), Ok(code)) = (&number, &code) else {
        // What can't be any certificate's is told apart from what is wrong: it gives nothing away.
        let number_error = page
            .lang
            .pick("证书编号为22位数字，请逐位核对。", "The number has 22 digits: compare them one by one.");
        let code_error = page.lang.pick("查验码为10位数字。", "The check code has 10 digits.");
        let form = CertificateForm {
            page: &page,
            number: typed.get(..40).unwrap_or(&typed),
            number_error: if number.is_err() { number_error } else { "" },
            code_error: if code.is_err() { code_error } else { "" },
        };
        return Ok(page.html(StatusCode::BAD_REQUEST, &form));
    };
    let judged = judged::judge_numbers(&shared, &client, *number, *code, &Asked::default()).await?;
    let verdict = judged.view(page.lang, &shared);
    let beside = match &judged {
        Judged::Verdict(verdict) => beside(&shared, page.lang, verdict, false).await,
        _ => None,
    };
    Ok(page.html(StatusCode::OK, &CertificateResult { page: &page, verdict: &verdict, beside }))
}

fn titled(page: Page) -> Page {
    page.titled("证书查询", "Look up a certificate").at(Section::Certificate)
}

/// Full-width digits are made plain, and spaces and hyphens left out, as people copy them from paper.
fn digits(typed: &str) -> String {
    qr::fold(typed).chars().filter(|c| !c.is_whitespace() && *c != '-').collect()
}
