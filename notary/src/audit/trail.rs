//! The office's keys as its ledger tells them: trust bundles and key events, each following from those before it (spec page
//! `key-event.md`).
//!
//! ```text
//! public/000   trust bundle 1   keys a, b, c, d          known from the beginning
//! public/041   key event        announced ledger e
//! public/042   trust bundle 2   keys a, b, c, d, e       says what the events before it say, sequence higher, root the same
//! batch/017    signed by a, e                            e was announced below this head
//! ```
//!
//! So no key comes, goes or gets other dates in silence. Not here: whether a signature holds and its key was in use (`keys`).

use verifier::key::VerifierKey;
use verifier::key_event::{KeyChange, KeyEvent, KeyHistory};
use verifier::tile::grouped;
use verifier::trust::{KeyUse, OfficeKey, TrustBundle, TrustError};

use super::{Auditor, Detail, FindingCode, KeysKnown};

/// Key events that are remembered. An office has a few each year.
const EVENTS_MAX: usize = 4096;

/// What the ledger told of keys so far, as it stands in its entries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KeysTold {
    /// The ledger's first trust bundle.
    pub first: Option<String>,
    /// The last one.
    pub last: Option<String>,
    /// The key events, each with the index of its entry.
    pub events: Vec<(u64, String)>,
}

/// The keys along the stream of entries.
pub(super) struct Trail {
    told: KeysTold,
    /// None before the first bundle.
    history: Option<KeyHistory>,
    /// Keys that were announced after the first bundle, and the index of the entry.
    announced: Vec<(KeyUse, VerifierKey, u64)>,
    first: Option<TrustBundle>,
    last: Option<TrustBundle>,
    /// The newest bundle of a root that the audit trusts, if it is newer than the audit's own.
    pub(super) newer: Option<TrustBundle>,
    /// Not every entry was looked at.
    part: bool,
}

impl Trail {
    pub(super) fn new(part: bool) -> Self {
        Self {
            told: KeysTold::default(),
            history: None,
            announced: Vec::new(),
            first: None,
            last: None,
            newer: None,
            part,
        }
    }

    /// Goes on where an earlier audit ended.
    pub(super) fn after(auditor: &Auditor<'_>, told: &KeysTold) -> Self {
        let bundle = |text: &Option<String>| text.as_deref().and_then(|text| TrustBundle::parse(text).ok());
        let mut trail = Self { told: told.clone(), last: bundle(&told.last), ..Self::new(false) };
        let first = bundle(&told.first);
        let office = first.as_ref().and_then(|bundle| bundle.office(auditor.origin));
        trail.history = office.map(KeyHistory::begin);
        trail.first = first;
        for (index, text) in &told.events {
            // They were clean when they were looked at first.
            if let Ok(event) = KeyEvent::from_text(text) {
                let _ = trail.apply(*index, &event);
            }
        }
        if let Some(last) = trail.last.clone() {
            trail.note_newer(auditor, &last);
        }
        trail
    }

    /// What to remember.
    pub(super) fn told(&self) -> KeysTold {
        self.told.clone()
    }

    /// The entry `index` is this key event.
    pub(super) fn event(&mut self, auditor: &mut Auditor<'_>, index: u64, text: &str) {
        let applied = match KeyEvent::from_text(text) {
            Err(refused) => Err(Detail::unread(refused)),
            Ok(_) if self.history.is_none() && self.part => return,
            Ok(event) => self.apply(index, &event),
        };
        match applied {
            Ok(()) if self.told.events.len() < EVENTS_MAX => self.told.events.push((index, text.to_owned())),
            Ok(()) => {}
            Err(what) => find(auditor, FindingCode::KeyEventBad, index, what),
        }
    }

    fn apply(&mut self, index: u64, event: &KeyEvent) -> Result<(), Detail> {
        let history = self.history.as_mut().ok_or(Detail::BeforeFirstBundle)?;
        history.apply(event).map_err(Detail::unread)?;
        if let KeyChange::Announced(_) = event.change() {
            self.announced.push((event.usage(), event.key().clone(), index));
        }
        Ok(())
    }

