//! SHA-256, the Merkle tree's two hashes, and domain-separated hashes (spec page `hashing.md`).
//!
//! Here: [`Hash`] and the functions that make one. Not here: trees and proofs, which are in `merkle`.
//!
//! ```
//! use verifier::hash;
//!
//! let leaf = hash::leaf_hash(&[0x01]);
//! assert_eq!(leaf.to_base64(), "tBP0fRPuL+bIRbLuFBr4HehY307FSaWLeXC7lmRbyNI=");
//! ```

use crate::base64;
use crate::error::Refused;
use alloc::string::String;
use core::fmt;
use sha2::{Digest, Sha256};

/// 32 bytes of SHA-256. Written in base64 (44 characters, one of them padding).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash([u8; 32]);

impl Hash {
    /// These 32 bytes.
    pub const fn from_bytes(bytes: [u8; 32]) -> Hash {
        Hash(bytes)
    }

    /// The hash in a slice; none unless the slice is 32 bytes long.
    pub fn from_slice(bytes: &[u8]) -> Option<Hash> {
        bytes.try_into().ok().map(Hash)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 44 characters of standard base64.
    pub fn to_base64(&self) -> String {
        base64::encode(&self.0)
    }

    /// From 44 characters of standard base64; refuses every other text.
    pub fn from_base64(text: &str) -> Result<Hash, Refused> {
        base64::decode_array(text)
            .map(Hash)
            .ok_or_else(|| Refused::new("hash", "", "not the base64 of 32 bytes (44 characters)"))
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_base64())
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hash({self})")
    }
}

/// SHA-256 of the parts, one after the other.
pub fn sha256(parts: &[&[u8]]) -> Hash {
    let mut state = Sha256::new();
    for part in parts {
        state.update(part);
    }
    Hash(state.finalize().into())
}

/// `H(0x00 ‖ entry)`: a leaf of the tree (RFC 6962 §2.1).
pub fn leaf_hash(entry: &[u8]) -> Hash {
    sha256(&[&[0x00], entry])
}

/// `H(0x01 ‖ left ‖ right)`: a node of the tree (RFC 6962 §2.1).
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    let mut block = [0x01; 65];
    block[1..33].copy_from_slice(&left.0);
    block[33..65].copy_from_slice(&right.0);
    Hash(Sha256::digest(block).into())
}

/// `H("")`: the root of the empty tree.
pub fn empty_root() -> Hash {
    sha256(&[])
}

/// `T(label, parts…) = H(label ‖ 0x00 ‖ part ‖ part ‖ …)`: whatever is hashed outside the tree.
pub fn tagged(label: &str, parts: &[&[u8]]) -> Hash {
    let mut state = Sha256::new();
    state.update(label.as_bytes());
    state.update([0x00]);
    for part in parts {
        state.update(part);
    }
    Hash(state.finalize().into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn known_answers() {
        // FIPS 180-4 example and the empty string.
        let abc = sha256(&[b"a", b"", b"bc"]);
        assert_eq!(hex(&abc), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(hex(&empty_root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex(&leaf_hash(&[1])), "b413f47d13ee2fe6c845b2ee141af81de858df4ec549a58b7970bb96645bc8d2");
        let (left, right) = (leaf_hash(b"0"), leaf_hash(b"1"));
        assert_eq!(node_hash(&left, &right), sha256(&[&[1], left.as_bytes(), right.as_bytes()]));
        assert_eq!(tagged("a/v1", &[b"b", b"c"]), sha256(&[b"a/v1\0bc"]));
    }

    #[test]
    fn base64_is_strict() {
        let text = empty_root().to_base64();
        assert_eq!(Hash::from_base64(&text), Ok(empty_root()));
        for bad in [&text[1..], &format!("{text}\n"), &text.replace("FU=", "FV="), &text.replace('=', ""), ""]
        {
            assert!(Hash::from_base64(bad).is_err(), "{bad:?}");
        }
    }

    fn hex(hash: &Hash) -> String {
        hash.as_bytes().iter().map(|b| format!("{b:02x}")).collect()
    }
}
