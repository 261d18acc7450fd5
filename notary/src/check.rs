//! Checking many at once (批量核查): a table of codes, certificate numbers or window codes, judged as of one frozen moment.
//!
//! ```text
//! 统一社会信用代码,名称                          as of 2026-11-22 10:00:00, purpose BIDDING
//! 91619900MA0DEM0131,秦岭示范机械有限公司   →   valid         VALID       2026112240170938612531  NO_PENALTY=YES …
//! 91619900MA0DEM0132,…                     →   refused       CODE_CHECK  the check digit is another
//! 91619900MA0DEM021U,…                     →   undetermined  SUSPENDED   异议核实中，暂缓使用
//! ```
//!
//! For an opening of bids (开标) the answer has to be the same whoever asks, and whenever: the moment is an argument, only
//! what was sealed before it counts, status comes from the lists that were out before it, and the answer ([`Checked`]) names the
//! ledger's size and root, the lists' sequences and the digest of the table. The same table, moment and ledger give the
//! same bytes. [`Office::notarize_check`] certifies them as a `file`, so that anyone can verify the summary (spec/check.md).
//!
//! A certificate that has ended (revoked, replaced, withdrawn, expired) does not hide an earlier one that lives; one that is
//! suspended does: the newest that has not ended speaks for its holder. What is not here: who may ask, and uploads (`web`).

mod asked;
mod input;
mod judge;
mod report;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use verifier::hash::{Hash, empty_root};
use verifier::registry::{DocumentKind, Purpose};
use verifier::shelf::StatusShelf;
use verifier::status_list::StatusList;
use verifier::time::Time;

pub use asked::What;
pub use input::Input;
pub use judge::{Found, Outcome, RowChecked};
pub use report::{Checked, Counts, ListUsed};

use crate::office::{Accepted, Aliases, Office, Submission, SubmissionKind};
use crate::refusal::{Refusal, RefusalCode};

/// Rows of one table.
pub const ROWS_MAX: usize = 5_000;
/// Bytes of a table, as it is and unpacked: 12 MiB.
pub const BYTES_MAX: u64 = 12 << 20;
/// Certificates of one code that are looked at, the newest first.
pub const LOOKED_AT_MAX: usize = 50;
/// A second that is not over is waited for at most so often, so long.
const WAITS: u32 = 24;
const WAIT: Duration = Duration::from_millis(50);

/// How much of what is found is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facts {
    /// To whoever may read certificates: which certificate it is and what it claims.
    Full,
    /// To everybody else: whether there is one, how it stands, until when.
    Public,
}

/// What is asked of every row.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// As of when; now where nothing is said.
    pub at: Option<Time>,
    /// Codes are looked up for certificates of this purpose; another one of a certificate that is named is told.
    pub purpose: Option<Purpose>,
    /// Codes are looked up for certificates of this kind; for reports where nothing is said.
    pub kind: Option<DocumentKind>,
    /// How much is told.
    pub facts: Facts,
}

/// Who counts wrong check codes, so that nobody guesses at them by the thousand.
pub trait Guesses {
    /// Whether the check code of this certificate number is the one given, which `compare` says; `None` where it may not
    /// be asked any more.
    fn compare(
        &self,
        number: &str,
        compare: &mut dyn FnMut() -> Result<bool, Refusal>,
    ) -> Result<Option<bool>, Refusal>;
}

/// Compares every time: for callers who may read certificates anyway.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoGuessing;

impl Guesses for NoGuessing {
    fn compare(
        &self,
        _: &str,
        compare: &mut dyn FnMut() -> Result<bool, Refusal>,
    ) -> Result<Option<bool>, Refusal> {
        compare().map(Some)
    }
}

/// The moment that everything is judged at, and what stood then.
pub(crate) struct Frozen {
    /// The moment.
    pub at: Time,
    /// Entries in the ledger then.
    pub size: u64,
    /// The ledger's root then.
    pub root: Hash,
    /// The lists that were the newest then.
    pub shelf: StatusShelf,
    /// Which those are.
    pub lists: Vec<ListUsed>,
    /// Old codes and new ones.
    pub aliases: Aliases,
}

