//! `--html`: the report to print and to file. One page by itself: no scripts, nothing fetched, every word that came from
//! outside escaped.

use notary::audit::Verdict;

use super::report::{Told, meaning, verdict_line};
use crate::lang::Lang;

const CSS: &str = "body{font:15px/1.6 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:60rem;margin:2rem auto;\
padding:0 1rem;color:#1a1a1a}h1{font-size:1.5rem;margin:0 0 1rem}h2{font-size:1.1rem;margin:1.6rem 0 .5rem}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid #bbb;padding:.35rem .6rem;text-align:left;\
vertical-align:top;overflow-wrap:anywhere}th{background:#f3f3f3;font-weight:600}.facts th{width:9rem}\
.verdict{padding:.8rem 1rem;border:2px solid;font-size:1.15rem;font-weight:600}.clean{color:#155724;border-color:#155724}\
.findings{color:#8b1a1a;border-color:#8b1a1a}code,pre{font-family:'Noto Sans Mono CJK SC',Consolas,monospace;\
font-size:.85rem}pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #bbb;padding:.6rem}\
footer{margin-top:2rem;color:#555;font-size:.85rem}@media print{body{margin:0}tr{break-inside:avoid}}";

/// The page.
pub fn page(told: &Told, lang: Lang) -> String {
    let report = &told.report;
    let title = lang.pick("账本审计报告", "Audit of a ledger");
    let mut html = format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <title>{title}</title>\n<style>{CSS}</style>\n</head>\n<body>\n<h1>{title}</h1>\n",
        lang.pick("zh-CN", "en"),
    );
    let class = if report.verdict == Verdict::Clean { "clean" } else { "findings" };
    html += &format!("<p class=\"verdict {class}\">{}</p>\n", escaped(verdict_line(told, lang).trim()));
    html += "<table class=\"facts\">\n";
    for (name, value) in facts(told, lang) {
        html += &format!("<tr><th>{name}</th><td>{}</td></tr>\n", escaped(&value));
    }
    html += "</table>\n";
    if !report.findings.is_empty() {
        let heads = match lang {
            Lang::Zh => ["代码", "位置", "含义", "细节"],
            Lang::En => ["Code", "Where", "What it means", "Detail"],
        };
        html += &format!("<h2>{}</h2>\n<table>\n<tr>", lang.pick("发现", "Findings"));
        html += &heads.map(|head| format!("<th>{head}</th>")).concat();
        html += "</tr>\n";
        for finding in &report.findings {
            html += &format!(
                "<tr><td><code>{}</code></td><td><code>{}</code></td><td>{}</td><td>{}</td></tr>\n",
                finding.code,
                escaped(&finding.where_),
                escaped(meaning(finding.code, lang)),
                escaped(&finding.message),
            );
        }
        html += "</table>\n";
        if report.more > 0 {
            let more = report.more;
            html += &format!(
                "<p>{}</p>\n",
                crate::say!(lang, "另有 {more} 处未列出。", "{more} more are not listed.")
            );
        }
    }
    if let Some(conflict) = &report.conflict {
        let said = lang.pick(
            "机构先后签署的两份检查点，不能同属一部历史。请原样保存，任何人可凭机构公钥核对。",
            "Two checkpoints that the office signed and that can't both be of one history. Keep them as they are: anybody can check them with the office's keys.",
        );
        html += &format!("<h2>{}</h2>\n<p>{said}</p>\n", lang.pick("两份检查点", "Two checkpoints"));
        html += &format!("<pre>{}</pre>\n<pre>{}</pre>\n", escaped(&conflict.seen), escaped(&conflict.now));
    }
    html += &checked(told, lang);
    html += &format!("<footer>xinzheng {}</footer>\n</body>\n</html>\n", env!("CARGO_PKG_VERSION"));
    html
}

fn facts(told: &Told, lang: Lang) -> Vec<(&'static str, String)> {
    let report = &told.report;
    let mut facts = vec![
        (lang.pick("审计时间", "Audited at"), told.now.display_china()),
        (lang.pick("对象", "Audited"), told.target.clone()),
    ];
    if let Some(origin) = &told.origin {
        facts.push((lang.pick("账本", "Ledger"), origin.as_str().to_owned()));
    }
    facts.push((lang.pick("存证条数", "Entries"), report.size.to_string()));
    if told.from > 0 {
        facts.push((lang.pick("此前已审计", "Audited before"), told.from.to_string()));
    }
    if let Some(root) = &report.root {
        facts.push((lang.pick("推导所得的根", "Root, derived again"), root.to_base64()));
    }
    match &told.trust {
        Some(trust) => {
            facts.push((lang.pick("信任根", "Trust root"), trust.roots.join("\n")));
            let (n, until) = (trust.sequence, trust.expires.display_china());
            facts.push((
                lang.pick("信任名单", "Trust bundle"),
                crate::say!(lang, "序号 {n}，有效至 {until}", "sequence {n}, expires {until}"),
            ));
        }
        None if told.origin.is_some() => facts.push((
            lang.pick("信任名单", "Trust bundle"),
            lang.pick("未提供，签名未核对", "none given: no signature was checked").to_owned(),
        )),
        None => {}
    }
    facts
}

/// What was looked at, in words.
fn checked(told: &Told, lang: Lang) -> String {
    let outside: &[[&str; 2]] = &[
        [
            "由全部存证重新计算每一块与根，与账本文件和已签署的检查点逐一比对",
            "Every tile and root was computed again from the entries and held against the files and the signed checkpoints",
        ],
        [
            "批次首尾相接，无缺口、无重叠，时间不倒退；批次签名覆盖的子树与存证一致",
            "Batches follow each other without gap or overlap, their times do not fall, and the subtrees that were signed are those of the entries",
        ],
        [
            "公开条目的原文与存证一致；状态清单前后相接，状态变化符合规定",
            "Public preimages are those of their entries; status lists follow each other, and each change of status is one that may be",
        ],
        [
            "所有签名由信任名单中当时有效的密钥作出；名单中见证方的联署有效",
            "Every signature is of a key that the trust bundle had in use then; cosignatures of its witnesses verify",
        ],
    ];
    let office: &[[&str; 2]] = &[[
        "由保存的文档重新计算披露项、声明、核心与存证，与账本一致；已销毁的文档除外",
        "Disclosures, claims, cores and entries were computed again from the documents and are those of the ledger, but for erased documents",
    ]];
    let mut html = format!("<h2>{}</h2>\n<ul>\n", lang.pick("核对的内容", "What was checked"));
    let more = if told.origin.is_none() { office } else { &[] };
    for line in outside.iter().chain(more) {
        html += &format!("<li>{}</li>\n", lang.pick(line[0], line[1]));
    }
    html + "</ul>\n"
}

/// Text as it may stand between tags.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(c),
        }
    }
    escaped
}
