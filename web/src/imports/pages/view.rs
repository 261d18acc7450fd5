//! An import as a page shows it.

use notary::office::Office;

use super::super::{Seen, State};
use crate::desk::lists::{Tag, who};
use crate::lang::Lang;
use crate::page::words::moment;

/// An import, in words.
pub struct ImportView {
    pub id: String,
    pub name: String,
    pub digest: String,
    pub size: String,
    pub state: Tag,
    pub rows: u64,
    pub done: u64,
    pub accepted: u64,
    pub repeated: u64,
    pub refused: u64,
    pub percent: u64,
    pub sent: String,
    pub by: String,
    pub decided_by: String,
    pub reason: String,
    pub failure: Option<(String, String)>,
    pub bad: Vec<BadView>,
    pub bad_left: u64,
    pub findings: Vec<FindingView>,
    pub findings_left: u64,
    pub ignored: String,
    pub has_refused: bool,
    pub has_receipts: bool,
    /// Something happens by itself: the page loads itself again.
    pub moves: bool,
    /// It can be cancelled.
    pub is_open: bool,
    pub to_confirm: bool,
    /// Nothing has been taken in yet: counts are of a first look.
    pub looked_only: bool,
    pub is_done: bool,
}

/// A bad row.
pub struct BadView {
    pub row: u64,
    pub faults: Vec<FaultView>,
}

/// What is wrong with it.
pub struct FaultView {
    pub column: &'static str,
    pub value: String,
    pub message: String,
    pub code: String,
}

/// What a person should look at.
pub struct FindingView {
    pub row: u64,
    pub message: String,
    pub code: &'static str,
}

impl ImportView {
    pub fn new(lang: Lang, office: &Office, seen: &Seen) -> ImportView {
        let words = lang.words();
        let fault = |fault: &notary::import::Fault| FaultView {
            column: fault.column().map_or("", |column| column.title()),
            value: fault.value().to_owned(),
            message: fault.message(words).to_owned(),
            code: fault.code().to_owned(),
        };
        let bad: Vec<BadView> = seen
            .bad
            .iter()
            .map(|(row, faults)| BadView { row: *row, faults: faults.iter().map(fault).collect() })
            .collect();
        let findings: Vec<FindingView> = seen
            .findings
            .iter()
            .map(|finding| FindingView {
                row: finding.row,
                message: finding.refusal.message(words),
                code: finding.refusal.code().as_str(),
            })
            .collect();
        ImportView {
            id: seen.id.to_string(),
            name: seen.name.clone(),
            digest: seen.digest.clone(),
            size: size(seen.bytes),
            state: tag(lang, seen.state),
            rows: seen.rows,
            done: seen.done,
            accepted: seen.accepted,
            repeated: seen.repeated,
            refused: seen.refused,
            percent: seen.done.saturating_mul(100).checked_div(seen.rows).unwrap_or(100),
            sent: moment(lang, seen.sent),
            by: who(office, &seen.owner),
            decided_by: seen.decided_by.as_deref().map(|by| who(office, by)).unwrap_or_default(),
            reason: seen.reason.clone(),
            failure: seen
                .failure
                .as_ref()
                .map(|problem| (problem.code().to_owned(), problem.message(words).to_owned())),
            bad_left: seen.refused.saturating_sub(bad.len() as u64),
            bad,
            findings_left: seen.findings_count.saturating_sub(findings.len() as u64),
            findings,
            ignored: seen.ignored.join(lang.pick("、", ", ")),
            has_refused: seen.has_refused,
            has_receipts: seen.has_receipts,
            moves: matches!(seen.state, State::Checking | State::Waiting | State::Running),
            is_open: seen.state.is_open(),
            to_confirm: seen.state == State::ToConfirm,
            looked_only: matches!(seen.state, State::Checking | State::ToConfirm | State::TurnedDown),
            is_done: seen.state == State::Done,
        }
    }
}

/// How far an import is, in one word.
fn tag(lang: Lang, state: State) -> Tag {
    let (class, word) = match state {
        State::Checking => ("", lang.pick("检查中", "being checked")),
        State::ToConfirm => ("tag-warn", lang.pick("待复核员确认", "to be confirmed")),
        State::Waiting => ("", lang.pick("排队中", "waiting")),
        State::Running => ("", lang.pick("导入中", "running")),
        State::Done => ("tag-ok", lang.pick("已完成", "done")),
        State::Cancelled => ("tag-warn", lang.pick("已取消", "cancelled")),
        State::TurnedDown => ("tag-error", lang.pick("已退回", "turned down")),
        State::Failed => ("tag-error", lang.pick("未完成", "failed")),
    };
    Tag { class, word }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{} KB", bytes.div_ceil(1_024)),
        _ => format!("{} MB", bytes.div_ceil(1_048_576)),
    }
}
