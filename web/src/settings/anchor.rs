//! Settings about those with whom the ledger's checkpoints are anchored: `[[anchor]]`, in the file only.
//!
//! ```toml
//! [[anchor]]
//! kind = "rfc3161"                              # or "evm", "http"
//! label = "tsa"                                 # as the trust bundle calls it
//! url = "https://tsa.example.gov.cn/tsr"
//! every = "1h"                                  # 1m to 31d
//! policy = "1.3.6.1.4.1.99999.1"                # what else there is depends on the kind
//! ```

mod evm;
mod http;

use std::path::{Path, PathBuf};
use std::time::Duration;

use notary::anchor::Target;
use toml::Spanned;
use toml::de::DeValue;
use verifier::anchor::AnchorKind;
use verifier::timestamp::Policy;

use super::SettingsError;
use crate::outgoing::URL_BYTES;

pub use evm::{EvmSettings, Finality};
pub use http::HttpSettings;

/// Targets of one office.
pub const ANCHORS_MAX: usize = 16;
/// How often a target is asked where nothing is said.
const EVERY: Duration = Duration::from_secs(3_600);
/// Between two anchors with one target, at least and at most.
const EVERY_MIN: u64 = 60;
const EVERY_MAX: u64 = 31 * 86_400;
/// Bytes of an address that is kept in an anchor.
const ADDRESS_BYTES: usize =
    if verifier::limits::URL_BYTES < URL_BYTES { verifier::limits::URL_BYTES } else { URL_BYTES };

/// One target: whom, where, how often, and what its kind needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnchorTarget {
    target: Target,
    url: String,
    every: Duration,
    terms: AnchorTerms,
}

/// What each kind needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnchorTerms {
    /// A timestamp authority.
    Rfc3161 {
        /// The only policy that is taken, as an object identifier; any where there is none.
        policy: Option<Policy>,
    },
    /// A chain's node.
    Evm(EvmSettings),
    /// A gateway.
    Http(HttpSettings),
}

impl AnchorTarget {
    /// A timestamp authority at this address; none where the label is none, or the address none of HTTP.
    #[must_use]
    pub fn authority(
        label: &str,
        url: &str,
        every: Duration,
        policy: Option<Policy>,
    ) -> Option<AnchorTarget> {
        AnchorTarget::new(AnchorKind::Rfc3161, label, url, every, AnchorTerms::Rfc3161 { policy })
    }

    /// A chain behind this node.
    #[must_use]
    pub fn evm(label: &str, url: &str, every: Duration, terms: EvmSettings) -> Option<AnchorTarget> {
        AnchorTarget::new(AnchorKind::Evm, label, url, every, AnchorTerms::Evm(terms))
    }

    /// A gateway at this address.
    #[must_use]
    pub fn http(label: &str, url: &str, every: Duration, terms: HttpSettings) -> Option<AnchorTarget> {
        AnchorTarget::new(AnchorKind::Http, label, url, every, AnchorTerms::Http(terms))
    }

    fn new(
        kind: AnchorKind,
        label: &str,
        url: &str,
        every: Duration,
        terms: AnchorTerms,
    ) -> Option<AnchorTarget> {
        let target = Target::new(kind, label)?;
        is_address(url).then(|| AnchorTarget { target, url: url.to_string(), every, terms })
    }

    /// Whom.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How often at most.
    #[must_use]
    pub fn every(&self) -> Duration {
        self.every
    }

    /// What its kind needs.
    #[must_use]
    pub fn terms(&self) -> &AnchorTerms {
        &self.terms
    }
}

/// Reads the value of `anchor`: an array of tables. `at` says where a byte of the file stands.
pub(super) fn read(
    value: &Spanned<DeValue<'_>>,
    beside: &Path,
    at: &dyn Fn(usize) -> String,
) -> Result<Vec<AnchorTarget>, SettingsError> {
    let wrong = |offset: usize, zh: String, en: String| SettingsError { at: at(offset), zh, en };
    let form = |offset| {
        let zh = "锚定目标应写作 [[anchor]] 下的若干行";
        wrong(offset, zh.into(), "targets of anchors are written as lines below [[anchor]]".into())
    };
    let DeValue::Array(items) = value.get_ref() else { return Err(form(value.span().start)) };
    let mut found: Vec<AnchorTarget> = Vec::new();
    for item in items {
        let offset = item.span().start;
        let DeValue::Table(table) = item.get_ref() else { return Err(form(offset)) };
        let mut keys = Keys { values: Vec::new(), beside, table: offset };
        for (key, value) in table {
            let span = value.span().start;
            let text = match value.get_ref() {
                DeValue::String(text) => text.to_string(),
                DeValue::Integer(number) if number.radix() == 10 => number.as_str().to_string(),
                _ => {
                    let key = key.get_ref();
                    return Err(wrong(
                        span,
                        format!("{key} 的值应为文字或整数"),
                        format!("the value of {key} must be text or a whole number"),
                    ));
                }
            };
            keys.values.push((key.get_ref().to_string(), text, span));
        }
        let one = target(&mut keys).and_then(|one| keys.end().map(|()| one));
        let one = one.map_err(|Wrong { offset, zh, en }| wrong(offset, zh, en))?;
        if found.iter().any(|other| other.target.label() == one.target.label()) {
            return Err(wrong(
                offset,
                format!("label “{}”重复", one.target.label()),
                format!("the label \"{}\" stands twice", one.target.label()),
            ));
        }
        if found.len() == ANCHORS_MAX {
            return Err(wrong(
                offset,
                "锚定目标至多 16 个".into(),
                "there are more than 16 targets of anchors".into(),
            ));
        }
        found.push(one);
    }
    Ok(found)
}

