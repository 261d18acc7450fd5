//! Copies of a certificate with less in them.
//!
//! ```text
//! POST /certificates/NUMBER/disclosures   {"keep":["/subject","/sections/admin"],"form":"xzc","purpose":"AWARD"}
//!   →  the copy as .xzc or PDF        COPY_INCOMPLETE where the purpose demands what would be hidden
//! ```
//!
//! For whoever may download the certificate. With a purpose, the recipient's, a copy that would not suffice there is not
//! made; without one it is up to the caller.

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use notary::office::{KEEP_MAX, copy_words};
use notary::operator_log::Action;
use notary::refusal::{Refusal, RefusalCode};

use super::answer::{File, JSON, Keep};
use super::body::{self, Media};
use super::certificates;
use super::input::Input;
use super::ledger::blocking;
use super::route::Address;
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::ApiCaller;

/// Bytes of a request: 4,096 pointers.
const BODY_BYTES: usize = 512 << 10;
/// The forms of a copy.
const FORMS: [&str; 2] = ["xzc", "pdf"];

pub(super) fn addresses() -> Vec<Address> {
    vec![Address::post("/certificates/{number}/disclosures", copy)]
}

async fn copy(
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    certificates::may_ask(&caller)?;
    let number = certificates::number(&request)?;
    if body::media(&request) != Media::Json {
        return Err(Common::MediaTypeUnsupported.into());
    }
    let bytes = body::read(&request, payload, BODY_BYTES).await?;
    let mut input = Input::json(&bytes)?;
    let keep = input.texts("keep", KEEP_MAX)?;
    let purpose = input.purpose()?;
    let form = input.optional_word("form", &FORMS)?.unwrap_or("xzc");
    input.end(&["keep", "purpose", "form"])?;
    let bytes = blocking(move || {
        certificates::read(&shared, &caller, &number, Action::CopyMade)?;
        let copy = shared.office().copy(&number, &keep)?;
        let lacks = purpose.map(|purpose| copy.lacks(purpose)).unwrap_or_default();
        if !lacks.is_empty() {
            return Err(Refusal::new(RefusalCode::CopyIncomplete).found(copy_words(&lacks)).into());
        }
        Ok(match form {
            "pdf" => shared.office().pdf_of_copy(&copy)?,
            _ => copy.certificate().encode(),
        })
    })
    .await?;
    let media_type = if form == "pdf" { "application/pdf" } else { JSON };
    let name = Some(format!("{number}-copy.{form}"));
    Ok(File { bytes, media_type, name, keep: Keep::Never }.answer(&request))
}
