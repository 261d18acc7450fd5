//! The `.signer` file: which program signs, and how long it may take.
//!
//! ```text
//! {
//!   "format": "xinzheng/signer/v1",
//!   "vkey": "credit.example.gov.cn/ledger+1f0c44a2+AaLc…",
//!   "argv": ["/usr/local/bin/hsm-sign", "--slot", "0"],
//!   "start_seconds": 10,
//!   "sign_seconds": 5
//! }
//! ```
//!
//! Whoever brings a key in writes it without `vkey`: the program is asked for it ([`super::enroll`]).

#[cfg(unix)]
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use verifier::key::VerifierKey;

use super::super::folder::{misnamed, read, read_vkey, use_of};
use super::super::{KeyError, KeyUse};

/// What such a file's name ends in.
pub const SIGNER_EXTENSION: &str = "signer";
/// The format's name, and the protocol's.
pub(super) const FORMAT: &str = "xinzheng/signer/v1";
/// The program and its arguments.
const ARGV_MAX: usize = 32;
/// Bytes of one of them.
const ARGUMENT_MAX: usize = 4096;
/// Seconds until the program's first answer, and the most that a file may ask for.
const START_SECONDS: (u64, u64) = (10, 60);
/// Seconds for a signature, and the most that a file may ask for.
const SIGN_SECONDS: (u64, u64) = (5, 30);

/// A program, and how long it may take.
pub(super) struct Program {
    pub(super) path: PathBuf,
    pub(super) arguments: Vec<String>,
    pub(super) start_within: Duration,
    pub(super) sign_within: Duration,
}

/// What the file of a key says.
pub(super) struct Config {
    pub(super) key_use: KeyUse,
    pub(super) vkey: VerifierKey,
    pub(super) program: Program,
}

/// The file as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    format: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    vkey: Option<String>,
    argv: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    start_seconds: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign_seconds: Option<u64>,
}

impl Config {
    /// The file of a key that is the office's, with the `.vkey` file beside it.
    pub(super) fn read(path: &Path) -> Result<Config, KeyError> {
        let key_use = use_of(path).ok_or_else(|| misnamed(path))?;
        let (file, program) = File::read(path)?;
        let (vkey, _) = read_vkey(&path.with_extension("vkey"), key_use)?;
        if file.vkey != Some(vkey.encode()) {
            return Err(bad(path, "names another key than the .vkey file beside it, or none"));
        }
        Ok(Config { key_use, vkey, program })
    }
}

impl File {
    /// Reads it and looks at the program it names.
    pub(super) fn read(path: &Path) -> Result<(File, Program), KeyError> {
        let text = read(path)?;
        let file: File =
            serde_json::from_str(&text).map_err(|why| bad(path, &format!("is not such a file: {why}")))?;
        if file.format != FORMAT {
            return Err(bad(path, "has another format than xinzheng/signer/v1"));
        }
        let program = file.program(path)?;
        for guarded in [path, &program.path] {
            if others_may_write(guarded) {
                let what = format!("is of no use: others may change {}; chmod go-w it", guarded.display());
                return Err(bad(path, &what));
            }
        }
        Ok((file, program))
    }

    /// The same for this key, as the office keeps it.
    pub(super) fn of(mut self, vkey: &VerifierKey) -> Result<Vec<u8>, KeyError> {
        let encoded = vkey.encode();
        if self.vkey.as_ref().is_some_and(|named| *named != encoded) {
            return Err(KeyError::SignerFailed {
                name: vkey.name().to_string(),
                fault: super::SignerFault::OtherKey,
            });
        }
        self.vkey = Some(encoded);
        let mut text = serde_json::to_vec_pretty(&self).unwrap_or_default();
        text.push(b'\n');
        Ok(text)
    }

    fn program(&self, path: &Path) -> Result<Program, KeyError> {
        let odd = |one: &String| one.len() > ARGUMENT_MAX || one.contains('\0');
        if self.argv.len() > ARGV_MAX || self.argv.iter().any(odd) {
            return Err(bad(path, "has an argv of more than 32 texts, or a text of more than 4,096 bytes"));
        }
        let mut argv = self.argv.iter().cloned();
        let program = argv.next().map(PathBuf::from).unwrap_or_default();
        if !program.is_absolute() {
            return Err(bad(path, "has an argv that does not begin with the full path of a program"));
        }
        let seconds = |given: Option<u64>, (usual, most): (u64, u64)| match given.unwrap_or(usual) {
            n if n == 0 || n > most => {
                Err(bad(path, "has a time of 0, or of more than 60 s to start or 30 s to sign"))
            }
            n => Ok(Duration::from_secs(n)),
        };
        Ok(Program {
            path: program,
            arguments: argv.collect(),
            start_within: seconds(self.start_seconds, START_SECONDS)?,
            sign_within: seconds(self.sign_seconds, SIGN_SECONDS)?,
        })
    }
}

fn bad(path: &Path, what: &str) -> KeyError {
    KeyError::SignerFile { file: path.to_owned(), what: what.to_string() }
}

/// Whoever may change the file, or the program, signs as the office. A program that is not there is found when it is
/// started.
fn others_may_write(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o022 != 0)
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}
