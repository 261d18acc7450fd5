//! `xinzheng-verify`: checks certificates offline, for a bank's isolated PC.
//!
//! ```text
//! xinzheng-verify --trust trust.xzt mail.zip photos/ 2026112240170938612574.xzc
//!   args ─► trust (pinned root) ─► gather ─► recognise, picture, archive, scanned ─► judge ─► output
//! ```
//!
//! Here is only the way through. It never opens a socket, never writes but what `--out` and `--misbehaviour`
//! name and the user's own record of roots and status lists, and answers by its exit status: 0 valid, 1 invalid, 2 undetermined, 3 nothing was judged.

#![cfg_attr(
    test,
    allow(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::indexing_slicing,
        clippy::arithmetic_side_effects
    )
)]

mod args;
mod call;
mod console;
mod fork;
mod gather;
mod import;
mod judge;
mod limits;
mod memory;
mod output;
mod pin;
mod proof;
mod report;
mod scanned;
mod shelf;
mod trust;
mod unread;
mod usage;

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use verifier::hash::sha256;
use verifier::text::Lang;
use verifier::verify::Terms;

use crate::args::{Cli, Command, Encoding, Import, Pin, Status, Trust, Verify};
use crate::gather::Gathered;
use crate::judge::Court;
use crate::memory::ListMemory;
use crate::pin::PinStore;
use crate::report::{Report, TrustLine};
use crate::usage::Usage;

fn main() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return ExitCode::from(unusable_line(&error)),
    };
    let (result, json, lang, encoding) = match &cli.command {
        Some(Command::Trust(Trust::Pin(pin))) => {
            let lang = console::language(pin.lang);
            (run_pin(pin, lang), pin.json, lang, pin.encoding)
        }
        Some(Command::Status(Status::Import(import))) => {
            let lang = console::language(import.lang);
            (run_import(import, lang), import.json, lang, import.encoding)
        }
        None => {
            let lang = console::language(cli.verify.lang);
            (run_verify(&cli.verify, lang), cli.verify.json, lang, cli.verify.encoding)
        }
    };
    ExitCode::from(result.unwrap_or_else(|usage| complain(&usage, json, lang, encoding)))
}

/// Verifies everything named and writes the report.
fn run_verify(args: &Verify, lang: Lang) -> Result<u8, Usage> {
    let now = call::clock(lang)?;
    let at = args.at.as_deref().map(|text| call::parse_at(text, now, lang)).transpose()?;
    let max_age = call::parse_max_age(&args.max_age, lang)?;
    let purpose = args.purpose.as_deref().map(|text| call::parse_purpose(text, lang)).transpose()?;
    call::check_paths(args, lang)?;
    let bundle = call::bundle_path(args.trust.as_deref(), lang)?;
    let mut store = PinStore::open();
    let trusted = trust::open(&bundle, args.root.as_deref(), &mut store, lang)?;
    if fork::are_all(&args.files) {
        let shown = fork::judge(&args.files, &trusted.bundle);
        let text = if args.json { fork::json(&shown) } else { fork::text(&shown, lang) };
        write(&text, args.encoding, args.out.clone(), lang)?;
        return Ok(fork::exit_status(&shown));
    }
    let gathered = Gathered::named(&args.files, !args.no_status);
    let mut notes = trusted.notes.clone();
    // Whoever wrote a bundle that nobody pinned could plant a sequence that no honest list ever reaches.
    let mut memory = (trusted.pinned && !args.no_status).then(ListMemory::open);
    let shelf =
        shelf::shelf(&args.status, &gathered, &trusted.bundle, memory.as_mut(), now, &mut notes, lang);
    notes.extend(gathered.packages.iter().map(|(name, files)| call::package_whole(name, *files, lang)));
    if now < trusted.bundle.issued() {
        notes.push(call::clock_behind(lang).to_owned());
    }
    let document =
        args.document.as_deref().map(|path| call::read_document(path, &gathered, lang)).transpose()?;
    let terms = Terms {
        now,
        at,
        max_age,
        status_asked: !args.no_status,
        purpose,
        audience: args.audience.as_deref(),
        document: document.as_deref(),
        root_pinned: trusted.pinned,
    };
    let court = Court { trust: &trusted.bundle, shelf: &shelf, terms: &terms, lang };
    let judged = judge::judge(&gathered, &court);
    let proofs = proof::found(&judged.rows);
    let kept = match &args.misbehaviour {
        Some(place) => proof::keep(&proofs, place, lang)?,
        None => Vec::new(),
    };
    call::check_out(args.out.as_deref(), &kept, lang)?;
    notes.extend(proof::notes(&proofs, &kept, lang));
    let report = Report {
        // A page for a credit file is in Chinese unless somebody asks for something else.
        lang: if args.html && args.lang.is_none() { Lang::Zh } else { lang },
        now,
        at,
        max_age: (!args.no_status).then_some(max_age),
        trust: TrustLine {
            root: trusted.root.encode(),
            fingerprint: trusted.fingerprint,
            pinned: trusted.pinned,
            sequence: trusted.bundle.sequence(),
            issued: trusted.bundle.issued(),
            expires: trusted.bundle.expires(),
        },
        lists: shelf::lines(&shelf),
        notes,
        proofs: kept,
        left_out: judged.left_out,
        rows: judged.rows,
    };
    publish(&report, args, lang)?;
    Ok(report.exit_status())
}

