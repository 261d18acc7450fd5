//! What the desk keeps: a journal, the keys that seal it, and what both say, in memory.
//!
//! Here: opening, and the one way of writing: seal, append and apply under one lock, wait. Not here: rules (`draft`,
//! `request`), the meaning of records (`state`).
//!
//! A crash leaves a record whole, torn or missing. Whoever was answered finds it again; a torn one was nobody's.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use verifier::hash::tagged;
use verifier::origin::Origin;
use zeroize::Zeroizing;

use super::record::{Event, Kind};
use super::show::Shows;
use super::state::State;
use crate::journal::{Io, Journal, Position, RealIo, Record, Settings, Ticket, sync_parent};
use crate::refusal::{Refusal, RefusalCode};
use crate::vault::{FILE, Slot, SlotState, Vault};

/// The folder in the office's.
pub(crate) const DESK: &str = "desk";

/// Journal, keys and memory.
pub(crate) struct Store {
    journal: Journal,
    pub(super) vault: Arc<Vault>,
    state: Mutex<State>,
    shows: Mutex<Shows>,
}

/// Names the office in its desk's journal.
pub(crate) fn desk_id(origin: &Origin) -> [u8; 32] {
    *tagged("xinzheng/desk-id/v1", &[origin.as_str().as_bytes()]).as_bytes()
}

impl Store {
    /// Opens the desk of the office in `office`; makes it where there is none. Tells what a crash left.
    pub(crate) fn open(office: &Path, origin: &Origin, reports: &mut Vec<String>) -> Result<Store, Refusal> {
        let id = desk_id(origin);
        let (store, torn) = Self::open_on(&office.join(DESK), &id, Arc::new(RealIo))?;
        reports.extend(torn);
        Ok(store)
    }

    fn open_on(dir: &Path, office: &[u8; 32], io: Arc<dyn Io>) -> Result<(Store, Option<String>), Refusal> {
        let settings = Settings { io: Arc::clone(&io), ..Settings::new(*office) };
        make(dir, office, &settings)?;
        let vault = Arc::new(Vault::open(dir, office, io)?);
        let mut state = State::default();
        let mut wrong = None;
        let (mut journal, report) = Journal::open(dir, settings, &mut |record| {
            if wrong.is_none() {
                let done = Event::read(record, &vault).and_then(|event| state.apply(event, record.position));
                wrong = done.err().map(|what| format!("record {}: {what}", record.sequence));
            }
        })?;
        if let Some(what) = wrong {
            return Err(Refusal::new(RefusalCode::JournalDamaged).at(DESK).found(what));
        }
        vault.reserve(state.slots());
        let before = Arc::clone(&vault);
        journal.before_write(Box::new(move || before.sync().map_err(std::io::Error::other)));
        // A key whose record says that it is overwritten, and a crash that came between.
        for slot in state.to_erase() {
            if vault.state(slot)? != SlotState::Erased {
                vault.erase(slot)?;
            }
        }
        let torn = report.torn.map(|torn| {
            format!("desk: {} bytes that a crash left behind the last record were set aside", torn.bytes)
        });
        let (state, shows) = (Mutex::new(state), Mutex::new(Shows::default()));
        Ok((Store { journal, vault, state, shows }, torn))
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn shows(&self) -> MutexGuard<'_, Shows> {
        self.shows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Seals what a record holds of anybody.
    pub(super) fn seal(&self, slot: u64, kind: Kind, clear: Vec<u8>) -> Result<Vec<u8>, Refusal> {
        let clear = Zeroizing::new(clear);
        Ok(self.vault.seal(Slot(slot), kind as u8, &clear)?)
    }

    /// Puts a record in line and takes it into memory, so that both have one order. Durable after [`Store::wait`].
    pub(super) fn append(
        &self,
        state: &mut State,
        kind: Kind,
        payload: &[u8],
        event: Event,
    ) -> Result<Ticket, Refusal> {
        let ticket = self.journal.append(kind as u8, payload)?;
        state
            .apply(event, ticket.position())
            .map_err(|what| Refusal::new(RefusalCode::SelfCheckFailed).found(what))?;
        Ok(ticket)
    }

    /// Until the record is on disk.
    pub(super) fn wait(&self, ticket: Ticket) -> Result<(), Refusal> {
        Ok(self.journal.wait(ticket)?)
    }

    /// A record that memory names.
    pub(super) fn read(&self, position: Position) -> Result<Record, Refusal> {
        // It may have been appended a moment ago.
        self.journal.flush()?;
        Ok(self.journal.read(position)?)
    }
}

/// An empty desk, where there is none. First the keys, then the journal: a crash between leaves keys of nothing.
fn make(dir: &Path, office: &[u8; 32], settings: &Settings) -> Result<(), Refusal> {
    let disk = |why: std::io::Error| Refusal::new(RefusalCode::DiskFailed).at(DESK).found(why);
    let begun = dir.is_dir()
        && fs::read_dir(dir).map_err(disk)?.flatten().any(|entry| {
            let name = entry.file_name();
            name.to_string_lossy().starts_with("segment-") && !name.to_string_lossy().ends_with(".tmp")
        });
    if begun {
        return Ok(());
    }
    fs::create_dir_all(dir).map_err(disk)?;
    sync_parent(dir).map_err(disk)?;
    let keys = dir.join(FILE);
    match fs::metadata(&keys) {
        // Keys of something, and no journal that says of what.
        Ok(there) if there.len() > 64 => return Err(Refusal::new(RefusalCode::JournalMissing).at(DESK)),
        Ok(_) => {}
        Err(_) => Vault::create(dir, office, &*settings.io)?,
    }
    Ok(Journal::create(dir, settings)?)
}
