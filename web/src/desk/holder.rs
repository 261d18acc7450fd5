//! `/holder`: a holder's own certificates and requests. Others' are as if they were not there.
//!
//! ```text
//! GET  /holder                                  certificates, requests, "ask for a report"
//! GET  /holder/certificates/N                   one certificate: what it says, downloads, show-code
//! GET  /holder/requests/7                       one request: where it is, what it will come to
//! POST /holder/requests/7/withdraw              takes it back
//! ```

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Query, ServiceConfig};
use actix_web::{HttpResponse, Result as ActixResult};
use askama::Template;
use notary::code::UnifiedCode;
use notary::desk::{ReportRequest, RequestId};
use notary::office::Office;
use notary::operator_log::Action;
use notary::people::Role;
use notary::refusal::{Refusal, RefusalCode};
use serde::Deserialize;
use verifier::core::Core;
use verifier::number::CertificateNumber;
use verifier::registry::{ClaimValue, Open, Registered};
use verifier::status::Status;
use verifier::verdict::Verdict;

use super::lists::{RequestRow, Tag, status_tag};
use super::preview::PreviewView;
use super::{actor, logged, looked, read, see_other, work};
use crate::lang::Lang;
use crate::life::case::CaseView;
use crate::life::history::Outward;
use crate::life::notices::{NoticeLine, told};
use crate::page::verdict::{ClaimLine, Voucher, claim_line, level_line, vouchers};
use crate::page::words::{day, grouped, moment};
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn};

/// Certificates on one page.
const PAGE: usize = 20;
/// A certificate that ends within this time is announced: seven days, in seconds.
const SOON_SECONDS: u64 = 7 * 86_400;
/// No level is higher.
const LEVEL_MAX: u8 = 4;
/// Requests that are shown.
const REQUESTS: usize = 20;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/holder", read().to(home))
        .route(r"/holder/certificates/{number:\d{22}}", read().to(certificate))
        .route(r"/holder/requests/{id:\d{1,12}}", read().to(request))
        .route(r"/holder/requests/{id:\d{1,12}}/withdraw", web::post().to(withdraw));
}

/// A certificate as its holder or the office sees it in a list.
pub struct CertificateRow {
    /// The number, plain.
    pub number: String,
    /// The number in groups.
    pub grouped: String,
    /// Its title.
    pub title: String,
    /// For what; empty where it says none.
    pub purpose: String,
    /// For whom; empty for anyone.
    pub audience: String,
    /// When it was issued.
    pub issued: String,
    /// When it ends.
    pub expires: String,
    /// How it stands.
    pub status: Tag,
    /// Claims that do not hold.
    pub no: usize,
    /// Whether it is sealed, and can be downloaded.
    pub sealed: bool,
    /// Whether what it says is no longer served: another certificate has taken its place, or the document is erased.
    pub closed: bool,
    /// Whether it is in use and ends within [`SOON_SECONDS`].
    pub ends_soon: bool,
}

/// One certificate with what it says.
pub struct CertificateView {
    /// As in a list.
    pub row: CertificateRow,
    /// Whom it is about.
    pub holder: Option<(String, String)>,
    /// What it claims.
    pub claims: Vec<ClaimLine>,
    /// Names and words of the rules of its claims.
    pub rules: Vec<(&'static str, String)>,
    /// The period that was looked at.
    pub period: String,
    /// Up to when data was collected.
    pub data_as_of: String,
    /// The check code, in groups.
    pub check_code: String,
    /// Whether it has a QR code.
    pub qr: bool,
    /// How the certified commitment is kept today; empty where it is none.
    pub fulfilment: String,
    /// Who vouches for it besides the office, and what that makes of it; none where it is not sealed, or closed.
    pub assurance: Option<Assurance>,
}

/// What a verifier finds in the certificate file as it would be downloaded now.
pub struct Assurance {
    /// `L3：另有一家独立机构见证或出具时间戳`.
    pub level: String,
    /// Whether more may come: witnesses, timestamps.
    pub may_rise: bool,
    /// Witnesses, timestamps, receipts.
    pub vouchers: Vec<Voucher>,
}

#[derive(Template)]
#[template(path = "desk/holder.html")]
struct Home<'a> {
    page: &'a Page,
    notices: Vec<NoticeLine>,
    unit: &'a str,
    code: &'a str,
    certificates: Vec<CertificateRow>,
    total: usize,
    earlier: Option<usize>,
    later: Option<usize>,
    requests: Vec<RequestRow>,
}

#[derive(Template)]
#[template(path = "desk/holder-certificate.html")]
struct One<'a> {
    page: &'a Page,
    csrf: &'a str,
    certificate: CertificateView,
    notices: Vec<NoticeLine>,
    history: Vec<Outward>,
    cases: Vec<CaseView>,
}

#[derive(Template)]
#[template(path = "desk/holder-request.html")]
struct Asked<'a> {
    page: &'a Page,
    csrf: &'a str,
    request: RequestRow,
    can_withdraw: bool,
    preview: Option<PreviewView>,
}

