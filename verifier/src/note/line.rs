//! Signature lines of notes.

use super::{FORMAT, note_signed_bytes};
use crate::base64;
use crate::cosignature;
use crate::error::Refused;
use crate::key::{KeyId, KeyKind, KeyName, VerifierKey};
use crate::limits::SIGNATURE_LINE_BYTES;
use crate::time::Time;
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// U+2014 and a space, before each signature.
const LINE_START: &str = "— ";

/// `— <name> <base64 of key id ‖ signature>`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignatureLine {
    name: KeyName,
    id: KeyId,
    blob: Vec<u8>,
}

impl SignatureLine {
    /// A signature of a note's text, by a key of type 0x01.
    pub fn new(key: &VerifierKey, signature: [u8; 64]) -> SignatureLine {
        SignatureLine { name: key.name().clone(), id: key.id(), blob: signature.to_vec() }
    }

    /// A cosignature, by a key of type 0x04, at this time.
    pub fn cosignature(key: &VerifierKey, time: Time, signature: [u8; 64]) -> SignatureLine {
        let blob = [&time.seconds().to_be_bytes()[..], &signature].concat();
        SignatureLine { name: key.name().clone(), id: key.id(), blob }
    }

    /// Reads a line without its LF.
    pub fn parse(line: &str) -> Result<SignatureLine, Refused> {
        let refuse = |what: &str| Refused::new(FORMAT, "signature line", what);
        if line.len() > SIGNATURE_LINE_BYTES {
            return Err(refuse("is longer than a signature line may be"));
        }
        let (name, blob) = line
            .strip_prefix(LINE_START)
            .and_then(|rest| rest.split_once(' '))
            .ok_or_else(|| refuse("has to look like \"— name base64\""))?;
        let name = KeyName::parse(name)?;
        let blob = base64::decode(blob).ok_or_else(|| refuse("is not in base64"))?;
        match blob.split_first_chunk() {
            Some((id, signature)) if !signature.is_empty() => {
                Ok(SignatureLine { name, id: KeyId::from_bytes(*id), blob: signature.to_vec() })
            }
            _ => Err(refuse("is too short for a key id and a signature")),
        }
    }

    /// The line without its LF.
    pub fn encode(&self) -> String {
        format!(
            "{LINE_START}{} {}",
            self.name,
            base64::encode(&[self.id.as_bytes(), &self.blob[..]].concat())
        )
    }

    /// Name of the key that is said to have signed.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// Id of the key that is said to have signed.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// What follows the key id: for type 0x01 the 64 bytes of a signature.
    pub fn blob(&self) -> &[u8] {
        &self.blob
    }

    /// Whether the line is said to be of this key.
    pub fn names(&self, key: &VerifierKey) -> bool {
        self.id == key.id() && self.name == *key.name()
    }

    pub(super) fn verifies(&self, key: &VerifierKey, text: &str) -> bool {
        match key.kind() {
            KeyKind::Note => self
                .blob
                .as_slice()
                .try_into()
                .is_ok_and(|signature| key.verifies(note_signed_bytes(text), signature)),
            KeyKind::Cosignature => cosignature::verify(key, self, text).is_ok(),
        }
    }
}
