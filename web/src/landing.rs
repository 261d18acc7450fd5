//! What a phone's camera opens, and the verifier for the browser in the forms that it goes out in.
//!
//! ```text
//! GET /v                     the page of QR codes: verifies the fragment in the browser; a form where there are no scripts
//! GET /static/verifier.js    the scripts of static/verifier/ one after the other, in the order of order.json
//! GET /sw.js                 keeps page and scripts for use without a network
//! GET /verify.html           the same verifier as one file to take away, which may not use any network
//! GET /trust.xzt             the office's trust bundle
//! ```
//!
//! Here: putting together what goes out. Not here: the scripts themselves (`static/`), and files as they are (`static_files`).

use std::sync::OnceLock;

use actix_web::guard::{Any, Get, Head};
use actix_web::http::StatusCode;
use actix_web::http::header::{ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_DISPOSITION, HeaderValue};
use actix_web::web::{self, Bytes, Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use crate::packed::{Packed, version};
use crate::page::{Page, Section};
use crate::server::Shared;
use crate::static_files::{self, FILES};

/// The name below `/static/` of the verifier's scripts as one.
pub const VERIFIER: &str = "verifier.js";
/// The scripts of the verifier: each builds on those before it.
const ORDER: &str = include_str!("../static/verifier/order.json");
/// Which verifier this is, beside its build.
const RELEASE: &str = env!("CARGO_PKG_VERSION");

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    let read = || web::route().guard(Any(Get()).or(Head()));
    config
        .route("/v", read().to(landing))
        .route("/sw.js", read().to(worker))
        .route("/verify.html", read().to(one_file))
        .route("/trust.xzt", read().to(trust));
}

/// The scripts of the verifier, one after the other.
#[must_use]
pub fn verifier_script() -> &'static str {
    static SCRIPT: OnceLock<String> = OnceLock::new();
    SCRIPT.get_or_init(|| {
        let names: Vec<String> = serde_json::from_str(ORDER).unwrap_or_default();
        names.iter().map(|name| text(name)).collect()
    })
}

/// An embedded file as text.
fn text(name: &str) -> &'static str {
    let file = FILES.iter().find(|file| file.name == name);
    file.and_then(|file| std::str::from_utf8(file.bytes).ok()).unwrap_or_default()
}

#[derive(Template)]
#[template(path = "landing.html")]
struct Landing<'a> {
    page: &'a Page,
    release: &'static str,
}

async fn landing(mut page: Page) -> HttpResponse {
    // The browser keeps this page for use without a network: it must not say who was signed in.
    page.signed_in = None;
    let page = page.titled("扫码核验", "Verify by QR code").at(Section::Verify).public();
    let page = page.script(VERIFIER).script("show.js").script("keeper.js").script("landing.js");
    page.html(StatusCode::OK, &Landing { page: &page, release: RELEASE })
}

async fn worker(request: HttpRequest) -> HttpResponse {
    static WORKER: OnceLock<Packed> = OnceLock::new();
    let worker = WORKER.get_or_init(|| {
        let files = ["icon.svg", "style.css", VERIFIER, "show.js", "keeper.js", "landing.js"];
        let mut files: Vec<&str> = files.iter().map(|name| static_files::address(name)).collect();
        files.push("/v");
        let kept = serde_json::json!({"version": version(files.join(" ").as_bytes()), "files": files});
        let script = format!("const KEPT = {kept};\n{}", text("sw.js"));
        Packed::new("text/javascript; charset=utf-8", Bytes::from(script))
    });
    worker.answer(&request, false)
}

async fn one_file(request: HttpRequest) -> HttpResponse {
    static PAGE: OnceLock<Packed> = OnceLock::new();
    let page = PAGE.get_or_init(|| Packed::new("text/html; charset=utf-8", Bytes::from(verify_file())));
    let mut answer = page.answer(&request, false);
    let named = HeaderValue::from_static("attachment; filename=\"verify.html\"");
    answer.headers_mut().insert(CONTENT_DISPOSITION, named);
    answer
}

/// The verifier as one file. Its policy names its own script and style by their hashes, and allows no network at all.
#[must_use]
pub fn verify_file() -> String {
    let script: String =
        [verifier_script(), text("show.js"), text("keeper.js"), text("verify_file.js")].concat();
    let style = text("style.css");
    let hash = |part: &str| format!("'sha256-{}'", STANDARD.encode(Sha256::digest(part.as_bytes())));
    let policy = format!(
        "default-src 'none'; script-src {}; style-src {}; img-src blob: data:; base-uri 'none'; form-action 'none'",
        hash(&script),
        hash(style)
    );
    // The shell is taken apart at its places, so that nothing in a script is taken for one.
    let mut page = String::new();
    let mut rest = text("verify.html");
    for (place, part) in [
        ("{{POLICY}}", policy.as_str()),
        ("{{STYLE}}", style),
        ("{{VERSION}}", RELEASE),
        ("{{SCRIPT}}", &script),
    ] {
        let (before, after) = rest.split_once(place).unwrap_or((rest, ""));
        page.push_str(before);
        page.push_str(part);
        rest = after;
    }
    page + rest
}

/// The bundle is signed and says by itself what it is worth; where it comes from does not matter to who has pinned its root.
async fn trust(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    let bundle = shared.office().trust().note().encode();
    let packed = Packed::new("text/plain; charset=utf-8", Bytes::from(bundle));
    let mut answer = packed.answer(&request, false);
    answer.headers_mut().insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verifier_is_whole_and_light() {
        let names: Vec<String> = serde_json::from_str(ORDER).unwrap();
        assert!(
            names.iter().all(|name| FILES.iter().any(|file| file.name == name)),
            "every script is embedded"
        );
        let embedded = FILES.iter().filter(|file| file.name.starts_with("verifier/")).count();
        assert_eq!(embedded, names.len(), "every script of the folder has its place in the order");
        assert!(verifier_script().ends_with("\n"));
        let page = verify_file();
        assert!(!page.contains("{{"), "every place of the shell is filled");
        assert_eq!(page.matches("<script>").count(), 1);
        assert_eq!(page.matches("</script>").count(), 1);
        let weight = Packed::new("text/html", Bytes::from(page)).weight();
        assert!(weight <= 65_536, "{weight} bytes compressed");
    }

    #[test]
    fn the_one_file_may_run_its_own_script_and_nothing_else() {
        let page = verify_file();
        let (_, rest) = page.split_once("<script>").unwrap();
        let (script, _) = rest.split_once("</script>").unwrap();
        let hash = STANDARD.encode(Sha256::digest(script.as_bytes()));
        assert!(page.contains(&format!("script-src 'sha256-{hash}'")));
        assert!(page.contains("default-src 'none'") && !page.contains("connect-src"));
    }
}
