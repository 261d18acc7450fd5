//! `export`: the office's commitments as a table in the national layout, or everything for an auditor.

mod audit;

use std::io;
use std::path::Path;

use notary::import::{Column, Format, Writer};
use serde::Serialize;

use crate::args::{Common, Export, Exported};
use crate::console::Progress;
use crate::door::reach::{Reach, unexpected};
use crate::door::{Request, Response};
use crate::files::{self, Growing};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::say;

#[derive(Serialize, Default)]
struct Outcome {
    file: String,
    rows: u64,
    left_out: LeftOut,
}

#[derive(Serialize, Default)]
struct LeftOut {
    ended: u64,
    not_in_layout: u64,
    erased: u64,
}

pub fn run(args: &Export, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    if args.rows == Exported::Audit {
        return audit::run(args, common, lang);
    }
    let format = format_of(&args.out, "--out")?;
    files::refuse_existing(&args.out, args.force)?;
    let mut reach = Reach::new(&args.dir, common, lang)?;
    let mut progress = Progress::unknown(lang.pick("导出", "exporting"), !common.json);
    let (growing, file) = Growing::new(&args.out)?;
    let failed = |error: io::Error| growing.failed(&error);
    let mut writer = Writer::new(file, format).map_err(failed)?;
    writer.row(Column::ALL.map(Column::title)).map_err(failed)?;
    let mut outcome = Outcome { file: args.out.display().to_string(), ..Outcome::default() };
    let mut from = Some(0);
    while let Some(start) = from {
        let Response::Commitments(found) = reach.ask(Request::Commitments { from: start })? else {
            return Err(unexpected());
        };
        for row in &found.rows {
            writer.row(row.iter().map(String::as_str)).map_err(failed)?;
        }
        outcome.rows += found.rows.len() as u64;
        outcome.left_out.ended += found.ended;
        outcome.left_out.not_in_layout += found.formless;
        outcome.left_out.erased += found.erased;
        from = found.next;
        progress.at(usize::try_from(outcome.rows).unwrap_or(usize::MAX));
    }
    drop(progress);
    let file = writer.finish().map_err(failed)?;
    growing.keep(&file)?;
    let text = describe(&outcome, lang);
    Ok(Answer::new(&outcome, text))
}

/// The format by the file's name.
pub(super) fn format_of(path: &Path, arg: &str) -> Result<Format, Failure> {
    Format::of_name(&path.to_string_lossy()).ok_or_else(|| {
        Failure::usage("文件名应以 .csv 或 .xlsx 结尾", "the file's name must end in .csv or .xlsx").at(arg)
    })
}

fn describe(outcome: &Outcome, lang: Lang) -> String {
    let (rows, file) = (outcome.rows, &outcome.file);
    let mut text = say!(lang, "导出承诺 {rows} 条：{file}\n", "{rows} commitments exported: {file}\n");
    let LeftOut { ended, not_in_layout, erased } = outcome.left_out;
    if ended + not_in_layout + erased > 0 {
        text += &say!(
            lang,
            "未导出：已撤销、替代或撤回 {ended} 条；不适用本格式（政务公开承诺）{not_in_layout} 条；内容已销毁 {erased} 条\n",
            "left out: {ended} revoked, replaced or withdrawn; {not_in_layout} without a form in this layout (of organs of government); {erased} erased\n"
        );
    }
    text
}
