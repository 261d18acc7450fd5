//! `commitment`: how commitments are kept, what is due, templates and matters.

use std::path::Path;

use notary::commitment::{MATTERS_FILE_MAX, TEMPLATE_TEXT_MAX};
use serde::Serialize;

use crate::args::{Commitment, CommitmentOutcome, Common};
use crate::door::commitment::{
    Ask, BadRow, DueRow, Fields, FoundRow, MatterRow, One, PresentShown, Row, Said, TemplateRow, Told,
};
use crate::door::reach::{Reach, unexpected};
use crate::door::{Bytes, Request, Response};
use crate::lang::Lang;
use crate::output::{Answer, Failure, REFUSED};
use crate::table::table;
use crate::{files, say};

pub fn run(args: &Commitment, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let ask = ask(args)?;
    let Response::Commitment(told) = Reach::new(&args.dir, common, lang)?.ask(Request::Commitment(ask))?
    else {
        return Err(unexpected());
    };
    Ok(match *told {
        Told::One(one) => Answer::new(&one, describe(&one, lang)),
        Told::Recorded { number, sequence, kind, one } => {
            let what = one.events.last().map_or("", |event| lang.pick(&event.kind_zh, &event.kind_en));
            let text =
                say!(lang, "已记录第 {sequence} 项：{what}\n", "event {sequence} is recorded: {what}\n");
            let text = text + &describe(&one, lang);
            Answer::new(&Recorded { number, sequence, kind, commitment: &one }, text)
        }
        Told::Page { rows, next } => Answer::new(&Page { rows: &rows, next }, list(&rows, next, lang)),
        Told::Due { rows, count, overdue, calendars_missing } => {
            let text = due(&rows, count, overdue, calendars_missing, lang);
            Answer::new(&DueShown { rows: &rows, count, overdue, calendars_missing }, text)
        }
        Told::Figures { figures, kept, matters } => {
            let rows: Vec<Vec<String>> = figures
                .iter()
                .map(|(name, count)| vec![figure(name, lang).to_string(), count.to_string()])
                .collect();
            let mut text = table(&[lang.pick("项目", "figure"), lang.pick("数量", "count")], &rows);
            let ((done, of), (met, all)) = (kept, matters);
            text += &say!(
                lang,
                "践诺率：{done}/{of}；事项覆盖：{met}/{all}\n",
                "kept: {done}/{of}; matters covered: {met}/{all}\n"
            );
            let figures = figures.into_iter().collect::<std::collections::BTreeMap<_, _>>();
            Answer::new(&Figures { figures, kept, matters }, text)
        }
        Told::Happened { events } => {
            let count = events.len();
            let mut text = say!(lang, "按日期记录 {count} 项\n", "{count} events recorded by the day\n");
            for (number, sequence) in &events {
                text += &format!("  {number} {sequence}\n");
            }
            Answer::new(&Happened { events }, text)
        }
        Told::Found { rows, next } => {
            let text = found(&rows, next.as_deref(), lang);
            Answer::new(&Found { rows: &rows, next }, text)
        }
        Told::Eligible { eligible, reasons, report } => {
            let mut text = match eligible {
                true => lang.pick(
                    "可适用告知承诺\n",
                    "eligible: may commit itself instead of handing in certificates\n",
                ),
                false => lang.pick("暂不适用告知承诺\n", "not eligible now\n"),
            }
            .to_string();
            text += &sentences(&reasons, lang);
            if report.is_none() {
                text += lang.pick(
                    "本机构没有该主体的信用报告可供核对\n",
                    "the office has no report of the subject to look at\n",
                );
            }
            let exit = if eligible { 0 } else { REFUSED };
            Answer::new(&Eligible { eligible, reasons: &reasons, report }, text).exit(exit)
        }
        Told::Templates { templates, refuse_unknown } => {
            let text = template_list(&templates, refuse_unknown, lang);
            Answer::new(&Templates { templates: &templates, refuse_unknown }, text)
        }
        Told::Text { text } => {
            Answer::new(&Text { text: &text }, format!("{}\n", text.trim_end_matches('\n')))
        }
        Told::Added { template, added } => {
            let (id, version, digest) = (&template.id, &template.version, &template.digest);
            let text = match added {
                true => say!(
                    lang,
                    "已登记样式 {id} {version}：{digest}\n",
                    "template {id} {version} is registered: {digest}\n"
                ),
                false => say!(
                    lang,
                    "样式 {id} {version} 此前已登记：{digest}\n",
                    "template {id} {version} was registered before: {digest}\n"
                ),
            };
            Answer::new(&Added { template: &template, added }, text)
        }
        Told::Matters { matters } => Answer::new(&Matters { matters: &matters }, matter_list(&matters, lang)),
        Told::Imported { good, changed, bad } => {
            let exit = if bad.is_empty() { 0 } else { REFUSED };
            let text = imported(good, changed, &bad, lang);
            Answer::new(&Imported { good, changed, bad: &bad }, text).exit(exit)
        }
    })
}

