//! Commitments after they were made: what may follow what.
//!
//! Here: the order of the events of a commitment's life. Not here: the document (`document::commitment`), how an event is
//! recorded (`office::event`).

use verifier::event::EventKind;

use crate::refusal::Refusal;

/// Whether `next` may follow what happened to a commitment so far.
///
/// # Errors
/// What stands in its way.
pub fn follows(so_far: &[EventKind], next: EventKind) -> Result<(), Refusal> {
    let _ = (so_far, next);
    Ok(())
}
