//! The office: the only way to change anything.
//!
//! ```text
//! D/office.json      what the office is            D/trust.xzt     the trust bundle it hands out
//! D/keys/*.pem       its keys, encrypted           D/lock          one process holds an office
//! D/journal/         the truth                     D/index/        a view of it, rebuilt when damaged
//! D/stage            a batch being sealed          D/ledger/       what everybody may read
//! D/people/          accounts, sealed              D/operator-log/ who did what, hash-chained
//! D/register/        templates of commitments, matters
//! D/desk/            drafts, requests, receipts    D/witness/      what it has seen of others' ledgers, if it is a witness
//! D/anchor/          what is under way with targets of anchors    D/lists/     status lists of other offices
//! ```
//!
//! `Office` is shared between threads; nothing in it is asynchronous. Two entry points matter: [`Office::submit`], where a
//! promise is made, and [`Office::seal`], where it becomes permanent. Not here: HTTP (`web`), commands (`cli`), checking
//! certificates (`verifier`).

mod accept;
mod anchors;
mod audit;
mod backup;
mod batches;
pub(crate) mod casework;
mod certificate;
mod chain_key;
mod change;
mod commitment_rows;
mod commitments;
mod compromised;
mod config;
mod copy;
mod cosigned;
mod create;
mod erase;
mod event;
mod evidence;
mod export;
mod holder;
mod key_changes;
mod keyring;
mod keys_in_use;
mod lists;
mod log_head;
mod look_up;
mod many;
mod moment;
mod open;
mod others;
mod pdf;
mod preview;
mod printable;
mod provenance;
pub(crate) mod record;
mod refused;
mod roots;
mod rotate;
mod seal;
pub(crate) mod state;
mod subjects;
#[cfg(test)]
mod tests;
mod trusted;
mod witnessing;
mod workdays;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use verifier::number::CertificateNumber;
use verifier::origin::Origin;
use verifier::time::Time;
use verifier::trust::{OfficeKey, TrustBundle};

pub(crate) use accept::random_digits;
pub use accept::{Accepted, IDEMPOTENCY_KEY_MAX, Submission, SubmissionKind};
pub use anchors::Anchors;
pub use audit::audit;
pub use batches::{BATCHES_AT_A_TIME, BatchView, EntryView, ListView};
pub use casework::{CaseDue, CaseStep, EVIDENCE_MAX, GROUND_MAX};
pub use certificate::{CertificateProof, Issued};
pub use change::{CLAIMS_MAX, Order, Ordered, StatusOrder};
pub(crate) use commitment_rows::OpenedCommitment;
pub use commitments::{COMMITMENTS_AT_A_TIME, Commitments};
pub use config::{NewOffice, SealPolicy};
pub use copy::{Copy, KEEP_MAX, words as copy_words};
pub use cosigned::OwnHead;
pub use create::Created;
pub use event::{EventView, NewEvent, REASON_MAX, Recorded, StatusChange};
pub use evidence::EvidenceTerms;
pub use export::{EXPORT_AT_A_TIME, ExportPart, ExportSum};
pub use holder::CERTIFICATES_OF_MAX;
pub use keys_in_use::{ExternalSigner, KeyNotice, KeyState, KeyView, KeyWarning, key_notices, key_views_of};
pub(crate) use keys_in_use::{PeopleKeys, Spare};
pub use lists::PublishedList;
pub use many::AT_ONCE_MAX;
pub use moment::{Moment, NextList, SaidBy};
pub use open::OpenOptions;
pub use others::OTHERS_MAX;
pub use preview::Preview;
pub use provenance::{Provenance, TableRow, Via};
pub(crate) use record::time as time_of;
pub use roots::{new_root, sign_bundle};
pub use rotate::{Compromise, NewKey, Prepared, Rotated, Rotation};
pub use seal::SealedBatch;
pub use subjects::{Aliases, SUBJECTS_MAX, TOLD_MAX};
pub use trusted::{QuorumEdit, TrustEdit};

use crate::disk::Disk;
use crate::index::{Index, IndexError};
use crate::journal::Journal;
use crate::ledger::Ledger;
use crate::lock::Lock;
use crate::operator_log::OperatorLog;
use crate::people::People;
use crate::refusal::{Refusal, RefusalCode};
use crate::vault::Vault;
use config::Config;
use keyring::Keyring;
use state::State;

/// The office's clock. Time is an argument everywhere below.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Time;
}

/// The computer's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Time {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Time::new(since.as_secs()).unwrap_or(Time::MAX)
    }
}

/// A clock that is never earlier than a given moment: `demo` notarizes documents that may be dated later than now.
#[derive(Clone, Copy, Debug)]
pub struct NotBefore(pub Time);

impl Clock for NotBefore {
    fn now(&self) -> Time {
        SystemClock.now().max(self.0)
    }
}

/// An office that this process holds.
pub struct Office {
    dir: PathBuf,
    config: Config,
    origin: Origin,
    clock: Arc<dyn Clock>,
    people: People,
    operator_log: OperatorLog,
    allow_later: bool,
    trusted: trusted::Trusted,
    keys: Keyring,
    disk: Arc<dyn Disk>,
    ledger: RwLock<Ledger>,
    journal: Journal,
    vault: Arc<Vault>,
    index: Box<dyn Index>,
    indexing: Mutex<()>,
    state: Mutex<State>,
    sealing: Mutex<()>,
    left_over: Mutex<Option<seal::Stage>>,
    publishing: Mutex<()>,
    casework: Mutex<()>,
    cascading: Mutex<()>,
    waiting: Condvar,
    stopped: AtomicBool,
    reports: Vec<String>,
    desk: crate::desk::Store,
    cosigned: Mutex<cosigned::Kept>,
    anchored: Mutex<crate::anchor::Kept>,
    failing: Mutex<crate::anchor::AllFailing>,
    witness: std::sync::OnceLock<crate::witness::Witness>,
    register: crate::commitment::Register,
    _lock: Lock,
}

