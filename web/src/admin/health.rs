//! `/admin/health`: how the office does, for the people who look after it.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use verifier::status_list::StatusList;

use super::OFFICERS;
use crate::anchoring::{TargetRow, target_rows};
use crate::page::words::moment;
use crate::page::{Page, Section};
use crate::problem::Problem;
use crate::server::Shared;
use crate::session::SignedIn;
use crate::witnessing::{AskedRow, asked_rows};

/// A status list older than so many seconds is too old for a window: 24 hours.
const STATUS_OLD: u64 = 24 * 3_600;

#[derive(Template)]
#[template(path = "admin/health.html")]
struct Health<'a> {
    page: &'a Page,
    well: bool,
    /// What keeps batches from being sealed or lists from being signed; empty where nothing does.
    pauses: Vec<String>,
    failure: Option<String>,
    size: u64,
    batches: u64,
    documents: u64,
    pending: u64,
    status: Option<String>,
    status_old: bool,
    now: String,
    sessions: usize,
    accounts: usize,
    log_size: u64,
    log_head: String,
    reports: &'a [String],
    witnesses: Vec<AskedRow>,
    targets: Vec<TargetRow>,
    witness_alarms: usize,
    anchor_alarms: usize,
    forks: usize,
    asleep: usize,
}

pub(super) async fn show(
    signed_in: SignedIn,
    page: Page,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&OFFICERS)?;
    let page = page.titled("运行状况", "Health").at(Section::Admin);
    let office = shared.office();
    let (summary, now) = (office.summary(), office.now());
    let failure = shared.failure();
    let issued = summary
        .size
        .checked_sub(1)
        .and_then(|last| office.newest_list(last))
        .and_then(|text| StatusList::parse(text.as_bytes()).ok().map(|list| list.says().fields().issued));
    let head = office.operator_log().head();
    let (witnesses, targets) = (asked_rows(&page, &shared), target_rows(&page, &shared));
    let health = Health {
        page: &page,
        well: !summary.stopped && failure.is_none(),
        pauses: crate::keyring_watch::pauses(office, shared.waits(), page.lang),
        failure: failure.map(|refusal| refusal.code().as_str().to_string()),
        size: summary.size,
        batches: summary.batches,
        documents: summary.documents,
        pending: summary.pending,
        status: issued.map(|issued| moment(page.lang, issued)),
        status_old: issued.is_some_and(|issued| now.since(issued) > STATUS_OLD),
        now: moment(page.lang, now),
        sessions: shared.sessions().count(),
        accounts: office.people().accounts().len(),
        log_size: head.size,
        log_head: head.chain.to_base64(),
        reports: office.reports(),
        witness_alarms: witnesses.iter().filter(|row| !row.alarm.is_empty()).count(),
        anchor_alarms: targets.iter().filter(|row| !row.alarm.is_empty()).count(),
        witnesses,
        targets,
        forks: office.witness().map_or(0, |witness| witness.evidence().len()),
        asleep: crate::witnessing::asleep(office),
    };
    Ok(page.html(StatusCode::OK, &health))
}
