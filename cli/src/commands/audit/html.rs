//! `--html`: the report to print and to file. One page by itself: no scripts, nothing fetched, every word that came from
//! outside escaped.

use notary::audit::Verdict;

use super::report::{Told, meaning, newer_line, proof_line, verdict_line};
use crate::lang::{Lang, moment};

const CSS: &str = "body{font:15px/1.6 'Noto Sans CJK SC','Microsoft YaHei',sans-serif;max-width:60rem;margin:2rem auto;\
padding:0 1rem;color:#1a1a1a}h1{font-size:1.5rem;margin:0 0 1rem}h2{font-size:1.1rem;margin:1.6rem 0 .5rem}\
table{border-collapse:collapse;width:100%}th,td{border:1px solid #bbb;padding:.35rem .6rem;text-align:left;\
vertical-align:top;overflow-wrap:anywhere}th{background:#f3f3f3;font-weight:600}.facts th{width:9rem}\
.verdict{padding:.8rem 1rem;border:2px solid;font-size:1.15rem;font-weight:600}.clean{color:#155724;border-color:#155724}\
.findings{color:#8b1a1a;border-color:#8b1a1a}code,pre{font-family:'Noto Sans Mono CJK SC',Consolas,monospace;\
font-size:.85rem}.found .code{white-space:nowrap}.note{color:#555;font-size:.9rem}pre{white-space:pre-wrap;overflow-wrap:anywhere;border:1px solid #bbb;padding:.6rem}\
footer{margin-top:2rem;color:#555;font-size:.85rem}@media(max-width:40rem){body{margin:1rem auto}\
.facts th,.facts td,.found tr,.found td{display:block;width:auto}.facts th{border-bottom:0}.facts td{border-top:0}\
.found thead{display:none}.found tr{border:1px solid #bbb;margin-bottom:.6rem;padding:.3rem 0}.found td{border:0;padding:.1rem .6rem}}@media print{body{margin:0}tr{break-inside:avoid}}";

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
    html += &format!(
        "<p class=\"verdict {class}\">{}</p>\n",
        escaped(&sentence(verdict_line(told, lang).trim()))
    );
    html += "<table class=\"facts\">\n";
    for (name, value) in facts(told, lang) {
        html += &format!("<tr><th>{name}</th><td>{}</td></tr>\n", escaped(&value));
    }
    html += "</table>\n";
    if !report.findings.is_empty() {
        let heads = match lang {
            Lang::Zh => ["代码", "位置", "含义", "技术细节"],
            Lang::En => ["Code", "Where", "What it means", "Detail"],
        };
        html += &format!("<h2>{}</h2>\n<table class=\"found\">\n<thead><tr>", lang.pick("发现", "Findings"));
        html += &heads.map(|head| format!("<th>{head}</th>")).concat();
        html += "</tr></thead>\n<tbody>\n";
        for finding in &report.findings {
            html += &format!(
                "<tr><td class=\"code\"><code>{}</code></td><td><code>{}</code></td><td>{}</td><td>{}</td></tr>\n",
                finding.code,
                escaped(&finding.where_),
                escaped(meaning(finding.code, lang)),
                escaped(&finding.message(lang)),
            );
        }
        html += "</tbody>\n</table>\n";
        let note = lang.pick(
            "位置是账本文件夹内的文件，# 之后是存证在账本中的序号。各代码的说明见 AUDIT.md。",
            "Where is a file below the ledger's folder; after # stands the index of the entry in the ledger. AUDIT.md has the codes.",
        );
        html += &format!("<p class=\"note\">{note}</p>\n");
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
        let proof = proof_line(told, lang);
        if !proof.is_empty() {
            html += &format!("<p>{}</p>\n", escaped(proof.trim()));
        }
    }
    html += &counted(told, lang);
    html += &checked(told, lang);
    html += &format!("<footer>xinzheng {}</footer>\n</body>\n</html>\n", env!("CARGO_PKG_VERSION"));
    html
}

