//! `submit`: documents in, certificates' numbers out.

use std::path::{Path, PathBuf};

use serde::Serialize;
use verifier::hash::tagged;
use verifier::limits;

use crate::args::{Common, Kind, Submit, Wait};
use crate::codes;
use crate::console::Progress;
use crate::door::reach::{Reach, unexpected};
use crate::door::{Bytes, NewDocument, Request, Response};
use crate::lang::Lang;
use crate::output::{Answer, COULD_NOT, Failure, OK, REFUSED};
use crate::table::table;
use crate::{files, say};

/// So many files in one call.
const FILES_MAX: usize = 200_000;
/// So many certificates are asked about in one request.
const SETTLE_AT_ONCE: usize = 1_000;

#[derive(Serialize)]
struct Outcome {
    accepted: Vec<Accepted>,
    refused: Vec<Refused>,
}

#[derive(Serialize)]
struct Accepted {
    file: String,
    number: String,
    check_code: String,
    index: Option<u64>,
    sealed: bool,
    repeated: bool,
}

#[derive(Serialize)]
struct Refused {
    file: String,
    code: String,
    message: String,
    #[serde(rename = "where")]
    where_: String,
}

pub fn run(args: &Submit, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    if args.media_type.is_some() && args.kind == Kind::Document {
        return Err(Failure::usage(
            "--media-type 只用于 --kind file",
            "--media-type goes with --kind file only",
        )
        .at("--media-type"));
    }
    if args.key.is_some() && args.files.len() > 1 {
        return Err(Failure::usage("--key 只用于单个文件", "--key goes with one file").at("--key"));
    }
    let paths = expand(&args.files, args.kind)?;
    let mut reach = Reach::new(&args.dir, common, lang)?;
    let mut outcome = Outcome { accepted: Vec::new(), refused: Vec::new() };
    let mut progress = Progress::new(lang.pick("提交", "submitting"), paths.len(), !common.json);
    let mut broken = None;
    for (done, path) in paths.iter().enumerate() {
        progress.at(done);
        match submit(&mut reach, path, args) {
            Ok(accepted) => outcome.accepted.push(accepted),
            Err(failure) => {
                // Where the office itself can't go on, nothing after this can either.
                let fatal = failure.exit_code() == COULD_NOT && failure.code() != codes::FILE_UNREADABLE;
                outcome.refused.push(refused(path, &failure, lang));
                if fatal {
                    broken = Some(failure);
                    break;
                }
            }
        }
    }
    drop(progress);
    if args.wait == Wait::Sealed && broken.is_none() {
        settle(&mut reach, &mut outcome.accepted)?;
    }
    let exit = match (&broken, outcome.refused.is_empty()) {
        (Some(_), _) => COULD_NOT,
        (None, false) => REFUSED,
        (None, true) => OK,
    };
    let text = describe(&outcome, lang);
    Ok(Answer::new(&outcome, text).exit(exit))
}

/// The files of the call: each file, and of each folder its files in the order of their names.
fn expand(given: &[PathBuf], kind: Kind) -> Result<Vec<PathBuf>, Failure> {
    let mut paths = Vec::new();
    for path in given {
        if !path.is_dir() {
            paths.push(path.clone());
            continue;
        }
        let unreadable = |error: std::io::Error| {
            Failure::could_not(
                codes::FILE_UNREADABLE,
                format!("读不到文件夹：{error}"),
                format!("can't read the folder: {error}"),
            )
            .at(path.display().to_string())
        };
        let mut found = Vec::new();
        for entry in std::fs::read_dir(path).map_err(unreadable)? {
            let file = entry.map_err(unreadable)?.path();
            let hidden = file.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            let json = file.extension().is_some_and(|end| end.eq_ignore_ascii_case("json"));
            if file.is_file() && !hidden && (json || kind == Kind::File) {
                found.push(file);
            }
        }
        found.sort();
        if found.is_empty() {
            return Err(Failure::usage(
                "文件夹中没有可提交的文件",
                "there is nothing to submit in this folder",
            )
            .at(path.display().to_string()));
        }
        paths.append(&mut found);
    }
    if paths.len() > FILES_MAX {
        return Err(Failure::usage(
            format!("一次最多提交 {FILES_MAX} 个文件"),
            format!("at most {FILES_MAX} files in one call"),
        ));
    }
    Ok(paths)
}

