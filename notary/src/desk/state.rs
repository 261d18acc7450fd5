//! What the desk's journal says, in memory: rebuilt from the first record at every start, kept up by the same function.
//!
//! ```text
//! receipts  number → place of its record          today  account → its receipts of the newest day
//! drafts    1, 2, 3 … in order of submission      requests  1, 2, 3 … in order of asking
//! ```
//!
//! Every record is checked against what stands before it, so that a journal that contradicts itself is not opened.
//! About 100 bytes a receipt: a year of a busy hall (300 a day at 10 windows) needs some 100 MB. Not here: who may do what.

use std::collections::{HashMap, HashSet};

use verifier::number::CertificateNumber;
use verifier::time::{Date, Time};

use super::draft::{DraftRow, DraftState};
use super::number::ReceiptNumber;
use super::record::{Event, Held, StepHead};
use super::request::{RequestRow, RequestState};
use crate::journal::Position;
use crate::office::record::time;
use crate::vault::Slot;

/// A receipt in memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct ReceiptRow {
    pub position: Position,
}

/// What the journal says.
#[derive(Debug, Default)]
pub(super) struct State {
    pub receipts: HashMap<ReceiptNumber, ReceiptRow>,
    /// The newest day of receipts, the key of that day, and each account's receipts of it, oldest first.
    pub day: Option<(Date, u64)>,
    pub today: HashMap<String, Vec<Position>>,
    pub drafts: Vec<DraftRow>,
    pub requests: Vec<RequestRow>,
    /// Drafts that are not done, by the digest of their bytes.
    pub digests: HashMap<[u8; 32], u64>,
    /// Own numbers of every document that was ever submitted as a draft, by their digests.
    pub owns: HashSet<String>,
    pub open_drafts: usize,
    pub open_requests: usize,
    slots: u64,
}

impl State {
    /// Takes a record. The error says what in it contradicts the records before.
    pub fn apply(&mut self, event: Event, position: Position) -> Result<(), String> {
        match event {
            Event::Receipt(head) => {
                let number = ReceiptNumber::parse(&head.number).map_err(|refusal| refusal.to_string())?;
                let day = time(head.at).china_date();
                if self.receipts.insert(number, ReceiptRow { position }).is_some() {
                    return Err("a receipt's number stands twice".to_owned());
                }
                if self.day.is_none_or(|(newest, _)| newest != day) {
                    self.today.clear();
                }
                self.day = Some((day, head.slot));
                self.today.entry(head.account).or_default().push(position);
                self.slot(head.slot);
            }
            Event::Draft(head, held) => {
                let id = self.drafts.len() as u64 + 1;
                if let Some(request) = head.request {
                    let request = self.request_mut(request)?;
                    if request.state != RequestState::Asked {
                        return Err("a draft for a request that does not wait".to_owned());
                    }
                    request.state = RequestState::InWork;
                    request.draft = Some(id);
                    request.changed_at = time(head.at);
                }
                self.slot(head.slot);
                self.owns.extend(head.own.clone());
                self.remember(id, None, held.as_ref());
                self.drafts.push(DraftRow::new(id, &head, position, held));
                self.open_drafts += 1;
            }
            Event::Edited(head, held) => {
                let row = self.draft_mut(head.draft)?;
                let open =
                    matches!(row.state, DraftState::ToReview | DraftState::ToIssue | DraftState::Returned);
                if !open || head.version != row.version + 1 || head.slot != row.slot {
                    return Err("an edit that does not follow".to_owned());
                }
                let before = row.digest;
                row.edited(&head, position, held.as_ref());
                self.remember(head.draft, before, held.as_ref());
            }
            Event::Approved(head) => {
                let row = self.step(&head)?;
                if !matches!(row.state, DraftState::ToReview | DraftState::ToIssue) {
                    return Err("an approval of a draft that does not wait".to_owned());
                }
                row.before = row.state;
                row.state = DraftState::Issuing;
                row.approved_by = Some(head.by);
                row.changed_at = time(head.at);
            }
            Event::Issued(head) => {
                let number = CertificateNumber::parse(&head.number).map_err(|refused| refused.to_string())?;
                let row = self.draft_mut(head.draft)?;
                if row.state != DraftState::Issuing {
                    return Err("issued without an approval".to_owned());
                }
                row.state = DraftState::Issued(number);
                row.done(time(head.at));
                let (request, digest) = (row.request, row.digest.take());
                self.close(digest);
                if let Some(request) = request {
                    let request = self.request_mut(request)?;
                    request.state = RequestState::Issued(number);
                    request.changed_at = time(head.at);
                    self.open_requests = self.open_requests.saturating_sub(1);
                }
            }
            Event::NotIssued(head) => {
                let row = self.draft_mut(head.draft)?;
                if row.state != DraftState::Issuing {
                    return Err("not issued without an approval".to_owned());
                }
                row.state = DraftState::Returned;
                row.version += 1;
                row.reason = Some(head.code);
                row.changed_at = time(head.at);
            }
            Event::Returned(head, reason) => {
                let row = self.step(&head)?;
                if !matches!(row.state, DraftState::ToReview | DraftState::ToIssue) {
                    return Err("a draft returned that does not wait".to_owned());
                }
                row.state = DraftState::Returned;
                row.version += 1;
                row.reason = reason;
                row.returned_by = Some(head.by);
                row.changed_at = time(head.at);
            }
            Event::Discarded(head) => {
                let row = self.step(&head)?;
                if !row.state.is_open() || row.state == DraftState::Issuing {
                    return Err("a draft discarded that does not wait".to_owned());
                }
                row.state = DraftState::Discarded;
                row.done(time(head.at));
                let (request, digest) = (row.request, row.digest.take());
                self.close(digest);
                if let Some(request) = request {
                    let request = self.request_mut(request)?;
                    request.state = RequestState::Asked;
                    request.draft = None;
                    request.changed_at = time(head.at);
                }
            }
            Event::Request(head, asked) => {
                let id = self.requests.len() as u64 + 1;
                self.slot(head.slot);
                self.requests.push(RequestRow::new(id, &head, asked)?);
                self.open_requests += 1;
            }
            Event::Closed(head, reason) => {
                let row = self.request_mut(head.request)?;
                if row.state != RequestState::Asked {
                    return Err("a request closed that does not wait".to_owned());
                }
                row.state = if head.refused { RequestState::Refused } else { RequestState::Withdrawn };
                row.reason = reason;
                row.changed_at = time(head.at);
                self.open_requests = self.open_requests.saturating_sub(1);
            }
        }
        Ok(())
    }

