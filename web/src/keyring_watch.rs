//! How it goes with the office's keys: what waits for a signature, what ends soon, what external programs do. For the
//! officers' pages, the metrics and `/health`.
//!
//! ```text
//! xinzheng_key_expires_seconds{use="ledger"} 31449600
//! xinzheng_key_warning{use="batch",warning="half-life"} 1
//! xinzheng_sealing_waits 0
//! xinzheng_signer_up{use="ledger",key="1f0c44a2"} 1
//! ```
//!
//! Not here: which warning when (`notary::office` says), the page (`admin::keys`).

use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use notary::keys::KeyUse as Use;
use notary::office::{ExternalSigner, KeyNotice, KeyState, KeyWarning, Office};
use notary::refusal::{Refusal, RefusalCode};
use verifier::trust::KeyUse;

use crate::lang::Lang;
use crate::page::words;

/// What the sealing loop waits for, where a key does not sign.
#[derive(Debug, Default)]
pub struct Waits(Mutex<Option<Refusal>>);

impl Waits {
    /// Why nothing is signed at the moment, if so.
    pub fn why(&self) -> Option<Refusal> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// It waits for this, or for nothing any more.
    pub fn set(&self, why: Option<Refusal>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = why;
    }
}

/// How loudly the keys are to be spoken of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mood {
    /// All is well.
    Well,
    /// Something is to be planned or done.
    Warning,
    /// Something is not signed at the moment, and waits.
    Waits,
}

impl Mood {
    /// Of this office now.
    pub fn of(office: &Office, waits: &Waits) -> Mood {
        let failing = || office.external_signers().iter().any(|signer| signer.health.failing_for.is_some());
        match waits.why() {
            Some(_) => Mood::Waits,
            None if failing() || !office.key_warnings(office.now()).is_empty() => Mood::Warning,
            None => Mood::Well,
        }
    }

    /// A word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            Mood::Well => "ok",
            Mood::Warning => "warning",
            Mood::Waits => "waits",
        }
    }
}

/// What is to be done, in sentences, the most urgent first.
pub fn sentences(office: &Office, waits: &Waits, lang: Lang) -> Vec<String> {
    let mut all = pauses(office, waits, lang);
    let mut notices = office.key_warnings(office.now());
    notices.sort_by_key(|notice| std::cmp::Reverse(notice.warning));
    all.extend(notices.iter().map(|notice| sentence(notice, office, lang)));
    all
}

/// What keeps something from being signed at this moment: the first of [`sentences`]. None while the signers do their work.
pub fn pauses(office: &Office, waits: &Waits, lang: Lang) -> Vec<String> {
    let mut all = Vec::new();
    let failing: Vec<String> =
        office.external_signers().iter().filter_map(|signer| failing_sentence(signer, lang)).collect();
    if let Some(why) = waits.why() {
        // What an external program does is said below, at length.
        let why = match why.awaits_signer() && !failing.is_empty() {
            true => lang.pick("外部签名程序不能签名。", "an external program does not sign.").to_string(),
            false if why.code() == RefusalCode::KeyNotInForce => lang
                .pick("密钥已到期、尚未启用或已失密。", "a key has ended, has not begun or was compromised.")
                .to_string(),
            false => why.message(lang.words()),
        };
        all.push(match lang {
            Lang::Zh => format!("签名暂停，已受理的文档在等待，恢复后自动继续。原因：{why}"),
            Lang::En => {
                format!(
                    "Nothing is signed at the moment. What was accepted waits, and goes on by itself: {why}"
                )
            }
        });
    }
    all.extend(failing);
    all
}

fn failing_sentence(signer: &ExternalSigner, lang: Lang) -> Option<String> {
    let span = words::span(lang, signer.health.failing_for?.as_secs());
    let fault = signer.health.last.as_ref().map(|fault| fault.text(lang.words())).unwrap_or_default();
    let what = usage_of(signer.key_use, lang);
    Some(match lang {
        Lang::Zh => {
            format!("{what}密钥的外部签名程序不能签名，已有 {span}：{fault}。请检查密码机或签名服务器。")
        }
        Lang::En => format!(
            "The external program for {what} has given no signature for {span}: {fault}. See to the module or the signing server."
        ),
    })
}

