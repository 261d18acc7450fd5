//! `import`: a table of commitments in; refused rows into a table that can be corrected and sent again.

mod kept;
mod outcome;
mod taker;

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use notary::import::{self, Format, Table, Whitelist};

use self::outcome::Outcome;
use self::taker::Desk;
use super::export::format_of;
use crate::args::{Common, Import, Rows, Wait};
use crate::codes;
use crate::console::Progress;
use crate::door::reach::{Reach, unexpected};
use crate::door::subjects::{Ask, Told};
use crate::door::{Request, Response};
use crate::files;
use crate::lang::Lang;
use crate::output::{Answer, Failure, OK, REFUSED};

/// Bytes of a whitelist.
const WHITELIST_BYTES: usize = 64 << 20;
/// Names that are tried for a file of refused rows, where none is given.
const NAMES_MAX: u32 = 1_000;

pub fn run(args: &Import, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    if args.rows != Rows::Commitments {
        return kept::run(args, common, lang);
    }
    let (errors, errors_format) = errors_file(args)?;
    let receipts = match &args.receipts {
        Some(path) => {
            files::refuse_existing(path, args.force)?;
            Some((path.clone(), format_of(path, "--receipts")?))
        }
        None => None,
    };
    let at_file = |failure: Failure| match failure.where_() {
        None => failure.at(args.file.display().to_string()),
        Some(place) => {
            let place = format!("{} {place}", args.file.display());
            failure.at(place)
        }
    };
    let mut file = File::open(&args.file).map_err(|error| unreadable(&args.file, &error))?;
    let sha256 = import::digest(&mut file).map_err(|error| unreadable(&args.file, &error))?;
    let mut table = Table::open(BufReader::new(file)).map_err(|refusal| at_file(refusal.into()))?;
    let mut reach = Reach::new(&args.dir, common, lang)?;
    let whitelist = match &args.whitelist {
        Some(path) => read_whitelist(path)?,
        // The office's own.
        None => match reach.ask(Request::Subjects(Ask::Whitelist))? {
            Response::Subjects(Told::File(bytes)) => Whitelist::parse(&bytes.0)?,
            _ => return Err(unexpected()),
        },
    };
    let rows = usize::try_from(table.rows()).unwrap_or(usize::MAX);
    let progress = Progress::new(lang.pick("导入", "importing"), rows, !common.json);
    let ignored = table.ignored().to_vec();
    let mut desk = Desk::new(&mut reach, (args, sha256), lang, progress, (errors, errors_format), receipts);
    desk.keep_all = common.json;
    let imported = import::run(&mut table, &whitelist, &mut desk);
    // Whatever ended it: what was refused so far is told, and what went in has its receipts.
    let mut outcome: Outcome = desk.finish()?;
    outcome.ignored_columns = ignored;
    outcome.tell(&imported?, lang);
    if args.wait == Wait::Sealed {
        outcome.settle(&mut reach)?;
    }
    let exit = if outcome.refused_rows == 0 { OK } else { REFUSED };
    let text = outcome.describe(lang);
    Ok(Answer::new(&outcome, text).exit(exit))
}

/// Where refused rows go: the file that was named, or one beside the table that is not there yet.
fn errors_file(args: &Import) -> Result<(PathBuf, Format), Failure> {
    if let Some(path) = &args.errors {
        files::refuse_existing(path, args.force)?;
        return Ok((path.clone(), format_of(path, "--errors")?));
    }
    // What is neither is refused with a better word when it is read.
    let format = Format::of_name(&args.file.to_string_lossy()).unwrap_or(Format::Csv);
    let ending = if format == Format::Xlsx { "xlsx" } else { "csv" };
    let stem = args.file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let name = |n: u32| match n {
        1 => format!("{stem}.refused.{ending}"),
        n => format!("{stem}.refused-{n}.{ending}"),
    };
    let free = (1..=NAMES_MAX).map(|n| args.file.with_file_name(name(n))).find(|path| !path.exists());
    match free {
        Some(path) => Ok((path, format)),
        None => {
            let path = args.file.with_file_name(name(NAMES_MAX));
            files::refuse_existing(&path, false)?;
            Ok((path, format))
        }
    }
}

fn read_whitelist(path: &Path) -> Result<Whitelist, Failure> {
    let bytes = files::read(path, WHITELIST_BYTES)?;
    Whitelist::parse(&bytes).map_err(|refusal| {
        let place = format!("{} {}", path.display(), refusal.where_());
        Failure::from(refusal).at(place.trim_end())
    })
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::could_not(
        codes::FILE_UNREADABLE,
        format!("读不到文件：{error}"),
        format!("can't read the file: {error}"),
    )
    .at(path.display().to_string())
}
