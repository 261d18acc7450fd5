//! The last form of every answer: problems get language, request id and a page for browsers; then the headers that
//! every answer has.

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, HeaderValue, REFERRER_POLICY,
    STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
};
use actix_web::{HttpResponse, http::header};

use super::facts::Facts;
use crate::page::{Trouble, error_page};
use crate::problem::{Problem, of_error, of_status};
use crate::request_id;

/// An answer loads nothing but this service's own files, runs no script that stands in it, and is shown in no frame.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
    connect-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; form-action 'self'; \
    frame-ancestors 'none'; base-uri 'none'";
/// The camera is for scanning; everything else is for nobody.
const PERMISSIONS: &str = "camera=(self), microphone=(), geolocation=(), payment=(), usb=(), serial=(), \
    bluetooth=(), display-capture=(), interest-cohort=()";
/// A year: whoever came over TLS comes over TLS again.
const TRANSPORT: &str = "max-age=31536000";

/// The answer as it is sent, and the code of the problem that it is; empty where it is none.
pub fn finish(answer: HttpResponse, facts: &Facts) -> (HttpResponse, String) {
    let problem = problem(&answer);
    let code = problem.as_ref().map(|problem| problem.code().to_string()).unwrap_or_default();
    let mut answer = match problem {
        Some(problem) => told(&problem, answer, facts),
        None => answer,
    };
    headers(&mut answer, facts);
    (answer, code)
}

/// The problem that an answer is: one of ours, one of the framework's readers, or the router's bare status.
fn problem(answer: &HttpResponse) -> Option<Problem> {
    if let Some(problem) = answer.extensions().get::<Problem>() {
        return Some(problem.clone());
    }
    let status = answer.status();
    if !status.is_client_error() && !status.is_server_error() {
        return None;
    }
    if let Some(error) = answer.error() {
        return Some(of_error(error));
    }
    matches!(answer.body().size(), BodySize::None | BodySize::Sized(0)).then(|| of_status(status))
}

/// The problem in the form that the caller reads, with what headers the answer had of its own.
fn told(problem: &Problem, answer: HttpResponse, facts: &Facts) -> HttpResponse {
    let id = facts.id.as_str();
    let mut told: HttpResponse<BoxBody> = match &facts.page {
        Some(page) => {
            let trouble = Trouble {
                sentence: problem.title(facts.lang.words()).to_string(),
                next: problem.message(facts.lang.words()).to_string(),
                code: problem.code().to_string(),
                request_id: id.to_string(),
            };
            error_page(page.clone(), problem.status(), &trouble)
        }
        None => problem.answer(facts.lang.words(), id),
    };
    const OWN: [HeaderName; 5] = [
        header::CONTENT_TYPE,
        header::CONTENT_LENGTH,
        header::CONTENT_LANGUAGE,
        header::CACHE_CONTROL,
        header::VARY,
    ];
    let set: Vec<HeaderName> = told.headers().keys().cloned().collect();
    for (name, value) in answer.headers() {
        if !OWN.contains(name) && !set.contains(name) {
            told.headers_mut().append(name.clone(), value.clone());
        }
    }
    if let Some(wait) = problem.empty().headers().get(header::RETRY_AFTER) {
        told.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    told
}

/// What every answer has. What a route has set itself stays.
fn headers(answer: &mut HttpResponse, facts: &Facts) {
    let own = answer.headers_mut();
    let mut set = |name: HeaderName, value: &'static str| {
        if !own.contains_key(&name) {
            own.insert(name, HeaderValue::from_static(value));
        }
    };
    set(CONTENT_SECURITY_POLICY, POLICY);
    set(X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(REFERRER_POLICY, "no-referrer");
    set(HeaderName::from_static("permissions-policy"), PERMISSIONS);
    set(HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    set(CACHE_CONTROL, "no-store");
    if facts.client.is_https() {
        set(STRICT_TRANSPORT_SECURITY, TRANSPORT);
    }
    if let Ok(id) = HeaderValue::from_str(facts.id.as_str()) {
        own.insert(HeaderName::from_static(request_id::HEADER), id);
    }
}
