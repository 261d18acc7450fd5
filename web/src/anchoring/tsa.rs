//! A timestamp authority over HTTP (RFC 3161 §3.4).
//!
//! ```text
//! POST application/timestamp-query     SHA-256 of the checkpoint's text, a fresh nonce, certificates wanted
//! 200  application/timestamp-reply     granted, a token: verified against the bundle's authority of this label, then kept
//! ```
//!
//! Asking again costs nothing, so nothing is noted before. Not here: reading tokens (`verifier::timestamp`).

use notary::anchor::Work;
use verifier::anchor::{Anchor, Evidence, Rfc3161};
use verifier::limits::TIMESTAMP_ANSWER_BYTES;
use verifier::time::Time;
use verifier::timestamp::{self, Policy, TimestampError};

use super::client::{Client, Failed, Step};
use crate::outgoing::{Answer, Bounds, Outgoing};

const QUERY: &str = "application/timestamp-query";
const REPLY: &str = "application/timestamp-reply";

/// The client of one authority.
pub struct Tsa {
    url: String,
    policy: Option<Policy>,
}

impl Tsa {
    /// The authority at this address; tokens under another policy than this one are refused.
    pub fn new(url: &str, policy: Option<Policy>) -> Tsa {
        Tsa { url: url.to_string(), policy }
    }

    fn ask(&self, work: &Work, outgoing: &Outgoing, now: Time) -> Result<Anchor, Failed> {
        let nonce = nonce().ok_or_else(|| Failed::new("random", "the system gave no random bytes"))?;
        let digest = work.digest();
        let request = timestamp::request(&digest, nonce, self.policy.as_ref());
        let bounds = Bounds { bytes: TIMESTAMP_ANSWER_BYTES as u64, ..Bounds::small() };
        let answer = outgoing.post(&self.url, QUERY, &request, &bounds)?;
        if answer.status() != 200 {
            return Err(Failed::new(&format!("refused-{}", answer.status()), ""));
        }
        if !is_reply(&answer) {
            return Err(Failed::new("content-type", answer.content_type()));
        }
        let policy = self.policy.as_ref();
        let token = timestamp::accept(answer.body(), &digest, nonce, policy, work.authorities(), now);
        let token = token.map_err(|error| Failed::new(kind(&error), error.to_string()))?;
        let evidence = Evidence::Rfc3161(Rfc3161 { token: token.as_der().to_vec(), chain: Vec::new() });
        Anchor::new(work.target().label(), work.head().note.clone(), evidence)
            .map_err(|refused| Failed::new("too-large", refused.to_string()))
    }
}

impl Client for Tsa {
    fn step(&mut self, work: &Work, outgoing: &Outgoing, now: Time) -> Step {
        match self.ask(work, outgoing, now) {
            Ok(anchor) => Step::Done(Box::new(anchor)),
            Err(failed) => Step::Failed(failed),
        }
    }
}

fn is_reply(answer: &Answer) -> bool {
    let kind = answer.content_type().split(';').next().unwrap_or_default();
    kind.trim().eq_ignore_ascii_case(REPLY)
}

fn nonce() -> Option<u64> {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).ok()?;
    Some(u64::from_be_bytes(bytes))
}

/// The word for the page and the metrics.
fn kind(error: &TimestampError) -> &'static str {
    match error {
        TimestampError::Malformed(_) => "unreadable",
        TimestampError::NotSupported(_) => "not-supported",
        TimestampError::Refused(_) => "rejected",
        TimestampError::DigestOther | TimestampError::NonceOther => "other-request",
        TimestampError::PolicyOther(_) => "policy",
        TimestampError::ChainBad(_) => "chain",
        TimestampError::TimeBad(_) => "time",
        _ => "signature",
    }
}
