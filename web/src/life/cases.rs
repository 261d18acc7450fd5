//! `/operator/objections`: what was objected to, and the operator's steps.
//!
//! ```text
//! GET  /operator/objections?show=open&after=Y00040      those that wait first filed first; due and overdue marked
//! GET  /operator/objections/Y00001                      the case, what the certificate says, the next steps
//! POST /operator/objections/Y00001/accept               version=1, note=…
//!      …/suspend    受理并暂停使用: accepts and suspends in one action
//!      …/verify     starts verifying: suspends
//!      …/uphold     replacement=2026…    the corrected certificate, issued before
//!      …/withdraw   sure=yes             the document is withdrawn: revoked
//!      …/reject     note=…               valid again       …/note   the holder insists: noted
//! ```
//!
//! A form carries the version that the operator looked at. Where somebody else was faster the page says so and shows how
//! things stand now, with what was typed.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use askama::Template;
use notary::calendar::Day;
use notary::desk::{Actor, NOTE_MAX};
use notary::objection::{Objection, ObjectionFilter, ObjectionId, ObjectionState, Remedy};
use notary::office::Office;
use notary::operator_log::Action;
use notary::people::Role;
use notary::refusal::{Refusal, RefusalCode};
use serde::Deserialize;
use verifier::number::CertificateNumber;

use super::case::CaseView;
use crate::desk::holder::{CertificateView, view};
use crate::desk::{actor, looked, read, see_other, tried, work};
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn};

/// Rows of one page.
const PAGE: usize = 50;
/// Due ones that are shown above the list.
const DUE: usize = 10;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/operator/objections", read().to(list))
        .route(r"/operator/objections/{id:Y\d{5,12}}", read().to(one))
        .route(r"/operator/objections/{id:Y\d{5,12}}/{step:[a-z]{4,8}}", web::post().to(step));
}

/// A step that a person takes, by its word in addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Accept it.
    Accept,
    /// Accept it and suspend the certificate at once.
    Suspend,
    /// Suspend the certificate and look into it.
    Verify,
    /// It is right, and corrected.
    Uphold,
    /// It is right, and the document withdrawn.
    Withdraw,
    /// It is not right.
    Reject,
    /// It is not right, and the holder insists.
    Note,
}

