//! What tables ask of an office: many documents at once, names of codes, commitments as rows.

use notary::code::UnifiedCode;
use notary::office::{Office, Provenance, Via};
use notary::operator_log::{Action, Actor, Outcome};
use serde::{Deserialize, Serialize};

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

pub(super) fn submit_many(office: &Office, documents: Vec<NewDocument>) -> Result<Response, Failure> {
    let from = Provenance::new(office.now(), Via::Import, "command", "");
    let with = |one| Ok((submission(one)?, Some(from.clone())));
    let submissions = documents.into_iter().map(with).collect::<Result<_, Failure>>()?;
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