fn facts(told: &Told, lang: Lang) -> Vec<(&'static str, String)> {
    let report = &told.report;
    let mut facts = vec![
        (lang.pick("审计时间", "Audited at"), moment(lang, told.now)),
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
            let (n, until) = (trust.sequence, moment(lang, trust.expires));
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

/// What was looked at, with counts.
fn counted(told: &Told, lang: Lang) -> String {
    let mut html = format!(
        "<h2>{}</h2>\n<table class=\"facts\">\n",
        lang.pick("核对的数量与证据", "Counts and evidence")
    );
    for (name, line) in super::checked::lines(told, lang) {
        html += &format!("<tr><th>{name}</th><td>{}</td></tr>\n", escaped(&line));
    }
    html += "</table>\n";
    let newer = newer_line(told, lang);
    if !newer.is_empty() {
        html += &format!("<p>{}</p>\n", escaped(newer.trim()));
    }
    html
}

/// What was looked at, in words: what holds where nothing was found, else what was looked for.
fn checked(told: &Told, lang: Lang) -> String {
    let derived: &[[&str; 2]] = &[
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
    ];
    let signed: &[[&str; 2]] = &[
        [
            "所有签名由信任名单中当时有效的密钥作出；每把密钥都在账本中预告，密钥事件与信任名单前后一致",
            "Every signature is of a key that the trust bundle had in use then; each key was announced in the ledger, and key events and trust bundles follow each other",
        ],
        [
            "名单中见证方的见证签名、时间戳机构的时间戳有效，所述时间与批次时间不矛盾",
            "Cosignatures of the bundle's witnesses and timestamps of its authorities verify, and their times do not contradict those of the batches",
        ],
    ];
    let documents: &[[&str; 2]] = &[[
        "由保存的文档重新计算披露项、声明、核心与存证，与账本一致；已销毁的文档除外",
        "Disclosures, claims, cores and entries were computed again from the documents and are those of the ledger, but for erased documents",
    ]];
    let title = match told.report.verdict {
        Verdict::Clean => lang.pick("核对的内容，均相符", "What was checked, and holds"),
        _ => lang.pick(
            "核对的要求（不符之处见上面的“发现”）",
            "What was looked for (what differs is under Findings)",
        ),
    };
    let mut html = format!("<h2>{title}</h2>\n<ul>\n");
    // An office's own audit uses its own bundle; without any, no signature was looked at.
    let signed = if told.origin.is_none() || told.trust.is_some() { signed } else { &[] };
    let documents = if told.origin.is_none() || told.export.is_some() { documents } else { &[] };
    for line in derived.iter().chain(signed).chain(documents) {
        html += &format!("<li>{}</li>\n", lang.pick(line[0], line[1]));
    }
    html + "</ul>\n"
}

/// With a capital letter.
fn sentence(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map(|first| first.to_uppercase().chain(rest).collect()).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use notary::audit::{AuditReport, Looked};
    use verifier::origin::Origin;
    use verifier::time::Time;

    use super::*;

    fn told(verdict: Verdict) -> Told {
        let report = AuditReport {
            verdict,
            size: 41,
            root: None,
            findings: Vec::new(),
            more: u64::from(verdict == Verdict::Findings),
            audited: None,
            looked: Looked::default(),
            newer: None,
            checkpoint: None,
            conflict: None,
        };
        Told {
            report,
            target: "<ledger>".to_owned(),
            origin: Some(Origin::parse("credit.example.gov.cn/ledger").unwrap()),
            trust: None,
            from: 0,
            now: Time::new(1_795_310_130).unwrap(),
            export: None,
            proof: None,
        }
    }

    #[test]
    fn a_page_says_nothing_of_what_was_not_looked_at() {
        let signatures = "Every signature is of a key that the trust bundle had in use then";
        let documents = "were computed again from the documents";
        let page = |told: &Told| page(told, Lang::En);
        let mut one = told(Verdict::Clean);
        assert!(!page(&one).contains(signatures) && page(&one).contains("no signature was checked"));
        assert!(
            page(&one).contains("What was checked, and holds") && page(&one).contains(">Clean: all of 41")
        );
        assert!(page(&one).contains("&lt;ledger&gt;") && !page(&one).contains(documents));
        one.export = Some(notary::audit::export::Counts::default());
        assert!(page(&one).contains(documents));
        one.origin = None;
        assert!(page(&one).contains(signatures), "an office has its own bundle");
        let found = page(&told(Verdict::Findings));
        assert!(!found.contains("and holds") && found.contains("What was looked for"));
    }
}
