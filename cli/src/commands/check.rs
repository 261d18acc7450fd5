//! `check`: a table in, an answer out that anyone can verify.

use serde::Serialize;

use crate::args::{Check, Common};
use crate::door::check::{Ask, Told};
use crate::door::reach::{Reach, unexpected};
use crate::door::{Bytes, Request, Response};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::table::table;
use crate::{files, say};

/// Rows that are shown to people; all are in the file.
const SHOWN: usize = 20;

#[derive(Serialize)]
struct Written<'a> {
    at: &'a str,
    input_sha256: &'a str,
    ledger: Ledger<'a>,
    counts: Counts,
    number: &'a str,
    sealed: bool,
    files: Vec<String>,
    rows: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Ledger<'a> {
    size: u64,
    root: &'a str,
}

#[derive(Serialize)]
struct Counts {
    rows: u64,
    valid: u64,
    invalid: u64,
    undetermined: u64,
    not_found: u64,
    refused: u64,
}

#[derive(Serialize)]
struct Row<'a> {
    row: u64,
    asked: &'a str,
    outcome: &'a str,
    code: &'a str,
}

pub fn run(args: &Check, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let limit = usize::try_from(notary::check::BYTES_MAX).unwrap_or(usize::MAX);
    let bytes = files::read(&args.file, limit)?;
    let ask = Ask {
        table: Bytes(bytes),
        at: args.at.clone(),
        purpose: args.purpose.clone(),
        kind: args.kind.clone(),
    };
    let mut reach = Reach::new(&args.dir, common, lang)?;
    let asked = reach.ask(Request::Check(Box::new(ask)));
    let Response::Check(told) = asked? else { return Err(unexpected()) };
    files::make_dir(&args.out)?;
    let mut made = Vec::new();
    let all = [("csv", Some(&told.csv)), ("json", Some(&told.json)), ("xzc", told.xzc.as_ref())];
    let paths = all.map(|(ending, bytes)| (args.out.join(format!("{}.{ending}", told.name)), bytes));
    for (path, _) in paths.iter().filter(|(_, bytes)| bytes.is_some()) {
        files::refuse_existing(path, args.force)?;
    }
    for (path, bytes) in &paths {
        if let Some(bytes) = bytes {
            files::write(path, &bytes.0)?;
            made.push(path.display().to_string());
        }
    }
    let text = described(&told, &made, lang);
    let [rows, valid, invalid, undetermined, not_found, refused] = told.counts;
    let written = Written {
        at: &told.at,
        input_sha256: &told.input,
        ledger: Ledger { size: told.ledger.0, root: &told.ledger.1 },
        counts: Counts { rows, valid, invalid, undetermined, not_found, refused },
        number: &told.number,
        sealed: told.xzc.is_some(),
        files: made,
        rows: told
            .rows
            .iter()
            .map(|(row, asked, outcome, code, ..)| Row { row: *row, asked, outcome, code })
            .collect(),
    };
    Ok(Answer::new(&written, text))
}

fn described(told: &Told, made: &[String], lang: Lang) -> String {
    let [rows, valid, invalid, undetermined, not_found, refused] = told.counts;
    let (at, size) = (&told.at, told.ledger.0);
    let mut text = say!(
        lang,
        "核查时点 {at}，账本 {size} 条：共 {rows} 行，有效 {valid}，无效 {invalid}，无法判定 {undetermined}，未查到 {not_found}，未核查 {refused}\n",
        "as of {at}, ledger of {size} entries: {rows} rows, {valid} valid, {invalid} invalid, {undetermined} undetermined, {not_found} not found, {refused} not checked\n"
    );
    let heads = [
        lang.pick("行", "row"),
        lang.pick("查询内容", "asked"),
        lang.pick("代码", "code"),
        lang.pick("说明", "reason"),
    ];
    let shown = told.rows.iter().take(SHOWN).map(|(row, asked, _, code, zh, en)| {
        vec![row.to_string(), asked.clone(), code.clone(), lang.pick(zh.as_str(), en.as_str()).to_string()]
    });
    text += &table(&heads, &shown.collect::<Vec<_>>());
    let more = told.rows.len().saturating_sub(SHOWN);
    if more > 0 {
        text += &say!(lang, "……其余 {more} 行见文件\n", "... {more} more rows are in the file\n");
    }
    let number = &told.number;
    if told.xzc.is_none() {
        text += &say!(
            lang,
            "摘要的证书 {number} 已受理，封存后用 certificate 命令导出\n",
            "the summary's certificate {number} is accepted; export it with `certificate` once it is sealed\n"
        );
    } else {
        text += &say!(lang, "摘要的证书 {number}：\n", "the summary's certificate is {number}:\n");
    }
    for file in made {
        text += &format!("  {file}\n");
    }
    text
}
