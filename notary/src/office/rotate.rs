//! A new key beside the old one, and a key that somebody else may have.
//!
//! ```text
//! rotate      new key's file → bundle with both keys, old one ends after the overlap → signed by the root → taken in
//! compromise  bundle with the moment and the last good checkpoint                    → signed by the root → taken in
//! ```
//!
//! Where the root is elsewhere, `prepare_…` gives the bundle's text: it is signed there ([`sign_bundle`](super::sign_bundle)) and
//! brought back with [`Office::take_trust`]. Taking it in is one record of the journal, key events and bundle together: a crash
//! leaves the office before or after, never between. Not here: which keys sign (`keys_in_use`), taking in (`trusted`).

use std::path::PathBuf;

use verifier::hash::Hash;
use verifier::key::{KeyId, VerifierKey};
use verifier::time::Time;
use verifier::trust::{Compromised, KeyUse, OfficeKey, TrustFields};

use super::Office;
use super::create::{SIGNS_FOR, VERIFIES_FOR};
use super::keyring::{Held, name};
use super::keys_in_use::KeyState;
use crate::keys;
use crate::refusal::{Refusal, RefusalCode};

/// Seconds that the old key goes on signing beside the new one, unless otherwise said: 30 days.
const OVERLAP: u64 = 30 * 86_400;

/// A key in the place of another, which goes on for a while.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// What it signs.
    pub usage: KeyUse,
    /// From when on. Not later than the old one's end.
    pub sign_from: Time,
    /// Seconds from then on that the old ones go on signing. Never longer than they would have.
    pub overlap: u64,
    /// Seconds that the new one signs.
    pub signs_for: u64,
    /// Seconds that it is relied on after that.
    pub verifies_for: u64,
    /// Where it comes from.
    pub with: NewKey,
}

/// Where a new key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewKey {
    /// A file under the office's passphrase. One that lies in `D/keys` already and that no bundle ever had is taken, as a
    /// rotation leaves it that was begun and not finished; else it is made.
    File,
    /// A `.signer` file that lies in `D/keys`, its `.vkey` beside it.
    External(PathBuf),
}

impl Rotation {
    /// From now on, with the usual times: 30 days of overlap, two years, and ten after that.
    pub fn new(usage: KeyUse, now: Time) -> Rotation {
        Rotation {
            usage,
            sign_from: now,
            overlap: OVERLAP,
            signs_for: SIGNS_FOR,
            verifies_for: VERIFIES_FOR,
            with: NewKey::File,
        }
    }
}

/// A rotation that was done.
#[derive(Clone, Debug)]
pub struct Rotated {
    /// The new key.
    pub key: VerifierKey,
    /// The bundle's new sequence.
    pub sequence: u64,
}

/// A change that the root has yet to sign.
#[derive(Clone, Debug)]
pub struct Prepared {
    /// The new key, if there is one. Its file is in `D/keys` and signs nothing yet.
    pub key: Option<VerifierKey>,
    /// The bundle's text.
    pub text: String,
}

/// A compromise that was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compromise {
    /// The bundle's new sequence.
    pub sequence: u64,
    /// Whether another key of the use signs now. Where none does, nothing of the kind is signed until it is rotated.
    pub another_signs: bool,
}

impl Office {
    /// Makes a new key and lets it begin beside the old one. The root key's file has to be in `D/keys` for this once.
    ///
    /// # Errors
    /// `KEY_DATES`, `TRUST_ROOT_MISSING`, `TRUST_CHANGE`, what the keys' files say. Nothing was changed then, but that a new
    /// key's file may lie in `D/keys`; the next rotation of the use takes it.
    pub fn rotate_key(&self, rotation: &Rotation) -> Result<Rotated, Refusal> {
        self.alive()?;
        let _one = self.publishing();
        self.check_rotation(rotation)?;
        let (key, text) = self.rotated(rotation)?;
        let sequence = self.take(self.signed_by_roots(&text)?)?;
        Ok(Rotated { key, sequence })
    }

