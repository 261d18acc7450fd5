//! Somebody who is signed in, as a handler sees them.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::header::{CACHE_CONTROL, LOCATION};
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse};
use notary::operator_log::Actor;
use notary::people::{Account, AccountId, AccountState, Officer, Role};
use verifier::hash::tagged;

use super::cookie::Cookie;
use super::next;
use crate::lang::Lang;
use crate::page::{Door, Person, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;

/// Somebody who is signed in with a password of their own. As an extractor: 303 to `/sign-in` for a page, 401 for the
/// API; 303 to `/password` while an own password has still to be chosen. `Option<SignedIn>` never fails.
#[derive(Clone, Debug)]
pub struct SignedIn {
    account: Account,
    csrf: String,
}

impl SignedIn {
    /// Whoever is signed in.
    pub fn of(request: &HttpRequest) -> Option<SignedIn> {
        SignedIn::even_limited(request).filter(|signed_in| !signed_in.account.must_change())
    }

    /// Also who has still to choose a password.
    pub(super) fn even_limited(request: &HttpRequest) -> Option<SignedIn> {
        let shared = request.app_data::<Data<Shared>>()?;
        let office = shared.office();
        let found = shared.sessions().find(&Cookie::Session.read(request)?, office.now())?;
        let account = office.people().account(found.account)?;
        let good = account.state() == AccountState::Active && account.generation() == found.generation;
        good.then_some(SignedIn { account, csrf: found.csrf })
    }

    /// The account's number.
    pub fn id(&self) -> AccountId {
        self.account.id()
    }

    /// The person's name.
    pub fn name(&self) -> &str {
        self.account.person()
    }

    /// The person's unit (单位).
    pub fn unit(&self) -> &str {
        self.account.unit()
    }

    /// The role.
    pub fn role(&self) -> Role {
        self.account.role()
    }

    /// Of a holder, the unified social credit code that it speaks for.
    pub fn code(&self) -> Option<&str> {
        self.account.code()
    }

    /// The whole account.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// For the operator log.
    pub fn actor(&self) -> Actor {
        Actor::Account(self.id(), self.role())
    }

    /// For proposing and confirming.
    pub fn officer(&self) -> Officer {
        Officer { id: self.id(), role: self.role() }
    }

    /// The token that forms of this session carry as `csrf`.
    pub fn csrf(&self) -> &str {
        &self.csrf
    }

    /// Whether the role is one of these.
    ///
    /// # Errors
    /// `FORBIDDEN` otherwise.
    pub fn require(&self, roles: &[Role]) -> Result<(), Problem> {
        if roles.contains(&self.role()) { Ok(()) } else { Err(Common::Forbidden.into()) }
    }

    /// Whether a form, or the first part of a multipart one, came from a page of this session.
    ///
    /// # Errors
    /// `CSRF_BAD` otherwise.
    pub fn check_csrf(&self, token: &str) -> Result<(), Problem> {
        if same(token, &self.csrf) { Ok(()) } else { Err(Common::CsrfBad.into()) }
    }

    /// For the frame of a page.
    pub fn person(&self, lang: Lang) -> Person {
        Person {
            name: self.name().to_string(),
            role: self.role().word(lang.words()).to_string(),
            doors: doors(self.role()),
            csrf: self.csrf.clone(),
        }
    }
}

/// Compares what is secret without telling by the time where they differ.
pub(super) fn same(one: &str, other: &str) -> bool {
    let hash = |text: &str| tagged("xinzheng/compare/v1", &[text.as_bytes()]);
    hash(one) == hash(other)
}

/// Where a role begins after signing in.
pub(super) fn home(role: Role) -> &'static str {
    match role {
        Role::Holder => "/holder",
        Role::Window => "/window",
        Role::Operator => "/operator",
        Role::Reviewer => "/review",
        Role::Auditor => "/admin/log",
        Role::SystemAdministrator | Role::SecurityAdministrator => "/admin",
    }
}

fn doors(role: Role) -> Vec<Door> {
    match role {
        Role::Holder => vec![Door::new("/holder", "我的证书", "My certificates", Section::Holder)],
        Role::Window => vec![Door::new("/window", "窗口核验", "Window", Section::Window)],
        Role::Operator => vec![Door::new("/operator", "签发", "Issue", Section::Operator)],
        Role::Reviewer => vec![Door::new("/review", "复核", "Review", Section::Review)],
        Role::Auditor | Role::SystemAdministrator | Role::SecurityAdministrator => {
            vec![Door::new("/admin", "管理", "Administration", Section::Admin)]
        }
    }
}

impl FromRequest for SignedIn {
    type Error = Error;
    type Future = Ready<Result<SignedIn, Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(match SignedIn::even_limited(request) {
            Some(signed_in) if !signed_in.account.must_change() => Ok(signed_in),
            other => Err(elsewhere(request, other.is_some())),
        })
    }
}

/// What whoever is not signed in gets.
pub(super) fn elsewhere(request: &HttpRequest, limited: bool) -> Error {
    if request.path().starts_with("/api/") {
        return Problem::from(Common::SignInNeeded).into();
    }
    let to = if limited { "/password".to_string() } else { next::sign_in(&next::of(request)) };
    let answer = see_other(&to);
    InternalError::from_response("sign in first", answer).into()
}

/// To another page, with GET.
pub(crate) fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, to)).insert_header((CACHE_CONTROL, "no-store")).finish()
}
