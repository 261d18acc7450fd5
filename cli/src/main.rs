//! `xinzheng`: every command of a credit office's operator.
//!
//! ```text
//! xinzheng submit office report.json
//! ```
//!
//! Here: commands, their words and their output. Not here: what an office does (`notary`), the service (`web`), checking
//! certificates (`verifier` and its own program `xinzheng-verify`).

mod args;
mod codes;
mod commands;
mod console;
mod door;
mod files;
mod first_accounts;
mod help;
mod lang;
mod output;
mod passphrase;
mod samples;
mod table;

use std::process::ExitCode;

use clap::FromArgMatches;
use clap::error::ErrorKind;

use args::Call;
use lang::Lang;

fn main() -> ExitCode {
    // Arguments that are not Unicode can be no path of ours on every system; what is lost in them is named as it looks.
    let words: Vec<String> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let lang = lang::of_call(&words, &lang::locale());
    let matches = help::command(lang).try_get_matches_from(std::env::args_os());
    match matches.and_then(|matches| Call::from_arg_matches(&matches)) {
        Ok(call) => {
            let json = call.common.json;
            ExitCode::from(output::finish(commands::run(call, lang), lang, json))
        }
        Err(error) => ExitCode::from(not_a_call(&error, lang, words.iter().any(|word| word == "--json"))),
    }
}

/// Help and the version are answers; anything else is a wrong call.
fn not_a_call(error: &clap::Error, lang: Lang, json: bool) -> u8 {
    // A person who types only the name sees the help; a machine is told.
    let nothing = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if let Some(failure) = help::usage_failure(error) {
        return output::finish(Err(failure), lang, json);
    }
    let text = error.render().to_string();
    if nothing {
        console::err(&text);
        return output::USAGE;
    }
    console::out(&text);
    output::OK
}
