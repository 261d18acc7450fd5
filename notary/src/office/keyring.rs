//! The keys of an office in its folder, of each use as many as there are, all under one passphrase.
//!
//! ```text
//! D/keys/root-….pem  ledger-….pem  batch-….pem  status-….pem  pdf-….pem      and a .vkey beside each
//! D/keys/witness-….pem                                                         where the instance is a witness
//! ```
//!
//! Not here: the files themselves (`keys`), which of them signs at a moment (`keys_in_use`), new ones (`rotate`).

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use verifier::key::{KeyName, VerifierKey};
use verifier::origin::Origin;

use super::create::publisher;
use crate::keys::{self, ITERATIONS, KeyFile, KeyUse, Listed, Passphrase, Signer};
use crate::refusal::{Refusal, RefusalCode};

/// The uses that every office has a key for.
const USES: [KeyUse; 5] = [KeyUse::Root, KeyUse::Ledger, KeyUse::Batch, KeyUse::Status, KeyUse::Pdf];

/// The keys of an office. A private key is decrypted when it first signs.
pub(crate) struct Keyring {
    dir: PathBuf,
    keys: RwLock<Vec<Held>>,
    passphrase: Arc<Passphrase>,
}

/// A key of the folder.
#[derive(Clone)]
pub(crate) struct Held {
    pub(crate) listed: Listed,
    pub(crate) signer: Arc<dyn Signer>,
}

impl Keyring {
    /// Makes new keys in a folder.
    pub(crate) fn generate(
        dir: &Path,
        origin: &Origin,
        passphrase: &Arc<Passphrase>,
    ) -> Result<Self, Refusal> {
        let publisher = publisher(origin)?;
        for key_use in USES {
            let under = if key_use == KeyUse::Root { &publisher } else { origin };
            KeyFile::generate(dir, key_use, &name(key_use, under)?, Arc::clone(passphrase), ITERATIONS)?;
        }
        Keyring::open(dir, passphrase)
    }

    /// Writes the published example keys to a folder.
    pub(crate) fn example(dir: &Path) -> Result<Self, Refusal> {
        keys::example::write(dir)?;
        Keyring::open(dir, &Arc::new(Passphrase::new(keys::example::PASSPHRASE)?))
    }

    /// The keys in a folder.
    pub(crate) fn open(dir: &Path, passphrase: &Arc<Passphrase>) -> Result<Self, Refusal> {
        let ring =
            Keyring { dir: dir.to_path_buf(), keys: RwLock::default(), passphrase: Arc::clone(passphrase) };
        ring.look_again()?;
        Ok(ring)
    }

    /// Looks for keys that came or went. Those that are there still stay decrypted.
    pub(crate) fn look_again(&self) -> Result<(), Refusal> {
        let before = self.all();
        let held = |listed: Listed| {
            let same = |held: &&Held| held.listed.path == listed.path && held.listed.vkey == listed.vkey;
            let same = before.iter().find(same).filter(|held| held.listed.place == listed.place);
            let signer = match same {
                Some(held) => Arc::clone(&held.signer),
                None => keys::open(&listed, &self.passphrase)?,
            };
            Ok(Held { listed, signer })
        };
        let now = keys::list(&self.dir)?.into_iter().map(held).collect::<Result<_, Refusal>>()?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = now;
        Ok(())
    }

    /// All of them, by file name.
    pub(crate) fn all(&self) -> Vec<Held> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The keys of this use, by file name, those whose private half is elsewhere among them.
    pub(crate) fn of(&self, key_use: KeyUse) -> Vec<Held> {
        self.all().into_iter().filter(|held| held.listed.key_use == key_use).collect()
    }

    /// The key itself, where its private half is here.
    pub(crate) fn signer_of(&self, key: &VerifierKey) -> Option<Arc<dyn Signer>> {
        let found = self.all().into_iter().find(|held| held.listed.vkey == *key)?;
        found.listed.present.then_some(found.signer)
    }

    /// The one key of a new office, or of a use that has one.
    pub(crate) fn first(&self, key_use: KeyUse) -> Result<Held, Refusal> {
        let missing = || Refusal::new(RefusalCode::KeyMissing).at("keys").found(key_use.as_str());
        self.of(key_use).into_iter().next().ok_or_else(missing)
    }

    /// A key of this folder, opened apart from the others, so that its secret goes when it is dropped.
    pub(crate) fn open_once(&self, listed: &Listed) -> Result<Arc<dyn Signer>, Refusal> {
        Ok(keys::open(listed, &self.passphrase)?)
    }

    /// Makes a key under this passphrase, beside the others. A crash in it leaves a file that nothing names, or a key that
    /// no trust bundle has: neither signs.
    pub(crate) fn make(&self, key_use: KeyUse, name: &KeyName) -> Result<Held, Refusal> {
        let made = KeyFile::generate(&self.dir, key_use, name, Arc::clone(&self.passphrase), ITERATIONS)?;
        self.look_again()?;
        let found = self.all().into_iter().find(|held| held.listed.vkey == *made.key());
        found.ok_or_else(|| Refusal::new(RefusalCode::KeyMissing).at("keys").found(name))
    }

    /// The passphrase, for a key of another kind beside these.
    pub(crate) fn passphrase(&self) -> &Arc<Passphrase> {
        &self.passphrase
    }
}

/// The name of a key under an origin; of a root key, under a publisher.
pub(crate) fn name(key_use: KeyUse, under: &Origin) -> Result<KeyName, Refusal> {
    KeyName::parse(&key_use.key_name(under))
        .map_err(|refused| Refusal::new(RefusalCode::OfficeConfig).found(refused))
}