fn sentence(notice: &KeyNotice, office: &Office, lang: Lang) -> String {
    // As it is typed on this machine: where the folder is, nobody has to guess.
    let dir = office.dir().display();
    let day = words::day(lang, notice.until.china_date());
    let Some(usage) = notice.usage else {
        return match (notice.warning, lang) {
            (KeyWarning::NoneActive, Lang::Zh) => {
                format!(
                    "信任名单已于 {day} 到期，核验方不再采信。请立即用根密钥签署新的一期并发给核验方：xinzheng trust {dir} renew。"
                )
            }
            (KeyWarning::NoneActive, Lang::En) => format!(
                "The trust bundle expired on {day}, and verifiers rely on it no more: sign a new one with the root key and hand it out: xinzheng trust {dir} renew."
            ),
            (_, Lang::Zh) => format!(
                "信任名单有效期至 {day}，请用根密钥签署新的一期并发给核验方：xinzheng trust {dir} renew。"
            ),
            (_, Lang::En) => {
                format!(
                    "The trust bundle expires on {day}: sign a new one with the root key and hand it out: xinzheng trust {dir} renew."
                )
            }
        };
    };
    let (what, word) = (usage_of(Use::of(usage), lang), usage.name());
    match (notice.warning, lang) {
        (KeyWarning::HalfLife, Lang::Zh) => format!(
            "{what}密钥的签发期已过半（至 {day}），尚无后继密钥。请安排轮换：xinzheng key {dir} rotate {word}。"
        ),
        (KeyWarning::HalfLife, Lang::En) => format!(
            "Half of the time of the key for {what} has gone (it signs until {day}), and no successor is announced. Plan it: xinzheng key {dir} rotate {word}."
        ),
        (KeyWarning::Month | KeyWarning::Week, Lang::Zh) => format!(
            "{what}密钥将于 {day} 停止签发，尚无后继密钥。请执行 xinzheng key {dir} rotate {word}，并把新的信任名单发给核验方。"
        ),
        (KeyWarning::Month | KeyWarning::Week, Lang::En) => format!(
            "The key for {what} stops signing on {day}, and no successor is announced. Run xinzheng key {dir} rotate {word}, and hand the new trust bundle out."
        ),
        (KeyWarning::NoPrivate, Lang::Zh) => {
            format!("{what}密钥的私钥不在本机，不能签名。请把密钥文件放回 keys 文件夹。")
        }
        (KeyWarning::NoPrivate, Lang::En) => format!(
            "The private half of the key for {what} is not on this machine, and it can't sign: bring its file back into the keys folder."
        ),
        (KeyWarning::NoneActive, Lang::Zh) => format!(
            "没有可用的{what}密钥，此类签名已停，已受理的文档在等待。请立即执行 xinzheng key {dir} rotate {word}。"
        ),
        (KeyWarning::NoneActive, Lang::En) => {
            format!(
                "No key for {what} signs; what was accepted waits. Run xinzheng key {dir} rotate {word} now."
            )
        }
    }
}

/// What a key is for, as people say it.
pub fn usage_of(usage: Use, lang: Lang) -> &'static str {
    match usage {
        Use::Root => lang.pick("根", "the trust bundle"),
        Use::Ledger => lang.pick("账本", "the ledger"),
        Use::Batch => lang.pick("批次", "batches"),
        Use::Status => lang.pick("状态清单", "status lists"),
        Use::Pdf => lang.pick("PDF", "PDF files"),
        Use::Witness => lang.pick("见证", "witnessing"),
    }
}

/// In the text form of Prometheus.
pub fn metrics(office: &Office, waits: &Waits) -> String {
    let (mut out, now) = (String::new(), office.now());
    let views = office.key_views();
    head(
        &mut out,
        "xinzheng_key_expires_seconds",
        "gauge",
        "Until the last good key of a use stops signing; below 0 since it did.",
    );
    for usage in KeyUse::ALL {
        let good = views.iter().filter(|view| view.usage == usage && view.state != KeyState::Compromised);
        if let Some(until) = good.map(|view| view.sign_until).max() {
            let left = number(until.seconds()).saturating_sub(number(now.seconds()));
            line(&mut out, "xinzheng_key_expires_seconds", &[("use", usage.name())], left);
        }
    }
    head(
        &mut out,
        "xinzheng_trust_expires_seconds",
        "gauge",
        "Until the trust bundle expires; below 0 since it did.",
    );
    let left = number(office.trust().expires().seconds()).saturating_sub(number(now.seconds()));
    line(&mut out, "xinzheng_trust_expires_seconds", &[], left);
    head(
        &mut out,
        "xinzheng_key_warning",
        "gauge",
        "1 for what is to be done about a key or the trust bundle.",
    );
    for notice in office.key_warnings(now) {
        let usage = notice.usage.map_or("bundle", KeyUse::name);
        line(&mut out, "xinzheng_key_warning", &[("use", usage), ("warning", notice.warning.as_str())], 1);
    }
    head(
        &mut out,
        "xinzheng_sealing_waits",
        "gauge",
        "1 while sealing or status lists wait for a key to sign.",
    );
    line(&mut out, "xinzheng_sealing_waits", &[], i64::from(waits.why().is_some()));
    let signers = office.external_signers();
    if signers.is_empty() {
        return out;
    }
    let mut each = |name: &str, kind: &str, help: &str, value: &dyn Fn(&ExternalSigner) -> i64| {
        head(&mut out, name, kind, help);
        for signer in &signers {
            let id = signer.key.id().to_string();
            line(&mut out, name, &[("use", signer.key_use.as_str()), ("key", &id)], value(signer));
        }
    };
    each(
        "xinzheng_signer_up",
        "gauge",
        "1 unless an external program that signs last failed to.",
        &|signer| i64::from(signer.health.failing_for.is_none()),
    );
    each("xinzheng_signer_signatures_total", "counter", "Signatures of an external program.", &|signer| {
        number(signer.health.signed)
    });
    each("xinzheng_signer_failures_total", "counter", "Failures of an external program.", &|signer| {
        number(signer.health.failures)
    });
    each("xinzheng_signer_starts_total", "counter", "Starts of an external program.", &|signer| {
        number(signer.health.starts)
    });
    out
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

fn head(out: &mut String, name: &str, kind: &str, help: &str) {
    // Writing to a String can't fail.
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

/// Labels are words of this program and digits: nothing in them to be escaped.
fn line(out: &mut String, name: &str, labels: &[(&str, &str)], value: i64) {
    let labels: Vec<String> = labels.iter().map(|(key, text)| format!("{key}=\"{text}\"")).collect();
    let _ = match labels.is_empty() {
        true => writeln!(out, "{name} {value}"),
        false => writeln!(out, "{name}{{{}}} {value}", labels.join(",")),
    };
}
