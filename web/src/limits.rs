//! What a request may cost: bytes of body, time, and how many at once.
//!
//! ```text
//! GET and HEAD                       1 KiB     30 s
//! forms                             64 KiB     30 s
//! pictures, PDF, .xzc, CSV          16 MiB    120 s      /verify, /window, evidence of an objection, …
//! documents and files               65 MiB    120 s      /api/v1/…, /operator…
//! ```
//!
//! A body must arrive at [`BODY_BYTES_A_SECOND`] after a first [`BODY_GRACE`]; all bodies that are being read share
//! [`BODIES_BYTES`]. A new route that takes more than a form has a line in [`UPLOADS`]. What a route makes of a body
//! (pixels of a picture, rows of a list) has its limit there.

mod body;

use std::time::Duration;

use actix_web::http::Method;

pub use body::{Budget, Cut, Meter, guard};

/// A request's head must be there within this time, and a TLS handshake done.
pub const HEAD_TIME: Duration = Duration::from_secs(10);
/// An idle connection is kept so long.
pub const KEEP_ALIVE: Duration = Duration::from_secs(30);
/// A closing connection may take so long.
pub const DISCONNECT_TIME: Duration = Duration::from_secs(5);
/// Requests under way when the server stops may take so long, in seconds.
pub const SHUTDOWN_SECONDS: u64 = 30;
/// Connections at a time, each worker.
pub const CONNECTIONS: usize = 2_000;
/// Requests being answered at a time; more are told to come again.
pub const IN_FLIGHT: u64 = 1_024;
/// A refused request is to come again after so many seconds.
pub const BUSY_RETRY_S: u32 = 2;
/// Bytes of bodies held at a time by all requests together.
pub const BODIES_BYTES: u64 = 512 << 20;
/// A body may take so long before its pace counts.
pub const BODY_GRACE: Duration = Duration::from_secs(10);
/// A body must come at least so fast.
pub const BODY_BYTES_A_SECOND: u64 = 16 << 10;

/// A request that only reads carries nothing.
const READ_BYTES: u64 = 1 << 10;
/// A form's fields.
const FORM_BYTES: u64 = 64 << 10;
/// A picture, a PDF, a list of window codes.
const PICTURE_BYTES: u64 = 16 << 20;
/// A file of 64 MiB and what multipart puts around it.
pub const BODY_BYTES_MAX: u64 = 65 << 20;

const READ_TIME: Duration = Duration::from_secs(30);
const UPLOAD_TIME: Duration = Duration::from_secs(120);

/// Where more than a form is taken in: the beginning of the address, and bytes.
const UPLOADS: &[(&str, u64)] = &[
    ("/api/", BODY_BYTES_MAX),
    ("/operator", BODY_BYTES_MAX),
    ("/holder/certificates", PICTURE_BYTES),
    ("/verify", PICTURE_BYTES),
    ("/window", PICTURE_BYTES),
    ("/batches/entry", PICTURE_BYTES),
    ("/witness/add-checkpoint", verifier::limits::WITNESS_REQUEST_BYTES as u64),
];

/// What one request may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of its body.
    pub body: u64,
    /// Until it is answered.
    pub time: Duration,
    /// Until the pace of its body counts.
    pub grace: Duration,
}

/// The limits of a request.
pub fn limits(method: &Method, path: &str) -> Limits {
    let grace = BODY_GRACE;
    if matches!(*method, Method::GET | Method::HEAD) {
        return Limits { body: READ_BYTES, time: READ_TIME, grace };
    }
    match UPLOADS.iter().find(|(start, _)| path.starts_with(start)) {
        Some((_, body)) => Limits { body: *body, time: UPLOAD_TIME, grace },
        None => Limits { body: FORM_BYTES, time: READ_TIME, grace },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_named_takes_more_than_a_form() {
        assert_eq!(limits(&Method::GET, "/api/v1/documents").body, READ_BYTES);
        assert_eq!(limits(&Method::POST, "/sign-in").body, FORM_BYTES);
        assert_eq!(limits(&Method::POST, "/nowhere").body, FORM_BYTES);
        assert_eq!(limits(&Method::POST, "/api/v1/documents").body, BODY_BYTES_MAX);
        assert_eq!(limits(&Method::POST, "/verify").body, PICTURE_BYTES);
    }
}
