//! Who signed: notes against the keys of a trust bundle, with their dates and compromises.

use std::cell::RefCell;

use verifier::checkpoint::Checkpoint;
use verifier::cosignature;
use verifier::hash::Hash;
use verifier::note::{Note, NoteError, SignatureLine};
use verifier::origin::Origin;
use verifier::time::Time;
use verifier::trust::{Compromised, KeyUse, Office, OfficeKey, TrustBundle};

use super::audited::Theft;
use super::evidence::CLOCKS_APART;
use super::looked::KeyUsed;
use super::{Detail, FindingCode};

/// Signatures of a note that a finding names: a stranger may put more there.
const SIGNERS_TOLD: usize = 4;

/// What is wrong with a note.
pub(super) type Wrong = (FindingCode, Detail);

/// The keys of the office whose ledger is audited; none without a trust bundle.
pub(super) struct Keys<'a> {
    trust: Option<&'a TrustBundle>,
    office: Option<&'a Office>,
    /// Of each key of the office, what it signed.
    used: RefCell<Vec<Used>>,
    /// For each moment of a compromise, how many entries others saw before it.
    safe: Vec<(Time, u64)>,
}

/// What one key signed.
#[derive(Clone, Default)]
struct Used {
    signatures: u64,
    /// The first thing: the size of the ledger below it, and the file.
    first: Option<(u64, String)>,
    /// The size of the ledger at the next signed head, whoever signed it. Status notes are no heads.
    next: Option<u64>,
}

impl<'a> Keys<'a> {
    pub(super) fn new(trust: Option<&'a TrustBundle>, origin: &Origin) -> Self {
        let office = trust.and_then(|trust| trust.office(origin));
        let used = vec![Used::default(); office.map_or(0, |office| office.keys.len())];
        Self { trust, office, used: RefCell::new(used), safe: Vec::new() }
    }

    /// There is a bundle, but it does not know the ledger.
    pub(super) fn is_office_unknown(&self) -> bool {
        self.trust.is_some() && self.office.is_none()
    }

