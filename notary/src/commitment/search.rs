//! What everybody may find of commitments: by code, by the committer's unified code, by its name.
//!
//! ```text
//! 渭水   →   渭水样例食品有限公司   容缺受理型   2026-11-22   履行中
//! ```
//!
//! Only commitments that everybody may see (可向社会公开) and that were made public; nothing of natural persons, whose
//! commitments never are; nothing erased, revoked, replaced or withdrawn. An ID number finds nothing. Names are looked
//! through in their order, a bounded number of rows at a time. Not here: how often somebody may ask (`web`).

use verifier::base64;
use verifier::event::EventKind;
use verifier::number::CertificateNumber;
use verifier::registry::HolderKind;
use verifier::status::Status;

use super::desk::{CommitmentDesk, Known, ended};
use super::life::{Days, Facts, Life};
use super::present::{Present, is_adverse, public_step};
use super::row::folded;
use crate::calendar::Day;
use crate::code::{PersonId, UnifiedCode};
use crate::document::commitment::Commitment;
use crate::document::value::CommitmentCode;
use crate::document::vocabulary::{CommitmentType, Publicity};
use crate::refusal::{Refusal, RefusalCode};

/// Characters of a name that is searched for, at least.
pub const SEARCH_MIN: usize = 2;
/// Characters of what is searched for, at most.
const SEARCH_LONGEST: usize = 200;
/// Rows that one search looks at; then it ends, with where to go on.
pub const SEARCH_WALK_MAX: usize = 20_000;
/// Rows that are read at a time.
const CHUNK: usize = 1_000;
/// Commitments of one page.
const PAGE: usize = 50;

/// A commitment, as everybody may see it.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct PublicRow {
    /// Its code.
    pub code: CommitmentCode,
    /// Its certificate.
    pub number: CertificateNumber,
    /// The certificate's status, as published lists have it now or will have it in a moment.
    pub status: Status,
    /// The committer's name.
    pub committer: String,
    /// What the committer is.
    pub committer_kind: HolderKind,
    /// The committer's unified code.
    pub committer_code: String,
    /// Its type.
    pub commitment_type: CommitmentType,
    /// 事由.
    pub reason: String,
    /// When it was made.
    pub made_on: Day,
    /// The last day of its term.
    pub valid_to: Option<Day>,
    /// The unit that accepted it.
    pub accepted_by: String,
    /// Since when it is public.
    pub publicised: Day,
    /// How it is kept. Say `public_word` of it.
    pub present: Present,
    /// What happened, as far as everybody may know.
    pub steps: Vec<(EventKind, Day)>,
    /// The document.
    pub commitment: Commitment,
}

/// Some of what was found.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct PublicPage {
    /// In the order of names, or the last accepted first.
    pub rows: Vec<PublicRow>,
    /// Where to go on; nothing where this was the end. It holds a name: keep it out of addresses and logs.
    pub next: Option<String>,
}

