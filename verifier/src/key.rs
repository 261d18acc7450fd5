//! Keys that verify signed notes: their names, ids and written form, the *vkey* (spec page `notes.md`).
//!
//! ```
//! use verifier::key::VerifierKey;
//!
//! let key = VerifierKey::parse("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k")?;
//! assert_eq!(key.name().as_str(), "example.com/foo");
//! assert_eq!(key.id().to_string(), "530d903a");
//! # Ok::<(), verifier::error::Refused>(())
//! ```
//!
//! Here: keys of suite 1, Ed25519 verified strictly: canonical S, no small-order points, no cofactor, and the public key
//! in its canonical encoding. Not here: keys that sign, and when a key is good, which a trust bundle says.

use crate::base64;
use crate::error::Refused;
use crate::hash;
use crate::limits::KEY_NAME_BYTES;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use ed25519_dalek::{Signature, VerifyingKey};

const FORMAT: &str = "key";

/// The name of a key: not empty, without white space, control characters and `+`, at most 100 bytes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct KeyName(String);

impl KeyName {
    /// Refuses a text that is not a name.
    pub fn parse(text: &str) -> Result<KeyName, Refused> {
        if text.is_empty() || text.len() > KEY_NAME_BYTES {
            return Err(Refused::new(FORMAT, "name", "has to be 1 to 100 bytes long"));
        }
        if text.chars().any(|c| c.is_whitespace() || c < ' ' || c == '+') {
            return Err(Refused::new(FORMAT, "name", "may not hold white space, control characters or '+'"));
        }
        Ok(KeyName(text.to_string()))
    }

    /// The name itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The first four bytes of `H(name ‖ 0x0A ‖ type ‖ public key)`. A hint, not an identity: two keys may share one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct KeyId([u8; 4]);

impl KeyId {
    /// These four bytes.
    pub const fn from_bytes(bytes: [u8; 4]) -> KeyId {
        KeyId(bytes)
    }

    /// The four bytes.
    pub const fn as_bytes(&self) -> &[u8; 4] {
        &self.0
    }

    /// From eight lower-case hexadecimal digits.
    pub fn parse(text: &str) -> Result<KeyId, Refused> {
        let refuse = || Refused::new(FORMAT, "id", "has to be 8 lower-case hexadecimal digits");
        if text.len() != 8 || !text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')) {
            return Err(refuse());
        }
        u32::from_str_radix(text, 16).map(|n| KeyId(n.to_be_bytes())).map_err(|_| refuse())
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", u32::from_be_bytes(self.0))
    }
}

/// What a key signs, the type byte of a vkey.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum KeyKind {
    /// `0x01`: the text of a note.
    Note,
    /// `0x04`: a time and a checkpoint.
    Cosignature,
}

impl KeyKind {
    /// The type byte.
    pub const fn byte(self) -> u8 {
        match self {
            KeyKind::Note => 0x01,
            KeyKind::Cosignature => 0x04,
        }
    }

    fn from_byte(byte: u8) -> Option<KeyKind> {
        [KeyKind::Note, KeyKind::Cosignature].into_iter().find(|kind| kind.byte() == byte)
    }
}

/// A public key with its name, ready to verify: the point is decompressed once, here.
#[derive(Clone, PartialEq, Eq)]
pub struct VerifierKey {
    name: KeyName,
    kind: KeyKind,
    id: KeyId,
    key: VerifyingKey,
}

impl VerifierKey {
    /// Refused unless the 32 bytes are the canonical encoding of a point that is not of small order.
    pub fn new(name: KeyName, kind: KeyKind, public: &[u8; 32]) -> Result<VerifierKey, Refused> {
        let refuse = |what: &str| Refused::new(FORMAT, "public key", what);
        if !is_canonical(public) {
            return Err(refuse("is not in its canonical encoding"));
        }
        let key = VerifyingKey::from_bytes(public).map_err(|_| refuse("is not a point of the curve"))?;
        if key.is_weak() {
            return Err(refuse("is of small order: signatures under it prove nothing"));
        }
        let id = key_id(&name, kind, public);
        Ok(VerifierKey { name, kind, id, key })
    }

