//! Who signs the trust bundle: the roots that it lists, one to four, so that one can come before another goes.
//!
//! ```text
//! trust 4   roots A        signed by A
//! trust 5   roots A, B     signed by A and B      who pinned A follows, and may pin B from now on
//! trust 9   roots B        signed by B            who still pins A alone has to compare fingerprints again
//! ```
//!
//! Their private halves are elsewhere. `D/keys` has each one's `.vkey`, and for the occasion the `.pem`. [`sign_bundle`] is for
//! the place where a root is kept.

use std::path::Path;
use std::sync::Arc;

use verifier::key::VerifierKey;
use verifier::note::Note;
use verifier::trust::TrustBundle;

use super::Office;
use super::accept::internal;
use super::open::KEYS;
use crate::keys::{KeyFile, KeyUse, Passphrase, Signer};
use crate::refusal::{Refusal, RefusalCode};

impl Office {
    /// The text signed by all roots that it lists and whose private halves are in `D/keys` now. Each is opened for this
    /// signature alone: the ring would keep it as long as the process runs.
    ///
    /// # Errors
    /// `TRUST_ROOT_MISSING` where none of the roots of now is there, or the first one that the new text lists is not.
    pub(super) fn signed_by_roots(&self, text: &str) -> Result<String, Refusal> {
        self.keys.look_again()?;
        let new = TrustBundle::from_text(text).map_err(internal)?;
        let here = self.keys.of(KeyUse::Root);
        if here.is_empty() {
            return Err(Refusal::new(RefusalCode::KeyMissing).at(KEYS).found("root"));
        }
        let (mut note, mut signed) = (Note::new(text).map_err(internal)?, Vec::new());
        for root in new.roots() {
            let held = here.iter().find(|held| held.listed.vkey == *root && held.listed.present);
            let Some(held) = held else { continue };
            let one = self.keys.open_once(&held.listed)?.sign_note(text)?;
            let line = one.signatures().first().cloned().ok_or_else(|| internal("no signature"))?;
            note = note.with_signature(line).map_err(internal)?;
            signed.push(root.clone());
        }
        let known = self.trust().roots().iter().any(|root| signed.contains(root));
        match (known, new.roots().first()) {
            (true, Some(first)) if signed.contains(first) => Ok(note.encode()),
            (true, Some(first)) => Err(missing(&here_name(&here, first))),
            _ => {
                let known = self.trust().root().or(self.trust().roots().first());
                Err(missing(&known.map(|root| here_name(&here, root)).unwrap_or_default()))
            }
        }
    }

    /// Writes the `.vkey` of every root that the bundle lists and the folder does not have: the next start knows it then.
    pub(super) fn keep_roots(&self) -> Result<(), Refusal> {
        let here = self.keys.of(KeyUse::Root);
        let unknown = |root: &&VerifierKey| !here.iter().any(|held| held.listed.vkey == **root);
        let unknown: Vec<_> = self.trust().roots().iter().filter(unknown).collect();
        for root in &unknown {
            // A crash here: the bundle's other roots, which signed it, too, are there already.
            let path = format!("{KEYS}/root-{}.vkey", root.id());
            self.disk.replace(&path, format!("{}\n", root.encode()).as_bytes())?;
        }
        if unknown.is_empty() { Ok(()) } else { self.keys.look_again() }
    }
}

/// Adds a root's signature to a bundle's text, or to one that others signed already: for the place where the root is kept,
/// which needs nothing else of the office. `pem` is its key file, with the `.vkey` beside it.
///
/// # Errors
/// `TRUST_DAMAGED` where it is no bundle; `TRUST_CHANGE` where it does not list this root; what the key's file says.
pub fn sign_bundle(text: &str, pem: &Path, passphrase: &Arc<Passphrase>) -> Result<String, Refusal> {
    let damaged = |what: &dyn std::fmt::Display| Refusal::new(RefusalCode::TrustDamaged).found(what);
    let note = match Note::parse(text) {
        Ok(signed) => signed,
        Err(_) => Note::new(text).map_err(|refused| damaged(&refused))?,
    };
    let bundle = TrustBundle::from_text(note.text()).map_err(|refused| damaged(&refused))?;
    let root = KeyFile::open(pem, Arc::clone(passphrase))?;
    if !bundle.roots().contains(root.key()) {
        return Err(Refusal::new(RefusalCode::TrustChange).found(root.key().encode()));
    }
    let signed = root.sign_note(note.text())?;
    let line = signed.signatures().first().cloned().ok_or_else(|| internal("no signature"))?;
    match note.signatures().contains(&line) {
        true => Ok(note.encode()),
        false => note.with_signature(line).map(|note| note.encode()).map_err(|refused| damaged(&refused)),
    }
}

/// Makes a new root key beside the one of this folder, of the same publisher: for the place where the root is kept. It signs
/// nothing before a trust bundle lists it.
///
/// # Errors
/// `KEY_MISSING` where the folder has no root's `.vkey` to take the name from; what the disk says.
pub fn new_root(folder: &Path, passphrase: &Arc<Passphrase>) -> Result<VerifierKey, Refusal> {
    let known = crate::keys::list(folder)?.into_iter().find(|key| key.key_use == KeyUse::Root);
    let none = || Refusal::new(RefusalCode::KeyMissing).at(folder.display().to_string()).found("root-….vkey");
    let name = known.ok_or_else(none)?.vkey.name().clone();
    let made =
        KeyFile::generate(folder, KeyUse::Root, &name, Arc::clone(passphrase), crate::keys::ITERATIONS)?;
    Ok(made.key().clone())
}

fn here_name(here: &[super::keyring::Held], root: &VerifierKey) -> String {
    let path = here.iter().find(|held| held.listed.vkey == *root).map(|held| held.listed.path.clone());
    let name = path.and_then(|path| path.file_name().map(|name| name.to_string_lossy().into_owned()));
    name.unwrap_or_else(|| format!("root-{}.pem", root.id()))
}

fn missing(name: &str) -> Refusal {
    Refusal::new(RefusalCode::TrustRootMissing).at(KEYS).found(name)
}
