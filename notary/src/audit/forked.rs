//! Proof of two histories: the file `*.xzf` that anybody can check (spec page `misbehaviour.md`), made from what the audit met.
//!
//! ```text
//! seen before      credit.example.gov.cn/ledger   41 entries   root pR9…     signed
//! published now    credit.example.gov.cn/ledger   97 entries   root 4kW…     signed; its tiles begin with another root of 41
//! ```
//!
//! A head that the office signed and that is not of the ledger under the published head is a *suspect*, wherever it was met: in
//! the state of an earlier audit, in a batch file, cosigned by a witness, in an anchor. What is made here says by itself
//! whether it proves anything, so tiles that lie give no proof rather than a false one. Not here: what contradicts what
//! (`verifier::misbehaviour`), files.

use verifier::entry::Entry;
use verifier::hash::Hash;
use verifier::limits::TILE_WIDTH;
use verifier::note::Note;
use verifier::trust::KeyUse;

use super::source::Found;
use super::{Auditor, Conflict};
use crate::disk::DiskError;
use crate::ledger::proof::Nodes;
use crate::ledger::{LedgerError, tiles};
use crate::tree;
use crate::witness::contradiction;

/// Suspects that are kept. One proof is enough for a court.
const SUSPECTS_MAX: usize = 16;

/// Signed heads that are not of the ledger under the published one.
#[derive(Debug, Default)]
pub(super) struct Suspects(Vec<Note>);

impl Auditor<'_> {
    /// This head is not of the ledger that is audited. Only one that a ledger key of the office signed can be held against it.
    pub(super) fn suspect(&mut self, note: &Note) {
        let Suspects(all) = &mut self.suspects;
        if all.len() < SUSPECTS_MAX && !all.contains(note) && self.keys.has_signed(KeyUse::Ledger, note) {
            all.push(note.clone());
        }
    }
}

/// The first suspect that provably contradicts the published head, with the proof.
pub(super) fn proven(auditor: &Auditor<'_>, published: Option<&Note>) -> Result<Option<Conflict>, DiskError> {
    let Some(published) = published.filter(|note| auditor.keys.has_signed(KeyUse::Ledger, note)) else {
        return Ok(None);
    };
    let tree = Tree { auditor, size: auditor.size };
    for suspect in &auditor.suspects.0 {
        match contradiction(suspect, published, &tree) {
            Ok(Some(proof)) => {
                let (seen, now) = (suspect.encode(), published.encode());
                return Ok(Some(Conflict { seen, now, proof: Some(proof) }));
            }
            // Missing or damaged tiles were found already; without them there is no proof this time.
            Ok(None) | Err(LedgerError::Missing { .. } | LedgerError::Range { .. }) => {}
            Err(LedgerError::Disk(error)) => return Err(error),
            Err(_) => {}
        }
    }
    Ok(None)
}

/// Holds a conflict that was found against the published head, as far as it can be proven.
pub(super) fn with_proof(
    auditor: &mut Auditor<'_>,
    conflict: Option<Conflict>,
    published: Option<&Note>,
) -> Result<Option<Conflict>, DiskError> {
    if let Some(seen) = conflict.as_ref().and_then(|conflict| Note::parse(&conflict.seen).ok()) {
        let Suspects(later) = std::mem::take(&mut auditor.suspects);
        auditor.suspect(&seen);
        later.iter().for_each(|note| auditor.suspect(note));
    }
    let proven: Option<Conflict> = proven(auditor, published)?;
    Ok(proven.or(conflict))
}

/// Nodes of the published tree as its tiles have them. Nothing is believed: a proof made of them leads to the signed root or
/// is none.
struct Tree<'a, 'b> {
    auditor: &'a Auditor<'b>,
    size: u64,
}

impl Nodes for Tree<'_, '_> {
    fn node(&self, height: u32, index: u64) -> Result<Hash, LedgerError> {
        let (level, inside) = (height / 8, height % 8);
        if index >= self.size.checked_shr(height).unwrap_or(0) {
            return Err(LedgerError::Range { what: format!("there is no node {index} of height {height}") });
        }
        let first = index << inside;
        let (number, offset) = (first / TILE_WIDTH, (first % TILE_WIDTH) as usize);
        let width = TILE_WIDTH.min(tiles::count(self.size, level) - number * TILE_WIDTH);
        let tile = self.tile(level, number, width)?;
        Ok(tree::root_of(tile.get(offset..offset + (1 << inside)).unwrap_or(&[])))
    }
}

impl Tree<'_, '_> {
    fn tile(&self, level: u32, number: u64, width: u64) -> Result<Vec<Hash>, LedgerError> {
        let (path, found) = self.auditor.file(|width| tiles::tile_name(level, number, width), width, 32)?;
        if let Found::Bytes(bytes) = &found
            && let Some(hashes) = tiles::parse_tile(bytes)
        {
            return Ok(hashes);
        }
        if level == 0 {
            let name = |width| tiles::bundle_name(number, width);
            let (_, found) = self.auditor.file(name, width, tiles::ENTRY_BYTES)?;
            if let Found::Bytes(bytes) = &found
                && let Some(entries) = tiles::parse_bundle(bytes)
            {
                return Ok(entries.iter().map(Entry::leaf).collect());
            }
        }
        Err(LedgerError::Missing { path })
    }
}
