//! The checks of a server, in memory: whose each is, how far it is, what came of it. All of it bounded.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use actix_web::http::StatusCode;
use notary::check::{Checked, Counts, Input, Terms};
use notary::operator_log::Actor;
use notary::refusal::{Refusal, RefusalCode};
use verifier::number::CertificateNumber;
use verifier::time::Time;

use crate::api::jobs::JobId;
use crate::problem::{Common, Problem};

/// Checks that are kept or wait: at 5,000 rows each, some 300 MiB.
pub const CHECKS_MAX: usize = 50;
/// Checks of one caller that wait or run.
pub const CHECKS_OPEN_EACH: usize = 3;
/// An answer is kept so long: a day. Its certificate stays.
pub const KEPT_SECONDS: u64 = 86_400;

/// How far a check is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// For its turn.
    Waiting,
    /// Rows are being checked.
    Running,
    /// The answer is there.
    Done,
    /// Ended by its owner, or because the server ends. Nothing was certified.
    Cancelled,
    /// It could not be done.
    Failed(Refusal),
}

impl State {
    /// The word in answers.
    pub fn as_str(&self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Running => "running",
            State::Done => "done",
            State::Cancelled => "cancelled",
            State::Failed(_) => "failed",
        }
    }

    /// Whether it is not at its end.
    pub fn is_open(&self) -> bool {
        matches!(self, State::Waiting | State::Running)
    }
}

/// What is to be checked.
pub struct NewCheck {
    /// Whose it is: the number of an account or key.
    pub owner: String,
    /// For the operator log.
    pub actor: Actor,
    /// The table.
    pub input: Input,
    /// What is asked.
    pub terms: Terms,
}

/// What came of it.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The summary's certificate.
    pub number: CertificateNumber,
    /// The answer.
    pub checked: Arc<Checked>,
}

/// A check as its owner sees it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// Its number.
    pub id: JobId,
    /// How far it is.
    pub state: State,
    /// Rows of its table.
    pub rows: usize,
    /// Rows that are done.
    pub done: usize,
    /// When it was sent.
    pub began: Time,
    /// Until when its answer is kept.
    pub until: Time,
    /// What came of it.
    pub result: Option<Answer>,
}

impl Seen {
    /// How many rows came to what, once it is done.
    pub fn counts(&self) -> Option<Counts> {
        self.result.as_ref().map(|result| result.checked.counts())
    }
}

/// Work that was taken up.
pub(super) struct Work {
    pub id: JobId,
    pub actor: Actor,
    pub input: Input,
    pub terms: Terms,
}

struct Check {
    owner: String,
    seen: Seen,
    work: Option<Work>,
    /// The order in which it came.
    turn: u64,
}

#[derive(Default)]
struct All {
    checks: BTreeMap<JobId, Check>,
    turns: u64,
    /// Whether a thread is at it.
    working: bool,
}

/// The checks of a server.
#[derive(Default)]
pub struct Checks {
    all: Mutex<All>,
    ending: AtomicBool,
}

/// There is no such check, or it is another's: nobody can tell.
pub fn unknown() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "CHECK_UNKNOWN",
        "没有这项批量核查；结果保留一天，服务重启后需重新提交",
        "there is no such check; answers are kept for a day, and after a restart the table has to be sent again",
    )
}

