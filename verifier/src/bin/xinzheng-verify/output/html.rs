//! `--html`: a report to print and keep in a credit file. One page by itself: no scripts, nothing fetched, every word
//! that came from outside escaped.
//!
//! Order: what it was judged against, how many of each, all files in a table, then the details, those that are not
//! valid first.

use verifier::text::Lang;
use verifier::verdict::{Effect, Outcome};

use crate::output::text::{lines, mark};
use crate::report::Report;
use verifier::moment::span_words;
use verifier::row::{Row, detail};

const CSS: &str = include_str!("page.css");

/// The page. `program` is the SHA-256 of this program's own file, in hex, where it could be read.
pub fn write(report: &Report, program: Option<&str>) -> String {
    let lang = report.lang;
    let title = lang.pick("社会信用区块链证书核验报告", "Verification report on credit certificates");
    let mut page = Page { html: String::new(), lang };
    page.html.push_str(&format!(
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"referrer\" content=\"no-referrer\">\n<title>{title}</title>\n<style>\n{CSS}</style>\n</head>\n<body>\n",
        lang.pick("zh-CN", "en"),
    ));
    page.line("h1", "", title);
    page.basis(report, program);
    page.counts(report);
    page.table(report);
    page.details(report);
    page.foot();
    page.html.push_str("</body>\n</html>\n");
    page.html
}

