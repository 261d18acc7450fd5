//! The id of one request, which its answer, its log line and its problem share.
//!
//! ```text
//! X-Request-Id: 9f3c61d20b7a4e58-000001a4
//! ```
//!
//! One is made for every request; one that a trusted proxy sends along is kept, if it is well formed.

use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::atomic::{AtomicU64, Ordering};

use actix_web::dev::Payload;
use actix_web::http::header::HeaderMap;
use actix_web::{FromRequest, HttpMessage, HttpRequest};

/// The header that holds it, in requests of trusted proxies and in every answer.
pub const HEADER: &str = "x-request-id";
/// A proxy's id has at most so many characters.
const LENGTH_MAX: usize = 64;

/// The id of a request. An extractor that never fails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The id as text; empty outside of a server.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What a trusted proxy sent, if it is 1 to 64 letters, digits, `-`, `_` and `.`.
    pub fn sent(headers: &HeaderMap) -> Option<RequestId> {
        let text = headers.get(HEADER)?.to_str().ok()?;
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
        let fits = (1..=LENGTH_MAX).contains(&text.len()) && text.bytes().all(plain);
        fits.then(|| RequestId(text.to_string()))
    }
}

impl FromRequest for RequestId {
    type Error = Infallible;
    type Future = Ready<Result<RequestId, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(request.extensions().get::<RequestId>().cloned().unwrap_or_default()))
    }
}

/// Makes ids: a random part for this run of the server, and a count.
pub struct RequestIds {
    run: u64,
    count: AtomicU64,
}

impl RequestIds {
    /// With a new random part.
    pub fn new() -> RequestIds {
        let mut run = [0; 8];
        // Ids are told apart for people who look for them; without randomness they still differ within a run.
        let _ = getrandom::fill(&mut run);
        RequestIds { run: u64::from_be_bytes(run), count: AtomicU64::new(1) }
    }

    /// The next one.
    pub fn next(&self) -> RequestId {
        RequestId(format!("{:016x}-{:08x}", self.run, self.count.fetch_add(1, Ordering::Relaxed)))
    }
}

impl Default for RequestIds {
    fn default() -> RequestIds {
        RequestIds::new()
    }
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{HeaderName, HeaderValue};

    use super::*;

    #[test]
    fn ids_differ_within_a_run_and_between_runs() {
        let ids = RequestIds::new();
        assert_ne!(ids.next(), ids.next());
        assert_ne!(ids.next().as_str()[..16], RequestIds::new().next().as_str()[..16]);
    }

    #[test]
    fn only_a_plain_id_is_taken_over() {
        let sent = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(HeaderName::from_static(HEADER), HeaderValue::from_str(text).unwrap());
            RequestId::sent(&headers).map(|id| id.0)
        };
        assert_eq!(sent("abc-1_2.3"), Some("abc-1_2.3".to_string()));
        for bad in ["", "a b", "a\"b", "<x>", &"a".repeat(65)] {
            assert_eq!(sent(bad), None, "{bad}");
        }
    }
}
