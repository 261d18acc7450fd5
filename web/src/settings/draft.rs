//! Settings while they are being put together: each key by its name, from text.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{AnchorTarget, MetricsFor, Secret, Settings, SettingsError, Tls, witness};
use crate::client::{ForwardedBy, Network, Proxies};
use crate::imports::Rule;
use crate::log::LogFormat;
use crate::outgoing::Outgoing;

/// Every key, as a file writes it.
pub const KEYS: &[&str] = &[
    "listen",
    "public_address",
    "log",
    "workers",
    "session_idle_minutes",
    "imports",
    "tls.certificate",
    "tls.key",
    "proxies.trusted",
    "proxies.header",
    "metrics.listen",
    "metrics.token_file",
    "hourly.look_ups",
    "hourly.wrong_look_ups",
    "hourly.sign_ins",
    "hourly.decodings",
    "hourly.submissions",
    "hourly.requests",
    "outgoing.roots",
    "outgoing.plain_http",
    "witness.ask",
];

/// Threads that answer, at most.
const WORKERS_MAX: usize = 64;
/// A session without a request lasts at most a day.
const IDLE_MAX_MINUTES: u64 = 24 * 60;
/// Proxies and networks of proxies.
const PROXIES_MAX: usize = 64;
/// A token is at least so long: it is all that protects the metrics.
const TOKEN_MIN: usize = 16;
/// Bytes of a file with a token.
const TOKEN_FILE_MAX: usize = 4 << 10;

/// Settings that are not complete.
#[derive(Default)]
pub struct Draft {
    settings: Settings,
    certificate: Option<Named>,
    key: Option<Named>,
    trusted: Vec<Network>,
    header: ForwardedBy,
    token_file: Option<Named>,
    roots: Option<Named>,
}

/// A file that a setting names, and where it does.
struct Named {
    file: PathBuf,
    at: String,
}

/// What would be right, in Chinese and English.
struct Right(&'static str, &'static str);

impl Draft {
    /// Takes over one value. Files are looked for in `beside`; `at` says where the value stands.
    pub fn set(&mut self, key: &str, value: &str, beside: &Path, at: &str) -> Result<(), SettingsError> {
        let value = value.trim();
        self.take(key, value, beside, at).map_err(|Right(zh, en)| SettingsError {
            at: at.to_string(),
            zh: format!("“{value}”不对；应为{zh}"),
            en: format!("\"{value}\" can't be; it must be {en}"),
        })
    }

    fn take(&mut self, key: &str, value: &str, beside: &Path, at: &str) -> Result<(), Right> {
        let named = || match value {
            "" => Err(Right("文件名", "the name of a file")),
            file => Ok(Some(Named { file: beside.join(file), at: at.to_string() })),
        };
        let hourly = &mut self.settings.hourly;
        match key {
            "listen" => self.settings.listen = listen(value)?,
            "public_address" => self.settings.public_address = Some(public_address(value)?),
            "log" => {
                let right = Right("text、json 或 none", "text, json or none");
                self.settings.log = LogFormat::parse(value).ok_or(right)?;
            }
            "workers" => {
                let fits = value.parse().ok().filter(|n| (1..=WORKERS_MAX).contains(n));
                self.settings.workers = fits.ok_or(Right("1 至 64", "1 to 64"))?;
            }
            "session_idle_minutes" => {
                let fits = value.parse().ok().filter(|n| (1..=IDLE_MAX_MINUTES).contains(n));
                let minutes = fits.ok_or(Right("1 至 1440 分钟", "1 to 1440 minutes"))?;
                self.settings.session_idle = Duration::from_secs(minutes * 60);
            }
            "imports" => {
                let right = Right("confirmed、direct 或 off", "confirmed, direct or off");
                self.settings.imports = Rule::parse(value).ok_or(right)?;
            }
            "tls.certificate" => self.certificate = named()?,
            "tls.key" => self.key = named()?,
            "proxies.trusted" => self.trusted = networks(value)?,
            "proxies.header" => {
                self.header = match value.to_ascii_lowercase().as_str() {
                    "x-forwarded-for" => ForwardedBy::XForwardedFor,
                    "forwarded" => ForwardedBy::Forwarded,
                    _ => return Err(Right("x-forwarded-for 或 forwarded", "x-forwarded-for or forwarded")),
                }
            }
            "metrics.listen" => {
                let right = Right(
                    "IP 地址和端口，如 127.0.0.1:9090",
                    "an IP address and port such as 127.0.0.1:9090",
                );
                self.settings.metrics_listen = Some(value.parse::<SocketAddr>().map_err(|_| right)?);
            }
            "metrics.token_file" => self.token_file = named()?,
            "hourly.look_ups" => hourly.look_ups = count(value)?,
            "hourly.wrong_look_ups" => hourly.wrong_look_ups = count(value)?,
            "hourly.sign_ins" => hourly.sign_ins = count(value)?,
            "hourly.decodings" => hourly.decodings = count(value)?,
            "hourly.submissions" => hourly.submissions = count(value)?,
            "hourly.requests" => hourly.requests = count(value)?,
            "outgoing.roots" => self.roots = named()?,
            "outgoing.plain_http" => {
                let right = Right(
                    "主机名或主机名:端口，如 10.1.0.7:8080，至多 64 个",
                    "hosts, or hosts with a port, such as 10.1.0.7:8080; at most 64",
                );
                self.settings.outgoing.plain_http = witness::plain_http(value).ok_or(right)?;
            }
            "witness.ask" => {
                let right = Right(
                    "“公钥 网址”的列表，如 [\"w.example.gov.cn/ledger/witness+1f02d0a7+BB… https://w.example.gov.cn/witness\"]，公钥不得重复，至多 64 个",
                    "a list of \"vkey address\" such as \"w.example.gov.cn/ledger/witness+1f02d0a7+BB… \
                     https://w.example.gov.cn/witness\", no key twice, at most 64",
                );
                self.settings.witnesses = witness::addresses(value).ok_or(right)?;
            }
            _ => return Err(Right("已有的设置名", "a setting that there is")),
        }
        Ok(())
    }

