//! `/admin/accounts/{id}` and what can be done with the account.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use notary::operator_log::Action;
use notary::people::{Account, AccountId, AccountState, Officer, OneTimePassword, People, Role};
use notary::refusal::{Refusal, RefusalCode};
use serde::Deserialize;

use super::accounts::{State, handed_over, role, roles, state};
use super::{ADMINISTRATORS, Notice, done, logged};
use crate::page::words::moment;
use crate::page::{Page, Section};
use crate::problem::Problem;
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn, blocking, see_other};

#[derive(Template)]
#[template(path = "admin/account.html")]
struct Show<'a> {
    page: &'a Page,
    notice: Option<Notice>,
    account: &'a Account,
    role: &'a str,
    state: State,
    made: String,
    until: Option<String>,
    proposal: Option<Proposed>,
    may_confirm: bool,
    may_propose: bool,
    may_manage: bool,
    suspended: bool,
    roles: Vec<(&'static str, String)>,
    csrf: &'a str,
}

/// What waits for the other administrator.
struct Proposed {
    role: String,
    code: String,
    by: String,
    at: String,
}

/// A form with nothing but its token.
#[derive(Deserialize)]
pub(super) struct Nothing {}

#[derive(Deserialize)]
pub(super) struct RoleForm {
    role: String,
    #[serde(default)]
    code: String,
}

pub(super) async fn show(
    request: HttpRequest,
    signed_in: SignedIn,
    page: Page,
    shared: Data<Shared>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&ADMINISTRATORS)?;
    let notice = done(&request, &page);
    looked_at(&signed_in, page, &shared, account_id(&id)?, StatusCode::OK, notice).await
}

/// The page of an account, looked at in the log.
async fn looked_at(
    signed_in: &SignedIn,
    page: Page,
    shared: &Data<Shared>,
    id: AccountId,
    status: StatusCode,
    notice: Option<Notice>,
) -> Result<HttpResponse, Problem> {
    let actor = signed_in.actor();
    let account = blocking(shared, move |shared| {
        logged(shared, &actor, Action::AccountsViewed, &id.to_string(), |shared| {
            let unknown = || Refusal::new(RefusalCode::AccountUnknown);
            shared.office().people().account(id).ok_or_else(unknown)
        })
    })
    .await?;
    Ok(shown(signed_in, page, &account, status, notice))
}

fn shown(
    signed_in: &SignedIn,
    page: Page,
    account: &Account,
    status: StatusCode,
    notice: Option<Notice>,
) -> HttpResponse {
    let page = page.titled("账号", "Account").at(Section::Admin);
    let own = account.id() == signed_in.id();
    let proposal = account.proposal();
    let show = Show {
        notice,
        account,
        role: account.role().word(page.lang.words()),
        state: state(account, &page),
        made: moment(page.lang, account.made()),
        until: account.one_time_until().map(|until| moment(page.lang, until)),
        may_confirm: !own && proposal.is_some_and(|p| p.by_role().counterpart() == Some(signed_in.role())),
        may_propose: !own && account.state() == AccountState::Active,
        may_manage: !own && signed_in.role() == Role::SystemAdministrator && !account.role().is_officer(),
        suspended: account.state() == AccountState::Suspended,
        proposal: proposal.map(|p| Proposed {
            role: p.role().word(page.lang.words()).to_string(),
            code: p.code().unwrap_or_default().to_string(),
            by: p.by().to_string(),
            at: moment(page.lang, p.at()),
        }),
        roles: roles(&page),
        csrf: signed_in.csrf(),
        page: &page,
    };
    page.html(status, &show)
}

pub(super) async fn propose_role(
    signed_in: SignedIn,
    page: Page,
    shared: Data<Shared>,
    id: Path<String>,
    form: CheckedForm<RoleForm>,
) -> Result<HttpResponse, Problem> {
    let RoleForm { role: word, code } = form.0;
    let how = move |people: &People, by: Officer, id: AccountId| {
        people.propose_role(by, id, role(&word)?, Some(&code)).map(drop)
    };
    change(signed_in, page, shared, &id, Action::RoleProposed, "proposed", how).await
}

