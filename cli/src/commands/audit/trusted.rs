//! The trust bundle of an audit, as its file has it now. Whoever watches a ledger for years gets newer bundles in its place.

use std::path::{Path, PathBuf};

use verifier::key::VerifierKey;
use verifier::limits;
use verifier::trust::TrustBundle;

use crate::files;
use crate::output::Failure;

/// A bundle that was read from a file.
pub struct Bundle {
    path: PathBuf,
    pinned: Option<VerifierKey>,
    newest: TrustBundle,
    /// The newest one was found in the ledger.
    from_ledger: bool,
}

impl Bundle {
    /// Reads the file. `root` is the key that must have signed it.
    pub fn open(path: &Path, root: Option<&str>) -> Result<Bundle, Failure> {
        let pinned = root.map(VerifierKey::parse).transpose().map_err(|refused| {
            Failure::usage(format!("--root 不是公钥：{refused}"), format!("--root is no key: {refused}"))
                .at("--root")
        })?;
        let newest = read(path, pinned.as_ref())?;
        Ok(Bundle { path: path.to_owned(), pinned, newest, from_ledger: false })
    }

    /// The newest one that was read.
    pub fn newest(&self) -> &TrustBundle {
        &self.newest
    }

    /// Whether the newest one was found in the ledger that is audited.
    pub fn is_from_ledger(&self) -> bool {
        self.from_ledger
    }

    /// Takes a bundle that an audit found in the ledger, and was opened with the root of this one. Whether it is newer.
    pub fn take(&mut self, found: &TrustBundle) -> bool {
        let is_newer = found.sequence() > self.newest.sequence();
        if is_newer {
            (self.newest, self.from_ledger) = (found.clone(), true);
        }
        is_newer
    }

    /// Reads the file again. What is there is taken if it is newer and of a root of the one before; else that one stays.
    ///
    /// # Errors
    /// The file can't be used: for whoever watches, to be told and no more.
    pub fn refresh(&mut self) -> Result<(), Failure> {
        let root = self.pinned.as_ref().or(self.newest.root()).cloned();
        let found = read(&self.path, root.as_ref())?;
        if found.sequence() > self.newest.sequence() {
            (self.newest, self.from_ledger) = (found, false);
        }
        Ok(())
    }
}

fn read(path: &Path, pinned: Option<&VerifierKey>) -> Result<TrustBundle, Failure> {
    let bad = |what: String| {
        Failure::could_not(
            "TRUST_BAD",
            format!("信任名单不可用：{what}"),
            format!("the trust bundle can't be used: {what}"),
        )
        .at(path.display().to_string())
    };
    let text =
        String::from_utf8(files::read(path, limits::TRUST_BYTES)?).map_err(|_| bad("not UTF-8".into()))?;
    TrustBundle::open(&text, pinned).map_err(|error| bad(error.to_string()))
}
