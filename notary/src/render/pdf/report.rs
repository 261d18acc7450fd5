//! The pages after the first one: the report in ten numbered blocks, the text of a commitment, what a file is.
//!
//! "No record" and "not covered" never look alike: the first is a plain line, the second a hatched box.

use verifier::json::Value;
use verifier::registry::DocumentKind;

use super::flow::{COLUMN, Cell, Flow, MARGIN};
use super::paper::{Paper, day, instant};
use super::partial;
use super::records::{BLOCKS, Block, Field, flags, unit};
use super::sheet::{Ink, Mark, Style};
use super::signs;
use crate::document::vocabulary::{
    Channel, CommitmentType, CoverageStatus, Label, Publicity, ReportKind, SignatureMethod,
};
use verifier::registry::HolderKind;

/// Width of a label's cell.
const LABEL: f32 = 80.0;
/// Nothing is on record, and it was collected.
const NOTHING: &str = "查询期内无相关信息";
/// It was not collected: nothing is known.
const NOT_COVERED: &str = "该领域未纳入本报告";
/// The tallest record that is not begun where it would be cut.
const MOST_TOGETHER: f32 = 320.0;
/// Height of the box that says so.
const BOX: f32 = 19.0;

/// Everything that the document says.
pub(super) fn pages(flow: &mut Flow<'_>, paper: &Paper<'_>) {
    flow.new_page();
    partial::notice(flow, &paper.shown);
    match paper.core.kind() {
        DocumentKind::CreditReport => report(flow, paper),
        DocumentKind::CreditCommitment => commitment(flow, paper),
        DocumentKind::File => file(flow, paper),
    }
}

fn report(flow: &mut Flow<'_>, paper: &Paper<'_>) {
    flow.heading("报告说明", "About this report", 60.0);
    let kind = paper
        .text("/kind")
        .and_then(|kind| label(ReportKind::ALL, ReportKind::spelling, ReportKind::label, kind));
    let template = paper.member("/template").map(|template| {
        let part = |key: &str| template.get(key).and_then(Value::as_str).unwrap_or_default();
        format!("{} {}", part("id"), part("version"))
    });
    let period = paper.member("/period").and_then(|period| {
        Some(format!("{}至{}", day(period.get("from")?.as_str()?), day(period.get("to")?.as_str()?)))
    });
    let fields = paper.member("/fields").map(|fields| match fields.as_array() {
        Some(list) => joined(list),
        None => "全部领域".to_owned(),
    });
    pairs(
        flow,
        vec![
            ("报告编号", paper.text("/report_no").map(str::to_owned), false),
            ("报告类型", kind.map(str::to_owned), false),
            ("查询期", period, false),
            ("查询领域", fields, true),
            ("数据截至", paper.text("/data_as_of").map(instant), false),
            ("报告生成时间", paper.text("/generated_at").map(instant), false),
            ("报告模板", template, false),
            ("行政区划代码", paper.text("/region").map(str::to_owned), false),
            ("出具单位", paper.member("/issuer").and_then(unit), true),
            ("接收单位", paper.member("/audience").and_then(unit), true),
        ],
    );
    flow.space(10.0);
    subject(flow, paper, "/subject", "主体基础信息", "The subject");
    coverage(flow, paper);
    sources(flow, paper);
    for (number, block) in (1..).zip(&BLOCKS) {
        print_block(flow, paper, number, block);
    }
    let notes = paper.list("/excluded_note");
    if !notes.is_empty() {
        flow.heading("其他说明", "Notes", 20.0);
        for note in notes.iter().filter_map(Value::as_str) {
            flow.paragraph(Style::regular(9.0), note);
        }
    }
}

