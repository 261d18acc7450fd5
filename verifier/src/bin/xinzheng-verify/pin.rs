//! The file that remembers roots: which a person compared and pinned, and the highest sequence seen of each.
//!
//! ```text
//! xinzheng pins v1
//! pinned 3 credit.example.gov.cn/root+5d1c9a0e+AV…
//! seen 7 other.example.gov.cn/root+07aa31f2+AQ…
//! ```
//!
//! `pinned` lines come from `trust pin`, `seen` ones from `--root`, both with the highest sequence so far: a bundle
//! with a lower one is refused, so that nobody brings an old one back in which a stolen key was still good.
//! A store that can't be read or written never stops a verification; what that costs is said as a warning.

use std::env;
use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::process;

use verifier::key::VerifierKey;

use crate::limits;

const HEADER: &str = "xinzheng pins v1";
const FILE: &str = "pins";

/// One root remembered.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    pinned: bool,
    sequence: u64,
    vkey: String,
}

/// What is remembered, and where.
#[derive(Clone, Debug, Default)]
pub struct PinStore {
    path: Option<PathBuf>,
    lines: Vec<Line>,
    /// Why the file that is there could not be read, in words of the system.
    unreadable: Option<String>,
}

impl PinStore {
    /// Opens the user's own store. One that is not there is empty.
    pub fn open() -> PinStore {
        folder().map_or_else(PinStore::default, |folder| PinStore::at(folder.join(FILE)))
    }

    /// Opens the store at `path`.
    pub fn at(path: PathBuf) -> PinStore {
        let (lines, unreadable) = match load(&path) {
            Ok(lines) => (lines, None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => (Vec::new(), None),
            Err(error) => (Vec::new(), Some(error.to_string())),
        };
        PinStore { path: Some(path), lines, unreadable }
    }

    /// Where it is, for messages.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// Why the file that is there could not be read.
    pub fn unreadable(&self) -> Option<&str> {
        self.unreadable.as_deref()
    }

    /// The roots pinned.
    pub fn pinned(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().filter(|line| line.pinned).map(|line| line.vkey.as_str())
    }

    /// The highest sequence seen under a root.
    pub fn highest(&self, vkey: &str) -> Option<u64> {
        self.lines.iter().find(|line| line.vkey == vkey).map(|line| line.sequence)
    }

    /// Remembers a sequence seen, and with `pin` the root as pinned; writes only if that is news.
    pub fn remember(&mut self, vkey: &str, sequence: u64, pin: bool) -> io::Result<()> {
        let news = match self.lines.iter().find(|line| line.vkey == vkey) {
            Some(line) => sequence > line.sequence || (pin && !line.pinned),
            None => true,
        };
        if !news {
            return Ok(());
        }
        let Some(path) = self.path.clone() else {
            return Err(io::Error::new(io::ErrorKind::NotFound, "no folder for settings"));
        };
        // Another process may have written in the meantime. A file that can't be read is not overwritten.
        let mut lines = match load(&path) {
            Ok(lines) => lines,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        match lines.iter_mut().find(|line| line.vkey == vkey) {
            Some(line) => {
                line.sequence = line.sequence.max(sequence);
                line.pinned |= pin;
            }
            None => lines.push(Line { pinned: pin, sequence, vkey: vkey.to_owned() }),
        }
        if lines.len() > limits::PINS {
            return Err(io::Error::other("too many roots are remembered"));
        }
        write(&path, &lines)?;
        self.lines = lines;
        Ok(())
    }
}

/// `XINZHENG_CONFIG`, or `xinzheng` in the folder where this system keeps a user's settings.
pub fn folder() -> Option<PathBuf> {
    let set = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(folder) = set("XINZHENG_CONFIG") {
        return Some(folder);
    }
    let base = if cfg!(windows) {
        set("APPDATA")
    } else {
        set("XDG_CONFIG_HOME").or_else(|| set("HOME").map(|home| home.join(".config")))
    };
    base.map(|base| base.join("xinzheng"))
}

fn load(path: &Path) -> io::Result<Vec<Line>> {
    let mut text = String::new();
    fs::File::open(path)?.take(limits::PIN_FILE_BYTES).read_to_string(&mut text)?;
    parse(&text).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "not a list of pinned roots"))
}

