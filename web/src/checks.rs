//! Checks of many (批量核查) on a server: a table in, a job, an answer that is certified.
//!
//! ```text
//! waiting → running 1200/5000 → done: table, summary, certificate number        cancelled · failed
//! ```
//!
//! One thread does them in turn. They live in memory, bounded, each its owner's alone; what was certified stays certified.
//! Here: the jobs. Not here: the rules (`notary::check`), who may ask (`api::checks`, `desk::check`).

mod store;

use std::sync::Arc;
use std::thread;

use actix_web::web::Data;
use notary::check::{Checked, Facts, Guesses, NoGuessing};
use notary::office::{Office, SealPolicy};
use notary::operator_log::{Action, Outcome};
use notary::people::Scope;
use notary::refusal::Refusal;

pub use store::{Answer, CHECKS_MAX, CHECKS_OPEN_EACH, Checks, KEPT_SECONDS, NewCheck, Seen, State, unknown};

use crate::problem::Problem;
use crate::server::Shared;
use crate::session::ApiCaller;
use store::Work;

/// How much whoever calls is told.
pub fn facts_for(caller: &ApiCaller) -> Facts {
    match caller.require(Scope::CertificatesRead) {
        Ok(()) => Facts::Full,
        Err(_) => Facts::Public,
    }
}

/// Sees to it that a thread works.
pub fn wake(shared: &Data<Shared>) {
    if !shared.checks().take_up() {
        return;
    }
    let shared: Arc<Shared> = shared.clone().into_inner();
    let begun = thread::Builder::new().name("checks".into()).spawn(move || {
        while let Some(work) = shared.checks().next() {
            let came = run(&shared, &work);
            shared.checks().ended(&work.id, came);
        }
    });
    if let Err(error) = begun {
        tracing::error!(target: "checks", %error, "no thread");
    }
}

fn run(shared: &Shared, work: &Work) -> Result<Answer, Refusal> {
    let office = shared.office();
    if work.terms.at.is_none() {
        publish_what_is_due(office)?;
    }
    let counted = Counted(shared);
    let guesses: &dyn Guesses = match work.terms.facts {
        Facts::Full => &NoGuessing,
        Facts::Public => &counted,
    };
    let mut progress = |done, _| shared.checks().progress(&work.id, done);
    let checked: Checked = office.check(&work.input, &work.terms, guesses, &mut progress)?;
    let accepted = office.notarize_check(&checked)?;
    office.operator_log().append(&work.actor, Action::CheckMade, accepted.number.as_str(), Outcome::Done)?;
    Ok(Answer { number: accepted.number, checked: Arc::new(checked) })
}

/// The answer in one of its forms: `csv`, `json`, `xzc`.
///
/// # Errors
/// `NOT_SEALED` where the summary's certificate is not there yet.
pub fn bytes(shared: &Shared, answer: &Answer, form: &str) -> Result<Vec<u8>, Problem> {
    Ok(match form {
        "csv" => answer.checked.csv(),
        "json" => answer.checked.json(),
        _ => shared.office().certificate(&answer.number)?.certificate.encode(),
    })
}

/// What is judged now is judged by what is out now.
fn publish_what_is_due(office: &Office) -> Result<(), Refusal> {
    if office.seal_policy() == SealPolicy::Manual {
        return Ok(());
    }
    office.seal_all()?;
    if office.status_due() {
        office.publish_status()?;
    }
    Ok(())
}

/// Wrong check codes count for the number that they were tried on, as everywhere.
struct Counted<'a>(&'a Shared);

impl Guesses for Counted<'_> {
    fn compare(
        &self,
        number: &str,
        compare: &mut dyn FnMut() -> Result<bool, Refusal>,
    ) -> Result<Option<bool>, Refusal> {
        let mut failed = None;
        let told = self.0.rates().compare(number, || match compare() {
            Ok(right) => {
                if !right {
                    self.0.rates().wrong_code(number);
                }
                Ok(right)
            }
            Err(refusal) => {
                failed = Some(refusal.clone());
                Err(Problem::from(refusal))
            }
        });
        match (failed, told) {
            (Some(refusal), _) => Err(refusal),
            (None, told) => Ok(told.ok()),
        }
    }
}
