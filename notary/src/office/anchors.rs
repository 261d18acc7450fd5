//! Anchors of the office's own ledger: what a target is to anchor next, what is kept, and which of it certificates carry
//! (spec pages `ledger.md` and `anchor.md`).

use std::sync::{MutexGuard, PoisonError};

use verifier::anchor::{Anchor, AnchorKind};
use verifier::limits::ANCHORS;
use verifier::time::Time;
use verifier::trust::Authority;

use super::accept::internal;
use super::{Office, OwnHead};
use crate::anchor::{
    AllFailing, Failing, Kept, Listed, PROGRESS_MAX, Progress, Target, WORK_MAX, Work, check, stamp_holds,
};
use crate::disk::DiskError;
use crate::ledger::anchors;
use crate::refusal::{Refusal, RefusalCode};

/// The anchors of an office: a door of [`Office`].
pub struct Anchors<'a> {
    office: &'a Office,
}

impl Office {
    /// The anchors of its ledger.
    pub fn anchors(&self) -> Anchors<'_> {
        Anchors { office: self }
    }

    /// What is known of the anchors on disk. Called while the office is opened.
    pub(super) fn finish_anchors(&mut self) -> Result<(), Refusal> {
        let kept = Kept::open(&*self.disk)?;
        let here = self.ledger().head().size;
        if kept.largest() > here {
            return Err(Refusal::new(RefusalCode::JournalBehind)
                .at("journal")
                .found(here)
                .right(kept.largest()));
        }
        *self.anchored() = kept;
        *self.all_failing() = AllFailing::open(&*self.disk)?;
        Ok(())
    }

    /// How somebody who is asked outside has failed since his last success, as the last service noted it; `None` where he has not.
    /// Targets are named as they display, witnesses by `witness` and their keys.
    pub fn failing(&self, who: &str) -> Option<Failing> {
        self.all_failing().get(who).cloned()
    }

    /// All who fail, by name.
    pub fn all_who_fail(&self) -> Vec<(String, Failing)> {
        self.all_failing().iter().map(|(who, failing)| (who.clone(), failing.clone())).collect()
    }

    /// Notes how it goes with one, so that a restart still knows since when; `None` where he succeeded. Durable when this returns.
    /// What is no kind of failure is not noted.
    ///
    /// # Errors
    /// What the disk says.
    pub fn note_failing(&self, who: &str, failing: Option<Failing>) -> Result<(), Refusal> {
        self.alive()?;
        let mut all = self.all_failing();
        match all.set(who, failing) {
            true => all.write(&*self.disk).map_err(|error| self.not_written(error)),
            false => Ok(()),
        }
    }

    fn all_failing(&self) -> MutexGuard<'_, AllFailing> {
        self.failing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// For a certificate: of each target the earliest anchor over this entry that the trust bundle lets anybody check, with
    /// the entry's path, the earliest first.
    pub(super) fn anchors_over(&self, index: u64) -> Vec<Anchor> {
        // Asked before the ledger is held: whoever keeps an anchor takes the two in that order, too.
        let covering = self.anchored().covering(index);
        let mut chosen: Vec<(Listed, Anchor)> =
            covering.into_iter().filter_map(|(first, more)| self.checkable(first, more, index)).collect();
        chosen.sort_by_key(|(listed, _)| (listed.time, listed.n));
        let carried = chosen.into_iter().take(ANCHORS).filter_map(|(listed, anchor)| {
            let path = self.ledger().inclusion(index, listed.size).ok()?;
            anchor.with_path(path).ok()
        });
        carried.collect()
    }

    /// The earliest of a target's anchors over this entry that can be checked: `first`, or one of the `more` after it. None
    /// of a target that the bundle does not list any more; its anchors stay in the ledger.
    fn checkable(&self, first: Listed, more: usize, index: u64) -> Option<(Listed, Anchor)> {
        let (trust, target) = (self.trust().fields(), first.target.clone());
        // What can't be read is no reason to hand out nothing: the audit names it.
        let read = |listed: Listed| Some((listed.clone(), self.anchor_file(listed.n).ok().flatten()?));
        match target.kind() {
            AnchorKind::Http => return read(first),
            AnchorKind::Evm => {
                return trust
                    .chains
                    .iter()
                    .any(|chain| chain.label == target.label())
                    .then(|| read(first))?;
            }
            AnchorKind::Rfc3161 => {}
        }
        let named = trust.authorities.iter().filter(|authority| authority.label == target.label());
        let (authorities, now): (Vec<Authority>, Time) = (named.cloned().collect(), self.now());
        let holds = |found: &(Listed, Anchor)| stamp_holds(&found.1, &authorities, now);
        if let Some(found) = read(first).filter(holds) {
            return Some(found);
        }
        // The authority has another certificate since: what came before it was there does not hold, what came after does.
        let nth = |n| self.anchored().covering_after(&target, index, n).and_then(read).filter(holds);
        let (mut low, mut high, mut best) = (1, more.checked_add(1)?, None);
        while low < high {
            let middle = low + (high - low) / 2;
            match nth(middle) {
                Some(found) => (high, best) = (middle, Some(found)),
                None => low = middle + 1,
            }
        }
        best
    }

    fn anchor_file(&self, n: u64) -> Result<Option<Anchor>, Refusal> {
        let Some(bytes) = anchors::read(&*self.disk, n)? else { return Ok(None) };
        Ok(std::str::from_utf8(&bytes).ok().and_then(|text| anchors::parse(text).ok()))
    }

    fn anchored(&self) -> MutexGuard<'_, Kept> {
        self.anchored.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A failure after which nobody knows what is on disk stops the office; another is only told.
    fn not_written(&self, error: DiskError) -> Refusal {
        match error.is_fatal() {
            true => self.stop(error.into()),
            false => error.into(),
        }
    }
}

