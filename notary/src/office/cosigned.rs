//! The office's own ledger and its witnesses: what they are asked about, what they answered, and which of it certificates
//! rest on (spec pages `ledger.md` and `witness.md`).
//!
//! ```text
//! own_head() → asked of witnesses (web) → keep_cosignatures() → ledger/cosigned/<n>, ledger/checkpoint
//!                                                                     └► certificate(): L2 becomes L3, L4
//! ```
//!
//! Here: the office's side. Not here: asking (`web`), being a witness of others (`witness`).

use verifier::checkpoint::Checkpoint;
use verifier::cosignature;
use verifier::hash::Hash;
use verifier::key::VerifierKey;
use verifier::limits::NOTE_SIGNATURES;
use verifier::note::{Note, SignatureLine};
use verifier::time::Time;
use verifier::verify::level_of_checkpoint;
use verifier::witnessing::Seen;

use super::Office;
use super::accept::internal;
use crate::ledger::Ledger;
use crate::refusal::{Refusal, RefusalCode};
use crate::witness::time_is_plausible;

/// Files looked at behind the first that could be good enough: later ones are no better a date for the entry.
const LOOKED_AT_MAX: u64 = 64;

/// How far `ledger/cosigned/` has come.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Files.
    count: u64,
    /// The checkpoint of the last of them with all cosignatures of its size, where there is one.
    last: Option<(u64, Note)>,
}

/// The newest checkpoint of the own ledger, as witnesses are asked about it.
#[derive(Clone, Debug)]
pub struct OwnHead {
    /// What it says.
    pub checkpoint: Checkpoint,
    /// With the ledger's own signature alone.
    pub note: Note,
    /// When its batch was closed.
    pub time: Time,
}

impl Office {
    /// The newest published checkpoint; `None` before the first.
    ///
    /// # Errors
    /// Damage that is found on the way, named.
    pub fn own_head(&self) -> Result<Option<OwnHead>, Refusal> {
        let ledger = self.ledger();
        let Some(last) = ledger.batches().checked_sub(1) else { return Ok(None) };
        let batch = ledger.batch(last)?;
        let (checkpoint, note) = (batch.checkpoint().clone(), batch.checkpoint_note().clone());
        Ok(Some(OwnHead { checkpoint, note, time: batch.time() }))
    }

    /// The proof that the ledger of `new` entries begins with that of `old`. Empty from nothing, and between equal sizes.
    ///
    /// # Errors
    /// `LEDGER_RANGE` for sizes that the ledger does not have.
    pub fn consistency(&self, old: u64, new: u64) -> Result<Vec<Hash>, Refusal> {
        if old == 0 || old == new {
            return Ok(Vec::new());
        }
        Ok(self.ledger().consistency(old, new)?)
    }

    /// Keeps cosignatures of the checkpoint of this size, each with the key that it is said to be of: durable when it
    /// returns. Whether anything was kept: not where a larger checkpoint has cosignatures already, or all are known.
    ///
    /// # Errors
    /// `COSIGNATURE_BAD` where one does not hold, or its time can't be; then none is kept. `OFFICE_STOPPED`.
    pub fn keep_cosignatures(
        &self,
        size: u64,
        lines: &[(VerifierKey, SignatureLine)],
    ) -> Result<bool, Refusal> {
        self.alive()?;
        let mut kept = self.kept();
        if kept.last.as_ref().is_some_and(|(last, _)| *last > size) {
            return Ok(false);
        }
        let ledger = self.ledger();
        let batch = ledger.batch_of(size.checked_sub(1).ok_or_else(|| internal("an empty checkpoint"))?)?;
        if batch.end() != size {
            return Err(internal("not the size of a checkpoint"));
        }
        let own = batch.checkpoint_note();
        let mut all = match &kept.last {
            Some((last, note)) if *last == size => note.clone(),
            _ => own.clone(),
        };
        let mut file = own.clone();
        for (key, line) in lines {
            let bad =
                |what: &str| Refusal::new(RefusalCode::CosignatureBad).at(key.name().as_str()).found(what);
            let time = cosignature::verify(key, line, own.text()).map_err(|error| bad(&error.to_string()))?;
            if !time_is_plausible(time, batch.time(), self.now()) {
                return Err(bad(&time.display_china()));
            }
            // One cosignature of a witness is enough, and the earlier one says more.
            let room = all.signatures().len() < NOTE_SIGNATURES;
            if room && !all.signatures().iter().any(|known| known.names(key)) {
                all = all.with_signature(line.clone()).map_err(internal)?;
                file = file.with_signature(line.clone()).map_err(internal)?;
            }
        }
        if file.signatures().len() == own.signatures().len() {
            return Ok(false);
        }
        // A crash before: the cosignatures are asked for again. After: the file is there, and the next start counts it.
        ledger.keep_cosigned(kept.count, &file).map_err(|error| self.stop(error.into()))?;
        kept.count += 1;
        if ledger.head().size == size {
            // A crash before: `checkpoint` is without them until the next batch, as it is after every seal.
            ledger.publish_checkpoint(&all.encode()).map_err(|error| self.stop(error.into()))?;
        }
        kept.last = Some((size, all));
        Ok(true)
    }

