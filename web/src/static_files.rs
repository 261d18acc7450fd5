//! The files of `web/static/`: scripts, the style sheet, the icon. They are part of the program.
//!
//! ```text
//! GET /static/style.css                       no-cache, ETag "5d1c9a0e3b7f2a64"
//! GET /static/style.css?v=5d1c9a0e3b7f2a64    the same bytes, to be kept for a year
//! ```
//!
//! Pages link to [`address`], which names the version, so that nobody has an old script with a new page. A file is
//! embedded by its line in [`FILES`]. Not here: what the files do, and the addresses that are put together of several
//! of them (`landing`).

use std::sync::OnceLock;

use actix_web::guard::{Any, Get, Head};
use actix_web::web::{self, Bytes, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};

use crate::landing;
use crate::packed::Packed;

/// One file: its name below `/static/` and its bytes.
#[derive(Clone, Copy, Debug)]
pub struct StaticFile {
    /// The name, e.g. `verifier/note.js`.
    pub name: &'static str,
    /// The bytes, as they are in `web/static/`.
    pub bytes: &'static [u8],
}

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(StaticFile { name: $name, bytes: include_bytes!(concat!("../static/", $name)) }),*]
    };
}

/// Every file of the folder that is embedded. What is put together of several of them is in [`landing`] alone.
#[rustfmt::skip]
pub const FILES: &[StaticFile] = files![
    "icon.svg",
    "keeper.js",
    "landing.js",
    "show.js",
    "print.js",
    "scan.js",
    "style.css",
    "sw.js",
    "verify.html",
    "verify_file.js",
    "window.js",
    "import.js",
    "verifier/anchor.js",
    "verifier/bytes.js",
    "verifier/cbor.js",
    "verifier/certificate.js",
    "verifier/core.js",
    "verifier/disclosure.js",
    "verifier/ed25519.js",
    "verifier/inflate.js",
    "verifier/json.js",
    "verifier/merkle.js",
    "verifier/messages.js",
    "verifier/misbehaviour.js",
    "verifier/note.js",
    "verifier/number.js",
    "verifier/pdf.js",
    "verifier/pdf_words.js",
    "verifier/qr.js",
    "verifier/registry.js",
    "verifier/sealed.js",
    "verifier/sha2.js",
    "verifier/status.js",
    "verifier/text.js",
    "verifier/trust.js",
    "verifier/verdict.js",
    "verifier/verify.js",
];

/// `/static/NAME`.
pub fn configure(config: &mut ServiceConfig) {
    config.route("/static/{name:.*}", web::route().guard(Any(Get()).or(Head())).to(file));
}

/// The address of a file with its version, for links in pages: `/static/style.css?v=5d1c9a0e3b7f2a64`. A name that is
/// no file's gives an address that answers 404; a test of each page would see it.
#[must_use]
pub fn address(name: &'static str) -> &'static str {
    versions().iter().find(|known| known.name == name).map_or(name, |known| known.address.as_str())
}

/// The file of this name.
#[must_use]
pub fn find(name: &str) -> Option<&'static StaticFile> {
    all().iter().find(|file| file.name == name)
}

/// The media type by the ending of a name.
#[must_use]
pub fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("html") => "text/html; charset=utf-8",
        _ => "application/octet-stream",
    }
}

async fn file(request: HttpRequest, name: Path<String>) -> HttpResponse {
    let Some(known) = versions().iter().find(|known| known.name == name.as_str()) else {
        return crate::pages::not_found();
    };
    let keep = request.query_string().strip_prefix("v=") == Some(known.packed.version());
    known.packed.answer(&request, keep)
}

/// The embedded files, and the scripts of the verifier as one.
fn all() -> &'static [StaticFile] {
    static ALL: OnceLock<Vec<StaticFile>> = OnceLock::new();
    ALL.get_or_init(|| {
        let joined = StaticFile { name: landing::VERIFIER, bytes: landing::verifier_script().as_bytes() };
        FILES.iter().copied().chain([joined]).collect()
    })
}

struct Version {
    name: &'static str,
    packed: Packed,
    address: String,
}

/// In the order of [`all`], made once.
fn versions() -> &'static [Version] {
    static VERSIONS: OnceLock<Vec<Version>> = OnceLock::new();
    VERSIONS.get_or_init(|| {
        let of = |file: &StaticFile| {
            let packed = Packed::new(content_type(file.name), Bytes::from_static(file.bytes));
            let address = format!("/static/{}?v={}", file.name, packed.version());
            Version { name: file.name, packed, address }
        };
        all().iter().map(of).collect()
    })
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, IF_NONE_MATCH};
    use actix_web::test::{TestRequest, call_service, init_service, read_body};
    use actix_web::{App, rt::System};

    use super::*;

    #[test]
    fn a_file_is_kept_only_under_its_version_and_not_sent_twice() {
        System::new().block_on(async {
            let app = init_service(App::new().configure(configure)).await;
            let get = |uri: &str, tag: Option<&str>| {
                let request = TestRequest::get().uri(uri);
                call_service(
                    &app,
                    tag.map_or_else(
                        || TestRequest::get().uri(uri),
                        |tag| request.insert_header((IF_NONE_MATCH, tag)),
                    )
                    .to_request(),
                )
            };
            let header = |answer: &actix_web::dev::ServiceResponse, name| {
                answer.headers().get(name).unwrap().to_str().unwrap().to_owned()
            };
            let plain = get("/static/icon.svg", None).await;
            assert_eq!((plain.status().as_u16(), header(&plain, CACHE_CONTROL)), (200, "no-cache".into()));
            assert_eq!(header(&plain, CONTENT_TYPE), "image/svg+xml");
            let tag = header(&plain, ETAG);
            assert_eq!(&*read_body(plain).await, find("icon.svg").unwrap().bytes);

            let versioned = get(address("icon.svg"), None).await;
            assert_eq!(versioned.status().as_u16(), 200);
            assert!(header(&versioned, CACHE_CONTROL).contains("immutable"));
            let other = get("/static/icon.svg?v=0000000000000000", None).await;
            assert_eq!(header(&other, CACHE_CONTROL), "no-cache");
            let known = get("/static/icon.svg", Some(&format!("\"x\", W/{tag}"))).await;
            assert_eq!((known.status().as_u16(), read_body(known).await.len()), (304, 0));
            for none in ["/static/", "/static/nothing.js", "/static/../static/icon.svg", "/static/icon.svg/"]
            {
                assert_eq!(get(none, None).await.status().as_u16(), 404, "{none}");
            }
        });
    }

    #[test]
    fn every_file_has_a_type_and_a_name_of_its_own() {
        for (place, file) in FILES.iter().enumerate() {
            assert_ne!(content_type(file.name), "application/octet-stream", "{}", file.name);
            assert!(FILES.iter().skip(place + 1).all(|other| other.name != file.name), "{}", file.name);
            assert!(!file.bytes.is_empty(), "{}", file.name);
        }
    }
}
