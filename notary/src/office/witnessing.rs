//! The instance as a witness of others: its doors. What a witness does is in [`crate::witness`].

use std::sync::Arc;

use verifier::key::{KeyName, VerifierKey};
use verifier::note::SignatureLine;

use super::Office;
use super::accept::internal;
use super::open::KEYS;
use crate::keys::{KeyUse, Signer};
use crate::refusal::{Refusal, RefusalCode};
use crate::witness::{Refused, Witness};

impl Office {
    /// The witness of this instance, if it is one.
    pub fn witness(&self) -> Option<&Witness> {
        self.witness.get()
    }

    /// The witness of this instance.
    ///
    /// # Errors
    /// `WITNESS_MISSING` if it is none.
    pub fn as_witness(&self) -> Result<&Witness, Refusal> {
        self.witness().ok_or_else(|| Refusal::new(RefusalCode::WitnessMissing))
    }

    /// Makes the instance a witness: a key of its own, under the passphrase of the others. Its name is the ledger's with
    /// `/witness` behind it, unless another is given.
    ///
    /// # Errors
    /// `WITNESS_EXISTS`, `WITNESS_NAME`, what the disk says.
    pub fn make_witness(&self, name: Option<&str>) -> Result<VerifierKey, Refusal> {
        self.alive()?;
        let _one = self.publishing();
        if let Some(witness) = self.witness() {
            return Err(Refusal::new(RefusalCode::WitnessExists).found(witness.key().encode()));
        }
        let own = KeyUse::Witness.key_name(&self.origin);
        let name = name.unwrap_or(&own);
        let wrong = || Refusal::new(RefusalCode::WitnessName).found(name).right(own.as_str());
        let parsed = KeyName::parse(name).map_err(|_| wrong())?;
        let origin =
            name.strip_suffix("/witness").and_then(|origin| verifier::origin::Origin::parse(origin).ok());
        if origin.is_none() {
            return Err(wrong());
        }
        let signer = self.keys.make_witness(&self.dir.join(KEYS), &parsed)?;
        let key = signer.key().clone();
        self.set_witness(signer)?;
        Ok(key)
    }

    /// Cosigns a head of a ledger that this instance witnesses: `add-checkpoint` of tlog-witness.
    ///
    /// # Errors
    /// [`Refused`], with the status that tlog-witness says. A write whose result is unknown stops the office.
    pub fn cosign(&self, body: &[u8]) -> Result<Vec<SignatureLine>, Refused> {
        let witness = self.as_witness().map_err(|_| Refused::OriginUnknown)?;
        self.alive().map_err(Refused::Failed)?;
        let answer = witness.add_checkpoint(body);
        if let Err(Refused::Failed(why)) = &answer
            && matches!(why.code(), RefusalCode::DiskStateUnknown | RefusalCode::DiskStopped)
        {
            self.stop(why.clone());
        }
        answer
    }

    /// Called while the office is opened.
    pub(super) fn open_witness(&mut self) -> Result<(), Refusal> {
        match self.keys.shared(KeyUse::Witness) {
            Some(signer) => self.set_witness(signer),
            None => Ok(()),
        }
    }

    fn set_witness(&self, signer: Arc<dyn Signer>) -> Result<(), Refusal> {
        let (disk, clock) = (Arc::clone(&self.disk), Arc::clone(&self.clock));
        let witness = Witness::open(disk, clock, signer, self.origin.clone())?;
        self.witness.set(witness).map_err(|_| internal("two witnesses"))
    }
}
