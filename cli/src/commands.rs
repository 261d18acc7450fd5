//! One file a command. Each takes its arguments and gives an [`Answer`] or a [`Failure`]; printing is done in one place.

mod account;
mod anchor;
mod anchor_chain;
mod api_key;
mod audit;
mod backup;
mod calendar;
mod certificate;
mod check;
mod commitment;
mod demo;
mod disclose;
mod erase;
mod evidence;
mod export;
mod import;
mod init;
mod key;
mod objection;
mod repair;
mod seal;
mod serve;
mod status;
mod submit;
mod trust;
mod witness;

use crate::args::{Call, Command};
use crate::lang::Lang;
use crate::output::{Answer, Failure};

/// Runs the command of this call.
pub fn run(call: Call, lang: Lang) -> Result<Answer, Failure> {
    let common = &call.common;
    match call.command {
        Command::Demo(args) => demo::run(&args, common, lang),
        Command::Init(args) => init::run(&args, common, lang),
        Command::Submit(args) => submit::run(&args, common, lang),
        Command::Import(args) => import::run(&args, common, lang),
        Command::Export(args) => export::run(&args, common, lang),
        Command::Check(args) => check::run(&args, common, lang),
        Command::Calendar(args) => calendar::run(&args, common, lang),
        Command::Commitment(args) => commitment::run(&args, common, lang),
        Command::Seal(args) => seal::run(&args, common, lang),
        Command::Certificate(args) => certificate::run(&args, common, lang),
        Command::Disclose(args) => disclose::run(&args, lang),
        Command::Status(args) => status::run(&args, common, lang),
        Command::Objection(args) => objection::run(&args, common, lang),
        Command::Repair(args) => repair::run(&args, common, lang),
        Command::Erase(args) => erase::run(&args, common, lang),
        Command::Backup(args) => backup::backup(&args, common, lang),
        Command::Restore(args) => backup::restore(&args, lang),
        Command::Audit(args) => audit::run(&args, common, lang),
        Command::Evidence(args) => evidence::run(&args, common, lang),
        Command::Key(args) => key::run(&args, common, lang),
        Command::Trust(args) => trust::run(&args, common, lang),
        Command::Anchor(args) => anchor::run(&args, common, lang),
        Command::Witness(args) => witness::run(&args, common, lang),
        Command::Account(args) => account::run(&args, common, lang),
        Command::ApiKey(args) => api_key::run(&args, common, lang),
        Command::Serve(args) => serve::run(&args, common, lang),
    }
}
