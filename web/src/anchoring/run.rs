//! The loop: who is due, what a step came to. It alone holds the office; each target has a thread with its client.
//!
//! ```text
//! every LOOK ─► idle and due: wanted() ─► the target's thread: one step ─► Done      verified, kept: ledger/anchors/<n>
//!                                                                     ─► Progress  on disk, then the next step
//!                                                                     ─► Wait      the next step later
//!                                                                     ─► Failed    counted, named, rests 2, 4, 8 … 600 s
//! ```
//!
//! A target that hangs holds up itself, for a bounded time. Where the server ends nobody waits for it.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::{Duration, Instant};

use notary::anchor::{Failing, Target, Work};
use notary::keys::ChainKey;
use notary::office::Office;
use notary::refusal::{Refusal, RefusalCode};
use verifier::anchor::AnchorKind;
use verifier::time::Time;

use super::client::{Client, Failed, STEP_MAX, Step};
use super::evm::EvmClient;
use super::http::Gateway;
use super::tsa::Tsa;
use super::watch::Anchoring;
use crate::outgoing::Outgoing;
use crate::sealer::Bell;
use crate::server::ServeError;
use crate::settings::{AnchorTarget, AnchorTerms, Settings};

/// Between two looks at what is due, and at whether the server is ending.
const LOOK: Duration = Duration::from_millis(200);
/// A client may ask for so long a rest at most.
const WAIT_MAX: Duration = Duration::from_secs(600);

/// [`once`] waits at most so long: for a chain's confirmations.
const ONCE_MAX: Duration = Duration::from_secs(600);

/// One client for each target, in the order of the settings.
pub type Clients = Vec<Box<dyn Client>>;

/// The clients of these targets.
#[must_use]
pub fn clients(office: &Office, targets: &[AnchorTarget]) -> Clients {
    // A chain whose key can't be read says so itself; the others go on.
    let keys: Arc<[ChainKey]> = office.chain_signers().unwrap_or_default().into();
    let client = |target: &AnchorTarget| -> Box<dyn Client> {
        match target.terms() {
            AnchorTerms::Rfc3161 { policy } => Box::new(Tsa::new(target.url(), policy.clone())),
            AnchorTerms::Evm(terms) => Box::new(EvmClient::new(target.url(), terms.clone(), keys.clone())),
            AnchorTerms::Http(terms) => Box::new(Gateway::new(target.url(), terms.clone())),
        }
    };
    targets.iter().map(client).collect()
}

/// Runs until the bell says that the server is ending.
///
/// # Errors
/// What stopped the office.
pub fn run(
    office: &Office,
    bell: &Bell,
    anchoring: &Anchoring,
    outgoing: &Outgoing,
    clients: Clients,
) -> Result<(), Refusal> {
    let mut table = Table::new(office, anchoring, outgoing, clients);
    while !bell.ending_within(LOOK) {
        table.look()?;
    }
    // Whoever is still out answers to nobody: what was noted is on disk, the rest is asked again.
    Ok(())
}

/// Anchors the newest head with every target once, whatever their paces, without a server: returns when each has succeeded
/// or failed. The failures, each with its kind.
///
/// # Errors
/// What stopped the office, or [`ServeError::Io`] if there can be no client of HTTP.
pub fn once(office: &Office, settings: &Settings) -> Result<Vec<(Target, String)>, ServeError> {
    let outgoing =
        Outgoing::new(&settings.outgoing).map_err(|error| ServeError::Io(io::Error::other(error)))?;
    let anchoring = Anchoring::new(settings.anchors.clone());
    let mut table = Table::new(office, &anchoring, &outgoing, clients(office, &settings.anchors));
    office.anchors().hurry();
    let began = Instant::now();
    let mut open: Vec<usize> = (0..settings.anchors.len()).collect();
    while !open.is_empty() && began.elapsed() < ONCE_MAX {
        table.look().map_err(ServeError::Office)?;
        let views = anchoring.views(office);
        open.retain(|place| table.seats[*place].hurried && views[*place].failure.is_none());
        thread::sleep(LOOK);
    }
    let views = anchoring.views(office).into_iter().enumerate();
    let failed = views.filter_map(|(place, view)| match view.failure {
        Some((_, kind)) => Some((view.target, kind)),
        None => open.contains(&place).then(|| (view.target, "timed-out".to_string())),
    });
    Ok(failed.collect())
}

