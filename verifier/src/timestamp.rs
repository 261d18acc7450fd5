//! Timestamps of authorities, RFC 3161 (spec page `timestamp.md`).
//!
//! ```text
//! TimeStampToken  ContentInfo · SignedData
//!   eContent      TSTInfo: policy 1.2.3.4.1, SHA-256 of the checkpoint's text, serial 17, 20261122012130Z
//!   certificates  the authority's signer, and who issued it
//!   signerInfo    one: contentType, messageDigest, signingCertificateV2, and a signature over them
//! ```
//!
//! Here: [`request`] and [`accept`], what is sent to an authority and what comes back; [`Token`], and whether it shows that
//! a digest existed at a time, by an authority of the trust bundle. Not here: HTTP, randomness, a clock.
//!
//! Bytes are read as DER, which has one encoding: what an authority wrote in BER is refused. Nothing that is read here is
//! written again; the token is kept as it came.

mod algorithm;
mod chain;
mod der;
mod error;
mod info;
mod moment;
mod oid;
mod request;
mod response;
mod sha1;
mod signer;
mod token;
mod x509;

pub use error::TimestampError;
pub use oid::Policy;
pub use request::request;
pub use response::accept;
pub use token::{Stamped, Token};
pub use x509::{CertificateView, view};
