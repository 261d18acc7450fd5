//! What a client of one kind of target does: one bounded step at a time.

use std::time::Duration;

use notary::anchor::Work;
use verifier::anchor::Anchor;
use verifier::time::Time;

use crate::outgoing::{Outgoing, OutgoingError};

/// A step waits at most so long for whatever it asks; the bounds of each request are smaller.
pub const STEP_MAX: Duration = Duration::from_secs(60);

/// Asks one target. Each has a thread of its own; what it returns is done by the loop, which holds the office.
pub trait Client: Send {
    /// Goes one step further with this work: at most some requests, each with bounds. `now` is the office's clock.
    ///
    /// What a step must not lose it returns as [`Step::Progress`] before it sends it; the next step gets it in
    /// [`Work::progress`], after a restart, too.
    fn step(&mut self, work: &Work, outgoing: &Outgoing, now: Time) -> Step;
}

/// What a step came to.
#[derive(Debug)]
pub enum Step {
    /// The anchor is there. It is verified once more before it is kept.
    Done(Box<Anchor>),
    /// This has to be on disk before the next step.
    Progress(Vec<u8>),
    /// Nothing to do for so long, such as while a transaction waits for its block.
    Wait(Duration),
    /// It failed; after a rest the same work is tried again, or the newest head where nothing was noted.
    Failed(Failed),
    /// What is under way can't come to an end: it is forgotten, and the newest head comes next.
    GaveUp(Failed),
}

/// A failure: its kind counts in the metrics and has words on the page, the rest is for the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failed {
    /// A word of lower-case letters, digits and `-`, such as `timed-out`; one of few.
    pub kind: String,
    /// What was found, bounded; nothing that a target wrote is in it unless it is short and plain.
    pub text: String,
}

/// Characters of a failure's text.
const TEXT_MAX: usize = 200;

impl Failed {
    /// A failure of this kind.
    pub fn new(kind: &str, text: impl AsRef<str>) -> Failed {
        let plain = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
        Failed { kind: kind.to_string(), text: text.as_ref().chars().take(TEXT_MAX).map(plain).collect() }
    }
}

impl From<OutgoingError> for Failed {
    fn from(error: OutgoingError) -> Failed {
        Failed::new(error.kind(), error.to_string())
    }
}