impl Checks {
    /// Takes a check in.
    ///
    /// # Errors
    /// `CHECKS_MANY` where its owner has too many open, `BUSY` where there is no room.
    pub fn begin(&self, new: NewCheck, now: Time) -> Result<Seen, Problem> {
        let id = JobId::generate()?;
        let mut all = self.all();
        all.forget(now);
        let open = |check: &&Check| check.seen.state.is_open() && check.owner == new.owner;
        if all.checks.values().filter(open).count() >= CHECKS_OPEN_EACH {
            return Err(Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "CHECKS_MANY",
                "进行中的批量核查过多；请等前面的完成",
                "too many checks of yours are open; wait for one to finish",
            )
            .retry_after(10));
        }
        if (all.checks.len() >= CHECKS_MAX && !all.forget_oldest()) || self.ending.load(Ordering::SeqCst) {
            return Err(Common::Busy.problem().retry_after(10));
        }
        let seen = Seen {
            id,
            state: State::Waiting,
            rows: new.input.rows().len(),
            done: 0,
            began: now,
            until: now.saturating_add(KEPT_SECONDS),
            result: None,
        };
        all.turns += 1;
        let turn = all.turns;
        let work = Work { id, actor: new.actor, input: new.input, terms: new.terms };
        let check = Check { owner: new.owner, seen: seen.clone(), work: Some(work), turn };
        all.checks.insert(id, check);
        Ok(seen)
    }

    /// How far a check of this owner is, and what came of it.
    ///
    /// # Errors
    /// `CHECK_UNKNOWN`.
    pub fn seen(&self, id: &JobId, owner: &str, now: Time) -> Result<Seen, Problem> {
        let mut all = self.all();
        all.forget(now);
        all.own(id, owner).map(|check| check.seen.clone())
    }

    /// The checks of this owner, the newest first.
    pub fn of(&self, owner: &str, now: Time) -> Vec<Seen> {
        let mut all = self.all();
        all.forget(now);
        let mut own: Vec<&Check> = all.checks.values().filter(|check| check.owner == owner).collect();
        own.sort_by_key(|check| std::cmp::Reverse(check.turn));
        own.into_iter().map(|check| check.seen.clone()).collect()
    }

    /// What came of a check.
    ///
    /// # Errors
    /// `CHECK_UNKNOWN`; `CHECK_RUNNING` while it is not at its end; why there is nothing.
    pub fn result(&self, id: &JobId, owner: &str, now: Time) -> Result<Answer, Problem> {
        let seen = self.seen(id, owner, now)?;
        match (seen.result, seen.state) {
            (Some(result), _) => Ok(result),
            (None, State::Failed(refusal)) => Err(refusal.into()),
            (None, State::Cancelled) => Err(Refusal::new(RefusalCode::CheckEnded).into()),
            (None, _) => Err(Problem::new(
                StatusCode::CONFLICT,
                "CHECK_RUNNING",
                "批量核查尚未完成；请稍后再取结果",
                "the check is not at its end yet; fetch the answer later",
            )
            .retry_after(1)),
        }
    }

    /// Ends a check that is open; throws the answer of one that is done away.
    ///
    /// # Errors
    /// `CHECK_UNKNOWN`.
    pub fn drop_check(&self, id: &JobId, owner: &str, now: Time) -> Result<(), Problem> {
        let mut all = self.all();
        all.forget(now);
        let check = all.own(id, owner)?;
        match check.seen.state.is_open() {
            true => check.cancel(),
            false => drop(all.checks.remove(id)),
        }
        Ok(())
    }

    /// Ends every open check; how many.
    pub fn give_up(&self) -> usize {
        self.ending.store(true, Ordering::SeqCst);
        let mut all = self.all();
        let open = all.checks.values_mut().filter(|check| check.seen.state.is_open());
        open.map(Check::cancel).count()
    }

    /// Whether the caller is to be the one thread that works.
    pub(super) fn take_up(&self) -> bool {
        !std::mem::replace(&mut self.all().working, true)
    }

    /// The next check in turn; none, and nobody works any more, where there is none.
    pub(super) fn next(&self) -> Option<Work> {
        let mut all = self.all();
        let waiting = all.checks.values_mut().filter(|check| check.seen.state == State::Waiting);
        let Some(check) = waiting.min_by_key(|check| check.turn) else {
            all.working = false;
            return None;
        };
        check.seen.state = State::Running;
        check.work.take()
    }

    /// So many rows are done. Whether to go on.
    pub(super) fn progress(&self, id: &JobId, done: usize) -> bool {
        let mut all = self.all();
        match all.checks.get_mut(id).filter(|check| check.seen.state == State::Running) {
            Some(check) => {
                check.seen.done = done;
                true
            }
            None => false,
        }
    }

    /// It is at its end.
    pub(super) fn ended(&self, id: &JobId, came: Result<Answer, Refusal>) {
        let mut all = self.all();
        let Some(check) = all.checks.get_mut(id) else { return };
        match came {
            Ok(result) => {
                check.seen.state = State::Done;
                check.seen.result = Some(result);
            }
            Err(_) if check.seen.state == State::Cancelled => {}
            Err(refusal) => check.seen.state = State::Failed(refusal),
        }
    }

    fn all(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Check {
    fn cancel(&mut self) {
        self.seen.state = State::Cancelled;
        self.work = None;
    }
}

impl All {
    fn own(&mut self, id: &JobId, owner: &str) -> Result<&mut Check, Problem> {
        self.checks.get_mut(id).filter(|check| check.owner == owner).ok_or_else(unknown)
    }

    /// What is past its time.
    fn forget(&mut self, now: Time) {
        self.checks.retain(|_, check| check.seen.state.is_open() || now < check.seen.until);
    }

    /// The oldest that is at its end; whether there was one.
    fn forget_oldest(&mut self) -> bool {
        let ended = self.checks.values().filter(|check| !check.seen.state.is_open());
        let oldest = ended.min_by_key(|check| check.turn).map(|check| check.seen.id);
        oldest.is_some_and(|id| self.checks.remove(&id).is_some())
    }
}
