//! The public ledger for people: its batches, one of them, and where an entry stands.
//!
//! ```text
//! GET  /batches?from=40            batches 40 and before, newest first
//! GET  /batches/7                  time, size, root, signatures, the head before it, its file
//! GET  /batches/entry?index=20     where entry 20 stands, its way up to the newest signed root
//! POST /batches/entry              the same for a certificate that is sent
//! ```
//!
//! All of it can be seen in the plain files under `/ledger/` as well, which need no trust in these pages.

mod place;

use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload, Query, block};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use notary::office::{BatchView, EntryView};
use notary::refusal::{Refusal, RefusalCode};
use serde::Deserialize;
use verifier::entry::Entry;
use verifier::note::Note;
use verifier::tile;
use verifier::verify::Presented;

use self::place::{Step, steps};
use super::posted::Posted;
use crate::client::Client;
use crate::intake::{self, Given};
use crate::page::words::exact;
use crate::page::{Page, Section};
use crate::problem::{Common, Problem};
use crate::server::Shared;

/// Batches on one page.
const ON_A_PAGE: u64 = 20;

#[derive(Template)]
#[template(path = "batches.html")]
struct Batches<'a> {
    page: &'a Page,
    origin: &'a str,
    size: u64,
    batches: u64,
    rows: Vec<Row>,
    newer: Option<u64>,
    older: Option<u64>,
}

/// One batch in the list.
struct Row {
    number: u64,
    closed: String,
    start: u64,
    last: u64,
    entries: u64,
    root: String,
}

#[derive(Template)]
#[template(path = "batch.html")]
struct Batch<'a> {
    page: &'a Page,
    row: Row,
    before_size: u64,
    before_root: String,
    file: String,
    checkpoint: Signed,
    notes: Vec<(String, Signed)>,
    newest: u64,
}

/// A signed note: its text and who signed.
struct Signed {
    text: String,
    signers: Vec<(String, String)>,
}

#[derive(Template)]
#[template(path = "entry.html")]
struct EntryPage<'a> {
    page: &'a Page,
    /// Whether it was found by a certificate that was sent.
    by_certificate: bool,
    index: u64,
    leaf: String,
    batch: Row,
    steps: Vec<Step>,
    size: u64,
    root: String,
    /// Whether the steps lead to the signed root, computed for this page.
    holds: bool,
}

#[derive(Template)]
#[template(path = "entry-trouble.html")]
struct EntryTrouble<'a> {
    page: &'a Page,
    trouble: &'a str,
}

/// Which batches to show.
#[derive(Deserialize)]
pub struct Wanted {
    from: Option<u64>,
}

/// Which entry to show.
#[derive(Deserialize)]
pub struct WantedEntry {
    index: Option<String>,
}

/// The list, newest first.
pub async fn list(page: Page, shared: Data<Shared>, wanted: Query<Wanted>) -> Result<HttpResponse, Problem> {
    let page = page.titled("公开账本", "The public ledger").at(Section::Batches).public();
    let office = shared.clone();
    let (batches, read) = block(move || {
        let batches = office.office().batch_count();
        let newest = batches.saturating_sub(1).min(wanted.from.unwrap_or(u64::MAX));
        let first = newest.saturating_sub(ON_A_PAGE - 1);
        let count = usize::try_from(newest - first + 1).unwrap_or(0);
        (batches, office.office().batches(first, count))
    })
    .await
    .map_err(|_| Common::Internal.problem())?;
    let mut rows: Vec<Row> = read?.iter().map(|batch| row(&page, batch)).collect();
    rows.reverse();
    let newest = rows.first().map_or(0, |row| row.number);
    let summary = shared.office().summary();
    let list = Batches {
        page: &page,
        origin: summary.origin.as_str(),
        size: summary.size,
        batches,
        newer: (newest + 1 < batches).then(|| (newest + ON_A_PAGE).min(batches - 1)),
        older: rows.last().and_then(|row| row.number.checked_sub(1)),
        rows,
    };
    Ok(page.html(StatusCode::OK, &list))
}

/// One batch.
pub async fn batch(page: Page, shared: Data<Shared>, number: Path<u64>) -> Result<HttpResponse, Problem> {
    let page = page.titled("批次", "A batch").at(Section::Batches).public();
    let (office, number) = (shared.clone(), number.into_inner());
    let read = block(move || (office.office().batch(number), office.office().batch_count()));
    let (batch, count) = read.await.map_err(|_| Common::Internal.problem())?;
    let batch = batch?;
    let notes = batch.file.notes().iter().map(|(text, note)| (text.subtree().to_string(), signed(note)));
    let shown = Batch {
        page: &page,
        row: row(&page, &batch),
        before_size: batch.before.size,
        before_root: batch.before.root.to_base64(),
        file: format!("/ledger/batch/{}", tile::grouped(number)),
        checkpoint: signed(batch.file.checkpoint_note()),
        notes: notes.collect(),
        newest: count.saturating_sub(1),
    };
    Ok(page.html(StatusCode::OK, &shown))
}