/// Remembers a root, after a person said that the fingerprint is right.
fn run_pin(args: &Pin, lang: Lang) -> Result<u8, Usage> {
    let mut store = PinStore::open();
    let Some(trusted) = trust::pin(&args.bundle, args.root.as_deref(), args.yes, &mut store, lang)? else {
        return Err(Usage::new(
            "NOT_CONFIRMED",
            lang.pick("未确认，没有保存", "not confirmed, nothing was saved"),
        ));
    };
    let (root, sequence) = (trusted.root.encode(), trusted.bundle.sequence());
    let text = match args.json {
        true => output::json::pinned(&root, &trusted.fingerprint, sequence),
        false => {
            let saved = lang.pick("已确认并保存根密钥", "pinned the root");
            format!("{saved} {}\n{} {}\n", root, lang.pick("指纹", "fingerprint"), trusted.fingerprint)
        }
    };
    write(&text, args.encoding, None, lang)?;
    Ok(0)
}

/// Keeps the status lists named, after they were checked.
fn run_import(args: &Import, lang: Lang) -> Result<u8, Usage> {
    let now = call::clock(lang)?;
    let bundle = call::bundle_path(args.trust.as_deref(), lang)?;
    let trusted = trust::open(&bundle, args.root.as_deref(), &mut PinStore::open(), lang)?;
    if !trusted.pinned {
        let message = lang.pick(
            "请先用 trust pin 确认信任名单的根密钥，或用 --root 指定",
            "pin the root of the trust bundle first (trust pin), or name it with --root",
        );
        return Err(Usage::new("NOT_CONFIRMED", message));
    }
    let told = import::import(&args.files, &trusted.bundle, &mut ListMemory::open(), now, lang)?;
    let text = match args.json {
        true => output::json::imported(&told),
        false => output::text::imported(&told, lang),
    };
    write(&text, args.encoding, None, lang)?;
    Ok(u8::from(!told.refused.is_empty()))
}

fn publish(report: &Report, args: &Verify, lang: Lang) -> Result<(), Usage> {
    let out = args.out.as_deref();
    let (text, encoding) = if args.json {
        (output::json::write(report), Encoding::Utf8)
    } else if args.html {
        (output::html::write(report, own_digest().as_deref()), Encoding::Utf8)
    } else if args.csv {
        let mark = if args.encoding == Encoding::Utf8 { "\u{feff}" } else { "" };
        (format!("{mark}{}", output::csv::write(report)), args.encoding)
    } else {
        let colour = out.is_none() && args.encoding == Encoding::Utf8 && console::colour();
        (output::text::write(report, colour), args.encoding)
    };
    write(&text, encoding, out.map(PathBuf::from), lang)
}

fn write(text: &str, encoding: Encoding, out: Option<PathBuf>, lang: Lang) -> Result<(), Usage> {
    console::write(text, encoding, out.as_deref()).map_err(|error| {
        Usage::new(
            "OUTPUT_FAILED",
            format!("{}: {error}", lang.pick("无法写出结果", "the result could not be written")),
        )
    })
}

/// `--json` gets the error as JSON on standard output, people get a line on standard error.
fn complain(usage: &Usage, json: bool, lang: Lang, encoding: Encoding) -> u8 {
    let written = match json {
        true => console::write(&output::json::error(usage), Encoding::Utf8, None),
        false => {
            let line = format!("{}: {} ({})\n", lang.pick("错误", "error"), usage.message, usage.code);
            console::write_error(&line, encoding)
        }
    };
    // There is nowhere left to say that nothing can be written.
    let _ = written;
    usage::EXIT
}

/// A command line that can't be read, or a call for help.
fn unusable_line(error: &clap::Error) -> u8 {
    if !error.use_stderr() {
        let _ = error.print();
        return 0;
    }
    if env::args_os().any(|arg| arg == "--json") {
        let message = error.to_string();
        let usage = Usage::new("USAGE", message.trim().strip_prefix("error: ").unwrap_or(message.trim()));
        return complain(&usage, true, Lang::En, Encoding::Utf8);
    }
    let _ = error.print();
    usage::EXIT
}

/// SHA-256 of this program's own file: says in a report which program it was.
fn own_digest() -> Option<String> {
    let bytes = fs::read(env::current_exe().ok()?).ok()?;
    Some(verifier::row::hex(&sha256(&[&bytes])))
}
