//! Records of the section `admin`: administrative acts (行政管理).
//!
//! ```text
//! {"item_id":"XK-0003","act":"PERMIT","doc_no":"示审许可〔2026〕3号",…,"valid_to":"LONG_TERM",…,"flags":[]}
//! ```

use super::Flags;
use crate::calendar::Day;
use crate::document::read::Place;
use crate::document::value::{Amount, Unit};
use crate::document::vocabulary::{Act, Severity};
use crate::refusal::Refusal;

/// An administrative act.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct AdminAct {
    pub item_id: String,
    pub act: Act,
    pub doc_no: String,
    pub title: Option<String>,
    pub category: Option<String>,
    pub facts: Option<String>,
    pub basis: Option<String>,
    pub content: String,
    pub amount_wan_yuan: Option<Amount>,
    pub confiscated_wan_yuan: Option<Amount>,
    pub license_affected: Option<String>,
    pub decided_on: Day,
    pub valid_from: Option<Day>,
    pub valid_to: Option<ValidTo>,
    pub publicity_until: Option<Day>,
    pub severity: Option<Severity>,
    pub organ: Unit,
    pub source: Unit,
    pub flags: Flags,
    pub repair: Option<RepairDates>,
}

impl AdminAct {
    pub(super) fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&[
            "item_id",
            "act",
            "doc_no",
            "title?",
            "category?",
            "facts?",
            "basis?",
            "content",
            "amount_wan_yuan?",
            "confiscated_wan_yuan?",
            "license_affected?",
            "decided_on",
            "valid_from?",
            "valid_to?",
            "publicity_until?",
            "severity?",
            "organ",
            "source",
            "flags",
            "repair?",
        ])?;
        Ok(AdminAct {
            item_id: members.need("item_id")?.name()?,
            act: members.need("act")?.word()?,
            doc_no: members.need("doc_no")?.text()?,
            title: members.optional("title", Place::text)?,
            category: members.optional("category", Place::text)?,
            facts: members.optional("facts", Place::text)?,
            basis: members.optional("basis", Place::text)?,
            content: members.need("content")?.text()?,
            amount_wan_yuan: members.optional("amount_wan_yuan", Amount::read)?,
            confiscated_wan_yuan: members.optional("confiscated_wan_yuan", Amount::read)?,
            license_affected: members.optional("license_affected", Place::text)?,
            decided_on: members.need("decided_on")?.day()?,
            valid_from: members.optional("valid_from", Place::day)?,
            valid_to: members.optional("valid_to", ValidTo::read)?,
            publicity_until: members.optional("publicity_until", Place::day)?,
            severity: members.optional("severity", Place::word)?,
            organ: Unit::read(&members.need("organ")?)?,
            source: Unit::read(&members.need("source")?)?,
            flags: Flags::read(&members)?,
            repair: members.optional("repair", RepairDates::read)?,
        })
    }
}

/// The last day of an act's validity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValidTo {
    /// That day.
    Day(Day),
    /// 长期.
    LongTerm,
}

impl ValidTo {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        if place.string()? == "LONG_TERM" { Ok(ValidTo::LongTerm) } else { place.day().map(ValidTo::Day) }
    }
}

/// When the subject was told of repair, and when it can ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
#[allow(missing_docs)]
pub struct RepairDates {
    pub notice_served_on: Option<Day>,
    pub earliest_on: Option<Day>,
}

impl RepairDates {
    fn read(place: &Place<'_>) -> Result<Self, Refusal> {
        let members = place.members(&["notice_served_on?", "earliest_on?"])?;
        Ok(RepairDates {
            notice_served_on: members.optional("notice_served_on", Place::day)?,
            earliest_on: members.optional("earliest_on", Place::day)?,
        })
    }
}
