//! Claims and counters: what a report says in a few statements and numbers (spec/claims.md).
//!
//! ```text
//! report-special-partly-covered.json   NO_PENALTY YES · NO_COERCION NOT_COVERED · … · NO_VIOLATION_IN_PERIOD PARTIAL
//! ```
//!
//! Computed from the typed model alone, each by a named rule of a version; the number of a rule that changes changes too.
//! "No record" and "not covered" never look alike. What is not here: the numbers and names, which are
//! `verifier::registry`'s, and eligibility rules, which no rule of version 1 needs.

mod why;

use std::collections::BTreeMap;

pub use why::{Why, reasons};

use verifier::core::Claim;
use verifier::error::Refused;
use verifier::registry::{ClaimValue, Counter, Open, Rule};

use crate::document::report::Report;
use crate::document::report::section::Flags;
use crate::document::vocabulary::{Act, CoverageStatus, Flag, Fulfilment, JudgmentKind, Label, ReportKind};

/// The claims of a report, ascending by rule. Other documents carry none.
///
/// # Errors
/// None that a report can cause; a claim that `verifier` would not take.
pub fn claims(report: &Report) -> Result<Vec<Claim>, Refused> {
    let mut claims = Vec::new();
    for rule in rules(report.kind) {
        if let Some((value, counts)) = value_of(*rule, report) {
            claims.push(Claim::new(Open::Known(*rule), value, counts)?);
        }
    }
    Ok(claims)
}

/// How many records of `sections` each counter counts; counters of none are left out.
pub fn counters(report: &Report) -> BTreeMap<Counter, u64> {
    let sections = &report.sections;
    let mut counts = BTreeMap::new();
    let mut count = |flags: Option<&Flags>, counter: Counter| {
        let counter = if flags.is_some_and(Flags::repaired) { Counter::Repaired } else { counter };
        *counts.entry(counter).or_insert(0) += 1;
    };
    sections.admin.iter().for_each(|r| count(Some(&r.flags), counter_of_act(r.act)));
    sections.honest.iter().for_each(|r| count(Some(&r.flags), Counter::Honest));
    sections.serious.iter().for_each(|r| count(Some(&r.flags), Counter::SeriousDishonest));
    for record in &sections.abnormal {
        let listed = record.removed_on.is_none();
        count(Some(&record.flags), if listed { Counter::Abnormal } else { Counter::AbnormalRemoved });
    }
    for record in &sections.commitments {
        let kept = matches!(record.fulfilment, Fulfilment::InProgress | Fulfilment::Fulfilled);
        count(None, if kept { Counter::Commitments } else { Counter::CommitmentsBroken });
    }
    sections.ratings.iter().for_each(|_| count(None, Counter::Ratings));
    for record in &sections.judgments {
        let criminal = record.kind == JudgmentKind::Criminal;
        count(Some(&record.flags), if criminal { Counter::CriminalJudgments } else { Counter::Judgments });
    }
    sections.other.iter().for_each(|r| count(Some(&r.flags), Counter::Other));
    sections.local.iter().for_each(|r| count(Some(&r.flags), Counter::Local));
    sections.advice.iter().for_each(|_| count(None, Counter::Advice));
    counts
}

/// The rules of a kind of report, ascending.
fn rules(kind: ReportKind) -> &'static [Rule] {
    match kind {
        ReportKind::General | ReportKind::Industry => &[
            Rule::NoPenalty,
            Rule::NotSeriousDishonest,
            Rule::NotAbnormal,
            Rule::ModelSubject,
            Rule::CommitmentsKept,
        ],
        ReportKind::SpecialNoViolation => &[
            Rule::NoPenalty,
            Rule::NoCoercion,
            Rule::NotSeriousDishonest,
            Rule::NoCriminalJudgment,
            Rule::NoViolationInPeriod,
        ],
        ReportKind::Personal => &[Rule::NoPenalty, Rule::NotSeriousDishonest],
    }
}

/// A claim's value and, for COMMITMENTS_KEPT, how many of how many; `None` where the rule says nothing of the report.
type Said = Option<(ClaimValue, Option<(u64, u64)>)>;

fn value_of(rule: Rule, report: &Report) -> Said {
    match rule {
        Rule::NoViolationInPeriod => {
            let parts =
                [Rule::NoPenalty, Rule::NoCoercion, Rule::NotSeriousDishonest, Rule::NoCriminalJudgment];
            let values: Vec<ClaimValue> = parts.iter().filter_map(|r| absence(*r, report)).collect();
            Some((together(&values), None))
        }
        Rule::ModelSubject => {
            report.subject.labels.contains(&Label::Model).then_some((ClaimValue::Yes, None))
        }
        Rule::CommitmentsKept => commitments_kept(report),
        absent => absence(absent, report).map(|value| (value, None)),
    }
}

