//! A verdict as every page shows it: one big sentence, whom to compare, what is claimed, what was checked.
//!
//! ```text
//! ✓ 有效  核验通过，证书真实有效     示例检测技术有限公司  91610204MAEXAMPLE1   仅限用于：招标投标
//! ```
//!
//! The template is `verdict.html`; whatever includes it has a `page` and a `verdict`. Ids of its elements are stable, for
//! scripts and tests: `verdict` (with data-outcome and data-code), `verdict-sentence`, `holder-name`, `holder-code`,
//! `claims`, `checks`, `status-age`. Not here: judging (`verifier::verify`), and what was presented (`intake`).

use serde::Serialize;
use verifier::base64;
use verifier::core;
use verifier::reason;
use verifier::registry::{ClaimValue, HolderKind, Open, Registered};
use verifier::text::level_words;
use verifier::trust::{self, TrustBundle};
use verifier::verdict::{self, Check, Code, Detail, Effect, Fields, Outcome, Verdict};

use super::words::{day, grouped, moment, span};
use crate::lang::Lang;

/// What the template shows.
#[derive(Clone, Debug, Serialize)]
pub struct VerdictView {
    /// `valid`, `invalid` or `undetermined`.
    pub outcome: &'static str,
    /// The code that leads.
    pub code: String,
    /// The outcome in one word.
    pub word: String,
    /// The verdict in one sentence.
    pub sentence: String,
    /// What to do, where the sentence does not say it.
    pub next: String,
    /// What the clerk should know and decide: another purpose, another recipient, an objection.
    pub warnings: Vec<String>,
    /// What is certified; shown only where signature and path hold.
    pub subject: Option<Subject>,
    /// Every check done.
    pub checks: Vec<CheckLine>,
    /// Assurance level, 0 to 4.
    pub level: u8,
    /// What the level rests on.
    pub level_words: String,
    /// Who vouches from outside, and when: witnesses and timestamp authorities, and what is attached and not verified here.
    pub vouchers: Vec<Voucher>,
    /// The proof that the ledger was forked (`.xzf`) which the certificate bears, in base64.
    pub fork: Option<String>,
    /// When it was judged.
    pub at: String,
    /// Fingerprint of the root and sequence of the trust bundle, where one was used.
    pub trust: Option<(String, u64)>,
}

/// Somebody who says that the ledger stood so at a time.
#[derive(Clone, Debug, Serialize)]
pub struct Voucher {
    /// 见证, 可信时间戳 or 链上锚定.
    pub kind: &'static str,
    /// Who.
    pub who: String,
    /// When, or why it does not count.
    pub when: String,
}

/// What a certificate says, decoded from verified bytes.
#[derive(Clone, Debug, Serialize)]
pub struct Subject {
    /// Name, code, and what the code is called; none for a file without a holder.
    pub holder: Option<(String, String, &'static str)>,
    /// The number, plain.
    pub number: String,
    /// The number in groups.
    pub number_grouped: String,
    /// The title of the document.
    pub title: String,
    /// What it may be used for.
    pub purpose: String,
    /// For whom it was made.
    pub audience: Option<(String, String)>,
    /// What it claims.
    pub claims: Vec<ClaimLine>,
    /// When it was issued.
    pub issued: String,
    /// When it ends.
    pub expires: String,
    /// The period that was looked at.
    pub period: String,
    /// Up to when data was collected.
    pub data_as_of: String,
    /// The office's name.
    pub office: String,
    /// The entry's index in the ledger.
    pub index: u64,
    /// When its batch was closed.
    pub sealed: String,
    /// How fresh the evidence of status is.
    pub status_age: String,
}

/// One claim.
#[derive(Clone, Debug, Serialize)]
pub struct ClaimLine {
    /// The class: `claim-yes`, `claim-no`, …
    pub class: &'static str,
    /// The sign that goes with it.
    pub sign: &'static str,
    /// What is claimed.
    pub rule: String,
    /// Whether it holds, in words.
    pub value: String,
}

/// One check.
#[derive(Clone, Debug, Serialize)]
pub struct CheckLine {
    /// The class: `check-ok`, `check-warn`, `check-open` or `check-bad`.
    pub class: &'static str,
    /// What came of it, for who can't see the class.
    pub result: &'static str,
    /// The check in plain words.
    pub words: String,
    /// What explains it.
    pub detail: String,
    /// The stable code.
    pub code: &'static str,
}

impl VerdictView {
    /// The verdict in the reader's language, judged with this trust bundle.
    #[must_use]
    pub fn new(lang: Lang, verdict: &Verdict, trust: Option<&TrustBundle>) -> VerdictView {
        let root = trust.and_then(|bundle| Some((trust::fingerprint(bundle.root()?), bundle.sequence())));
        VerdictView {
            outcome: verdict.outcome.as_str(),
            code: verdict.code.as_str().to_string(),
            word: verdict.outcome.word(lang.words()).to_string(),
            sentence: verdict.code.message(lang.words()).to_string(),
            next: next(lang, verdict).to_string(),
            warnings: warnings(lang, verdict),
            subject: verdict.fields.as_ref().map(|fields| subject(lang, fields, verdict)),
            checks: verdict.checks.iter().map(|check| line(lang, check)).collect(),
            level: verdict.level,
            level_words: level_line(lang, verdict.level),
            vouchers: vouchers(lang, verdict),
            fork: verdict::fork(&verdict.checks).map(|proof| base64::encode(proof.encode().as_bytes())),
            at: moment(lang, verdict.at),
            trust: root,
        }
    }

