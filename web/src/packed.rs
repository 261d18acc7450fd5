//! Bytes that are the same for everybody, compressed once, and answered with their version.
//!
//! ```text
//! Accept-Encoding: gzip               →  Content-Encoding: gzip, ETag "5d1c9a0e3b7f2a64-gzip"
//! If-None-Match: "5d1c9a0e3b7f2a64"   →  304
//! ```
//!
//! Here: which form goes out, and how long it may be kept. Not here: which address it has (`static_files`, `landing`).

use std::fmt::Write as _;
use std::io::Write as _;

use actix_web::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, IF_NONE_MATCH, VARY,
};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse};
use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

/// A versioned address may be kept for a year: other bytes have another one.
const KEEP: &str = "public, max-age=31536000, immutable";
/// What has no version is asked for again each time; its ETag keeps that cheap.
const ASK: &str = "no-cache";
/// Bytes of the SHA-256 that name a version.
const VERSION_BYTES: usize = 8;

/// The bytes, plain and compressed.
#[derive(Clone, Debug)]
pub struct Packed {
    kind: &'static str,
    plain: Bytes,
    gzip: Option<Bytes>,
    version: String,
}

impl Packed {
    /// Bytes of this media type. Compressed where that makes them smaller.
    #[must_use]
    pub fn new(kind: &'static str, plain: Bytes) -> Packed {
        let gzip = compressed(&plain).filter(|gzip| gzip.len() < plain.len());
        let version = version(&plain);
        Packed { kind, plain, gzip, version }
    }

    /// 16 hex digits that name these bytes.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How many bytes go out to a browser.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.gzip.as_ref().map_or(self.plain.len(), Bytes::len)
    }

    /// Answers with the bytes, or 304 where the caller has them. `keep` where the address names the version.
    #[must_use]
    pub fn answer(&self, request: &HttpRequest, keep: bool) -> HttpResponse {
        let gzip = self.gzip.as_ref().filter(|_| takes_gzip(request));
        let tag = format!("\"{}{}\"", self.version, if gzip.is_some() { "-gzip" } else { "" });
        let has = self.is_known(request);
        let mut answer = if has { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        answer.insert_header((ETAG, tag)).insert_header((CACHE_CONTROL, if keep { KEEP } else { ASK }));
        if self.gzip.is_some() {
            answer.insert_header((VARY, "Accept-Encoding"));
        }
        if has {
            return answer.finish();
        }
        if gzip.is_some() {
            answer.insert_header((CONTENT_ENCODING, "gzip"));
        }
        answer.insert_header((CONTENT_TYPE, self.kind)).body(gzip.unwrap_or(&self.plain).clone())
    }

    /// Whether the caller names either form of these bytes.
    fn is_known(&self, request: &HttpRequest) -> bool {
        let tags =
            request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
        tags.split(',').any(|tag| {
            let tag = tag.trim().trim_start_matches("W/").trim_matches('"');
            tag.strip_suffix("-gzip").unwrap_or(tag) == self.version
        })
    }
}

/// The version of these bytes: 16 hex digits.
#[must_use]
pub fn version(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * VERSION_BYTES);
    for byte in Sha256::digest(bytes).iter().take(VERSION_BYTES) {
        // Writing to a string can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn compressed(plain: &[u8]) -> Option<Bytes> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).ok()?;
    encoder.finish().ok().map(Bytes::from)
}

/// Whether gzip is among the encodings that the caller takes, and not with the weight 0.
fn takes_gzip(request: &HttpRequest) -> bool {
    let accepted =
        request.headers().get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
    accepted.split(',').any(|one| {
        let mut parts = one.split(';').map(str::trim);
        let named = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        named && !parts.any(|weight| matches!(weight, "q=0" | "q=0.0" | "q=0.00" | "q=0.000"))
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use actix_web::body::to_bytes;
    use actix_web::rt::System;
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn compressed_for_those_who_take_it() {
        let packed = Packed::new("text/plain", Bytes::from("a".repeat(1000)));
        let answer = |encoding: &str, tag: &str| {
            let request = TestRequest::get()
                .insert_header((ACCEPT_ENCODING, encoding))
                .insert_header((IF_NONE_MATCH, tag));
            packed.answer(&request.to_http_request(), true)
        };
        let body = |answer: HttpResponse| System::new().block_on(to_bytes(answer.into_body())).unwrap();
        let gzip = answer("br, gzip;q=0.5", "");
        assert_eq!(gzip.headers().get(CONTENT_ENCODING).unwrap(), "gzip");
        let mut text = String::new();
        flate2::read::GzDecoder::new(&*body(gzip)).read_to_string(&mut text).unwrap();
        assert_eq!(text, "a".repeat(1000));
        for none in ["", "br", "gzip;q=0", "xgzip"] {
            let plain = answer(none, "");
            assert!(plain.headers().get(CONTENT_ENCODING).is_none(), "{none}");
            assert_eq!(body(plain).len(), 1000, "{none}");
        }
        for known in [format!("\"{}\"", packed.version()), format!("W/\"x\", \"{}-gzip\"", packed.version())]
        {
            assert_eq!(answer("gzip", &known).status(), 304, "{known}");
        }
        assert_eq!(answer("gzip", "\"0000000000000000\"").status(), 200);
    }
}
