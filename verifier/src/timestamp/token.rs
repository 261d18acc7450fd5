//! The token: SignedData over a TSTInfo, with exactly one signer (RFC 3161 §2.4.2, RFC 5652 §5).

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::TimestampError;
use super::chain;
use super::der::{OCTET_STRING, Reader, SEQUENCE, SET, constructed, malformed};
use super::info::Info;
use super::oid;
use super::signer::Signer;
use super::x509::Certificate;
use crate::hash::Hash;
use crate::limits::{ANCHOR_CHAIN, ANCHOR_TOKEN_BYTES, CLOCK_TOLERANCE};
use crate::time::Time;
use crate::trust::Authority;

/// Certificates in a token.
const CERTIFICATES: usize = 16;

/// A token of the right form. What it says counts only from [`Token::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    der: Vec<u8>,
    info: Info,
}

/// What a token shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamped {
    /// When the digest existed, by the authority's clock; fractions of a second are cut off.
    pub time: Time,
    /// The same, with what the authority says that it may be off: it was not later than this.
    pub latest: Time,
    /// Under which policy.
    pub policy: String,
    /// The token's serial number in lower-case hexadecimal.
    pub serial: String,
    /// The name in the signer's certificate.
    pub signer: String,
    /// The authority's label in the trust bundle.
    pub label: String,
    /// Token of the authority's organisation.
    pub organisation: String,
}

impl Token {
    /// Reads a ContentInfo in DER.
    ///
    /// # Errors
    /// Where it is not one of a timestamp, or beyond a limit, or of algorithms that are not checked here.
    pub fn parse(der: &[u8]) -> Result<Token, TimestampError> {
        let info = Info::read(Parts::read(der)?.content)?;
        Ok(Token { der: der.to_vec(), info })
    }

    /// The bytes, as they came.
    pub fn as_der(&self) -> &[u8] {
        &self.der
    }

    /// When it says that it was made. Nothing stands behind this before [`Token::verify`].
    pub fn claimed_time(&self) -> Time {
        self.info.time
    }

    /// Of what it says that it is; none where that is not a digest of SHA-256. Nothing stands behind this before
    /// [`Token::verify`], either.
    pub fn claimed_digest(&self) -> Option<Hash> {
        self.info.digest
    }

    pub(super) fn info(&self) -> &Info {
        &self.info
    }

    /// What it shows of `digest`: that it existed at a time, if the signature is right and a chain leads from the signer to
    /// one of the authorities. `beside`: certificates in DER that the token leaves out. `now` is the caller's clock.
    ///
    /// # Errors
    /// The first thing that is not as it has to be.
    pub fn verify(
        &self,
        digest: &Hash,
        beside: &[Vec<u8>],
        authorities: &[Authority],
        now: Time,
    ) -> Result<Stamped, TimestampError> {
        let info = &self.info;
        if info.digest != Some(*digest) {
            return Err(TimestampError::DigestOther);
        }
        let parts = Parts::read(&self.der)?;
        let mut certificates = parts.certificates;
        for der in beside.iter().take(ANCHOR_CHAIN) {
            certificates.push(Certificate::read(der)?);
        }
        let certificate = parts.signer.certificate(&certificates)?;
        parts.signer.verify(certificate, parts.content)?;
        if info.time > now.saturating_add(CLOCK_TOLERANCE) {
            return Err(TimestampError::TimeBad("the time has not come yet"));
        }
        if !certificate.in_force(info.time) {
            return Err(TimestampError::TimeBad("the signer's certificate was not in force at the time"));
        }
        let authority = chain::authority_of(certificate, &certificates, authorities, info.time)?;
        let off = info.accuracy.unwrap_or(0).saturating_add(u64::from(info.millis)).div_ceil(1000);
        Ok(Stamped {
            time: info.time,
            latest: info.time.saturating_add(off),
            policy: info.policy.to_string(),
            serial: info.serial.iter().map(|byte| format!("{byte:02x}")).collect(),
            signer: certificate.shown(),
            label: authority.label.clone(),
            organisation: authority.token.clone(),
        })
    }
}

/// A token read where it lies.
struct Parts<'a> {
    /// The TSTInfo.
    content: &'a [u8],
    certificates: Vec<Certificate<'a>>,
    signer: Signer<'a>,
}

impl<'a> Parts<'a> {
    fn read(der: &'a [u8]) -> Result<Parts<'a>, TimestampError> {
        if der.len() > ANCHOR_TOKEN_BYTES {
            return malformed("it is longer than a token may be");
        }
        let mut outer = Reader::only(der, SEQUENCE)?.inside();
        let kind = outer.oid()?;
        let data = outer.value(constructed(0))?;
        outer.end()?;
        if kind != oid::SIGNED_DATA {
            return match oid::not_supported(kind) {
                TimestampError::NotSupported(name) if name.starts_with("SM") => {
                    Err(TimestampError::NotSupported(name))
                }
                _ => malformed("it is no SignedData"),
            };
        }
        let mut data = Reader::only(data.body, SEQUENCE)?.inside();
        if !(1..=5).contains(&data.small()?) {
            return malformed("SignedData is of a later version");
        }
        // The digests that the signers use; each names its own again.
        data.value(SET)?;
        let content = content(&mut data)?;
        let certificates = match data.optional(constructed(0))? {
            None => Vec::new(),
            Some(set) => certificates(set.inside())?,
        };
        // Revocation lists are not looked at: what counts is the trust bundle.
        data.optional(constructed(1))?;
        let mut signers = data.value(SET)?.inside();
        data.end()?;
        let signer = signers.sequence()?;
        if !signers.is_at_end() {
            return malformed("it has more than one signer");
        }
        Ok(Parts { content, certificates, signer: Signer::read(signer)? })
    }
}

/// EncapsulatedContentInfo of a TSTInfo.
fn content<'a>(data: &mut Reader<'a>) -> Result<&'a [u8], TimestampError> {
    let mut content = data.sequence()?;
    let kind = content.oid()?;
    let value = content.value(constructed(0))?;
    content.end()?;
    if kind != oid::TST_INFO {
        return malformed("what it holds is no timestamp");
    }
    Reader::only(value.body, OCTET_STRING).map(|value| value.body)
}

fn certificates(mut set: Reader<'_>) -> Result<Vec<Certificate<'_>>, TimestampError> {
    let mut certificates = Vec::new();
    while !set.is_at_end() {
        if certificates.len() >= CERTIFICATES {
            return malformed("it has more than 16 certificates");
        }
        certificates.push(Certificate::read(set.value(SEQUENCE)?.whole)?);
    }
    Ok(certificates)
}
