//! `/sign-in`, `/sign-out`, `/password`.

use actix_web::guard::{Any, Get, Head};
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, SET_COOKIE};
use actix_web::web::{self, Data, Query, ServiceConfig};
use actix_web::{Error, HttpRequest, HttpResponse};
use askama::Template;
use notary::operator_log::{Action, Actor, Outcome};
use notary::people::{Account, PASSWORD_MIN};
use notary::refusal::RefusalCode;
use serde::Deserialize;

use super::cookie::Cookie;
use super::form::{self, CheckedForm};
use super::signed_in::{SignedIn, elsewhere, home, same, see_other};
use super::{blocking, next, store};
use crate::client::Client;
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;

pub(super) fn configure(config: &mut ServiceConfig) {
    let read = || web::route().guard(Any(Get()).or(Head()));
    config
        .service(web::resource("/sign-in").route(read().to(sign_in_page)).route(web::post().to(sign_in)))
        .service(web::resource("/sign-out").route(web::post().to(sign_out)))
        .service(
            web::resource("/password").route(read().to(password_page)).route(web::post().to(set_password)),
        );
}

#[derive(Deserialize)]
struct Next {
    #[serde(default)]
    next: String,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage<'a> {
    page: &'a Page,
    error: Option<String>,
    name: &'a str,
    next: &'a str,
    csrf: &'a str,
}

#[derive(Deserialize)]
struct SignInForm {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

async fn sign_in_page(
    request: HttpRequest,
    page: Page,
    query: Option<Query<Next>>,
) -> Result<HttpResponse, Error> {
    let next = query.map(|query| query.into_inner().next).unwrap_or_default();
    if let Some(signed_in) = SignedIn::even_limited(&request) {
        return Ok(see_other(after(signed_in.account(), &next)));
    }
    Ok(sign_in_form(&request, page, StatusCode::OK, None, "", &next)?)
}

/// The page with its form. Before there is a session a token of its own, in a cookie and in the form, shows that the form
/// came from here: nobody is signed in as somebody else by another site.
fn sign_in_form(
    request: &HttpRequest,
    page: Page,
    status: StatusCode,
    error: Option<String>,
    name: &str,
    next: &str,
) -> Result<HttpResponse, Problem> {
    let page = page.titled("登录", "Sign in").at(Section::SignIn);
    let kept = Cookie::Form.read(request).filter(|token| store::is_random(token));
    let token = match kept {
        Some(token) => token,
        None => store::random()?.to_string(),
    };
    let next = next::checked(next).unwrap_or_default();
    let form = SignInPage { page: &page, error, name, next, csrf: &token };
    let mut answer = page.html(status, &form);
    set_cookie(&mut answer, &Cookie::Form.set(request, &token));
    Ok(answer)
}

async fn sign_in(
    request: HttpRequest,
    payload: web::Payload,
    client: Client,
    page: Page,
    shared: Data<Shared>,
) -> Result<HttpResponse, Error> {
    shared.rates().sign_in(&client)?;
    let text = form::read(&request, &mut payload.into_inner()).await?;
    let token = form::token(&text)?;
    let form: SignInForm = form::fields(&text)?;
    if !Cookie::Form.read(&request).is_some_and(|kept| same(&kept, &token)) {
        // Cookies are off, or the form lay open for long: the form again, with a token that holds.
        let problem = Problem::from(Common::CsrfBad);
        let error = problem.message(page.lang.words()).to_string();
        return Ok(sign_in_form(&request, page, problem.status(), Some(error), "", &form.next)?);
    }
    let source = client.address().to_string();
    let (name, password) = (form.name.clone(), form.password);
    let answer = blocking(&shared, move |shared| {
        let office = shared.office();
        let answer = office.people().sign_in(&name, &password, &source);
        let account = office.people().by_name(&name);
        let actor = match (&answer, &account) {
            (Ok(_), Some(account)) => Actor::Account(account.id(), account.role()),
            _ => Actor::Nobody,
        };
        let object = account.map(|account| account.id().to_string()).unwrap_or_default();
        office.operator_log().append(&actor, Action::SignedIn, &object, Outcome::from(&answer))?;
        answer
    })
    .await;
    match answer {
        Ok(signed_in) => Ok(begin(&request, &shared, &signed_in.account, &form.next)?),
        Err(refusal) => {
            let problem = Problem::from(refusal);
            let error = problem.message(page.lang.words()).to_string();
            Ok(sign_in_form(&request, page, problem.status(), Some(error), &form.name, &form.next)?)
        }
    }
}

/// A new session with a new identifier; the old one, if there was one, ends.
fn begin(
    request: &HttpRequest,
    shared: &Shared,
    account: &Account,
    next: &str,
) -> Result<HttpResponse, Problem> {
    if let Some(old) = Cookie::Session.read(request) {
        shared.sessions().end(&old);
    }
    let token = shared.sessions().begin(account, shared.office().now())?;
    let mut answer = see_other(after(account, next));
    set_cookie(&mut answer, &Cookie::Session.set(request, &token));
    set_cookie(&mut answer, &Cookie::Form.clear(request));
    Ok(answer)
}

/// Where somebody goes who has just signed in.
fn after<'a>(account: &Account, next: &'a str) -> &'a str {
    match account.must_change() {
        true => "/password",
        false => next::checked(next).unwrap_or(home(account.role())),
    }
}

