//! A draft in memory: what its records said so far, without its document.

use verifier::time::Time;

use super::{Draft, DraftId, DraftState, DraftSummary};
use crate::desk::RequestId;
use crate::desk::record::{DraftHead, EditedHead, Held};
use crate::journal::Position;
use crate::office::record::time;

/// A draft in memory.
#[derive(Clone, Debug)]
pub(in crate::desk) struct DraftRow {
    pub id: u64,
    pub slot: u64,
    pub key: String,
    pub version: u32,
    pub state: DraftState,
    /// Where it was before it was approved.
    pub before: DraftState,
    pub made_at: Time,
    pub made_by: String,
    pub changed_at: Time,
    pub hands: Vec<String>,
    pub changed: bool,
    pub again: bool,
    pub approved_by: Option<String>,
    pub returned_by: Option<String>,
    pub reason: Option<String>,
    pub request: Option<u64>,
    pub summary: Option<DraftSummary>,
    pub digest: Option<[u8; 32]>,
    pub first: Position,
    pub last: Position,
}

impl DraftRow {
    pub fn new(id: u64, head: &DraftHead, position: Position, held: Option<Held>) -> Self {
        let at = time(head.at);
        let state = waits(head.no, head.again);
        DraftRow {
            id,
            slot: head.slot,
            key: head.key.clone(),
            version: 1,
            before: state,
            state,
            made_at: at,
            made_by: head.by.clone(),
            changed_at: at,
            hands: vec![head.by.clone()],
            changed: false,
            again: head.again,
            approved_by: None,
            returned_by: None,
            reason: None,
            request: head.request,
            digest: held.as_ref().map(|held| held.digest),
            summary: held.map(|held| held.body.summary),
            first: position,
            last: position,
        }
    }

    pub fn edited(&mut self, head: &EditedHead, position: Position, held: Option<&Held>) {
        self.version = head.version;
        self.state = waits(head.no, head.changed || self.again);
        self.changed = head.changed;
        self.changed_at = time(head.at);
        if !self.hands.contains(&head.by) {
            self.hands.push(head.by.clone());
        }
        self.approved_by = None;
        self.digest = held.map(|held| held.digest);
        self.summary = held.map(|held| held.body.summary.clone());
        self.last = position;
    }

    pub fn done(&mut self, at: Time) {
        self.changed_at = at;
        self.summary = None;
        self.reason = None;
    }

    pub(super) fn shown(&self) -> Draft {
        Draft {
            id: DraftId(self.id),
            version: self.version,
            state: self.state,
            made_at: self.made_at,
            made_by: self.made_by.clone(),
            changed_at: self.changed_at,
            hands: self.hands.clone(),
            changed: self.changed,
            again: self.again,
            approved_by: self.approved_by.clone(),
            returned_by: self.returned_by.clone(),
            reason: self.reason.clone(),
            request: self.request.map(RequestId),
            summary: self.summary.clone(),
        }
    }
}

/// The rule of the second person. `touched`: changed by hand, or submitted anew.
fn waits(no: bool, touched: bool) -> DraftState {
    if no || touched { DraftState::ToReview } else { DraftState::ToIssue }
}
