//! `/admin/api-keys`: the keys of programs.
//!
//! ```text
//! POST /admin/api-keys                    the security administrator: a key, shown once
//! POST /admin/api-keys/K00004/confirm     the system administrator, where it issues or changes certificates
//! POST /admin/api-keys/K00004/reject
//! POST /admin/api-keys/K00004/revoke      either
//! ```

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use notary::operator_log::{Action, Outcome};
use notary::people::{ApiKey, ApiKeyId, NewApiKey, Officer, People, Role, Scope};
use notary::refusal::{Refusal, RefusalCode};
use serde::Deserialize;

use super::account::Nothing;
use super::{ADMINISTRATORS, Notice, done, logged};
use crate::page::words::day;
use crate::page::{Page, Section};
use crate::problem::Problem;
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn, blocking, see_other};

#[derive(Template)]
#[template(path = "admin/api-keys.html")]
struct List<'a> {
    page: &'a Page,
    notice: Option<Notice>,
    /// The key that was just made: this page alone shows it.
    made: Option<Made>,
    rows: Vec<Row>,
    /// Its word, its name, whether it is ticked, whether it needs a second administrator.
    scopes: Vec<(&'static str, &'static str, bool, bool)>,
    may_add: bool,
    form: &'a NewForm,
    csrf: &'a str,
}

/// A key that was just made.
struct Made {
    id: String,
    text: String,
    /// Whether the system administrator has still to confirm it.
    waits: bool,
}

struct Row {
    id: String,
    prefix: String,
    label: String,
    unit: String,
    scopes: String,
    until: String,
    word: &'static str,
    look: &'static str,
    /// Whether it can be revoked.
    usable: bool,
    /// Who proposed it, where nobody has confirmed it.
    proposed: String,
    /// Whether whoever looks may confirm it.
    may_confirm: bool,
}

/// A check box is sent only where it is ticked, each under its own name.
#[derive(Default, Deserialize)]
pub(super) struct NewForm {
    #[serde(default)]
    label: String,
    #[serde(default)]
    unit: String,
    #[serde(default)]
    days: String,
    #[serde(default, rename = "documents.submit")]
    documents_submit: String,
    #[serde(default, rename = "certificates.read")]
    certificates_read: String,
    #[serde(default, rename = "verifications.write")]
    verifications_write: String,
    #[serde(default, rename = "jobs.write")]
    jobs_write: String,
    #[serde(default, rename = "status.write")]
    status_write: String,
    #[serde(default, rename = "commitments.write")]
    commitments_write: String,
}

impl NewForm {
    fn ticked(&self, scope: Scope) -> bool {
        let field = match scope {
            Scope::DocumentsSubmit => &self.documents_submit,
            Scope::CertificatesRead => &self.certificates_read,
            Scope::VerificationsWrite => &self.verifications_write,
            Scope::JobsWrite => &self.jobs_write,
            Scope::StatusWrite => &self.status_write,
            Scope::CommitmentsWrite => &self.commitments_write,
        };
        !field.is_empty()
    }

    fn new_key(&self) -> Result<NewApiKey, Refusal> {
        let scopes: Vec<Scope> = Scope::ALL.into_iter().filter(|scope| self.ticked(*scope)).collect();
        let days = self.days.trim().parse().unwrap_or(0);
        NewApiKey::new(&self.label, &self.unit, &scopes, days)
    }
}

pub(super) async fn list(
    request: HttpRequest,
    signed_in: SignedIn,
    page: Page,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&ADMINISTRATORS)?;
    let notice = done(&request, &page);
    let actor = signed_in.actor();
    let look = move |shared: &Shared| {
        shared.office().operator_log().append(&actor, Action::ApiKeysViewed, "", Outcome::Done)?;
        Ok(())
    };
    blocking(&shared, look).await?;
    Ok(shown(&signed_in, page, &shared, StatusCode::OK, notice, None, &NewForm::default()))
}

fn shown(
    signed_in: &SignedIn,
    page: Page,
    shared: &Shared,
    status: StatusCode,
    notice: Option<Notice>,
    made: Option<Made>,
    form: &NewForm,
) -> HttpResponse {
    let page = page.titled("接口密钥", "API keys").at(Section::Admin);
    let words = page.lang.words();
    let list = List {
        page: &page,
        notice,
        made,
        rows: shared
            .office()
            .people()
            .api_keys()
            .iter()
            .rev()
            .map(|key| row(key, signed_in, shared, &page))
            .collect(),
        scopes: Scope::ALL
            .map(|scope| (scope.as_str(), scope.word(words), form.ticked(scope), scope.needs_two()))
            .to_vec(),
        may_add: signed_in.role() == Role::SecurityAdministrator,
        form,
        csrf: signed_in.csrf(),
    };
    page.html(status, &list)
}

