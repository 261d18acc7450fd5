//! The imports of a server, in memory: whose each is, how far it is, what came of it. All of it bounded.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::http::StatusCode;
use notary::import::Format;
use notary::operator_log::Actor;
use verifier::text::Lang;
use verifier::time::Time;

use super::Held;
use super::seen::{Decided, ImportId, Seen, State, Which};
use crate::problem::{Common, Problem};

/// Imports that are kept, whatever came of them.
pub const IMPORTS_MAX: usize = 20;
/// Imports of one account or key that are not at their end.
pub const OPEN_EACH: usize = 3;
/// What came of an import is kept so long: a week, for the second person may be away.
pub const KEPT_SECONDS: u64 = 7 * 86_400;
/// Characters of a file's name that are shown.
const NAME_MAX: usize = 120;

/// An import to be begun.
pub struct Begun {
    /// For the operator log.
    pub actor: Actor,
    /// The file's name.
    pub name: String,
    /// SHA-256 of the file, in hex.
    pub digest: String,
    /// The file.
    pub table: Held,
    /// Its format.
    pub format: Format,
    /// Its rows, counted.
    pub rows: u64,
    /// Columns that nothing is taken from.
    pub ignored: Vec<String>,
    /// Whether it is checked and then waits for a second person.
    pub to_confirm: bool,
    /// The language of its files.
    pub lang: Lang,
}

struct Job {
    seen: Seen,
    actor: Actor,
    lang: Lang,
    table: Held,
    refused: Held,
    receipts: Held,
    turn: u64,
    /// Whether the thread has it now.
    taken: bool,
}

/// Work that was taken up.
pub(super) struct Work {
    pub id: ImportId,
    pub actor: Actor,
    pub lang: Lang,
    pub format: Format,
    pub table: Held,
    pub refused: Held,
    pub receipts: Held,
    /// Only to be looked through.
    pub check: bool,
    /// SHA-256 of the table, in hex.
    pub digest: String,
    /// Who confirmed it.
    pub decided_by: Option<String>,
}

#[derive(Default)]
struct All {
    jobs: BTreeMap<ImportId, Job>,
    turns: u64,
    working: bool,
}

/// The imports of a server.
#[derive(Default)]
pub struct Imports {
    all: Mutex<All>,
    ending: AtomicBool,
}

/// There is no such import, or it is another's: nobody can tell.
pub fn unknown() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "IMPORT_UNKNOWN",
        "没有这次导入；记录保留七天，服务重启后需重新上传（已导入的不受影响）",
        "there is no such import; it is kept for a week, and after a restart the file has to be sent again (what was imported stays)",
    )
}

fn not_so_far() -> Problem {
    Problem::new(
        StatusCode::CONFLICT,
        "IMPORT_STATE",
        "这次导入的状态已变，未作任何处理；请查看当前状态",
        "this import is not in that state any more, and nothing was done; look at it again",
    )
}

