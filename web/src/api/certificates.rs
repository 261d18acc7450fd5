//! Certificates and everything that is made of one.
//!
//! ```text
//! GET  /certificates/NUMBER              what it says, with its verdict now
//! GET  /certificates/NUMBER.xzc          .pdf  .qr.svg  .qr.png  .tlog-proof  .zip
//! GET  /certificates/NUMBER/evidence     the evidence package, for a court or a dispute
//! POST /certificates/look-up             {"number":"…","check_code":"…"}     for everybody who has both
//! ```
//!
//! For programs with `certificates.read`, for operators and reviewers, and for holders their own. Every look goes to the
//! operator log. A holder who asks for another's learns nothing, not even that it is there.

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use notary::code::UnifiedCode;
use notary::office::Issued;
use notary::operator_log::{Action, Outcome};
use notary::people::{Role, Scope};
use notary::refusal::RefusalCode;
use notary::render::Symbol;
use serde::Serialize;
use verifier::answer::Answer;
use verifier::number::{CertificateNumber, WindowCode};
use verifier::row::Row;
use verifier::verify::Presented;

use super::anchors::Carried;
use super::answer::{File, JSON, Keep, TEXT, json};
use super::body::{self, Media};
use super::commitments::Fulfilment;
use super::documents::Links;
use super::input::Input;
use super::ledger::blocking;
use super::route::Address;
use super::zip;
use crate::client::Client;
use crate::intake::{self, Given, NotRead};
use crate::lang::Lang;
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::ApiCaller;

/// Bytes of a request for a look-up.
const LOOK_UP_BYTES: usize = 4 << 10;

pub fn addresses() -> Vec<Address> {
    vec![
        Address::post("/certificates/look-up", look_up),
        Address::get("/certificates/{number}", view),
        Address::get("/certificates/{number}.xzc", xzc),
        Address::get("/certificates/{number}.pdf", pdf),
        Address::get("/certificates/{number}.qr.svg", qr_svg),
        Address::get("/certificates/{number}.qr.png", qr_png),
        Address::get("/certificates/{number}.tlog-proof", tlog_proof),
        Address::get("/certificates/{number}.zip", everything),
        Address::get("/certificates/{number}/evidence", evidence),
    ]
}

#[derive(Serialize)]
struct View<'a> {
    number: String,
    sealed: bool,
    index: Option<u64>,
    check_code: Option<String>,
    window_code: Option<String>,
    verdict: Option<Answer<'a>>,
    /// How the certified commitment is kept today: the office's word, not part of what is signed.
    fulfilment: Option<Fulfilment>,
    /// Timestamps and receipts in its file.
    anchors: Vec<Carried>,
    links: Links,
}

async fn view(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
    lang: Lang,
) -> Result<HttpResponse, Problem> {
    let number = number(&request)?;
    // Whoever submits may ask whether it is sealed, without seeing more of it.
    if caller.require(Scope::DocumentsSubmit).is_ok() || may_read_all(&caller) {
        let index = shared.office().index_of(&number)?;
        if index.is_none() || !may_read_all(&caller) {
            let status = if index.is_none() { StatusCode::ACCEPTED } else { StatusCode::OK };
            return Ok(json(status, &View::closed(&number, index)));
        }
    }
    let (issued, row, fulfilment) = blocking(move || {
        let issued = read(&shared, &caller, &number, Action::CertificateViewed)?;
        let given = Given::Proof(Box::new(Presented::File(issued.certificate.clone())));
        let verdict = intake::judge(&shared, &given, &intake::terms(&shared))?;
        let fulfilment = Fulfilment::of(shared.office(), &number, lang)?;
        Ok((issued, Row::new(String::new(), None, verdict), fulfilment))
    })
    .await?;
    let mut view = View::closed(&number, Some(issued.certificate.index()));
    view.check_code = Some(issued.check_code.to_string());
    view.window_code = Some(WindowCode::new(number, issued.check_code).to_string());
    view.fulfilment = fulfilment;
    view.anchors = issued.certificate.anchors().iter().map(Carried::of).collect();
    view.verdict = Some(Answer::of(&row, lang.words()));
    Ok(json(StatusCode::OK, &view))
}

impl View<'_> {
    /// What says nothing of anybody.
    fn closed(number: &CertificateNumber, index: Option<u64>) -> Self {
        View {
            number: number.to_string(),
            sealed: index.is_some(),
            index,
            check_code: None,
            window_code: None,
            verdict: None,
            fulfilment: None,
            anchors: Vec::new(),
            links: Links::of(number, index),
        }
    }
}

