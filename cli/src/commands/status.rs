//! `status D NUMBER`, `… at TIME`, `… set STATUS`, `status D publish`, `status D import FILE…`.

use std::path::Path;

use serde::Serialize;

use crate::args::{Common, Status};
use crate::door::reach::{Reach, unexpected};
use crate::door::status::{Ask, EventShown, History, Set, Then, Told};
use crate::door::{Bytes, List, Request, Response};
use crate::lang::Lang;
use crate::output::{Answer, Failure, REFUSED};
use crate::table::table;
use crate::{files, say};

/// Bytes of a status list file.
const LIST_BYTES: usize = verifier::limits::STATUS_FILE_BYTES;

pub fn run(args: &Status, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    let ask = |ask: Ask| match Reach::new(&args.dir, common, lang)?.ask(Request::Status(ask))? {
        Response::Status(told) => Ok(told),
        _ => Err(unexpected()),
    };
    match words.as_slice() {
        ["publish"] => publish(ask(Ask::Publish)?, args, lang),
        ["import", files @ ..] if !files.is_empty() => {
            import(ask(Ask::Import { files: read(files)? })?, lang)
        }
        [number] => history(ask(Ask::History { number: (*number).to_string() })?, number, lang),
        [number, "at", time @ ..] if !time.is_empty() => {
            let ask = ask(Ask::At { number: (*number).to_string(), at: time.join(" ") })?;
            moment(ask, args, number, lang)
        }
        [number, "set", status] => {
            set(ask(Ask::Set(Box::new(ordered(args, number, status)?)))?, args, number, lang)
        }
        _ => Err(Failure::usage(
            "应为 status D NUMBER、status D NUMBER at TIME、status D NUMBER set 状态 --reason R、status D publish 或 status D import FILE",
            "write status D NUMBER, status D NUMBER at TIME, status D NUMBER set STATUS --reason R, status D publish or status D import FILE",
        )),
    }
}

fn ordered(args: &Status, number: &str, status: &str) -> Result<Set, Failure> {
    let Some(reason) = args.reason.clone() else {
        return Err(Failure::usage("缺少 --reason：请写明原因", "--reason is missing: say why"));
    };
    Ok(Set {
        number: number.to_string(),
        status: status.to_string(),
        reason,
        basis: args.basis.clone().unwrap_or_default(),
        claims: args.claim.clone(),
        replaced_by: args.replaced_by.clone(),
        seen: args.seen,
    })
}

#[derive(Serialize)]
struct SetAnswer<'a> {
    number: &'a str,
    from: &'a str,
    to: &'a str,
    /// Of the event; null where it was so already.
    sequence: Option<u32>,
    lists: Vec<ListName>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<String>,
}

#[derive(Serialize)]
struct PublishAnswer {
    lists: Vec<ListName>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<String>,
}

#[derive(Serialize)]
struct ListName {
    shard: u64,
    sequence: u64,
}

fn set(told: Told, args: &Status, number: &str, lang: Lang) -> Result<Answer, Failure> {
    let Told::Set { from, to, sequence, lists } = told else { return Err(unexpected()) };
    let files = copies(&lists, args.out.as_deref())?;
    let mut text = match sequence {
        None => say!(
            lang,
            "证书 {number} 的状态已经是 {to}，没有改变\n",
            "certificate {number} is {to} already; nothing was changed\n"
        ),
        Some(_) => say!(
            lang,
            "证书 {number}：{from} → {to}，新的状态清单已发布\n",
            "certificate {number}: {from} → {to}, and new status lists are out\n"
        ),
    };
    lines(&mut text, &files);
    let answer = SetAnswer { number, from: &from, to: &to, sequence, lists: names(&lists), files };
    Ok(Answer::new(&answer, text))
}

fn publish(told: Told, args: &Status, lang: Lang) -> Result<Answer, Failure> {
    let Told::Published { lists } = told else { return Err(unexpected()) };
    let files = copies(&lists, args.out.as_deref())?;
    let mut text = String::new();
    for List { shard, sequence, .. } in &lists {
        text += &say!(
            lang,
            "状态清单 {shard}：已发布第 {sequence} 期\n",
            "status list {shard}: number {sequence} is out\n"
        );
    }
    if lists.is_empty() {
        text +=
            lang.pick("还没有证书，没有清单可发布\n", "no certificate yet, so there is no list to publish\n");
    }
    lines(&mut text, &files);
    Ok(Answer::new(&PublishAnswer { lists: names(&lists), files }, text))
}

