//! The key that pays for anchors on chains: made and found in the office's folder, under its passphrase.
//!
//! Not here: the file itself (`keys::chain`), transactions (`web`).

use std::sync::Arc;

use verifier::evm::Address;

use super::Office;
use super::open::KEYS;
use crate::keys::ITERATIONS;
use crate::keys::chain::{self, ChainKey, ChainKeyListed};
use crate::operator_log::{Action, Actor, Outcome};
use crate::refusal::Refusal;

impl Office {
    /// The chain keys of this office, by their addresses. Needs no passphrase.
    ///
    /// # Errors
    /// `KEY_DAMAGED`, naming the file.
    pub fn chain_keys(&self) -> Result<Vec<ChainKeyListed>, Refusal> {
        Ok(chain::list(&self.dir.join(KEYS))?)
    }

    /// The chain keys whose files are there, to sign with. Each is decrypted when it first signs.
    ///
    /// # Errors
    /// `KEY_DAMAGED`, naming the file.
    pub fn chain_signers(&self) -> Result<Vec<ChainKey>, Refusal> {
        Ok(ChainKey::open_all(&self.dir.join(KEYS), self.keys.passphrase())?)
    }

    /// Makes a chain key under the office's passphrase. It is in the operator log before it is shown.
    ///
    /// # Errors
    /// What the disk says.
    pub fn make_chain_key(&self, by: &Actor) -> Result<Address, Refusal> {
        self.alive()?;
        let made = ChainKey::generate(&self.dir.join(KEYS), Arc::clone(self.keys.passphrase()), ITERATIONS)?;
        // A crash before leaves a key that pays for nothing: nobody knows its address yet.
        self.operator_log.append(by, Action::ChainKeyMade, &made.address().to_string(), Outcome::Done)?;
        Ok(made.address())
    }
}
