//! `/receipt`: what was verified for a case, printed for the file, and checked again later by its number.
//!
//! ```text
//! GET  /receipt              the form
//! POST /receipt   number=…   the receipt: whoever has its 24 digits has the paper
//! GET  /receipt/2026…        the same for the account that gave it, to print
//! ```
//!
//! A number that does not exist and one that is mistyped are told apart by its check digits only. Not here: making a
//! receipt (`window`, and the API).

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload, Query, block};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use notary::desk::{Receipt, ReceiptNumber};
use notary::operator_log::{Action, Actor, Outcome};
use notary::people::Role;
use notary::refusal::{Refusal, RefusalCode};
use serde::Deserialize;

use super::posted::Posted;
use crate::client::Client;
use crate::page::words::{exact, grouped, span};
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::SignedIn;

#[derive(Template)]
#[template(path = "receipt-form.html")]
struct ReceiptForm<'a> {
    page: &'a Page,
    trouble: &'a str,
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage<'a> {
    page: &'a Page,
    receipt: &'a Receipt,
    number: String,
    certificate: String,
    word: &'static str,
    tag: &'static str,
    sentence: &'static str,
    at: String,
    status: String,
    host: &'a str,
    /// The token of the form that scans the next one; only for the account that gave the receipt.
    csrf: Option<&'a str>,
    /// Whether case and matter are for the next scan too.
    keep: bool,
}

/// How a receipt's page was reached.
#[derive(Deserialize)]
pub struct Reached {
    keep: Option<String>,
}

/// The form.
pub async fn form(page: Page) -> HttpResponse {
    let page = titled(page).public();
    page.html(StatusCode::OK, &ReceiptForm { page: &page, trouble: "" })
}

/// The receipt with this number, for anybody who has it.
pub async fn check(
    request: HttpRequest,
    payload: Payload,
    page: Page,
    client: Client,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    let page = titled(page);
    let posted = Posted::read(&request, &mut payload.into_inner()).await?;
    let Ok(number) = ReceiptNumber::parse(posted.field("number")) else {
        let trouble = page.lang.pick(
            "回执编号为24位数字，校验位不符；请逐位核对。",
            "A receipt's number has 24 digits, and its check digits do not fit: compare them one by one.",
        );
        return Ok(page.html(StatusCode::BAD_REQUEST, &ReceiptForm { page: &page, trouble }));
    };
    shared.rates().look_up(&client)?;
    let office = shared.clone();
    let found = block(move || -> Result<Receipt, Refusal> {
        let office = office.office();
        let receipt = office.desk().receipt(&number)?;
        // Case and holder stand on it: a look is logged, whoever has the number.
        office.operator_log().append(
            &Actor::Nobody,
            Action::ReceiptViewed,
            number.as_str(),
            Outcome::Done,
        )?;
        Ok(receipt)
    })
    .await;
    match found.map_err(|_| Common::Internal.problem())? {
        Ok(receipt) => Ok(show(&page, &shared, &receipt, None)),
        Err(refusal) if refusal.code() == RefusalCode::ReceiptUnknown => {
            shared.rates().failed_look_up(&client, number.as_str());
            let trouble =
                page.lang.pick("未查到该回执；请逐位核对编号。", "No such receipt: compare its number.");
            Ok(page.html(StatusCode::NOT_FOUND, &ReceiptForm { page: &page, trouble }))
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// The receipt as the account that gave it prints it.
pub async fn own(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
    reached: Query<Reached>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Window])?;
    let page = titled(page).script("print.js");
    let number = ReceiptNumber::parse(&number).map_err(|_| Problem::from(Common::NotFound))?;
    let (office, account, actor) = (shared.clone(), signed_in.id().to_string(), signed_in.actor());
    let read = block(move || {
        let office = office.office();
        let receipt = office.desk().receipt(&number)?;
        if receipt.account != account {
            return Err(Refusal::new(RefusalCode::ReceiptUnknown));
        }
        office.operator_log().append(&actor, Action::ReceiptViewed, number.as_str(), Outcome::Done)?;
        Ok(receipt)
    });
    let receipt = read.await.map_err(|_| Common::Internal.problem())?.map_err(|refusal| {
        if refusal.code() == RefusalCode::ReceiptUnknown {
            Common::NotFound.into()
        } else {
            Problem::from(refusal)
        }
    })?;
    Ok(show(&page, &shared, &receipt, Some((signed_in.csrf(), reached.keep.is_some()))))
}

fn show(page: &Page, shared: &Data<Shared>, receipt: &Receipt, clerk: Option<(&str, bool)>) -> HttpResponse {
    let lang = page.lang;
    let status = receipt.status_as_of.map(|as_of| {
        let (when, age) = (exact(lang, as_of), span(lang, receipt.at.since(as_of)));
        if lang.is_en() {
            format!("{when} ({age} old then)")
        } else {
            format!("{when}（核验时为{age}前）")
        }
    });
    let shown = ReceiptPage {
        page,
        receipt,
        number: receipt.number.grouped(),
        certificate: receipt.certificate.map(|number| grouped(number.as_str())).unwrap_or_default(),
        word: receipt.outcome.word(lang.words()),
        tag: super::tag(receipt.outcome),
        sentence: receipt.code.message(lang.words()),
        at: exact(lang, receipt.at),
        status: status.unwrap_or_default(),
        host: shared.office().host(),
        csrf: clerk.map(|(csrf, _)| csrf),
        keep: clerk.is_some_and(|(_, keep)| keep),
    };
    page.html(StatusCode::OK, &shown)
}

fn titled(page: Page) -> Page {
    page.titled("核验回执", "Receipt of a verification").at(Section::Receipt)
}
