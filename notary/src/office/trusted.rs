//! The trust bundle that the office hands out, and how it gets a newer one.
//!
//! ```text
//! edit    the newest bundle's fields → changed, sequence + 1 → signed by the root key, which is brought for the occasion
//! take    a bundle that its publisher signed elsewhere
//! both    journal: key events and bundle (the commit point) → D/trust.xzt → from now on this one; entries of the next batch
//! ```
//!
//! Here: the bundle in use, and changing it. Not here: the format (`verifier::trust`), when keys are good (`keys_in_use`), rotating
//! them (`rotate`), what of it the ledger is told (`key_changes`), who signs it (`roots`).

use std::sync::OnceLock;

use verifier::base64;
use verifier::entry::{PublicKind, public_preimage};
use verifier::key::{KeyId, KeyName, VerifierKey};
use verifier::limits::NOTE_BYTES;
use verifier::time::Time;
use verifier::trust::fields::{Authority, Chain, Group, Organisation, Threshold, Witness};
use verifier::trust::{TrustBundle, TrustError, TrustFields};

use super::Office;
use super::accept::internal;
use super::key_changes::key_changes;
use super::open::TRUST;
use super::record::{self, Kind, Public};
use super::state::State;
use crate::disk::Disk;
use crate::refusal::{Refusal, RefusalCode};

/// Seconds that a bundle counts from its signing: one year.
const TRUST_FOR: u64 = 365 * 86_400;
/// Changes of the bundle while one process holds the office. Each keeps its predecessor in memory.
const CHANGES_MAX: usize = 256;
/// The label of the group that [`QuorumEdit::Of`] makes.
const QUORUM_GROUP: &str = "witnesses";

/// A bundle, and the one that came after it. References into it stay good: nothing is taken away while the office is open.
pub(super) struct Trusted {
    text: String,
    bundle: TrustBundle,
    next: OnceLock<Box<Trusted>>,
}

impl Trusted {
    pub(super) fn new(text: String, bundle: TrustBundle) -> Trusted {
        Trusted { text, bundle, next: OnceLock::new() }
    }

    /// The one in use.
    pub(super) fn newest(&self) -> &Trusted {
        let mut newest = self;
        while let Some(next) = newest.next.get() {
            newest = next;
        }
        newest
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn bundle(&self) -> &TrustBundle {
        &self.bundle
    }

    /// How many there were since the office was opened.
    fn count(&self) -> usize {
        let (mut newest, mut count) = (self, 1);
        while let Some(next) = newest.next.get() {
            (newest, count) = (next, count + 1);
        }
        count
    }

    /// Whoever changes the bundle holds the lock of publishing, so nobody was faster.
    fn push(&self, text: String, bundle: TrustBundle) -> bool {
        self.newest().next.set(Box::new(Trusted::new(text, bundle))).is_ok()
    }
}

/// One change of the bundle.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant)] // a few in a life, never many at once
pub enum TrustEdit {
    /// A witness whose cosignatures count from now on.
    AddWitness {
        /// Its key, of the kind that cosigns.
        key: VerifierKey,
        /// Token of its organisation: a unified social credit code, or a host name.
        token: String,
        /// Its organisation's name.
        name: String,
    },
    /// A witness that counts no more. Certificates that rest on its cosignatures lose their level.
    RemoveWitness {
        /// The name of its key.
        name: KeyName,
    },
    /// Who makes the quorum.
    Quorum(QuorumEdit),
    /// A timestamp authority whose tokens count from now on.
    AddAuthority(Authority),
    /// One that counts no more: certificates that rest on its tokens lose their level.
    RemoveAuthority {
        /// What the bundle calls it.
        label: String,
    },
    /// A chain on which this sender's transactions anchor checkpoints.
    AddChain(Chain),
    /// One that is not used any more.
    RemoveChain {
        /// What the bundle calls it.
        label: String,
    },
    /// A root that may sign the next bundles, too. Its key's file has to sign this one with the old one's where it becomes
    /// the first in the list.
    AddRoot {
        /// The key.
        key: VerifierKey,
    },
    /// A root that signs no more. Who pinned it and no other one can't use what comes.
    RemoveRoot {
        /// The id of its key.
        id: KeyId,
    },
}

/// Who makes the quorum.
#[derive(Clone, Debug)]
pub enum QuorumEdit {
    /// Nobody: level 4 takes evidence of two kinds.
    None,
    /// So many of these witnesses, of all where none is named.
    Of(Threshold, Vec<KeyName>),
}

impl Office {
    /// Changes the bundle and signs it with the root key, whose file has to be in `D/keys` for this once. The key is
    /// forgotten again when this returns. What became of it: the new sequence.
    ///
    /// # Errors
    /// `TRUST_ROOT_MISSING`, `TRUST_CHANGE`, what the root key's file says.
    pub fn edit_trust(&self, edits: &[TrustEdit]) -> Result<u64, Refusal> {
        self.alive()?;
        let _one = self.publishing();
        let text = self.edited(|fields| edits.iter().try_for_each(|edit| change(fields, edit)))?;
        self.take(self.signed_by_roots(&text)?)
    }