/// Rules 1 to 4 and 6: that there is no record of a kind.
fn absence(rule: Rule, report: &Report) -> Option<ClaimValue> {
    let sections = &report.sections;
    let acts = |act: Act| sections.admin.iter().filter(move |r| r.act == act).map(|r| &r.flags).collect();
    let (item_kind, records): (&str, Vec<&Flags>) = match rule {
        Rule::NoPenalty => ("行政处罚", acts(Act::Penalty)),
        Rule::NoCoercion => ("行政强制", acts(Act::Coercion)),
        Rule::NotSeriousDishonest => {
            ("严重失信主体名单", sections.serious.iter().map(|r| &r.flags).collect())
        }
        Rule::NoCriminalJudgment => {
            let criminal = sections.judgments.iter().filter(|r| r.kind == JudgmentKind::Criminal);
            ("刑事裁判", criminal.map(|r| &r.flags).collect())
        }
        Rule::NotAbnormal => {
            let listed = sections.abnormal.iter().filter(|r| r.removed_on.is_none());
            ("经营异常名录", listed.map(|r| &r.flags).collect())
        }
        _ => return None,
    };
    let listed: Vec<&Flags> = records.into_iter().filter(|flags| !flags.repaired()).collect();
    Some(if listed.iter().any(|flags| !flags.has(Flag::ObjectionVerifying)) {
        ClaimValue::No
    } else if !listed.is_empty() {
        ClaimValue::UnderObjection
    } else {
        covered(item_kind, report)
    })
}

/// What an empty list says: nothing, where the records were not collected. STALE is not collected.
fn covered(item_kind: &str, report: &Report) -> ClaimValue {
    let rows = || report.coverage.iter().filter(|row| row.item_kind == item_kind);
    match rows().filter(|row| row.status == CoverageStatus::Covered).count() {
        0 => ClaimValue::NotCovered,
        n if n == rows().count() => ClaimValue::Yes,
        _ => ClaimValue::Partial,
    }
}

/// Rule 5, of the values of rules 1 to 4.
fn together(values: &[ClaimValue]) -> ClaimValue {
    let all = |value: ClaimValue| values.iter().all(|v| *v == value);
    if values.contains(&ClaimValue::No) {
        ClaimValue::No
    } else if values.contains(&ClaimValue::UnderObjection) {
        ClaimValue::UnderObjection
    } else if all(ClaimValue::Yes) {
        ClaimValue::Yes
    } else if all(ClaimValue::NotCovered) {
        ClaimValue::NotCovered
    } else {
        ClaimValue::Partial
    }
}

fn commitments_kept(report: &Report) -> Said {
    let done: Vec<Fulfilment> = report.sections.commitments.iter().map(|c| c.fulfilment).collect();
    let done: Vec<Fulfilment> = done.into_iter().filter(|f| *f != Fulfilment::InProgress).collect();
    let count = |test: fn(&Fulfilment) -> bool| done.iter().filter(|f| test(f)).count();
    let kept = count(|f| *f == Fulfilment::Fulfilled);
    let broken = count(|f| matches!(f, Fulfilment::NotFulfilled | Fulfilment::FoundFalse));
    let value = match done.len() {
        0 => return None,
        n if n == kept => ClaimValue::Yes,
        n if n == broken => ClaimValue::No,
        _ => ClaimValue::Partial,
    };
    Some((value, Some((kept as u64, done.len() as u64))))
}

fn counter_of_act(act: Act) -> Counter {
    match act {
        Act::Permit => Counter::Permits,
        Act::Penalty => Counter::Penalties,
        Act::Coercion => Counter::Coercions,
        _ => Counter::OtherActs,
    }
}

#[cfg(test)]
mod tests {
    use verifier::json::Value;

    use super::*;
    use crate::document::{Document, Intake, Templates};
    use crate::samples;

    fn said(claims: &[Claim]) -> Vec<(String, &'static str)> {
        let name = |claim: &Claim| claim.rule().known().unwrap().short_name().to_owned();
        claims.iter().map(|claim| (name(claim), claim.value().name())).collect()
    }

    #[test]
    fn every_sample_has_the_claims_of_expected_json_in_their_order() {
        let expected = samples::expected("claims");
        assert_eq!(expected.len(), samples::names("report-").len());
        for (name, claims_wanted) in expected {
            let document = samples::document(&name);
            let wanted: Vec<(String, &str)> = claims_wanted
                .as_object()
                .unwrap()
                .iter()
                .map(|(rule, value)| (rule.clone(), value.as_str().unwrap()))
                .collect();
            assert_eq!(said(&claims(document.report().unwrap()).unwrap()), wanted, "{name}");
        }
    }

    #[test]
    fn kept_commitments_carry_their_counts() {
        let document = samples::document("report-full.json");
        let claims = claims(document.report().unwrap()).unwrap();
        assert_eq!(claims.last().unwrap().counts(), Some((1, 2)));
    }