fn subject(flow: &mut Flow<'_>, paper: &Paper<'_>, pointer: &str, title: &str, english: &str) {
    let Some(subject) = paper.member(pointer) else { return };
    flow.heading(title, english, 60.0);
    let text = |key: &str| subject.get(key).and_then(Value::as_str).map(str::to_owned);
    let kind = text("kind").and_then(|kind| HolderKind::from_name(&kind)).map(|kind| kind.zh().to_owned());
    let list = |key: &str| subject.get(key).and_then(Value::as_array).filter(|list| !list.is_empty());
    let labels = list("labels").map(|labels| {
        let words = labels.iter().filter_map(Value::as_str);
        words
            .map(|word| label(Label::ALL, Label::spelling, Label::label, word).unwrap_or(word))
            .collect::<Vec<_>>()
            .join("、")
    });
    pairs(
        flow,
        vec![
            ("名称", text("name"), true),
            ("主体类型", kind, false),
            ("统一社会信用代码", text("uscc"), false),
            ("公民身份号码", paper.text(&format!("{pointer}/person_id")).map(str::to_owned), false),
            ("法定代表人", text("legal_representative"), false),
            ("成立日期", text("established_on").map(|text| day(&text)), false),
            ("登记状态", text("registration_status"), false),
            ("主体标签", labels, false),
            ("地址", text("address"), true),
            ("曾用名", list("former_names").map(joined), true),
        ],
    );
    flow.space(10.0);
}

fn coverage(flow: &mut Flow<'_>, paper: &Paper<'_>) {
    let rows = paper.list("/coverage");
    if partial::is_partial(&paper.shown) && rows.is_empty() {
        hatched(flow, "本副本未出示信息归集范围");
        flow.space(8.0);
        return;
    }
    flow.heading("信息归集范围", "What was collected", 50.0);
    let widths = [COLUMN * 0.3, COLUMN * 0.25, COLUMN * 0.25, COLUMN * 0.2];
    head(flow, &widths, ["数据项", "领域", "归集情况", "截至日期"]);
    for row in rows {
        let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
        let status = text("status");
        let covered = status == CoverageStatus::Covered.spelling();
        let words = label(CoverageStatus::ALL, CoverageStatus::spelling, CoverageStatus::label, status)
            .unwrap_or(status);
        let words = if covered { words.to_owned() } else { format!("× {words}") };
        let field = if text("field") == "ALL" { "全部" } else { text("field") };
        let style = if covered { Style::regular(9.0) } else { Style::bold(9.0) };
        flow.row(&[
            Cell::value(widths[0], text("item_kind")),
            Cell::value(widths[1], field),
            Cell::value(widths[2], words).styled(style),
            Cell::value(widths[3], day(text("as_of"))),
        ]);
    }
    flow.space(3.0);
    flow.paragraph(
        Style::grey(8.0),
        "未列入上表，或未归集、未及时更新的数据项，本报告均未反映；未反映不等于没有记录。",
    );
    flow.space(8.0);
}

fn sources(flow: &mut Flow<'_>, paper: &Paper<'_>) {
    let rows = paper.list("/sources");
    if rows.is_empty() {
        return;
    }
    flow.heading("数据来源", "Sources", 50.0);
    let widths = [COLUMN * 0.43, COLUMN * 0.19, COLUMN * 0.14, COLUMN * 0.24];
    head(flow, &widths, ["来源单位", "数据项", "方式", "最近更新"]);
    for row in rows {
        let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
        let channel = label(Channel::ALL, Channel::spelling, Channel::label, text("channel"));
        flow.row(&[
            Cell::value(widths[0], format!("{}（{}）", text("unit"), text("uscc"))),
            Cell::value(widths[1], text("item_kind")),
            Cell::value(widths[2], channel.unwrap_or(text("channel"))),
            Cell::value(widths[3], instant(text("latest_at"))),
        ]);
    }
    flow.space(10.0);
}

/// One of the ten blocks: its records, and of each kind of data that has none, whether it was collected.
fn print_block(flow: &mut Flow<'_>, paper: &Paper<'_>, number: usize, block: &Block) {
    let records = paper.section(block.section);
    let rows = |place: usize, record: &Value| record_rows(&format!("{number}.{place}"), block, record);
    // The title stays with what follows it.
    let first = records.first().map_or(BOX, |record| height(flow, &rows(1, record)).min(MOST_TOGETHER));
    flow.heading(&format!("{number}　{}", block.title), block.english, first);
    for (place, record) in (1..).zip(records) {
        print_record(flow, &rows(place, record));
    }
    let hides = partial::block(flow, paper, block.section);
    if block.kinds.is_empty() && records.is_empty() && !hides {
        line(flow, NOTHING, "");
    }
    if partial::is_partial(&paper.shown) && paper.list("/coverage").is_empty() {
        // Without its coverage nothing can be said of what is not there.
        flow.space(8.0);
        return;
    }
    let recorded = |kind: &str| match block.section {
        "admin" => records.iter().any(|r| act_of(r) == Some(kind)),
        "judgments" if kind == "刑事裁判" => {
            records.iter().any(|r| r.get("kind").and_then(Value::as_str) == Some("刑事"))
        }
        "judgments" => records.iter().any(|r| r.get("kind").and_then(Value::as_str) != Some("刑事")),
        _ => !records.is_empty(),
    };
    for kind in kinds(paper, block) {
        let only = block.kinds.len() == 1;
        let said = if only { "" } else { kind };
        match covered(paper, kind) {
            // What was not collected is said even where records came from elsewhere.
            Covered::Not if !recorded(kind) => not_covered(flow, said, None),
            Covered::Stale(as_of) => not_covered(flow, said, Some(&as_of)),
            Covered::Partly => not_covered_partly(flow, kind),
            Covered::Whole if !recorded(kind) && !hides => line(flow, NOTHING, said),
            _ => {}
        }
    }
    flow.space(8.0);
}

