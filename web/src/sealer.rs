//! The loop beside the server: closes batches at the office's pace and publishes status lists when they are due.
//!
//! It works at its own pace, not at that of requests. It ends when it is told to, after a last batch with everything
//! that was accepted, or when the office has stopped: then the process has to end, for nothing may be promised any more.
//!
//! Where a key does not sign, because it has ended, its file is away, or the module behind it is silent, nothing has
//! happened: what was accepted waits, the loop tries again after a rest, and [`Waits`] says why.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use notary::office::Office;
use notary::operator_log::{Action, Actor, Outcome};
use notary::refusal::Refusal;

use crate::keyring_watch::Waits;
use crate::metrics::Metrics;

/// Between two looks at whether something waits, at most and at least.
const LOOK_MAX: Duration = Duration::from_millis(500);
const LOOK_MIN: Duration = Duration::from_millis(5);
/// Between two looks at whether a status list is due.
const STATUS_LOOK: Duration = Duration::from_secs(1);

/// After a key did not sign the loop rests for so long, doubled with each further time,
const REST_MIN: Duration = Duration::from_secs(1);
/// up to this.
const REST_MAX: Duration = Duration::from_secs(30);

/// Between two looks at what the day alone brings: missing items that are overdue, terms that are over.
const DAY_LOOK: Duration = Duration::from_secs(600);

/// What the loop is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Told {
    /// Keep the office's pace.
    #[default]
    Pace,
    /// Requests under way wait for their certificates, and no others will come: close batches at once.
    Hurry,
    /// Close a last batch and end.
    End,
}

/// Says when to hurry and when to end, and wakes the loop.
#[derive(Default)]
pub struct Bell {
    told: Mutex<Told>,
    wake: Condvar,
}

impl Bell {
    /// The loop is to close batches at once: the server is ending.
    pub fn hurry(&self) {
        self.tell(Told::Hurry);
    }

    /// The loop is to end.
    pub fn ring(&self) {
        self.tell(Told::End);
    }

    fn tell(&self, what: Told) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        *told = what.max(*told);
        self.wake.notify_all();
    }

    /// Waits, at most so long; whether the server is ending.
    pub fn ending_within(&self, at_most: Duration) -> bool {
        self.is_ending() || self.wait(at_most) >= Told::Hurry
    }

    /// Whether the server is ending.
    pub fn is_ending(&self) -> bool {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner) >= Told::Hurry
    }

    /// Waits for the bell, at most so long; what it said.
    fn wait(&self, at_most: Duration) -> Told {
        let told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let at_most = if *told == Told::Hurry { LOOK_MIN } else { at_most };
        let before = *told;
        let (told, _) = self
            .wake
            .wait_timeout_while(told, at_most, |told| *told == before && *told != Told::End)
            .unwrap_or_else(PoisonError::into_inner);
        *told
    }
}

/// Runs until the bell rings.
///
/// # Errors
/// What stopped the office.
pub fn run(office: &Office, bell: &Bell, metrics: &Metrics, waits: &Waits) -> Result<(), Refusal> {
    let interval = office.seal_policy().interval();
    let look = interval.unwrap_or(LOOK_MAX).clamp(LOOK_MIN, LOOK_MAX);
    let mut waiting_since: Option<Instant> = None;
    let mut status_looked: Option<Instant> = None;
    let mut day_looked: Option<Instant> = None;
    let (mut batches, mut lists) = (Keyed::new("batches"), Keyed::new("status lists"));
    loop {
        let told = bell.wait(look);
        let ending = told == Told::End;
        if let Some(interval) = interval {
            let pending = office.has_pending();
            // A look lasts as long as the interval: what waits at one look has waited long enough at the next.
            let due = pending
                && (told >= Told::Hurry
                    || office.batch_is_full()
                    || waiting_since.is_some_and(|since| since.elapsed() >= interval)
                    || look >= interval);
            waiting_since = pending.then(|| waiting_since.unwrap_or_else(Instant::now)).filter(|_| !due);
            if due && !batches.rests(ending) {
                let began = Instant::now();
                if batches.heed(office.seal_all())? {
                    metrics.sealed(office, began.elapsed());
                }
            }
        }
        if status_looked.is_none_or(|last| last.elapsed() >= STATUS_LOOK) {
            status_looked = Some(Instant::now());
            if !lists.rests(ending) {
                lists.heed(lists_of(office))?;
            }
            // Somebody else may have sealed what waited.
            if !office.has_pending() {
                batches.done();
            }
        }
        waits.set(batches.why.clone().or_else(|| lists.why.clone()));
        if !ending && day_looked.is_none_or(|last| last.elapsed() >= DAY_LOOK) {
            day_looked = Some(Instant::now());
            by_the_day(office);
        }
        stopped(office)?;
        if ending {
            return Ok(());
        }
    }
}

/// Work that a key has to sign for.
struct Keyed {
    what: &'static str,
    rest: Duration,
    until: Option<Instant>,
    why: Option<Refusal>,
}

impl Keyed {
    fn new(what: &'static str) -> Keyed {
        Keyed { what, rest: REST_MIN, until: None, why: None }
    }

    /// Whether the last try was too short a while ago. A last try is made when the server ends.
    fn rests(&self, ending: bool) -> bool {
        !ending && self.until.is_some_and(|until| Instant::now() < until)
    }

    /// What came of it: whether it was done. Where a key did not sign it is tried again later.
    fn heed(&mut self, outcome: Result<(), Refusal>) -> Result<bool, Refusal> {
        match outcome {
            Ok(()) => {
                if self.why.is_some() {
                    tracing::info!(target: "sealer", what = self.what, "goes on");
                }
                self.done();
                Ok(true)
            }
            Err(refusal) if refusal.is_of_a_key() => {
                let code = refusal.code();
                if self.why.as_ref().map(Refusal::code) != Some(code) {
                    tracing::error!(target: "sealer", what = self.what, code = code.as_str(), "waits for a key");
                }
                self.until = Some(Instant::now() + self.rest);
                self.rest = self.rest.saturating_mul(2).min(REST_MAX);
                self.why = Some(refusal);
                Ok(false)
            }
            Err(refusal) => Err(refusal),
        }
    }

    fn done(&mut self) {
        (self.rest, self.until, self.why) = (REST_MIN, None, None);
    }
}

/// What is due of the operators' log and of status lists.
fn lists_of(office: &Office) -> Result<(), Refusal> {
    if office.log_head_due() {
        office.seal_log_head()?;
    }
    if office.status_due() {
        office.publish_status_if_due()?;
    }
    Ok(())
}

/// Records what the day alone brings to commitments. What can't be recorded now is looked at again later.
fn by_the_day(office: &Office) {
    let recorded = office.commitment_desk().by_the_day().and_then(|recorded| {
        let numbers: Vec<String> = recorded.iter().map(|one| one.number.to_string()).collect();
        let numbers = numbers.iter().map(String::as_str);
        office.operator_log().append_each(&Actor::Service, Action::CommitmentEvent, numbers, Outcome::Done)
    });
    if let Err(refusal) = recorded {
        tracing::warn!(target: "commitments", code = refusal.code().as_str(), "what is due was not recorded");
    }
}

/// Another thread may have met the failure.
fn stopped(office: &Office) -> Result<(), Refusal> {
    if office.summary().stopped {
        return Err(Refusal::new(notary::refusal::RefusalCode::OfficeStopped));
    }
    Ok(())
}
