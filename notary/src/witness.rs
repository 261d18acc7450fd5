//! A witness of other offices' ledgers, C2SP tlog-witness v1 (spec page `witness.md`).
//!
//! ```text
//! D/keys/witness-1f02d0a7.pem    its own key: province.example.gov.cn/ledger/witness
//! D/witness/ledgers              whose ledgers: a vkey a line
//! D/witness/heads/4f1c…          the last head of each, with the time at which it was cosigned
//! D/witness/misbehaviour/….xzf   proofs that one of them was forked
//! D/witness/asleep               after a restore: it cosigns nothing of which it was not told what it cosigned last
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
mod asleep;
mod evidence;
mod head;
mod ledgers;
#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use verifier::hash::{self, Hash};
use verifier::key::VerifierKey;
use verifier::merkle;
use verifier::misbehaviour::Misbehaviour;
use verifier::note::SignatureLine;
use verifier::origin::Origin;
use verifier::time::Time;
use verifier::trust::{KeyUse, TrustBundle};
use verifier::witnessing::{AddCheckpoint, Seen};

pub use answer::{Refused, RefusedKind};
pub use asleep::{WAKE_HEADS_MAX, Waking};
pub use evidence::{Evidence, contradiction};
pub use ledgers::{KEYS_MAX, WatchedLedger};

use crate::disk::Disk;
use crate::keys::Signer;
use crate::office::Clock;
use crate::refusal::{Refusal, RefusalCode};
use asleep::Asleep;
use head::Head;
use ledgers::Watched;

/// The folder below the office's.
const FOLDER: &str = "witness";

/// The witness of this instance.
pub struct Witness {
    disk: Arc<dyn Disk>,
    clock: Arc<dyn Clock>,
    signer: Arc<dyn Signer>,
    /// Its other keys, in an overlap: each cosigns what the first does.
    others: RwLock<Vec<Arc<dyn Signer>>>,
    /// The instance's own ledger, which it can't witness.
    own: Origin,
    ledgers: RwLock<Vec<Arc<Watched>>>,
    /// Changes of the list, one at a time.
    changing: Mutex<()>,
    evidence: Mutex<Vec<Evidence>>,
    /// There after a restore.
    asleep: Mutex<Option<Asleep>>,
    stopped: AtomicBool,
}

