//! The tlog-proof in a certificate: inclusion under a checkpoint, and who else vouches for that checkpoint.
//!
//! Here are the judgement of check 12 and the assurance level. Not here: the proof's text (`tlog_proof`), one cosignature (`cosignature`).
//!
//! ```text
//! L2  inclusion under a checkpoint that the ledger key signed
//! L3  … that one witness of another organisation cosigned, too
//! L4  … that the bundle's quorum cosigned, too, by its independent witnesses alone
//! ```
//!
//! What timestamps add to a level is in `anchored`.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::anchored::Asked;
use crate::checkpoint::Checkpoint;
use crate::cosignature;
use crate::note::{Note, NoteError};
use crate::time::Time;
use crate::tlog_proof::TlogProof;
use crate::trust::{Compromised, KeyUse, Office, OfficeKey, TrustBundle};
use crate::verdict::Cosigner;

/// A proof that holds.
#[derive(Clone, Debug)]
pub(crate) struct Held {
    pub(crate) level: u8,
    /// Witnesses of the bundle that cosigned, and how many the bundle has.
    pub(crate) cosigned: u64,
    pub(crate) witnesses: u64,
    /// Who cosigned, of the bundle's witnesses, each with its earliest time.
    pub(crate) seen: Vec<Cosigner>,
    checkpoint: Checkpoint,
    /// The earliest time that somebody independent gave: a witness, or an authority that saw the same checkpoint.
    anchored: Option<Time>,
}

impl Held {
    /// Whether this proof shows that the entry was there before the key was somebody else's: it holds under the last
    /// good checkpoint itself, or under one that somebody independent saw earlier.
    pub(crate) fn predates(&self, compromise: &Compromised) -> bool {
        let last_good =
            self.checkpoint.size() == compromise.size && *self.checkpoint.root() == compromise.root;
        last_good || self.anchored.is_some_and(|time| time < compromise.from)
    }
}

/// Why a proof does not count, in words.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// It is wrong for certain.
    Bad(String),
    /// It can't be told: it rests on a ledger key that is not known, retired, or may have been a thief's.
    Unusable(String),
}

/// Holds a proof against an entry. `saw`: the earliest time at which an independent authority of the bundle saw this very
/// checkpoint, if any did.
pub(crate) fn hold(proof: &TlogProof, asked: &Asked<'_>, saw: Option<Time>) -> Result<Held, Fault> {
    let Asked { entry, index, office, trust, sealed_at, at, .. } = *asked;
    let bad = |what: &str| Err(Fault::Bad(what.to_string()));
    if proof.index() != index {
        return bad(&format!("the proof is of entry {}, the certificate of entry {index}", proof.index()));
    }
    let (checkpoint, note) = (proof.checkpoint(), proof.note());
    if *checkpoint.origin() != office.origin {
        return bad("the checkpoint is of another ledger");
    }
    let keys: Vec<&OfficeKey> = office.keys_for(KeyUse::Ledger).collect();
    let signed = match note.verify(&keys.iter().map(|key| &key.key).collect::<Vec<_>>()) {
        Ok(signed) => signed,
        Err(NoteError::SigBad { .. }) => return bad("the ledger key's signature does not verify"),
        Err(NoteError::UnknownSigner) => {
            return Err(Fault::Unusable(
                "signed by no ledger key of the office in the trust bundle".to_string(),
            ));
        }
    };
    proof.proves(entry).map_err(|error| Fault::Bad(error.to_string()))?;
    let cosigned = cosigned(note, office, trust)?;
    let level = cosigned.level(trust);
    let held = Held {
        level,
        cosigned: u64::try_from(cosigned.names.len()).unwrap_or(u64::MAX),
        witnesses: u64::try_from(trust.witnesses().len()).unwrap_or(u64::MAX),
        seen: cosigned.seen,
        checkpoint: checkpoint.clone(),
        anchored: cosigned.anchored.into_iter().chain(saw).min(),
    };
    // A checkpoint has no time of its own. It was signed when the batch was closed or later.
    let relied_on = |key: &&OfficeKey| {
        sealed_at <= key.sign_until
            && at <= key.verify_until
            && key.compromised.as_ref().is_none_or(|compromise| held.predates(compromise))
    };
    match signed.iter().filter_map(|place| keys.get(*place).copied()).any(|key| relied_on(&key)) {
        true => Ok(held),
        false => {
            Err(Fault::Unusable("the ledger key is retired, or may have been somebody else's".to_string()))
        }
    }
}

/// The level that a checkpoint of this office gives to what is included under it: 2, 3 or 4; none where a cosignature of one
/// of the bundle's witnesses does not verify. That the ledger key signed it is for the caller to know.
pub fn level_of_checkpoint(note: &Note, office: &Office, trust: &TrustBundle) -> Option<u8> {
    cosigned(note, office, trust).ok().map(|cosigned| cosigned.level(trust))
}

/// The witnesses of the bundle that cosigned a checkpoint.
struct Cosigned<'a> {
    /// Key names, each once.
    names: Vec<&'a str>,
    /// Those of other organisations than the office's. Nobody vouches for himself, in a quorum neither.
    independent: Vec<&'a str>,
    /// The earliest time that a witness of another organisation than the office's gave.
    anchored: Option<Time>,
    seen: Vec<Cosigner>,
}

impl Cosigned<'_> {
    fn level(&self, trust: &TrustBundle) -> u8 {
        match (self.anchored, trust.quorum_met(&self.independent)) {
            (Some(_), Some(true)) => 4,
            (Some(_), _) => 3,
            (None, _) => 2,
        }
    }
}

/// Signatures of others than the bundle's witnesses are ignored; one of a witness that does not verify spoils the proof.
fn cosigned<'a>(note: &Note, office: &Office, trust: &'a TrustBundle) -> Result<Cosigned<'a>, Fault> {
    let (mut names, mut independent, mut seen) = (Vec::new(), Vec::new(), Vec::<Cosigner>::new());
    let mut anchored: Option<Time> = None;
    for witness in trust.witnesses() {
        for line in note.signatures().iter().filter(|line| line.names(&witness.key)) {
            let time = cosignature::verify(&witness.key, line, note.text()).map_err(|_| {
                Fault::Bad(format!("the cosignature of {} does not verify", witness.key.name()))
            })?;
            let others = witness.organisation.token != office.organisation.token;
            match seen.iter_mut().find(|one| one.key_name == witness.key.name().as_str()) {
                Some(one) => one.time = one.time.min(time),
                None => seen.push(Cosigner {
                    key_name: witness.key.name().to_string(),
                    organisation: witness.organisation.name.clone(),
                    independent: others,
                    time,
                }),
            }
            if others {
                anchored = Some(anchored.map_or(time, |earlier| earlier.min(time)));
                independent.push(witness.key.name().as_str());
            }
            names.push(witness.key.name().as_str());
        }
    }
    names.dedup();
    Ok(Cosigned { names, independent, anchored, seen })
}
