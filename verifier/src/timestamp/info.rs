//! TSTInfo: what an authority says (RFC 3161 §2.4.2).

use alloc::vec::Vec;

use super::TimestampError;
use super::algorithm::Algorithm;
use super::der::{
    INTEGER, OCTET_STRING, Reader, SEQUENCE, constructed, integer, malformed, primitive, small,
};
use super::moment;
use super::oid::{self, Policy};
use crate::hash::Hash;
use crate::time::Time;

/// Bytes of a serial number: 160 bits, and one byte for the sign.
const SERIAL_BYTES: usize = 21;
/// Bytes of a nonce.
const NONCE_BYTES: usize = 33;
/// Extensions of a timestamp.
const EXTENSIONS: usize = 32;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Info {
    pub(super) policy: Policy,
    /// None where it is not of SHA-256.
    pub(super) digest: Option<Hash>,
    pub(super) serial: Vec<u8>,
    pub(super) time: Time,
    /// Thousandths of a second after `time`.
    pub(super) millis: u32,
    /// How far the time may be off, in thousandths of a second, rounded up; none where the authority does not say.
    pub(super) accuracy: Option<u64>,
    pub(super) nonce: Option<Vec<u8>>,
}

impl Info {
    pub(super) fn read(bytes: &[u8]) -> Result<Info, TimestampError> {
        let mut info = Reader::only(bytes, SEQUENCE)?.inside();
        if info.small()? != 1 {
            return malformed("TSTInfo is of a later version");
        }
        let policy = Policy::of(info.oid()?);
        let mut imprint = info.sequence()?;
        let algorithm = Algorithm::read(&mut imprint)?;
        let hashed = imprint.value(OCTET_STRING)?.body;
        imprint.end()?;
        let digest = match algorithm.oid {
            oid::SHA_256 => {
                Some(Hash::from_slice(hashed).ok_or(TimestampError::Malformed("the digest is too short"))?)
            }
            _ => match oid::not_supported(algorithm.oid) {
                TimestampError::NotSupported(name) if name.starts_with("SM") => {
                    return Err(TimestampError::NotSupported(name));
                }
                _ => None,
            },
        };
        let serial = info.integer()?;
        if serial.len() > SERIAL_BYTES {
            return malformed("the serial number is longer than 160 bits");
        }
        let (time, millis) = moment::of_timestamp(&mut info)?;
        let accuracy = info.optional(SEQUENCE)?.map(|value| accuracy(value.inside())).transpose()?;
        // Whether the authority's timestamps are in the order of their times; nothing here needs it.
        info.flag()?;
        let nonce = info.optional(INTEGER)?.map(|value| integer(value.body)).transpose()?;
        if nonce.is_some_and(|nonce| nonce.len() > NONCE_BYTES) {
            return malformed("the nonce is longer than any that was sent");
        }
        info.optional(constructed(0))?;
        if let Some(extensions) = info.optional(constructed(1))? {
            read_extensions(extensions.inside())?;
        }
        info.end()?;
        let (serial, nonce) = (serial.to_vec(), nonce.map(<[u8]>::to_vec));
        Ok(Info { policy, digest, serial, time, millis, accuracy, nonce })
    }
}

fn accuracy(mut reader: Reader<'_>) -> Result<u64, TimestampError> {
    let part = |value: Option<super::der::Value<'_>>, most: u32| match value {
        None => Ok(0),
        Some(value) => small(integer(value.body)?)
            .and_then(|n| if n <= most { Ok(n) } else { malformed("the accuracy is none") }),
    };
    let seconds = part(reader.optional(INTEGER)?, u32::MAX)?;
    let millis = part(reader.optional(primitive(0))?, 999)?;
    let micros = part(reader.optional(primitive(1))?, 999)?;
    reader.end()?;
    let all = u64::from(seconds).saturating_mul(1000).saturating_add(u64::from(millis));
    Ok(all.saturating_add(u64::from(micros > 0)))
}

/// None is known here, so none may be critical.
fn read_extensions(mut list: Reader<'_>) -> Result<(), TimestampError> {
    for _ in 0..EXTENSIONS {
        if list.is_at_end() {
            return Ok(());
        }
        let mut extension = list.sequence()?;
        extension.oid()?;
        let critical = extension.flag()?;
        extension.value(OCTET_STRING)?;
        extension.end()?;
        if critical {
            return Err(TimestampError::NotSupported("a critical extension of a timestamp".into()));
        }
    }
    malformed("a timestamp has too many extensions")
}
