//! From a signer's certificate up to an authority of the trust bundle.
//!
//! ```text
//! signer  ◄ intermediate  ◄ intermediate  ◄ authority of the bundle
//!           in the token or beside it, at most six between
//! ```
//!
//! Each issuer is found by its name, byte for byte, may issue others, allows so many below it, was in force at the time,
//! and its key signed the one below. The authority itself is trusted as it stands: nobody's signature on it is looked at.

use alloc::vec::Vec;

use super::TimestampError;
use super::x509::{Certificate, Purpose};
use crate::time::Time;
use crate::trust::Authority;

/// Certificates between a signer and an authority.
const BETWEEN: usize = 6;
/// Signatures that are verified in search of a chain.
const SIGNATURES: u32 = 48;

/// The authority to which a chain leads.
pub(super) fn authority_of<'a>(
    signer: &Certificate<'_>,
    others: &[Certificate<'_>],
    authorities: &'a [Authority],
    at: Time,
) -> Result<&'a Authority, TimestampError> {
    // One that can't be read, or is of an algorithm that is not checked here, is nobody's issuer.
    let read = |authority: &'a Authority| Some((authority, Certificate::read(&authority.certificate).ok()?));
    let roots = authorities.iter().filter_map(read).collect();
    let mut search = Search { others, roots, at, left: SIGNATURES, why: None };
    search.climb(signer, &mut Vec::new()).ok_or_else(|| {
        search.why.unwrap_or(TimestampError::ChainBad("no chain leads to an authority of the trust bundle"))
    })
}

struct Search<'a, 's> {
    others: &'s [Certificate<'s>],
    roots: Vec<(&'a Authority, Certificate<'a>)>,
    at: Time,
    left: u32,
    /// Why an issuer that was found by its name does not count.
    why: Option<TimestampError>,
}

impl<'a> Search<'a, '_> {
    /// `below`: places in `others` that the chain went through already.
    fn climb(&mut self, from: &Certificate<'_>, below: &mut Vec<usize>) -> Option<&'a Authority> {
        if let Some((authority, _)) = self.roots.iter().find(|(_, root)| root.whole == from.whole) {
            return Some(authority);
        }
        let depth = u32::try_from(below.len()).unwrap_or(u32::MAX);
        for place in 0..self.roots.len() {
            let Some((authority, root)) = self.roots.get(place).map(|(a, root)| (*a, root.clone())) else {
                break;
            };
            if root.subject == from.issuer && self.issued(&root, from, depth) {
                return Some(authority);
            }
        }
        if below.len() >= BETWEEN {
            return None;
        }
        for (place, other) in self.others.iter().enumerate() {
            if other.subject == from.issuer && !below.contains(&place) && self.issued(other, from, depth) {
                below.push(place);
                if let Some(found) = self.climb(other, below) {
                    return Some(found);
                }
                below.pop();
            }
        }
        None
    }

    /// Whether `issuer` stands rightly above `from`, with so many others between `from` and the signer, itself included.
    fn issued(&mut self, issuer: &Certificate<'_>, from: &Certificate<'_>, depth: u32) -> bool {
        let fault = if !issuer.authority || !issuer.may_certify() {
            Some(TimestampError::ChainBad("a certificate of the chain may not issue others"))
        } else if issuer.path_length.is_some_and(|longest| depth > longest) {
            Some(TimestampError::ChainBad("a certificate of the chain does not allow so many below it"))
        } else if issuer.strange {
            Some(TimestampError::ChainBad(
                "a certificate of the chain has a critical extension that is not known",
            ))
        } else if issuer.purpose == Purpose::Other {
            Some(TimestampError::ChainBad("a certificate of the chain is for other things than timestamps"))
        } else if !issuer.in_force(self.at) {
            Some(TimestampError::TimeBad("a certificate of the chain was not in force at the time"))
        } else if let Some(left) = self.left.checked_sub(1) {
            self.left = left;
            match issuer.signed(from) {
                Ok(()) => None,
                Err(TimestampError::SignatureBad) => {
                    Some(TimestampError::ChainBad("a certificate's signature does not verify"))
                }
                Err(other) => Some(other),
            }
        } else {
            Some(TimestampError::ChainBad("there are more ways to an authority than are looked at"))
        };
        let holds = fault.is_none();
        if self.why.is_none() {
            self.why = fault;
        }
        holds
    }
}
