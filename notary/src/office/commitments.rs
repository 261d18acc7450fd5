//! The commitments that the office has, as rows of the national layout.
//!
//! ```text
//! commitments(0, 500)   →   rows, and where to go on
//! ```
//!
//! How a commitment is kept is told as it is now, by its events. Left out, and counted: what was erased, what is no longer in force (revoked, replaced, withdrawn), and what the layout
//! has no form for. Not here: files (`import`).

use verifier::status::Status;

use super::Office;
use crate::commitment::Days;
use crate::document::Body;
use crate::import::{commitment_cells, commitment_cells_now};
use crate::refusal::{Refusal, RefusalCode};

/// Documents that are looked at in one call.
pub const COMMITMENTS_AT_A_TIME: usize = 500;

/// Some of the office's commitments.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Commitments {
    /// Their cells in the order of the layout.
    pub rows: Vec<Vec<String>>,
    /// Commitments that are left out, because they were revoked, replaced or withdrawn.
    pub ended: u64,
    /// Commitments that the layout has no form for.
    pub formless: u64,
    /// Documents that were erased, of whatever kind.
    pub erased: u64,
    /// Where to go on; nothing where this was the end.
    pub next: Option<u32>,
}

impl Office {
    /// The commitments among the documents from this number of acceptance on.
    ///
    /// # Errors
    /// Damage that is found on the way.
    pub fn commitments(&self, from: u32) -> Result<Commitments, Refusal> {
        let (docs, total) = {
            let state = self.state();
            let some = state.docs.iter().skip(from as usize).take(COMMITMENTS_AT_A_TIME);
            let status = |index: Option<u64>| index.map_or(Status::Valid, |index| state.status_of(index));
            (some.map(|doc| (doc.erased, status(doc.index))).collect::<Vec<_>>(), state.docs.len())
        };
        let mut found = Commitments::default();
        let days = Days { calendar: self.work_calendar()?, deadlines: self.deadlines()? };
        for (doc, (erased, status)) in (from..).zip(&docs) {
            if *erased {
                found.erased += 1;
                continue;
            }
            let (_, private, bytes) = match self.opened(doc) {
                // It may have been erased a moment ago.
                Err(refusal) if refusal.code() == RefusalCode::Erased => {
                    found.erased += 1;
                    continue;
                }
                opened => opened?,
            };
            if private.file.is_some() {
                continue;
            }
            let document = private.document(&bytes)?;
            let Body::Commitment(commitment) = document.body() else { continue };
            if matches!(status, Status::Revoked | Status::Replaced | Status::Withdrawn) {
                found.ended += 1;
                continue;
            }
            // What was collected with a result goes out as it came in, until somebody here objects or determines anew.
            let cells = match self.commitment_desk().changed(doc, commitment, &days)? {
                None => commitment_cells(commitment),
                Some(present) => commitment_cells_now(commitment, &present),
            };
            match cells {
                Some(cells) => found.rows.push(cells),
                None => found.formless += 1,
            }
        }
        let next = from as usize + docs.len();
        found.next = u32::try_from(next).ok().filter(|_| next < total);
        Ok(found)
    }
}
