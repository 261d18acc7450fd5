//! `status D NUMBER set STATUS` and `status D publish`.

use std::path::Path;

use serde::Serialize;

use crate::args::{Common, Status};
use crate::door::reach::{Reach, unexpected};
use crate::door::{List, Request, Response};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::{files, say};

#[derive(Serialize)]
struct Set<'a> {
    number: &'a str,
    from: &'a str,
    to: &'a str,
    lists: Vec<ListName>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<String>,
}

#[derive(Serialize)]
struct Published {
    lists: Vec<ListName>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<String>,
}

#[derive(Serialize)]
struct ListName {
    shard: u64,
    sequence: u64,
}

pub fn run(args: &Status, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["publish"] => publish(args, common, lang),
        [number, "set", status] => set(args, common, lang, number, status),
        _ => Err(Failure::usage(
            "应为 status D NUMBER set valid|revoked --reason R，或 status D publish",
            "write status D NUMBER set valid|revoked --reason R, or status D publish",
        )),
    }
}

fn set(args: &Status, common: &Common, lang: Lang, number: &str, status: &str) -> Result<Answer, Failure> {
    let Some(reason) = args.reason.clone() else {
        return Err(Failure::usage("缺少 --reason：请写明原因", "--reason is missing: say why"));
    };
    let request = Request::SetStatus { number: number.to_string(), status: status.to_string(), reason };
    let Response::StatusSet { from, to, lists } = Reach::new(&args.dir, common, lang)?.ask(request)? else {
        return Err(unexpected());
    };
    let files = copies(&lists, args.out.as_deref())?;
    let mut text = if from == to {
        say!(
            lang,
            "证书 {number} 的状态已经是 {to}，没有改变\n",
            "certificate {number} is {to} already; nothing was changed\n"
        )
    } else {
        say!(
            lang,
            "证书 {number}：{from} → {to}，新的状态清单已发布\n",
            "certificate {number}: {from} → {to}, and new status lists are out\n"
        )
    };
    lines(&mut text, &files);
    Ok(Answer::new(&Set { number, from: &from, to: &to, lists: names(&lists), files }, text))
}

fn publish(args: &Status, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let Response::Published { lists } = Reach::new(&args.dir, common, lang)?.ask(Request::PublishStatus)?
    else {
        return Err(unexpected());
    };
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
    Ok(Answer::new(&Published { lists: names(&lists), files }, text))
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