async fn xzc(request: HttpRequest, shared: Data<Shared>, caller: ApiCaller) -> Result<HttpResponse, Problem> {
    file(request, shared, caller, "xzc", JSON, |_, issued| Ok(issued.certificate.encode())).await
}

async fn pdf(request: HttpRequest, shared: Data<Shared>, caller: ApiCaller) -> Result<HttpResponse, Problem> {
    file(request, shared, caller, "pdf", "application/pdf", |shared, issued| {
        Ok(shared.office().pdf(&issued.certificate.core().number())?)
    })
    .await
}

async fn qr_svg(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    file(request, shared, caller, "qr.svg", "image/svg+xml", |shared, issued| {
        Ok(symbol(shared, issued)?.svg().into_bytes())
    })
    .await
}

async fn qr_png(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    file(request, shared, caller, "qr.png", "image/png", |shared, issued| Ok(symbol(shared, issued)?.png()))
        .await
}

async fn tlog_proof(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    // Shows nothing of the certificate, so it is served of a replaced one, too.
    let number = number(&request)?;
    let bytes = blocking(move || {
        may_see(&shared, &caller, &number)?;
        let proof = shared.office().proof(&number);
        let (log, outcome) = (shared.office().operator_log(), Outcome::from(&proof));
        log.append(&caller.actor(), Action::CertificateDownloaded, number.as_str(), outcome)?;
        Ok(proof?.tlog_proof.encode().into_bytes())
    })
    .await?;
    let name = Some(format!("{number}.tlog-proof"));
    Ok(File { bytes, media_type: TEXT, name, keep: Keep::Never }.answer(&request))
}

async fn everything(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    file(request, shared, caller, "zip", "application/zip", zip::everything).await
}

/// The evidence package. Of a certificate that was replaced only the office has one.
async fn evidence(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
) -> Result<HttpResponse, Problem> {
    let number = number(&request)?;
    let of_the_office = matches!(&caller, ApiCaller::Person(_)) && may_read_all(&caller);
    let bytes = blocking(move || {
        let office = shared.office();
        match of_the_office {
            true => {
                let outcome = Outcome::from(&office.index_of(&number));
                office.operator_log().append(
                    &caller.actor(),
                    Action::EvidenceMade,
                    number.as_str(),
                    outcome,
                )?;
            }
            false => drop(read(&shared, &caller, &number, Action::EvidenceMade)?),
        }
        Ok(office.evidence(&number, &crate::evidence::terms())?)
    })
    .await?;
    let name = Some(crate::evidence::file_name(number.as_str()));
    Ok(File { bytes, media_type: "application/zip", name, keep: Keep::Never }.answer(&request))
}

/// One rendering, made where that holds nobody up.
async fn file(
    request: HttpRequest,
    shared: Data<Shared>,
    caller: ApiCaller,
    suffix: &'static str,
    media_type: &'static str,
    make: impl FnOnce(&Shared, &Issued) -> Result<Vec<u8>, Problem> + Send + 'static,
) -> Result<HttpResponse, Problem> {
    let number = number(&request)?;
    let bytes = blocking(move || {
        let issued = read(&shared, &caller, &number, Action::CertificateDownloaded)?;
        make(&shared, &issued)
    })
    .await?;
    let name = Some(format!("{number}.{suffix}"));
    Ok(File { bytes, media_type, name, keep: Keep::Never }.answer(&request))
}

/// The printed form of a certificate; none where what it says can't be printed.
///
/// # Errors
/// A failure of the office.
pub fn printed(shared: &Shared, issued: &Issued) -> Result<Option<Vec<u8>>, Problem> {
    match shared.office().pdf(&issued.certificate.core().number()) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(refusal) if matches!(refusal.code(), RefusalCode::GlyphMissing | RefusalCode::PdfTooLong) => {
            Ok(None)
        }
        Err(refusal) => Err(refusal.into()),
    }
}

/// The QR symbol of a certificate.
///
/// # Errors
/// `NO_QR` where it has none.
pub fn symbol(shared: &Shared, issued: &Issued) -> Result<Symbol, Problem> {
    let no_qr = || {
        Problem::new(
            StatusCode::NOT_FOUND,
            "NO_QR",
            "这份证书没有二维码；请使用证书文件",
            "this certificate has no QR code; use its file",
        )
    };
    let payload = issued.qr.as_ref().ok_or_else(no_qr)?;
    let (prefix, digits) = verifier::qr::url(shared.office().host(), payload);
    Symbol::new(&prefix, &digits).map_err(|_| no_qr())
}

