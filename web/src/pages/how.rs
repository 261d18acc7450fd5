//! `GET /how-to-check`: how anybody checks a certificate without relying on this service, in three steps.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use verifier::trust;

use crate::page::words::day;
use crate::page::{Page, Section};
use crate::server::Shared;

#[derive(Template)]
#[template(path = "how-to-check.html")]
struct HowToCheck<'a> {
    page: &'a Page,
    host: &'a str,
    origin: &'a str,
    root: String,
    fingerprint: String,
    sequence: u64,
    issued: String,
    expires: String,
}

/// The page.
pub async fn how(page: Page, shared: Data<Shared>) -> HttpResponse {
    let page = page.titled("如何自行核验", "How to check it yourself").at(Section::HowToCheck).public();
    let office = shared.office();
    let bundle = office.trust();
    let how = HowToCheck {
        page: &page,
        host: office.host(),
        origin: office.origin().as_str(),
        root: bundle.root().map(|root| root.encode()).unwrap_or_default(),
        fingerprint: bundle.root().map(trust::fingerprint).unwrap_or_default(),
        sequence: bundle.sequence(),
        issued: day(page.lang, bundle.issued().china_date()),
        expires: day(page.lang, bundle.expires().china_date()),
    };
    page.html(StatusCode::OK, &how)
}
