//! `/history/N`: what happened to a certificate since it was issued, for operator, reviewer and auditor.
//!
//! ```text
//! GET /history?number=…      to one certificate
//! GET /history/N             1  异议核实中，暂停使用   2026年11月22日 09:15   李四   OBJECTION   账本第 4711 条
//! ```
//!
//! Each line is an event of the certificate's chain with its entry's index in the ledger. The holder sees kinds and times
//! alone ([`outward`]); everybody else sees the status.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Query, ServiceConfig};
use askama::Template;
use notary::office::{EventView, Office};
use notary::operator_log::Action;
use notary::people::Role;
use notary::refusal::{Refusal, RefusalCode};
use serde::Deserialize;
use verifier::event::EventKind;
use verifier::hash::Hash;
use verifier::number::CertificateNumber;

use crate::desk::lists::{Tag, status_tag, who};
use crate::desk::{looked, read, see_other, work};
use crate::lang::Lang;
use crate::page::words::{exact, grouped, moment};
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::SignedIn;

/// Who may look at a history with its reasons.
const READERS: [Role; 3] = [Role::Operator, Role::Reviewer, Role::Auditor];

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config.route("/history", read().to(search)).route(r"/history/{number:\d{22}}", read().to(show));
}

/// An event as those see it who work on it.
pub struct EventLine {
    /// Its place in the chain, from 1.
    pub sequence: u32,
    /// What happened.
    pub kind: Tag,
    /// When, to the second.
    pub at: String,
    /// Who.
    pub by: String,
    /// The stable code of the reason.
    pub reason_code: String,
    /// The reason.
    pub reason: String,
    /// On what basis.
    pub basis: String,
    /// What else belongs to it.
    pub details: Vec<Detail>,
    /// The index of its entry in the ledger; nothing until it is sealed.
    pub index: Option<u64>,
    /// Its entry, base64.
    pub entry: String,
}

/// One detail of an event.
pub struct Detail {
    /// What it is.
    pub name: String,
    /// What it says.
    pub text: String,
    /// Where it leads, for whoever may go there; empty otherwise.
    pub link: String,
}

/// An event as the holder sees it.
pub struct Outward {
    /// What happened, in the words of the public.
    pub word: &'static str,
    /// When, to the minute.
    pub at: String,
}

/// A certificate's history.
pub struct History {
    /// Its events, in order.
    pub lines: Vec<EventLine>,
    /// The sequence of the last one.
    pub seen: u32,
    /// Whether the document was erased, and what was said of its events with it.
    pub erased: bool,
}

#[derive(Template)]
#[template(path = "life/history.html")]
struct Show<'a> {
    page: &'a Page,
    number: String,
    grouped: String,
    status: Tag,
    index: Option<u64>,
    history: History,
    operator: bool,
}

#[derive(Template)]
#[template(path = "life/history-search.html")]
struct Search<'a> {
    page: &'a Page,
    trouble: &'a str,
}

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    number: String,
}

async fn search(page: Page, signed_in: SignedIn, asked: Query<Asked>) -> Result<HttpResponse, Problem> {
    signed_in.require(&READERS)?;
    let typed: String = asked.number.chars().filter(|c| !c.is_whitespace()).collect();
    if let Ok(number) = CertificateNumber::parse(&typed) {
        return Ok(see_other(&format!("/history/{number}")));
    }
    let page = titled(page, &signed_in);
    let (status, trouble) = match typed.is_empty() {
        true => (StatusCode::OK, ""),
        false => (StatusCode::UNPROCESSABLE_ENTITY, number_trouble(page.lang)),
    };
    Ok(page.html(status, &Search { page: &page, trouble }))
}

async fn show(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&READERS)?;
    let number = CertificateNumber::parse(&number).map_err(|_| Common::NotFound.problem())?;
    let (lang, by) = (page.lang, signed_in.clone());
    let (status, index, history) = work(&shared, move |office| {
        let status = office.status_of(&number)?;
        let history = history(lang, office, &number)?;
        looked(office, &by, Action::HistoryViewed, number.as_str())?;
        Ok((status_tag(lang, status, false), office.index_of(&number)?, history))
    })
    .await?;
    let page = titled(page, &signed_in);
    let show = Show {
        page: &page,
        number: number.as_str().to_owned(),
        grouped: grouped(number.as_str()),
        status,
        index,
        history,
        operator: signed_in.role() == Role::Operator,
    };
    Ok(page.html(StatusCode::OK, &show))
}

/// A certificate's history as those see it who work on it.
///
/// # Errors
/// `CERTIFICATE_UNKNOWN`; damage that is found on the way.
pub fn history(lang: Lang, office: &Office, number: &CertificateNumber) -> Result<History, Refusal> {
    let events = match office.events_of(number) {
        Ok(events) => events,
        Err(refusal) if refusal.code() == RefusalCode::Erased => {
            let seen = office.last_event(number)?;
            return Ok(History { lines: Vec::new(), seen, erased: true });
        }
        Err(refusal) => return Err(refusal),
    };
    let seen = events.last().map_or(0, |event| event.event.fields().sequence);
    let lines = events.iter().map(|event| line(lang, office, event)).collect();
    Ok(History { lines, seen, erased: false })
}

/// The events of a certificate as its holder sees them: those of its status, without inner reasons.
pub fn outward(lang: Lang, events: &[EventView]) -> Vec<Outward> {
    let fields = events.iter().map(|event| event.event.fields());
    fields
        .filter_map(|fields| {
            Some(Outward { word: outward_word(lang, fields.kind)?, at: moment(lang, fields.at) })
        })
        .collect()
}

