//! Anchors: each is of a batch's own checkpoint, sizes of one target rise, and the evidence holds as far as it can be verified
//! from here: a timestamp wholly, a chain's receipt as far as its bytes belong together, a gateway's answer not at all.

use verifier::anchor::{Anchor, Evidence, Rfc3161};
use verifier::evm::{Address, ChainEvidence};
use verifier::limits::ANCHOR_BYTES;
use verifier::time::Time;
use verifier::timestamp::{TimestampError, Token};
use verifier::trust::{KeyUse, TrustBundle};

use super::cosigned::{of_batch, of_other};
use super::ends::Ends;
use super::evidence::{CLOCKS_APART, Reached, Sighting, TARGETS_MAX, beyond, seen};
use super::looked::Shown;
use super::numbered::Numbered;
use super::{Auditor, Detail, FindingCode};
use crate::disk::DiskError;
use crate::ledger::anchors::parse;

const FOLDER: Numbered = Numbered {
    folder: "anchors",
    bytes: ANCHOR_BYTES + 1,
    code: FindingCode::AnchorBad,
    reached: |reached| &mut reached.anchors,
};

/// What the evidence of an anchor shows.
enum Shows {
    /// The checkpoint was there then, for certain: who says so, and whether of another organisation than the office's.
    Stamped { time: Time, latest: Time, is_independent: bool },
    /// Its parts belong together, and only a chain or a gateway could say whether it is true. A time that it names.
    Attached(Option<Time>),
    /// The bundle has no such authority or chain, or the type is not known here: nothing can be said.
    Unknown,
}

/// Looks at those that were not looked at before.
pub(super) fn check(
    auditor: &mut Auditor<'_>,
    ends: &mut Ends,
    reached: &mut Reached,
    most: u64,
) -> Result<(), DiskError> {
    FOLDER.check(auditor, reached, most, |auditor, reached, path, bytes| {
        one(auditor, ends, reached, path, bytes)
    })
}

/// One of them. False where it is beyond the head.
fn one(
    auditor: &mut Auditor<'_>,
    ends: &mut Ends,
    reached: &mut Reached,
    path: &str,
    bytes: &[u8],
) -> Result<bool, DiskError> {
    let read = std::str::from_utf8(bytes).map_err(|_| Detail::NotUtf8);
    let anchor = match read.and_then(|text| parse(text).map_err(Detail::unread)) {
        Ok(anchor) => anchor,
        Err(what) => {
            auditor.find(FindingCode::AnchorBad, path, what);
            return Ok(true);
        }
    };
    let target = (anchor.type_name().to_owned(), anchor.label().unwrap_or_default().to_owned());
    let (Some(note), Some(checkpoint)) = (anchor.note(), anchor.checkpoint()) else {
        auditor.looked.anchored(&target, Shown::Unknown, None, None);
        return Ok(true);
    };
    if checkpoint.origin() != auditor.origin {
        auditor.find(FindingCode::AnchorBad, path, of_other(checkpoint));
        return Ok(true);
    }
    if checkpoint.size() > auditor.size {
        let signed = auditor.keys.check(KeyUse::Ledger, note, None, checkpoint.size(), path);
        beyond(auditor, path, checkpoint, signed)?;
        return Ok(false);
    }
    if let Some(before) = reached.targets.get(&target).filter(|before| checkpoint.size() <= **before) {
        let what = Detail::TargetSize { size: checkpoint.size(), before: *before };
        auditor.find(FindingCode::AnchorBad, path, what);
        auditor.suspect(note);
        return Ok(true);
    }
    let batch = match of_batch(auditor, ends, checkpoint, note, 0)? {
        Ok(batch) => batch,
        Err(what) => {
            auditor.find(FindingCode::AnchorBad, path, what);
            auditor.suspect(note);
            return Ok(true);
        }
    };
    if reached.targets.len() < TARGETS_MAX || reached.targets.contains_key(&target) {
        reached.targets.insert(target.clone(), checkpoint.size());
    }
    let Some(batch) = batch else { return Ok(true) };
    if let Err((code, what)) =
        auditor.keys.check(KeyUse::Ledger, note, Some(batch.time()), checkpoint.size(), path)
    {
        auditor.find(code, path, what);
        return Ok(true);
    }
    match shows(auditor.keys.trust(), office_token(auditor), &anchor, auditor.now) {
        Err(what) => auditor.find(FindingCode::AnchorBad, path, what),
        Ok(Shows::Stamped { time, is_independent, .. }) => {
            let shown = Shown::Verified { is_independent };
            auditor.looked.anchored(&target, shown, Some(checkpoint.size()), Some(time));
            seen(auditor, ends, reached, &batch, path, &target.1, time)?;
        }
        Ok(Shows::Attached(time)) => {
            auditor.looked.anchored(&target, Shown::Attached, Some(checkpoint.size()), time);
            let later = |time: Time| auditor.now.is_some_and(|now| time > now.saturating_add(CLOCKS_APART));
            if time.is_some_and(|time| batch.time() > time.saturating_add(CLOCKS_APART)) {
                auditor.find(FindingCode::AnchorBad, path, Detail::BeforeItsBatch);
            } else if time.is_some_and(later) {
                auditor.find(FindingCode::AnchorBad, path, Detail::TimeAhead);
            }
        }
        Ok(Shows::Unknown) => {
            auditor.looked.anchored(&target, Shown::Unknown, Some(checkpoint.size()), None);
        }
    }
    Ok(true)
}

