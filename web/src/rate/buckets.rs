//! Token buckets by key: the generic cell rate algorithm, which keeps one time for each.
//!
//! The time kept is when the bucket would be full again. One that lies in the past is as good as none and is forgotten.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::crowd;

/// Keys that are told apart.
pub const KEYS_MAX: usize = 50_000;
/// A certificate number has 22 digits; what is longer is none.
const NUMBER_MAX: usize = 22;
/// This part of an hour's allowance may come at once.
const BURST_PART: u32 = 12;
const HOUR: Duration = Duration::from_secs(3_600);

/// Whom or what a bucket is for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// An address.
    Address(IpAddr),
    /// A certificate number.
    Number(String),
}

impl Key {
    /// A certificate number's.
    pub fn number(number: &str) -> Key {
        Key::Number(number.chars().take(NUMBER_MAX).collect())
    }

    /// The key that is shared while there are too many.
    fn shared(&self) -> Key {
        match self {
            Key::Address(address) => Key::Address(crowd(*address)),
            Key::Number(_) => Key::Number(String::new()),
        }
    }
}

/// The buckets of one class.
pub struct Buckets {
    /// Between two tokens; `None` where there is no limit.
    step: Option<Duration>,
    /// So much may be taken at once, as time.
    depth: Duration,
    full_at: Mutex<HashMap<Key, Instant>>,
    keys_max: usize,
}

impl Buckets {
    /// So many tokens an hour.
    pub fn new(hourly: u32) -> Buckets {
        Buckets::with_keys(hourly, KEYS_MAX)
    }

    fn with_keys(hourly: u32, keys_max: usize) -> Buckets {
        let step = HOUR.checked_div(hourly);
        let burst = (hourly / BURST_PART).max(1);
        let depth = step.map_or(Duration::ZERO, |step| step.saturating_mul(burst));
        Buckets { step, depth, full_at: Mutex::default(), keys_max }
    }

    /// Whether there is a token, without taking it.
    ///
    /// # Errors
    /// How long to wait for one.
    pub fn allows(&self, key: &Key, now: Instant) -> Result<(), Duration> {
        let Some(step) = self.step else { return Ok(()) };
        let map = self.map();
        let key = if map.contains_key(key) || map.len() < self.keys_max { key } else { &key.shared() };
        let full = map.get(key).copied().unwrap_or(now).max(now) + step;
        within(full.duration_since(now), self.depth)
    }

    /// Takes a token.
    ///
    /// # Errors
    /// How long to wait for one; then none is taken.
    pub fn take(&self, key: &Key, now: Instant) -> Result<(), Duration> {
        let Some(step) = self.step else { return Ok(()) };
        let mut map = self.map();
        let full_at = self.entry(&mut map, key, now);
        let full = (*full_at).max(now) + step;
        within(full.duration_since(now), self.depth)?;
        *full_at = full;
        Ok(())
    }

    /// Takes a token that has been used already, even where there is none.
    pub fn count(&self, key: &Key, now: Instant) {
        let Some(step) = self.step else { return };
        let mut map = self.map();
        let full_at = self.entry(&mut map, key, now);
        *full_at = ((*full_at).max(now) + step).min(now + self.depth);
    }

    fn entry<'a>(&self, map: &'a mut HashMap<Key, Instant>, key: &Key, now: Instant) -> &'a mut Instant {
        if map.len() >= self.keys_max && !map.contains_key(key) {
            map.retain(|_, full| *full > now);
        }
        let known = map.len() < self.keys_max || map.contains_key(key);
        map.entry(if known { key.clone() } else { key.shared() }).or_insert(now)
    }

    fn map(&self) -> MutexGuard<'_, HashMap<Key, Instant>> {
        self.full_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn within(wanted: Duration, depth: Duration) -> Result<(), Duration> {
    match wanted.checked_sub(depth) {
        None | Some(Duration::ZERO) => Ok(()),
        Some(wait) => Err(wait),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(n: u32) -> Key {
        Key::Address(IpAddr::V4(n.into()))
    }

    #[test]
    fn a_twelfth_comes_at_once_and_the_rest_over_the_hour() {
        let (buckets, start) = (Buckets::new(3_600), Instant::now());
        assert!((0..300).all(|_| buckets.take(&key(1), start).is_ok()));
        assert_eq!(buckets.take(&key(1), start), Err(Duration::from_secs(1)));
        assert_eq!(buckets.allows(&key(1), start), Err(Duration::from_secs(1)));
        let later = start + Duration::from_secs(1);
        assert!(buckets.allows(&key(1), later).is_ok(), "looking takes nothing");
        assert!(buckets.take(&key(1), later).is_ok() && buckets.take(&key(1), later).is_err());
        let in_an_hour = start + HOUR;
        assert_eq!((0..999).filter(|_| buckets.take(&key(1), in_an_hour).is_ok()).count(), 300);
    }

    #[test]
    fn what_is_counted_afterwards_never_makes_more_than_an_empty_bucket() {
        let (buckets, start) = (Buckets::new(12), Instant::now());
        (0..1_000).for_each(|_| buckets.count(&key(1), start));
        assert_eq!(buckets.allows(&key(1), start), Err(HOUR / 12));
    }

    #[test]
    fn memory_is_bounded_and_quiet_keys_are_forgotten() {
        let (buckets, start) = (Buckets::with_keys(3_600, 8), Instant::now());
        for n in 0..100 {
            let _ = buckets.take(&key(n), start);
        }
        assert!(buckets.map().len() <= 9, "eight, and the one they share");
        let later = start + Duration::from_secs(2_000);
        assert!(buckets.take(&key(7_000_000), later).is_ok());
        assert_eq!(buckets.map().len(), 1);
    }
}
