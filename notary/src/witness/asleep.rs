//! A witness that may have forgotten: file `witness/asleep`, there from a restoring until everything is told.
//!
//! ```text
//! {"format":"xinzheng/witness-asleep/v1","made":1795312800,"awake":["county.example.gov.cn/ledger"]}
//! ```
//!
//! What was cosigned after a backup was made is not in it. A witness that went on from there could cosign a second
//! history of a ledger. So after a restore it cosigns nothing for a ledger until a person hands it the newest head that
//! it has cosigned, as the ledger, its mirrors and its readers have it; its own signature on the head shows that it did.
//! That no newer one exists is that person's word: ask in more places than the ledger's own.

use serde::{Deserialize, Serialize};
use verifier::cosignature;
use verifier::key::VerifierKey;
use verifier::misbehaviour::Misbehaviour;
use verifier::note::Note;
use verifier::time::Time;
use verifier::witnessing::Seen;

use super::head::{self, Head};
use super::ledgers::Watched;
use super::{FOLDER, KEYS_MAX, Witness};
use crate::disk::Disk;
use crate::refusal::{Refusal, RefusalCode};

/// Heads that are shown to a witness when it is woken.
pub const WAKE_HEADS_MAX: usize = 64;
/// Bytes of the file: names of all ledgers that may be witnessed.
const ASLEEP_MAX: usize = 1024 + KEYS_MAX * 300;
const FORMAT: &str = "xinzheng/witness-asleep/v1";

/// What a witness is told, so that it knows again what it has cosigned.
#[derive(Clone, Debug)]
pub enum Waking {
    /// Heads of one ledger with this witness's cosignatures on them, as signed notes: the newest of them counts.
    Heads {
        /// The ledger.
        origin: String,
        /// The notes' text.
        notes: Vec<String>,
    },
    /// Somebody says that nothing was cosigned for this ledger after the backup; of no ledger, where none is named.
    NothingSince {
        /// The ledger.
        origin: Option<String>,
    },
}

/// Ledgers of a restored witness that have been told of, all others sleep.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Asleep {
    format: String,
    /// When the backup was made, seconds.
    made: u64,
    awake: Vec<String>,
}

impl Asleep {
    /// Nothing of what a backup of this time knows is believed to be the newest.
    pub(super) fn since(made: u64) -> Asleep {
        Asleep { format: FORMAT.to_string(), made, awake: Vec::new() }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        // Text and a number: there is nothing in it that JSON can't write.
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads the file; `None` where there is none. One that can't be read is no leave to go on.
    pub(super) fn read(disk: &dyn Disk) -> Result<Option<Asleep>, Refusal> {
        let Some(bytes) = disk.read(&path(), ASLEEP_MAX)? else { return Ok(None) };
        let read = serde_json::from_slice(&bytes).ok().filter(|read: &Asleep| read.format == FORMAT);
        read.map(Some).ok_or_else(|| Refusal::new(RefusalCode::WitnessDamaged).at(path()).found(path()))
    }

    pub(super) fn is_asleep(&self, origin: &str) -> bool {
        !self.awake.iter().any(|awake| awake == origin)
    }
}

impl Witness {
    /// Tells a restored witness what it has cosigned, so that it goes on from there. Durable when it returns.
    ///
    /// # Errors
    /// `WITNESS_AWAKE` where nothing was forgotten, `WITNESS_LEDGER_UNKNOWN`, `WITNESS_HEAD` for a head that is not one of
    /// this ledger with this witness's signature or is older than what it remembers, `WITNESS_HEADS_DIFFER` where two of
    /// one size have two roots, what the disk says.
    pub fn wake(&self, told: &Waking) -> Result<(), Refusal> {
        let _one = self.changing();
        let Some(asleep) = self.asleep().clone() else {
            return Err(Refusal::new(RefusalCode::WitnessAwake).found(self.key().name()));
        };
        match told {
            Waking::NothingSince { origin: None } => {
                self.disk.remove(&path())?;
                *self.asleep() = None;
                Ok(())
            }
            Waking::NothingSince { origin: Some(origin) } => {
                self.sleeping(&asleep, origin)?;
                self.awake(asleep, origin)
            }
            Waking::Heads { origin, notes } => {
                let watched = self.sleeping(&asleep, origin)?;
                let head = self.newest(&watched, notes)?;
                let mut known = watched.head();
                // A crash before: it sleeps, and knows what it knew. Between the two: it sleeps, and knows the newest.
                self.disk.replace(&head::path(origin), &head.encode())?;
                *known = Ok(Some(head));
                drop(known);
                self.awake(asleep, origin)
            }
        }
    }