fn ask(args: &Commitment) -> Result<Ask, Failure> {
    let words: Vec<&str> = args.words.iter().map(String::as_str).collect();
    let text = |word: &&str| (*word).to_string();
    Ok(match words.as_slice() {
        ["list"] => Ask::List {
            stage: args.stage.clone(),
            after: args.after.as_deref().map(|mark| mark.parse().map_err(|_| bad_mark())).transpose()?,
        },
        ["due"] => Ask::Due { on: args.on.clone() },
        ["figures"] => Ask::Figures { on: args.on.clone() },
        ["by-the-day"] => Ask::ByTheDay,
        ["search", word] => Ask::Search { word: text(word), after: args.after.clone() },
        ["eligible", code] => Ask::Eligible { code: text(code), matter: args.matter.clone() },
        ["templates", "list"] => Ask::Templates,
        ["templates", "show", id, version] => Ask::TemplateText { id: text(id), version: text(version) },
        ["templates", "add", file] => {
            let bytes = files::read(Path::new(file), TEMPLATE_TEXT_MAX)?;
            let text = String::from_utf8(bytes).map_err(|_| {
                Failure::refused(
                    "TEMPLATE_BAD",
                    "样式文件应为 UTF-8 文本",
                    "a template's file has to be text in UTF-8",
                )
                .at(*file)
            })?;
            let need = |given: &Option<String>, name: &str| {
                given
                    .clone()
                    .ok_or_else(|| Failure::usage(format!("缺少 {name}"), format!("{name} is missing")))
            };
            Ask::TemplateAdd {
                id: need(&args.id, "--id")?,
                version: need(&args.template_version, "--template-version")?,
                name: need(&args.name, "--name")?,
                measurable: args.measurable,
                text,
            }
        }
        ["templates", "unknown", "accept"] => Ask::TemplatesUnknown { refuse: false },
        ["templates", "unknown", "refuse"] => Ask::TemplatesUnknown { refuse: true },
        ["matters", "list"] => Ask::Matters,
        ["matters", "import", file] => {
            Ask::MattersImport(Bytes(files::read(Path::new(file), MATTERS_FILE_MAX)?))
        }
        [code] => Ask::Show { code: text(code) },
        [code, "event", kind] => Ask::Event {
            code: text(code),
            kind: text(kind),
            fields: Box::new(fields(args)?),
            seen: args.seen,
        },
        _ => {
            return Err(Failure::usage(
                "用法不对；用 xinzheng commitment --help 查看",
                "that is no call of commitment; see xinzheng commitment --help",
            ));
        }
    })
}

fn bad_mark() -> Failure {
    Failure::usage("--after 应为上一页给出的标记", "--after takes the mark that the page before gave")
}

fn fields(args: &Commitment) -> Result<Fields, Failure> {
    let text = |given: &Option<String>| given.clone().unwrap_or_default();
    let channel = |given: &String| {
        let pair = given.split_once('=').map(|(site, url)| (site.to_string(), url.to_string()));
        pair.ok_or_else(|| {
            Failure::usage(
                "--channel 应为 站点名称=网址",
                "--channel takes the site's name, =, and its address",
            )
        })
    };
    Ok(Fields {
        evidence: args.evidence.clone(),
        unit: text(&args.unit),
        unit_code: text(&args.unit_code),
        unperformed: text(&args.unperformed),
        liability: text(&args.liability),
        items: args.item.clone(),
        channels: args.channel.iter().map(channel).collect::<Result<_, Failure>>()?,
        upheld: args.outcome.map(|outcome| outcome == CommitmentOutcome::Upheld),
        valid_to: text(&args.valid_to),
        reason: text(&args.reason),
        basis: text(&args.basis),
    })
}