impl Step {
    /// All of them.
    pub const ALL: [Step; 7] =
        [Step::Accept, Step::Suspend, Step::Verify, Step::Uphold, Step::Withdraw, Step::Reject, Step::Note];

    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Step::Accept => "accept",
            Step::Suspend => "suspend",
            Step::Verify => "verify",
            Step::Uphold => "uphold",
            Step::Withdraw => "withdraw",
            Step::Reject => "reject",
            Step::Note => "note",
        }
    }

    /// The step of this word.
    pub fn from_word(word: &str) -> Option<Step> {
        Step::ALL.into_iter().find(|step| step.word() == word)
    }

    /// In the operator log.
    pub const fn action(self) -> Action {
        match self {
            Step::Accept => Action::ObjectionAccepted,
            Step::Suspend | Step::Verify => Action::ObjectionVerifying,
            Step::Uphold | Step::Withdraw => Action::ObjectionUpheld,
            Step::Reject => Action::ObjectionRejected,
            Step::Note => Action::ObjectionNoted,
        }
    }

    /// Takes it. `replacement` is the corrected certificate's number as it was typed, for [`Step::Uphold`].
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN` for a number that is none, and what `notary::objection` refuses.
    pub fn take(
        self,
        office: &Office,
        by: &Actor,
        (id, version): (ObjectionId, u32),
        note: &str,
        replacement: &str,
    ) -> Result<Objection, Refusal> {
        let cases = office.objections();
        match self {
            Step::Accept => cases.accept(by, id, version, note),
            Step::Suspend => cases.accept_and_verify(by, id, version, note),
            Step::Verify => cases.start_verifying(by, id, version, note),
            Step::Uphold => {
                let typed: String = replacement.chars().filter(|c| !c.is_whitespace()).collect();
                let unknown =
                    || Refusal::new(RefusalCode::CertificateUnknown).at("/replacement").found(&typed);
                let number = CertificateNumber::parse(&typed).map_err(|_| unknown())?;
                cases.uphold(by, id, version, Remedy::Corrected(number), note)
            }
            Step::Withdraw => cases.uphold(by, id, version, Remedy::Withdrawn, note),
            Step::Reject => cases.reject(by, id, version, note),
            Step::Note => cases.note_only(by, id, version, note),
        }
    }
}

/// A filter of the list: its word, and what it is called.
struct Choice {
    word: &'static str,
    name: &'static str,
    now: bool,
}

#[derive(Template)]
#[template(path = "life/objections.html")]
struct List<'a> {
    page: &'a Page,
    rows: Vec<CaseView>,
    due: Vec<CaseView>,
    waiting: usize,
    overdue: usize,
    filters: Vec<Choice>,
    show: &'static str,
    next: Option<String>,
}

#[derive(Template)]
#[template(path = "life/objection.html")]
struct One<'a> {
    page: &'a Page,
    csrf: &'a str,
    case: CaseView,
    certificate: CertificateView,
    typed: Typed,
    note_max: usize,
    trouble: String,
}

/// What was typed into a form of the case's page.
#[derive(Clone, Debug, Default)]
struct Typed {
    note: String,
    replacement: String,
}

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    show: String,
    #[serde(default)]
    after: String,
}

#[derive(Debug, Deserialize)]
struct Form {
    version: u32,
    #[serde(default)]
    note: String,
    #[serde(default)]
    replacement: String,
    #[serde(default)]
    sure: String,
}

/// The filters, with their words: which of the objections a list has.
const FILTERS: [(&str, &str, &str); 6] = [
    ("open", "未办结", "open"),
    ("filed", "待受理", "to be accepted"),
    ("accepted", "已受理", "accepted"),
    ("verifying", "核实中", "being verified"),
    ("ended", "已办结", "ended"),
    ("all", "全部", "all"),
];

fn filter(word: &str) -> (&'static str, ObjectionFilter) {
    let word = FILTERS.iter().map(|(known, ..)| *known).find(|known| *known == word).unwrap_or("open");
    let any = ObjectionFilter::default();
    let filter = match word {
        "filed" | "accepted" | "verifying" => {
            ObjectionFilter { state: ObjectionState::from_name(word), ..any }
        }
        "ended" => ObjectionFilter { open: Some(false), newest_first: true, ..any },
        "all" => ObjectionFilter { newest_first: true, ..any },
        _ => ObjectionFilter { open: Some(true), ..any },
    };
    (word, filter)
}

async fn list(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    asked: Query<Asked>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let (show, filter) = filter(&asked.show);
    let after = match asked.after.as_str() {
        "" => None,
        text => Some(ObjectionId::parse(text).map_err(|_| Common::QueryBad.problem())?),
    };
    let lang = page.lang;
    let (rows, due, waiting, overdue, next) = work(&shared, move |office| {
        looked(office, &signed_in, Action::ObjectionViewed, "")?;
        let cases = office.objections();
        let mut found = cases.list(filter, after, PAGE + 1)?;
        let more = found.len() > PAGE;
        found.truncate(PAGE);
        let next = found.last().filter(|_| more).map(|last| last.id.to_string());
        let today = Day::from(office.now().china_date());
        let waits = cases.due(today);
        let overdue = waits.iter().filter(|one| one.due.overdue).count();
        let urgent = waits.iter().filter(|one| one.due.overdue || one.due.left == Some(0)).take(DUE);
        let urgent: Result<Vec<_>, Refusal> =
            urgent.map(|one| Ok(CaseView::new(lang, office, &cases.one(one.id)?))).collect();
        let rows = found.iter().map(|case| CaseView::new(lang, office, case)).collect::<Vec<_>>();
        Ok((rows, urgent?, waits.len(), overdue, next))
    })
    .await?;
    let page = page.titled("异议", "Objections").at(Section::Operator);
    let choice = |(word, zh, en): (&'static str, &'static str, &'static str)| Choice {
        word,
        name: lang.pick(zh, en),
        now: word == show,
    };
    let filters = FILTERS.into_iter().map(choice).collect();
    let list = List { page: &page, rows, due, waiting, overdue, filters, show, next };
    Ok(page.html(StatusCode::OK, &list))
}

async fn one(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    shown(page, signed_in, shared, &id, StatusCode::OK, Typed::default(), String::new()).await
}

async fn shown(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: &str,
    status: StatusCode,
    typed: Typed,
    trouble: String,
) -> Result<HttpResponse, Problem> {
    let (lang, by, id) = (page.lang, signed_in.clone(), ObjectionId::parse(id)?);
    let (case, certificate) = work(&shared, move |office| {
        let case = office.objections().one(id)?;
        looked(office, &by, Action::ObjectionViewed, &id.to_string())?;
        let certificate = view(lang, office, &case.certificate)?;
        Ok((CaseView::new(lang, office, &case), certificate))
    })
    .await?;
    let page = page.titled("异议", "Objection").at(Section::Operator);
    let csrf = signed_in.csrf();
    let one = One { page: &page, csrf, case, certificate, typed, note_max: NOTE_MAX, trouble };
    Ok(page.html(status, &one))
}

async fn step(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    path: Path<(String, String)>,
    form: CheckedForm<Form>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let (id, word) = path.into_inner();
    let step = Step::from_word(&word).ok_or_else(|| Common::NotFound.problem())?;
    let case = ObjectionId::parse(&id)?;
    let Form { version, note, replacement, sure } = form.0;
    let typed = Typed { note: note.clone(), replacement: replacement.clone() };
    let lang = page.lang;
    if step == Step::Withdraw && sure != "yes" {
        let trouble = lang.pick(
            "未办理：撤销证书不可恢复，请勾选“我确认”后再提交。",
            "Nothing was done: revoking is final. Mark “I am sure” and send it again.",
        );
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return shown(page, signed_in, shared, &id, status, typed, trouble.to_owned()).await;
    }
    let by = signed_in.clone();
    let refused = work(&shared, move |office| {
        let done = step.take(office, &actor(&by), (case, version), &note, &replacement);
        tried(office, &by, step.action(), &case.to_string(), done, is_shown_again)
    })
    .await?;
    match refused {
        Ok(_) => Ok(see_other(&format!("/operator/objections/{id}"))),
        Err((status, refusal)) => {
            let trouble = refusal.message(lang.words());
            shown(page, signed_in, shared, &id, status, typed, trouble).await
        }
    }
}

/// Whether the page is shown again, with what was typed: whatever the operator can mend.
fn is_shown_again(status: StatusCode, code: RefusalCode) -> bool {
    status.is_client_error() && status != StatusCode::FORBIDDEN && code != RefusalCode::ObjectionUnknown
}