fn row(key: &ApiKey, signed_in: &SignedIn, shared: &Shared, page: &Page) -> Row {
    let expired = shared.office().now() >= key.until();
    let (look, word) = match (key.revoked(), expired, key.proposal()) {
        (Some(_), ..) => ("tag-error", page.lang.pick("已吊销", "revoked")),
        (None, true, _) => ("tag-warn", page.lang.pick("已过期", "expired")),
        (None, false, Some(_)) => ("tag-warn", page.lang.pick("待确认", "to be confirmed")),
        (None, false, None) => ("tag-ok", page.lang.pick("有效", "in use")),
    };
    let open = key.revoked().is_none() && !expired;
    let proposal = key.proposal().filter(|_| open);
    let others = |by| signed_in.role() == Role::SystemAdministrator && by != signed_in.id();
    let scopes: Vec<&str> = key.scopes().iter().map(|scope| scope.word(page.lang.words())).collect();
    Row {
        id: key.id().to_string(),
        prefix: key.prefix().to_string(),
        label: key.label().to_string(),
        unit: key.unit().to_string(),
        scopes: scopes.join(page.lang.pick("、", ", ")),
        until: day(page.lang, key.until().china_date()),
        word,
        look,
        usable: open,
        proposed: proposal.map(|proposal| proposal.by().to_string()).unwrap_or_default(),
        may_confirm: proposal.is_some_and(|proposal| others(proposal.by())),
    }
}

pub(super) async fn add(
    signed_in: SignedIn,
    page: Page,
    shared: Data<Shared>,
    form: CheckedForm<NewForm>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::SecurityAdministrator])?;
    let (new, actor, by) = (form.new_key(), signed_in.actor(), signed_in.officer());
    let made = blocking(&shared, move |shared| {
        let made = new.and_then(|new| shared.office().people().propose_api_key(by, new));
        let object = made.as_ref().map(|(key, _)| key.id().to_string()).unwrap_or_default();
        let outcome = Outcome::from(&made);
        shared.office().operator_log().append(&actor, Action::ApiKeyAdded, &object, outcome)?;
        made
    })
    .await;
    Ok(match made {
        Ok((key, text)) => {
            let made = Some(Made {
                id: key.id().to_string(),
                text: text.as_str().to_string(),
                waits: key.proposal().is_some(),
            });
            shown(&signed_in, page, &shared, StatusCode::OK, None, made, &NewForm::default())
        }
        Err(refusal) => {
            let problem = Problem::from(refusal);
            let notice = Some(Notice::refused(&problem, &page));
            shown(&signed_in, page, &shared, problem.status(), notice, None, &form)
        }
    })
}

pub(super) async fn revoke(
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<String>,
    _form: CheckedForm<Nothing>,
) -> Result<HttpResponse, Problem> {
    let how = |people: &People, _: Officer, id: ApiKeyId| people.revoke_api_key(id);
    change(signed_in, shared, &id, (Action::ApiKeyRevoked, "revoked"), how).await
}

pub(super) async fn confirm(
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<String>,
    _form: CheckedForm<Nothing>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::SystemAdministrator])?;
    let how = |people: &People, by: Officer, id: ApiKeyId| people.confirm_api_key(by, id);
    change(signed_in, shared, &id, (Action::ApiKeyConfirmed, "confirmed"), how).await
}

pub(super) async fn reject(
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<String>,
    _form: CheckedForm<Nothing>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::SystemAdministrator])?;
    let how = |people: &People, by: Officer, id: ApiKeyId| people.reject_api_key(by, id);
    change(signed_in, shared, &id, (Action::ApiKeyRejected, "rejected"), how).await
}

async fn change(
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: &str,
    (action, word): (Action, &'static str),
    how: impl FnOnce(&People, Officer, ApiKeyId) -> Result<ApiKey, Refusal> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&ADMINISTRATORS)?;
    let id = ApiKeyId::parse(id).ok_or_else(|| Problem::from(Refusal::new(RefusalCode::ApiKeyUnknown)))?;
    let (actor, by) = (signed_in.actor(), signed_in.officer());
    blocking(&shared, move |shared| {
        logged(shared, &actor, action, &id.to_string(), |shared| how(shared.office().people(), by, id))
    })
    .await?;
    Ok(see_other(&format!("/admin/api-keys?done={word}")))
}

/// Keys that wait for the system administrator.
pub(super) fn waiting(shared: &Shared) -> usize {
    let now = shared.office().now();
    let keys = shared.office().people().api_keys();
    keys.iter().filter(|key| key.proposal().is_some() && key.revoked().is_none() && now < key.until()).count()
}
