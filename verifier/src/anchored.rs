//! What the anchors of a certificate show: check 12a, and who vouches from outside by their times.
//!
//! ```text
//! rfc3161  TIMESTAMP_OK         the entry is under a checkpoint that an authority of the bundle saw at a time
//! evm      ANCHOR_UNCHECKED     a receipt is attached; whether the chain has it can't be told without the chain
//! ```
//!
//! Anyone may add an anchor to a file that he hands on. So one that does not hold takes nothing away: it is named in a
//! warning and left out. Not here: the tlog-proof (`proof`), the token itself (`timestamp`).

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::anchor::{Anchor, AnchorKind};
use crate::certificate::Certificate;
use crate::checkpoint::Checkpoint;
use crate::entry::Entry;
use crate::merkle::{self, Subtree};
use crate::misbehaviour::Misbehaviour;
use crate::note::Note;
use crate::time::Time;
use crate::trust::{Compromised, KeyUse, Office, OfficeKey, TrustBundle};
use crate::verdict::{Checks, Code, Detail, Stamp};

/// Against what anchors are held.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    pub(crate) entry: &'a Entry,
    pub(crate) index: u64,
    pub(crate) office: &'a Office,
    pub(crate) trust: &'a TrustBundle,
    /// When the batch was closed.
    pub(crate) sealed_at: Time,
    /// The moment judged.
    pub(crate) at: Time,
    /// The caller's clock. Only a verifier that checks tokens asks it.
    #[cfg_attr(not(feature = "timestamp"), allow(dead_code))]
    pub(crate) now: Time,
}

/// What the anchors of one certificate show.
#[derive(Clone, Debug, Default)]
pub(crate) struct Anchored {
    checks: Vec<(Code, Detail)>,
    stamps: Vec<(Checkpoint, Stamp)>,
    /// Two signed checkpoints of one size with two roots.
    forked: Option<Box<Misbehaviour>>,
}

impl Anchored {
    /// Looks at all of them.
    pub(crate) fn of(certificate: &Certificate, asked: &Asked<'_>) -> Anchored {
        let mut anchored = Anchored::default();
        if certificate.anchors().is_empty() {
            return anchored;
        }
        for anchor in certificate.anchors() {
            let told = match anchor.kind() {
                // Of a later version: kept, and nothing to say of it.
                None => None,
                Some(AnchorKind::Rfc3161) => Some(anchored.take_stamp(anchor, asked)),
                Some(AnchorKind::Evm | AnchorKind::Http) => Some(match receipt(anchor, asked) {
                    Ok(()) => (Code::AnchorUnchecked, Detail::Text(named(anchor))),
                    Err(why) => (Code::AnchorUnusable, Detail::Text(format!("{}: {why}", named(anchor)))),
                }),
            };
            anchored.checks.extend(told);
        }
        let proof = certificate.tlog_proof().map(|proof| (proof.checkpoint(), proof.note()));
        let anchors = certificate.anchors().iter().filter_map(|a| a.checkpoint().zip(a.note()));
        anchored.forked = forked(proof.into_iter().chain(anchors), asked.office);
        anchored
    }

    fn take_stamp(&mut self, anchor: &Anchor, asked: &Asked<'_>) -> (Code, Detail) {
        let unusable =
            |why: &str| (Code::TimestampUnusable, Detail::Text(format!("{}: {why}", named(anchor))));
        let (checkpoint, keys) = match held(anchor, asked) {
            Ok(held) => held,
            Err(why) => return unusable(why),
        };
        let stamp = match stamp(anchor, asked) {
            None => return (Code::TimestampUnchecked, Detail::Text(named(anchor))),
            Some(Err(why)) => return unusable(&why),
            Some(Ok(stamp)) => stamp,
        };
        let relied_on = |key: &&OfficeKey| {
            asked.sealed_at <= key.sign_until
                && asked.at <= key.verify_until
                && key.compromised.as_ref().is_none_or(|compromise| predates(checkpoint, &stamp, compromise))
        };
        if !keys.iter().any(relied_on) {
            return unusable("the ledger key is retired, or may have been somebody else's");
        }
        let detail = Detail::Stamp(Box::new(stamp.clone()));
        self.stamps.push((checkpoint.clone(), stamp));
        (Code::TimestampOk, detail)
    }

    /// The earliest time before which an independent authority saw this very checkpoint.
    pub(crate) fn saw(&self, checkpoint: &Checkpoint) -> Option<Time> {
        let of = self.stamps.iter().filter(|(stamped, stamp)| stamped == checkpoint && stamp.independent);
        of.map(|(_, stamp)| stamp.latest).min()
    }

    /// Whether an independent authority vouches for the entry, in time.
    pub(crate) fn independent(&self) -> bool {
        self.stamps.iter().any(|(_, stamp)| stamp.independent)
    }

    /// Whether they show that the entry was there before the key was somebody else's.
    pub(crate) fn predates(&self, compromise: &Compromised) -> bool {
        self.stamps.iter().any(|(checkpoint, stamp)| predates(checkpoint, stamp, compromise))
    }

    /// The timestamps that hold.
    pub(crate) fn stamps(&self) -> Vec<Stamp> {
        self.stamps.iter().map(|(_, stamp)| stamp.clone()).collect()
    }

    /// Check 12a.
    pub(crate) fn tell(self, checks: &mut Checks) {
        self.checks.into_iter().for_each(|(code, detail)| checks.with(code, detail));
        if let Some(proof) = self.forked {
            checks.with(Code::LedgerForked, Detail::Fork(proof));
        }
    }
}

fn predates(checkpoint: &Checkpoint, stamp: &Stamp, compromise: &Compromised) -> bool {
    let last_good = checkpoint.size() == compromise.size && *checkpoint.root() == compromise.root;
    last_good || (stamp.independent && stamp.latest < compromise.from)
}