impl Imports {
    /// Takes an import in.
    ///
    /// # Errors
    /// `IMPORTS_MANY` where its owner has too many open, `BUSY` where there is no room.
    pub fn begin(&self, begun: Begun, files: (Held, Held), now: Time) -> Result<Seen, Problem> {
        let id = ImportId::generate()?;
        let owner = begun.actor.to_string();
        let mut all = self.all();
        all.forget(now);
        let open = all.jobs.values().filter(|job| job.seen.state.is_open());
        if open.filter(|job| job.seen.owner == owner).count() >= OPEN_EACH {
            return Err(Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "IMPORTS_MANY",
                "进行中的导入过多；请等前面的完成或取消",
                "too many imports of yours are open; wait for one to end, or cancel it",
            )
            .retry_after(30));
        }
        if (all.jobs.len() >= IMPORTS_MAX && !all.forget_oldest()) || self.ending.load(Ordering::SeqCst) {
            return Err(Common::Busy.problem().retry_after(30));
        }
        let seen = Seen {
            id,
            state: if begun.to_confirm { State::Checking } else { State::Waiting },
            owner,
            name: begun.name.chars().take(NAME_MAX).collect(),
            digest: begun.digest,
            bytes: begun.table.size().unwrap_or_default(),
            format: begun.format,
            rows: begun.rows,
            done: 0,
            accepted: 0,
            repeated: 0,
            refused: 0,
            bad: Vec::new(),
            findings: Vec::new(),
            findings_count: 0,
            ignored: begun.ignored,
            sent: now,
            changed: now,
            until: now.saturating_add(KEPT_SECONDS),
            decided_by: None,
            reason: String::new(),
            failure: None,
            has_refused: false,
            has_receipts: false,
        };
        all.turns += 1;
        let (turn, (refused, receipts)) = (all.turns, files);
        let (actor, lang, table) = (begun.actor, begun.lang, begun.table);
        all.jobs.insert(
            id,
            Job { seen: seen.clone(), actor, lang, table, refused, receipts, turn, taken: false },
        );
        Ok(seen)
    }

    /// An import. Where an owner is named, only that owner's.
    ///
    /// # Errors
    /// `IMPORT_UNKNOWN`.
    pub fn seen(&self, id: &ImportId, owner: Option<&str>, now: Time) -> Result<Seen, Problem> {
        let mut all = self.all();
        all.forget(now);
        all.one(id, owner).map(|job| job.seen.clone())
    }

    /// All imports, the last that was sent first.
    pub fn list(&self, now: Time) -> Vec<Seen> {
        let mut all = self.all();
        all.forget(now);
        let mut jobs: Vec<&Job> = all.jobs.values().collect();
        jobs.sort_by_key(|job| std::cmp::Reverse(job.turn));
        jobs.into_iter().map(|job| job.seen.clone()).collect()
    }

    /// A file of an import, as far as it is written.
    ///
    /// # Errors
    /// `IMPORT_UNKNOWN`; `IMPORT_RUNNING` while it is being written; `IMPORT_FILE_NONE` where there is none.
    pub fn file(
        &self,
        id: &ImportId,
        owner: Option<&str>,
        which: Which,
        now: Time,
    ) -> Result<(Held, Format), Problem> {
        let mut all = self.all();
        all.forget(now);
        let job = all.one(id, owner)?;
        if job.taken || matches!(job.seen.state, State::Checking | State::Waiting | State::Running) {
            return Err(Problem::new(
                StatusCode::CONFLICT,
                "IMPORT_RUNNING",
                "导入尚未结束；请稍后再取",
                "the import is not at its end yet; come back later",
            )
            .retry_after(2));
        }
        let (has, file, format) = match which {
            Which::Refused => (job.seen.has_refused, &job.refused, job.seen.format),
            Which::Receipts => (job.seen.has_receipts, &job.receipts, Format::Csv),
        };
        match has {
            true => Ok((file.clone(), format)),
            false => Err(Problem::new(
                StatusCode::NOT_FOUND,
                "IMPORT_FILE_NONE",
                "没有这样的行，也就没有这个文件",
                "there are no such rows, so there is no such file",
            )),
        }
    }

    /// A second person's word; never that of whoever sent it.
    ///
    /// # Errors
    /// `IMPORT_UNKNOWN`; `IMPORT_STATE` where it does not wait for one, or another file was looked at; `FOUR_EYES`.
    pub fn decide(&self, id: &ImportId, by: &str, decided: Decided, now: Time) -> Result<Seen, Problem> {
        let mut all = self.all();
        all.forget(now);
        let job = all.one(id, None)?;
        if job.seen.owner == by {
            return Err(notary::refusal::Refusal::new(notary::refusal::RefusalCode::FourEyes).into());
        }
        if job.seen.state != State::ToConfirm {
            return Err(not_so_far());
        }
        match decided {
            Decided::Confirmed { digest, rows } => {
                if digest != job.seen.digest || rows != job.seen.rows {
                    return Err(not_so_far());
                }
                job.begin_anew();
                job.become_(State::Waiting, now);
            }
            Decided::TurnedDown { reason } => {
                job.seen.reason = reason;
                job.become_(State::TurnedDown, now);
            }
        }
        job.seen.decided_by = Some(by.to_owned());
        Ok(job.seen.clone())
    }

    /// Ends an import; what was accepted stays accepted.
    ///
    /// # Errors
    /// `IMPORT_UNKNOWN`; `IMPORT_STATE` where it is at its end.
    pub fn cancel(&self, id: &ImportId, owner: Option<&str>, now: Time) -> Result<(), Problem> {
        let mut all = self.all();
        all.forget(now);
        let job = all.one(id, owner)?;
        if !job.seen.state.is_open() {
            return Err(not_so_far());
        }
        job.become_(State::Cancelled, now);
        Ok(())
    }

    /// Ends every open import, since the server ends; how many.
    pub(crate) fn give_up(&self, now: Time) -> usize {
        self.ending.store(true, Ordering::SeqCst);
        let mut all = self.all();
        let open = all.jobs.values_mut().filter(|job| job.seen.state.is_open());
        open.map(|job| job.become_(State::Cancelled, now)).count()
    }

    /// Whether the caller is to be the one thread that works.
    pub(super) fn take_up(&self) -> bool {
        !std::mem::replace(&mut self.all().working, true)
    }

    /// The next import in turn; none, and nobody works any more, where there is none.
    pub(super) fn next(&self, now: Time) -> Option<Work> {
        let mut all = self.all();
        let ready = |job: &&mut Job| matches!(job.seen.state, State::Checking | State::Waiting) && !job.taken;
        let Some(job) = all.jobs.values_mut().filter(ready).min_by_key(|job| job.turn) else {
            all.working = false;
            return None;
        };
        let check = job.seen.state == State::Checking;
        if !check {
            job.become_(State::Running, now);
        }
        job.taken = true;
        Some(Work {
            id: job.seen.id,
            actor: job.actor,
            lang: job.lang,
            format: job.seen.format,
            table: job.table.clone(),
            refused: job.refused.clone(),
            receipts: job.receipts.clone(),
            check,
            digest: job.seen.digest.clone(),
            decided_by: job.seen.decided_by.clone(),
        })
    }

    /// Whether an import is to go on.
    pub(super) fn goes_on(&self, id: &ImportId) -> bool {
        self.all().jobs.get(id).is_some_and(|job| matches!(job.seen.state, State::Checking | State::Running))
    }

    /// Changes what is seen of an import, from the thread that works.
    pub(super) fn change(&self, id: &ImportId, change: impl FnOnce(&mut Seen)) {
        if let Some(job) = self.all().jobs.get_mut(id) {
            change(&mut job.seen);
        }
    }

    /// The thread is done with an import; its state, unless somebody ended it meanwhile.
    pub(super) fn ended(&self, id: &ImportId, state: State, now: Time) {
        if let Some(job) = self.all().jobs.get_mut(id) {
            job.taken = false;
            if job.seen.state.is_open() {
                job.become_(state, now);
            }
        }
    }

    fn all(&self) -> MutexGuard<'_, All> {
        self.all.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Job {
    fn become_(&mut self, state: State, now: Time) {
        (self.seen.state, self.seen.changed) = (state, now);
    }

    /// What was counted when it was looked through is counted anew.
    fn begin_anew(&mut self) {
        let seen = &mut self.seen;
        (seen.done, seen.accepted, seen.repeated, seen.refused) = (0, 0, 0, 0);
        seen.bad.clear();
        seen.findings.clear();
        seen.findings_count = 0;
        seen.has_refused = false;
    }
}

impl All {
    fn one(&mut self, id: &ImportId, owner: Option<&str>) -> Result<&mut Job, Problem> {
        let known = self.jobs.get_mut(id);
        known.filter(|job| owner.is_none_or(|owner| job.seen.owner == owner)).ok_or_else(unknown)
    }

    fn forget(&mut self, now: Time) {
        self.jobs.retain(|_, job| job.taken || now < job.seen.until);
    }

    /// The oldest that is at its end; whether there was one.
    fn forget_oldest(&mut self) -> bool {
        let ended = self.jobs.values().filter(|job| !job.seen.state.is_open() && !job.taken);
        let oldest = ended.min_by_key(|job| job.turn).map(|job| job.seen.id);
        oldest.is_some_and(|id| self.jobs.remove(&id).is_some())
    }
}
