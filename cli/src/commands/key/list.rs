//! `key D list`: the keys of an office with what is said of each, the programs that sign, and warnings.
//!
//! ```text
//! 用途    编号      状态    启用        停止签发    核验截止    私钥
//! ledger  530d903a  签发中  2026-11-22  2028-11-21  2038-11-19  在此处
//!   credit.example.gov.cn/ledger+530d903a+BLUJ…
//! ```
//!
//! Nothing secret is read: a running server is asked, or the files are. Not here: changes (`key`).

use std::path::Path;

use notary::keys;
use notary::office::{Clock as _, SystemClock, key_notices, key_views_of};
use serde::Serialize;
use verifier::time::Time;
use verifier::trust::{KeyUse as Usage, fingerprint};

use super::{HOUR, KEYS, day};
use crate::commands::trust::own_office;
use crate::door::key::{Ask, KeyShown, Listed, SignerShown, Told, WarningShown, shown};
use crate::door::reach::unexpected;
use crate::door::{Request, Response};
use crate::lang::{Lang, moment};
use crate::output::{Answer, Failure};
use crate::say;
use crate::table::table;

#[derive(Serialize)]
struct Keys<'a> {
    roots: Vec<RootShown>,
    #[serde(flatten)]
    listed: &'a Listed,
    bundle: BundleShown,
}

#[derive(Serialize)]
struct RootShown {
    key: String,
    fingerprint: String,
    /// Whether its private key lies in the office's folder, where it should not stay.
    private: bool,
}

#[derive(Serialize)]
struct BundleShown {
    sequence: u64,
    expires: u64,
}

pub(super) fn list(dir: &Path, lang: Lang) -> Result<Answer, Failure> {
    let (bundle, origin) = own_office(dir)?;
    let folder = keys::list(&dir.join(KEYS)).map_err(notary::refusal::Refusal::from)?;
    let listed = match by_server(dir)? {
        Some(listed) => listed,
        None => {
            let own = bundle.office(&origin).map(|office| office.keys.as_slice()).unwrap_or_default();
            let now = SystemClock.now();
            let warnings =
                key_notices(&bundle, &origin, &folder, now).into_iter().map(|notice| WarningShown {
                    usage: notice.usage.map_or("bundle", Usage::name).to_string(),
                    warning: notice.warning.as_str().to_string(),
                    until: notice.until.seconds(),
                });
            Listed {
                keys: key_views_of(own, &folder, now).iter().map(shown).collect(),
                warnings: warnings.collect(),
                signers: Vec::new(),
            }
        }
    };
    let roots: Vec<RootShown> = bundle
        .roots()
        .iter()
        .map(|root| RootShown {
            key: root.encode(),
            fingerprint: fingerprint(root),
            private: folder.iter().any(|key| key.vkey == *root && key.present),
        })
        .collect();
    let heads = [
        lang.pick("用途", "use"),
        lang.pick("编号", "id"),
        lang.pick("状态", "state"),
        lang.pick("启用", "signs from"),
        lang.pick("停止签发", "signs until"),
        lang.pick("核验截止", "verifies until"),
        lang.pick("私钥", "private key"),
    ];
    let mut rows: Vec<Vec<String>> = roots.iter().map(|root| root_row(root, lang)).collect();
    rows.extend(listed.keys.iter().map(|key| row(key, &listed, lang)));
    // A key is longer than what is said of it: it has a line of its own, so that the table fits on a screen.
    let mut below: Vec<String> = roots.iter().map(|root| format!("  {}\n", root.key)).collect();
    below.extend(listed.keys.iter().map(|key| below_row(key, lang)));
    let mut text = String::new();
    for (place, line) in table(&heads, &rows).lines().enumerate() {
        text += &format!("{line}\n");
        text += place.checked_sub(1).and_then(|n| below.get(n)).map_or("", String::as_str);
    }
    for signer in &listed.signers {
        text += &signer_line(signer, lang);
    }
    for warning in &listed.warnings {
        text += &warning_line(warning, dir, lang);
    }
    let bundle = BundleShown { sequence: bundle.sequence(), expires: bundle.expires().seconds() };
    Ok(Answer::new(&Keys { roots, listed: &listed, bundle }, text))
}

