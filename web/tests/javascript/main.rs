//! The verifier in plain scripts (`web/static/verifier/`), run by node: against the vectors, Wycheproof, and the verifier in
//! Rust, each with the browser's own Ed25519 and without `crypto.subtle`. Needs node (Debian package nodejs).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

mod differential;
#[path = "../../../tests/src/mutate.rs"]
#[allow(dead_code, missing_docs)]
mod mutate;
mod node;
mod signatures;
mod verdicts;
mod words;

use node::script;

#[test]
fn every_vector_is_judged_as_it_says() {
    script("vectors.js", &[]);
    script("vectors.js", &["--own"]);
}

#[test]
fn the_scripts_keep_to_what_old_browsers_understand() {
    script("syntax.js", &[]);
}

#[test]
fn a_browser_keeps_its_root_and_takes_nothing_older() {
    script("keeper.js", &[]);
}