fn describe(one: &One, lang: Lang) -> String {
    let mut text = String::new();
    let mut line = |zh: &str, en: &str, value: &str| {
        if !value.is_empty() {
            text += &format!("{}{value}\n", lang.pick(zh, en));
        }
    };
    let optional = |value: &Option<String>| value.clone().unwrap_or_default();
    let (code_word, label) = &one.commitment_type;
    line("承诺编码：", "commitment: ", &one.code);
    line("证书编号：", "certificate: ", &one.number);
    line("证书状态：", "its status: ", &optional(&one.status));
    line("承诺类型：", "type: ", lang.pick(label, code_word));
    line("承诺人：", "committer: ", &one.committer);
    line("承诺事由：", "reason: ", &one.reason);
    line("承诺受理单位：", "accepted by: ", &one.accepted_by);
    line("作出日期：", "made on: ", &one.made_on);
    line("有效期至：", "valid to: ", &optional(&one.valid_to));
    line("公开类型：", "publicity: ", lang.pick(&one.publicity.1, &one.publicity.0));
    line("公示日期：", "publicised on: ", &optional(&one.publicised));
    let present = &one.present;
    line("阶段：", "stage: ", lang.pick(&present.stage_zh, &present.stage_en));
    line("补正期限：", "missing items due: ", &optional(&one.supplement_due));
    line("待补正：", "still missing: ", &one.missing.join(lang.pick("、", ", ")));
    let day = &present.as_of;
    let as_of = say!(lang, "履行情况（截至 {day}）：", "fulfilment (as of {day}): ");
    line(&as_of, &as_of, lang.pick(&present.word_zh, &present.word_en));
    line("认定日期：", "determined on: ", &optional(&present.determined_on));
    line("认定单位：", "determined by: ", &unit(present));
    line("未履行的承诺内容：", "unperformed: ", &optional(&present.unperformed));
    line("违诺责任追究内容：", "what followed: ", &optional(&present.liability));
    line("异议期至：", "objection window ends: ", &optional(&present.window_ends));
    line("可记录：", "may be recorded next: ", &next(one));
    text += &sentences(&one.remarks, lang);
    if !one.events.is_empty() {
        let heads = [
            "#",
            lang.pick("时间", "time"),
            lang.pick("事项", "event"),
            lang.pick("记录人", "by"),
            lang.pick("理由", "reason"),
        ];
        let row = |event: &crate::door::commitment::EventRow| {
            vec![
                event.sequence.to_string(),
                event.at.clone(),
                lang.pick(&event.kind_zh, &event.kind_en).to_string(),
                event.by.clone(),
                if event.reason.is_empty() { event.reason_code.clone() } else { event.reason.clone() },
            ]
        };
        text += &table(&heads, &one.events.iter().map(row).collect::<Vec<_>>());
    }
    text
}

/// What may be recorded next, as it is typed.
fn next(one: &One) -> String {
    let typed: Vec<String> =
        one.next.iter().map(|kind| kind.to_ascii_lowercase().replace('_', "-")).collect();
    typed.join(", ")
}

fn unit(present: &PresentShown) -> String {
    match (&present.unit, &present.unit_code) {
        (Some(unit), Some(code)) => format!("{unit} {code}"),
        _ => String::new(),
    }
}

fn sentences(said: &[Said], lang: Lang) -> String {
    said.iter()
        .map(|one| format!("{}{}{}\n", one.code, lang.pick("：", ": "), lang.pick(&one.zh, &one.en)))
        .collect()
}

