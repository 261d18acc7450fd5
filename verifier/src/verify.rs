//! The checks, in the order of `spec/verdict.md`.
//!
//! `verify(presented, trust, status, terms) -> Verdict` is a pure function: time, trust and evidence of status are
//! arguments, and it touches nothing else. Not here: reading formats (their own modules), finding status lists
//! (`shelf`), finding files (programs).
//!
//! ```text
//! let presented = Presented::read(bytes)?;
//! let verdict = verify(&presented, &trust, &shelf, &Terms::at(now));
//! ```

mod presented;
mod printed;
mod sealed;

use alloc::string::{String, ToString};
use alloc::vec::Vec;

use crate::anchored::{Anchored, Asked};
use crate::certificate::Certificate;
use crate::disclosure::{self, DisclosureError, DocumentMatch};
use crate::hash::sha256;
use crate::json;
use crate::limits;
use crate::merkle;
use crate::proof::{self, Fault, Held};
use crate::registry::{DocumentKind, Open, Purpose};
use crate::shelf::{Question, StatusShelf};
use crate::time::Time;
use crate::trust::{Office, TrustBundle};
use crate::verdict::{Checks, Code, Detail, Fields, StatusSeen, Verdict};

pub use crate::proof::level_of_checkpoint;
pub use presented::Presented;
use printed::printed;
pub use sealed::VerifiedNotes;
use sealed::{Sealed, batch};

/// What the caller asks, besides trust and status.
#[derive(Clone, Debug)]
pub struct Terms<'a> {
    /// The caller's clock.
    pub now: Time,
    /// The moment to judge, where it is not now.
    pub at: Option<Time>,
    /// How old evidence of status may be, in seconds.
    pub max_age: u64,
    /// False where only the proof is asked for.
    pub status_asked: bool,
    /// The caller's purpose: a warning where the certificate names another, and a copy that hides what it demands fails.
    pub purpose: Option<Purpose>,
    /// The caller's code, to warn where the certificate is for another audience.
    pub audience: Option<&'a str>,
    /// The bytes of a document to hold against the certificate.
    pub document: Option<&'a [u8]>,
    /// Whether the trust bundle's root is pinned.
    pub root_pinned: bool,
}

impl Terms<'_> {
    /// Judges now, with the default limit of 24 hours, a pinned root, and status asked for.
    pub fn at(now: Time) -> Self {
        Self {
            now,
            at: None,
            max_age: limits::STATUS_MAX_AGE,
            status_asked: true,
            purpose: None,
            audience: None,
            document: None,
            root_pinned: true,
        }
    }

    fn judged(&self) -> Time {
        self.at.unwrap_or(self.now)
    }

    /// A clock may be behind the office's, but nobody's memory of a past moment is: what was issued after it was not known.
    fn latest_list(&self) -> Time {
        self.at.unwrap_or(self.now.saturating_add(limits::CLOCK_TOLERANCE))
    }
}

/// Verifies one certificate.
pub fn verify(
    presented: &Presented,
    trust: &TrustBundle,
    status: &StatusShelf,
    terms: &Terms<'_>,
) -> Verdict {
    verify_with(presented, trust, status, terms, &mut VerifiedNotes::new())
}

