//! A certificate's status, now or at a moment that is over, with the proof that everybody can check.
//!
//! ```text
//! GET /certificates/NUMBER/status
//! GET /certificates/NUMBER/status?at=2026-11-22T10:00:00%2B08:00
//!   {"status":"valid","list":{"sequence":17,"entry":41,"proof":"c2sp.org/tlog-proof@v1\n…","next":{…}},…}
//! ```
//!
//! It is what was published: of natural persons only valid and revoked, whatever the office knew. Who may read every
//! certificate is told of now what the office has inside, too. For the same callers as the certificate itself; every look goes
//! to the operator log. Not here: what happened inside (`life`).

use actix_web::http::StatusCode;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use notary::office::{Moment, NextList, SaidBy};
use notary::operator_log::{Action, Outcome};
use serde::Serialize;
use verifier::status::Status;

use super::answer::json;
use super::certificates::{may_read_all, may_see, number};
use super::input::Input;
use super::ledger::blocking;
use super::route::Address;
use crate::problem::Problem;
use crate::server::Shared;
use crate::session::ApiCaller;

pub fn addresses() -> Vec<Address> {
    vec![Address::get("/certificates/{number}/status", status)]
}

#[derive(Serialize)]
struct Told {
    number: String,
    at: String,
    index: u64,
    sealed_at: String,
    /// None where it was not sealed yet.
    status: Option<&'static str>,
    /// The office's own, of a natural person too; for whoever may read all certificates, and of no moment but now.
    inside: Option<&'static str>,
    /// None where no list of then covers it: its own batch is the evidence.
    list: Option<List>,
}

#[derive(Serialize)]
struct List {
    shard: u64,
    sequence: u64,
    issued_at: String,
    expires_at: String,
    file: String,
    /// Index of its note in the ledger; none until the next batch is closed.
    entry: Option<u64>,
    /// A tlog-proof of that entry.
    proof: Option<String>,
    next: Option<Next>,
}

#[derive(Serialize)]
struct Next {
    sequence: u64,
    issued_at: String,
    file: String,
}

impl Told {
    fn of(moment: &Moment, inside: Option<Status>) -> Told {
        Told {
            inside: inside.map(Status::name),
            number: moment.number.to_string(),
            at: moment.at.display_china(),
            index: moment.index,
            sealed_at: moment.sealed_at.display_china(),
            status: moment.word().map(Status::name),
            list: moment.list.as_ref().map(List::of),
        }
    }
}

impl List {
    fn of(said: &SaidBy) -> List {
        let says = said.list.says().fields();
        let file = |sequence: u64| format!("/ledger/status/{}/{sequence}.xzs", says.shard);
        let next = |next: &NextList| Next {
            sequence: next.sequence,
            issued_at: next.issued.display_china(),
            file: file(next.sequence),
        };
        List {
            shard: says.shard,
            sequence: says.sequence,
            issued_at: says.issued.display_china(),
            expires_at: says.expires.display_china(),
            file: file(says.sequence),
            entry: said.proof.as_ref().map(|proof| proof.index()),
            proof: said.proof.as_ref().map(|proof| proof.encode()),
            next: said.next.as_ref().map(next),
        }
    }
}

async fn status(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    let number = number(&request)?;
    let mut input = Input::query(&request)?;
    let at = input.at(shared.office().now())?;
    input.end(&["at"])?;
    let told = blocking(move || {
        may_see(&shared, &caller, &number)?;
        let office = shared.office();
        let moment = office.status_at(&number, at.unwrap_or_else(|| office.now()));
        let outcome = Outcome::from(&moment);
        office.operator_log().append(&caller.actor(), Action::CertificateViewed, number.as_str(), outcome)?;
        let inside = match at.is_none() && may_read_all(&caller) {
            true => office.status_of(&number)?,
            false => None,
        };
        Ok(Told::of(&moment?, inside))
    })
    .await?;
    Ok(json(StatusCode::OK, &told))
}
