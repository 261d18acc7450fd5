//! The description of this interface: `GET /api/v1/openapi.json`, and `GET /api`, a page made of it.
//!
//! ```text
//! "summary":"核验（公开）","x-summary-en":"Verify (public)"       as it stands in web/openapi/openapi.json
//! "summary":"核验（公开）"                                        as it is served, by the language asked for
//! ```
//!
//! The file is written by hand; tests hold it to the addresses that are registered and to what they answer.

mod page;

use std::sync::OnceLock;

use actix_web::http::header::{CONTENT_LANGUAGE, HeaderValue, VARY};
use actix_web::web::ServiceConfig;
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;

use super::answer::{File, JSON, Keep};
use super::route::Address;
use crate::lang::Lang;

/// The file.
const SOURCE: &str = include_str!("../../openapi/openapi.json");
/// Members with the other language begin and end so.
const FROM: &str = "x-";
const UPTO: &str = "-en";
/// The description may be kept so many seconds.
const KEPT: u32 = 300;

pub(super) fn addresses() -> Vec<Address> {
    vec![Address::get("/openapi.json", description)]
}

/// `/api`.
pub(super) fn configure(config: &mut ServiceConfig) {
    page::configure(config);
}

async fn description(request: HttpRequest, lang: Lang) -> HttpResponse {
    static TEXTS: OnceLock<[Vec<u8>; 2]> = OnceLock::new();
    let [zh, en] = TEXTS.get_or_init(|| {
        [Lang::Zh, Lang::En].map(|lang| serde_json::to_vec(&document(lang)).unwrap_or_default())
    });
    let bytes = match lang {
        Lang::Zh => zh,
        Lang::En => en,
    };
    let file = File { bytes: bytes.clone(), media_type: JSON, name: None, keep: Keep::Public(KEPT) };
    let mut answer = file.answer(&request);
    let headers = answer.headers_mut();
    headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
    headers.insert(VARY, HeaderValue::from_static("Accept-Language, Cookie"));
    answer
}

/// The description in one language.
pub fn document(lang: Lang) -> Value {
    // A test reads it; in a program that was built it can't fail.
    let mut document = serde_json::from_str(SOURCE).unwrap_or_default();
    localise(&mut document, lang);
    document
}

fn localise(value: &mut Value, lang: Lang) {
    match value {
        Value::Object(members) => {
            let others: Vec<String> = members
                .keys()
                .filter(|name| name.starts_with(FROM) && name.ends_with(UPTO))
                .cloned()
                .collect();
            for other in others {
                let Some(text) = members.remove(&other) else { continue };
                let own = other.trim_start_matches(FROM).trim_end_matches(UPTO);
                if lang == Lang::En {
                    members.insert(own.to_owned(), text);
                }
            }
            members.values_mut().for_each(|member| localise(member, lang));
        }
        Value::Array(elements) => elements.iter_mut().for_each(|element| localise(element, lang)),
        _ => (),
    }
}
