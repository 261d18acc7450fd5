//! From what somebody gave to what is shown: reading, limiting how often, looking up, judging.
//!
//! ```text
//! file or text ─► read ─► Given ─► judge ─► Judged: a verdict · not read · the check code is missing · not found
//!        └─ a proof that a ledger was forked (.xzf) ─► Judged::Fork
//! ```
//!
//! Every page that verifies goes through here, so that all of them count against the same limits and answer alike.

use actix_web::web::{Bytes, Data, block};
use notary::refusal::RefusalCode;
use verifier::misbehaviour::{self, Shown};
use verifier::number::{CertificateNumber, CheckCode, WindowCode};
use verifier::registry::Purpose;
use verifier::verdict::Verdict;

use crate::client::Client;
use crate::intake::{self, Given, NotRead};
use crate::lang::Lang;
use crate::page::fork;
use crate::page::verdict::VerdictView;
use crate::problem::{Common, Problem};
use crate::server::Shared;

/// What came of it.
#[derive(Debug)]
pub enum Judged {
    /// A verdict on a certificate.
    Verdict(Box<Verdict>),
    /// Nothing that could be read as a certificate.
    NotRead(NotRead),
    /// A certificate number alone.
    NeedsCode(CertificateNumber),
    /// No such certificate, or another check code.
    NotFound,
    /// Not a certificate at all: what a proof that a ledger was forked shows.
    Fork(Shown),
}

/// What the one who asks would use the certificate for.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    /// The purpose, to warn where the certificate names another.
    pub purpose: Option<Purpose>,
    /// The code of the asker's own unit, to warn where the certificate was made for another; empty for none.
    pub audience: String,
}

impl Judged {
    /// As pages show it.
    pub fn view(&self, lang: Lang, shared: &Shared) -> VerdictView {
        let now = shared.office().now();
        match self {
            Judged::Verdict(verdict) => VerdictView::new(lang, verdict, Some(shared.office().trust())),
            Judged::NotRead(why) => {
                let mut view = VerdictView::new(lang, &why.verdict_in(lang.words(), now), None);
                view.sentence = why.message(lang.words()).to_string();
                view.next = String::new();
                view.checks.clear();
                view
            }
            Judged::NeedsCode(_) => {
                let verdict = NotRead::number_alone().verdict_in(lang.words(), now);
                VerdictView::new(lang, &verdict, None)
            }
            Judged::NotFound => VerdictView::not_found(lang, now),
            Judged::Fork(shown) => fork::view(lang, shown, shared.office().trust(), now),
        }
    }
}

/// Reads and judges a file, or where there is none, a text.
///
/// # Errors
/// `RATE_LIMITED`, and what the office is at fault for.
pub async fn judge(
    shared: &Data<Shared>,
    client: &Client,
    file: Option<Bytes>,
    text: &str,
    asked: &Asked,
) -> Result<Judged, Problem> {
    shared.rates().decode(client)?;
    let now = shared.office().now();
    if let Some(proof) = proof_of_fork(file.as_ref(), text) {
        let office = shared.clone();
        let shown = block(move || misbehaviour::judge(&proof, office.office().trust())).await;
        return Ok(Judged::Fork(shown.map_err(|_| broken())?));
    }
    let read = match file {
        Some(bytes) => block(move || intake::read_bytes(&bytes, now)).await.map_err(|_| broken())?,
        None => intake::read_text(text),
    };
    match read {
        Ok(given) => judge_given(shared, client, given, asked).await,
        Err(why) => Ok(Judged::NotRead(why)),
    }
}

/// The bytes of a proof that a ledger was forked, where that is what was given. Pasted, it may have lost the LF at its end.
fn proof_of_fork(file: Option<&Bytes>, text: &str) -> Option<Bytes> {
    if let Some(bytes) = file {
        return misbehaviour::is_one(bytes).then(|| bytes.clone());
    }
    let line = text.trim();
    misbehaviour::is_one(line.as_bytes()).then(|| format!("{line}\n").into())
}

/// Looks up and judges by the two numbers that are printed on a certificate. What is no number or no check code is
/// answered as one that is wrong.
///
/// # Errors
/// As [`judge`].
pub async fn judge_numbers(
    shared: &Data<Shared>,
    client: &Client,
    number: CertificateNumber,
    check_code: CheckCode,
    asked: &Asked,
) -> Result<Judged, Problem> {
    judge_given(shared, client, Given::WindowCode(WindowCode::new(number, check_code)), asked).await
}

async fn judge_given(
    shared: &Data<Shared>,
    client: &Client,
    given: Given,
    asked: &Asked,
) -> Result<Judged, Problem> {
    if let Given::Number(number) = &given {
        return Ok(Judged::NeedsCode(*number));
    }
    let (office, asked, client) = (shared.clone(), asked.clone(), *client);
    let verdict = block(move || {
        let mut terms = intake::terms(&office);
        terms.purpose = asked.purpose;
        terms.audience = Some(asked.audience.as_str()).filter(|code| !code.is_empty());
        intake::judge_for(&office, &client, &given, &terms)
    })
    .await
    .map_err(|_| broken())?;
    match verdict {
        Ok(verdict) => Ok(Judged::Verdict(Box::new(verdict))),
        Err(problem) if problem.code() == RefusalCode::CertificateUnknown.as_str() => Ok(Judged::NotFound),
        Err(problem) => Err(problem),
    }
}

/// A thread that reads or judges has ended.
fn broken() -> Problem {
    Common::Internal.problem()
}
