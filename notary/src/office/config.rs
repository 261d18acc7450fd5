//! What an office is, in `D/office.json`: written once by `init`, read at every start.
//!
//! ```text
//! {"format":"xinzheng/office/v1","origin":"credit.example.gov.cn/ledger","name":"示例县公共信用信息中心",
//!  "organisation":"12619900990000084G","host":"credit.example.gov.cn","seal":{"interval_ms":200},
//!  "validity_days":{"general":90,"special":30,"personal":90,"commitment":365,"file":3650},
//!  "status":{"interval_s":3600,"expires_s":86400},"repaired_shown":[]}
//! ```
//!
//! Here: the settings and their bounds. Not here: keys (`keys/`), trust (`trust.xzt`).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use verifier::origin::Origin;

use crate::document::Templates;
use crate::refusal::{Refusal, RefusalCode};

/// The first member of the file.
const FORMAT: &str = "xinzheng/office/v1";
/// The file may not be larger.
pub(crate) const CONFIG_MAX: usize = 64 << 10;

/// A new office, as `init` is told.
#[derive(Clone, Debug)]
pub struct NewOffice {
    /// The ledger's name (spec/notes.md).
    pub origin: Origin,
    /// The office's name on certificates.
    pub name: String,
    /// Its unified social credit code; without one the host stands for it in the trust bundle.
    pub organisation: Option<String>,
    /// Host of the URL in QR codes; the origin's, where none is named.
    pub host: Option<String>,
    /// When batches close.
    pub seal: SealPolicy,
}

/// When an open batch closes by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SealPolicy {
    /// Only when somebody says so.
    Manual,
    /// So many milliseconds after the first entry waits.
    IntervalMs(u64),
}

impl Default for SealPolicy {
    fn default() -> Self {
        Self::IntervalMs(200)
    }
}

impl SealPolicy {
    /// The interval, where there is one.
    pub fn interval(self) -> Option<Duration> {
        match self {
            Self::Manual => None,
            Self::IntervalMs(ms) => Some(Duration::from_millis(ms)),
        }
    }
}

/// How many days a certificate is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValidityDays {
    /// General and industry reports.
    pub general: u32,
    /// Special reports in place of certificates of no violations.
    pub special: u32,
    /// Reports of natural persons.
    pub personal: u32,
    /// Commitments.
    pub commitment: u32,
    /// Files.
    pub file: u32,
}

/// How often status lists are published, and how long one counts. Seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatusPace {
    /// Between two lists where nothing changes.
    pub interval_s: u64,
    /// From issue to expiry, at most 72 hours.
    pub expires_s: u64,
}

/// A report template, by id and version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TemplateName {
    /// Its id.
    pub id: String,
    /// Its version.
    pub version: String,
}

/// `office.json`, read.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    format: String,
    origin: String,
    pub(crate) name: String,
    pub(crate) organisation: String,
    pub(crate) host: String,
    pub(crate) seal: SealPolicy,
    pub(crate) validity_days: ValidityDays,
    pub(crate) status: StatusPace,
    /// Templates that show repaired records.
    pub(crate) repaired_shown: Vec<TemplateName>,
}

impl Config {
    pub(crate) fn of(new: &NewOffice) -> Self {
        let host = new.host.clone().unwrap_or_else(|| new.origin.host().to_string());
        Config {
            format: FORMAT.to_string(),
            origin: new.origin.as_str().to_string(),
            name: new.name.clone(),
            organisation: new.organisation.clone().unwrap_or_else(|| new.origin.host().to_string()),
            host,
            seal: new.seal,
            validity_days: ValidityDays {
                general: 90,
                special: 30,
                personal: 90,
                commitment: 365,
                file: 3650,
            },
            status: StatusPace { interval_s: 3600, expires_s: 86_400 },
            repaired_shown: Vec::new(),
        }
    }

    pub(crate) fn parse(bytes: &[u8]) -> Result<Self, Refusal> {
        let wrong = |what: String| Refusal::new(RefusalCode::OfficeConfig).at("office.json").found(what);
        let config: Config = serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
        if config.format != FORMAT {
            return Err(wrong(format!("format {}", config.format)));
        }
        let days = &config.validity_days;
        if [days.general, days.special, days.personal, days.commitment, days.file].contains(&0) {
            return Err(wrong("validity_days of 0".to_string()));
        }
        if config.status.interval_s == 0
            || !(1..=verifier::limits::STATUS_LIFETIME).contains(&config.status.expires_s)
        {
            return Err(wrong(
                "status: interval_s and expires_s are 1 or more, expires_s at most 259200".to_string(),
            ));
        }
        config.origin_checked().map_err(|error| wrong(error.to_string()))?;
        Ok(config)
    }

    pub(crate) fn templates(&self) -> Templates {
        self.repaired_shown.iter().map(|name| (name.id.clone(), name.version.clone())).collect()
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    pub(crate) fn origin_checked(&self) -> Result<Origin, verifier::error::Refused> {
        Origin::parse(&self.origin)
    }
}
