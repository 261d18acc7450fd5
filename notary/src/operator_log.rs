//! The operator log: who did or looked at what, when, and how it ended; each entry holds the one before.
//!
//! ```text
//! D/operator-log/segment-…        a journal of its own, kind 1 only; payload = chain[32] ‖ entry
//! entry (JSON, these members in this order, no white space)
//!   {"n":41,"at":1795311900,"who":"A00017","role":"window","action":"verified","object":"2026112240170938612531","outcome":"done"}
//! chain of entry n = SHA-256("xinzheng/operator-log/v1" ‖ 0x00 ‖ chain of entry n−1 ‖ entry)
//! chain before the first = SHA-256("xinzheng/operator-log/v1" ‖ 0x00 ‖ office id)
//! ```
//!
//! `n` counts from 1 and is the record's sequence. The **head** is the last n and its chain value: it stands for the
//! whole log. A changed, dropped, inserted or reordered entry gives another head from there on; what was cut off at the
//! end shows only to whoever knows a later head, so the ledger has one of every day (`office::log_head`).
//!
//! An entry never holds a name, a code of an organisation, an ID number or a check code: `who` is an account's or key's
//! number, `object` a certificate number, an account's number and the like. Types see to it.
//!
//! The chain is checked whenever the log is opened and by an audit. Not here: what is worth an entry (who does it says).

mod action;
mod entry;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use verifier::hash::{Hash, tagged};
use verifier::time::Time;

pub use action::Action;
pub use entry::{Actor, Entry, OBJECT_MAX, Outcome};

use crate::audit::Detail;
use crate::journal::{Journal, Position, Settings, Ticket};
use crate::office::Clock;
use crate::people::has_segments;
use crate::refusal::{Lang, Refusal, RefusalCode};

/// The folder in the office's.
pub(crate) const FOLDER: &str = "operator-log";
const LABEL: &str = "xinzheng/operator-log/v1";
const KIND: u8 = 1;
const CHAIN_LEN: usize = 32;
/// Entries that one page has at most.
pub const PAGE_MAX: usize = 200;
/// Entries that one search looks at, at most.
pub const SEARCH_MAX: usize = 200_000;

/// The log. Shared by reference between threads.
pub struct OperatorLog {
    journal: Journal,
    clock: Arc<dyn Clock>,
    office: [u8; 32],
    inner: Mutex<Inner>,
    failed: AtomicBool,
}

struct Inner {
    chain: Hash,
    /// Where each entry lies, when it is of, and what was done.
    places: Vec<(Position, u64, Action)>,
}

/// What stands for the whole log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Entries.
    pub size: u64,
    /// The chain value of the last one.
    pub chain: Hash,
}

/// Which entries are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Of this moment or later.
    pub from: Option<Time>,
    /// Before this moment.
    pub until: Option<Time>,
    /// Of this kind.
    pub action: Option<Action>,
}

/// A page of entries, the newest first.
#[derive(Clone, Debug)]
pub struct Page {
    /// The entries.
    pub entries: Vec<Entry>,
    /// Where the next page goes on: give it as `before`.
    pub next: Option<u64>,
}

impl OperatorLog {
    /// Opens the log of the office in this folder, made where it is missing, and checks its chain.
    ///
    /// # Errors
    /// `LOG_DAMAGED` with the first entry that does not follow; `JOURNAL_…`, `DISK_FAILED`.
    pub(crate) fn open(
        office_dir: &Path,
        office: [u8; 32],
        clock: Arc<dyn Clock>,
        reports: &mut Vec<String>,
    ) -> Result<OperatorLog, Refusal> {
        let dir = office_dir.join(FOLDER);
        if !dir.is_dir() || !has_segments(&dir)? {
            Journal::create(&dir, &Settings::new(office))?;
        }
        let mut inner = Inner { chain: first(&office), places: Vec::new() };
        let mut wrong = None;
        let (journal, report) = Journal::open(&dir, Settings::new(office), &mut |record| {
            if wrong.is_none() {
                match follow(&inner.chain, record.sequence, record.kind, record.payload) {
                    Ok((chain, entry)) => {
                        inner.chain = chain;
                        inner.places.push((record.position, entry.at().seconds(), entry.action()));
                    }
                    Err(what) => {
                        wrong = Some(format!("{FOLDER} {}: {}", record.sequence, what.say(Lang::En)))
                    }
                }
            }
        })?;
        if let Some(what) = wrong {
            return Err(Refusal::new(RefusalCode::LogDamaged).at(FOLDER).found(what));
        }
        reports.extend(report.torn.map(|torn| {
            format!(
                "{} bytes that a crash left behind the operator log's last entry were set aside",
                torn.bytes
            )
        }));
        Ok(OperatorLog { journal, clock, office, inner: Mutex::new(inner), failed: AtomicBool::new(false) })
    }

