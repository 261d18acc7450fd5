//! `/admin/keys`: the office's own keys, how long each signs and is relied on, and what is to be done soon.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use verifier::time::Time;
use verifier::trust::{KeyUse, OfficeKey, fingerprint};

use super::OFFICERS;
use crate::lang::Lang;
use crate::page::{Page, Section};
use crate::problem::Problem;
use crate::server::Shared;
use crate::session::SignedIn;

/// A key that stops signing within so many seconds wants a successor: 90 days.
const SOON: u64 = 90 * 86_400;
/// A trust bundle that expires within so many seconds wants to be signed anew: 30 days.
const BUNDLE_SOON: u64 = 30 * 86_400;

#[derive(Template)]
#[template(path = "admin/keys.html")]
struct Keys<'a> {
    page: &'a Page,
    rows: Vec<Row>,
    warnings: Vec<String>,
    sequence: u64,
    issued: String,
    expires: String,
    root: String,
    fingerprint: String,
}

struct Row {
    usage: &'static str,
    key: String,
    sign_from: String,
    sign_until: String,
    verify_until: String,
    word: &'static str,
    look: &'static str,
}

pub(super) async fn show(
    signed_in: SignedIn,
    page: Page,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&OFFICERS)?;
    let page = page.titled("本机构的密钥", "The office's keys").at(Section::Admin);
    let (office, lang) = (shared.office(), page.lang);
    let (trust, now) = (office.trust(), office.now());
    let mut warnings: Vec<String> =
        office.keys_in_trust().iter().filter_map(|key| warning(key, now, lang)).collect();
    if trust.expires() < now.saturating_add(BUNDLE_SOON) {
        let until = trust.expires().china_date().display_words();
        warnings.push(match lang {
            Lang::Zh => format!("信任名单有效期至 {until}，请用根密钥签署新的一期并发给核验方。"),
            Lang::En => format!(
                "The trust bundle expires on {until}: sign a new one with the root key and hand it out."
            ),
        });
    }
    let root = trust.root();
    let keys = Keys {
        page: &page,
        rows: office.keys_in_trust().iter().map(|key| row(key, now, lang)).collect(),
        warnings,
        sequence: trust.sequence(),
        issued: trust.issued().china_date().display_words(),
        expires: trust.expires().china_date().display_words(),
        root: root.map(|root| root.encode()).unwrap_or_default(),
        fingerprint: root.map(fingerprint).unwrap_or_default(),
    };
    Ok(page.html(StatusCode::OK, &keys))
}

fn row(key: &OfficeKey, now: Time, lang: Lang) -> Row {
    let (look, word) = match state(key, now) {
        State::Compromised => ("tag-error", lang.pick("已失密", "compromised")),
        State::NotYet => ("tag-warn", lang.pick("尚未启用", "not yet")),
        State::Over => ("tag-error", lang.pick("已停止签发", "signs no more")),
        State::Soon => ("tag-warn", lang.pick("即将停止签发", "signs not much longer")),
        State::Good => ("tag-ok", lang.pick("签发中", "signs")),
    };
    let day = |time: Time| time.china_date().display_words();
    Row {
        usage: usage(key.usage, lang),
        key: key.key.encode(),
        sign_from: day(key.sign_from),
        sign_until: day(key.sign_until),
        verify_until: day(key.verify_until),
        word,
        look,
    }
}

enum State {
    Compromised,
    NotYet,
    Over,
    Soon,
    Good,
}

fn state(key: &OfficeKey, now: Time) -> State {
    match key {
        key if key.compromised.is_some() => State::Compromised,
        key if now < key.sign_from => State::NotYet,
        key if now >= key.sign_until => State::Over,
        key if now.saturating_add(SOON) >= key.sign_until => State::Soon,
        _ => State::Good,
    }
}

fn warning(key: &OfficeKey, now: Time, lang: Lang) -> Option<String> {
    let (what, day) = (usage(key.usage, lang), key.sign_until.china_date().display_words());
    match (state(key, now), lang) {
        (State::Over, Lang::Zh) => Some(format!("{what}密钥已于 {day} 停止签发，请立即换用新密钥。")),
        (State::Over, Lang::En) => {
            Some(format!("The key for {what} stopped signing on {day}: bring in a new one now."))
        }
        (State::Soon, Lang::Zh) => {
            Some(format!("{what}密钥将于 {day} 停止签发，请安排新密钥并更新信任名单。"))
        }
        (State::Soon, Lang::En) => Some(format!(
            "The key for {what} stops signing on {day}: plan for a new one and a new trust bundle."
        )),
        (State::Compromised, Lang::Zh) => Some(format!("{what}密钥已失密，不得再用。")),
        (State::Compromised, Lang::En) => {
            Some(format!("The key for {what} is compromised and must not be used."))
        }
        _ => None,
    }
}

fn usage(usage: KeyUse, lang: Lang) -> &'static str {
    match usage {
        KeyUse::Ledger => lang.pick("账本", "ledger"),
        KeyUse::Batch => lang.pick("批次", "batches"),
        KeyUse::Status => lang.pick("状态清单", "status lists"),
        KeyUse::Pdf => lang.pick("PDF", "PDF"),
    }
}
