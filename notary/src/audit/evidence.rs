//! What others saw of the ledger, and when: cosigned checkpoints and anchors, each held against the batch that it is of.
//!
//! ```text
//! batch/041   dated 10:00        witness saw its head at 10:01, an authority at 10:20
//! batch/042   dated 10:05        … but then its head was not the newest at 10:20: dated earlier than it was made?
//! ```
//!
//! An office shows a witness and an authority its newest head. So a batch that is dated much earlier than somebody saw an
//! earlier head was not there then: it is *backdated*. A batch that is dated later than somebody saw its own head is
//! *postdated*. Here: that, and where a later audit goes on. Not here: the files (`cosigned`, `anchors`).

use std::collections::BTreeMap;

use verifier::batch_file::BatchFile;
use verifier::checkpoint::Checkpoint;
use verifier::note::Note;
use verifier::time::Time;
use verifier::trust::{Compromised, TrustBundle};

use super::ends::{End, Ends};
use super::head::batch_path;
use super::keys::Wrong;
use super::{Auditor, Detail, FindingCode, anchors, cosigned};
use crate::disk::DiskError;

/// Seconds that clocks may be apart.
pub(super) const CLOCKS_APART: u64 = 300;

/// Seconds that a head may be on its way to a witness or an authority while the next batch is closed already.
const ON_ITS_WAY: u64 = 3600;

/// Files in a row that may be missing before the others are given up.
pub(super) const GAP_MAX: u64 = 4;

/// Cosigned checkpoints, and anchors, for each batch: signatures that a note may have, and targets that are followed. More are
/// no ledger's, and an audit that is given ever more of them would never say what it found.
const EACH_BATCH: u64 = 64;

/// So many files of evidence there can be in a ledger of so many batches.
pub(super) fn most(batches: u64) -> u64 {
    batches.saturating_add(1).saturating_mul(EACH_BATCH)
}

/// Targets whose sizes are followed.
pub(super) const TARGETS_MAX: usize = 64;

/// How much evidence was looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reached {
    /// Cosigned checkpoints.
    pub cosigned: u64,
    /// The size of the last of them.
    pub cosigned_size: u64,
    /// Anchors.
    pub anchors: u64,
    /// Type and label of each target of anchors, and the size of its last one.
    pub targets: BTreeMap<(String, String), u64>,
    /// The last head, by its size, and when somebody saw it last: the batch after it was not there yet.
    pub shown: Option<(u64, Time)>,
}

/// Looks at all evidence from there on, and says how far it came: what lies beyond the head is newer than this audit.
pub(super) fn check(auditor: &mut Auditor<'_>, batches: u64, from: Reached) -> Result<Reached, DiskError> {
    // Without a batch there is nothing to hold it against.
    if batches == 0 {
        return Ok(from);
    }
    let (mut ends, mut reached) = (Ends::new(batches), from);
    shown_before(auditor, &mut ends, &mut reached)?;
    let most = most(batches.min(auditor.size));
    cosigned::check(auditor, &mut ends, &mut reached, most)?;
    anchors::check(auditor, &mut ends, &mut reached, most)?;
    Ok(reached)
}

/// What an earlier audit could not hold against the batch after the last one, as that was not there yet.
fn shown_before(auditor: &mut Auditor<'_>, ends: &mut Ends, reached: &mut Reached) -> Result<(), DiskError> {
    let Some((size, time)) = reached.shown.take_if(|(size, _)| *size < auditor.size) else { return Ok(()) };
    if let End::Of(batch) = ends.find(auditor, size)?
        && let Some(next) = ends.batch(auditor, batch.batch() + 1)?
    {
        held(auditor, &next, time, None);
    }
    Ok(())
}

/// Somebody was shown the head before this batch as the newest at `time`.
///
/// `by`: who, and the file that shows it; none where an earlier audit looked at that.
fn held(auditor: &mut Auditor<'_>, next: &BatchFile, seen: Time, by: Option<(&str, &str)>) {
    let dated = next.time();
    if dated.saturating_add(ON_ITS_WAY) < seen {
        let what = match by {
            Some((by, path)) => Detail::Backdated { dated, seen, by: by.to_owned(), path: path.to_owned() },
            None => Detail::BackdatedSince { dated, seen },
        };
        once(auditor, FindingCode::BatchBackdated, &batch_path(next.batch()), what);
    }
}