    /// One more than the highest slot that a record names.
    pub fn slots(&self) -> u64 {
        self.slots
    }

    /// The keys of what is done with.
    pub fn to_erase(&self) -> Vec<Slot> {
        self.drafts.iter().filter(|row| !row.state.is_open()).map(|row| Slot(row.slot)).collect()
    }

    /// A draft by its number.
    pub fn draft(&self, id: u64) -> Option<&DraftRow> {
        self.drafts.get(usize::try_from(id.checked_sub(1)?).ok()?)
    }

    /// A request by its number.
    pub fn request(&self, id: u64) -> Option<&RequestRow> {
        self.requests.get(usize::try_from(id.checked_sub(1)?).ok()?)
    }

    /// The key for receipts of this day, if there is one.
    pub fn key_of_day(&self, now: Time) -> Option<u64> {
        self.day.filter(|(day, _)| *day == now.china_date()).map(|(_, slot)| slot)
    }

    fn draft_mut(&mut self, id: u64) -> Result<&mut DraftRow, String> {
        let place = id.checked_sub(1).and_then(|n| usize::try_from(n).ok());
        place.and_then(|n| self.drafts.get_mut(n)).ok_or_else(|| format!("there is no draft {id}"))
    }

    fn request_mut(&mut self, id: u64) -> Result<&mut RequestRow, String> {
        let place = id.checked_sub(1).and_then(|n| usize::try_from(n).ok());
        place.and_then(|n| self.requests.get_mut(n)).ok_or_else(|| format!("there is no request {id}"))
    }

    /// The draft of a step, which somebody took looking at its current version.
    fn step(&mut self, head: &StepHead) -> Result<&mut DraftRow, String> {
        let row = self.draft_mut(head.draft)?;
        match row.version == head.version {
            true => Ok(row),
            false => Err(format!("draft {}: version {} is not the current one", head.draft, head.version)),
        }
    }

    fn remember(&mut self, id: u64, before: Option<[u8; 32]>, held: Option<&Held>) {
        if let Some(before) = before {
            self.digests.remove(&before);
        }
        if let Some(held) = held {
            self.digests.insert(held.digest, id);
        }
    }

    fn close(&mut self, digest: Option<[u8; 32]>) {
        if let Some(digest) = digest {
            self.digests.remove(&digest);
        }
        self.open_drafts = self.open_drafts.saturating_sub(1);
    }

    fn slot(&mut self, slot: u64) {
        self.slots = self.slots.max(slot + 1);
    }
}
