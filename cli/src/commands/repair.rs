//! `repair`: credit repair of a record.

use serde::Serialize;

use crate::args::{Common, Repair};
use crate::commands::objection::{due_table, due_words};
use crate::door::cases::{Affected, DueShown, RepairAsk, RepairShown, RepairTold};
use crate::door::reach::{Reach, unexpected};
use crate::door::{Request, Response};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::say;
use crate::table::table;

#[derive(Serialize)]
struct List<'a> {
    repairs: &'a [RepairShown],
}

#[derive(Serialize)]
struct DueList<'a> {
    due: &'a [DueShown],
}

#[derive(Serialize)]
struct Preview<'a> {
    item: &'a str,
    organ: Option<&'a str>,
    count: usize,
    certificates: &'a [Affected],
}

pub fn run(args: &Repair, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let ask = ask(args)?;
    let asked = Reach::new(&args.dir, common, lang)?.ask(Request::Repair(Box::new(ask)))?;
    let Response::Repair(told) = asked else { return Err(unexpected()) };
    Ok(match *told {
        RepairTold::List(list) => Answer::new(&List { repairs: &list }, all(&list, lang)),
        RepairTold::One(one) => Answer::new(&one, show(&one, lang)),
        RepairTold::Due(due) => Answer::new(&DueList { due: &due }, due_table(&due, lang)),
        RepairTold::Preview { item, organ, count, certificates } => {
            let text =
                say!(lang, "引用 {item} 的证书：{count} 份\n", "certificates that cite {item}: {count}\n")
                    + &affected(&certificates, lang);
            let organ = organ.as_deref();
            Answer::new(&Preview { item: &item, organ, count, certificates: &certificates }, text)
        }
    })
}

fn ask(args: &Repair) -> Result<RepairAsk, Failure> {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["list"] => Ok(RepairAsk::List { open: args.open }),
        ["due"] => Ok(RepairAsk::Due { on: args.on.clone() }),
        ["show", repair] => Ok(RepairAsk::Show { repair: (*repair).to_owned() }),
        [item] if args.preview => Ok(RepairAsk::Preview { item: (*item).to_owned() }),
        [item] => Ok(RepairAsk::Repair {
            item: (*item).to_owned(),
            ways: args.ways.clone(),
            basis: args.basis.clone().unwrap_or_default(),
            reason: args.reason.clone().unwrap_or_default(),
            evidence: args.evidence.clone(),
        }),
        _ => Err(Failure::usage(
            "应为记录编号、list、show REPAIR 或 due",
            "it must be a record's id, list, show REPAIR or due",
        )),
    }
}

fn all(list: &[RepairShown], lang: Lang) -> String {
    if list.is_empty() {
        return lang.pick("没有信用修复\n", "no repairs\n").to_owned();
    }
    let heads = [
        lang.pick("编号", "repair"),
        lang.pick("记录", "record"),
        lang.pick("状态", "state"),
        lang.pick("证书", "certificates"),
        lang.pick("办理期限", "due"),
        lang.pick("登记时间", "entered"),
    ];
    let row = |one: &RepairShown| {
        let due = one.due.as_ref().map(|due| due_words(due, lang)).unwrap_or_default();
        let count = one.count.to_string();
        vec![one.repair.clone(), one.item.clone(), words(one, lang), count, due, one.made_at.clone()]
    };
    table(&heads, &list.iter().map(row).collect::<Vec<_>>())
}

fn show(one: &RepairShown, lang: Lang) -> String {
    let (repair, item, state, count) = (&one.repair, &one.item, words(one, lang), one.count);
    let text = say!(
        lang,
        "{repair}：记录 {item}，{state}，涉及证书 {count} 份\n",
        "{repair}: record {item}, {state}, {count} certificates\n"
    );
    text + &affected(&one.certificates, lang)
}

fn affected(certificates: &[Affected], lang: Lang) -> String {
    if certificates.is_empty() {
        return String::new();
    }
    let heads = [lang.pick("证书编号", "certificate"), lang.pick("处理结果", "outcome")];
    let row = |one: &Affected| {
        let words = one.words.as_ref().map(|(zh, en)| lang.pick(zh.as_str(), en.as_str()).to_owned());
        vec![one.number.clone(), words.unwrap_or_else(|| one.outcome.clone())]
    };
    table(&heads, &certificates.iter().map(row).collect::<Vec<_>>())
}

fn words(one: &RepairShown, lang: Lang) -> String {
    match &one.words {
        Some((zh, en)) => lang.pick(zh.as_str(), en.as_str()).to_owned(),
        None => one.state.clone(),
    }
}