/// Verifies one certificate of many: batch notes verified before are not verified again.
pub fn verify_with(
    presented: &Presented,
    trust: &TrustBundle,
    status: &StatusShelf,
    terms: &Terms<'_>,
    seen: &mut VerifiedNotes,
) -> Verdict {
    let at = terms.judged();
    let mut checks = Checks::new();
    checks.add(Code::FormatOk);
    match terms.now < trust.expires() {
        true => checks.add(Code::TrustOk),
        false => checks.with(Code::TrustExpired, Detail::Moment(trust.expires())),
    }
    let Some(sealed) = batch(presented, trust, seen, &mut checks) else {
        return checks.decide(0, None, at);
    };
    let Some(mut fields) = open(presented, &sealed, &mut checks) else {
        return checks.decide(0, None, at);
    };
    // Asked before its place among the checks: what a compromised key signed needs it.
    let asked = Asked {
        entry: &sealed.entry,
        index: fields.index,
        office: sealed.office,
        trust,
        sealed_at: sealed.note.time(),
        at,
        now: terms.now,
    };
    let outside = presented.certificate().map(|c| Anchored::of(c, &asked)).unwrap_or_default();
    let proof = ledger(presented, &asked, &outside);
    let held = proof.as_ref().and_then(|proof| proof.as_ref().ok());
    key(&sealed, held, &outside, at, &mut checks);
    kind(&fields, sealed.office, &mut checks);
    dates(&fields, at, &mut checks);
    document(presented, &mut fields, terms, &mut checks);
    let level = level(held, &outside);
    fields.cosigners = held.map(|held| held.seen.clone()).unwrap_or_default();
    fields.stamps = outside.stamps();
    evidence(proof, outside.independent(), &mut checks);
    outside.tell(&mut checks);
    if let Presented::Pdf(pdf) = presented {
        printed(pdf, &fields, &sealed, at, &mut checks);
    }
    match terms.status_asked {
        true => {
            let (office, max_age) = (sealed.office, terms.max_age);
            let asked = Question { office, trust, at, latest: terms.latest_list(), max_age };
            fields.status = status.judge(&asked, &fields, &mut checks);
        }
        false => checks.add(Code::StatusNotAsked),
    }
    warnings(&fields, terms, &mut checks);
    checks.decide(level, Some(fields), at)
}

/// Check 5: the path leads from the core's entry to the note's hash. What the core says counts only from here on.
fn open<'a>(presented: &'a Presented, sealed: &Sealed<'_>, checks: &mut Checks) -> Option<Fields> {
    let of_file = |c: &'a Certificate| (c.core(), c.index(), c.path());
    let (core, index, path) = match presented {
        Presented::File(certificate) => of_file(certificate),
        Presented::Pdf(pdf) => of_file(pdf.certificate()),
        Presented::Qr(q) => (q.core(), q.index(), q.path()),
    };
    let (note, entry) = (&sealed.note, &sealed.entry);
    // For a QR code the hash was computed from this very path; for a file it is the signed one.
    if presented.certificate().is_some()
        && let Err(error) = merkle::verify_inclusion(&entry.leaf(), index, note.subtree(), path, note.hash())
    {
        checks.with(Code::PathBad, Detail::Text(error.to_string()));
        return None;
    }
    checks.add(Code::PathOk);
    let fields = Fields {
        core: core.clone(),
        origin: note.origin().clone(),
        office: sealed.office.organisation.name.clone(),
        index,
        subtree: note.subtree(),
        sealed_at: note.time(),
        key_id: sealed.key.key.id(),
        shown: None,
        status: StatusSeen::default(),
        cosigners: Vec::new(),
        stamps: Vec::new(),
    };
    Some(fields)
}

/// The tlog-proof, where there is one.
fn ledger(presented: &Presented, asked: &Asked<'_>, outside: &Anchored) -> Option<Result<Held, Fault>> {
    let given = presented.certificate()?.tlog_proof()?;
    Some(proof::hold(given, asked, outside.saw(given.checkpoint())))
}

/// A timestamp of another organisation counts as a witness of another kind: alone it gives 3, beside a witness 4.
fn level(held: Option<&Held>, outside: &Anchored) -> u8 {
    match (held.map_or(1, |held| held.level), outside.independent()) {
        (level, false) => level,
        (3.., true) => 4,
        (_, true) => 3,
    }
}

/// Checks 6 and 7: the key was in force when it signed, is still to be relied on, and was the office's own.
fn key(sealed: &Sealed<'_>, proof: Option<&Held>, outside: &Anchored, at: Time, checks: &mut Checks) {
    let (key, signed) = (sealed.key, sealed.note.time());
    if !key.in_force(signed) {
        checks.with(Code::KeyNotValid, Detail::Moment(signed));
    } else if at > key.verify_until {
        checks.with(Code::KeyRetired, Detail::Moment(key.verify_until));
    } else if let Some(compromise) = &key.compromised
        && !proof.is_some_and(|held| held.predates(compromise))
        && !outside.predates(compromise)
    {
        // A thief chooses every date inside a note, so the note's own time says nothing here.
        checks.with(Code::KeyCompromised, Detail::Moment(compromise.from));
    } else {
        checks.add(Code::KeyOk);
    }
}

/// Check 8.
fn kind(fields: &Fields, office: &Office, checks: &mut Checks) {
    match office.kinds.contains(&fields.core.kind()) {
        true => checks.add(Code::KindOk),
        false => checks.add(Code::KindNotAllowed),
    }
}

