//! What an authority is asked (RFC 3161 §2.4.1).

use alloc::vec::Vec;

use super::der::{BOOLEAN, INTEGER, NULL, OCTET_STRING, OID, SEQUENCE};
use super::oid::{self, Policy};
use crate::hash::Hash;

/// A TimeStampReq in DER: SHA-256, the nonce, the certificates wanted, and a policy where one is demanded. It goes to the
/// authority by POST as `application/timestamp-query`. The nonce is the caller's: fresh and random.
pub fn request(digest: &Hash, nonce: u64, policy: Option<&Policy>) -> Vec<u8> {
    let algorithm = value(SEQUENCE, &[value(OID, &[oid::SHA_256.to_vec()]), value(NULL, &[])]);
    let imprint = value(SEQUENCE, &[algorithm, value(OCTET_STRING, &[digest.as_bytes().to_vec()])]);
    let mut parts = Vec::from([value(INTEGER, &[Vec::from([1])]), imprint]);
    parts.extend(policy.map(|policy| value(OID, &[policy.body().to_vec()])));
    parts.push(value(INTEGER, &[number(nonce)]));
    parts.push(value(BOOLEAN, &[Vec::from([0xff])]));
    value(SEQUENCE, &parts)
}

/// The bytes of an INTEGER, the shortest that are not below zero.
pub(super) fn number(number: u64) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let digits: Vec<u8> = bytes.into_iter().skip_while(|byte| *byte == 0).collect();
    match digits.first() {
        Some(first) if first & 0x80 == 0 => digits,
        _ => [Vec::from([0]), digits].concat(),
    }
}

/// A value of at most 255 bytes: a request is never longer.
fn value(tag: u8, parts: &[Vec<u8>]) -> Vec<u8> {
    let body = parts.concat();
    let length = u8::try_from(body.len()).unwrap_or(u8::MAX);
    let head = if length < 0x80 { Vec::from([tag, length]) } else { Vec::from([tag, 0x81, length]) };
    [head, body].concat()
}
