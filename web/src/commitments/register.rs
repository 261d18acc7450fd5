//! `/operator/matters`: the catalogue of matters (承诺事项清单), templates (承诺书样式), and who may use 告知承诺.
//!
//! ```text
//! GET  /operator/matters                     both lists, the forms
//! POST /operator/matters        files        a table or JSON of matters; good rows go in, bad ones are told
//! POST /operator/matters/eligible            uscc=…&matter=SX00003
//! POST /operator/templates      id, version, name, text, measurable
//! GET  /operator/templates?id=…&version=…    the text, as it is registered
//! ```
//!
//! A version of a template never changes. Rules are `notary::commitment`'s.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Payload, Query, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use notary::code::UnifiedCode;
use notary::commitment::{BadMatter, Matter, MattersImported, NewTemplate};
use notary::operator_log::Action;
use notary::people::Role;
use notary::refusal::Refusal;
use serde::Deserialize;

use super::words::{publicity_word, type_word};
use crate::desk::posted::Posted;
use crate::desk::{actor, logged, looked, read, see_other, work};
use crate::lang::Lang;
use crate::page::words::{grouped, moment};
use crate::page::{Page, Section};
use crate::problem::Problem;
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn};

/// Matters and templates of the page.
const SHOWN: usize = 500;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/operator/matters", read().to(lists))
        .route("/operator/matters", web::post().to(import))
        .route("/operator/matters/eligible", web::post().to(eligible))
        .route("/operator/templates", read().to(text))
        .route("/operator/templates", web::post().to(add));
}

#[derive(Template)]
#[template(path = "commitments/matters.html")]
struct Lists<'a> {
    page: &'a Page,
    csrf: &'a str,
    matters: Vec<MatterView>,
    templates: Vec<TemplateView>,
    said: Said,
}

#[derive(Template)]
#[template(path = "commitments/template.html")]
struct Text<'a> {
    page: &'a Page,
    template: TemplateView,
    text: String,
}

