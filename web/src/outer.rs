//! What happens around every request, in this order.
//!
//! ```text
//! who asks, which id     client, request_id
//! may it                 rates, how many at once, how large its body says it is
//! ─► the route           its body under watch, within its time, a panic caught
//! the answer             problems get language, id and form; headers that every answer has
//! the record             one line of log, the metrics
//! ```
//!
//! Nothing of this is a route's business, and no route can leave it out.

mod facts;
mod finish;

use std::panic::AssertUnwindSafe;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::CONTENT_LENGTH;
use actix_web::middleware::Next;
use actix_web::rt::time::timeout;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage};
use futures_util::FutureExt;

use self::facts::Facts;
use crate::limits::{self, Budget, Limits, Meter};
use crate::problem::{Common, Problem, of_error};
use crate::request_id::RequestIds;
use crate::server::Shared;

/// What requests of one server share here.
pub struct Gate {
    ids: RequestIds,
    budget: Arc<Budget>,
    limits: fn(&Method, &str) -> Limits,
}

impl Gate {
    /// With the limits of each request by its method and path.
    pub fn new(limits: fn(&Method, &str) -> Limits) -> Gate {
        Gate { ids: RequestIds::new(), budget: Arc::default(), limits }
    }
}

impl Default for Gate {
    fn default() -> Gate {
        Gate::new(limits::limits)
    }
}

/// The one middleware: everything between the connection and the route.
pub async fn outer(
    mut request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(shared) = request.app_data::<Data<Shared>>().cloned() else {
        return next.call(request).await;
    };
    let facts = Facts::of(&request, &shared);
    request.extensions_mut().insert(facts.client);
    request.extensions_mut().insert(facts.id.clone());
    let under_way = shared.metrics().enter();
    let answer = match refused(&request, &facts, &shared, under_way.count()) {
        Some(problem) => Ok(request.into_response(problem.empty())),
        None => {
            let meter = limits::guard(&mut request, facts.limits, shared.gate().budget.clone());
            answered(request, next, &facts, meter).await
        }
    };
    // From here on nothing can fail: every answer gets its headers and its record.
    match answer {
        Ok(answer) => {
            let (request, response) = answer.into_parts();
            let (response, code) = finish::finish(response, &facts);
            facts.record(response.status(), &code, &shared);
            Ok(ServiceResponse::new(request, response))
        }
        Err(problem) => {
            let (response, code) = finish::finish(problem.empty(), &facts);
            facts.record(response.status(), &code, &shared);
            // The request is gone with what handled it; the framework sends a response that comes as an error as it is.
            Err(InternalError::from_response("", response).into())
        }
    }
}

/// What speaks against this request before anything is done for it.
fn refused(request: &ServiceRequest, facts: &Facts, shared: &Shared, under_way: u64) -> Option<Problem> {
    if under_way > limits::IN_FLIGHT {
        return Some(Common::Busy.problem().retry_after(limits::BUSY_RETRY_S));
    }
    if let Err(problem) = shared.rates().request(&facts.client) {
        return Some(problem);
    }
    let says =
        request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    says.is_some_and(|says| says > facts.limits.body).then(|| Common::BodyLarge.problem())
}

/// The route's answer; or the problem that took its place, and the request with it.
async fn answered(
    request: ServiceRequest,
    next: Next<BoxBody>,
    facts: &Facts,
    meter: Rc<Meter>,
) -> Result<ServiceResponse<BoxBody>, Problem> {
    let route = AssertUnwindSafe(next.call(request)).catch_unwind();
    let answer = match timeout(facts.limits.time, route).await {
        Ok(Ok(Ok(answer))) => answer,
        Ok(Ok(Err(error))) => return Err(of_error(&error)),
        Ok(Err(_panic)) => {
            // What it says may hold what was being handled; where it came from is on standard error already.
            tracing::error!(target: "request", id = facts.id.as_str(), route = facts.route, "panic");
            return Err(Common::Internal.problem());
        }
        Err(_) if meter.is_open() => return Err(Common::BodySlow.problem()),
        Err(_) => return Err(Common::TimeLimit.problem().retry_after(limits::BUSY_RETRY_S)),
    };
    // Whatever the route made of a body that was cut: why it was cut is the answer.
    Ok(match meter.cut() {
        Some(cut) => answer.into_response(cut.problem().empty()),
        None => answer,
    })
}

#[cfg(test)]
mod tests;
