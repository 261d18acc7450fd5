//! `/operator/check`: checking many as of one moment, for operators and reviewers.
//!
//! ```text
//! GET  /operator/check              a table, a moment, a purpose; the checks of today
//! POST /operator/check              csrf, files, at, purpose
//! GET  /operator/check/ID?from=100  how far it is; what came of each row; the files
//! GET  /operator/check/ID.csv  .json  .xzc
//! ```

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, REFRESH};
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{self, Data, Path, Payload, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use notary::check::{Counts, Facts, Input, Outcome, ROWS_MAX, RowChecked, Terms};
use notary::operator_log::Action;
use notary::people::Role;
use serde::Deserialize;
use verifier::moment::parse_moment;
use verifier::registry::Purpose;
use verifier::row::hex;

use super::lists::Tag;
use super::posted::Posted;
use super::{looked, read, see_other, work};
use crate::api::jobs::JobId;
use crate::checks::{self, NewCheck, Seen, State};
use crate::lang::Lang;
use crate::page::words::{exact, grouped, moment};
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::SignedIn;

/// Who may.
const ROLES: &[Role] = &[Role::Operator, Role::Reviewer];
/// Rows on one page.
const ROWS: usize = 100;
/// A page of a check that is not at its end loads itself again after so many seconds.
const AGAIN: HeaderValue = HeaderValue::from_static("2");
/// What its files are.
const FORMS: &[(&str, &str)] =
    &[("csv", "text/csv; charset=utf-8"), ("json", "application/json"), ("xzc", "application/json")];

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/operator/check", read().to(form))
        .route("/operator/check", web::post().to(begin))
        .route("/operator/check/{id:[0-9a-f]{32}}", read().to(one))
        .route("/operator/check/{id:[0-9a-f]{32}}.{form:[a-z]{3,4}}", read().to(file));
}

#[derive(Template)]
#[template(path = "desk/check.html")]
struct Form<'a> {
    page: &'a Page,
    csrf: &'a str,
    rows_max: usize,
    purposes: Vec<(&'static str, &'static str)>,
    purpose: &'a str,
    at: &'a str,
    trouble: String,
    checks: Vec<CheckRow>,
}

/// A check in the list.
struct CheckRow {
    id: String,
    began: String,
    rows: usize,
    done: usize,
    state: Tag,
}

#[derive(Template)]
#[template(path = "desk/check-one.html")]
struct One<'a> {
    page: &'a Page,
    check: CheckRow,
    failure: String,
    answer: Option<AnswerView>,
    rows: Vec<Row>,
    earlier: Option<usize>,
    later: Option<usize>,
}

/// What came of it.
struct AnswerView {
    at: String,
    number: String,
    grouped: String,
    name: String,
    counts: Counts,
    size: u64,
    root: String,
    lists: String,
    input: String,
}

