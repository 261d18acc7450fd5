//! Whether evidence is what it says, before it is kept: each kind by the verifier's own judgement, with the trust bundle's
//! line of the target. What others make of it later is theirs.

use verifier::anchor::{Anchor, Evidence};
use verifier::evm::{Address, ChainEvidence};
use verifier::time::Time;
use verifier::timestamp::Token;
use verifier::trust::Authority;

use super::Work;
use crate::refusal::{Refusal, RefusalCode};
use crate::witness::time_is_plausible;

/// When the checkpoint was there, by what this evidence says. Nothing is verified.
pub(crate) fn time_of(anchor: &Anchor) -> Option<Time> {
    match anchor.evidence()? {
        Evidence::Rfc3161(stamp) => Token::parse(&stamp.token).ok().map(|token| token.claimed_time()),
        Evidence::Evm(evm) => Some(evm.at),
        Evidence::Http(http) => Some(http.at),
    }
}

/// Whether this is a timestamp that holds by these authorities.
pub(crate) fn stamp_holds(anchor: &Anchor, authorities: &[Authority], now: Time) -> bool {
    let (Some(Evidence::Rfc3161(stamp)), Some(digest)) = (anchor.evidence(), anchor.digest()) else {
        return false;
    };
    Token::parse(&stamp.token)
        .is_ok_and(|token| token.verify(&digest, &stamp.chain, authorities, now).is_ok())
}

/// Whether this anchor is of this work, and holds as far as it can be told here. Its time.
pub(crate) fn check(work: &Work, anchor: &Anchor, now: Time) -> Result<Time, Refusal> {
    let bad = |what: &str| Refusal::new(RefusalCode::AnchorBad).at(work.target.to_string()).found(what);
    let of_target = anchor.kind() == Some(work.target.kind()) && anchor.label() == Some(work.target.label());
    if !of_target {
        return Err(bad("of another target"));
    }
    if anchor.note() != Some(&work.head.note) {
        return Err(bad("of another checkpoint"));
    }
    let Some(evidence) = anchor.evidence() else { return Err(bad("no evidence")) };
    let time = match evidence {
        Evidence::Rfc3161(stamp) => {
            let token = Token::parse(&stamp.token).map_err(|error| bad(&error.to_string()))?;
            let stamped = token.verify(&work.digest(), &stamp.chain, &work.authorities, now);
            stamped.map_err(|error| bad(&error.to_string()))?.time
        }
        Evidence::Evm(evm) => {
            let Some(chain) = &work.chain else { return Err(bad("not in the trust bundle")) };
            let evidence = ChainEvidence {
                transaction: &evm.transaction,
                receipt: &evm.receipt,
                header: evm.header.as_deref(),
            };
            let sender = Address::from_bytes(chain.sender);
            let included = evidence.check(&work.digest(), chain.chain_id, sender);
            let included = included.map_err(|fault| bad(&fault.to_string()))?;
            // A chain's clock may be a little off; a block from before the checkpoint can't carry it.
            let block = included.time.unwrap_or(evm.at);
            if !time_is_plausible(block, work.head.time, now) {
                return Err(bad(&block.display_china()));
            }
            evm.at
        }
        // Nobody can tell what it says: it is kept as it came.
        Evidence::Http(http) => http.at,
    };
    match time_is_plausible(time, work.head.time, now) {
        true => Ok(time),
        false => Err(bad(&time.display_china())),
    }
}