fn office_token<'a>(auditor: &Auditor<'a>) -> Option<&'a str> {
    auditor.keys.office().map(|office| &*office.organisation.token)
}

/// What an anchor shows with this bundle, or why its evidence does not hold.
fn shows(
    trust: Option<&TrustBundle>,
    office: Option<&str>,
    anchor: &Anchor,
    now: Option<Time>,
) -> Result<Shows, Detail> {
    let (Some(trust), Some(label), Some(digest)) = (trust, anchor.label(), anchor.digest()) else {
        return Ok(Shows::Unknown);
    };
    match anchor.evidence() {
        None => Ok(Shows::Unknown),
        Some(Evidence::Http(http)) => Ok(Shows::Attached(Some(http.at))),
        Some(Evidence::Rfc3161(Rfc3161 { token, chain })) => {
            let authorities = &trust.fields().authorities;
            let is_known = authorities.iter().any(|known| known.label == label);
            let token = Token::parse(token).map_err(|error| of_token(&error))?;
            // Without a clock nothing is in the future.
            let now = now.unwrap_or_else(|| token.claimed_time());
            match token.verify(&digest, chain, authorities, now) {
                // Labels are each bundle's own: one that this bundle does not have is another bundle's word for it.
                Ok(stamped) if is_known && stamped.label != label => {
                    Err(Detail::OtherAuthority { label: stamped.label, own: label.to_owned() })
                }
                Ok(stamped) => {
                    let is_independent = office != Some(&*stamped.organisation);
                    Ok(Shows::Stamped { time: stamped.time, latest: stamped.latest, is_independent })
                }
                Err(error) if is_known => Err(of_token(&error)),
                Err(_) => Ok(Shows::Unknown),
            }
        }
        Some(Evidence::Evm(evm)) => {
            let Some(chain) = trust.fields().chains.iter().find(|known| known.label == label) else {
                return Ok(Shows::Unknown);
            };
            let evidence = ChainEvidence {
                transaction: &evm.transaction,
                receipt: &evm.receipt,
                header: evm.header.as_deref(),
            };
            let sender = Address::from_bytes(chain.sender);
            let included = evidence
                .check(&digest, chain.chain_id, sender)
                .map_err(|fault| Detail::evidence(fault.to_string()))?;
            Ok(Shows::Attached(included.time))
        }
    }
}

fn of_token(error: &TimestampError) -> Detail {
    Detail::evidence(format!("{} ({error})", error.code()))
}

/// What independent timestamp authorities saw, in all files.
pub(super) fn sightings(
    auditor: &Auditor<'_>,
    most: u64,
    note: &mut dyn FnMut(Sighting),
) -> Result<(), DiskError> {
    FOLDER.each(auditor, most, |bytes| {
        let Some(anchor) = std::str::from_utf8(bytes).ok().and_then(|text| parse(text).ok()) else { return };
        let (Some(signed), Some(checkpoint)) = (anchor.note(), anchor.checkpoint()) else { return };
        let is_own = checkpoint.origin() == auditor.origin;
        if !is_own || !auditor.keys.has_signed(KeyUse::Ledger, signed) {
            return;
        }
        // By then at the latest: an authority may say that its clock is off by a day.
        if let Ok(Shows::Stamped { latest, is_independent: true, .. }) =
            shows(auditor.keys.trust(), office_token(auditor), &anchor, auditor.now)
        {
            note(Sighting { size: checkpoint.size(), time: latest });
        }
    })
}