fn line(lang: Lang, office: &Office, event: &EventView) -> EventLine {
    let fields = event.event.fields();
    EventLine {
        sequence: fields.sequence,
        kind: kind_tag(lang, fields.kind),
        at: exact(lang, fields.at),
        by: by(lang, office, &fields.by),
        reason_code: fields.reason_code.clone(),
        reason: fields.reason.clone(),
        basis: fields.basis.clone(),
        details: fields.detail.iter().map(|(name, text)| detail(lang, name, text)).collect(),
        index: event.index,
        entry: Hash::from_bytes(*event.entry.as_bytes()).to_base64(),
    }
}

fn detail(lang: Lang, name: &str, text: &str) -> Detail {
    let known = match name {
        "claims" => lang.pick("涉及结论", "claims"),
        "item" => lang.pick("涉及记录", "record"),
        "organ" => lang.pick("作出机关代码", "code of the organ"),
        "case" => lang.pick("异议", "objection"),
        "repair" => lang.pick("信用修复", "repair"),
        "replaced_by" => lang.pick("新证书", "new certificate"),
        "evidence" => lang.pick("证据摘要", "digests of evidence"),
        "unit" => lang.pick("认定单位", "determined by"),
        "unit_code" => lang.pick("认定单位代码", "code of that unit"),
        "unperformed" => lang.pick("未履行内容", "not performed"),
        "liability" => lang.pick("责任追究", "liability"),
        "channel" => lang.pick("公示渠道", "channel"),
        "breach" => lang.pick("失信情形", "breach"),
        "request" => lang.pick("请求标识", "request"),
        other => other,
    };
    let link = match name {
        "case" => format!("/operator/objections/{text}"),
        "repair" => format!("/operator/repairs/{text}"),
        "replaced_by" => format!("/history/{text}"),
        _ => String::new(),
    };
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'/';
    let link = if link.bytes().all(plain) { link } else { String::new() };
    Detail { name: known.to_owned(), text: text.to_owned(), link }
}

/// Whoever did it: a person as colleagues know them, a program, a command, the office itself.
pub fn by(lang: Lang, office: &Office, by: &str) -> String {
    match by {
        "command" => lang.pick("命令行", "a command").to_owned(),
        "office" => lang.pick("本机构系统", "the office itself").to_owned(),
        key if key.starts_with('K') => format!("{}{key}", lang.pick("接口密钥 ", "API key ")),
        account => who(office, account),
    }
}

/// What happened, in one word.
pub fn kind_tag(lang: Lang, kind: EventKind) -> Tag {
    use EventKind as K;
    let (class, zh, en) = match kind {
        K::Suspended => ("tag-warn", "异议核实中，暂停使用", "suspended (objection)"),
        K::Resumed => ("tag-ok", "恢复有效", "valid again"),
        K::Superseded => ("tag-warn", "已更正，由新证书替代", "superseded by a corrected one"),
        K::Repaired => ("tag-warn", "信用修复", "credit repaired"),
        K::ObjectionNoted => ("tag-warn", "异议标注", "objection noted"),
        K::Withdrawn => ("tag-warn", "应主体申请撤回", "withdrawn at the holder's wish"),
        K::Revoked => ("tag-error", "已撤销", "revoked"),
        K::Publicised => ("", "已公示", "publicised"),
        K::Supplemented => ("", "已补正", "supplemented"),
        K::SupplementOverdue => ("tag-warn", "逾期未补正", "supplement overdue"),
        K::CheckStarted => ("", "践诺核查中", "being checked"),
        K::Fulfilled => ("tag-ok", "全部履行", "fulfilled"),
        K::PartlyFulfilled => ("tag-warn", "部分履行", "partly fulfilled"),
        K::NotFulfilled => ("tag-error", "全部未履行", "not fulfilled"),
        K::FoundFalse => ("tag-error", "承诺不实", "found false"),
        K::TakenBack => ("", "承诺已撤回", "taken back"),
        K::Expired => ("", "已到期", "expired"),
        K::ObjectionFiled => ("tag-warn", "对结果提出异议", "objected to the result"),
        K::ObjectionResolved => ("", "异议办结", "objection resolved"),
        K::Closed => ("", "监管完成", "closed"),
        K::Renewed => ("", "续承诺", "renewed"),
    };
    Tag { class, word: lang.pick(zh, en) }
}

/// The words of the public; nothing where the event does not touch the status. Correction and repair are one and the same.
fn outward_word(lang: Lang, kind: EventKind) -> Option<&'static str> {
    use EventKind as K;
    Some(match kind {
        K::Suspended => lang.pick("异议核实中，暂缓使用", "suspended (objection)"),
        K::Resumed => lang.pick("恢复有效", "valid again"),
        K::Superseded | K::Repaired => replaced_sentence(lang),
        K::ObjectionNoted => lang.pick("有异议标注", "objection noted"),
        K::Withdrawn => lang.pick("已应申请撤回", "withdrawn at the holder's wish"),
        K::Revoked => lang.pick("证书已撤销，不得使用", "revoked"),
        _ => return None,
    })
}

/// The one sentence for a certificate that was corrected and for one whose record was repaired.
pub fn replaced_sentence(lang: Lang) -> &'static str {
    lang.pick(
        "本证书已有更新版本，请以新证书为准",
        "there is a newer version of this certificate: the new one counts",
    )
}

/// What is said of a number that is none.
pub fn number_trouble(lang: Lang) -> &'static str {
    lang.pick(
        "证书编号应为22位数字，且末两位校验相符；请对照证书重新输入",
        "A certificate number has 22 digits, of which the last two fit the others: read it again",
    )
}

fn titled(page: Page, signed_in: &SignedIn) -> Page {
    let section = match signed_in.role() {
        Role::Operator => Section::Operator,
        Role::Reviewer => Section::Review,
        _ => Section::Admin,
    };
    page.titled("证书历程", "History of a certificate").at(section)
}
