//! Which keys sign, what state each is in, and what is to be done soon.
//!
//! ```text
//! sign-from          ├──────── old ────────┤ sign-until                 verify-until
//!                                  ├──────── new ────────┤ …
//!                     Coming │ Active      │ Retired                   │ Expired
//!                     checkpoints, batch and status notes: old │ old + new │ new
//!                     PDF and QR (room for one signature)  old │ old       │ new
//! ```
//!
//! A key is picked by the trust bundle's dates at the moment of signing. In the overlap all active keys sign; where there is
//! room for one signature it is that of the one that began first, which every bundle in use knows. Not here: the files
//! (`keyring`), changing anything (`rotate`).

use std::sync::Arc;

use verifier::key::VerifierKey;
use verifier::note::Note;
use verifier::origin::Origin;
use verifier::time::Time;
use verifier::trust::{Compromised, KeyUse, OfficeKey, TrustBundle};

use super::Office;
use super::accept::internal;
use super::keyring::{Held, Keyring};
use crate::keys::{self, KeyPlace, Listed, Passphrase, Signer, SignerHealth};
use crate::refusal::{Refusal, RefusalCode};

/// A key, or the trust bundle, that ends within so many seconds is named: 30 days.
const MONTH: u64 = 30 * 86_400;
/// And again, more loudly: 7 days.
const WEEK: u64 = 7 * 86_400;

/// A key of the office, as its trust bundle and its folder have it.
#[derive(Clone, Debug)]
pub struct KeyView {
    /// What it signs.
    pub usage: KeyUse,
    /// The key.
    pub key: VerifierKey,
    /// What it signs is good from then on,
    pub sign_from: Time,
    /// and until then, this second included.
    pub sign_until: Time,
    /// What it signed may be relied on until then, this second included.
    pub verify_until: Time,
    /// That somebody else may have had it.
    pub compromised: Option<Compromised>,
    /// Whether it signs now.
    pub state: KeyState,
    /// Whether its private half is here.
    pub has_private: bool,
    /// Where the private half is; `None` where the folder does not know the key.
    pub place: Option<KeyPlace>,
    /// What is to be done about it.
    pub warning: Option<KeyWarning>,
}

/// Whether a key signs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Announced: it signs later.
    Coming,
    /// It signs.
    Active,
    /// It signs no more; what it signed is relied on.
    Retired,
    /// What it signed is relied on no more.
    Expired,
    /// Somebody else may have had it; it signs no more, whatever its dates.
    Compromised,
}

impl KeyState {
    /// A word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            KeyState::Coming => "coming",
            KeyState::Active => "active",
            KeyState::Retired => "retired",
            KeyState::Expired => "expired",
            KeyState::Compromised => "compromised",
        }
    }

    /// By the bundle's dates at this time.
    pub(super) fn of(key: &OfficeKey, now: Time) -> KeyState {
        if key.compromised.is_some() {
            KeyState::Compromised
        } else if now < key.sign_from {
            KeyState::Coming
        } else if now <= key.sign_until {
            KeyState::Active
        } else if now <= key.verify_until {
            KeyState::Retired
        } else {
            KeyState::Expired
        }
    }
}

/// What is to be done about a key, or the trust bundle. In rising order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyWarning {
    /// Half of its time has gone, and no successor is announced: plan it.
    HalfLife,
    /// 30 days are left, and no successor is announced.
    Month,
    /// 7 days are left, and no successor is announced.
    Week,
    /// It signs now or soon, and its private half is not here.
    NoPrivate,
    /// It ended or was compromised, and no key of this use signs: nothing of the kind is signed until it is rotated.
    NoneActive,
}

impl KeyWarning {
    /// A word for programs.
    pub fn as_str(self) -> &'static str {
        match self {
            KeyWarning::HalfLife => "half-life",
            KeyWarning::Month => "month",
            KeyWarning::Week => "week",
            KeyWarning::NoPrivate => "no-private",
            KeyWarning::NoneActive => "none-active",
        }
    }

    /// What the rest of a time says, without a look at who comes after.
    fn of(from: Time, until: Time, now: Time) -> Option<KeyWarning> {
        let (left, all) = (until.since(now), until.since(from));
        if now > until {
            Some(KeyWarning::NoneActive)
        } else if left <= WEEK {
            Some(KeyWarning::Week)
        } else if left <= MONTH {
            Some(KeyWarning::Month)
        } else {
            (now >= from && left <= all / 2).then_some(KeyWarning::HalfLife)
        }
    }
}

