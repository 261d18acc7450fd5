//! What tables ask of an office: many documents at once, names of codes, commitments as rows.

use notary::code::UnifiedCode;
use notary::office::{Office, Provenance, TableRow, Via};
use notary::operator_log::{Action, Actor, Outcome};
use notary::refusal::{Refusal, RefusalCode};
use serde::{Deserialize, Serialize};
use web::imports::ImportId;

use super::{NewDocument, Response, accepted, log, submission};
use crate::output::Failure;

/// Some of the office's commitments.
#[derive(Serialize, Deserialize)]
pub struct Rows {
    /// Their cells in the order of the national layout.
    pub rows: Vec<Vec<String>>,
    /// Left out: revoked, replaced or withdrawn.
    pub ended: u64,
    /// Left out: the layout has no form for them.
    pub formless: u64,
    /// Left out: erased documents.
    pub erased: u64,
    /// Where to go on.
    pub next: Option<u32>,
}

/// An import: the same that a page's has, so that both leave the same record of where a document came from.
#[derive(Clone, Serialize, Deserialize)]
pub struct Import {
    /// Its number.
    pub number: String,
    /// SHA-256 of the table in hex.
    pub sha256: String,
}

/// Rows of a table.
#[derive(Serialize, Deserialize)]
pub struct Documents {
    /// The import that they are of.
    pub import: Import,
    /// Each with its row as a spreadsheet numbers it.
    pub rows: Vec<(u64, NewDocument)>,
}

/// Gives an import its number; the operator log has it before a row comes.
pub(super) fn begin(office: &Office, sha256: String) -> Result<Response, Failure> {
    let id = ImportId::generate().map_err(|_| Refusal::new(RefusalCode::NoRandomness))?;
    log(office, Action::ImportSent, &id.object())?;
    Ok(Response::Import(Import { number: id.to_string(), sha256 }))
}

pub(super) fn submit_many(office: &Office, documents: Documents) -> Result<Response, Failure> {
    let Documents { import, rows } = documents;
    let from = Provenance::new(office.now(), Via::Import, "command", "");
    let with = |(row, one)| {
        let table = TableRow { import: import.number.clone(), sha256: Some(import.sha256.clone()), row };
        Ok((submission(one)?, Some(Provenance { table: Some(table), ..from.clone() })))
    };
    let submissions = rows.into_iter().map(with).collect::<Result<_, Failure>>()?;
    let answers = office.submit_many_from(submissions)?;
    let numbers: Vec<String> = answers.iter().flatten().map(|one| one.number.to_string()).collect();
    let numbers = numbers.iter().map(String::as_str);
    office.operator_log().append_each(&Actor::Command, Action::DocumentSubmitted, numbers, Outcome::Done)?;
    let response = |answer| match answer {
        Ok(one) => accepted(&one),
        Err(refusal) => Response::Failed(Failure::from(refusal)),
    };
    Ok(Response::Many(answers.into_iter().map(response).collect()))
}

pub(super) fn names_of(office: &Office, codes: &[String]) -> Result<Response, Failure> {
    let parse = |code: &String| UnifiedCode::parse(code).map_err(|fault| Failure::from(fault.refusal("")));
    let codes = codes.iter().map(parse).collect::<Result<Vec<_>, Failure>>()?;
    Ok(Response::Names { names: office.names_of(&codes)? })
}

pub(super) fn commitments(office: &Office, from: u32) -> Result<Response, Failure> {
    if from == 0 {
        log(office, Action::CommitmentsExported, "commitments")?;
    }
    let found = office.commitments(from)?;
    Ok(Response::Commitments(Box::new(Rows {
        rows: found.rows,
        ended: found.ended,
        formless: found.formless,
        erased: found.erased,
        next: found.next,
    })))
}
