//! Drafts: documents that wait for somebody to approve them, and the rule of the second person (四眼).
//!
//! ```text
//! submit ─► 待签发 ToIssue ──approve (operator)──► Issuing ─► 已签发 Issued, the document's key is overwritten
//!      └──► 待复核 ToReview ─approve (reviewer)──┘    └─ refused by `submit` ─► 已退回 Returned ─edit─► 待复核 …
//!               └──────────── return with a reason ────────────────────────┘
//! any that waits ──discard──► 已作废 Discarded, the document's key is overwritten
//! ```
//!
//! A report with a claim that comes out NO, or that was changed by hand after it was first submitted, needs a second
//! person: a reviewer who neither submitted nor edited it. The operator approves everything else himself. A document whose
//! number was submitted as a draft before needs one too, so that discarding and submitting anew is no way round: what the
//! first one said may be gone by then. Not so where these very bytes are certified already.
//!
//! Whoever acts names the version that he looked at; if it is not the current one he is told, and nothing happens.
//! Approving is `Office::submit` with the draft's own idempotency key: a crash after the approval is durable ends in
//! exactly one certificate, at the next start if need be. Not here: issuing (`issue`), a draft in memory (`row`), what will be
//! issued, which is `Office::preview`.

mod issue;
mod row;

use serde::{Deserialize, Serialize};
use verifier::limits;
use verifier::number::CertificateNumber;
use verifier::registry::ClaimValue;
use verifier::time::Time;

use super::record::{self, DraftBody, DraftHead, EditedHead, Event, Held, Kind, StepHead};
use super::words::{self, NOTE_MAX};
use super::{Actor, Desk, OPEN_DRAFTS_MAX, RequestId, Standing};
use crate::journal::Position;
use crate::office::record::{framed, json};
use crate::office::{Accepted, Preview, Submission, SubmissionKind, random_digits};
use crate::people::{self, AccountId};
use crate::refusal::{Refusal, RefusalCode};
use crate::vault::Slot;
pub(super) use row::DraftRow;

/// A draft's number: 1 for the office's first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DraftId(pub u64);

/// Where a draft is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftState {
    /// 待复核: waits for the second person.
    ToReview,
    /// 待签发: waits for the operator.
    ToIssue,
    /// Approved, and being issued this moment.
    Issuing,
    /// 已签发.
    Issued(CertificateNumber),
    /// 已退回: by the reviewer with a reason, or because `submit` refused it, with its code.
    Returned,
    /// 已作废.
    Discarded,
}

impl DraftState {
    /// Whether something is to be done still.
    pub fn is_open(self) -> bool {
        !matches!(self, DraftState::Issued(_) | DraftState::Discarded)
    }
}

/// What a list says of a draft; sealed with the document, gone with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftSummary {
    /// The certificate's title.
    pub title: String,
    /// The holder's name, masked for natural persons.
    pub holder: String,
    /// The holder's code; empty for natural persons and files.
    pub code: String,
    /// Claims that come out NO.
    pub no: u32,
    /// Claims that come out NOT_COVERED.
    pub not_covered: u32,
}

impl DraftSummary {
    fn of(preview: &Preview) -> Self {
        let holder = preview.core.holder();
        let count =
            |value: ClaimValue| preview.core.claims().iter().filter(|claim| claim.value() == value).count();
        DraftSummary {
            title: preview.core.title().to_owned(),
            holder: holder.map(|holder| holder.name().to_owned()).unwrap_or_default(),
            code: preview.holder_code().unwrap_or_default().to_owned(),
            no: count(ClaimValue::No) as u32,
            not_covered: count(ClaimValue::NotCovered) as u32,
        }
    }
}

