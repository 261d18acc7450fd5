//! `/operator/commitments`: every commitment of the office, one with its history, and what may happen to it next.
//!
//! ```text
//! GET  /operator/commitments?stage=CHECKING&after=4120     the last accepted first
//! POST /operator/commitments          word=…               a code goes to its page, a unified code lists its holder's
//! GET  /operator/commitments/CODE
//! POST /operator/commitments/CODE     csrf, kind, seen, its fields, files (hashed, not kept)
//! ```
//!
//! Who looks at an old page and sends its form is told so, and what was typed stays. What is searched for is in no address.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Payload, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use notary::code::UnifiedCode;
use notary::commitment::{Stage, View, read_channels, word};
use notary::document::value::{CommitmentCode, Identity};
use notary::office::Office;
use notary::operator_log::Action;
use notary::people::Role;
use notary::refusal::{Refusal, RefusalCode};
use serde::Deserialize;
use verifier::event::EventKind;

use super::event_form::{EventForm, Sent, Shape, given};
use super::words::{ListedView, Word, day, publicity_word, stage, type_word};
use crate::desk::lists::{Tag, reason_words, status_tag, who};
use crate::desk::posted::Posted;
use crate::desk::{actor, looked, read, see_other, work};
use crate::lang::Lang;
use crate::page::words::{grouped, moment};
use crate::page::{Page, Section};
use crate::problem::{Common, Problem, status_of};
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn};

/// Commitments of a page.
const PAGE: usize = 50;
/// Events of a page.
const EVENTS_MAX: usize = 500;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/operator/commitments", read().to(list))
        .route("/operator/commitments", web::post().to(find))
        .route(r"/operator/commitments/{code:\d{20}}", read().to(one))
        .route(r"/operator/commitments/{code:\d{20}}", web::post().to(record));
}

#[derive(Template)]
#[template(path = "commitments/list.html")]
struct List<'a> {
    page: &'a Page,
    csrf: &'a str,
    rows: Vec<ListedView>,
    stages: Vec<(&'static str, String, bool)>,
    stage: &'a str,
    next: Option<u32>,
    /// Of a holder whose code was searched for.
    holder: String,
    trouble: &'a str,
}

#[derive(Template)]
#[template(path = "commitments/one.html")]
struct One<'a> {
    page: &'a Page,
    csrf: &'a str,
    commitment: CommitmentView,
    forms: Vec<EventForm>,
    trouble: String,
    trouble_code: &'a str,
    stale: bool,
    lost: Vec<(&'static str, String)>,
}

