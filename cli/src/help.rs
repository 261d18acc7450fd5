//! `--help` and usage errors, in Chinese and English.
//!
//! ```text
//! 立即封存当前批次
//!
//! 用法：xinzheng seal [OPTIONS] <D>
//! …
//! 示例：
//!   xinzheng seal office            封存待处理的文档
//! ```
//!
//! Here: how the texts of [`texts`] get into the parser, and what a wrong call is told. The parser's own English is
//! left out of every text that a person sees in Chinese.

mod anchor;
mod audit;
mod backup;
mod cases;
mod check;
mod commitment;
mod evidence;
mod key;
mod status;
mod texts;
mod trust;
mod witness;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command, CommandFactory};

use crate::args::Call;
use crate::lang::Lang;
use crate::output::Failure;
use texts::{COMMANDS, COMMON, CommandText, PROGRAM};

/// Behind every argument of a command's own.
const LAST: usize = 1_000;

/// The parser with all its texts in this language.
pub fn command(lang: Lang) -> Command {
    let mut command =
        dress(Call::command(), &PROGRAM, lang).subcommand_help_heading(lang.pick("命令", "Commands"));
    for text in COMMANDS {
        command = command.mut_subcommand(text.name, |sub| dress(sub, text, lang));
    }
    // Global arguments are copied into the commands by the parser, with their texts.
    for (order, (id, help)) in COMMON.iter().enumerate() {
        command = command.mut_arg(*id, |arg| {
            let valued = arg.get_action().takes_values();
            headed(arg, lang)
                .help(lang.pick(help[0], help[1]))
                .hide_possible_values(valued)
                .display_order(LAST / 2 + order)
        });
    }
    command
}

/// What a wrong call is told. `None` for help and version, whose text is not a failure.
pub fn usage_failure(error: &clap::Error) -> Option<Failure> {
    let of = |kind| error.get(kind).map(words).unwrap_or_default();
    let (arg, value, command) =
        (of(ContextKind::InvalidArg), of(ContextKind::InvalidValue), of(ContextKind::InvalidSubcommand));
    let (zh, en) = match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return None;
        }
        ErrorKind::MissingSubcommand => ("缺少命令".to_string(), "a command is missing".to_string()),
        ErrorKind::MissingRequiredArgument => (format!("缺少 {arg}"), format!("{arg} is missing")),
        ErrorKind::InvalidSubcommand => {
            (format!("没有命令“{command}”"), format!("there is no command \"{command}\""))
        }
        ErrorKind::UnknownArgument => (format!("不认识的参数 {arg}"), format!("unknown argument {arg}")),
        ErrorKind::ArgumentConflict => {
            let prior = of(ContextKind::PriorArg);
            (format!("{arg} 不能与 {prior} 同时使用"), format!("{arg} can't be used together with {prior}"))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation if value.is_empty() => {
            (format!("{arg} 需要一个值"), format!("{arg} needs a value"))
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            (format!("{arg} 的值“{value}”不对"), format!("\"{value}\" is no value for {arg}"))
        }
        _ => ("参数不对".to_string(), "the arguments are not as they should be".to_string()),
    };
    let next = ("用 --help 查看用法", "see --help");
    Some(Failure::usage(format!("{zh}；{}", next.0), format!("{en}; {}", next.1)))
}

fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::String(text) => text.clone(),
        ContextValue::Strings(texts) => texts.join(" "),
        other => other.to_string(),
    }
}

