//! How a server is to run: what can be set, where it comes from, and what it is when nobody sets it.
//!
//! ```text
//! listen = "0.0.0.0:443"                  the file named by --config, in TOML
//! XINZHENG_TLS_KEY=/etc/xinzheng/key.pem  the environment: the key's name in capitals, dots as _; counts more
//! --tls-key key.pem                       the command line; counts most
//! ```
//!
//! `settings.example.toml` has every key with what it means and its value when it is not set; a test holds it to the code.
//! Not here: what belongs to the office rather than to a server of it (its keys, its pace of sealing: `office.json`),
//! and the limits that are the same everywhere (`limits`).

mod anchor;
mod draft;
mod file;
mod secret;
mod tls;
mod witness;

use std::fmt;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

pub use anchor::{ANCHORS_MAX, AnchorTarget, AnchorTerms, EvmSettings, Finality, HttpSettings};
pub use draft::KEYS;
pub use secret::Secret;
pub use tls::{Tls, TlsError};
pub use witness::{WITNESSES_MAX, WitnessAddress};

use self::draft::Draft;
use crate::client::Proxies;
use crate::imports::Rule;
use crate::log::LogFormat;
use crate::outgoing::OutgoingSettings;
use crate::rate::Hourly;

/// How a server is to run. The default is what tests and `demo` use: plain HTTP, nobody trusted, no signals.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where to listen, as `address:port`. Whoever starts the server binds it; here it is only carried.
    pub listen: String,
    /// The address under which people reach it, such as `https://credit.example.gov.cn`, without a slash at the end.
    /// `None`: as it listens.
    pub public_address: Option<String>,
    /// Certificate and key where this server speaks TLS itself.
    pub tls: Option<Tls>,
    /// Which proxies are believed about the client's address.
    pub proxies: Proxies,
    /// What is written of each request, and how. Whoever starts the process sets it up, once.
    pub log: LogFormat,
    /// Threads that answer.
    pub workers: usize,
    /// A session ends after so long without a request.
    pub session_idle: Duration,
    /// Who may read `GET /metrics`.
    pub metrics: MetricsFor,
    /// Where else to listen for `/metrics`, `/health` and `/ready` alone; then `/metrics` is nowhere else.
    pub metrics_listen: Option<SocketAddr>,
    /// How often one address may do what.
    pub hourly: Hourly,
    /// How requests go out.
    pub outgoing: OutgoingSettings,
    /// Which witnesses are asked to cosign this office's checkpoints.
    pub witnesses: Vec<WitnessAddress>,
    /// With whom this ledger's checkpoints are anchored.
    pub anchors: Vec<AnchorTarget>,
    /// When a table that a person sends is imported.
    pub imports: Rule,
    /// Whether SIGINT and SIGTERM end it.
    pub signals: bool,
}

impl Default for Settings {
    fn default() -> Settings {
        Settings {
            listen: LISTEN.to_string(),
            public_address: None,
            tls: None,
            proxies: Proxies::default(),
            log: LogFormat::default(),
            workers: WORKERS,
            session_idle: Duration::from_secs(SESSION_IDLE_MINUTES * 60),
            metrics: MetricsFor::default(),
            metrics_listen: None,
            hourly: Hourly::default(),
            outgoing: OutgoingSettings::default(),
            witnesses: Vec::new(),
            anchors: Vec::new(),
            imports: Rule::default(),
            signals: false,
        }
    }
}

const LISTEN: &str = "127.0.0.1:8080";
const WORKERS: usize = 2;
const SESSION_IDLE_MINUTES: u64 = 15;

impl Settings {
    /// Settings from a file, the environment and the command line, each counting more than the one before. `variable`
    /// gives a variable of the environment; `flags` are names of [`KEYS`] with their values. Files named in the
    /// configuration file are looked for beside it.
    ///
    /// # Errors
    /// [`SettingsError`] with the place of the first value that is wrong.
    pub fn read(
        file: Option<&Path>,
        variable: impl Fn(&str) -> Option<String>,
        flags: &[(&str, String)],
    ) -> Result<Settings, SettingsError> {
        let mut draft = Draft::default();
        if let Some(file) = file {
            file::read(file, &mut draft)?;
        }
        for name in KEYS {
            let in_environment = environment_name(name);
            if let Some(value) = variable(&in_environment) {
                draft.set(name, &value, Path::new(""), &in_environment)?;
            }
        }
        for (name, value) in flags {
            draft.set(name, value, Path::new(""), &format!("--{}", name.replace(['.', '_'], "-")))?;
        }
        draft.settings()
    }
}

/// The variable of the environment for a key: `tls.key` is `XINZHENG_TLS_KEY`.
#[must_use]
pub fn environment_name(key: &str) -> String {
    format!("XINZHENG_{}", key.replace('.', "_").to_ascii_uppercase())
}

/// Who may read the metrics.
#[derive(Clone, Debug, Default)]
pub enum MetricsFor {
    /// Whoever asks from this machine itself, not through a proxy.
    #[default]
    ThisMachine,
    /// Whoever sends `Authorization: Bearer` and this.
    Token(Secret),
    /// Nobody here: they have a listener of their own.
    Elsewhere,
}

/// A setting that can't be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError {
    /// Where: the file and its line, the variable, the flag.
    pub at: String,
    /// What is wrong and what would be right, in Chinese.
    pub zh: String,
    /// The same in English.
    pub en: String,
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.at, self.en)
    }
}

impl std::error::Error for SettingsError {}

#[cfg(test)]
mod tests;
