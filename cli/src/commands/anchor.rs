//! `anchor`: the anchors of the office's own ledger.

use notary::office::Office;
use notary::operator_log::{Action, Actor, Outcome};
use serde::Serialize;
use serde_json::Value;
use verifier::anchor::AnchorKind;
use verifier::time::Time;

use super::anchor_chain;
use crate::args::{Anchor, AnchorAction, Common};
use crate::codes;
use crate::door::anchor::{AnchorShown, Ask, GoingShown, TargetShown, Told};
use crate::door::reach::{Reach, unexpected};
use crate::door::{Request, Response};
use crate::lang::{Lang, moment};
use crate::output::{Answer, Failure};
use crate::say;
use crate::table::table;

#[derive(Serialize)]
struct List<'a> {
    targets: &'a [TargetShown],
    count: u64,
    anchors: &'a [AnchorShown],
    /// How it goes with the targets of the settings, where a service says.
    #[serde(skip_serializing_if = "<[GoingShown]>::is_empty")]
    going: &'a [GoingShown],
}

#[derive(Serialize)]
struct One {
    n: u64,
    anchor: Value,
}

#[derive(Serialize)]
struct Now {
    asked: bool,
    anchored: Vec<AnchorShown>,
    failed: Vec<TargetFailed>,
}

#[derive(Serialize)]
struct TargetFailed {
    kind: String,
    label: String,
    reason: String,
}

pub fn run(args: &Anchor, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let ask = match (args.action, args.words.as_slice()) {
        (AnchorAction::List, []) if args.config.is_none() => Ask::List,
        (AnchorAction::Now, []) => Ask::Now,
        (AnchorAction::Key, []) if args.config.is_none() => Ask::Key { new: false },
        (AnchorAction::Key, [word]) if args.config.is_none() && word == "new" => Ask::Key { new: true },
        (AnchorAction::Show, [n]) if args.config.is_some() || n.is_empty() => return Err(usage()),
        (AnchorAction::Show | AnchorAction::Check, [n]) => Ask::Show {
            n: n.parse()
                .map_err(|_| Failure::usage("N 应为锚定的编号", "N must be the number of an anchor"))?,
        },
        _ => return Err(usage()),
    };
    if args.url.is_some() && args.action != AnchorAction::Check {
        return Err(usage());
    }
    let mut reach = Reach::new(&args.dir, common, lang)?;
    if let (Ask::Now, Reach::Here(office)) = (&ask, &reach) {
        return now(office, args, lang);
    }
    let Response::Anchor(told) = reach.ask(Request::Anchor(ask))? else { return Err(unexpected()) };
    match told {
        Told::List { targets, anchors, count, going } => Ok(list(&targets, &anchors, &going, count, lang)),
        Told::One { anchor, .. } if args.action == AnchorAction::Check => {
            anchor_chain::check(&anchor, args.url.as_deref(), args.config.as_deref(), lang)
        }
        Told::One { shown, anchor } => one(shown, anchor, lang),
        Told::Keys { addresses, made } => Ok(anchor_chain::keys(addresses, made, lang)),
        Told::Asked => {
            let now = Now { asked: true, anchored: Vec::new(), failed: Vec::new() };
            let text = lang.pick(
                "已请服务立即锚定最新检查点；结果见 xinzheng anchor D list 或“运行状况”\n",
                "the service anchors the newest checkpoint now; see xinzheng anchor D list, or its page Health\n",
            );
            Ok(Answer::new(&now, text.to_string()))
        }
    }
}

fn usage() -> Failure {
    Failure::usage(
        "应为 list、show N、now [--config FILE]、key [new] 或 check N [--url URL|--config FILE]",
        "it must be list, show N, now [--config FILE], key [new] or check N [--url URL|--config FILE]",
    )
}

fn list(
    targets: &[TargetShown],
    anchors: &[AnchorShown],
    going: &[GoingShown],
    count: u64,
    lang: Lang,
) -> Answer {
    let mut text = targets_text(going, lang);
    if anchors.is_empty() {
        text += lang.pick("还没有锚定\n", "nothing is anchored yet\n");
    } else {
        let heads = [
            lang.pick("编号", "number"),
            lang.pick("目标", "target"),
            lang.pick("存证", "entries"),
            lang.pick("时间", "time"),
        ];
        text += &table(&heads, &anchors.iter().map(|anchor| row(anchor, lang)).collect::<Vec<_>>());
        let more = count.saturating_sub(anchors.len() as u64);
        if more > 0 {
            text += &say!(lang, "另有较早的 {more} 个\n", "and {more} earlier ones\n");
        }
    }
    Answer::new(&List { targets, count, anchors, going }, text)
}

