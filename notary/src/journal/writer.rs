//! Appending: records are put in line at once, and written and flushed in groups.
//!
//! There is no thread of our own. The first that waits while nobody writes becomes the leader: it takes all that is in
//! line, writes and flushes it without holding the lock, and wakes the others. Whoever came meanwhile is in the next
//! group. So hundreds of writers share one flush, and a single writer waits for no one.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::error::JournalError;
use super::io::Io;
use super::record::{Head, OVERHEAD, PAYLOAD_MAX, Position, encode};
use super::segment::{self, HEADER_LEN};
use super::{BeforeWrite, OpenReport, Settings};

/// Bytes in line at which whoever appends has to write first.
const IN_LINE_MAX: usize = 128 << 20;

/// A record's place in the journal; see [`super::Journal::wait`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    sequence: u64,
    position: Position,
}

impl Ticket {
    /// The record's sequence.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Where it is, for `Journal::read`.
    pub fn position(&self) -> Position {
        self.position
    }
}

pub(super) struct Writer {
    dir: PathBuf,
    office: [u8; 32],
    segment_bytes: u64,
    io: Arc<dyn Io>,
    pub hook: Option<BeforeWrite>,
    state: Mutex<State>,
    woken: Condvar,
    /// The leader's alone.
    file: Mutex<File>,
}

struct State {
    /// The next record's sequence, its place and the check before it.
    next: u64,
    place: Position,
    chain: u32,
    /// What is in line, and the sequence of its first record.
    line: Vec<Piece>,
    line_bytes: usize,
    group: u64,
    /// The last durable sequence, and where the next record begins.
    durable: (u64, Position),
    /// Somebody is writing.
    leading: bool,
    failed: Option<String>,
}

/// Bytes for one segment. At offset 0 it begins the segment, header included.
struct Piece {
    segment: u64,
    offset: u64,
    bytes: Vec<u8>,
}

impl Writer {
    pub fn new(dir: &Path, settings: &Settings, file: File, report: &OpenReport) -> Writer {
        let place =
            Position { segment: report.segment, offset: u32::try_from(report.end).unwrap_or(u32::MAX) };
        let state = State {
            next: report.last + 1,
            place,
            chain: report.chain,
            line: Vec::new(),
            line_bytes: 0,
            group: report.last + 1,
            durable: (report.last, place),
            leading: false,
            failed: None,
        };
        Writer {
            dir: dir.to_owned(),
            office: settings.office,
            segment_bytes: u64::from(settings.segment_bytes),
            io: Arc::clone(&settings.io),
            hook: None,
            state: Mutex::new(state),
            woken: Condvar::new(),
            file: Mutex::new(file),
        }
    }

    pub fn append(&self, kind: u8, payload: &[u8]) -> Result<Ticket, JournalError> {
        if kind == 0 {
            return Err(JournalError::Kind);
        }
        if payload.len() > PAYLOAD_MAX {
            return Err(JournalError::TooLarge { bytes: payload.len() });
        }
        let mut state = self.lock();
        while state.line_bytes > 0 && state.line_bytes + payload.len() > IN_LINE_MAX {
            let last = state.next - 1;
            drop(state);
            self.wait(last)?;
            state = self.lock();
        }
        usable(&state)?;
        Ok(self.put(&mut state, kind, payload))
    }

    pub fn wait(&self, sequence: u64) -> Result<(), JournalError> {
        let mut state = self.lock();
        loop {
            if state.durable.0 >= sequence {
                return Ok(());
            }
            usable(&state)?;
            if state.leading {
                state = self.woken.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            if state.line.is_empty() {
                // A ticket of another journal: nothing that is to come is its record.
                return Err(JournalError::Position { position: state.place });
            }
            self.lead(state);
            state = self.lock();
        }
    }

    pub fn flush(&self) -> Result<(), JournalError> {
        let last = {
            let state = self.lock();
            usable(&state)?;
            state.next - 1
        };
        self.wait(last)
    }

    /// The durable end, even after a failure.
    pub fn durable(&self) -> (u64, Position) {
        self.lock().durable
    }

    /// The durable end, of a journal that has not failed.
    pub fn check(&self) -> Result<(u64, Position), JournalError> {
        let state = self.lock();
        usable(&state)?;
        Ok(state.durable)
    }

    /// Puts a record in line, in a new segment where the current one is full.
    fn put(&self, state: &mut State, kind: u8, payload: &[u8]) -> Ticket {
        let length = OVERHEAD + payload.len();
        if state.line.is_empty() {
            state.group = state.next;
        }
        let used = u64::from(state.place.offset);
        if used > HEADER_LEN as u64 && used + length as u64 > self.segment_bytes {
            let (header, check) = segment::header(&self.office, state.next, state.chain);
            state.line.push(Piece { segment: state.next, offset: 0, bytes: header.to_vec() });
            state.place = Position { segment: state.next, offset: HEADER_LEN as u32 };
            state.chain = check;
        } else if state.line.is_empty() {
            state.line.push(Piece { segment: state.place.segment, offset: used, bytes: Vec::new() });
        }

        // `back` fits: the line's bytes are limited, and a record takes some.
        let back = u32::try_from(state.next - state.group).unwrap_or(u32::MAX);
        let head = Head { length: payload.len() as u32, back, kind, sequence: state.next };
        let ticket = Ticket { sequence: state.next, position: state.place };
        if let Some(piece) = state.line.last_mut() {
            state.chain = encode(&mut piece.bytes, state.chain, head, payload);
        }
        state.line_bytes += length;
        state.next += 1;
        state.place.offset += length as u32;
        ticket
    }

    /// Writes all that is in line. A crash in here leaves part of a group that nobody was told of.
    fn lead(&self, mut state: MutexGuard<'_, State>) {
        let line = std::mem::take(&mut state.line);
        let reached = (state.next - 1, state.place);
        state.line_bytes = 0;
        state.leading = true;
        drop(state);

        // A panic in the hook must not leave the others waiting.
        let mut outcome = Outcome { writer: self, reached, done: Err("writing was broken off".into()) };
        outcome.done = self.write(&line).map_err(|e| e.to_string());
    }

    fn write(&self, line: &[Piece]) -> io::Result<()> {
        if let Some(hook) = &self.hook {
            hook()?;
        }
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut written = false;
        for piece in line {
            if piece.offset == 0 {
                // A new segment appears only when all before it is on disk, and then whole.
                if written {
                    self.io.sync(&file)?;
                }
                *file = self.io.create(&segment::path(&self.dir, piece.segment), &piece.bytes)?;
                written = false;
            } else {
                self.io.write(&file, piece.offset, &piece.bytes)?;
                written = true;
            }
        }
        if written {
            self.io.sync(&file)?;
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Tells the others how it ended, whatever happens to the leader.
struct Outcome<'a> {
    writer: &'a Writer,
    reached: (u64, Position),
    done: Result<(), String>,
}

impl Drop for Outcome<'_> {
    fn drop(&mut self) {
        let mut state = self.writer.lock();
        state.leading = false;
        match std::mem::replace(&mut self.done, Ok(())) {
            Ok(()) => state.durable = self.reached,
            Err(why) => state.failed = Some(why),
        }
        drop(state);
        self.writer.woken.notify_all();
    }
}

fn usable(state: &State) -> Result<(), JournalError> {
    match &state.failed {
        None => Ok(()),
        Some(why) => Err(JournalError::Failed { why: why.clone() }),
    }
}
