//! `POST /documents`: a document in, a certificate out.
//!
//! ```text
//! POST /api/v1/documents?wait=sealed          Authorization: Bearer xzk_…   Idempotency-Key: 2026-11-22/0187
//! {"schema":"credit-commitment/v1",…}
//!   201 {"number":"2026112240170938612531","check_code":"5390217746","index":41,"sealed":true,"links":{…}}
//! ```
//!
//! The document is on disk before anything is answered; a connection that breaks after that loses nothing. The same
//! document with the same key or number of its own gives the same certificate again (200). By default the answer waits
//! for the batch, at most [`WAIT_MAX`]; what is not sealed by then is 202, with where to ask.

use std::time::Duration;

use actix_web::http::StatusCode;
use actix_web::http::header::{LOCATION, RETRY_AFTER};
use actix_web::rt::time::{Instant, sleep};
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use notary::office::{Accepted, IDEMPOTENCY_KEY_MAX, Provenance, Submission, SubmissionKind, Via};
use notary::operator_log::{Action, Outcome};
use notary::people::Scope;
use notary::refusal::{Refusal, RefusalCode};
use serde::Serialize;
use verifier::base64;
use verifier::hash::tagged;
use verifier::limits::{DOCUMENT_BYTES, FILE_BYTES};
use verifier::number::{CertificateNumber, WindowCode};

use super::ROOT;
use super::answer::json;
use super::body::{self, Media};
use super::input::Input;
use super::ledger::blocking;
use super::route::Address;
use crate::client::Client;
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::ApiCaller;

/// An answer waits so long for its batch.
pub const WAIT_MAX: Duration = Duration::from_secs(10);
/// Between two looks at whether the batch is closed.
const LOOK: Duration = Duration::from_millis(5);

pub fn addresses() -> Vec<Address> {
    vec![Address::post("/documents", submit)]
}

#[derive(Serialize)]
struct Taken {
    number: String,
    check_code: String,
    window_code: String,
    index: Option<u64>,
    sealed: bool,
    repeated: bool,
    links: Links,
}

/// Where everything of a certificate is.
#[derive(Serialize)]
pub struct Links {
    #[serde(rename = "self")]
    own: String,
    xzc: String,
    pdf: String,
    qr_svg: String,
    qr_png: String,
    tlog_proof: String,
    zip: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<String>,
}

impl Links {
    /// Of this certificate.
    pub fn of(number: &CertificateNumber, index: Option<u64>) -> Links {
        let own = format!("{ROOT}/certificates/{number}");
        Links {
            xzc: format!("{own}.xzc"),
            pdf: format!("{own}.pdf"),
            qr_svg: format!("{own}.qr.svg"),
            qr_png: format!("{own}.qr.png"),
            tlog_proof: format!("{own}.tlog-proof"),
            zip: format!("{own}.zip"),
            entry: index.map(|index| format!("{ROOT}/entries/{index}")),
            own,
        }
    }
}

async fn submit(
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
    client: Client,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    caller.require(Scope::DocumentsSubmit)?;
    shared.rates().submit(&client)?;
    let mut input = Input::query(&request)?;
    let wait = input.optional_word("wait", &["sealed", "accepted"])? != Some("accepted");
    let qr = input.optional_bool("qr")?.unwrap_or(true);
    let corrects = match input.optional_text("corrects")? {
        Some(number) => Some(CertificateNumber::parse(&number).map_err(|_| {
            Refusal::new(RefusalCode::CertificateUnknown).at("?corrects").found(body::shown(&number))
        })?),
        None => None,
    };
    input.end(&["wait", "qr", "corrects"])?;
    let idempotency_key = idempotency_key(&request, &caller)?;
    let (bytes, kind) = document(&request, payload).await?;
    let submission = Submission { bytes, kind, idempotency_key, corrects, qr };
    let (actor, by, unit) = (caller.actor(), caller.id(), caller.unit().to_owned());
    let office = shared.clone();
    // Once this has begun it goes on, whoever listens: a connection that breaks takes nothing back.
    let accepted = blocking(move || {
        let office = office.office();
        let from = Provenance::new(office.now(), Via::Api, by, unit);
        let accepted = office.submit_from(submission, Some(from))?;
        office.operator_log().append(
            &actor,
            Action::DocumentSubmitted,
            accepted.number.as_str(),
            Outcome::Done,
        )?;
        Ok(accepted)
    })
    .await?;
    let index = match accepted.index {
        None if wait => sealed(&shared, &accepted.number).await?,
        known => known,
    };
    Ok(taken(&accepted, index))
}

