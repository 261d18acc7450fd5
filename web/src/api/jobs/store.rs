//! The jobs of a server, in memory: whose each is, how far it is, what came of it. All of it bounded.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::http::StatusCode;
use verifier::sheet::cell;
use verifier::text::Lang;
use verifier::time::Time;
use verifier::verdict::Outcome;

use super::table::TableRow;
use crate::api::input::Wishes;
use crate::problem::{Common, Problem};
use crate::server::Shared;

/// Jobs that are kept or wait.
pub const JOBS_MAX: usize = 200;
/// Jobs of one caller that wait or run.
pub const JOBS_OPEN_EACH: usize = 5;
/// Bytes of all tables that wait: 64 MiB.
const WAITING_BYTES: usize = 64 << 20;
/// A result is kept so long: a day.
pub const KEPT_SECONDS: u64 = 86_400;

/// A job's number: 128 random bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct JobId([u8; 16]);

impl JobId {
    /// From its 32 hex digits.
    pub fn parse(text: &str) -> Option<JobId> {
        let digits = text.as_bytes();
        if digits.len() != 32 || !digits.iter().all(|d| matches!(d, b'0'..=b'9' | b'a'..=b'f')) {
            return None;
        }
        u128::from_str_radix(text, 16).ok().map(|number| JobId(number.to_be_bytes()))
    }

    /// A new one.
    pub(crate) fn generate() -> Result<JobId, Problem> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes).map_err(|_| Problem::from(Common::Busy))?;
        Ok(JobId(bytes))
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}

/// How far a job is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// For its turn.
    Waiting,
    /// Rows are being verified.
    Running,
    /// All rows are verified.
    Done,
    /// Ended by its owner, or because the server ends; what was not reached is said in its result.
    Cancelled,
}

impl State {
    /// The word in answers.
    pub fn as_str(self) -> &'static str {
        match self {
            State::Waiting => "waiting",
            State::Running => "running",
            State::Done => "done",
            State::Cancelled => "cancelled",
        }
    }

    fn is_open(self) -> bool {
        matches!(self, State::Waiting | State::Running)
    }
}

/// A job as its owner sees it.
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
    /// Of these, such as are valid.
    pub valid: usize,
    /// … invalid.
    pub invalid: usize,
    /// … undetermined, those that could not be read or found among them.
    pub undetermined: usize,
    /// When it was sent.
    pub began: Time,
    /// Until when its result is kept.
    pub until: Time,
}

/// What came of a row: a line of the result.
#[derive(Clone, Debug)]
pub struct Line {
    /// The outcome; none where no certificate could be judged.
    pub outcome: Option<Outcome>,
    /// Its cells, the line's number first.
    pub cells: [String; 11],
}

struct Job {
    owner: String,
    seen: Seen,
    table: Vec<TableRow>,
    wishes: Wishes,
    lang: Lang,
    lines: Vec<Line>,
    /// The order in which it came.
    turn: u64,
}

/// Work that was taken up.
pub(super) struct Work {
    pub id: JobId,
    pub table: Vec<TableRow>,
    pub wishes: Wishes,
    pub lang: Lang,
}

#[derive(Default)]
struct All {
    jobs: BTreeMap<JobId, Job>,
    turns: u64,
    /// Whether a thread is at it.
    working: bool,
}

/// The jobs of a server.
#[derive(Default)]
pub struct Jobs {
    all: Mutex<All>,
    ending: AtomicBool,
}

/// There is no such job, or it is another's: nobody can tell.
pub(super) fn unknown() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "JOB_UNKNOWN",
        "没有这个批量核验任务；结果保留一天，服务重启后需重新提交",
        "there is no such job; results are kept for a day, and after a restart the table has to be sent again",
    )
}

