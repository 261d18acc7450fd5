//! The index on `sled`, every call behind `catch_unwind`.
//!
//! A changed bit in sled's files can bring an old value of a row back, or lose the row, without an error. So the index
//! keeps the number of its rows and the sum of their digests, and opening it reads everything and compares. That costs
//! less than reading the journal through, which opening an office does anyway.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Bound;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use verifier::hash;

use super::{Change, Identity, Index, IndexError, Row, SCAN_MAX, check};

/// Memory for pages; sled's own default is 1 GiB.
const CACHE_BYTES: u64 = 64 << 20;

/// The key under which the index says what it is. No other begins with a zero byte.
const META: &[u8] = b"\0";
const CHECK_LEN: usize = 4;

/// The file that says that the folder is of no use any more.
const MARK: &str = "DAMAGED";

/// sled lets go of its file a moment after it was closed: how often, and how long each time, to wait for that.
const CLOSING_TRIES: usize = 150;
const CLOSING_WAIT: Duration = Duration::from_millis(20);

/// The index in a folder.
pub struct SledIndex {
    /// Always there but while it is dropped.
    db: Option<sled::Db>,
    dir: PathBuf,
    identity: Identity,
    /// Who holds it applies: the rows and the tally belong together.
    tally: Mutex<Tally>,
    /// The first failure; sled is not called after it.
    broken: Mutex<Option<String>>,
}

/// What the index is the view of, and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Tally {
    upto: u64,
    rows: u64,
    /// Sum of the rows' digests, wrapping.
    sum: u64,
}

impl SledIndex {
    /// Opens the folder, or makes it, and reads everything in it. See [`super::open`] for what to do when it is damaged.
    ///
    /// # Errors
    /// [`IndexError::Damaged`], also for an index of another office or version; [`IndexError::Busy`].
    pub fn open(dir: &Path, identity: Identity) -> Result<SledIndex, IndexError> {
        if let Ok(why) = fs::read_to_string(dir.join(MARK)) {
            return Err(damaged(why.trim_end()));
        }
        // No flusher: a thread of sled's that panics would keep the closing waiting for ever. The office flushes.
        let config = sled::Config::default().path(dir).cache_capacity(CACHE_BYTES).flush_every_ms(None);
        let mut tries = 0;
        let db = loop {
            match caught(|| config.open()) {
                Err(IndexError::Busy) if tries < CLOSING_TRIES => {
                    tries += 1;
                    thread::sleep(CLOSING_WAIT);
                }
                outcome => break outcome?,
            }
        };
        let (tally, broken) = (Mutex::default(), Mutex::default());
        let index = SledIndex { db: Some(db), dir: dir.to_owned(), identity, tally, broken };
        let meta = index.call(|db| db.get(META))?;
        let tally = match meta {
            Some(stored) => index.parse_meta(&stored)?,
            None if index.call(|db| Ok(db.is_empty()))? => {
                index.put(vec![], Tally::default())?;
                Tally::default()
            }
            None => return Err(damaged("it does not say what it belongs to")),
        };
        *lock(&index.tally) = tally;
        index.check_all()?;
        Ok(index)
    }

    /// Reads every row and compares with the tally. Opening does it; later only an audit has a reason to.
    ///
    /// # Errors
    /// [`IndexError::Damaged`].
    pub fn check_all(&self) -> Result<(), IndexError> {
        let tally = lock(&self.tally);
        let mut found = Tally { upto: tally.upto, ..Tally::default() };
        let mut after = None;
        loop {
            let rows = self.scan_prefix(b"", after.as_deref(), SCAN_MAX)?;
            let Some((last, _)) = rows.last() else { break };
            after = Some(last.clone());
            for (key, value) in &rows {
                found.add(key, value);
            }
        }
        if found == *tally { Ok(()) } else { Err(self.give_up(damaged("rows are lost or are old ones"))) }
    }

    /// Calls sled, catches what it throws, and never calls it again after a failure.
    fn call<T>(&self, run: impl FnOnce(&sled::Db) -> sled::Result<T>) -> Result<T, IndexError> {
        if let Some(what) = &*lock(&self.broken) {
            return Err(damaged(what));
        }
        let Some(db) = &self.db else { return Err(damaged("it is closed")) };
        caught(|| run(db)).map_err(|e| self.give_up(e))
    }

    fn give_up(&self, why: IndexError) -> IndexError {
        let mut broken = lock(&self.broken);
        if let (None, IndexError::Damaged { what }) = (&*broken, &why) {
            // Where even this fails the next process finds out for itself.
            let _ = fs::write(self.dir.join(MARK), format!("{what}\n"));
            *broken = Some(what.clone());
        }
        why
    }

    /// A stored value without its check.
    fn value(&self, key: &[u8], stored: &[u8]) -> Result<Vec<u8>, IndexError> {
        let value = unsealed(key, stored).map(<[u8]>::to_vec);
        value.ok_or_else(|| self.give_up(damaged("a value is not what was written")))
    }

    fn put(&self, mut changes: Vec<Change>, tally: Tally) -> Result<(), IndexError> {
        changes.push((META.to_vec(), Some(self.meta(tally))));
        let mut batch = sled::Batch::default();
        for (key, value) in &changes {
            match value {
                Some(value) => batch.insert(key.as_slice(), sealed(key, value)),
                None => batch.remove(key.as_slice()),
            }
        }
        self.call(|db| db.apply_batch(batch))
    }

