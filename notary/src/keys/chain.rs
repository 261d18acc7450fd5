//! The key that signs transactions on chains. It is none of the office's signing keys: it pays fees, and signs nothing that
//! anybody has to believe.
//!
//! ```text
//! D/keys/chain-9d8a62f6.pem        -----BEGIN ENCRYPTED PRIVATE KEY-----      PKCS#8 as of the other keys; secp256k1
//! D/keys/chain-9d8a62f6.address    0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f   the sender, as the trust bundle's chain line names it
//!                                  sha256 4zbiA5Ecqkuh6Jv1eA8vWQ2pvG8rBZ0s3rJ2bVY2nZk=   of the .pem file
//! ```
//!
//! Here: making such a key, listing, opening, signing a transaction. Not here: what the transaction says, sending it.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use k256::ecdsa::SigningKey;
use pkcs8::PrivateKeyInfoRef;
use pkcs8::der::oid::ObjectIdentifier;
use verifier::evm::{Address, SignedTransaction, Transaction};
use verifier::hash::{self, Hash};
use zeroize::Zeroizing;

use super::file::refused;
use super::folder::{create, make_folder, read};
use super::pkcs8::{Salt, Why, open, seal};
use super::{KeyError, Passphrase};

/// Chain keys in a folder: one is enough, another follows when it was lost.
const KEYS_MAX: usize = 16;
/// Draws of 32 random bytes until they are a key; the second is needed once in 2^127.
const DRAWS_MAX: usize = 4;
/// id-ecPublicKey (RFC 5480).
const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// secp256k1 (SEC 2).
const CURVE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.10");
/// PKCS#8 (RFC 5208) of such a key up to its 32 bytes: version 0, the two identifiers, ECPrivateKey (RFC 5915) of version 1.
const BEFORE: [u8; 32] = [
    0x30, 0x3e, 0x02, 0x01, 0x00, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06,
    0x05, 0x2b, 0x81, 0x04, 0x00, 0x0a, 0x04, 0x27, 0x30, 0x25, 0x02, 0x01, 0x01, 0x04, 0x20,
];

/// A chain key in a file, opened with its passphrase when it first signs.
pub struct ChainKey {
    path: PathBuf,
    address: Address,
    digest: Hash,
    passphrase: Arc<Passphrase>,
    secret: OnceLock<SigningKey>,
}

/// A chain key as its `.address` file shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainKeyListed {
    /// The sender.
    pub address: Address,
    /// The `.pem` file.
    pub path: PathBuf,
    /// Whether that file is there.
    pub present: bool,
}

