//! Answers: JSON and files, with what may be kept of them and for how long.

use actix_web::HttpRequest;
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HeaderValue,
    IF_NONE_MATCH,
};
use serde::Serialize;
use verifier::hash::sha256;
use verifier::row::hex;

/// Media type of JSON.
pub const JSON: &str = "application/json";
/// Media type of a certificate file, a trust bundle, a status list: JSON and notes, told apart by their names.
pub const TEXT: &str = "text/plain; charset=utf-8";

/// For how long an answer may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// Not at all: it is somebody's.
    Never,
    /// Public, so many seconds.
    Public(u32),
    /// Public, and never another.
    Forever,
}

impl Keep {
    fn header(self) -> String {
        match self {
            Keep::Never => "no-store".to_owned(),
            Keep::Public(seconds) => format!("public, max-age={seconds}"),
            Keep::Forever => "public, max-age=31536000, immutable".to_owned(),
        }
    }

    fn is_public(self) -> bool {
        matches!(self, Keep::Public(_) | Keep::Forever)
    }
}

/// JSON with this status, kept by nobody.
pub fn json(status: StatusCode, value: &impl Serialize) -> HttpResponse {
    HttpResponse::build(status)
        .insert_header((CONTENT_TYPE, JSON))
        .insert_header((CACHE_CONTROL, Keep::Never.header()))
        .body(encoded(value))
}

/// JSON that may be kept.
pub fn kept_json(request: &HttpRequest, value: &impl Serialize, keep: Keep) -> HttpResponse {
    File { bytes: encoded(value), media_type: JSON, name: None, keep }.answer(request)
}

fn encoded(value: &impl Serialize) -> Vec<u8> {
    // Our own plain structures: that can't fail.
    serde_json::to_vec(value).unwrap_or_default()
}

/// Bytes to be answered with.
#[derive(Debug)]
pub struct File {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// Their media type.
    pub media_type: &'static str,
    /// Under which name they are saved; shown in the browser where there is none. Letters, digits, `.` and `-` only.
    pub name: Option<String>,
    /// For how long they may be kept.
    pub keep: Keep,
}

impl File {
    /// The answer: with an ETag, and 304 for whoever has it already.
    pub fn answer(self, request: &HttpRequest) -> HttpResponse {
        let (tag, known) = etag(request, &self.bytes);
        let mut answer = HttpResponse::build(if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
        answer.insert_header((CACHE_CONTROL, self.keep.header())).insert_header((ETAG, tag));
        if self.keep.is_public() {
            answer.insert_header((ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
        }
        if known {
            return answer.finish();
        }
        if let Some(Ok(name)) =
            self.name.map(|name| HeaderValue::from_str(&format!("attachment; filename=\"{name}\"")))
        {
            answer.insert_header((CONTENT_DISPOSITION, name));
        }
        answer.insert_header((CONTENT_TYPE, self.media_type)).body(self.bytes)
    }
}

/// The ETag of these bytes, and whether the caller has them already.
pub fn etag(request: &HttpRequest, bytes: &[u8]) -> (String, bool) {
    let tag = format!("\"{}\"", &hex(&sha256(&[bytes]))[..32]);
    let known = request.headers().get(IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    let known =
        known.is_some_and(|tags| tags.split(',').any(|other| other.trim().trim_start_matches("W/") == tag));
    (tag, known)
}
