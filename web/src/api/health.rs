//! `GET /health` and `GET /ready`: whether the office promises and seals.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use serde::Serialize;

use super::answer;
use super::route::Address;
use crate::server::Shared;

pub fn addresses() -> Vec<Address> {
    vec![Address::get("/health", health), Address::get("/ready", ready)]
}

#[derive(Serialize)]
struct Health<'a> {
    status: &'static str,
    origin: &'a str,
    name: &'a str,
    size: u64,
    batches: u64,
    pending: u64,
    time: String,
    version: &'static str,
}

/// 200 while the office promises and seals, 503 once it has stopped.
async fn health(shared: Data<Shared>) -> HttpResponse {
    let summary = shared.office().summary();
    let well = is_well(&shared);
    let health = Health {
        status: if well { "ok" } else { "stopped" },
        origin: summary.origin.as_str(),
        name: &summary.name,
        size: summary.size,
        batches: summary.batches,
        pending: summary.pending,
        time: shared.office().now().display_china(),
        version: env!("CARGO_PKG_VERSION"),
    };
    answer::json(if well { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, &health)
}

#[derive(Serialize)]
struct Ready {
    status: &'static str,
}

/// 200 while new requests are welcome.
async fn ready(shared: Data<Shared>) -> HttpResponse {
    let status = match (is_well(&shared), shared.is_ending()) {
        (false, _) => "stopped",
        (true, true) => "stopping",
        (true, false) => "ready",
    };
    let code = if status == "ready" { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    answer::json(code, &Ready { status })
}

fn is_well(shared: &Shared) -> bool {
    !shared.office().summary().stopped && shared.failure().is_none()
}
