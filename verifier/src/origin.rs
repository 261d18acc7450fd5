//! An office's own name of its ledger, and the names of its keys (spec page `notes.md`).
//!
//! Here: [`Origin`]. A publisher of trust bundles has a name of the same form. Not here: the keys, see `key`.
//!
//! ```
//! use verifier::origin::Origin;
//!
//! let origin = Origin::parse("credit.example.gov.cn/ledger")?;
//! assert_eq!(origin.batch_key_name(), "credit.example.gov.cn/ledger/batch");
//! assert_eq!(origin.host(), "credit.example.gov.cn");
//! # Ok::<(), verifier::error::Refused>(())
//! ```

use crate::error::Refused;
use crate::limits::ORIGIN_BYTES;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;

/// What follows the origin in the names of its keys. No origin ends in one, or the name of one office's ledger
/// key could be the name of another's batch key.
const KEY_SUFFIXES: [&str; 5] = ["/batch", "/status", "/pdf", "/witness", "/root"];

/// The name of a ledger: lower-case letters, digits, `.`, `-`, `_` and `/`, beginning and ending with a letter or
/// digit, no `//`, at most 80 bytes, the last part none of batch, status, pdf, witness, root.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Origin(String);

impl Origin {
    /// Reads a name; refuses one that is not of the form.
    pub fn parse(text: &str) -> Result<Origin, Refused> {
        let refuse = |what: &str| Err(Refused::new("origin", "", what));
        if text.is_empty() || text.len() > ORIGIN_BYTES {
            return refuse("has to be 1 to 80 characters long");
        }
        let edge = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        if !text.chars().all(|c| edge(c) || matches!(c, '.' | '-' | '_' | '/')) {
            return refuse("may hold only lower-case letters, digits, '.', '-', '_' and '/'");
        }
        if !text.starts_with(edge) || !text.ends_with(edge) {
            return refuse("has to begin and end with a lower-case letter or digit");
        }
        if text.contains("//") {
            return refuse("may not hold '//'");
        }
        if KEY_SUFFIXES.iter().any(|suffix| text.ends_with(suffix)) {
            return refuse("may not end in /batch, /status, /pdf, /witness or /root, which name keys");
        }
        Ok(Origin(text.to_string()))
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part before the first `/`.
    pub fn host(&self) -> &str {
        self.0.split('/').next().unwrap_or(&self.0)
    }

    /// Name of the key that signs checkpoints.
    pub fn ledger_key_name(&self) -> String {
        self.0.clone()
    }

    /// Name of the key that signs batch notes.
    pub fn batch_key_name(&self) -> String {
        format!("{}/batch", self.0)
    }

    /// Name of the key that signs status notes.
    pub fn status_key_name(&self) -> String {
        format!("{}/status", self.0)
    }

    /// Name of the key that signs PDF files.
    pub fn pdf_key_name(&self) -> String {
        format!("{}/pdf", self.0)
    }

    /// Name of the key that cosigns other ledgers' checkpoints.
    pub fn witness_key_name(&self) -> String {
        format!("{}/witness", self.0)
    }

    /// Name of the key that signs trust bundles, of a publisher.
    pub fn root_key_name(&self) -> String {
        format!("{}/root", self.0)
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn form() {
        for good in ["a", "0", "credit.example.gov.cn/ledger", "a/b_c-d.e/9", &"a".repeat(80)] {
            assert_eq!(Origin::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            "A",
            "a/",
            "/a",
            "a//b",
            "a b",
            "a+b",
            "a\n",
            "信",
            ".a",
            "a.",
            "x/batch",
            "x/root",
            "a:1",
            &"a".repeat(81),
        ] {
            assert!(Origin::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(Origin::parse("x.cn").unwrap().host(), "x.cn");
        assert_eq!(Origin::parse("x.cn").unwrap().root_key_name(), "x.cn/root");
    }
}
