//! `evidence`: everything about one certificate in one archive, for a court or a dispute.

use std::io::Write;

use serde::Serialize;

use crate::args::{Common, Evidence};
use crate::door::reach::{Reach, unexpected};
use crate::door::{Request, Response};
use crate::files::{self, Growing};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::say;

#[derive(Serialize)]
struct Made {
    number: String,
    file: String,
    bytes: usize,
}

pub fn run(args: &Evidence, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    files::refuse_existing(&args.out, args.force)?;
    let mut reach = Reach::new(&args.dir, common, lang)?;
    let response = reach.ask(Request::Evidence { number: args.number.clone() })?;
    let Response::Evidence(package) = response else { return Err(unexpected()) };
    let (growing, mut file) = Growing::new(&args.out)?;
    file.write_all(&package.0).map_err(|error| growing.failed(&error))?;
    growing.keep(&file)?;
    let (number, path) = (args.number.clone(), args.out.display().to_string());
    let text = say!(lang, "证据包：{path}\n", "evidence package: {path}\n");
    Ok(Answer::new(&Made { number, file: path, bytes: package.0.len() }, text))
}
