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
use verifier::answer::Answer;

use crate::gather;
use crate::import::Imported;
use crate::report::Report;
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
        misbehaviour: report.proofs.iter().map(|path| gather::shown(&path.to_string_lossy())).collect(),
        left_out: report.left_out,
        summary: Summary { valid: counts.valid, invalid: counts.invalid, undetermined: counts.undetermined },
        results: report.rows.iter().map(|row| Answer::of(row, report.lang)).collect(),
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

/// `{"kept":[{"origin","shard","sequence","issued_at"}],"refused":[{"file","code","message"}]}`, with a line end.
pub fn imported(told: &Imported) -> String {
    let kept = told.kept.iter().map(|list| Kept {
        origin: list.origin.as_str(),
        shard: list.shard,
        sequence: list.sequence,
        issued_at: list.issued.display_china(),
    });
    let refused = told.refused.iter().map(|(file, code, message)| RefusedFile { file, code, message });
    line(&ImportedLists { kept: kept.collect(), refused: refused.collect() })
}

fn line<T: Serialize>(value: &T) -> String {
    // Writing our own plain structures to a string can't fail; an empty line would show it if it did.
    let mut text = serde_json::to_string(value).unwrap_or_default();
    text.push('\n');
    text
}

#[derive(Serialize)]
struct Document<'a> {
    trust: Trust<'a>,
    now: String,
    judged_at: String,
    max_age_s: Option<u64>,
    status_lists: Vec<List<'a>>,
    notes: &'a [String],
    misbehaviour: Vec<String>,
    left_out: usize,
    summary: Summary,
    results: Vec<Answer<'a>>,
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

#[derive(Serialize)]
struct ImportedLists<'a> {
    kept: Vec<Kept<'a>>,
    refused: Vec<RefusedFile<'a>>,
}

#[derive(Serialize)]
struct Kept<'a> {
    origin: &'a str,
    shard: u64,
    sequence: u64,
    issued_at: String,
}

#[derive(Serialize)]
struct RefusedFile<'a> {
    file: &'a str,
    code: &'static str,
    message: &'a str,
}