impl Witness {
    /// The witness with this key, as its folder has it.
    ///
    /// # Errors
    /// `WITNESS_DAMAGED` where the list of ledgers, or what was said after a restore, can't be read. A head that can't be read stops the witnessing of that
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
            .map(|(origin, keys)| Watched::open(&*disk, &[Arc::clone(&signer)], origin, keys).map(Arc::new));
        let watched = watched.collect::<Result<Vec<_>, _>>()?;
        let evidence = evidence::list(&*disk)?;
        let asleep = Asleep::read(&*disk)?;
        Ok(Witness {
            disk,
            clock,
            signer,
            others: RwLock::default(),
            own,
            ledgers: RwLock::new(watched),
            changing: Mutex::default(),
            evidence: Mutex::new(evidence),
            asleep: Mutex::new(asleep),
            stopped: AtomicBool::new(false),
        })
    }

    /// Its key, with its name; in an overlap the first of them.
    pub fn key(&self) -> &VerifierKey {
        self.signer.key()
    }

    /// All its keys. Each cosigns every head, so that whoever knows one of them has what is asked for.
    pub fn keys(&self) -> Vec<VerifierKey> {
        self.signers().iter().map(|signer| signer.key().clone()).collect()
    }

    /// One more key that cosigns from now on. What was remembered counts for it, too.
    pub(crate) fn also(&self, signer: Arc<dyn Signer>) {
        self.others.write().unwrap_or_else(PoisonError::into_inner).push(signer);
        for watched in self.watched() {
            if let Ok(Some(head)) = watched.head().as_mut() {
                // One that can't sign now does so when the next head comes.
                let _ = head.sign(&self.signers());
            }
        }
    }

    fn signers(&self) -> Vec<Arc<dyn Signer>> {
        let others = self.others.read().unwrap_or_else(PoisonError::into_inner);
        std::iter::once(&self.signer).chain(others.iter()).cloned().collect()
    }

    /// Takes ledgers in by their keys. A key's name is the name of its ledger; several of one name may all sign it.
    /// Those that are there already stay.
    ///
    /// # Errors
    /// `WITNESS_OWN_LEDGER`, `WITNESS_KEY_KIND`, `WITNESS_LEDGERS_MANY`, what the disk says.
    pub fn add(&self, keys: &[VerifierKey]) -> Result<(), Refusal> {
        let _one = self.changing();
        let mut all = ledgers::read(&*self.disk)?;
        for key in keys {
            ledgers::check(key, &self.own)?;
            if !all.contains(key) {
                all.push(key.clone());
            }
        }
        self.changed(all)
    }

    /// Takes over the ledger keys that a trust bundle has for the ledgers that are witnessed: new ones count from now on, as
    /// well as the old; compromised ones no more. The caller knows the bundle's root. Whether anything was changed.
    ///
    /// # Errors
    /// `WITNESS_LEDGERS_MANY`, what the disk says.
    pub fn learn(&self, trust: &TrustBundle) -> Result<bool, Refusal> {
        let _one = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let before = ledgers::read(&*self.disk)?;
        let mut all = Vec::new();
        for (origin, known) in ledgers::grouped(before.clone()) {
            let office = trust.offices().iter().find(|office| office.origin.as_str() == origin);
            let told: Vec<_> = office.iter().flat_map(|office| office.keys_for(KeyUse::Ledger)).collect();
            let bad = |key: &&VerifierKey| told.iter().any(|t| t.key == **key && t.compromised.is_some());
            let new = told.iter().map(|told| &told.key).filter(|key| !known.contains(key));
            let keys: Vec<_> = known.iter().chain(new).filter(|key| !bad(key)).cloned().collect();
            // A ledger none of whose keys is good any more stays as it is: leaving it is for a person to decide.
            all.extend(if keys.is_empty() { known } else { keys });
        }
        all.sort_by_key(VerifierKey::encode);
        match all == before {
            true => Ok(false),
            false => self.changed(all).map(|()| true),
        }
    }

    /// Leaves a ledger with all its keys. What was seen of it stays on disk: taken in again, it goes on from there.
    ///
    /// # Errors
    /// `WITNESS_LEDGER_UNKNOWN`, what the disk says.
    pub fn remove(&self, origin: &str) -> Result<(), Refusal> {
        let _one = self.changing();
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
        let asleep = self.asleep().clone();
        let sleeps = |origin: &str| asleep.as_ref().is_some_and(|asleep| asleep.is_asleep(origin));
        self.watched().iter().map(|watched| watched.view(sleeps(&watched.origin))).collect()
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
        answer
    }

    /// The last head of the ledger whose name has this SHA-256, in lower-case hexadecimal: signed by the ledger and by this
    /// witness. `None` where there is none, and where it may not be the last one: after a restore.
    pub fn checkpoint(&self, origin_hash: &str) -> Option<String> {
        let watched = self.watched();
        let watched = watched.iter().find(|watched| origin_name(&watched.origin) == origin_hash)?;
        if self.is_asleep(&watched.origin) {
            return None;
        }
        watched.head().as_ref().ok()?.as_ref().and_then(Head::cosigned)
    }

    fn answer(&self, watched: &Watched, request: &AddCheckpoint) -> Result<Vec<SignatureLine>, Refused> {
        let new = request.head();
        let signed = watched.signed(new)?;
        // One request for a ledger at a time: what is compared here is what is replaced below.
        let mut known = watched.head();
        let old = known.as_ref().map_err(|why| Refused::Failed(why.clone()))?.clone();
        if let Some(old) = &old {
            self.compare(&old.seen, new, request);
        }
        // What it has cosigned since the backup it does not know: neither a size nor a signature is given.
        if self.is_asleep(&watched.origin) {
            return Err(Refused::Asleep);
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
        head.sign(&self.signers()).map_err(Refused::Failed)
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
        if let Some(found) = found {
            self.keep(&found);
        }
    }

    fn keep(&self, found: &Misbehaviour) {
        if !found.contradicts() {
            return;
        }
        let mut all = self.evidence.lock().unwrap_or_else(PoisonError::into_inner);
        // What can't be kept is still refused; it was not cosigned, and the ledger would show it again.
        if let Ok(Some(kept)) = evidence::keep(&*self.disk, &all, found, self.clock.now()) {
            all.push(kept);
        }
    }

    fn is_asleep(&self, origin: &str) -> bool {
        self.asleep().as_ref().is_some_and(|asleep| asleep.is_asleep(origin))
    }

    fn asleep(&self) -> MutexGuard<'_, Option<Asleep>> {
        self.asleep.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn changing(&self) -> MutexGuard<'_, ()> {
        self.changing.lock().unwrap_or_else(PoisonError::into_inner)
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
                None => Arc::new(Watched::open(&*self.disk, &self.signers(), origin, keys)?),
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

/// The file that makes a witness sleep after a restore from a backup of this time: its path below the office's folder, and
/// its bytes.
pub(crate) fn put_to_sleep(made: u64) -> (String, Vec<u8>) {
    (asleep::path(), Asleep::since(made).encode())
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