struct Row {
    row: u64,
    asked: String,
    name: String,
    outcome: Tag,
    message: String,
    code: String,
    number: String,
    claims: Vec<(String, bool)>,
    expires: String,
    notes: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
struct From {
    #[serde(default)]
    from: usize,
}

async fn form(page: Page, signed_in: SignedIn, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    signed_in.require(ROLES)?;
    Ok(form_page(page, &signed_in, &shared, StatusCode::OK, ["", ""], String::new()))
}

fn form_page(
    page: Page,
    signed_in: &SignedIn,
    shared: &Data<Shared>,
    status: StatusCode,
    [purpose, at]: [&str; 2],
    trouble: String,
) -> HttpResponse {
    let page = titled(page, signed_in);
    let lang = page.lang;
    let own = shared.checks().of(&signed_in.actor().to_string(), shared.office().now());
    let word = |purpose: &Purpose| (purpose.name(), lang.pick(purpose.zh(), purpose.en()));
    let form = Form {
        page: &page,
        csrf: signed_in.csrf(),
        rows_max: ROWS_MAX,
        purposes: Purpose::ALL.iter().map(word).collect(),
        purpose,
        at,
        trouble,
        checks: own.iter().map(|seen| check_row(lang, seen)).collect(),
    };
    page.html(status, &form)
}

async fn begin(
    request: HttpRequest,
    payload: Payload,
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(ROLES)?;
    let posted = Posted::read(&request, &mut payload.into_inner(), &signed_in).await?;
    let (lang, purpose, at) = (page.lang, posted.field("purpose").to_owned(), posted.field("at").to_owned());
    let typed = [purpose.as_str(), at.as_str()];
    let again = |page, trouble: String| {
        form_page(page, &signed_in, &shared, StatusCode::UNPROCESSABLE_ENTITY, typed, trouble)
    };
    let known = Purpose::from_name(&purpose);
    if known.is_none() && !purpose.is_empty() {
        return Err(Common::FormBad.problem());
    }
    let moment = match at.trim() {
        "" => None,
        text => match parse_moment(text, shared.office().now()) {
            Some(moment) => Some(moment),
            None => {
                let trouble = lang.pick(
                    "核查时点的写法不对，应如 2026-11-22 10:00。",
                    "The moment can't be read: write it as 2026-11-22 10:00.",
                );
                return Ok(again(page, trouble.to_owned()));
            }
        },
    };
    if moment.is_some_and(|moment| moment > shared.office().now()) {
        let trouble = lang.pick("核查时点晚于现在。", "The moment lies in the future.");
        return Ok(again(page, trouble.to_owned()));
    }
    let [file] = posted.files.as_slice() else {
        let trouble = lang.pick("请选择一个表格文件。", "Choose one table.");
        return Ok(again(page, trouble.to_owned()));
    };
    let bytes = file.bytes.clone();
    let read = work(&shared, move |_| Ok(Input::read(&bytes))).await?;
    let input = match read {
        Ok(input) => input,
        Err(refusal) => return Ok(again(page, refusal.message(lang.words()))),
    };
    let terms = Terms { at: moment, purpose: known, kind: None, facts: Facts::Full };
    let actor = signed_in.actor();
    let new = NewCheck { owner: actor.to_string(), actor, input, terms };
    let seen = shared.checks().begin(new, shared.office().now())?;
    checks::wake(&shared);
    Ok(see_other(&format!("/operator/check/{}", seen.id)))
}

async fn one(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<String>,
    from: Query<From>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(ROLES)?;
    let id = JobId::parse(&id).ok_or_else(checks::unknown)?;
    let seen = shared.checks().seen(&id, &signed_in.actor().to_string(), shared.office().now())?;
    if let Some(result) = &seen.result {
        let (by, number) = (signed_in.clone(), result.number);
        work(&shared, move |office| looked(office, &by, Action::CheckViewed, number.as_str())).await?;
    }
    let lang = page.lang;
    let all = seen.result.as_ref().map(|result| result.checked.rows()).unwrap_or_default();
    let from = if from.from >= all.len() { 0 } else { from.from };
    let page = titled(page, &signed_in);
    let operator = signed_in.role() == Role::Operator;
    let one = One {
        page: &page,
        check: check_row(lang, &seen),
        failure: match &seen.state {
            State::Failed(refusal) => refusal.message(lang.words()),
            _ => String::new(),
        },
        answer: answer_view(lang, &seen, operator),
        rows: all.iter().skip(from).take(ROWS).map(|row| row_view(lang, row)).collect(),
        earlier: (from > 0).then_some(from.saturating_sub(ROWS)),
        later: (from + ROWS < all.len()).then_some(from + ROWS),
    };
    let mut answer = page.html(StatusCode::OK, &one);
    if seen.state.is_open() {
        let name: HeaderName = REFRESH;
        answer.headers_mut().insert(name, AGAIN);
    }
    Ok(answer)
}

async fn file(
    signed_in: SignedIn,
    shared: Data<Shared>,
    asked: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(ROLES)?;
    let (id, form) = asked.into_inner();
    let id = JobId::parse(&id).ok_or_else(checks::unknown)?;
    let known = FORMS.iter().find(|(name, _)| *name == form);
    let (form, media_type) = *known.ok_or_else(|| Common::NotFound.problem())?;
    let (by, own) = (signed_in.clone(), shared.clone());
    let result = shared.checks().result(&id, &by.actor().to_string(), shared.office().now())?;
    let (name, bytes) = work(&shared, move |office| {
        looked(office, &by, Action::CheckViewed, result.number.as_str())?;
        Ok((result.checked.name(), checks::bytes(&own, &result, form)?))
    })
    .await?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, media_type))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}.{form}\"")))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(bytes))
}