#[derive(Debug, Default, Deserialize)]
struct From {
    #[serde(default)]
    from: usize,
}

/// The fields of a form that has none but its token.
#[derive(Debug, Deserialize)]
pub struct Nothing {}

async fn home(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    from: Query<From>,
) -> Result<HttpResponse, Problem> {
    let code = code(&signed_in)?;
    let (lang, by, from) = (page.lang, signed_in.clone(), from.from);
    let (rows, notices, total, from, requests) = work(&shared, move |office| {
        looked(office, &by, Action::CertificateViewed, "")?;
        let numbers = office.certificates_of_subject(&code)?;
        let from = if from >= numbers.len() { 0 } else { from };
        let shown = numbers.iter().skip(from).take(PAGE);
        let (mut rows, mut notices) = (Vec::new(), Vec::new());
        for (number, _) in shown {
            let row = row(lang, office, number)?;
            notices.extend(told(lang, office, number, &row)?.notice);
            rows.push(row);
        }
        let requests = office.desk().requests_of(&code, REQUESTS);
        let requests = requests.iter().map(|request| RequestRow::new(lang, office, request)).collect();
        Ok((rows, notices, numbers.len(), from, requests))
    })
    .await?;
    let page = titled(page);
    let home = Home {
        page: &page,
        notices,
        unit: signed_in.unit(),
        code: signed_in.code().unwrap_or_default(),
        earlier: (from + PAGE < total).then_some(from + PAGE),
        later: (from > 0).then_some(from.saturating_sub(PAGE)),
        certificates: rows,
        total,
        requests,
    };
    Ok(page.html(StatusCode::OK, &home))
}

async fn certificate(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let code = code(&signed_in)?;
    let (lang, by) = (page.lang, signed_in.clone());
    let (view, told, cases) = work(&shared, move |office| {
        let number = own(office, &code, &number)?;
        looked(office, &by, Action::CertificateViewed, number.as_str())?;
        let view = view(lang, office, &number)?;
        let told = told(lang, office, &number, &view.row)?;
        let cases = office.objections().of(&number)?;
        let cases = cases.iter().map(|case| CaseView::outward(lang, case)).collect();
        Ok((view, told, cases))
    })
    .await?;
    let page = page.titled("我的证书", "My certificate").at(Section::Holder);
    let notices = told.notice.into_iter().collect();
    let one =
        One { page: &page, csrf: signed_in.csrf(), certificate: view, notices, history: told.history, cases };
    Ok(page.html(StatusCode::OK, &one))
}

async fn request(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<u64>,
) -> Result<HttpResponse, Problem> {
    let code = code(&signed_in)?;
    let (lang, by, id) = (page.lang, signed_in.clone(), *id);
    let (row, open, preview) = work(&shared, move |office| {
        let asked = own_request(office, &code, id)?;
        looked(office, &by, Action::RequestViewed, &format!("request/{id}"))?;
        let preview = match asked.draft {
            // What it will come to, before it is issued. Somebody may be issuing it this moment.
            Some(draft) => office.desk().open_draft(draft).ok(),
            None => None,
        };
        let preview = preview.and_then(|opened| office.preview(&opened.submission).ok());
        let preview = preview.map(|preview| PreviewView::new(lang, &preview, Some(&asked)));
        let open = asked.state == notary::desk::RequestState::Asked;
        Ok((RequestRow::new(lang, office, &asked), open, preview))
    })
    .await?;
    let page = page.titled("报告申请", "Request").at(Section::Holder);
    let asked = Asked { page: &page, csrf: signed_in.csrf(), request: row, can_withdraw: open, preview };
    Ok(page.html(StatusCode::OK, &asked))
}

async fn withdraw(
    signed_in: SignedIn,
    shared: Data<Shared>,
    id: Path<u64>,
    _form: CheckedForm<Nothing>,
) -> ActixResult<HttpResponse, Problem> {
    let code = code(&signed_in)?;
    let (by, id) = (signed_in.clone(), *id);
    work(&shared, move |office| {
        own_request(office, &code, id)?;
        let done = office.desk().withdraw_request(&actor(&by), RequestId(id));
        logged(office, &by, Action::RequestAnswered, &format!("request/{id}"), done)
    })
    .await?;
    Ok(see_other(&format!("/holder/requests/{id}")))
}

/// The code that this holder speaks for.
///
/// # Errors
/// `FORBIDDEN` for every other role.
pub fn code(signed_in: &SignedIn) -> Result<UnifiedCode, Problem> {
    signed_in.require(&[Role::Holder])?;
    let code = signed_in.code().and_then(|code| UnifiedCode::parse(code).ok());
    code.ok_or_else(|| Common::Forbidden.problem())
}

/// A certificate of this holder's. Another's, one that is not there, and a number that is none look alike.
///
/// # Errors
/// `NOT_FOUND`.
pub fn own(office: &Office, code: &UnifiedCode, number: &str) -> Result<CertificateNumber, Problem> {
    let number = CertificateNumber::parse(number).map_err(|_| Common::NotFound.problem())?;
    match office.holds_as_subject(code, &number)? {
        true => Ok(number),
        false => Err(Common::NotFound.problem()),
    }
}

