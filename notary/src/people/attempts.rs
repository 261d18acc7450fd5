//! Wrong passwords: counted, and after a few nobody gets in for a while.
//!
//! Two counts: one a name and address, which locks that address out of that name; and one a name over all addresses,
//! which stops guessing from many. The second would let a stranger lock a person out by guessing wrong for ever, so it
//! does not hold for addresses from which the name was signed in with its password before. Names that nobody has are
//! counted alike: what a stranger sees is the same. Kept in memory: a restart forgets it.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use verifier::hash::tagged;
use verifier::time::Time;

use crate::refusal::{Refusal, RefusalCode};

/// Wrong passwords in a row from one address, before it is locked out of the name.
pub const FAILURES_MAX: u32 = 5;
/// Wrong passwords over all addresses, before unfamiliar addresses are locked out of the name.
pub const FAILURES_ANYWHERE_MAX: u32 = 50;
/// A lockout lasts so many seconds, and so long wrong passwords are remembered: 15 minutes.
pub const LOCKED_FOR: u64 = 15 * 60;
/// An address is familiar for so many seconds after a sign-in: 30 days.
const FAMILIAR_FOR: u64 = 30 * 86_400;
/// Counts that are kept; above it old ones go first.
const COUNTS_MAX: usize = 20_000;

type Key = [u8; 32];

/// The counts.
#[derive(Default)]
pub(super) struct Attempts {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    counts: HashMap<Key, Count>,
    familiar: HashMap<Key, Time>,
}

#[derive(Clone, Copy)]
struct Count {
    failures: u32,
    last: Time,
}

impl Attempts {
    /// An attempt begins. It counts as failed until [`Attempts::succeed`], so that many at once do not slip through.
    pub(super) fn begin(&self, name: &str, source: &str, now: Time) -> Result<(), Refusal> {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (here, anywhere) = keys(name, source);
        let familiar = inner.familiar.get(&here).is_some_and(|last| now.since(*last) < FAMILIAR_FOR);
        for (key, max) in [(here, FAILURES_MAX), (anywhere, FAILURES_ANYWHERE_MAX)] {
            if key == anywhere && familiar {
                continue;
            }
            let count = inner.counts.get(&key).copied().filter(|count| now.since(count.last) < LOCKED_FOR);
            if count.is_some_and(|count| count.failures >= max) {
                return Err(Refusal::new(RefusalCode::SignInLocked).right(LOCKED_FOR / 60));
            }
        }
        for key in [here, anywhere] {
            inner.make_room(now);
            let count = inner.counts.entry(key).or_insert(Count { failures: 0, last: now });
            if now.since(count.last) >= LOCKED_FOR {
                count.failures = 0;
            }
            count.failures = count.failures.saturating_add(1);
            count.last = now;
        }
        Ok(())
    }

    /// The password was right.
    pub(super) fn succeed(&self, name: &str, source: &str, now: Time) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (here, anywhere) = keys(name, source);
        inner.counts.remove(&here);
        if let Some(count) = inner.counts.get_mut(&anywhere) {
            count.failures = count.failures.saturating_sub(1);
        }
        if inner.familiar.len() >= COUNTS_MAX {
            inner.familiar.retain(|_, last| now.since(*last) < FAMILIAR_FOR);
        }
        if inner.familiar.len() < COUNTS_MAX {
            inner.familiar.insert(here, now);
        }
    }

    /// Nothing was learnt about the password: the attempt does not count.
    pub(super) fn undo(&self, name: &str, source: &str) {
        let mut inner = self.inner.lock().unwrap_or_else(PoisonError::into_inner);
        let (here, anywhere) = keys(name, source);
        for key in [here, anywhere] {
            if let Some(count) = inner.counts.get_mut(&key) {
                count.failures = count.failures.saturating_sub(1);
            }
        }
    }
}

impl Inner {
    fn make_room(&mut self, now: Time) {
        if self.counts.len() < COUNTS_MAX {
            return;
        }
        self.counts.retain(|_, count| now.since(count.last) < LOCKED_FOR);
        // All of them fresh: the least serious go, so that a flood of names does not free a name under attack.
        for most in 1..=FAILURES_MAX {
            if self.counts.len() < COUNTS_MAX {
                return;
            }
            self.counts.retain(|_, count| count.failures > most);
        }
        if self.counts.len() >= COUNTS_MAX {
            self.counts.clear();
        }
    }
}

fn keys(name: &str, source: &str) -> (Key, Key) {
    let name = name.trim().to_ascii_lowercase();
    let name = *tagged("xinzheng/attempts/v1", &[name.as_bytes()]).as_bytes();
    (*tagged("xinzheng/attempts/v1", &[&name, source.as_bytes()]).as_bytes(), name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Time {
        Time::new(1_800_000_000 + seconds).unwrap()
    }

    #[test]
    fn an_address_is_locked_out_and_let_in_again() {
        let attempts = Attempts::default();
        for n in 0..FAILURES_MAX {
            attempts.begin("wang", "10.0.0.1", at(u64::from(n))).unwrap();
        }
        let last = u64::from(FAILURES_MAX) - 1;
        assert_eq!(attempts.begin("Wang ", "10.0.0.1", at(9)).unwrap_err().code(), RefusalCode::SignInLocked);
        attempts.begin("wang", "10.0.0.2", at(9)).unwrap();
        attempts.begin("li", "10.0.0.1", at(9)).unwrap();
        assert!(attempts.begin("wang", "10.0.0.1", at(last + LOCKED_FOR - 1)).is_err());
        attempts.begin("wang", "10.0.0.1", at(last + LOCKED_FOR)).unwrap();
    }

    #[test]
    fn success_forgets_what_was_wrong_before() {
        let attempts = Attempts::default();
        for _ in 0..3 {
            for _ in 0..FAILURES_MAX - 1 {
                attempts.begin("wang", "a", at(0)).unwrap();
            }
            attempts.begin("wang", "a", at(0)).unwrap();
            attempts.succeed("wang", "a", at(0));
        }
    }

    #[test]
    fn strangers_from_everywhere_lock_out_strangers_only() {
        let attempts = Attempts::default();
        attempts.begin("wang", "desk", at(0)).unwrap();
        attempts.succeed("wang", "desk", at(0));
        let mut refused = 0;
        for n in 0..100 {
            refused += u32::from(attempts.begin("wang", &format!("stranger {n}"), at(1)).is_err());
        }
        assert_eq!(refused, 100 - FAILURES_ANYWHERE_MAX);
        attempts.begin("wang", "desk", at(2)).unwrap();
        assert!(attempts.begin("wang", "other desk", at(2)).is_err());
    }

    #[test]
    fn the_counts_are_bounded() {
        let attempts = Attempts::default();
        for _ in 0..FAILURES_MAX {
            attempts.begin("wang", "a", at(0)).unwrap();
        }
        for n in 0..COUNTS_MAX {
            attempts.begin(&format!("name-{n}"), "b", at(1)).unwrap();
        }
        assert!(attempts.inner.lock().unwrap().counts.len() <= COUNTS_MAX);
    }
}