/// Text as it may stand between tags and in attributes.
pub fn escaped(text: &str) -> String {
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

struct Page {
    html: String,
    lang: Lang,
}

impl Page {
    fn pick(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.lang.pick(zh, en)
    }

    fn line(&mut self, tag: &str, class: &str, text: &str) {
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        self.html.push_str(&format!("<{tag}{class}>{}</{tag}>\n", escaped(text)));
    }

    fn basis(&mut self, report: &Report, program: Option<&str>) {
        let trust = &report.trust;
        let zh = self.lang == Lang::Zh;
        let pinned = match trust.pinned {
            true => self.pick("已由本机确认", "pinned on this computer"),
            false => {
                self.pick("未经本机确认，请核对指纹", "not pinned on this computer: compare the fingerprint")
            }
        };
        let validity = format!(
            "{} {}  {} {}",
            self.pick("签发于", "issued"),
            trust.issued.display_china(),
            self.pick("有效至", "expires"),
            trust.expires.display_china(),
        );
        let judged = match report.at {
            Some(at) => format!(
                "{} ({} {})",
                at.display_china(),
                self.pick("报告生成于", "report made"),
                report.now.display_china()
            ),
            None => report.now.display_china(),
        };
        let mut rows = vec![
            (self.pick("核验时间", "Judged at"), judged),
            (self.pick("信任根指纹", "Root fingerprint"), format!("{} ({pinned})", trust.fingerprint)),
            (self.pick("根密钥", "Root key"), trust.root.clone()),
            (
                self.pick("信任名单", "Trust bundle"),
                format!(
                    "{} {}; {validity}; {} {}",
                    self.pick("序号", "sequence"),
                    trust.sequence,
                    self.pick("距今", "age"),
                    span_words(trust.age(report.now), zh)
                ),
            ),
        ];
        let limit = match report.max_age {
            Some(seconds) => format!("{} {}", self.pick("时限", "limit"), span_words(seconds, zh)),
            None => self.pick("未核验状态，仅核验证明", "not asked for, the proof only").to_owned(),
        };
        rows.push((self.pick("状态依据", "Status"), limit));
        for list in &report.lists {
            let age = span_words(report.judged().seconds().saturating_sub(list.issued.seconds()), zh);
            let line = format!(
                "{} / {}; {} {}; {} {} ({} {age}); {} {}",
                list.origin,
                list.shard,
                self.pick("序号", "sequence"),
                list.sequence,
                self.pick("签发于", "issued"),
                list.issued.display_china(),
                self.pick("距核验时间", "age"),
                self.pick("覆盖账本至", "covers entries below"),
                list.size,
            );
            rows.push((self.pick("状态清单", "Status list"), line));
        }
        for note in &report.notes {
            rows.push((self.pick("注意", "Note"), note.clone()));
        }
        let version = format!("xinzheng-verify {}", env!("CARGO_PKG_VERSION"));
        rows.push((self.pick("核验程序", "Program"), version));
        let program = program.unwrap_or(self.pick("无法读取", "could not be read"));
        rows.push((self.pick("程序SHA-256", "Program SHA-256"), program.to_owned()));
        self.html.push_str("<table class=\"basis\">\n");
        for (label, value) in rows {
            let (label, value) = (escaped(label), escaped(&value));
            self.html.push_str(&format!(
                "<tr><th scope=\"row\">{label}</th><td class=\"mono\">{value}</td></tr>\n"
            ));
        }
        self.html.push_str("</table>\n");
    }

    fn counts(&mut self, report: &Report) {
        let counts = report.counts();
        self.html.push_str("<div class=\"counts\">\n");
        let all = [
            ("", self.pick("合计", "Total"), report.rows.len()),
            ("valid", Outcome::Valid.word(self.lang), counts.valid),
            ("invalid", Outcome::Invalid.word(self.lang), counts.invalid),
            ("undetermined", Outcome::Undetermined.word(self.lang), counts.undetermined),
        ];
        for (class, word, count) in all {
            self.html.push_str(&format!("<div class=\"{class}\">{word}<strong>{count}</strong></div>\n"));
        }
        self.html.push_str("</div>\n");
        if report.left_out > 0 {
            let text = self.pick(
                "另有 {} 个文件不是证书，未核验。",
                "{} other files are no certificates and were left out.",
            );
            self.line("p", "small", &text.replace("{}", &report.left_out.to_string()));
        }
    }

    fn table(&mut self, report: &Report) {
        let lang = self.lang;
        let title = self.pick("全部文件", "All files");
        self.line("h2", "", title);
        let heads = [
            self.pick("序号", "No."),
            self.pick("结论", "Verdict"),
            self.pick("信用主体", "Holder"),
            self.pick("证书编号", "Number"),
            self.pick("声明", "Claims"),
            self.pick("等级", "Level"),
            self.pick("文件", "File"),
        ];
        self.html.push_str("<table>\n<thead><tr>");
        for head in heads {
            self.html.push_str(&format!("<th scope=\"col\">{head}</th>"));
        }
        self.html.push_str("</tr></thead>\n<tbody>\n");
        for (row, number) in report.rows.iter().zip(1u64..) {
            let facts = row.facts.as_ref();
            let holder = facts.and_then(|f| f.holder.as_ref());
            let holder = holder.map(|(_, name, code)| {
                format!("{}<br><span class=\"mono\">{}</span>", escaped(name), escaped(code))
            });
            let claims = facts.map(|f| f.claims.iter().filter(|c| c.holds()).map(|c| c.text(lang)).collect());
            let claims: Vec<String> = claims.unwrap_or_default();
            let remarks = row.remarks(lang).into_iter().map(|text| format!("<b>{}</b>", escaped(&text)));
            let claims: Vec<String> = remarks.chain(claims.iter().map(|text| escaped(text))).collect();
            self.html.push_str(&format!(
                "<tr><td>{number}</td><td class=\"{class}\"><span class=\"verdict\">{word}</span><br>\
                 <span class=\"small\">{message}<br>{code}</span></td><td>{holder}</td><td class=\"mono id\">{id}</td>\
                 <td>{claims}</td><td>L{level}</td><td class=\"small\">{file}</td></tr>\n",
                class = row.outcome.as_str(),
                word = row.outcome.word(lang),
                message = escaped(row.code.message(lang)),
                code = row.code,
                holder = holder.unwrap_or_default(),
                id = escaped(facts.map(|f| f.number.as_str()).unwrap_or_default()),
                claims = claims.join("<br>"),
                level = row.level,
                file = escaped(&row.file),
            ));
        }
        self.html.push_str("</tbody>\n</table>\n");
    }

    fn details(&mut self, report: &Report) {
        let title = self.pick("明细（未通过的在前）", "Details, those not valid first");
        self.line("h2", "", title);
        for outcome in [Outcome::Invalid, Outcome::Undetermined, Outcome::Valid] {
            for row in report.rows.iter().filter(|row| row.outcome == outcome) {
                self.one(row);
            }
        }
    }

    fn one(&mut self, row: &Row) {
        let lang = self.lang;
        self.html.push_str(&format!("<section class=\"one {}\">\n", row.outcome.as_str()));
        self.line("h3", "", &row.file);
        self.html.push_str(&format!(
            "<p><span class=\"verdict {}\">{}</span> {} <span class=\"mono\">{}</span></p>\n",
            row.outcome.as_str(),
            row.outcome.word(lang),
            escaped(row.code.message(lang)),
            row.code,
        ));
        self.html.push_str("<dl>\n");
        let mut shown = row.facts.as_ref().map(|facts| lines(facts, row.level, lang)).unwrap_or_default();
        if let Some(facts) = &row.facts {
            let place = format!("{} [{}, {})", facts.index, facts.range.0, facts.range.1);
            shown.push((lang.pick("账本位置", "ledger index"), place));
            let sealed =
                format!("{}  ({} {})", facts.sealed_at.text(lang), lang.pick("密钥", "key"), facts.key_id);
            shown.push((lang.pick("批次封存", "sealed"), sealed));
        }
        if let Some(digest) = &row.digest {
            shown.push((lang.pick("文件SHA-256", "file SHA-256"), digest.clone()));
        }
        for (label, value) in shown {
            self.html.push_str(&format!("<dt>{}</dt><dd>{}</dd>\n", escaped(label), escaped(&value)));
        }
        self.html.push_str("</dl>\n<ul class=\"checks\">\n");
        for check in &row.checks {
            let detail = detail(check, lang);
            let detail = if detail.is_empty() { detail } else { format!(" - {detail}") };
            let class = match check.code.effect() {
                Effect::Holds => "",
                Effect::Warns | Effect::Leaves => " class=\"undetermined\"",
                Effect::Fails => " class=\"invalid\"",
            };
            self.html.push_str(&format!(
                "<li><b{class}>{}</b> {}{} <span class=\"mono\">{}</span></li>\n",
                mark(check, lang).trim(),
                escaped(check.message(lang)),
                escaped(&detail),
                check.code,
            ));
        }
        self.html.push_str("</ul>\n</section>\n");
    }

    fn foot(&mut self) {
        let text = self.pick(
            "本报告由核验程序离线生成，仅反映核验时间及所用状态清单下的结论。证书仅反映查询期内已归集信息，不构成信用评级或担保。",
            "Made offline. It says what held at the time judged and by the status lists used. A certificate reflects what was \
             collected in its period; it is neither a rating nor a guarantee.",
        );
        let (checked, reviewed) = (self.pick("核验人", "Verified by"), self.pick("复核人", "Reviewed by"));
        self.html.push_str("<footer>\n");
        self.line("p", "small", text);
        self.html.push_str(&format!(
            "<div class=\"sign\"><span>{checked}</span><span>{reviewed}</span></div>\n</footer>\n"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_is_markup() {
        assert_eq!(
            escaped("<script>alert('1' & \"2\")</script>"),
            "&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)&lt;/script&gt;"
        );
        assert_eq!(escaped("渭水样例"), "渭水样例");
    }
}
