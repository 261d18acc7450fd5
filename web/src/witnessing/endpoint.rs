//! The addresses that programs ask, exactly as C2SP tlog-witness v1 has them. No session, no token: the signature on the
//! checkpoint is all that counts.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_TYPE};
use actix_web::web::{self, Bytes, Data, Path};
use notary::witness::Refused;
use verifier::witnessing::SIZE_TYPE;

use crate::client::Client;
use crate::problem::{Common, Problem};
use crate::server::Shared;

const TEXT: &str = "text/plain; charset=utf-8";

/// `POST /witness/add-checkpoint`.
pub async fn add_checkpoint(
    client: Client,
    shared: Data<Shared>,
    body: Bytes,
) -> Result<HttpResponse, Problem> {
    shared.rates().decode(&client)?;
    // A verified signature, and a write that is waited for.
    let answer = web::block(move || shared.office().cosign(&body)).await;
    Ok(match answer.map_err(|_| Common::Internal.problem())? {
        Ok(lines) => {
            let text: String = lines.iter().map(|line| line.encode() + "\n").collect();
            HttpResponse::Ok().insert_header((CONTENT_TYPE, TEXT)).body(text)
        }
        Err(Refused::Conflict { size }) => {
            HttpResponse::Conflict().insert_header((CONTENT_TYPE, SIZE_TYPE)).body(format!("{size}\n"))
        }
        // What stands behind a fault of this instance is for its operators.
        Err(Refused::Failed(_)) => {
            HttpResponse::ServiceUnavailable().insert_header((CONTENT_TYPE, TEXT)).body("not available\n")
        }
        Err(refused) => {
            let status = StatusCode::from_u16(refused.status()).unwrap_or(StatusCode::BAD_REQUEST);
            HttpResponse::build(status).insert_header((CONTENT_TYPE, TEXT)).body(format!("{refused}\n"))
        }
    })
}

/// `GET /witness/{hash}/checkpoint`.
pub async fn checkpoint(hash: Path<String>, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let found = shared.office().witness().and_then(|witness| witness.checkpoint(&hash));
    let text = found.ok_or_else(|| Common::NotFound.problem())?;
    Ok(HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, TEXT))
        .insert_header((CACHE_CONTROL, "public, max-age=5"))
        .insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .body(text))
}