    fn meta(&self, tally: Tally) -> Vec<u8> {
        let Identity { office, version } = self.identity;
        let Tally { upto, rows, sum } = tally;
        [&version.to_be_bytes()[..], &office, &[upto, rows, sum].map(u64::to_be_bytes).concat()].concat()
    }

    fn parse_meta(&self, stored: &[u8]) -> Result<Tally, IndexError> {
        let meta = self.value(META, stored)?;
        let numbers = meta.last_chunk::<24>().map(|bytes| bytes.as_chunks::<8>().0);
        let tally = match numbers {
            Some([upto, rows, sum]) => {
                let [upto, rows, sum] = [upto, rows, sum].map(|bytes| u64::from_be_bytes(*bytes));
                Some(Tally { upto, rows, sum })
            }
            _ => None,
        };
        tally
            .filter(|tally| meta == self.meta(*tally))
            .ok_or_else(|| damaged("it is of another office or another version"))
    }
}

impl Index for SledIndex {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        let stored = self.call(|db| db.get(key))?;
        stored.map(|stored| self.value(key, &stored)).transpose()
    }

    fn scan_prefix(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Row>, IndexError> {
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            // An empty prefix does not show what is not the office's.
            _ if prefix.is_empty() => Bound::Excluded(META),
            _ => Bound::Included(prefix),
        };
        let rows = self.call(|db| {
            let rows = db.range::<&[u8], _>((from, Bound::Unbounded));
            let ours = rows.take_while(|row| row.as_ref().map_or(true, |(key, _)| key.starts_with(prefix)));
            ours.take(limit.min(SCAN_MAX)).collect::<sled::Result<Vec<_>>>()
        })?;
        rows.into_iter().map(|(key, stored)| Ok((key.to_vec(), self.value(&key, &stored)?))).collect()
    }

    fn apply(&self, changes: Vec<Change>, upto: u64) -> Result<(), IndexError> {
        let mut tally = lock(&self.tally);
        check(&changes, tally.upto, upto)?;
        // The last change of a key holds.
        let last: BTreeMap<Vec<u8>, Option<Vec<u8>>> = changes.into_iter().collect();
        let mut next = Tally { upto, ..*tally };
        for (key, value) in &last {
            if let Some(old) = self.get(key)? {
                next.remove(key, &old);
            }
            if let Some(value) = value {
                next.add(key, value);
            }
        }
        self.put(last.into_iter().collect(), next)?;
        *tally = next;
        Ok(())
    }

    fn upto(&self) -> u64 {
        lock(&self.tally).upto
    }

    fn flush(&self) -> Result<(), IndexError> {
        self.call(|db| db.flush()).map(|_| ())
    }
}

impl Tally {
    fn add(&mut self, key: &[u8], value: &[u8]) {
        self.rows = self.rows.wrapping_add(1);
        self.sum = self.sum.wrapping_add(digest(key, value));
    }

    fn remove(&mut self, key: &[u8], value: &[u8]) {
        self.rows = self.rows.wrapping_sub(1);
        self.sum = self.sum.wrapping_sub(digest(key, value));
    }
}

impl Drop for SledIndex {
    fn drop(&mut self) {
        let broken = lock(&self.broken).is_some();
        let Some(db) = self.db.take() else { return };
        // Closing writes. A broken one is closed all the same, to let go of its file, and may panic again.
        let _ = caught(|| {
            if !broken {
                db.flush()?;
            }
            drop(db);
            Ok(())
        });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// 64 bits of a digest of the row. The length keeps key and value apart.
fn digest(key: &[u8], value: &[u8]) -> u64 {
    let digest = hash::sha256(&[&(key.len() as u64).to_be_bytes(), key, value]);
    let [a, b, c, d, e, f, g, h, ..] = *digest.as_bytes();
    u64::from_be_bytes([a, b, c, d, e, f, g, h])
}

fn sealed(key: &[u8], value: &[u8]) -> Vec<u8> {
    [&check_of(key, value)[..], value].concat()
}

fn unsealed<'a>(key: &[u8], stored: &'a [u8]) -> Option<&'a [u8]> {
    let (check, value) = stored.split_at_checked(CHECK_LEN)?;
    (check == check_of(key, value)).then_some(value)
}

fn check_of(key: &[u8], value: &[u8]) -> [u8; CHECK_LEN] {
    let mut crc = crc32fast::Hasher::new();
    crc.update(key);
    crc.update(value);
    crc.finalize().to_be_bytes()
}

/// Runs sled; an error and a panic are the same to us. What is behind the unwinding is not used again.
fn caught<T>(run: impl FnOnce() -> sled::Result<T>) -> Result<T, IndexError> {
    match catch_unwind(AssertUnwindSafe(run)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(sled::Error::Io(e))) if e.to_string().starts_with("could not acquire lock") => {
            Err(IndexError::Busy)
        }
        Ok(Err(e)) => Err(damaged(e.to_string().trim())),
        Err(panic) => {
            let words = panic.downcast_ref::<String>().map(String::as_str);
            let words = words.or_else(|| panic.downcast_ref::<&str>().copied());
            Err(damaged(words.unwrap_or("it panicked")))
        }
    }
}

fn damaged(what: &str) -> IndexError {
    IndexError::Damaged { what: what.to_owned() }
}
