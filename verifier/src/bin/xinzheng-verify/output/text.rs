//! Text for a screen: a block a certificate where there are few, a table and the details of what is not valid where
//! there are many. The verdict is always a word; colour only repeats it.

use verifier::text::{Lang, level_words};
use verifier::verdict::{Check, Effect, Outcome};

use crate::console::{clipped, padded, width};
use crate::import::Imported;
use crate::report::Report;
use verifier::moment::span_words;
use verifier::row::{Facts, Moment, Row, cosigner_words, detail, stamp_words};

/// Results up to here get a block each.
const FEW: usize = 3;
/// Columns of the table: file, number, holder.
const FILE_COLUMNS: usize = 36;
const HOLDER_COLUMNS: usize = 30;

/// The report in words. `colour` for terminals only.
pub fn write(report: &Report, colour: bool) -> String {
    let mut text = String::new();
    let paint = Paint { lang: report.lang, colour };
    if report.rows.len() <= FEW {
        for row in &report.rows {
            block(&mut text, row, &paint);
            text.push('\n');
        }
    } else {
        table(&mut text, report, &paint);
        for row in report.rows.iter().filter(|row| row.outcome != Outcome::Valid) {
            block(&mut text, row, &paint);
            text.push('\n');
        }
    }
    foot(&mut text, report, &paint);
    text
}

/// What came of an import of status lists.
pub fn imported(told: &Imported, lang: Lang) -> String {
    let mut text = String::new();
    for list in &told.kept {
        let (word, shard, number) =
            (lang.pick("已保存", "kept"), lang.pick("分片", "shard"), lang.pick("序号", "no."));
        let (issued, as_of) = (list.issued.display_china(), lang.pick("签发于", "issued"));
        text.push_str(&format!(
            "{word}  {} {shard} {} {number} {}, {as_of} {issued}\n",
            list.origin, list.shard, list.sequence
        ));
    }
    for (name, code, why) in &told.refused {
        text.push_str(&format!("{}  {name}: {code} {why}\n", lang.pick("未采用", "refused")));
    }
    text
}

struct Paint {
    lang: Lang,
    colour: bool,
}

