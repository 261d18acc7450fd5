//! Keeping the proof of two histories that a certificate bears: a file `*.xzf` that anybody can check with this program.
//!
//! ```text
//! --misbehaviour fork.xzf        fork.xzf; fork-2.xzf where another proof is there already
//! ```
//!
//! A proof is never written over: the one that is there may be the only one. Not here: finding it (`verify`), and judging such
//! a file (`fork`).

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use verifier::limits::MISBEHAVIOUR_BYTES;
use verifier::misbehaviour::Misbehaviour;
use verifier::row::Row;
use verifier::text::Lang;
use verifier::verdict;

use crate::gather;
use crate::usage::Usage;

/// Names that are tried for a proof.
const NAMES_MAX: usize = 100;
/// Proofs that are written in one run; one is enough to show that a ledger was forked.
const PROOFS_MAX: usize = 16;

/// The different proofs in the results, in their order.
pub fn found(rows: &[Row]) -> Vec<String> {
    let mut proofs = Vec::new();
    for proof in rows.iter().filter_map(|row| verdict::fork(&row.checks)).map(Misbehaviour::encode) {
        if proofs.len() < PROOFS_MAX && !proofs.contains(&proof) {
            proofs.push(proof);
        }
    }
    proofs
}

/// Writes each to a file of its own, beginning with `place`. Answers where they are.
pub fn keep(proofs: &[String], place: &Path, lang: Lang) -> Result<Vec<PathBuf>, Usage> {
    proofs.iter().map(|proof| keep_one(proof.as_bytes(), place, lang)).collect()
}

/// What to tell: where the proofs are, or how to get them.
pub fn notes(proofs: &[String], kept: &[PathBuf], lang: Lang) -> Vec<String> {
    if proofs.is_empty() {
        return Vec::new();
    }
    if kept.is_empty() {
        let how = lang.pick(
            "两份历史可以证明：用 --misbehaviour FILE.xzf 写出证明",
            "the two histories can be proven: --misbehaviour FILE.xzf writes the proof",
        );
        return vec![how.to_owned()];
    }
    let told = |path: &PathBuf| {
        lang.pick(
            "账本分叉的证明：{}。任何人可核对：xinzheng-verify --trust 信任名单 {}",
            "proof of two histories: {}; anybody can check it: xinzheng-verify --trust BUNDLE {}",
        )
        .replace("{}", &gather::shown(&path.to_string_lossy()))
    };
    kept.iter().map(told).collect()
}

fn keep_one(proof: &[u8], place: &Path, lang: Lang) -> Result<PathBuf, Usage> {
    let failed = |path: &Path, error: &dyn std::fmt::Display| {
        let said = lang.pick("无法写出分叉证明", "the proof could not be written");
        Usage::new("OUTPUT_FAILED", format!("{said} {}: {error}", gather::shown(&path.to_string_lossy())))
    };
    for n in 1..=NAMES_MAX {
        let path = numbered(place, n);
        match create(&path, proof) {
            Ok(()) => return Ok(path),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                if is_same(&path, proof) {
                    return Ok(path);
                }
            }
            Err(error) => return Err(failed(&path, &error)),
        }
    }
    let full = lang.pick("这里已有太多文件，请另指一个", "there are too many files here; name another one");
    Err(failed(place, &full))
}

/// Only where nothing is. What fails or stops in the middle leaves a cut file, and the next run takes the next name.
fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn is_same(path: &Path, bytes: &[u8]) -> bool {
    let is_small = |meta: fs::Metadata| meta.is_file() && meta.len() <= MISBEHAVIOUR_BYTES as u64;
    fs::metadata(path).is_ok_and(is_small) && fs::read(path).is_ok_and(|there| there == bytes)
}

/// `fork.xzf`, `fork-2.xzf`, …
fn numbered(place: &Path, n: usize) -> PathBuf {
    if n == 1 {
        return place.to_owned();
    }
    let stem = place.file_stem().unwrap_or_default().to_string_lossy();
    place.with_file_name(format!("{stem}-{n}.xzf"))
}
