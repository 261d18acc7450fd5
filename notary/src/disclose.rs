//! Disclosing a document: every record salted, their digests, the document root (spec/disclosure.md).
//!
//! ```text
//! secret (32 random bytes) ─ HMAC-SHA256 with the pointer ─► salt ─► disclosure ─► digest ─► document root
//! ```
//!
//! The secret stays with the office, sealed under the document's own key; all disclosures follow from it and the
//! document. What is not here: choosing what to show, and checking what is shown, which is `verifier`'s.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use verifier::disclosure::{Disclosure, document_root, records};
use verifier::error::Refused;
use verifier::hash::Hash;
use verifier::json::Value;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::refusal::{Refusal, RefusalCode};

/// Bytes of a salt.
const SALT: usize = 16;

/// 32 random bytes that all salts of one document are made of; fresh for each certificate, given to nobody.
///
/// Wiped when dropped. It has no `Debug` and is not compared.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DocumentSecret([u8; 32]);

impl DocumentSecret {
    /// A fresh one.
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub fn generate() -> Result<Self, getrandom::Error> {
        let mut secret = DocumentSecret([0; 32]);
        getrandom::fill(&mut secret.0)?;
        Ok(secret)
    }

    /// The one that was kept. The caller wipes its own copy.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        DocumentSecret(*bytes)
    }

    /// Its bytes, to be sealed and kept.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The salt of the record at `pointer`: the first 16 bytes of HMAC-SHA256 (RFC 2104) over the pointer.
    fn salt(&self, pointer: &str) -> Result<[u8; SALT], Refused> {
        let refuse = || Refused::new("document secret", pointer, "no salt could be made");
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).map_err(|_| refuse())?;
        mac.update(pointer.as_bytes());
        mac.finalize().into_bytes().first_chunk().copied().ok_or_else(refuse)
    }
}

/// A document as it is disclosed.
#[derive(Clone)]
pub struct Disclosed {
    disclosures: Vec<Disclosure>,
    digests: Vec<Hash>,
    root: Hash,
}

impl Disclosed {
    /// One disclosure a record, in the order of the document.
    pub fn disclosures(&self) -> &[Disclosure] {
        &self.disclosures
    }

    /// All digests, ascending.
    pub fn digests(&self) -> &[Hash] {
        &self.digests
    }

    /// The document root.
    pub fn root(&self) -> Hash {
        self.root
    }

    /// The disclosure of the record at `pointer`.
    pub fn at(&self, pointer: &str) -> Option<&Disclosure> {
        self.disclosures.iter().find(|disclosure| disclosure.pointer() == pointer)
    }
}

/// Salts and digests every record of a document.
///
/// # Errors
/// `RECORDS_MANY` for a document of too many records; `SELF_CHECK_FAILED` where two digests are equal, which would take
/// a broken secret.
pub fn disclose(document: &Value, secret: &DocumentSecret) -> Result<Disclosed, Refusal> {
    let records = records(document).map_err(|refused| many(&refused))?;
    let disclosures = records
        .into_iter()
        .map(|(pointer, value)| Disclosure::new(secret.salt(&pointer)?, pointer, value))
        .collect::<Result<Vec<_>, Refused>>()
        .map_err(|refused| self_check(&refused))?;
    let mut digests: Vec<Hash> = disclosures.iter().map(Disclosure::digest).collect();
    digests.sort_unstable();
    let root = document_root(&digests).map_err(|refused| self_check(&refused))?;
    Ok(Disclosed { disclosures, digests, root })
}

fn many(refused: &Refused) -> Refusal {
    Refusal::new(RefusalCode::RecordsMany)
        .at(refused.at())
        .found(refused.what())
        .right(verifier::limits::DISCLOSURES)
}

/// The refusal of something that the office computed itself.
pub(crate) fn self_check(refused: &Refused) -> Refusal {
    Refusal::new(RefusalCode::SelfCheckFailed).found(refused)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::samples;

    #[test]
    fn a_salt_is_the_head_of_the_hmac() {
        // Computed with Python's hmac module: key 00 01 … 1f.
        let secret = DocumentSecret::from_bytes(&core::array::from_fn(|n| n as u8));
        let salt = secret.salt("/subject").unwrap();
        assert_eq!(salt, hex("7a557d0e5db88ec5934fb3b330e4fc83"));
    }

    #[test]
    fn a_person_is_disclosed_apart_from_the_number() {
        let document = samples::document("report-person.json");
        let disclosed = disclose(document.value(), &DocumentSecret::from_bytes(&[7; 32])).unwrap();
        let subject = disclosed.at("/subject").unwrap();
        assert!(subject.value().get("name").is_some() && subject.value().get("person_id").is_none());
        assert_eq!(disclosed.at("/subject/person_id").unwrap().value().as_str(), Some("619900198501010010"));
        assert_eq!(disclosed.digests().len(), 18);
    }

    #[test]
    fn another_secret_changes_every_digest() {
        let document = samples::document("report-full.json");
        let of = |byte: u8| disclose(document.value(), &DocumentSecret::from_bytes(&[byte; 32])).unwrap();
        let (one, same, other) = (of(1), of(1), of(2));
        assert_eq!((one.digests(), one.root()), (same.digests(), same.root()));
        assert!(one.digests().iter().all(|digest| !other.digests().contains(digest)));
        assert_ne!(one.root(), other.root());
    }

    #[test]
    fn generated_secrets_differ() {
        let (one, other) = (DocumentSecret::generate().unwrap(), DocumentSecret::generate().unwrap());
        assert_ne!(one.as_bytes(), other.as_bytes());
    }

    fn hex(text: &str) -> [u8; SALT] {
        core::array::from_fn(|n| u8::from_str_radix(&text[2 * n..2 * n + 2], 16).unwrap())
    }
}