fn list(rows: &[Row], next: Option<u32>, lang: Lang) -> String {
    if rows.is_empty() {
        return lang.pick("没有承诺\n", "no commitments\n").to_string();
    }
    let heads = [
        lang.pick("承诺编码", "commitment"),
        lang.pick("类型", "type"),
        lang.pick("作出日期", "made on"),
        lang.pick("阶段", "stage"),
        lang.pick("承诺人", "committer"),
    ];
    let row = |row: &Row| {
        vec![
            row.code.clone(),
            lang.pick(&row.commitment_type.1, &row.commitment_type.0).to_string(),
            row.made_on.clone(),
            lang.pick(&row.present.stage_zh, &row.present.stage_en).to_string(),
            row.committer.clone(),
        ]
    };
    let mut text = table(&heads, &rows.iter().map(row).collect::<Vec<_>>());
    if let Some(next) = next {
        text += &say!(lang, "下一页：--after {next}\n", "next page: --after {next}\n");
    }
    text
}

fn due(rows: &[DueRow], count: u64, overdue: u64, calendars_missing: bool, lang: Lang) -> String {
    let mut text = String::new();
    if calendars_missing {
        text += lang.pick(
            "部分期限因缺少有关年份的工作日历而不能计算；请用 calendar import 导入\n",
            "some days can't be counted, since a year's calendar is missing; import it with calendar import\n",
        );
    }
    if rows.is_empty() {
        return text + lang.pick("没有到期事项\n", "nothing is due\n");
    }
    let heads = [
        lang.pick("事项", "what"),
        lang.pick("承诺编码", "commitment"),
        lang.pick("起算", "since"),
        lang.pick("截止", "due"),
        lang.pick("剩余", "left"),
        lang.pick("承诺人", "committer"),
    ];
    let left = |row: &DueRow| match (row.overdue, row.left) {
        (true, _) => lang.pick("逾期", "overdue").to_string(),
        (false, Some(left)) => say!(lang, "{left}个工作日", "{left} working days"),
        (false, None) => "-".to_string(),
    };
    let row = |row: &DueRow| {
        vec![
            lang.pick(&row.what_zh, &row.what_en).to_string(),
            row.code.clone(),
            row.since.clone(),
            row.due.clone().unwrap_or_else(|| "-".to_string()),
            left(row),
            row.committer.clone(),
        ]
    };
    text += &table(&heads, &rows.iter().map(row).collect::<Vec<_>>());
    text +=
        &say!(lang, "共 {count} 项，其中逾期 {overdue} 项\n", "{count} in all, {overdue} of them overdue\n");
    text
}

fn found(rows: &[FoundRow], next: Option<&str>, lang: Lang) -> String {
    if rows.is_empty() && next.is_none() {
        return lang.pick("未查到已公示的承诺\n", "no commitment that is public was found\n").to_string();
    }
    let heads = [
        lang.pick("承诺编码", "commitment"),
        lang.pick("类型", "type"),
        lang.pick("作出日期", "made on"),
        lang.pick("履行情况", "fulfilment"),
        lang.pick("承诺人", "committer"),
    ];
    let row = |row: &FoundRow| {
        vec![
            row.code.clone(),
            lang.pick(&row.commitment_type.1, &row.commitment_type.0).to_string(),
            row.made_on.clone(),
            lang.pick(&row.word_zh, &row.word_en).to_string(),
            row.committer.clone(),
        ]
    };
    let mut text = table(&heads, &rows.iter().map(row).collect::<Vec<_>>());
    if let Some(next) = next {
        text += &say!(lang, "下一页：--after {next}\n", "next page: --after {next}\n");
    }
    text
}

fn template_list(templates: &[TemplateRow], refuse_unknown: bool, lang: Lang) -> String {
    let heads = [
        lang.pick("编号", "id"),
        lang.pick("版本", "version"),
        lang.pick("摘要", "digest"),
        lang.pick("条件可量化", "measurable"),
        lang.pick("名称", "name"),
    ];
    let row = |one: &TemplateRow| {
        vec![
            one.id.clone(),
            one.version.clone(),
            one.digest.chars().take(23).chain("...".chars()).collect(),
            lang.pick(if one.measurable { "是" } else { "否" }, if one.measurable { "yes" } else { "no" })
                .to_string(),
            one.name.clone(),
        ]
    };
    let mut text = match templates.is_empty() {
        true => lang.pick("还没有登记样式\n", "no template is registered yet\n").to_string(),
        false => table(&heads, &templates.iter().map(row).collect::<Vec<_>>()),
    };
    text += match refuse_unknown {
        true => lang.pick("未登记的样式：拒绝\n", "templates that are not registered: refused\n"),
        false => lang.pick(
            "未登记的样式：接受并提示\n",
            "templates that are not registered: accepted, with a remark\n",
        ),
    };
    text
}

