//! The rules between the values of a report (spec/document.md, "Rules").
//!
//! ```text
//! period.from ≤ period.to ≤ the day of data_as_of ≤ generated_at ≤ now
//! summary.penalties = the records of act PENALTY that are not REPAIRED
//! ```

use std::collections::BTreeMap;

use verifier::limits;

use super::super::value::Identity;
use super::super::vocabulary::Act;
use super::super::{Intake, day_of};
use super::section::{Flags, Sections, ValidTo};
use super::{Report, Summary};
use crate::refusal::{Refusal, RefusalCode};

/// Members of a report other than `sections`: each is one record (spec/disclosure.md).
const RECORDS_BESIDE_SECTIONS: usize = 17;

/// Refuses what a report's members contradict each other in.
pub fn check(report: &Report, intake: &Intake<'_>) -> Result<(), Refusal> {
    dates(report)?;
    intake.not_later("/generated_at", report.generated_at)?;
    records_limit(report)?;
    repaired(report, intake)?;
    counters(&report.summary, &report.sections)?;
    item_ids(&report.sections)?;
    validity(&report.sections)
}

fn dates(report: &Report) -> Result<(), Refusal> {
    let wrong = |at: &str, found: String, right: &str| {
        Err(Refusal::new(RefusalCode::DatesOrder).at(at).found(found).right(right))
    };
    let (period, as_of) = (report.period, day_of(report.data_as_of));
    if period.from > period.to {
        return wrong("/period", format!("{} > {}", period.from, period.to), "from ≤ to");
    }
    if period.from.core_date().is_none() {
        return wrong("/period/from", period.from.to_string(), "1970-01-01 ≤ from");
    }
    if period.to > as_of {
        return wrong("/period/to", format!("{} > {as_of}", period.to), "to ≤ data_as_of");
    }
    if report.data_as_of > report.generated_at {
        let (found, made) = (report.data_as_of.display_china(), report.generated_at.display_china());
        return wrong("/data_as_of", format!("{found} > {made}"), "data_as_of ≤ generated_at");
    }
    Ok(())
}

fn records_limit(report: &Report) -> Result<(), Refusal> {
    let person_id = usize::from(matches!(report.subject.party.identity, Identity::Person(_)));
    let records = RECORDS_BESIDE_SECTIONS + person_id + report.sections.len();
    if records > limits::DISCLOSURES {
        return Err(Refusal::new(RefusalCode::RecordsMany)
            .at("/sections")
            .found(records)
            .right(limits::DISCLOSURES));
    }
    Ok(())
}

fn repaired(report: &Report, intake: &Intake<'_>) -> Result<(), Refusal> {
    if intake.templates.show_repaired(&report.template) {
        return Ok(());
    }
    match records(&report.sections).into_iter().find(|r| r.flags.is_some_and(Flags::repaired)) {
        Some(record) => Err(Refusal::new(RefusalCode::RecordRepaired).at(format!("{}/flags", record.at))),
        None => Ok(()),
    }
}

fn counters(summary: &Summary, sections: &Sections) -> Result<(), Refusal> {
    let acts = |act: Act| sections.admin.iter().filter(|a| a.act == act && !a.flags.repaired()).count();
    let unrepaired = |section: &str| {
        records(sections)
            .iter()
            .filter(|r| r.section == section && !r.flags.is_some_and(Flags::repaired))
            .count()
    };
    for (name, given, counted) in [
        ("permits", summary.permits, acts(Act::Permit)),
        ("penalties", summary.penalties, acts(Act::Penalty)),
        ("honest", summary.honest, unrepaired("honest")),
        ("serious_dishonest", summary.serious_dishonest, unrepaired("serious")),
        ("abnormal", summary.abnormal, unrepaired("abnormal")),
        ("commitments", summary.commitments, unrepaired("commitments")),
        ("ratings", summary.ratings, unrepaired("ratings")),
        ("judgments", summary.judgments, unrepaired("judgments")),
        ("other", summary.other, unrepaired("other")),
    ] {
        if given != counted as u64 {
            return Err(Refusal::new(RefusalCode::CounterDisagrees)
                .at(format!("/summary/{name}"))
                .found(given)
                .right(counted));
        }
    }
    Ok(())
}

fn item_ids(sections: &Sections) -> Result<(), Refusal> {
    let mut seen: BTreeMap<&str, String> = BTreeMap::new();
    for record in records(sections) {
        let Some(id) = record.item_id else { continue };
        let at = format!("{}/item_id", record.at);
        if let Some(first) = seen.get(id) {
            return Err(Refusal::new(RefusalCode::ItemIdTwice).at(at).found(id).right(first));
        }
        seen.insert(id, at);
    }
    Ok(())
}

fn validity(sections: &Sections) -> Result<(), Refusal> {
    for (n, act) in sections.admin.iter().enumerate() {
        if let (Some(from), Some(ValidTo::Day(to))) = (act.valid_from, act.valid_to)
            && to < from
        {
            return Err(Refusal::new(RefusalCode::DatesOrder)
                .at(format!("/sections/admin/{n}/valid_to"))
                .found(format_args!("{to} < {from}"))
                .right("valid_from ≤ valid_to"));
        }
    }
    Ok(())
}

/// What the rules look at in a record of any section.
struct Record<'a> {
    section: &'static str,
    at: String,
    item_id: Option<&'a str>,
    flags: Option<&'a Flags>,
}

fn records(sections: &Sections) -> Vec<Record<'_>> {
    let mut out = Vec::with_capacity(sections.len());
    macro_rules! add {
        ($section:ident, $r:ident => $item_id:expr, $flags:expr) => {
            out.extend(sections.$section.iter().enumerate().map(|(n, $r)| Record {
                section: stringify!($section),
                at: format!("/sections/{}/{n}", stringify!($section)),
                item_id: $item_id,
                flags: $flags,
            }))
        };
    }
    add!(admin, r => Some(&r.item_id), Some(&r.flags));
    add!(honest, r => Some(&r.item_id), Some(&r.flags));
    add!(serious, r => Some(&r.item_id), Some(&r.flags));
    add!(abnormal, r => Some(&r.item_id), Some(&r.flags));
    add!(commitments, _r => None, None);
    add!(ratings, r => Some(&r.item_id), None);
    add!(judgments, r => Some(&r.item_id), Some(&r.flags));
    add!(other, r => Some(&r.item_id), Some(&r.flags));
    add!(advice, _r => None, None);
    add!(local, r => Some(&r.item_id), Some(&r.flags));
    out
}