fn dress(command: Command, text: &CommandText, lang: Lang) -> Command {
    let usage = lang.pick("用法：", "Usage: ");
    let template = format!("{{about-with-newline}}\n{usage}{{usage}}\n\n{{all-args}}{{after-help}}\n");
    let mut command = command
        .about(lang.pick(text.about[0], text.about[1]).to_string())
        .help_template(template)
        .after_help(after(text, lang));
    // An argument that is changed moves to the end, so the order is that of the texts.
    for (order, (id, help)) in text.args.iter().enumerate() {
        command = command.mut_arg(*id, |arg| {
            let valued = arg.get_action().takes_values();
            headed(arg, lang)
                .help(lang.pick(help[0], help[1]))
                .hide_possible_values(valued)
                .hide_default_value(valued)
                .display_order(order)
        });
    }
    let help = Arg::new("help").short('h').long("help").action(ArgAction::Help).display_order(LAST);
    command = command.arg(headed(help, lang).help(lang.pick("显示本说明", "Show this help")));
    if text.name == PROGRAM.name {
        let version =
            Arg::new("version").short('V').long("version").action(ArgAction::Version).display_order(LAST);
        command = command.arg(headed(version, lang).help(lang.pick("显示版本", "Show the version")));
    }
    command
}

fn headed(arg: Arg, lang: Lang) -> Arg {
    let heading =
        if arg.is_positional() { lang.pick("参数", "Arguments") } else { lang.pick("选项", "Options") };
    arg.help_heading(heading)
}

/// The longer explanation, the examples, and the exit codes.
fn after(text: &CommandText, lang: Lang) -> String {
    let mut out = String::new();
    let more = lang.pick(text.more[0], text.more[1]);
    if !more.is_empty() {
        out.push_str(more);
        out.push_str("\n\n");
    }
    out.push_str(lang.pick("示例：\n", "Examples:\n"));
    for (example, what) in text.examples {
        out.push_str(&format!("  {example}\n      {}\n", lang.pick(what[0], what[1])));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every command and every argument has a text in both languages, and every command an example.
    #[test]
    fn nothing_is_left_without_help() {
        let plain = Call::command();
        let texts: Vec<&str> = COMMANDS.iter().map(|text| text.name).collect();
        let commands: Vec<&str> = plain.get_subcommands().map(Command::get_name).collect();
        assert_eq!(texts, commands);
        for lang in [Lang::Zh, Lang::En] {
            let mut dressed = command(lang);
            dressed.build();
            for sub in dressed.get_subcommands() {
                assert!(sub.get_about().is_some());
                for arg in sub.get_arguments() {
                    let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
                    assert!(!help.is_empty(), "{} {}", sub.get_name(), arg.get_id());
                    let chinese = help.chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c));
                    assert_eq!(chinese, lang == Lang::Zh, "{} {}: {help}", sub.get_name(), arg.get_id());
                }
                let after = sub.get_after_help().map(ToString::to_string).unwrap_or_default();
                assert!(after.contains(&format!("xinzheng {}", sub.get_name())), "{}", sub.get_name());
            }
        }
    }

    /// A GBK console can show every help text.
    #[test]
    fn every_text_can_be_written_in_gbk() {
        for lang in [Lang::Zh, Lang::En] {
            let mut dressed = command(lang);
            let names: Vec<String> =
                dressed.get_subcommands().map(|sub| sub.get_name().to_string()).collect();
            let mut all = dressed.render_long_help().to_string();
            for name in names {
                all += &dressed.find_subcommand_mut(&name).unwrap().render_long_help().to_string();
            }
            let (_, _, lost) = encoding_rs::GBK.encode(&all);
            assert!(!lost, "a character outside GBK in {lang:?}");
        }
    }

    #[test]
    fn a_wrong_call_is_told_what_is_wrong_in_both_languages() {
        let told = |args: &[&str]| {
            let Err(error) = command(Lang::Zh).try_get_matches_from(args) else {
                panic!("{args:?} is a good call")
            };
            let failure = usage_failure(&error).unwrap();
            (failure.message(Lang::Zh).to_string(), failure.message(Lang::En).to_string())
        };
        assert!(told(&["xinzheng", "seal"]).0.contains("缺少 <D>"));
        assert!(told(&["xinzheng", "sael", "D"]).1.contains("no command \"sael\""));
        assert!(told(&["xinzheng", "seal", "D", "--fast"]).0.contains("--fast"));
        assert!(told(&["xinzheng", "submit", "D", "f", "--wait", "long"]).1.contains("\"long\""));
        assert!(told(&["xinzheng", "disclose", "a.xzc", "--list", "--out", "b"]).0.contains("--out"));
    }
}
