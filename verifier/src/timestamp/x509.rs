//! Certificates (RFC 5280), as far as timestamps need them.

use alloc::string::String;
use alloc::vec::Vec;

use super::TimestampError;
use super::algorithm::{Algorithm, Key, Scheme};
use super::der::{
    BIT_STRING, OCTET_STRING, OID, Reader, SEQUENCE, SET, UTF8_STRING, Value, constructed, malformed,
    primitive,
};
use super::{moment, oid};
use crate::hash::{Hash, sha256};
use crate::time::Time;

/// Extensions of one certificate.
const EXTENSIONS: usize = 64;
/// Parts of one name.
const NAME_PARTS: usize = 64;
/// Characters of a name that are shown.
const NAME_SHOWN: usize = 200;
const PRINTABLE_STRING: u8 = 0x13;
const IA5_STRING: u8 = 0x16;

/// What an extended key usage is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// It is not there: anything.
    Open,
    /// Timestamps and nothing else; true where the extension is critical.
    Timestamps(bool),
    /// Timestamps and other things.
    TimestampsToo,
    /// Other things.
    Other,
}

/// A certificate, read where it lies.
#[derive(Clone, Debug)]
pub(super) struct Certificate<'a> {
    pub(super) whole: &'a [u8],
    signed: &'a [u8],
    algorithm: Algorithm<'a>,
    signature: &'a [u8],
    pub(super) serial: &'a [u8],
    /// With tag and length, to be compared byte for byte.
    pub(super) issuer: &'a [u8],
    pub(super) subject: &'a [u8],
    pub(super) not_before: Time,
    pub(super) not_after: Time,
    key: Value<'a>,
    pub(super) key_id: Option<&'a [u8]>,
    /// Whether it may issue others, and how many may follow below it.
    pub(super) authority: bool,
    pub(super) path_length: Option<u32>,
    usage: Option<u8>,
    pub(super) purpose: Purpose,
    /// A critical extension that is not known here.
    pub(super) strange: bool,
}

impl<'a> Certificate<'a> {
    pub(super) fn read(bytes: &'a [u8]) -> Result<Certificate<'a>, TimestampError> {
        let mut outer = Reader::only(bytes, SEQUENCE)?.inside();
        let signed = outer.value(SEQUENCE)?;
        let algorithm = Algorithm::read(&mut outer)?;
        let signature = outer.bits()?;
        outer.end()?;
        let mut tbs = signed.inside();
        if let Some(version) = tbs.optional(constructed(0))?
            && version.inside().small()? > 2
        {
            return malformed("a certificate is of a later version");
        }
        let serial = tbs.integer()?;
        if Algorithm::read(&mut tbs)? != algorithm {
            return malformed("a certificate names two signature algorithms");
        }
        let issuer = tbs.value(SEQUENCE)?.whole;
        let mut validity = tbs.sequence()?;
        let (not_before, not_after) =
            (moment::of_certificate(&mut validity)?, moment::of_certificate(&mut validity)?);
        validity.end()?;
        let subject = tbs.value(SEQUENCE)?.whole;
        let key = tbs.value(SEQUENCE)?;
        // Unique identifiers, long out of use.
        tbs.optional(primitive(1))?;
        tbs.optional(primitive(2))?;
        let extensions = tbs.optional(constructed(3))?;
        tbs.end()?;
        let mut certificate = Certificate {
            whole: bytes,
            signed: signed.whole,
            algorithm,
            signature,
            serial,
            issuer,
            subject,
            not_before,
            not_after,
            key,
            key_id: None,
            authority: false,
            path_length: None,
            usage: None,
            purpose: Purpose::Open,
            strange: false,
        };
        if let Some(extensions) = extensions {
            certificate.read_extensions(Reader::only(extensions.body, SEQUENCE)?.inside())?;
        }
        Ok(certificate)
    }

    fn read_extensions(&mut self, mut list: Reader<'a>) -> Result<(), TimestampError> {
        let mut seen: Vec<&[u8]> = Vec::new();
        while !list.is_at_end() {
            let mut extension = list.sequence()?;
            let (name, critical) = (extension.oid()?, extension.flag()?);
            let value = extension.value(OCTET_STRING)?.body;
            extension.end()?;
            if seen.contains(&name) || seen.len() >= EXTENSIONS {
                return malformed("a certificate has an extension twice, or too many");
            }
            seen.push(name);
            match name {
                oid::BASIC_CONSTRAINTS => {
                    let mut inside = Reader::only(value, SEQUENCE)?.inside();
                    self.authority = inside.flag()?;
                    self.path_length = if inside.is_at_end() { None } else { Some(inside.small()?) };
                    inside.end()?;
                }
                oid::KEY_USAGE => self.usage = Some(usage(value)?),
                oid::EXTENDED_KEY_USAGE => self.purpose = purpose(value, critical)?,
                oid::SUBJECT_KEY_ID => self.key_id = Some(Reader::only(value, OCTET_STRING)?.body),
                // Names beside the subject, and policies, which the caller does not constrain.
                oid::SUBJECT_ALT_NAME | oid::CERTIFICATE_POLICIES | oid::AUTHORITY_KEY_ID => {}
                _ => self.strange |= critical,
            }
        }
        Ok(())
    }

    pub(super) fn in_force(&self, time: Time) -> bool {
        self.not_before <= time && time <= self.not_after
    }

    /// Signatures: digitalSignature or nonRepudiation, where a key usage is there.
    pub(super) fn may_sign(&self) -> bool {
        self.usage.is_none_or(|usage| usage & 0xc0 != 0)
    }

    /// Certificates: keyCertSign, where a key usage is there.
    pub(super) fn may_certify(&self) -> bool {
        self.usage.is_none_or(|usage| usage & 0x04 != 0)
    }

    pub(super) fn verify(
        &self,
        scheme: Scheme,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), TimestampError> {
        Key::read(&self.key)?.verify(scheme, message, signature)
    }

    /// Whether it signed the other one.
    pub(super) fn signed(&self, other: &Certificate<'_>) -> Result<(), TimestampError> {
        self.verify(Scheme::of(&other.algorithm)?, other.signed, other.signature)
    }

    /// The common name, or as much of the subject as is text; for people.
    pub(super) fn shown(&self) -> String {
        let parts = name_parts(self.subject).unwrap_or_default();
        let common = parts.iter().find(|(oid, _)| *oid == oid::COMMON_NAME);
        let text = match common.or(parts.last()) {
            Some((_, text)) => text.as_str(),
            None => "",
        };
        text.chars().filter(|c| !c.is_control()).take(NAME_SHOWN).collect()
    }
}

/// What people want to know of a certificate before they put it into a trust bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateView {
    /// The common name.
    pub subject: String,
    /// In force from then on,
    pub not_before: Time,
    /// and until then.
    pub not_after: Time,
    /// Whether it may issue other certificates; else it can only be the signer's own.
    pub issues: bool,
    /// Whether timestamps of a signer may lead to it: it issues, or it is a signer's own.
    pub usable: bool,
    /// SHA-256 of the DER, as other tools show it.
    pub fingerprint: Hash,
}

