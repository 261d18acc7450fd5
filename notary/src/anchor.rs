//! Anchors of the own ledger's checkpoints with others: timestamp authorities, chains, gateways (spec page `anchor.md`).
//!
//! ```text
//! D/ledger/anchors/007           an anchor that was verified; never changes, everybody may read it
//! D/anchor/evm-main              what is under way with a target and must not be forgotten: a signed transaction
//! D/anchor/index                 a view of ledger/anchors, so that a start does not read all of it; made again where it is gone
//! D/anchor/failing               who fails since when, so that a restart still tells it; witnesses that are asked, too
//! ```
//!
//! The queue holds one thing for each target: the newest checkpoint. So an outage of days ends with one anchor of the newest
//! head, which covers every entry before it, and not with a thousand of old ones.
//!
//! ```text
//! wanted(target) ─► Work ─► the client asks (web) ─► keep(work, anchor): verified ─► ledger/anchors/<n> ─► done
//!                    └─ note_progress(work, bytes): on disk before it is sent; a restart gives the same Work with it
//! ```
//!
//! Here: targets, work, what is known of the anchors that are kept. Not here: asking anybody (`web`), whether an anchor holds
//! for others (`verifier`). Nothing here is waited for by issuing.

mod check;
mod failing;
mod index;
mod kept;
#[cfg(test)]
mod tests;
mod work;

use std::cmp::Ordering;
use std::fmt;

use verifier::anchor::AnchorKind;

pub(crate) use check::{check, stamp_holds, time_of};
pub(crate) use failing::AllFailing;
pub use failing::Failing;
pub(crate) use kept::Kept;
pub use kept::Listed;
pub(crate) use work::Progress;
pub(crate) use work::WORK_MAX;
pub use work::{PROGRESS_MAX, Work};

/// The folder below the office's.
pub(crate) const FOLDER: &str = "anchor";
/// Bytes of a label.
const LABEL_MAX: usize = 64;

/// Somebody with whom checkpoints are anchored: the kind of evidence, and the label by which bundle and settings know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    kind: AnchorKind,
    label: String,
}

impl Target {
    /// This target; `None` where the label is none: 1 to 64 of `a`–`z`, `0`–`9`, `-`, the first a letter, not `none`.
    #[must_use]
    pub fn new(kind: AnchorKind, label: &str) -> Option<Target> {
        let fits = label.len() <= LABEL_MAX
            && label.starts_with(|c: char| c.is_ascii_lowercase())
            && label.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && label != "none";
        fits.then(|| Target { kind, label: label.to_string() })
    }

    /// What kind of evidence it gives.
    #[must_use]
    pub fn kind(&self) -> AnchorKind {
        self.kind
    }

    /// What the trust bundle and the settings call it.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }

    /// Where its work under way lies, below the office's folder.
    pub(crate) fn path(&self) -> String {
        format!("{FOLDER}/{}-{}", self.kind.name(), self.label)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.name(), self.label)
    }
}

impl Ord for Target {
    fn cmp(&self, other: &Self) -> Ordering {
        (self.kind.name(), &self.label).cmp(&(other.kind.name(), &other.label))
    }
}

impl PartialOrd for Target {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
