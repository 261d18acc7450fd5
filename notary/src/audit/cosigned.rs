//! Cosigned checkpoints: each is a batch's own checkpoint with cosignatures, sizes never fall, and what witnesses say of the
//! time fits the batches.

use std::rc::Rc;

use verifier::batch_file::BatchFile;
use verifier::checkpoint::Checkpoint;
use verifier::limits::NOTE_BYTES;
use verifier::note::Note;
use verifier::time::Time;
use verifier::trust::KeyUse;
use verifier::verify::level_of_checkpoint;

use super::ends::{End, Ends};
use super::evidence::{Reached, Sighting, beyond, cosigners, seen};
use super::keys::Wrong;
use super::numbered::Numbered;
use super::{Auditor, Detail, FindingCode};
use crate::disk::DiskError;

const FOLDER: Numbered = Numbered {
    folder: "cosigned",
    bytes: NOTE_BYTES,
    code: FindingCode::CosignedBad,
    reached: |reached| &mut reached.cosigned,
};

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
    let Some((checkpoint, note)) = parse(bytes) else {
        auditor.find(FindingCode::CosignedBad, path, Detail::NoHead);
        return Ok(true);
    };
    if checkpoint.origin() != auditor.origin {
        auditor.find(FindingCode::CosignedBad, path, of_other(&checkpoint));
        return Ok(true);
    }
    if checkpoint.size() > auditor.size {
        let signed = signatures(auditor, &checkpoint, &note, None, path);
        beyond(auditor, path, &checkpoint, signed)?;
        return Ok(false);
    }
    let batch = match of_batch(auditor, ends, &checkpoint, &note, reached.cosigned_size)? {
        Ok(batch) => batch,
        Err(what) => {
            auditor.find(FindingCode::CosignedBad, path, what);
            auditor.suspect(&note);
            return Ok(true);
        }
    };
    reached.cosigned_size = reached.cosigned_size.max(checkpoint.size());
    let Some(batch) = batch else { return Ok(true) };
    if let Err((code, what)) = signatures(auditor, &checkpoint, &note, Some(batch.time()), path) {
        auditor.find(code, path, what);
        return Ok(true);
    }
    auditor.looked.cosigned += 1;
    let (trust, office) = (auditor.keys.trust(), auditor.keys.office());
    let token = office.map(|office| &*office.organisation.token);
    if let (Some(trust), Some(office)) = (trust, office)
        && level_of_checkpoint(&note, office, trust) == Some(4)
    {
        auditor.looked.quorum = auditor.looked.quorum.max(checkpoint.size());
    }
    for (name, is_independent, time) in cosigners(trust, token, &note) {
        auditor.looked.witnessed(name, is_independent, checkpoint.size(), time);
        seen(auditor, ends, reached, &batch, path, name, time)?;
    }
    Ok(true)
}

fn parse(bytes: &[u8]) -> Option<(Checkpoint, Note)> {
    std::str::from_utf8(bytes).ok().and_then(|text| Checkpoint::parse_note(text).ok())
}

fn signatures(
    auditor: &Auditor<'_>,
    checkpoint: &Checkpoint,
    note: &Note,
    time: Option<Time>,
    path: &str,
) -> Result<(), Wrong> {
    auditor.keys.check(KeyUse::Ledger, note, time, checkpoint.size(), path)?;
    auditor.keys.check_cosignatures(note)
}

/// What is wrong with evidence of another ledger. However large that is, it is not newer than this audit.
pub(super) fn of_other(checkpoint: &Checkpoint) -> Detail {
    Detail::OtherLedger { origin: checkpoint.origin().clone() }
}

/// The batch whose checkpoint it is, or what is wrong with its text; neither where a batch file can't be read.
pub(super) fn of_batch(
    auditor: &Auditor<'_>,
    ends: &mut Ends,
    checkpoint: &Checkpoint,
    note: &Note,
    before: u64,
) -> Result<Result<Option<Rc<BatchFile>>, Detail>, DiskError> {
    if checkpoint.size() < before {
        return Ok(Err(Detail::SizeFell { size: checkpoint.size(), before }));
    }
    Ok(match ends.find(auditor, checkpoint.size())? {
        End::Of(file) if file.checkpoint_note().text() == note.text() => Ok(Some(file)),
        End::Of(file) => Err(Detail::NotOfBatch { path: super::head::batch_path(file.batch()) }),
        End::Nothing => Err(Detail::NoBatchEnds { size: checkpoint.size() }),
        End::Unread => Ok(None),
    })
}

/// What independent witnesses saw, in all files.
pub(super) fn sightings(
    auditor: &Auditor<'_>,
    most: u64,
    note: &mut dyn FnMut(Sighting),
) -> Result<(), DiskError> {
    let token = auditor.keys.office().map(|office| &*office.organisation.token);
    FOLDER.each(auditor, most, |bytes| {
        let Some((checkpoint, signed)) = parse(bytes) else { return };
        if checkpoint.origin() != auditor.origin || !auditor.keys.has_signed(KeyUse::Ledger, &signed) {
            return;
        }
        for (_, is_independent, time) in cosigners(auditor.keys.trust(), token, &signed) {
            if is_independent {
                note(Sighting { size: checkpoint.size(), time });
            }
        }
    })
}
