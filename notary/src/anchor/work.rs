//! What is to be anchored with a target, and how far that has come: file `anchor/<kind>-<label>`.
//!
//! ```text
//! {"format":"xinzheng/anchor-work/v1","checkpoint":"…signed note…","progress":"<base64>"}
//! ```
//!
//! There is a file only where something must not be forgotten before it is sent. A target that can be asked again at no cost,
//! such as a timestamp authority, never has one.

use serde::{Deserialize, Serialize};
use verifier::anchor::anchored_digest;
use verifier::base64;
use verifier::checkpoint::Checkpoint;
use verifier::hash::Hash;
use verifier::limits::NOTE_BYTES;
use verifier::note::Note;
use verifier::trust::{Authority, Chain};

use super::Target;
use crate::office::OwnHead;

/// Bytes of progress: some signed transactions.
pub const PROGRESS_MAX: usize = 64 << 10;
/// Bytes of such a file: note and progress in JSON.
pub(crate) const WORK_MAX: usize = 2 * NOTE_BYTES + 2 * PROGRESS_MAX;
const FORMAT: &str = "xinzheng/anchor-work/v1";

/// One checkpoint to be anchored with one target.
#[derive(Clone, Debug)]
pub struct Work {
    pub(crate) target: Target,
    pub(crate) head: OwnHead,
    pub(crate) progress: Option<Vec<u8>>,
    pub(crate) authorities: Vec<Authority>,
    pub(crate) chain: Option<Chain>,
}

impl Work {
    /// With whom.
    #[must_use]
    pub fn target(&self) -> &Target {
        &self.target
    }

    /// The checkpoint, with the ledger's own signatures, and when its batch was closed.
    #[must_use]
    pub fn head(&self) -> &OwnHead {
        &self.head
    }

    /// What is anchored: SHA-256 of the checkpoint's text.
    #[must_use]
    pub fn digest(&self) -> Hash {
        anchored_digest(self.head.note.text())
    }

    /// What the client last noted about this very checkpoint.
    #[must_use]
    pub fn progress(&self) -> Option<&[u8]> {
        self.progress.as_deref()
    }

    /// Certificates of the authority with the target's label in the trust bundle.
    #[must_use]
    pub fn authorities(&self) -> &[Authority] {
        &self.authorities
    }

    /// The chain with the target's label in the trust bundle.
    #[must_use]
    pub fn chain(&self) -> Option<&Chain> {
        self.chain.as_ref()
    }
}

/// What a file says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Progress {
    pub(crate) checkpoint: Checkpoint,
    pub(crate) note: Note,
    pub(crate) bytes: Vec<u8>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    checkpoint: String,
    progress: String,
}

impl Progress {
    /// The file's bytes.
    pub(crate) fn encode(&self) -> Vec<u8> {
        let written = Written {
            format: FORMAT.to_string(),
            checkpoint: self.note.encode(),
            progress: base64::encode(&self.bytes),
        };
        // Text alone: there is nothing in it that JSON can't write.
        let mut bytes = serde_json::to_vec(&written).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads a file.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Progress> {
        let written: Written = serde_json::from_slice(bytes).ok()?;
        let (checkpoint, note) = Checkpoint::parse_note(&written.checkpoint).ok()?;
        let progress = Progress { checkpoint, note, bytes: base64::decode(&written.progress)? };
        (written.format == FORMAT && progress.encode() == bytes).then_some(progress)
    }
}
