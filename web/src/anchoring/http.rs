//! A gateway to a chain without an open interface (spec page `anchor.md`): the digest goes there, the answer is kept as it
//! comes.
//!
//! ```text
//! POST <url>   {"format":"xinzheng/anchor/v1","origin":"…","size":4711,"digest":"<64 hex digits>","checkpoint":"…"}
//! 200          anything, at most 64 KiB: kept verbatim, with its type and the time
//! ```
//!
//! Nobody but the gateway can tell what its answer means, so nothing is made of it, and it raises no level. A gateway is not
//! remembered to have been asked: after a crash it is asked again.

use notary::anchor::Work;
use serde_json::json;
use verifier::anchor::{Anchor, Evidence, Http};
use verifier::limits::{ANCHOR_ANSWER_BYTES, CONTENT_TYPE_BYTES};
use verifier::time::Time;

use super::client::{Client, Failed, Step};
use crate::outgoing::{Bounds, Outgoing};
use crate::settings::HttpSettings;

/// Bytes of a token.
const TOKEN_BYTES: u64 = 4 << 10;

/// The client of one gateway.
pub struct Gateway {
    url: String,
    settings: HttpSettings,
}

impl Gateway {
    /// The gateway at this address.
    pub fn new(url: &str, settings: HttpSettings) -> Gateway {
        Gateway { url: url.to_string(), settings }
    }

    fn go(&self, work: &Work, outgoing: &Outgoing, now: Time) -> Result<Step, Failed> {
        let head = work.head();
        let digest: String = work.digest().as_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        // Members are written in this order.
        let body = format!(
            "{{\"format\":\"xinzheng/anchor/v1\",\"origin\":{},\"size\":{},\"digest\":\"{digest}\",\"checkpoint\":{}}}",
            json!(head.checkpoint.origin().to_string()),
            head.checkpoint.size(),
            json!(head.note.text()),
        );
        let token = self.token()?;
        let header = token.as_deref().map(|token| (self.settings.token_header.as_str(), token));
        let bounds = Bounds { bytes: ANCHOR_ANSWER_BYTES as u64, ..Bounds::small() };
        let answer = outgoing.post_with(&self.url, "application/json", header, body.as_bytes(), &bounds)?;
        if !matches!(answer.status(), 200 | 201) {
            return Err(Failed::new(&format!("refused-{}", answer.status()), ""));
        }
        let plain = |text: &&str| text.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        let content_type = Some(answer.content_type()).filter(plain).unwrap_or_default();
        let content_type =
            if content_type.len() > CONTENT_TYPE_BYTES { "" } else { content_type }.to_string();
        let http = Http { address: self.url.clone(), at: now, content_type, answer: answer.into_body() };
        let anchor = Anchor::new(work.target().label(), head.note.clone(), Evidence::Http(http));
        let anchor = anchor.map_err(|refused| Failed::new("unreadable", refused.to_string()))?;
        Ok(Step::Done(Box::new(anchor)))
    }

    /// The first line of the token's file, read each time: a new one needs no restart.
    fn token(&self) -> Result<Option<String>, Failed> {
        use std::io::Read as _;
        let Some(path) = &self.settings.token_file else { return Ok(None) };
        let bad = || Failed::new("token", "");
        let mut text = String::new();
        let file = std::fs::File::open(path).map_err(|_| bad())?;
        file.take(TOKEN_BYTES).read_to_string(&mut text).map_err(|_| bad())?;
        let token = text.lines().next().unwrap_or_default().trim();
        let fits = !token.is_empty() && token.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        if fits { Ok(Some(token.to_string())) } else { Err(bad()) }
    }
}

impl Client for Gateway {
    fn step(&mut self, work: &Work, outgoing: &Outgoing, now: Time) -> Step {
        match self.go(work, outgoing, now) {
            Ok(step) => step,
            Err(failed) => Step::Failed(failed),
        }
    }
}