    /// From `<name>+<8 hex digits of the key id>+<base64 of type ‖ public key>`.
    pub fn parse(vkey: &str) -> Result<VerifierKey, Refused> {
        let refuse = |at: &str, what: &str| Refused::new(FORMAT, at, what);
        let mut parts = vkey.splitn(3, '+');
        let (Some(name), Some(id), Some(key)) = (parts.next(), parts.next(), parts.next()) else {
            return Err(refuse("", "has to look like name+1234abcd+base64"));
        };
        let name = KeyName::parse(name)?;
        let id = KeyId::parse(id)?;
        let [kind, public @ ..] = base64::decode_array::<33>(key)
            .ok_or_else(|| refuse("public key", "is not the base64 of a type byte and 32 bytes"))?;
        let kind = KeyKind::from_byte(kind)
            .ok_or_else(|| refuse("type", "is neither 0x01 (Ed25519 note) nor 0x04 (Ed25519 cosignature)"))?;
        let key = VerifierKey::new(name, kind, &public)?;
        if key.id != id {
            return Err(refuse("id", "is not the id of this name and public key"));
        }
        Ok(key)
    }

    /// The written form, a vkey.
    pub fn encode(&self) -> String {
        let mut key = [self.kind.byte(); 33];
        key[1..33].copy_from_slice(self.key.as_bytes());
        format!("{}+{}+{}", self.name, self.id, base64::encode(&key))
    }

    /// Its name.
    pub fn name(&self) -> &KeyName {
        &self.name
    }

    /// Its id.
    pub fn id(&self) -> KeyId {
        self.id
    }

    /// What it signs.
    pub fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The 32 bytes of the public key.
    pub fn public(&self) -> &[u8; 32] {
        self.key.as_bytes()
    }

    /// Whether this key signed exactly this message (RFC 8032, strict). The caller sees to it that the message is of the
    /// key's kind.
    pub fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

impl fmt::Debug for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.encode())
    }
}

/// The id of a key that has this name, kind and public key.
fn key_id(name: &KeyName, kind: KeyKind, public: &[u8; 32]) -> KeyId {
    let [a, b, c, d, ..] =
        *hash::sha256(&[name.as_str().as_bytes(), b"\n", &[kind.byte()], public]).as_bytes();
    KeyId([a, b, c, d])
}

/// Whether y, the number in the lower 255 bits, is below p = 2^255 − 19. The library takes the few larger ones too.
/// (x = 0 with its sign set, the other doubtful encoding, has small order.)
fn is_canonical(public: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = public;
    *low < 0xed || high & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const VKEY: &str = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k";

    #[test]
    fn written_form() {
        assert_eq!(VerifierKey::parse(VKEY).unwrap().encode(), VKEY);
        for bad in [
            "",
            "example.com/foo",
            "example.com/foo+530d903a",
            "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/fop+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k=",
            "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U0=",
            "example foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
            "+530d903a+Aeky",
        ] {
            assert!(VerifierKey::parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn doubtful_points() {
        let key = |low: u8, high: u8| {
            let mut public = [0xff; 32];
            (public[0], public[31]) = (low, high);
            VerifierKey::new(KeyName::parse("k").unwrap(), KeyKind::Note, &public)
        };
        for low in 0xed..=0xff {
            for high in [0x7f, 0xff] {
                assert!(key(low, high).unwrap_err().what().contains("canonical"));
            }
        }
        // y = −1 (order 2), y = 1 (the neutral element), y = 0 (order 4).
        assert!(key(0xec, 0x7f).unwrap_err().what().contains("small order"));
        for (y, sign) in [(1, 0), (1, 0x80), (0, 0), (0, 0x80)] {
            let mut public = [0; 32];
            (public[0], public[31]) = (y, sign);
            assert!(VerifierKey::new(KeyName::parse("k").unwrap(), KeyKind::Note, &public).is_err());
        }
    }

    proptest! {
        #[test]
        fn what_parses_encodes_back(place in 0..VKEY.len(), by in "[A-Za-z0-9+/=. ]") {
            let mut text = VKEY.to_string();
            text.replace_range(place..place + 1, &by);
            match VerifierKey::parse(&text) {
                Ok(key) => prop_assert_eq!(key.encode(), text),
                Err(_) => prop_assert_ne!(text, VKEY),
            }
        }
    }
}
