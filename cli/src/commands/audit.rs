//! `audit`: an office from its journal to its ledger, or a published ledger by itself, in a folder or behind an address.
//! Reads only.

mod checked;
mod html;
mod machine;
mod outside;
mod place;
mod proof;
mod report;
mod trusted;

use std::path::Path;

use notary::audit::{AuditOptions, DirSource};
use notary::office::{Clock as _, SystemClock};
use notary::refusal::Refusal;

use crate::args::{Audit, Common};
use crate::console::Progress;
use crate::files;
use crate::lang::Lang;
use crate::output::{Answer, COULD_NOT, Failure};
use place::Place;
use report::{Told, answer, could_not};
use trusted::Bundle;

pub fn run(args: &Audit, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let told = match examine(args, common, lang) {
        Ok(told) => told,
        // An audit that can't be done has its own answer, in the shape of every other.
        Err(failure) if common.json && failure.exit_code() == COULD_NOT => {
            return Ok(could_not(&failure, lang));
        }
        Err(failure) => return Err(failure),
    };
    if let Some(path) = &args.html {
        files::write(path, html::page(&told, lang).as_bytes())?;
    }
    Ok(answer(&told, lang))
}

fn examine(args: &Audit, common: &Common, lang: Lang) -> Result<Told, Failure> {
    let is_address = ["http://", "https://"].iter().any(|scheme| args.target.starts_with(scheme));
    let dir = Path::new(&args.target);
    if !is_address && dir.join("office.json").is_file() {
        return office(dir, args, common, lang);
    }
    if args.trust.is_none() && (is_address || args.state.is_some() || args.watch) {
        return Err(Failure::usage(
            "从外部审计需要信任名单：用 --trust 指明",
            "an audit from outside needs a trust bundle: name it with --trust",
        ));
    }
    let trust = args.trust.as_deref().map(|path| Bundle::open(path, args.root.as_deref())).transpose()?;
    let place = match is_address {
        true => Place::connect(args)?,
        false => Place::Folder(DirSource::new(dir).map_err(Refusal::from)?),
    };
    outside::audit(args, common, lang, &place, trust)
}

fn office(dir: &Path, args: &Audit, common: &Common, lang: Lang) -> Result<Told, Failure> {
    if args.trust.is_some() || args.root.is_some() {
        return Err(Failure::usage(
            "审计机构文件夹时用它自己的信任名单；--trust 和 --root 用于公开的账本",
            "an office is audited with its own trust bundle; --trust and --root go with a published ledger",
        ));
    }
    if args.state.is_some() || args.watch || args.export.is_some() || args.misbehaviour.is_some() {
        return Err(Failure::usage(
            "--state、--watch、--export 和 --misbehaviour 用于公开的账本",
            "--state, --watch, --export and --misbehaviour go with a published ledger",
        ));
    }
    let options = AuditOptions { from: args.from, ..AuditOptions::default() };
    let mut progress = Progress::unknown(lang.pick("审计", "auditing"), !common.json);
    let report = notary::office::audit(dir, &options, &mut |seen| progress.at(seen as usize))?;
    Ok(Told {
        report,
        target: args.target.clone(),
        origin: None,
        trust: None,
        from: args.from,
        now: SystemClock.now(),
        export: None,
        proof: None,
    })
}
