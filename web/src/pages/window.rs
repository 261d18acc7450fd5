//! `/window`: a clerk at the counter scans, sees one sentence, and gives a receipt.
//!
//! ```text
//! GET  /window            one box, focused; today's receipts and scans of this account
//! POST /window            code=…  (or number=… and check_code=…)         the verdict, and the box focused again
//! POST /window/receipt    last=…, what was verified last                 303 to the receipt's page
//! ```
//!
//! For plain forms each answer is the whole page. For the page's script (`Accept: application/json`, the token in
//! `X-CSRF-Token`) it is [`Told`]: the same verdict as data and as the same HTML. A receipt is never made of what a form
//! says of a verdict: what was presented comes back in `last` and is judged again. Not here: reading and judging
//! (`judged`), the receipt's own page (`receipt`), the script (`static/window.js`).

mod form;
mod scans;

use actix_web::http::StatusCode;
use actix_web::http::header::{ACCEPT, CACHE_CONTROL, HeaderValue, LOCATION, SET_COOKIE};
use actix_web::web::{Data, Payload, block};
use actix_web::{Error, FromRequest, HttpRequest, HttpResponse};
use askama::Template;
use notary::desk::{self, Receipt, ReceiptTerms, Standing};
use notary::operator_log::{Action, Outcome};
use notary::people::Role;
use serde::Serialize;
use verifier::number::CertificateNumber;

use self::form::Counter;
use self::scans::Scans;
use super::judged::{self, Judged};
use super::posted::Posted;
use crate::client::Client;
use crate::commitments::{Beside, beside};
use crate::intake;
use crate::landing::VERIFIER;
use crate::lang::Lang;
use crate::page::verdict::VerdictView;
use crate::page::words::{grouped, moment};
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::SignedIn;

/// Receipts of today that the page lists; it says how many there are.
const TODAY_SHOWN: usize = 20;
/// The header in which a script sends the session's token.
const CSRF_HEADER: &str = "x-csrf-token";

#[derive(Template)]
#[template(path = "window.html")]
struct Window<'a> {
    page: &'a Page,
    csrf: &'a str,
    counter: &'a Counter,
    /// What came of the last scan.
    verdict: Option<&'a VerdictView>,
    /// Whether a receipt can be given for it.
    receipt: bool,
    /// What stands beside the verdict.
    beside: Option<&'a Beside>,
    /// A certificate number whose check code is missing.
    needs_code: Option<(&'a str, String)>,
    today: Vec<ReceiptRow>,
    today_count: usize,
    scans: Scans,
}

#[derive(Template)]
#[template(path = "window-result.html")]
struct WindowResult<'a> {
    page: &'a Page,
    verdict: &'a VerdictView,
    receipt: bool,
    beside: Option<&'a Beside>,
}

/// One receipt in the list of today.
struct ReceiptRow {
    number: String,
    number_grouped: String,
    time: String,
    case: String,
    holder: String,
    word: String,
    tag: &'static str,
}

/// What the script is told of one scan.
#[derive(Serialize)]
struct Told<'a> {
    /// `verdict`, `needs-code`, `not-read`, `not-found` or `fork`.
    kind: &'static str,
    /// Of `needs-code`: the number whose check code is to be asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<&'a str>,
    /// Whether `POST /window/receipt` with `last` can give a receipt for it.
    receipt: bool,
    /// What to send as `last`.
    last: &'a str,
    /// The verdict as data.
    verdict: &'a VerdictView,
    /// The verdict as the page shows it, escaped: the content of `#result`.
    html: String,
}

/// What the script is told of a receipt.
#[derive(Serialize)]
struct Given {
    number: String,
    grouped: String,
    address: String,
}

/// The page.
pub async fn form(
    request: HttpRequest,
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Window])?;
    let page = titled(page);
    let (today, today_count) = today(&shared, &signed_in, page.lang).await?;
    let scans = scans::today(&shared, &signed_in, page.lang).await?;
    let window = Window {
        page: &page,
        csrf: signed_in.csrf(),
        counter: &Counter::of(&request),
        verdict: None,
        receipt: false,
        beside: None,
        needs_code: None,
        today,
        today_count,
        scans,
    };
    Ok(page.html(StatusCode::OK, &window))
}

/// The number in a window code: where a verdict shows nothing of the certificate, it is what was looked up.
fn looked_up(text: &str) -> Option<CertificateNumber> {
    match intake::read_text(text) {
        Ok(intake::Given::WindowCode(code)) => Some(code.number()),
        _ => None,
    }
}

/// One scan.
pub async fn scan(
    request: HttpRequest,
    payload: Payload,
    page: Page,
    client: Client,
    shared: Data<Shared>,
) -> Result<HttpResponse, Error> {
    let (signed_in, posted) = clerk(&request, payload).await?;
    let page = titled(page);
    let mut counter = Counter::read(&posted, Counter::of(&request));
    let judged = judged::judge(&shared, &client, None, counter.presented(), &counter.asked()).await?;
    if let Judged::Verdict(verdict) = &judged {
        let shown = verdict.fields.as_ref().map(|fields| fields.core.number());
        let number = shown.or_else(|| looked_up(counter.presented()));
        scans::note(&shared, &signed_in, number, verdict.code).await?;
    }
    let view = judged.view(page.lang, &shared);
    let beside = match &judged {
        Judged::Verdict(verdict) => beside(&shared, page.lang, verdict, true).await,
        _ => None,
    };
    counter.done(matches!(judged, Judged::Verdict(_)));
    let receipt = matches!(judged, Judged::Verdict(_));
    let needs_code = match &judged {
        Judged::NeedsCode(number) => Some(number.as_str().to_string()),
        _ => None,
    };
    if wants_json(&request) {
        let html = WindowResult { page: &page, verdict: &view, receipt, beside: beside.as_ref() }.render();
        let told = Told {
            kind: kind(&judged),
            number: needs_code.as_deref(),
            receipt,
            last: &counter.last,
            verdict: &view,
            html: html.map_err(|_| Problem::from(Common::Internal))?,
        };
        return Ok(HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(told));
    }
    let (today, today_count) = today(&shared, &signed_in, page.lang).await?;
    let scans = scans::today(&shared, &signed_in, page.lang).await?;
    let window = Window {
        page: &page,
        csrf: signed_in.csrf(),
        counter: &counter,
        verdict: needs_code.is_none().then_some(&view),
        receipt,
        beside: beside.as_ref(),
        needs_code: needs_code.as_deref().map(|number| (number, grouped(number))),
        today,
        today_count,
        scans,
    };
    let mut answer = page.html(StatusCode::OK, &window);
    if let Ok(cookie) = HeaderValue::try_from(counter.cookie()) {
        answer.headers_mut().append(SET_COOKIE, cookie);
    }
    Ok(answer)
}