/// What a server that holds the office says; it knows how it goes with external programs.
#[cfg(unix)]
fn by_server(dir: &Path) -> Result<Option<Listed>, Failure> {
    let Some(mut client) = crate::door::socket::Client::connect(dir)? else { return Ok(None) };
    match client.ask(&Request::Key(Ask::List))? {
        Response::Key(Told::Listed(listed)) => Ok(Some(listed)),
        Response::Failed(failure) => Err(failure),
        _ => Err(unexpected()),
    }
}

#[cfg(not(unix))]
fn by_server(_: &Path) -> Result<Option<Listed>, Failure> {
    Ok(None)
}

fn root_row(root: &RootShown, lang: Lang) -> Vec<String> {
    let place = match root.private {
        true => lang.pick("在此处，请移走", "here: take it away"),
        false => lang.pick("离线", "offline"),
    };
    let none = String::new;
    vec!["root".into(), id_of(&root.key), none(), none(), none(), none(), place.into()]
}

/// The eight digits between the name and the key itself: what `compromised` asks for.
fn id_of(key: &str) -> String {
    key.split('+').nth(1).unwrap_or_default().to_string()
}

/// The key, and since when it may be somebody else's.
fn below_row(key: &KeyShown, lang: Lang) -> String {
    let mut text = format!("  {}\n", key.key);
    if let Some(told) = &key.compromised {
        let from = Time::new(told.from).map(|time| moment(lang, time)).unwrap_or_default();
        let size = told.size;
        text += &say!(
            lang,
            "  自 {from} 起失密；最后可信的检查点为 {size} 条\n",
            "  compromised since {from}; the last good checkpoint has {size} entries\n"
        );
    }
    text
}

fn row(key: &KeyShown, listed: &Listed, lang: Lang) -> Vec<String> {
    let is_away =
        listed.signers.iter().any(|signer| signer.key == key.key && signer.failing_seconds.is_some());
    let seconds = |seconds| Time::new(seconds).map(day).unwrap_or_default();
    let state = match key.state.as_str() {
        "active" if is_away => lang.pick("不能签名", "does not sign"),
        "coming" => lang.pick("待启用", "coming"),
        "active" => lang.pick("签发中", "signs"),
        "retired" => lang.pick("已停止签发", "signs no more"),
        "expired" => lang.pick("已过期", "expired"),
        "compromised" => lang.pick("已失密", "compromised"),
        other => other,
    };
    let place = match (key.private, key.place.as_deref()) {
        (true, Some("command")) => lang.pick("外部程序", "external program"),
        (true, _) => lang.pick("在此处", "here"),
        (false, _) => lang.pick("不在", "not here"),
    };
    vec![
        key.usage.clone(),
        id_of(&key.key),
        state.to_string(),
        seconds(key.sign_from),
        seconds(key.sign_until),
        seconds(key.verify_until),
        place.to_string(),
    ]
}

/// What the start of a service says of the keys: what does not sign, what waits for that, what is to be done. Empty where
/// all is well.
pub fn at_start(listed: &Listed, pending: u64, dir: &Path, lang: Lang) -> String {
    let failing: Vec<&SignerShown> =
        listed.signers.iter().filter(|signer| signer.failing_seconds.is_some()).collect();
    let mut text: String = failing.iter().map(|signer| signer_line(signer, lang)).collect();
    if !failing.is_empty() && pending > 0 {
        text += &say!(
            lang,
            "等待封存的文档：{pending} 份，不会丢失\n",
            "documents that wait to be sealed: {pending}; none is lost\n"
        );
    }
    text + &listed.warnings.iter().map(|warning| warning_line(warning, dir, lang)).collect::<String>()
}

