//! `objection`: objections against certificates.

use serde::Serialize;

use crate::args::{Common, Objection, ObjectionAction};
use crate::door::cases::{Due, DueShown, ObjectionAsk, ObjectionShown, ObjectionTold, Step};
use crate::door::reach::{Reach, unexpected};
use crate::door::{Request, Response};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::say;
use crate::table::table;

#[derive(Serialize)]
struct List<'a> {
    objections: &'a [ObjectionShown],
}

#[derive(Serialize)]
struct DueList<'a> {
    due: &'a [DueShown],
}

pub fn run(args: &Objection, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let ask = ask(args)?;
    let asked = Reach::new(&args.dir, common, lang)?.ask(Request::Objection(Box::new(ask)))?;
    let Response::Objection(told) = asked else { return Err(unexpected()) };
    Ok(match *told {
        ObjectionTold::List(list) => Answer::new(&List { objections: &list }, all(&list, lang)),
        ObjectionTold::One(one) => Answer::new(&one, show(&one, lang)),
        ObjectionTold::Due(due) => Answer::new(&DueList { due: &due }, due_table(&due, lang)),
    })
}

fn ask(args: &Objection) -> Result<ObjectionAsk, Failure> {
    let what = || {
        args.what.clone().ok_or_else(|| {
            Failure::usage(
                "请写明异议编号（提出时写证书编号）",
                "name the objection (a certificate for file)",
            )
            .at("CASE")
        })
    };
    let step = match args.action {
        ObjectionAction::List => return Ok(ObjectionAsk::List { open: args.open }),
        ObjectionAction::Due => return Ok(ObjectionAsk::Due { on: args.on.clone() }),
        ObjectionAction::Show => return Ok(ObjectionAsk::Show { case: what()? }),
        ObjectionAction::File => {
            return Ok(ObjectionAsk::File {
                number: what()?,
                item: args.item.clone(),
                claims: args.claim.clone(),
                ground: args.ground.clone().unwrap_or_default(),
                evidence: args.evidence.clone(),
            });
        }
        ObjectionAction::Accept => Step::Accept,
        ObjectionAction::Verify => Step::Verify,
        ObjectionAction::Reject => Step::Reject,
        ObjectionAction::Note => Step::Note,
        ObjectionAction::TakeBack => Step::TakeBack,
        ObjectionAction::Uphold => {
            if args.replaced_by.is_none() && !args.withdrawn {
                return Err(Failure::usage(
                    "请写明 --replaced-by NUMBER（更正后的证书）或 --withdrawn（文书已撤销）",
                    "say --replaced-by NUMBER (the corrected certificate) or --withdrawn (the document)",
                ));
            }
            Step::Uphold { replaced_by: args.replaced_by.clone() }
        }
    };
    let note = args.note.clone().unwrap_or_default();
    Ok(ObjectionAsk::Step { case: what()?, seen: args.seen, note, step })
}

fn all(list: &[ObjectionShown], lang: Lang) -> String {
    if list.is_empty() {
        return lang.pick("没有异议\n", "no objections\n").to_owned();
    }
    let heads = [
        lang.pick("编号", "case"),
        lang.pick("证书编号", "certificate"),
        lang.pick("状态", "state"),
        lang.pick("办理期限", "due"),
        lang.pick("提出时间", "filed"),
    ];
    let row = |one: &ObjectionShown| {
        let due = one.due.as_ref().map(|due| due_words(due, lang)).unwrap_or_default();
        vec![one.case.clone(), one.certificate.clone(), words(one, lang), due, one.filed_at.clone()]
    };
    table(&heads, &list.iter().map(row).collect::<Vec<_>>())
}

fn show(one: &ObjectionShown, lang: Lang) -> String {
    let (case, version, state) = (&one.case, one.version, words(one, lang));
    let mut text =
        say!(lang, "{case}（第 {version} 版）：{state}\n", "{case} (version {version}): {state}\n");
    let mut line = |zh: &str, en: &str, value: &str| {
        if !value.is_empty() {
            let name = lang.pick(zh, en);
            text += &say!(lang, "{name}：{value}\n", "{name}: {value}\n");
        }
    };
    line("证书编号", "certificate", &one.certificate);
    line("证书状态", "its status", one.status.as_deref().unwrap_or_default());
    line("针对记录", "record", one.item.as_deref().unwrap_or_default());
    line("针对声明", "claims", &one.claims.join(", "));
    line("理由", "ground", &one.ground);
    line("更正后的证书", "corrected certificate", one.replaced_by.as_deref().unwrap_or_default());
    line("办理期限", "due", &one.due.as_ref().map(|due| due_words(due, lang)).unwrap_or_default());
    let heads = [
        lang.pick("时间", "time"),
        lang.pick("状态", "state"),
        lang.pick("办理人", "by"),
        lang.pick("说明", "note"),
    ];
    let rows: Vec<Vec<String>> = one
        .steps
        .iter()
        .map(|step| vec![step.at.clone(), step.state.clone(), step.by.clone(), step.note.clone()])
        .collect();
    text + &table(&heads, &rows)
}

fn words(one: &ObjectionShown, lang: Lang) -> String {
    match &one.words {
        Some((zh, en)) => lang.pick(zh.as_str(), en.as_str()).to_owned(),
        None => one.state.clone(),
    }
}

/// What is due, as a table.
pub fn due_table(due: &[DueShown], lang: Lang) -> String {
    if due.is_empty() {
        return lang.pick("没有待办事项\n", "nothing is due\n").to_owned();
    }
    let heads = [
        lang.pick("编号", "case"),
        lang.pick("状态", "state"),
        lang.pick("办理期限", "due"),
        lang.pick("期限规则", "rule"),
    ];
    let row = |one: &DueShown| {
        let rule = match one.due.checked {
            true => one.due.rule.clone(),
            false => format!("{}{}", one.due.rule, lang.pick("（依据未核实）", " (not checked)")),
        };
        vec![one.case.clone(), one.state.clone(), due_words(&one.due, lang), rule]
    };
    table(&heads, &due.iter().map(row).collect::<Vec<_>>())
}

/// A deadline in words.
pub fn due_words(due: &Due, lang: Lang) -> String {
    match (&due.by, &due.unknown) {
        (Some(by), _) if due.overdue => say!(lang, "{by}（逾期）", "{by} (overdue)"),
        (Some(by), _) => {
            let left = due.left.unwrap_or(0);
            say!(lang, "{by}（剩{left}个工作日）", "{by} ({left} working days left)")
        }
        (None, Some(code)) => say!(lang, "不能计算：{code}", "can't be told: {code}"),
        (None, None) => String::new(),
    }
}
