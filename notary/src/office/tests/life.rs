//! Random lives of certificates, held against a small model: events of every kind, lists, batches, restarts, and a disk that
//! fails at random moments. `XINZHENG_SEED=N` plays other lives.
//!
//! The model knows nothing of journals, keys or lists: per certificate what happened and what the status is.

use verifier::event::EventKind;
use verifier::status::Status::{self, ObjectionNoted, Replaced, Revoked, Suspended, Valid, Withdrawn};

use super::*;
use crate::commitment::Phase;

/// Lives played, and steps of each.
const LIVES: u64 = 6;
const STEPS: u32 = 60;

/// A certificate as the model knows it.
#[derive(Debug)]
struct Known {
    number: CertificateNumber,
    person: bool,
    commitment: bool,
    sealed: bool,
    status: Status,
    kinds: Vec<EventKind>,
    /// What each list said, with the moment of its issue.
    told: Vec<(Time, Status)>,
}

impl Known {
    /// What the table of spec/status.md and spec/event.md allows, written down once more.
    fn may(&self, kind: EventKind) -> bool {
        let open = matches!(self.status, Valid | Suspended | ObjectionNoted);
        match kind {
            _ if !self.sealed => false,
            EventKind::Resumed => matches!(self.status, Suspended | ObjectionNoted),
            EventKind::Revoked => self.status != Revoked,
            EventKind::Suspended
            | EventKind::ObjectionNoted
            | EventKind::Superseded
            | EventKind::Repaired
            | EventKind::Withdrawn => open,
            // The commitment's own table has a model of its own. An objection is resolved with its outcome only.
            EventKind::ObjectionResolved => false,
            EventKind::Expired if self.kinds.contains(&kind) => false,
            other => {
                let mut own = self.kinds.iter().filter(|kind| kind.status().is_none());
                let phase = own.try_fold(Phase::Made, |phase, kind| phase.after(*kind).first().copied());
                self.commitment && phase.is_some_and(|phase| !phase.after(other).is_empty())
            }
        }
    }

    fn happen(&mut self, kind: EventKind) {
        self.kinds.push(kind);
        self.status = match kind {
            EventKind::Suspended => Suspended,
            EventKind::Resumed => Valid,
            EventKind::Superseded | EventKind::Repaired => Replaced,
            EventKind::ObjectionNoted => ObjectionNoted,
            EventKind::Withdrawn => Withdrawn,
            EventKind::Revoked => Revoked,
            _ => self.status,
        };
    }

    /// What everybody may know.
    fn public(&self) -> Status {
        match (self.person, self.status) {
            (false, status) => status,
            (true, Valid | Suspended | ObjectionNoted) => Valid,
            (true, _) => Revoked,
        }
    }
}

/// xorshift64*: the same steps for the same seed, everywhere.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) % sides
    }
}

/// An office that may be on a disk that fails, and what should be true of it.
struct Life {
    desk: Desk,
    office: Option<Office>,
    model: Vec<Known>,
    lists: u64,
}

impl Life {
    fn begin() -> Life {
        let desk = Desk::new();
        let office = desk.open();
        let another = SAMPLES[0].replace("20261122091531A0000002", "20261122091531B0000002");
        let texts = [SAMPLES[0], SAMPLES[1], SAMPLES[2], &another];
        let known = |(n, text): (usize, &&str)| Known {
            number: office.submit(json(text)).unwrap().number,
            person: n == 1,
            commitment: n == 2,
            sealed: false,
            status: Valid,
            kinds: Vec::new(),
            told: Vec::new(),
        };
        let model = texts.iter().enumerate().map(known).collect();
        Life { desk, office: Some(office), model, lists: 0 }
    }

    fn office(&self) -> &Office {
        self.office.as_ref().unwrap()
    }

    /// Closes the office and opens it on a good disk: whatever a failure left is finished.
    fn reopen(&mut self) {
        self.office = None;
        self.office = Some(self.desk.open());
        self.look();
    }

    /// From here on the disk fails at its `step`-th change.
    fn doom(&mut self, step: u64, failure: Failure) {
        self.office = None;
        let disk = FailingDisk::new(RealDisk::open(&self.desk.path()).unwrap(), step, failure);
        match Office::open_on(&self.desk.path(), Arc::new(disk), &passphrase(), self.desk.options()) {
            Ok(office) => self.office = Some(office),
            Err(_) => self.reopen(),
        }
        self.look();
    }

    /// Runs what may fail on a doomed disk; after a failure the process ends, and another one starts.
    fn try_it(&mut self, run: impl FnOnce(&Office) -> Result<(), Refusal>) {
        match run(self.office()) {
            Ok(()) => self.look(),
            Err(_) => self.reopen(),
        }
    }

