//! From an approved draft to its certificate, across a crash.
//!
//! ```text
//! approved (durable) ─► Office::submit with the draft's key ─► issued (durable) ─► the document's key is overwritten
//!                                                      └► refused: returned to the operator with the code
//! ```

use super::{DraftId, DraftState, submission};
use crate::desk::Desk;
use crate::desk::record::{self, Event, IssuedHead, Kind, NotIssuedHead};
use crate::office::{Accepted, Provenance, Via};
use crate::people::AccountId;
use crate::refusal::Refusal;
use crate::vault::Slot;

impl Desk<'_> {
    /// Issues what was approved and not issued when the process ended. What can't be issued is returned.
    pub(crate) fn finish(&self) -> Result<usize, Refusal> {
        let left: Vec<DraftId> = {
            let state = self.store.state();
            let issuing = state.drafts.iter().filter(|row| row.state == DraftState::Issuing);
            issuing.map(|row| DraftId(row.id)).collect()
        };
        for id in &left {
            if let Err(refusal) = self.issue(*id) {
                self.office.alive().map_err(|_| refusal)?;
            }
        }
        Ok(left.len())
    }

    /// Issues an approved draft. May be done twice: `submit` knows the key.
    pub(super) fn issue(&self, id: DraftId) -> Result<Accepted, Refusal> {
        let row = self.row(id)?;
        if let DraftState::Issued(number) = row.state {
            return self.office.accepted(&number);
        }
        let (body, bytes) = self.held(&row, row.last)?;
        let mut submission = submission(body, bytes);
        submission.idempotency_key = Some(row.key.clone());
        let accepted = match self.office.submit_from(submission, Some(self.provenance(id)?)) {
            Ok(accepted) => accepted,
            Err(refusal) => {
                // A stopped office knows nothing for certain: the next start tries again.
                self.office.alive()?;
                self.not_issued(id, &refusal)?;
                return Err(refusal);
            }
        };
        let ticket = {
            let mut state = self.store.state();
            match state.draft(id.0).map(|row| row.state) {
                Some(DraftState::Issuing) => {
                    let number = accepted.number.as_str().to_owned();
                    let head = IssuedHead { draft: id.0, number, at: self.office.now().seconds() };
                    let payload = record::payload(&head, &[]);
                    let event = Event::Issued(head);
                    Some(self.stopping(self.store.append(&mut state, Kind::Issued, &payload, event))?)
                }
                // Somebody was faster with the same.
                _ => None,
            }
        };
        // A crash before this is durable: the start submits again and is given the same certificate.
        if let Some(ticket) = ticket {
            self.stopping(self.store.wait(ticket))?;
            self.stopping(self.store.vault.erase(Slot(row.slot)).map_err(Refusal::from))?;
        }
        Ok(accepted)
    }

    /// Where a draft came from: who made it and when, and who approved it.
    fn provenance(&self, id: DraftId) -> Result<Provenance, Refusal> {
        let draft = self.draft(id)?;
        let account = AccountId::parse(&draft.made_by).and_then(|id| self.office.people().account(id));
        let unit = account.map(|account| account.unit().to_owned()).unwrap_or_default();
        let provenance = Provenance::new(draft.made_at, Via::Page, draft.made_by.clone(), unit);
        Ok(Provenance { approved_by: draft.approved_by, ..provenance })
    }

    fn not_issued(&self, id: DraftId, refusal: &Refusal) -> Result<(), Refusal> {
        let ticket = {
            let mut state = self.store.state();
            if state.draft(id.0).is_none_or(|row| row.state != DraftState::Issuing) {
                return Ok(());
            }
            let code = refusal.code().as_str().to_owned();
            let head = NotIssuedHead { draft: id.0, code, at: self.office.now().seconds() };
            let payload = record::payload(&head, &[]);
            let event = Event::NotIssued(head);
            self.stopping(self.store.append(&mut state, Kind::NotIssued, &payload, event))?
        };
        self.stopping(self.store.wait(ticket))
    }
}
