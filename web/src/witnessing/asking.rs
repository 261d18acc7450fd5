//! The loop that asks the ledger's witnesses, beside the sealer and at its own pace.
//!
//! ```text
//! newest checkpoint ─► every witness at once, each in a thread ─► 200: cosignature verified, kept ─► ledger/cosigned/<n>
//!                                                              ─► 409: the proof from its size, asked again
//!                                                              ─► else: counted, named, rests 2, 4, 8 … 600 s
//! ```
//!
//! A round is about one checkpoint; the next begins when everybody has answered, for better or worse. The threads know
//! addresses and bytes, and nothing of the office: one that hangs holds nothing up but its own round, for a bounded time.
//! A witness that shows a checkpoint of this ledger, signed by this office's key, that the ledger here does not lead to,
//! stops the office: it is an older copy of itself.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use notary::anchor::Failing;
use notary::office::{Office, OwnHead};
use notary::refusal::{Refusal, RefusalCode};
use notary::witness::time_is_plausible;
use verifier::cosignature;
use verifier::key::VerifierKey;
use verifier::note::SignatureLine;
use verifier::time::Time;

use super::exchange::{self, Said};
use super::watch::{Asked, noted_as};
use crate::outgoing::Outgoing;
use crate::sealer::Bell;

/// Between two looks at whether there is a new checkpoint, and at whether the server is ending.
const LOOK: Duration = Duration::from_millis(200);
/// Between the beginnings of two rounds, at least. A cosigned checkpoint is a file that is kept for ten years.
const PACE: Duration = Duration::from_secs(1);
/// After the first cosignature of a round the others have so long to share a file with it.
const GATHERS: Duration = Duration::from_millis(500);
/// Requests to one witness in a round: the first, and those after it named another size.
const TRIES_MAX: u32 = 3;

/// Runs until the bell says that the server is ending.
///
/// # Errors
/// What stopped the office.
pub fn run(office: &Office, bell: &Bell, asked: &Asked, outgoing: &Outgoing) -> Result<(), Refusal> {
    let mut began: Option<Instant> = None;
    while !bell.ending_within(LOOK) {
        if asked.witnesses().is_empty() || began.is_some_and(|began| began.elapsed() < PACE) {
            continue;
        }
        let Some(head) = office.own_head()? else { continue };
        let due = asked.due(head.checkpoint.size());
        if due.is_empty() {
            continue;
        }
        began = Some(Instant::now());
        Round::new(office, bell, asked, outgoing, head).run(&due)?;
    }
    Ok(())
}

/// All witnesses about one checkpoint.
struct Round<'a> {
    office: &'a Office,
    bell: &'a Bell,
    asked: &'a Asked,
    outgoing: &'a Outgoing,
    head: OwnHead,
    to_me: Sender<(usize, Said)>,
    from_them: Receiver<(usize, Said)>,
    /// Threads under way.
    out: usize,
    tries: Vec<u32>,
    gathered: Vec<(VerifierKey, SignatureLine)>,
    /// When what is gathered is kept at the latest.
    keep_at: Option<Instant>,
}

impl<'a> Round<'a> {
    fn new(
        office: &'a Office,
        bell: &'a Bell,
        asked: &'a Asked,
        outgoing: &'a Outgoing,
        head: OwnHead,
    ) -> Self {
        let (to_me, from_them) = mpsc::channel();
        let tries = vec![0; asked.witnesses().len()];
        let gathered = Vec::new();
        Round {
            office,
            bell,
            asked,
            outgoing,
            head,
            to_me,
            from_them,
            out: 0,
            tries,
            gathered,
            keep_at: None,
        }
    }

    fn run(mut self, due: &[usize]) -> Result<(), Refusal> {
        for place in due {
            self.ask(*place, self.asked.seen(*place))?;
        }
        while self.out > 0 && !self.bell.is_ending() {
            match self.from_them.recv_timeout(LOOK) {
                Ok((place, said)) => {
                    self.out -= 1;
                    self.take(place, said)?;
                }
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => break,
            }
            if self.keep_at.is_some_and(|at| at <= Instant::now()) {
                self.keep()?;
            }
        }
        // Whoever is still out when the server ends answers to nobody.
        self.keep()
    }

