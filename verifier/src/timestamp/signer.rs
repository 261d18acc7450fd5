//! SignerInfo: who signed a token, and over what (RFC 5652 §5.3, RFC 5035).

use alloc::vec::Vec;

use super::TimestampError;
use super::algorithm::{Algorithm, Digest, Scheme};
use super::der::{OCTET_STRING, OID, Reader, SEQUENCE, SET, constructed, malformed, primitive};
use super::oid;
use super::sha1::sha1;
use super::x509::{Certificate, Purpose};

/// Signed attributes of one signer.
const ATTRIBUTES: usize = 32;
/// What a GeneralName with a name as in certificates begins with.
const DIRECTORY_NAME: u8 = constructed(4);

/// How a token names its signer's certificate.
#[derive(Clone, Copy, Debug)]
enum Named<'a> {
    IssuerAndSerial(&'a [u8], &'a [u8]),
    KeyId(&'a [u8]),
}

#[derive(Clone, Debug)]
pub(super) struct Signer<'a> {
    named: Named<'a>,
    digest: Digest,
    scheme: Scheme,
    /// What is signed: the attributes as a SET.
    attributes: Vec<u8>,
    message_digest: &'a [u8],
    /// The certificate's digest and, where it is there, its issuer and serial number, in each of the attributes that name it.
    essential: Vec<(Vec<u8>, EssentialDigest, Option<Reader<'a>>)>,
    signature: &'a [u8],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum EssentialDigest {
    Sha1,
    Newer(Digest),
}

impl<'a> Signer<'a> {
    pub(super) fn read(mut info: Reader<'a>) -> Result<Signer<'a>, TimestampError> {
        if !matches!(info.small()?, 1 | 3) {
            return malformed("a signer is of a later version");
        }
        let named = match info.optional(primitive(0))? {
            Some(id) => Named::KeyId(id.body),
            None => {
                let mut inside = info.sequence()?;
                let named = Named::IssuerAndSerial(inside.value(SEQUENCE)?.whole, inside.integer()?);
                inside.end()?;
                named
            }
        };
        let digest = Digest::of(&Algorithm::read(&mut info)?)?;
        let attributes = info.value(constructed(0))?;
        let scheme = Scheme::beside(&Algorithm::read(&mut info)?, digest)?;
        let signature = info.value(OCTET_STRING)?.body;
        // Unsigned attributes, such as countersignatures, say nothing that counts.
        info.optional(constructed(1))?;
        info.end()?;
        let mut as_set = attributes.whole.to_vec();
        if let Some(tag) = as_set.first_mut() {
            *tag = SET;
        }
        let mut signer = Signer {
            named,
            digest,
            scheme,
            attributes: as_set,
            message_digest: &[],
            essential: Vec::new(),
            signature,
        };
        signer.read_attributes(attributes.inside())?;
        Ok(signer)
    }

    fn read_attributes(&mut self, mut list: Reader<'a>) -> Result<(), TimestampError> {
        let mut seen: Vec<&[u8]> = Vec::new();
        while !list.is_at_end() {
            let mut attribute = list.sequence()?;
            let (name, values) = (attribute.oid()?, attribute.value(SET)?);
            attribute.end()?;
            if seen.contains(&name) || seen.len() >= ATTRIBUTES {
                return malformed("a signed attribute is there twice, or there are too many");
            }
            seen.push(name);
            match name {
                oid::CONTENT_TYPE if Reader::only(values.body, OID)?.body != oid::TST_INFO => {
                    return malformed("the signed attribute contentType is not that of a timestamp");
                }
                oid::MESSAGE_DIGEST => self.message_digest = Reader::only(values.body, OCTET_STRING)?.body,
                oid::SIGNING_CERTIFICATE => self.essential.push(essential(values.body, false)?),
                oid::SIGNING_CERTIFICATE_V2 => self.essential.push(essential(values.body, true)?),
                _ => {}
            }
        }
        for wanted in [oid::CONTENT_TYPE, oid::MESSAGE_DIGEST] {
            if !seen.contains(&wanted) {
                return malformed("the signed attributes contentType and messageDigest have to be there");
            }
        }
        Ok(())
    }

    /// The signer's certificate among these.
    pub(super) fn certificate<'c, 'b>(
        &self,
        certificates: &'c [Certificate<'b>],
    ) -> Result<&'c Certificate<'b>, TimestampError> {
        let is_named = |certificate: &&Certificate<'_>| match self.named {
            Named::IssuerAndSerial(issuer, serial) => {
                certificate.issuer == issuer && certificate.serial == serial
            }
            Named::KeyId(id) => certificate.key_id == Some(id),
        };
        certificates.iter().find(is_named).ok_or(TimestampError::SignerBad("is not there"))
    }

    /// That the signature is this certificate's, over this content, and that the certificate is for timestamps alone.
    pub(super) fn verify(&self, certificate: &Certificate<'_>, content: &[u8]) -> Result<(), TimestampError> {
        match certificate.purpose {
            Purpose::Timestamps(true) => {}
            Purpose::Timestamps(false) => {
                return Err(TimestampError::SignerBad("is for timestamps, but not critically so"));
            }
            _ => return Err(TimestampError::SignerBad("is not for timestamps alone")),
        }
        if !certificate.may_sign() {
            return Err(TimestampError::SignerBad("may not sign"));
        }
        if certificate.strange {
            return Err(TimestampError::SignerBad("has a critical extension that is not known"));
        }
        if self.essential.is_empty() {
            return Err(TimestampError::SignerBad("is not named by a signed attribute"));
        }
        for (digest, by, issuer_and_serial) in &self.essential {
            let is = match by {
                EssentialDigest::Sha1 => sha1(certificate.whole).to_vec(),
                EssentialDigest::Newer(newer) => newer.digest(certificate.whole),
            };
            let named = match issuer_and_serial {
                None => true,
                Some(reader) => names(*reader, certificate)?,
            };
            if is != *digest || !named {
                return Err(TimestampError::SignerBad("is another than a signed attribute names"));
            }
        }
        if self.digest.digest(content) != self.message_digest {
            return Err(TimestampError::SignatureBad);
        }
        certificate.verify(self.scheme, &self.attributes, self.signature)
    }
}

