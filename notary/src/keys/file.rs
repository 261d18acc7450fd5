//! Key files: making, opening, signing with what is in them.

#[cfg(unix)]
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ed25519_dalek::{Signer as _, SigningKey};
use verifier::hash::{self, Hash};
use verifier::key::{KeyName, VerifierKey};
use zeroize::Zeroizing;

use super::folder::{create, make_folder, misnamed, read, read_vkey, use_of, vkey_path, vkey_text};
use super::pkcs8::{Salt, Why, decrypt, encrypt};
use super::{KeyError, KeyUse, Passphrase, Signer};

/// A key in a file, opened with its passphrase when it first signs.
pub struct KeyFile {
    key_use: KeyUse,
    path: PathBuf,
    vkey: VerifierKey,
    digest: Option<Hash>,
    passphrase: Arc<Passphrase>,
    secret: OnceLock<SigningKey>,
}

impl KeyFile {
    /// Makes a key and writes it to `dir`, durably: `<use>-<key id>.pem`, readable by the owner alone where the system can
    /// say so, and `<use>-<key id>.vkey`. `iterations` is [`super::ITERATIONS`] but in tests.
    ///
    /// # Errors
    /// [`KeyError::Exists`], [`KeyError::Random`], [`KeyError::Io`], [`KeyError::WrongUse`] for a name of another use.
    pub fn generate(
        dir: &Path,
        key_use: KeyUse,
        name: &KeyName,
        passphrase: Arc<Passphrase>,
        iterations: u32,
    ) -> Result<KeyFile, KeyError> {
        let mut seed = Zeroizing::new([0; 32]);
        let mut salt = Salt { salt: [0; 16], iv: [0; 16] };
        for bytes in [&mut seed[..], &mut salt.salt, &mut salt.iv] {
            getrandom::fill(bytes).map_err(|_| KeyError::Random)?;
        }
        let secret = SigningKey::from_bytes(&seed);
        let vkey = public_half(&secret, key_use, name)?;
        let stem = format!("{}-{}", key_use.as_str(), vkey.id());
        KeyFile::write(dir, &stem, key_use, secret, vkey, passphrase, iterations, &salt)
    }

    /// Takes a key that other tools made (`openssl genpkey -algorithm ed25519 -aes256`): opens the `.pem` file and writes
    /// its `.vkey` beside it.
    ///
    /// # Errors
    /// As for `open` and `generate`.
    pub fn adopt(
        pem: &Path,
        key_use: KeyUse,
        name: &KeyName,
        passphrase: Arc<Passphrase>,
    ) -> Result<KeyFile, KeyError> {
        let text = read(pem)?;
        let secret = decrypt(&text, &passphrase).map_err(|why| refused(pem, why, true))?;
        let vkey = public_half(&secret, key_use, name)?;
        use_of(pem).filter(|found| *found == key_use).ok_or_else(|| misnamed(pem))?;
        let digest = hash::sha256(&[text.as_bytes()]);
        create(&vkey_path(pem), vkey_text(&vkey, &digest).as_bytes(), 0o644)?;
        Ok(KeyFile {
            key_use,
            path: pem.to_owned(),
            vkey,
            digest: Some(digest),
            passphrase,
            secret: secret.into(),
        })
    }

    /// A key whose files are there. Reads the `.vkey` file; the other one is opened when it first signs, or by
    /// [`KeyFile::unlock`].
    ///
    /// # Errors
    /// [`KeyError::Missing`], [`KeyError::Damaged`], [`KeyError::Io`].
    pub fn open(pem: &Path, passphrase: Arc<Passphrase>) -> Result<KeyFile, KeyError> {
        let key_use = use_of(pem).ok_or_else(|| misnamed(pem))?;
        let (vkey, digest) = read_vkey(&vkey_path(pem), key_use)?;
        Ok(KeyFile { key_use, path: pem.to_owned(), vkey, digest, passphrase, secret: OnceLock::new() })
    }