/// The certificate, if the caller may see it; the look is in the operator log before anything of it is given out.
pub(super) fn read(
    shared: &Shared,
    caller: &ApiCaller,
    number: &CertificateNumber,
    action: Action,
) -> Result<Issued, Problem> {
    may_see(shared, caller, number)?;
    let issued = shared.office().certificate(number);
    let outcome = Outcome::from(&issued);
    shared.office().operator_log().append(&caller.actor(), action, number.as_str(), outcome)?;
    Ok(issued?)
}

/// Whether the caller may see this certificate: all of them, or a holder his own. One that is another's is unknown to him.
///
/// # Errors
/// `FORBIDDEN`, `CERTIFICATE_UNKNOWN`.
pub(super) fn may_see(
    shared: &Shared,
    caller: &ApiCaller,
    number: &CertificateNumber,
) -> Result<(), Problem> {
    let own = own_code(caller);
    if own.is_none() && !may_read_all(caller) {
        caller.require(Scope::CertificatesRead)?;
        return Err(Common::Forbidden.into());
    }
    let Some(own) = own else { return Ok(()) };
    // Asked of the index, not of the certificate: of one that was replaced the content is not served any more.
    let holds = match UnifiedCode::parse(own) {
        Ok(code) => shared.office().holds(&code, number)?,
        Err(_) => false,
    };
    match holds {
        true => Ok(()),
        false => Err(unknown(number)),
    }
}

/// Whether the caller may ask for any certificate at all.
///
/// # Errors
/// `SCOPE_MISSING`, `FORBIDDEN`.
pub(super) fn may_ask(caller: &ApiCaller) -> Result<(), Problem> {
    if own_code(caller).is_some() || may_read_all(caller) {
        return Ok(());
    }
    caller.require(Scope::CertificatesRead)?;
    Err(Common::Forbidden.into())
}

/// Whether the caller may read every certificate.
pub(super) fn may_read_all(caller: &ApiCaller) -> bool {
    match caller {
        ApiCaller::Program(_) => caller.require(Scope::CertificatesRead).is_ok(),
        ApiCaller::Person(person) => matches!(person.role(), Role::Operator | Role::Reviewer),
    }
}

/// Of a holder, the code whose certificates it may see.
fn own_code(caller: &ApiCaller) -> Option<&str> {
    match caller {
        ApiCaller::Person(person) if person.role() == Role::Holder => Some(person.code().unwrap_or_default()),
        _ => None,
    }
}

/// The number in the address.
pub(super) fn number(request: &HttpRequest) -> Result<CertificateNumber, Problem> {
    let text = request.match_info().get("number").unwrap_or_default();
    CertificateNumber::parse(text).map_err(|_| {
        Problem::new(
            StatusCode::NOT_FOUND,
            RefusalCode::CertificateUnknown.as_str(),
            "不是证书编号：应为22位数字，末两位为校验位",
            "no certificate number: it has 22 digits, the last two of them a check",
        )
    })
}

fn unknown(number: &CertificateNumber) -> Problem {
    notary::refusal::Refusal::new(RefusalCode::CertificateUnknown).found(number).into()
}

/// The public view: for whoever has number and check code, as they stand on the paper.
async fn look_up(
    request: HttpRequest,
    payload: Payload,
    shared: Data<Shared>,
    client: Client,
    lang: Lang,
) -> Result<HttpResponse, Problem> {
    if body::media(&request) != Media::Json {
        return Err(Common::MediaTypeUnsupported.into());
    }
    let bytes = body::read(&request, payload, LOOK_UP_BYTES).await?;
    let mut input = Input::json(&bytes)?;
    let code = match input.optional_text("window_code")? {
        Some(code) => code,
        None => format!("{} {}", input.text("number")?, input.text("check_code")?),
    };
    input.end(&["number", "check_code", "window_code"])?;
    let given = match intake::read_text(&code) {
        Ok(given @ Given::WindowCode(_)) => given,
        Ok(Given::Number(_)) => return Err(not_read(&NotRead::number_alone())),
        Ok(Given::Proof(_)) => return Err(Common::RequestBad.into()),
        Err(error) => return Err(not_read(&error)),
    };
    let row = blocking(move || {
        let verdict = intake::judge_for(&shared, &client, &given, &intake::terms(&shared))?;
        Ok(Row::new(String::new(), None, verdict))
    })
    .await?;
    Ok(json(StatusCode::OK, &Answer::of(&row, lang.words())))
}

/// Something that was typed wrong.
fn not_read(error: &NotRead) -> Problem {
    use verifier::text::Lang::{En, Zh};
    let (zh, en) = (error.message(Zh).to_owned(), error.message(En).to_owned());
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, error.code().as_str(), zh, en)
}
