//! A form of a page, taken only from a page of the same session.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::web::{self, Query};
use actix_web::{Error, FromRequest, HttpRequest};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::signed_in::{SignedIn, elsewhere};
use crate::problem::{Common, Problem};

/// Bytes of a form, at most.
pub const FORM_MAX: usize = 256 << 10;

/// A form (`application/x-www-form-urlencoded`) whose field `csrf` is this session's token. The other fields make `T`;
/// a field may stand once. Without a session it answers as [`SignedIn`] does; with another token `CSRF_BAD`.
#[derive(Debug)]
pub struct CheckedForm<T>(pub T);

impl<T> Deref for CheckedForm<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

#[derive(Deserialize)]
struct Token {
    #[serde(default)]
    csrf: String,
}

impl<T: DeserializeOwned + 'static> FromRequest for CheckedForm<T> {
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<CheckedForm<T>, Error>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let body = read(&request, payload);
        Box::pin(async move {
            let text = body.await?;
            let signed_in = SignedIn::even_limited(&request).ok_or_else(|| elsewhere(&request, false))?;
            signed_in.check_csrf(&token(&text)?)?;
            Ok(CheckedForm(fields(&text)?))
        })
    }
}

/// The text of a form, not from another site.
pub(super) fn read(
    request: &HttpRequest,
    payload: &mut Payload,
) -> impl Future<Output = Result<String, Error>> + 'static {
    let headers_good = check_headers(request.headers());
    let body = web::Payload::from_request(request, payload).into_inner();
    async move {
        headers_good?;
        let body = body?.to_bytes_limited(FORM_MAX).await;
        let body = body.map_err(|_| Problem::from(Common::BodyLarge))?;
        let body = body.map_err(|_| Problem::from(Common::FormBad))?;
        Ok(String::from_utf8(body.to_vec()).map_err(|_| Problem::from(Common::FormBad))?)
    }
}

pub(super) fn token(text: &str) -> Result<String, Problem> {
    fields::<Token>(text).map(|token| token.csrf)
}

pub(super) fn fields<T: DeserializeOwned>(text: &str) -> Result<T, Problem> {
    Query::from_query(text).map(Query::into_inner).map_err(|_| Common::FormBad.into())
}

fn check_headers(headers: &HeaderMap) -> Result<(), Problem> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = text(CONTENT_TYPE.as_str()).split(';').next().unwrap_or_default().trim();
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") {
        return Err(Common::MediaTypeUnsupported.into());
    }
    // A browser that knows this header says when another site sends the form.
    match text("sec-fetch-site") {
        "cross-site" | "same-site" => Err(Common::CsrfBad.into()),
        _ => Ok(()),
    }
}
