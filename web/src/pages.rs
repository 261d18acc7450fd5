//! The pages that anybody may open, and what is no page.
//!
//! ```text
//! GET  /                       what this is, three doors, the ledger's state     home
//! GET  /verify   POST /verify  file, picture, scan or typed text → verdict       verify
//! GET  /batches, /batches/7, /batches/entry                                        batches
//! GET  /window   POST /window, /window/receipt     for clerks                     window
//! GET  /receipt   POST /receipt   GET /receipt/…   what was verified for a case   receipt
//! GET  /how-to-check                                                              how
//! GET  /certificate   POST …   number and check code → what it certifies         certificate
//! ```
//!
//! Here: which address is answered by which page. Not here: the frame around them (`page`), their parts (`static/style.css`).

mod batches;
mod certificate;
mod home;
mod how;
mod judged;
pub(crate) mod posted;
mod receipt;
mod verify;
mod window;

use actix_web::guard::{Any, Get, Head};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Route};

use verifier::verdict::Outcome;

use crate::problem::Common;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .app_data(posted::limits())
        .route("/", read().to(home::home))
        .route("/verify", read().to(verify::form))
        .route("/verify", web::post().to(verify::verify))
        .route("/certificate", read().to(certificate::form))
        .route("/certificate", web::post().to(certificate::show))
        .route("/window", read().to(window::form))
        .route("/window", web::post().to(window::scan))
        .route("/window/receipt", web::post().to(window::receipt))
        .route("/receipt", read().to(receipt::form))
        .route("/receipt", web::post().to(receipt::check))
        .route("/receipt/{number}", read().to(receipt::own))
        .route("/batches", read().to(batches::list))
        .route("/batches/entry", read().to(batches::entry))
        .route("/batches/entry", web::post().to(batches::entry_of))
        .route("/batches/{number}", read().to(batches::batch))
        .route("/how-to-check", read().to(how::how));
}

/// The class of an outcome in one word.
fn tag(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Valid => "tag-ok",
        Outcome::Invalid => "tag-error",
        Outcome::Undetermined => "tag-warn",
    }
}

/// A route for GET and HEAD.
fn read() -> Route {
    web::route().guard(Any(Get()).or(Head()))
}

/// No such file, for whoever answers without a `Result`.
pub fn not_found() -> HttpResponse {
    Common::NotFound.problem().empty()
}
