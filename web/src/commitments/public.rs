//! `/commitments`: what everybody may find of commitments, without signing in.
//!
//! ```text
//! GET  /commitments                   the form
//! POST /commitments   word=…          a code, a unified code, or at least two characters of a name
//! GET  /commitments/61990020261122000003
//! ```
//!
//! What somebody types may be a person's name: it is in no address, no log and no cookie, and so is where a long list goes
//! on. Only what is 可向社会公开 and was made public is found (`notary::commitment`). How often one may ask is limited.

use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use notary::commitment::{PublicRow, SEARCH_MIN, word};
use notary::document::value::CommitmentCode;
use notary::refusal::RefusalCode;

use super::words::{PublicView, day, public_fulfilment};
use crate::client::Client;
use crate::desk::{read, work};
use crate::lang::Lang;
use crate::page::{Page, Section};
use crate::pages::posted::Posted;
use crate::problem::{Common, Problem};
use crate::server::Shared;

/// Commitments of a page: it stays below 50 kB.
const PAGE: usize = 20;
/// Characters of what is searched for.
const WORD_MAX: usize = 100;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config
        .route("/commitments", read().to(form))
        .route("/commitments", web::post().to(search))
        .route(r"/commitments/{code:\d{20}}", read().to(one));
}

#[derive(Template)]
#[template(path = "commitments/search.html")]
struct Search<'a> {
    page: &'a Page,
    word: &'a str,
    word_max: usize,
    searched: bool,
    rows: Vec<PublicView>,
    next: Option<String>,
    trouble: &'a str,
}

#[derive(Template)]
#[template(path = "commitments/public.html")]
struct One<'a> {
    page: &'a Page,
    commitment: PublicView,
    line: String,
    facts: Vec<(&'static str, String)>,
    steps: Vec<(String, String)>,
}

async fn form(page: Page) -> HttpResponse {
    let page = titled(page).public();
    search_page(&page, StatusCode::OK, "", false, Vec::new(), None, "")
}

fn search_page(
    page: &Page,
    status: StatusCode,
    word: &str,
    searched: bool,
    rows: Vec<PublicView>,
    next: Option<String>,
    trouble: &str,
) -> HttpResponse {
    page.html(status, &Search { page, word, word_max: WORD_MAX, searched, rows, next, trouble })
}

async fn search(
    request: HttpRequest,
    payload: Payload,
    page: Page,
    client: Client,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    let page = titled(page);
    let posted = Posted::read(&request, &mut payload.into_inner()).await?;
    let typed: String = posted.field("word").trim().chars().take(WORD_MAX).collect();
    if typed.chars().count() < SEARCH_MIN {
        return Ok(search_page(
            &page,
            StatusCode::UNPROCESSABLE_ENTITY,
            &typed,
            false,
            Vec::new(),
            None,
            short(page.lang),
        ));
    }
    shared.rates().look_up(&client)?;
    let (lang, wanted) = (page.lang, typed.clone());
    let after = Some(posted.field("after").to_owned()).filter(|after| !after.is_empty());
    let found = work(&shared, move |office| {
        match office.commitment_desk().search_public(&wanted, after.as_deref(), PAGE) {
            Ok(found) => Ok(Some(found)),
            // Blanks between, letters that fold to fewer: what counts is shorter than what was typed.
            Err(refusal) if refusal.code() == RefusalCode::SearchShort => Ok(None),
            Err(refusal) => Err(refusal.into()),
        }
    })
    .await?;
    let Some(found) = found else {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Ok(search_page(&page, status, &typed, false, Vec::new(), None, short(lang)));
    };
    let rows = found.rows.iter().map(|row| PublicView::new(lang, row)).collect();
    Ok(search_page(&page, StatusCode::OK, &typed, true, rows, found.next, ""))
}

async fn one(
    page: Page,
    client: Client,
    shared: Data<Shared>,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    let code = CommitmentCode::parse(&code).ok_or_else(|| Common::NotFound.problem())?;
    shared.rates().look_up(&client)?;
    let row = work(&shared, move |office| Ok(office.commitment_desk().one_public(&code)?)).await?;
    // What is not public is not there.
    let row = row.ok_or_else(unknown)?;
    let lang = page.lang;
    let page = titled(page);
    let one = One {
        page: &page,
        commitment: PublicView::new(lang, &row),
        line: row.present.line(lang.words()),
        facts: facts(lang, &row),
        steps: steps(lang, &row),
    };
    Ok(page.html(StatusCode::OK, &one))
}

/// The one answer to a code that nobody may see, whether there is such a commitment or not.
pub fn unknown() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        RefusalCode::CommitmentUnknown.as_str(),
        "没有查到向社会公开的这条承诺；请核对承诺编码",
        "there is no public commitment of this code; compare it digit by digit",
    )
}

fn facts(lang: Lang, row: &PublicRow) -> Vec<(&'static str, String)> {
    let commitment = &row.commitment;
    let mut facts = vec![
        (lang.pick("承诺编码", "Code"), row.code.to_string()),
        (lang.pick("承诺人", "Committer"), format!("{}（{}）", row.committer, row.committer_code)),
        (lang.pick("承诺类型", "Type"), super::words::type_word(lang, row.commitment_type).to_owned()),
        (lang.pick("承诺事由", "Subject"), row.reason.clone()),
        (lang.pick("承诺内容", "Content"), commitment.content.clone()),
        (lang.pick("违诺责任", "Liability"), commitment.liability.clone()),
        (lang.pick("作出日期", "Made"), day(lang, row.made_on)),
    ];
    if let Some(last) = row.valid_to {
        facts.push((lang.pick("承诺有效期", "Until"), day(lang, last)));
    }
    facts.push((lang.pick("受理单位", "Accepted by"), row.accepted_by.clone()));
    facts.push((lang.pick("公示日期", "Public since"), day(lang, row.publicised)));
    facts
}

fn steps(lang: Lang, row: &PublicRow) -> Vec<(String, String)> {
    let steps = row.steps.iter().map(|(kind, on)| (day(lang, *on), word(*kind, lang.words()).to_owned()));
    let now = (day(lang, row.present.as_of), public_fulfilment(lang, &row.present).word);
    steps.chain([now]).collect()
}

fn short(lang: Lang) -> &'static str {
    lang.pick(
        "请至少输入两个字；也可以输入承诺编码或统一社会信用代码。",
        "Type at least two characters, or a code.",
    )
}

fn titled(page: Page) -> Page {
    page.titled("信用承诺公示", "Public commitments").at(Section::Commitments)
}