/// What can be told of an office at a glance.
#[derive(Clone, Debug)]
pub struct Summary {
    /// The ledger's name.
    pub origin: Origin,
    /// The office's name.
    pub name: String,
    /// Entries in the ledger.
    pub size: u64,
    /// Batches sealed.
    pub batches: u64,
    /// Entries that wait for a batch.
    pub pending: u64,
    /// Documents accepted so far.
    pub documents: u64,
    /// Whether the office has stopped after a failure.
    pub stopped: bool,
}

impl Office {
    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The ledger's name.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Host of the URL in QR codes.
    pub fn host(&self) -> &str {
        &self.config.host
    }

    /// When batches close.
    pub fn seal_policy(&self) -> SealPolicy {
        self.config.seal
    }

    /// The trust bundle as it is handed out (`.xzt`).
    pub fn trust_text(&self) -> &str {
        self.trusted.newest().text()
    }

    /// The trust bundle.
    pub fn trust(&self) -> &TrustBundle {
        self.trusted.newest().bundle()
    }

    /// The office's keys as the trust bundle has them.
    pub fn keys_in_trust(&self) -> &[OfficeKey] {
        self.trust().office(&self.origin).map(|office| office.keys.as_slice()).unwrap_or_default()
    }

    /// Accounts, roles and API keys.
    pub fn people(&self) -> &People {
        &self.people
    }

    /// The log of who did or looked at what.
    pub fn operator_log(&self) -> &OperatorLog {
        &self.operator_log
    }

    /// What opening found and did: torn tails set aside, a rebuilt index, a finished batch. For the operator.
    pub fn reports(&self) -> &[String] {
        &self.reports
    }

    /// What the desk keeps; its door is `Office::desk`.
    pub(crate) fn desk_store(&self) -> &crate::desk::Store {
        &self.desk
    }

    /// Now, by the office's clock.
    pub fn now(&self) -> Time {
        self.clock.now()
    }

    /// At a glance.
    pub fn summary(&self) -> Summary {
        let state = self.state();
        Summary {
            origin: self.origin.clone(),
            name: self.config.name.clone(),
            size: state.head.size,
            batches: state.head.batches,
            pending: state.pending.len() as u64,
            documents: state.docs.len() as u64,
            stopped: self.stopped.load(Ordering::SeqCst)
                || self.people.has_failed()
                || self.operator_log.has_failed(),
        }
    }

    /// The index of a certificate's entry, once it is sealed.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`.
    pub fn index_of(&self, number: &CertificateNumber) -> Result<Option<u64>, Refusal> {
        let doc = self.doc_of(number)?;
        Ok(self.state().index_of(doc))
    }

    /// Waits until the certificate is sealed by whoever seals, at most so long; its index, if it is by then.
    ///
    /// # Errors
    /// `CERTIFICATE_UNKNOWN`, `OFFICE_STOPPED`.
    pub fn wait_sealed(&self, number: &CertificateNumber, at_most: Duration) -> Result<Option<u64>, Refusal> {
        let doc = self.doc_of(number)?;
        let index = |state: &State| state.index_of(doc);
        let (state, _) = self
            .waiting
            .wait_timeout_while(self.state(), at_most, |state| {
                index(state).is_none() && !self.stopped.load(Ordering::SeqCst)
            })
            .unwrap_or_else(PoisonError::into_inner);
        let found = index(&state);
        drop(state);
        match found {
            Some(index) => Ok(Some(index)),
            None => self.alive().map(|()| None),
        }
    }

    /// Whether anything waits for a batch.
    pub fn has_pending(&self) -> bool {
        !self.state().pending.is_empty()
    }

    /// Whether as many wait as one batch with QR codes can hold: then it closes without waiting for its time.
    pub fn batch_is_full(&self) -> bool {
        self.state().pending.len() as u64 >= verifier::limits::BATCH_ENTRIES
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn sealing(&self) -> MutexGuard<'_, ()> {
        self.sealing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publishing(&self) -> MutexGuard<'_, ()> {
        self.publishing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ledger(&self) -> RwLockReadGuard<'_, Ledger> {
        self.ledger.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn ledger_mut(&self) -> RwLockWriteGuard<'_, Ledger> {
        self.ledger.write().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the index says. What fails there stops the office: the next start rebuilds it from the journal.
    fn indexed<T>(&self, answer: Result<T, IndexError>) -> Result<T, Refusal> {
        answer.map_err(|error| self.stop(error.into()))
    }

    pub(crate) fn alive(&self) -> Result<(), Refusal> {
        match self.stopped.load(Ordering::SeqCst) {
            true => Err(Refusal::new(RefusalCode::OfficeStopped)),
            false => Ok(()),
        }
    }

    /// After a failure with unknown result nothing more is promised by this process.
    pub(crate) fn stop(&self, why: Refusal) -> Refusal {
        self.stopped.store(true, Ordering::SeqCst);
        self.waiting.notify_all();
        why
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        // Nothing rests on it: it saves the next start some reading.
        let _ = self.index.flush();
    }
}
