//! A verdict for programs: what each element of `results` is in `xinzheng-verify --json`, and what the service answers.
//!
//! ```text
//! {"file":"a.xzc","verdict":"valid","code":"VALID","message":"核验通过，证书真实有效","number":"2026…","level":2,
//!  "holder":{…},"claims":[{"rule":"NO_PENALTY/1","value":"YES","label":"无行政处罚",…}],
//!  "cosigners":[{"organisation":"示例市信用中心","key":"…","at":"…","independent":true}],
//!  "timestamps":[{"label":"tsa","signer":"…","at":"…",…}],"unchecked":[{"kind":"evm","label":"fisco-city"}],
//!  "fork":null,"checks":[{"code":"FORMAT_OK","ok":true,"detail":""},…],…}
//! ```
//!
//! Members are only ever added. What is not known, or may not be shown, is null. Labels are in Chinese; `message` and
//! `detail` are for people and in their language. Not here: which fields may be shown (`row`).

use alloc::string::String;
use alloc::vec::Vec;

use serde::Serialize;

use crate::misbehaviour::Misbehaviour;
use crate::row::{Claim, Counted, Facts, Row, Term, detail};
use crate::text::Lang;
use crate::verdict::{self, Code, Cosigner, Detail, Stamp};

/// The result for one certificate, or for one input that is none.
#[derive(Debug, Serialize)]
pub struct Answer<'a> {
    file: &'a str,
    sha256: Option<&'a str>,
    verdict: &'static str,
    code: &'static str,
    message: &'static str,
    number: Option<&'a str>,
    level: u8,
    kind: Option<&'a str>,
    title: Option<&'a str>,
    holder: Option<Holder<'a>>,
    purpose: Option<Named<'a>>,
    audience: Option<Audience<'a>>,
    issued_at: Option<&'a str>,
    expires_at: Option<&'a str>,
    period: Option<Period<'a>>,
    data_as_of: Option<&'a str>,
    claims: Vec<ClaimEntry<'a>>,
    counters: Vec<Counter<'a>>,
    hidden: Option<Hidden>,
    status: Option<Status<'a>>,
    office: Option<Office<'a>>,
    index: Option<u64>,
    batch: Option<Batch<'a>>,
    cosigners: Vec<Cosigned<'a>>,
    timestamps: Vec<Stamped<'a>>,
    unchecked: Vec<Unchecked<'a>>,
    fork: Option<String>,
    checks: Vec<Check>,
}

impl<'a> Answer<'a> {
    /// The answer that a row gives.
    pub fn of(row: &'a Row, lang: Lang) -> Answer<'a> {
        answer(row, lang)
    }
}

fn answer(row: &Row, lang: Lang) -> Answer<'_> {
    let facts = row.facts.as_ref();
    Answer {
        file: &row.file,
        sha256: row.digest.as_deref(),
        verdict: row.outcome.as_str(),
        code: row.code.as_str(),
        message: row.code.message(lang),
        number: facts.map(|f| f.number.as_str()),
        level: row.level,
        kind: facts.map(|f| f.kind.name.as_str()),
        title: facts.map(|f| f.title.as_str()),
        holder: facts.and_then(|f| f.holder.as_ref()).map(|(kind, name, code)| Holder {
            kind: &kind.name,
            name,
            code,
        }),
        purpose: facts.and_then(|f| f.purpose.as_ref()).map(name_and_label),
        audience: facts.and_then(|f| f.audience.as_ref()).map(|(name, code)| Audience { name, code }),
        issued_at: facts.map(|f| f.issued_at.exact.as_str()),
        expires_at: facts.map(|f| f.expires_at.exact.as_str()),
        period: facts.and_then(|f| f.period.as_ref()).map(|(from, to)| Period { from, to }),
        data_as_of: facts.and_then(|f| f.data_as_of.as_ref()).map(|m| m.exact.as_str()),
        claims: facts.map(|f| f.claims.iter().map(claim).collect()).unwrap_or_default(),
        counters: facts.map(|f| f.counters.iter().map(counter).collect()).unwrap_or_default(),
        hidden: facts.and_then(Facts::hidden).map(|(records, adverse)| Hidden { records, adverse }),
        status: facts.map(|f| Status {
            value: f.status.value,
            as_of: f.status.as_of.as_ref().map(|m| m.exact.as_str()),
            age_s: f.status.age,
            sequence: f.status.sequence,
        }),
        office: facts.map(|f| Office { name: &f.office.0, origin: &f.office.1 }),
        index: facts.map(|f| f.index),
        batch: facts.map(|f| Batch {
            start: f.range.0,
            end: f.range.1,
            sealed_at: &f.sealed_at.exact,
            key_id: &f.key_id,
        }),
        cosigners: facts.map(|f| f.cosigners.iter().map(cosigned).collect()).unwrap_or_default(),
        timestamps: facts.map(|f| f.stamps.iter().map(stamped).collect()).unwrap_or_default(),
        unchecked: row.checks.iter().filter_map(unchecked).collect(),
        fork: verdict::fork(&row.checks).map(Misbehaviour::encode),
        checks: row
            .checks
            .iter()
            .map(|check| Check { code: check.code.as_str(), ok: check.ok(), detail: detail(check, lang) })
            .collect(),
    }
}