    fn take(&mut self, place: usize, said: Said) -> Result<(), Refusal> {
        match said {
            Said::Cosigned(lines) => self.cosigned(place, &lines),
            Said::Size(size) if size <= self.head.checkpoint.size() => {
                self.asked.saw(place, size);
                match self.tries.get(place).is_some_and(|tries| *tries < TRIES_MAX) {
                    true => self.ask(place, size)?,
                    false => self.failed(place, "conflict"),
                }
            }
            // It says that it has seen more than there is, or something else: it is asked to show it.
            Said::Size(_) => {
                self.failed(place, "ahead");
                self.look(place);
            }
            Said::Refused(status) => {
                self.failed(place, &format!("refused-{status}"));
                if status == 422 {
                    self.look(place);
                }
            }
            Said::Head(text) => match self.office.compare_with_seen(&text) {
                Err(refusal) if refusal.code() == RefusalCode::LedgerSeenElsewhere => return Err(refusal),
                // Nobody of the office signed it, or it is one of this ledger after all: its word against ours.
                Err(_) => {}
                Ok(size) => self.asked.saw(place, size),
            },
            Said::Unreadable => self.failed(place, "unreadable"),
            Said::Nothing(error) => self.failed(place, error.kind()),
        }
        Ok(())
    }

    /// Takes the cosignature of the witness's own key, and nothing else.
    fn cosigned(&mut self, place: usize, lines: &[SignatureLine]) {
        let Some(witness) = self.asked.witnesses().get(place) else { return };
        let key = witness.key();
        let Some(line) = lines.iter().find(|line| line.names(key)) else {
            return self.failed(place, "no-cosignature");
        };
        let fits = |time: &Time| time_is_plausible(*time, self.head.time, self.office.now());
        match cosignature::verify(key, line, self.head.note.text()).ok().filter(fits) {
            Some(time) => {
                self.asked.cosigned(place, self.head.checkpoint.size(), time);
                self.note(place, None);
                self.gathered.push((key.clone(), line.clone()));
                self.keep_at.get_or_insert_with(|| Instant::now() + GATHERS);
            }
            None => self.failed(place, "cosignature"),
        }
    }

    fn keep(&mut self) -> Result<(), Refusal> {
        self.keep_at = None;
        let gathered = std::mem::take(&mut self.gathered);
        if gathered.is_empty() {
            return Ok(());
        }
        match self.office.keep_cosignatures(self.head.checkpoint.size(), &gathered) {
            // All were verified a moment ago; a clock that jumped since makes them wait for the next round.
            Err(refusal) if refusal.code() == RefusalCode::CosignatureBad => Ok(()),
            kept => kept.map(|_| ()),
        }
    }

    fn ask(&mut self, place: usize, old: u64) -> Result<(), Refusal> {
        // A witness that was left alone while this ledger was replaced may have seen more than there is: it will say so.
        let old = old.min(self.head.checkpoint.size());
        let proof = self.office.consistency(old, self.head.checkpoint.size())?;
        let note = self.head.note.clone();
        if let Some(tries) = self.tries.get_mut(place) {
            *tries += 1;
        }
        self.send(place, move |outgoing, url| exchange::ask(outgoing, url, old, proof, note));
        Ok(())
    }

    fn look(&mut self, place: usize) {
        let origin = self.head.checkpoint.origin().to_string();
        self.send(place, move |outgoing, url| exchange::look(outgoing, url, &origin));
    }

    /// Asks in a thread of its own. Where there can be none, that counts as no answer.
    fn send(&mut self, place: usize, ask: impl FnOnce(&Outgoing, &str) -> Said + Send + 'static) {
        let Some(witness) = self.asked.witnesses().get(place) else { return };
        let (outgoing, url, answer) = (self.outgoing.clone(), witness.url().to_string(), self.to_me.clone());
        let spawned = thread::Builder::new().name("witness".into()).spawn(move || {
            // The round is over where nobody listens.
            let _ = answer.send((place, ask(&outgoing, &url)));
        });
        match spawned {
            Ok(_) => self.out += 1,
            Err(_) => self.failed(place, "thread"),
        }
    }

    fn failed(&self, place: usize, kind: &str) {
        if let Some(witness) = self.asked.witnesses().get(place) {
            let name = witness.key().name().as_str();
            tracing::warn!(target: "office", witness = name, kind, "no cosignature");
        }
        let failing = self.asked.failed(place, kind, self.office.now());
        self.note(place, failing);
    }

    /// Notes how it goes with one. Nothing waits for it; a disk after whose failure nobody knows what is on it has stopped the office,
    /// and the next round says so.
    fn note(&self, place: usize, failing: Option<Failing>) {
        let Some(who) = self.asked.witnesses().get(place).map(noted_as) else { return };
        drop(self.office.note_failing(&who, failing.map(|failing| failing.after(self.office.failing(&who)))));
    }
}
