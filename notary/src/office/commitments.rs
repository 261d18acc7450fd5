//! The commitments that the office has, as rows of the national layout; and what subjects are called in it.
//!
//! ```text
//! commitments(0, 500)   →   rows, and where to go on
//! ```
//!
//! How a commitment is kept is told as it is now, by its events. Left out, and counted: what was erased, what is no longer in force (revoked, replaced, withdrawn), and what the layout
//! has no form for. Not here: files (`import`).

use std::collections::BTreeSet;

use verifier::status::Status;

use super::Office;
use super::accept::internal;
use crate::code::UnifiedCode;
use crate::commitment::Days;
use crate::document::Body;
use crate::import::{commitment_cells, commitment_cells_now};
use crate::refusal::{Refusal, RefusalCode};

/// Documents that are looked at in one call.
pub const COMMITMENTS_AT_A_TIME: usize = 500;
/// Documents of one code that are asked for its name.
const NAMED_BY_MAX: usize = 8;

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

    /// The names under which documents of the office know these codes, the first few documents of each.
    ///
    /// # Errors
    /// `LIST_LONG`; damage that is found on the way.
    pub fn names_of(&self, codes: &[UnifiedCode]) -> Result<Vec<Vec<String>>, Refusal> {
        if codes.len() > super::AT_ONCE_MAX {
            return Err(Refusal::new(RefusalCode::ListLong).found(codes.len()).right(super::AT_ONCE_MAX));
        }
        codes.iter().map(|code| self.names_of_one(code)).collect()
    }

    fn names_of_one(&self, code: &UnifiedCode) -> Result<Vec<String>, Refusal> {
        let prefix = format!("h/{}/", self.holder_tag(code.as_str()));
        let rows = self.indexed(self.index.scan_prefix(prefix.as_bytes(), None, NAMED_BY_MAX))?;
        let mut names = BTreeSet::new();
        for (_, doc) in rows {
            let doc = doc.try_into().map(u32::from_be_bytes).map_err(|_| internal("holder's row"))?;
            let (_, private, bytes) = match self.opened(doc) {
                Err(refusal) if refusal.code() == RefusalCode::Erased => continue,
                opened => opened?,
            };
            if private.file.is_none()
                && let Some(party) = private.document(&bytes)?.holder()
            {
                names.insert(party.name.clone());
            }
        }
        Ok(names.into_iter().collect())
    }
}
