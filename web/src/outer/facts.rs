//! What is known of a request before it is routed, and what is written down of it afterwards.

use std::time::Instant;

use actix_web::dev::ServiceRequest;
use actix_web::http::{Method, StatusCode};

use crate::client::Client;
use crate::lang::Lang;
use crate::limits::Limits;
use crate::page::Page;
use crate::problem::wants_html;
use crate::request_id::RequestId;
use crate::server::Shared;

/// What is known of a request before it is routed.
pub struct Facts {
    pub id: RequestId,
    pub client: Client,
    pub lang: Lang,
    pub limits: Limits,
    /// The frame of a page about a problem, for a browser.
    pub page: Option<Page>,
    /// The pattern of the route, such as `/batches/{number}`: never the address itself, which may name a certificate.
    pub route: String,
    method: &'static str,
    began: Instant,
}

impl Facts {
    /// Reads them from a request.
    pub fn of(request: &ServiceRequest, shared: &Shared) -> Facts {
        let gate = shared.gate();
        let (own, headers) = (request.request(), request.headers());
        let peer = request.peer_addr().map(|peer| peer.ip());
        let tls = request.app_config().secure();
        let client = Client::of(peer, tls, headers, &shared.settings().proxies);
        let sent = if client.is_proxied() { RequestId::sent(headers) } else { None };
        Facts {
            id: sent.unwrap_or_else(|| gate.ids.next()),
            client,
            lang: Lang::of(own),
            limits: (gate.limits)(request.method(), request.path()),
            page: wants_html(request.path(), headers).then(|| Page::of(own)),
            route: request.resource_map().match_pattern(request.path()).unwrap_or_else(|| "none".to_string()),
            method: method(request.method()),
            began: Instant::now(),
        }
    }

    /// One line of log and the metrics. No address, no number, no name: they are personal data or lead to some.
    pub fn record(&self, status: StatusCode, code: &str, shared: &Shared) {
        let took = self.began.elapsed();
        shared.metrics().answered(&self.route, self.method, status, took);
        let (status, ms) = (status.as_u16(), u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        let (id, method, route) = (self.id.as_str(), self.method, self.route.as_str());
        let client = if self.page.is_some() { "browser" } else { "program" };
        let proxied = self.client.is_proxied();
        if status >= 500 {
            tracing::warn!(target: "request", id, method, route, status, code, ms, client, proxied, "answered");
        } else {
            tracing::info!(target: "request", id, method, route, status, code, ms, client, proxied, "answered");
        }
    }
}

/// One of the methods there are: a made-up one must not get into logs and metrics.
fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