/// The first certificate that SigningCertificate or SigningCertificateV2 names: the signer's.
fn essential(
    value: &[u8],
    second: bool,
) -> Result<(Vec<u8>, EssentialDigest, Option<Reader<'_>>), TimestampError> {
    let mut attribute = Reader::only(value, SEQUENCE)?.inside();
    let mut list = attribute.sequence()?;
    // Policies, which nobody constrains.
    attribute.optional(SEQUENCE)?;
    attribute.end()?;
    let mut first = list.sequence()?;
    let mut by = EssentialDigest::Sha1;
    if second {
        // Only the second has an algorithm; left out it is SHA-256.
        let mut ahead = first;
        by = EssentialDigest::Newer(match ahead.any()?.tag {
            SEQUENCE => Digest::of(&Algorithm::read(&mut first)?)?,
            _ => Digest::Sha256,
        });
    }
    let digest = first.value(OCTET_STRING)?.body.to_vec();
    let issuer_and_serial = first.optional(SEQUENCE)?.map(|value| value.inside());
    first.end()?;
    Ok((digest, by, issuer_and_serial))
}

/// IssuerSerial: one directoryName, and the serial number.
fn names(mut reader: Reader<'_>, certificate: &Certificate<'_>) -> Result<bool, TimestampError> {
    let mut general = reader.sequence()?;
    let name = general.value(DIRECTORY_NAME)?;
    general.end()?;
    let serial = reader.integer()?;
    reader.end()?;
    Ok(name.body == certificate.issuer && serial == certificate.serial)
}
