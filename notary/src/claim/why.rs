//! Why a claim comes out as it does: the records and the coverage rows that decided. For the people who approve.
//!
//! ```text
//! NO_PENALTY  NO           /sections/admin/0   行政处罚 示市监罚〔2026〕11号 2026-03-10
//! NO_COERCION NOT_COVERED  行政强制            no coverage row
//! ```
//!
//! Here: the reasons, read off the typed model. Not here: the values (`claim`), which nothing here can change.

use verifier::registry::Rule;

use crate::calendar::Day;
use crate::document::report::Report;
use crate::document::report::section::Flags;
use crate::document::vocabulary::{Act, CoverageStatus, Flag, Fulfilment, JudgmentKind};

/// One thing that decided a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Why {
    /// A record that is there.
    Record {
        /// Its JSON pointer.
        at: String,
        /// The kind of item, such as 行政处罚.
        item_kind: &'static str,
        /// Its own number or words.
        what: String,
        /// Its day.
        on: Day,
        /// Whether an objection to it is being verified.
        objection: bool,
    },
    /// Records that were not collected, or not lately.
    NotCollected {
        /// The kind of item.
        item_kind: &'static str,
        /// The coverage rows that say so: field, status, day. Empty where there is no row at all.
        rows: Vec<(String, CoverageStatus, Day)>,
    },
}

/// What decided this rule's claim; nothing for a claim that holds.
pub fn reasons(report: &Report, rule: Rule) -> Vec<Why> {
    match rule {
        Rule::NoViolationInPeriod => {
            [Rule::NoPenalty, Rule::NoCoercion, Rule::NotSeriousDishonest, Rule::NoCriminalJudgment]
                .into_iter()
                .flat_map(|part| reasons(report, part))
                .collect()
        }
        Rule::CommitmentsKept => broken_commitments(report),
        Rule::ModelSubject => Vec::new(),
        absent => {
            let Some((item_kind, records)) = records(report, absent) else { return Vec::new() };
            match records.is_empty() {
                true => not_collected(report, item_kind).into_iter().collect(),
                false => records,
            }
        }
    }
}

/// The kind of item that a rule denies, and the records of it that count.
fn records(report: &Report, rule: Rule) -> Option<(&'static str, Vec<Why>)> {
    let sections = &report.sections;
    let acts = |act: Act, item_kind: &'static str| {
        let counted = sections.admin.iter().enumerate().filter(move |(_, r)| r.act == act);
        let found = counted.map(|(n, r)| record("admin", n, item_kind, &r.doc_no, r.decided_on, &r.flags));
        (item_kind, found.flatten().collect())
    };
    Some(match rule {
        Rule::NoPenalty => acts(Act::Penalty, "行政处罚"),
        Rule::NoCoercion => acts(Act::Coercion, "行政强制"),
        Rule::NotSeriousDishonest => {
            let kind = "严重失信主体名单";
            let all = sections.serious.iter().enumerate();
            (
                kind,
                all.filter_map(|(n, r)| record("serious", n, kind, &r.list, r.decided_on, &r.flags))
                    .collect(),
            )
        }
        Rule::NoCriminalJudgment => {
            let kind = "刑事裁判";
            let all = sections.judgments.iter().enumerate().filter(|(_, r)| r.kind == JudgmentKind::Criminal);
            let found =
                all.filter_map(|(n, r)| record("judgments", n, kind, &r.case_no, r.decided_on, &r.flags));
            (kind, found.collect())
        }
        Rule::NotAbnormal => {
            let kind = "经营异常名录";
            let all = sections.abnormal.iter().enumerate().filter(|(_, r)| r.removed_on.is_none());
            let found =
                all.filter_map(|(n, r)| record("abnormal", n, kind, &r.reason, r.listed_on, &r.flags));
            (kind, found.collect())
        }
        _ => return None,
    })
}

/// A record that counts; a repaired one does not.
fn record(
    section: &str,
    n: usize,
    item_kind: &'static str,
    what: &str,
    on: Day,
    flags: &Flags,
) -> Option<Why> {
    let at = format!("/sections/{section}/{n}");
    let objection = flags.has(Flag::ObjectionVerifying);
    (!flags.repaired()).then(|| Why::Record { at, item_kind, what: what.to_owned(), on, objection })
}

fn not_collected(report: &Report, item_kind: &'static str) -> Option<Why> {
    let of_kind = || report.coverage.iter().filter(|row| row.item_kind == item_kind);
    let missing = of_kind().filter(|row| row.status != CoverageStatus::Covered);
    let rows: Vec<_> = missing.map(|row| (row.field.clone(), row.status, row.as_of)).collect();
    (of_kind().count() == 0 || !rows.is_empty()).then_some(Why::NotCollected { item_kind, rows })
}

fn broken_commitments(report: &Report) -> Vec<Why> {
    let all = report.sections.commitments.iter().enumerate();
    all.filter(|(_, c)| !matches!(c.fulfilment, Fulfilment::InProgress | Fulfilment::Fulfilled))
        .map(|(n, c)| Why::Record {
            at: format!("/sections/commitments/{n}"),
            item_kind: "信用承诺",
            what: format!("{} {}", c.code, c.fulfilment.label()),
            on: c.made_on,
            objection: false,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use verifier::registry::ClaimValue;

    use super::*;
    use crate::claim::claims;
    use crate::samples;

    #[test]
    fn a_claim_that_does_not_hold_has_a_reason_and_one_that_holds_has_none() {
        let mut seen = 0;
        for name in samples::names("report-") {
            let document = samples::document(&name);
            let report = document.report().unwrap();
            for claim in claims(report).unwrap() {
                let rule = claim.rule().known().unwrap();
                let why = reasons(report, rule);
                match claim.value() {
                    ClaimValue::Yes => assert_eq!(why, [], "{name} {}", rule.name()),
                    ClaimValue::NotCovered => {
                        assert!(why.iter().all(|why| matches!(why, Why::NotCollected { .. })), "{name}");
                        assert!(!why.is_empty());
                        seen |= 1;
                    }
                    ClaimValue::No => {
                        let record =
                            why.iter().find(|why| matches!(why, Why::Record { objection: false, .. }));
                        let Some(Why::Record { at, .. }) = record else { panic!("{name} {}", rule.name()) };
                        assert!(document.value().at(at).is_some(), "{name} {at}");
                        seen |= 2;
                    }
                    _ => assert!(!why.is_empty(), "{name} {}", rule.name()),
                }
            }
        }
        assert_eq!(seen, 3);
    }
}
