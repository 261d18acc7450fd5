//! What stands beside a verdict: how the certified commitment is kept, and, at the window, what else its holder has committed.
//!
//! ```text
//! 履行情况（截至2026年11月22日）：全部履行，认定单位：示例县市场监督管理局
//! 已作承诺：3项，其中全部履行1项，履行中2项
//! ```
//!
//! It is the office's word of now, told from its own records: signed by nobody, no part of the verdict, and not there where
//! the network is not. Only of this office's own certificates, only what everybody may know, and of organisations alone.

use std::collections::BTreeMap;

use actix_web::web::Data;
use notary::code::UnifiedCode;
use notary::commitment::PublicRow;
use notary::refusal::Refusal;
use verifier::registry::{DocumentKind, HolderKind};
use verifier::verdict::{Fields, Outcome, Verdict};

use super::words::PublicView;
use crate::desk::work;
use crate::lang::Lang;
use crate::server::Shared;

/// Commitments of a holder that are shown.
const SHOWN: usize = 20;

/// What stands beside a verdict.
#[derive(Clone, Debug, Default)]
pub struct Beside {
    /// How the certified commitment is kept; empty where it is none.
    pub fulfilment: String,
    /// What the holder has committed in public.
    pub kept: Option<Kept>,
}

/// The public commitments of a holder.
#[derive(Clone, Debug)]
pub struct Kept {
    /// How many, and how they are kept.
    pub summary: String,
    /// The first of them.
    pub rows: Vec<PublicView>,
    /// How many more there are.
    pub more: usize,
}

/// What to show beside this verdict; `holder` asks for the holder's other commitments, too. What can't be told is left out:
/// a verdict never waits for it.
pub async fn beside(shared: &Data<Shared>, lang: Lang, verdict: &Verdict, holder: bool) -> Option<Beside> {
    let fields = verdict.fields.as_ref().filter(|_| verdict.outcome != Outcome::Invalid)?.clone();
    let found = work(shared, move |office| {
        let own = fields.origin == *office.origin();
        let organisation = fields.core.holder().filter(|holder| holder.kind() != HolderKind::Person);
        let Some(party) = organisation.filter(|_| own) else { return Ok(None) };
        let mut beside = Beside::default();
        if fields.core.kind() == DocumentKind::CreditCommitment {
            let told = told(office, &fields)?;
            beside.fulfilment = told.map(|present| present.line(lang.words())).unwrap_or_default();
        }
        if let Some(code) = UnifiedCode::parse(party.code()).ok().filter(|_| holder) {
            beside.kept = Some(kept(lang, &office.commitment_desk().of_holder_public(&code)?));
        }
        Ok(Some(beside).filter(|beside| !beside.fulfilment.is_empty() || beside.kept.is_some()))
    });
    found.await.unwrap_or_default()
}

/// How the commitment of a certificate is kept; nothing where the office no longer has it.
fn told(
    office: &notary::office::Office,
    fields: &Fields,
) -> Result<Option<notary::commitment::Present>, Refusal> {
    match office.commitment_desk().present(&fields.core.number()) {
        Ok(present) => Ok(present),
        Err(refusal) if crate::problem::status_of(refusal.code()).is_client_error() => Ok(None),
        Err(refusal) => Err(refusal),
    }
}

fn kept(lang: Lang, rows: &[PublicRow]) -> Kept {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for row in rows {
        *counts.entry(row.present.public_word(lang.words())).or_default() += 1;
    }
    let counts: Vec<String> = counts
        .iter()
        .map(|(word, count)| match lang {
            Lang::Zh => format!("{word}{count}项"),
            Lang::En => format!("{count} {word}"),
        })
        .collect();
    let (n, among) = (rows.len(), counts.join(lang.pick("，", ", ")));
    let summary = match (n, lang) {
        (0, _) => lang.pick("没有向社会公开的承诺", "no public commitments").to_owned(),
        (_, Lang::Zh) => format!("{n}项，其中{among}"),
        (_, Lang::En) => format!("{n}: {among}"),
    };
    let shown = rows.iter().take(SHOWN).map(|row| PublicView::new(lang, row)).collect();
    Kept { summary, rows: shown, more: n.saturating_sub(SHOWN) }
}
