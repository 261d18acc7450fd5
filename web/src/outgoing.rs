//! Requests that this instance makes of others: witnesses, other offices' ledgers. The one place with a client of HTTP.
//!
//! ```text
//! let outgoing = Outgoing::new(&OutgoingSettings::default())?;
//! let answer = outgoing.get("https://province.example.gov.cn/ledger/checkpoint", &Bounds::small())?;
//! answer.status()                200; every status is an answer, also 404 and 409
//! answer.body()                  at most `Bounds::bytes`; one that is longer is `OutgoingError::TooLarge`
//! ```
//!
//! Whoever answers is not trusted: the answer's head and body are bounded, everything together has a time, no redirect
//! is followed, no proxy is taken from the environment, nothing is unpacked. HTTPS (TLS 1.2 and 1.3) checks against the
//! roots in a PEM file; plain HTTP goes only to the hosts that the settings name. Calls block: they are made from threads
//! of their own, never from one that answers requests. Not here: what is asked and what an answer means.

mod error;
mod next_step;
mod roots;
#[cfg(test)]
mod tests;
mod tries;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ureq::config::Config;
use ureq::http::{HeaderMap, Response, Uri};
use ureq::tls::{TlsConfig, TlsProvider};
use ureq::{Agent, Body};

pub use error::{OutgoingError, RootsError};
pub use next_step::next_step;
pub use tries::{FAILURES_ALARM, Tries};

/// How this program calls itself to others.
const USER_AGENT: &str = concat!("xinzheng/", env!("CARGO_PKG_VERSION"));
/// Bytes of an answer's head.
const HEAD_BYTES: usize = 16 << 10;
/// Bytes of an address.
pub const URL_BYTES: usize = 1 << 10;
/// Idle connections kept for each host: whoever asks for a thousand tiles does not shake hands a thousand times.
const IDLE_PER_HOST: usize = 4;
/// Bytes of a small answer: a checkpoint, cosignatures.
const SMALL_BYTES: u64 = 256 << 10;
/// Until a connection stands.
const CONNECT_TIME: Duration = Duration::from_secs(5);
/// Until a small answer is there, from the look-up of the name on.
const SMALL_TIME: Duration = Duration::from_secs(15);

/// How requests go out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutgoingSettings {
    /// PEM file of the certificates that HTTPS is checked against. `None`: the system's, where they are in a usual place.
    pub roots: Option<PathBuf>,
    /// Where HTTP without TLS may go.
    pub plain_http: PlainHttp,
}

/// Where HTTP without TLS may go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum PlainHttp {
    /// Nowhere.
    #[default]
    Nowhere,
    /// To these: `host` for its port 80, `host:port` for another, in lower case.
    Hosts(BTreeSet<String>),
    /// Anywhere. For a person who names one address and knows why.
    Anywhere,
}

/// What an answer may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Bytes of its body.
    pub bytes: u64,
    /// Until a connection stands.
    pub connect: Duration,
    /// Until the last byte is there, from the beginning on: a slow drip ends then, too.
    pub whole: Duration,
}

impl Bounds {
    /// For a checkpoint or cosignatures: 256 KiB in 15 seconds.
    #[must_use]
    pub const fn small() -> Bounds {
        Bounds { bytes: SMALL_BYTES, connect: CONNECT_TIME, whole: SMALL_TIME }
    }
}

/// An answer, read to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    status: u16,
    content_type: String,
    etag: Option<String>,
    body: Vec<u8>,
}

impl Answer {
    /// The status: 200 to 299 or 400 to 599.
    #[must_use]
    pub fn status(&self) -> u16 {
        self.status
    }

    /// What it says that its body is; empty where it says nothing.
    #[must_use]
    pub fn content_type(&self) -> &str {
        &self.content_type
    }

    /// The tag of this state of the address, for [`Outgoing::get_unless`].
    #[must_use]
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// The body.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body, given away.
    #[must_use]
    pub fn into_body(self) -> Vec<u8> {
        self.body
    }
}

/// The client. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Outgoing {
    agent: Agent,
    plain_http: PlainHttp,
    tls: bool,
}

