//! How the tries went to get something of somebody outside: a witness, a target of anchors.
//!
//! ```text
//! failed "timed-out" ─► rests 2, 4, 8 … 600 s ─► the third in a row is an alarm ─► succeeded ─► as if nothing had been
//! ```
//!
//! Not here: what the kinds of failures mean (`witnessing`, `anchoring`), and keeping them over a restart ([`notary::anchor`]).

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use notary::anchor::Failing;
use verifier::time::Time;

/// After so many failures in a row it is an alarm.
pub const FAILURES_ALARM: u32 = 3;
/// Between two tries after failures, in seconds: doubled each time, at most this.
const WAIT_MAX: u64 = 600;

/// The tries with one of them.
#[derive(Clone, Debug, Default)]
pub struct Tries {
    /// Failures since the start, by kind.
    failures: BTreeMap<String, u64>,
    /// Failures since the last success, whenever this process began.
    in_a_row: u32,
    /// Since when nothing but failures came.
    failing_since: Option<Time>,
    /// The last failure.
    last: Option<(Time, String)>,
    /// Not asked again before. By the machine's own count of time: a clock that is set changes nothing of it.
    rests_until: Option<Instant>,
}

impl Tries {
    /// As the last service left them: since when somebody has failed is no younger after a restart.
    pub fn remembering(failing: Option<Failing>) -> Tries {
        let Some(failing) = failing else { return Tries::default() };
        Tries {
            in_a_row: failing.times,
            failing_since: Some(failing.since),
            last: Some((failing.last, failing.kind)),
            ..Tries::default()
        }
    }

    /// Another one failed in this way, and there is a rest now. How it fails by now.
    pub fn failed(&mut self, kind: &str, now: Time) -> Failing {
        self.count(kind);
        if self.in_a_row == 0 {
            self.failing_since = Some(now);
        }
        self.in_a_row = self.in_a_row.saturating_add(1);
        let wait = 1u64.checked_shl(self.in_a_row).unwrap_or(WAIT_MAX).min(WAIT_MAX);
        self.rests_until = Instant::now().checked_add(Duration::from_secs(wait));
        self.last = Some((now, kind.to_string()));
        let since = self.failing_since.unwrap_or(now).min(now);
        Failing { since, last: now, times: self.in_a_row, kind: kind.to_string() }
    }

    /// One brought what was wanted.
    pub fn succeeded(&mut self) {
        (self.in_a_row, self.rests_until) = (0, None);
    }

    /// Counts a failure that is no reason to rest.
    pub fn count(&mut self, kind: &str) {
        *self.failures.entry(kind.to_string()).or_default() += 1;
    }

    /// The next one may come at once.
    pub fn wake(&mut self) {
        self.rests_until = None;
    }

    /// Whether nothing is tried for now.
    pub fn rests(&self) -> bool {
        self.rests_until.is_some_and(|until| Instant::now() < until)
    }

    /// Failures since the start, by kind.
    pub fn failures(&self) -> &BTreeMap<String, u64> {
        &self.failures
    }

    /// Since when every one has failed, where the last one did.
    pub fn failing_since(&self) -> Option<Time> {
        self.failing_since.filter(|_| self.in_a_row > 0)
    }

    /// The last failure: when, and its kind.
    pub fn last(&self) -> Option<&(Time, String)> {
        self.last.as_ref()
    }

    /// The kind of the last failure, where so many failed in a row that somebody has to look.
    pub fn alarm(&self) -> Option<&str> {
        self.last.as_ref().filter(|_| self.in_a_row >= FAILURES_ALARM).map(|(_, kind)| kind.as_str())
    }
}
