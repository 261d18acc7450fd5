//! Digests, signature schemes and public keys, as certificates and tokens name them.
//!
//! RSA of 2048 to 8192 bits with PKCS#1 v1.5 or PSS, ECDSA on P-256 and P-384, each with SHA-256, -384 or -512. Everything
//! else is refused by name, SHA-1 and the Chinese algorithms SM2 and SM3 among it.

use alloc::vec::Vec;

use p256::ecdsa::signature::hazmat::PrehashVerifier;
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, Pkcs1v15Sign, Pss, RsaPublicKey};
use sha2::Digest as _;

use super::TimestampError;
use super::der::{INTEGER, NULL, Reader, SEQUENCE, Value, constructed, integer, malformed, small};
use super::oid;

/// Bits of an RSA modulus.
const RSA_BITS: core::ops::RangeInclusive<usize> = 2048..=8192;

/// An AlgorithmIdentifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Algorithm<'a> {
    pub(super) oid: &'a [u8],
    parameters: Option<Value<'a>>,
}

impl<'a> Algorithm<'a> {
    pub(super) fn read(reader: &mut Reader<'a>) -> Result<Algorithm<'a>, TimestampError> {
        let mut inside = reader.sequence()?;
        let oid = inside.oid()?;
        let parameters = if inside.is_at_end() { None } else { Some(inside.any()?) };
        inside.end()?;
        Ok(Algorithm { oid, parameters })
    }

    /// Absent or NULL: authorities write both.
    fn bare(&self) -> Result<(), TimestampError> {
        match self.parameters {
            None => Ok(()),
            Some(Value { tag: NULL, body: [], .. }) => Ok(()),
            Some(_) => malformed("an algorithm has parameters where none are wanted"),
        }
    }
}

/// A digest that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Digest {
    Sha256,
    Sha384,
    Sha512,
}

impl Digest {
    pub(super) fn of(algorithm: &Algorithm<'_>) -> Result<Digest, TimestampError> {
        let digest = match algorithm.oid {
            oid::SHA_256 => Digest::Sha256,
            oid::SHA_384 => Digest::Sha384,
            oid::SHA_512 => Digest::Sha512,
            other => return Err(oid::not_supported(other)),
        };
        algorithm.bare().map(|()| digest)
    }

    pub(super) fn digest(self, bytes: &[u8]) -> Vec<u8> {
        match self {
            Digest::Sha256 => sha2::Sha256::digest(bytes).to_vec(),
            Digest::Sha384 => sha2::Sha384::digest(bytes).to_vec(),
            Digest::Sha512 => sha2::Sha512::digest(bytes).to_vec(),
        }
    }
}

/// How a signature was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Pkcs1(Digest),
    Pss(Digest, usize),
    Ecdsa(Digest),
}

impl Scheme {
    /// As a certificate names it.
    pub(super) fn of(algorithm: &Algorithm<'_>) -> Result<Scheme, TimestampError> {
        let scheme = match algorithm.oid {
            oid::RSA_SHA_256 => Scheme::Pkcs1(Digest::Sha256),
            oid::RSA_SHA_384 => Scheme::Pkcs1(Digest::Sha384),
            oid::RSA_SHA_512 => Scheme::Pkcs1(Digest::Sha512),
            oid::ECDSA_SHA_256 => Scheme::Ecdsa(Digest::Sha256),
            oid::ECDSA_SHA_384 => Scheme::Ecdsa(Digest::Sha384),
            oid::ECDSA_SHA_512 => Scheme::Ecdsa(Digest::Sha512),
            oid::RSA_PSS => return pss(algorithm),
            other => return Err(oid::not_supported(other)),
        };
        algorithm.bare().map(|()| scheme)
    }

    /// As a token names it beside its digest: `rsaEncryption` leaves the digest to the other.
    pub(super) fn beside(algorithm: &Algorithm<'_>, digest: Digest) -> Result<Scheme, TimestampError> {
        if algorithm.oid == oid::RSA {
            return algorithm.bare().map(|()| Scheme::Pkcs1(digest));
        }
        let scheme = Scheme::of(algorithm)?;
        match scheme {
            Scheme::Pkcs1(named) | Scheme::Pss(named, _) | Scheme::Ecdsa(named) if named != digest => {
                malformed("the signature names another digest than its signer")
            }
            _ => Ok(scheme),
        }
    }
}

/// RSASSA-PSS-params (RFC 4055 §3.1), all written out: what DER leaves out stands for SHA-1.
fn pss(algorithm: &Algorithm<'_>) -> Result<Scheme, TimestampError> {
    let Some(parameters) = algorithm.parameters.filter(|value| value.tag == SEQUENCE) else {
        return Err(TimestampError::NotSupported("PSS with SHA-1".into()));
    };
    let mut reader = parameters.inside();
    let digest = Digest::of(&Algorithm::read(&mut written(reader.optional(constructed(0))?)?.inside())?)?;
    let mask = Algorithm::read(&mut written(reader.optional(constructed(1))?)?.inside())?;
    let of_mask = match mask.parameters {
        Some(value) if mask.oid == oid::RSA_MGF1 => {
            Digest::of(&Algorithm::read(&mut Reader::of(value.whole))?)?
        }
        _ => return Err(oid::not_supported(mask.oid)),
    };
    let salt = match reader.optional(constructed(2))? {
        None => 20,
        Some(value) => small(integer(Reader::only(value.body, INTEGER)?.body)?)?,
    };
    if let Some(trailer) = reader.optional(constructed(3))?
        && trailer.body != [INTEGER, 1, 1]
    {
        return malformed("PSS has another trailer");
    }
    reader.end()?;
    if of_mask != digest || salt > 128 {
        return Err(TimestampError::NotSupported("PSS with two digests or a long salt".into()));
    }
    Ok(Scheme::Pss(digest, usize::try_from(salt).unwrap_or(usize::MAX)))
}