pub(super) async fn confirm(
    signed_in: SignedIn,
    page: Page,
    shared: Data<Shared>,
    id: Path<String>,
    _form: CheckedForm<Nothing>,
) -> Result<HttpResponse, Problem> {
    let how = |people: &People, by: Officer, id: AccountId| people.confirm(by, id).map(drop);
    change(signed_in, page, shared, &id, Action::AccountConfirmed, "confirmed", how).await
}

pub(super) async fn reject(
    signed_in: SignedIn,
    page: Page,
    shared: Data<Shared>,
    id: Path<String>,
    _form: CheckedForm<Nothing>,
) -> Result<HttpResponse, Problem> {
    let how = |people: &People, by: Officer, id: AccountId| people.reject(by, id).map(drop);
    change(signed_in, page, shared, &id, Action::AccountRejected, "rejected", how).await
}

pub(super) async fn suspend(
    signed_in: SignedIn,
    page: Page,
    shared: Data<Shared>,
    id: Path<String>,
    _form: CheckedForm<Nothing>,
) -> Result<HttpResponse, Problem> {
    let how = |people: &People, by: Officer, id: AccountId| people.suspend(Some(by), id).map(drop);
    change(signed_in, page, shared, &id, Action::AccountSuspended, "suspended", how).await
}

pub(super) async fn resume(
    signed_in: SignedIn,
    page: Page,
    shared: Data<Shared>,
    id: Path<String>,
    _form: CheckedForm<Nothing>,
) -> Result<HttpResponse, Problem> {
    let how = |people: &People, by: Officer, id: AccountId| people.resume(Some(by), id).map(drop);
    change(signed_in, page, shared, &id, Action::AccountResumed, "resumed", how).await
}

/// Shows the new password at once, and never again.
pub(super) async fn reset(
    signed_in: SignedIn,
    page: Page,
    shared: Data<Shared>,
    id: Path<String>,
    _form: CheckedForm<Nothing>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&ADMINISTRATORS)?;
    let id = account_id(&id)?;
    let (by, actor) = (signed_in.officer(), signed_in.actor());
    let answer: Result<(Account, OneTimePassword), Refusal> = blocking(&shared, move |shared| {
        logged(shared, &actor, Action::PasswordReset, &id.to_string(), |shared| {
            shared.office().people().reset_password(Some(by), id)
        })
    })
    .await;
    match answer {
        Ok((account, password)) => Ok(handed_over(page, &account, password.as_str())),
        Err(refusal) => refused(&signed_in, page, &shared, id, refusal).await,
    }
}

async fn change(
    signed_in: SignedIn,
    page: Page,
    shared: Data<Shared>,
    id: &str,
    action: Action,
    word: &'static str,
    how: impl FnOnce(&People, Officer, AccountId) -> Result<(), Refusal> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&ADMINISTRATORS)?;
    let id = account_id(id)?;
    let (by, actor) = (signed_in.officer(), signed_in.actor());
    let answer = blocking(&shared, move |shared| {
        logged(shared, &actor, action, &id.to_string(), |shared| how(shared.office().people(), by, id))
    })
    .await;
    match answer {
        Ok(()) => Ok(see_other(&format!("/admin/accounts/{id}?done={word}"))),
        Err(refusal) => refused(&signed_in, page, &shared, id, refusal).await,
    }
}

/// The account's page again, with what was refused at its top.
async fn refused(
    signed_in: &SignedIn,
    page: Page,
    shared: &Data<Shared>,
    id: AccountId,
    refusal: Refusal,
) -> Result<HttpResponse, Problem> {
    let problem = Problem::from(refusal);
    if problem.status() == StatusCode::NOT_FOUND || problem.status().is_server_error() {
        return Err(problem);
    }
    let notice = Notice::refused(&problem, &page);
    looked_at(signed_in, page, shared, id, problem.status(), Some(notice)).await
}

fn account_id(text: &str) -> Result<AccountId, Problem> {
    AccountId::parse(text).ok_or_else(|| Refusal::new(RefusalCode::AccountUnknown).into())
}