impl CommitmentDesk<'_> {
    /// What everybody may see of a commitment; none where that is nothing.
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn one_public(&self, code: &CommitmentCode) -> Result<Option<PublicRow>, Refusal> {
        match self.office.doc_of_commitment(code) {
            Ok(doc) => self.public_row(doc, self.today(), &self.days()?),
            Err(refusal) if refusal.code() == RefusalCode::CommitmentUnknown => Ok(None),
            Err(refusal) => Err(refusal),
        }
    }

    /// A holder's commitments, as far as everybody may see them.
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn of_holder_public(&self, holder: &UnifiedCode) -> Result<Vec<PublicRow>, Refusal> {
        let (today, days) = (self.today(), self.days()?);
        let mut found = Vec::new();
        for doc in self.office.docs_of_holder(holder, super::HOLDERS_MAX)? {
            found.extend(self.public_row(doc, today, &days)?);
        }
        Ok(found)
    }

    /// Searches by a commitment's code, a committer's unified code, or at least two characters of its name. `after` is where
    /// the page before said to go on.
    ///
    /// # Errors
    /// `SEARCH_SHORT`, `SEARCH_PLACE`; damage that is found on the way.
    pub fn search_public(
        &self,
        query: &str,
        after: Option<&str>,
        limit: usize,
    ) -> Result<PublicPage, Refusal> {
        let query: String = query.trim().chars().take(SEARCH_LONGEST).collect();
        let plain = crate::code::normalise(&query);
        if let Some(code) = CommitmentCode::parse(&plain) {
            let rows = self.one_public(&code)?.into_iter().collect();
            return Ok(PublicPage { rows, next: None });
        }
        if let Ok(code) = UnifiedCode::parse_typed(&query) {
            return Ok(PublicPage { rows: self.of_holder_public(&code)?, next: None });
        }
        if PersonId::parse(&plain, None).is_ok() {
            return Ok(PublicPage::default());
        }
        let word = folded(&query);
        if word.chars().count() < SEARCH_MIN {
            return Err(Refusal::new(RefusalCode::SearchShort).right(SEARCH_MIN));
        }
        self.by_name(&word, after, limit.clamp(1, PAGE))
    }

    /// First the names that begin with the word, then those that have it further on.
    fn by_name(&self, word: &str, after: Option<&str>, limit: usize) -> Result<PublicPage, Refusal> {
        let (today, days) = (self.today(), self.days()?);
        let (mut beginning, mut at) = place(after)?;
        let mut page = PublicPage::default();
        let mut walked = 0;
        loop {
            let prefix = if beginning { word } else { "" };
            let rows = self.office.commitment_names(prefix, at.as_deref(), CHUNK)?;
            if rows.is_empty() {
                match std::mem::replace(&mut beginning, false) {
                    true => at = None,
                    false => return Ok(page),
                }
                continue;
            }
            walked += rows.len();
            for (key, name, doc) in rows {
                let found = if beginning { true } else { !name.starts_with(word) && name.contains(word) };
                if found {
                    if page.rows.len() == limit {
                        page.next = at.map(|at| told(beginning, &at)).or_else(|| Some(told(beginning, b"")));
                        return Ok(page);
                    }
                    page.rows.extend(self.public_row(doc, today, &days)?);
                }
                at = Some(key);
            }
            if walked >= SEARCH_WALK_MAX {
                page.next = at.map(|at| told(beginning, &at));
                return Ok(page);
            }
        }
    }

    fn public_row(&self, doc: u32, today: Day, days: &Days) -> Result<Option<PublicRow>, Refusal> {
        let standing = self.office.standing(doc);
        let Some(status) = standing.status.filter(|_| !standing.erased && standing.index.is_some()) else {
            return Ok(None);
        };
        if ended(Some(status)) {
            return Ok(None);
        }
        let Some((facts, life)) = self.office.commitment_row(doc)? else { return Ok(None) };
        if !is_public(&facts, &life) {
            return Ok(None);
        }
        match self.known(doc) {
            Err(refusal) if refusal.code() == RefusalCode::Erased => Ok(None),
            known => Ok(shown(known?, status, today, days)),
        }
    }
}

/// Whether everybody may see it.
fn is_public(facts: &Facts, life: &Life) -> bool {
    facts.publicity == Publicity::Public
        && facts.committer != HolderKind::Person
        && life.publicised().is_some()
}

fn shown(known: Known, status: Status, today: Day, days: &Days) -> Option<PublicRow> {
    let publicised = known.life.publicised()?;
    let events = known.events();
    let commitment = known.opened.commitment;
    let present = Present::of(&commitment, &known.life, &events, today, days);
    // Of adverse results only the one that stands and counts: others were bettered or set aside.
    let standing = known.life.found().filter(|_| !present.is_unsettled()).map(|found| found.sequence);
    let steps = events.iter().map(|event| event.fields());
    let steps = steps.filter(|fields| {
        public_step(fields.kind) || is_adverse(fields.kind) && standing == Some(fields.sequence)
    });
    let crate::document::value::Identity::Code(code) = &commitment.committer.identity else { return None };
    Some(PublicRow {
        code: commitment.code.clone(),
        number: known.opened.number,
        status,
        committer: commitment.committer.name.clone(),
        committer_kind: commitment.committer.kind,
        committer_code: code.to_string(),
        commitment_type: commitment.commitment_type,
        reason: commitment.reason.clone(),
        made_on: commitment.made_on,
        valid_to: known.life.valid_to(&known.facts),
        accepted_by: commitment.accepted_by.name.clone(),
        publicised,
        steps: steps.map(|fields| (fields.kind, Day::from(fields.at.china_date()))).collect(),
        present,
        commitment,
    })
}

/// Where to go on: which of the two walks, and the last row that was looked at.
fn told(beginning: bool, at: &[u8]) -> String {
    base64::encode_url(&[&[u8::from(beginning)], at].concat())
}

fn place(after: Option<&str>) -> Result<(bool, Option<Vec<u8>>), Refusal> {
    let Some(text) = after.filter(|text| !text.is_empty()) else { return Ok((true, None)) };
    let wrong = || Refusal::new(RefusalCode::SearchPlace);
    let bytes = base64::decode_url(text).ok_or_else(wrong)?;
    let (walk, at) = bytes.split_first().ok_or_else(wrong)?;
    let good = at.is_empty() || at.starts_with(b"cn/");
    match walk {
        0 | 1 if good => Ok((*walk == 1, Some(at.to_vec()).filter(|at| !at.is_empty()))),
        _ => Err(wrong()),
    }
}
