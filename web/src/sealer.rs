//! The loop beside the server: closes batches at the office's pace and publishes status lists when they are due.
//!
//! It works at its own pace, not at that of requests. It ends when it is told to, after a last batch with everything
//! that was accepted, or when the office has stopped: then the process has to end, for nothing may be promised any more.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use notary::office::Office;
use notary::refusal::Refusal;

/// Between two looks at whether something waits, at most and at least.
const LOOK_MAX: Duration = Duration::from_millis(500);
const LOOK_MIN: Duration = Duration::from_millis(5);
/// Between two looks at whether a status list is due.
const STATUS_LOOK: Duration = Duration::from_secs(1);

/// Says when to end, and wakes the loop.
#[derive(Default)]
pub struct Bell {
    rung: Mutex<bool>,
    wake: Condvar,
}

impl Bell {
    /// The loop is to end.
    pub fn ring(&self) {
        *self.rung.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.wake.notify_all();
    }

    /// Waits for the bell, at most so long; whether it rang.
    fn wait(&self, at_most: Duration) -> bool {
        let rung = self.rung.lock().unwrap_or_else(PoisonError::into_inner);
        let (rung, _) = self
            .wake
            .wait_timeout_while(rung, at_most, |rung| !*rung)
            .unwrap_or_else(PoisonError::into_inner);
        *rung
    }
}

/// Runs until the bell rings.
///
/// # Errors
/// What stopped the office.
pub fn run(office: &Office, bell: &Bell) -> Result<(), Refusal> {
    let interval = office.seal_policy().interval();
    let look = interval.unwrap_or(LOOK_MAX).clamp(LOOK_MIN, LOOK_MAX);
    let mut waiting_since: Option<Instant> = None;
    let mut status_looked: Option<Instant> = None;
    loop {
        let ending = bell.wait(look);
        if let Some(interval) = interval {
            let pending = office.has_pending();
            // A look lasts as long as the interval: what waits at one look has waited long enough at the next.
            let due = pending
                && (ending
                    || office.batch_is_full()
                    || waiting_since.is_some_and(|since| since.elapsed() >= interval)
                    || look >= interval);
            waiting_since = pending.then(|| waiting_since.unwrap_or_else(Instant::now)).filter(|_| !due);
            if due {
                office.seal_all()?;
            }
        }
        if status_looked.is_none_or(|last| last.elapsed() >= STATUS_LOOK) {
            status_looked = Some(Instant::now());
            if office.status_due() {
                office.publish_status()?;
            }
        }
        stopped(office)?;
        if ending {
            return Ok(());
        }
    }
}

/// Another thread may have met the failure.
fn stopped(office: &Office) -> Result<(), Refusal> {
    if office.summary().stopped {
        return Err(Refusal::new(notary::refusal::RefusalCode::OfficeStopped));
    }
    Ok(())
}