/// A draft as lists show it.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Draft {
    /// Its number.
    pub id: DraftId,
    /// Counts up with everything that happens to it. Whoever acts names the one that he looked at.
    pub version: u32,
    /// Where it is.
    pub state: DraftState,
    /// When it was submitted.
    pub made_at: Time,
    /// By which account.
    pub made_by: String,
    /// When something last happened to it.
    pub changed_at: Time,
    /// Every account that submitted or edited it.
    pub hands: Vec<String>,
    /// Whether it is another document than was first submitted.
    pub changed: bool,
    /// Whether a draft with the same report number had been submitted before.
    pub again: bool,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// Who returned it.
    pub returned_by: Option<String>,
    /// Why it was returned: the reviewer's words, or a code of `submit`.
    pub reason: Option<String>,
    /// The request that it answers.
    pub request: Option<RequestId>,
    /// What it is; `None` once it is done with.
    pub summary: Option<DraftSummary>,
}

/// A draft with its document.
#[derive(Clone, Debug)]
pub struct Opened {
    /// The draft.
    pub draft: Draft,
    /// What will be submitted.
    pub submission: Submission,
    /// The bytes as first submitted, where they were changed.
    pub original: Option<Vec<u8>>,
}

/// What becomes a draft.
#[derive(Clone, Debug)]
pub struct Draftable {
    /// The document. An idempotency key of its own is not used.
    pub submission: Submission,
    /// The request that it answers, if any.
    pub request: Option<RequestId>,
}