impl Anchors<'_> {
    /// What this target is to anchor now: what is under way with it, else the newest head that it has not anchored, `pace`
    /// seconds after its last one. `None` where there is nothing to do.
    ///
    /// # Errors
    /// `ANCHOR_WORK_DAMAGED`; damage of the ledger, named.
    pub fn wanted(&self, target: &Target, pace: u64, now: Time) -> Result<Option<Work>, Refusal> {
        let office = self.office;
        office.alive()?;
        let mut kept = office.anchored();
        let last = kept.last(target).cloned();
        if let Some(progress) = self.under_way(&mut kept, target)? {
            // A crash between keeping the anchor and forgetting the work: it is done.
            if last.as_ref().is_some_and(|last| last.size >= progress.checkpoint.size()) {
                self.forget(&mut kept, target)?;
            } else {
                let head = self.head_of(&progress)?;
                return Ok(Some(self.work(target, head, Some(progress.bytes))));
            }
        }
        drop(kept);
        let Some(head) = office.own_head()? else { return Ok(None) };
        if last.as_ref().is_some_and(|last| last.size >= head.checkpoint.size()) {
            return Ok(None);
        }
        // A last one that lies further ahead than the pace goes is of a clock that was wrong: it holds nothing up.
        let rests =
            |last: &Listed| now < last.time.saturating_add(pace) && last.time <= now.saturating_add(pace);
        match last.as_ref().is_some_and(rests) {
            true => Ok(None),
            false => Ok(Some(self.work(target, head, None))),
        }
    }

    /// Since when this target owes an anchor, by what the ledger holds: its first batch beyond the target's last anchor was closed, or
    /// the pace after that anchor has passed, whichever came later. So an outage is as old after a restart as before it. `None`
    /// where it owes nothing, and where it has never given an anchor: then nothing tells since when it has been asked.
    ///
    /// # Errors
    /// Damage of the ledger, named.
    pub fn owed_since(&self, target: &Target, pace: u64) -> Result<Option<Time>, Refusal> {
        let Some(last) = self.last(target) else { return Ok(None) };
        let ledger = self.office.ledger();
        if last.size >= ledger.head().size {
            return Ok(None);
        }
        Ok(Some(ledger.batch_of(last.size)?.time().max(last.time.saturating_add(pace))))
    }

    /// Remembers what must not be forgotten before something is sent, such as a signed transaction: on disk when it returns.
    /// [`Anchors::wanted`] then gives the same work with it, after a restart, too.
    ///
    /// # Errors
    /// `ANCHOR_PROGRESS` where it is too long; what the disk says.
    pub fn note_progress(&self, work: &Work, bytes: Vec<u8>) -> Result<(), Refusal> {
        self.office.alive()?;
        if bytes.len() > PROGRESS_MAX {
            return Err(Refusal::new(RefusalCode::AnchorProgress)
                .at(work.target.to_string())
                .found(bytes.len()));
        }
        let (checkpoint, note) = (work.head.checkpoint.clone(), work.head.note.clone());
        let progress = Progress { checkpoint, note, bytes };
        let mut kept = self.office.anchored();
        // A crash before: nothing was sent, and nothing is known. After: it may have been sent, and is known.
        let written = self.office.disk.replace(&work.target.path(), &progress.encode());
        written.map_err(|error| self.office.not_written(error))?;
        kept.under_way.insert(work.target.clone(), Some(progress));
        Ok(())
    }

    /// Verifies an anchor and keeps it: in `ledger/anchors/<n>`, durable when it returns. Its number; of one that is kept
    /// already, that one's.
    ///
    /// # Errors
    /// `ANCHOR_BAD`, and then nothing is kept; what the disk says.
    pub fn keep(&self, work: &Work, anchor: &Anchor) -> Result<u64, Refusal> {
        let office = self.office;
        office.alive()?;
        let time = check(work, anchor, office.now())?;
        let size = work.head.checkpoint.size();
        let here = {
            let ledger = office.ledger();
            let batch =
                ledger.batch_of(size.checked_sub(1).ok_or_else(|| internal("an empty checkpoint"))?)?;
            batch.end() == size && batch.checkpoint_note().text() == work.head.note.text()
        };
        if !here {
            return Err(Refusal::new(RefusalCode::AnchorBad).at(work.target.to_string()).found("checkpoint"));
        }
        let mut kept = office.anchored();
        let last = kept.last(&work.target).filter(|last| last.size >= size).map(|last| last.n);
        let n = match last {
            Some(n) => n,
            None => {
                let n = kept.count();
                // A crash before: the target is asked again. After: the file is there, and the next start counts it.
                anchors::write(&*office.disk, n, anchor).map_err(|error| office.not_written(error))?;
                kept.push(Some(Listed { n, target: work.target.clone(), size, time }));
                n
            }
        };
        // A crash before: `wanted` sees that it is done, and forgets it then.
        self.forget(&mut kept, &work.target)?;
        Ok(n)
    }

    /// Forgets what is under way with a target: it can't come to an end. The newest head is wanted next.
    ///
    /// # Errors
    /// What the disk says.
    pub fn give_up(&self, target: &Target) -> Result<(), Refusal> {
        self.office.alive()?;
        let mut kept = self.office.anchored();
        kept.under_way.remove(target);
        self.forget(&mut kept, target)
    }

    /// How many anchors there are.
    pub fn count(&self) -> u64 {
        self.office.anchored().count()
    }

    /// The newest anchor of a target.
    pub fn last(&self, target: &Target) -> Option<Listed> {
        self.office.anchored().last(target).cloned()
    }

    /// One by its number, at a glance; `None` where it can't be read, is of a kind not known here, or is not there.
    pub fn listed(&self, n: u64) -> Option<Listed> {
        self.office.anchored().get(n).cloned()
    }

    /// Each target that has anchors: how many, and the newest.
    pub fn targets(&self) -> Vec<(Target, u64, Option<Listed>)> {
        let kept = self.office.anchored();
        kept.targets().map(|(target, count)| (target.clone(), count, kept.last(target).cloned())).collect()
    }

    /// The newest anchors first, at most so many.
    pub fn newest(&self, limit: usize) -> Vec<Listed> {
        self.office.anchored().listed().rev().take(limit).cloned().collect()
    }

    /// One anchor as it lies in the ledger.
    ///
    /// # Errors
    /// `ANCHOR_UNKNOWN`, `ANCHOR_DAMAGED`.
    pub fn show(&self, n: u64) -> Result<Anchor, Refusal> {
        if n >= self.count() {
            return Err(Refusal::new(RefusalCode::AnchorUnknown).found(n));
        }
        let damaged = || Refusal::new(RefusalCode::AnchorDamaged).at(anchors::path(n));
        self.office.anchor_file(n)?.ok_or_else(damaged)
    }

    /// Asks that every target anchors the newest head now, not at its pace. Whoever runs the loop sees it in
    /// [`Anchors::hurries`].
    pub fn hurry(&self) {
        self.office.anchored().hurries += 1;
    }

    /// How often somebody asked for that, since the office was opened.
    pub fn hurries(&self) -> u64 {
        self.office.anchored().hurries
    }

    fn work(&self, target: &Target, head: OwnHead, progress: Option<Vec<u8>>) -> Work {
        let trust = self.office.trust().fields();
        let authorities =
            trust.authorities.iter().filter(|authority| authority.label == target.label()).cloned().collect();
        let chain = trust.chains.iter().find(|chain| chain.label == target.label()).cloned();
        Work { target: target.clone(), head, progress, authorities, chain }
    }

    /// What is under way with a target, read once.
    fn under_way(&self, kept: &mut Kept, target: &Target) -> Result<Option<Progress>, Refusal> {
        if let Some(known) = kept.under_way.get(target) {
            return Ok(known.clone());
        }
        let path = target.path();
        let damaged = || Refusal::new(RefusalCode::AnchorWorkDamaged).at(path.clone());
        let found = match self.office.disk.read(&path, WORK_MAX) {
            Ok(None) => None,
            Ok(Some(bytes)) => Some(Progress::parse(&bytes).ok_or_else(damaged)?),
            Err(DiskError::TooLarge { .. }) => return Err(damaged()),
            Err(error) => return Err(error.into()),
        };
        kept.under_way.insert(target.clone(), found.clone());
        Ok(found)
    }

    /// The head that progress is about, as the ledger has it.
    fn head_of(&self, progress: &Progress) -> Result<OwnHead, Refusal> {
        let damaged = || Refusal::new(RefusalCode::AnchorWorkDamaged).at("anchor");
        let size = progress.checkpoint.size();
        let ledger = self.office.ledger();
        if size == 0 || size > ledger.head().size {
            return Err(damaged());
        }
        let batch = ledger.batch_of(size - 1)?;
        match batch.end() == size && batch.checkpoint_note().text() == progress.note.text() {
            true => {
                let (checkpoint, note) = (batch.checkpoint().clone(), batch.checkpoint_note().clone());
                Ok(OwnHead { checkpoint, note, time: batch.time() })
            }
            false => Err(damaged()),
        }
    }

    fn forget(&self, kept: &mut Kept, target: &Target) -> Result<(), Refusal> {
        if kept.under_way.get(target) == Some(&None) {
            return Ok(());
        }
        let removed = self.office.disk.remove(&target.path());
        removed.map_err(|error| self.office.not_written(error))?;
        kept.under_way.insert(target.clone(), None);
        Ok(())
    }
}
