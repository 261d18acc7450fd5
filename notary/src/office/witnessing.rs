//! The instance as a witness of others: its doors. What a witness does is in [`crate::witness`].

use std::sync::Arc;

use verifier::key::{KeyName, VerifierKey};
use verifier::note::SignatureLine;

use super::Office;
use super::accept::internal;
use super::keyring::Held;
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
        let signer = self.witness_key(name.unwrap_or(&own))?;
        let key = signer.key().clone();
        self.set_witness(vec![signer])?;
        Ok(key)
    }

    /// Makes one more key of the witness, with a name of its own: each head is cosigned with all from now on, until the old
    /// one's file is taken away. A trust bundle has each witness's key by its name, so old and new can both be in it.
    ///
    /// # Errors
    /// `WITNESS_MISSING`; `WITNESS_EXISTS` where a key has that name; `WITNESS_NAME`; what the disk says.
    pub fn rotate_witness(&self, name: &str) -> Result<VerifierKey, Refusal> {
        self.alive()?;
        let _one = self.publishing();
        let witness = self.as_witness()?;
        self.keys.look_again()?;
        let same = |held: &Held| held.listed.vkey.name().as_str() == name;
        if let Some(held) = self.keys.of(KeyUse::Witness).into_iter().find(same) {
            return Err(Refusal::new(RefusalCode::WitnessExists).found(held.listed.vkey.encode()));
        }
        let signer = self.witness_key(name)?;
        let key = signer.key().clone();
        witness.also(signer);
        Ok(key)
    }

    /// A new key of this name.
    fn witness_key(&self, name: &str) -> Result<Arc<dyn Signer>, Refusal> {
        let own = KeyUse::Witness.key_name(&self.origin);
        let wrong = || Refusal::new(RefusalCode::WitnessName).found(name).right(own.as_str());
        let parsed = KeyName::parse(name).map_err(|_| wrong())?;
        let origin =
            name.strip_suffix("/witness").and_then(|origin| verifier::origin::Origin::parse(origin).ok());
        if origin.is_none() {
            return Err(wrong());
        }
        Ok(self.keys.make(KeyUse::Witness, &parsed)?.signer)
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
        // One whose file was taken away signs no more; where all were, whoever asks is told so.
        let mut held = self.keys.of(KeyUse::Witness);
        if held.iter().any(|held| held.listed.present) {
            held.retain(|held| held.listed.present);
        }
        match held.is_empty() {
            true => Ok(()),
            false => self.set_witness(held.into_iter().map(|held| held.signer).collect()),
        }
    }

    fn set_witness(&self, signers: Vec<Arc<dyn Signer>>) -> Result<(), Refusal> {
        let (disk, clock) = (Arc::clone(&self.disk), Arc::clone(&self.clock));
        let mut signers = signers.into_iter();
        let first = signers.next().ok_or_else(|| internal("a witness without a key"))?;
        let witness = Witness::open(disk, clock, first, self.origin.clone())?;
        signers.for_each(|signer| witness.also(signer));
        self.witness.set(witness).map_err(|_| internal("two witnesses"))
    }
}
