//! The ledger as JSON: batches, the place of an entry, the checkpoint, status lists, the trust bundle. All public.
//!
//! ```text
//! GET /batches?from=0&limit=20       GET /batches/7       GET /entries/41
//! GET /checkpoint                    GET /status          GET /trust
//! ```
//!
//! Whoever wants to check it takes the files under `/ledger/`: these answers are for showing and for finding them.

use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use notary::office::{BATCHES_AT_A_TIME, BatchView, EntryView};
use notary::refusal::{Refusal, RefusalCode};
use serde::Serialize;
use verifier::hash::Hash;
use verifier::limits::STATUS_SHARD;
use verifier::note::Note;
use verifier::status_list::StatusList;
use verifier::tile::grouped;

use super::ROOT;
use super::answer::{File, Keep, TEXT, kept_json};
use super::input::Input;
use super::route::Address;
use crate::problem::{Common, Problem};
use crate::server::Shared;

/// Batches in one answer, if nobody says how many.
const BATCHES: u64 = 20;
/// Answers about the newest state may be kept so many seconds.
const MOMENT: u32 = 1;
/// The trust bundle and the list of status lists may be kept so many seconds.
const MINUTE: u32 = 60;

pub fn addresses() -> Vec<Address> {
    vec![
        Address::get("/batches", batches),
        Address::get("/batches/{number}", batch),
        Address::get("/entries/{index}", entry),
        Address::get("/checkpoint", checkpoint),
        Address::get("/status", status),
        Address::get("/trust", trust),
        Address::get("/trust.xzt", trust_file),
    ]
}

#[derive(Serialize)]
struct Batches {
    count: u64,
    batches: Vec<Batch>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Serialize)]
struct Batch {
    number: u64,
    start: u64,
    end: u64,
    entries: u64,
    closed_at: String,
    root: String,
    before: Head,
    checkpoint: Signed,
    notes: Vec<BatchNote>,
    file: String,
}

#[derive(Serialize)]
struct Head {
    size: u64,
    root: String,
}

#[derive(Serialize)]
struct Signed {
    note: String,
    signatures: Vec<Signature>,
}

#[derive(Serialize)]
struct BatchNote {
    start: u64,
    end: u64,
    root: String,
    #[serde(flatten)]
    signed: Signed,
}

#[derive(Serialize)]
struct Signature {
    key: String,
    id: String,
}

impl Batch {
    fn of(batch: &BatchView) -> Batch {
        let notes = batch.file.notes().iter().map(|(says, note)| BatchNote {
            start: says.subtree().start(),
            end: says.subtree().end(),
            root: says.hash().to_base64(),
            signed: signed(note),
        });
        Batch {
            number: batch.number(),
            start: batch.file.start(),
            end: batch.file.end(),
            entries: batch.entries(),
            closed_at: batch.time().display_china(),
            root: batch.root().to_base64(),
            before: Head { size: batch.before.size, root: batch.before.root.to_base64() },
            checkpoint: signed(batch.file.checkpoint_note()),
            notes: notes.collect(),
            file: format!("/ledger/batch/{}", grouped(batch.number())),
        }
    }
}

fn signed(note: &Note) -> Signed {
    let signature = |line: &verifier::note::SignatureLine| Signature {
        key: line.name().to_string(),
        id: line.id().to_string(),
    };
    Signed { note: note.encode(), signatures: note.signatures().iter().map(signature).collect() }
}

async fn batches(request: HttpRequest, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let mut input = Input::query(&request)?;
    let from = input.optional_number("from", u64::MAX)?.unwrap_or(0);
    let most = BATCHES_AT_A_TIME as u64;
    let limit = input.optional_number("limit", most)?.unwrap_or(BATCHES);
    input.end(&["from", "limit"])?;
    let (count, found) = blocking(move || {
        let count = shared.office().batch_count();
        Ok((count, shared.office().batches(from, usize::try_from(limit).unwrap_or(usize::MAX))?))
    })
    .await?;
    let next = from.saturating_add(found.len() as u64);
    let next =
        (next < count && !found.is_empty()).then(|| format!("{ROOT}/batches?from={next}&limit={limit}"));
    let batches = found.iter().map(Batch::of).collect();
    Ok(kept_json(&request, &Batches { count, batches, next }, Keep::Public(MOMENT)))
}