/// One thing to be done, for pages, metrics and `health`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyNotice {
    /// The key's use; `None`: the trust bundle itself.
    pub usage: Option<KeyUse>,
    /// What is to be done.
    pub warning: KeyWarning,
    /// When the key, or the bundle, ends.
    pub until: Time,
    /// The key, where it is one.
    pub key: Option<VerifierKey>,
}

/// A key that an external program signs with, and how it goes with that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalSigner {
    /// What it signs.
    pub key_use: keys::KeyUse,
    /// Its public half.
    pub key: VerifierKey,
    /// How it goes.
    pub health: SignerHealth,
}

impl Office {
    /// The office's keys in the order of the trust bundle, as they are now.
    pub fn key_views(&self) -> Vec<KeyView> {
        key_views_of(self.keys_in_trust(), &self.listed(), self.now())
    }

    /// What is to be done about keys and trust bundle, by the office's clock: at most one for each use, the most urgent.
    pub fn key_warnings(&self, now: Time) -> Vec<KeyNotice> {
        key_notices(self.trust(), &self.origin, &self.listed(), now)
    }

    /// Whether the trust bundle wants to be signed anew. `NoneActive`: it has expired.
    pub fn bundle_warning(&self, now: Time) -> Option<KeyWarning> {
        bundle_warning(self.trust(), now)
    }

    /// How it goes with each external program that signs for this office. Waits for none of them.
    pub fn external_signers(&self) -> Vec<ExternalSigner> {
        let signer = |held: Held| {
            let health = held.signer.health()?;
            Some(ExternalSigner { key_use: held.listed.key_use, key: held.listed.vkey, health })
        };
        self.keys.all().into_iter().filter_map(signer).collect()
    }

    fn listed(&self) -> Vec<Listed> {
        self.keys.all().into_iter().map(|held| held.listed).collect()
    }

    /// The keys that sign at this moment, those that began first before the others.
    ///
    /// # Errors
    /// `KEY_NOT_IN_FORCE` where none is active by the bundle; `KEY_MISSING` where no active one has its private half here.
    pub(super) fn signers(&self, usage: KeyUse, at: Time) -> Result<Vec<Arc<dyn Signer>>, Refusal> {
        self.in_use().signers(usage, at)
    }

    /// The keys of the bundle and those of the folder.
    pub(super) fn in_use(&self) -> InUse<'_> {
        InUse { keys: self.keys_in_trust(), ring: &self.keys }
    }

    /// The text signed by all of them.
    pub(super) fn signed_by(&self, signers: &[Arc<dyn Signer>], text: &str) -> Result<Note, Refusal> {
        let mut all: Option<Note> = None;
        for signer in signers {
            let note = signer.sign_note(text)?;
            all = Some(match all {
                None => note,
                Some(all) => {
                    let line = note.signatures().first().cloned().ok_or_else(|| internal("no signature"))?;
                    all.with_signature(line).map_err(internal)?
                }
            });
        }
        all.ok_or_else(|| internal("nobody signs"))
    }
}

/// The keys of a bundle in its order, with what a folder has of them. For whoever reads the office's files and does not hold it.
pub fn key_views_of(keys: &[OfficeKey], folder: &[Listed], now: Time) -> Vec<KeyView> {
    let view = |key: &OfficeKey| {
        let listed = folder.iter().find(|listed| listed.vkey == key.key);
        let has_private = listed.is_some_and(|listed| listed.present);
        KeyView {
            usage: key.usage,
            key: key.key.clone(),
            sign_from: key.sign_from,
            sign_until: key.sign_until,
            verify_until: key.verify_until,
            compromised: key.compromised.clone(),
            state: KeyState::of(key, now),
            has_private,
            place: listed.map(|listed| listed.place),
            warning: warning(key, keys, has_private, now),
        }
    };
    keys.iter().map(view).collect()
}

