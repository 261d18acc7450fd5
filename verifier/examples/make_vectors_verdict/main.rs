//! Writes the vectors of whole verdicts, `vectors/verdict/`, and the trust bundles and status lists that they share:
//! `cargo run -p verifier --example make_vectors_verdict`.
//!
//! Everything in them comes from fixed keys and fixed times, so a second run writes the same bytes. What a vector
//! expects is stated here by hand, never asked of the library; the tests ask the library.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

mod cases;

use std::fs;
use std::path::Path;

fn main() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors").join("verdict");
    if folder.is_dir() {
        fs::remove_dir_all(&folder).expect("the folder can be removed");
    }
    fs::create_dir_all(folder.join("common")).expect("the folder can be made");
    let files = cases::files();
    for (path, text) in &files {
        fs::write(folder.join(path), text).expect("the file can be written");
    }
    println!("{} files in {}", files.len(), folder.display());
}