    /// The same as far as it goes without the root.
    ///
    /// # Errors
    /// As for [`Office::rotate_key`].
    pub fn prepare_rotation(&self, rotation: &Rotation) -> Result<Prepared, Refusal> {
        self.alive()?;
        let _one = self.publishing();
        self.check_rotation(rotation)?;
        let (key, text) = self.rotated(rotation)?;
        Ok(Prepared { key: Some(key), text })
    }

    /// Tells that a key may be somebody else's `from` then on, and which checkpoint was the last good one: its size, and its
    /// root where the caller knows it. The office stops signing with it. Root key as for [`Office::rotate_key`].
    ///
    /// # Errors
    /// `KEY_UNKNOWN`, `LAST_GOOD_UNKNOWN`, `TRUST_ROOT_MISSING`, `TRUST_CHANGE` where less is said than was before.
    pub fn compromise_key(
        &self,
        usage: KeyUse,
        id: KeyId,
        from: Time,
        last_good: (u64, Option<Hash>),
    ) -> Result<Compromise, Refusal> {
        self.alive()?;
        let _one = self.publishing();
        let text = self.compromised(usage, id, from, last_good)?;
        let sequence = self.take(self.signed_by_roots(&text)?)?;
        let now = self.now();
        let signs = |key: &OfficeKey| key.usage == usage && KeyState::of(key, now) == KeyState::Active;
        Ok(Compromise { sequence, another_signs: self.keys_in_trust().iter().any(signs) })
    }

    /// The same as far as it goes without the root.
    ///
    /// # Errors
    /// As for [`Office::compromise_key`].
    pub fn prepare_compromise(
        &self,
        usage: KeyUse,
        id: KeyId,
        from: Time,
        last_good: (u64, Option<Hash>),
    ) -> Result<Prepared, Refusal> {
        self.alive()?;
        let _one = self.publishing();
        Ok(Prepared { key: None, text: self.compromised(usage, id, from, last_good)? })
    }

    /// The root of the checkpoint of this size, where the office published one: the end of a batch, or 0.
    ///
    /// # Errors
    /// `LAST_GOOD_UNKNOWN`.
    pub fn root_of_checkpoint(&self, size: u64) -> Result<Hash, Refusal> {
        let unknown = || Refusal::new(RefusalCode::LastGoodUnknown).found(size);
        let ledger = self.ledger();
        let Some(last) = size.checked_sub(1) else { return Ok(verifier::hash::empty_root()) };
        if size > ledger.head().size || ledger.batch_of(last)?.end() != size {
            return Err(unknown());
        }
        Ok(ledger.root_at(size)?)
    }

    /// Looked at before a key is made.
    fn check_rotation(&self, rotation: &Rotation) -> Result<(), Refusal> {
        let wrong =
            |what: &str| Err(Refusal::new(RefusalCode::KeyDates).at(rotation.usage.name()).found(what));
        let Rotation { sign_from, signs_for, .. } = *rotation;
        let now = self.now();
        if signs_for == 0 || sign_from.saturating_add(signs_for) <= now {
            return wrong("sign-until");
        }
        // No moment without a key: what is active now, or is to come, ends where the new one has begun.
        let good = |key: &&OfficeKey| key.usage == rotation.usage && key.compromised.is_none();
        let last = self.keys_in_trust().iter().filter(good).map(|key| key.sign_until).max();
        match last.filter(|last| *last >= now) {
            Some(last) if sign_from > last.saturating_add(1) => wrong(&sign_from.display_china()),
            _ => Ok(()),
        }
    }

