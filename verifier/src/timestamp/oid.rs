//! Object identifiers: the ones that are known here, and policies, which the caller may name.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::TimestampError;
use crate::error::Refused;

/// Bytes of an object identifier.
const OID_BYTES: usize = 64;

pub(super) const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
pub(super) const CONTENT_TYPE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 3];
pub(super) const MESSAGE_DIGEST: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 4];
pub(super) const TST_INFO: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 1, 4];
pub(super) const SIGNING_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 12];
pub(super) const SIGNING_CERTIFICATE_V2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 16, 2, 47];

pub(super) const SHA_256: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1];
pub(super) const SHA_384: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2];
pub(super) const SHA_512: &[u8] = &[0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3];
const SHA_1: &[u8] = &[0x2b, 0x0e, 3, 2, 0x1a];

pub(super) const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];
pub(super) const RSA_MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8];
pub(super) const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 10];
pub(super) const RSA_SHA_256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
pub(super) const RSA_SHA_384: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 12];
pub(super) const RSA_SHA_512: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 13];
const RSA_SHA_1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 5];

pub(super) const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1];
pub(super) const P_256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7];
pub(super) const P_384: &[u8] = &[0x2b, 0x81, 4, 0, 0x22];
pub(super) const ECDSA_SHA_256: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2];
pub(super) const ECDSA_SHA_384: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
pub(super) const ECDSA_SHA_512: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4];

/// The cryptography office's own algorithms: SM2, SM3 and the forms that go with them (GM/T 0006).
const GM: &[u8] = &[0x2a, 0x81, 0x1c, 0xcf, 0x55];

pub(super) const SUBJECT_KEY_ID: &[u8] = &[0x55, 0x1d, 14];
pub(super) const KEY_USAGE: &[u8] = &[0x55, 0x1d, 15];
pub(super) const SUBJECT_ALT_NAME: &[u8] = &[0x55, 0x1d, 17];
pub(super) const BASIC_CONSTRAINTS: &[u8] = &[0x55, 0x1d, 19];
pub(super) const CERTIFICATE_POLICIES: &[u8] = &[0x55, 0x1d, 32];
pub(super) const AUTHORITY_KEY_ID: &[u8] = &[0x55, 0x1d, 35];
pub(super) const EXTENDED_KEY_USAGE: &[u8] = &[0x55, 0x1d, 37];
pub(super) const TIME_STAMPING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];
pub(super) const COMMON_NAME: &[u8] = &[0x55, 4, 3];

/// What to say of an algorithm that is not checked here.
pub(super) fn not_supported(oid: &[u8]) -> TimestampError {
    let name = match oid {
        SHA_1 | RSA_SHA_1 => "SHA-1".to_string(),
        _ if oid.starts_with(GM) => format!("SM2 or SM3 ({})", dotted(oid)),
        _ => format!("the algorithm {}", dotted(oid)),
    };
    TimestampError::NotSupported(name)
}

/// Whether these are the bytes of an object identifier in their one form.
pub(super) fn is_oid(body: &[u8]) -> bool {
    let mut begins = true;
    for byte in body {
        if begins && *byte == 0x80 {
            return false;
        }
        begins = byte & 0x80 == 0;
    }
    begins && (1..=OID_BYTES).contains(&body.len())
}

/// `1.2.3.4`; numbers of more than 128 bits come out as `?`.
pub(super) fn dotted(body: &[u8]) -> String {
    let mut out = String::new();
    let mut number: Option<u128> = Some(0);
    for byte in body {
        number = number.and_then(|n| n.checked_mul(128)).map(|n| n | u128::from(byte & 0x7f));
        if byte & 0x80 != 0 {
            continue;
        }
        match (number, out.is_empty()) {
            (None, _) => out.push_str(".?"),
            (Some(n), false) => out.push_str(&format!(".{n}")),
            (Some(n), true) => {
                let first = (n / 40).min(2);
                out.push_str(&format!("{first}.{}", n.saturating_sub(first.saturating_mul(40))));
            }
        }
        number = Some(0);
    }
    out
}

/// Under which an authority makes timestamps: an object identifier such as `1.2.3.4.1`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Policy(Vec<u8>);

impl Policy {
    /// From numbers with points between.
    ///
    /// # Errors
    /// If the text is no object identifier in its one form.
    pub fn parse(text: &str) -> Result<Policy, Refused> {
        let refuse = || Refused::new("policy", "", "has to be an object identifier such as 1.2.3.4.1");
        let mut numbers = Vec::new();
        for word in text.split('.').take(OID_BYTES) {
            numbers.push(crate::time::parse_decimal(word).ok_or_else(refuse)?);
        }
        let [first @ 0..=2, second, rest @ ..] = numbers.as_slice() else { return Err(refuse()) };
        if *first < 2 && *second > 39 {
            return Err(refuse());
        }
        let mut body = Vec::new();
        write(&mut body, first.saturating_mul(40).checked_add(*second).ok_or_else(refuse)?);
        rest.iter().for_each(|number| write(&mut body, *number));
        let policy = Policy(body);
        // What was left out, or did not fit, shows here.
        if is_oid(&policy.0) && policy.to_string() == text { Ok(policy) } else { Err(refuse()) }
    }

    pub(super) fn of(body: &[u8]) -> Policy {
        Policy(body.to_vec())
    }

    pub(super) fn body(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&dotted(&self.0))
    }
}

fn write(body: &mut Vec<u8>, number: u64) {
    let groups = (1..10u32).rev().map(|place| number.checked_shr(place.saturating_mul(7)).unwrap_or(0));
    let mut begun = false;
    for group in groups {
        begun |= group != 0;
        if begun {
            body.push(0x80 | u8::try_from(group & 0x7f).unwrap_or(0));
        }
    }
    body.push(u8::try_from(number & 0x7f).unwrap_or(0));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies() {
        for text in [
            "1.2.3.4.1",
            "0.4.0.2023.1.1",
            "2.999.3",
            "2.16.840.1.114412.7.1",
            "1.2.156.10197.1.501",
            "1.3.18446744073709551615",
        ] {
            let policy = Policy::parse(text).unwrap();
            assert_eq!(policy.to_string(), text);
            assert!(is_oid(policy.body()));
        }
        assert_eq!(Policy::parse("1.2.840.113549.1.7.2").unwrap().body(), SIGNED_DATA);
        for bad in [
            "",
            "1",
            "3.1",
            "1.40",
            "1..2",
            "1.02",
            "1.2.",
            ".1.2",
            "1.2.x",
            "1.18446744073709551616",
            &["1"; 80].join("."),
        ] {
            assert!(Policy::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn one_form() {
        for bad in [&[][..], &[0x80, 1], &[0x2a, 0x80, 1], &[0x2a, 0x86], &[1; 65]] {
            assert!(!is_oid(bad), "{bad:?}");
        }
        assert_eq!(
            not_supported(&[0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75]).to_string(),
            "SM2 or SM3 (1.2.156.10197.1.501) is not supported here"
        );
    }
}
