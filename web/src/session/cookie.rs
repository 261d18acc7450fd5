//! Cookies: read and written by hand, for there are two of them.
//!
//! ```text
//! __Host-xinzheng=Vq3…; Path=/; HttpOnly; SameSite=Lax; Secure          over TLS
//! xinzheng=Vq3…; Path=/; HttpOnly; SameSite=Lax                         on a network without
//! ```
//!
//! The prefix `__Host-` makes a browser refuse the cookie from any other host of the domain and over plain HTTP.

use actix_web::http::header::COOKIE;
use actix_web::{FromRequest, HttpRequest};

use crate::client::Client;

/// The longest cookie value that is looked at.
const VALUE_MAX: usize = 128;

/// Which cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cookie {
    /// The session.
    Session,
    /// The token of a form before there is a session.
    Form,
}

impl Cookie {
    fn name(self, https: bool) -> &'static str {
        match (self, https) {
            (Cookie::Session, true) => "__Host-xinzheng",
            (Cookie::Session, false) => "xinzheng",
            (Cookie::Form, true) => "__Host-xinzheng-form",
            (Cookie::Form, false) => "xinzheng-form",
        }
    }

    /// Its value in this request.
    pub(super) fn read(self, request: &HttpRequest) -> Option<String> {
        let name = self.name(is_https(request));
        let pairs = request.headers().get_all(COOKIE).filter_map(|line| line.to_str().ok());
        let mut values = pairs.flat_map(|line| line.split(';')).filter_map(|pair| {
            let (key, value) = pair.trim().split_once('=')?;
            (key == name && !value.is_empty() && value.len() <= VALUE_MAX).then(|| value.to_string())
        });
        let value = values.next()?;
        // Two of a name: one was planted from elsewhere, and nobody can tell which.
        values.next().is_none().then_some(value)
    }

    /// The header that sets it.
    pub(super) fn set(self, request: &HttpRequest, value: &str) -> String {
        let https = is_https(request);
        let secure = if https { "; Secure" } else { "" };
        format!("{}={value}; Path=/; HttpOnly; SameSite=Lax{secure}", self.name(https))
    }

    /// The header that takes it away.
    pub(super) fn clear(self, request: &HttpRequest) -> String {
        format!("{}; Max-Age=0", self.set(request, ""))
    }
}

fn is_https(request: &HttpRequest) -> bool {
    let client = Client::from_request(request, &mut actix_web::dev::Payload::None).into_inner();
    client.is_ok_and(|client| client.is_https())
}