fn parse(text: &str) -> Option<Vec<Line>> {
    let mut rows = text.lines();
    if rows.next()? != HEADER {
        return None;
    }
    let mut lines: Vec<Line> = Vec::new();
    for row in rows {
        let mut words = row.split(' ');
        let (kind, sequence, vkey) = (words.next()?, words.next()?, words.next()?);
        let pinned = match kind {
            "pinned" => true,
            "seen" => false,
            _ => return None,
        };
        if words.next().is_some() || VerifierKey::parse(vkey).is_err() || lines.iter().any(|l| l.vkey == vkey)
        {
            return None;
        }
        lines.push(Line { pinned, sequence: sequence.parse().ok()?, vkey: vkey.to_owned() });
    }
    Some(lines)
}

fn write(path: &Path, lines: &[Line]) -> io::Result<()> {
    let mut text = format!("{HEADER}\n");
    for line in lines {
        let kind = if line.pinned { "pinned" } else { "seen" };
        text.push_str(&format!("{kind} {} {}\n", line.sequence, line.vkey));
    }
    put(path, text.as_bytes())
}

/// The whole file anew beside the old one, then in its place: after a crash there is one of both.
pub fn put(path: &Path, bytes: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension(format!("{}.tmp", process::id()));
    let written = fs::File::create(&beside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.and_then(|()| fs::rename(&beside, path)).inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_dalek::SigningKey;
    use verifier::key::{KeyKind, KeyName};

    fn root(seed: u8) -> String {
        let public = SigningKey::from_bytes(&[seed; 32]).verifying_key().to_bytes();
        VerifierKey::new(KeyName::parse("a.example/root").unwrap(), KeyKind::Note, &public).unwrap().encode()
    }

    fn store(folder: &tempfile::TempDir) -> PinStore {
        PinStore::at(folder.path().join("deep/pins"))
    }

    #[test]
    fn what_is_remembered_is_there_again() {
        let folder = tempfile::tempdir().unwrap();
        let mut first = store(&folder);
        first.remember(&root(1), 3, true).unwrap();
        first.remember(&root(2), 7, false).unwrap();
        first.remember(&root(1), 5, false).unwrap();
        first.remember(&root(1), 4, false).unwrap();
        let again = store(&folder);
        assert_eq!(again.pinned().collect::<Vec<_>>(), [root(1)]);
        assert_eq!(
            (again.highest(&root(1)), again.highest(&root(2)), again.highest(&root(3))),
            (Some(5), Some(7), None)
        );
        let left: Vec<_> = fs::read_dir(folder.path().join("deep")).unwrap().collect();
        assert_eq!(left.len(), 1, "no temporary file is left");
    }

    #[test]
    fn another_process_does_not_lose_what_this_one_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let (mut one, mut other) = (store(&folder), store(&folder));
        one.remember(&root(1), 9, true).unwrap();
        other.remember(&root(1), 4, false).unwrap();
        other.remember(&root(2), 1, true).unwrap();
        let again = store(&folder);
        assert_eq!((again.highest(&root(1)), again.pinned().count()), (Some(9), 2));
    }

    #[test]
    fn a_damaged_store_is_empty_and_left_alone() {
        let vkey = root(1);
        for text in [
            "",
            "other",
            "xinzheng pins v2\n",
            "xinzheng pins v1\npinned 3\n",
            "xinzheng pins v1\npinned x a\n",
        ]
        .map(str::to_owned)
        .into_iter()
        .chain([
            format!("{HEADER}\npinned 3 {vkey} more\n"),
            format!("{HEADER}\nseen 1 {vkey}\nseen 2 {vkey}\n"),
        ]) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("pins");
            fs::write(&path, &text).unwrap();
            let mut store = PinStore::at(path.clone());
            assert!(store.unreadable().is_some() && store.pinned().next().is_none(), "{text:?}");
            assert!(store.remember(&vkey, 1, true).is_err());
            assert_eq!(fs::read_to_string(path).unwrap(), text);
        }
    }
}
