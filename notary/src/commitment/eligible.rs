//! Whether a subject may commit itself instead of handing in certificates now (可适用告知承诺).
//!
//! ```text
//! 91619900MA0DEM03XK  SX00003   no: FOUND_FALSE 61990020261122000003
//! ```
//!
//! Who is listed as seriously dishonest, or whose earlier commitment was false, is not eligible until that is repaired; some
//! classes of matters are excluded for everybody. Only what this office has counts: its newest report of the subject, its
//! commitments, its catalogue. It is told to the office's own people and is in no certificate. Not here: deciding.

use verifier::number::CertificateNumber;
use verifier::status::Status;

use super::desk::{CommitmentDesk, ended};
use super::life::Finding;
use super::matter::Excluded;
use crate::code::UnifiedCode;
use crate::document::Body;
use crate::document::value::CommitmentCode;
use crate::document::vocabulary::Flag;
use crate::refusal::{Lang, Refusal, RefusalCode};

/// Reasons that are listed.
const REASONS_MAX: usize = 100;

/// Whether it may, and why not.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Eligibility {
    /// Whether nothing speaks against it.
    pub eligible: bool,
    /// What speaks against it.
    pub reasons: Vec<Ineligible>,
    /// The newest report that was looked at; none where the office has none of the subject.
    pub report: Option<CertificateNumber>,
}

/// Something that speaks against it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ineligible {
    /// A listing in the newest report that is neither repaired nor being verified.
    SeriousRecord {
        /// The listing's item.
        item: String,
        /// Which list.
        list: String,
    },
    /// An earlier commitment that was false, and has not been repaired.
    FoundFalse {
        /// The commitment.
        code: CommitmentCode,
    },
    /// The matter is of a class that is excluded.
    ExcludedMatter {
        /// The class.
        class: Excluded,
    },
}

impl Ineligible {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Ineligible::SeriousRecord { .. } => "SERIOUS_RECORD",
            Ineligible::FoundFalse { .. } => "FOUND_FALSE",
            Ineligible::ExcludedMatter { .. } => "EXCLUDED_MATTER",
        }
    }

    /// The sentence.
    pub fn message(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Ineligible::SeriousRecord { item, list } => (
                format!("最近一份报告列有未修复的严重失信记录：{list}（{item}）"),
                format!("the newest report lists a serious record that is not repaired: {list} ({item})"),
            ),
            Ineligible::FoundFalse { code } => (
                format!("此前的承诺 {code} 认定不实，尚未修复"),
                format!("an earlier commitment, {code}, was found false and is not repaired"),
            ),
            Ineligible::ExcludedMatter { class } => (
                format!("该事项属于不适用告知承诺的情形：{}", class.label()),
                format!("commitments do not take a certificate's place in this matter: {}", class.code()),
            ),
        };
        lang.pick(&zh, &en).to_string()
    }
}

impl CommitmentDesk<'_> {
    /// Whether the subject may use 告知承诺 today, for this matter or for any.
    ///
    /// # Errors
    /// `MATTER_UNKNOWN`; damage that is found on the way.
    pub fn eligible(&self, holder: &UnifiedCode, matter: Option<&str>) -> Result<Eligibility, Refusal> {
        let (today, days) = (self.today(), self.days()?);
        let mut found = Eligibility { eligible: true, reasons: Vec::new(), report: None };
        if let Some(code) = matter {
            let matter = self.register().matter(code);
            let matter = matter.ok_or_else(|| Refusal::new(RefusalCode::MatterUnknown).found(code))?;
            found.reasons.extend(matter.excluded.map(|class| Ineligible::ExcludedMatter { class }));
        }
        for doc in self.office.docs_of_holder(holder, crate::office::CERTIFICATES_OF_MAX)? {
            let standing = self.office.standing(doc);
            if standing.erased || ended(standing.status) || found.reasons.len() >= REASONS_MAX {
                continue;
            }
            if let Some((facts, life)) = self.office.commitment_row(doc)? {
                let was_false = life.found().is_some_and(|found| found.finding() == Finding::False);
                if was_false && life.counts_against(today, &days) {
                    found.reasons.push(Ineligible::FoundFalse { code: facts.code });
                }
            } else if found.report.is_none()
                && standing.status.is_some_and(|status| status != Status::NotIssued)
            {
                // The last accepted comes first, so the first report is the newest.
                if let Some((number, listed)) = self.serious_records(doc)? {
                    found.report = Some(number);
                    found.reasons.extend(listed);
                }
            }
        }
        found.reasons.truncate(REASONS_MAX);
        found.eligible = found.reasons.is_empty();
        Ok(found)
    }

    /// The serious records of a report; none where the document is none.
    fn serious_records(&self, doc: u32) -> Result<Option<(CertificateNumber, Vec<Ineligible>)>, Refusal> {
        let (number, document) = match self.office.opened_document(doc) {
            Err(refusal) if refusal.code() == RefusalCode::Erased => return Ok(None),
            opened => opened?,
        };
        let Body::Report(report) = document.body() else { return Ok(None) };
        let counts = report
            .sections
            .serious
            .iter()
            .filter(|record| !record.flags.repaired() && !record.flags.has(Flag::ObjectionVerifying));
        let listed = counts.map(|record| Ineligible::SeriousRecord {
            item: record.item_id.clone(),
            list: record.list.clone(),
        });
        Ok(Some((number, listed.collect())))
    }
}
