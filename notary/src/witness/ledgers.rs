//! Which ledgers are witnessed: file `witness/ledgers`, a vkey a line, and each ledger with its last head.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use verifier::key::{KeyKind, VerifierKey};
use verifier::note::SignatureLine;
use verifier::origin::Origin;
use verifier::time::Time;
use verifier::witnessing::Seen;

use super::head::{self, HEAD_MAX, Head};
use super::{FOLDER, Refused, RefusedKind};
use crate::disk::Disk;
use crate::keys::Signer;
use crate::refusal::{Refusal, RefusalCode};

/// Keys of ledgers that one witness knows.
pub const KEYS_MAX: usize = 1_024;
/// Bytes of the list.
const LIST_MAX: usize = KEYS_MAX * 200;

/// A ledger that is witnessed, as a page shows it.
#[derive(Clone, Debug)]
pub struct WatchedLedger {
    /// Its name.
    pub origin: String,
    /// Keys that may sign its heads.
    pub keys: Vec<VerifierKey>,
    /// The last head that was cosigned, and when.
    pub head: Option<(u64, Time)>,
    /// Whether the file of that head can't be read: then nothing is cosigned.
    pub damaged: bool,
    /// Whether the witness was restored, and not told yet what it cosigned of this ledger last: then nothing is cosigned.
    pub asleep: bool,
    /// Heads cosigned since the start.
    pub cosigned: u64,
    /// Refusals since the start, by kind, those that there were.
    pub refused: Vec<(RefusedKind, u64)>,
}

/// A ledger and its last head.
pub(super) struct Watched {
    pub(super) origin: String,
    keys: Mutex<Vec<VerifierKey>>,
    /// Held from the comparison with the last head until the new one is remembered. An error where its file is damaged.
    head: Mutex<Result<Option<Head>, Refusal>>,
    cosigned: AtomicU64,
    refused: [AtomicU64; RefusedKind::ALL.len()],
}

impl Watched {
    /// The ledger of this name as the disk has it.
    pub(super) fn open(
        disk: &dyn Disk,
        signers: &[Arc<dyn Signer>],
        origin: String,
        keys: Vec<VerifierKey>,
    ) -> Result<Watched, Refusal> {
        let path = head::path(&origin);
        let damaged = || Refusal::new(RefusalCode::WitnessDamaged).at(path.as_str());
        let head = match disk.read(&path, HEAD_MAX) {
            Ok(None) => Ok(None),
            Ok(Some(bytes)) => Head::parse(&bytes, &origin).map(Some).ok_or_else(damaged),
            Err(error) => Err(error.into()),
        };
        let head = match head {
            // A program that is away signs it when it is asked for: the head is what counts.
            Ok(Some(mut head)) => match head.sign(signers) {
                Err(refusal) if !refusal.awaits_signer() => Err(refusal),
                _ => Ok(Some(head)),
            },
            other => other,
        };
        Ok(Watched {
            origin,
            keys: Mutex::new(keys),
            head: Mutex::new(head),
            cosigned: AtomicU64::new(0),
            refused: Default::default(),
        })
    }

    pub(super) fn head(&self) -> MutexGuard<'_, Result<Option<Head>, Refusal>> {
        self.head.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn set_keys(&self, keys: Vec<VerifierKey>) {
        *self.keys() = keys;
    }

    fn keys(&self) -> MutexGuard<'_, Vec<VerifierKey>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The signature lines of the ledger's known keys, at least one, all verified.
    pub(super) fn signed(&self, new: &Seen) -> Result<Vec<SignatureLine>, Refused> {
        let keys = self.keys().clone();
        let known: Vec<&VerifierKey> = keys.iter().collect();
        // A known key's signature that does not verify spoils the note, whatever else is on it.
        new.note().verify(&known).map_err(|_| Refused::NotTrusted)?;
        let of_known = |line: &&SignatureLine| known.iter().any(|key| line.names(key));
        Ok(new.note().signatures().iter().filter(of_known).cloned().collect())
    }

    pub(super) fn count(&self, answer: &Result<Vec<SignatureLine>, Refused>) {
        let counter = match answer {
            Ok(_) => Some(&self.cosigned),
            Err(refused) => self.refused.get(refused.kind() as usize),
        };
        if let Some(counter) = counter {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(super) fn view(&self, asleep: bool) -> WatchedLedger {
        let counted = RefusedKind::ALL.into_iter().zip(&self.refused);
        let counted = counted.map(|(kind, count)| (kind, count.load(Ordering::Relaxed)));
        let head = self.head();
        WatchedLedger {
            origin: self.origin.clone(),
            keys: self.keys().clone(),
            head: head.as_ref().ok().and_then(|head| head.as_ref()).map(|head| (head.seen.size(), head.time)),
            damaged: head.is_err(),
            asleep,
            cosigned: self.cosigned.load(Ordering::Relaxed),
            refused: counted.filter(|(_, count)| *count > 0).collect(),
        }
    }
}

/// Refuses a key that can't be one of a ledger to witness.
pub(super) fn check(key: &VerifierKey, own: &Origin) -> Result<(), Refusal> {
    if key.kind() != KeyKind::Note {
        return Err(Refusal::new(RefusalCode::WitnessKeyKind).found(key.encode()));
    }
    if key.name().as_str() == own.as_str() {
        return Err(Refusal::new(RefusalCode::WitnessOwnLedger).found(own));
    }
    Ok(())
}

/// The list of keys; empty where there is none yet.
pub(super) fn read(disk: &dyn Disk) -> Result<Vec<VerifierKey>, Refusal> {
    let path = format!("{FOLDER}/ledgers");
    let Some(bytes) = disk.read(&path, LIST_MAX)? else { return Ok(Vec::new()) };
    let damaged = || Refusal::new(RefusalCode::WitnessDamaged).at(path.as_str());
    let text = String::from_utf8(bytes).map_err(|_| damaged())?;
    text.lines().map(|line| VerifierKey::parse(line).map_err(|_| damaged())).collect()
}

/// Writes the list.
pub(super) fn write(disk: &dyn Disk, keys: &[VerifierKey]) -> Result<(), Refusal> {
    if keys.len() > KEYS_MAX {
        return Err(Refusal::new(RefusalCode::WitnessLedgersMany).found(keys.len()).right(KEYS_MAX));
    }
    let text: String = keys.iter().map(|key| format!("{}\n", key.encode())).collect();
    Ok(disk.replace(&format!("{FOLDER}/ledgers"), text.as_bytes())?)
}

/// The keys of each ledger.
pub(super) fn grouped(keys: Vec<VerifierKey>) -> BTreeMap<String, Vec<VerifierKey>> {
    let mut grouped: BTreeMap<String, Vec<VerifierKey>> = BTreeMap::new();
    for key in keys {
        grouped.entry(key.name().to_string()).or_default().push(key);
    }
    grouped
}
