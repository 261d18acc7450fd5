//! Cosigned checkpoints: each is a batch's own checkpoint with cosignatures, and sizes never fall.

use verifier::batch_file::BatchFile;
use verifier::checkpoint::Checkpoint;
use verifier::limits::{BATCH_FILE_BYTES, NOTE_BYTES};
use verifier::note::Note;
use verifier::tile::grouped;
use verifier::trust::KeyUse;

use super::head::batch_path;
use super::source::Found;
use super::{Auditor, FindingCode};
use crate::disk::DiskError;

/// Looks at all of them. `size` is the ledger's, `batches` how many batches it has: what lies beyond is newer than the head
/// that is audited.
pub(super) fn check(auditor: &mut Auditor<'_>, size: u64, batches: u64) -> Result<(), DiskError> {
    let mut before = 0;
    for n in 0u64.. {
        let path = format!("cosigned/{}", grouped(n));
        let bytes = match auditor.read(&path, NOTE_BYTES)? {
            Found::Missing => break,
            Found::Large => Vec::new(),
            Found::Bytes(bytes) => bytes,
        };
        let parsed = std::str::from_utf8(&bytes).ok().and_then(|text| Checkpoint::parse_note(text).ok());
        let Some((checkpoint, note)) = parsed else {
            auditor.find(FindingCode::CosignedBad, &path, "is no checkpoint");
            continue;
        };
        if checkpoint.size() > size {
            break;
        }
        if let Some(what) = wrong(auditor, &checkpoint, &note, before, batches)? {
            auditor.find(FindingCode::CosignedBad, &path, what);
        } else if let Err((code, what)) = signatures(auditor, &checkpoint, &note) {
            auditor.find(code, &path, what);
        }
        before = before.max(checkpoint.size());
    }
    Ok(())
}

fn signatures(auditor: &Auditor<'_>, checkpoint: &Checkpoint, note: &Note) -> Result<(), super::keys::Wrong> {
    auditor.keys.check(KeyUse::Ledger, note, None, checkpoint.size())?;
    auditor.keys.check_cosignatures(note)
}

/// What is wrong with the text of one, if anything is.
fn wrong(
    auditor: &Auditor<'_>,
    checkpoint: &Checkpoint,
    note: &Note,
    before: u64,
    batches: u64,
) -> Result<Option<String>, DiskError> {
    if checkpoint.origin() != auditor.origin {
        return Ok(Some(format!("is of the ledger {}", checkpoint.origin())));
    }
    if checkpoint.size() < before {
        return Ok(Some(format!("is of size {}, after one of {before}", checkpoint.size())));
    }
    // The batch that ends there, by halving. A batch file that is missing or bad is a finding of its own.
    let (mut low, mut high) = (0, batches);
    while low < high {
        let middle = low + (high - low) / 2;
        let Found::Bytes(bytes) = auditor.read(&batch_path(middle), BATCH_FILE_BYTES)? else {
            return Ok(None);
        };
        let Ok(file) = BatchFile::parse(&bytes) else { return Ok(None) };
        match file.end().cmp(&checkpoint.size()) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => {
                let same = file.checkpoint_note().text() == note.text();
                return Ok((!same).then(|| format!("is not the checkpoint in {}", batch_path(middle))));
            }
        }
    }
    Ok(Some(format!("no batch ends at {}", checkpoint.size())))
}
