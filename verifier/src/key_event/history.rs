//! What may happen to keys after what, and what a trust bundle has to say then.

use super::{FORMAT, KeyChange, KeyDates, KeyEvent};
use crate::error::Refused;
use crate::limits::OFFICE_KEYS;
use crate::origin::Origin;
use crate::time::Time;
use crate::trust::{Office, OfficeKey};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// Keys that one ledger may have had in all: those past their verification are kept, too.
const KEYS_EVER: usize = 64 * OFFICE_KEYS;

/// The keys of one ledger as its events leave them, from those of the ledger's first trust bundle on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyHistory {
    origin: Origin,
    keys: Vec<OfficeKey>,
    time: Time,
}

impl KeyHistory {
    /// The keys of the ledger's first trust bundle: no event announces them.
    pub fn begin(office: &Office) -> KeyHistory {
        KeyHistory { origin: office.origin.clone(), keys: office.keys.clone(), time: Time::ZERO }
    }

    /// The keys as they are now.
    pub fn keys(&self) -> &[OfficeKey] {
        &self.keys
    }

    /// Takes the next event.
    ///
    /// # Errors
    /// Where it does not follow from what was before: what is wrong with it. Nothing is changed then.
    pub fn apply(&mut self, event: &KeyEvent) -> Result<(), Refused> {
        let refuse = |at: &str, what: &str| Err(Refused::new(FORMAT, at, what));
        if *event.origin() != self.origin {
            return refuse("origin", "is of another ledger");
        }
        if event.time() < self.time {
            return refuse("time", "is earlier than that of the event before");
        }
        let known = self.keys.iter_mut().find(|key| key.usage == event.usage() && key.key == *event.key());
        match (event.change(), known) {
            (KeyChange::Announced(dates), None) => {
                if self.keys.len() >= KEYS_EVER {
                    return refuse("key", "is one too many");
                }
                let KeyDates { sign_from, sign_until, verify_until } = *dates;
                let (usage, key) = (event.usage(), event.key().clone());
                let compromised = None;
                self.keys.push(OfficeKey { usage, key, sign_from, sign_until, verify_until, compromised });
            }
            (_, None) => return refuse("key", "was never announced"),
            (KeyChange::Announced(dates), Some(key)) => {
                if key.compromised.is_some() {
                    return refuse("key", "was compromised before");
                }
                if dates.sign_from != key.sign_from || dates.sign_until <= key.sign_until {
                    return refuse("sign-until", "is not later than it was, or sign-from is another");
                }
                keep(dates, key, event.time())?;
            }
            (KeyChange::Ended(dates), Some(key)) => {
                if dates.sign_from != key.sign_from || dates.sign_until > key.sign_until {
                    return refuse("sign-until", "is later than it was, or sign-from is another");
                }
                if (dates.sign_until, dates.verify_until) == (key.sign_until, key.verify_until) {
                    return refuse("dates", "are those that the key has");
                }
                keep(dates, key, event.time())?;
            }
            (KeyChange::Compromised(bad), Some(key)) => {
                let narrower = |before: &crate::trust::Compromised| {
                    bad.from > before.from || bad.size > before.size || bad == before
                };
                if key.compromised.as_ref().is_some_and(narrower) {
                    return refuse("from", "takes back what was said before");
                }
                key.compromised = Some(bad.clone());
            }
        }
        self.time = event.time();
        Ok(())
    }

    /// Whether a bundle that was issued `at` says of this ledger's keys what the events before it say. One that nobody may
    /// rely on any more may be left out.
    ///
    /// # Errors
    /// The first key that is missing, was not announced, or has other dates.
    pub fn agrees(&self, office: &Office, at: Time) -> Result<(), Refused> {
        let refuse = |key: &OfficeKey, what: &str| Err(Refused::new("trust bundle", name(key), what));
        let same = |a: &OfficeKey, b: &OfficeKey| a.usage == b.usage && a.key == b.key;
        for key in &office.keys {
            match self.keys.iter().find(|known| same(known, key)) {
                None => return refuse(key, "no key event before the bundle announced it"),
                Some(known) if known != key => {
                    return refuse(key, "the key events before the bundle say otherwise of it");
                }
                Some(_) => {}
            }
        }
        let gone = |known: &&OfficeKey| !office.keys.iter().any(|key| same(key, known));
        match self.keys.iter().filter(gone).find(|known| known.verify_until >= at) {
            Some(key) => refuse(key, "is missing, and may still be relied on"),
            None => Ok(()),
        }
    }
}

/// New dates of a known key. What was said of the time before the event is not taken back.
fn keep(dates: &KeyDates, key: &mut OfficeKey, time: Time) -> Result<(), Refused> {
    if dates.sign_until < key.sign_until.min(time) || dates.verify_until < key.verify_until.min(time) {
        return Err(Refused::new(FORMAT, "dates", "take back what was good before the event"));
    }
    (key.sign_until, key.verify_until) = (dates.sign_until, dates.verify_until);
    Ok(())
}

fn name(key: &OfficeKey) -> String {
    format!("{} key {}", key.usage.name(), key.key.id())
}
