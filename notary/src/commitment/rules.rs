//! What is held against the office when a document comes in: templates, conditions, days of missing items; and results that
//! a report may not count yet.
//!
//! ```text
//! /template/digest                      TEMPLATE_DIGEST         another text than the office has under this version
//! /conditions/2/text                    CONDITION_CATCH_ALL     法律、法规规定的其他条件等
//! /missing_items/0/due_on               SUPPLEMENT_LATE         later than 7 working days, where the calendar is there
//! /sections/commitments/1/fulfilment    COMMITMENT_NOT_SETTLED  its objection window is not over, or an objection is open
//! ```
//!
//! What can't be checked (a missing calendar, a template that nobody registered) is accepted and told later as a remark,
//! unless the office has it refused. Not here: a document's own rules (`document`).

use super::desk::{CommitmentDesk, ended};
use super::life::{Days, SUPPLEMENT_RULE};
use crate::document::commitment::Commitment;
use crate::document::report::Report;
use crate::document::vocabulary::Fulfilment;
use crate::document::{Body, Document};
use crate::refusal::{Refusal, RefusalCode};

/// What a catch-all begins with.
const OTHERS: [&str; 3] = ["其他", "其它", "其余"];
/// What it leaves open.
const OPEN_ENDS: [&str; 8] = ["等", "情形", "条件", "要求", "规定", "材料", "事项", "有关"];

impl CommitmentDesk<'_> {
    /// Holds a document that comes in against what the office has.
    ///
    /// # Errors
    /// `TEMPLATE_DIGEST`, `TEMPLATE_UNKNOWN`, `CONDITION_CATCH_ALL`, `SUPPLEMENT_LATE`, `COMMITMENT_NOT_SETTLED`.
    pub(crate) fn fits(&self, document: &Document) -> Result<(), Refusal> {
        match document.body() {
            Body::Commitment(commitment) => self.commitment_fits(commitment),
            Body::Report(report) => self.report_fits(report),
            Body::File(_) => Ok(()),
        }
    }

    fn commitment_fits(&self, commitment: &Commitment) -> Result<(), Refusal> {
        if let Some(named) = &commitment.template {
            let (id, version) = (&named.template.id, &named.template.version);
            match self.register().template(id, version) {
                None if self.register().refuses_unknown() => {
                    let found = format!("{id} {version}");
                    return Err(Refusal::new(RefusalCode::TemplateUnknown).at("/template").found(found));
                }
                None => {}
                Some(known) if named.digest.as_ref() != Some(&known.digest) => {
                    let found = named.digest.as_ref().map_or("-", |digest| digest.as_str());
                    return Err(Refusal::new(RefusalCode::TemplateDigest)
                        .at("/template/digest")
                        .found(found)
                        .right(known.digest));
                }
                Some(known) if known.measurable => measurable(&commitment.conditions)?,
                Some(_) => {}
            }
        }
        if commitment.missing_items.is_empty() {
            return Ok(());
        }
        let Some(last) = self.days()?.due(SUPPLEMENT_RULE, commitment.made_on) else { return Ok(()) };
        for (n, item) in commitment.missing_items.iter().enumerate() {
            if item.due_on > last {
                let at = format!("/missing_items/{n}/due_on");
                return Err(Refusal::new(RefusalCode::SupplementLate).at(at).found(item.due_on).right(last));
            }
        }
        Ok(())
    }

    fn report_fits(&self, report: &Report) -> Result<(), Refusal> {
        let adverse = |state| !matches!(state, Fulfilment::InProgress | Fulfilment::Fulfilled);
        let mut days: Option<Days> = None;
        for (n, brief) in report.sections.commitments.iter().enumerate() {
            if !adverse(brief.fulfilment) {
                continue;
            }
            let doc = match self.office.doc_of_commitment(&brief.code) {
                Err(refusal) if refusal.code() == RefusalCode::CommitmentUnknown => continue,
                doc => doc?,
            };
            if ended(self.office.standing(doc).status) {
                continue;
            }
            let Some((_, life)) = self.office.commitment_row(doc)? else { continue };
            if days.is_none() {
                days = Some(self.days()?);
            }
            let open = match (life.found().filter(|found| found.is_adverse()), &days) {
                (Some(_), Some(days)) => !life.counts_against(self.today(), days),
                // A result that was set aside is none, until somebody determines it anew.
                _ => life.set_aside(),
            };
            if open {
                return Err(Refusal::new(RefusalCode::CommitmentNotSettled)
                    .at(format!("/sections/commitments/{n}/fulfilment"))
                    .found(&brief.code));
            }
        }
        Ok(())
    }
}

/// Whether every condition says what it asks for.
fn measurable(conditions: &[String]) -> Result<(), Refusal> {
    match conditions.iter().enumerate().find(|(_, text)| is_catch_all(text)) {
        None => Ok(()),
        Some((n, text)) => {
            Err(Refusal::new(RefusalCode::ConditionCatchAll).at(format!("/conditions/{n}/text")).found(text))
        }
    }
}

/// 兜底: "other …" that ends in something open, or a list that ends in 等.
fn is_catch_all(text: &str) -> bool {
    let bare: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let bare = bare.trim_end_matches(['。', '；', ';', '.', '，', ',', '！', '）', ')']);
    let others = |start: &&str| {
        bare.match_indices(*start).any(|(at, _)| {
            let rest = bare.get(at..).unwrap_or_default();
            OPEN_ENDS.iter().any(|end| rest.contains(end))
        })
    };
    bare.ends_with('等') || OTHERS.iter().any(others)
}

#[cfg(test)]
mod tests {
    use super::is_catch_all;

    #[test]
    fn catch_alls_are_told_from_conditions_that_can_be_measured() {
        for text in [
            "法律、法规规定的其他条件",
            "符合其他有关要求等。",
            "具备场所、设备、人员等；",
            "其它情形",
            "其余 材料",
        ] {
            assert!(is_catch_all(text), "{text}");
        }
        for text in [
            "经营场所面积不少于 30 平方米",
            "具有与经营的食品品种、数量相适应的冷藏设备 2 台",
            "等候区座位不少于 10 个",
            "从业人员均持有健康证明",
            "不与其他经营者共用仓库",
        ] {
            assert!(!is_catch_all(text), "{text}");
        }
    }
}
