//! `/holder/ask`: asking for a report in four clicks.
//!
//! ```text
//! GET  /holder/ask               1  for what? a list of purposes
//! GET  /holder/ask/BIDDING       2  for whom? name, code; the period is filled in
//! POST /holder/ask/BIDDING       3  what will be asked, and what speaks against it by the last report
//! POST /holder/ask               4  asked
//! ```

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use askama::Template;
use notary::code::UnifiedCode;
use notary::desk::RequestTerms;
use notary::office::Office;
use notary::operator_log::Action;
use notary::refusal::Refusal;
use serde::Deserialize;
use verifier::registry::{ClaimValue, DocumentKind, Purpose, Registered};
use verifier::time::Date;

use super::holder::code;
use super::{actor, logged, looked, read, see_other, work};
use crate::lang::Lang;
use crate::page::verdict::{ClaimLine, claim_line};
use crate::page::words::{day, moment};
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn};

/// Years that are asked for where nobody says otherwise.
const YEARS: u32 = 3;
/// Certificates that are looked through for the holder's last report.
const LOOKED_THROUGH: usize = 20;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/holder/ask", read().to(purposes))
        .route("/holder/ask", web::post().to(ask))
        .route("/holder/ask/{purpose:[A-Z_]{2,40}}", read().to(recipient))
        .route("/holder/ask/{purpose:[A-Z_]{2,40}}", web::post().to(confirm));
}

#[derive(Template)]
#[template(path = "desk/ask.html")]
struct Purposes<'a> {
    page: &'a Page,
    purposes: Vec<(&'static str, &'static str)>,
}

#[derive(Template)]
#[template(path = "desk/ask-recipient.html")]
struct Recipient<'a> {
    page: &'a Page,
    csrf: &'a str,
    purpose: &'static str,
    purpose_name: &'static str,
    form: &'a Terms,
    /// The field that is wrong, and what is wrong with it.
    trouble: Option<(String, String)>,
}

#[derive(Template)]
#[template(path = "desk/ask-confirm.html")]
struct Confirm<'a> {
    page: &'a Page,
    csrf: &'a str,
    purpose: &'static str,
    purpose_name: &'static str,
    form: &'a Terms,
    period: String,
    last: Option<LastReport>,
}

/// What the holder's last report says.
struct LastReport {
    /// Claims that do not hold.
    no: usize,
    /// Those that do not hold or are not covered.
    claims: Vec<ClaimLine>,
    /// Up to when its data was collected.
    data_as_of: String,
}

