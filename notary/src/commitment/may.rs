//! Which event may happen to a commitment today, and what it needs beside its own fields.
//!
//! ```text
//! SUPPLEMENT_OVERDUE on the day by which items are due     COMMITMENT_NOT_DUE
//! CLOSED while the objection window is open                COMMITMENT_WINDOW
//! ```
//!
//! Not here: which event follows which (`table`), the fields of an event (`event`), recording it (`desk`).

use verifier::event::EventKind;

use super::desk::Known;
use super::event::{NewCommitmentEvent, word};
use super::life::{Days, Facts, Life};
use super::table::Phase;
use crate::calendar::Day;
use crate::document::vocabulary::{CommitmentType, Publicity};
use crate::refusal::{Lang, Refusal, RefusalCode};

/// Whether an event of this kind may happen to the commitment today.
pub(super) fn may_happen(known: &Known, kind: EventKind, today: Day, days: &Days) -> Result<(), Refusal> {
    let Known { facts, life, .. } = known;
    let stage = life.stage(facts, today, days);
    let order = || Err(Refusal::new(RefusalCode::CommitmentOrder).found(kind.word()).right(stage.code()));
    if kind.status().is_some() || life.phase().after(kind).is_empty() {
        return order();
    }
    let only = |wanted: CommitmentType| match facts.commitment_type == wanted {
        true => Ok(()),
        false => {
            Err(Refusal::new(RefusalCode::CommitmentType).found(word(kind, Lang::Zh)).right(wanted.label()))
        }
    };
    match kind {
        EventKind::Publicised if facts.publicity != Publicity::Public => {
            Err(Refusal::new(RefusalCode::CommitmentNotPublic).found(facts.publicity.label()))
        }
        EventKind::Supplemented => {
            only(CommitmentType::Tolerance)?;
            let late = life.phase() == Phase::Overdue;
            if late || life.lacks_items(facts) { Ok(()) } else { order() }
        }
        EventKind::SupplementOverdue => {
            only(CommitmentType::Tolerance)?;
            if !life.lacks_items(facts) {
                return order();
            }
            match life.supplement_due(facts, days) {
                Some(due) if due < today => Ok(()),
                Some(due) => Err(Refusal::new(RefusalCode::CommitmentNotDue).found(today).right(due)),
                None => Err(Refusal::new(RefusalCode::CalendarMissing).found(facts.made_on.ymd().0)),
            }
        }
        EventKind::Expired => may_expire(life, facts, today),
        EventKind::Renewed => only(CommitmentType::GovPublic),
        EventKind::Closed if life.lacks_items(facts) => order(),
        EventKind::Closed if life.phase() == Phase::Running => {
            let over = life.expired || life.valid_to(facts).is_some_and(|last| last < today);
            if over { Ok(()) } else { order() }
        }
        EventKind::Closed if life.phase().is_adverse() && !life.counts_against(today, days) => {
            let ends = life.window_ends(days).map_or_else(|| "?".to_string(), |day| day.to_string());
            Err(Refusal::new(RefusalCode::CommitmentWindow).right(ends))
        }
        _ => Ok(()),
    }
}

/// Whether its term is over and nobody has written that down yet.
pub(super) fn may_expire(life: &Life, facts: &Facts, today: Day) -> Result<(), Refusal> {
    if life.expired || life.phase().after(EventKind::Expired).is_empty() {
        return Err(Refusal::new(RefusalCode::CommitmentOrder)
            .found(EventKind::Expired.word())
            .right("EXPIRED"));
    }
    match life.valid_to(facts) {
        Some(last) if last < today => Ok(()),
        Some(last) => Err(Refusal::new(RefusalCode::CommitmentNotDue).found(today).right(last)),
        None => Err(Refusal::new(RefusalCode::CommitmentNotDue).found(today).right("valid_to")),
    }
}

/// Names of items that are still missing.
pub(super) fn still_missing(known: &Known) -> Vec<String> {
    if !known.life.lacks_items(&known.facts) && known.life.phase() != Phase::Overdue {
        return Vec::new();
    }
    let given: Vec<&str> = known
        .opened
        .events
        .iter()
        .filter_map(|view| view.event.detail("items"))
        .flat_map(str::lines)
        .collect();
    let names = known.opened.commitment.missing_items.iter().map(|item| item.name.clone());
    names.filter(|name| !given.contains(&name.as_str())).collect()
}

/// The details of items that are handed in: of none that are named, all that are missing.
pub(super) fn handed_in(known: &Known, items: &[String]) -> Result<Vec<(String, String)>, Refusal> {
    let missing = still_missing(known);
    let named: Vec<&str> = items.iter().map(|item| item.trim()).filter(|item| !item.is_empty()).collect();
    if named.len() > super::event::ITEMS_MAX {
        return Err(Refusal::new(RefusalCode::ListLong)
            .at("/items")
            .found(named.len())
            .right(super::event::ITEMS_MAX));
    }
    for name in &named {
        if !missing.iter().any(|known| known == name) {
            let right = missing.join("、");
            return Err(Refusal::new(RefusalCode::CommitmentItem).at("/items").found(name).right(right));
        }
    }
    let handed: Vec<&String> =
        missing.iter().filter(|name| named.is_empty() || named.contains(&name.as_str())).collect();
    let rest = missing.len() - handed.len();
    let names = handed.iter().map(|name| name.as_str()).collect::<Vec<_>>().join("\n");
    let mut details = Vec::new();
    if !names.is_empty() {
        details.push(("items".to_string(), names));
    }
    if rest > 0 {
        details.push(("remaining".to_string(), rest.to_string()));
    }
    Ok(details)
}

/// What the day says of items that nobody handed in: by the unit that accepted the commitment, on the commitment itself.
pub(super) fn overdue_event(known: &Known) -> NewCommitmentEvent {
    let commitment = &known.opened.commitment;
    let missing = still_missing(known);
    let digest = verifier::base64::decode(&known.opened.submitted).unwrap_or_default();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    NewCommitmentEvent {
        reason_code: Some("BY_THE_DAY".to_string()),
        evidence: vec![format!("sha256:{hex}")],
        unit: commitment.accepted_by.name.clone(),
        unit_code: commitment.accepted_by.uscc.to_string(),
        unperformed: match missing.is_empty() {
            true => "逾期未补正".to_string(),
            false => {
                format!("逾期未补正：{}", missing.join("、")).chars().take(super::event::TEXT_MAX).collect()
            }
        },
        liability: commitment.liability.clone(),
        ..NewCommitmentEvent::new(EventKind::SupplementOverdue)
    }
}
