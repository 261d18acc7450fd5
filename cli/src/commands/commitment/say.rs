//! What `commitment` says to a person.

use crate::door::commitment::{
    BadRow, DueRow, FoundRow, MatterRow, One, PresentShown, Row, Said, TemplateRow,
};
use crate::lang::Lang;
use crate::say;
use crate::table::table;

pub(super) fn describe(one: &One, lang: Lang) -> String {
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
pub(super) fn next(one: &One) -> String {
    let typed: Vec<String> =
        one.next.iter().map(|kind| kind.to_ascii_lowercase().replace('_', "-")).collect();
    typed.join(", ")
}

pub(super) fn unit(present: &PresentShown) -> String {
    match (&present.unit, &present.unit_code) {
        (Some(unit), Some(code)) => format!("{unit} {code}"),
        _ => String::new(),
    }
}

pub(super) fn sentences(said: &[Said], lang: Lang) -> String {
    said.iter()
        .map(|one| format!("{}{}{}\n", one.code, lang.pick("：", ": "), lang.pick(&one.zh, &one.en)))
        .collect()
}

pub(super) fn list(rows: &[Row], next: Option<u32>, lang: Lang) -> String {
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

pub(super) fn due(rows: &[DueRow], count: u64, overdue: u64, calendars_missing: bool, lang: Lang) -> String {
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

pub(super) fn found(rows: &[FoundRow], next: Option<&str>, lang: Lang) -> String {
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

pub(super) fn template_list(templates: &[TemplateRow], refuse_unknown: bool, lang: Lang) -> String {
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

pub(super) fn matter_list(matters: &[MatterRow], lang: Lang) -> String {
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

pub(super) fn imported(good: u64, changed: u64, bad: &[BadRow], lang: Lang) -> String {
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

pub(super) fn figure(name: &str, lang: Lang) -> &str {
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