fn matter_list(matters: &[MatterRow], lang: Lang) -> String {
    if matters.is_empty() {
        return lang.pick("承诺事项清单为空\n", "the catalogue of matters is empty\n").to_string();
    }
    let heads = [
        lang.pick("事项编码", "code"),
        lang.pick("承诺类型", "type"),
        lang.pick("核查期限", "checked within"),
        lang.pick("实施部门", "department"),
        lang.pick("事项名称", "name"),
    ];
    let row = |one: &MatterRow| {
        vec![
            one.code.clone(),
            lang.pick(&one.commitment_type.1, &one.commitment_type.0).to_string(),
            one.check_within.clone().unwrap_or_else(|| "-".to_string()),
            one.department.clone(),
            one.name.clone(),
        ]
    };
    table(&heads, &matters.iter().map(row).collect::<Vec<_>>())
}

fn imported(good: u64, changed: u64, bad: &[BadRow], lang: Lang) -> String {
    let mut text = String::new();
    for row in bad {
        for (title, value, reason) in &row.faults {
            let number = row.row;
            text += &say!(
                lang,
                "拒绝 第 {number} 行 {title} “{value}”\n",
                "refused: row {number} {title} \"{value}\"\n"
            );
            text +=
                &format!("  {}{}{}\n", reason.code, lang.pick("：", ": "), lang.pick(&reason.zh, &reason.en));
        }
    }
    let count = bad.len();
    text + &say!(
        lang,
        "事项 {good} 个（新增或变更 {changed} 个），拒绝 {count} 行\n",
        "{good} matters ({changed} new or changed), {count} rows refused\n"
    )
}

fn figure(name: &str, lang: Lang) -> &str {
    if lang == Lang::En {
        return name;
    }
    match name {
        "made" => "作出",
        "public" => "可向社会公开",
        "publicised" => "已公示",
        "in_progress" => "履行中",
        "fulfilled" => "全部履行",
        "partly_fulfilled" => "部分履行",
        "not_fulfilled" => "全部未履行",
        "found_false" => "承诺不实",
        "supplement_overdue" => "逾期未补正",
        "disputed" => "异议中",
        "taken_back" => "已撤回",
        "expired" => "已到期",
        "closed" => "监管完成",
        "ended" => "证书已失效",
        name => name,
    }
}

#[derive(Serialize)]
struct Recorded<'a> {
    number: String,
    sequence: u32,
    kind: String,
    commitment: &'a One,
}

#[derive(Serialize)]
struct Page<'a> {
    rows: &'a [Row],
    next: Option<u32>,
}

#[derive(Serialize)]
struct DueShown<'a> {
    rows: &'a [DueRow],
    count: u64,
    overdue: u64,
    calendars_missing: bool,
}

#[derive(Serialize)]
struct Figures {
    figures: std::collections::BTreeMap<String, u64>,
    kept: (u64, u64),
    matters: (u64, u64),
}

#[derive(Serialize)]
struct Happened {
    events: Vec<(String, u32)>,
}

#[derive(Serialize)]
struct Found<'a> {
    rows: &'a [FoundRow],
    next: Option<String>,
}

#[derive(Serialize)]
struct Eligible<'a> {
    eligible: bool,
    reasons: &'a [Said],
    report: Option<String>,
}

#[derive(Serialize)]
struct Templates<'a> {
    templates: &'a [TemplateRow],
    refuse_unknown: bool,
}

#[derive(Serialize)]
struct Text<'a> {
    text: &'a str,
}

#[derive(Serialize)]
struct Added<'a> {
    template: &'a TemplateRow,
    added: bool,
}

#[derive(Serialize)]
struct Matters<'a> {
    matters: &'a [MatterRow],
}

#[derive(Serialize)]
struct Imported<'a> {
    good: u64,
    changed: u64,
    bad: &'a [BadRow],
}