async fn batch(request: HttpRequest, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let number = index(&request, "number", RefusalCode::BatchUnknown)?;
    let found = blocking(move || Ok(shared.office().batch(number)?)).await?;
    Ok(kept_json(&request, &Batch::of(&found), Keep::Forever))
}

#[derive(Serialize)]
struct Entry {
    index: u64,
    leaf: String,
    batch: u64,
    batch_start: u64,
    batch_end: u64,
    sealed_at: String,
    checkpoint: Head,
    path: Vec<String>,
    proof: String,
    entries_file: String,
}

impl Entry {
    fn of(entry: &EntryView) -> Entry {
        let checkpoint = entry.proof.checkpoint();
        Entry {
            index: entry.index,
            leaf: entry.leaf.to_base64(),
            batch: entry.batch.number(),
            batch_start: entry.batch.file.start(),
            batch_end: entry.batch.file.end(),
            sealed_at: entry.batch.time().display_china(),
            checkpoint: Head { size: checkpoint.size(), root: checkpoint.root().to_base64() },
            path: entry.proof.path().iter().map(Hash::to_base64).collect(),
            proof: entry.proof.encode(),
            entries_file: format!("/ledger/tile/entries/{}", grouped(entry.index / 256)),
        }
    }
}

async fn entry(request: HttpRequest, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let index = index(&request, "index", RefusalCode::EntryUnknown)?;
    let found = blocking(move || Ok(shared.office().entry(index)?)).await?;
    Ok(kept_json(&request, &Entry::of(&found), Keep::Public(MOMENT)))
}

async fn checkpoint(request: HttpRequest, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let note = blocking(move || Ok(shared.office().checkpoint()?)).await?;
    let note = note.ok_or(Problem::from(Common::NotFound))?;
    let file =
        File { bytes: note.encode().into_bytes(), media_type: TEXT, name: None, keep: Keep::Public(MOMENT) };
    Ok(file.answer(&request))
}

#[derive(Serialize)]
struct Lists {
    origin: String,
    now: String,
    shard_entries: u64,
    index: &'static str,
    lists: Vec<List>,
}

#[derive(Serialize)]
struct List {
    shard: u64,
    sequence: u64,
    size: u64,
    issued_at: String,
    expires_at: String,
    list_digest: String,
    newest: String,
    file: String,
}

impl List {
    fn of(list: &StatusList) -> List {
        let says = list.says().fields();
        List {
            shard: says.shard,
            sequence: says.sequence,
            size: says.size,
            issued_at: says.issued.display_china(),
            expires_at: says.expires.display_china(),
            list_digest: says.list.to_base64(),
            newest: format!("/ledger/status/{}.xzs", says.shard),
            file: format!("/ledger/status/{}/{}.xzs", says.shard, says.sequence),
        }
    }
}

async fn status(request: HttpRequest, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let lists = blocking(move || {
        let shelf = shared.court().shelf(shared.office(), None)?;
        let origin = shared.office().origin();
        Ok(Lists {
            origin: origin.to_string(),
            now: shared.office().now().display_china(),
            shard_entries: STATUS_SHARD,
            index: "/ledger/status/index.json",
            lists: shelf
                .lists()
                .iter()
                .filter(|list| list.says().fields().origin == *origin)
                .map(List::of)
                .collect(),
        })
    })
    .await?;
    Ok(kept_json(&request, &lists, Keep::Public(MOMENT)))
}

async fn trust(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    trust_text(&request, &shared, None)
}

async fn trust_file(request: HttpRequest, shared: Data<Shared>) -> HttpResponse {
    trust_text(&request, &shared, Some("trust.xzt".to_owned()))
}

fn trust_text(request: &HttpRequest, shared: &Shared, name: Option<String>) -> HttpResponse {
    let bytes = shared.office().trust_text().as_bytes().to_vec();
    File { bytes, media_type: TEXT, name, keep: Keep::Public(MINUTE) }.answer(request)
}

/// A number of the address. What is no number there is none of ours.
fn index(request: &HttpRequest, name: &str, unknown: RefusalCode) -> Result<u64, Problem> {
    let text = request.match_info().get(name).unwrap_or_default();
    verifier::time::parse_decimal(text)
        .ok_or_else(|| Refusal::new(unknown).found(super::body::shown(text)).right("?").into())
}

/// Runs what reads from the disk where that holds nobody up.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    web::block(work).await.map_err(|_| Problem::from(Common::Busy))?
}