    /// Holds a checkpoint of this ledger, which somebody else has kept, against the ledger here. One that this office's key
    /// signed and that the ledger here does not lead to stops the office: it may be an older copy of itself, and whatever it
    /// signs on would be a fork.
    ///
    /// # Errors
    /// `LEDGER_SEEN_ELSEWHERE`, and then the office has stopped; `CHECKPOINT_DAMAGED` where it is none of this office's.
    pub fn compare_with_seen(&self, text: &str) -> Result<u64, Refusal> {
        let none = |what: &str| Refusal::new(RefusalCode::CheckpointDamaged).found(what);
        let seen = Seen::parse(text).map_err(|refused| none(&refused.to_string()))?;
        let known: Vec<_> = self
            .keys_in_trust()
            .iter()
            // With a key that somebody else has, anybody could stop the office.
            .filter(|key| key.usage == verifier::trust::KeyUse::Ledger && key.compromised.is_none())
            .map(|key| &key.key)
            .collect();
        if seen.origin() != self.origin.as_str() || seen.note().verify(&known).is_err() {
            return Err(none("signature"));
        }
        let ledger = self.ledger();
        let here = ledger.head().size;
        let same = seen.size() <= here && (seen.size() == 0 || ledger.root_at(seen.size())? == *seen.root());
        match same {
            true => Ok(seen.size()),
            false => Err(self.stop(
                Refusal::new(RefusalCode::LedgerSeenElsewhere).at("ledger").found(seen.size()).right(here),
            )),
        }
    }

    /// The newest checkpoint with the cosignatures that it has, where witnesses have cosigned one: its size, and the note.
    pub fn newest_cosigned(&self) -> Option<(u64, Note)> {
        self.kept().last.clone()
    }

    /// The earliest checkpoint over this entry whose cosignatures are enough by the office's own trust bundle: the quorum's
    /// where it asks for one, else an independent witness's. Where no quorum came about, the earliest with a witness.
    ///
    /// `count` is [`Office::cosigned_count`], asked before the ledger is held: whoever keeps cosignatures takes the two in
    /// that order, too.
    pub(super) fn best_cosigned(&self, ledger: &Ledger, count: u64, index: u64) -> Option<(u64, Note)> {
        let trust = self.trust();
        let office = trust.office(&self.origin)?;
        let wanted = if trust.fields().quorum.is_some() { 4 } else { 3 };
        // What can't be read is no reason to hand out nothing: the audit names it.
        let read = |n: u64| ledger.cosigned(n).ok().flatten();
        let (mut low, mut high) = (0, count);
        while low < high {
            let middle = low + (high - low) / 2;
            if read(middle)?.0.size() > index { high = middle } else { low = middle + 1 }
        }
        let (mut best, mut gathered) = (None::<(u64, Note)>, None::<(u64, Note)>);
        for n in low..count.min(low.saturating_add(LOOKED_AT_MAX)) {
            let (checkpoint, note) = read(n)?;
            let size = checkpoint.size();
            let note = match gathered.take() {
                Some((before, all)) if before == size => together(all, &note),
                _ => note,
            };
            let level = level_of_checkpoint(&note, office, trust).unwrap_or(0);
            if level >= wanted {
                return Some((size, note));
            }
            if level >= 3 && best.is_none() {
                best = Some((size, note.clone()));
            }
            gathered = Some((size, note));
        }
        best
    }

    /// How many cosigned checkpoints are kept.
    pub(super) fn cosigned_count(&self) -> u64 {
        self.kept().count
    }

    /// Counts what is kept. Called while the office is opened.
    pub(super) fn finish_cosigned(&mut self) -> Result<(), Refusal> {
        let kept = {
            let ledger = self.ledger();
            let count = ledger.count_cosigned()?;
            Kept { count, last: last_of(&ledger, count)? }
        };
        let here = self.ledger().head().size;
        if let Some((size, _)) = kept.last.as_ref().filter(|(size, _)| *size > here) {
            return Err(Refusal::new(RefusalCode::JournalBehind).at("journal").found(here).right(size));
        }
        *self.kept() = kept;
        Ok(())
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.cosigned.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The last size that has cosignatures, with all of them.
fn last_of(ledger: &Ledger, count: u64) -> Result<Option<(u64, Note)>, Refusal> {
    let mut last: Option<(u64, Note)> = None;
    for n in (count.saturating_sub(LOOKED_AT_MAX)..count).rev() {
        let Some((checkpoint, note)) = ledger.cosigned(n)? else { break };
        last = match last {
            None => Some((checkpoint.size(), note)),
            Some((size, all)) if size == checkpoint.size() => Some((size, together(all, &note))),
            Some(done) => return Ok(Some(done)),
        };
    }
    Ok(last)
}

/// The signatures of two notes over one text, each once, as many as a note may have.
fn together(mut all: Note, more: &Note) -> Note {
    for line in more.signatures() {
        if !all.signatures().contains(line)
            && let Ok(with) = all.clone().with_signature(line.clone())
        {
            all = with;
        }
    }
    all
}
