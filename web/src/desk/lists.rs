//! Drafts and requests as rows of a list.

use notary::desk::{Draft, DraftState, ReportRequest, RequestState};
use notary::office::Office;
use notary::people::AccountId;
use verifier::registry::Registered;
use verifier::status::Status;

use crate::lang::Lang;
use crate::page::words::{day, moment};

/// A state in one word, and the class of its tag.
#[derive(Clone, Copy, Debug)]
pub struct Tag {
    /// `tag-ok`, `tag-warn`, `tag-error` or nothing.
    pub class: &'static str,
    /// The word.
    pub word: &'static str,
}

/// A draft in a list.
pub struct DraftRow {
    /// Its number.
    pub id: u64,
    /// Its version.
    pub version: u32,
    /// Its title; empty once it is done with.
    pub title: String,
    /// Whom it is about.
    pub holder: String,
    /// The code.
    pub code: String,
    /// Where it is.
    pub state: Tag,
    /// What stands out: claims that do not hold, changes by hand.
    pub marks: Vec<Tag>,
    /// When it was submitted.
    pub made: String,
    /// By whom.
    pub made_by: String,
    /// When something last happened to it.
    pub changed: String,
    /// Why it was returned.
    pub reason: String,
    /// The certificate that came of it.
    pub number: String,
}

impl DraftRow {
    /// Of this draft.
    pub fn new(lang: Lang, office: &Office, draft: &Draft) -> DraftRow {
        let summary = draft.summary.clone().unwrap_or_default();
        let mut marks = Vec::new();
        if summary.no > 0 {
            marks.push(Tag {
                class: "tag-error", word: lang.pick("含不成立结论", "a claim does not hold")
            });
        }
        if summary.not_covered > 0 {
            marks.push(Tag { class: "tag-warn", word: lang.pick("含未纳入项", "not all is covered") });
        }
        if draft.changed {
            marks.push(Tag { class: "tag-warn", word: lang.pick("手工改动", "changed by hand") });
        }
        if draft.again {
            marks.push(Tag { class: "tag-warn", word: lang.pick("重新提交", "submitted anew") });
        }
        DraftRow {
            id: draft.id.0,
            version: draft.version,
            title: summary.title,
            holder: summary.holder,
            code: summary.code,
            state: draft_tag(lang, draft.state),
            marks,
            made: moment(lang, draft.made_at),
            made_by: who(office, &draft.made_by),
            changed: moment(lang, draft.changed_at),
            reason: draft.reason.as_deref().map(|reason| reason_words(lang, reason)).unwrap_or_default(),
            number: match draft.state {
                DraftState::Issued(number) => number.as_str().to_owned(),
                _ => String::new(),
            },
        }
    }
}

/// Where a draft is, in the words of the office.
pub fn draft_tag(lang: Lang, state: DraftState) -> Tag {
    match state {
        DraftState::ToReview => Tag { class: "tag-warn", word: lang.pick("待复核", "to be reviewed") },
        DraftState::ToIssue => Tag { class: "", word: lang.pick("待签发", "to be issued") },
        DraftState::Issuing => Tag { class: "", word: lang.pick("签发中", "being issued") },
        DraftState::Issued(_) => Tag { class: "tag-ok", word: lang.pick("已签发", "issued") },
        DraftState::Returned => Tag { class: "tag-error", word: lang.pick("已退回", "returned") },
        DraftState::Discarded => Tag { class: "", word: lang.pick("已作废", "discarded") },
    }
}

/// A reason as it was typed; a code of the office as its sentence.
pub fn reason_words(lang: Lang, reason: &str) -> String {
    let codes = notary::refusal::RefusalCode::ALL;
    match codes.iter().find(|code| code.as_str() == reason) {
        Some(code) => {
            let said = notary::refusal::Refusal::new(*code).message(lang.words());
            format!("{}（{reason}）", said.trim_end_matches(['：', ':', ' ']))
        }
        None => reason.to_owned(),
    }
}

