//! Writes the vectors of trees, notes, status lists, trust bundles, tiles, times and entries:
//! `cargo run -p verifier --example make_vectors`.
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
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("vectors");
    let all = cases::all();
    for folder in cases::FOLDERS {
        let folder = root.join(folder);
        if folder.is_dir() {
            fs::remove_dir_all(&folder).expect("the folder can be removed");
        }
        fs::create_dir_all(&folder).expect("the folder can be made");
    }
    for case in &all {
        fs::write(root.join(case.path()), case.text()).expect("the vector can be written");
    }
    println!("{} vectors in {}", all.len(), root.display());
}