    /// Writes an entry; on disk when this returns. `object` is a number: of a certificate, an account, a draft; at most
    /// [`OBJECT_MAX`] of `A-Z a-z 0-9 . _ : / -`; empty where there is none. Its number in the log.
    ///
    /// # Errors
    /// `LOG_OBJECT`; `JOURNAL_FAILED` where the disk fails: then what was to be done must not be done, nor shown.
    pub fn append(
        &self,
        actor: &Actor,
        action: Action,
        object: &str,
        outcome: Outcome,
    ) -> Result<u64, Refusal> {
        let ticket = self.put(actor, action, object, outcome)?;
        self.journal.wait(ticket).inspect_err(|_| self.fail())?;
        Ok(ticket.sequence())
    }

    fn fail(&self) {
        self.failed.store(true, Ordering::SeqCst);
    }

    /// Whether a write has failed: nothing may be done or shown any more that would need an entry.
    pub(crate) fn has_failed(&self) -> bool {
        self.failed.load(Ordering::SeqCst)
    }

    /// Appends one entry for each object, all with one flush.
    ///
    /// # Errors
    /// As for [`append`](Self::append); then some of them may be there.
    pub fn append_each<'a>(
        &self,
        actor: &Actor,
        action: Action,
        objects: impl IntoIterator<Item = &'a str>,
        outcome: Outcome,
    ) -> Result<(), Refusal> {
        let mut last = None;
        for object in objects {
            last = Some(self.put(actor, action, object, outcome)?);
        }
        last.map_or(Ok(()), |ticket| Ok(self.journal.wait(ticket).inspect_err(|_| self.fail())?))
    }

    /// Puts an entry in line.
    fn put(&self, actor: &Actor, action: Action, object: &str, outcome: Outcome) -> Result<Ticket, Refusal> {
        let mut inner = self.inner();
        let at = self.clock.now();
        let number = inner.places.len() as u64 + 1;
        let entry = Entry::new(number, at, actor, action, object, outcome)?;
        let text = entry.to_bytes();
        let chain = next(&inner.chain, &text);
        let ticket = self.journal.append(KIND, &[chain.as_bytes(), &text[..]].concat())?;
        inner.chain = chain;
        inner.places.push((ticket.position(), at.seconds(), action));
        Ok(ticket)
    }

    /// The head: the last entry's number and chain value. An entry that is still on its way to the disk counts.
    pub fn head(&self) -> Head {
        let inner = self.inner();
        Head { size: inner.places.len() as u64, chain: inner.chain }
    }

    /// The head up to what is on the disk by now.
    ///
    /// # Errors
    /// `JOURNAL_FAILED`.
    pub(crate) fn durable_head(&self) -> Result<Head, Refusal> {
        let head = self.head();
        self.journal.flush().inspect_err(|_| self.fail())?;
        Ok(head)
    }

    /// When the first entry was written.
    pub(crate) fn began(&self) -> Option<Time> {
        self.inner().places.first().and_then(|(_, at, _)| Time::new(*at).ok())
    }

    /// The chain value of an entry by its number; `None` where the log has no such entry.
    ///
    /// # Errors
    /// `JOURNAL_…`.
    pub(crate) fn chain_at(&self, number: u64) -> Result<Option<Hash>, Refusal> {
        let place = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let position = place.and_then(|place| self.inner().places.get(place).map(|(position, ..)| *position));
        let Some(position) = position else { return Ok(None) };
        let record = self.journal.read(position)?;
        Ok(record.payload.first_chunk::<CHAIN_LEN>().map(|chain| Hash::from_bytes(*chain)))
    }

    /// The entries before number `before` (the end, where it is `None`) that the filter lets through, newest first, at
    /// most `limit` and [`PAGE_MAX`] of them. It looks at [`SEARCH_MAX`] entries at most; `next` says where to go on.
    ///
    /// # Errors
    /// `LOG_DAMAGED`, `JOURNAL_…`.
    pub fn page(&self, before: Option<u64>, limit: usize, filter: &Filter) -> Result<Page, Refusal> {
        let (wanted, next) = self.search(before, limit.clamp(1, PAGE_MAX), filter);
        let mut entries = Vec::with_capacity(wanted.len());
        for (number, position) in wanted {
            let record = self.journal.read(position)?;
            let text = record.payload.get(CHAIN_LEN..).unwrap_or_default();
            let entry = Entry::parse(text).filter(|entry| entry.number() == number);
            entries.push(entry.ok_or_else(|| {
                Refusal::new(RefusalCode::LogDamaged).at(FOLDER).found(format!("{FOLDER} {number}"))
            })?);
        }
        Ok(Page { entries, next })
    }

    /// Which entries a page has, and where the next page goes on.
    fn search(
        &self,
        before: Option<u64>,
        limit: usize,
        filter: &Filter,
    ) -> (Vec<(u64, Position)>, Option<u64>) {
        let durable = self.journal.durable();
        let inner = self.inner();
        let end = before.map_or(durable, |before| before.saturating_sub(1).min(durable));
        let mut wanted = Vec::new();
        let mut number = end;
        for _ in 0..SEARCH_MAX {
            if number == 0 || wanted.len() == limit {
                break;
            }
            let Some((position, at, action)) = inner.places.get(number as usize - 1) else { break };
            if filter.lets(*at, *action) {
                wanted.push((number, *position));
            }
            number -= 1;
        }
        (wanted, (number > 0).then_some(number + 1))
    }

    /// Reads the whole log from the disk and checks every entry's chain.
    ///
    /// # Errors
    /// `LOG_DAMAGED` with the first entry that does not follow; `JOURNAL_…`.
    pub fn verify(&self) -> Result<Head, Refusal> {
        let mut head = Head { size: 0, chain: first(&self.office) };
        let mut wrong = None;
        self.journal.replay(0, &mut |record| {
            if wrong.is_none() {
                match follow(&head.chain, record.sequence, record.kind, record.payload) {
                    Ok((chain, _)) => head = Head { size: record.sequence, chain },
                    Err(what) => {
                        wrong = Some(format!("{FOLDER} {}: {}", record.sequence, what.say(Lang::En)))
                    }
                }
            }
        })?;
        match wrong {
            Some(what) => Err(Refusal::new(RefusalCode::LogDamaged).at(FOLDER).found(what)),
            None => Ok(head),
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Filter {
    fn lets(&self, at: u64, action: Action) -> bool {
        self.from.is_none_or(|from| at >= from.seconds())
            && self.until.is_none_or(|until| at < until.seconds())
            && self.action.is_none_or(|wanted| action == wanted)
    }
}

/// Reads a log without opening it for writing, for an audit: how many entries, and what is wrong. `sealed` are the heads
/// that the ledger has, as numbers and chain values.
pub(crate) fn inspect(
    office_dir: &Path,
    office: &[u8; 32],
    sealed: &[(u64, Hash)],
) -> Result<u64, (String, Detail)> {
    let dir = office_dir.join(FOLDER);
    if !dir.is_dir() {
        // An office that was never opened since it has such a log.
        return Ok(0);
    }
    let mut chain = first(office);
    let mut size = 0;
    let mut wrong = None;
    let read = Journal::inspect(&dir, office, None, &mut |record| {
        if wrong.is_none() {
            match follow(&chain, record.sequence, record.kind, record.payload) {
                Ok((next, _)) => {
                    (chain, size) = (next, record.sequence);
                    if sealed.iter().any(|(number, head)| *number == size && *head != chain) {
                        wrong = Some((format!("{FOLDER} entry {size}"), Detail::LogOtherHead));
                    }
                }
                Err(what) => wrong = Some((format!("{FOLDER} entry {}", record.sequence), what)),
            }
        }
    });
    match (wrong, read) {
        (Some(wrong), _) => Err(wrong),
        (None, Err(error)) => Err((FOLDER.to_string(), Detail::refused(error))),
        (None, Ok(_)) => match sealed.iter().find(|(number, _)| *number > size) {
            Some((number, _)) => Err((FOLDER.to_string(), Detail::LogShort { size, number: *number })),
            None => Ok(size),
        },
    }
}

fn first(office: &[u8; 32]) -> Hash {
    tagged(LABEL, &[office])
}

fn next(chain: &Hash, entry: &[u8]) -> Hash {
    tagged(LABEL, &[chain.as_bytes(), entry])
}

/// Whether a record is the entry that follows.
fn follow(before: &Hash, sequence: u64, kind: u8, payload: &[u8]) -> Result<(Hash, Entry), Detail> {
    if kind != KIND {
        return Err(Detail::LogNoEntry);
    }
    let (chain, text) = payload.split_first_chunk::<CHAIN_LEN>().ok_or(Detail::LogCut)?;
    let right = next(before, text);
    if right.as_bytes() != chain {
        return Err(Detail::LogBreaks);
    }
    let entry = Entry::parse(text).ok_or(Detail::LogNoEntry)?;
    if entry.number() != sequence {
        return Err(Detail::LogNumber);
    }
    Ok((right, entry))
}

#[cfg(test)]
mod tests;
