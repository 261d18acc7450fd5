//! What an import came to: for machines every row, for people the counts, the first rows and where the rest is.

use notary::import::{BadRow, Summary};
use serde::Serialize;

use crate::door::reach::{Reach, unexpected};
use crate::door::{Request, Response};
use crate::lang::Lang;
use crate::output::Failure;
use crate::say;
use crate::table::table;

/// Rows of each kind that a person is shown.
const SHOWN: usize = 20;
/// So many certificates are asked about in one request.
const SETTLE_AT_ONCE: usize = 1_000;

/// What an import came to.
#[derive(Serialize)]
pub struct Outcome {
    pub(super) file: String,
    rows: u64,
    accepted: Vec<Row>,
    refused: Vec<Refused>,
    pub(super) accepted_rows: u64,
    pub(super) refused_rows: u64,
    repeated_rows: u64,
    findings: Vec<Told>,
    findings_count: u64,
    pub(super) ignored_columns: Vec<String>,
    pub(super) errors_file: Option<String>,
    pub(super) receipts_file: Option<String>,
    /// The import's number, where a row was handed in: in the record of where each document came from.
    pub(super) import: Option<String>,
    #[serde(skip)]
    last: Option<String>,
}

/// A row that went in.
#[derive(Serialize)]
pub struct Row {
    pub(super) file: String,
    pub(super) row: u64,
    pub(super) commitment: String,
    pub(super) number: String,
    pub(super) check_code: String,
    pub(super) index: Option<u64>,
    pub(super) sealed: bool,
    pub(super) repeated: bool,
}

/// A row that did not: what is wrong first, and all that is.
#[derive(Serialize)]
struct Refused {
    file: String,
    row: u64,
    code: String,
    message: String,
    #[serde(rename = "where")]
    where_: String,
    faults: Vec<Wrong>,
}

#[derive(Serialize)]
struct Wrong {
    column: Option<&'static str>,
    value: String,
    code: String,
    message: String,
}

/// A finding about subjects.
#[derive(Serialize)]
struct Told {
    row: u64,
    code: &'static str,
    message: String,
}

impl Outcome {
    pub(super) fn new(file: &str) -> Outcome {
        Outcome {
            file: file.to_string(),
            rows: 0,
            accepted: Vec::new(),
            refused: Vec::new(),
            accepted_rows: 0,
            refused_rows: 0,
            repeated_rows: 0,
            findings: Vec::new(),
            findings_count: 0,
            ignored_columns: Vec::new(),
            errors_file: None,
            receipts_file: None,
            import: None,
            last: None,
        }
    }

    pub(super) fn accepted(&mut self, mut row: Row, keep_all: bool) {
        self.accepted_rows += 1;
        self.repeated_rows += u64::from(row.repeated);
        row.sealed = row.index.is_some();
        if keep_all || self.accepted.len() < SHOWN {
            self.accepted.push(row);
        } else {
            self.last = Some(row.number);
        }
    }

    pub(super) fn refused(&mut self, bad: &BadRow, lang: Lang, keep_all: bool) {
        self.refused_rows += 1;
        if !keep_all && self.refused.len() >= SHOWN {
            return;
        }
        let faults: Vec<Wrong> = bad
            .faults
            .iter()
            .map(|fault| Wrong {
                column: fault.column().map(|column| column.title()),
                value: fault.value().to_string(),
                code: fault.code().to_string(),
                message: fault.message(lang).to_string(),
            })
            .collect();
        let first = faults.first();
        let column = first.and_then(|fault| fault.column).map(|c| format!(" {c}")).unwrap_or_default();
        self.refused.push(Refused {
            file: self.file.clone(),
            row: bad.row,
            code: first.map(|fault| fault.code.clone()).unwrap_or_default(),
            message: first.map(|fault| fault.message.clone()).unwrap_or_default(),
            where_: format!("row {}{column}", bad.row),
            faults,
        });
    }

    pub(super) fn tell(&mut self, summary: &Summary, lang: Lang) {
        self.rows = summary.rows;
        self.findings_count = summary.findings_count;
        let told = summary.findings.iter().map(|finding| Told {
            row: finding.row,
            code: finding.refusal.code().as_str(),
            message: finding.refusal.message(lang),
        });
        self.findings = told.collect();
    }