impl Jobs {
    /// Takes a job in.
    ///
    /// # Errors
    /// `JOBS_MANY` where its owner has too many open, `BUSY` where there is no room.
    pub(super) fn begin(
        &self,
        shared: &Shared,
        owner: &str,
        table: Vec<TableRow>,
        wishes: Wishes,
        lang: Lang,
    ) -> Result<Seen, Problem> {
        let now = shared.office().now();
        let id = JobId::generate()?;
        let mut all = self.all();
        all.forget(now);
        let open = |job: &&Job| job.seen.state.is_open();
        if all.jobs.values().filter(open).filter(|job| job.owner == owner).count() >= JOBS_OPEN_EACH {
            return Err(Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "JOBS_MANY",
                "进行中的批量核验任务过多；请等前面的完成",
                "too many jobs of yours are open; wait for one to finish",
            )
            .retry_after(10));
        }
        let bytes = |job: &Job| job.table.iter().map(|row| row.text.len()).sum::<usize>();
        let waiting: usize = all.jobs.values().map(bytes).sum();
        let more: usize = table.iter().map(|row| row.text.len()).sum();
        if waiting.saturating_add(more) > WAITING_BYTES
            || (all.jobs.len() >= JOBS_MAX && !all.forget_oldest())
            || self.ending.load(Ordering::SeqCst)
        {
            return Err(Common::Busy.problem().retry_after(10));
        }
        let seen = Seen {
            id,
            state: State::Waiting,
            rows: table.len(),
            done: 0,
            valid: 0,
            invalid: 0,
            undetermined: 0,
            began: now,
            until: now.saturating_add(KEPT_SECONDS),
        };
        all.turns += 1;
        let turn = all.turns;
        let job =
            Job { owner: owner.to_owned(), seen: seen.clone(), table, wishes, lang, lines: Vec::new(), turn };
        all.jobs.insert(id, job);
        Ok(seen)
    }

    /// How far a job of this owner is.
    ///
    /// # Errors
    /// `JOB_UNKNOWN`.
    pub(super) fn seen(&self, id: &JobId, owner: &str, now: Time) -> Result<Seen, Problem> {
        let mut all = self.all();
        all.forget(now);
        all.own(id, owner).map(|job| job.seen.clone())
    }

    /// The result as far as it is: CSV with a byte order mark.
    ///
    /// # Errors
    /// `JOB_UNKNOWN`; `JOB_RUNNING` while it is not at its end.
    pub(super) fn result(&self, id: &JobId, owner: &str, now: Time) -> Result<String, Problem> {
        let mut all = self.all();
        all.forget(now);
        let job = all.own(id, owner)?;
        if job.seen.state.is_open() {
            return Err(Problem::new(
                StatusCode::CONFLICT,
                "JOB_RUNNING",
                "批量核验尚未完成；请稍后再取结果",
                "the job is not at its end yet; fetch the result later",
            )
            .retry_after(1));
        }
        Ok(sheet(job))
    }

    /// Ends a job that is open; throws away one that is done.
    ///
    /// # Errors
    /// `JOB_UNKNOWN`.
    pub(super) fn drop_job(&self, id: &JobId, owner: &str, now: Time) -> Result<(), Problem> {
        let mut all = self.all();
        all.forget(now);
        let job = all.own(id, owner)?;
        match job.seen.state.is_open() {
            true => job.seen.state = State::Cancelled,
            false => drop(all.jobs.remove(id)),
        }
        Ok(())
    }

    /// Ends every open job; how many.
    pub(super) fn give_up(&self) -> usize {
        self.ending.store(true, Ordering::SeqCst);
        let mut all = self.all();
        let open = all.jobs.values_mut().filter(|job| job.seen.state.is_open());
        open.map(|job| job.seen.state = State::Cancelled).count()
    }

    /// Whether the caller is to be the one thread that works.
    pub(super) fn take_up(&self) -> bool {
        !std::mem::replace(&mut self.all().working, true)
    }

    /// The next job in turn; none, and nobody works any more, where there is none.
    pub(super) fn next(&self) -> Option<Work> {
        let mut all = self.all();
        let waiting = all.jobs.values_mut().filter(|job| job.seen.state == State::Waiting);
        let Some(job) = waiting.min_by_key(|job| job.turn) else {
            all.working = false;
            return None;
        };
        job.seen.state = State::Running;
        let table = std::mem::take(&mut job.table);
        Some(Work { id: job.seen.id, table, wishes: job.wishes.clone(), lang: job.lang })
    }

    /// Takes what came of a row. Whether the job is to go on.
    pub(super) fn done(&self, id: &JobId, line: Line) -> bool {
        let mut all = self.all();
        let Some(job) = all.jobs.get_mut(id).filter(|job| job.seen.state == State::Running) else {
            return false;
        };
        job.seen.done += 1;
        match line.outcome {
            Some(Outcome::Valid) => job.seen.valid += 1,
            Some(Outcome::Invalid) => job.seen.invalid += 1,
            Some(Outcome::Undetermined) | None => job.seen.undetermined += 1,
        }
        job.lines.push(line);
        if job.seen.done >= job.seen.rows {
            job.seen.state = State::Done;
        }
        true
    }

    fn all(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl All {
    fn own(&mut self, id: &JobId, owner: &str) -> Result<&mut Job, Problem> {
        self.jobs.get_mut(id).filter(|job| job.owner == owner).ok_or_else(unknown)
    }

    /// What is past its time.
    fn forget(&mut self, now: Time) {
        self.jobs.retain(|_, job| job.seen.state.is_open() || now < job.seen.until);
    }

    /// The oldest that is at its end; whether there was one.
    fn forget_oldest(&mut self) -> bool {
        let ended = self.jobs.values().filter(|job| !job.seen.state.is_open());
        let oldest = ended.min_by_key(|job| job.turn).map(|job| job.seen.id);
        oldest.is_some_and(|id| self.jobs.remove(&id).is_some())
    }
}

const HEAD: [(&str, &str); 11] = [
    ("行号", "line"),
    ("证书编号", "certificate number"),
    ("结论", "verdict"),
    ("代码", "code"),
    ("说明", "message"),
    ("信用主体", "holder"),
    ("统一社会信用代码", "holder code"),
    ("用途", "purpose"),
    ("有效期至", "expires at"),
    ("状态截至", "status as of"),
    ("可信等级", "level"),
];

/// The result: a byte order mark and CRLF, for spreadsheets; no cell can become a formula.
fn sheet(job: &Job) -> String {
    let mut text = String::from("\u{feff}");
    let mut put = |cells: Vec<String>| {
        text.push_str(&cells.iter().map(|text| cell(text)).collect::<Vec<_>>().join(","));
        text.push_str("\r\n");
    };
    put(HEAD.iter().map(|(zh, en)| job.lang.pick(zh, en).to_owned()).collect());
    for line in &job.lines {
        put(line.cells.to_vec());
    }
    let left = job.seen.rows.saturating_sub(job.seen.done);
    if left > 0 {
        let words = match job.lang {
            Lang::Zh => format!("任务已取消，其余{left}行未核验"),
            Lang::En => format!("the job was cancelled; {left} more rows were not verified"),
        };
        put(vec![String::new(), String::new(), String::new(), "CANCELLED".to_owned(), words]);
    }
    text
}
