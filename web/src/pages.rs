//! The pages that are not files: what this is, and whether it is well.

use actix_web::http::header::{
    ACCEPT_LANGUAGE, CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY,
};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use crate::server::Shared;

/// The page shows itself and nothing else: no script, no picture, no frame.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `GET /health`: 200 while the office promises and seals, 503 once it has stopped.
pub async fn health(shared: Data<Shared>) -> HttpResponse {
    let summary = shared.office().summary();
    let well = !summary.stopped && shared.failure().is_none();
    let health = Health {
        status: if well { "ok" } else { "stopped" },
        origin: summary.origin.as_str(),
        size: summary.size,
        pending: summary.pending,
    };
    let mut answer = if well { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    answer.insert_header((CACHE_CONTROL, "no-store")).json(health)
}

#[derive(Serialize)]
struct Health<'a> {
    status: &'static str,
    origin: &'a str,
    size: u64,
    pending: u64,
}

/// `GET /`: in Chinese unless English is preferred.
pub async fn index(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let accepted =
        request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let english = prefers_english(accepted);
    let summary = shared.office().summary();
    let (name, origin, size) = (escape(&summary.name), escape(summary.origin.as_str()), summary.size);
    let head = if size == 0 { "" } else { "<p><a href=\"/ledger/checkpoint\">/ledger/checkpoint</a></p>" };
    let body = if english {
        format!(
            "<h1>{name}</h1><p>This office issues blockchain certificates for credit reports and credit commitments. \
             This is its public ledger, <b>{origin}</b>, with {size} entries. An entry is 32 bytes and shows nothing of \
             anybody.</p>{head}<p>To check a certificate you need no network: get the office's trust bundle from the \
             office itself, compare the fingerprint of its root key, and run</p>\
             <pre>xinzheng-verify --trust office.xzt --root VKEY certificate.xzc</pre>\
             <p>To audit this ledger, copy it and run <code>xinzheng audit</code> on the copy.</p>"
        )
    } else {
        format!(
            "<h1>{name}</h1><p>本机构为信用报告和信用承诺签发社会信用区块链证书。这里是它的公开账本 <b>{origin}</b>,\
             现有 {size} 条存证。每条存证 32 字节，不含任何主体的信息。</p>{head}<p>核验证书不需要网络：\
             请向本机构索取信任名单，核对根公钥指纹，然后运行</p>\
             <pre>xinzheng-verify --trust office.xzt --root VKEY certificate.xzc</pre>\
             <p>要审计账本，请复制一份，对副本运行 <code>xinzheng audit</code>。</p>\
             <p><small>本证书仅反映查询期内已归集信息，不构成信用评级或担保。</small></p>"
        )
    };
    let lang = if english { "en" } else { "zh-CN" };
    let page = format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><title>{name}</title>\
         <style>body{{max-width:44em;margin:2em auto;padding:0 1em;font:16px/1.7 sans-serif}}\
         pre{{background:#f3f3f3;padding:.7em;overflow:auto}}</style></head><body>{body}</body></html>\n"
    );
    HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, "text/html; charset=utf-8"))
        .insert_header((CONTENT_LANGUAGE, lang))
        .insert_header((VARY, "Accept-Language"))
        .insert_header((CACHE_CONTROL, "no-cache"))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .body(page)
}

/// Any other address, or another method than GET and HEAD.
pub async fn nothing() -> HttpResponse {
    not_found()
}

/// No such file. Not to be kept: it may be there a moment later.
pub fn not_found() -> HttpResponse {
    HttpResponse::NotFound()
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body("404\n")
}

/// The file is there and can't be read.
pub fn unreadable() -> HttpResponse {
    HttpResponse::InternalServerError()
        .insert_header((CONTENT_TYPE, "text/plain; charset=utf-8"))
        .insert_header((CACHE_CONTROL, "no-store"))
        .body("500\n")
}

/// Whether the header names English before any Chinese. Browsers list languages in the order of preference.
fn prefers_english(accepted: &str) -> bool {
    accepted
        .split(',')
        .map(|item| item.trim().to_ascii_lowercase())
        .find_map(
            |item| if item.starts_with("zh") { Some(false) } else { item.starts_with("en").then_some(true) },
        )
        .unwrap_or(false)
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use notary::keys::{Passphrase, example};
    use notary::office::{Clock, NewOffice, Office, OpenOptions, SealPolicy, SystemClock};
    use notary::refusal::{Refusal, RefusalCode};
    use verifier::origin::Origin;

    use super::*;

    #[test]
    fn health_is_503_once_sealing_has_failed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("office");
        let origin = Origin::parse(example::ORIGIN).unwrap();
        let new =
            NewOffice { origin, name: "N".into(), organisation: None, host: None, seal: SealPolicy::Manual };
        Office::create_example(&path, &new, SystemClock.now()).unwrap();
        let options = OpenOptions { allow_example_keys: true, ..OpenOptions::default() };
        let passphrase = Arc::new(Passphrase::new(example::PASSPHRASE).unwrap());
        let shared = Data::new(Shared::new(Arc::new(Office::open(&path, &passphrase, options).unwrap())));
        let status = |shared: &Data<Shared>| {
            actix_web::rt::System::new().block_on(health(shared.clone())).status().as_u16()
        };
        assert_eq!(status(&shared), 200);
        shared.fail(Refusal::new(RefusalCode::OfficeStopped));
        assert_eq!(status(&shared), 503);
    }

    #[test]
    fn the_first_language_that_is_spoken_here_counts() {
        assert!(!prefers_english(""));
        assert!(!prefers_english("zh-CN,zh;q=0.9,en;q=0.8"));
        assert!(prefers_english("en-US,en;q=0.9,zh;q=0.8"));
        assert!(prefers_english("de-DE, en;q=0.5"));
        assert!(!prefers_english("de-DE"));
    }

    #[test]
    fn names_are_escaped() {
        assert_eq!(escape("<b>&\"'"), "&lt;b&gt;&amp;&quot;&#39;");
    }
}
