//! Proofs that a ledger was forked, as they are found and kept: files `witness/misbehaviour/<digest>.xzf`.

use verifier::hash;
use verifier::limits::MISBEHAVIOUR_BYTES;
use verifier::merkle::{self, Subtree};
use verifier::misbehaviour::Misbehaviour;
use verifier::note::Note;
use verifier::time::Time;
use verifier::witnessing::Seen;

use super::FOLDER;
use crate::disk::Disk;
use crate::ledger::LedgerError;
use crate::ledger::proof::{self, Nodes};
use crate::refusal::Refusal;

/// Proofs kept. One is enough for a court; a ledger that is forked makes ever more.
const EVIDENCE_MAX: usize = 64;

/// A proof that was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// The file's name below `D/witness/misbehaviour/`.
    pub file: String,
    /// The ledger.
    pub origin: String,
    /// The sizes of the two heads.
    pub sizes: (u64, u64),
    /// When it was found; `None` for one found before the last start.
    pub found: Option<Time>,
}

/// The proofs in the folder. A file that is none is left out: nobody relies on a list.
pub(super) fn list(disk: &dyn Disk) -> Result<Vec<Evidence>, Refusal> {
    let mut all = Vec::new();
    for name in disk.list(&folder())?.into_iter().take(EVIDENCE_MAX) {
        let bytes = disk.read(&format!("{}/{name}", folder()), MISBEHAVIOUR_BYTES)?.unwrap_or_default();
        all.extend(Misbehaviour::parse(&bytes).ok().map(|found| describe(name, &found, None)));
    }
    Ok(all)
}

/// Keeps a proof, unless this one is kept already or there are enough.
pub(super) fn keep(
    disk: &dyn Disk,
    all: &[Evidence],
    found: &Misbehaviour,
    now: Time,
) -> Result<Option<Evidence>, Refusal> {
    let file = found.encode();
    let digest = super::hex(&hash::sha256(&[file.as_bytes()]));
    let name = format!("{}.xzf", digest.get(..32).unwrap_or(&digest));
    if all.len() >= EVIDENCE_MAX || all.iter().any(|kept| kept.file == name) {
        return Ok(None);
    }
    disk.write_new(&format!("{}/{name}", folder()), file.as_bytes())?;
    Ok(Some(describe(name, found, Some(now))))
}

/// What a request's own proof shows: that the new head begins with another tree than the old one. Only where the proof
/// holds that tree's root, which it does unless the old size is a power of two.
pub(super) fn by_proof(old: &Seen, new: &Seen, given: &[hash::Hash]) -> Option<Misbehaviour> {
    if old.size() == 0 || old.size() >= new.size() {
        return None;
    }
    let whole = Subtree::whole(old.size());
    let (beginning, root) = merkle::roots_from_consistency(whole, old.root(), new.size(), given).ok()?;
    if root != *new.root() || beginning == *old.root() {
        return None;
    }
    Misbehaviour::of_two_sizes(old.note().clone(), new.note().clone(), beginning, given.to_vec()).ok()
}

/// The proof that two signed heads of one ledger contradict each other, made from the tree of the larger one; `None` where
/// they do not. For an auditor, who has read the ledger under the larger head and remembers the smaller.
///
/// # Errors
/// What reading the tree says.
pub fn contradiction(old: &Note, new: &Note, tree: &impl Nodes) -> Result<Option<Misbehaviour>, LedgerError> {
    let range = |refused: verifier::error::Refused| LedgerError::Range { what: refused.to_string() };
    let (one, other) =
        (Seen::of_note(old.clone()).map_err(range)?, Seen::of_note(new.clone()).map_err(range)?);
    if one.size() > other.size() {
        return contradiction_of(new, old, other.size(), one.size(), tree);
    }
    contradiction_of(old, new, one.size(), other.size(), tree)
}

fn contradiction_of(
    old: &Note,
    new: &Note,
    size: u64,
    larger: u64,
    tree: &impl Nodes,
) -> Result<Option<Misbehaviour>, LedgerError> {
    let found = if size == larger {
        Misbehaviour::of_one_size(old.clone(), new.clone())
    } else if size == 0 {
        return Ok(None);
    } else {
        let beginning = proof::root(tree, Subtree::whole(size))?;
        let way = proof::consistency(tree, size, larger)?;
        Misbehaviour::of_two_sizes(old.clone(), new.clone(), beginning, way)
    };
    Ok(found.ok().filter(Misbehaviour::contradicts))
}

fn describe(file: String, found: &Misbehaviour, at: Option<Time>) -> Evidence {
    let sizes = (found.first().0.size(), found.second().0.size());
    Evidence { file, origin: found.origin().to_string(), sizes, found: at }
}

fn folder() -> String {
    format!("{FOLDER}/misbehaviour")
}