impl Desk<'_> {
    /// Takes a document as a draft: durable when this returns. One that waits already, with the same bytes, is the same
    /// draft.
    ///
    /// # Errors
    /// What is wrong with the document; `CONFLICT` where its number was certified with other bytes; `REQUEST_UNKNOWN`,
    /// `REQUEST_CLOSED`, `REQUEST_HOLDER`; `DESK_FULL`, `ROLE_NOT_ALLOWED`.
    pub fn submit_draft(&self, by: &Actor, draftable: &Draftable) -> Result<Draft, Refusal> {
        self.office.alive()?;
        self.needs(by, Standing::Operator)?;
        let preview = self.office.preview(&draftable.submission)?;
        let request = draftable.request.map(|id| id.0);
        if let Some(id) = request {
            let holder = self.request(RequestId(id))?.terms.holder;
            if preview.holder_code() != Some(holder.as_str()) {
                return Err(Refusal::new(RefusalCode::RequestHolder).at("/subject/uscc").right(holder));
            }
        }
        let digest = record::digest(&draftable.submission.bytes);
        let (body, no) = self.body(&draftable.submission, &preview);
        let slot = self.store.vault.allocate()?.0;
        let clear = framed(&body, &draftable.submission.bytes);
        let sealed = self.store.seal(slot, Kind::Draft, clear)?;
        let mut head = DraftHead {
            slot,
            key: format!("desk/{}", random_digits::<38>()?),
            at: self.office.now().seconds(),
            by: by.account.clone(),
            no,
            request,
            own: preview.own,
            again: false,
        };
        let (id, ticket) = {
            let mut state = self.store.state();
            if let Some(id) = state.digests.get(&digest) {
                let known = state.draft(*id).filter(|row| row.request == request).map(DraftRow::shown);
                // The key that was allocated is of nothing, and stays so.
                return known.ok_or_else(|| Refusal::new(RefusalCode::DraftChanged).found(id));
            }
            if state.open_drafts >= OPEN_DRAFTS_MAX {
                return Err(Refusal::new(RefusalCode::DeskFull).right(OPEN_DRAFTS_MAX));
            }
            if let Some(id) = request {
                self.asked(&state, id)?;
            }
            // Certified already with these very bytes: approving it changes nothing.
            let again = head.own.as_ref().is_some_and(|own| state.owns.contains(own));
            head.again = again && preview.known.is_none();
            let payload = record::payload(&head, &sealed);
            let event = Event::Draft(head, Some(Held { body, digest }));
            let ticket = self.stopping(self.store.append(&mut state, Kind::Draft, &payload, event))?;
            (state.drafts.len() as u64, ticket)
        };
        self.stopping(self.store.wait(ticket))?;
        self.draft(DraftId(id))
    }

    /// A draft.
    ///
    /// # Errors
    /// `DRAFT_UNKNOWN`.
    pub fn draft(&self, id: DraftId) -> Result<Draft, Refusal> {
        let state = self.store.state();
        let row = state.draft(id.0).ok_or_else(|| Refusal::new(RefusalCode::DraftUnknown).found(id.0))?;
        Ok(row.shown())
    }

    /// A draft with its document.
    ///
    /// # Errors
    /// `DRAFT_UNKNOWN`; `DRAFT_CHANGED` where it is done with and the document is gone.
    pub fn open_draft(&self, id: DraftId) -> Result<Opened, Refusal> {
        let row = self.row(id)?;
        let (body, bytes) = self.held(&row, row.last)?;
        let original = match row.changed {
            true => Some(self.held(&row, row.first)?.1),
            false => None,
        };
        Ok(Opened { draft: row.shown(), submission: submission(body, bytes), original })
    }

    /// The drafts that wait, those that wait longest first.
    pub fn open_drafts(&self) -> Vec<Draft> {
        self.store.state().drafts.iter().filter(|row| row.state.is_open()).map(DraftRow::shown).collect()
    }

    /// The drafts that are done with, the last first, at most `limit`.
    pub fn done_drafts(&self, limit: usize) -> Vec<Draft> {
        let state = self.store.state();
        state
            .drafts
            .iter()
            .rev()
            .filter(|row| !row.state.is_open())
            .take(limit)
            .map(DraftRow::shown)
            .collect()
    }

    /// Changes a draft by hand: other bytes in its place. Back to what was first submitted is no change.
    ///
    /// # Errors
    /// What is wrong with the document; `DRAFT_CHANGED`, `DRAFT_KIND`, `ROLE_NOT_ALLOWED`, `REQUEST_HOLDER`.
    pub fn edit_draft(
        &self,
        by: &Actor,
        id: DraftId,
        version: u32,
        bytes: Vec<u8>,
    ) -> Result<Draft, Refusal> {
        self.office.alive()?;
        self.needs(by, Standing::Operator)?;
        let row = self.row(id)?;
        let current = |row: &DraftRow| {
            row.version == version && row.state.is_open() && row.state != DraftState::Issuing
        };
        if !current(&row) {
            return Err(self.changed(id));
        }
        let (body, first) = self.held(&row, row.first)?;
        if let Some((name, _)) = body.file {
            return Err(Refusal::new(RefusalCode::DraftKind).found(name));
        }
        // Another spacing is no change: what is certified are the values.
        let value = |bytes: &[u8]| verifier::json::parse(bytes, limits::DOCUMENT_BYTES).ok();
        let changed = first != bytes && value(&first) != value(&bytes);
        let submission = Submission {
            bytes,
            kind: SubmissionKind::Json,
            idempotency_key: None,
            corrects: corrected(&body),
            qr: body.qr,
        };
        let preview = self.office.preview(&submission)?;
        if let Some(request) = row.request {
            let holder = self.request(RequestId(request))?.terms.holder;
            if preview.holder_code() != Some(holder.as_str()) {
                return Err(Refusal::new(RefusalCode::RequestHolder).at("/subject/uscc").right(holder));
            }
        }
        let digest = record::digest(&submission.bytes);
        let (body, no) = self.body(&submission, &preview);
        let sealed = self.sealed(&row, Kind::Edited, framed(&body, &submission.bytes))?;
        let ticket = {
            let mut state = self.store.state();
            // Two operators at once: the first is in, the second is told.
            if !state.draft(id.0).is_some_and(current) {
                return Err(self.changed(id));
            }
            let head = EditedHead {
                draft: id.0,
                slot: row.slot,
                version: version + 1,
                at: self.office.now().seconds(),
                by: by.account.clone(),
                no,
                changed,
            };
            let payload = record::payload(&head, &sealed);
            let event = Event::Edited(head, Some(Held { body, digest }));
            self.stopping(self.store.append(&mut state, Kind::Edited, &payload, event))?
        };
        self.stopping(self.store.wait(ticket))?;
        self.draft(id)
    }

    /// Approves a draft and issues it: the certificate's promise is durable when this returns. The same account again is
    /// told the same.
    ///
    /// # Errors
    /// `FOUR_EYES`, `ROLE_NOT_ALLOWED`, `DRAFT_CHANGED`, `DRAFT_UNKNOWN`; what `Office::submit` refuses: then the draft is
    /// returned with that code.
    pub fn approve_draft(&self, by: &Actor, id: DraftId, version: u32) -> Result<Accepted, Refusal> {
        self.office.alive()?;
        let ticket = {
            let mut state = self.store.state();
            let row = state.draft(id.0).ok_or_else(|| Refusal::new(RefusalCode::DraftUnknown).found(id.0))?;
            let again = row.version == version && row.approved_by.as_ref() == Some(&by.account);
            match &row.state {
                DraftState::ToReview | DraftState::ToIssue if row.version != version => {
                    return Err(self.changed(id));
                }
                DraftState::ToReview => self.second_person(by, row)?,
                DraftState::ToIssue => self.needs(by, Standing::Operator)?,
                DraftState::Issued(number) if again => {
                    let number = *number;
                    drop(state);
                    return self.office.accepted(&number);
                }
                DraftState::Issuing if again => {
                    drop(state);
                    return self.issue(id);
                }
                _ => return Err(self.changed(id)),
            }
            let head = self.step(by, row);
            let payload = record::payload(&head, &[]);
            let event = Event::Approved(head);
            self.stopping(self.store.append(&mut state, Kind::Approved, &payload, event))?
        };
        // The commit point. A crash before: the draft waits as it did. A crash after: the start issues it.
        self.stopping(self.store.wait(ticket))?;
        self.issue(id)
    }

    /// Gives a draft back to the operator.
    ///
    /// # Errors
    /// `DRAFT_CHANGED`, `ROLE_NOT_ALLOWED`, `DESK_TEXT` without a reason.
    pub fn return_draft(
        &self,
        by: &Actor,
        id: DraftId,
        version: u32,
        reason: &str,
    ) -> Result<Draft, Refusal> {
        self.office.alive()?;
        self.needs(by, Standing::Reviewer)?;
        let reason = words::said("/reason", reason, NOTE_MAX)?;
        let row = self.row(id)?;
        let sealed = self.sealed(&row, Kind::Returned, json(&reason))?;
        let ticket = {
            let mut state = self.store.state();
            let row = state.draft(id.0).filter(|row| {
                row.version == version && matches!(row.state, DraftState::ToReview | DraftState::ToIssue)
            });
            let Some(row) = row else { return Err(self.changed(id)) };
            let head = self.step(by, row);
            let payload = record::payload(&head, &sealed);
            let event = Event::Returned(head, Some(reason));
            self.stopping(self.store.append(&mut state, Kind::Returned, &payload, event))?
        };
        self.stopping(self.store.wait(ticket))?;
        self.draft(id)
    }

    /// Drops a draft; its document is gone for good. A request that it answered waits again.
    ///
    /// # Errors
    /// `DRAFT_CHANGED`, `ROLE_NOT_ALLOWED`.
    pub fn discard_draft(&self, by: &Actor, id: DraftId, version: u32) -> Result<Draft, Refusal> {
        self.office.alive()?;
        self.needs(by, Standing::Operator)?;
        let (ticket, slot) = {
            let mut state = self.store.state();
            let row = state.draft(id.0).filter(|row| {
                row.version == version && row.state.is_open() && row.state != DraftState::Issuing
            });
            let Some(row) = row else { return Err(self.changed(id)) };
            let (head, slot) = (self.step(by, row), row.slot);
            let payload = record::payload(&head, &[]);
            let event = Event::Discarded(head);
            (self.stopping(self.store.append(&mut state, Kind::Discarded, &payload, event))?, slot)
        };
        self.stopping(self.store.wait(ticket))?;
        self.stopping(self.store.vault.erase(Slot(slot)).map_err(Refusal::from))?;
        self.draft(id)
    }

    fn second_person(&self, by: &Actor, row: &DraftRow) -> Result<(), Refusal> {
        let had_a_hand = |hand: &String| *hand == by.account || self.same_person(hand, &by.account);
        match by.standing == Standing::Reviewer && !row.hands.iter().any(had_a_hand) {
            true => Ok(()),
            false => Err(Refusal::new(RefusalCode::FourEyes)),
        }
    }

    /// Whether two accounts are one person's, however the name is spaced and written.
    fn same_person(&self, one: &str, other: &str) -> bool {
        let person = |id: &str| {
            let account = self.office.people().account(AccountId::parse(id)?)?;
            Some(people::same_person(account.person()))
        };
        person(one).is_some_and(|one| person(other) == Some(one))
    }

    pub(super) fn needs(&self, by: &Actor, standing: Standing) -> Result<(), Refusal> {
        match by.standing == standing {
            true => Ok(()),
            false => Err(Refusal::new(RefusalCode::RoleNotAllowed)),
        }
    }

    /// After a failed write nothing more is promised.
    pub(super) fn stopping<T>(&self, done: Result<T, Refusal>) -> Result<T, Refusal> {
        done.map_err(|refusal| self.office.stop(refusal))
    }

    fn row(&self, id: DraftId) -> Result<DraftRow, Refusal> {
        let state = self.store.state();
        state.draft(id.0).cloned().ok_or_else(|| Refusal::new(RefusalCode::DraftUnknown).found(id.0))
    }

    /// Seals under a draft's key. Where that is gone, somebody issued or discarded the draft.
    fn sealed(&self, row: &DraftRow, kind: Kind, clear: Vec<u8>) -> Result<Vec<u8>, Refusal> {
        self.store.seal(row.slot, kind, clear).map_err(|refusal| match refusal.code() {
            RefusalCode::VaultSlotErased => self.changed(DraftId(row.id)),
            _ => refusal,
        })
    }

    fn changed(&self, id: DraftId) -> Refusal {
        Refusal::new(RefusalCode::DraftChanged).found(id.0)
    }

    fn step(&self, by: &Actor, row: &DraftRow) -> StepHead {
        StepHead {
            draft: row.id,
            slot: row.slot,
            version: row.version,
            at: self.office.now().seconds(),
            by: by.account.clone(),
        }
    }

    fn body(&self, submission: &Submission, preview: &Preview) -> (DraftBody, bool) {
        let file = match &submission.kind {
            SubmissionKind::Json => None,
            SubmissionKind::File { name, media_type } => Some((name.clone(), media_type.clone())),
        };
        let summary = DraftSummary::of(preview);
        let no = summary.no > 0;
        let corrects = submission.corrects.map(|number| number.to_string());
        (DraftBody { file, qr: submission.qr, corrects, summary }, no)
    }

    /// The document that a record of this draft holds.
    fn held(&self, row: &DraftRow, position: Position) -> Result<(DraftBody, Vec<u8>), Refusal> {
        let damaged = |what: String| Refusal::new(RefusalCode::SelfCheckFailed).found(what);
        if !row.state.is_open() {
            return Err(self.changed(DraftId(row.id)));
        }
        let record = self.stopping(self.store.read(position))?;
        let kind = if position == row.first { Kind::Draft } else { Kind::Edited };
        let (_, sealed) = record::head::<serde::de::IgnoredAny>(&record.payload).map_err(damaged)?;
        let held = record::document(&self.store.vault, row.slot, kind, sealed).map_err(damaged)?;
        // Somebody issued or discarded it this moment.
        let (body, bytes) = held.ok_or_else(|| self.changed(DraftId(row.id)))?;
        Ok((body, bytes.to_vec()))
    }
}

fn submission(body: DraftBody, bytes: Vec<u8>) -> Submission {
    let corrects = corrected(&body);
    let kind = match body.file {
        None => SubmissionKind::Json,
        Some((name, media_type)) => SubmissionKind::File { name, media_type },
    };
    Submission { bytes, kind, idempotency_key: None, corrects, qr: body.qr }
}

/// The certificate that a draft corrects.
fn corrected(body: &DraftBody) -> Option<CertificateNumber> {
    CertificateNumber::parse(body.corrects.as_deref()?).ok()
}
