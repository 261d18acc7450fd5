//! Key files: making, listing, opening.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use ed25519_dalek::{Signer as _, SigningKey};
use verifier::hash::{self, Hash};
use verifier::key::{KeyName, VerifierKey};
use zeroize::Zeroizing;

use super::pkcs8::{Salt, Why, decrypt, encrypt};
use super::{KeyError, KeyUse, Passphrase, Signer};

/// Bytes of a key file; OpenSSL's have about 300.
const FILE_MAX: u64 = 64 << 10;
/// Keys in a folder.
const KEYS_MAX: usize = 1024;

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

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], KeyError> {
        Ok(self.secret()?.sign(message).to_bytes())
    }
}

/// Opens several keys at once, each in a thread of its own; every key's own outcome, in their order.
pub fn unlock_all(keys: &[&KeyFile]) -> Vec<Result<(), KeyError>> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = keys.iter().map(|key| scope.spawn(|| key.unlock())).collect();
        let joined = threads.into_iter().map(std::thread::ScopedJoinHandle::join);
        joined.map(|outcome| outcome.unwrap_or(Err(KeyError::Random))).collect()
    })
}

/// A key as its `.vkey` file shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What it signs.
    pub key_use: KeyUse,
    /// Name and public key.
    pub vkey: VerifierKey,
    /// The `.pem` file.
    pub path: PathBuf,
    /// Whether that file is there; a root key's usually isn't.
    pub present: bool,
}

/// The keys in a folder, by file name. Needs no passphrase.
///
/// # Errors
/// [`KeyError::Damaged`] naming the file, [`KeyError::Io`].
pub fn list(dir: &Path) -> Result<Vec<Listed>, KeyError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(|e| KeyError::io(dir, e))? {
        let vkey_file = entry.map_err(|e| KeyError::io(dir, e))?.path();
        if vkey_file.extension().is_none_or(|extension| extension != "vkey") {
            continue;
        }
        let path = vkey_file.with_extension("pem");
        let key_use = use_of(&path).ok_or_else(|| misnamed(&vkey_file))?;
        let (vkey, _) = read_vkey(&vkey_file, key_use)?;
        let present = path.is_file();
        found.push(Listed { key_use, vkey, path, present });
        if found.len() > KEYS_MAX {
            return Err(KeyError::damaged(dir, "holds more than 1,024 keys"));
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
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

/// `batch.pem` and `batch-1f0c44a2.pem` are batch keys.
fn use_of(pem: &Path) -> Option<KeyUse> {
    let stem = pem.file_stem()?.to_str()?;
    KeyUse::parse(stem.split_once('-').map_or(stem, |(word, _)| word))
}

fn misnamed(file: &Path) -> KeyError {
    KeyError::damaged(file, "its name does not begin with root, ledger, batch, status, pdf or witness")
}

fn vkey_path(pem: &Path) -> PathBuf {
    pem.with_extension("vkey")
}

fn vkey_text(vkey: &VerifierKey, digest: &Hash) -> String {
    format!("{}\nsha256 {}\n", vkey.encode(), digest.to_base64())
}

fn read_vkey(path: &Path, key_use: KeyUse) -> Result<(VerifierKey, Option<Hash>), KeyError> {
    let text = read(path)?;
    let damaged = |what: &str| KeyError::damaged(path, what);
    let mut lines = text.lines();
    let vkey = VerifierKey::parse(lines.next().unwrap_or_default()).map_err(|e| damaged(&e.to_string()))?;
    if !key_use.fits(vkey.name(), vkey.kind()) {
        return Err(damaged("the key's name or kind is not of the use that the file's name says"));
    }
    let digest = match lines.next() {
        None => None,
        Some(line) => {
            let digest = line.strip_prefix("sha256 ").and_then(|text| Hash::from_base64(text).ok());
            Some(digest.ok_or_else(|| damaged("the second line is not \"sha256\" and a digest"))?)
        }
    };
    if lines.next().is_some() {
        return Err(damaged("there are more than two lines"));
    }
    Ok((vkey, digest))
}

fn refused(file: &Path, why: Why, untouched: bool) -> KeyError {
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

fn read(path: &Path) -> Result<Zeroizing<String>, KeyError> {
    let failed = |e| KeyError::io(path, e);
    let file = File::open(path).map_err(failed)?;
    let mut bytes = Zeroizing::new(Vec::with_capacity(4096));
    file.take(FILE_MAX + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > FILE_MAX {
        return Err(KeyError::damaged(path, "is far too large for a key"));
    }
    let text = str::from_utf8(&bytes).map_err(|_| KeyError::damaged(path, "is not text"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Writes a file that isn't there, durably, with this mode where there are modes.
fn create(path: &Path, bytes: &[u8], mode: u32) -> Result<(), KeyError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = options.open(path).map_err(|e| KeyError::io(path, e))?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all()).and_then(|()| sync_parent(path));
    written.map_err(|e| {
        // Ours, made a moment ago and not whole.
        let _ = fs::remove_file(path);
        KeyError::io(path, e)
    })
}

fn sync_parent(path: &Path) -> std::io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if cfg!(unix) { File::open(parent)?.sync_all() } else { Ok(()) }
}