/// The targets of the settings, what is wrong with them since when, and below them what is to be done.
fn targets_text(going: &[GoingShown], lang: Lang) -> String {
    if going.is_empty() {
        return String::new();
    }
    let heads = [
        lang.pick("目标", "target"),
        lang.pick("情况", "state"),
        lang.pick("自何时起", "since"),
        lang.pick("原因", "why"),
    ];
    let name = |one: &GoingShown| format!("{} {}", word(&one.kind, lang), one.label);
    let said = |both: &Option<[String; 2]>| {
        both.as_ref().map_or_else(String::new, |[zh, en]| lang.pick(zh.as_str(), en.as_str()).to_string())
    };
    let row = |one: &GoingShown| {
        let state = match one.state.as_str() {
            "alarm" => lang.pick("警报", "alarm"),
            "waits" => lang.pick("等待", "waits"),
            _ => lang.pick("正常", "well"),
        };
        let since = one.since.map(|seconds| when(seconds, lang)).unwrap_or_default();
        vec![name(one), state.to_string(), since, said(&one.why)]
    };
    let mut text = table(&heads, &going.iter().map(row).collect::<Vec<_>>());
    for one in going.iter().filter(|one| one.next.is_some()) {
        let (name, next) = (name(one), said(&one.next));
        text += &say!(lang, "接下来（{name}）：{next}\n", "Next ({name}): {next}\n");
    }
    text + "\n"
}

fn one(shown: Option<AnchorShown>, anchor: String, lang: Lang) -> Result<Answer, Failure> {
    let anchor: Value = serde_json::from_str(&anchor).map_err(|_| unexpected())?;
    let Some(shown) = shown else { return Err(unexpected()) };
    let (kind, when) = (word(&shown.kind, lang), when(shown.time, lang));
    let AnchorShown { n, label, size, .. } = &shown;
    let text = say!(
        lang,
        "第 {n} 号锚定：{kind} {label}\n检查点：{size} 条存证\n时间：{when}\n文件：ledger/anchors，--json 输出全部证据\n",
        "anchor {n}: {kind} {label}\ncheckpoint: {size} entries\ntime: {when}\nin ledger/anchors; --json has all of its evidence\n"
    );
    Ok(Answer::new(&One { n: *n, anchor }, text))
}

/// Anchors with every target once, in this process.
fn now(office: &Office, args: &Anchor, lang: Lang) -> Result<Answer, Failure> {
    let Some(config) = &args.config else {
        return Err(Failure::usage(
            "服务未运行；请启动服务，或用 --config 写明设置文件",
            "no service runs: start it, or name its settings with --config",
        ));
    };
    let settings = super::serve::settings_of(config)?;
    if settings.anchors.is_empty() {
        return Err(notary::refusal::Refusal::new(notary::refusal::RefusalCode::AnchorsNone).into());
    }
    office.operator_log().append(&Actor::Command, Action::AnchorAsked, "", Outcome::Done)?;
    let failed = web::anchoring::once(office, &settings).map_err(|why| {
        let why = why.to_string();
        Failure::could_not(
            codes::SERVE_FAILED,
            format!("不能锚定：{why}"),
            format!("could not anchor: {why}"),
        )
    })?;
    let failed: Vec<TargetFailed> = failed
        .into_iter()
        .map(|(target, reason)| TargetFailed {
            kind: target.kind().name().to_string(),
            label: target.label().to_string(),
            reason,
        })
        .collect();
    let good = |target: &notary::anchor::Target| {
        !failed.iter().any(|one| one.label == target.label() && one.kind == target.kind().name())
    };
    let anchored = settings.anchors.iter().map(|settings| settings.target()).filter(|target| good(target));
    let anchored: Vec<AnchorShown> =
        anchored.filter_map(|target| office.anchors().last(target)).map(AnchorShown::from).collect();
    let mut text = String::new();
    for anchor in &anchored {
        let AnchorShown { label, size, .. } = anchor;
        text += &say!(lang, "{label}：已锚定至 {size} 条存证\n", "{label}: anchored up to {size} entries\n");
    }
    for TargetFailed { label, reason, .. } in &failed {
        let reason = web::anchoring::reason(reason, lang);
        text += &say!(lang, "{label}：未能锚定（{reason}）\n", "{label}: not anchored ({reason})\n");
    }
    let refused = !failed.is_empty();
    let answer = Answer::new(&Now { asked: false, anchored, failed }, text);
    Ok(if refused { answer.exit(crate::output::REFUSED) } else { answer })
}

fn row(anchor: &AnchorShown, lang: Lang) -> Vec<String> {
    vec![
        anchor.n.to_string(),
        format!("{} {}", word(&anchor.kind, lang), anchor.label),
        anchor.size.to_string(),
        when(anchor.time, lang),
    ]
}

fn when(seconds: u64, lang: Lang) -> String {
    Time::new(seconds).map(|time| moment(lang, time)).unwrap_or_default()
}

fn word(kind: &str, lang: Lang) -> &'static str {
    AnchorKind::from_name(kind).map_or("", |kind| web::anchoring::kind_word(kind, lang))
}
