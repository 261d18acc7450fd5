//! Checks 3 and 4: whose batch note it is, and whether its signature holds.

use alloc::collections::BTreeSet;
use alloc::vec::Vec;

use super::Presented;
use crate::batch_note::BatchNote;
use crate::certificate::Certificate;
use crate::entry::Entry;
use crate::hash::{Hash, sha256};
use crate::limits;
use crate::merkle;
use crate::note::{Note, NoteError};
use crate::qr::QrPayload;
use crate::trust::{KeyUse, Office, OfficeKey, TrustBundle};
use crate::verdict::{Checks, Code};

/// Batch notes whose signature was verified before, so that certificates of one batch cost one signature.
///
/// Valid for one trust bundle; make a new one with the bundle. Holds at most [`limits::NOTES_REMEMBERED`].
#[derive(Clone, Debug, Default)]
pub struct VerifiedNotes(BTreeSet<Hash>);

impl VerifiedNotes {
    /// An empty memory.
    pub fn new() -> Self {
        Self::default()
    }

    fn remember(&mut self, digest: Hash) {
        if self.0.len() >= limits::NOTES_REMEMBERED {
            self.0.clear();
        }
        self.0.insert(digest);
    }
}

/// A batch note whose signature holds, and whose it is.
pub(super) struct Sealed<'a> {
    pub(super) note: BatchNote,
    /// The certificate's entry in that office's ledger.
    pub(super) entry: Entry,
    pub(super) office: &'a Office,
    pub(super) key: &'a OfficeKey,
}

/// Checks 3 and 4: the note's key is an office's, and the signature verifies.
pub(super) fn batch<'a>(
    presented: &Presented,
    trust: &'a TrustBundle,
    seen: &mut VerifiedNotes,
    checks: &mut Checks,
) -> Option<Sealed<'a>> {
    let sealed = match presented {
        Presented::File(certificate) => file_batch(certificate, trust, seen),
        Presented::Pdf(pdf) => file_batch(pdf.certificate(), trust, seen),
        Presented::Qr(payload) => qr_batch(payload, trust, seen),
    };
    match sealed {
        Ok(sealed) => {
            checks.add(Code::OfficeOk);
            checks.add(Code::SigOk);
            Some(sealed)
        }
        Err(code) => {
            if matches!(code, Code::SigBad | Code::PathBad) {
                checks.add(Code::OfficeOk);
            }
            checks.add(code);
            None
        }
    }
}

fn file_batch<'a>(
    certificate: &Certificate,
    trust: &'a TrustBundle,
    seen: &mut VerifiedNotes,
) -> Result<Sealed<'a>, Code> {
    let note = certificate.batch_note();
    let text = certificate.batch().clone();
    let office = trust.office(text.origin()).ok_or(Code::OfficeUnknown)?;
    let mut signers: Vec<&OfficeKey> = Vec::new();
    for key in office.keys_for(KeyUse::Batch) {
        match signed_by(note, key, seen) {
            Ok(()) => signers.push(key),
            Err(NoteError::UnknownSigner) => {}
            Err(NoteError::SigBad { .. }) => return Err(Code::SigBad),
        }
    }
    // Where several signed, as in the overlap of a rotation, one that nobody else has is enough.
    let in_force = || signers.iter().filter(|key| key.in_force(text.time()));
    let good = in_force().find(|key| key.compromised.is_none());
    let key = good.or(in_force().next()).or(signers.first()).copied().ok_or(Code::OfficeUnknown)?;
    let entry = Entry::of_core(text.origin(), certificate.core().as_bytes());
    Ok(Sealed { note: text, entry, office, key })
}

/// A QR code does not carry the note's hash: it is what the path leads to, and the signature is over that.
fn qr_batch<'a>(
    payload: &QrPayload,
    trust: &'a TrustBundle,
    seen: &mut VerifiedNotes,
) -> Result<Sealed<'a>, Code> {
    let mut answer = Code::OfficeUnknown;
    for (office, key) in trust.batch_keys_by_id(payload.key_id()) {
        // Another key may have the same four bytes of id, so a failure here is not yet the last word.
        let entry = Entry::of_core(&office.origin, payload.core().as_bytes());
        let hash = merkle::root_from_path(&entry.leaf(), payload.index(), payload.subtree(), payload.path())
            .map_err(|_| Code::PathBad)?;
        let note = BatchNote::new(office.origin.clone(), payload.subtree(), hash, payload.time())
            .map_err(|_| Code::FormatBad)?;
        let (digest, signature) = (remembered(&note, key, payload.signature()), payload.signature());
        let known = seen.0.contains(&digest);
        if known || key.key.verifies(note.text().as_bytes(), signature) {
            if !known {
                seen.remember(digest);
            }
            return Ok(Sealed { note, entry, office, key });
        }
        answer = Code::SigBad;
    }
    Err(answer)
}

fn signed_by(note: &Note, key: &OfficeKey, seen: &mut VerifiedNotes) -> Result<(), NoteError> {
    let digest = sha256(&[b"note", key.key.public(), note.encode().as_bytes()]);
    if seen.0.contains(&digest) {
        return Ok(());
    }
    note.verify_one(&key.key)?;
    seen.remember(digest);
    Ok(())
}

/// What a signed batch note of a QR code is remembered by: everything that its text is made of, without making the text.
fn remembered(note: &BatchNote, key: &OfficeKey, signature: &[u8; 64]) -> Hash {
    let subtree = note.subtree();
    let numbers = [subtree.start(), subtree.end(), note.time().seconds()].map(u64::to_be_bytes);
    sha256(&[
        b"code",
        key.key.public(),
        signature,
        numbers.as_flattened(),
        note.hash().as_bytes(),
        note.origin().as_str().as_bytes(),
    ])
}
