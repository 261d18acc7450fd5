//! Makes the vectors of json, number, core, disclosure, anchor, key-event, certificate, batch-file, qr and pdf:
//!
//! ```text
//! cargo run -p verifier --example make_vectors_b
//! ```
//!
//! The same files come out every time. What is expected of a case is written down here, not computed: a case whose
//! expectation the library does not share is a bug in one of the two, and `tests/vectors_b.rs` says so. Cores, payloads
//! and negative cases are put together by hand, byte for byte.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects
)]

mod anchor;
mod batch_file;
mod certificate;
mod core;
mod disclosure;
mod documents;
mod json;
mod key_event;
mod number;
mod pdf;
mod pdf_file;
mod qr;
mod raw;
mod signed;

use serde_json::Value;
use std::path::PathBuf;

fn main() {
    json::make(&Page::open("json"));
    number::make(&Page::open("number"));
    core::make(&Page::open("core"));
    disclosure::make(&Page::open("disclosure"));
    anchor::make(&Page::open("anchor"));
    key_event::make(&Page::open("key-event"));
    certificate::make(&Page::open("certificate"));
    batch_file::make(&Page::open("batch-file"));
    qr::make(&Page::open("qr"));
    pdf::make(&Page::open("pdf"));
}

/// A folder of vectors, emptied when it is opened.
struct Page {
    folder: PathBuf,
}

impl Page {
    fn open(name: &str) -> Page {
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("vectors").join(name);
        std::fs::create_dir_all(&folder).unwrap();
        for old in std::fs::read_dir(&folder).unwrap() {
            std::fs::remove_file(old.unwrap().path()).unwrap();
        }
        Page { folder }
    }

    /// Writes `NAME.json`.
    fn case(&self, name: &str, case: Value) {
        let path = self.folder.join(format!("{name}.json"));
        assert!(!path.exists(), "{name} stands twice");
        std::fs::write(path, serde_json::to_string_pretty(&case).unwrap() + "\n").unwrap();
    }
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    verifier::base64::encode(bytes.as_ref())
}

fn base64url(bytes: impl AsRef<[u8]>) -> String {
    verifier::base64::encode_url(bytes.as_ref())
}
