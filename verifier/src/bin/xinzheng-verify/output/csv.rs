//! `--csv`: a table for a spreadsheet, one row a certificate.
//!
//! ```text
//! 文件,结论,代码,说明,证书编号,…
//! a.xzc,有效,VALID,"核验通过,证书真实有效",'2026112240170938612574,…
//! ```
//!
//! RFC 4180 with a byte order mark in UTF-8, for Excel. Nothing in a cell can become a formula, and no long number is
//! rounded: cells that begin like a formula or consist of many digits get an apostrophe in front. The last column
//! says what it was judged against.

use verifier::sheet::cell;
use verifier::text::Lang;
use verifier::verdict::Effect;

use crate::report::Report;
use verifier::row::{Row, detail};

const HEAD: [(&str, &str); 20] = [
    ("文件", "file"),
    ("结论", "verdict"),
    ("代码", "code"),
    ("说明", "message"),
    ("证书编号", "certificate number"),
    ("信用主体", "holder"),
    ("统一社会信用代码", "holder code"),
    ("证书种类", "kind"),
    ("标题", "title"),
    ("用途", "purpose"),
    ("声明", "claims"),
    ("隐去记录(其中不良)", "hidden records (adverse)"),
    ("签发机构", "office"),
    ("签发时间", "issued at"),
    ("有效期至", "expires at"),
    ("状态截至", "status as of"),
    ("可信等级", "level"),
    ("提示与未通过项", "warnings and failures"),
    ("文件SHA-256", "file SHA-256"),
    ("核验依据", "judged against"),
];

/// The table, without a byte order mark.
pub fn write(report: &Report) -> String {
    let lang = report.lang;
    let mut text = String::new();
    line(&mut text, HEAD.iter().map(|(zh, en)| lang.pick(zh, en).to_owned()));
    let basis = basis(report);
    for row in &report.rows {
        line(&mut text, cells(row, lang).into_iter().chain([basis.clone()]));
    }
    text
}

fn line(text: &mut String, cells: impl Iterator<Item = String>) {
    let cells: Vec<String> = cells.map(|text| cell(&text)).collect();
    text.push_str(&cells.join(","));
    text.push_str("\r\n");
}

fn cells(row: &Row, lang: Lang) -> Vec<String> {
    let mut cells = vec![
        row.file.clone(),
        row.outcome.word(lang).to_owned(),
        row.code.as_str().to_owned(),
        row.code.message(lang).to_owned(),
    ];
    match &row.facts {
        None => cells.extend((0..12).map(|_| String::new())),
        Some(facts) => {
            let holder = facts.holder.as_ref();
            let claims: Vec<String> = facts.claims.iter().map(|claim| claim.text(lang)).collect();
            cells.extend([
                facts.number.clone(),
                holder.map(|(_, name, _)| name.clone()).unwrap_or_default(),
                holder.map(|(.., code)| code.clone()).unwrap_or_default(),
                facts.kind.text(lang).to_owned(),
                facts.title.clone(),
                facts.purpose.as_ref().map(|p| p.text(lang).to_owned()).unwrap_or_default(),
                claims.join("; "),
                facts.hidden().map(|(all, adverse)| format!("{all} ({adverse})")).unwrap_or_default(),
                facts.office.0.clone(),
                facts.issued_at.exact.clone(),
                facts.expires_at.exact.clone(),
                facts.status.as_of.as_ref().map(|m| m.exact.clone()).unwrap_or_default(),
            ]);
        }
    }
    let noted = row.checks.iter().filter(|check| check.code.effect() != Effect::Holds);
    let noted: Vec<String> = noted
        .map(|check| match detail(check, lang) {
            detail if detail.is_empty() => check.code.as_str().to_owned(),
            detail => format!("{} {detail}", check.code),
        })
        .collect();
    cells.extend([format!("L{}", row.level), noted.join("; "), row.digest.clone().unwrap_or_default()]);
    cells
}

/// In every row, so that a row that is copied elsewhere still says it.
fn basis(report: &Report) -> String {
    let lang = report.lang;
    let pinned = match report.trust.pinned {
        true => lang.pick("已确认", "pinned"),
        false => lang.pick("未确认", "not pinned"),
    };
    let template = lang.pick(
        "核验时间 {at}; 信任根指纹 {root}({pinned}); 名单序号 {sequence}; 核验程序 xinzheng-verify {version}",
        "judged at {at}; root {root} ({pinned}); bundle sequence {sequence}; xinzheng-verify {version}",
    );
    template
        .replace("{at}", &report.judged().display_china())
        .replace("{root}", &report.trust.fingerprint)
        .replace("{pinned}", pinned)
        .replace("{sequence}", &report.trust.sequence.to_string())
        .replace("{version}", env!("CARGO_PKG_VERSION"))
}
