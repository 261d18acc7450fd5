//! `POST /operator/certificates/N/status`: suspending, resuming, noting, withdrawing at the holder's wish, revoking.
//!
//! ```text
//! kind=SUSPENDED  reason=收到部门来函，核实中  basis=示市监函〔2026〕7号  seen=2  claim_NO_PENALTY=1
//! kind=REVOKED    reason=签发有误             sure=yes  seen=3
//! ```
//!
//! `seen` is the last event of the page that the form stands on: where another has happened since, nothing is changed and
//! the page says so, with what was typed. What is final takes a mark in a box of its own. An objection's own steps are
//! taken on its page (`cases`), so that case and certificate never part. The same change by programs is `api::life`'s.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{self, Data, Path, ServiceConfig};
use notary::office::{NewEvent, Office, Recorded};
use notary::operator_log::Action;
use notary::people::Role;
use notary::refusal::{Refusal, RefusalCode};
use serde::Deserialize;
use verifier::event::EventKind;
use verifier::number::CertificateNumber;
use verifier::registry::Rule;

use crate::desk::certificate::{Typed, shown};
use crate::desk::{see_other, tried, work};
use crate::page::Page;
use crate::problem::{Common, Problem};
use crate::server::Shared;
use crate::session::{CheckedForm, SignedIn};

/// What is set by hand, in the order of the page.
pub const KINDS: [EventKind; 5] = [
    EventKind::Suspended,
    EventKind::Resumed,
    EventKind::ObjectionNoted,
    EventKind::Withdrawn,
    EventKind::Revoked,
];
/// Characters of a basis.
pub const BASIS_MAX: usize = 200;
/// Fields of the form: those of its own and one a claim.
const FIELDS_MAX: usize = 40;

/// The addresses of this module.
pub fn configure(config: &mut ServiceConfig) {
    config.route(r"/operator/certificates/{number:\d{22}}/status", web::post().to(change));
}

/// A change of status that somebody asks for.
#[derive(Clone, Debug)]
pub struct Change {
    /// What happens.
    pub kind: EventKind,
    /// Why.
    pub reason: String,
    /// On what basis; may be empty.
    pub basis: String,
    /// The claims that it is for; empty for the whole.
    pub claims: Vec<Rule>,
    /// The last event that whoever asks looked at.
    pub seen: Option<u32>,
}

/// Whether it can't be undone.
pub const fn is_final(kind: EventKind) -> bool {
    matches!(kind, EventKind::Withdrawn | EventKind::Revoked)
}

/// The stable code of the reason of a change by hand.
const fn reason_code(kind: EventKind) -> &'static str {
    match kind {
        EventKind::Suspended => "VERIFYING",
        EventKind::Resumed => "VERIFIED",
        EventKind::ObjectionNoted => "OBJECTION_NOTED",
        EventKind::Withdrawn => "HOLDER_WISH",
        _ => "ISSUED_IN_ERROR",
    }
}

impl Change {
    /// Does it. `request` makes a repetition known; empty for none.
    ///
    /// # Errors
    /// `STATUS_NOT_SETTABLE` for a kind that is not set by hand, and what `Office::record_event` refuses.
    pub fn make(
        &self,
        office: &Office,
        number: &CertificateNumber,
        by: &str,
        request: &str,
    ) -> Result<Recorded, Refusal> {
        if !KINDS.contains(&self.kind) {
            let right = KINDS.map(EventKind::word).join(", ");
            return Err(Refusal::new(RefusalCode::StatusNotSettable).at("/kind").right(right));
        }
        let basis = self.basis.trim();
        if basis.chars().count() > BASIS_MAX {
            return Err(Refusal::new(RefusalCode::ReasonLength).at("/basis").right(BASIS_MAX));
        }
        // Names in ascending order.
        let mut detail = Vec::new();
        if !self.claims.is_empty() {
            let names: Vec<&str> = self.claims.iter().map(|claim| claim.short_name()).collect();
            detail.push(("claims".to_owned(), names.join(",")));
        }
        if !request.is_empty() {
            detail.push(("request".to_owned(), request.to_owned()));
        }
        let event = NewEvent {
            kind: self.kind,
            by: by.to_owned(),
            reason_code: reason_code(self.kind).to_owned(),
            reason: self.reason.trim().to_owned(),
            basis: basis.to_owned(),
            detail,
        };
        office.record_event(number, event, self.seen)
    }
}

/// The form, as it is sent.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
struct Form(BTreeMap<String, String>);

impl Form {
    fn field(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }
}

async fn change(
    page: Page,
    signed_in: SignedIn,
    shared: Data<Shared>,
    number: Path<String>,
    form: CheckedForm<Form>,
) -> Result<HttpResponse, Problem> {
    signed_in.require(&[Role::Operator])?;
    let form = form.0;
    if form.0.len() > FIELDS_MAX {
        return Err(Common::FormBad.problem());
    }
    let given = CertificateNumber::parse(&number).map_err(|_| Common::NotFound.problem())?;
    let kind = EventKind::from_word(form.field("kind")).filter(|kind| KINDS.contains(kind));
    let claims = Rule::ALL.iter().copied();
    let claims = claims.filter(|claim| !form.field(&format!("claim_{}", claim.short_name())).is_empty());
    let typed = Typed {
        kind: kind.map_or("", EventKind::word),
        reason: form.field("reason").to_owned(),
        basis: form.field("basis").to_owned(),
        claims: claims.clone().map(|claim| claim.short_name()).collect(),
    };
    let lang = page.lang;
    let Some(kind) = kind else {
        let trouble =
            lang.pick("未变更：请选择要办理的事项。", "Nothing was changed: choose what is to happen.");
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return shown(page, &signed_in, &shared, &number, status, typed, trouble.to_owned()).await;
    };
    if is_final(kind) && form.field("sure") != "yes" {
        let trouble = lang.pick(
            "未变更：此项不可恢复，请勾选“我确认”后再提交。",
            "Nothing was changed: this can't be undone. Mark “I am sure” and send it again.",
        );
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return shown(page, &signed_in, &shared, &number, status, typed, trouble.to_owned()).await;
    }
    let seen: u32 = form.field("seen").parse().map_err(|_| Common::FormBad.problem())?;
    let change = Change {
        kind,
        reason: typed.reason.clone(),
        basis: typed.basis.clone(),
        claims: if kind == EventKind::Suspended { claims.collect() } else { Vec::new() },
        seen: Some(seen),
    };
    let by = signed_in.clone();
    let refused = work(&shared, move |office| {
        let done = change.make(office, &given, &by.id().to_string(), "");
        tried(office, &by, Action::StatusSet, given.as_str(), done, |_, code| typed_again(code))
    })
    .await?;
    match refused {
        Ok(_) => Ok(see_other(&format!("/operator/certificates/{number}"))),
        Err((status, refusal)) => {
            let trouble = refusal.message(lang.words());
            shown(page, &signed_in, &shared, &number, status, typed, trouble).await
        }
    }
}

/// Refusals after which the page is shown again, with what was typed and how things stand now.
fn typed_again(code: RefusalCode) -> bool {
    use RefusalCode as C;
    matches!(code, C::ReasonLength | C::EventOutOfOrder | C::StatusNotAllowed | C::EventBad)
}
