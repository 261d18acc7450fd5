//! The ten sections of a report and their records (spec/document.md).
//!
//! ```text
//! {"item_id":"CF-0011","act":"PENALTY","doc_no":"示市监罚〔2026〕11号",…,"amount_wan_yuan":"1.2000",…,"flags":[]}
//! ```
//!
//! Fields are public to read and are named as the members are. What is not here: which records count in which claim or
//! counter.

mod admin;

use verifier::registry::SECTIONS;

pub use admin::{AdminAct, RepairDates, ValidTo};

use super::super::read::{Members, Place};
use super::super::value::{CommitmentCode, Unit};
use super::super::vocabulary::{CommitmentType, Flag, Fulfilment, JudgmentKind};
use crate::calendar::Day;
use crate::refusal::Refusal;

/// All records of a report, section by section, in the order of the document.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Sections {
    /// 行政管理.
    pub admin: Vec<AdminAct>,
    /// 诚实守信.
    pub honest: Vec<Item>,
    /// 严重失信主体名单.
    pub serious: Vec<SeriousListing>,
    /// 经营异常.
    pub abnormal: Vec<AbnormalListing>,
    /// 信用承诺.
    pub commitments: Vec<CommitmentBrief>,
    /// 信用评价.
    pub ratings: Vec<Rating>,
    /// 司法判决.
    pub judgments: Vec<Judgment>,
    /// 其他信息.
    pub other: Vec<Item>,
    /// 信用状况提升建议.
    pub advice: Vec<Advice>,
    /// 地方补充内容.
    pub local: Vec<Item>,
}

impl Sections {
    pub(super) fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&SECTIONS)?;
        Ok(Sections {
            admin: members.need("admin")?.each(AdminAct::read)?,
            honest: members.need("honest")?.each(Item::read)?,
            serious: members.need("serious")?.each(SeriousListing::read)?,
            abnormal: members.need("abnormal")?.each(AbnormalListing::read)?,
            commitments: members.need("commitments")?.each(CommitmentBrief::read)?,
            ratings: members.need("ratings")?.each(Rating::read)?,
            judgments: members.need("judgments")?.each(Judgment::read)?,
            other: members.need("other")?.each(Item::read)?,
            advice: members.need("advice")?.each(Advice::read)?,
            local: members.need("local")?.each(Item::read)?,
        })
    }

    /// How many records there are in all.
    pub fn len(&self) -> usize {
        self.admin.len()
            + self.honest.len()
            + self.serious.len()
            + self.abnormal.len()
            + self.commitments.len()
            + self.ratings.len()
            + self.judgments.len()
            + self.other.len()
            + self.advice.len()
            + self.local.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// The flags of a record, none twice; none where the record has no such member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flags(Vec<Flag>);

impl Flags {
    fn read(members: &Members<'_>) -> Result<Self, Refusal> {
        Ok(Flags(members.optional("flags", Place::words)?.unwrap_or_default()))
    }

    /// Whether the record has that flag.
    pub fn has(&self, flag: Flag) -> bool {
        self.0.contains(&flag)
    }

    /// Whether the record is REPAIRED, and so counts in no adverse claim or counter.
    pub fn repaired(&self) -> bool {
        self.has(Flag::Repaired)
    }
}

/// A record of `honest`, `other` or `local`.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct Item {
    pub item_id: String,
    pub title: String,
    pub as_of: Day,
    pub organ: Unit,
    pub flags: Flags,
}

impl Item {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&["item_id", "title", "as_of", "organ", "flags?"])?;
        Ok(Item {
            item_id: members.need("item_id")?.name()?,
            title: members.need("title")?.text()?,
            as_of: members.need("as_of")?.day()?,
            organ: Unit::read(&members.need("organ")?)?,
            flags: Flags::read(&members)?,
        })
    }
}

/// A listing as seriously dishonest.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct SeriousListing {
    pub item_id: String,
    pub list: String,
    pub decided_on: Day,
    pub valid_to: Option<Day>,
    pub organ: Unit,
    pub flags: Flags,
}

impl SeriousListing {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&["item_id", "list", "decided_on", "valid_to", "organ", "flags?"])?;
        Ok(SeriousListing {
            item_id: members.need("item_id")?.name()?,
            list: members.need("list")?.text()?,
            decided_on: members.need("decided_on")?.day()?,
            valid_to: members.given("valid_to", Place::day)?,
            organ: Unit::read(&members.need("organ")?)?,
            flags: Flags::read(&members)?,
        })
    }
}

/// A listing as of abnormal operation.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct AbnormalListing {
    pub item_id: String,
    pub reason: String,
    pub listed_on: Day,
    pub removed_on: Option<Day>,
    pub organ: Unit,
    pub flags: Flags,
}

impl AbnormalListing {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&["item_id", "reason", "listed_on", "removed_on", "organ", "flags?"])?;
        Ok(AbnormalListing {
            item_id: members.need("item_id")?.name()?,
            reason: members.need("reason")?.text()?,
            listed_on: members.need("listed_on")?.day()?,
            removed_on: members.given("removed_on", Place::day)?,
            organ: Unit::read(&members.need("organ")?)?,
            flags: Flags::read(&members)?,
        })
    }
}

/// A commitment as a report shows it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct CommitmentBrief {
    pub code: CommitmentCode,
    pub commitment_type: CommitmentType,
    pub reason: String,
    pub made_on: Day,
    pub accepted_by: Unit,
    pub fulfilment: Fulfilment,
}

impl CommitmentBrief {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&["code", "type", "reason", "made_on", "accepted_by", "fulfilment"])?;
        Ok(CommitmentBrief {
            code: CommitmentCode::read(&members.need("code")?)?,
            commitment_type: members.need("type")?.word()?,
            reason: members.need("reason")?.text()?,
            made_on: members.need("made_on")?.day()?,
            accepted_by: Unit::read(&members.need("accepted_by")?)?,
            fulfilment: members.need("fulfilment")?.word()?,
        })
    }
}

/// A rating.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct Rating {
    pub item_id: String,
    pub scheme: String,
    pub grade: String,
    pub as_of: Day,
    pub rater: Unit,
}

impl Rating {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&["item_id", "scheme", "grade", "as_of", "rater"])?;
        Ok(Rating {
            item_id: members.need("item_id")?.name()?,
            scheme: members.need("scheme")?.text()?,
            grade: members.need("grade")?.text()?,
            as_of: members.need("as_of")?.day()?,
            rater: Unit::read(&members.need("rater")?)?,
        })
    }
}

/// A judgment of a court.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct Judgment {
    pub item_id: String,
    pub case_no: String,
    pub kind: JudgmentKind,
    pub outcome: String,
    pub decided_on: Day,
    pub flags: Flags,
}

impl Judgment {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&["item_id", "case_no", "kind", "outcome", "decided_on", "flags?"])?;
        Ok(Judgment {
            item_id: members.need("item_id")?.name()?,
            case_no: members.need("case_no")?.text()?,
            kind: members.need("kind")?.word()?,
            outcome: members.need("outcome")?.text()?,
            decided_on: members.need("decided_on")?.day()?,
            flags: Flags::read(&members)?,
        })
    }
}

/// A piece of advice.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct Advice {
    pub text: String,
}

impl Advice {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        Ok(Advice { text: place.members(&["text"])?.need("text")?.text()? })
    }
}