/// The kinds of data of a block: those that every report names, and others of it that this one's coverage names.
fn kinds<'a>(paper: &'a Paper<'_>, block: &Block) -> Vec<&'a str> {
    let mut kinds: Vec<&'a str> = block.kinds.to_vec();
    if block.section == "admin" {
        let named = paper.list("/coverage").iter().filter_map(|row| row.get("item_kind")?.as_str());
        for kind in
            named.filter(|kind| crate::document::vocabulary::Act::ALL.iter().any(|act| act.label() == *kind))
        {
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
    }
    kinds
}

fn act_of(record: &Value) -> Option<&'static str> {
    super::records::act(record.get("act")?.as_str()?)
}

/// Whether a kind of data was collected.
enum Covered {
    Whole,
    /// In some fields, not in others.
    Partly,
    /// Not lately; the day it speaks of.
    Stale(String),
    Not,
}

fn covered(paper: &Paper<'_>, kind: &str) -> Covered {
    let rows: Vec<&Value> = paper
        .list("/coverage")
        .iter()
        .filter(|row| row.get("item_kind").and_then(Value::as_str) == Some(kind))
        .collect();
    let is = |row: &&&Value, status: CoverageStatus| {
        row.get("status").and_then(Value::as_str) == Some(status.spelling())
    };
    let good = rows.iter().filter(|row| is(row, CoverageStatus::Covered)).count();
    match (good, rows.len()) {
        (0, 0) => Covered::Not,
        (0, _) => match rows.iter().find(|row| is(row, CoverageStatus::Stale)) {
            Some(row) => Covered::Stale(day(row.get("as_of").and_then(Value::as_str).unwrap_or_default())),
            None => Covered::Not,
        },
        (good, all) if good == all => Covered::Whole,
        _ => Covered::Partly,
    }
}

/// Nothing on record: a plain line.
fn line(flow: &mut Flow<'_>, text: &str, kind: &str) {
    flow.need(BOX + 3.0);
    let shown = if kind.is_empty() { text.to_owned() } else { format!("{kind}：{text}") };
    flow.sheet.text(MARGIN + 9.0, flow.y + 13.0, Style::regular(9.5), shown);
    flow.y += BOX;
}

/// Not collected: a hatched box, so that nobody takes it for a clean record.
fn not_covered(flow: &mut Flow<'_>, kind: &str, stale: Option<&str>) {
    let kind = if kind.is_empty() { String::new() } else { format!("{kind}：") };
    let text = match stale {
        Some(as_of) => format!("{kind}{NOT_COVERED}（数据仅更新至{as_of}，未及时更新）"),
        None => format!("{kind}{NOT_COVERED}"),
    };
    hatched(flow, &text);
}

fn not_covered_partly(flow: &mut Flow<'_>, kind: &str) {
    hatched(flow, &format!("{kind}：部分领域未纳入本报告，见“信息归集范围”"));
}