/// A request in a list.
pub struct RequestRow {
    /// Its number.
    pub id: u64,
    /// Where it is.
    pub state: Tag,
    /// The holder's code.
    pub holder: String,
    /// For what.
    pub purpose: &'static str,
    /// For whom; empty for anyone.
    pub audience: String,
    /// The period.
    pub period: String,
    /// When it was asked.
    pub at: String,
    /// By whom.
    pub by: String,
    /// Why it was refused.
    pub reason: String,
    /// The certificate that came of it.
    pub number: String,
    /// The draft that answers it.
    pub draft: Option<u64>,
}

impl RequestRow {
    /// Of this request.
    pub fn new(lang: Lang, office: &Office, request: &ReportRequest) -> RequestRow {
        RequestRow {
            id: request.id.0,
            state: request_tag(lang, request.state),
            holder: request.terms.holder.clone(),
            purpose: purpose(lang, request),
            audience: request.terms.audience.as_ref().map(|(name, _)| name.clone()).unwrap_or_default(),
            period: period(lang, request),
            at: moment(lang, request.at),
            by: who(office, &request.by),
            reason: request.reason.clone().unwrap_or_default(),
            number: match request.state {
                RequestState::Issued(number) => number.as_str().to_owned(),
                _ => String::new(),
            },
            draft: request.draft.map(|id| id.0),
        }
    }
}

/// Where a request is, in the words of the office.
pub fn request_tag(lang: Lang, state: RequestState) -> Tag {
    match state {
        RequestState::Asked => Tag { class: "", word: lang.pick("待受理", "waiting") },
        RequestState::InWork => Tag { class: "tag-warn", word: lang.pick("办理中", "in work") },
        RequestState::Issued(_) => Tag { class: "tag-ok", word: lang.pick("已签发", "issued") },
        RequestState::Refused => Tag { class: "tag-error", word: lang.pick("已退回", "refused") },
        RequestState::Withdrawn => Tag { class: "", word: lang.pick("已撤回", "withdrawn") },
    }
}

/// `招标投标，示例县行政审批服务局，2023年11月22日 — 2026年11月21日`.
pub fn terms_line(lang: Lang, request: &ReportRequest) -> String {
    let audience = request.terms.audience.as_ref().map(|(name, _)| name.as_str());
    let parts = [Some(purpose(lang, request)), audience].into_iter().flatten().map(str::to_owned);
    let parts: Vec<String> = parts.chain([period(lang, request)]).collect();
    parts.join(lang.pick("，", ", "))
}

/// A status in one word.
pub fn status_tag(lang: Lang, status: Option<Status>, expired: bool) -> Tag {
    match status {
        None => Tag { class: "", word: lang.pick("待封存", "to be sealed") },
        Some(Status::Valid) if expired => Tag { class: "tag-warn", word: lang.pick("已过期", "expired") },
        Some(Status::Valid) => Tag { class: "tag-ok", word: lang.pick("有效", "valid") },
        Some(Status::Revoked) => Tag { class: "tag-error", word: lang.pick("已撤销", "revoked") },
        Some(Status::Suspended) => Tag { class: "tag-warn", word: lang.pick("已暂停", "suspended") },
        Some(Status::Replaced) => Tag { class: "tag-warn", word: lang.pick("已替代", "superseded") },
        Some(Status::ObjectionNoted) => {
            Tag { class: "tag-warn", word: lang.pick("有异议标注", "objection noted") }
        }
        Some(Status::Withdrawn) => Tag { class: "tag-warn", word: lang.pick("已撤回", "withdrawn") },
        Some(_) => Tag { class: "tag-error", word: lang.pick("未签发", "not issued") },
    }
}

/// An account's person, as colleagues know them; its number where there is none any more.
pub fn who(office: &Office, account: &str) -> String {
    let known = AccountId::parse(account).and_then(|id| office.people().account(id));
    known.map(|known| known.person().to_owned()).unwrap_or_else(|| account.to_owned())
}

fn purpose(lang: Lang, request: &ReportRequest) -> &'static str {
    let purpose = request.terms.purpose;
    if lang.is_en() { Registered::en(purpose) } else { Registered::zh(purpose) }
}

fn period(lang: Lang, request: &ReportRequest) -> String {
    let (from, to) = request.terms.period;
    format!("{} — {}", day(lang, from), day(lang, to))
}
