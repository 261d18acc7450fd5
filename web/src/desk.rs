//! The pages of those who work with certificates before and after they are issued: holder, operator, reviewer.
//!
//! ```text
//! /holder      own certificates, downloads, asking for a report, show-codes (亮证)
//! /operator    requests and drafts that wait, submitting, previews, approving, certificates
//! /review      what needs a second person (四眼), and what was changed by hand
//! /show/N      what a show-code shows, for whoever looks at the holder's phone
//! ```
//!
//! Everything is a plain form and works without scripts. Every change, and every look at what is not public, is in the
//! operator log before it is shown. Not here: the rules, which are `notary::desk`'s; these pages only say what it answers. What
//! happens to a certificate after it was issued is in `life`.

mod ask;
pub mod certificate;
mod check;
mod copy;
mod diff;
mod download;
mod draft;
pub mod holder;
pub mod lists;
mod operator;
pub mod posted;
mod preview;
mod review;
mod show;
mod submit;

use actix_web::guard::{Any, Get, Head};
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::web::{self, Data, ServiceConfig, block};
use actix_web::{HttpResponse, Route};
use notary::desk::{Actor, Standing};
use notary::office::Office;
use notary::operator_log::{Action, Outcome};
use notary::people::Role;
use notary::refusal::{Refusal, RefusalCode};

use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::SignedIn;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    holder::configure(config);
    ask::configure(config);
    download::configure(config);
    show::configure(config);
    operator::configure(config);
    submit::configure(config);
    draft::configure(config);
    certificate::configure(config);
    check::configure(config);
    copy::configure(config);
    review::configure(config);
}

/// A route for GET and HEAD.
pub fn read() -> Route {
    web::route().guard(Any(Get()).or(Head()))
}

/// Somebody who is signed in, as the desk knows them.
pub fn actor(signed_in: &SignedIn) -> Actor {
    let standing = match signed_in.role() {
        Role::Holder => Standing::Holder,
        Role::Operator => Standing::Operator,
        Role::Reviewer => Standing::Reviewer,
        _ => Standing::Window,
    };
    Actor { account: signed_in.id().to_string(), unit: signed_in.unit().to_owned(), standing }
}

/// Does something with the office on a thread that may wait for the disk.
pub async fn work<T: Send + 'static>(
    shared: &Data<Shared>,
    work: impl FnOnce(&Office) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let shared = shared.clone();
    block(move || work(shared.office())).await.map_err(|_| Common::Internal.problem())?
}

/// Writes a look at something into the operator log. What can't be logged is not shown.
pub fn looked(office: &Office, by: &SignedIn, action: Action, object: &str) -> Result<(), Problem> {
    office.operator_log().append(&by.actor(), action, object, Outcome::Done)?;
    Ok(())
}

/// Writes into the operator log what came of a change.
pub fn logged<T>(
    office: &Office,
    by: &SignedIn,
    action: Action,
    object: &str,
    done: Result<T, Refusal>,
) -> Result<T, Problem> {
    office.operator_log().append(&by.actor(), action, object, Outcome::from(&done))?;
    Ok(done?)
}

/// What came of a change: done, or a refusal that the person can mend, with its status.
pub type Tried<T> = Result<T, (StatusCode, Refusal)>;

/// As [`logged`]; but a refusal that `mends` says the person can mend comes back, for the form is shown again with what was typed.
pub fn tried<T>(
    office: &Office,
    by: &SignedIn,
    action: Action,
    object: &str,
    done: Result<T, Refusal>,
    mends: impl FnOnce(StatusCode, RefusalCode) -> bool,
) -> Result<Tried<T>, Problem> {
    let refusal = done.as_ref().err().cloned();
    match (logged(office, by, action, object, done), refusal) {
        (Ok(value), _) => Ok(Ok(value)),
        (Err(problem), Some(refusal)) if mends(problem.status(), refusal.code()) => {
            Ok(Err((problem.status(), refusal)))
        }
        (Err(problem), _) => Err(problem),
    }
}

/// To another page, with GET.
pub fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, to)).insert_header((CACHE_CONTROL, "no-store")).finish()
}
