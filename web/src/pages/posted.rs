//! What a form sent: fields and at most one file, from `multipart/form-data` or `application/x-www-form-urlencoded`.
//!
//! ```text
//! text=2026…            case=…            file=(bytes)
//! ```
//!
//! Everything is counted while it arrives: parts, bytes of a field, bytes of the file. Names and media types that the
//! sender gives a file are not looked at.

use std::collections::BTreeMap;

use actix_multipart::Multipart;
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::{Bytes, Form, FormConfig};
use actix_web::{Error, FromRequest, HttpRequest};
use futures_util::TryStreamExt;

use crate::intake::FILE_BYTES;
use crate::problem::{Common, Problem, of_error};

/// Parts of one form.
const PARTS_MAX: usize = 24;
/// Bytes of one field: a QR code's text has 8 KiB at most.
pub const FIELD_BYTES: usize = 16 << 10;
/// Bytes of a form without a file.
const FORM_BYTES: usize = 64 << 10;

/// What a form sent.
#[derive(Debug, Default)]
pub struct Posted {
    fields: BTreeMap<String, String>,
    file: Option<Bytes>,
}

impl Posted {
    /// Reads the form. A field that comes twice counts once, as it came first.
    ///
    /// # Errors
    /// `BODY_LARGE`, `MULTIPART_BAD`, `FORM_BAD`, `MEDIA_TYPE_UNSUPPORTED`.
    pub async fn read(request: &HttpRequest, payload: &mut Payload) -> Result<Posted, Problem> {
        let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let kind = kind.unwrap_or_default().to_ascii_lowercase();
        match kind.starts_with("multipart/form-data") {
            true => Posted::parts(Multipart::from_request(request, payload).await).await,
            false => Posted::pairs(request, payload).await,
        }
    }

    /// A field; empty where it was not sent.
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", String::as_str)
    }

    /// Whether a field was sent at all.
    pub fn has(&self, name: &str) -> bool {
        self.fields.contains_key(name)
    }

    /// The file, if one was chosen.
    pub fn file(&self) -> Option<Bytes> {
        self.file.clone()
    }

    /// Fields that nobody sent, for tests of what reads them.
    #[cfg(test)]
    pub fn of(pairs: &[(&str, &str)]) -> Posted {
        let fields = pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect();
        Posted { fields, file: None }
    }

    async fn parts(form: Result<Multipart, Error>) -> Result<Posted, Problem> {
        let mut form = form.map_err(|error| of_error(&error))?;
        let mut posted = Posted::default();
        for _ in 0..PARTS_MAX {
            let Some(mut part) = form.try_next().await.map_err(|error| of_error(&error.into()))? else {
                return Ok(posted);
            };
            let name = part.name().unwrap_or_default().to_string();
            let is_file = name == "file";
            let limit = if is_file { FILE_BYTES } else { FIELD_BYTES };
            let bytes = part.bytes(limit).await.map_err(|_| Common::BodyLarge.problem())?;
            let bytes = bytes.map_err(|error| of_error(&error.into()))?;
            if is_file {
                if posted.file.is_none() && !bytes.is_empty() {
                    posted.file = Some(bytes);
                }
                continue;
            }
            // A picture as text is no text; what it was meant for will say what is missing.
            let text = String::from_utf8_lossy(&bytes).into_owned();
            posted.fields.entry(name).or_insert(text);
        }
        Err(Common::MultipartBad.problem())
    }

    async fn pairs(request: &HttpRequest, payload: &mut Payload) -> Result<Posted, Problem> {
        let read = Form::<Vec<(String, String)>>::from_request(request, payload).await;
        let pairs = read.map_err(|error| of_error(&error))?.into_inner();
        let mut posted = Posted::default();
        for (name, value) in pairs.into_iter().take(PARTS_MAX) {
            posted.fields.entry(name).or_insert(value);
        }
        Ok(posted)
    }
}

/// How long a form may be that has no file.
pub fn limits() -> FormConfig {
    FormConfig::default().limit(FORM_BYTES)
}
