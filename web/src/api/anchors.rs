//! The anchors of the office's ledger: timestamps, receipts of chains, answers of gateways. All public.
//!
//! ```text
//! GET /anchors?from=0&limit=20     {"count":31,"targets":[{"kind":"rfc3161","label":"tsa","count":24,"size":4096,"at":"…"}],
//!                                   "anchors":[{"number":0,"kind":"rfc3161","label":"tsa","size":12,"at":"…","file":"…"}]}
//! ```
//!
//! Here: which there are, and where each lies. Whoever wants to check one takes its file under `/ledger/anchors/`.

use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use notary::anchor::Listed;
use notary::office::Office;
use serde::Serialize;
use verifier::anchor::Anchor;
use verifier::tile::grouped;

use super::ROOT;
use super::answer::{Keep, kept_json};
use super::input::Input;
use super::ledger::blocking;
use super::route::Address;
use crate::problem::Problem;
use crate::server::Shared;

/// Anchors in one answer, if nobody says how many.
const ANCHORS: u64 = 20;
/// And at most.
const AT_A_TIME: u64 = 100;
/// An answer may be kept so many seconds.
const MOMENT: u32 = 1;

pub fn addresses() -> Vec<Address> {
    vec![Address::get("/anchors", anchors)]
}

#[derive(Serialize)]
struct Anchors {
    count: u64,
    targets: Vec<TargetTold>,
    anchors: Vec<AnchorTold>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// One of those who are asked, and how far its newest anchor goes.
#[derive(Serialize)]
struct TargetTold {
    kind: &'static str,
    label: String,
    count: u64,
    size: Option<u64>,
    at: Option<String>,
}

#[derive(Serialize)]
struct AnchorTold {
    number: u64,
    kind: &'static str,
    label: String,
    size: u64,
    at: String,
    file: String,
}

/// An anchor that a certificate carries.
#[derive(Serialize)]
pub struct Carried {
    kind: String,
    label: Option<String>,
    size: Option<u64>,
}

impl Carried {
    /// At a glance; what it is worth, the verdict says.
    pub fn of(anchor: &Anchor) -> Carried {
        Carried {
            kind: anchor.type_name().to_owned(),
            label: anchor.label().map(str::to_owned),
            size: anchor.checkpoint().map(|checkpoint| checkpoint.size()),
        }
    }
}

async fn anchors(request: HttpRequest, shared: Data<Shared>) -> Result<HttpResponse, Problem> {
    let mut input = Input::query(&request)?;
    let from = input.optional_number("from", u64::MAX)?.unwrap_or(0);
    let limit = input.optional_number("limit", AT_A_TIME)?.unwrap_or(ANCHORS);
    input.end(&["from", "limit"])?;
    let told = blocking(move || Ok(told(shared.office(), from, limit))).await?;
    Ok(kept_json(&request, &told, Keep::Public(MOMENT)))
}

/// Those from this number on. One that can't be read is left out; the audit names it.
fn told(office: &Office, from: u64, limit: u64) -> Anchors {
    let kept = office.anchors();
    let count = kept.count();
    let end = from.saturating_add(limit).min(count);
    let target = |(target, count, last): (notary::anchor::Target, u64, Option<Listed>)| TargetTold {
        kind: target.kind().name(),
        label: target.label().to_owned(),
        count,
        size: last.as_ref().map(|last| last.size),
        at: last.map(|last| last.time.display_china()),
    };
    let anchor = |listed: Listed| AnchorTold {
        number: listed.n,
        kind: listed.target.kind().name(),
        label: listed.target.label().to_owned(),
        size: listed.size,
        at: listed.time.display_china(),
        file: format!("/ledger/anchors/{}", grouped(listed.n)),
    };
    Anchors {
        count,
        targets: kept.targets().into_iter().map(target).collect(),
        anchors: (from..end).filter_map(|n| kept.listed(n)).map(anchor).collect(),
        next: (end < count && end > from).then(|| format!("{ROOT}/anchors?from={end}&limit={limit}")),
    }
}