    fn sleeping(&self, asleep: &Asleep, origin: &str) -> Result<std::sync::Arc<Watched>, Refusal> {
        let unknown = || Refusal::new(RefusalCode::WitnessLedgerUnknown).found(origin);
        let watched = self.of_origin(origin).ok_or_else(unknown)?;
        match asleep.is_asleep(origin) {
            true => Ok(watched),
            false => Err(Refusal::new(RefusalCode::WitnessAwake).found(origin)),
        }
    }

    fn awake(&self, mut asleep: Asleep, origin: &str) -> Result<(), Refusal> {
        asleep.awake.push(origin.to_string());
        // The moment from which it cosigns again, after a crash too.
        self.disk.replace(&path(), &asleep.encode())?;
        *self.asleep() = Some(asleep);
        Ok(())
    }

    /// The newest of these heads and of the one that is remembered.
    fn newest(&self, watched: &Watched, notes: &[String]) -> Result<Head, Refusal> {
        let wrong = |what: &dyn std::fmt::Display| {
            Refusal::new(RefusalCode::WitnessHead).at(watched.origin.as_str()).found(what)
        };
        if notes.is_empty() || notes.len() > WAKE_HEADS_MAX {
            return Err(wrong(&format!("{} / {WAKE_HEADS_MAX}", notes.len())));
        }
        let mut newest = watched.head().clone()?;
        let remembered = newest.as_ref().map_or(0, |head| head.seen.size());
        let mut told = 0;
        for text in notes {
            let seen = Seen::parse(text).map_err(|refused| wrong(&refused))?;
            if seen.origin() != watched.origin {
                return Err(wrong(&seen.origin()));
            }
            let signed = watched.signed(&seen).map_err(|refused| wrong(&refused))?;
            let time = cosigned(&self.keys(), seen.note()).ok_or_else(|| wrong(&self.key().name()))?;
            if let Some(known) = &newest
                && known.seen.size() == seen.size()
                && known.seen.root() != seen.root()
            {
                // It cosigned both, or somebody has its key: a person has to find out which.
                self.keep_contradiction(known, &seen);
                return Err(Refusal::new(RefusalCode::WitnessHeadsDiffer)
                    .at(seen.origin())
                    .found(seen.size()));
            }
            told = told.max(seen.size());
            if newest.as_ref().is_none_or(|known| known.seen.size() <= seen.size()) {
                let mut head = Head::new(&seen, signed, time)?;
                head.sign(&self.signers())?;
                newest = Some(head);
            }
        }
        match newest {
            Some(head) if told >= remembered => Ok(head),
            _ => Err(wrong(&format!("{told} < {remembered}"))),
        }
    }

    fn keep_contradiction(&self, known: &Head, seen: &Seen) {
        let notes = (known.seen.note().clone(), seen.note().clone());
        if let Ok(found) = Misbehaviour::of_one_size(notes.0, notes.1) {
            self.keep(&found);
        }
    }
}

/// When this witness cosigned the head, with any of its keys; `None` where it did not.
fn cosigned(keys: &[VerifierKey], note: &Note) -> Option<Time> {
    let by = |key: &VerifierKey| {
        note.signatures().iter().find_map(|line| cosignature::verify(key, line, note.text()).ok())
    };
    keys.iter().find_map(by)
}

/// Where the file lies.
pub(super) fn path() -> String {
    format!("{FOLDER}/asleep")
}