impl Office {
    /// Checks every row of a table. `progress` is told how many rows are done, of how many, and says whether to go on.
    ///
    /// # Errors
    /// `CHECK_LATER`, `CHECK_ENDED`; damage that is found on the way. A row that can't be used is its own matter.
    pub fn check(
        &self,
        input: &Input,
        terms: &Terms,
        guesses: &dyn Guesses,
        progress: &mut dyn FnMut(usize, usize) -> bool,
    ) -> Result<Checked, Refusal> {
        let frozen = self.frozen(terms.at)?;
        let of = input.rows().len();
        let mut rows: Vec<RowChecked> = Vec::with_capacity(of);
        // What was asked before, and the row that asked first.
        let mut seen: BTreeMap<String, usize> = BTreeMap::new();
        for (n, row) in input.rows().iter().enumerate() {
            let key = row.asked.key();
            let first = key.as_ref().and_then(|key| seen.get(key)).and_then(|first| rows.get(*first));
            let checked = match first {
                Some(first) => judge::again(first, row),
                None => judge::row(self, row, &frozen, terms, guesses)?,
            };
            if let Some(key) = key {
                seen.entry(key).or_insert(n);
            }
            rows.push(checked);
            if !progress(n + 1, of) {
                return Err(Refusal::new(RefusalCode::CheckEnded));
            }
        }
        Ok(Checked::new(self, terms, input, &frozen, rows))
    }

    /// Accepts the summary of a check as a `file`; it becomes a certificate with the next batch. The same summary again is
    /// the same certificate.
    ///
    /// # Errors
    /// As [`Office::submit`].
    pub fn notarize_check(&self, checked: &Checked) -> Result<Accepted, Refusal> {
        let bytes = checked.json();
        self.submit(Submission {
            idempotency_key: Some(format!(
                "check {}",
                verifier::row::hex(&verifier::hash::sha256(&[&bytes]))
            )),
            bytes,
            kind: SubmissionKind::File {
                name: format!("{}.json", checked.name()),
                media_type: Some("application/json".to_string()),
            },
            qr: true,
            corrects: None,
        })
    }

    /// What stood before this moment: batches closed and lists issued in seconds that were over, so that nothing that
    /// happens later, in the same second too, changes the answer.
    fn frozen(&self, at: Option<Time>) -> Result<Frozen, Refusal> {
        let at = match at {
            None => self.a_second_that_is_over(),
            Some(at) if at > self.now() => {
                return Err(Refusal::new(RefusalCode::CheckLater).found(at.display_china()));
            }
            Some(at) => at,
        };
        let (size, root) = self.head_at(at)?;
        let mut found = Vec::new();
        for list in self.newest_lists() {
            if let Some(file) = self.list_at(list.shard, at.saturating_sub(1))? {
                let damaged = |error| Refusal::new(RefusalCode::LedgerDamaged).at("status").found(error);
                found.push(StatusList::parse(file.as_bytes()).map_err(damaged)?);
            }
        }
        let shelf = StatusShelf::new(found, self.trust());
        let lists = shelf.lists().iter().map(ListUsed::of).collect();
        Ok(Frozen { at, size, root, shelf, lists, aliases: self.aliases()? })
    }

    /// Now, once the second of the newest batch and list is over: a moment's wait, so that they count.
    fn a_second_that_is_over(&self) -> Time {
        for _ in 0..WAITS {
            let (now, lists) = (self.now(), self.newest_lists());
            let last = self.batch_count().checked_sub(1).and_then(|last| self.batch(last).ok());
            let open =
                last.is_some_and(|batch| batch.time() >= now) || lists.iter().any(|list| list.issued >= now);
            if !open {
                return now;
            }
            std::thread::sleep(WAIT);
        }
        self.now()
    }

    /// The ledger's head before this moment, by the times of its batches, which never go back.
    fn head_at(&self, at: Time) -> Result<(u64, Hash), Refusal> {
        let (mut low, mut high) = (0, self.batch_count());
        let mut head = (0, empty_root());
        while low < high {
            let middle = low + (high - low) / 2;
            let batch = self.batch(middle)?;
            if batch.time() < at {
                head = (batch.file.end(), *batch.root());
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        Ok(head)
    }
}
