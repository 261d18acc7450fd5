//! The answer of a check: as JSON, which is notarized, and as a table for people. Same input, moment and ledger: same bytes.
//!
//! ```text
//! {"schema":"check/v1","office":{…},"at":"2026-11-22T10:00:00+08:00",…,"counts":{"rows":8,"valid":5,…},"rows":[…]}
//! ```
//!
//! spec/check.md says what each member is. The JSON has codes and no sentences, so it is the same in every language; the
//! table is in Chinese, and its digest stands in the JSON.

use std::fmt::Write as _;

use serde::Serialize;
use verifier::base64;
use verifier::hash::{Hash, sha256};
use verifier::row::hex;
use verifier::sheet::cell;
use verifier::status_list::StatusList;
use verifier::text::Lang;
use verifier::time::Time;

use super::judge::{Found, FoundFull, Note, Outcome, RowChecked};
use super::{Facts, Frozen, Input, Terms};
use crate::office::Office;

/// The name of the format.
const SCHEMA: &str = "check/v1";

/// The answer of a check.
#[derive(Clone, Debug)]
pub struct Checked {
    office: (String, String),
    at: Time,
    purpose: Option<&'static str>,
    kind: &'static str,
    facts: Facts,
    ledger: (u64, Hash),
    lists: Vec<ListUsed>,
    input: Hash,
    rows: Vec<RowChecked>,
}

/// A status list that was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListUsed {
    /// Which shard.
    pub shard: u64,
    /// Its sequence.
    pub sequence: u64,
    /// When it was issued.
    pub issued: Time,
}

impl ListUsed {
    pub(super) fn of(list: &StatusList) -> ListUsed {
        let says = list.says().fields();
        ListUsed { shard: says.shard, sequence: says.sequence, issued: says.issued }
    }
}

/// How many rows came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// All of them.
    pub rows: u64,
    /// With a valid certificate.
    pub valid: u64,
    /// With one that was not.
    pub invalid: u64,
    /// Where it can't be told.
    pub undetermined: u64,
    /// With none.
    pub not_found: u64,
    /// That could not be used.
    pub refused: u64,
}

impl Checked {
    pub(super) fn new(
        office: &Office,
        terms: &Terms,
        input: &Input,
        frozen: &Frozen,
        rows: Vec<RowChecked>,
    ) -> Checked {
        let kind = terms.kind.unwrap_or(verifier::registry::DocumentKind::CreditReport);
        Checked {
            office: (office.origin().as_str().to_owned(), office.summary().name),
            at: frozen.at,
            purpose: terms.purpose.map(|purpose| purpose.name()),
            kind: kind.name(),
            facts: terms.facts,
            ledger: (frozen.size, frozen.root),
            lists: frozen.lists.clone(),
            input: *input.digest(),
            rows,
        }
    }

    /// As of when.
    pub fn at(&self) -> Time {
        self.at
    }

    /// What came of each row.
    pub fn rows(&self) -> &[RowChecked] {
        &self.rows
    }

    /// Entries in the ledger at the moment, and its root.
    pub fn ledger(&self) -> (u64, &Hash) {
        (self.ledger.0, &self.ledger.1)
    }

    /// The status lists that were used.
    pub fn lists(&self) -> &[ListUsed] {
        &self.lists
    }

    /// SHA-256 of the table.
    pub fn input(&self) -> &Hash {
        &self.input
    }

    /// How many rows came to what.
    pub fn counts(&self) -> Counts {
        let of = |outcome| self.rows.iter().filter(|row| row.outcome == outcome).count() as u64;
        Counts {
            rows: self.rows.len() as u64,
            valid: of(Outcome::Valid),
            invalid: of(Outcome::Invalid),
            undetermined: of(Outcome::Undetermined),
            not_found: of(Outcome::NotFound),
            refused: of(Outcome::Refused),
        }
    }

    /// What its files are called, without an ending: the moment, and the beginning of the table's digest.
    pub fn name(&self) -> String {
        let moment: String = self.at.display_china().chars().filter(char::is_ascii_digit).take(14).collect();
        format!("check-{moment}-{}", hex(&self.input).get(..12).unwrap_or_default())
    }