    /// Opens the private key now, so that a wrong passphrase shows. Takes a good part of a second.
    ///
    /// # Errors
    /// [`KeyError::Passphrase`], [`KeyError::Damaged`], [`KeyError::NotEncrypted`], [`KeyError::Missing`],
    /// [`KeyError::Io`].
    pub fn unlock(&self) -> Result<(), KeyError> {
        self.secret().map(|_| ())
    }

    /// What it signs.
    pub fn key_use(&self) -> KeyUse {
        self.key_use
    }

    /// The `.pem` file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether others than the owner may read the private key's file. Always no where the system can't say.
    pub fn is_exposed(&self) -> bool {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::metadata(&self.path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
        }
        #[cfg(not(unix))]
        false
    }

    #[allow(clippy::too_many_arguments)] // private, and each is one thing
    pub(super) fn write(
        dir: &Path,
        stem: &str,
        key_use: KeyUse,
        secret: SigningKey,
        vkey: VerifierKey,
        passphrase: Arc<Passphrase>,
        iterations: u32,
        salt: &Salt,
    ) -> Result<KeyFile, KeyError> {
        let path = dir.join(format!("{stem}.pem"));
        let pem = encrypt(&secret, &passphrase, iterations, salt)
            .map_err(|e| KeyError::damaged(&path, format!("can't be made ({e})")))?;
        let digest = hash::sha256(&[pem.as_bytes()]);
        make_folder(dir)?;
        // A crash between the two leaves a .pem that nothing names; it is in nobody's way.
        create(&path, pem.as_bytes(), 0o600)?;
        create(&vkey_path(&path), vkey_text(&vkey, &digest).as_bytes(), 0o644)?;
        Ok(KeyFile { key_use, path, vkey, digest: Some(digest), passphrase, secret: secret.into() })
    }

    fn secret(&self) -> Result<&SigningKey, KeyError> {
        if let Some(secret) = self.secret.get() {
            return Ok(secret);
        }
        let pem = read(&self.path)?;
        // Without a digest the passphrase is the more likely reason.
        let untouched = self.digest.is_none_or(|digest| digest == hash::sha256(&[pem.as_bytes()]));
        let secret = decrypt(&pem, &self.passphrase).map_err(|why| refused(&self.path, why, untouched))?;
        if secret.verifying_key().as_bytes() != self.vkey.public() {
            return Err(KeyError::damaged(&self.path, "is another key than its .vkey file says"));
        }
        Ok(self.secret.get_or_init(|| secret))
    }
}

impl Signer for KeyFile {
    fn key(&self) -> &VerifierKey {
        &self.vkey
    }

    fn unlock(&self) -> Result<(), KeyError> {
        self.secret().map(|_| ())
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError> {
        Ok(self.secret()?.sign(message).to_bytes())
    }
}

/// Opens several keys at once, each in a thread of its own; every key's own outcome, in their order.
pub fn unlock_all(keys: &[&dyn Signer]) -> Vec<Result<(), KeyError>> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = keys.iter().map(|key| scope.spawn(|| key.unlock())).collect();
        let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.map(|outcome| outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    })
}

/// The public half under its name.
pub(super) fn public_half(
    secret: &SigningKey,
    key_use: KeyUse,
    name: &KeyName,
) -> Result<VerifierKey, KeyError> {
    let wrong = |what| KeyError::WrongUse { name: name.to_string(), what };
    if !key_use.fits(name, key_use.kind()) {
        return Err(wrong("such things by its name"));
    }
    VerifierKey::new(name.clone(), key_use.kind(), secret.verifying_key().as_bytes())
        .map_err(|_| wrong("anything: its public key is of no use"))
}

pub(super) fn refused(file: &Path, why: Why, untouched: bool) -> KeyError {
    match why {
        Why::Form(what) => KeyError::damaged(file, what),
        Why::NotEncrypted => KeyError::NotEncrypted { file: file.to_owned() },
        Why::Opened if untouched => KeyError::Passphrase { file: file.to_owned() },
        Why::Opened => KeyError::damaged(
            file,
            "was changed since it was written, and the passphrase does not open it (or it is the wrong one)",
        ),
    }
}
