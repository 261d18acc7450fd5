//! Whoever calls the API: a program with its key, or a page of somebody who is signed in.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::Method;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpRequest};
use notary::operator_log::Actor;
use notary::people::{ApiKey, Scope};
use notary::refusal::{Refusal, RefusalCode};

use super::SignedIn;
use crate::problem::{Common, Problem};
use crate::server::Shared;

/// The header that carries a session's token in a call that changes something.
const CSRF_HEADER: &str = "x-csrf-token";

/// Whoever calls the API. As an extractor: 401 for nobody, and for a key that does not count, whatever session there is
/// besides; 403 for a session without its `X-CSRF-Token` in anything but GET and HEAD.
#[derive(Clone, Debug)]
pub enum ApiCaller {
    /// A program, by `Authorization: Bearer KEY`.
    Program(ApiKey),
    /// Somebody who is signed in, by the cookie.
    Person(Box<SignedIn>),
}

impl ApiCaller {
    /// Whether the caller may do this.
    ///
    /// # Errors
    /// `SCOPE_MISSING` otherwise.
    pub fn require(&self, scope: Scope) -> Result<(), Problem> {
        let scopes = match self {
            ApiCaller::Program(key) => key.scopes(),
            ApiCaller::Person(person) => person.role().scopes(),
        };
        match scopes.contains(&scope) {
            true => Ok(()),
            false => Err(Refusal::new(RefusalCode::ScopeMissing).right(scope.as_str()).into()),
        }
    }

    /// For the operator log.
    pub fn actor(&self) -> Actor {
        match self {
            ApiCaller::Program(key) => Actor::ApiKey(key.id()),
            ApiCaller::Person(person) => person.actor(),
        }
    }

    /// The number of the account or key.
    pub fn id(&self) -> String {
        self.actor().to_string()
    }

    /// The unit that calls.
    pub fn unit(&self) -> &str {
        match self {
            ApiCaller::Program(key) => key.unit(),
            ApiCaller::Person(person) => person.unit(),
        }
    }

    /// Whoever calls with this request.
    ///
    /// # Errors
    /// `SIGN_IN_NEEDED`, `API_KEY_REFUSED`, `CSRF_BAD`.
    pub fn of(request: &HttpRequest) -> Result<ApiCaller, Problem> {
        if let Some(value) = request.headers().get(AUTHORIZATION) {
            let key = value.to_str().ok().and_then(bearer);
            let refused = || Problem::from(Refusal::new(RefusalCode::ApiKeyRefused));
            let shared = request.app_data::<Data<Shared>>().ok_or_else(refused)?;
            return Ok(ApiCaller::Program(shared.office().people().caller(key.ok_or_else(refused)?)?));
        }
        let person = SignedIn::of(request).ok_or_else(|| Problem::from(Common::SignInNeeded))?;
        if !matches!(*request.method(), Method::GET | Method::HEAD) {
            let token = request.headers().get(CSRF_HEADER).and_then(|value| value.to_str().ok());
            person.check_csrf(token.unwrap_or_default())?;
        }
        Ok(ApiCaller::Person(Box::new(person)))
    }
}

impl FromRequest for ApiCaller {
    type Error = Error;
    type Future = Ready<Result<ApiCaller, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(ApiCaller::of(request).map_err(Error::from))
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}
