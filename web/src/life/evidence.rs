//! Evidence: files whose SHA-256 is kept and nothing else, and digests that are typed.
//!
//! ```text
//! files=处罚决定书更正函.pdf   →   sha256:9b1c…      the file itself is kept by whoever sent it
//! evidence=sha256:9b1c… sm3:…       one a line, or between spaces
//! ```

use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::desk::posted::Posted;

/// Digests that are looked at; how many a case has is its own limit.
const TYPED_MAX: usize = 200;

/// The digests of a form, typed ones first. They are also what its text box shows again, so that nothing has to be
/// chosen twice.
pub fn of_form(posted: &Posted) -> Vec<String> {
    let mut digests = typed(posted.field("evidence"));
    for file in &posted.files {
        let digest = of_bytes(&file.bytes);
        if !digests.contains(&digest) {
            digests.push(digest);
        }
    }
    digests
}

/// The digests of a text.
pub fn typed(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | '，' | ';' | '；' | '、'));
    let mut digests: Vec<String> = Vec::new();
    for word in words.filter(|word| !word.is_empty()).take(TYPED_MAX) {
        if !digests.iter().any(|known| known == word) {
            digests.push(word.to_owned());
        }
    }
    digests
}

fn of_bytes(bytes: &[u8]) -> String {
    let mut out = "sha256:".to_owned();
    for byte in Sha256::digest(bytes) {
        // Writing to a string can't fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_told_apart_however_they_are_typed() {
        assert_eq!(
            typed(" sha256:aa\r\nsha256:bb，sm3:cc  sha256:aa\n"),
            ["sha256:aa", "sha256:bb", "sm3:cc"]
        );
        assert!(typed(" \n，").is_empty());
        assert_eq!(of_bytes(b""), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
