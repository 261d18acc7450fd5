//! The head of the operator log, sealed into the ledger once a day: from then on it can't be cut off or rewritten before it.
//!
//! Here: when, and that the log still leads there. Not here: the log (`operator_log`), the text (`verifier::log_head`).

use verifier::base64;
use verifier::entry::{PublicKind, public_preimage};
use verifier::log_head::LogHead;

use super::Office;
use super::accept::internal;
use super::record::{self, Kind, Public};
use super::state::State;
use crate::operator_log::OperatorLog;
use crate::refusal::{Refusal, RefusalCode};

/// Between two heads in the ledger, at least.
const EVERY_S: u64 = 86_400;

impl Office {
    /// Whether the log has grown, and its last head in the ledger (its first entry, where there is none) is a day old.
    pub fn log_head_due(&self) -> bool {
        let size = self.operator_log.head().size;
        let last = self.state().log_head.as_ref().map(|head| (head.entries, head.time));
        let since = match last {
            Some((entries, time)) => (entries < size).then_some(time),
            None => self.operator_log.began(),
        };
        since.is_some_and(|since| self.now().since(since) >= EVERY_S)
    }

    /// Puts the log's head in line for the ledger; the next batch has it.
    ///
    /// # Errors
    /// `OFFICE_STOPPED` after a failed write.
    pub fn seal_log_head(&self) -> Result<(), Refusal> {
        self.alive()?;
        // What the ledger says has to be on the disk first: a crash must not leave a head of entries that are lost.
        let head = self.operator_log.durable_head()?;
        if head.size == 0 {
            return Ok(());
        }
        let head =
            LogHead { origin: self.origin.clone(), entries: head.size, head: head.chain, time: self.now() };
        let preimage = public_preimage(PublicKind::LogHead, head.text().as_bytes());
        let record = record::json(&Public { preimage: base64::encode(&preimage) });
        let ticket = {
            let mut state = self.state();
            let ticket =
                self.journal.append(Kind::Public as u8, &record).map_err(|error| self.stop(error.into()))?;
            state.public(preimage, ticket.sequence()).map_err(|what| self.stop(internal(what)))?;
            ticket
        };
        self.journal.wait(ticket).map_err(|error| self.stop(error.into()))?;
        self.waiting.notify_all();
        Ok(())
    }
}

/// A log that does not lead to its own head in the ledger was cut off, replaced or restored from an older copy.
pub(super) fn refuse_other_log(log: &OperatorLog, state: &State) -> Result<(), Refusal> {
    let Some(sealed) = &state.log_head else { return Ok(()) };
    match log.chain_at(sealed.entries)? {
        Some(chain) if chain == sealed.head => Ok(()),
        found => {
            let what = match found {
                None => format!("{} entries, {} in the ledger", log.head().size, sealed.entries),
                Some(_) => format!("entry {} is another than in the ledger", sealed.entries),
            };
            Err(Refusal::new(RefusalCode::LogDamaged).at("operator-log").found(what))
        }
    }
}
