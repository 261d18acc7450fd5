//! What the ledger tells of the keys that signed what is in a package.
//!
//! ```text
//! keys/000000000041.txt          credit.example.gov.cn/ledger/key-event ⏎ announced batch credit.example…+26ae7421+… ⏎ …
//! keys/000000000041.tlog-proof   that it is entry 41
//! ```
//!
//! Nobody signs an event of a key: that it is in the ledger shows when the office said it. Here: which events those are. Not
//! here: the events (`verifier::key_event`), and the bundle that says which keys count (`trust.xzt`).

use std::collections::BTreeSet;

use verifier::certificate::Certificate;
use verifier::entry::Entry;
use verifier::key_event::{KeyChange, KeyEvent};
use verifier::note::Note;
use verifier::time::Time;

use super::Named;
use crate::office::Office;
use crate::refusal::Refusal;

/// Events of keys in one package: many more than an office has in ten years.
const EVENTS_MAX: usize = 256;

/// An event, as the explanation tells of it.
pub(super) struct KeyTold {
    pub(super) index: u64,
    pub(super) change: KeyChange,
    pub(super) key: String,
    pub(super) at: Time,
}

impl Office {
    /// The events of the keys that signed these notes, the newest ones where there are too many, with proofs.
    pub(super) fn key_events_of(
        &self,
        certificate: &Certificate,
        notes: &[&Note],
    ) -> Result<(Vec<Named>, Vec<KeyTold>), Refusal> {
        let signed: BTreeSet<String> = notes
            .iter()
            .copied()
            .chain([certificate.batch_note()])
            .flat_map(|note| note.signatures().iter().map(|line| format!("{}+{}", line.name(), line.id())))
            .collect();
        let indexes: Vec<u64> =
            self.state().key_events.iter().rev().take(EVENTS_MAX).rev().copied().collect();
        let (mut files, mut told) = (Vec::new(), Vec::new());
        for index in indexes {
            let preimage = self.ledger().public(index)?.unwrap_or_default();
            let Ok((_, _, body)) = Entry::of_public(&preimage) else { continue };
            let Some(text) = std::str::from_utf8(body).ok() else { continue };
            let Ok(event) = KeyEvent::from_text(text) else { continue };
            if !signed.contains(&format!("{}+{}", event.key().name(), event.key().id())) {
                continue;
            }
            files.push((format!("keys/{index:012}.txt"), body.to_vec()));
            let proof = self.entry(index)?.proof.encode();
            files.push((format!("keys/{index:012}.tlog-proof"), proof.into_bytes()));
            let key = format!("{}+{}", event.key().name(), event.key().id());
            told.push(KeyTold { index, change: event.change().clone(), key, at: event.time() });
        }
        Ok((files, told))
    }
}
