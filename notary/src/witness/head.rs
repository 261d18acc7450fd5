//! The last head of a ledger, as the witness remembers it: file `witness/heads/<SHA-256 of the name>`.
//!
//! ```text
//! {"format":"xinzheng/witness-head/v1","time":1795312800,"checkpoint":"credit.example.gov.cn/ledger\n41\n…\n\n— …\n"}
//! ```
//!
//! The checkpoint with the ledger's own signatures, and the time of the cosignature. The cosignature itself is not kept: it
//! follows from both.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use verifier::note::{Note, SignatureLine};
use verifier::time::Time;
use verifier::witnessing::Seen;

use super::{FOLDER, origin_name};
use crate::keys::Signer;
use crate::refusal::{Refusal, RefusalCode};

/// Bytes of such a file: a request's, in JSON.
pub(super) const HEAD_MAX: usize = 2 * verifier::limits::WITNESS_REQUEST_BYTES;
const FORMAT: &str = "xinzheng/witness-head/v1";

/// A head and when it was cosigned.
#[derive(Clone, Debug)]
pub(super) struct Head {
    pub(super) seen: Seen,
    pub(super) time: Time,
    lines: Vec<SignatureLine>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    time: u64,
    checkpoint: String,
}

impl Head {
    /// This head with the signatures that were verified, at this time.
    pub(super) fn new(seen: &Seen, signed: Vec<SignatureLine>, time: Time) -> Result<Head, Refusal> {
        let damaged =
            |error: verifier::error::Refused| Refusal::new(RefusalCode::WitnessDamaged).found(error);
        let mut note = Note::new(seen.note().text()).map_err(damaged)?;
        for line in signed {
            note = note.with_signature(line).map_err(damaged)?;
        }
        Ok(Head { seen: Seen::of_note(note).map_err(damaged)?, time, lines: Vec::new() })
    }

    /// The file's bytes.
    pub(super) fn encode(&self) -> Vec<u8> {
        let checkpoint = self.seen.note().encode();
        let written = Written { format: FORMAT.to_string(), time: self.time.seconds(), checkpoint };
        // Text and a number: there is nothing in it that JSON can't write.
        let mut bytes = serde_json::to_vec(&written).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads the file of the ledger of this name.
    pub(super) fn parse(bytes: &[u8], origin: &str) -> Option<Head> {
        let written: Written = serde_json::from_slice(bytes).ok()?;
        let seen = Seen::parse(&written.checkpoint).ok()?;
        let time = Time::new(written.time).ok()?;
        let right = written.format == FORMAT && seen.origin() == origin && time.seconds() > 0;
        right.then_some(Head { seen, time, lines: Vec::new() })
    }

    /// The cosignatures, one by each key. They are the same whenever they are made. A key that can't sign for now does not keep
    /// the others from it.
    pub(super) fn sign(&mut self, signers: &[Arc<dyn Signer>]) -> Result<Vec<SignatureLine>, Refusal> {
        let mut failed = None;
        let mut lines = Vec::new();
        for signer in signers {
            if let Some(line) = self.lines.iter().find(|line| line.names(signer.key())) {
                lines.push(line.clone());
                continue;
            }
            match signer.cosign(self.time, self.seen.note().text()) {
                Ok(line) => lines.push(line),
                Err(error) => failed = failed.or(Some(error)),
            }
        }
        match (failed, lines.is_empty()) {
            (Some(error), true) => Err(error.into()),
            _ => {
                self.lines = lines.clone();
                Ok(lines)
            }
        }
    }

    /// The checkpoint with the ledger's signatures and the cosignature; `None` before it is signed.
    pub(super) fn cosigned(&self) -> Option<String> {
        let note = self.seen.note().clone();
        self.lines.first()?;
        // Sixteen signatures of the ledger's own leave no room; then the cosignatures take the last ones'.
        let room = verifier::limits::NOTE_SIGNATURES.saturating_sub(self.lines.len());
        let mut all = Note::new(note.text()).ok()?;
        for line in note.signatures().iter().take(room).chain(&self.lines) {
            all = all.with_signature(line.clone()).ok()?;
        }
        Some(all.encode())
    }
}

/// Where the head of this ledger lies.
pub(super) fn path(origin: &str) -> String {
    format!("{FOLDER}/heads/{}", origin_name(origin))
}
