//! Show-codes (亮证): the holder's page with a code, and the page that it leads to.
//!
//! ```text
//! POST /holder/certificates/N/show     the holder's page: QR code, good for five minutes
//! GET  /show/58301746…                 for whoever checks: verdict, who, claims, and the time now
//! ```
//!
//! The checker's page is open to everybody who has the code and says so when the code has run out. It loads itself again
//! every few seconds, so that a clock runs on it without any script: a picture of it stands still.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use notary::desk::{SHOW_SECONDS, Shown};
use notary::operator_log::{Action, Actor, Outcome};
use notary::render::Symbol;
use verifier::number::WindowCode;

use super::holder::{Nothing, code, own};
use super::{actor, logged, read, work};
use crate::client::Client;
use crate::intake::{self, Given};
use crate::page::verdict::VerdictView;
use crate::page::words::{exact, moment};
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn};

/// The checker's page loads itself again after so many seconds.
const AGAIN_SECONDS: u64 = 10;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route(r"/holder/certificates/{number:\d{22}}/show", web::post().to(make))
        .route(r"/show/{token:\d{38}}", read().to(shown));
}

#[derive(Template)]
#[template(path = "desk/show-code.html")]
struct ShowCode<'a> {
    page: &'a Page,
    csrf: &'a str,
    number: &'a str,
    symbol: String,
    address: String,
    until: String,
    minutes: u64,
}

#[derive(Template)]
#[template(path = "desk/shown.html")]
struct ShownPage<'a> {
    page: &'a Page,
    verdict: &'a VerdictView,
    now: String,
    left: u64,
    again: u64,
}

#[derive(Template)]
#[template(path = "desk/show-over.html")]
struct Over<'a> {
    page: &'a Page,
    until: String,
    now: String,
}

async fn make(
    request: HttpRequest,
    page: Page,
    client: Client,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
    _form: CheckedForm<Nothing>,
) -> Result<HttpResponse, Problem> {
    let code = code(&signed_in)?;
    let (by, given) = (signed_in.clone(), number.clone());
    let show = work(&shared, move |office| {
        let number = own(office, &code, &given)?;
        let show = office.desk().show(&actor(&by), &number);
        logged(office, &by, Action::ShowCodeMade, number.as_str(), show)
    })
    .await?;
    let prefix = format!("{}/show/", address(&request, &client, &shared));
    let symbol = Symbol::new(&prefix, &show.token).map_err(|_| Common::Internal.problem())?;
    let page = page.titled("亮证", "Show").at(Section::Holder);
    let code = ShowCode {
        page: &page,
        csrf: signed_in.csrf(),
        number: &number,
        symbol: symbol.svg(),
        address: format!("{prefix}{}", show.token),
        until: exact(page.lang, show.until),
        minutes: SHOW_SECONDS / 60,
    };
    Ok(page.html(StatusCode::OK, &code))
}

async fn shown(
    page: Page,
    client: Client,
    shared: Data<Shared>,
    token: Path<String>,
) -> Result<HttpResponse, Problem> {
    shared.rates().look_up(&client)?;
    let now = shared.office().now();
    let page = page.titled("核验亮证", "Certificate shown");
    let (number, until) = match shared.office().desk().shown(&token)? {
        Shown::Live(number, until) => (number, until),
        Shown::Expired(until) => {
            let over = Over { page: &page, until: exact(page.lang, until), now: moment(page.lang, now) };
            return Ok(page.html(StatusCode::GONE, &over));
        }
    };
    let judged = shared.clone();
    let verdict = work(&shared, move |office| {
        let log = office.operator_log();
        log.append(&Actor::Nobody, Action::ShowCodeUsed, number.as_str(), Outcome::Done)?;
        let accepted = office.accepted(&number)?;
        let given = Given::WindowCode(WindowCode::new(number, accepted.check_code));
        intake::judge(&judged, &given, &intake::terms(&judged))
    })
    .await?;
    let view = VerdictView::new(page.lang, &verdict, Some(shared.office().trust()));
    let shown = ShownPage {
        page: &page,
        verdict: &view,
        now: exact(page.lang, now),
        left: until.since(now),
        again: AGAIN_SECONDS,
    };
    Ok(page.html(StatusCode::OK, &shown))
}

/// The address under which people reach this service.
fn address(request: &HttpRequest, client: &Client, shared: &Shared) -> String {
    if let Some(address) = &shared.settings().public_address {
        return address.clone();
    }
    let host = request.headers().get("host").and_then(|value| value.to_str().ok());
    let plain = |host: &&str| {
        host.len() <= 255
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':' | b'[' | b']'))
    };
    let host = host.filter(plain).unwrap_or(shared.office().host());
    format!("{}://{host}", if client.is_https() { "https" } else { "http" })
}
