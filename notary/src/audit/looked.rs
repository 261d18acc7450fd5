//! What an audit looked at: counts for the report, and who else saw how much of the ledger.

use std::collections::BTreeMap;

use verifier::time::Time;
use verifier::trust::KeyUse;

/// Targets and witnesses that are counted one by one.
const NAMED_MAX: usize = 256;

/// What was looked at in one audit; what was looked at before is not counted again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looked {
    /// Entries whose bundles were read.
    pub entries: u64,
    /// Batch files.
    pub batches: u64,
    /// Public preimages.
    pub preimages: u64,
    /// Status notes among them, each with its list.
    pub lists: u64,
    /// Heads of the operators' log among them.
    pub log_heads: u64,
    /// Trust bundles among them.
    pub bundles: u64,
    /// Key events among them.
    pub key_events: u64,
    /// Cosigned checkpoints.
    pub cosigned: u64,
    /// Witnesses of the bundle, by key name.
    pub witnesses: BTreeMap<String, Witnessed>,
    /// Targets of anchors, by type and label.
    pub anchors: BTreeMap<(String, String), Anchored>,
    /// Keys of the office that signed, in the order of the bundle.
    pub keys: Vec<KeyUsed>,
    /// Whether each of them could be held against the key events.
    pub known: KeysKnown,
    /// So many entries lie under a checkpoint that met the bundle's quorum.
    pub quorum: u64,
}

/// From where on an audit knows which keys were announced. A key in silence is found only where it knows them all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum KeysKnown {
    /// From the trust bundle on that the ledger began with.
    Beginning,
    /// The audit began in the middle, and knows nothing of what was announced before.
    Middle,
    /// The ledger shows no trust bundle.
    Never,
    /// Entries were lost, and with them what they say of keys.
    #[default]
    Lost,
}

/// What a witness saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witnessed {
    /// Of another organisation than the office's.
    pub is_independent: bool,
    /// How many checkpoints.
    pub count: u64,
    /// The size of the largest.
    pub size: u64,
    /// When it saw the last one.
    pub last: Time,
}

/// What was anchored with one target.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchored {
    /// What can be said of it.
    pub shown: Shown,
    /// How many checkpoints.
    pub count: u64,
    /// The size of the largest; none of an unknown type.
    pub size: Option<u64>,
    /// The last time that it names; none where it names none.
    pub last: Option<Time>,
}

/// What can be said of an anchor without asking anybody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// It holds.
    Verified {
        /// Of another organisation than the office's.
        is_independent: bool,
    },
    /// Its parts belong together; whether the chain or the gateway has it was not asked.
    Attached,
    /// The bundle does not have the authority or the chain, or the type is not known here.
    Unknown,
}

/// A key of the office that signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUsed {
    /// For what.
    pub usage: KeyUse,
    /// Its id, 8 hex digits.
    pub id: String,
    /// How many signatures were verified.
    pub signatures: u64,
    /// Until when it signs, by the bundle.
    pub sign_until: Time,
    /// Since when it may be somebody else's, by the bundle.
    pub compromised: Option<Time>,
}

impl Looked {
    pub(super) fn witnessed(&mut self, name: &str, is_independent: bool, size: u64, time: Time) {
        if self.witnesses.len() >= NAMED_MAX && !self.witnesses.contains_key(name) {
            return;
        }
        let new = || Witnessed { is_independent, count: 0, size: 0, last: time };
        let seen = self.witnesses.entry(name.to_owned()).or_insert_with(new);
        seen.count += 1;
        seen.size = seen.size.max(size);
        seen.last = seen.last.max(time);
    }

    pub(super) fn anchored(
        &mut self,
        target: &(String, String),
        shown: Shown,
        size: Option<u64>,
        time: Option<Time>,
    ) {
        if self.anchors.len() >= NAMED_MAX && !self.anchors.contains_key(target) {
            return;
        }
        let new = || Anchored { shown, count: 0, size: None, last: None };
        let seen = self.anchors.entry(target.clone()).or_insert_with(new);
        seen.count += 1;
        seen.shown = shown;
        seen.size = seen.size.max(size);
        seen.last = seen.last.max(time);
    }

    /// How many entries from the first on have this level: 3, under a checkpoint that somebody independent vouches for; 4,
    /// under one of a witness and one of a timestamp authority, or one that met the quorum. Of what this audit looked at.
    pub fn level(&self, level: u8) -> u64 {
        let witnesses = self.witnesses.values().filter(|seen| seen.is_independent).map(|seen| seen.size);
        let stamps =
            self.anchors.values().filter(|seen| seen.shown == Shown::Verified { is_independent: true });
        let witness = witnesses.max().unwrap_or(0);
        let stamp = stamps.filter_map(|seen| seen.size).max().unwrap_or(0);
        match level {
            3 => witness.max(stamp),
            4 => witness.min(stamp).max(self.quorum),
            _ => 0,
        }
    }
}