    /// The bundle.
    pub(super) fn trust(&self) -> Option<&'a TrustBundle> {
        self.trust
    }

    /// The office in it.
    pub(super) fn office(&self) -> Option<&'a Office> {
        self.office
    }

    /// What the bundle says of keys that somebody else may have had.
    pub(super) fn compromises(&self) -> impl Iterator<Item = &'a Compromised> {
        self.office.into_iter().flat_map(|office| &office.keys).filter_map(|key| key.compromised.as_ref())
    }

    /// The last good heads that the bundle names, ascending by size.
    pub(super) fn last_good(&self) -> Vec<(u64, Hash)> {
        let mut heads: Vec<(u64, Hash)> = self.compromises().map(|bad| (bad.size, bad.root)).collect();
        heads.sort_unstable_by_key(|(size, _)| *size);
        heads
    }

    /// Which keys the bundle says are compromised.
    pub(super) fn thefts(&self) -> Vec<Theft> {
        let keys = self.office.into_iter().flat_map(|office| &office.keys);
        let theft = |key: &OfficeKey| {
            let bad = key.compromised.as_ref()?;
            let seen = self.safe.iter().filter(|(from, _)| *from == bad.from).map(|(_, seen)| *seen);
            let (key, from, size) = (key.key.id().to_string(), bad.from.seconds(), bad.size);
            Some(Theft { key, from, size, seen: seen.max().unwrap_or(size) })
        };
        keys.filter_map(theft).collect()
    }

    /// For each moment of a compromise, how many entries others saw before it.
    pub(super) fn set_safe(&mut self, safe: Vec<(Time, u64)>) {
        self.safe = safe;
    }

    /// The note in the file `path`, about a ledger of `size` entries and signed at `time`, is signed by a key of this use
    /// that was good then. Without a bundle there is nothing to say; without a time, nothing of dates.
    pub(super) fn check(
        &self,
        usage: KeyUse,
        note: &Note,
        time: Option<Time>,
        size: u64,
        path: &str,
    ) -> Result<(), Wrong> {
        let Some(office) = self.office else { return Ok(()) };
        let places = || office.keys.iter().enumerate().filter(|(_, key)| key.usage == usage);
        let names: Vec<_> = places().map(|(_, key)| &key.key).collect();
        let signed = note.verify(&names).map_err(|error| wrong(error, note))?;
        let signed: Vec<(usize, &OfficeKey)> =
            places().enumerate().filter(|(at, _)| signed.contains(at)).map(|(_, key)| key).collect();
        self.note_used(signed.iter().map(|(place, _)| *place), usage, size, path);
        let Some(time) = time else { return Ok(()) };
        let in_use = || signed.iter().map(|(_, key)| *key).filter(|key| key.in_force(time));
        let strays = |key: &&OfficeKey| {
            time.saturating_add(CLOCKS_APART) < key.sign_from
                || key.sign_until.saturating_add(CLOCKS_APART) < time
        };
        if let Some(key) =
            signed.iter().map(|(_, key)| *key).find(|key| in_use().next().is_none() || strays(key))
        {
            let what = Detail::NotInUse { usage, id: key.key.id().to_string(), at: time };
            return Err((FindingCode::KeyDates, what));
        }
        let is_good = |key: &OfficeKey| {
            // A thief chooses every date: what counts is whether it is below the last good head, or was seen by others before.
            key.compromised.as_ref().is_none_or(|bad| size <= bad.size || self.was_seen(bad, size))
        };
        match in_use().any(is_good) {
            true => Ok(()),
            false => {
                let stolen = in_use().filter_map(|key| Some((key.compromised.as_ref()?.from, key)));
                let (since, id) = stolen
                    .min_by_key(|(since, _)| *since)
                    .map_or((time, String::new()), |(since, key)| (since, key.key.id().to_string()));
                let what = Detail::Stolen { usage, id, since };
                Err((FindingCode::KeyCompromised, what))
            }
        }
    }

    fn was_seen(&self, bad: &Compromised, size: u64) -> bool {
        self.safe.iter().any(|(from, safe)| *from == bad.from && size <= *safe)
    }

    fn note_used(&self, places: impl Iterator<Item = usize>, usage: KeyUse, size: u64, path: &str) {
        let mut used = self.used.borrow_mut();
        for place in places {
            let Some(used) = used.get_mut(place) else { continue };
            used.signatures += 1;
            let first = used.first.as_ref().map(|(first, _)| *first);
            if first.is_none_or(|first| size < first) {
                used.next = first;
                used.first = Some((size, path.to_owned()));
            }
        }
        for used in used.iter_mut().filter(|_| usage != KeyUse::Status) {
            if used.first.as_ref().is_some_and(|(first, _)| *first < size) {
                used.next = Some(used.next.map_or(size, |next| next.min(size)));
            }
        }
    }

    /// The keys that signed anything, with the size of the ledger below the first thing, that below which each was to be
    /// announced, and the file. For keys of heads that is the next head; what a status key signs is itself in line behind its
    /// announcement.
    pub(super) fn used(&self) -> Vec<(&'a OfficeKey, u64, u64, String)> {
        let (keys, used) = (self.office.into_iter().flat_map(|office| &office.keys), self.used.borrow());
        let first = |(key, used): (&'a OfficeKey, &Used)| {
            let (size, path) = used.first.clone()?;
            let next = used.next.filter(|_| key.usage != KeyUse::Status);
            Some((key, size, next.unwrap_or(size), path))
        };
        keys.zip(used.iter()).filter_map(first).collect()
    }

    /// The same for the report.
    pub(super) fn counted(&self) -> Vec<KeyUsed> {
        let (keys, used) = (self.office.into_iter().flat_map(|office| &office.keys), self.used.borrow());
        let counted = |(key, used): (&OfficeKey, &Used)| KeyUsed {
            usage: key.usage,
            id: key.key.id().to_string(),
            signatures: used.signatures,
            sign_until: key.sign_until,
            compromised: key.compromised.as_ref().map(|bad| bad.from),
        };
        keys.zip(used.iter()).filter(|(_, used)| used.signatures > 0).map(counted).collect()
    }

    /// Whether a key of the office for this use signed the note, at whatever time. Nobody did where there is no bundle.
    pub(super) fn has_signed(&self, usage: KeyUse, note: &Note) -> bool {
        let Some(office) = self.office else { return false };
        let names: Vec<_> = office.keys_for(usage).map(|key| &key.key).collect();
        note.verify(&names).is_ok()
    }

    /// The cosignatures of witnesses that the bundle knows verify.
    pub(super) fn check_cosignatures(&self, note: &Note) -> Result<(), Wrong> {
        for witness in self.trust.iter().flat_map(|trust| trust.witnesses()) {
            for line in note.signatures().iter().filter(|line| line.names(&witness.key)) {
                cosignature::verify(&witness.key, line, note.text()).map_err(|error| wrong(error, note))?;
            }
        }
        Ok(())
    }

    /// If the bundle names a last good checkpoint of this size, it is this one.
    pub(super) fn check_last_good(&self, checkpoint: &Checkpoint) -> Result<(), Wrong> {
        let keys = self.office.iter().flat_map(|office| &office.keys);
        let mut named =
            keys.filter_map(|key| key.compromised.as_ref()).filter(|bad| bad.size == checkpoint.size());
        match named.find(|Compromised { root, .. }| root != checkpoint.root()) {
            None => Ok(()),
            Some(_) => {
                let what = Detail::OtherLastGood { size: checkpoint.size() };
                Err((FindingCode::KeyCompromised, what))
            }
        }
    }
}

/// What is wrong with the signatures of this note, and whose they are.
pub(super) fn wrong(error: NoteError, note: &Note) -> Wrong {
    match error {
        NoteError::UnknownSigner => {
            (FindingCode::SignerUnknown, Detail::NoKnownSigner { signers: signers(note, |_| true) })
        }
        NoteError::SigBad { name } => {
            let name = signers(note, |line| *line.name() == name);
            (FindingCode::SigBad, Detail::SignatureBad { name })
        }
        other => (FindingCode::SigBad, Detail::System { why: other.to_string() }),
    }
}

/// The names and ids that lines of a note say, the first few: `office.example/ledger+1f0c44a2, …`.
fn signers(note: &Note, which: impl Fn(&SignatureLine) -> bool) -> String {
    let mut lines = note.signatures().iter().filter(|line| which(line));
    let mut names: Vec<String> =
        lines.by_ref().take(SIGNERS_TOLD).map(|line| format!("{}+{}", line.name(), line.id())).collect();
    if lines.next().is_some() {
        names.push("…".to_owned());
    }
    names.join(", ")
}
