//! Bodies of requests: their media type, and their bytes within a limit.
//!
//! ```text
//! application/json            one JSON document
//! multipart/form-data         fields, and one file among them
//! anything else               the file itself
//! ```
//!
//! What a route takes is far below what the server lets through for all of them together (`limits`).

use actix_multipart::Multipart;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::web::Payload;
use actix_web::{HttpRequest, error::PayloadError};
use futures_util::{StreamExt, TryStreamExt};

use crate::problem::{Common, Problem, of_error};

/// Fields of a multipart body.
const FIELDS_MAX: usize = 16;
/// Bytes of a field that is no file.
const FIELD_BYTES: usize = 16 << 10;
/// Bytes that boundaries and headers of a multipart body may have besides its parts.
const OVERHEAD: usize = 64 << 10;

/// What kind of body it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/json`.
    Json,
    /// `multipart/form-data`.
    Multipart,
    /// Another; in lower case, without parameters. Empty where none is named.
    Other(String),
}

/// The body's media type.
pub fn media(request: &HttpRequest) -> Media {
    let value = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" => Media::Json,
        "multipart/form-data" => Media::Multipart,
        _ => Media::Other(essence),
    }
}

/// Appends within a limit.
fn push(held: &mut Vec<u8>, more: &[u8], limit: usize) -> Result<(), Problem> {
    if held.len().saturating_add(more.len()) > limit {
        return Err(Common::BodyLarge.into());
    }
    held.extend_from_slice(more);
    Ok(())
}

/// The whole body, at most `limit` bytes.
///
/// # Errors
/// `BODY_LARGE`, `REQUEST_BAD` where it ends early.
pub async fn read(request: &HttpRequest, mut payload: Payload, limit: usize) -> Result<Vec<u8>, Problem> {
    refuse_announced(request, limit)?;
    let mut held = Vec::new();
    while let Some(chunk) = payload.next().await {
        push(&mut held, &chunk.map_err(of_payload)?, limit)?;
    }
    Ok(held)
}

/// One field of a multipart body.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// The name of the file, where it is one; without folders.
    pub file_name: Option<String>,
    /// The media type that it claims.
    pub media_type: Option<String>,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Field {
    /// Its text, where it is one.
    ///
    /// # Errors
    /// `MULTIPART_BAD` with its name where it is not UTF-8.
    pub fn text(&self) -> Result<&str, Problem> {
        std::str::from_utf8(&self.bytes)
            .map_err(|_| Problem::from(Common::MultipartBad).at(self.name.clone()))
    }
}

/// The fields of a multipart body; files have at most `limit` bytes together.
///
/// # Errors
/// `MULTIPART_BAD`, `BODY_LARGE`.
pub async fn fields(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Vec<Field>, Problem> {
    refuse_announced(request, limit.saturating_add(OVERHEAD))?;
    let mut parts = Multipart::new(request.headers(), payload.map_err(PayloadError::from));
    let mut fields: Vec<Field> = Vec::new();
    let mut left = limit;
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(|error| of_error(&error.into()))?;
        if fields.len() == FIELDS_MAX {
            return Err(Common::MultipartBad.into());
        }
        let disposition = part.content_disposition();
        let file_name = disposition.and_then(|given| given.get_filename()).map(base_name);
        let name = part.name().unwrap_or_default().to_owned();
        if name.is_empty() || name.len() > 64 || fields.iter().any(|field| field.name == name) {
            return Err(Problem::from(Common::MultipartBad).at(shown(&name)));
        }
        let media_type = part.content_type().map(|mime| mime.essence_str().to_owned());
        let most = if file_name.is_some() { left } else { FIELD_BYTES };
        let mut held = Vec::new();
        while let Some(chunk) = part.next().await {
            push(&mut held, &chunk.map_err(|error| of_error(&error.into()))?, most)?;
        }
        if file_name.is_some() {
            left = left.saturating_sub(held.len());
        }
        fields.push(Field { name, file_name, media_type, bytes: held });
    }
    Ok(fields)
}

/// A body that says that it is too large is not read at all.
fn refuse_announced(request: &HttpRequest, limit: usize) -> Result<(), Problem> {
    let length = request.headers().get("content-length").and_then(|value| value.to_str().ok());
    match length.and_then(|length| length.parse::<u64>().ok()) {
        Some(length) if usize::try_from(length).map_or(true, |length| length > limit) => {
            Err(Common::BodyLarge.into())
        }
        _ => Ok(()),
    }
}

fn of_payload(error: PayloadError) -> Problem {
    of_error(&error.into())
}

/// A file's name without folders, of either kind of slash.
fn base_name(name: &str) -> String {
    name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned()
}

/// A name as a problem repeats it: short, and nothing in it that a screen or a terminal would act on.
pub fn shown(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).filter(|c| is_visible(*c)).take(40).collect()
}

fn is_visible(c: char) -> bool {
    verifier::characters::check(c.encode_utf8(&mut [0; 4])).is_ok()
}
