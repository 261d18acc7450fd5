//! `import --type deadlines|calendar|whitelist|aliases`: tables that an office keeps, each in place of the one before.

use notary::office::SUBJECTS_MAX;
use serde::Serialize;

use crate::args::{Common, Import, Rows};
use crate::door::reach::{Reach, unexpected};
use crate::door::subjects::{Ask, Told};
use crate::door::{Bytes, Request, Response, calendar};
use crate::lang::Lang;
use crate::output::{Answer, Failure};
use crate::{files, say};

#[derive(Serialize)]
struct Taken {
    file: String,
    taken: usize,
}

pub fn run(args: &Import, common: &Common, lang: Lang) -> Result<Answer, Failure> {
    let bytes = Bytes(files::read(&args.file, SUBJECTS_MAX)?);
    let mut reach = Reach::new(&args.dir, common, lang)?;
    let at_file = |failure: Failure| {
        let place = failure.where_().map(|place| format!(" {place}")).unwrap_or_default();
        failure.at(format!("{}{place}", args.file.display()))
    };
    let request = match args.rows {
        Rows::Calendar => Request::Calendar(calendar::Ask::Import(bytes)),
        Rows::Deadlines => Request::Subjects(Ask::ImportDeadlines(bytes)),
        Rows::Whitelist => Request::Subjects(Ask::ImportWhitelist(bytes)),
        Rows::Aliases | Rows::Commitments => Request::Subjects(Ask::ImportAliases(bytes)),
    };
    let taken = match reach.ask(request).map_err(at_file)? {
        Response::Subjects(Told::Taken(taken)) => taken,
        Response::Calendar(calendar::Told::Year(year)) => year.off + year.working,
        _ => return Err(unexpected()),
    };
    let text = say!(lang, "已导入，共 {taken} 项\n", "{taken} lines are in\n");
    Ok(Answer::new(&Taken { file: args.file.display().to_string(), taken }, text))
}
