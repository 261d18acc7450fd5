//! `calendar`: working days and deadlines.

use std::path::Path;

use notary::workday::{CALENDAR_MAX, Unit};
use serde::Serialize;

use crate::args::{Calendar, CalendarAction, Common};
use crate::door::calendar::{Ask, RuleShown, Told, YearShown};
use crate::door::reach::{Reach, unexpected};
use crate::door::{Bytes, Request, Response};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::table::table;
use crate::{files, say};

pub fn run(args: &Calendar, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    let ask = match (args.action, words.as_slice()) {
        (CalendarAction::Show, []) => Ask::Show,
        (CalendarAction::Import, [file]) => Ask::Import(Bytes(files::read(Path::new(file), CALENDAR_MAX)?)),
        (CalendarAction::Due, [rule, start]) => {
            Ask::Due { rule: (*rule).to_string(), start: (*start).to_string() }
        }
        _ => {
            return Err(Failure::usage(
                "应为 show、import FILE 或 due RULE DAY",
                "it must be show, import FILE or due RULE DAY",
            ));
        }
    };
    let mut reach = Reach::new(&args.dir, common, lang)?;
    let Response::Calendar(told) = reach.ask(Request::Calendar(ask))? else { return Err(unexpected()) };
    Ok(match told {
        Told::All { years, deadlines } => all(&years, &deadlines, lang),
        Told::Year(year) => {
            let YearShown { year: number, off, working, .. } = &year;
            let text = say!(
                lang,
                "已导入 {number} 年工作日历：放假 {off} 天，调休上班 {working} 天\n",
                "the calendar of {number} is in: {off} days off, {working} days of weekends worked\n"
            );
            Answer::new(&year, text)
        }
        Told::Due { rule, due, earliest } => {
            let text = due_text(&rule, due.as_deref(), earliest.as_deref(), lang);
            Answer::new(&Due { rule, due, earliest }, text)
        }
    })
}

#[derive(Serialize)]
struct All<'a> {
    years: &'a [YearShown],
    deadlines: &'a [RuleShown],
}

#[derive(Serialize)]
struct Due {
    rule: RuleShown,
    due: Option<String>,
    earliest: Option<String>,
}

fn all(years: &[YearShown], deadlines: &[RuleShown], lang: Lang) -> Answer {
    let mut text = String::new();
    for shown in years {
        let YearShown { year, source, off, working } = shown;
        text += &say!(
            lang,
            "{year} 年：放假 {off} 天，调休上班 {working} 天；{source}\n",
            "{year}: {off} days off, {working} days of weekends worked; {source}\n"
        );
    }
    if years.is_empty() {
        text += lang.pick("还没有工作日历\n", "no calendar of working days yet\n");
    }
    let heads = [
        lang.pick("规则", "rule"),
        lang.pick("期限", "within"),
        lang.pick("起算", "from"),
        lang.pick("名称", "name"),
        lang.pick("依据", "basis"),
    ];
    let row = |rule: &RuleShown| {
        let basis = rule.basis.clone().unwrap_or_else(|| lang.pick("未核实", "not checked").to_string());
        vec![rule.id.clone(), length(rule, lang), rule.from.clone(), rule.name.clone(), basis]
    };
    text += &table(&heads, &deadlines.iter().map(row).collect::<Vec<_>>());
    Answer::new(&All { years, deadlines }, text)
}

fn length(rule: &RuleShown, lang: Lang) -> String {
    let unit = match rule.unit {
        Unit::WorkingDay => lang.pick("个工作日", " working days"),
        Unit::Day => lang.pick("日", " days"),
        Unit::Month => lang.pick("个月", " months"),
        Unit::Year => lang.pick("年", " years"),
    };
    match (rule.least, rule.most) {
        (Some(least), Some(most)) => format!("{least}-{most}{unit}"),
        (Some(least), None) => say!(lang, "至少 {least}{unit}", "at least {least}{unit}"),
        (None, Some(most)) => format!("{most}{unit}"),
        (None, None) => String::new(),
    }
}

fn due_text(rule: &RuleShown, due: Option<&str>, earliest: Option<&str>, lang: Lang) -> String {
    let mut text = format!("{}\n", rule.name);
    if let Some(day) = earliest {
        text += &say!(lang, "不早于：{day}\n", "not before: {day}\n");
    }
    if let Some(day) = due {
        text += &say!(lang, "截止日：{day}\n", "due: {day}\n");
    }
    match &rule.basis {
        Some(basis) => text + &say!(lang, "依据：{basis}\n", "basis: {basis}\n"),
        None => {
            text + lang
                .pick("依据未核实，请先核对再使用\n", "basis not checked: look it up before you rely on it\n")
        }
    }
}