    /// The entry `index` is this trust bundle.
    pub(super) fn bundle(&mut self, auditor: &mut Auditor<'_>, index: u64, bundle: TrustBundle) {
        let Some(office) = bundle.office(auditor.origin) else { return };
        if let Err(what) = self.follows(&bundle) {
            find(auditor, FindingCode::TrustChain, index, what);
        }
        if let Some(own) = auditor.keys.trust()
            && own.fields().publisher == bundle.fields().publisher
            && own.sequence() == bundle.sequence()
            && own.note().text() != bundle.note().text()
        {
            let what = Detail::SameSequence { sequence: own.sequence() };
            find(auditor, FindingCode::TrustChain, index, what);
        }
        match &self.history {
            Some(history) => {
                if let Err(refused) = history.agrees(office, bundle.issued()) {
                    find(auditor, FindingCode::KeyEventBad, index, Detail::unread(refused));
                    self.history = Some(KeyHistory::begin(office));
                }
            }
            None if self.part => {}
            None => {
                self.history = Some(KeyHistory::begin(office));
                self.told.first = Some(bundle.note().encode());
                self.first = Some(bundle.clone());
            }
        }
        self.told.last = Some(bundle.note().encode());
        self.note_newer(auditor, &bundle);
        self.last = Some(bundle);
    }

    /// Whether a bundle may come after the one before: signed by one of its roots, with a higher sequence.
    fn follows(&self, bundle: &TrustBundle) -> Result<(), Detail> {
        let text = bundle.note().encode();
        let Some(before) = &self.last else {
            return TrustBundle::open(&text, None).map(drop).map_err(of_bundle);
        };
        if bundle.sequence() <= before.sequence() {
            let (sequence, last) = (bundle.sequence(), before.sequence());
            return Err(Detail::BundleSequence { sequence, last });
        }
        match before.roots().iter().any(|root| TrustBundle::open(&text, Some(root)).is_ok()) {
            true => Ok(()),
            false => Err(Detail::BundleRoot),
        }
    }

    fn note_newer(&mut self, auditor: &Auditor<'_>, bundle: &TrustBundle) {
        let Some(own) = auditor.keys.trust() else { return };
        let known = self.newer.as_ref().unwrap_or(own);
        let Some(root) = own.root().filter(|_| bundle.sequence() > known.sequence()) else { return };
        if let Ok(opened) = TrustBundle::open(&bundle.note().encode(), Some(root)) {
            self.newer = Some(opened);
        }
    }

    /// Each key that signed was there from the beginning, or announced below the head after the first that it signed.
    ///
    /// Not below that first one: a batch that was staged when its keys ended is still that batch, and the keys that come
    /// after them sign it before the entry that announces them has its own.
    pub(super) fn check_used(&self, auditor: &mut Auditor<'_>) {
        for (key, size, next, path) in self.silent(auditor) {
            let (usage, id) = (key.usage, key.key.id().to_string());
            let what = Detail::Unannounced { usage, id, size, next };
            auditor.find(FindingCode::KeyUnannounced, &path, what);
        }
    }

    /// From where on it knows the keys: one in silence is seen only from the beginning.
    pub(super) fn known(&self) -> KeysKnown {
        match (self.part, &self.first) {
            (true, _) => KeysKnown::Middle,
            (false, Some(_)) => KeysKnown::Beginning,
            (false, None) => KeysKnown::Never,
        }
    }

    /// Those that signed so far and were not announced so far: how many entries were below the first thing that each signed,
    /// among how many its announcement had to be, and the file.
    pub(super) fn silent<'a>(&self, auditor: &Auditor<'a>) -> Vec<(&'a OfficeKey, u64, u64, String)> {
        let known = self.known();
        let Some(first) = self.first.as_ref().filter(|_| known == KeysKnown::Beginning) else {
            return Vec::new();
        };
        let known = |key: &OfficeKey| {
            let keys = first.office(auditor.origin).map(|office| &office.keys[..]).unwrap_or_default();
            keys.iter().any(|known| known.usage == key.usage && known.key == key.key)
        };
        let announced = |key: &OfficeKey, size: u64| {
            self.announced
                .iter()
                .any(|(usage, k, index)| *usage == key.usage && *k == key.key && *index < size)
        };
        let used = auditor.keys.used().into_iter();
        used.filter(|(key, _, below, _)| !known(key) && !announced(key, *below)).collect()
    }
}

fn of_bundle(error: TrustError) -> Detail {
    match error {
        TrustError::Bad(refused) => Detail::unread(refused),
        _ => Detail::BundleRoot,
    }
}

fn find(auditor: &mut Auditor<'_>, code: FindingCode, index: u64, what: Detail) {
    auditor.find_at(code, &format!("public/{}", grouped(index)), index, what);
}
