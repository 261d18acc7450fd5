//! `--json`: the report for programs.
//!
//! ```text
//! {"trust":{"root":"…","fingerprint":"…","pinned":true,"sequence":3,"age_s":97200,…},
//!  "results":[{"file":"a.xzc","verdict":"valid","code":"VALID","number":"2026…","level":2,"holder":{…},
//!              "claims":[{"rule":"NO_PENALTY/1","value":"YES","label":"无行政处罚",…}],
//!              "checks":[{"code":"FORMAT_OK","ok":true,"detail":""},…],…}],…}
//! ```
//!
//! Members are only ever added. What is not known, or may not be shown, is null. Labels are in Chinese whatever
//! `--lang`; `message` and `detail` are for people and in their language.

use serde::Serialize;
use verifier::text::Lang;

use crate::report::Report;
use crate::row::{Claim, Counted, Facts, Row, Term, detail};
use crate::usage::Usage;

/// One object, with a line end.
pub fn write(report: &Report) -> String {
    let counts = report.counts();
    line(&Document {
        trust: Trust {
            root: &report.trust.root,
            fingerprint: &report.trust.fingerprint,
            pinned: report.trust.pinned,
            sequence: report.trust.sequence,
            age_s: report.trust.age(report.now),
            issued_at: report.trust.issued.display_china(),
            expires_at: report.trust.expires.display_china(),
        },
        now: report.now.display_china(),
        judged_at: report.judged().display_china(),
        max_age_s: report.max_age,
        status_lists: report
            .lists
            .iter()
            .map(|list| List {
                origin: &list.origin,
                shard: list.shard,
                sequence: list.sequence,
                size: list.size,
                issued_at: list.issued.display_china(),
                expires_at: list.expires.display_china(),
            })
            .collect(),
        notes: &report.notes,
        left_out: report.left_out,
        summary: Summary { valid: counts.valid, invalid: counts.invalid, undetermined: counts.undetermined },
        results: report.rows.iter().map(|row| result(row, report.lang)).collect(),
    })
}

/// `{"error":{"code","message"}}`, with a line end.
pub fn error(usage: &Usage) -> String {
    line(&Failure { error: Error { code: usage.code, message: &usage.message } })
}

/// `{"pinned":{"root","fingerprint","sequence"}}`, with a line end.
pub fn pinned(root: &str, fingerprint: &str, sequence: u64) -> String {
    line(&PinnedOne { pinned: Pinned { root, fingerprint, sequence } })
}

fn line<T: Serialize>(value: &T) -> String {
    // Writing our own plain structures to a string can't fail; an empty line would show it if it did.
    let mut text = serde_json::to_string(value).unwrap_or_default();
    text.push('\n');
    text
}

fn result(row: &Row, lang: Lang) -> Entry<'_> {
    let facts = row.facts.as_ref();
    Entry {
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

fn name_and_label(term: &Term) -> Named<'_> {
    Named { name: &term.name, label: &term.zh }
}

#[derive(Serialize)]
struct Document<'a> {
    trust: Trust<'a>,
    now: String,
    judged_at: String,
    max_age_s: Option<u64>,
    status_lists: Vec<List<'a>>,
    notes: &'a [String],
    left_out: usize,
    summary: Summary,
    results: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Trust<'a> {
    root: &'a str,
    fingerprint: &'a str,
    pinned: bool,
    sequence: u64,
    age_s: u64,
    issued_at: String,
    expires_at: String,
}

#[derive(Serialize)]
struct List<'a> {
    origin: &'a str,
    shard: u64,
    sequence: u64,
    size: u64,
    issued_at: String,
    expires_at: String,
}

#[derive(Serialize)]
struct Summary {
    valid: usize,
    invalid: usize,
    undetermined: usize,
}

#[derive(Serialize)]
struct Entry<'a> {
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
    checks: Vec<Check>,
}

#[derive(Serialize)]
struct Holder<'a> {
    kind: &'a str,
    name: &'a str,
    code: &'a str,
}

#[derive(Serialize)]
struct Named<'a> {
    name: &'a str,
    label: &'a str,
}

#[derive(Serialize)]
struct Audience<'a> {
    name: &'a str,
    code: &'a str,
}

#[derive(Serialize)]
struct Period<'a> {
    from: &'a str,
    to: &'a str,
}

#[derive(Serialize)]
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

#[derive(Serialize)]
struct Counter<'a> {
    counter: &'a str,
    label: &'a str,
    adverse: bool,
    count: u64,
    hidden: Option<u64>,
}

#[derive(Serialize)]
struct Hidden {
    records: u64,
    adverse: u64,
}

#[derive(Serialize)]
struct Status<'a> {
    value: Option<u8>,
    as_of: Option<&'a str>,
    age_s: Option<u64>,
    sequence: Option<u64>,
}

#[derive(Serialize)]
struct Office<'a> {
    name: &'a str,
    origin: &'a str,
}

#[derive(Serialize)]
struct Batch<'a> {
    start: u64,
    end: u64,
    sealed_at: &'a str,
    key_id: &'a str,
}

#[derive(Serialize)]
struct Check {
    code: &'static str,
    ok: bool,
    detail: String,
}

#[derive(Serialize)]
struct Failure<'a> {
    error: Error<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    code: &'static str,
    message: &'a str,
}

#[derive(Serialize)]
struct PinnedOne<'a> {
    pinned: Pinned<'a>,
}

#[derive(Serialize)]
struct Pinned<'a> {
    root: &'a str,
    fingerprint: &'a str,
    sequence: u64,
}