    /// The summary that is notarized (spec/check.md).
    pub fn json(&self) -> Vec<u8> {
        let summary = Summary {
            schema: SCHEMA,
            office: OfficeNamed { origin: &self.office.0, name: &self.office.1 },
            at: self.at.display_china(),
            purpose: self.purpose,
            kind: self.kind,
            facts: if self.facts == Facts::Full { "full" } else { "public" },
            ledger: LedgerThen { size: self.ledger.0, root: base64::encode(self.ledger.1.as_bytes()) },
            lists: self
                .lists
                .iter()
                .map(|list| ListThen {
                    shard: list.shard,
                    sequence: list.sequence,
                    issued: list.issued.display_china(),
                })
                .collect(),
            input: Digest { sha256: hex(&self.input) },
            table: Digest { sha256: hex(&sha256(&[&self.csv()])) },
            counts: self.counts(),
            rows: self.rows.iter().map(summary_row).collect(),
        };
        // Our own plain structures: that can't fail.
        let mut bytes = serde_json::to_vec(&summary).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// The table for people: UTF-8 with its mark, CRLF; no cell can become a formula.
    pub fn csv(&self) -> Vec<u8> {
        let mut text = String::from("\u{feff}");
        line(&mut text, HEAD.iter().map(|title| (*title).to_owned()));
        for row in &self.rows {
            line(&mut text, table_row(row));
        }
        text.into_bytes()
    }
}

const HEAD: [&str; 17] = [
    "行号",
    "查询内容",
    "类别",
    "表中名称",
    "结论",
    "代码",
    "说明",
    "证书编号",
    "信用主体",
    "信用主体代码",
    "用途",
    "声明",
    "签发时间",
    "有效期至",
    "数据截至",
    "其他有效证书",
    "提示",
];

fn table_row(row: &RowChecked) -> [String; 17] {
    let full = row.found.as_ref().and_then(|found| found.full.as_ref());
    let holder = full.and_then(|full| full.holder.clone()).unwrap_or_default();
    let joined = |parts: Vec<String>| parts.join("；");
    [
        row.row.to_string(),
        row.asked.clone(),
        row.what.zh().to_owned(),
        row.name.clone(),
        row.outcome.word(Lang::Zh).to_owned(),
        row.code.clone(),
        row.message.0.clone(),
        full.map(|full| full.number.to_string()).unwrap_or_default(),
        holder.0,
        holder.1,
        full.and_then(|full| full.purpose.clone()).map(|(_, zh)| zh).unwrap_or_default(),
        joined(
            full.map(|full| full.claims.iter().map(|claim| claim.zh.clone()).collect()).unwrap_or_default(),
        ),
        full.map(|full| full.issued.display_china()).unwrap_or_default(),
        row.found.as_ref().map(|found| found.expires.display_china()).unwrap_or_default(),
        full.and_then(|full| full.data_as_of).map(Time::display_china).unwrap_or_default(),
        full.map(|full| full.others.to_string()).unwrap_or_default(),
        joined(row.notes.iter().map(|note| note.word(Lang::Zh)).collect()),
    ]
}

fn line(text: &mut String, cells: impl IntoIterator<Item = String>) {
    for (n, one) in cells.into_iter().enumerate() {
        let _ = write!(text, "{}{}", if n == 0 { "" } else { "," }, cell(&one));
    }
    text.push_str("\r\n");
}

#[derive(Serialize)]
struct Summary<'a> {
    schema: &'static str,
    office: OfficeNamed<'a>,
    at: String,
    purpose: Option<&'static str>,
    kind: &'static str,
    facts: &'static str,
    ledger: LedgerThen,
    lists: Vec<ListThen>,
    input: Digest,
    table: Digest,
    counts: Counts,
    rows: Vec<SummaryRow<'a>>,
}

#[derive(Serialize)]
struct OfficeNamed<'a> {
    origin: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct LedgerThen {
    size: u64,
    root: String,
}

#[derive(Serialize)]
struct ListThen {
    shard: u64,
    sequence: u64,
    issued: String,
}

#[derive(Serialize)]
struct Digest {
    sha256: String,
}

#[derive(Serialize)]
struct SummaryRow<'a> {
    row: u64,
    asked: &'a str,
    what: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    outcome: &'static str,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    certificate: Option<SummaryCertificate<'a>>,
    notes: Vec<&'static str>,
}

#[derive(Serialize)]
struct SummaryCertificate<'a> {
    expires_at: String,
    level: u8,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    full: Option<SummaryFull<'a>>,
}

#[derive(Serialize)]
struct SummaryFull<'a> {
    number: String,
    core_sha256: String,
    holder: Option<&'a str>,
    holder_code: Option<&'a str>,
    purpose: Option<&'a str>,
    issued_at: String,
    data_as_of: Option<String>,
    claims: Vec<SummaryClaim<'a>>,
    others: u32,
}

#[derive(Serialize)]
struct SummaryClaim<'a> {
    rule: &'a str,
    value: &'a str,
}

fn summary_row(row: &RowChecked) -> SummaryRow<'_> {
    SummaryRow {
        row: row.row,
        asked: &row.asked,
        what: row.what.as_str(),
        name: &row.name,
        outcome: row.outcome.as_str(),
        code: &row.code,
        certificate: row.found.as_ref().map(|found: &Found| SummaryCertificate {
            expires_at: found.expires.display_china(),
            level: found.level,
            full: found.full.as_ref().map(summary_full),
        }),
        notes: row.notes.iter().map(Note::code).collect(),
    }
}

fn summary_full(full: &FoundFull) -> SummaryFull<'_> {
    SummaryFull {
        number: full.number.to_string(),
        core_sha256: hex(&full.core),
        holder: full.holder.as_ref().map(|(name, _)| name.as_str()),
        holder_code: full.holder.as_ref().map(|(_, code)| code.as_str()),
        purpose: full.purpose.as_ref().map(|(name, _)| name.as_str()),
        issued_at: full.issued.display_china(),
        data_as_of: full.data_as_of.map(Time::display_china),
        claims: full
            .claims
            .iter()
            .map(|claim| SummaryClaim { rule: &claim.rule, value: &claim.value })
            .collect(),
        others: full.others,
    }
}