/// The chain keys in a folder, by file name. Needs no passphrase.
///
/// # Errors
/// [`KeyError::Damaged`] naming the file, [`KeyError::Io`].
pub fn list(dir: &Path) -> Result<Vec<ChainKeyListed>, KeyError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(dir).map_err(|e| KeyError::io(dir, e))? {
        let file = entry.map_err(|e| KeyError::io(dir, e))?.path();
        if file.extension().is_none_or(|extension| extension != "address") {
            continue;
        }
        let (address, _) = read_address(&file)?;
        let path = file.with_extension("pem");
        let present = path.is_file();
        found.push(ChainKeyListed { address, path, present });
        if found.len() > KEYS_MAX {
            return Err(KeyError::damaged(dir, "holds more than 16 chain keys"));
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

impl ChainKey {
    /// Makes a key and writes it to `dir`, durably. `iterations` is [`super::ITERATIONS`] but in tests.
    ///
    /// # Errors
    /// [`KeyError::Exists`], [`KeyError::Random`], [`KeyError::Io`].
    pub fn generate(dir: &Path, passphrase: Arc<Passphrase>, iterations: u32) -> Result<ChainKey, KeyError> {
        let mut salt = Salt { salt: [0; 16], iv: [0; 16] };
        for bytes in [&mut salt.salt[..], &mut salt.iv] {
            getrandom::fill(bytes).map_err(|_| KeyError::Random)?;
        }
        for _ in 0..DRAWS_MAX {
            let mut seed = Zeroizing::new([0; 32]);
            getrandom::fill(&mut seed[..]).map_err(|_| KeyError::Random)?;
            if let Ok(secret) = SigningKey::from_slice(&seed[..]) {
                return ChainKey::write(dir, secret, passphrase, iterations, &salt);
            }
        }
        Err(KeyError::Random)
    }

    /// Takes a key that other tools made (`openssl ecparam -name secp256k1 -genkey | openssl pkcs8 -topk8`): opens the `.pem`
    /// file and writes its `.address` beside it.
    ///
    /// # Errors
    /// As for `open` and `generate`.
    pub fn adopt(pem: &Path, passphrase: Arc<Passphrase>) -> Result<ChainKey, KeyError> {
        let text = read(pem)?;
        let secret = decrypt(&text, &passphrase).map_err(|why| refused(pem, why, true))?;
        let address = Address::of_key(secret.verifying_key());
        let digest = hash::sha256(&[text.as_bytes()]);
        create(&pem.with_extension("address"), address_text(&address, &digest).as_bytes(), 0o644)?;
        Ok(ChainKey { path: pem.to_owned(), address, digest, passphrase, secret: secret.into() })
    }

    /// Every chain key in `dir` whose `.pem` file is there.
    ///
    /// # Errors
    /// Those of [`list`] and [`ChainKey::open`].
    pub fn open_all(dir: &Path, passphrase: &Arc<Passphrase>) -> Result<Vec<ChainKey>, KeyError> {
        let all = list(dir)?.into_iter().filter(|key| key.present);
        all.map(|key| ChainKey::open(&key.path, Arc::clone(passphrase))).collect()
    }

    /// A key whose files are there. Reads the `.address` file; the other one is opened when it first signs, or by
    /// [`ChainKey::unlock`].
    ///
    /// # Errors
    /// [`KeyError::Missing`], [`KeyError::Damaged`], [`KeyError::Io`].
    pub fn open(pem: &Path, passphrase: Arc<Passphrase>) -> Result<ChainKey, KeyError> {
        let (address, digest) = read_address(&pem.with_extension("address"))?;
        Ok(ChainKey { path: pem.to_owned(), address, digest, passphrase, secret: OnceLock::new() })
    }

    /// Opens the private key now, so that a wrong passphrase shows. Takes a good part of a second.
    ///
    /// # Errors
    /// [`KeyError::Passphrase`], [`KeyError::Damaged`], [`KeyError::NotEncrypted`], [`KeyError::Missing`],
    /// [`KeyError::Io`].
    pub fn unlock(&self) -> Result<(), KeyError> {
        self.secret().map(|_| ())
    }

    /// The sender of what it signs.
    pub fn address(&self) -> Address {
        self.address
    }

    /// The `.pem` file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// This transaction, signed (RFC 6979: the same bytes every time). The signature is checked before it is given out.
    ///
    /// # Errors
    /// [`KeyError::WrongUse`] for a transaction that nobody can sign, [`KeyError::SignatureBad`], and those of
    /// [`ChainKey::unlock`].
    pub fn sign(&self, transaction: Transaction) -> Result<SignedTransaction, KeyError> {
        let hash = transaction.signing_hash();
        let (signature, id) = self.secret()?.sign_prehash_recoverable(hash.as_bytes());
        let (r, s) = signature.split_bytes();
        let signed = SignedTransaction::new(transaction, id.is_y_odd(), r.into(), s.into());
        let signed = signed
            .map_err(|_| KeyError::WrongUse { name: self.address.to_string(), what: "such a transaction" })?;
        match signed.sender() == self.address {
            true => Ok(signed),
            false => Err(KeyError::SignatureBad { name: self.address.to_string() }),
        }
    }

    fn write(
        dir: &Path,
        secret: SigningKey,
        passphrase: Arc<Passphrase>,
        iterations: u32,
        salt: &Salt,
    ) -> Result<ChainKey, KeyError> {
        let address = Address::of_key(secret.verifying_key());
        let short = address.to_string();
        let path = dir.join(format!("chain-{}.pem", short.get(2..10).unwrap_or_default()));
        let pem = encrypt(&secret, &passphrase, iterations, salt)
            .map_err(|e| KeyError::damaged(&path, format!("can't be made ({e})")))?;
        let digest = hash::sha256(&[pem.as_bytes()]);
        make_folder(dir)?;
        // A crash between the two leaves a .pem that nothing names; it is in nobody's way.
        create(&path, pem.as_bytes(), 0o600)?;
        create(&path.with_extension("address"), address_text(&address, &digest).as_bytes(), 0o644)?;
        Ok(ChainKey { path, address, digest, passphrase, secret: secret.into() })
    }

    fn secret(&self) -> Result<&SigningKey, KeyError> {
        if let Some(secret) = self.secret.get() {
            return Ok(secret);
        }
        let pem = read(&self.path)?;
        let untouched = self.digest == hash::sha256(&[pem.as_bytes()]);
        let secret = decrypt(&pem, &self.passphrase).map_err(|why| refused(&self.path, why, untouched))?;
        if Address::of_key(secret.verifying_key()) != self.address {
            return Err(KeyError::damaged(&self.path, "is another key than its .address file says"));
        }
        Ok(self.secret.get_or_init(|| secret))
    }
}

fn encrypt(
    secret: &SigningKey,
    passphrase: &Passphrase,
    iterations: u32,
    salt: &Salt,
) -> Result<Zeroizing<String>, ::pkcs8::Error> {
    let bytes = Zeroizing::new(<[u8; 32]>::from(secret.to_bytes()));
    let mut plain = Zeroizing::new([0; BEFORE.len() + 32]);
    plain[..BEFORE.len()].copy_from_slice(&BEFORE[..BEFORE.len()]);
    plain[BEFORE.len()..].copy_from_slice(&bytes[..]);
    seal(&plain[..], passphrase, iterations, salt)
}

fn decrypt(pem: &str, passphrase: &Passphrase) -> Result<SigningKey, Why> {
    let plain = open(pem, passphrase)?;
    let info = PrivateKeyInfoRef::try_from(plain.as_bytes()).map_err(|_| Why::Opened)?;
    let other = || Why::Form("holds a key, but not one of the curve secp256k1".into());
    let of_curve = info.algorithm.parameters_oid().is_ok_and(|curve| curve == CURVE);
    if info.algorithm.oid != EC || !of_curve {
        return Err(other());
    }
    // ECPrivateKey: a sequence of version 1, 32 bytes, and perhaps curve and public key, which are not needed.
    match info.private_key.as_bytes() {
        [0x30, length, 0x02, 0x01, 0x01, 0x04, 0x20, rest @ ..]
            if usize::from(*length) == rest.len() + 5 && rest.len() >= 32 =>
        {
            SigningKey::from_slice(&rest[..32]).map_err(|_| other())
        }
        _ => Err(other()),
    }
}

fn address_text(address: &Address, digest: &Hash) -> String {
    format!("{address}\nsha256 {digest}\n")
}

fn read_address(path: &Path) -> Result<(Address, Hash), KeyError> {
    let text = read(path)?;
    let mut lines = text.lines();
    let address = lines.next().and_then(Address::parse);
    let digest = lines.next().and_then(|line| Hash::from_base64(line.strip_prefix("sha256 ")?).ok());
    match (address, digest) {
        (Some(address), Some(digest)) if *text == address_text(&address, &digest) => Ok((address, digest)),
        _ => Err(KeyError::damaged(path, "is not an address and the digest of the key's file")),
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use tempfile::TempDir;
    use verifier::evm::Fee;

    use super::*;

    const FEW: u32 = 1;

    fn passphrase(text: &str) -> Arc<Passphrase> {
        Arc::new(Passphrase::new(text).unwrap())
    }

    fn openssl(line: &str) -> String {
        let done = Command::new("openssl").args(line.split(' ')).output().expect("the openssl program");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).unwrap()
    }

    fn code<T>(result: Result<T, KeyError>) -> &'static str {
        result.err().map_or("-", |e| e.code())
    }

    fn transaction() -> Transaction {
        let fee = Fee::Legacy { gas_price: 0 };
        Transaction { chain_id: 20_200, nonce: 0, fee, gas_limit: 30_000, to: None, value: 0, data: vec![1] }
    }

    #[test]
    fn made_listed_opened_and_signing() {
        let dir = TempDir::new().unwrap();
        assert_eq!(list(dir.path()).unwrap(), []);
        let made = ChainKey::generate(dir.path(), passphrase("right"), FEW).unwrap();
        let listed = list(dir.path()).unwrap();
        let expected =
            ChainKeyListed { address: made.address(), path: made.path().to_owned(), present: true };
        assert_eq!(listed, [expected]);
        // The office's own keys are listed without it.
        assert_eq!(super::super::list(dir.path()).unwrap(), []);
        let opened = ChainKey::open_all(dir.path(), &passphrase("right")).unwrap().remove(0);
        let signed = opened.sign(transaction()).unwrap();
        assert_eq!(signed.sender(), made.address());
        assert_eq!(made.sign(transaction()).unwrap(), signed);
        assert_eq!(code(opened.sign(Transaction { chain_id: 0, ..transaction() })), "KEY_WRONG_USE");
        assert_eq!(
            code(ChainKey::open(made.path(), passphrase("wrong")).unwrap().unlock()),
            "KEY_PASSPHRASE"
        );

        let second = ChainKey::generate(dir.path(), passphrase("right"), FEW).unwrap();
        let both = ChainKey::open_all(dir.path(), &passphrase("right")).unwrap();
        let mut addresses: Vec<Address> = both.iter().map(ChainKey::address).collect();
        addresses.sort();
        let mut expected = [made.address(), second.address()];
        expected.sort();
        assert_eq!(addresses, expected);
        // The one's file in the other's place.
        fs::copy(second.path(), made.path()).unwrap();
        assert_eq!(code(ChainKey::open(made.path(), passphrase("right")).unwrap().unlock()), "KEY_DAMAGED");
        fs::write(made.path().with_extension("address"), "0x00\n").unwrap();
        assert_eq!(code(list(dir.path())), "KEY_DAMAGED");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = TempDir::new().unwrap();
        let made = ChainKey::generate(dir.path(), passphrase("right"), FEW).unwrap();
        assert_eq!(fs::metadata(made.path()).unwrap().permissions().mode() & 0o777, 0o600);
    }

    #[test]
    fn openssl_reads_ours_and_we_read_its() {
        let dir = TempDir::new().unwrap();
        let made = ChainKey::generate(dir.path(), passphrase("right"), FEW).unwrap();
        let (ours, plain) = (made.path().display(), dir.path().join("plain.pem"));
        let plain = plain.display();
        let seen = openssl(&format!("ec -in {ours} -passin pass:right -text -noout"));
        assert!(seen.contains("secp256k1") && seen.contains("pub:"), "{seen}");

        openssl(&format!("ecparam -name secp256k1 -genkey -noout -out {plain}"));
        let theirs = dir.path().join("chain-theirs.pem");
        let file = theirs.display();
        openssl(&format!("pkcs8 -topk8 -in {plain} -out {file} -passout pass:right -iter 1"));
        let adopted = ChainKey::adopt(&theirs, passphrase("right")).unwrap();
        assert_eq!(adopted.sign(transaction()).unwrap().sender(), adopted.address());
        assert_eq!(code(ChainKey::adopt(&theirs, passphrase("right"))), "KEY_EXISTS");

        let other = dir.path().join("chain-p256.pem");
        let file = other.display();
        openssl(&format!("ecparam -name prime256v1 -genkey -noout -out {plain}"));
        openssl(&format!("pkcs8 -topk8 -in {plain} -out {file} -passout pass:right -iter 1"));
        assert_eq!(code(ChainKey::adopt(&other, passphrase("right"))), "KEY_DAMAGED");
    }
}
