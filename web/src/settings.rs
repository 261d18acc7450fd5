//! How a server is to run: what can be set, and what it is when nobody sets it.
//!
//! ```text
//! let settings = Settings::default();                          what the tests use: no signals, plain HTTP
//! let running = web::start(office, listener, settings)?;
//! ```

mod secret;
mod tls;

use std::time::Duration;

pub use secret::Secret;
pub use tls::{Tls, TlsError};

use crate::client::Proxies;
use crate::rate::Hourly;

/// How a server is to run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whether SIGINT and SIGTERM end it.
    pub signals: bool,
    /// The address under which people reach it, such as `https://credit.example.gov.cn`, without a slash at the end.
    /// It stands in links on paper and in the description of the API. `None`: that of the request.
    pub public_address: Option<String>,
    /// Which proxies are believed about the client's address.
    pub proxies: Proxies,
    /// How often one address may do what.
    pub hourly: Hourly,
    /// A session ends after so long without a request.
    pub session_idle: Duration,
    /// Certificate and key where this server speaks TLS itself.
    pub tls: Option<Tls>,
    /// Who may read `GET /metrics`.
    pub metrics: MetricsFor,
}

/// Who may read the metrics.
#[derive(Clone, Debug, Default)]
pub enum MetricsFor {
    /// Whoever asks from this machine itself, not through a proxy.
    #[default]
    ThisMachine,
    /// Whoever sends `Authorization: Bearer` and this.
    Token(Secret),
}

/// A session ends after so long without a request, if nobody sets it.
const SESSION_IDLE: Duration = Duration::from_secs(15 * 60);

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            signals: false,
            public_address: None,
            proxies: Proxies::default(),
            hourly: Hourly::default(),
            session_idle: SESSION_IDLE,
            tls: None,
            metrics: MetricsFor::default(),
        }
    }
}
