//! The keys of an office in its folder: one file a use, all under one passphrase.
//!
//! ```text
//! D/keys/root-….pem  ledger-….pem  batch-….pem  status-….pem  pdf-….pem      and a .vkey beside each
//! D/keys/witness-….pem                                                         where the instance is a witness
//! ```
//!
//! Not here: the files themselves (`keys`), when a key is good (the trust bundle).

use std::path::Path;
use std::sync::Arc;

use verifier::key::{KeyName, VerifierKey};
use verifier::origin::Origin;

use super::create::publisher;
use crate::keys::{self, ITERATIONS, KeyFile, KeyUse, Passphrase, Signer};
use crate::refusal::{Refusal, RefusalCode};

/// The uses that every office has a key for.
const USES: [KeyUse; 5] = [KeyUse::Root, KeyUse::Ledger, KeyUse::Batch, KeyUse::Status, KeyUse::Pdf];

/// The keys of an office. A private key is decrypted when it first signs.
pub(crate) struct Keyring {
    keys: Vec<Arc<KeyFile>>,
    passphrase: Option<Arc<Passphrase>>,
}

impl Keyring {
    /// Makes new keys in a folder.
    pub(crate) fn generate(
        dir: &Path,
        origin: &Origin,
        passphrase: Arc<Passphrase>,
    ) -> Result<Self, Refusal> {
        let publisher = publisher(origin)?;
        let make = |key_use: KeyUse| {
            let under = if key_use == KeyUse::Root { &publisher } else { origin };
            let name = KeyName::parse(&key_use.key_name(under))
                .map_err(|refused| Refusal::new(RefusalCode::OfficeConfig).found(refused))?;
            Ok(Arc::new(KeyFile::generate(dir, key_use, &name, Arc::clone(&passphrase), ITERATIONS)?))
        };
        let keys = USES.into_iter().map(make).collect::<Result<_, Refusal>>()?;
        Ok(Keyring { keys, passphrase: Some(passphrase) })
    }

    /// Writes the published example keys to a folder.
    pub(crate) fn example(dir: &Path) -> Result<Self, Refusal> {
        let keys = keys::example::write(dir)?.into_iter().map(Arc::new).collect();
        Ok(Keyring { keys, passphrase: None })
    }

    /// The keys in a folder: of each use the one that there is.
    pub(crate) fn open(dir: &Path, passphrase: &Arc<Passphrase>) -> Result<Self, Refusal> {
        let open = |path: &Path| KeyFile::open(path, Arc::clone(passphrase)).map(Arc::new);
        let keys = keys::list(dir)?.iter().map(|listed| open(&listed.path)).collect::<Result<_, _>>()?;
        Ok(Keyring { keys, passphrase: Some(Arc::clone(passphrase)) })
    }

    /// Decrypts the keys that sign while an office runs, each in a thread of its own, so that a wrong passphrase shows at
    /// the start and not in the middle of a batch.
    pub(crate) fn unlock(&self) -> Result<(), Refusal> {
        let used = |key: &&KeyFile| {
            matches!(key.key_use(), KeyUse::Ledger | KeyUse::Batch | KeyUse::Status | KeyUse::Witness)
        };
        let signing: Vec<&KeyFile> = self.keys.iter().map(|key| &**key).filter(used).collect();
        keys::unlock_all(&signing).into_iter().collect::<Result<Vec<()>, _>>()?;
        Ok(())
    }

    /// The public half of the key of this use.
    pub(crate) fn public(&self, key_use: KeyUse) -> Result<&VerifierKey, Refusal> {
        self.file(key_use).map(|key| key.key())
    }

    /// The key that signs.
    pub(crate) fn signer(&self, key_use: KeyUse) -> Result<&dyn Signer, Refusal> {
        self.file(key_use).map(|key| key as &dyn Signer)
    }

    /// The same, to be kept by somebody else; `None` where there is no such key.
    pub(crate) fn shared(&self, key_use: KeyUse) -> Option<Arc<dyn Signer>> {
        let found = self.keys.iter().find(|key| key.key_use() == key_use);
        found.map(|key| Arc::clone(key) as Arc<dyn Signer>)
    }

    /// A key of this folder, opened apart from the others, so that its secret goes when it is dropped.
    pub(crate) fn open_once(&self, path: &Path) -> Result<KeyFile, Refusal> {
        let missing = || Refusal::new(RefusalCode::KeyPassphrase).at("keys");
        let passphrase = self.passphrase.as_ref().ok_or_else(missing)?;
        Ok(KeyFile::open(path, Arc::clone(passphrase))?)
    }

    /// Makes the key of a witness under this passphrase, beside the others.
    pub(crate) fn make_witness(&self, dir: &Path, name: &KeyName) -> Result<Arc<dyn Signer>, Refusal> {
        let missing = || Refusal::new(RefusalCode::KeyPassphrase).at("keys");
        let passphrase = self.passphrase.as_ref().ok_or_else(missing)?;
        Ok(Arc::new(KeyFile::generate(dir, KeyUse::Witness, name, Arc::clone(passphrase), ITERATIONS)?))
    }

    fn file(&self, key_use: KeyUse) -> Result<&KeyFile, Refusal> {
        let found = self.keys.iter().map(|key| &**key).find(|key| key.key_use() == key_use);
        found.ok_or_else(|| Refusal::new(RefusalCode::KeyMissing).at("keys").found(key_use.as_str()))
    }
}
