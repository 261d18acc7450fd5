//! The sessions: in memory, bounded, found by the hash of what the cookie holds.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use notary::people::{Account, AccountId};
use notary::refusal::{Refusal, RefusalCode};
use verifier::base64;
use verifier::hash::{Hash, tagged};
use verifier::time::Time;
use zeroize::Zeroizing;

/// A session lasts at most so many seconds, however busy: 12 hours, a working day.
pub const LASTS: u64 = 12 * 3_600;
/// Sessions at a time; above it the one that was idle longest ends.
pub const SESSIONS_MAX: usize = 20_000;
/// Sessions of one account at a time; above it the oldest ends.
pub const EACH_MAX: usize = 8;

/// Everybody who is signed in.
pub struct Sessions {
    idle: u64,
    all: Mutex<HashMap<Hash, Kept>>,
}

#[derive(Clone)]
struct Kept {
    account: AccountId,
    generation: u32,
    csrf: String,
    began: Time,
    used: Time,
}

/// What is known of a session.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) account: AccountId,
    pub(super) generation: u32,
    pub(super) csrf: String,
}

impl Sessions {
    /// No sessions yet; one ends after so long without a request.
    pub fn new(idle: Duration) -> Sessions {
        Sessions { idle: idle.as_secs().max(1), all: Mutex::new(HashMap::new()) }
    }

    /// Begins a session: what its cookie holds.
    pub(super) fn begin(&self, account: &Account, now: Time) -> Result<Zeroizing<String>, Refusal> {
        let (token, csrf) = (random()?, random()?);
        let mut all = self.all();
        all.retain(|_, kept| self.lives(kept, now));
        let own = |kept: &Kept| kept.account == account.id();
        if all.values().filter(|kept| own(kept)).count() >= EACH_MAX {
            drop_first(&mut all, |kept| own(kept).then_some(kept.began));
        }
        if all.len() >= SESSIONS_MAX {
            drop_first(&mut all, |kept| Some(kept.used));
        }
        let kept = Kept {
            account: account.id(),
            generation: account.generation(),
            csrf: csrf.to_string(),
            began: now,
            used: now,
        };
        all.insert(key(&token), kept);
        Ok(token)
    }

    /// The session of this cookie, if it still lives; it has been used now.
    pub(super) fn find(&self, token: &str, now: Time) -> Option<Found> {
        let mut all = self.all();
        let key = key(token);
        let kept = all.get_mut(&key)?;
        if !self.lives(kept, now) {
            all.remove(&key);
            return None;
        }
        kept.used = kept.used.max(now);
        Some(Found { account: kept.account, generation: kept.generation, csrf: kept.csrf.clone() })
    }

    /// Ends a session.
    pub(super) fn end(&self, token: &str) {
        self.all().remove(&key(token));
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.all().len()
    }

    fn lives(&self, kept: &Kept, now: Time) -> bool {
        now.since(kept.used) < self.idle && now.since(kept.began) < LASTS
    }

    fn all(&self) -> MutexGuard<'_, HashMap<Hash, Kept>> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Drops the session for which `age` gives the earliest time.
fn drop_first(all: &mut HashMap<Hash, Kept>, age: impl Fn(&Kept) -> Option<Time>) {
    let first = all.iter().filter_map(|(key, kept)| Some((age(kept)?, *key))).min_by_key(|(time, _)| *time);
    if let Some((_, key)) = first {
        all.remove(&key);
    }
}

/// Whoever reads this memory or a dump of it can't sign in with what is kept.
fn key(token: &str) -> Hash {
    tagged("xinzheng/session/v1", &[token.as_bytes()])
}

/// 256 random bits as text.
pub(super) fn random() -> Result<Zeroizing<String>, Refusal> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *bytes).map_err(|_| Refusal::new(RefusalCode::NoRandomness))?;
    Ok(Zeroizing::new(base64::encode_url(&*bytes)))
}

/// Whether a text has the form of what [`random`] gives.
pub(super) fn is_random(text: &str) -> bool {
    base64::decode_url(text).is_some_and(|bytes| bytes.len() == 32)
}
