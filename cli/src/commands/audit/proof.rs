//! Keeping the proof of two histories: a file `*.xzf` that anybody can check with `xinzheng-verify`.
//!
//! ```text
//! --misbehaviour fork.xzf        fork.xzf
//! --state audit.json             audit.xzf beside it; audit-2.xzf where another proof is there already
//! ```
//!
//! A proof is never written over: the one that is there may be the only one.

use std::path::{Path, PathBuf};

use notary::audit::AuditReport;
use verifier::limits::MISBEHAVIOUR_BYTES;

use crate::args::Audit;
use crate::codes;
use crate::files;
use crate::output::Failure;

/// Names that are tried.
const NAMES_MAX: usize = 100;

/// Writes the proof, if there is one and a place for it, and says where it is.
pub fn keep(args: &Audit, report: &AuditReport) -> Result<Option<PathBuf>, Failure> {
    let proof = report.conflict.as_ref().and_then(|conflict| conflict.proof.as_ref());
    let place = args.misbehaviour.clone().or_else(|| args.state.as_ref().map(|at| at.with_extension("xzf")));
    let (Some(proof), Some(place)) = (proof, place) else { return Ok(None) };
    let bytes = proof.encode().into_bytes();
    for n in 1..=NAMES_MAX {
        let path = numbered(&place, n);
        if !path.exists() {
            files::write(&path, &bytes)?;
            return Ok(Some(path));
        }
        if files::read(&path, MISBEHAVIOUR_BYTES)? == bytes {
            return Ok(Some(path));
        }
    }
    Err(Failure::could_not(
        codes::FILE_EXISTS,
        "这里已有太多分叉证明；用 --misbehaviour 指明另一个文件",
        "there are too many proofs here; name another file with --misbehaviour",
    )
    .at(place.display().to_string()))
}

/// `audit.xzf`, `audit-2.xzf`, …
fn numbered(place: &Path, n: usize) -> PathBuf {
    if n == 1 {
        return place.to_owned();
    }
    let stem = place.file_stem().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!("{stem}-{n}.xzf"))
}
