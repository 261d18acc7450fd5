//! What can go wrong with a key.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use super::SignerFault;

/// A key's refusal; [`KeyError::code`] is stable. Holds no secret.
#[derive(Debug)]
#[non_exhaustive]
pub enum KeyError {
    /// The passphrase does not open the file, and the file is as it was written.
    Passphrase {
        /// The file.
        file: PathBuf,
    },
    /// The text can't be a passphrase.
    PassphraseForm {
        /// What is wrong with it.
        what: &'static str,
    },
    /// A key file that is not what was written.
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The private key lies there without a passphrase.
    NotEncrypted {
        /// The file.
        file: PathBuf,
    },
    /// The file is not there: the key is kept elsewhere, or lost.
    Missing {
        /// The file.
        file: PathBuf,
    },
    /// There is such a file already; it was not touched.
    Exists {
        /// The file.
        file: PathBuf,
    },
    /// The key does not sign such things.
    WrongUse {
        /// The key's name.
        name: String,
        /// What it was asked for.
        what: &'static str,
    },
    /// A signature that was just made does not verify: the machine can't be trusted. Stop.
    SignatureBad {
        /// The key's name.
        name: String,
    },
    /// The file that names an external program is not as it should be.
    SignerFile {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The external program gave no signature. It may again, later.
    SignerFailed {
        /// The key's name.
        name: String,
        /// What it did instead.
        fault: SignerFault,
    },
    /// The external program said that it does not sign. It may, later.
    SignerRefused {
        /// The key's name.
        name: String,
        /// Its words.
        text: String,
    },
    /// The system gave no random bytes.
    Random,
    /// The file could not be read or made.
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        why: io::Error,
    },
}

impl KeyError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            KeyError::Passphrase { .. } => "KEY_PASSPHRASE",
            KeyError::PassphraseForm { .. } => "KEY_PASSPHRASE_FORM",
            KeyError::Damaged { .. } => "KEY_DAMAGED",
            KeyError::NotEncrypted { .. } => "KEY_NOT_ENCRYPTED",
            KeyError::Missing { .. } => "KEY_MISSING",
            KeyError::Exists { .. } => "KEY_EXISTS",
            KeyError::WrongUse { .. } => "KEY_WRONG_USE",
            KeyError::SignatureBad { .. } => "KEY_SIGNATURE_BAD",
            KeyError::SignerFile { .. } => "KEY_SIGNER_FILE",
            KeyError::SignerFailed { .. } => "KEY_SIGNER_FAILED",
            KeyError::SignerRefused { .. } => "KEY_SIGNER_REFUSED",
            KeyError::Random => "KEY_RANDOM",
            KeyError::Io { .. } => "KEY_IO",
        }
    }

    pub(super) fn damaged(file: &Path, what: impl Into<String>) -> KeyError {
        KeyError::Damaged { file: file.to_owned(), what: what.into() }
    }

    pub(super) fn io(file: &Path, why: io::Error) -> KeyError {
        let file = file.to_owned();
        match why.kind() {
            io::ErrorKind::NotFound => KeyError::Missing { file },
            io::ErrorKind::AlreadyExists => KeyError::Exists { file },
            _ => KeyError::Io { file, why },
        }
    }
}

impl fmt::Display for KeyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            KeyError::Passphrase { file } => {
                write!(f, "the passphrase does not open {}; nothing was changed, try again", file.display())
            }
            KeyError::PassphraseForm { what } => write!(f, "the passphrase {what}"),
            KeyError::Damaged { file, what } => {
                write!(f, "{}: {what}; nothing was changed, restore it from a backup", file.display())
            }
            KeyError::NotEncrypted { file } => {
                let file = file.display();
                write!(
                    f,
                    "{file} holds a private key without a passphrase; encrypt it: openssl pkcs8 -topk8 -in {file}"
                )
            }
            KeyError::Missing { file } => {
                write!(f, "{} is not there; if the key is kept elsewhere, bring it", file.display())
            }
            KeyError::Exists { file } => write!(f, "{} is there already and was not touched", file.display()),
            KeyError::WrongUse { name, what } => write!(f, "the key {name} does not sign {what}"),
            KeyError::SignatureBad { name } => {
                write!(
                    f,
                    "a signature just made by {name} does not verify: stop, this machine can't be trusted"
                )
            }
            KeyError::SignerFile { file, what } => write!(f, "{} {what}", file.display()),
            KeyError::SignerFailed { name, fault } => write!(f, "{name}: {fault}"),
            KeyError::SignerRefused { name, text } => {
                write!(f, "{name}: {}", SignerFault::Refused(text.clone()))
            }
            KeyError::Random => f.write_str("the system gave no random bytes"),
            KeyError::Io { file, why } => write!(f, "{}: {why}", file.display()),
        }
    }
}

impl std::error::Error for KeyError {}
