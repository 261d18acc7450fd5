//! `/verify`: anybody checks a certificate, by file, picture, scan or by typing.
//!
//! ```text
//! GET  /verify      the forms
//! POST /verify      file=… or text=…     the verdict, or the form that asks for the check code
//! ```
//!
//! Works by plain forms. The scripts add the camera (`<form data-scan>`). Nothing that is given here is kept.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::judged::{self, Asked, Judged};
use super::posted::Posted;
use crate::client::Client;
use crate::page::verdict::VerdictView;
use crate::page::words::grouped;
use crate::page::{Page, Section};
use crate::problem::Problem;
use crate::server::Shared;

#[derive(Template)]
#[template(path = "verify.html")]
struct VerifyForm<'a> {
    page: &'a Page,
    /// What is the matter with what was sent; empty at first.
    trouble: &'a str,
}

#[derive(Template)]
#[template(path = "verify-result.html")]
struct VerifyResult<'a> {
    page: &'a Page,
    verdict: &'a VerdictView,
}

#[derive(Template)]
#[template(path = "verify-code.html")]
struct AskCode<'a> {
    page: &'a Page,
    number: &'a str,
    number_grouped: String,
}

/// The forms.
pub async fn form(page: Page) -> HttpResponse {
    let page = titled(page).script("scan.js").public();
    page.html(StatusCode::OK, &VerifyForm { page: &page, trouble: "" })
}

/// The verdict.
pub async fn verify(
    request: HttpRequest,
    payload: Payload,
    page: Page,
    client: Client,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    let page = titled(page);
    let posted = Posted::read(&request, &mut payload.into_inner()).await?;
    let (file, text) = (posted.file(), posted.field("text"));
    if file.is_none() && text.trim().is_empty() {
        let trouble = page.lang.pick(
            "请选择文件，或扫描、粘贴、输入证书上的码。",
            "Choose a file, or scan, paste or type the code on the certificate.",
        );
        let page = page.clone().script("scan.js");
        return Ok(page.html(StatusCode::BAD_REQUEST, &VerifyForm { page: &page, trouble }));
    }
    let judged = judged::judge(&shared, &client, file, text, &Asked::default()).await?;
    if let Judged::NeedsCode(number) = &judged {
        let number = number.as_str();
        let ask = AskCode { page: &page, number, number_grouped: grouped(number) };
        return Ok(page.html(StatusCode::OK, &ask));
    }
    let verdict = judged.view(page.lang, &shared);
    Ok(page.html(StatusCode::OK, &VerifyResult { page: &page, verdict: &verdict }))
}

fn titled(page: Page) -> Page {
    page.titled("核验证书", "Verify a certificate").at(Section::Verify)
}