/// The checkpoint, and the office's ledger keys that signed it, where the entry is under it.
fn held<'a>(
    anchor: &'a Anchor,
    asked: &Asked<'a>,
) -> Result<(&'a Checkpoint, Vec<&'a OfficeKey>), &'static str> {
    let (Some(checkpoint), Some(note)) = (anchor.checkpoint(), anchor.note()) else {
        return Err("it has no checkpoint");
    };
    if *checkpoint.origin() != asked.office.origin {
        return Err("its checkpoint is of another ledger");
    }
    let Some(keys) = signers(note, asked.office) else {
        return Err("no ledger key of the office signed its checkpoint");
    };
    let Some(path) = anchor.path() else { return Err("it has no path from the certificate's entry") };
    let whole = Subtree::whole(checkpoint.size());
    match merkle::verify_inclusion(&asked.entry.leaf(), asked.index, whole, path, checkpoint.root()) {
        Ok(()) => Ok((checkpoint, keys)),
        Err(_) => Err("its path does not lead from the certificate's entry to its checkpoint"),
    }
}

/// Whether a receipt belongs to the certificate. That its chain or gateway has it can't be told here.
fn receipt(anchor: &Anchor, asked: &Asked<'_>) -> Result<(), String> {
    held(anchor, asked)?;
    transaction(anchor, asked)
}

/// Whether an `evm` anchor's bytes belong together, where the bundle has its chain.
#[cfg(feature = "evm")]
fn transaction(anchor: &Anchor, asked: &Asked<'_>) -> Result<(), String> {
    use crate::anchor::Evidence;
    use crate::evm::{Address, ChainEvidence};
    let chains = &asked.trust.fields().chains;
    let named = chains.iter().find(|chain| Some(chain.label.as_str()) == anchor.label());
    let (Some(Evidence::Evm(evm)), Some(digest), Some(chain)) = (anchor.evidence(), anchor.digest(), named)
    else {
        return Ok(());
    };
    let evidence =
        ChainEvidence { transaction: &evm.transaction, receipt: &evm.receipt, header: evm.header.as_deref() };
    let sender = Address::from_bytes(chain.sender);
    evidence.check(&digest, chain.chain_id, sender).map(|_| ()).map_err(|fault| fault.to_string())
}

#[cfg(not(feature = "evm"))]
fn transaction(_: &Anchor, _: &Asked<'_>) -> Result<(), String> {
    Ok(())
}

/// The office's ledger keys that signed; none where nobody of them did, or a signature of theirs does not verify.
fn signers<'a>(note: &Note, office: &'a Office) -> Option<Vec<&'a OfficeKey>> {
    let keys: Vec<&OfficeKey> = office.keys_for(KeyUse::Ledger).collect();
    let signed = note.verify(&keys.iter().map(|key| &key.key).collect::<Vec<_>>()).ok()?;
    Some(signed.iter().filter_map(|place| keys.get(*place).copied()).collect())
}

/// The proof that two checkpoints of one size have two roots. A thief forks what he likes, so a compromised key says nothing
/// of the office.
fn forked<'a>(
    checkpoints: impl Iterator<Item = (&'a Checkpoint, &'a Note)>,
    office: &Office,
) -> Option<Box<Misbehaviour>> {
    let signed = |note: &Note| {
        signers(note, office).is_some_and(|keys| keys.iter().any(|key| key.compromised.is_none()))
    };
    let mut seen: Vec<(&Checkpoint, &Note)> = Vec::new();
    for (checkpoint, note) in checkpoints.filter(|(checkpoint, _)| *checkpoint.origin() == office.origin) {
        let same = seen.iter().find(|(other, _)| other.size() == checkpoint.size());
        match same {
            Some((other, _)) if other.root() == checkpoint.root() => {}
            // Two signed checkpoints of one ledger and size with two roots are what such a file is made of.
            Some((_, other)) if signed(note) => {
                return Misbehaviour::of_one_size((*other).clone(), note.clone()).ok().map(Box::new);
            }
            None if signed(note) => seen.push((checkpoint, note)),
            _ => {}
        }
    }
    None
}

/// For people: which one it is.
fn named(anchor: &Anchor) -> String {
    format!("{} {}", anchor.type_name(), anchor.label().unwrap_or_default()).trim_end().to_string()
}

/// What its token shows; none where this verifier checks no tokens. Only the authority that the anchor names is asked.
#[cfg(feature = "timestamp")]
fn stamp(anchor: &Anchor, asked: &Asked<'_>) -> Option<Result<Stamp, String>> {
    use crate::anchor::Evidence;
    use crate::timestamp::Token;
    let Some(Evidence::Rfc3161(given)) = anchor.evidence() else { return None };
    let authorities = &asked.trust.fields().authorities;
    let named: Vec<_> = authorities
        .iter()
        .filter(|authority| Some(authority.label.as_str()) == anchor.label())
        .cloned()
        .collect();
    if named.is_empty() {
        return Some(Err("the trust bundle has no such authority".to_string()));
    }
    let digest = anchor.digest()?;
    let shown = Token::parse(&given.token)
        .and_then(|token| token.verify(&digest, &given.chain, &named, asked.now))
        .map_err(|error| format!("{} ({error})", error.code()));
    Some(shown.map(|shown| Stamp {
        label: shown.label,
        independent: shown.organisation != asked.office.organisation.token,
        organisation: shown.organisation,
        signer: shown.signer,
        time: shown.time,
        latest: shown.latest,
        policy: shown.policy,
        serial: shown.serial,
    }))
}

#[cfg(not(feature = "timestamp"))]
fn stamp(_: &Anchor, _: &Asked<'_>) -> Option<Result<Stamp, String>> {
    None
}
