//! Certificates under a key that somebody else may have: which checkpoint shows that an entry was there before.
//!
//! ```text
//! entry 12   batch note by a compromised key, its last good checkpoint 33
//!            → the proof is under 33, which the bundle vouches for; or under one that a witness cosigned before the moment
//! entry 40   sealed after it: no checkpoint helps but one that was anchored in time
//! ```
//!
//! Not here: the judgement (`verifier::verify`), telling of a compromise (`rotate`).

use verifier::cosignature;
use verifier::note::Note;
use verifier::time::Time;
use verifier::trust::{Compromised, KeyUse, OfficeKey};

use super::Office;
use crate::ledger::Ledger;

impl Office {
    /// A checkpoint that shows more than the chosen one of an entry, where the batch note or that checkpoint rests on
    /// compromised keys alone: the last good one, if the entry is under it.
    pub(super) fn before_compromise(
        &self,
        ledger: &Ledger,
        index: u64,
        batch_note: &Note,
        chosen: (u64, &Note),
    ) -> Option<(u64, Note)> {
        let bad =
            [self.only_bad(KeyUse::Batch, batch_note), self.only_bad(KeyUse::Ledger, chosen.1)].concat();
        let first = bad.iter().map(|bad| bad.from).min()?;
        if bad.iter().all(|bad| bad.size == chosen.0)
            || self.cosigned_at(chosen.1).is_some_and(|time| time < first)
        {
            return None;
        }
        let mut sizes: Vec<u64> = bad.iter().map(|bad| bad.size).filter(|size| *size > index).collect();
        sizes.sort_unstable();
        // What can't be read is no reason to hand out nothing: the audit names it.
        sizes.into_iter().find_map(|size| {
            let batch = ledger.batch_of(size.checked_sub(1)?).ok()?;
            (batch.end() == size).then(|| (size, batch.checkpoint_note().clone()))
        })
    }

    /// The compromises of the keys of this use that signed; none where one that is nobody else's signed, too.
    fn only_bad(&self, usage: KeyUse, note: &Note) -> Vec<&Compromised> {
        let signed = |key: &&OfficeKey| {
            key.usage == usage && note.signatures().iter().any(|line| line.names(&key.key))
        };
        let signers = || self.keys_in_trust().iter().filter(signed);
        match signers().any(|key| key.compromised.is_none()) {
            true => Vec::new(),
            false => signers().filter_map(|key| key.compromised.as_ref()).collect(),
        }
    }

    /// The earliest time at which a witness of another organisation cosigned it.
    fn cosigned_at(&self, checkpoint: &Note) -> Option<Time> {
        let own = &self.trust().office(&self.origin)?.organisation.token;
        let others = self.trust().witnesses().iter().filter(|witness| witness.organisation.token != *own);
        let times = others.flat_map(|witness| {
            let lines = checkpoint.signatures().iter().filter(|line| line.names(&witness.key));
            lines.filter_map(|line| cosignature::verify(&witness.key, line, checkpoint.text()).ok())
        });
        times.min()
    }
}