    /// The one answer to a number that is unknown and to a check code that is wrong: nothing tells which.
    #[must_use]
    pub fn not_found(lang: Lang, at: verifier::time::Time) -> VerdictView {
        VerdictView {
            outcome: Outcome::Undetermined.as_str(),
            code: "CERTIFICATE_UNKNOWN".to_string(),
            word: lang.pick("未查到", "NOT FOUND").to_string(),
            sentence: lang.pick("未查到该证书或查验码不符", "Not found, or the check code is wrong").to_string(),
            next: lang
                .pick(
                    "请逐位核对证书编号和查验码，或扫描证书上的二维码、上传电子文件核验。未查到不等于伪造。",
                    "Compare number and check code digit by digit, or scan the certificate's QR code or send its file. \
                     Not found does not mean forged.",
                )
                .to_string(),
            warnings: Vec::new(),
            subject: None,
            checks: Vec::new(),
            level: 0,
            level_words: String::new(),
            vouchers: Vec::new(),
            fork: None,
            at: moment(lang, at),
            trust: None,
        }
    }

    /// Whether it is valid.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.outcome == Outcome::Valid.as_str()
    }

    /// Whether it is invalid.
    #[must_use]
    pub fn is_invalid(&self) -> bool {
        self.outcome == Outcome::Invalid.as_str()
    }
}

fn subject(lang: Lang, fields: &Fields, verdict: &Verdict) -> Subject {
    let core = &fields.core;
    let named = |term: Open<verifier::registry::Purpose>| if lang.is_en() { term.en() } else { term.zh() };
    Subject {
        holder: core.holder().map(|holder| holder_words(lang, holder)),
        number: core.number().as_str().to_string(),
        number_grouped: grouped(core.number().as_str()),
        title: core.title().to_string(),
        purpose: core.purpose().map(named).unwrap_or_default(),
        audience: core.audience().map(|unit| (unit.name().to_string(), unit.code().to_string())),
        claims: core.claims().iter().map(|claim| claim_line(lang, claim)).collect(),
        issued: moment(lang, core.issued_at()),
        expires: moment(lang, core.expires_at()),
        period: core.period().map(|(from, to)| period(lang, from, to)).unwrap_or_default(),
        data_as_of: core.data_as_of().map(|time| moment(lang, time)).unwrap_or_default(),
        office: fields.office.clone(),
        index: fields.index,
        sealed: moment(lang, fields.sealed_at),
        status_age: status_age(lang, fields, verdict),
    }
}

/// Name, code and what the code is called.
fn holder_words(lang: Lang, holder: &core::Holder) -> (String, String, &'static str) {
    let label = match holder.kind() {
        HolderKind::Person => lang.pick("身份信息索引", "Reference to the ID number"),
        _ => lang.pick("统一社会信用代码", "Unified social credit code"),
    };
    (holder.name().to_string(), holder.code().to_string(), label)
}

