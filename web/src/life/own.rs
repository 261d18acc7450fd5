//! `/holder/objections/Y00001`: the holder's own objection.
//!
//! ```text
//! GET  /holder/objections/Y00001               where it is, what the office said, when it is due
//! POST /holder/objections/Y00001/take-back     version=2
//! ```
//!
//! Whoever speaks for the certificate's holder sees it; who filed it may take it back.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use askama::Template;
use notary::code::UnifiedCode;
use notary::objection::{Objection, ObjectionId};
use notary::office::Office;
use notary::operator_log::Action;
use serde::Deserialize;

use super::case::CaseView;
use crate::desk::holder::code;
use crate::desk::{actor, looked, read, see_other, tried, work};
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn};

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route(r"/holder/objections/{id:Y\d{5,12}}", read().to(show))
        .route(r"/holder/objections/{id:Y\d{5,12}}/take-back", web::post().to(take_back));
}

#[derive(Template)]
#[template(path = "life/objection-own.html")]
struct Own<'a> {
    page: &'a Page,
    csrf: &'a str,
    case: CaseView,
    can_take_back: bool,
    trouble: String,
}

#[derive(Debug, Deserialize)]
struct Version {
    version: u32,
}

async fn show(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    shown(page, signed_in, shared, &id, StatusCode::OK, String::new()).await
}

async fn shown(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: &str,
    status: StatusCode,
    trouble: String,
) -> Result<HttpResponse, Problem> {
    let code = code(&signed_in)?;
    let (lang, by, id) = (page.lang, signed_in.clone(), id.to_owned());
    let (case, own) = work(&shared, move |office| {
        let case = own_case(office, &code, &id)?;
        looked(office, &by, Action::ObjectionViewed, &case.id.to_string())?;
        Ok((CaseView::outward(lang, &case), case.filed_by == by.id().to_string()))
    })
    .await?;
    let page = page.titled("我的异议", "My objection").at(Section::Holder);
    let can_take_back = own && case.open();
    let own = Own { page: &page, csrf: signed_in.csrf(), case, can_take_back, trouble };
    Ok(page.html(status, &own))
}

async fn take_back(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<String>,
    form: CheckedForm<Version>,
) -> Result<HttpResponse, Problem> {
    let code = code(&signed_in)?;
    let (by, asked, version) = (signed_in.clone(), id.clone(), form.version);
    let refused = work(&shared, move |office| {
        let case = own_case(office, &code, &asked)?;
        let done = office.objections().take_back(&actor(&by), case.id, version, "");
        tried(office, &by, Action::ObjectionTakenBack, &case.id.to_string(), done, |status, _| {
            status == StatusCode::CONFLICT
        })
    })
    .await?;
    match refused {
        Ok(_) => Ok(see_other(&format!("/holder/objections/{id}"))),
        Err((status, refusal)) => {
            let trouble = refusal.message(page.lang.words());
            shown(page, signed_in, shared, &id, status, trouble).await
        }
    }
}

/// An objection against a certificate of this holder's. Another's and one that is not there look alike.
fn own_case(office: &Office, code: &UnifiedCode, id: &str) -> Result<Objection, Problem> {
    let found = ObjectionId::parse(id).and_then(|id| office.objections().one(id)).ok();
    let found = found.ok_or_else(|| Common::NotFound.problem())?;
    match office.holds(code, &found.certificate)? {
        true => Ok(found),
        false => Err(Common::NotFound.problem()),
    }
}
