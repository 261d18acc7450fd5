//! Verifications that leave a receipt (核验回执), for approval systems.
//!
//! ```text
//! POST /verifications              {"text":"2026…","case":"示县政务20261122-0187","matter":"食品经营许可"}
//!   201 {"receipt":"202611225830174629401785","case":"…","at":"…","result":{…}}
//! GET  /verifications/202611225830174629401785
//! ```
//!
//! The receipt is on disk before it is answered. It keeps the verdict as it was; the certificate may be revoked later. It
//! is always of a verification now, by the office's own limits: with `at` or `max_age` a certificate that is revoked by
//! now would get a receipt of today that calls it valid.

use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use notary::desk::{Actor, Receipt, ReceiptNumber, ReceiptTerms, Standing};
use notary::operator_log::{Action, Outcome};
use notary::people::Scope;
use serde::Serialize;
use verifier::answer::Answer;

use super::ROOT;
use super::answer::json;
use super::ledger::blocking;
use super::route::Address;
use super::verify::{self, TERMS};
use crate::client::Client;
use crate::intake::Given;
use crate::lang::Lang;
use crate::problem::Problem;
use crate::server::Shared;
use crate::session::ApiCaller;

pub fn addresses() -> Vec<Address> {
    vec![Address::post("/verifications", make), Address::get("/verifications/{receipt}", view)]
}

#[derive(Serialize)]
struct View<'a> {
    receipt: String,
    receipt_grouped: String,
    case: &'a str,
    matter: &'a str,
    verdict: &'static str,
    code: &'static str,
    level: u8,
    certificate: Option<String>,
    holder: Option<Holder<'a>>,
    status_as_of: Option<String>,
    at: String,
    by: &'a str,
    unit: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<Answer<'a>>,
    links: Links,
}

#[derive(Serialize)]
struct Holder<'a> {
    name: &'a str,
    code: &'a str,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    own: String,
}

impl<'a> View<'a> {
    fn of(receipt: &'a Receipt) -> View<'a> {
        View {
            receipt: receipt.number.to_string(),
            receipt_grouped: receipt.number.grouped(),
            case: &receipt.case,
            matter: &receipt.matter,
            verdict: receipt.outcome.as_str(),
            code: receipt.code.as_str(),
            level: receipt.level,
            certificate: receipt.certificate.map(|number| number.to_string()),
            holder: receipt.holder.as_ref().map(|(name, code)| Holder { name, code }),
            status_as_of: receipt.status_as_of.map(|time| time.display_china()),
            at: receipt.at.display_china(),
            by: &receipt.account,
            unit: &receipt.unit,
            result: None,
            links: Links { own: address(&receipt.number) },
        }
    }
}

fn address(number: &ReceiptNumber) -> String {
    format!("{ROOT}/verifications/{number}")
}

async fn make(
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
    client: Client,
    caller: ApiCaller,
    lang: Lang,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::VerificationsWrite)?;
    shared.rates().decode(&client)?;
    let (asked, mut rest) = verify::read(&request, payload, &shared).await?;
    let case = rest.optional_text("case")?.unwrap_or_default();
    let matter = rest.optional_text("matter")?.unwrap_or_default();
    asked.wishes.check_now()?;
    rest.end(&[TERMS.as_slice(), &["case", "matter"]].concat())?;
    let terms = ReceiptTerms::new(&case, &matter)?;
    let (judged, receipt) = blocking(move || {
        let judged = verify::judge(&shared, &client, &asked, lang.words())?;
        // What a forged proof claims is not put on paper under the office's name.
        let given = judged.given.as_ref().filter(|given| !matches!(given, Given::Proof(_)));
        let given = given.map(Given::claimed_number);
        let by = Actor { account: caller.id(), unit: caller.unit().to_owned(), standing: Standing::Window };
        let receipt = shared.office().desk().make_receipt(&terms, &judged.verdict, given.as_ref(), &by)?;
        log(&shared, &caller, Action::ReceiptMade, &receipt.number)?;
        Ok((judged, receipt))
    })
    .await?;
    let mut view = View::of(&receipt);
    view.result = Some(Answer::of(&judged.row, lang.words()));
    let mut answer = json(StatusCode::CREATED, &view);
    if let Ok(location) = address(&receipt.number).parse() {
        answer.headers_mut().insert(LOCATION, location);
    }
    Ok(answer)
}

async fn view(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::VerificationsWrite)?;
    let number = ReceiptNumber::parse(request.match_info().get("receipt").unwrap_or_default())?;
    let receipt = blocking(move || {
        let receipt = shared.office().desk().receipt(&number)?;
        log(&shared, &caller, Action::ReceiptViewed, &number)?;
        Ok(receipt)
    })
    .await?;
    Ok(json(StatusCode::OK, &View::of(&receipt)))
}

fn log(shared: &Shared, caller: &ApiCaller, action: Action, number: &ReceiptNumber) -> Result<(), Problem> {
    let log = shared.office().operator_log();
    log.append(&caller.actor(), action, number.as_str(), Outcome::Done)?;
    Ok(())
}