/// What is typed.
#[derive(Clone, Debug, Default, Deserialize)]
pub struct Terms {
    #[serde(default)]
    purpose: String,
    #[serde(default)]
    audience_name: String,
    #[serde(default)]
    audience_code: String,
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

async fn purposes(page: Page, signed_in: SignedIn) -> Result<HttpResponse, Problem> {
    code(&signed_in)?;
    let page = titled(page);
    let purposes = Purpose::ALL.iter().map(|purpose| (purpose.name(), name(page.lang, *purpose))).collect();
    Ok(page.html(StatusCode::OK, &Purposes { page: &page, purposes }))
}

async fn recipient(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    purpose: Path<String>,
) -> Result<HttpResponse, Problem> {
    code(&signed_in)?;
    let today = shared.office().now().china_date();
    let (year, month, day) = today.to_ymd();
    // The 29th of February has no counterpart three years before.
    let from = Date::from_ymd(year.saturating_sub(YEARS), month, day.min(28)).unwrap_or(today);
    let form = Terms { from: from.to_string(), to: today.to_string(), ..Terms::default() };
    recipient_page(page, &signed_in, known(&purpose)?, &form, None)
}

async fn confirm(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    purpose: Path<String>,
    form: CheckedForm<Terms>,
) -> Result<HttpResponse, Problem> {
    let (code, purpose, lang) = (code(&signed_in)?, known(&purpose)?, page.lang);
    let today = shared.office().now().china_date();
    let terms = match terms(&code, purpose, &form, today) {
        Ok(terms) => terms,
        Err(refusal) => return recipient_page(page, &signed_in, purpose, &form, Some(&refusal)),
    };
    let by = signed_in.clone();
    let last = work(&shared, move |office| last_report(lang, office, &by, &code)).await?;
    let page = titled(page);
    let (from, to) = terms.period;
    let confirm = Confirm {
        page: &page,
        csrf: signed_in.csrf(),
        purpose: purpose.name(),
        purpose_name: name(lang, purpose),
        form: &form,
        period: format!("{} — {}", day(lang, from), day(lang, to)),
        last,
    };
    Ok(page.html(StatusCode::OK, &confirm))
}

async fn ask(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    form: CheckedForm<Terms>,
) -> Result<HttpResponse, Problem> {
    let (code, purpose) = (code(&signed_in)?, known(&form.purpose)?);
    let terms = match terms(&code, purpose, &form, shared.office().now().china_date()) {
        Ok(terms) => terms,
        Err(refusal) => return recipient_page(page, &signed_in, purpose, &form, Some(&refusal)),
    };
    let by = signed_in.clone();
    let id = work(&shared, move |office| {
        let asked = office.desk().ask(&actor(&by), &terms);
        let object = asked.as_ref().map(|asked| format!("request/{}", asked.id.0)).unwrap_or_default();
        Ok(logged(office, &by, Action::RequestMade, &object, asked)?.id.0)
    })
    .await?;
    Ok(see_other(&format!("/holder/requests/{id}")))
}

fn recipient_page(
    page: Page,
    signed_in: &SignedIn,
    purpose: Purpose,
    form: &Terms,
    refusal: Option<&Refusal>,
) -> Result<HttpResponse, Problem> {
    let page = titled(page);
    let status = if refusal.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let trouble = refusal.map(|refusal| (refusal.where_().to_owned(), refusal.message(page.lang.words())));
    let recipient = Recipient {
        page: &page,
        csrf: signed_in.csrf(),
        purpose: purpose.name(),
        purpose_name: name(page.lang, purpose),
        form,
        trouble,
    };
    Ok(page.html(status, &recipient))
}

fn terms(code: &UnifiedCode, purpose: Purpose, form: &Terms, today: Date) -> Result<RequestTerms, Refusal> {
    let wrong = |text: &str| Refusal::new(notary::refusal::RefusalCode::DateForm).at("/period").found(text);
    let date = |text: &str| Date::parse(text.trim()).map_err(|_| wrong(text));
    let (unit, unit_code) = (form.audience_name.trim(), form.audience_code.trim());
    let audience = (!unit.is_empty() || !unit_code.is_empty()).then_some((unit, unit_code));
    RequestTerms::new(code, purpose, audience, (date(&form.from)?, date(&form.to)?), today)
}

/// The holder's last report that still counts for something: what did not hold then will hardly hold now.
fn last_report(
    lang: Lang,
    office: &Office,
    by: &SignedIn,
    code: &UnifiedCode,
) -> Result<Option<LastReport>, Problem> {
    for (number, index) in office.certificates_of(code)?.iter().take(LOOKED_THROUGH) {
        if index.is_none() {
            continue;
        }
        let issued = office.certificate(number)?;
        let core = issued.certificate.core();
        if core.kind() != DocumentKind::CreditReport {
            continue;
        }
        looked(office, by, Action::CertificateViewed, number.as_str())?;
        let bad = core.claims().iter().filter(|claim| claim.value() != ClaimValue::Yes);
        return Ok(Some(LastReport {
            no: core.claims().iter().filter(|claim| claim.value() == ClaimValue::No).count(),
            claims: bad.map(|claim| claim_line(lang, claim)).collect(),
            data_as_of: core.data_as_of().map(|time| moment(lang, time)).unwrap_or_default(),
        }));
    }
    Ok(None)
}

fn known(purpose: &str) -> Result<Purpose, Problem> {
    Purpose::from_name(purpose).ok_or_else(|| Common::NotFound.problem())
}

fn name(lang: Lang, purpose: Purpose) -> &'static str {
    if lang.is_en() { Registered::en(purpose) } else { Registered::zh(purpose) }
}

fn titled(page: Page) -> Page {
    page.titled("申请报告", "Ask for a report").at(Section::Holder)
}