/// Somebody outside saw the head of this batch at `time`, as the file `path` shows.
pub(super) fn seen(
    auditor: &mut Auditor<'_>,
    ends: &mut Ends,
    reached: &mut Reached,
    batch: &BatchFile,
    path: &str,
    by: &str,
    time: Time,
) -> Result<(), DiskError> {
    if batch.time() > time.saturating_add(CLOCKS_APART) {
        let (by, path) = (by.to_owned(), path.to_owned());
        let what = Detail::Postdated { dated: batch.time(), seen: time, by, path };
        once(auditor, FindingCode::BatchPostdated, &batch_path(batch.batch()), what);
    }
    // Times do not fall from batch to batch, or that was found: the next one is the earliest after it.
    match ends.batch(auditor, batch.batch() + 1)?.filter(|next| next.end() <= auditor.size) {
        Some(next) => held(auditor, &next, time, Some((by, path))),
        // Nobody looks at this file again when the next one is there.
        None => reached.shown = reached.shown.max(Some((batch.end(), time))),
    }
    Ok(())
}

/// One finding for a batch, however many saw it.
fn once(auditor: &mut Auditor<'_>, code: FindingCode, path: &str, what: Detail) {
    if !auditor.findings.list.iter().any(|found| found.code == code && found.path() == path) {
        auditor.find(code, path, what);
    }
}

/// A head that was cosigned or anchored was published before: one beyond the published head is newer than this audit, or the
/// ledger was rolled back behind the back of those who saw it.
pub(super) fn beyond(
    auditor: &mut Auditor<'_>,
    path: &str,
    checkpoint: &Checkpoint,
    signed: Result<(), Wrong>,
) -> Result<(), DiskError> {
    if auditor.has_moved()? {
        return Ok(());
    }
    match signed {
        Ok(()) => {
            let (seen, size) = (checkpoint.size(), auditor.size);
            let what = Detail::SmallerThanSeen { size, seen };
            auditor.find(FindingCode::Rollback, path, what);
        }
        Err((code, what)) => auditor.find(code, path, what),
    }
    Ok(())
}

/// What an independent party saw, as far as it can be verified here: the head's size, and when.
pub(super) struct Sighting {
    pub(super) size: u64,
    pub(super) time: Time,
}

/// For each compromised key of the office, how many entries others saw before the moment: what lies below was not made by
/// the thief. Reads all evidence, which is needed only where a key is compromised at all.
pub(super) fn before_compromise(auditor: &Auditor<'_>) -> Result<Vec<(Time, u64)>, DiskError> {
    let mut moments: Vec<(Time, u64)> =
        auditor.keys.compromises().map(|Compromised { from, size, .. }| (*from, *size)).collect();
    if moments.is_empty() {
        return Ok(moments);
    }
    let mut note = |Sighting { size, time }: Sighting| {
        for (_, safe) in moments.iter_mut().filter(|(from, _)| time < *from) {
            *safe = size.max(*safe);
        }
    };
    let most = most(super::head::batches(auditor)?);
    cosigned::sightings(auditor, most, &mut note)?;
    anchors::sightings(auditor, most, &mut note)?;
    Ok(moments)
}

/// The witnesses of the bundle that cosigned a note: name, whether of another organisation than the office's, and when.
pub(super) fn cosigners<'a>(
    trust: Option<&'a TrustBundle>,
    office: Option<&str>,
    note: &Note,
) -> Vec<(&'a str, bool, Time)> {
    let mut all = Vec::new();
    for witness in trust.iter().flat_map(|trust| trust.witnesses()) {
        for line in note.signatures().iter().filter(|line| line.names(&witness.key)) {
            if let Ok(time) = verifier::cosignature::verify(&witness.key, line, note.text()) {
                let is_other = office != Some(&*witness.organisation.token);
                all.push((witness.key.name().as_str(), is_other, time));
            }
        }
    }
    all
}
