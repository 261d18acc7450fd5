//! `seal`: close the open batch now.

use serde::Serialize;

use crate::args::{Common, OfficeDir};
use crate::door::reach::{Reach, unexpected};
use crate::door::{Batch, Request, Response};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::say;

#[derive(Serialize)]
struct Sealed {
    batches: Vec<Batch>,
}

pub fn run(args: &OfficeDir, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let Response::Sealed { batches } = Reach::new(&args.dir, common, lang)?.ask(Request::Seal)? else {
        return Err(unexpected());
    };
    let mut text = String::new();
    for Batch { batch, start, end } in &batches {
        let last = end - 1;
        text += &say!(
            lang,
            "已封存批次 {batch}：第 {start} 至 {last} 条\n",
            "batch {batch} is sealed: entries {start} to {last}\n"
        );
    }
    if batches.is_empty() {
        text += lang.pick("没有待封存的文档\n", "nothing waits\n");
    }
    Ok(Answer::new(&Sealed { batches }, text))
}