    /// The text of the bundle with these changes, to be signed where the root key is, and brought back by
    /// [`Office::take_trust`]. Nothing is changed by asking.
    ///
    /// # Errors
    /// `TRUST_CHANGE`.
    pub fn prepare_trust(&self, edits: &[TrustEdit]) -> Result<String, Refusal> {
        self.alive()?;
        let _one = self.publishing();
        self.edited(|fields| edits.iter().try_for_each(|edit| change(fields, edit)))
    }

    /// Takes a bundle in that its publisher signed elsewhere: by a root that the bundle of now lists, with this office in it.
    /// What it changes of the office's keys comes into the ledger with it, as key events.
    ///
    /// # Errors
    /// `TRUST_DAMAGED`, `TRUST_OLDER`; `TRUST_CHANGE` where a key that is still relied on is missing, a compromise taken
    /// back, or an end put into the past.
    pub fn take_trust(&self, text: &str) -> Result<u64, Refusal> {
        self.alive()?;
        let _one = self.publishing();
        self.take(text.to_string())
    }

    /// The text of the next bundle: that of now with a change, a sequence more, good for a year.
    pub(super) fn edited(
        &self,
        change: impl FnOnce(&mut TrustFields) -> Result<(), Refusal>,
    ) -> Result<String, Refusal> {
        let mut fields = self.trust().fields().clone();
        change(&mut fields)?;
        fields.sequence = fields.sequence.saturating_add(1);
        // A clock that went back does not make a newer bundle look older.
        fields.issued = self.now().max(self.trust().issued());
        fields.expires = fields.expires.max(fields.issued.saturating_add(TRUST_FOR)).min(Time::MAX);
        fields.text().map_err(|refused| Refusal::new(RefusalCode::TrustChange).found(refused))
    }

    /// Whoever calls holds the lock of publishing. Every step says what a crash there leaves.
    pub(super) fn take(&self, text: String) -> Result<u64, Refusal> {
        let wrong = |what: &dyn std::fmt::Display| Refusal::new(RefusalCode::TrustChange).found(what);
        // A key that was made or brought for it may be younger than the office's last look.
        self.keys.look_again()?;
        let bundle = open_by_one_of(&text, self.trust().roots())
            .map_err(|error| Refusal::new(RefusalCode::TrustDamaged).at(TRUST).found(error))?;
        if bundle.note().encode() != text || text.len() > NOTE_BYTES {
            return Err(wrong(&"form"));
        }
        // Whoever has pinned nothing holds it against the first root that it lists.
        TrustBundle::open(&text, None).map_err(|error| wrong(&error))?;
        let (new, old) = (bundle.sequence(), self.trust().sequence());
        if new <= old {
            return Err(Refusal::new(RefusalCode::TrustOlder).found(new).right(old));
        }
        if self.trusted.count() >= CHANGES_MAX {
            return Err(wrong(&"too many changes since the start"));
        }
        let preimages = self.told_of(&bundle, &text)?;
        let (kind, record) = match preimages.as_slice() {
            [one] => (Kind::Public, record::json(&Public { preimage: base64::encode(one) })),
            all => {
                let preimages = all.iter().map(|preimage| base64::encode(preimage)).collect();
                (Kind::Bundle, record::json(&record::Bundle { preimages }))
            }
        };
        let ticket = {
            let mut state = self.state();
            let ticket = self.journal.append(kind as u8, &record).map_err(|error| self.stop(error.into()))?;
            for preimage in preimages {
                state.public(preimage, ticket.sequence()).map_err(|what| self.stop(internal(what)))?;
            }
            ticket
        };
        // The commit point, of the bundle and its key events at once. A crash before: the old bundle, and a new key's file that
        // signs nothing. After: the start writes what follows from the journal.
        self.journal.wait(ticket).map_err(|error| self.stop(error.into()))?;
        self.disk.replace(TRUST, text.as_bytes()).map_err(|error| self.stop(error.into()))?;
        // From here on the new keys sign.
        if !self.trusted.push(text, bundle) {
            return Err(internal("two changes of the trust bundle at once"));
        }
        // A crash from here on: each of these is done at every start.
        self.keep_roots().map_err(|refusal| self.stop(refusal))?;
        // Where this can't be done, what is there opens with the key that it opened with before.
        let _ = self.people.seal_anew(&self.in_use().of_people(self.now()));
        self.mark_lists_of_bad_keys();
        if let Some(witness) = self.witness() {
            // The ledgers that are witnessed may have rotated, too. Where the list can't be written, they are known as before.
            let _ = witness.learn(self.trust());
        }
        self.waiting.notify_all();
        Ok(new)
    }