    /// Takes over the targets of anchors.
    pub fn anchors(&mut self, anchors: Vec<AnchorTarget>) {
        self.settings.anchors = anchors;
    }

    /// The settings, once the files they name have been read.
    pub fn settings(self) -> Result<Settings, SettingsError> {
        let mut settings = self.settings;
        settings.proxies = Proxies::new(self.trusted, self.header);
        settings.tls = match (self.certificate, self.key) {
            (None, None) => None,
            (Some(certificate), Some(key)) => {
                Some(Tls::read(&certificate.file, &key.file).map_err(|error| {
                    let of_key = error.file == key.file.display().to_string();
                    SettingsError {
                        at: if of_key { key.at } else { certificate.at },
                        zh: format!("{} 不能用于 TLS：{}", error.file, error.why),
                        en: format!("{} can't be used for TLS: {}", error.file, error.why),
                    }
                })?)
            }
            (Some(one), None) | (None, Some(one)) => {
                return Err(SettingsError {
                    at: one.at,
                    zh: "tls.certificate 和 tls.key 须同时设置".into(),
                    en: "tls.certificate and tls.key go together".into(),
                });
            }
        };
        if let Some(roots) = self.roots {
            settings.outgoing.roots = Some(roots.file);
            // Read now, so that a wrong one is told where it stands.
            Outgoing::new(&settings.outgoing).map_err(|error| SettingsError {
                at: roots.at,
                zh: format!("{} 不能用作根证书：{}", error.file.display(), error.why),
                en: format!("{} can't be used for root certificates: {}", error.file.display(), error.why),
            })?;
        }
        if let Some(token) = self.token_file {
            settings.metrics = MetricsFor::Token(token_in(&token)?);
        } else if settings.metrics_listen.is_some() {
            settings.metrics = MetricsFor::Elsewhere;
        }
        Ok(settings)
    }
}

fn listen(value: &str) -> Result<String, Right> {
    let fits =
        value.rsplit_once(':').is_some_and(|(host, port)| !host.is_empty() && port.parse::<u16>().is_ok());
    fits.then(|| value.to_string())
        .ok_or(Right("地址和端口，如 0.0.0.0:8080", "an address and port such as 0.0.0.0:8080"))
}

fn public_address(value: &str) -> Result<String, Right> {
    let host = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://")).unwrap_or_default();
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']');
    let fits = !host.is_empty() && host.len() <= 255 && host.bytes().all(plain);
    fits.then(|| value.to_string()).ok_or(Right(
        "如 https://credit.example.gov.cn，末尾不带斜杠",
        "an address such as https://credit.example.gov.cn, without a slash at its end",
    ))
}

fn networks(value: &str) -> Result<Vec<Network>, Right> {
    let items: Vec<&str> = value.split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
    let parsed = items.iter().map(|item| item.parse()).collect::<Result<Vec<Network>, _>>();
    parsed.ok().filter(|list| list.len() <= PROXIES_MAX).ok_or(Right(
        "IP 地址或网段，如 10.1.0.5、10.1.0.0/16，至多 64 个",
        "IP addresses or networks such as 10.1.0.5 and 10.1.0.0/16, at most 64",
    ))
}

fn count(value: &str) -> Result<u32, Right> {
    value.parse().map_err(|_| Right("每小时次数，0 为不限", "a number an hour, or 0 for no limit"))
}

fn token_in(named: &Named) -> Result<Secret, SettingsError> {
    let wrong = |zh: String, en: String| SettingsError { at: named.at.clone(), zh, en };
    let file = named.file.display();
    let text = std::fs::read_to_string(&named.file)
        .map_err(|error| wrong(format!("不能读取 {file}：{error}"), format!("can't read {file}: {error}")))?;
    let token = text.lines().next().unwrap_or_default().trim();
    if token.len() < TOKEN_MIN || text.len() > TOKEN_FILE_MAX {
        return Err(wrong(
            format!("{file} 的第一行应为至少 {TOKEN_MIN} 个字符的令牌"),
            format!("the first line of {file} must be a token of at least {TOKEN_MIN} characters"),
        ));
    }
    Ok(Secret::new(token))
}