fn written(value: Option<Value<'_>>) -> Result<Value<'_>, TimestampError> {
    value.ok_or(TimestampError::NotSupported("PSS with SHA-1".into()))
}

/// A public key.
#[derive(Debug)]
pub(super) enum Key {
    Rsa(RsaPublicKey),
    P256(p256::ecdsa::VerifyingKey),
    P384(p384::ecdsa::VerifyingKey),
}

impl Key {
    /// Of a SubjectPublicKeyInfo.
    pub(super) fn read(info: &Value<'_>) -> Result<Key, TimestampError> {
        let mut reader = info.inside();
        let algorithm = Algorithm::read(&mut reader)?;
        let key = reader.bits()?;
        reader.end()?;
        match algorithm.oid {
            oid::RSA => algorithm.bare().and_then(|()| rsa_key(key)),
            oid::EC => {
                let curve = algorithm.parameters.map(|value| Reader::of(value.whole).oid()).transpose()?;
                let point = |_| TimestampError::Malformed("a public key is no point of its curve");
                match curve {
                    Some(oid::P_256) => {
                        p256::ecdsa::VerifyingKey::from_sec1_bytes(key).map(Key::P256).map_err(point)
                    }
                    Some(oid::P_384) => {
                        p384::ecdsa::VerifyingKey::from_sec1_bytes(key).map(Key::P384).map_err(point)
                    }
                    Some(other) => Err(oid::not_supported(other)),
                    None => malformed("a public key names no curve"),
                }
            }
            other => Err(oid::not_supported(other)),
        }
    }

    /// Whether this key signed the message.
    pub(super) fn verify(
        &self,
        scheme: Scheme,
        message: &[u8],
        signature: &[u8],
    ) -> Result<(), TimestampError> {
        let holds = match (self, scheme) {
            (Key::Rsa(key), Scheme::Pkcs1(digest)) => {
                let padding = match digest {
                    Digest::Sha256 => Pkcs1v15Sign::new::<rsa::sha2::Sha256>(),
                    Digest::Sha384 => Pkcs1v15Sign::new::<rsa::sha2::Sha384>(),
                    Digest::Sha512 => Pkcs1v15Sign::new::<rsa::sha2::Sha512>(),
                };
                key.verify(padding, &digest.digest(message), signature).is_ok()
            }
            (Key::Rsa(key), Scheme::Pss(digest, salt)) => {
                let padding = match digest {
                    Digest::Sha256 => Pss::new_with_salt::<rsa::sha2::Sha256>(salt),
                    Digest::Sha384 => Pss::new_with_salt::<rsa::sha2::Sha384>(salt),
                    Digest::Sha512 => Pss::new_with_salt::<rsa::sha2::Sha512>(salt),
                };
                key.verify(padding, &digest.digest(message), signature).is_ok()
            }
            (Key::P256(key), Scheme::Ecdsa(digest)) => p256::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify_prehash(&digest.digest(message), &signature).is_ok()),
            (Key::P384(key), Scheme::Ecdsa(digest)) => p384::ecdsa::Signature::from_der(signature)
                .is_ok_and(|signature| key.verify_prehash(&digest.digest(message), &signature).is_ok()),
            _ => false,
        };
        if holds { Ok(()) } else { Err(TimestampError::SignatureBad) }
    }
}

fn rsa_key(bytes: &[u8]) -> Result<Key, TimestampError> {
    let mut reader = Reader::only(bytes, SEQUENCE)?.inside();
    let (modulus, exponent) = (reader.integer()?, reader.integer()?);
    reader.end()?;
    let odd = |bytes: &[u8]| bytes.last().is_some_and(|byte| byte & 1 == 1);
    let positive = |bytes: &[u8]| bytes.first().is_some_and(|byte| byte & 0x80 == 0);
    if !odd(modulus) || !odd(exponent) || !positive(modulus) || !positive(exponent) {
        return malformed("an RSA key is none");
    }
    let (modulus, exponent) = (BigUint::from_bytes_be(modulus), BigUint::from_bytes_be(exponent));
    if !RSA_BITS.contains(&modulus.bits()) {
        return Err(TimestampError::NotSupported("an RSA key of this length".into()));
    }
    let key = RsaPublicKey::new_with_max_size(modulus, exponent, *RSA_BITS.end());
    let key = key.or(malformed("an RSA key has an exponent that is none"))?;
    // 3 is the least exponent there is; 1 would leave the padding as it is.
    match *key.e() < BigUint::from(3u32) {
        true => malformed("an RSA key has an exponent that is none"),
        false => Ok(Key::Rsa(key)),
    }
}
