//! What a person should know of a commitment beside what happened to it.
//!
//! ```text
//! SUPPLEMENT_LATE   填写的补正期限晚于规定，以 2026-12-20 为准
//! ```
//!
//! A remark keeps nothing from happening. Not here: what refuses an event (`may`).

use super::desk::{CommitmentDesk, Known};
use super::life::{Days, SUPPLEMENT_RULE};
use crate::calendar::Day;
use crate::refusal::{Lang, Refusal};

/// Something that a person should know of a commitment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Remark {
    /// The day by which items are due was not held against the rule: the calendar of a year is missing.
    SupplementUnchecked,
    /// It is later than the rule allows; the rule's day counts.
    SupplementLate {
        /// The last day by the rule.
        by_rule: Day,
    },
    /// The end of the objection window is not known: the calendar of a year is missing.
    WindowUnchecked,
    /// The office does not know the template.
    TemplateUnknown {
        /// Its id and version.
        name: String,
    },
}

impl Remark {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Remark::SupplementUnchecked => "SUPPLEMENT_UNCHECKED",
            Remark::SupplementLate { .. } => "SUPPLEMENT_LATE",
            Remark::WindowUnchecked => "WINDOW_UNCHECKED",
            Remark::TemplateUnknown { .. } => "TEMPLATE_UNKNOWN",
        }
    }

    /// The sentence.
    pub fn message(&self, lang: Lang) -> String {
        let (zh, en) = match self {
            Remark::SupplementUnchecked => (
                "缺少有关年份的工作日历，补正期限未能核对；请导入工作日历".to_string(),
                "a year's calendar is missing, so the day for handing in was not checked; import it"
                    .to_string(),
            ),
            Remark::SupplementLate { by_rule } => (
                format!("填写的补正期限晚于规定，以 {by_rule} 为准"),
                format!("the day for handing in is later than the rule allows; {by_rule} counts"),
            ),
            Remark::WindowUnchecked => (
                "缺少有关年份的工作日历，异议期截止日未能计算；请导入工作日历".to_string(),
                "a year's calendar is missing, so the end of the objection window is not known; import it"
                    .to_string(),
            ),
            Remark::TemplateUnknown { name } => (
                format!("承诺书样式 {name} 未在本机构登记，摘要未核对"),
                format!("the template {name} is not registered here; its digest was not checked"),
            ),
        };
        lang.pick(&zh, &en).to_string()
    }
}

impl CommitmentDesk<'_> {
    /// The remarks on a commitment, today.
    pub(super) fn remarks(&self, known: &Known, days: &Days) -> Result<Vec<Remark>, Refusal> {
        let Known { facts, life, .. } = known;
        let mut remarks = Vec::new();
        if let Some(named) = &known.opened.commitment.template {
            let (id, version) = (&named.template.id, &named.template.version);
            if self.register().template(id, version).is_none() {
                remarks.push(Remark::TemplateUnknown { name: format!("{id} {version}") });
            }
        }
        if life.lacks_items(facts) {
            let by_rule = days.due(SUPPLEMENT_RULE, facts.made_on);
            match (by_rule, facts.missing.iter().max()) {
                (None, _) => remarks.push(Remark::SupplementUnchecked),
                (Some(by_rule), Some(last)) if *last > by_rule => {
                    remarks.push(Remark::SupplementLate { by_rule });
                }
                _ => {}
            }
        }
        let open =
            life.found().is_some_and(|found| found.is_adverse()) && !life.counts_against(self.today(), days);
        if open && life.window_ends(days).is_none() {
            remarks.push(Remark::WindowUnchecked);
        }
        Ok(remarks)
    }
}