pub(super) fn hatched(flow: &mut Flow<'_>, text: &str) {
    flow.need(BOX + 4.0);
    let (x, y) = (MARGIN + 9.0, flow.y + 1.0);
    let style = Style::bold(9.5);
    let width = flow.sheet.width(style, text) + 46.0;
    flow.sheet.put(signs::hatching(x, y, width, BOX - 2.0));
    flow.sheet.filled(x + 13.0, y + 0.5, width - 26.0, BOX - 3.0, Ink::White);
    flow.sheet.put(Mark::Drawn {
        lines: vec![signs::outline(x, y, width, BOX - 2.0)],
        ink: Ink::Black,
        width: 0.7,
        dash: Some(2.4),
    });
    flow.sheet.text(x + 22.0, y + 12.0, style, text);
    flow.y += BOX + 3.0;
}

/// A record keeps together where a page can hold it.
fn print_record(flow: &mut Flow<'_>, rows: &[Vec<Cell>]) {
    flow.need(height(flow, rows).min(MOST_TOGETHER));
    rows.iter().for_each(|row| flow.row(row));
    flow.space(6.0);
}

fn height(flow: &Flow<'_>, rows: &[Vec<Cell>]) -> f32 {
    rows.iter().map(|row| flow.row_height(row)).sum()
}

/// The rows of a record: what it is called, and its members.
fn record_rows(number: &str, block: &Block, record: &Value) -> Vec<Vec<Cell>> {
    let name = block.name(record);
    let marks: String = flags(record).iter().map(|flag| format!("〔{flag}〕")).collect();
    let mut rows = Vec::new();
    if !name.is_empty() {
        let text = format!("{number}　{name}　{marks}").trim_end().to_owned();
        rows.push(vec![Cell { width: COLUMN, text, style: Style::bold(9.5), label: true }]);
    }
    let fields = block
        .fields
        .iter()
        .filter_map(|field: &Field| Some((field.label, Some(field.of(record)?), field.wide)));
    rows.extend(paired(fields.collect()));
    rows
}

fn commitment(flow: &mut Flow<'_>, paper: &Paper<'_>) {
    flow.heading("信用承诺书", "Credit commitment", 60.0);
    let kind = paper.text("/type").map(|kind| {
        let known =
            label(CommitmentType::ALL, CommitmentType::spelling, CommitmentType::label, kind).unwrap_or(kind);
        paper.text("/type_other").map_or_else(|| known.to_owned(), |other| format!("{known}（{other}）"))
    });
    let matter = paper.member("/matter").map(|matter| {
        let part = |key: &str| matter.get(key).and_then(Value::as_str).unwrap_or_default();
        format!("{}（事项编码 {}）", part("name"), part("code"))
    });
    let template = paper.member("/template").map(|template| {
        let part = |key: &str| template.get(key).and_then(Value::as_str).unwrap_or_default();
        format!("{} {} {}", part("id"), part("version"), part("digest")).trim_end().to_owned()
    });
    let publicity = paper
        .text("/publicity")
        .and_then(|word| label(Publicity::ALL, Publicity::spelling, Publicity::label, word));
    pairs(
        flow,
        vec![
            ("承诺编码", paper.text("/code").map(str::to_owned), false),
            ("承诺类型", kind, false),
            ("承诺事项", matter, true),
            ("承诺事由", paper.text("/reason").map(str::to_owned), true),
            ("作出承诺日期", paper.text("/made_on").map(day), false),
            ("承诺有效期至", Some(paper.text("/valid_to").map_or_else(|| "未设定".to_owned(), day)), false),
            ("承诺受理单位", paper.member("/accepted_by").and_then(unit), true),
            ("公开类型", publicity.map(str::to_owned), true),
            ("承诺内容", paper.text("/content").map(str::to_owned), true),
            ("违诺责任", paper.text("/liability").map(str::to_owned), true),
            ("承诺书范本", template, true),
            ("告知书摘要", paper.text("/notice_digest").map(str::to_owned), true),
        ],
    );
    flow.space(10.0);
    subject(flow, paper, "/committer", "承诺人", "Who makes the commitment");
    listed(flow, paper, "/conditions", "承诺具备的条件", "Conditions", ["条件", ""], |row| {
        [row.get("text").and_then(Value::as_str).unwrap_or_default().to_owned(), String::new()]
    });
    listed(
        flow,
        paper,
        "/missing_items",
        "待补正材料",
        "Documents still to be handed in",
        ["材料名称", "补正期限"],
        |row| {
            let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
            [text("name").to_owned(), day(text("due_on"))]
        },
    );
    listed(flow, paper, "/approvals", "签署审批", "Approvals", ["审批人", "日期"], |row| {
        let text = |key: &str| row.get(key).and_then(Value::as_str).unwrap_or_default();
        [format!("{}（{}）", text("name"), text("post")), day(text("at"))]
    });
    if let Some(evidence) = paper.member("/signature_evidence") {
        flow.heading("签署凭据", "How it was signed", 40.0);
        let text = |key: &str| evidence.get(key).and_then(Value::as_str).unwrap_or_default();
        let method =
            label(SignatureMethod::ALL, SignatureMethod::spelling, SignatureMethod::label, text("method"));
        pairs(
            flow,
            vec![
                ("签署方式", method.map(str::to_owned), true),
                ("凭据摘要", Some(text("digest").to_owned()), true),
            ],
        );
    }
}