    #[test]
    fn each_value_of_an_absence() {
        // (coverage rows of 行政处罚, flags of the penalties listed) → value; repaired ones are no listed records.
        for (rows, penalties, value) in [
            (&["COVERED"][..], &[][..], "YES"),
            (&["COVERED", "COVERED"], &[], "YES"),
            (&["COVERED", "STALE"], &[], "PARTIAL"),
            (&["NOT_COVERED", "COVERED"], &[], "PARTIAL"),
            (&["STALE"], &[], "NOT_COVERED"),
            (&[], &[], "NOT_COVERED"),
            (&["COVERED"], &[&[][..]], "NO"),
            (&[], &[&[]], "NO"),
            (&["COVERED"], &[&["OBJECTION_VERIFYING"]], "UNDER_OBJECTION"),
            (&["STALE"], &[&["OBJECTION_VERIFYING", "LATE_PUBLISHED"]], "UNDER_OBJECTION"),
            (&["COVERED"], &[&["OBJECTION_VERIFYING"], &["CORRECTED"]], "NO"),
            (&["COVERED"], &[&["REPAIRED"]], "YES"),
            (&["STALE"], &[&["REPAIRED"]], "NOT_COVERED"),
            (
                &["COVERED"],
                &[&["REPAIRED", "OBJECTION_VERIFYING"], &["OBJECTION_VERIFYING"]],
                "UNDER_OBJECTION",
            ),
        ] {
            let report = with_penalties(rows, penalties);
            let claims = claims(report.report().unwrap()).unwrap();
            assert_eq!(said(&claims)[0], ("NO_PENALTY".to_owned(), value), "{rows:?} {penalties:?}");
            let unrepaired = penalties.iter().filter(|flags| !flags.contains(&"REPAIRED")).count() as u64;
            let counted = counters(report.report().unwrap());
            assert_eq!(counted.get(&Counter::Penalties).copied().unwrap_or(0), unrepaired);
            assert_eq!(
                counted.get(&Counter::Repaired).copied().unwrap_or(0),
                penalties.len() as u64 - unrepaired
            );
        }
    }

    #[test]
    fn rule_5_by_the_values_of_1_to_4() {
        use ClaimValue::{No, NotCovered, Partial, UnderObjection, Yes};
        for (values, value) in [
            ([Yes, Yes, Yes, Yes], Yes),
            ([Yes, No, UnderObjection, NotCovered], No),
            ([Yes, UnderObjection, NotCovered, Partial], UnderObjection),
            ([NotCovered; 4], NotCovered),
            ([Yes, Yes, Yes, NotCovered], Partial),
            ([Partial, Partial, Partial, Partial], Partial),
            ([Partial, NotCovered, NotCovered, NotCovered], Partial),
        ] {
            assert_eq!(together(&values), value, "{values:?}");
        }
    }

    /// The sample of a penalised company with these coverage rows of 行政处罚, and penalties with these flags.
    fn with_penalties(rows: &[&str], penalties: &[&[&str]]) -> Document {
        let text = String::from_utf8(samples::bytes("report-general-penalty.json")).unwrap();
        let mut report: serde_json::Value = serde_json::from_str(&text).unwrap();
        let coverage: Vec<serde_json::Value> = rows
            .iter()
            .map(|status| serde_json::json!({"field":"ALL","item_kind":"行政处罚","status":status,"as_of":"2026-11-21"}))
            .collect();
        report["coverage"] = coverage.into();
        let penalty = report["sections"]["admin"][1].clone();
        let records: Vec<serde_json::Value> = penalties
            .iter()
            .enumerate()
            .map(|(n, flags)| {
                let mut record = penalty.clone();
                record["item_id"] = format!("CF-{n}").into();
                record["flags"] = serde_json::json!(flags);
                record
            })
            .collect();
        let unrepaired = penalties.iter().filter(|flags| !flags.contains(&"REPAIRED")).count();
        report["sections"]["admin"] = records.into();
        report["summary"]["permits"] = 0.into();
        report["summary"]["penalties"] = unrepaired.into();
        let intake = Intake { now: samples::now(), allow_later: false, templates: &Templates::every() };
        Document::parse(report.to_string().as_bytes(), &intake).unwrap_or_else(|refusal| panic!("{refusal}"))
    }

    #[test]
    fn counters_are_those_that_a_verifier_counts() {
        for name in samples::names("report-") {
            let document = samples::document(&name);
            let records = verifier::disclosure::records(document.value()).unwrap();
            let theirs = verifier::disclosure::counters(&records).unwrap();
            assert_eq!(counters(document.report().unwrap()), theirs, "{name}");
            let sections = document.value().get("sections").and_then(Value::as_object).unwrap();
            let records: usize = sections.iter().map(|(_, list)| list.as_array().unwrap().len()).sum();
            assert_eq!(theirs.values().sum::<u64>(), records as u64, "{name}");
        }
    }
}
