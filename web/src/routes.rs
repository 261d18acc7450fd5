//! Every address that the service answers. Anything else is 404.

use actix_web::HttpResponse;
use actix_web::guard::{Any, Get, Head};
use actix_web::web::{self, ServiceConfig};

use crate::problem::{self, Common, Problem};
use crate::{
    admin, api, commitments, desk, files, health, imports, landing, life, pages, session, static_files,
};

/// All routes, for GET and HEAD only.
pub fn routes(config: &mut ServiceConfig) {
    api::configure(config);
    static_files::configure(config);
    landing::configure(config);
    pages::configure(config);
    health::configure(config);
    problem::configure(config);
    session::configure(config);
    admin::configure(config);
    desk::configure(config);
    imports::pages::configure(config);
    life::configure(config);
    crate::witnessing::configure(config);
    commitments::configure(config);
    let read = || web::route().guard(Any(Get()).or(Head()));
    config.route("/ledger/{path:.*}", read().to(files::ledger)).default_service(web::to(nothing));
}

/// Any other address, or another method.
async fn nothing() -> Result<HttpResponse, Problem> {
    Err(Common::NotFound.problem())
}
