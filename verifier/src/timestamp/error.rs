//! Why a timestamp does not count.

use alloc::string::String;
use core::fmt;

/// Why a timestamp, or what an authority answered, does not count. The first reason that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TimestampError {
    /// It is not of the form, or not in DER.
    Malformed(&'static str),
    /// It uses an algorithm that is not checked here, which is named.
    NotSupported(String),
    /// The authority answered with a refusal, in its words.
    Refused(String),
    /// It is over something else.
    DigestOther,
    /// It answers another request.
    NonceOther,
    /// It was made under another policy, which is named.
    PolicyOther(String),
    /// What it says of its signer, or what the signer's certificate allows, is not as it has to be.
    SignerBad(&'static str),
    /// Its signature does not verify.
    SignatureBad,
    /// No chain leads from the signer's certificate to an authority of the trust bundle.
    ChainBad(&'static str),
    /// A certificate of the chain was not in force at the time, or the time has not come yet.
    TimeBad(&'static str),
}

impl TimestampError {
    /// The stable code, e.g. `TIMESTAMP_CHAIN`.
    pub const fn code(&self) -> &'static str {
        match self {
            TimestampError::Malformed(_) => "TIMESTAMP_MALFORMED",
            TimestampError::NotSupported(_) => "TIMESTAMP_NOT_SUPPORTED",
            TimestampError::Refused(_) => "TIMESTAMP_REFUSED",
            TimestampError::DigestOther => "TIMESTAMP_DIGEST",
            TimestampError::NonceOther => "TIMESTAMP_NONCE",
            TimestampError::PolicyOther(_) => "TIMESTAMP_POLICY",
            TimestampError::SignerBad(_) => "TIMESTAMP_SIGNER",
            TimestampError::SignatureBad => "TIMESTAMP_SIGNATURE",
            TimestampError::ChainBad(_) => "TIMESTAMP_CHAIN",
            TimestampError::TimeBad(_) => "TIMESTAMP_TIME",
        }
    }
}

impl fmt::Display for TimestampError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TimestampError::Malformed(what) => write!(f, "not a timestamp in DER: {what}"),
            TimestampError::NotSupported(what) => write!(f, "{what} is not supported here"),
            TimestampError::Refused(what) => write!(f, "the authority refused: {what}"),
            TimestampError::DigestOther => f.write_str("it is a timestamp of something else"),
            TimestampError::NonceOther => f.write_str("it answers another request (its nonce differs)"),
            TimestampError::PolicyOther(policy) => write!(f, "it was made under the policy {policy}"),
            TimestampError::SignerBad(what) => write!(f, "the signer's certificate {what}"),
            TimestampError::SignatureBad => f.write_str("the signature does not verify"),
            TimestampError::ChainBad(what) | TimestampError::TimeBad(what) => f.write_str(what),
        }
    }
}

impl core::error::Error for TimestampError {}