fn period(lang: Lang, from: verifier::time::Date, to: verifier::time::Date) -> String {
    format!("{} {} {}", day(lang, from), lang.pick("至", "to"), day(lang, to))
}

/// One claim in words, as every page shows it.
#[must_use]
pub fn claim_line(lang: Lang, claim: &core::Claim) -> ClaimLine {
    let (class, sign) = match claim.value() {
        ClaimValue::Yes => ("claim-yes", "✓"),
        ClaimValue::No => ("claim-no", "✕"),
        ClaimValue::NotCovered => ("claim-not-covered", "—"),
        ClaimValue::UnderObjection => ("claim-under-objection", "？"),
        ClaimValue::Partial => ("claim-partial", "◐"),
    };
    let said = if lang.is_en() { Registered::en(claim.value()) } else { Registered::zh(claim.value()) };
    let counts = claim.counts().map(|(part, whole)| match lang {
        Lang::Zh => format!("（{whole} 项中 {part} 项）"),
        Lang::En => format!(" ({part} of {whole})"),
    });
    ClaimLine {
        class,
        sign,
        rule: if lang.is_en() { claim.rule().en() } else { claim.rule().zh() },
        value: format!("{said}{}", counts.unwrap_or_default()),
    }
}

/// `状态截至 2026年11月22日 09:15（3 分钟前）`.
fn status_age(lang: Lang, fields: &Fields, verdict: &Verdict) -> String {
    if verdict.checks.iter().any(|check| check.code == Code::StatusNotAsked) {
        return lang.pick("未核验状态", "The status was not asked for").to_string();
    }
    let Some(as_of) = fields.status.as_of else {
        return lang.pick("状态未知", "The status is not known").to_string();
    };
    let (when, age) = (moment(lang, as_of), span(lang, verdict.at.since(as_of)));
    let by_batch = fields.status.value.is_none();
    match (lang, by_batch) {
        (Lang::Zh, false) => format!("状态截至 {when}（{age}前）"),
        (Lang::Zh, true) => format!("状态截至 {when}（{age}前，依据签发与封存时间）"),
        (Lang::En, false) => format!("Status as of {when} ({age} ago)"),
        (Lang::En, true) => format!("Status as of {when} ({age} ago, by its issue and sealing)"),
    }
}

fn line(lang: Lang, check: &Check) -> CheckLine {
    let (class, result) = match check.code.effect() {
        Effect::Holds => ("check-ok", lang.pick("通过", "holds")),
        Effect::Warns => ("check-warn", lang.pick("注意", "note")),
        Effect::Leaves => ("check-open", lang.pick("无法判定", "can't be told")),
        Effect::Fails => ("check-bad", lang.pick("未通过", "fails")),
    };
    CheckLine {
        class,
        result,
        words: check.message(lang.words()).to_string(),
        detail: detail(lang, check),
        code: check.code.as_str(),
    }
}

/// What explains a check, where it says something to people. Texts are for programmers, but for names.
fn detail(lang: Lang, check: &Check) -> String {
    match (&check.detail, check.code) {
        (Detail::Moment(time), Code::DatesOk) => {
            format!("{} {}", lang.pick("至", "until"), moment(lang, *time))
        }
        (Detail::Moment(time), _) => moment(lang, *time),
        (Detail::Age(seconds), _) => match lang {
            Lang::Zh => format!("依据形成于{}前", spaced(&span(lang, *seconds))),
            Lang::En => format!("evidence {} old", span(lang, *seconds)),
        },
        (Detail::Count(shown, of), Code::DisclosureOk) => match lang {
            Lang::Zh => format!("出示 {shown} 条，共 {of} 条"),
            Lang::En => format!("{shown} of {of} records shown"),
        },
        (Detail::Count(_, 0), Code::ProofOk) => String::new(),
        (Detail::Count(signed, of), Code::ProofOk) => match lang {
            Lang::Zh => format!("见证机构签名 {signed}/{of}"),
            Lang::En => format!("{signed} of {of} witnesses signed"),
        },
        (Detail::Count(part, whole), _) => format!("{part}/{whole}"),
        (Detail::Stamp(stamp), _) => verifier::row::stamp_words(stamp, lang.words()),
        (Detail::Fork(_), _) => reason::words(&check.detail.to_string(), lang.words()),
        (Detail::Text(name), Code::AudienceOther) => name.clone(),
        (
            Detail::Text(named),
            Code::AnchorUnchecked
            | Code::AnchorUnusable
            | Code::TimestampUnchecked
            | Code::TimestampUnusable
            | Code::StatusProven,
        ) => reason::words(named, lang.words()),
        (Detail::Text(_) | Detail::None, _) => String::new(),
    }
}

