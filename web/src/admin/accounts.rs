//! `/admin/accounts` and `/admin/accounts/new`.

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use notary::operator_log::{Action, Outcome};
use notary::people::{Account, AccountState, NewAccount, Role};
use notary::refusal::{Refusal, RefusalCode};
use serde::Deserialize;

use super::{ADMINISTRATORS, Notice, done};
use crate::page::words::moment;
use crate::page::{Page, Section};
use crate::problem::Problem;
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn, blocking};

#[derive(Template)]
#[template(path = "admin/accounts.html")]
struct List<'a> {
    page: &'a Page,
    notice: Option<Notice>,
    waiting: Vec<Row>,
    rows: Vec<Row>,
}

/// An account in a list.
struct Row {
    id: String,
    name: String,
    person: String,
    unit: String,
    role: String,
    state: State,
}

/// Its state in one word, and how that word looks.
pub(super) struct State {
    pub(super) word: String,
    pub(super) look: &'static str,
}

pub(super) async fn list(
    request: HttpRequest,
    signed_in: SignedIn,
    page: Page,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&ADMINISTRATORS)?;
    let page = page.titled("账号", "Accounts").at(Section::Admin);
    let actor = signed_in.actor();
    let accounts = blocking(&shared, move |shared| {
        shared.office().operator_log().append(&actor, Action::AccountsViewed, "", Outcome::Done)?;
        Ok(shared.office().people().accounts())
    })
    .await?;
    let waits = |account: &&Account| {
        account.proposal().is_some_and(|p| p.by_role().counterpart() == Some(signed_in.role()))
    };
    let waiting = accounts.iter().filter(waits).map(|account| row(account, &page)).collect();
    let rows = accounts.iter().map(|account| row(account, &page)).collect();
    let notice = done(&request, &page);
    Ok(page.html(StatusCode::OK, &List { page: &page, notice, waiting, rows }))
}

fn row(account: &Account, page: &Page) -> Row {
    Row {
        id: account.id().to_string(),
        name: account.name().to_string(),
        person: account.person().to_string(),
        unit: account.unit().to_string(),
        role: account.role().word(page.lang.words()).to_string(),
        state: state(account, page),
    }
}

pub(super) fn state(account: &Account, page: &Page) -> State {
    let (look, zh, en) = match (account.state(), account.proposal(), account.must_change()) {
        (AccountState::Proposed, _, _) => ("tag-warn", "待确认", "to be confirmed"),
        (AccountState::Suspended, _, _) => ("tag-error", "已停用", "suspended"),
        (AccountState::Active, Some(_), _) => ("tag-warn", "角色变更待确认", "role to be confirmed"),
        (AccountState::Active, None, true) => ("", "待首次登录", "not signed in yet"),
        (AccountState::Active, None, false) => ("tag-ok", "使用中", "in use"),
    };
    State { word: page.lang.pick(zh, en).to_string(), look }
}

#[derive(Template)]
#[template(path = "admin/account-new.html")]
struct New<'a> {
    page: &'a Page,
    error: Option<String>,
    at: String,
    roles: Vec<(&'static str, String)>,
    form: &'a NewForm,
    csrf: &'a str,
}

#[derive(Default, Deserialize)]
pub(super) struct NewForm {
    #[serde(default)]
    name: String,
    #[serde(default)]
    person: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    role: String,
    #[serde(default)]
    code: String,
}

pub(super) async fn new_page(signed_in: SignedIn, page: Page) -> Result<HttpResponse, Problem> {
    signed_in.require(&ADMINISTRATORS)?;
    Ok(new_form(page, &signed_in, StatusCode::OK, None, &NewForm::default()))
}

fn new_form(
    page: Page,
    signed_in: &SignedIn,
    status: StatusCode,
    problem: Option<&Problem>,
    form: &NewForm,
) -> HttpResponse {
    let page = page.titled("新增账号", "New account").at(Section::Admin);
    let new = New {
        page: &page,
        error: problem.map(|problem| problem.message(page.lang.words()).to_string()),
        at: problem.and_then(Problem::where_).unwrap_or_default().to_string(),
        roles: roles(&page),
        form,
        csrf: signed_in.csrf(),
    };
    page.html(status, &new)
}

pub(super) fn roles(page: &Page) -> Vec<(&'static str, String)> {
    Role::ALL.iter().map(|role| (role.as_str(), role.word(page.lang.words()).to_string())).collect()
}

pub(super) fn role(word: &str) -> Result<Role, Refusal> {
    let words = || Role::ALL.map(Role::as_str).join(", ");
    Role::parse(word).ok_or_else(|| Refusal::new(RefusalCode::RoleUnknown).at("role").right(words()))
}

pub(super) async fn add(
    signed_in: SignedIn,
    page: Page,
    shared: Data<Shared>,
    form: CheckedForm<NewForm>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&ADMINISTRATORS)?;
    let form = form.0;
    let new = role(&form.role)
        .and_then(|role| NewAccount::new(&form.name, &form.person, &form.unit, role, Some(&form.code)));
    let (by, actor) = (signed_in.officer(), signed_in.actor());
    let made = blocking(&shared, move |shared| {
        let made = new.and_then(|new| shared.office().people().propose(by, new));
        let object = made.as_ref().map(|(account, _)| account.id().to_string()).unwrap_or_default();
        let outcome = Outcome::from(&made);
        shared.office().operator_log().append(&actor, Action::AccountAdded, &object, outcome)?;
        made
    })
    .await;
    match made {
        Ok((account, password)) => Ok(handed_over(page, &account, password.as_str())),
        Err(refusal) => {
            let problem = Problem::from(refusal);
            Ok(new_form(page, &signed_in, problem.status(), Some(&problem), &form))
        }
    }
}

#[derive(Template)]
#[template(path = "admin/one-time.html")]
struct OneTime<'a> {
    page: &'a Page,
    account: &'a Account,
    role: &'a str,
    proposed: bool,
    password: &'a str,
    until: String,
}

/// A one-time password, on the only page that ever shows it.
pub(super) fn handed_over(page: Page, account: &Account, password: &str) -> HttpResponse {
    let page = page.titled("一次性密码", "One-time password").at(Section::Admin);
    let one_time = OneTime {
        page: &page,
        account,
        role: account.role().word(page.lang.words()),
        proposed: account.state() == AccountState::Proposed,
        password,
        until: account.one_time_until().map(|until| moment(page.lang, until)).unwrap_or_default(),
    };
    page.html(StatusCode::OK, &one_time)
}
