//! Witnesses, both ways: this instance as a witness of other ledgers, and the loop that asks this ledger's witnesses.
//!
//! ```text
//! POST /witness/add-checkpoint          C2SP tlog-witness: cosignatures, or 400, 403, 404, 409, 422
//! GET  /witness/{hash}/checkpoint       the last head of a ledger that was cosigned here
//! GET  /witness                         whose key this is, for people; JSON with Accept: application/json
//! ```
//!
//! Here: HTTP. Not here: what may be cosigned and what is remembered ([`notary::witness`]), which cosignatures are kept
//! and what certificates make of them ([`notary::office`]). Issuing never waits for any of it.

mod asking;
mod endpoint;
mod exchange;
mod page;
mod watch;

use actix_web::guard::{Any, Get, Head};
use actix_web::web::{self, ServiceConfig};

pub use asking::run;
pub use page::{AskedRow, alarms, asked_rows, asleep};
pub use watch::{Alarm, Asked, AskedView};

/// What addresses of the witness begin with; tlog-witness calls it the submission prefix and the monitoring prefix.
pub const PREFIX: &str = "/witness";

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    let read = || web::route().guard(Any(Get()).or(Head()));
    config
        .route("/witness", read().to(page::show))
        .route("/witness/add-checkpoint", web::post().to(endpoint::add_checkpoint))
        .route("/witness/{hash:[0-9a-f]{64}}/checkpoint", read().to(endpoint::checkpoint));
}