/// As [`Office::key_warnings`], for whoever reads the office's files and does not hold it.
pub fn key_notices(trust: &TrustBundle, origin: &Origin, folder: &[Listed], now: Time) -> Vec<KeyNotice> {
    let keys = trust.office(origin).map(|office| office.keys.as_slice()).unwrap_or_default();
    let private = |key: &OfficeKey| folder.iter().any(|h| h.vkey == key.key && h.present);
    let of_use = |usage: KeyUse| {
        let told = keys.iter().filter(|key| key.usage == usage);
        let told = told.filter_map(|key| Some((warning(key, keys, private(key), now)?, key)));
        let (warning, key) = told.max_by_key(|(warning, key)| (*warning, key.sign_until))?;
        Some(KeyNotice { usage: Some(usage), warning, until: key.sign_until, key: Some(key.key.clone()) })
    };
    let bundle = bundle_warning(trust, now).map(|warning| KeyNotice {
        usage: None,
        warning,
        until: trust.expires(),
        key: None,
    });
    KeyUse::ALL.into_iter().filter_map(of_use).chain(bundle).collect()
}

fn bundle_warning(trust: &TrustBundle, now: Time) -> Option<KeyWarning> {
    // It is good before `expires`, not at it.
    let last = Time::new(trust.expires().seconds().saturating_sub(1)).unwrap_or(Time::ZERO);
    KeyWarning::of(trust.issued(), last, now)
}

/// The keys of a trust bundle, and those of the folder.
pub(super) struct InUse<'a> {
    pub(super) keys: &'a [OfficeKey],
    pub(super) ring: &'a Keyring,
}

/// Ledger keys, as [`crate::people`] needs them.
pub(crate) struct PeopleKeys {
    /// Whose private half is here.
    pub(crate) all: Vec<Arc<dyn Signer>>,
    /// Those that sign now or will: under them the others' files may go.
    pub(crate) wanted: Vec<VerifierKey>,
    /// The passphrase, where one of the wanted lies behind a program that may be away.
    pub(crate) spare: Option<Spare>,
}

/// The passphrase of an office whose ledger key lies behind a program.
pub(crate) struct Spare {
    pub(crate) passphrase: Arc<Passphrase>,
    /// Whether a key's file showed that it is the right one.
    pub(crate) proven: bool,
}

impl PeopleKeys {
    /// The one of this folder with this vkey.
    pub(crate) fn named(&self, vkey: &str) -> Option<&Arc<dyn Signer>> {
        self.all.iter().find(|signer| signer.key().encode() == vkey)
    }

    /// The wanted ones that are here; whatever is here, where none is and something has to be had.
    pub(crate) fn to_seal_under(&self, must: bool) -> Vec<Arc<dyn Signer>> {
        let wanted = |signer: &&Arc<dyn Signer>| self.wanted.contains(signer.key());
        let found: Vec<_> = self.all.iter().filter(wanted).cloned().collect();
        if found.is_empty() && must { self.all.clone() } else { found }
    }
}