    /// What a new bundle brings into the ledger: the events of the office's own keys, then the bundle.
    fn told_of(&self, bundle: &TrustBundle, text: &str) -> Result<Vec<Vec<u8>>, Refusal> {
        let wrong = |what: &dyn std::fmt::Display| Refusal::new(RefusalCode::TrustChange).found(what);
        let none = || wrong(&self.origin);
        let before = self.trust().office(&self.origin).ok_or_else(none)?;
        let after = bundle.office(&self.origin).ok_or_else(none)?;
        let time = {
            let state = self.state();
            let last = state.key_event.unwrap_or(Time::ZERO);
            self.now().max(state.head.time).max(last)
        };
        let events = key_changes(before, after, bundle.issued(), time).map_err(|refused| wrong(&refused))?;
        let mut preimages: Vec<_> = events
            .iter()
            .map(|event| public_preimage(PublicKind::KeyEvent, event.text().as_bytes()))
            .collect();
        preimages.push(public_preimage(PublicKind::TrustBundle, text.as_bytes()));
        Ok(preimages)
    }
}

impl Trusted {
    /// Where a crash came between the journal and the file, the file is written again, before anything is signed. Called
    /// while the office is opened.
    pub(super) fn finished(
        self,
        disk: &dyn Disk,
        state: &State,
        reports: &mut Vec<String>,
    ) -> Result<Trusted, Refusal> {
        let Some(body) = state.trust.clone() else { return Ok(self) };
        let Ok(text) = String::from_utf8(body) else { return Ok(self) };
        let Ok(bundle) = open_by_one_of(&text, self.bundle().roots()) else { return Ok(self) };
        if bundle.sequence() <= self.bundle().sequence() {
            return Ok(self);
        }
        disk.replace(TRUST, text.as_bytes())?;
        reports.push(format!("trust bundle {}: finished what was begun", bundle.sequence()));
        Ok(Trusted::new(text, bundle))
    }
}

/// The bundle, as the first of these roots that signed it and that it lists stands for it.
pub(super) fn open_by_one_of(text: &str, roots: &[VerifierKey]) -> Result<TrustBundle, TrustError> {
    let mut failed = None;
    for root in roots {
        match TrustBundle::open(text, Some(root)) {
            Ok(bundle) => return Ok(bundle),
            Err(error) => failed = failed.or(Some(error)),
        }
    }
    Err(failed.unwrap_or(TrustError::RootOther))
}

/// Does one change. What can't be is found when the text is made, but for what would go unnoticed.
fn change(fields: &mut TrustFields, edit: &TrustEdit) -> Result<(), Refusal> {
    let wrong = |what: &str| Refusal::new(RefusalCode::TrustChange).found(what);
    match edit {
        TrustEdit::AddWitness { key, token, name } => {
            if fields.witnesses.iter().any(|witness| witness.key.public() == key.public()) {
                return Err(wrong(key.name().as_str()));
            }
            let organisation = Organisation { token: token.clone(), name: name.clone() };
            fields.witnesses.push(Witness { key: key.clone(), organisation });
        }
        TrustEdit::RemoveWitness { name } => {
            let before = fields.witnesses.len();
            fields.witnesses.retain(|witness| witness.key.name() != name);
            if fields.witnesses.len() == before {
                return Err(wrong(name.as_str()));
            }
        }
        TrustEdit::AddRoot { key } => {
            if fields.roots.contains(key) {
                return Err(wrong(&key.encode()));
            }
            fields.roots.push(key.clone());
        }
        TrustEdit::AddAuthority(authority) => {
            if fields.authorities.iter().any(|known| known.label == authority.label) {
                return Err(wrong(&authority.label));
            }
            fields.authorities.push(authority.clone());
        }
        TrustEdit::RemoveAuthority { label } => {
            let before = fields.authorities.len();
            fields.authorities.retain(|known| known.label != *label);
            if fields.authorities.len() == before {
                return Err(wrong(label));
            }
        }
        TrustEdit::AddChain(chain) => {
            if fields.chains.iter().any(|known| known.label == chain.label) {
                return Err(wrong(&chain.label));
            }
            fields.chains.push(chain.clone());
        }
        TrustEdit::RemoveChain { label } => {
            let before = fields.chains.len();
            fields.chains.retain(|known| known.label != *label);
            if fields.chains.len() == before {
                return Err(wrong(label));
            }
        }
        TrustEdit::RemoveRoot { id } => {
            let before = fields.roots.len();
            fields.roots.retain(|root| root.id() != *id);
            if fields.roots.len() == before {
                return Err(wrong(&id.to_string()));
            }
        }
        TrustEdit::Quorum(QuorumEdit::None) => {
            fields.quorum = None;
            fields.groups.retain(|group| group.label != QUORUM_GROUP);
        }
        TrustEdit::Quorum(QuorumEdit::Of(threshold, members)) => {
            let all = || fields.witnesses.iter().map(|witness| witness.key.name().to_string()).collect();
            let members: Vec<String> =
                if members.is_empty() { all() } else { members.iter().map(KeyName::to_string).collect() };
            fields.groups.retain(|group| group.label != QUORUM_GROUP);
            fields.groups.push(Group { label: QUORUM_GROUP.to_string(), threshold: *threshold, members });
            fields.quorum = Some(QUORUM_GROUP.to_string());
        }
    }
    Ok(())
}