fn listed(
    flow: &mut Flow<'_>,
    paper: &Paper<'_>,
    pointer: &str,
    title: &str,
    english: &str,
    names: [&str; 2],
    row_of: fn(&Value) -> [String; 2],
) {
    let rows = paper.list(pointer);
    if rows.is_empty() {
        return;
    }
    flow.heading(title, english, 40.0);
    let widths: &[f32] = if names[1].is_empty() { &[COLUMN] } else { &[COLUMN * 0.7, COLUMN * 0.3] };
    let cells: Vec<Cell> = widths.iter().zip(names).map(|(width, name)| Cell::label(*width, name)).collect();
    flow.row(&cells);
    for row in rows {
        let cells: Vec<Cell> =
            widths.iter().zip(row_of(row)).map(|(width, text)| Cell::value(*width, text)).collect();
        flow.row(&cells);
    }
    flow.space(10.0);
}

fn file(flow: &mut Flow<'_>, paper: &Paper<'_>) {
    flow.heading("存证文件", "The file", 60.0);
    let size = paper.member("/size").and_then(Value::as_u64).map(|size| format!("{size} 字节"));
    pairs(
        flow,
        vec![
            ("文件名称", paper.text("/name").map(str::to_owned), true),
            ("媒体类型", paper.text("/media_type").map(str::to_owned), false),
            ("文件大小", size, false),
            ("SHA-256", paper.text("/sha256").map(str::to_owned), true),
        ],
    );
    flow.space(8.0);
    flow.paragraph(
        Style::regular(9.0),
        "本证书确认：上述文件的摘要值在封存时间之前已由签发机构登记。文件本身不在本证书内；核验时请同时出示原文件，由核验程序比对摘要值。",
    );
}

/// Draws rows of labels and values.
fn pairs(flow: &mut Flow<'_>, fields: Vec<(&str, Option<String>, bool)>) {
    paired(fields).iter().for_each(|row| flow.row(row));
}

/// Rows of labels and values, two a row where both are short.
fn paired(fields: Vec<(&str, Option<String>, bool)>) -> Vec<Vec<Cell>> {
    let half = COLUMN / 2.0;
    let alone =
        |(label, value): (&str, String)| vec![Cell::label(LABEL, label), Cell::value(COLUMN - LABEL, value)];
    let mut rows = Vec::new();
    let mut waiting: Option<(&str, String)> = None;
    for (label, value, wide) in fields {
        let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
        match (wide, waiting.take()) {
            (true, before) => {
                rows.extend(before.map(alone));
                rows.push(alone((label, value)));
            }
            (false, Some((first, text))) => rows.push(vec![
                Cell::label(LABEL, first),
                Cell::value(half - LABEL, text),
                Cell::label(LABEL, label),
                Cell::value(half - LABEL, value),
            ]),
            (false, None) => waiting = Some((label, value)),
        }
    }
    rows.extend(waiting.map(alone));
    rows
}

fn head<const N: usize>(flow: &mut Flow<'_>, widths: &[f32; N], names: [&str; N]) {
    let cells: Vec<Cell> = widths.iter().zip(names).map(|(width, name)| Cell::label(*width, name)).collect();
    flow.row(&cells);
}

fn joined(list: &[Value]) -> String {
    list.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("、")
}

/// A word of a vocabulary in Chinese.
fn label<T: Copy>(
    all: &[T],
    spelling: fn(T) -> &'static str,
    label: fn(T) -> &'static str,
    word: &str,
) -> Option<&'static str> {
    all.iter().find(|known| spelling(**known) == word).map(|known| label(*known))
}