/// All targets.
struct Table<'a> {
    office: &'a Office,
    anchoring: &'a Anchoring,
    seats: Vec<Seat>,
    from_them: Receiver<(usize, Step)>,
    hurries: u64,
}

/// One target and how far its work is.
struct Seat {
    target: Target,
    pace: u64,
    /// To its thread; none where there could be no thread.
    to_client: Option<Sender<(Work, Time)>>,
    /// The work whose step is under way.
    out: Option<Work>,
    /// Since when it is, until it has been told that it takes too long.
    out_since: Option<Instant>,
    /// Until when the next step waits.
    waits: Option<Instant>,
    /// Somebody asked to anchor now.
    hurried: bool,
}

impl<'a> Table<'a> {
    fn new(office: &'a Office, anchoring: &'a Anchoring, outgoing: &Outgoing, clients: Clients) -> Table<'a> {
        let (to_me, from_them) = mpsc::channel();
        let seats =
            anchoring.targets().iter().zip(clients).enumerate().map(|(place, (settings, client))| Seat {
                target: settings.target().clone(),
                pace: settings.every().as_secs(),
                to_client: thread_of(place, client, outgoing.clone(), to_me.clone()),
                out: None,
                out_since: None,
                waits: None,
                hurried: false,
            });
        Table { seats: seats.collect(), office, anchoring, from_them, hurries: office.anchors().hurries() }
    }

    fn look(&mut self) -> Result<(), Refusal> {
        while let Ok((place, step)) = self.from_them.try_recv() {
            self.take(place, step)?;
        }
        let hurries = self.office.anchors().hurries();
        if hurries != self.hurries {
            self.hurries = hurries;
            for (place, seat) in self.seats.iter_mut().enumerate() {
                seat.hurried = true;
                self.anchoring.wake(place);
            }
        }
        (0..self.seats.len()).try_for_each(|place| self.begin(place))
    }

    /// Sends the next step of a target to its thread, if there is one to do.
    fn begin(&mut self, place: usize) -> Result<(), Refusal> {
        let Some(seat) = self.seats.get_mut(place) else { return Ok(()) };
        if seat.out.is_some() {
            // Every request has its bounds; this is for whatever else a step may wait for, such as a name that is looked up.
            return match seat.out_since.take_if(|since| since.elapsed() > STEP_MAX) {
                Some(_) => self.failed(place, &Failed::new("timed-out", "the step goes on")),
                None => Ok(()),
            };
        }
        if self.anchoring.rests(place) {
            return Ok(());
        }
        let now = self.office.now();
        if seat.waits.is_some_and(|until| Instant::now() < until) {
            return Ok(());
        }
        seat.waits = None;
        // Asked after each wait, too: what is under way comes back, with the trust bundle of now.
        let pace = if seat.hurried { 0 } else { seat.pace };
        let work = match self.office.anchors().wanted(&seat.target, pace, now) {
            Ok(Some(work)) => work,
            Ok(None) => {
                seat.hurried = false;
                self.anchoring.is_done(place);
                return Ok(());
            }
            Err(refusal) => return self.refused(place, refusal),
        };
        if !self.anchoring.waits(place) {
            // The ledger knows it, whenever this process began. A clock that was set back makes no time to come of it.
            let owed = self.office.anchors().owed_since(&seat.target, seat.pace).ok().flatten();
            self.anchoring.wants(place, owed.map_or(now, |owed| owed.min(now)));
        }
        let known = match work.target().kind() {
            AnchorKind::Rfc3161 => !work.authorities().is_empty(),
            AnchorKind::Evm => work.chain().is_some(),
            AnchorKind::Http => true,
        };
        if !known {
            return self.failed(place, &Failed::new("not-trusted", ""));
        }
        let sent = seat.to_client.as_ref().is_some_and(|to| to.send((work.clone(), now)).is_ok());
        match sent {
            true => {
                (seat.out, seat.out_since) = (Some(work), Some(Instant::now()));
                Ok(())
            }
            false => self.failed(place, &Failed::new("thread", "")),
        }
    }

    /// Does what a step came to.
    fn take(&mut self, place: usize, step: Step) -> Result<(), Refusal> {
        let Some(work) = self.seats.get_mut(place).and_then(|seat| seat.out.take()) else { return Ok(()) };
        match step {
            Step::Done(anchor) => match self.office.anchors().keep(&work, &anchor) {
                Ok(n) => {
                    let (kind, label) = (work.target().kind().name(), work.target().label());
                    tracing::info!(target: "office", kind, label, n, "anchored");
                    if let Some(seat) = self.seats.get_mut(place) {
                        seat.hurried = false;
                    }
                    self.anchoring.anchored(place);
                    self.note(work.target(), None);
                    Ok(())
                }
                Err(refusal) => self.refused(place, refusal),
            },
            Step::Progress(bytes) => match self.office.anchors().note_progress(&work, bytes) {
                // `wanted` gives it back with what was noted.
                Ok(()) => Ok(()),
                Err(refusal) => self.refused(place, refusal),
            },
            Step::Wait(long) => {
                let until = Instant::now().checked_add(long.clamp(LOOK, WAIT_MAX));
                if let (Some(seat), Some(until)) = (self.seats.get_mut(place), until) {
                    seat.waits = Some(until);
                }
                Ok(())
            }
            Step::Failed(failed) => self.failed(place, &failed),
            Step::GaveUp(failed) => match self.office.anchors().give_up(work.target()) {
                Ok(()) => self.failed(place, &failed),
                Err(refusal) => self.refused(place, refusal),
            },
        }
    }

    /// The office said no: that counts against the target, unless the office has stopped.
    fn refused(&mut self, place: usize, refusal: Refusal) -> Result<(), Refusal> {
        if self.office.summary().stopped {
            return Err(refusal);
        }
        let kind = match refusal.code() {
            RefusalCode::AnchorBad => "evidence",
            RefusalCode::AnchorWorkDamaged => "work-damaged",
            RefusalCode::AnchorProgress => "progress",
            _ => "disk",
        };
        self.failed(place, &Failed::new(kind, refusal.to_string()))
    }

    fn failed(&mut self, place: usize, failed: &Failed) -> Result<(), Refusal> {
        if let Some(seat) = self.seats.get_mut(place) {
            seat.hurried = false;
            let (kind, label) = (seat.target.kind().name(), seat.target.label());
            tracing::warn!(target: "office", kind, label, reason = failed.kind, found = failed.text, "no anchor");
        }
        let failing = self.anchoring.failed(place, &failed.kind, self.office.now());
        if let (Some(seat), Some(failing)) = (self.seats.get(place), failing) {
            self.note(&seat.target, Some(failing));
        }
        Ok(())
    }

    /// Notes how it goes with a target. Nothing waits for it; a disk after whose failure nobody knows what is on it has stopped the
    /// office, and the next look says so.
    fn note(&self, target: &Target, failing: Option<Failing>) {
        let who = target.to_string();
        drop(self.office.note_failing(&who, failing.map(|failing| failing.after(self.office.failing(&who)))));
    }
}

/// A thread that does the steps of one client, until nobody sends it any.
fn thread_of(
    place: usize,
    mut client: Box<dyn Client>,
    outgoing: Outgoing,
    to_loop: Sender<(usize, Step)>,
) -> Option<Sender<(Work, Time)>> {
    let (to_client, steps) = mpsc::channel::<(Work, Time)>();
    let run = move || {
        for (work, now) in steps {
            // A fault of one client is its failure, and no end of the others.
            let step = catch_unwind(AssertUnwindSafe(|| client.step(&work, &outgoing, now)));
            let step = step.unwrap_or_else(|_| Step::Failed(Failed::new("fault", "")));
            if to_loop.send((place, step)).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().name("anchor".into()).spawn(run).ok().map(|_| to_client)
}