/// Reads a certificate in DER for people to look at.
///
/// # Errors
/// Where it is none, or its key is of an algorithm that is not checked here.
pub fn view(der: &[u8]) -> Result<CertificateView, TimestampError> {
    let certificate = Certificate::read(der)?;
    Key::read(&certificate.key)?;
    let issues = certificate.authority && certificate.may_certify();
    Ok(CertificateView {
        subject: certificate.shown(),
        not_before: certificate.not_before,
        not_after: certificate.not_after,
        issues,
        usable: !certificate.strange && (issues || certificate.purpose == Purpose::Timestamps(true)),
        fingerprint: sha256(&[der]),
    })
}

/// The first eight bits of a KeyUsage; the ninth is of no use here.
fn usage(value: &[u8]) -> Result<u8, TimestampError> {
    match Reader::only(value, BIT_STRING)?.body {
        [0..=7, first] | [0..=7, first, _] => Ok(*first),
        _ => malformed("a key usage is none"),
    }
}

fn purpose(value: &[u8], critical: bool) -> Result<Purpose, TimestampError> {
    const ANY: &[u8] = &[0x55, 0x1d, 37, 0];
    let mut list = Reader::only(value, SEQUENCE)?.inside();
    let (mut timestamps, mut others) = (false, false);
    while !list.is_at_end() {
        match list.value(OID)?.body {
            oid::TIME_STAMPING => timestamps = true,
            ANY => (timestamps, others) = (true, true),
            _ => others = true,
        }
    }
    Ok(match (timestamps, others) {
        (true, false) => Purpose::Timestamps(critical),
        (true, true) => Purpose::TimestampsToo,
        (false, _) => Purpose::Other,
    })
}

/// The parts of a name that are text.
fn name_parts(name: &[u8]) -> Result<Vec<(&[u8], String)>, TimestampError> {
    let mut parts = Vec::new();
    let mut sets = Reader::only(name, SEQUENCE)?.inside();
    while !sets.is_at_end() && parts.len() < NAME_PARTS {
        let mut pairs = sets.value(SET)?.inside();
        while !pairs.is_at_end() && parts.len() < NAME_PARTS {
            let mut pair = pairs.sequence()?;
            let (oid, value) = (pair.oid()?, pair.any()?);
            if matches!(value.tag, UTF8_STRING | PRINTABLE_STRING | IA5_STRING)
                && let Ok(text) = core::str::from_utf8(value.body)
            {
                parts.push((oid, String::from(text)));
            }
        }
    }
    Ok(parts)
}
