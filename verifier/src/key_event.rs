//! What happens to an office's keys, as the ledger tells it (spec page `key-event.md`).
//!
//! ```text
//! credit.example.gov.cn/ledger/key-event
//! announced ledger credit.example.gov.cn/ledger+a8de51c0+AV…
//! sign-from 1795312800
//! sign-until 1858384800
//! verify-until 2173917600
//! time 1795226400
//! ```
//!
//! Nobody signs it: it says when the office changed which key, and the trust bundle behind it in the ledger, which the root
//! signed, says the same. Here: one event's text; [`KeyHistory`] has what may follow what. Not here: the bundle (`trust`).

mod history;

use crate::checkpoint::Checkpoint;
use crate::error::Refused;
use crate::hash::Hash;
use crate::key::{KeyKind, VerifierKey};
use crate::origin::Origin;
use crate::time::{Time, parse_decimal};
use crate::trust::{Compromised, KeyUse};
use alloc::format;
use alloc::string::String;

pub use history::KeyHistory;

const FORMAT: &str = "key event";

/// When a key signs, and how long that is relied on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeyDates {
    /// What it signs is good from then on,
    pub sign_from: Time,
    /// and until then, this second included.
    pub sign_until: Time,
    /// What it signed may be relied on until then, this second included.
    pub verify_until: Time,
}

/// What happened to a key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum KeyChange {
    /// It will sign from its first date on; or one that is known signs longer than was said.
    Announced(KeyDates),
    /// It signs no longer than until these dates, where others were said before.
    Ended(KeyDates),
    /// From a moment on it may have been somebody else's.
    Compromised(Compromised),
}

impl KeyChange {
    /// The word in the text.
    pub const fn name(&self) -> &'static str {
        match self {
            KeyChange::Announced(_) => "announced",
            KeyChange::Ended(_) => "ended",
            KeyChange::Compromised(_) => "compromised",
        }
    }
}

/// One thing that happened to one key.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyEvent {
    origin: Origin,
    usage: KeyUse,
    key: VerifierKey,
    change: KeyChange,
    time: Time,
}

impl KeyEvent {
    /// What happened at `time` to the key of this ledger.
    ///
    /// # Errors
    /// Where the key's name or type is not of the use; dates out of order; a root that the empty ledger does not have; a
    /// compromise later than its event.
    pub fn new(
        origin: Origin,
        usage: KeyUse,
        key: VerifierKey,
        change: KeyChange,
        time: Time,
    ) -> Result<KeyEvent, Refused> {
        let refuse = |at: &str, what: &str| Refused::new(FORMAT, at, what);
        if key.kind() != KeyKind::Note || key.name().as_str() != usage.key_name(&origin) {
            return Err(refuse("key", "its name or type is not that of the use"));
        }
        match &change {
            KeyChange::Announced(dates) | KeyChange::Ended(dates) => {
                if dates.sign_from >= dates.sign_until || dates.sign_until > dates.verify_until {
                    let what = "sign-from has to be earlier than sign-until, and verify-until not earlier";
                    return Err(refuse("dates", what));
                }
            }
            KeyChange::Compromised(bad) => {
                Checkpoint::new(origin.clone(), bad.size, bad.root).map_err(|e| refuse("root", e.what()))?;
                if bad.from > time {
                    return Err(refuse("from", "is later than the event itself"));
                }
            }
        }
        Ok(KeyEvent { origin, usage, key, change, time })
    }

    /// The name of the ledger.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What the key signs.
    pub fn usage(&self) -> KeyUse {
        self.usage
    }

    /// The key.
    pub fn key(&self) -> &VerifierKey {
        &self.key
    }

    /// What happened to it.
    pub fn change(&self) -> &KeyChange {
        &self.change
    }

    /// When the office wrote it down.
    pub fn time(&self) -> Time {
        self.time
    }

    /// The lines.
    pub fn text(&self) -> String {
        let KeyEvent { origin, usage, key, change, time } = self;
        let head = format!("{origin}/key-event\n{} {} {}\n", change.name(), usage.name(), key.encode());
        let said = match change {
            KeyChange::Announced(dates) | KeyChange::Ended(dates) => {
                let (from, until) = (dates.sign_from.seconds(), dates.sign_until.seconds());
                let verify = dates.verify_until.seconds();
                format!("sign-from {from}\nsign-until {until}\nverify-until {verify}\n")
            }
            KeyChange::Compromised(Compromised { from, size, root }) => {
                format!("from {}\nsize {size}\nroot {root}\n", from.seconds())
            }
        };
        format!("{head}{said}time {}\n", time.seconds())
    }

    /// Reads exactly these lines.
    ///
    /// # Errors
    /// The first line that is not as it should be.
    pub fn from_text(text: &str) -> Result<KeyEvent, Refused> {
        let mut lines = text.split('\n');
        let mut line = |at: &str, before: &str, after: &str| {
            let found = lines.next().and_then(|line| line.strip_prefix(before)?.strip_suffix(after));
            found.ok_or_else(|| Refused::new(FORMAT, at, "has to be a line of its own, in its place"))
        };
        let origin = Origin::parse(line("origin", "", "/key-event")?)?;
        let mut words = line("key", "", "")?.splitn(3, ' ');
        let (word, usage, key) = (words.next(), words.next(), words.next());
        let usage = usage.and_then(KeyUse::from_name);
        let usage = usage.ok_or_else(|| Refused::new(FORMAT, "use", "is ledger, batch, status or pdf"))?;
        let key = VerifierKey::parse(key.unwrap_or_default())?;
        let mut time = |name: &str| Time::parse_seconds(line(name, &format!("{name} "), "")?);
        let change = match word {
            Some("announced" | "ended") => {
                let (sign_from, sign_until) = (time("sign-from")?, time("sign-until")?);
                let dates = KeyDates { sign_from, sign_until, verify_until: time("verify-until")? };
                if word == Some("ended") { KeyChange::Ended(dates) } else { KeyChange::Announced(dates) }
            }
            Some("compromised") => {
                let from = time("from")?;
                let size = parse_decimal(line("size", "size ", "")?)
                    .ok_or_else(|| Refused::new(FORMAT, "size", "has to be a decimal number"))?;
                let root = Hash::from_base64(line("root", "root ", "")?)?;
                KeyChange::Compromised(Compromised { from, size, root })
            }
            _ => return Err(Refused::new(FORMAT, "key", "is announced, ended or compromised")),
        };
        let time = Time::parse_seconds(line("time", "time ", "")?)?;
        match (lines.next(), lines.next()) {
            (Some(""), None) => KeyEvent::new(origin, usage, key, change, time),
            _ => Err(Refused::new(FORMAT, "", "has to end after time")),
        }
    }
}

#[cfg(test)]
mod tests;
