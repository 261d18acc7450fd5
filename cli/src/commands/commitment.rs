//! `commitment`: how commitments are kept, what is due, templates and matters.

mod say;
mod shapes;

use std::path::Path;

use notary::commitment::{MATTERS_FILE_MAX, TEMPLATE_TEXT_MAX};

use crate::args::{Commitment, CommitmentOutcome, Common};
use crate::door::commitment::{Ask, Fields, Told};
use crate::door::reach::{Reach, unexpected};
use crate::door::{Bytes, Request, Response};
use crate::lang::Lang;
use crate::output::{Answer, Failure, REFUSED};
use crate::table::table;
use crate::{files, say};
use say::{describe, due, figure, found, imported, list, matter_list, sentences, template_list};
use shapes::{
    Added, DueShown, Eligible, Figures, Found, Happened, Imported, Matters, Page, Recorded, Templates, Text,
};

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
