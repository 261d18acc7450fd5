//! Reading an export line by line: bounded lines, digests along the way.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use verifier::checkpoint::Checkpoint;
use verifier::note::Note;
use verifier::origin::Origin;
use verifier::time::Time;
use verifier::trust::{KeyUse, OfficeKey, TrustBundle};

use super::line::{ExportManifest, FORMAT, Line, MANIFEST, MANIFEST_NOTE, NamedFile};
use crate::disk::DiskError;

/// Bytes of a manifest, which names a file for every few thousand documents.
const MANIFEST_BYTES: u64 = 64 << 20;
/// Bytes of the note over it.
const NOTE_BYTES: u64 = 64 << 10;
/// Bytes of a line: the largest file in base64, and its events.
const LINE_BYTES: u64 = 160 << 20;

/// The lines of an export, in the order of the entries.
pub struct Lines {
    dir: PathBuf,
    manifest: Option<ExportManifest>,
    /// The file to open next.
    place: usize,
    open: Option<Open>,
    last: Option<u64>,
}

struct Open {
    reader: BufReader<File>,
    digest: Sha256,
    bytes: u64,
    line: u64,
}

impl Lines {
    /// The export in this folder, and what is wrong with its manifest.
    pub(super) fn open(
        dir: &Path,
        origin: &Origin,
        trust: Option<&TrustBundle>,
    ) -> Result<(Lines, Vec<String>), DiskError> {
        let mut wrong = Vec::new();
        let text = read(dir, MANIFEST, MANIFEST_BYTES)?;
        let manifest = match serde_json::from_slice::<ExportManifest>(&text) {
            Ok(manifest) if manifest.format == FORMAT && manifest.encode().as_bytes() == text => {
                Some(manifest)
            }
            Ok(_) => None,
            Err(_) => None,
        };
        match &manifest {
            None => wrong.push("is no manifest of an export".to_owned()),
            Some(manifest) => {
                let note = String::from_utf8(read(dir, MANIFEST_NOTE, NOTE_BYTES)?).unwrap_or_default();
                wrong.extend(faults(manifest, &note, origin, trust).err());
            }
        }
        Ok((Lines { dir: dir.to_path_buf(), manifest, place: 0, open: None, last: None }, wrong))
    }

    /// The manifest, where it could be read.
    pub fn manifest(&self) -> Option<&ExportManifest> {
        self.manifest.as_ref()
    }

    /// The next line; an error says where and what, and the one after it may be read.
    pub(super) fn next_line(&mut self) -> Result<Option<Line>, (String, String)> {
        loop {
            let Some(file) = self.manifest.as_ref().and_then(|manifest| manifest.files.get(self.place))
            else {
                return Ok(None);
            };
            let file = file.clone();
            let at = |what: String| (format!("export/{}", file.name), what);
            let open = match &mut self.open {
                Some(open) => open,
                none => {
                    let opened = open_file(&self.dir, &file.name);
                    if opened.is_err() {
                        self.place += 1;
                    }
                    none.insert(opened.map_err(at)?)
                }
            };
            let mut bytes = Vec::new();
            let read = (&mut open.reader).take(LINE_BYTES).read_until(b'\n', &mut bytes);
            if let Err(error) = read {
                (self.place, self.open) = (self.place + 1, None);
                return Err(at(error.to_string()));
            }
            open.digest.update(&bytes);
            open.bytes += bytes.len() as u64;
            open.line += 1;
            let line = open.line;
            if bytes.is_empty() {
                let done = self.open.take();
                self.place += 1;
                if let Some(done) = done {
                    whole(done, &file).map_err(at)?;
                }
                continue;
            }
            let parsed: Line = serde_json::from_slice(&bytes)
                .map_err(|_| at(format!("line {line} is none of an export")))?;
            if self.last.is_some_and(|last| parsed.index() <= last) {
                return Err(at(format!("line {line} does not come after the one before")));
            }
            self.last = Some(parsed.index());
            return Ok(Some(parsed));
        }
    }
}

fn whole(done: Open, file: &NamedFile) -> Result<(), String> {
    let digest: String = done.digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    match digest == file.sha256 && done.bytes == file.bytes {
        true => Ok(()),
        false => Err("is not the file that the manifest names".to_owned()),
    }
}

/// Names are of one kind, so none leads out of the folder.
fn open_file(dir: &Path, name: &str) -> Result<Open, String> {
    let digits = name.strip_prefix("entries-").and_then(|rest| rest.strip_suffix(".jsonl"));
    if !digits.is_some_and(|digits| digits.len() <= 20 && digits.bytes().all(|b| b.is_ascii_digit())) {
        return Err("is no name of a file in an export".to_owned());
    }
    let file = File::open(dir.join(name)).map_err(|error| error.to_string())?;
    Ok(Open { reader: BufReader::new(file), digest: Sha256::new(), bytes: 0, line: 0 })
}

fn read(dir: &Path, name: &str, limit: u64) -> Result<Vec<u8>, DiskError> {
    let path = dir.join(name).display().to_string();
    let failed = |error: std::io::Error| DiskError::Failed {
        path: path.clone(),
        step: "read",
        why: error.to_string(),
    };
    let mut bytes = Vec::new();
    File::open(dir.join(name)).map_err(failed)?.take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    match bytes.len() as u64 > limit {
        true => Err(DiskError::TooLarge { path, limit: limit as usize }),
        false => Ok(bytes),
    }
}

/// Whether the office signed this manifest, and its checkpoint is of the ledger.
fn faults(
    manifest: &ExportManifest,
    note: &str,
    origin: &Origin,
    trust: Option<&TrustBundle>,
) -> Result<(), String> {
    if manifest.origin != origin.as_str() {
        return Err(format!("is of the ledger {}", manifest.origin));
    }
    let (checkpoint, _) =
        Checkpoint::parse_note(&manifest.checkpoint).map_err(|refused| refused.to_string())?;
    if checkpoint.origin() != origin || checkpoint.size() != manifest.size {
        return Err("its checkpoint is another".to_owned());
    }
    let note = Note::parse(note).map_err(|refused| refused.to_string())?;
    if note.text() != manifest.note_text(origin) {
        return Err("the note is over another manifest".to_owned());
    }
    let Some(office) = trust.and_then(|trust| trust.office(origin)) else { return Ok(()) };
    let keys: Vec<&OfficeKey> = office.keys_for(KeyUse::Pdf).collect();
    let names: Vec<_> = keys.iter().map(|key| &key.key).collect();
    let signed = note.verify(&names).map_err(|error| error.to_string())?;
    let made = Time::new(manifest.made).map_err(|refused| refused.to_string())?;
    let in_use = |key: &OfficeKey| key.sign_from <= made && made <= key.sign_until;
    match signed.into_iter().filter_map(|at| keys.get(at)).any(|key| in_use(key)) {
        true => Ok(()),
        false => Err("the key that signed was not in use then".to_owned()),
    }
}
