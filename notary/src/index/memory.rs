//! An index in memory, for tests of what stands on one.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::{Change, Index, IndexError, Row, SCAN_MAX, check};

/// A map that forgets everything when dropped, and can be told to fail.
#[derive(Default)]
pub struct MemoryIndex {
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    rows: BTreeMap<Vec<u8>, Vec<u8>>,
    upto: u64,
    damaged: bool,
}

impl MemoryIndex {
    /// An empty one.
    pub fn new() -> MemoryIndex {
        MemoryIndex::default()
    }

    /// From now on every call fails, as a damaged index does.
    pub fn damage(&self) {
        self.lock().damaged = true;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sound(&self) -> Result<MutexGuard<'_, State>, IndexError> {
        let state = self.lock();
        if state.damaged { Err(IndexError::Damaged { what: "as a test wants it".into() }) } else { Ok(state) }
    }
}

impl Index for MemoryIndex {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, IndexError> {
        Ok(self.sound()?.rows.get(key).cloned())
    }

    fn scan_prefix(&self, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> Result<Vec<Row>, IndexError> {
        let from = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let state = self.sound()?;
        let rows = state.rows.range::<[u8], _>((from, Bound::Unbounded));
        let rows = rows.take_while(|(key, _)| key.starts_with(prefix)).take(limit.min(SCAN_MAX));
        Ok(rows.map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    fn apply(&self, changes: Vec<Change>, upto: u64) -> Result<(), IndexError> {
        let mut state = self.sound()?;
        check(&changes, state.upto, upto)?;
        for (key, value) in changes {
            match value {
                Some(value) => state.rows.insert(key, value),
                None => state.rows.remove(&key),
            };
        }
        state.upto = upto;
        Ok(())
    }

    fn upto(&self) -> u64 {
        self.lock().upto
    }

    fn flush(&self) -> Result<(), IndexError> {
        self.sound().map(|_| ())
    }
}
