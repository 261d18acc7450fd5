//! Reading ahead: while one file is looked at, threads fetch those that come next.
//!
//! ```text
//! tile/entries/x001/234, then 235   →   236 … 243 are on their way        batch/007, then 008   →   009 … 016
//! ```
//!
//! Only after two numbers in a row, so that a search through batches fetches nothing in vain. What was fetched is given
//! out once. At most [`KEPT`] files are kept, whatever the ledger's size; what went wrong ahead is simply not there, and
//! is read again by whoever needs it. Not here: how a file is read.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use verifier::limits::{ANCHOR_BYTES, BATCH_FILE_BYTES, NOTE_BYTES};
use verifier::tile::{TileLevel, TilePath, grouped, parse_grouped};

use super::Get;

/// Threads that fetch.
const THREADS: usize = 4;
/// How many files of a kind are fetched ahead.
const DEPTH: u64 = 8;
/// Files kept or on their way.
const KEPT: usize = 64;
/// Bytes of a full tile of hashes, and of a full bundle.
const TILE_BYTES: usize = 256 * 32;
const BUNDLE_BYTES: usize = 256 * 34;

/// Something that is read in the order of its numbers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Row {
    Entries,
    Leaves,
    Batches,
    Cosigned,
    Anchors,
}

impl Row {
    fn of(path: &str) -> Option<(Row, u64)> {
        for row in [Row::Batches, Row::Cosigned, Row::Anchors] {
            if let Some(number) = path.strip_prefix(row.folder()) {
                return parse_grouped(number).ok().map(|number| (row, number));
            }
        }
        let tile = TilePath::parse(path).ok().filter(|tile| !tile.is_partial())?;
        match tile.level() {
            TileLevel::Entries => Some((Row::Entries, tile.number())),
            TileLevel::Hashes(0) => Some((Row::Leaves, tile.number())),
            TileLevel::Hashes(_) => None,
        }
    }

    fn folder(self) -> &'static str {
        match self {
            Row::Entries => "tile/entries/",
            Row::Leaves => "tile/0/",
            Row::Batches => "batch/",
            Row::Cosigned => "cosigned/",
            Row::Anchors => "anchors/",
        }
    }

    fn path(self, number: u64) -> String {
        format!("{}{}", self.folder(), grouped(number))
    }

    fn limit(self) -> usize {
        match self {
            Row::Entries => BUNDLE_BYTES,
            Row::Leaves => TILE_BYTES,
            Row::Batches => BATCH_FILE_BYTES,
            Row::Cosigned => NOTE_BYTES,
            Row::Anchors => ANCHOR_BYTES + 1,
        }
    }
}

/// A file that was asked for ahead.
enum Slot {
    /// Nobody fetches it yet, or somebody does.
    Coming,
    /// It is here; `None` if it could not be had.
    Here(Option<Vec<u8>>),
}

#[derive(Default)]
struct State {
    wanted: VecDeque<(Row, u64)>,
    slots: BTreeMap<(Row, u64), Slot>,
    last: BTreeMap<Row, u64>,
    closed: bool,
}

/// The threads that read ahead, and what they brought.
pub(super) struct Ahead {
    shared: Arc<(Mutex<State>, Condvar)>,
}

impl Ahead {
    pub(super) fn new(get: Arc<Get>) -> Ahead {
        let shared = Arc::new((Mutex::new(State::default()), Condvar::new()));
        for _ in 0..THREADS {
            let (shared, get) = (Arc::clone(&shared), Arc::clone(&get));
            thread::spawn(move || work(&shared, &get));
        }
        Ahead { shared }
    }

    /// The file if it was fetched ahead, waiting for it where it is on its way; and fetches on from there.
    pub(super) fn take(&self, path: &str, limit: usize) -> Option<Vec<u8>> {
        let (row, number) = Row::of(path)?;
        let (_, changed) = &*self.shared;
        let mut state = self.state();
        let in_order = state.last.insert(row, number).is_some_and(|last| last.checked_add(1) == Some(number));
        if in_order {
            self.fetch_on(&mut state, row, number);
        }
        while matches!(state.slots.get(&(row, number)), Some(Slot::Coming)) && !state.closed {
            state = changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        match state.slots.remove(&(row, number)) {
            Some(Slot::Here(bytes)) => bytes.filter(|bytes| bytes.len() <= limit),
            _ => None,
        }
    }

    /// Drops what was fetched ahead. What is on its way is dropped when it comes.
    pub(super) fn forget(&self) {
        let mut state = self.state();
        state.wanted.clear();
        state.slots.clear();
        state.last.clear();
    }

    fn fetch_on(&self, state: &mut State, row: Row, number: u64) {
        // What lies behind was passed by and is of no more use.
        state.slots.retain(|(kind, at), slot| *kind != row || *at >= number || matches!(slot, Slot::Coming));
        for next in number.saturating_add(1)..=number.saturating_add(DEPTH) {
            if state.slots.len() >= KEPT {
                break;
            }
            if let std::collections::btree_map::Entry::Vacant(free) = state.slots.entry((row, next)) {
                free.insert(Slot::Coming);
                state.wanted.push_back((row, next));
            }
        }
        self.shared.1.notify_all();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.shared.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.state().closed = true;
        self.shared.1.notify_all();
    }
}

/// One thread: it ends with the source, after the request that it is in.
fn work(shared: &(Mutex<State>, Condvar), get: &Get) {
    let (state, changed) = shared;
    let lock = || state.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        let mut state = lock();
        let (row, number) = loop {
            if state.closed {
                return;
            }
            match state.wanted.pop_front() {
                Some(wanted) => break wanted,
                None => state = changed.wait(state).unwrap_or_else(PoisonError::into_inner),
            }
        };
        drop(state);
        // One try only: whoever needs it tries again, with pauses.
        let found = match get.once(&row.path(number), row.limit()) {
            Ok((found, None)) => found,
            _ => None,
        };
        // Nobody waits for what was forgotten meanwhile.
        if let Some(slot) = lock().slots.get_mut(&(row, number)) {
            *slot = Slot::Here(found);
        }
        changed.notify_all();
    }
}