fn signer_line(signer: &SignerShown, lang: Lang) -> String {
    let SignerShown { program, signed, .. } = signer;
    let (usage, id) = (usage_of(&signer.usage, lang), id_of(&signer.key));
    let last = signer.last.as_ref().map(|last| lang.pick(last[0].as_str(), last[1].as_str()));
    let span = signer.failing_seconds.map(|seconds| span(seconds, lang));
    match (span, last) {
        (Some(span), Some(last)) => say!(
            lang,
            "请注意：{usage}密钥 {id} 的外部签名程序不能签名，已有 {span}：{last}\n  程序：{program}\n  接下来：请检查密码机或签名服务器。文档照常受理，不会丢失；恢复后自动继续签名和封存\n",
            "please note: the external program of the {usage} key {id} has given no signature for {span}: {last}\n  program: {program}\n  Next: see to the module or the signing server. Documents are still taken and none is lost; signing and sealing go on by themselves\n"
        ),
        _ => say!(
            lang,
            "外部签名程序（{usage}密钥 {id}）：正常，已签 {signed} 次；程序 {program}\n",
            "external program ({usage} key {id}): well, {signed} signatures so far; program {program}\n"
        ),
    }
}

fn span(seconds: u64, lang: Lang) -> String {
    let (count, zh, en) = match seconds {
        0..120 => (seconds, "秒", "s"),
        120..7_200 => (seconds / 60, "分钟", "min"),
        _ => (seconds / HOUR, "小时", "h"),
    };
    format!("{count} {}", lang.pick(zh, en))
}

/// What is to be done, in a sentence with the command for it.
fn warning_line(warning: &WarningShown, dir: &Path, lang: Lang) -> String {
    let (usage, dir) = (&warning.usage, dir.display());
    let name = usage_of(usage, lang);
    let until = Time::new(warning.until).map(day).unwrap_or_default();
    match (usage.as_str(), warning.warning.as_str()) {
        ("bundle", "none-active") => say!(
            lang,
            "请注意：信任名单已于 {until} 到期，核验方不再采信；请用根密钥签署新的一期：xinzheng trust {dir} renew\n",
            "please note: the trust bundle expired on {until} and verifiers rely on it no more; sign a new one with the root key: xinzheng trust {dir} renew\n"
        ),
        ("bundle", _) => say!(
            lang,
            "请注意：信任名单 {until} 到期；请用根密钥签署新的一期并发给核验方：xinzheng trust {dir} renew\n",
            "please note: the trust bundle expires on {until}; sign a new one with the root key and hand it out: xinzheng trust {dir} renew\n"
        ),
        (_, "no-private") => say!(
            lang,
            "请注意：{name}密钥的私钥不在此处，不能签发；请放回 keys 文件夹\n",
            "please note: the private half of the {usage} key is not here, and it can't sign; bring it back into the keys folder\n"
        ),
        (_, "none-active") => say!(
            lang,
            "请注意：没有可用的{name}密钥，此类签发已停；请执行 xinzheng key {dir} rotate {usage}\n",
            "please note: no {usage} key signs, and nothing of the kind is signed; run xinzheng key {dir} rotate {usage}\n"
        ),
        (_, "half-life") => say!(
            lang,
            "请注意：{name}密钥的签发期已过半（至 {until}）；请安排轮换：xinzheng key {dir} rotate {usage}\n",
            "please note: half of the {usage} key's time has gone (it signs until {until}); plan its successor: xinzheng key {dir} rotate {usage}\n"
        ),
        _ => say!(
            lang,
            "请注意：{name}密钥 {until} 停止签发；请执行 xinzheng key {dir} rotate {usage}\n",
            "please note: the {usage} key signs until {until}; run xinzheng key {dir} rotate {usage}\n"
        ),
    }
}

/// What a key is for, in a sentence.
fn usage_of(usage: &str, lang: Lang) -> &str {
    match (usage, lang) {
        ("ledger", Lang::Zh) => "账本",
        ("batch", Lang::Zh) => "批次",
        ("status", Lang::Zh) => "状态清单",
        ("pdf", Lang::Zh) => "PDF ",
        ("witness", Lang::Zh) => "见证",
        (other, _) => other,
    }
}
