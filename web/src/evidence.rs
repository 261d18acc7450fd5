//! Evidence packages (证据包) for people and programs: who may have one, and the file that it comes as.
//!
//! ```text
//! GET /api/v1/certificates/NUMBER/evidence       GET /holder/certificates/NUMBER.evidence.zip      GET /operator/…
//! ```
//!
//! Of a certificate that was replaced only the office makes one, for a dispute. What is in it: `notary::office`.

use std::fs;
use std::path::Path;

use notary::office::EvidenceTerms;
use sha2::{Digest, Sha256};

/// The program that verifies; it lies beside this one in a release.
const VERIFIER: &str = "xinzheng-verify";
/// Bytes of it at most.
const VERIFIER_BYTES: u64 = 256 << 20;

/// What the office does not know by itself: the digest of the program that verifies, where it is at hand.
#[must_use]
pub fn terms() -> EvidenceTerms {
    EvidenceTerms { verifier: std::env::current_exe().ok().and_then(|own| digest_beside(&own)) }
}

fn digest_beside(own: &Path) -> Option<String> {
    let path = own.with_file_name(format!("{VERIFIER}{}", std::env::consts::EXE_SUFFIX));
    let length = fs::metadata(&path).ok()?.len();
    let bytes = (length <= VERIFIER_BYTES).then(|| fs::read(&path).ok()).flatten()?;
    Some(Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The file's name.
#[must_use]
pub fn file_name(number: &str) -> String {
    format!("evidence-{number}.zip")
}
