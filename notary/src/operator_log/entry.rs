//! One entry: its bytes and what may stand in it.

use std::fmt;

use serde::{Deserialize, Serialize};
use verifier::time::Time;

use super::Action;
use crate::people::{AccountId, ApiKeyId, Role};
use crate::refusal::{Refusal, RefusalCode};

/// Bytes of an entry's object, at most.
pub const OBJECT_MAX: usize = 64;
/// The longest written outcome.
const OUTCOME_MAX: usize = 64;

/// Who did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A person, signed in.
    Account(AccountId, Role),
    /// A program, by its key.
    ApiKey(ApiKeyId),
    /// Whoever holds the office, by a command on its own computer.
    Command,
    /// The service itself.
    Service,
    /// Nobody that is known: a sign-in that was refused, a public page.
    Nobody,
}

impl Actor {
    fn who(&self) -> String {
        match self {
            Actor::Account(id, _) => id.to_string(),
            Actor::ApiKey(id) => id.to_string(),
            Actor::Command => "command".to_string(),
            Actor::Service => "service".to_string(),
            Actor::Nobody => "nobody".to_string(),
        }
    }

    fn role(&self) -> &'static str {
        match self {
            Actor::Account(_, role) => role.as_str(),
            Actor::ApiKey(_) => "program",
            Actor::Command | Actor::Service | Actor::Nobody => "",
        }
    }

    fn parse(who: &str, role: &str) -> Option<Actor> {
        match (who, role) {
            ("command", "") => Some(Actor::Command),
            ("service", "") => Some(Actor::Service),
            ("nobody", "") => Some(Actor::Nobody),
            (key, "program") => ApiKeyId::parse(key).map(Actor::ApiKey),
            (account, role) => Some(Actor::Account(AccountId::parse(account)?, Role::parse(role)?)),
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.who())
    }
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Done,
    /// It was refused.
    Refused(RefusalCode),
}

impl Outcome {
    /// The word in the log: `done`, or `refused:` and a code.
    pub fn as_text(&self) -> String {
        match self {
            Outcome::Done => "done".to_string(),
            Outcome::Refused(code) => format!("refused:{}", code.as_str()),
        }
    }

    fn parse(text: &str) -> Option<Outcome> {
        if text == "done" {
            return Some(Outcome::Done);
        }
        let code = text.strip_prefix("refused:")?;
        RefusalCode::ALL.iter().find(|known| known.as_str() == code).map(|code| Outcome::Refused(*code))
    }
}

impl<T> From<&Result<T, Refusal>> for Outcome {
    fn from(result: &Result<T, Refusal>) -> Outcome {
        match result {
            Ok(_) => Outcome::Done,
            Err(refusal) => Outcome::Refused(refusal.code()),
        }
    }
}

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    number: u64,
    at: Time,
    actor: Actor,
    action: Action,
    object: String,
    outcome: Outcome,
}

/// Members in the order that is hashed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    n: u64,
    at: u64,
    who: String,
    role: String,
    action: String,
    object: String,
    outcome: String,
}

impl Entry {
    pub(super) fn new(
        number: u64,
        at: Time,
        actor: &Actor,
        action: Action,
        object: &str,
        outcome: Outcome,
    ) -> Result<Entry, Refusal> {
        if !is_object(object) {
            // Not repeated: whatever it is, it is not a number of ours.
            return Err(Refusal::new(RefusalCode::LogObject));
        }
        Ok(Entry { number, at, actor: *actor, action, object: object.to_string(), outcome })
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let wire = Wire {
            n: self.number,
            at: self.at.seconds(),
            who: self.actor.who(),
            role: self.actor.role().to_string(),
            action: self.action.as_str().to_string(),
            object: self.object.clone(),
            outcome: self.outcome.as_text(),
        };
        serde_json::to_vec(&wire).unwrap_or_default()
    }

    /// Reads an entry in the one form that is written.
    pub(super) fn parse(bytes: &[u8]) -> Option<Entry> {
        let wire: Wire = serde_json::from_slice(bytes).ok()?;
        if wire.outcome.len() > OUTCOME_MAX || !is_object(&wire.object) {
            return None;
        }
        let entry = Entry {
            number: wire.n,
            at: Time::new(wire.at).ok()?,
            actor: Actor::parse(&wire.who, &wire.role)?,
            action: Action::parse(&wire.action)?,
            object: wire.object,
            outcome: Outcome::parse(&wire.outcome)?,
        };
        (entry.to_bytes() == bytes).then_some(entry)
    }

    /// Its number, from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// When.
    pub fn at(&self) -> Time {
        self.at
    }

    /// Who.
    pub fn actor(&self) -> Actor {
        self.actor
    }

    /// What.
    pub fn action(&self) -> Action {
        self.action
    }

    /// To what; empty where there is nothing to name.
    pub fn object(&self) -> &str {
        &self.object
    }

    /// How it ended.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }
}

fn is_object(text: &str) -> bool {
    text.len() <= OBJECT_MAX
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b':' | b'/' | b'-'))
}
