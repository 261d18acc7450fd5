//! What a new trust bundle changes of the office's keys, as events for the ledger (spec page `key-event.md`).
//!
//! ```text
//! ledger 54911cd3  1795312800 1858384800 …        →  ended     ledger 54911cd3  1795312800 1798000000 …
//!                                                 →  announced ledger 0c1f77ab  1797400000 1860472000 …
//! ```
//!
//! They are made of the difference of the two bundles, whoever made the new one: so none can be missing. Not here: the text of
//! one and what may follow what (`verifier::key_event`, which has to agree before anything is written).

use verifier::error::Refused;
use verifier::key_event::{KeyChange, KeyDates, KeyEvent, KeyHistory};
use verifier::time::Time;
use verifier::trust::{Office, OfficeKey};

/// The events from one bundle's keys to the next one's, which is issued at `issued`, written down at `time`. Announced ones
/// come first: at no place in the ledger is there less to sign with than in either bundle.
///
/// # Errors
/// What the new bundle may not say after the old one.
pub(super) fn key_changes(
    before: &Office,
    after: &Office,
    issued: Time,
    time: Time,
) -> Result<Vec<KeyEvent>, Refused> {
    let (mut announced, mut others) = (Vec::new(), Vec::new());
    for key in &after.keys {
        let event = |change| KeyEvent::new(after.origin.clone(), key.usage, key.key.clone(), change, time);
        let old = before.keys.iter().find(|old| old.usage == key.usage && old.key == key.key);
        let until = (key.sign_until, key.verify_until);
        match old {
            Some(old) if old.sign_from == key.sign_from && (old.sign_until, old.verify_until) == until => {}
            Some(old) if key.sign_until <= old.sign_until => {
                others.push(event(KeyChange::Ended(dates(key)))?);
            }
            _ => announced.push(event(KeyChange::Announced(dates(key)))?),
        }
        let known = old.and_then(|old| old.compromised.as_ref());
        match &key.compromised {
            None if known.is_some() => {
                return Err(Refused::new("trust bundle", "compromised", "takes a compromise back"));
            }
            Some(bad) if known != Some(bad) => {
                others.push(event(KeyChange::Compromised(bad.clone()))?);
            }
            _ => {}
        }
    }
    announced.append(&mut others);
    // What verifiers will hold against it: the same rules, from the other side.
    let mut history = KeyHistory::begin(before);
    announced.iter().try_for_each(|event| history.apply(event))?;
    history.agrees(after, issued)?;
    Ok(announced)
}

fn dates(key: &OfficeKey) -> KeyDates {
    KeyDates { sign_from: key.sign_from, sign_until: key.sign_until, verify_until: key.verify_until }
}
