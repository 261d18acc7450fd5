//! What a draft will become, as people see it before they approve.
//!
//! ```text
//! 有 1 条记录，影响此用途
//! ✕ 无行政处罚     不成立           行政处罚：示市监罚〔2026〕11号（2026-03-10）
//! — 无行政强制     未纳入本报告     “行政强制”未归集
//! ```
//!
//! The template is `desk/preview.html`. NO and NOT_COVERED have a word, a sign and a frame of their own, never a colour
//! alone. Not here: what is certified (`Office::preview`).

use notary::claim::Why;
use notary::desk::ReportRequest;
use notary::document::vocabulary::CoverageStatus;
use notary::office::Preview;
use verifier::core::Core;
use verifier::registry::{ClaimValue, HolderKind, Open, Registered};

use super::lists::terms_line;
use crate::lang::Lang;
use crate::page::verdict::{ClaimLine, claim_line};
use crate::page::words::{day, grouped, moment};

/// Reasons that are shown of one claim.
const REASONS_MAX: usize = 20;

/// What the template shows.
pub struct PreviewView {
    /// The certificate's title.
    pub title: String,
    /// Whom it is about: name, code, what the code is called.
    pub holder: Option<(String, String, &'static str)>,
    /// The effect in one sentence: how many records count against the purpose, or that none does.
    pub effect: String,
    /// The class of that sentence: `notice-error`, `notice-warn`, or `notice-ok` where every claim holds.
    pub class: &'static str,
    /// The claims, those that do not hold first.
    pub claims: Vec<ClaimView>,
    /// Names and values.
    pub facts: Vec<(&'static str, String)>,
    /// The purpose, large.
    pub purpose: String,
    /// For whom.
    pub audience: String,
    /// What is to be looked at: another purpose than was asked for, and the like.
    pub warnings: Vec<String>,
}

/// A claim and what decided it.
pub struct ClaimView {
    /// The claim.
    pub line: ClaimLine,
    /// Why it does not hold, or is not covered.
    pub why: Vec<String>,
}

impl PreviewView {
    /// Of this preview, which answers that request.
    pub fn new(lang: Lang, preview: &Preview, request: Option<&ReportRequest>) -> PreviewView {
        let core = &preview.core;
        let mut claims: Vec<(u8, ClaimView)> = preview
            .claims
            .iter()
            .map(|(claim, why)| {
                let why = why.iter().take(REASONS_MAX).map(|why| reason(lang, why)).collect();
                (weight(claim.value()), ClaimView { line: claim_line(lang, claim), why })
            })
            .collect();
        claims.sort_by_key(|(weight, _)| *weight);
        let (effect, class) = effect(lang, adverse_records(preview), core);
        PreviewView {
            title: core.title().to_owned(),
            holder: core.holder().map(|holder| {
                let label = match holder.kind() {
                    HolderKind::Person => lang.pick("身份信息索引", "Reference to the ID number"),
                    _ => lang.pick("统一社会信用代码", "Unified social credit code"),
                };
                (holder.name().to_owned(), holder.code().to_owned(), label)
            }),
            effect,
            class,
            claims: claims.into_iter().map(|(_, view)| view).collect(),
            facts: facts(lang, preview),
            purpose: core.purpose().map(|purpose| open(lang, purpose)).unwrap_or_default(),
            audience: core
                .audience()
                .map(|unit| format!("{}（{}）", unit.name(), unit.code()))
                .unwrap_or_default(),
            warnings: warnings(lang, preview, request),
        }
    }
}

/// Records that make a claim come out NO, each counted once.
pub fn adverse_records(preview: &Preview) -> usize {
    let no = preview.claims.iter().filter(|(claim, _)| claim.value() == ClaimValue::No);
    let places = no.flat_map(|(_, why)| why).filter_map(|why| match why {
        Why::Record { at, objection: false, .. } => Some(at),
        _ => None,
    });
    places.collect::<std::collections::BTreeSet<_>>().len()
}

/// The sentence and its class. Where not everything is known, nothing is green.
fn effect(lang: Lang, records: usize, core: &Core) -> (String, &'static str) {
    let count =
        |test: fn(ClaimValue) -> bool| core.claims().iter().filter(|claim| test(claim.value())).count();
    let no = count(|value| value == ClaimValue::No);
    let open = count(|value| !matches!(value, ClaimValue::No | ClaimValue::Yes));
    match (no, open, lang) {
        (0, 0, _) if core.claims().is_empty() => {
            (lang.pick("此类证书不含结论", "Certificates of this kind make no claims").to_owned(), "")
        }
        (0, 0, _) => {
            let said = lang.pick("没有影响此用途的记录", "No record counts against this purpose");
            (said.to_owned(), "notice-ok")
        }
        (0, n, Lang::Zh) => {
            (format!("没有使结论不成立的记录，但有{n}项未纳入、部分纳入或异议核实中"), "notice-warn")
        }
        (0, n, Lang::En) => (
            format!("No claim fails, but {n} are not covered, covered in part or under objection"),
            "notice-warn",
        ),
        (_, _, Lang::Zh) => (format!("有{records}条记录，影响此用途"), "notice-error"),
        (_, _, Lang::En) => (format!("{records} record(s) count against this purpose"), "notice-error"),
    }
}

fn weight(value: ClaimValue) -> u8 {
    match value {
        ClaimValue::No => 0,
        ClaimValue::UnderObjection => 1,
        ClaimValue::Partial => 2,
        ClaimValue::NotCovered => 3,
        ClaimValue::Yes => 4,
    }
}

fn reason(lang: Lang, why: &Why) -> String {
    match why {
        Why::Record { item_kind, what, on, objection, .. } => {
            let objection = match objection {
                true => lang.pick("，异议核实中", ", under objection"),
                false => "",
            };
            format!("{item_kind}：{what}（{on}{objection}）")
        }
        Why::NotCollected { item_kind, rows } if rows.is_empty() => match lang {
            Lang::Zh => format!("“{item_kind}”未归集"),
            Lang::En => format!("“{item_kind}” was not collected"),
        },
        Why::NotCollected { item_kind, rows } => {
            let rows = rows.iter().map(|(field, status, as_of)| {
                let said = match (status, lang) {
                    (CoverageStatus::Stale, Lang::En) => "not up to date",
                    (_, Lang::En) => "not collected",
                    (status, Lang::Zh) => status.label(),
                };
                let field = if field == "ALL" { lang.pick("全部领域", "all fields") } else { field };
                format!("{field} {said}（{as_of}）")
            });
            format!("{item_kind}：{}", rows.collect::<Vec<_>>().join(lang.pick("；", "; ")))
        }
    }
}

fn facts(lang: Lang, preview: &Preview) -> Vec<(&'static str, String)> {
    let core = &preview.core;
    let mut facts = Vec::new();
    if let Some(report) = preview.document.report() {
        facts.push((lang.pick("报告编号", "Report number"), report.report_no.to_string()));
    }
    if let Some((from, to)) = core.period() {
        facts.push((lang.pick("查询期", "Period"), format!("{} — {}", day(lang, from), day(lang, to))));
    }
    if let Some(time) = core.data_as_of() {
        facts.push((lang.pick("数据截至", "Data as of"), moment(lang, time)));
    }
    facts.push((lang.pick("有效期至", "Valid until"), moment(lang, core.expires_at())));
    for (counter, count) in core.counters() {
        facts.push((lang.pick("记录数", "Records"), format!("{}：{count}", open(lang, *counter))));
    }
    facts.push((lang.pick("披露记录", "Disclosures"), preview.records.to_string()));
    let bytes = core.as_bytes().len();
    facts.push((
        lang.pick("二维码", "QR code"),
        match (preview.qr, lang) {
            (true, Lang::Zh) => format!("可以生成（内容 {bytes} 字节，上限 {}）", preview.core_limit),
            (true, Lang::En) => format!("yes ({bytes} of {} bytes)", preview.core_limit),
            (false, Lang::Zh) => format!("不生成（内容 {bytes} 字节，上限 {}）", preview.core_limit),
            (false, Lang::En) => format!("none ({bytes} of {} bytes)", preview.core_limit),
        },
    ));
    facts
}

fn warnings(lang: Lang, preview: &Preview, request: Option<&ReportRequest>) -> Vec<String> {
    let core = &preview.core;
    let mut out = Vec::new();
    if let Some(request) = request {
        if core.purpose() != Some(Open::Known(request.terms.purpose)) {
            let asked = terms_line(lang, request);
            out.push(match lang {
                Lang::Zh => format!("用途与申请不符。申请的是：{asked}"),
                Lang::En => format!("The purpose is not the one that was asked for: {asked}"),
            });
        }
        let given = core.audience().map(|unit| unit.code().to_owned());
        if given != request.terms.audience.as_ref().map(|(_, code)| code.clone()) {
            out.push(
                lang.pick("接收单位与申请不符", "The recipient is not the one that was asked for").to_owned(),
            );
        }
        if core.period() != Some(request.terms.period) {
            out.push(
                lang.pick("查询期与申请不符", "The period is not the one that was asked for").to_owned(),
            );
        }
    }
    if let Some(number) = preview.known {
        let number = grouped(number.as_str());
        out.push(match lang {
            Lang::Zh => format!("这份文档已经签发过，证书编号 {number}；再次签发得到同一份证书"),
            Lang::En => format!(
                "This document was certified already as {number}; approving gives the same certificate"
            ),
        });
    }
    out
}

fn open<T: Registered>(lang: Lang, term: Open<T>) -> String {
    if lang.is_en() { term.en() } else { term.zh() }
}
