//! What is in a backup: written last, read first.
//!
//! ```text
//! xinzheng/backup/v1
//! origin credit.example.gov.cn/ledger
//! size 41
//! root 4zbiA5Ecqkuh6Jv1eA8vWQ2pvG8rBZ0s3rJ2bVY2nZk=
//! made 1795312800
//!
//! 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08 1208 journal/keys
//! …                                                                       ascending by path
//! end 214
//! ```
//!
//! It tells whether a copy is whole, not who made it: the ledger and the journal speak for themselves.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use verifier::hash::Hash;

use super::copy::{failed, names};
use super::{DEPTH_MAX, FILES_MAX, Head, MANIFEST};
use crate::refusal::{Refusal, RefusalCode};

const FORMAT: &str = "xinzheng/backup/v1";
/// Bytes of one line.
const LINE_MAX: u64 = 1024;
/// Bytes that are read at a time.
const CHUNK: usize = 1 << 16;

/// How much a backup has.
pub(super) struct Manifest {
    pub(super) files: u64,
    pub(super) bytes: u64,
}

impl Manifest {
    /// Writes the manifest of what is in the folder.
    pub(super) fn write(folder: &Path, head: &Head) -> Result<Manifest, Refusal> {
        let path = folder.join(MANIFEST);
        let io = |why| failed(&path, &why);
        let mut out = BufWriter::new(File::create(&path).map_err(io)?);
        let Head { origin, size, root, made } = head;
        write!(out, "{FORMAT}\norigin {origin}\nsize {size}\nroot {root}\nmade {made}\n\n").map_err(io)?;
        let mut found = Manifest { files: 0, bytes: 0 };
        walk(folder, "", DEPTH_MAX, &mut |name, place| {
            let (digest, bytes) = digest(place)?;
            found.files += 1;
            found.bytes += bytes;
            writeln!(out, "{digest} {bytes} {name}").map_err(io)
        })?;
        writeln!(out, "end {}", found.files).map_err(io)?;
        out.flush().map_err(io)?;
        Ok(found)
    }

    /// Holds every file of a folder against its manifest: the head that it says, and how much there is.
    ///
    /// # Errors
    /// `BACKUP_BAD` with the first file that is missing, altered, or too many.
    pub(super) fn check(folder: &Path) -> Result<(Head, Manifest), Refusal> {
        let path = folder.join(MANIFEST);
        let file = File::open(&path)
            .map_err(|_| Refusal::new(RefusalCode::BackupBad).at(MANIFEST).found("missing"))?;
        let mut lines = Lines { reader: BufReader::new(file), number: 0 };
        lines.expect(FORMAT)?;
        let origin = lines.after("origin ")?;
        let size = lines.after("size ")?;
        let root = lines.after("root ")?;
        let made = lines.after("made ")?;
        lines.expect("")?;
        let number = |text: &str, lines: &Lines| text.parse::<u64>().map_err(|_| lines.bad("a number"));
        let (size, made) = (number(&size, &lines)?, number(&made, &lines)?);
        let root = Hash::from_base64(&root).map_err(|_| lines.bad("root"))?;
        let mut found = Manifest { files: 0, bytes: 0 };
        walk(folder, "", DEPTH_MAX, &mut |name, place| {
            let (digest, bytes) = digest(place)?;
            let line = lines.next()?;
            if line != format!("{digest} {bytes} {name}") {
                return Err(Refusal::new(RefusalCode::BackupBad).at(name).found(line));
            }
            found.files += 1;
            found.bytes += bytes;
            Ok(())
        })?;
        lines.expect(&format!("end {}", found.files))?;
        Ok((Head { origin, size, root, made }, found))
    }
}

/// Shows every file below a folder but the manifest, ascending by path.
fn walk(
    folder: &Path,
    above: &str,
    depth: usize,
    visit: &mut dyn FnMut(&str, &Path) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let Some(depth) = depth.checked_sub(1) else {
        return Err(Refusal::new(RefusalCode::BackupBad).at(above).found("depth"));
    };
    for name in names(folder)? {
        let place: PathBuf = folder.join(&name);
        let path = if above.is_empty() { name } else { format!("{above}/{name}") };
        let kind = fs::symlink_metadata(&place).map_err(|why| failed(&place, &why))?.file_type();
        if kind.is_dir() {
            walk(&place, &path, depth, visit)?;
        } else if path != MANIFEST {
            // A link could lead anywhere.
            if !kind.is_file() {
                return Err(Refusal::new(RefusalCode::BackupBad).at(path).found("not a file"));
            }
            visit(&path, &place)?;
        }
    }
    Ok(())
}

fn digest(path: &Path) -> Result<(String, u64), Refusal> {
    let io = |why| failed(path, &why);
    let mut file = File::open(path).map_err(io)?;
    let (mut sum, mut bytes, mut chunk) = (Sha256::new(), 0, vec![0; CHUNK]);
    loop {
        let read = file.read(&mut chunk).map_err(io)?;
        let Some(part) = chunk.get(..read).filter(|part| !part.is_empty()) else { break };
        sum.update(part);
        bytes += read as u64;
    }
    Ok((sum.finalize().iter().map(|byte| format!("{byte:02x}")).collect(), bytes))
}

/// The lines of a manifest, each of bounded length.
struct Lines {
    reader: BufReader<File>,
    number: usize,
}

impl Lines {
    fn next(&mut self) -> Result<String, Refusal> {
        self.number += 1;
        let mut line = String::new();
        let read = (&mut self.reader).take(LINE_MAX).read_line(&mut line).map_err(|_| self.bad("UTF-8"))?;
        match line.strip_suffix('\n') {
            Some(line) if read > 0 && self.number <= FILES_MAX => Ok(line.to_string()),
            _ => Err(self.bad("cut off")),
        }
    }

    fn expect(&mut self, right: &str) -> Result<(), Refusal> {
        match self.next()? {
            line if line == right => Ok(()),
            line => Err(self.bad(&line)),
        }
    }

    fn after(&mut self, name: &str) -> Result<String, Refusal> {
        let line = self.next()?;
        line.strip_prefix(name).map(str::to_string).ok_or_else(|| self.bad(&line))
    }

    fn bad(&self, found: &str) -> Refusal {
        Refusal::new(RefusalCode::BackupBad).at(format!("{MANIFEST} line {}", self.number)).found(found)
    }
}
