//! A witness of other offices' ledgers, C2SP tlog-witness v1 (spec page `witness.md`).
//!
//! ```text
//! D/keys/witness-1f02d0a7.pem    its own key: province.example.gov.cn/ledger/witness
//! D/witness/ledgers              whose ledgers: a vkey a line
//! D/witness/heads/4f1c…          the last head of each, with the time at which it was cosigned
//! D/witness/misbehaviour/….xzf   proofs that one of them was forked
//! ```
//!
//! A witness signs a ledger's head only if that extends the last one it signed, and remembers it first. So no two heads
//! that it signed contradict each other, whatever crashes:
//!
//! ```text
//! read → known origin? → signed by its key? → extends the last head? → remember, fsync → sign → answer
//!                                                                      ── the commit point ──
//! ```
//!
//! The signature is made after the head is on disk. Ed25519 is deterministic and the time is remembered, too, so the same
//! signature can be made again; one of a head that is not on disk never exists. Not here: HTTP (`web`), the office's own
//! ledger, which others witness.

mod answer;
mod evidence;
mod head;
mod ledgers;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use verifier::hash::{self, Hash};
use verifier::key::VerifierKey;
use verifier::merkle;
use verifier::misbehaviour::Misbehaviour;
use verifier::note::SignatureLine;
use verifier::origin::Origin;
use verifier::time::Time;
use verifier::witnessing::{AddCheckpoint, Seen};

pub use answer::{Refused, RefusedKind};
pub use evidence::{Evidence, contradiction};
pub use ledgers::{KEYS_MAX, WatchedLedger};

use crate::disk::Disk;
use crate::keys::Signer;
use crate::office::Clock;
use crate::refusal::{Refusal, RefusalCode};
use head::Head;
use ledgers::Watched;

/// The folder below the office's.
const FOLDER: &str = "witness";

/// The witness of this instance.
pub struct Witness {
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    signer: Arc<dyn Signer>,
    /// The instance's own ledger, which it can't witness.
    own: Origin,
    ledgers: RwLock<Vec<Arc<Watched>>>,
    /// Changes of the list, one at a time.
    changing: Mutex<()>,
    evidence: Mutex<Vec<Evidence>>,
    stopped: AtomicBool,
}

impl Witness {
    /// The witness with this key, as its folder has it.
    ///
    /// # Errors
    /// `WITNESS_DAMAGED` where the list of ledgers can't be read. A head that can't be read stops the witnessing of that
    /// ledger only.
    pub fn open(
        disk: Arc<dyn Disk>,
        clock: Arc<dyn Clock>,
        signer: Arc<dyn Signer>,
        own: Origin,
    ) -> Result<Witness, Refusal> {
        let keys = ledgers::read(&*disk)?;
        let watched = ledgers::grouped(keys)
            .into_iter()
            .map(|(origin, keys)| Watched::open(&*disk, &*signer, origin, keys).map(Arc::new));
        let watched = watched.collect::<Result<Vec<_>, _>>()?;
        let evidence = evidence::list(&*disk)?;
        Ok(Witness {
            disk,
            clock,
            signer,
            own,
            ledgers: RwLock::new(watched),
            changing: Mutex::default(),
            evidence: Mutex::new(evidence),
            stopped: AtomicBool::new(false),
        })
    }

    /// Its key, with its name.
    pub fn key(&self) -> &VerifierKey {
        self.signer.key()
    }

