//! The service of a credit office: its pages, the interface for programs, the ledger as plain files, and the loop that seals.
//!
//! ```text
//! GET /                              what this is, in zh-CN or en
//! GET /v                             opened by QR codes: verifies in the browser, offline too
//! GET /health                        {"status":"ok","origin":"credit.example.gov.cn/ledger","size":41,"pending":0}
//! GET /ledger/checkpoint             the signed head
//! GET /ledger/tile/0/000.p/41        tiles, batches, public entries, status lists: verifier/spec/ledger.md
//! ```
//!
//! Here: everything asynchronous and everything of HTTP. Not here: what an office does (`notary`), which this only calls.
//! The trust bundle is handed out, too; who relies on it compares its root with what was learnt by other ways
//! (verifier/spec/trust.md).

#![cfg_attr(test, allow(clippy::unwrap_used))]

mod admin;
pub mod anchoring;
pub mod api;
pub mod audit_source;
pub mod checks;
pub mod client;
mod commitments;
mod desk;
pub mod evidence;
mod files;
mod health;
pub mod imports;
pub mod intake;
mod keyring_watch;
pub mod landing;
pub mod lang;
pub mod ledger_path;
mod life;
pub mod limits;
pub mod log;
mod metrics;
mod outer;
pub mod outgoing;
pub mod packed;
pub mod page;
mod pages;
pub mod problem;
pub mod rate;
pub mod request_id;
mod routes;
mod sealer;
mod server;
pub mod session;
pub mod settings;
pub mod static_files;
pub mod witnessing;

pub use server::{Running, ServeError, Shared, Targets, start};
pub use settings::Settings;
