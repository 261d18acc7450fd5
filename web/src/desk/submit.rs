//! `/operator/submit`: documents become drafts, one or many at a time, each with an answer of its own.
//!
//! ```text
//! GET  /operator/submit?corrects=N          for the corrected document of a certificate that was objected to
//! POST /operator/submit   csrf, files (any number), text (pasted JSON), no_qr, request, corrects
//!   report-1.json   待签发          → /operator/drafts/17
//!   report-2.json   待复核          → /operator/drafts/18
//!   report-3.json   COUNTER_DISAGREES  /summary/penalties  计数与所列记录不符…
//! ```
//!
//! One that is refused does not hold up the others. Here a document is only taken in; what it will become, and the
//! decision, are on the draft's page.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Payload, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use notary::desk::{Draftable, RequestId};
use notary::office::{Submission, SubmissionKind};
use notary::operator_log::Action;
use notary::people::Role;
use serde::Deserialize;
use verifier::number::CertificateNumber;

use super::lists::DraftRow;
use super::posted::{FILES_MAX, Posted};
use super::{actor, logged, read, see_other, work};
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::SignedIn;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config.route("/operator/submit", read().to(form)).route("/operator/submit", web::post().to(submit));
}

#[derive(Template)]
#[template(path = "desk/submit.html")]
struct Form<'a> {
    page: &'a Page,
    csrf: &'a str,
    files_max: usize,
    /// The certificate that the document corrects; empty for none.
    corrects: &'a str,
    trouble: &'a str,
}

/// What the address of the form may name.
#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    corrects: String,
}

#[derive(Template)]
#[template(path = "desk/submitted.html")]
struct Submitted<'a> {
    page: &'a Page,
    rows: Vec<Row>,
    taken: usize,
    refused: usize,
}

/// What became of one document.
struct Row {
    name: String,
    draft: Option<DraftRow>,
    code: String,
    at: String,
    message: String,
}

async fn form(page: Page, signed_in: SignedIn, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    corrected(&asked.corrects)?;
    Ok(form_page(page, &signed_in, StatusCode::OK, &asked.corrects, ""))
}

fn form_page(
    page: Page,
    signed_in: &SignedIn,
    status: StatusCode,
    corrects: &str,
    trouble: &str,
) -> HttpResponse {
    let (page, csrf) = (titled(page), signed_in.csrf());
    page.html(status, &Form { page: &page, csrf, files_max: FILES_MAX, corrects, trouble })
}

/// The certificate that a document corrects; none where nothing is named.
fn corrected(number: &str) -> Result<Option<CertificateNumber>, Problem> {
    match number {
        "" => Ok(None),
        number => CertificateNumber::parse(number).map(Some).map_err(|_| Common::FormBad.problem()),
    }
}

async fn submit(
    request: HttpRequest,
    payload: Payload,
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let posted = Posted::read(&request, &mut payload.into_inner(), &signed_in).await?;
    let answers = match posted.field("request") {
        "" => None,
        id => Some(RequestId(id.parse().map_err(|_| Common::FormBad.problem())?)),
    };
    let corrects = corrected(posted.field("corrects"))?;
    let documents = documents(&posted, corrects, page.lang.pick("粘贴的内容", "pasted text"));
    let single = answers.is_some() || corrects.is_some();
    if documents.is_empty() || (single && documents.len() > 1) {
        let trouble = match answers {
            None if corrects.is_some() => page.lang.pick(
                "更正一份证书用一份文档；请选择一个文件，或粘贴一份 JSON。",
                "One document corrects a certificate: choose one file, or paste one document.",
            ),
            Some(_) => page.lang.pick(
                "一件申请用一份文档办理；请选择一个文件，或粘贴一份 JSON。",
                "One document answers a request: choose one file, or paste one document.",
            ),
            None => page.lang.pick("请选择文件，或粘贴 JSON。", "Choose a file, or paste JSON."),
        };
        return Ok(form_page(page, &signed_in, StatusCode::BAD_REQUEST, posted.field("corrects"), trouble));
    }
    let (lang, by) = (page.lang, signed_in.clone());
    let rows = work(&shared, move |office| {
        let mut rows = Vec::with_capacity(documents.len());
        for (name, submission) in documents {
            let done = office.desk().submit_draft(&actor(&by), &Draftable { submission, request: answers });
            let object = done.as_ref().map(|draft| format!("draft/{}", draft.id.0)).unwrap_or_default();
            let refusal = done.as_ref().err().cloned();
            // A refusal is this row's; what fails is not the document is everybody's.
            let draft = match logged(office, &by, Action::DraftMade, &object, done) {
                Ok(draft) => Some(DraftRow::new(lang, office, &draft)),
                Err(problem) if problem.status().is_server_error() => return Err(problem),
                Err(_) => None,
            };
            rows.push(Row {
                name,
                draft,
                code: refusal.as_ref().map(|refusal| refusal.code().as_str().to_owned()).unwrap_or_default(),
                at: refusal.as_ref().map(|refusal| refusal.where_().to_owned()).unwrap_or_default(),
                message: refusal.map(|refusal| refusal.message(lang.words())).unwrap_or_default(),
            });
        }
        Ok(rows)
    })
    .await?;
    // One good document: straight to what it will become.
    if let [Row { draft: Some(draft), .. }] = rows.as_slice() {
        return Ok(see_other(&format!("/operator/drafts/{}", draft.id)));
    }
    let taken = rows.iter().filter(|row| row.draft.is_some()).count();
    let refused = rows.len() - taken;
    let status = if taken == 0 { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let page = titled(page);
    Ok(page.html(status, &Submitted { page: &page, rows, taken, refused }))
}

/// What was sent, each with a name for its row.
fn documents(
    posted: &Posted,
    corrects: Option<CertificateNumber>,
    pasted: &str,
) -> Vec<(String, Submission)> {
    let qr = posted.field("no_qr").is_empty();
    let of = |name: &str, bytes: Vec<u8>, kind: SubmissionKind| {
        (name.to_owned(), Submission { bytes, kind, idempotency_key: None, corrects, qr })
    };
    let files = posted.files.iter().map(|file| {
        let kind = match is_json(&file.name, &file.bytes) {
            true => SubmissionKind::Json,
            false => SubmissionKind::File { name: file.name.clone(), media_type: None },
        };
        of(&file.name, file.bytes.to_vec(), kind)
    });
    let text = Some(posted.field("text")).filter(|text| !text.trim().is_empty());
    let text = text.map(|text| of(pasted, text.as_bytes().to_vec(), SubmissionKind::Json));
    files.chain(text).collect()
}

/// Documents are JSON; everything else is notarized as the file that it is.
fn is_json(name: &str, bytes: &[u8]) -> bool {
    let first = bytes.iter().find(|byte| !byte.is_ascii_whitespace());
    name.to_ascii_lowercase().ends_with(".json") || first == Some(&b'{')
}

fn titled(page: Page) -> Page {
    page.titled("提交文档", "Submit documents").at(Section::Operator)
}
