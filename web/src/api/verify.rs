//! `POST /verify`: what was presented, judged. Open to everybody, limited in rate.
//!
//! ```text
//! application/json         {"text":"20261122…", "purpose":"BIDDING", "audience":"9161…", "at":"2026-11-22", "max_age":"24h"}
//! multipart/form-data      file=…, purpose=…, audience=…, at=…, max_age=…
//! the file itself          .xzc, PDF, PNG, JPEG, ZIP; the terms as parameters of the address
//! ```
//!
//! The answer is what one element of `results` is in `xinzheng-verify --json`. What can't be read is a verdict, too:
//! *undetermined*, with what to do.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use verifier::answer::Answer;
use verifier::hash::sha256;
use verifier::recognise::{Kind, recognise};
use verifier::row::{Row, hex};
use verifier::text;
use verifier::verdict::Verdict;

use super::answer::json;
use super::body::{self, Media, shown};
use super::input::{Input, Wishes};
use super::ledger::blocking;
use super::route::Address;
use crate::client::Client;
use crate::intake::{self, FILE_BYTES, Given, NotRead};
use crate::lang::Lang;
use crate::problem::{Common, Problem};
use crate::server::Shared;

/// The names that a request for a verdict may have besides its file.
pub const TERMS: [&str; 5] = ["text", "purpose", "audience", "at", "max_age"];
/// Bytes of a JSON body: the longest text with every character escaped, and room for the rest.
const JSON_BYTES: usize = 64 << 10;
/// Media types of a body that is the file itself. An empty one is taken for a file, as programs send it.
const FILE_TYPES: [&str; 11] = [
    "",
    "application/octet-stream",
    "application/pdf",
    "application/zip",
    "application/x-zip-compressed",
    "application/vnd.xinzheng.certificate+json",
    "image/png",
    "image/jpeg",
    "image/jpg",
    "text/plain",
    "application/x-xinzheng-certificate",
];

pub fn addresses() -> Vec<Address> {
    vec![Address::post("/verify", verify)]
}

/// What was presented, still to be read, and the terms.
pub struct Asked {
    /// A text, or the bytes of a file with its name.
    pub presented: Unread,
    /// The caller's terms.
    pub wishes: Wishes,
}

/// A text or a file.
pub enum Unread {
    /// Scanned, typed or pasted.
    Text(String),
    /// A file and its name; empty where it has none.
    File(Vec<u8>, String),
}

async fn verify(
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
    client: Client,
    lang: Lang,
) -> Result<HttpResponse, Problem> {
    shared.rates().decode(&client)?;
    let (asked, rest) = read(&request, payload, &shared).await?;
    rest.end(&TERMS)?;
    let judged = blocking(move || judge(&shared, &client, &asked, lang.words())).await?;
    Ok(json(StatusCode::OK, &Answer::of(&judged.row, lang.words())))
}

/// Reads a request for a verdict; what else it says is given back.
///
/// # Errors
/// What is wrong with it.
pub async fn read(
    request: &HttpRequest,
    payload: Payload,
    shared: &Shared,
) -> Result<(Asked, Input), Problem> {
    match body::media(request) {
        Media::Json => {
            let held = body::read(request, payload, FILE_BYTES).await?;
            // Some programs send a certificate file as what it is, JSON.
            if recognise(&held) == Kind::Certificate {
                return file(request, shared, held, String::new());
            }
            if held.len() > JSON_BYTES {
                return Err(Common::BodyLarge.into());
            }
            let mut input = Input::json(&held)?;
            let text = input.text("text")?;
            let wishes = input.wishes(shared)?;
            Ok((Asked { presented: Unread::Text(text), wishes }, input))
        }
        Media::Multipart => {
            let fields = body::fields(request, payload, FILE_BYTES).await?;
            let (mut input, files) = Input::fields(fields)?;
            let text = input.optional_text("text")?.filter(|text| !text.trim().is_empty());
            let mut files = files.into_iter();
            let presented = match (text, files.next(), files.next()) {
                (Some(text), None, _) => Unread::Text(text),
                (None, Some(file), None) if file.name == "file" => {
                    Unread::File(file.bytes, file.file_name.unwrap_or_default())
                }
                _ => return Err(Problem::from(Common::MultipartBad).at("file")),
            };
            let wishes = input.wishes(shared)?;
            Ok((Asked { presented, wishes }, input))
        }
        Media::Other(media) if FILE_TYPES.contains(&media.as_str()) => {
            let held = body::read(request, payload, FILE_BYTES).await?;
            if held.is_empty() {
                return Err(Common::RequestBad.into());
            }
            file(request, shared, held, String::new())
        }
        Media::Other(_) => Err(Common::MediaTypeUnsupported.into()),
    }
}

fn file(
    request: &HttpRequest,
    shared: &Shared,
    held: Vec<u8>,
    name: String,
) -> Result<(Asked, Input), Problem> {
    let mut input = Input::query(request)?;
    let wishes = input.wishes(shared)?;
    Ok((Asked { presented: Unread::File(held, name), wishes }, input))
}

/// A verdict with what was presented.
pub struct Judged {
    /// The verdict.
    pub verdict: Verdict,
    /// What was presented, where it could be read.
    pub given: Option<Given>,
    /// The verdict as it is shown.
    pub row: Row,
}

/// Reads and judges. Blocks.
///
/// # Errors
/// `CERTIFICATE_UNKNOWN`, `NOT_SEALED`, `RATE_LIMITED`, a failure of the office.
pub fn judge(shared: &Shared, client: &Client, asked: &Asked, lang: text::Lang) -> Result<Judged, Problem> {
    let at = asked.wishes.judged();
    let (name, digest, given) = match &asked.presented {
        Unread::Text(text) => (String::new(), None, intake::read_text(text)),
        Unread::File(held, name) => {
            let digest = Some(hex(&sha256(&[held.as_slice()])));
            (shown_name(name), digest, intake::read_bytes(held, at))
        }
    };
    let (verdict, given) = match given {
        Ok(Given::Number(number)) => {
            (NotRead::number_alone().verdict_in(lang, at), Some(Given::Number(number)))
        }
        Ok(given) => (intake::judge_for(shared, client, &given, &asked.wishes.terms())?, Some(given)),
        Err(not_read) => (not_read.verdict_in(lang, at), None),
    };
    let row = Row::new(name, digest, verdict.clone());
    Ok(Judged { verdict, given, row })
}

/// A file's name as it is repeated: nothing in it that a screen would act on.
fn shown_name(name: &str) -> String {
    shown(name)
}