fn target(keys: &mut Keys<'_>) -> Result<AnchorTarget, Wrong> {
    let kind = keys.need("kind", "rfc3161、evm 或 http", "rfc3161, evm or http", AnchorKind::from_name)?;
    let right = ["1 至 64 个小写字母、数字或 -，字母开头", "1 to 64 of a-z, 0-9 and -, a letter first"];
    let target = keys.need("label", right[0], right[1], |text| Target::new(kind, text))?;
    let right = ["如 https://tsa.example.gov.cn/tsr", "an address such as https://tsa.example.gov.cn/tsr"];
    let url = keys.need("url", right[0], right[1], |text| is_address(text).then(|| text.to_string()))?;
    let right = ["如 30m、1h、1d，1m 至 31d", "such as 30m, 1h or 1d, from 1m to 31d"];
    let every = keys.take("every", right[0], right[1], every)?.unwrap_or(EVERY);
    let terms = match kind {
        AnchorKind::Rfc3161 => {
            let right =
                ["对象标识符，如 1.3.6.1.4.1.99999.1", "an object identifier such as 1.3.6.1.4.1.99999.1"];
            let policy = keys.take("policy", right[0], right[1], |text| Policy::parse(text).ok())?;
            AnchorTerms::Rfc3161 { policy }
        }
        AnchorKind::Evm => AnchorTerms::Evm(evm::read(keys)?),
        AnchorKind::Http => AnchorTerms::Http(http::read(keys)?),
    };
    Ok(AnchorTarget { target, url, every, terms })
}

/// The keys of one table, taken out one by one: what is left over is none that there is.
struct Keys<'a> {
    values: Vec<(String, String, usize)>,
    beside: &'a Path,
    table: usize,
}

/// A value that can't be, and where in the file.
struct Wrong {
    offset: usize,
    zh: String,
    en: String,
}

impl Keys<'_> {
    /// The value of a key that may be left out, read by `read`; `zh` and `en` say what would be right.
    fn take<T>(
        &mut self,
        key: &str,
        zh: &str,
        en: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<Option<T>, Wrong> {
        let Some(place) = self.values.iter().position(|(name, ..)| name == key) else { return Ok(None) };
        let (_, text, offset) = self.values.remove(place);
        let text = text.trim();
        read(text).map(Some).ok_or_else(|| Wrong {
            offset,
            zh: format!("{key} 的值“{text}”不对；应为{zh}"),
            en: format!("{key} = \"{text}\" can't be; it must be {en}"),
        })
    }

    /// The value of a key that has to be there.
    fn need<T>(
        &mut self,
        key: &str,
        zh: &str,
        en: &str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Wrong> {
        let offset = self.table;
        self.take(key, zh, en, read)?.ok_or_else(|| Wrong {
            offset,
            zh: format!("[[anchor]] 缺少 {key}；应为{zh}"),
            en: format!("this [[anchor]] has no {key}; it must be {en}"),
        })
    }

    /// A file that a key names, looked for beside the settings.
    fn file(&mut self, key: &str) -> Result<Option<PathBuf>, Wrong> {
        let beside = self.beside.to_path_buf();
        self.take(key, "文件名", "the name of a file", |text| {
            (!text.is_empty()).then(|| beside.join(text))
        })
    }

    /// That nothing is left over.
    fn end(&self) -> Result<(), Wrong> {
        match self.values.first() {
            None => Ok(()),
            Some((key, _, offset)) => Err(Wrong {
                offset: *offset,
                zh: format!("这种锚定目标没有设置项“{key}”"),
                en: format!("this kind of target has no setting \"{key}\""),
            }),
        }
    }
}

fn is_address(url: &str) -> bool {
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://")).unwrap_or_default();
    let plain = url.bytes().all(|b| b.is_ascii_graphic()) && !url.contains(['#', '@']);
    plain && !host.is_empty() && url.len() <= ADDRESS_BYTES
}

/// `30m`, `1h`, `1d`.
fn every(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let each = match unit {
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return None,
    };
    let plain = !number.starts_with('0') && number.bytes().all(|b| b.is_ascii_digit());
    let seconds = number.parse::<u64>().ok().filter(|_| plain)?.checked_mul(each)?;
    (EVERY_MIN..=EVERY_MAX).contains(&seconds).then(|| Duration::from_secs(seconds))
}