impl Paint {
    fn outcome(&self, outcome: Outcome, text: &str) -> String {
        let code = match outcome {
            Outcome::Valid => 32,
            Outcome::Invalid => 31,
            Outcome::Undetermined => 33,
        };
        if self.colour { format!("\u{1b}[1;{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }

    fn pick(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.lang.pick(zh, en)
    }
}

/// One certificate: verdict, what it says, the checks.
fn block(text: &mut String, row: &Row, paint: &Paint) {
    let lang = paint.lang;
    push(text, &row.file);
    let verdict = paint.outcome(
        row.outcome,
        &match lang {
            Lang::Zh => format!("【{}】", row.outcome.word(lang)),
            Lang::En => format!("[{}]", row.outcome.word(lang)),
        },
    );
    push(text, &format!("  {verdict} {}  ({})", row.code.message(lang), row.code));
    if let Some(facts) = &row.facts {
        for (label, value) in lines(facts, row.level, lang) {
            push(text, &format!("  {} {value}", padded(label, 12)));
        }
    }
    for check in &row.checks {
        let detail = detail(check, lang);
        let detail = if detail.is_empty() { detail } else { format!(" - {detail}") };
        push(text, &format!("    {} {}{detail}  {}", mark(check, lang), check.message(lang), check.code));
    }
}

/// What a certificate says, label and value.
pub fn lines(facts: &Facts, level: u8, lang: Lang) -> Vec<(&'static str, String)> {
    let pick = |zh, en| lang.pick(zh, en);
    let mut lines = vec![(pick("证书编号", "number"), facts.number.clone())];
    if let Some((kind, name, code)) = &facts.holder {
        lines.push((
            pick("信用主体", "holder"),
            format!("{name}  {code}  {}", bracketed(kind.text(lang), lang)),
        ));
    }
    lines.push((
        pick("证书内容", "certifies"),
        format!("{}{}{}", facts.kind.text(lang), pick("：", ": "), facts.title),
    ));
    if let Some(purpose) = &facts.purpose {
        lines.push((pick("用途", "purpose"), purpose.text(lang).to_owned()));
    }
    if let Some((name, code)) = &facts.audience {
        lines.push((pick("接收单位", "for"), format!("{name}  {code}")));
    }
    for (place, claim) in facts.claims.iter().enumerate() {
        lines.push((if place == 0 { pick("声明", "claims") } else { "" }, claim.text(lang)));
    }
    for (place, counted) in facts.counters.iter().enumerate() {
        let hidden = match counted.hidden {
            Some(hidden @ 1..) => format!("{} {hidden}", pick("，其中隐去", ", hidden")),
            _ => String::new(),
        };
        let label = if place == 0 { pick("记录条数", "records") } else { "" };
        lines.push((label, format!("{} {}{hidden}", counted.counter.text(lang), counted.count)));
    }
    if !facts.shows_document {
        lines.push((
            pick("文件内容", "document"),
            pick("本证书未附文件内容", "not shown in this copy").to_owned(),
        ));
    }
    if let Some((from, to)) = &facts.period {
        lines.push((pick("查询期间", "period"), format!("{from} {} {to}", pick("至", "to"))));
    }
    if let Some(as_of) = &facts.data_as_of {
        lines.push((pick("数据截至", "data as of"), as_of.text(lang).to_owned()));
    }
    lines.push((
        pick("签发机构", "office"),
        format!("{}  {}", facts.office.0, bracketed(&facts.office.1, lang)),
    ));
    lines.push((pick("签发时间", "issued"), facts.issued_at.text(lang).to_owned()));
    lines.push((pick("有效期至", "expires"), facts.expires_at.text(lang).to_owned()));
    if let (Some(as_of), Some(age)) = (&facts.status.as_of, facts.status.age) {
        let from = match facts.status.sequence {
            Some(sequence) => pick("第 {} 期状态清单", "status list {}").replace("{}", &sequence.to_string()),
            None => pick("批次封存时间", "sealing of the batch").to_owned(),
        };
        let age = span_words(age, lang == Lang::Zh);
        let both = format!("{age}{}{from}", pick("，", "; "));
        let value = format!("{} {}", as_of.text(lang), bracketed(&both, lang));
        lines.push((pick("状态截至", "status as of"), value));
    }
    for (place, cosigner) in facts.cosigners.iter().enumerate() {
        lines.push((
            if place == 0 { pick("见证机构", "witnesses") } else { "" },
            cosigner_words(cosigner, lang),
        ));
    }
    for (place, stamp) in facts.stamps.iter().enumerate() {
        lines
            .push((if place == 0 { pick("可信时间戳", "timestamps") } else { "" }, stamp_words(stamp, lang)));
    }
    lines.push((
        pick("可信等级", "assurance"),
        format!("L{level}{}{}", pick("：", ": "), level_words(level, lang)),
    ));
    lines
}

/// In the brackets of the language.
fn bracketed(text: &str, lang: Lang) -> String {
    match lang {
        Lang::Zh => format!("（{text}）"),
        Lang::En => format!("({text})"),
    }
}

/// What came of a check, in one word.
pub fn mark(check: &Check, lang: Lang) -> &'static str {
    match check.code.effect() {
        Effect::Holds => lang.pick("通过", "ok  "),
        Effect::Warns => lang.pick("注意", "note"),
        Effect::Leaves => lang.pick("待定", "open"),
        Effect::Fails => lang.pick("不符", "FAIL"),
    }
}

fn table(text: &mut String, report: &Report, paint: &Paint) {
    let lang = report.lang;
    let file = report.rows.iter().map(|row| width(&row.file)).max().unwrap_or(0).clamp(4, FILE_COLUMNS);
    let verdict = if lang == Lang::Zh { 8 } else { 12 };
    let heads = [
        (paint.pick("结论", "verdict"), verdict),
        (paint.pick("文件", "file"), file),
        (paint.pick("证书编号", "number"), 22),
        (paint.pick("信用主体", "holder"), HOLDER_COLUMNS),
        (paint.pick("等级", "level"), 5),
        (paint.pick("代码", "code"), 4),
    ];
    let head: Vec<String> = heads.iter().map(|(head, columns)| padded(head, *columns)).collect();
    push(text, head.join("  ").trim_end());
    for row in &report.rows {
        let facts = row.facts.as_ref();
        let holder = facts.and_then(|f| f.holder.as_ref()).map(|(_, name, _)| name.as_str()).unwrap_or("-");
        let cells = [
            paint.outcome(row.outcome, &padded(row.outcome.word(lang), verdict)),
            padded(&clipped_start(&row.file, file), file),
            padded(facts.map_or("-", |f| f.number.as_str()), 22),
            padded(&clipped(holder, HOLDER_COLUMNS), HOLDER_COLUMNS),
            padded(&format!("L{}", row.level), 5),
            row.code.as_str().to_owned(),
            row.remarks(lang).join("; "),
        ];
        push(text, cells.join("  ").trim_end());
    }
    text.push('\n');
}

/// The end of a long name tells more than its beginning.
fn clipped_start(name: &str, columns: usize) -> String {
    if width(name) <= columns {
        return name.to_owned();
    }
    let mut start = 0;
    for (place, _) in name.char_indices() {
        start = place;
        let rest = name.get(place..).unwrap_or_default();
        if width(rest).saturating_add(2) <= columns {
            break;
        }
    }
    format!("…{}", name.get(start..).unwrap_or_default())
}

/// Against what all this was judged.
fn foot(text: &mut String, report: &Report, paint: &Paint) {
    let (lang, trust) = (report.lang, &report.trust);
    let counts = report.counts();
    if report.rows.len() > 1 {
        let parts = [
            (Outcome::Valid, counts.valid),
            (Outcome::Invalid, counts.invalid),
            (Outcome::Undetermined, counts.undetermined),
        ];
        let parts =
            parts.map(|(outcome, count)| paint.outcome(outcome, &format!("{} {count}", outcome.word(lang))));
        push(text, &format!("{} {}  {}", paint.pick("合计", "total"), report.rows.len(), parts.join("  ")));
    }
    for note in &report.notes {
        push(text, &format!("{}  {note}", paint.pick("注意", "note")));
    }
    if report.left_out > 0 {
        push(
            text,
            &paint
                .pick(
                    "另有 {} 个文件不是证书，未核验",
                    "{} other files are no certificates and were left out",
                )
                .replace("{}", &report.left_out.to_string()),
        );
    }
    let pinned = match trust.pinned {
        true => paint.pick("已确认", "pinned"),
        false => paint.pick("未经本机确认", "not pinned here"),
    };
    let age = span_words(trust.age(report.now), lang == Lang::Zh);
    push(
        text,
        &format!(
            "{}  {} {}  {} {}  {} {age}",
            paint.pick("信任根", "trust root"),
            trust.fingerprint,
            bracketed(pinned, lang),
            paint.pick("名单序号", "sequence"),
            trust.sequence,
            paint.pick("签发已", "age"),
        ),
    );
    let (label, at) = match report.at {
        Some(at) => (paint.pick("按此时刻核验", "judged at"), at),
        None => (paint.pick("核验时间", "judged at"), report.now),
    };
    push(text, &format!("{label}  {}", Moment::of(at).text(lang)));
}

fn push(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_keep_their_end() {
        assert_eq!(clipped_start("certificates/2026.xzc", 10), "…2026.xzc");
        assert_eq!(clipped_start("a.xzc", 10), "a.xzc");
    }
}
