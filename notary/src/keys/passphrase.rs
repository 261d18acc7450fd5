//! Passphrases.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use zeroize::Zeroizing;

use super::KeyError;

/// The longest passphrase, in bytes.
pub const PASSPHRASE_MAX: usize = 1024;

/// What opens the office's key files. Wiped when dropped; it can't be printed.
pub struct Passphrase(Zeroizing<String>);

impl Passphrase {
    /// Takes a text: 1 to [`PASSPHRASE_MAX`] bytes, no control characters, none of which OpenSSL could be given either.
    ///
    /// # Errors
    /// [`KeyError::PassphraseForm`].
    pub fn new(text: impl Into<String>) -> Result<Passphrase, KeyError> {
        let text = Zeroizing::new(text.into());
        let what = match text.len() {
            0 => Some("is empty"),
            n if n > PASSPHRASE_MAX => Some("is longer than 1,024 bytes"),
            _ if text.chars().any(char::is_control) => {
                Some("holds a control character, perhaps a line break")
            }
            _ => None,
        };
        match what {
            Some(what) => Err(KeyError::PassphraseForm { what }),
            None => Ok(Passphrase(text)),
        }
    }

    /// Takes the first line of a file, which has only one.
    ///
    /// # Errors
    /// [`KeyError::PassphraseForm`], [`KeyError::Missing`], [`KeyError::Io`].
    pub fn from_file(path: &Path) -> Result<Passphrase, KeyError> {
        let file = File::open(path).map_err(|e| KeyError::io(path, e))?;
        // Room for one byte too many and the line break; what is longer is refused by `new`.
        let mut bytes = Zeroizing::new(Vec::with_capacity(PASSPHRASE_MAX + 4));
        file.take(PASSPHRASE_MAX as u64 + 3).read_to_end(&mut bytes).map_err(|e| KeyError::io(path, e))?;
        let text = str::from_utf8(&bytes).map_err(|_| KeyError::PassphraseForm { what: "is not UTF-8" })?;
        let line = text.strip_suffix('\n').unwrap_or(text);
        Passphrase::new(line.strip_suffix('\r').unwrap_or(line))
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}