fn taken(accepted: &Accepted, index: Option<u64>) -> HttpResponse {
    let status = match (index, accepted.repeated) {
        (None, _) => StatusCode::ACCEPTED,
        (Some(_), true) => StatusCode::OK,
        (Some(_), false) => StatusCode::CREATED,
    };
    let (number, links) = (accepted.number, Links::of(&accepted.number, index));
    let location = links.own.clone();
    let body = Taken {
        number: number.to_string(),
        check_code: accepted.check_code.to_string(),
        window_code: WindowCode::new(number, accepted.check_code).to_string(),
        index,
        sealed: index.is_some(),
        repeated: accepted.repeated,
        links,
    };
    let mut answer = json(status, &body);
    let headers = answer.headers_mut();
    if let Ok(location) = location.parse() {
        headers.insert(LOCATION, location);
    }
    if index.is_none() {
        headers.insert(RETRY_AFTER, 1.into());
    }
    answer
}

/// The certificate's index once its batch is closed; none where that takes too long, is done by command only, or the
/// server is about to end.
async fn sealed(shared: &Shared, number: &CertificateNumber) -> Result<Option<u64>, Problem> {
    if shared.office().seal_policy().interval().is_none() {
        return Ok(shared.office().index_of(number)?);
    }
    let until = Instant::now() + WAIT_MAX;
    loop {
        if let Some(index) = shared.office().index_of(number)? {
            return Ok(Some(index));
        }
        if shared.office().summary().stopped || shared.failure().is_some() {
            return Err(Refusal::new(RefusalCode::OfficeStopped).into());
        }
        if Instant::now() >= until || shared.is_ending() {
            return Ok(None);
        }
        sleep(LOOK).await;
    }
}

/// The key under which a repetition is known: the caller's own, so that two callers never meet in one.
///
/// # Errors
/// `IDEMPOTENCY_KEY`.
pub fn idempotency_key(request: &HttpRequest, caller: &ApiCaller) -> Result<Option<String>, Problem> {
    let Some(value) = request.headers().get("idempotency-key") else { return Ok(None) };
    let refused =
        || Refusal::new(RefusalCode::IdempotencyKey).at("Idempotency-Key").right(IDEMPOTENCY_KEY_MAX);
    let key = value.to_str().map_err(|_| refused())?.trim();
    if key.is_empty() || key.len() > IDEMPOTENCY_KEY_MAX {
        return Err(refused().into());
    }
    let id = caller.id();
    let digest = tagged("xinzheng/api-idempotency/v1", &[id.as_bytes(), b"\0", key.as_bytes()]);
    Ok(Some(format!("{id}/{}", base64::encode_url(digest.as_bytes()))))
}

/// The document in the body, and how it is to be read.
async fn document(request: &HttpRequest, payload: Payload) -> Result<(Vec<u8>, SubmissionKind), Problem> {
    match body::media(request) {
        Media::Json => Ok((body::read(request, payload, DOCUMENT_BYTES).await?, SubmissionKind::Json)),
        Media::Multipart => {
            let fields = body::fields(request, payload, FILE_BYTES).await?;
            let (mut input, files) = Input::fields(fields)?;
            let kind = input.optional_word("kind", &["document", "file"])?.unwrap_or("document");
            let named = input.optional_text("media_type")?.filter(|media_type| !media_type.is_empty());
            input.end(&["kind", "media_type", "file"])?;
            let mut files = files.into_iter();
            let (Some(file), None) = (files.next().filter(|file| file.name == "file"), files.next()) else {
                return Err(Problem::from(Common::MultipartBad).at("file"));
            };
            if kind == "document" {
                return Ok((file.bytes, SubmissionKind::Json));
            }
            // What programs put there without having been told is no media type of anybody's.
            let claimed = file.media_type.filter(|claimed| claimed != "application/octet-stream");
            let name = file.file_name.unwrap_or_default();
            Ok((file.bytes, SubmissionKind::File { name, media_type: named.or(claimed) }))
        }
        Media::Other(_) => Err(Common::MediaTypeUnsupported.into()),
    }
}