    /// Takes ledgers in by their keys. A key's name is the name of its ledger; several of one name may all sign it.
    /// Those that are there already stay.
    ///
    /// # Errors
    /// `WITNESS_OWN_LEDGER`, `WITNESS_KEY_KIND`, `WITNESS_LEDGERS_MANY`, what the disk says.
    pub fn add(&self, keys: &[VerifierKey]) -> Result<(), Refusal> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = ledgers::read(&*self.disk)?;
        for key in keys {
            ledgers::check(key, &self.own)?;
            if !all.contains(key) {
                all.push(key.clone());
            }
        }
        self.changed(all)
    }

    /// Leaves a ledger with all its keys. What was seen of it stays on disk: taken in again, it goes on from there.
    ///
    /// # Errors
    /// `WITNESS_LEDGER_UNKNOWN`, what the disk says.
    pub fn remove(&self, origin: &str) -> Result<(), Refusal> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = ledgers::read(&*self.disk)?;
        let before = all.len();
        all.retain(|key| key.name().as_str() != origin);
        if all.len() == before {
            return Err(Refusal::new(RefusalCode::WitnessLedgerUnknown).found(origin));
        }
        self.changed(all)
    }

    /// The ledgers, by name.
    pub fn ledgers(&self) -> Vec<WatchedLedger> {
        self.watched().iter().map(|watched| watched.view()).collect()
    }

    /// Proofs that a ledger was forked, the newest last.
    pub fn evidence(&self) -> Vec<Evidence> {
        self.evidence.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Answers `add-checkpoint`: the signature lines of a 200, or why not. Durable before it returns.
    ///
    /// # Errors
    /// [`Refused`], with the status that tlog-witness says.
    pub fn add_checkpoint(&self, body: &[u8]) -> Result<Vec<SignatureLine>, Refused> {
        let request = AddCheckpoint::parse(body).map_err(Refused::Malformed)?;
        let watched = self.of_origin(request.head().origin()).ok_or(Refused::OriginUnknown)?;
        let answer = self.answer(&watched, &request);
        watched.count(&answer);
        answer.map(|line| vec![line])
    }

    /// The last head of the ledger whose name has this SHA-256, in lower-case hexadecimal: signed by the ledger and by this
    /// witness. `None` where there is none.
    pub fn checkpoint(&self, origin_hash: &str) -> Option<String> {
        let watched = self.watched();
        let watched = watched.iter().find(|watched| origin_name(&watched.origin) == origin_hash)?;
        watched.head().as_ref().ok()?.as_ref().and_then(Head::cosigned)
    }

    fn answer(&self, watched: &Watched, request: &AddCheckpoint) -> Result<SignatureLine, Refused> {
        let new = request.head();
        let signed = watched.signed(new)?;
        // One request for a ledger at a time: what is compared here is what is replaced below.
        let mut known = watched.head();
        let old = known.as_ref().map_err(|why| Refused::Failed(why.clone()))?.clone();
        if let Some(old) = &old {
            self.compare(&old.seen, new, request);
        }
        if request.old() > new.size() {
            return Err(Refused::OldBeyond);
        }
        let size = old.as_ref().map_or(0, |old| old.seen.size());
        if request.old() != size {
            return Err(Refused::Conflict { size });
        }
        let root = old.as_ref().map_or(hash::empty_root(), |old| *old.seen.root());
        merkle::verify_consistency(size, &root, new.size(), new.root(), request.proof()).map_err(
            |error| match size == new.size() && root != *new.root() {
                true => Refused::OtherRoot,
                false => Refused::ProofBad(error),
            },
        )?;
        if self.stopped.load(Ordering::SeqCst) {
            return Err(Refused::Failed(Refusal::new(RefusalCode::OfficeStopped)));
        }
        let head = Head::new(new, signed, self.clock.now()).map_err(Refused::Failed)?;
        // The commit point. A crash before: the old head is there and nothing was signed. After: the new one, and the
        // ledger that asks again is told its size.
        let remembered = self.disk.replace(&head::path(&watched.origin), &head.encode());
        if let Err(error) = remembered {
            // What is on disk may be either of the two. Nothing is signed any more: the next start reads which.
            self.stopped.store(error.is_fatal() || self.stopped.load(Ordering::SeqCst), Ordering::SeqCst);
            return Err(Refused::Failed(error.into()));
        }
        // From here on it is remembered; it has to be so in memory, too, before anything can fail.
        let head =
            known.as_mut().map(|known| known.insert(head)).map_err(|why| Refused::Failed(why.clone()))?;
        head.sign(&*self.signer).map_err(Refused::Failed)
    }

    /// Keeps the proof where two signed heads contradict each other, whatever the request is answered with.
    fn compare(&self, old: &Seen, new: &Seen, request: &AddCheckpoint) {
        let found = if old.size() == new.size() && old.root() != new.root() {
            Misbehaviour::of_one_size(old.note().clone(), new.note().clone()).ok()
        } else if request.old() == old.size() {
            evidence::by_proof(old, new, request.proof())
        } else {
            None
        };
        let Some(found) = found.filter(Misbehaviour::contradicts) else { return };
        let mut all = self.evidence.lock().unwrap_or_else(PoisonError::into_inner);
        // What can't be kept is still refused; it was not cosigned, and the ledger would show it again.
        if let Ok(Some(kept)) = evidence::keep(&*self.disk, &all, &found, self.clock.now()) {
            all.push(kept);
        }
    }

    fn changed(&self, mut all: Vec<VerifierKey>) -> Result<(), Refusal> {
        all.sort_by_key(VerifierKey::encode);
        ledgers::write(&*self.disk, &all)?;
        let before = self.watched();
        let mut after = Vec::new();
        for (origin, keys) in ledgers::grouped(all) {
            after.push(match before.iter().find(|watched| watched.origin == origin) {
                // The same ledger keeps its head, and the lock on it.
                Some(same) => {
                    same.set_keys(keys);
                    Arc::clone(same)
                }
                None => Arc::new(Watched::open(&*self.disk, &*self.signer, origin, keys)?),
            });
        }
        *self.ledgers.write().unwrap_or_else(PoisonError::into_inner) = after;
        Ok(())
    }

    fn watched(&self) -> Vec<Arc<Watched>> {
        self.ledgers.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn of_origin(&self, origin: &str) -> Option<Arc<Watched>> {
        let ledgers = self.ledgers.read().unwrap_or_else(PoisonError::into_inner);
        ledgers.iter().find(|watched| watched.origin == origin).map(Arc::clone)
    }
}

/// The SHA-256 of a ledger's name in lower-case hexadecimal: in the addresses of tlog-witness, and in file names.
pub fn origin_name(origin: &str) -> String {
    hex(&hash::sha256(&[origin.as_bytes()]))
}

fn hex(hash: &Hash) -> String {
    verifier::row::hex(hash)
}

/// Whether a time that a witness gave can be: neither before the head was made nor later than now, by clocks that may
/// differ a little.
pub fn time_is_plausible(given: Time, made: Time, now: Time) -> bool {
    let tolerance = verifier::limits::CLOCK_TOLERANCE;
    made <= given.saturating_add(tolerance) && given <= now.saturating_add(tolerance)
}
