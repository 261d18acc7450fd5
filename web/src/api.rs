//! The interface for programs: `/api/v1`, described by `web/openapi/openapi.json`.
//!
//! ```text
//! POST /api/v1/documents                     a document in, a certificate out
//! POST /api/v1/verify                        a file, a QR text or a window code in, a verdict out
//! GET  /api/v1/batches/7                     the ledger, as JSON
//! ```
//!
//! Here: addresses, bodies, answers. Each module says what its addresses do. Not here: what an office does (`notary`), what
//! is recognised and how it is judged (`intake`), how an error looks (`problem`).
//!
//! Rules that hold everywhere: a body has a named limit and one of the media types that the description names; a member or
//! parameter that nobody knows is refused with its place; another method is 405 with `Allow`; what belongs to somebody is
//! `no-store`.

mod anchors;
mod answer;
mod body;
mod cases;
mod certificate_status;
pub(crate) mod certificates;
mod checks;
mod commitments;
pub mod describe;
mod disclosures;
mod documents;
mod health;
mod imports;
mod input;
pub mod jobs;
mod ledger;
mod life;
mod route;
mod verifications;
mod verify;
pub(crate) mod zip;

use actix_web::web::ServiceConfig;
pub(crate) use answer::etag;

use route::Address;

/// Under which everything of this interface lies.
pub const ROOT: &str = "/api/v1";

/// All addresses.
pub fn configure(config: &mut ServiceConfig) {
    route::register(config, addresses());
    describe::configure(config);
}

/// Every method and address below [`ROOT`], as they are registered; `{name}` stands for what varies.
pub fn described() -> Vec<(&'static str, &'static str)> {
    addresses().iter().map(|address| (address.method(), address.path())).collect()
}

fn addresses() -> Vec<Address> {
    [
        documents::addresses(),
        certificates::addresses(),
        certificate_status::addresses(),
        life::addresses(),
        cases::addresses(),
        verify::addresses(),
        verifications::addresses(),
        jobs::addresses(),
        imports::addresses(),
        checks::addresses(),
        commitments::addresses(),
        disclosures::addresses(),
        ledger::addresses(),
        anchors::addresses(),
        health::addresses(),
        describe::addresses(),
    ]
    .into_iter()
    .flatten()
    .collect()
}