fn own_request(office: &Office, code: &UnifiedCode, id: u64) -> Result<ReportRequest, Problem> {
    let found = office.desk().request(RequestId(id)).ok();
    let mine = found.filter(|request| request.terms.holder == code.as_str());
    mine.ok_or_else(|| Common::NotFound.problem())
}

/// A certificate in a list.
///
/// # Errors
/// Damage that is found on the way.
pub fn row(lang: Lang, office: &Office, number: &CertificateNumber) -> Result<CertificateRow, Refusal> {
    Ok(view(lang, office, number)?.row)
}

/// A certificate with what it says.
///
/// # Errors
/// `CERTIFICATE_UNKNOWN`, `ERASED`; damage that is found on the way.
pub fn view(lang: Lang, office: &Office, number: &CertificateNumber) -> Result<CertificateView, Refusal> {
    let plain = number.as_str().to_owned();
    match office.certificate(number) {
        Ok(issued) => {
            let core = issued.certificate.core();
            let status = office.status_of(number)?;
            let expired = core.expires_at() <= office.now();
            Ok(CertificateView {
                row: CertificateRow {
                    ends_soon: !expired
                        && matches!(status, Some(Status::Valid | Status::ObjectionNoted))
                        && core.expires_at().since(office.now()) <= SOON_SECONDS,
                    ..of_core(lang, core, status_tag(lang, status, expired))
                },
                holder: core.holder().map(|holder| (holder.name().to_owned(), holder.code().to_owned())),
                claims: core.claims().iter().map(|claim| claim_line(lang, claim)).collect(),
                rules: core
                    .claims()
                    .iter()
                    .filter_map(|claim| Some((claim.rule().known()?.short_name(), open(lang, claim.rule()))))
                    .collect(),
                period: core
                    .period()
                    .map(|(from, to)| format!("{} — {}", day(lang, from), day(lang, to)))
                    .unwrap_or_default(),
                data_as_of: core.data_as_of().map(|time| moment(lang, time)).unwrap_or_default(),
                check_code: grouped(issued.check_code.as_str()),
                qr: issued.qr.is_some(),
                fulfilment: crate::commitments::words::own_line(lang, office, number)?,
                assurance: Some(assurance(lang, &office.assurance(&issued.certificate))),
            })
        }
        // Accepted a moment ago: there is a number and nothing more to show.
        Err(refusal) if refusal.code() == RefusalCode::NotSealed => {
            Ok(bare(plain, lang.pick("正在封存入批", "being sealed"), status_tag(lang, None, false), false))
        }
        // Its number and how it stands are all that is told of it from now on.
        Err(refusal) if is_closed(refusal.code()) => {
            let status = status_tag(lang, office.status_of(number)?, false);
            Ok(bare(plain, lang.pick("社会信用区块链证书", "Certificate"), status, true))
        }
        Err(refusal) => Err(refusal),
    }
}

fn assurance(lang: Lang, verdict: &Verdict) -> Assurance {
    Assurance {
        level: level_line(lang, verdict.level),
        may_rise: verdict.level < LEVEL_MAX,
        vouchers: vouchers(lang, verdict),
    }
}

/// Whether it says that a certificate's content is no longer served.
pub fn is_closed(code: RefusalCode) -> bool {
    code == RefusalCode::Erased || code == RefusalCode::ContentWithdrawn
}

/// A certificate of which nothing but its number is told.
fn bare(number: String, title: &str, status: Tag, closed: bool) -> CertificateView {
    CertificateView {
        row: CertificateRow {
            grouped: grouped(&number),
            number,
            title: title.to_owned(),
            purpose: String::new(),
            audience: String::new(),
            issued: String::new(),
            expires: String::new(),
            status,
            no: 0,
            sealed: false,
            closed,
            ends_soon: false,
        },
        holder: None,
        claims: Vec::new(),
        rules: Vec::new(),
        period: String::new(),
        data_as_of: String::new(),
        fulfilment: String::new(),
        assurance: None,
        check_code: String::new(),
        qr: false,
    }
}

fn of_core(lang: Lang, core: &Core, status: Tag) -> CertificateRow {
    CertificateRow {
        number: core.number().as_str().to_owned(),
        grouped: grouped(core.number().as_str()),
        title: core.title().to_owned(),
        purpose: core.purpose().map(|purpose| open(lang, purpose)).unwrap_or_default(),
        audience: core.audience().map(|unit| unit.name().to_owned()).unwrap_or_default(),
        issued: day(lang, core.issued_at().china_date()),
        expires: day(lang, core.expires_at().china_date()),
        status,
        no: core.claims().iter().filter(|claim| claim.value() == ClaimValue::No).count(),
        sealed: true,
        closed: false,
        ends_soon: false,
    }
}

fn open<T: Registered>(lang: Lang, term: Open<T>) -> String {
    if lang.is_en() { term.en() } else { term.zh() }
}

fn titled(page: Page) -> Page {
    page.titled("我的证书", "My certificates").at(Section::Holder)
}
