//! The trust bundle that the office hands out, and how it gets a newer one.
//!
//! ```text
//! edit    the newest bundle's fields → changed, sequence + 1 → signed by the root key, which is brought for the occasion
//! take    a bundle that its publisher signed elsewhere
//! both    journal: public (the commit point) → D/trust.xzt → from now on this one; its entry is in the next batch
//! ```
//!
//! Here: the bundle in use, and changing it. Not here: the format (`verifier::trust`), when keys are good.

use std::sync::OnceLock;

use verifier::base64;
use verifier::entry::{PublicKind, public_preimage};
use verifier::key::{KeyName, VerifierKey};
use verifier::limits::NOTE_BYTES;
use verifier::time::Time;
use verifier::trust::fields::{Group, Organisation, Threshold, Witness};
use verifier::trust::{TrustBundle, TrustFields};

use super::Office;
use super::accept::internal;
use super::open::{KEYS, TRUST};
use super::record::{self, Kind, Public};
use crate::keys::{self, KeyUse, Signer as _};
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
        let wrong = |what: &dyn std::fmt::Display| Refusal::new(RefusalCode::TrustChange).found(what);
        let mut fields = self.trust().fields().clone();
        for edit in edits {
            change(&mut fields, edit)?;
        }
        let now = self.now();
        fields.sequence = fields.sequence.saturating_add(1);
        // A clock that went back does not make a newer bundle look older.
        fields.issued = now.max(self.trust().issued());
        fields.expires = fields.expires.max(fields.issued.saturating_add(TRUST_FOR)).min(Time::MAX);
        let text = fields.text().map_err(|refused| wrong(&refused))?;
        let listed = keys::list(&self.dir.join(KEYS))?;
        let root = listed.into_iter().find(|key| key.key_use == KeyUse::Root);
        let root = root.ok_or_else(|| Refusal::new(RefusalCode::KeyMissing).at(KEYS).found("root"))?;
        if !root.present {
            let name = root.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            return Err(Refusal::new(RefusalCode::TrustRootMissing).at(KEYS).found(name));
        }
        // Opened for this signature alone: the ring would keep it as long as the process runs.
        let signed = self.keys.open_once(&root.path)?.sign_note(&text)?.encode();
        self.take(signed)
    }

    /// Takes a bundle in that its publisher signed elsewhere: by the root that this office has, with this office in it and
    /// the keys that it signs with.
    ///
    /// # Errors
    /// `TRUST_DAMAGED`, `TRUST_OLDER`, `TRUST_CHANGE`.
    pub fn take_trust(&self, text: &str) -> Result<u64, Refusal> {
        self.alive()?;
        let _one = self.publishing();
        self.take(text.to_string())
    }

    fn take(&self, text: String) -> Result<u64, Refusal> {
        let wrong = |what: &str| Refusal::new(RefusalCode::TrustChange).found(what);
        let root = self.keys.public(KeyUse::Root)?;
        let bundle = TrustBundle::open(&text, Some(root))
            .map_err(|error| Refusal::new(RefusalCode::TrustDamaged).at(TRUST).found(error))?;
        if bundle.note().encode() != text || text.len() > NOTE_BYTES {
            return Err(wrong("form"));
        }
        let (new, old) = (bundle.sequence(), self.trust().sequence());
        if new <= old {
            return Err(Refusal::new(RefusalCode::TrustOlder).found(new).right(old));
        }
        let own = bundle.office(&self.origin).ok_or_else(|| wrong(self.origin.as_str()))?;
        for (usage, key_use) in [
            (verifier::trust::KeyUse::Ledger, KeyUse::Ledger),
            (verifier::trust::KeyUse::Batch, KeyUse::Batch),
            (verifier::trust::KeyUse::Status, KeyUse::Status),
        ] {
            let key = self.keys.public(key_use)?;
            if !own.keys_for(usage).any(|known| known.key == *key) {
                return Err(wrong(key.name().as_str()));
            }
        }
        if self.trusted.count() >= CHANGES_MAX {
            return Err(wrong("too many changes since the start"));
        }
        let preimage = public_preimage(PublicKind::TrustBundle, text.as_bytes());
        let public = record::json(&Public { preimage: base64::encode(&preimage) });
        let ticket = {
            let mut state = self.state();
            let ticket =
                self.journal.append(Kind::Public as u8, &public).map_err(|error| self.stop(error.into()))?;
            state.public(preimage, ticket.sequence()).map_err(|what| self.stop(internal(what)))?;
            ticket
        };
        // The commit point. A crash before: the old bundle. After: the start writes the file from the journal.
        self.journal.wait(ticket).map_err(|error| self.stop(error.into()))?;
        self.disk.replace(TRUST, text.as_bytes()).map_err(|error| self.stop(error.into()))?;
        if !self.trusted.push(text, bundle) {
            return Err(internal("two changes of the trust bundle at once"));
        }
        self.waiting.notify_all();
        Ok(new)
    }

    /// Where a crash came between the journal and the file, the file is written again. Called while the office is opened.
    pub(super) fn finish_trust(&mut self) -> Result<(), Refusal> {
        let Some(body) = self.state().trust.clone() else { return Ok(()) };
        let Ok(text) = String::from_utf8(body) else { return Ok(()) };
        let root = self.keys.public(KeyUse::Root)?;
        let Ok(bundle) = TrustBundle::open(&text, Some(root)) else { return Ok(()) };
        if bundle.sequence() > self.trust().sequence() {
            self.disk.replace(TRUST, text.as_bytes())?;
            self.reports.push(format!("trust bundle {}: finished what was begun", bundle.sequence()));
            self.trusted = Trusted::new(text, bundle);
        }
        Ok(())
    }
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
