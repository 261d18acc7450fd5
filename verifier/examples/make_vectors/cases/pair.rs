//! Fixed keys that sign, and how they do.

use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest, Sha256};
use verifier::key::{KeyKind, KeyName, VerifierKey};
use verifier::note::{Note, SignatureLine};

/// A key that signs, with its public side.
pub struct Pair {
    pub secret: SigningKey,
    pub key: VerifierKey,
}

impl Pair {
    pub fn new(seed: [u8; 32], name: &str, kind: KeyKind) -> Pair {
        let secret = SigningKey::from_bytes(&seed);
        let name = KeyName::parse(name).unwrap();
        let key = VerifierKey::new(name, kind, secret.verifying_key().as_bytes()).unwrap();
        Pair { secret, key }
    }

    pub fn vkey(&self) -> String {
        self.key.encode()
    }
}

/// The seed of a key for vectors: everybody can make it.
pub fn root_seed(name: &str) -> [u8; 32] {
    Sha256::digest(format!("xinzheng vectors: {name}")).into()
}

/// A text signed by these keys, as a note, whatever the text is.
pub fn sign(text: &str, keys: &[&Pair]) -> String {
    let mut out = format!("{text}\n");
    for pair in keys {
        let line = SignatureLine::new(&pair.key, pair.secret.sign(text.as_bytes()).to_bytes());
        out.push_str(&format!("{}\n", line.encode()));
    }
    out
}

/// A text with this signature, said to be of this key.
pub fn signature_line(text: &str, key: &Pair, signature: [u8; 64]) -> String {
    Note::new(text).unwrap().with_signature(SignatureLine::new(&key.key, signature)).unwrap().encode()
}