/// A number stands apart from the Chinese before it.
fn spaced(text: &str) -> String {
    let apart = if text.starts_with(|c: char| c.is_ascii_digit()) { " " } else { "" };
    format!("{apart}{text}")
}

fn warnings(lang: Lang, verdict: &Verdict) -> Vec<String> {
    let Some(fields) = &verdict.fields else { return Vec::new() };
    let warned = |code: Code| verdict.checks.iter().any(|check| check.code == code);
    let mut out = Vec::new();
    if warned(Code::PurposeOther)
        && let Some(purpose) = fields.core.purpose()
    {
        out.push(match lang {
            Lang::Zh => format!("用途不符：仅限用于{}", purpose.zh()),
            Lang::En => format!("Purpose mismatch: for {} only", purpose.en()),
        });
    }
    if warned(Code::AudienceOther)
        && let Some(unit) = fields.core.audience()
    {
        out.push(match lang {
            Lang::Zh => format!("接收单位不符：本证书开具给{}", unit.name()),
            Lang::En => format!("Recipient mismatch: made for {}", unit.name()),
        });
    }
    out.extend(not_held(lang, &fields.core));
    if warned(Code::ObjectionNoted) {
        out.push(
            lang.pick(
                "主体对其中记录提出过异议，请结合说明判断。",
                "The holder has objected to a record in it: judge with that in mind.",
            )
            .to_string(),
        );
    }
    // Without any disclosure nothing is picked out, and the claims speak alone.
    if let Some(shown) = fields.shown.as_ref().filter(|s| s.records() > 0 && s.records() < s.of()) {
        let (hidden, adverse) = (shown.of().saturating_sub(shown.records()), shown.hidden_adverse());
        out.push(match lang {
            Lang::Zh => {
                format!("本副本隐去 {hidden} 项，其中不利记录 {adverse} 条，如需查看请索取完整证书。")
            }
            Lang::En => format!(
                "This copy hides {hidden} records, {adverse} of them adverse: ask for the full certificate to see them."
            ),
        });
    }
    out
}

/// A genuine certificate may well certify bad news: that must not be lost under a green sign.
fn not_held(lang: Lang, core: &core::Core) -> Option<String> {
    let count = |value: ClaimValue| core.claims().iter().filter(|claim| claim.value() == value).count();
    let others = ClaimValue::ALL.iter().filter(|value| **value != ClaimValue::Yes);
    let said: Vec<String> = others
        .map(|value| (count(*value), value))
        .filter(|(count, _)| *count > 0)
        .map(|(count, value)| match lang {
            Lang::Zh => format!("{count} 项{}", value.zh()),
            Lang::En => format!("{count} {}", value.en()),
        })
        .collect();
    if said.is_empty() {
        return None;
    }
    Some(match lang {
        Lang::Zh => format!("证书所载事项中有 {}，请逐项查看。", said.join("、")),
        Lang::En => format!("Of what it says, {}: look at each.", said.join(", ")),
    })
}

