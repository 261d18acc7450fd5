//! Entering a repair: what it would do first, then the form.
//!
//! ```text
//! POST /operator/repairs/preview   item=CF-0011     every certificate that cites it, and the form
//! POST /operator/repairs           item, ways, basis, reason, files     → R00001, or the form again with what is wrong
//! ```

use actix_web::http::StatusCode;
use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use notary::office::{EVIDENCE_MAX, GROUND_MAX};
use notary::operator_log::Action;
use notary::people::Role;
use notary::repair::{NewRepair, RepairWay};
use serde::Deserialize;

use super::view::AffectedRow;
use super::{Asked, SHOWN, list, titled};
use crate::desk::posted::Posted;
use crate::desk::{actor, see_other, tried, work};
use crate::life::evidence;
use crate::page::Page;
use crate::problem::Problem;
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn};

#[derive(Template)]
#[template(path = "life/repair-new.html")]
struct New<'a> {
    page: &'a Page,
    csrf: &'a str,
    item: String,
    organ: String,
    rows: Vec<AffectedRow>,
    count: usize,
    ways: Vec<(&'static str, &'static str, bool)>,
    typed: Typed,
    text_max: usize,
    evidence_max: usize,
    trouble: String,
}

/// What was typed into the form that enters a repair.
#[derive(Clone, Debug, Default)]
struct Typed {
    /// As it names the record for good: `ORGAN/ITEM`.
    item: String,
    ways: Vec<RepairWay>,
    basis: String,
    reason: String,
    evidence: String,
}

#[derive(Debug, Deserialize)]
pub(super) struct Item {
    #[serde(default)]
    item: String,
}

/// What a repair of this record would do, and the form that enters it.
pub(super) async fn preview(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    form: CheckedForm<Item>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let typed = Typed { item: form.0.item, ..Typed::default() };
    previewed(page, signed_in, shared, StatusCode::OK, typed, String::new()).await
}

async fn previewed(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    status: StatusCode,
    typed: Typed,
    trouble: String,
) -> Result<HttpResponse, Problem> {
    let (lang, by, item) = (page.lang, signed_in.clone(), typed.item.clone());
    let found = work(&shared, move |office| {
        let done = office.repairs().preview(&item);
        tried(office, &by, Action::RepairPreviewed, "", done, |status, _| status.is_client_error())
    })
    .await?;
    let preview = match found {
        Ok(preview) => preview,
        Err((status, refusal)) => {
            let (nothing, said) =
                (Asked { show: String::new(), after: String::new() }, refusal.message(lang.words()));
            return list(page, signed_in, shared, &nothing, status, &typed.item, &said).await;
        }
    };
    let page = titled(page, &signed_in);
    let rows = preview.affected.iter().take(SHOWN);
    let rows = rows.map(|one| AffectedRow::new(lang, &one.number, one.outcome, false)).collect();
    let organ = preview.organ.unwrap_or_default();
    let named = Typed { item: format!("{organ}/{}", preview.item), ..typed };
    let way = |way: RepairWay| (way.name(), way.word(lang.words()), named.ways.contains(&way));
    let new = New {
        page: &page,
        csrf: signed_in.csrf(),
        item: preview.item,
        organ,
        rows,
        count: preview.count,
        ways: RepairWay::ALL.map(way).to_vec(),
        typed: named.clone(),
        text_max: GROUND_MAX,
        evidence_max: EVIDENCE_MAX,
        trouble,
    };
    Ok(page.html(status, &new))
}

pub(super) async fn apply(
    request: HttpRequest,
    payload: Payload,
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let posted = Posted::read(&request, &mut payload.into_inner(), &signed_in).await?;
    let digests = evidence::of_form(&posted);
    let ticked = |way: &RepairWay| !posted.field(&format!("way_{}", way.name())).is_empty();
    let typed = Typed {
        item: posted.field("item").to_owned(),
        ways: RepairWay::ALL.into_iter().filter(ticked).collect(),
        basis: posted.field("basis").to_owned(),
        reason: posted.field("reason").to_owned(),
        evidence: digests.join("\n"),
    };
    let new = NewRepair {
        item: typed.item.clone(),
        ways: typed.ways.clone(),
        basis: typed.basis.clone(),
        reason: typed.reason.clone(),
        evidence: digests,
    };
    let (lang, by) = (page.lang, signed_in.clone());
    let done = work(&shared, move |office| {
        let done = office.repairs().apply(&actor(&by), new);
        let object = done.as_ref().map(|repair| repair.id.to_string()).unwrap_or_default();
        tried(office, &by, Action::RepairProposed, &object, done, |status, _| status.is_client_error())
    })
    .await?;
    match done {
        Ok(repair) => Ok(see_other(&format!("/operator/repairs/{}", repair.id))),
        Err((status, refusal)) => {
            let trouble = refusal.message(lang.words());
            previewed(page, signed_in, shared, status, typed, trouble).await
        }
    }
}
