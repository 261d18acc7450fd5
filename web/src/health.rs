//! How the server is, for machines that watch it.
//!
//! ```text
//! GET /health   200 {"status":"ok","origin":"credit.example.gov.cn/ledger","size":41,"pending":0,"anchor_alarms":0,"keys":"ok"}
//!                                                                                       or 503 "stopped"
//! GET /ready    200 {"status":"ready"}                                                   or 503 "stopping", "stopped"
//! GET /metrics  the counters, for this machine or whoever has the token
//! ```
//!
//! `keys` is `ok`, `warning` where something about them is to be done, or `waits` while no key signs and what was accepted
//! waits. `health` is whether the office still promises and seals: where it is 503, only a new start helps. `ready` is whether
//! new requests should come here.

use actix_web::guard::{Any, Get, Head};
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::client::Client;
use crate::keyring_watch::Mood;
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::settings::MetricsFor;

/// What proxies add: with one of these a request from this machine was passed on for somebody else.
const PASSED_ON: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    let read = || web::route().guard(Any(Get()).or(Head()));
    config
        .route("/health", read().to(health))
        .route("/ready", read().to(ready))
        .route("/metrics", read().to(metrics));
}

/// Marks the listener that is for the metrics.
#[derive(Clone, Copy)]
pub struct OwnListener;

#[derive(Serialize)]
struct Health<'a> {
    status: &'static str,
    origin: &'a str,
    size: u64,
    pending: u64,
    /// Targets of anchors that somebody has to look at. They do not make the office unwell.
    anchor_alarms: usize,
    keys: &'static str,
}

/// `GET /health`: 200 while the office promises and seals, 503 once it has stopped.
async fn health(shared: Data<Shared>) -> HttpResponse {
    let summary = shared.office().summary();
    let well = !summary.stopped && shared.failure().is_none();
    let health = Health {
        status: if well { "ok" } else { "stopped" },
        origin: summary.origin.as_str(),
        size: summary.size,
        pending: summary.pending,
        anchor_alarms: shared.anchoring().alarms(shared.office()),
        keys: Mood::of(shared.office(), shared.waits()).as_str(),
    };
    if well { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() }.json(health)
}

#[derive(Serialize)]
struct Ready {
    status: &'static str,
}

/// `GET /ready`: 200 while new requests are welcome.
async fn ready(shared: Data<Shared>) -> HttpResponse {
    let stopped = shared.office().summary().stopped || shared.failure().is_some();
    match (stopped, shared.is_ending()) {
        (true, _) => HttpResponse::ServiceUnavailable().json(Ready { status: "stopped" }),
        (_, true) => HttpResponse::ServiceUnavailable().json(Ready { status: "stopping" }),
        _ => HttpResponse::Ok().json(Ready { status: "ready" }),
    }
}

/// `GET /metrics`. Whoever may not read them is told that there is nothing.
async fn metrics(
    request: HttpRequest,
    client: Client,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    if !may_read(&request, &client, &shared.settings().metrics) {
        return Err(Common::NotFound.problem());
    }
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(shared.metrics_text()))
}

fn may_read(request: &HttpRequest, client: &Client, whom: &MetricsFor) -> bool {
    match whom {
        MetricsFor::ThisMachine => {
            client.address().is_loopback()
                && !PASSED_ON.iter().any(|name| request.headers().contains_key(*name))
        }
        MetricsFor::Elsewhere => request.app_data::<OwnListener>().is_some(),
        MetricsFor::Token(token) => {
            let sent = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
            sent.and_then(|value| value.strip_prefix("Bearer ")).is_some_and(|sent| token.is(sent))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use actix_web::test::TestRequest;
    use notary::keys::{Passphrase, example};
    use notary::office::{Clock, NewOffice, Office, OpenOptions, SealPolicy, SystemClock};
    use notary::refusal::{Refusal, RefusalCode};
    use verifier::origin::Origin;

    use super::*;
    use crate::settings::{Secret, Settings};

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
        let office = Arc::new(Office::open(&path, &passphrase, options).unwrap());
        let shared = Data::new(Shared::new(office, Settings::default()).unwrap());
        let status = |answer: HttpResponse| answer.status().as_u16();
        let now = || {
            let system = actix_web::rt::System::new();
            (status(system.block_on(health(shared.clone()))), status(system.block_on(ready(shared.clone()))))
        };
        assert_eq!(now(), (200, 200));
        shared.end();
        assert_eq!(now(), (200, 503));
        shared.fail(Refusal::new(RefusalCode::OfficeStopped));
        assert_eq!(now(), (503, 503));
    }

    #[test]
    fn metrics_are_for_this_machine_or_for_the_token() {
        let local = Client::new("127.0.0.1".parse().unwrap(), false);
        let remote = Client::new("192.0.2.1".parse().unwrap(), false);
        let plain = TestRequest::default().to_http_request();
        let passed = TestRequest::default().insert_header(("x-forwarded-for", "192.0.2.1")).to_http_request();
        assert!(may_read(&plain, &local, &MetricsFor::ThisMachine));
        assert!(!may_read(&plain, &remote, &MetricsFor::ThisMachine));
        assert!(!may_read(&passed, &local, &MetricsFor::ThisMachine), "passed on by a proxy beside it");
        let token = MetricsFor::Token(Secret::new("0123456789abcdef"));
        let with =
            |value: &str| TestRequest::default().insert_header((AUTHORIZATION, value)).to_http_request();
        assert!(may_read(&with("Bearer 0123456789abcdef"), &remote, &token));
        for wrong in ["Bearer 0123456789abcdeg", "Bearer ", "0123456789abcdef", "Bearer 0123456789abcdef0"] {
            assert!(!may_read(&with(wrong), &local, &token), "{wrong}");
        }
    }
}