fn claim(claim: &Claim) -> ClaimEntry<'_> {
    ClaimEntry {
        rule: &claim.rule.name,
        value: &claim.value.name,
        label: &claim.rule.zh,
        value_label: &claim.value.zh,
        part: claim.counts.map(|(part, _)| part),
        whole: claim.counts.map(|(_, whole)| whole),
    }
}

fn counter(counted: &Counted) -> Counter<'_> {
    Counter {
        counter: &counted.counter.name,
        label: &counted.counter.zh,
        adverse: counted.adverse,
        count: counted.count,
        hidden: counted.hidden,
    }
}

fn cosigned(one: &Cosigner) -> Cosigned<'_> {
    Cosigned {
        organisation: &one.organisation,
        key: &one.key_name,
        at: one.time.display_china(),
        independent: one.independent,
    }
}

fn stamped(stamp: &Stamp) -> Stamped<'_> {
    Stamped {
        label: &stamp.label,
        organisation: &stamp.organisation,
        signer: &stamp.signer,
        at: stamp.time.display_china(),
        policy: &stamp.policy,
        serial: &stamp.serial,
        independent: stamp.independent,
    }
}

/// What is attached and was not verified: its detail is the anchor's type and label.
fn unchecked(check: &verdict::Check) -> Option<Unchecked<'_>> {
    let (Code::AnchorUnchecked | Code::TimestampUnchecked, Detail::Text(named)) = (check.code, &check.detail)
    else {
        return None;
    };
    let (kind, label) = named.split_once(' ').unwrap_or((named, ""));
    Some(Unchecked { kind, label })
}

fn name_and_label(term: &Term) -> Named<'_> {
    Named { name: &term.name, label: &term.zh }
}

#[derive(Debug, Serialize)]
struct Holder<'a> {
    kind: &'a str,
    name: &'a str,
    code: &'a str,
}

#[derive(Debug, Serialize)]
struct Named<'a> {
    name: &'a str,
    label: &'a str,
}

#[derive(Debug, Serialize)]
struct Audience<'a> {
    name: &'a str,
    code: &'a str,
}

#[derive(Debug, Serialize)]
struct Period<'a> {
    from: &'a str,
    to: &'a str,
}

#[derive(Debug, Serialize)]
struct ClaimEntry<'a> {
    rule: &'a str,
    value: &'a str,
    label: &'a str,
    value_label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    part: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    whole: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Counter<'a> {
    counter: &'a str,
    label: &'a str,
    adverse: bool,
    count: u64,
    hidden: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Hidden {
    records: u64,
    adverse: u64,
}

#[derive(Debug, Serialize)]
struct Status<'a> {
    value: Option<u8>,
    as_of: Option<&'a str>,
    age_s: Option<u64>,
    sequence: Option<u64>,
}

#[derive(Debug, Serialize)]
struct Office<'a> {
    name: &'a str,
    origin: &'a str,
}

#[derive(Debug, Serialize)]
struct Batch<'a> {
    start: u64,
    end: u64,
    sealed_at: &'a str,
    key_id: &'a str,
}

#[derive(Debug, Serialize)]
struct Cosigned<'a> {
    organisation: &'a str,
    key: &'a str,
    at: String,
    independent: bool,
}

#[derive(Debug, Serialize)]
struct Stamped<'a> {
    label: &'a str,
    organisation: &'a str,
    signer: &'a str,
    at: String,
    policy: &'a str,
    serial: &'a str,
    independent: bool,
}

#[derive(Debug, Serialize)]
struct Unchecked<'a> {
    kind: &'a str,
    label: &'a str,
}

#[derive(Debug, Serialize)]
struct Check {
    code: &'static str,
    ok: bool,
    detail: String,
}
