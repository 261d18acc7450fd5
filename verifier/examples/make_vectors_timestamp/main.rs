//! Makes the vectors of timestamps, `vectors/timestamp/`:
//!
//! ```text
//! cargo run -p verifier --example make_vectors_timestamp            the vectors, of what is in made/
//! cargo run -p verifier --example make_vectors_timestamp -- new     made/ anew, with openssl and fresh keys
//! ```
//!
//! Tokens can't come out the same twice, for their keys are made for them and thrown away. So they were made once and lie
//! in `made/`; the certificates are good until 2125. What is expected of a case is written down here, not computed.
//! The tokens are over the checkpoint of `vectors/verdict/level-2.json`, so that whole verdicts use them too.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

#[allow(dead_code)] // the tests make more of it than this
#[path = "../../tests/timestamp/authority.rs"]
mod authority;
mod cases;
mod new;

use std::path::PathBuf;

fn main() {
    if std::env::args().nth(1).as_deref() == Some("new") {
        new::make();
    }
    cases::write();
}

fn crate_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Where the tokens lie.
fn made(name: &str) -> PathBuf {
    crate_folder().join("examples/make_vectors_timestamp/made").join(format!("{name}.der"))
}

/// The checkpoint that is stamped.
fn checkpoint_text() -> String {
    let file = std::fs::read(crate_folder().join("vectors/verdict/level-2.json")).unwrap();
    let case: serde_json::Value = serde_json::from_slice(&file).unwrap();
    let certificate = verifier::base64::decode(case["certificate"].as_str().unwrap()).unwrap();
    let certificate = verifier::certificate::Certificate::parse(&certificate).unwrap();
    certificate.tlog_proof().unwrap().note().text().to_owned()
}