#[derive(Serialize)]
struct HistoryAnswer<'a> {
    number: &'a str,
    #[serde(flatten)]
    history: &'a History,
}

fn history(told: Told, number: &str, lang: Lang) -> Result<Answer, Failure> {
    let Told::History(history) = told else { return Err(unexpected()) };
    let none = lang.pick("尚未封存", "not sealed yet");
    let status = history.status.as_deref().unwrap_or(none);
    let published = history.published.as_deref().unwrap_or(none);
    let mut text = say!(
        lang,
        "证书 {number}：{status}（对外发布：{published}）\n",
        "certificate {number}: {status} (published: {published})\n"
    );
    let heads = match lang {
        Lang::Zh => ["序号", "时间", "记录", "经办", "存证", "原因与依据"],
        Lang::En => ["no.", "time", "event", "by", "entry", "why and on what basis"],
    };
    let entry = |index: Option<u64>| index.map_or("-".to_string(), |index| index.to_string());
    let sealed = history.sealed_at.clone().unwrap_or_default();
    let issued =
        ["0".to_string(), sealed, word("ISSUED", lang), "office".into(), entry(history.index), String::new()];
    let mut rows = vec![issued.to_vec()];
    rows.extend(history.events.iter().map(|event| {
        let fixed = [event.sequence.to_string(), event.at.clone(), word(&event.kind, lang), event.by.clone()];
        [&fixed[..], &[entry(event.index), why(event)]].concat()
    }));
    text += &table(&heads, &rows);
    Ok(Answer::new(&HistoryAnswer { number, history: &history }, text))
}

/// Reason, basis and what else belongs to it, in one cell.
fn why(event: &EventShown) -> String {
    let basis = (!event.basis.is_empty()).then(|| event.basis.clone());
    let detail = event.detail.iter().map(|(name, text)| format!("{name}={text}"));
    std::iter::once(event.reason.clone()).chain(basis).chain(detail).collect::<Vec<_>>().join("; ")
}

/// What happened, for people.
fn word(kind: &str, lang: Lang) -> String {
    let (zh, en) = match kind {
        "ISSUED" => ("已签发", "issued"),
        "SUSPENDED" => ("异议核实中，暂缓使用", "suspended"),
        "RESUMED" => ("恢复有效", "resumed"),
        "SUPERSEDED" => ("已更正", "superseded"),
        "REPAIRED" => ("信用修复", "repaired"),
        "OBJECTION_NOTED" => ("异议标注", "objection noted"),
        "WITHDRAWN" => ("主体已撤回", "withdrawn"),
        "REVOKED" => ("已撤销", "revoked"),
        other => (other, other),
    };
    lang.pick(zh, en).to_string()
}

#[derive(Serialize)]
struct ThenAnswer<'a> {
    number: &'a str,
    at: &'a str,
    status: Option<&'a str>,
    index: u64,
    sealed_at: &'a str,
    list: Option<ListThen<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<String>,
}

#[derive(Serialize)]
struct ListThen<'a> {
    shard: u64,
    sequence: u64,
    issued_at: &'a str,
    /// Index of its note in the ledger.
    entry: Option<u64>,
    /// When the list after it was issued.
    newest_until: Option<&'a str>,
}