/// A commitment with all that the office knows of it.
struct CommitmentView {
    code: String,
    number: String,
    number_grouped: String,
    committer: String,
    committer_code: String,
    status: Tag,
    stage: Word,
    line: String,
    sealed: bool,
    seen: u32,
    facts: Vec<(&'static str, String)>,
    missing: Vec<String>,
    remarks: Vec<(&'static str, String)>,
    history: Vec<EventLine>,
}

/// One event of the history.
struct EventLine {
    sequence: u32,
    at: String,
    what: &'static str,
    reason_code: String,
    by: String,
    details: Vec<(String, String)>,
    index: Option<u64>,
}

#[derive(Debug, Deserialize)]
struct Filter {
    #[serde(default)]
    stage: String,
    after: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Search {
    #[serde(default)]
    word: String,
}

async fn list(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    filter: Query<Filter>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let Filter { stage, after } = filter.into_inner();
    let wanted = Stage::from_code(&stage);
    let (lang, by) = (page.lang, signed_in.clone());
    let (rows, next) = work(&shared, move |office| {
        looked(office, &by, Action::CommitmentViewed, "")?;
        let found = office.commitment_desk().list(wanted, after, PAGE)?;
        let rows = found.rows.iter().map(|row| ListedView::new(lang, row)).collect();
        Ok((rows, found.next))
    })
    .await?;
    let code = wanted.map_or("", Stage::code);
    Ok(list_page(page, &signed_in, StatusCode::OK, rows, code, next, String::new(), ""))
}

#[allow(clippy::too_many_arguments)]
fn list_page(
    page: Page,
    signed_in: &SignedIn,
    status: StatusCode,
    rows: Vec<ListedView>,
    stage: &str,
    next: Option<u32>,
    holder: String,
    trouble: &str,
) -> HttpResponse {
    let page = page.titled("信用承诺", "Commitments").at(Section::Operator);
    let words = page.lang.words();
    let stages = Stage::ALL.map(|one| (one.code(), one.word(words), one.code() == stage)).to_vec();
    let list = List { page: &page, csrf: signed_in.csrf(), rows, stages, stage, next, holder, trouble };
    page.html(status, &list)
}

async fn find(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    form: CheckedForm<Search>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let typed = notary::code::normalise(&form.word);
    if CommitmentCode::parse(&typed).is_some() {
        return Ok(see_other(&format!("/operator/commitments/{typed}")));
    }
    let lang = page.lang;
    let Ok(code) = UnifiedCode::parse_typed(&typed) else {
        let trouble = lang.pick(
            "请输入20位承诺编码或18位统一社会信用代码；请逐位核对。",
            "Enter a commitment's code of 20 digits or a unified code of 18 characters; compare it character by character.",
        );
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(list_page(page, &signed_in, status, Vec::new(), "", None, form.word.clone(), trouble));
    };
    let by = signed_in.clone();
    let rows = work(&shared, move |office| {
        looked(office, &by, Action::CommitmentViewed, "")?;
        let rows = office.commitment_desk().of_holder(&code)?;
        Ok(rows.iter().map(|row| ListedView::new(lang, row)).collect())
    })
    .await?;
    Ok(list_page(page, &signed_in, StatusCode::OK, rows, "", None, typed, ""))
}

async fn one(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    shown(page, &signed_in, &shared, &parsed(&code)?, None, None).await
}

async fn record(
    request: HttpRequest,
    payload: Payload,
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let posted = Posted::read(&request, &mut payload.into_inner(), &signed_in).await?;
    let (by, code) = (signed_in.clone(), parsed(&code)?);
    let wanted = code.clone();
    let (sent, refused) = work(&shared, move |office| {
        let desk = office.commitment_desk();
        let missing = desk.one(&wanted)?.missing;
        let sent = Sent::read(&posted, &missing).ok_or_else(|| Common::FormBad.problem())?;
        let done = desk.event(&actor(&by), &wanted, &sent.event, Some(sent.seen));
        let refused = done.as_ref().err().cloned();
        let object = format!("commitment/{wanted}");
        match crate::desk::logged(office, &by, Action::CommitmentEvent, &object, done) {
            Ok(_) => Ok((sent, None)),
            Err(problem) if problem.status().is_server_error() => Err(problem),
            Err(_) => Ok((sent, refused)),
        }
    })
    .await?;
    match refused {
        None => Ok(see_other(&format!("/operator/commitments/{code}"))),
        Some(refusal) => shown(page, &signed_in, &shared, &code, Some(sent), Some(refusal)).await,
    }
}

async fn shown(
    page: Page,
    signed_in: &SignedIn,
    shared: &Data<Shared>,
    code: &CommitmentCode,
    sent: Option<Sent>,
    refusal: Option<Refusal>,
) -> Result<HttpResponse, Problem> {
    let (lang, by, wanted) = (page.lang, signed_in.clone(), code.clone());
    let (commitment, next, missing) = work(shared, move |office| {
        looked(office, &by, Action::CommitmentViewed, &format!("commitment/{wanted}"))?;
        let view = office.commitment_desk().one(&wanted)?;
        let (next, missing) = (view.next.clone(), view.missing.clone());
        Ok((CommitmentView::new(lang, office, &view), next, missing))
    })
    .await?;
    let page = page.titled("信用承诺", "Commitment").at(Section::Operator);
    let form = |kind: &EventKind| EventForm::new(lang, *kind, &missing, sent.as_ref(), refusal.as_ref());
    let forms: Vec<EventForm> = next.iter().map(form).collect();
    let told = forms.iter().any(EventForm::tells);
    let stale = refusal.as_ref().is_some_and(|refusal| refusal.code() == RefusalCode::EventOutOfOrder);
    let at_top = refusal.as_ref().filter(|_| !told);
    // The form that it was typed into may not be there any more.
    let gone = sent.as_ref().filter(|sent| !next.contains(&sent.kind));
    let one = One {
        page: &page,
        csrf: signed_in.csrf(),
        commitment,
        forms,
        trouble: at_top.map(|refusal| refusal.message(lang.words())).unwrap_or_default(),
        trouble_code: at_top.map_or("", |refusal| refusal.code().as_str()),
        stale,
        lost: gone.map(|sent| given(lang, &sent.event)).unwrap_or_default(),
    };
    let status = refusal.as_ref().map_or(StatusCode::OK, |refusal| status_of(refusal.code()));
    Ok(page.html(status, &one))
}

impl CommitmentView {
    fn new(lang: Lang, office: &Office, view: &View) -> CommitmentView {
        let words = lang.words();
        let commitment = &view.commitment;
        let committer = &commitment.committer;
        let mut facts = vec![
            (lang.pick("承诺类型", "Type"), type_word(lang, commitment.commitment_type).to_owned()),
            (lang.pick("承诺事由", "Subject"), commitment.reason.clone()),
            (lang.pick("承诺内容", "Content"), commitment.content.clone()),
            (lang.pick("违诺责任", "Liability"), commitment.liability.clone()),
            (lang.pick("作出日期", "Made"), day(lang, commitment.made_on)),
        ];
        if let Some(matter) = &commitment.matter {
            facts.insert(1, (lang.pick("事项", "Matter"), format!("{}（{}）", matter.name, matter.code)));
        }
        if let Some(last) = view.valid_to {
            facts.push((lang.pick("承诺有效期", "Until"), day(lang, last)));
        }
        let unit = &commitment.accepted_by;
        facts.push((lang.pick("受理单位", "Accepted by"), format!("{}（{}）", unit.name, unit.uscc)));
        facts.push((
            lang.pick("公开类型", "Publicity"),
            publicity_word(lang, commitment.publicity).to_owned(),
        ));
        if let Some(since) = view.publicised {
            facts.push((lang.pick("公示日期", "Public since"), day(lang, since)));
        }
        if let Some(due) = view.supplement_due {
            facts.push((lang.pick("补正期限", "Items due"), day(lang, due)));
        }
        if !commitment.conditions.is_empty() {
            facts.push((lang.pick("告知条件", "Conditions"), commitment.conditions.join("\n")));
        }
        for approval in &commitment.approvals {
            let said = format!("{}（{}）{}", approval.name, approval.post, day(lang, approval.at));
            facts.push((lang.pick("签署", "Signed by"), said));
        }
        if let Some(template) = &commitment.template {
            let named = format!("{} {}", template.template.id, template.template.version);
            facts.push((lang.pick("承诺书样式", "Template"), named));
        }
        if let Some(ends) = view.present.window_ends {
            facts.push((lang.pick("异议期至", "Objections until"), day(lang, ends)));
        }
        if let Some(unperformed) = &view.present.unperformed {
            facts.push((lang.pick("未履行的承诺内容", "Unperformed"), unperformed.clone()));
        }
        if let Some(liability) = &view.present.liability {
            facts.push((lang.pick("违诺责任追究内容", "What followed"), liability.clone()));
        }
        CommitmentView {
            code: commitment.code.to_string(),
            number: view.number.to_string(),
            number_grouped: grouped(view.number.as_str()),
            committer: committer.name.clone(),
            committer_code: match &committer.identity {
                Identity::Code(code) => code.to_string(),
                Identity::Person(id) => masked(id.reveal()),
            },
            status: status_tag(lang, view.status, false),
            stage: stage(lang, view.stage),
            line: super::words::present_line(lang, &view.present),
            sealed: view.index.is_some(),
            seen: view.seen,
            facts,
            missing: view.missing.clone(),
            remarks: view.remarks.iter().map(|remark| (remark.code(), remark.message(words))).collect(),
            history: history(lang, office, view),
        }
    }
}

/// What happened, the last first.
fn history(lang: Lang, office: &Office, view: &View) -> Vec<EventLine> {
    let line = |event: &notary::office::EventView| {
        let fields = event.event.fields();
        let said = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        let mut details: Vec<(String, String)> = Vec::new();
        details.extend(
            said(&fields.reason)
                .map(|text| (lang.pick("理由", "reason").to_owned(), reason_words(lang, &text))),
        );
        details.extend(said(&fields.basis).map(|text| (lang.pick("依据", "basis").to_owned(), text)));
        for (name, value) in &fields.detail {
            let value = match name.as_str() {
                "channel" => channels_text(value),
                "breach" if value == "FALSE" => lang.pick("虚假承诺", "false when it was made").to_owned(),
                "breach" => lang.pick("违背承诺", "broken later").to_owned(),
                "outcome" if value == "UPHELD" => lang.pick("异议成立", "upheld").to_owned(),
                "outcome" => lang.pick("异议不成立", "rejected").to_owned(),
                _ => value.replace(',', "\n"),
            };
            details.push((detail_word(lang, name).to_owned(), value));
        }
        EventLine {
            sequence: fields.sequence,
            at: moment(lang, fields.at),
            what: word(fields.kind, lang.words()),
            reason_code: fields.reason_code.clone(),
            by: match fields.by.as_str() {
                "office" => lang.pick("系统（到期自动记录）", "the office, by the day").to_owned(),
                "command" => lang.pick("命令行", "a command").to_owned(),
                by => who(office, by),
            },
            details,
            index: event.index,
        }
    };
    view.events.iter().rev().take(EVENTS_MAX).map(line).collect()
}

fn channels_text(value: &str) -> String {
    let line =
        |channel: &notary::commitment::Channel| format!("{} {} {}", channel.site, channel.url, channel.on);
    read_channels(value).iter().map(line).collect::<Vec<_>>().join("\n")
}

fn detail_word(lang: Lang, name: &str) -> &str {
    match name {
        "channel" => lang.pick("公示渠道", "where"),
        "evidence" => lang.pick("证据摘要", "evidence"),
        "unit" => lang.pick("认定单位", "unit"),
        "unit_code" => lang.pick("认定单位代码", "unit's code"),
        "unperformed" => lang.pick("未履行的承诺内容", "unperformed"),
        "liability" => lang.pick("违诺责任追究内容", "what followed"),
        "breach" => lang.pick("失信类别", "breach"),
        "outcome" => lang.pick("结论", "outcome"),
        "items" => lang.pick("补正材料", "items"),
        "valid_to" => lang.pick("有效期至", "until"),
        "replaced_by" => lang.pick("替代证书", "replaced by"),
        "case" => lang.pick("异议编号", "objection"),
        other => other,
    }
}

/// 619900********0010: as staff see an ID number.
fn masked(id: &str) -> String {
    let (start, end) = (id.get(..6).unwrap_or_default(), id.get(14..).unwrap_or_default());
    format!("{start}********{end}")
}

fn parsed(code: &str) -> Result<CommitmentCode, Problem> {
    CommitmentCode::parse(code).ok_or_else(|| Common::NotFound.problem())
}
