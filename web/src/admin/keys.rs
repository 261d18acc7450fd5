//! `/admin/keys`: the office's own keys, how long each signs and is relied on, external programs, and what is to be done.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::Data;
use askama::Template;
use notary::keys::{self, KeyPlace, KeyUse};
use notary::office::{ExternalSigner, KeyState, KeyView};
use notary::refusal::Refusal;
use verifier::key::VerifierKey;
use verifier::time::Time;
use verifier::trust::fingerprint;

use super::OFFICERS;
use crate::keyring_watch::{sentences, usage_of};
use crate::lang::Lang;
use crate::page::words::{self, moment};
use crate::page::{Page, Section};
use crate::problem::Problem;
use crate::server::Shared;
use crate::session::SignedIn;

/// The folder of keys in an office's.
const KEYS: &str = "keys";

#[derive(Template)]
#[template(path = "admin/keys.html")]
struct Keys<'a> {
    page: &'a Page,
    rows: Vec<Row>,
    signers: Vec<SignerRow>,
    warnings: Vec<String>,
    sequence: u64,
    issued: String,
    expires: String,
    roots: Vec<RootRow>,
}

struct RootRow {
    key: String,
    fingerprint: String,
    /// Whether its private half lies in the office's folder, where it should not stay.
    is_here: bool,
}

struct Row {
    usage: &'static str,
    key: String,
    sign_from: String,
    sign_until: String,
    verify_until: String,
    word: &'static str,
    look: &'static str,
    place: &'static str,
    compromised: Option<(String, u64)>,
}

struct SignerRow {
    usage: &'static str,
    program: String,
    word: &'static str,
    look: &'static str,
    fault: String,
    signed: u64,
    failures: u64,
    said: String,
}

pub(super) async fn show(
    signed_in: SignedIn,
    page: Page,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&OFFICERS)?;
    let page = page.titled("本机构的密钥", "The office's keys").at(Section::Admin);
    let (office, lang) = (shared.office(), page.lang);
    let trust = office.trust();
    let folder = keys::list(&office.dir().join(KEYS)).map_err(Refusal::from)?;
    let (views, signers) = (office.key_views(), office.external_signers());
    let keys = Keys {
        page: &page,
        rows: views.iter().map(|key| row(key, &views, &signers, lang)).collect(),
        signers: signers.iter().map(|signer| signer_row(signer, lang)).collect(),
        warnings: sentences(office, shared.waits(), lang),
        sequence: trust.sequence(),
        issued: day(lang, trust.issued()),
        expires: day(lang, trust.expires()),
        roots: trust.roots().iter().map(|root| root_row(root, &folder)).collect(),
    };
    Ok(page.html(StatusCode::OK, &keys))
}

/// One key among all of them: that another of its use goes on after it, and that its program is away, is said here, too.
fn row(key: &KeyView, all: &[KeyView], signers: &[ExternalSigner], lang: Lang) -> Row {
    let is_away = signers.iter().any(|signer| signer.key == key.key && signer.health.failing_for.is_some());
    let has_successor = all.iter().any(|other| {
        other.usage == key.usage && other.state == KeyState::Active && other.sign_until > key.sign_until
    });
    let (look, word) = match key.state {
        KeyState::Active if is_away => ("tag-error", lang.pick("不能签名", "does not sign")),
        KeyState::Coming => ("tag-warn", lang.pick("待启用", "coming")),
        KeyState::Active if key.warning.is_some() => {
            ("tag-warn", lang.pick("签发中，须安排后继", "signs, needs a successor"))
        }
        KeyState::Active if has_successor => {
            ("tag-ok", lang.pick("签发中，后继已启用", "signs, its successor does too"))
        }
        KeyState::Active => ("tag-ok", lang.pick("签发中", "signs")),
        KeyState::Retired => ("", lang.pick("已停止签发", "signs no more")),
        KeyState::Expired => ("", lang.pick("已过期", "expired")),
        KeyState::Compromised => ("tag-error", lang.pick("已失密", "compromised")),
    };
    let place = match (key.has_private, key.place) {
        (true, Some(KeyPlace::Command)) => lang.pick("外部程序", "external program"),
        (true, _) => lang.pick("本机", "on this machine"),
        (false, _) => lang.pick("不在本机", "not on this machine"),
    };
    Row {
        usage: usage_of(KeyUse::of(key.usage), lang),
        key: key.key.encode(),
        sign_from: day(lang, key.sign_from),
        sign_until: day(lang, key.sign_until),
        verify_until: day(lang, key.verify_until),
        word,
        look,
        place,
        compromised: key.compromised.as_ref().map(|told| (moment(lang, told.from), told.size)),
    }
}

fn root_row(root: &VerifierKey, folder: &[keys::Listed]) -> RootRow {
    RootRow {
        key: root.encode(),
        fingerprint: fingerprint(root),
        is_here: folder.iter().any(|held| held.vkey == *root && held.present),
    }
}

fn signer_row(signer: &ExternalSigner, lang: Lang) -> SignerRow {
    let health = &signer.health;
    let fault = health.last.as_ref().filter(|_| health.failing_for.is_some());
    let (look, word) = match fault {
        Some(_) => ("tag-error", lang.pick("不能签名", "does not sign")),
        None if health.starts == 0 => ("", lang.pick("尚未使用", "not used yet")),
        None => ("tag-ok", lang.pick("正常", "well")),
    };
    SignerRow {
        usage: usage_of(signer.key_use, lang),
        program: health.program.clone(),
        word,
        look,
        fault: fault.map(|fault| fault.text(lang.words())).unwrap_or_default(),
        signed: health.signed,
        failures: health.failures,
        // Its words are for whoever mends it, and only while there is something to mend.
        said: if fault.is_some() { health.said.clone() } else { String::new() },
    }
}

fn day(lang: Lang, time: Time) -> String {
    words::day(lang, time.china_date())
}
