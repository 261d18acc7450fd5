//! The tlog-proof in a certificate: inclusion under a checkpoint, and who else vouches for that checkpoint.
//!
//! Here are check 12 and the assurance level. Not here: the proof's text (`tlog_proof`), one cosignature (`cosignature`).
//!
//! ```text
//! L2  inclusion under a checkpoint that the ledger key signed
//! L3  … that one witness of another organisation cosigned
//! L4  … that the bundle's quorum cosigned
//! ```

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::checkpoint::Checkpoint;
use crate::cosignature;
use crate::entry::Entry;
use crate::time::Time;
use crate::tlog_proof::TlogProof;
use crate::trust::{Compromised, KeyUse, Office, TrustBundle};

/// A proof that holds.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) level: u8,
    /// Witnesses of the bundle that cosigned, and how many the bundle has.
    pub(crate) cosigned: u64,
    pub(crate) witnesses: u64,
    checkpoint: Checkpoint,
    /// The earliest time that an independent witness gave.
    anchored: Option<Time>,
}

impl Held {
    /// Whether this proof shows that the entry was there before the key was somebody else's: it holds under the last
    /// good checkpoint itself, or under one that an independent witness cosigned earlier.
    pub(crate) fn predates(&self, compromise: &Compromised) -> bool {
        let last_good =
            self.checkpoint.size() == compromise.size && *self.checkpoint.root() == compromise.root;
        last_good || self.anchored.is_some_and(|time| time < compromise.from)
    }
}

/// Holds a proof against the entry at `index`. The error says in words what does not hold.
pub(crate) fn hold(
    proof: &TlogProof,
    index: u64,
    entry: &Entry,
    office: &Office,
    trust: &TrustBundle,
    sealed_at: Time,
) -> Result<Held, String> {
    if proof.index() != index {
        return Err(format!("the proof is of entry {}, the certificate of entry {index}", proof.index()));
    }
    let (checkpoint, note) = (proof.checkpoint(), proof.note());
    if *checkpoint.origin() != office.origin {
        return Err("the checkpoint is of another ledger".to_string());
    }
    let ledger_keys: Vec<_> = office
        .keys_for(KeyUse::Ledger)
        .filter(|key| key.sign_from <= sealed_at && sealed_at <= key.verify_until)
        .map(|key| &key.key)
        .collect();
    note.verify(&ledger_keys).map_err(|_| "the ledger key's signature does not verify".to_string())?;
    proof.proves(entry).map_err(|error| error.to_string())?;

    let mut names = Vec::new();
    let mut anchored: Option<Time> = None;
    for witness in trust.witnesses() {
        for line in note.signatures().iter().filter(|line| line.names(&witness.key)) {
            let time = cosignature::verify(&witness.key, line, note.text())
                .map_err(|_| format!("the cosignature of {} does not verify", witness.key.name()))?;
            if witness.organisation.token != office.organisation.token {
                anchored = Some(anchored.map_or(time, |earlier| earlier.min(time)));
            }
            names.push(witness.key.name().as_str());
        }
    }
    names.sort_unstable();
    names.dedup();
    let level = match (anchored, trust.quorum_met(&names)) {
        (Some(_), Some(true)) => 4,
        (Some(_), _) => 3,
        (None, _) => 2,
    };
    Ok(Held {
        level,
        cosigned: u64::try_from(names.len()).unwrap_or(u64::MAX),
        witnesses: u64::try_from(trust.witnesses().len()).unwrap_or(u64::MAX),
        checkpoint: checkpoint.clone(),
        anchored,
    })
}