    fn event(&mut self, which: usize, kind: EventKind, stale: bool) {
        let (number, may) = (self.model[which].number, self.model[which].may(kind));
        let seen = self.model[which].kinds.len() as u32;
        let event = NewEvent {
            kind,
            by: "A00004".to_string(),
            reason_code: "LIFE".to_string(),
            reason: "随机".to_string(),
            basis: String::new(),
            detail: Vec::new(),
        };
        let done = self.office().record_event(&number, event, Some(if stale { seen + 1 } else { seen }));
        match done {
            Err(refusal) if refusal.code() == RefusalCode::OfficeStopped => self.reopen(),
            done => {
                assert_eq!(done.is_ok(), may && !stale, "{kind:?} {:?} {done:?}", self.model[which]);
                if done.is_ok() {
                    self.model[which].happen(kind);
                }
            }
        }
    }

    /// What is true now: each status is the model's; and if lists came out, they say what may be known.
    fn look(&mut self) {
        let office = self.office.as_ref().unwrap();
        for known in &mut self.model {
            let index = office.index_of(&known.number).unwrap();
            assert!(index.is_some() || !known.sealed, "a sealed certificate was forgotten");
            known.sealed = index.is_some();
            let status = office.status_of(&known.number).unwrap();
            assert_eq!(status.unwrap_or(Valid), known.status);
        }
        let Some(newest) = office.newest_lists().first().copied() else { return };
        assert!(newest.sequence >= self.lists, "a list was forgotten");
        if newest.sequence == self.lists {
            return;
        }
        self.lists = newest.sequence;
        let list = StatusList::parse(office.newest_list_of(0).unwrap().as_bytes()).unwrap();
        for known in self.model.iter_mut().filter(|known| known.sealed) {
            let Some(told) = list.status(office.index_of(&known.number).unwrap().unwrap()) else { continue };
            assert_eq!(told, known.public(), "{known:?}");
            known.told.push((newest.issued, told));
        }
    }

    /// In the end: every chain is there, every moment is told as it was, nothing that is final came back, and the audit is clean.
    fn end(mut self, seed: u64) {
        self.reopen();
        self.try_it(|office| office.publish_status().map(drop));
        for known in &self.model {
            let events = self.office().events_of(&known.number).unwrap();
            let kinds: Vec<EventKind> = events.iter().map(|view| view.event.fields().kind).collect();
            assert_eq!(kinds, known.kinds, "seed {seed}");
            assert!(events.iter().all(|view| view.index.is_some()), "all of it is sealed");
            for pair in known.told.windows(2) {
                let (before, after) = (pair[0].1, pair[1].1);
                let stays = match before {
                    Revoked => after == Revoked,
                    Replaced | Withdrawn => after == before || after == Revoked,
                    _ => true,
                };
                assert!(stays, "seed {seed}: {before:?} became {after:?}");
                assert!(!known.person || matches!(after, Valid | Revoked), "seed {seed}: {after:?}");
            }
            for (n, (at, told)) in known.told.iter().enumerate() {
                // Of lists of one second the last one counts.
                if known.told.get(n + 1).is_none_or(|(next, _)| next > at) {
                    let moment = self.office().status_at(&known.number, *at).unwrap();
                    assert_eq!(moment.status, Some(*told), "seed {seed}");
                }
            }
        }
        self.office = None;
        assert_eq!(findings(&self.desk), [], "seed {seed}");
    }
}

fn play(seed: u64) {
    let (mut life, mut dice) = (Life::begin(), Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1));
    for _ in 0..STEPS {
        match dice.roll(20) {
            0..=9 => {
                // Mostly of those that change a status; they are the first seven.
                let most = if dice.roll(4) == 0 { EventKind::ALL.len() as u64 } else { 7 };
                let kind = EventKind::ALL[dice.roll(most) as usize];
                life.event(dice.roll(4) as usize, kind, dice.roll(12) == 0);
            }
            10 | 11 => life.try_it(|office| office.seal().map(drop)),
            12..=14 => life.try_it(|office| office.publish_status().map(drop)),
            15 | 16 => life.desk.later(dice.roll(90_000)),
            17 => life.reopen(),
            _ => {
                let failure = if dice.roll(2) == 0 { Failure::Lost } else { Failure::Persisted };
                life.doom(1 + dice.roll(12), failure);
            }
        }
    }
    life.end(seed);
}

#[test]
fn random_lives_of_certificates_keep_to_the_model_through_crashes() {
    let first = std::env::var("XINZHENG_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    (first..first + LIVES).for_each(play);
}