/// What to do next, where the sentence alone does not say it.
fn next(lang: Lang, verdict: &Verdict) -> &'static str {
    match verdict.code {
        Code::Valid | Code::ObjectionNoted => lang.pick(
            "请将名称和代码与营业执照或身份证件核对。",
            "Compare name and code with the licence or ID.",
        ),
        Code::Expired | Code::Replaced | Code::Withdrawn => {
            lang.pick("请让申请人提供新的证书。", "Ask the applicant for a newer certificate.")
        }
        Code::Revoked | Code::NotIssued => lang
            .pick("请勿据此办理；如有疑问，请联系签发机构。", "Do not rely on it; ask the issuing office."),
        Code::SigBad | Code::PathBad | Code::DisclosureBad | Code::FormatBad | Code::ProofBad => lang.pick(
            "请勿据此办理，保留原件并联系签发机构。",
            "Do not rely on it. Keep the original and tell the issuing office.",
        ),
        Code::NotRecognised => lang.pick(
            "可以扫描证书上的二维码或窗口码，或上传 .xzc、PDF、PNG、JPEG 文件。",
            "Scan the certificate's QR code or window code, or send its .xzc, PDF, PNG or JPEG file.",
        ),
        Code::Suspended => lang.pick(
            "异议核实期间请暂缓使用，核实结束后可再次核验。",
            "Do not use it while the objection is verified; verify again later.",
        ),
        _ => "",
    }
}

/// Witnesses and authorities by name and time; of the office's own organisation they are named, and raise no level.
#[must_use]
pub fn vouchers(lang: Lang, verdict: &Verdict) -> Vec<Voucher> {
    let Some(fields) = &verdict.fields else { return Vec::new() };
    let own = |independent: bool| match independent {
        true => "",
        false => {
            lang.pick("（与签发机构同一单位，不提高等级）", " (the office's own organisation: no level)")
        }
    };
    let mut all: Vec<Voucher> = fields
        .cosigners
        .iter()
        .map(|one| Voucher {
            kind: lang.pick("见证", "Witness"),
            who: format!("{} {}", one.organisation, one.key_name).trim().to_owned(),
            when: format!("{}{}", moment(lang, one.time), own(one.independent)),
        })
        .collect();
    all.extend(fields.stamps.iter().map(|stamp| Voucher {
        kind: lang.pick("可信时间戳", "Timestamp"),
        who: format!("{} {}", stamp.signer, stamp.label),
        when: format!("{}{}", moment(lang, stamp.time), own(stamp.independent)),
    }));
    all.extend(verdict.checks.iter().filter_map(|check| attached(lang, check)));
    all
}

/// What is attached and was not verified here: its detail is the anchor's type and label.
fn attached(lang: Lang, check: &Check) -> Option<Voucher> {
    let Detail::Text(named) = &check.detail else { return None };
    let (kind, label) = named.split_once(' ').unwrap_or((named, ""));
    let (kind, when) = match (check.code, kind) {
        (Code::AnchorUnchecked, "http") => (
            lang.pick("网关存证", "Gateway"),
            lang.pick("已附答复，未离线验证", "answer attached, not verified offline"),
        ),
        (Code::AnchorUnchecked, _) => (
            lang.pick("链上锚定", "Chain"),
            lang.pick("已附回执，未离线验证", "receipt attached, not verified offline"),
        ),
        (Code::TimestampUnchecked, _) => (
            lang.pick("可信时间戳", "Timestamp"),
            lang.pick("已附，此处不验证", "attached, not checked here"),
        ),
        _ => return None,
    };
    Some(Voucher { kind, who: label.to_owned(), when: when.to_owned() })
}

/// `L3：另有一家独立机构见证或出具时间戳`; nothing where no level was reached.
#[must_use]
pub fn level_line(lang: Lang, level: u8) -> String {
    match level {
        0 => String::new(),
        level => format!("L{level}{}{}", lang.pick("：", ": "), level_words(level, lang.words())),
    }
}

#[cfg(test)]
mod tests {
    use verifier::time::Time;

    use super::*;

    #[test]
    fn what_could_not_be_read_is_neither_good_nor_forged() {
        let at = Time::new(1_795_312_800).unwrap();
        let verdict = Verdict::unread(Code::ScanIncomplete, "cut".into(), at);
        let view = VerdictView::new(Lang::Zh, &verdict, None);
        assert_eq!((view.outcome, view.code.as_str()), ("undetermined", "SCAN_INCOMPLETE"));
        assert_eq!(view.sentence, "扫码内容不完整，请重新扫描");
        assert!(view.subject.is_none() && !view.is_valid() && !view.is_invalid());
        // What a program said of the bytes is no word for people.
        assert_eq!((view.checks.len(), view.checks[0].detail.as_str()), (1, ""));
    }
}
