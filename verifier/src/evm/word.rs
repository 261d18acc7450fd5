//! Keccak-256 and addresses, written as these chains write them.

use alloc::string::String;
use core::fmt;

use k256::ecdsa::VerifyingKey;
use sha3::{Digest, Keccak256};

/// 32 bytes of Keccak-256, which is not SHA3-256: hashes of transactions and blocks. Written `0x` and 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Keccak([u8; 32]);

impl Keccak {
    /// These 32 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Keccak {
        Keccak(bytes)
    }

    /// The 32 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// From `0x` and 64 hex digits of either case; none from any other text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Keccak> {
        hex_array(text.strip_prefix("0x")?).map(Keccak)
    }
}

/// Keccak-256 of these bytes.
#[must_use]
pub fn keccak256(bytes: &[u8]) -> Keccak {
    Keccak(Keccak256::digest(bytes).into())
}

/// An account: the last 20 bytes of the Keccak-256 of its public key. Written `0x` and 40 hex digits, lower case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Address([u8; 20]);

impl Address {
    /// These 20 bytes.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 20]) -> Address {
        Address(bytes)
    }

    /// The 20 bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// From `0x` and 40 hex digits of either case; none from any other text. Upper case is somebody's check sum, which
    /// is not checked.
    #[must_use]
    pub fn parse(text: &str) -> Option<Address> {
        hex_array(text.strip_prefix("0x")?).map(Address)
    }

    /// The account of a key.
    #[must_use]
    pub fn of_key(key: &VerifyingKey) -> Address {
        let point = key.to_sec1_point(false);
        let hash = keccak256(point.as_bytes().get(1..).unwrap_or_default());
        let mut address = [0; 20];
        address.copy_from_slice(hash.0.split_at(12).1);
        Address(address)
    }
}

/// Hex digits of either case, two for each byte.
pub(super) fn hex_array<const N: usize>(digits: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if digits.len() != N.checked_mul(2)? {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
        for digit in pair {
            let digit = char::from(*digit).to_digit(16)?;
            *byte = (*byte << 4) | u8::try_from(digit).ok()?;
        }
    }
    Some(bytes)
}

fn write_hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    let mut text = String::from("0x");
    for byte in bytes {
        fmt::Write::write_fmt(&mut text, format_args!("{byte:02x}"))?;
    }
    f.write_str(&text)
}

impl fmt::Display for Keccak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for Keccak {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keccak({self})")
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({self})")
    }
}