/// Where an entry stands, by its index.
pub async fn entry(
    page: Page,
    shared: Data<Shared>,
    wanted: Query<WantedEntry>,
) -> Result<HttpResponse, Problem> {
    let page = entry_page(page);
    let Some(typed) = wanted.index.as_deref() else {
        return Ok(page.html(StatusCode::OK, &EntryTrouble { page: &page, trouble: "" }));
    };
    let Ok(index) = verifier::qr::fold(typed).parse::<u64>() else {
        let trouble = page.lang.pick("存证序号是从0开始的整数。", "An index is a whole number from 0.");
        return Ok(page.html(StatusCode::BAD_REQUEST, &EntryTrouble { page: &page, trouble }));
    };
    show_entry(&page, &shared, index, None).await
}

/// Where a certificate's entry stands.
pub async fn entry_of(
    request: HttpRequest,
    payload: Payload,
    page: Page,
    client: Client,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    shared.rates().decode(&client)?;
    let page = entry_page(page);
    let posted = Posted::read(&request, &mut payload.into_inner()).await?;
    let (file, text) = (posted.file(), posted.field("text").to_string());
    let now = shared.office().now();
    let read = block(move || match file {
        Some(bytes) => intake::read_bytes(&bytes, now),
        None => intake::read_text(&text),
    });
    let read = read.await.map_err(|_| Common::Internal.problem())?;
    let lang = page.lang;
    let trouble = match read {
        Ok(Given::Proof(presented)) => {
            let (core, index) = match &*presented {
                Presented::File(certificate) => (certificate.core(), certificate.index()),
                Presented::Pdf(pdf) => (pdf.certificate().core(), pdf.certificate().index()),
                Presented::Qr(payload) => (payload.core(), payload.index()),
            };
            let entry = Entry::of_core(shared.office().origin(), core.as_bytes());
            return show_entry(&page, &shared, index, Some(entry)).await;
        }
        Ok(_) => lang
            .pick(
                "查看证书在账本中的位置，需要证书文件或二维码内容；编号不含位置。",
                "To find its place, send the certificate's file or the content of its QR code: its number does not say.",
            )
            .to_string(),
        Err(why) => why.message(lang.words()).to_string(),
    };
    Ok(page.html(StatusCode::BAD_REQUEST, &EntryTrouble { page: &page, trouble: &trouble }))
}

async fn show_entry(
    page: &Page,
    shared: &Data<Shared>,
    index: u64,
    of: Option<Entry>,
) -> Result<HttpResponse, Problem> {
    let office = shared.clone();
    let read = block(move || office.office().entry(index)).await;
    let view = match read.map_err(|_| Common::Internal.problem())? {
        Ok(view) => view,
        Err(refusal) if refusal.code() == RefusalCode::EntryUnknown => return Ok(unknown(page, &refusal)),
        Err(refusal) => return Err(refusal.into()),
    };
    if of.is_some_and(|entry| entry.leaf() != view.leaf) {
        let trouble = page.lang.pick(
            "账本中这个位置不是此证书：内容与存证不一致，或不是本机构签发。",
            "The ledger has something else at this place: the content was altered, or another office issued it.",
        );
        return Ok(page.html(StatusCode::OK, &EntryTrouble { page, trouble }));
    }
    let shown = shown(page, &view, of.is_some());
    Ok(page.html(StatusCode::OK, &shown))
}

fn shown<'a>(page: &'a Page, view: &EntryView, by_certificate: bool) -> EntryPage<'a> {
    let checkpoint = view.proof.checkpoint();
    let steps = steps(&view.leaf, view.index, checkpoint.size(), view.proof.path());
    let holds = steps.last().map_or(view.leaf, |step| step.result) == *checkpoint.root();
    EntryPage {
        page,
        by_certificate,
        index: view.index,
        leaf: view.leaf.to_base64(),
        batch: row(page, &view.batch),
        steps,
        size: checkpoint.size(),
        root: checkpoint.root().to_base64(),
        holds,
    }
}

fn unknown(page: &Page, refusal: &Refusal) -> HttpResponse {
    let trouble = refusal.message(page.lang.words());
    page.html(StatusCode::NOT_FOUND, &EntryTrouble { page, trouble: &trouble })
}

fn entry_page(page: Page) -> Page {
    page.titled("在账本中的位置", "Its place in the ledger").at(Section::Batches)
}

fn row(page: &Page, batch: &BatchView) -> Row {
    Row {
        number: batch.number(),
        closed: exact(page.lang, batch.time()),
        start: batch.file.start(),
        last: batch.file.end().saturating_sub(1),
        entries: batch.entries(),
        root: batch.root().to_base64(),
    }
}

fn signed(note: &Note) -> Signed {
    let signers = note.signatures().iter();
    let signers = signers.map(|line| (line.name().as_str().to_string(), line.id().to_string()));
    Signed { text: note.text().to_string(), signers: signers.collect() }
}