#[derive(Deserialize)]
struct Nothing {}

async fn sign_out(
    request: HttpRequest,
    shared: Data<Shared>,
    form: Result<CheckedForm<Nothing>, Error>,
) -> Result<HttpResponse, Error> {
    let signed_in = SignedIn::even_limited(&request);
    if let Some(signed_in) = &signed_in {
        // Somebody whose session has ended already is signed out: no token is asked for.
        form?;
        let actor = signed_in.actor();
        let id = signed_in.id().to_string();
        if let Some(token) = Cookie::Session.read(&request) {
            shared.sessions().end(&token);
        }
        blocking(&shared, move |shared| {
            shared.office().operator_log().append(&actor, Action::SignedOut, &id, Outcome::Done)
        })
        .await
        .map_err(Problem::from)?;
    }
    let mut answer = see_other("/");
    set_cookie(&mut answer, &Cookie::Session.clear(&request));
    Ok(answer)
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage<'a> {
    page: &'a Page,
    error: Option<String>,
    /// Whether the password that is replaced was given out, and an own one has never been set.
    first: bool,
    least: usize,
    name: &'a str,
    csrf: &'a str,
}

#[derive(Deserialize)]
struct PasswordForm {
    #[serde(default)]
    current: String,
    password: String,
    again: String,
}

async fn password_page(request: HttpRequest, page: Page) -> Result<HttpResponse, Error> {
    let signed_in = SignedIn::even_limited(&request).ok_or_else(|| elsewhere(&request, false))?;
    Ok(password_form(page, &signed_in, StatusCode::OK, None))
}

fn password_form(
    page: Page,
    signed_in: &SignedIn,
    status: StatusCode,
    error: Option<String>,
) -> HttpResponse {
    let page = page.titled("设置密码", "Choose a password").at(Section::SignIn);
    let form = PasswordPage {
        page: &page,
        error,
        first: signed_in.account().must_change(),
        least: PASSWORD_MIN,
        name: signed_in.account().name(),
        csrf: signed_in.csrf(),
    };
    page.html(status, &form)
}

async fn set_password(
    request: HttpRequest,
    client: Client,
    page: Page,
    shared: Data<Shared>,
    form: CheckedForm<PasswordForm>,
) -> Result<HttpResponse, Error> {
    shared.rates().sign_in(&client)?;
    let signed_in = SignedIn::even_limited(&request).ok_or_else(|| elsewhere(&request, false))?;
    let form = form.0;
    if !same(&form.password, &form.again) {
        let error =
            page.lang.pick("两次输入的密码不同，请重新输入", "the two passwords differ; type both again");
        let error = Some(error.to_string());
        return Ok(password_form(page, &signed_in, StatusCode::UNPROCESSABLE_ENTITY, error));
    }
    let source = client.address().to_string();
    let (account, actor) = (signed_in.account().clone(), signed_in.actor());
    let answer = blocking(&shared, move |shared| {
        let office = shared.office();
        let current = Some(form.current.as_str());
        let answer = office.people().set_password(
            account.id(),
            account.generation(),
            current,
            &form.password,
            &source,
        );
        let object = account.id().to_string();
        office.operator_log().append(&actor, Action::PasswordSet, &object, Outcome::from(&answer))?;
        answer
    })
    .await;
    match answer {
        // Every session of the account has ended; this one goes on under a new identifier.
        Ok(account) => Ok(begin(&request, &shared, &account, "")?),
        Err(refusal) if refusal.code() == RefusalCode::AccountUnknown => Err(elsewhere(&request, false)),
        Err(refusal) => {
            let problem = Problem::from(refusal);
            let error = problem.message(page.lang.words()).to_string();
            Ok(password_form(page, &signed_in, problem.status(), Some(error)))
        }
    }
}

fn set_cookie(answer: &mut HttpResponse, cookie: &str) {
    if let Ok(value) = HeaderValue::from_str(cookie) {
        answer.headers_mut().append(SET_COOKIE, value);
    }
}
