//! The published example keys: everybody has them, so they prove nothing.
//!
//! `keys/example/` holds them, for demonstrations and tests; an office refuses them elsewhere ([`is_example_key`]). They
//! come out the same whenever they are made: seed = `SHA-256("xinzheng/example-key/v1 <use>")`, with salts of the same
//! kind. `cargo run -p notary --example make_example_keys -- DIR` makes the folder.

use std::path::Path;
use std::sync::{Arc, LazyLock};

use ed25519_dalek::SigningKey;
use verifier::hash;
use verifier::key::{KeyName, VerifierKey};
use verifier::origin::Origin;

use super::file::public_half;
use super::pkcs8::Salt;
use super::{KeyError, KeyFile, KeyUse, Passphrase};

/// The ledger of the example office.
pub const ORIGIN: &str = "credit.example.gov.cn/ledger";
/// The publisher of its trust bundle.
pub const PUBLISHER: &str = "credit.example.gov.cn";
/// What opens the files.
pub const PASSPHRASE: &str = "xinzheng-example";
/// Rounds of PBKDF2: few, since there is no secret to guard.
pub const ITERATIONS: u32 = 2048;

/// The example keys, in the order of [`KeyUse::ALL`].
const VKEYS: [&str; 6] = [
    "credit.example.gov.cn/root+ca8607d5+AdSIIjXs2qeGYS7+Ca3KXb0i8CJlFCjPxbkfg3qUrjbt",
    "credit.example.gov.cn/ledger+54911cd3+AaMHkl7wuiw3CbE6UlzPwqKeWwPHNvyhxJh5IrGXRq5e",
    "credit.example.gov.cn/ledger/batch+26ae7421+ATrTDsaET9WpfCGz1ps82tHKD2GgE03imz1CYqj+g7qi",
    "credit.example.gov.cn/ledger/status+e4b1ce63+AWQjdMQ0sd6SKJ4NxzPF87FIjCSzo/Equg8u8AheWr9L",
    "credit.example.gov.cn/ledger/pdf+34be057d+Aevb3UPekHHr8Yn1Zr6WFhLJn2UTsMelc+i1cWiNZvC6",
    "credit.example.gov.cn/ledger/witness+6d618643+BOTbufktBYRHoRGPzsAdMy14fZ6qQvksC4UyosiME+h9",
];

/// Whether this is an example key, under whatever name.
pub fn is_example_key(key: &VerifierKey) -> bool {
    static PUBLIC: LazyLock<Vec<[u8; 32]>> = LazyLock::new(|| {
        VKEYS.iter().filter_map(|vkey| VerifierKey::parse(vkey).ok()).map(|key| *key.public()).collect()
    });
    PUBLIC.contains(key.public())
}

/// Writes all of them to a folder: `root.pem`, `root.vkey`, `ledger.pem` and so on, in the order of [`KeyUse::ALL`].
///
/// # Errors
/// [`KeyError::Exists`], [`KeyError::Io`].
pub fn write(dir: &Path) -> Result<Vec<KeyFile>, KeyError> {
    let passphrase = Arc::new(Passphrase::new(PASSPHRASE)?);
    KeyUse::ALL.into_iter().map(|key_use| write_one(dir, key_use, Arc::clone(&passphrase))).collect()
}

fn write_one(dir: &Path, key_use: KeyUse, passphrase: Arc<Passphrase>) -> Result<KeyFile, KeyError> {
    let secret = SigningKey::from_bytes(&derive("example-key", key_use));
    let vkey = public_half(&secret, key_use, &name(key_use)?)?;
    let salt = Salt { salt: derive("example-salt", key_use), iv: derive("example-iv", key_use) };
    KeyFile::write(dir, key_use.as_str(), key_use, secret, vkey, passphrase, ITERATIONS, &salt)
}

fn name(key_use: KeyUse) -> Result<KeyName, KeyError> {
    let origin = if key_use == KeyUse::Root { PUBLISHER } else { ORIGIN };
    let wrong = || KeyError::WrongUse { name: origin.into(), what: "examples" };
    let origin = Origin::parse(origin).map_err(|_| wrong())?;
    KeyName::parse(&key_use.key_name(&origin)).map_err(|_| wrong())
}

/// The first bytes of a digest of the label and the use.
fn derive<const N: usize>(label: &str, key_use: KeyUse) -> [u8; N] {
    let digest = hash::sha256(&[format!("xinzheng/{label}/v1 {}", key_use.as_str()).as_bytes()]);
    std::array::from_fn(|n| digest.as_bytes()[n])
}