    /// Waits for the second promise. Everything that waits is sealed with the first question.
    pub(super) fn settle(&mut self, reach: &mut Reach) -> Result<(), Failure> {
        if let Some(last) = self.last.take() {
            reach.ask(Request::Settle { numbers: vec![last] })?;
        }
        for some in self.accepted.chunks_mut(SETTLE_AT_ONCE) {
            let numbers = some.iter().map(|one| one.number.clone()).collect();
            let Response::Settled { indexes } = reach.ask(Request::Settle { numbers })? else {
                return Err(unexpected());
            };
            for (one, index) in some.iter_mut().zip(indexes) {
                (one.index, one.sealed) = (index, index.is_some());
            }
        }
        Ok(())
    }

    pub(super) fn describe(&self, lang: Lang) -> String {
        let mut text = self.rows_that_went_in(lang);
        for one in &self.refused {
            let row = one.row;
            for fault in &one.faults {
                let (code, message) = (&fault.code, &fault.message);
                let column = fault.column.unwrap_or_default();
                let value =
                    if fault.value.is_empty() { String::new() } else { format!(" “{}”", fault.value) };
                text += &say!(
                    lang,
                    "拒绝 第 {row} 行 {column}{value}\n  {code}：{message}\n",
                    "refused row {row} {column}{value}\n  {code}: {message}\n"
                );
            }
        }
        let (shown, count) = (self.refused.len() as u64, self.refused_rows);
        if shown < count {
            text += &say!(lang, "… 共拒绝 {count} 行\n", "... {count} rows refused in all\n");
        }
        for finding in self.findings.iter().take(SHOWN) {
            let (row, code, message) = (finding.row, finding.code, &finding.message);
            text +=
                &say!(lang, "提示 第 {row} 行 {code}\n  {message}\n", "note row {row} {code}\n  {message}\n");
        }
        let (shown, count) = (self.findings.len().min(SHOWN) as u64, self.findings_count);
        if shown < count {
            text += &say!(lang, "… 共提示 {count} 处\n", "... {count} notes in all\n");
        }
        if !self.ignored_columns.is_empty() {
            let columns = self.ignored_columns.join("、");
            text += &say!(lang, "未采用的列：{columns}\n", "columns not used: {columns}\n");
        }
        let (taken, refused, again) = (self.accepted_rows, self.refused_rows, self.repeated_rows);
        text += &say!(lang, "导入 {taken} 行，拒绝 {refused} 行", "{taken} rows imported, {refused} refused");
        if again > 0 {
            text += &say!(lang, "；其中 {again} 行此前已导入", "; {again} had been imported before");
        }
        text.push('\n');
        if let Some(import) = &self.import {
            text += &say!(lang, "导入编号：{import}\n", "number of the import: {import}\n");
        }
        if let Some(file) = &self.receipts_file {
            text +=
                &say!(lang, "证书编号与查验码：{file}\n", "certificate numbers and check codes: {file}\n");
        }
        if let Some(file) = &self.errors_file {
            text += &say!(
                lang,
                "被拒绝的行及原因：{file}（改正后可再次导入）\n",
                "refused rows and reasons: {file} (correct it and import it again)\n"
            );
        }
        text
    }

    fn rows_that_went_in(&self, lang: Lang) -> String {
        if self.accepted.is_empty() {
            return String::new();
        }
        let heads = [
            lang.pick("证书编号", "number"),
            lang.pick("查验码", "check code"),
            lang.pick("状态", "state"),
            lang.pick("承诺编码", "commitment"),
        ];
        let row = |one: &Row| {
            let state = match (one.sealed, one.repeated) {
                (true, false) => lang.pick("已封存", "sealed"),
                (true, true) => lang.pick("已封存（原有）", "sealed (before)"),
                (false, false) => lang.pick("已受理", "accepted"),
                (false, true) => lang.pick("已受理（原有）", "accepted (before)"),
            };
            vec![one.number.clone(), one.check_code.clone(), state.to_string(), one.commitment.clone()]
        };
        let mut text = table(&heads, &self.accepted.iter().take(SHOWN).map(row).collect::<Vec<_>>());
        let (shown, count) = (self.accepted.len().min(SHOWN) as u64, self.accepted_rows);
        if shown < count {
            text += &say!(lang, "… 共 {count} 行\n", "... {count} rows in all\n");
        }
        text
    }
}