fn check_row(lang: Lang, seen: &Seen) -> CheckRow {
    let state = match &seen.state {
        State::Waiting => Tag { class: "", word: lang.pick("排队中", "waiting") },
        State::Running => Tag { class: "", word: lang.pick("核查中", "running") },
        State::Done => Tag { class: "tag-ok", word: lang.pick("已完成", "done") },
        State::Cancelled => Tag { class: "tag-warn", word: lang.pick("已取消", "cancelled") },
        State::Failed(_) => Tag { class: "tag-error", word: lang.pick("未完成", "failed") },
    };
    CheckRow {
        id: seen.id.to_string(),
        began: moment(lang, seen.began),
        rows: seen.rows,
        done: seen.done,
        state,
    }
}

fn answer_view(lang: Lang, seen: &Seen, operator: bool) -> Option<AnswerView> {
    let result = seen.result.as_ref()?;
    let checked = &result.checked;
    let (size, root) = checked.ledger();
    let list = |list: &notary::check::ListUsed| {
        let (shard, sequence, issued) = (list.shard, list.sequence, moment(lang, list.issued));
        match lang {
            Lang::Zh => format!("第 {shard} 片第 {sequence} 期（{issued}）"),
            Lang::En => format!("shard {shard}, no. {sequence} ({issued})"),
        }
    };
    let number = result.number.to_string();
    Some(AnswerView {
        at: exact(lang, checked.at()),
        grouped: grouped(&number),
        // Only operators have a page of every certificate.
        number: if operator { number } else { String::new() },
        name: checked.name(),
        counts: checked.counts(),
        size,
        root: verifier::base64::encode(root.as_bytes()),
        lists: checked.lists().iter().map(list).collect::<Vec<_>>().join("、"),
        input: hex(checked.input()),
    })
}

fn row_view(lang: Lang, row: &RowChecked) -> Row {
    let full = row.found.as_ref().and_then(|found| found.full.as_ref());
    let words = lang.words();
    let class = match row.outcome {
        Outcome::Valid => "tag-ok",
        Outcome::Invalid => "tag-error",
        Outcome::Undetermined | Outcome::NotFound | Outcome::Refused => "tag-warn",
    };
    Row {
        row: row.row,
        asked: row.asked.clone(),
        name: row.name.clone(),
        outcome: Tag { class, word: row.outcome.word(words) },
        message: lang.pick(row.message.0.as_str(), row.message.1.as_str()).to_owned(),
        code: row.code.clone(),
        number: full.map(|full| full.number.to_string()).unwrap_or_default(),
        claims: full
            .map(|full| {
                full.claims
                    .iter()
                    .map(|claim| {
                        (lang.pick(claim.zh.as_str(), claim.en.as_str()).to_owned(), claim.value != "YES")
                    })
                    .collect()
            })
            .unwrap_or_default(),
        expires: row.found.as_ref().map(|found| moment(lang, found.expires)).unwrap_or_default(),
        notes: row.notes.iter().map(|note| note.word(words)).collect(),
    }
}

fn titled(page: Page, signed_in: &SignedIn) -> Page {
    let section = if signed_in.role() == Role::Reviewer { Section::Review } else { Section::Operator };
    page.titled("批量核查", "Check many").at(section)
}