impl InUse<'_> {
    /// As [`Office::signers`].
    pub(super) fn signers(&self, usage: KeyUse, at: Time) -> Result<Vec<Arc<dyn Signer>>, Refusal> {
        let active: Vec<&OfficeKey> = self.of(usage, at, &[KeyState::Active]).collect();
        let Some(first) = active.first() else {
            return Err(Refusal::new(RefusalCode::KeyNotInForce).at(usage.name()).found(at.display_china()));
        };
        let signers: Vec<_> = active.iter().filter_map(|key| self.ring.signer_of(&key.key)).collect();
        match signers.is_empty() {
            false => Ok(signers),
            true => {
                let file = format!("{}-{}.pem", usage.name(), first.key.id());
                Err(Refusal::new(RefusalCode::KeyMissing).at("keys").found(file))
            }
        }
    }

    /// Decrypts what signs now or will, each key in a thread of its own, so that a wrong passphrase shows at the start and
    /// not in the middle of a batch. A use of which no key is active does not keep the office closed: it can be rotated.
    ///
    /// # Errors
    /// What the keys' files say; `KEY_MISSING` where the private halves of all active keys of a use are elsewhere.
    pub(super) fn unlock(&self, now: Time) -> Result<(), Refusal> {
        let mut signers: Vec<Arc<dyn Signer>> = Vec::new();
        for usage in [KeyUse::Ledger, KeyUse::Batch, KeyUse::Status] {
            match self.signers(usage, now) {
                Err(refusal) if refusal.code() != RefusalCode::KeyNotInForce => return Err(refusal),
                _ => {}
            }
            let keys = self.of(usage, now, &[KeyState::Active, KeyState::Coming]);
            signers.extend(keys.filter_map(|key| self.ring.signer_of(&key.key)));
        }
        let mut witness = self.ring.of(keys::KeyUse::Witness);
        // An old one whose file was taken away after an overlap is wanted no more.
        if witness.iter().any(|held| held.listed.present) {
            witness.retain(|held| held.listed.present);
        }
        signers.extend(witness.into_iter().map(|held| held.signer));
        let signers: Vec<&dyn Signer> = signers.iter().map(|signer| &**signer).collect();
        for outcome in keys::unlock_all(&signers) {
            match outcome.map_err(Refusal::from) {
                // An external program that does not answer: what it is to sign waits for it, and the keys' page says so.
                Err(refusal) if refusal.awaits_signer() => {}
                outcome => outcome?,
            }
        }
        Ok(())
    }

    /// The ledger keys that the people's key is kept under: all of this folder, which may open it, and those that it shall
    /// be under from now on.
    pub(super) fn of_people(&self, now: Time) -> PeopleKeys {
        let here = self.ring.of(keys::KeyUse::Ledger).into_iter().filter(|held| held.listed.present);
        let lasting = self.of(KeyUse::Ledger, now, &[KeyState::Active, KeyState::Coming]);
        let wanted: Vec<VerifierKey> = lasting.map(|key| key.key.clone()).collect();
        let held = self.ring.all();
        let away = |held: &Held| held.listed.place == KeyPlace::Command && wanted.contains(&held.listed.vkey);
        // What `unlock` decrypted; it refused a wrong passphrase.
        let opened = |held: &Held| {
            let signs =
                |key: &&OfficeKey| key.usage != KeyUse::Pdf && KeyState::of(key, now) == KeyState::Active;
            held.listed.present
                && held.listed.place == KeyPlace::File
                && self.keys.iter().filter(signs).any(|key| key.key == held.listed.vkey)
        };
        let spare = held.iter().any(away).then(|| Spare {
            passphrase: Arc::clone(self.ring.passphrase()),
            proven: held.iter().any(opened),
        });
        PeopleKeys { all: here.map(|held| held.signer).collect(), wanted, spare }
    }

    fn of(&self, usage: KeyUse, at: Time, states: &'static [KeyState]) -> impl Iterator<Item = &OfficeKey> {
        let fits = move |key: &&OfficeKey| key.usage == usage && states.contains(&KeyState::of(key, at));
        self.keys.iter().filter(fits)
    }
}

/// What is to be done about one key. The one that signs longest speaks for its use.
fn warning(key: &OfficeKey, all: &[OfficeKey], has_private: bool, now: Time) -> Option<KeyWarning> {
    let state = KeyState::of(key, now);
    if matches!(state, KeyState::Active | KeyState::Coming) && !has_private {
        return Some(KeyWarning::NoPrivate);
    }
    let of_use = || all.iter().filter(|other| other.usage == key.usage);
    let rank = |other: &&OfficeKey| (other.compromised.is_none(), other.sign_until, other.sign_from);
    if of_use().max_by_key(rank) != Some(key) {
        return None;
    }
    match of_use().any(|other| KeyState::of(other, now) == KeyState::Active) {
        false => Some(KeyWarning::NoneActive),
        true if state == KeyState::Active => KeyWarning::of(key.sign_from, key.sign_until, now),
        true => None,
    }
}
