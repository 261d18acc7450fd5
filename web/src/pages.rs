//! The pages that anybody may open, and what is no page.
//!
//! ```text
//! GET  /                       what this is, three doors, the ledger's state     home
//! GET  /verify   POST /verify  file, picture, scan or typed text → verdict       verify
//! GET  /certificate   POST …   number and check code → what it certifies         certificate
//! ```
//!
//! Here: which address is answered by which page. Not here: the frame around them (`page`), their parts (`static/style.css`).

mod certificate;
mod home;
mod judged;
mod posted;
mod verify;

use actix_web::guard::{Any, Get, Head};
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse, Route};
use serde::Serialize;

use crate::page;
use crate::server::Shared;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .app_data(posted::limits())
        .route("/", read().to(home::home))
        .route("/verify", read().to(verify::form))
        .route("/verify", web::post().to(verify::verify))
        .route("/certificate", read().to(certificate::form))
        .route("/certificate", web::post().to(certificate::show));
}

/// A route for GET and HEAD.
fn read() -> Route {
    web::route().guard(Any(Get()).or(Head()))
}

/// `GET /health`: 200 while the office promises and seals, 503 once it has stopped.
pub async fn health(shared: Data<Shared>) -> HttpResponse {
    let summary = shared.office().summary();
    let well = !summary.stopped && shared.failure().is_none();
    let health = Health {
        status: if well { "ok" } else { "stopped" },
        origin: summary.origin.as_str(),
        size: summary.size,
        pending: summary.pending,
    };
    let mut answer = if well { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    answer.insert_header((CACHE_CONTROL, "no-store")).json(health)
}

#[derive(Serialize)]
struct Health<'a> {
    status: &'static str,
    origin: &'a str,
    size: u64,
    pending: u64,
}

/// Any other address, or another method: a page for a browser, a line for everything else.
pub async fn nothing(request: HttpRequest) -> HttpResponse {
    let accepted = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    match accepted.is_some_and(|kinds| kinds.contains("text/html")) {
        true => page::error(&request, StatusCode::NOT_FOUND),
        false => not_found(),
    }
}

/// No such file. Not to be kept: it may be there a moment later.
pub fn not_found() -> HttpResponse {
    HttpResponse::NotFound()
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body("404\n")
}

/// The file is there and can't be read.
pub fn unreadable() -> HttpResponse {
    HttpResponse::InternalServerError()
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body("500\n")
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use notary::keys::{Passphrase, example};
    use notary::office::{Clock, NewOffice, Office, OpenOptions, SealPolicy, SystemClock};
    use notary::refusal::{Refusal, RefusalCode};
    use verifier::origin::Origin;

    use super::*;

    #[test]
    fn health_is_503_once_sealing_has_failed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("office");
        let origin = Origin::parse(example::ORIGIN).unwrap();
        let new =
            NewOffice { origin, name: "N".into(), organisation: None, host: None, seal: SealPolicy::Manual };
        Office::create_example(&path, &new, SystemClock.now()).unwrap();
        let options = OpenOptions { allow_example_keys: true, ..OpenOptions::default() };
        let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).unwrap());
        let shared = Data::new(Shared::new(
            Arc::new(Office::open(&path, &passphrase, options).unwrap()),
            crate::settings::Settings::default(),
        ));
        let status = |shared: &Data<Shared>| {
            actix_web::rt::System::new().block_on(health(shared.clone())).status().as_u16()
        };
        assert_eq!(status(&shared), 200);
        shared.fail(Refusal::new(RefusalCode::OfficeStopped));
        assert_eq!(status(&shared), 503);
    }
}