fn submit(reach: &mut Reach, path: &Path, args: &Submit) -> Result<Accepted, Failure> {
    let limit = if args.kind == Kind::File { limits::FILE_BYTES } else { limits::DOCUMENT_BYTES };
    let bytes = Bytes(files::read(path, limit)?);
    let file = match args.kind {
        Kind::Document => None,
        Kind::File => {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            Some((name, args.media_type.clone()))
        }
    };
    let key = args.key.clone().or_else(|| file.as_ref().map(|(name, _)| key_of(name, &bytes.0)));
    let request =
        Request::Submit(NewDocument { bytes, file, key, corrects: args.corrects.clone(), qr: !args.no_qr });
    let Response::Accepted { number, check_code, index, repeated } = reach.ask(request)? else {
        return Err(unexpected());
    };
    Ok(Accepted {
        file: path.display().to_string(),
        number,
        check_code,
        index,
        sealed: index.is_some(),
        repeated,
    })
}

/// A file has no number of its own: the same file again is known by its name and bytes, so that a call that was cut off
/// can be made again.
fn key_of(name: &str, bytes: &[u8]) -> String {
    let digest = tagged("xinzheng/submitted-file/v1", &[name.as_bytes(), &[0], bytes]);
    format!("file {digest}")
}

fn refused(path: &Path, failure: &Failure, lang: Lang) -> Refused {
    let file = path.display().to_string();
    let where_ = failure.where_().filter(|at| *at != file).unwrap_or_default().to_string();
    Refused { file, code: failure.code().to_string(), message: failure.message(lang).to_string(), where_ }
}

/// Waits for the second promise, for all at once.
fn settle(reach: &mut Reach, accepted: &mut [Accepted]) -> Result<(), Failure> {
    for some in accepted.chunks_mut(SETTLE_AT_ONCE) {
        let numbers = some.iter().map(|one| one.number.clone()).collect();
        let Response::Settled { indexes } = reach.ask(Request::Settle { numbers })? else {
            return Err(unexpected());
        };
        for (one, index) in some.iter_mut().zip(indexes) {
            (one.index, one.sealed) = (index, index.is_some());
        }
    }
    Ok(())
}

fn describe(outcome: &Outcome, lang: Lang) -> String {
    let mut text = String::new();
    if !outcome.accepted.is_empty() {
        let heads = [
            lang.pick("证书编号", "number"),
            lang.pick("查验码", "check code"),
            lang.pick("状态", "state"),
            lang.pick("文件", "file"),
        ];
        let rows: Vec<Vec<String>> = outcome.accepted.iter().map(|one| row(one, lang)).collect();
        text += &table(&heads, &rows);
    }
    for one in &outcome.refused {
        let at = if one.where_.is_empty() { String::new() } else { format!(" {}", one.where_) };
        let (file, code, message) = (&one.file, &one.code, &one.message);
        text += &say!(
            lang,
            "拒绝 {file}{at}\n  {code}：{message}\n",
            "refused {file}{at}\n  {code}: {message}\n"
        );
    }
    let (taken, refused) = (outcome.accepted.len(), outcome.refused.len());
    text + &say!(lang, "受理 {taken} 份，拒绝 {refused} 份\n", "{taken} accepted, {refused} refused\n")
}

fn row(one: &Accepted, lang: Lang) -> Vec<String> {
    let state = match (one.sealed, one.repeated) {
        (true, false) => lang.pick("已封存", "sealed"),
        (true, true) => lang.pick("已封存（原有）", "sealed (before)"),
        (false, false) => lang.pick("已受理", "accepted"),
        (false, true) => lang.pick("已受理（原有）", "accepted (before)"),
    };
    vec![one.number.clone(), one.check_code.clone(), state.to_string(), one.file.clone()]
}