    fn rotated(&self, rotation: &Rotation) -> Result<(VerifierKey, String), Refusal> {
        let new = self.new_key(rotation)?.listed.vkey;
        // Nothing is signed in the past. Whoever made up the rotation did so a moment ago.
        let sign_from = rotation.sign_from.max(self.now());
        // An end is never put into the past: what was signed until now was signed in good time.
        let past = self.now().max(self.state().head.time);
        let end = sign_from.saturating_add(rotation.overlap).max(past);
        let sign_until = sign_from.saturating_add(rotation.signs_for);
        let added = OfficeKey {
            usage: rotation.usage,
            key: new.clone(),
            sign_from,
            sign_until,
            verify_until: sign_until.saturating_add(rotation.verifies_for),
            compromised: None,
        };
        let text = self.edited(|fields| {
            let keys = self.own_keys_of(fields)?;
            // One that is to come later than that, and one that signs no more anyhow, keep their dates.
            let ends = |old: &&mut OfficeKey| {
                old.usage == rotation.usage && old.compromised.is_none() && old.sign_from < end
            };
            for old in keys.iter_mut().filter(ends) {
                old.sign_until = old.sign_until.min(end);
            }
            keys.push(added);
            Ok(())
        })?;
        Ok((new, text))
    }

    /// The key to begin with: one that lies there and that no bundle ever had, or a new one.
    fn new_key(&self, rotation: &Rotation) -> Result<Held, Refusal> {
        self.keys.look_again()?;
        let key_use = keys::KeyUse::of(rotation.usage);
        let of_use = self.keys.of(key_use).into_iter();
        let fresh = |held: &Held| {
            let known = self.keys_in_trust().iter().any(|key| key.key == held.listed.vkey);
            let named = held.listed.vkey.name().as_str() == key_use.key_name(&self.origin);
            named && held.listed.present && !known
        };
        let mut fresh = of_use.filter(fresh);
        match &rotation.with {
            NewKey::File => match fresh.find(|held| held.listed.place == keys::KeyPlace::File) {
                Some(held) => tried(held),
                None => self.keys.make(key_use, &name(key_use, &self.origin)?).and_then(tried),
            },
            NewKey::External(file) => {
                let same = |held: &Held| {
                    held.listed.place == keys::KeyPlace::Command
                        && held.listed.path.file_stem() == file.file_stem()
                };
                let missing = || match self.keys.of(key_use).iter().find(|held| same(held)) {
                    Some(known) => Refusal::new(RefusalCode::KeyKnown)
                        .at(file.file_name().unwrap_or_default().to_string_lossy())
                        .found(known.listed.vkey.encode()),
                    None => Refusal::new(RefusalCode::KeyMissing).at("keys").found(file.display()),
                };
                tried(fresh.find(same).ok_or_else(missing)?)
            }
        }
    }

    fn compromised(
        &self,
        usage: KeyUse,
        id: KeyId,
        from: Time,
        (size, root): (u64, Option<Hash>),
    ) -> Result<String, Refusal> {
        let found = self.root_of_checkpoint(size)?;
        if root.is_some_and(|root| root != found) {
            return Err(Refusal::new(RefusalCode::LastGoodUnknown).found(format!("{size} {found}")));
        }
        if from > self.now() {
            return Err(Refusal::new(RefusalCode::KeyDates).at(usage.name()).found(from.display_china()));
        }
        self.edited(|fields| {
            let keys = self.own_keys_of(fields)?;
            let key = keys.iter_mut().find(|key| key.usage == usage && key.key.id() == id);
            let unknown = || Refusal::new(RefusalCode::KeyUnknown).found(format!("{} {id}", usage.name()));
            key.ok_or_else(unknown)?.compromised = Some(Compromised { from, size, root: found });
            Ok(())
        })
    }

    fn own_keys_of<'a>(&self, fields: &'a mut TrustFields) -> Result<&'a mut Vec<OfficeKey>, Refusal> {
        let own = fields.offices.iter_mut().find(|office| office.origin == self.origin);
        let none = || Refusal::new(RefusalCode::TrustChange).found(&self.origin);
        own.map(|office| &mut office.keys).ok_or_else(none)
    }
}

/// The key after it has signed once, so that a wrong passphrase or a program that does not answer shows before the bundle has
/// it. The text is none that anybody reads.
fn tried(held: Held) -> Result<Held, Refusal> {
    held.signer.sign_note(&format!("{}\ntrial\n", held.listed.vkey.name()))?;
    Ok(held)
}
