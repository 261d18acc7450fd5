//! `GET /`: what this is, three doors, the ledger's state.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;

use crate::page::{Page, Section};
use crate::server::Shared;

#[derive(Template)]
#[template(path = "home.html")]
struct Home<'a> {
    page: &'a Page,
    origin: &'a str,
    size: u64,
    batches: u64,
    pending: u64,
}

/// The first page.
pub async fn home(page: Page, shared: Data<Shared>) -> HttpResponse {
    let summary = shared.office().summary();
    let page = page
        .titled("社会信用区块链证书", "Blockchain certificates of social credit")
        .at(Section::Home)
        .public();
    let home = Home {
        page: &page,
        origin: summary.origin.as_str(),
        size: summary.size,
        batches: summary.batches,
        pending: summary.pending,
    };
    page.html(StatusCode::OK, &home)
}
