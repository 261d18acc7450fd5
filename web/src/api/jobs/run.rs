//! The one thread that does the jobs, in turn. It begins when there is something to do and ends when there is nothing.

use std::sync::Arc;
use std::thread;

use actix_web::web::Data;
use notary::refusal::RefusalCode;
use verifier::row::Row;
use verifier::text::Lang;
use verifier::verdict::{Outcome, Verdict};

use super::store::{Line, Work};
use super::table::TableRow;
use crate::intake::{self, Given};
use crate::problem::Problem;
use crate::server::Shared;

/// Sees to it that a thread works.
pub fn wake(shared: &Data<Shared>) {
    if !shared.jobs().take_up() {
        return;
    }
    let shared: Arc<Shared> = shared.clone().into_inner();
    let begun = thread::Builder::new().name("jobs".into()).spawn(move || {
        while let Some(work) = shared.jobs().next() {
            run(&shared, &work);
        }
    });
    if let Err(error) = begun {
        tracing::error!(target: "jobs", %error, "no thread");
    }
}

fn run(shared: &Shared, work: &Work) {
    for row in &work.table {
        let line = line(shared, row, work);
        if !shared.jobs().done(&work.id, line) {
            return;
        }
    }
}

fn line(shared: &Shared, row: &TableRow, work: &Work) -> Line {
    let at = work.wishes.judged();
    let given = intake::read_text(&row.text);
    // What a proof claims is told once it is verified.
    let named = given.as_ref().ok().filter(|given| !matches!(given, Given::Proof(_)));
    let number = named.map(|given| given.claimed_number().to_string()).unwrap_or_default();
    let judged = match &given {
        Ok(given) => judge(shared, given, work),
        Err(not_read) => Ok(not_read.verdict_in(work.lang, at)),
    };
    match judged {
        Ok(verdict) => of_verdict(row, &number, verdict, work.lang),
        Err(problem) => of_problem(row, number, &problem, work.lang),
    }
}

/// A number whose code is guessed at is refused here as everywhere; the caller's address is known and not counted.
fn judge(shared: &Shared, given: &Given, work: &Work) -> Result<Verdict, Problem> {
    let Given::WindowCode(code) = given else { return intake::judge(shared, given, &work.wishes.terms()) };
    let number = code.number();
    shared.rates().compare(number.as_str(), || {
        intake::judge(shared, given, &work.wishes.terms()).inspect_err(|problem| {
            if problem.code() == RefusalCode::CertificateUnknown.as_str() {
                shared.rates().wrong_code(number.as_str());
            }
        })
    })
}

fn of_verdict(row: &TableRow, number: &str, verdict: Verdict, lang: Lang) -> Line {
    let unread = intake::is_unread(verdict.code);
    let shown = Row::new(String::new(), None, verdict);
    let message = match shown.checks.first().map(|check| verifier::row::detail(check, lang)) {
        Some(detail) if unread && !detail.is_empty() => detail,
        _ => shown.code.message(lang).to_owned(),
    };
    let facts = shown.facts.as_ref();
    let holder = facts.and_then(|facts| facts.holder.as_ref());
    let cells = [
        row.line.to_string(),
        facts.map_or(number.to_owned(), |facts| facts.number.clone()),
        shown.outcome.word(lang).to_owned(),
        shown.code.as_str().to_owned(),
        message,
        holder.map(|(_, name, _)| name.clone()).unwrap_or_default(),
        holder.map(|(.., code)| code.clone()).unwrap_or_default(),
        facts.and_then(|facts| facts.purpose.as_ref()).map(|p| p.text(lang).to_owned()).unwrap_or_default(),
        facts.map(|facts| facts.expires_at.exact.clone()).unwrap_or_default(),
        facts
            .and_then(|facts| facts.status.as_of.as_ref())
            .map(|as_of| as_of.exact.clone())
            .unwrap_or_default(),
        format!("L{}", shown.level),
    ];
    Line { outcome: Some(shown.outcome), cells }
}

fn of_problem(row: &TableRow, number: String, problem: &Problem, lang: Lang) -> Line {
    let mut cells: [String; 11] = Default::default();
    cells[0] = row.line.to_string();
    cells[1] = number;
    cells[2] = Outcome::Undetermined.word(lang).to_owned();
    cells[3] = problem.code().to_owned();
    cells[4] = problem.message(lang).to_owned();
    Line { outcome: None, cells }
}
