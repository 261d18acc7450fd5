//! Administration: accounts and roles, keys of programs, the office's keys, health, the operator log.
//!
//! ```text
//! /admin                        where the three officers begin
//! /admin/accounts[/new|/A00017] system and security administrator
//! /admin/api-keys               both; only the security administrator gives them out
//! /admin/keys, /admin/health    all three
//! /admin/log                    the auditor alone
//! ```
//!
//! Every look at people and every change is in the operator log before it is shown. Not here: what may be done with an
//! account (`notary::people` decides, and says why not).

mod account;
mod accounts;
mod api_keys;
mod health;
mod keys;
mod log;

use actix_web::guard::{Any, Get, Head};
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use notary::operator_log::{Action, Actor, Outcome};
use notary::people::Role;
use notary::refusal::Refusal;

use crate::page::{Page, Section};
use crate::problem::Problem;
use crate::server::Shared;
use crate::session::SignedIn;

/// System and security administrator.
const ADMINISTRATORS: [Role; 2] = [Role::SystemAdministrator, Role::SecurityAdministrator];
/// All three officers.
const OFFICERS: [Role; 3] = [Role::SystemAdministrator, Role::SecurityAdministrator, Role::Auditor];

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    let read = || web::route().guard(Any(Get()).or(Head()));
    config
        .service(web::resource("/admin").route(read().to(home)))
        .service(web::resource("/admin/accounts").route(read().to(accounts::list)))
        .service(
            web::resource("/admin/accounts/new")
                .route(read().to(accounts::new_page))
                .route(web::post().to(accounts::add)),
        )
        .service(web::resource("/admin/accounts/{id}").route(read().to(account::show)))
        .service(web::resource("/admin/accounts/{id}/role").route(web::post().to(account::propose_role)))
        .service(web::resource("/admin/accounts/{id}/confirm").route(web::post().to(account::confirm)))
        .service(web::resource("/admin/accounts/{id}/reject").route(web::post().to(account::reject)))
        .service(web::resource("/admin/accounts/{id}/reset").route(web::post().to(account::reset)))
        .service(web::resource("/admin/accounts/{id}/suspend").route(web::post().to(account::suspend)))
        .service(web::resource("/admin/accounts/{id}/resume").route(web::post().to(account::resume)))
        .service(
            web::resource("/admin/api-keys")
                .route(read().to(api_keys::list))
                .route(web::post().to(api_keys::add)),
        )
        .service(web::resource("/admin/api-keys/{id}/revoke").route(web::post().to(api_keys::revoke)))
        .service(web::resource("/admin/api-keys/{id}/confirm").route(web::post().to(api_keys::confirm)))
        .service(web::resource("/admin/api-keys/{id}/reject").route(web::post().to(api_keys::reject)))
        .service(web::resource("/admin/keys").route(read().to(keys::show)))
        .service(web::resource("/admin/health").route(read().to(health::show)))
        .service(web::resource("/admin/log").route(read().to(log::show)))
        .service(web::resource("/admin/log/verify").route(web::post().to(log::verify)));
}

#[derive(Template)]
#[template(path = "admin/home.html")]
struct Home<'a> {
    page: &'a Page,
    administrator: bool,
    auditor: bool,
    waiting: usize,
    waiting_keys: usize,
    key_warnings: Vec<String>,
    witness_alarms: usize,
    anchor_alarms: usize,
}

async fn home(signed_in: SignedIn, page: Page, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    signed_in.require(&OFFICERS)?;
    let page = page.titled("管理", "Administration").at(Section::Admin);
    let accounts = shared.office().people().accounts();
    let own =
        |proposal: &notary::people::Proposal| proposal.by_role().counterpart() == Some(signed_in.role());
    let home = Home {
        page: &page,
        administrator: ADMINISTRATORS.contains(&signed_in.role()),
        auditor: signed_in.role() == Role::Auditor,
        waiting: accounts.iter().filter_map(|account| account.proposal()).filter(|p| own(p)).count(),
        waiting_keys: match signed_in.role() {
            Role::SystemAdministrator => api_keys::waiting(&shared),
            _ => 0,
        },
        key_warnings: crate::keyring_watch::sentences(shared.office(), shared.waits(), page.lang),
        witness_alarms: crate::witnessing::alarms(&shared),
        anchor_alarms: shared.anchoring().alarms(shared.office()),
    };
    Ok(page.html(StatusCode::OK, &home))
}

/// What a page says at its top about what was just done.
#[derive(Clone, Debug)]
struct Notice {
    good: bool,
    text: String,
}

impl Notice {
    fn refused(problem: &Problem, page: &Page) -> Notice {
        Notice { good: false, text: problem.message(page.lang.words()).to_string() }
    }
}

/// What was done, in the address that a form leads to: `?done=suspended`.
const DONE: [(&str, &str, &str); 6] = [
    (
        "proposed",
        "已提交，待另一类管理员确认后生效",
        "Proposed; it counts once the other administrator has confirmed it",
    ),
    ("confirmed", "已确认", "Confirmed"),
    ("rejected", "已驳回", "Turned down"),
    ("suspended", "账号已停用，其登录已全部退出", "The account is suspended and its sessions have ended"),
    (
        "resumed",
        "已提交恢复，待安全管理员确认后生效",
        "Proposed; it counts once the security administrator has confirmed it",
    ),
    ("revoked", "密钥已吊销，立即失效", "The key is revoked and counts no more"),
];

fn done(request: &HttpRequest, page: &Page) -> Option<Notice> {
    let word = request.query_string().split('&').find_map(|pair| pair.strip_prefix("done="))?;
    let (_, zh, en) = DONE.iter().find(|(known, _, _)| *known == word)?;
    Some(Notice { good: true, text: page.lang.pick(zh, en).to_string() })
}

/// Does something and writes it into the operator log, however it ended.
fn logged<T>(
    shared: &Shared,
    actor: &Actor,
    action: Action,
    object: &str,
    work: impl FnOnce(&Shared) -> Result<T, Refusal>,
) -> Result<T, Refusal> {
    let answer = work(shared);
    shared.office().operator_log().append(actor, action, object, Outcome::from(&answer))?;
    answer
}