/// A receipt of what was verified last.
pub async fn receipt(
    request: HttpRequest,
    payload: Payload,
    client: Client,
    shared: Data<Shared>,
) -> Result<HttpResponse, Error> {
    let (signed_in, posted) = clerk(&request, payload).await?;
    let counter = Counter::read(&posted, Counter::of(&request));
    let judged = judged::judge(&shared, &client, None, &counter.last, &counter.asked()).await?;
    let Judged::Verdict(verdict) = judged else {
        return Err(Problem::from(Common::FormBad).at("last").into());
    };
    let terms = ReceiptTerms::new(&counter.case, &counter.matter).map_err(Problem::from)?;
    let by = desk::Actor {
        account: signed_in.id().to_string(),
        unit: signed_in.unit().to_string(),
        standing: Standing::Window,
    };
    let (office, actor) = (shared.clone(), signed_in.actor());
    let given = looked_up(&counter.last);
    let made = block(move || {
        let office = office.office();
        let receipt = office.desk().make_receipt(&terms, &verdict, given.as_ref(), &by)?;
        office.operator_log().append(&actor, Action::ReceiptMade, receipt.number.as_str(), Outcome::Done)?;
        Ok::<Receipt, notary::refusal::Refusal>(receipt)
    });
    let receipt = made.await.map_err(|_| Problem::from(Common::Internal))?.map_err(Problem::from)?;
    let kept = if counter.keep { "?keep=1" } else { "" };
    let address = format!("/receipt/{}{kept}", receipt.number);
    if wants_json(&request) {
        let number = receipt.number.to_string();
        let given = Given { number, grouped: receipt.number.grouped(), address };
        return Ok(HttpResponse::Created().insert_header((CACHE_CONTROL, "no-store")).json(given));
    }
    let mut answer = HttpResponse::SeeOther();
    Ok(answer.insert_header((LOCATION, address)).insert_header((CACHE_CONTROL, "no-store")).finish())
}

/// Whoever stands at the window, and what the form sent, with the session's token in it or in its header.
async fn clerk(request: &HttpRequest, payload: Payload) -> Result<(SignedIn, Posted), Error> {
    let mut payload = payload.into_inner();
    let signed_in = match SignedIn::of(request) {
        Some(signed_in) => signed_in,
        // A script can do nothing with the page that asks for a password.
        None if wants_json(request) => return Err(Problem::from(Common::SignInNeeded).into()),
        None => SignedIn::from_request(request, &mut payload).await?,
    };
    signed_in.require(&[Role::Window])?;
    let posted = Posted::read(request, &mut payload).await?;
    let header = request.headers().get(CSRF_HEADER).and_then(|value| value.to_str().ok());
    signed_in.check_csrf(header.unwrap_or(posted.field("csrf")))?;
    Ok((signed_in, posted))
}

/// The newest of today's receipts of this account, and how many there are.
async fn today(
    shared: &Data<Shared>,
    signed_in: &SignedIn,
    lang: Lang,
) -> Result<(Vec<ReceiptRow>, usize), Problem> {
    let (office, account) = (shared.clone(), signed_in.id().to_string());
    let read = block(move || office.office().desk().receipts_today(&account)).await;
    let receipts = read.map_err(|_| Problem::from(Common::Internal))??;
    let rows = receipts.iter().take(TODAY_SHOWN).map(|receipt| row(lang, receipt)).collect();
    Ok((rows, receipts.len()))
}

fn row(lang: Lang, receipt: &Receipt) -> ReceiptRow {
    ReceiptRow {
        number: receipt.number.to_string(),
        number_grouped: receipt.number.grouped(),
        time: moment(lang, receipt.at),
        case: receipt.case.clone(),
        holder: receipt.holder.as_ref().map(|(name, _)| name.clone()).unwrap_or_default(),
        word: receipt.outcome.word(lang.words()).to_string(),
        tag: super::tag(receipt.outcome),
    }
}

fn kind(judged: &Judged) -> &'static str {
    match judged {
        Judged::Verdict(_) => "verdict",
        Judged::NotRead(_) => "not-read",
        Judged::NeedsCode(_) => "needs-code",
        Judged::NotFound => "not-found",
        Judged::Fork(_) => "fork",
    }
}

fn wants_json(request: &HttpRequest) -> bool {
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    accept.is_some_and(|kinds| kinds.contains("application/json"))
}

fn titled(page: Page) -> Page {
    let page = page.titled("窗口核验", "Window").at(Section::Window);
    // The verifier is for when the network is down.
    page.script(VERIFIER).script("show.js").script("keeper.js").script("window.js").script("print.js")
}