impl Outgoing {
    /// A client with these settings. The file of roots is read now.
    ///
    /// # Errors
    /// [`RootsError`] if that file can't be read or holds no certificate.
    pub fn new(settings: &OutgoingSettings) -> Result<Outgoing, RootsError> {
        let roots = roots::read(settings.roots.as_deref())?;
        let tls = !roots.is_empty();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls_config = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(provider)
            .root_certs(roots.into())
            .build();
        let config = Config::builder()
            .tls_config(tls_config)
            .proxy(None)
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(USER_AGENT)
            .accept("*/*")
            .max_response_header_size(HEAD_BYTES)
            .max_idle_connections_per_host(IDLE_PER_HOST)
            .build();
        Ok(Outgoing { agent: config.into(), plain_http: settings.plain_http.clone(), tls })
    }

    /// `GET url`.
    ///
    /// # Errors
    /// [`OutgoingError`]. A status that says no is an answer, not an error.
    pub fn get(&self, url: &str, bounds: &Bounds) -> Result<Answer, OutgoingError> {
        self.get_unless(url, None, bounds)
    }

    /// `GET url`, or 304 with nothing where it still has this tag.
    ///
    /// # Errors
    /// [`OutgoingError`].
    pub fn get_unless(
        &self,
        url: &str,
        etag: Option<&str>,
        bounds: &Bounds,
    ) -> Result<Answer, OutgoingError> {
        let mut request = self.agent.get(self.allowed(url)?);
        if let Some(etag) = etag {
            request = request.header("if-none-match", etag);
        }
        let request = request.config();
        let request =
            request.timeout_connect(Some(bounds.connect)).timeout_global(Some(bounds.whole)).build();
        taken(request.call().map_err(OutgoingError::from_ureq)?, bounds)
    }

    /// `POST url` with this body.
    ///
    /// # Errors
    /// [`OutgoingError`].
    pub fn post(
        &self,
        url: &str,
        content_type: &str,
        body: &[u8],
        bounds: &Bounds,
    ) -> Result<Answer, OutgoingError> {
        self.post_with(url, content_type, None, body, bounds)
    }

    /// The same with one more header: a name in lower case, and a value that goes to nobody else.
    ///
    /// # Errors
    /// [`OutgoingError`].
    pub fn post_with(
        &self,
        url: &str,
        content_type: &str,
        header: Option<(&str, &str)>,
        body: &[u8],
        bounds: &Bounds,
    ) -> Result<Answer, OutgoingError> {
        let mut request = self.agent.post(self.allowed(url)?).content_type(content_type);
        if let Some((name, value)) = header {
            request = request.header(name, value);
        }
        let request = request.config();
        let request =
            request.timeout_connect(Some(bounds.connect)).timeout_global(Some(bounds.whole)).build();
        taken(request.send(body).map_err(OutgoingError::from_ureq)?, bounds)
    }

    /// The address, if requests may go there.
    fn allowed(&self, url: &str) -> Result<Uri, OutgoingError> {
        if url.len() > URL_BYTES {
            return Err(OutgoingError::Address);
        }
        let uri: Uri = url.parse().map_err(|_| OutgoingError::Address)?;
        let authority = uri.authority().ok_or(OutgoingError::Address)?;
        if authority.as_str().contains('@') {
            return Err(OutgoingError::Address);
        }
        match uri.scheme_str() {
            Some("https") if self.tls => Ok(uri),
            Some("https") => Err(OutgoingError::NoRoots),
            Some("http") if self.plain_http.allows(authority.as_str()) => Ok(uri),
            Some("http") => Err(OutgoingError::PlainHttp),
            _ => Err(OutgoingError::Address),
        }
    }
}

impl PlainHttp {
    fn allows(&self, authority: &str) -> bool {
        let authority = authority.to_ascii_lowercase();
        match self {
            PlainHttp::Nowhere => false,
            PlainHttp::Hosts(hosts) => {
                hosts.contains(authority.strip_suffix(":80").unwrap_or(&authority))
                    || hosts.contains(&authority)
            }
            PlainHttp::Anywhere => true,
        }
    }
}

/// Reads an answer to its end, within its bounds.
fn taken(response: Response<Body>, bounds: &Bounds) -> Result<Answer, OutgoingError> {
    let status = response.status().as_u16();
    if !matches!(status, 200..=299 | 304 | 400..=599) {
        return Err(OutgoingError::Redirect { status });
    }
    let word = |headers: &HeaderMap, name: &str| {
        headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_string)
    };
    let content_type = word(response.headers(), "content-type").unwrap_or_default();
    let etag = word(response.headers(), "etag");
    let mut body = response.into_body();
    let body = body.with_config().limit(bounds.bytes).read_to_vec().map_err(OutgoingError::from_ureq)?;
    Ok(Answer { status, content_type, etag, body })
}