/// Check 9.
fn dates(fields: &Fields, at: Time, checks: &mut Checks) {
    let (issued, expires, sealed) = (fields.core.issued_at(), fields.core.expires_at(), fields.sealed_at);
    let latest = at.saturating_add(limits::CLOCK_TOLERANCE);
    if issued > sealed {
        checks.with(Code::DatesBad, Detail::Moment(issued));
    } else if sealed > latest || issued > latest {
        checks.with(Code::NotYetValid, Detail::Moment(issued));
    } else if at >= expires {
        checks.with(Code::Expired, Detail::Moment(expires));
    } else {
        checks.with(Code::DatesOk, Detail::Moment(expires));
    }
}

/// Checks 10 and 11: what is shown of the document, and a document given beside it.
fn document(presented: &Presented, fields: &mut Fields, terms: &Terms<'_>, checks: &mut Checks) {
    let given = terms.document;
    let Some(certificate) = presented.certificate().filter(|certificate| certificate.carries_document())
    else {
        if given.is_some() {
            checks.add(Code::DocumentNotShown);
        }
        return;
    };
    let records = match certificate.shown() {
        Ok((records, shown)) => {
            let lacks = terms.purpose.map(|purpose| shown.lacks(purpose)).unwrap_or_default();
            let (count, none) = ((shown.records(), shown.of()), records.is_empty());
            fields.shown = Some(shown);
            // What hides nothing leaves nothing out: without disclosures the claims speak alone.
            if !none && !lacks.is_empty() {
                checks.with(
                    Code::DisclosureIncomplete,
                    Detail::Text(DisclosureError::Incomplete(lacks).to_string()),
                );
                return;
            }
            checks.with(Code::DisclosureOk, Detail::Count(count.0, count.1));
            records
        }
        Err(error) => {
            let code = match error {
                DisclosureError::Bad(_) => Code::DisclosureBad,
                DisclosureError::Incomplete(_) => Code::DisclosureIncomplete,
            };
            checks.with(code, Detail::Text(error.to_string()));
            return;
        }
    };
    let Some(bytes) = given else { return };
    let compared = match fields.core.kind() {
        DocumentKind::File => {
            let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
            disclosure::compare_file(&sha256(&[bytes]), size, &records)
        }
        _ => match json::parse(bytes, limits::DOCUMENT_BYTES) {
            Ok(value) => disclosure::compare_document(&value, certificate.digests().len(), &records),
            Err(error) => DocumentMatch::Differs(error.to_string()),
        },
    };
    match compared {
        DocumentMatch::Same => checks.add(Code::DocumentOk),
        DocumentMatch::Differs(at) => checks.with(Code::DocumentDiffers, Detail::Text(at)),
        DocumentMatch::NotShown => checks.add(Code::DocumentNotShown),
    }
}

/// Check 12. `stamped`: an independent authority vouches for the entry, so a proof that can't be told about is not needed.
fn evidence(proof: Option<Result<Held, Fault>>, stamped: bool, checks: &mut Checks) {
    match proof {
        None => {}
        Some(Ok(held)) => checks.with(Code::ProofOk, Detail::Count(held.cosigned, held.witnesses)),
        Some(Err(Fault::Bad(what))) => checks.with(Code::ProofBad, Detail::Text(what)),
        Some(Err(Fault::Unusable(what))) if stamped => {
            checks.with(Code::ProofLeftOut, Detail::Text(what));
        }
        Some(Err(Fault::Unusable(what))) => checks.with(Code::ProofUnusable, Detail::Text(what)),
    }
}

/// Checks 15 and 16: what the caller should know and decide by himself.
fn warnings(fields: &Fields, terms: &Terms<'_>, checks: &mut Checks) {
    if let (Some(asked), Some(named)) = (terms.purpose, fields.core.purpose())
        && named != Open::Known(asked)
    {
        checks.with(Code::PurposeOther, Detail::Text(named.name()));
    }
    if let (Some(asked), Some(named)) = (terms.audience, fields.core.audience())
        && asked != named.code()
    {
        checks.with(Code::AudienceOther, Detail::Text(String::from(named.name())));
    }
    if !terms.root_pinned {
        checks.add(Code::RootNotPinned);
    }
}
