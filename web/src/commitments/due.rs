//! `/operator/due`: what is due and overdue, of everything that an operator answers for.
//!
//! ```text
//! 材料补正   渭水样例食品有限公司   自 2026年11月22日   2026年12月1日   剩2个工作日
//! ```
//!
//! Days come from the table of deadlines and the imported calendars; where a year's calendar is missing the page says which,
//! and what to do, and such rows come last. Not here: rules (`notary::commitment`, `notary::desk`).

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Query, ServiceConfig};
use askama::Template;
use notary::calendar::Day;
use notary::commitment::DueList;
use notary::desk::RequestState;
use notary::office::{CaseDue, Office};
use notary::operator_log::Action;
use notary::people::Role;
use serde::Deserialize;

use super::words::{day, left};
use crate::desk::lists::Tag;
use crate::desk::{looked, read, work};
use crate::lang::Lang;
use crate::page::words::grouped;
use crate::page::{Page, Section};
use crate::problem::Problem;
use crate::server::Shared;
use crate::session::SignedIn;

/// Rows of the page.
const SHOWN: usize = 300;
/// Working days before the end in which something is due soon.
const SOON: u32 = 2;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config.route("/operator/due", read().to(due));
}

/// How much is due, for the operator's home.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    /// All that is open.
    pub open: u64,
    /// Of these, overdue.
    pub overdue: u64,
}

impl Counts {
    /// Of this office, now.
    ///
    /// # Errors
    /// A failure of the office.
    pub fn of(office: &Office) -> Result<Counts, Problem> {
        let today = Day::from(office.now().china_date());
        let list = office.commitment_desk().due(today)?;
        let mut counts = Counts { open: list.count, overdue: list.overdue };
        for row in cases(Lang::Zh, office, today) {
            counts.open += 1;
            counts.overdue += u64::from(row.overdue);
        }
        Ok(counts)
    }
}

#[derive(Template)]
#[template(path = "commitments/due.html")]
struct DuePage<'a> {
    page: &'a Page,
    rows: Vec<DueRow>,
    open: u64,
    overdue: u64,
    cut: bool,
    only_overdue: bool,
    missing: String,
}

/// Something that is due.
struct DueRow {
    what: String,
    whom: String,
    link: String,
    number: String,
    since: String,
    due: String,
    tag: Option<Tag>,
    left: String,
    overdue: bool,
    /// What comes first.
    order: (bool, u32),
}

#[derive(Debug, Default, Deserialize)]
struct Filter {
    #[serde(default)]
    overdue: u8,
}

async fn due(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    filter: Query<Filter>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let (lang, only) = (page.lang, filter.overdue == 1);
    let (rows, open, overdue, missing) = work(&shared, move |office| {
        looked(office, &signed_in, Action::DueViewed, "")?;
        let today = Day::from(office.now().china_date());
        let desk = office.commitment_desk();
        let list = if only { desk.overdue(today)? } else { desk.due(today)? };
        let mut rows = commitments(lang, &list);
        let others: Vec<DueRow> =
            cases(lang, office, today).into_iter().filter(|row| row.overdue || !only).collect();
        let open = list.count + others.len() as u64;
        let overdue = list.overdue + others.iter().filter(|row| row.overdue).count() as u64;
        rows.extend(others);
        rows.sort_by_key(|row| row.order);
        rows.truncate(SHOWN);
        Ok((rows, open, overdue, missing_years(lang, office, today)?))
    })
    .await?;
    let page = page.titled("到期与逾期", "Due and overdue").at(Section::Operator);
    let due =
        DuePage { page: &page, cut: rows.len() == SHOWN, rows, open, overdue, only_overdue: only, missing };
    Ok(page.html(StatusCode::OK, &due))
}

fn commitments(lang: Lang, list: &DueList) -> Vec<DueRow> {
    let row = |one: &notary::commitment::Due| DueRow {
        what: one.what.word(lang.words()).to_owned(),
        whom: one.committer.clone(),
        link: format!("/operator/commitments/{}", one.code),
        number: one.code.to_string(),
        since: day(lang, one.since),
        due: one.due.map(|last| day(lang, last)).unwrap_or_default(),
        tag: tag(lang, one.overdue, one.soon),
        left: left(lang, one.left),
        overdue: one.overdue,
        order: (!one.overdue, one.due.map_or(u32::MAX, Day::days)),
    };
    list.rows.iter().map(row).collect()
}

/// Objections, repairs, and requests of holders that wait; these have no deadline.
fn cases(lang: Lang, office: &Office, today: Day) -> Vec<DueRow> {
    let objections = office.objections().due(today).into_iter().map(|one| {
        let what = format!("{}{}", lang.pick("异议：", "objection: "), one.state.word(lang.words()));
        let number = grouped(one.certificate.as_str());
        case(lang, what, number, one.id.to_string(), "/operator/objections/", &one.due)
    });
    let repairs = office.repairs().due(today).into_iter().map(|one| {
        let what = format!("{}{}", lang.pick("信用修复：", "repair: "), one.state.word(lang.words()));
        case(lang, what, String::new(), one.id.to_string(), "/operator/repairs/", &one.due)
    });
    objections.chain(repairs).chain(requests(lang, office)).collect()
}

fn case(lang: Lang, what: String, whom: String, number: String, at: &str, due: &CaseDue) -> DueRow {
    let soon = due.left.is_some_and(|left| left <= SOON);
    DueRow {
        what,
        whom,
        link: format!("{at}{number}"),
        number,
        since: due.name.clone(),
        due: due.by.map(|last| day(lang, last)).unwrap_or_default(),
        tag: tag(lang, due.overdue, soon),
        left: left(lang, due.left.filter(|_| !due.overdue)),
        overdue: due.overdue,
        order: (!due.overdue, due.by.map_or(u32::MAX, Day::days)),
    }
}

fn requests(lang: Lang, office: &Office) -> Vec<DueRow> {
    let waiting = office.desk().open_requests();
    let waiting = waiting.iter().filter(|request| request.state == RequestState::Asked).take(SHOWN);
    let row = |request: &notary::desk::ReportRequest| DueRow {
        what: lang.pick("报告申请", "request for a report").to_owned(),
        whom: request.terms.holder.clone(),
        link: format!("/operator/requests/{}", request.id.0),
        number: request.id.0.to_string(),
        since: day(lang, Day::from(request.at.china_date())),
        due: String::new(),
        tag: None,
        left: String::new(),
        overdue: false,
        order: (true, u32::MAX),
    };
    waiting.map(row).collect()
}

fn tag(lang: Lang, overdue: bool, soon: bool) -> Option<Tag> {
    match (overdue, soon) {
        (true, _) => Some(Tag { class: "tag-error", word: lang.pick("已逾期", "overdue") }),
        (false, true) => Some(Tag { class: "tag-warn", word: lang.pick("即将到期", "due soon") }),
        (false, false) => None,
    }
}

/// This year and the next, where no calendar of them was imported.
fn missing_years(lang: Lang, office: &Office, today: Day) -> Result<String, Problem> {
    let calendar = office.work_calendar()?;
    let (this, month, _) = today.ymd();
    // The next year's calendar is published in the autumn.
    let wanted = [Some(this), Some(this + 1).filter(|_| month >= 11)];
    let known = |year: u32| calendar.years().any(|calendar| calendar.year() == year);
    let missing: Vec<String> =
        wanted.into_iter().flatten().filter(|year| !known(*year)).map(|year| year.to_string()).collect();
    Ok(missing.join(lang.pick("、", ", ")))
}