/// Of the look-up: about whom, whether, why not, the report that was looked at.
type Eligible = (String, bool, Vec<(String, &'static str)>, String);

/// What came of a form.
#[derive(Default)]
struct Said {
    trouble: String,
    code: String,
    /// Of an import: good rows, changed ones, bad ones.
    imported: Option<(u64, u64, Vec<BadView>)>,
    eligible: Option<Eligible>,
    /// What was typed for a template.
    template: NewTemplate,
}

struct BadView {
    row: u64,
    faults: Vec<(&'static str, String, String)>,
}

struct MatterView {
    code: String,
    name: String,
    department: String,
    kind: &'static str,
    basis: String,
    template: String,
    check_within: String,
    publicity: &'static str,
    excluded: &'static str,
}

struct TemplateView {
    id: String,
    version: String,
    name: String,
    digest: String,
    measurable: bool,
    since: String,
    link: String,
}

#[derive(Debug, Deserialize)]
struct Asked {
    #[serde(default)]
    uscc: String,
    #[serde(default)]
    matter: String,
}

#[derive(Debug, Deserialize)]
struct Which {
    #[serde(default)]
    id: String,
    #[serde(default)]
    version: String,
}

async fn lists(page: Page, signed_in: SignedIn, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    shown(page, &signed_in, &shared, StatusCode::OK, Said::default()).await
}

async fn shown(
    page: Page,
    signed_in: &SignedIn,
    shared: &Data<Shared>,
    status: StatusCode,
    said: Said,
) -> Result<HttpResponse, Problem> {
    let (lang, by) = (page.lang, signed_in.clone());
    let (matters, templates) = work(shared, move |office| {
        looked(office, &by, Action::CommitmentsListed, "matters")?;
        let desk = office.commitment_desk();
        let matters = desk.matters().iter().take(SHOWN).map(|matter| MatterView::new(lang, matter)).collect();
        let templates = desk.templates();
        let templates =
            templates.iter().take(SHOWN).map(|template| TemplateView::new(lang, template)).collect();
        Ok((matters, templates))
    })
    .await?;
    let page = page.titled("承诺事项与样式", "Matters and templates").at(Section::Operator);
    let lists = Lists { page: &page, csrf: signed_in.csrf(), matters, templates, said };
    Ok(page.html(status, &lists))
}

async fn import(
    request: HttpRequest,
    payload: Payload,
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let mut posted = Posted::read(&request, &mut payload.into_inner(), &signed_in).await?;
    let lang = page.lang;
    let Some(file) = posted.files.pop() else {
        let trouble = lang.pick("请选择事项清单文件。", "Choose the file of the catalogue.").to_owned();
        let said = Said { trouble, ..Said::default() };
        return shown(page, &signed_in, &shared, StatusCode::BAD_REQUEST, said).await;
    };
    let by = signed_in.clone();
    let done = work(&shared, move |office| {
        let done = office.commitment_desk().import_matters(&actor(&by), &file.bytes);
        told(logged(office, &by, Action::MattersImported, "matters", done.clone()), done)
    })
    .await?;
    let (status, said) = match done {
        Ok(imported) => (StatusCode::OK, Said { imported: Some(came(lang, &imported)), ..Said::default() }),
        Err(refusal) => refused(lang, &refusal),
    };
    shown(page, &signed_in, &shared, status, said).await
}

async fn eligible(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    form: CheckedForm<Asked>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let (lang, by, asked) = (page.lang, signed_in.clone(), form.0);
    let about = notary::code::normalise(&asked.uscc);
    let done = work(&shared, move |office| {
        looked(office, &by, Action::EligibilityViewed, "")?;
        let code = match UnifiedCode::parse_typed(&asked.uscc) {
            Ok(code) => code,
            Err(fault) => return Ok(Err(fault.refusal("/uscc"))),
        };
        let matter = Some(asked.matter.trim()).filter(|matter| !matter.is_empty());
        let done = office.commitment_desk().eligible(&code, matter);
        told(done.clone().map_err(Problem::from), done)
    })
    .await?;
    let (status, said) = match done {
        Ok(found) => {
            let reasons = found.reasons.iter().map(|one| (one.message(lang.words()), one.code())).collect();
            let report = found.report.map(|number| grouped(number.as_str())).unwrap_or_default();
            let said = Some((about, found.eligible, reasons, report));
            (StatusCode::OK, Said { eligible: said, ..Said::default() })
        }
        Err(refusal) => refused(lang, &refusal),
    };
    shown(page, &signed_in, &shared, status, said).await
}

async fn add(
    request: HttpRequest,
    payload: Payload,
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let posted = Posted::read(&request, &mut payload.into_inner(), &signed_in).await?;
    let text = |name: &str| posted.field(name).to_owned();
    let template = NewTemplate {
        id: text("id").trim().to_owned(),
        version: text("version").trim().to_owned(),
        name: text("name").trim().to_owned(),
        measurable: !posted.field("measurable").is_empty(),
        text: text("text"),
    };
    let (by, given) = (signed_in.clone(), template.clone());
    let done = work(&shared, move |office| {
        let done = office.commitment_desk().add_template(&actor(&by), &given);
        told(logged(office, &by, Action::TemplateAdded, "templates", done.clone()), done)
    })
    .await?;
    match done {
        Ok(_) => Ok(see_other("/operator/matters")),
        Err(refusal) => {
            let (status, said) = refused(page.lang, &refusal);
            shown(page, &signed_in, &shared, status, Said { template, ..said }).await
        }
    }
}

async fn text(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    which: Query<Which>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let (lang, by, Which { id, version }) = (page.lang, signed_in.clone(), which.into_inner());
    let (template, text) = work(&shared, move |office| {
        looked(office, &by, Action::CommitmentsListed, "templates")?;
        let desk = office.commitment_desk();
        let template = TemplateView::new(lang, &desk.template(&id, &version)?);
        Ok((template, desk.template_text(&id, &version)?))
    })
    .await?;
    let page = page.titled("承诺书样式", "Template").at(Section::Operator);
    Ok(page.html(StatusCode::OK, &Text { page: &page, template, text }))
}

/// A refusal is told on the page; what fails of the office's own is a problem.
fn told<T>(done: Result<T, Problem>, came: Result<T, Refusal>) -> Result<Result<T, Refusal>, Problem> {
    match done {
        Ok(done) => Ok(Ok(done)),
        Err(problem) if problem.status().is_server_error() => Err(problem),
        Err(problem) => came.map(|_| Err(problem)).unwrap_or_else(|refusal| Ok(Err(refusal))),
    }
}

fn refused(lang: Lang, refusal: &Refusal) -> (StatusCode, Said) {
    let trouble = refusal.message(lang.words());
    let code = format!("{} {}", refusal.code().as_str(), refusal.where_());
    (crate::problem::status_of(refusal.code()), Said { trouble, code, ..Said::default() })
}

fn came(lang: Lang, imported: &MattersImported) -> (u64, u64, Vec<BadView>) {
    let view = |bad: &BadMatter| BadView {
        row: bad.row,
        faults: bad
            .faults
            .iter()
            .map(|(column, value, refusal)| (*column, value.clone(), refusal.message(lang.words())))
            .collect(),
    };
    (imported.good, imported.changed, imported.bad.iter().take(SHOWN).map(view).collect())
}

impl MatterView {
    fn new(lang: Lang, matter: &Matter) -> MatterView {
        MatterView {
            code: matter.code.clone(),
            name: matter.name.clone(),
            department: matter.department.clone(),
            kind: type_word(lang, matter.commitment_type),
            basis: matter.basis.clone(),
            template: matter
                .template
                .as_ref()
                .map(|(id, version)| format!("{id} {version}"))
                .unwrap_or_default(),
            check_within: matter.check_within.as_ref().map(|within| within.written()).unwrap_or_default(),
            publicity: publicity_word(lang, matter.publicity),
            excluded: matter.excluded.map_or("", |class| class.label()),
        }
    }
}

impl TemplateView {
    fn new(lang: Lang, template: &notary::commitment::Template) -> TemplateView {
        let encoded = |text: &str| {
            let safe = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.');
            text.bytes()
                .map(|b| if safe(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
                .collect::<String>()
        };
        TemplateView {
            link: format!(
                "/operator/templates?id={}&version={}",
                encoded(&template.id),
                encoded(&template.version)
            ),
            id: template.id.clone(),
            version: template.version.clone(),
            name: template.name.clone(),
            digest: template.digest.to_string(),
            measurable: template.measurable,
            since: moment(lang, template.at),
        }
    }
}