fn moment(told: Told, args: &Status, number: &str, lang: Lang) -> Result<Answer, Failure> {
    let Told::At(then) = told else { return Err(unexpected()) };
    let Then { at, index, sealed_at, status, list, until, files } = *then;
    let mut text = match &status {
        None => say!(
            lang,
            "证书 {number} 在 {at} 尚未封存\n",
            "certificate {number} was not sealed yet at {at}\n"
        ),
        Some(status) => {
            say!(lang, "证书 {number} 在 {at}：{status}\n", "certificate {number} at {at}: {status}\n")
        }
    };
    if let Some((shard, sequence, issued, entry)) = &list {
        text += &say!(
            lang,
            "  依据：状态清单 {shard} 第 {sequence} 期，{issued} 签发\n",
            "  by status list {shard}, number {sequence}, issued {issued}\n"
        );
        if let Some(entry) = entry {
            text += &say!(lang, "  账本证明：存证 {entry}\n", "  proof from the ledger: entry {entry}\n");
        }
    } else if status.is_some() {
        text += &say!(
            lang,
            "  依据：{sealed_at} 封存，当时没有清单涉及它\n",
            "  it was sealed at {sealed_at}, and no list of then covers it\n"
        );
    }
    if let Some(until) = &until {
        text += &say!(lang, "  下一期清单签发于 {until}\n", "  the next list was issued at {until}\n");
    }
    let written = match &args.out {
        Some(out) => evidence(&files, out)?,
        None => Vec::new(),
    };
    lines(&mut text, &written);
    let answer = ThenAnswer {
        number,
        at: &at,
        status: status.as_deref(),
        index,
        sealed_at: &sealed_at,
        list: list.as_ref().map(|(shard, sequence, issued_at, entry)| ListThen {
            shard: *shard,
            sequence: *sequence,
            issued_at,
            entry: *entry,
            newest_until: until.as_deref(),
        }),
        files: written,
    };
    Ok(Answer::new(&answer, text))
}

fn evidence(files: &[(String, String)], out: &Path) -> Result<Vec<String>, Failure> {
    files::make_dir(out)?;
    let write = |(name, text): &(String, String)| {
        let path = out.join(name);
        files::write(&path, text.as_bytes())?;
        Ok(path.display().to_string())
    };
    files.iter().map(write).collect()
}

fn read(names: &[&str]) -> Result<Vec<(String, Bytes)>, Failure> {
    names
        .iter()
        .map(|name| Ok(((*name).to_string(), Bytes(files::read(Path::new(name), LIST_BYTES)?))))
        .collect()
}

#[derive(Serialize)]
struct ImportAnswer<'a> {
    kept: Vec<Kept<'a>>,
    refused: Vec<RefusedList<'a>>,
}

#[derive(Serialize)]
struct Kept<'a> {
    file: &'a str,
    origin: &'a str,
    shard: u64,
    sequence: u64,
}

#[derive(Serialize)]
struct RefusedList<'a> {
    file: &'a str,
    code: &'a str,
    message: &'a str,
}

fn import(told: Told, lang: Lang) -> Result<Answer, Failure> {
    let Told::Imported { kept, refused } = told else { return Err(unexpected()) };
    let mut text = String::new();
    for (name, origin, shard, sequence) in &kept {
        text += &say!(
            lang,
            "已收下 {name}：{origin} 分片 {shard} 第 {sequence} 期\n",
            "kept {name}: {origin} shard {shard}, number {sequence}\n"
        );
    }
    for (name, failure) in &refused {
        let (code, message) = (failure.code(), failure.message(lang));
        text += &say!(lang, "未收下 {name}：{code} {message}\n", "refused {name}: {code} {message}\n");
    }
    let answer = ImportAnswer {
        kept: kept
            .iter()
            .map(|(file, origin, shard, sequence)| Kept { file, origin, shard: *shard, sequence: *sequence })
            .collect(),
        refused: refused
            .iter()
            .map(|(file, failure)| RefusedList { file, code: failure.code(), message: failure.message(lang) })
            .collect(),
    };
    let exit = if refused.is_empty() { 0 } else { REFUSED };
    Ok(Answer::new(&answer, text).exit(exit))
}

/// Copies for those who have no network: `status-<shard>.xzs`, where `xinzheng-verify` finds them beside certificates.
pub fn copies(lists: &[List], out: Option<&Path>) -> Result<Vec<String>, Failure> {
    let Some(out) = out else { return Ok(Vec::new()) };
    files::make_dir(out)?;
    lists
        .iter()
        .map(|list| {
            let path = out.join(format!("status-{}.xzs", list.shard));
            files::write(&path, list.file.as_bytes())?;
            Ok(path.display().to_string())
        })
        .collect()
}

fn names(lists: &[List]) -> Vec<ListName> {
    lists.iter().map(|list| ListName { shard: list.shard, sequence: list.sequence }).collect()
}

fn lines(text: &mut String, files: &[String]) {
    for file in files {
        *text += &format!("  {file}\n");
    }
}
