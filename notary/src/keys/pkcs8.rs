//! Encrypted PKCS#8 files as OpenSSL reads and writes them.
//!
//! Version 1 (RFC 5208), without the public key: OpenSSL 3.0 does not read version 2 of an Ed25519 key. PBES2 has no
//! check of its own: a wrong passphrase shows only in what comes out of it.

use ed25519_dalek::SigningKey;
use ed25519_dalek::pkcs8::{EncodePrivateKey, KeypairBytes};
use pkcs8::der::SecretDocument;
use pkcs8::pkcs5::EncryptionScheme;
use pkcs8::pkcs5::pbes2::{Kdf, Parameters};
use pkcs8::{EncryptedPrivateKeyInfoRef, LineEnding, PrivateKeyInfoRef};
use zeroize::Zeroizing;

use super::Passphrase;

/// Rounds of PBKDF2 in a new file (OWASP's advice of 2023).
pub const ITERATIONS: u32 = 600_000;

/// Rounds that a file from elsewhere may ask for; more would only keep a machine busy.
const ITERATIONS_MAX: u32 = 10_000_000;
/// Memory that a file from elsewhere may ask for with scrypt, in bytes, and its lanes.
const SCRYPT_BYTES_MAX: u64 = 256 << 20;
const SCRYPT_LANES_MAX: u16 = 16;

const LABEL: &str = "ENCRYPTED PRIVATE KEY";
const LABEL_OPEN: &str = "PRIVATE KEY";

/// Why a file gave no key.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// It is not such a file.
    Form(String),
    /// It is one without a passphrase.
    NotEncrypted,
    /// What came out of it is no key: another passphrase, or other bytes.
    Opened,
}

/// What makes two encryptions of one key differ.
pub(super) struct Salt {
    pub salt: [u8; 16],
    pub iv: [u8; 16],
}

/// The text of a `.pem` file.
pub(super) fn encrypt(
    key: &SigningKey,
    passphrase: &Passphrase,
    iterations: u32,
    salt: &Salt,
) -> Result<Zeroizing<String>, ::pkcs8::Error> {
    let plain = KeypairBytes { secret_key: key.to_bytes(), public_key: None }.to_pkcs8_der()?;
    seal(plain.as_bytes(), passphrase, iterations, salt)
}

/// The text of a `.pem` file around a private key of any kind, PKCS#8 in DER.
pub(super) fn seal(
    plain: &[u8],
    passphrase: &Passphrase,
    iterations: u32,
    salt: &Salt,
) -> Result<Zeroizing<String>, ::pkcs8::Error> {
    let parameters = Parameters::generate_pbkdf2_sha256_aes256cbc(iterations, &salt.salt, salt.iv)
        .map_err(::pkcs8::Error::EncryptedPrivateKey)?;
    let sealed =
        PrivateKeyInfoRef::try_from(plain)?.encrypt_with_params(parameters, passphrase.as_bytes())?;
    Ok(sealed.to_pem(LABEL, LineEnding::LF)?)
}

/// The key of a `.pem` file, written by us or by others.
pub(super) fn decrypt(pem: &str, passphrase: &Passphrase) -> Result<SigningKey, Why> {
    let plain = open(pem, passphrase)?;
    let info = PrivateKeyInfoRef::try_from(plain.as_bytes()).map_err(|_| Why::Opened)?;
    let pair =
        KeypairBytes::try_from(info).map_err(|_| Why::Form("holds a key, but not an Ed25519 one".into()))?;
    let key = SigningKey::from_bytes(&pair.secret_key);
    match &pair.public_key {
        Some(public) if public.to_bytes() != key.verifying_key().to_bytes() => {
            Err(Why::Form("holds a public key that is not the private key's".into()))
        }
        _ => Ok(key),
    }
}

/// The private key of any kind in a `.pem` file: PKCS#8 in DER, or what a wrong passphrase made of it.
pub(super) fn open(pem: &str, passphrase: &Passphrase) -> Result<SecretDocument, Why> {
    let (label, document) = SecretDocument::from_pem(pem)
        .map_err(|e| Why::Form(format!("is not a PEM file of one key ({e})")))?;
    match label {
        LABEL => {}
        LABEL_OPEN => return Err(Why::NotEncrypted),
        other => return Err(Why::Form(format!("holds \"{other}\", not an encrypted private key"))),
    }
    let info = EncryptedPrivateKeyInfoRef::try_from(document.as_bytes())
        .map_err(|e| Why::Form(format!("is not encrypted PKCS#8 ({e})")))?;
    bounded(&info.encryption_algorithm)?;
    info.decrypt(passphrase.as_bytes()).map_err(|_| Why::Opened)
}

/// Refuses work that a file may not ask for, and parameters that the library would stumble over.
fn bounded(scheme: &EncryptionScheme) -> Result<(), Why> {
    let EncryptionScheme::Pbes2(Parameters { kdf, .. }) = scheme else {
        return Err(Why::Form(
            "is encrypted the old way (PBES1); encrypt it again: openssl pkcs8 -topk8".into(),
        ));
    };
    let fine = match kdf {
        Kdf::Pbkdf2(pbkdf2) => (1..=ITERATIONS_MAX).contains(&pbkdf2.iteration_count),
        Kdf::Scrypt(scrypt) => {
            let memory =
                scrypt.cost_parameter.checked_mul(128).and_then(|n| n.checked_mul(scrypt.block_size.into()));
            scrypt.cost_parameter >= 2
                && (1..=SCRYPT_LANES_MAX).contains(&scrypt.parallelization)
                && memory.is_some_and(|memory| (1..=SCRYPT_BYTES_MAX).contains(&memory))
        }
        _ => false,
    };
    if fine { Ok(()) } else { Err(Why::Form("asks for more work than a key file may".into())) }
}
